import { join } from 'node:path';
import { type Content, contentOf, looksGzip, Streams } from './content.js';
import { HEAD_BYTES, headOf } from './head.js';
import type { JudgedRange } from './journal.js';
import { Portion } from './portion.js';
import type { Seen } from './scan.js';

interface Stored {
  content: Content;
  start: Uint8Array;
}

/** Every file of the folder, whatever its name, to find in them again what was judged before. */
export class Archive {
  private readonly byId = new Map<string, Stored>();
  /** length of a head -> its digest -> files that begin so */
  private readonly byHead = new Map<number, Map<string, Stored[]>>();

  private constructor() {}

  /** @param found as a look at the folder gave it */
  static async open(folder: string, found: readonly Seen[], streams = new Streams()): Promise<Archive> {
    const archive = new Archive();
    for (const { id, path } of found) {
      streams.beat();
      if (archive.byId.has(id)) continue;
      const file = join(folder, path);
      const content = contentOf(file, id, await looksGzip(file, id), streams);
      archive.byId.set(id, { content, start: await content.read(0, HEAD_BYTES) });
      await content.release();
    }
    return archive;
  }

  /** The bytes of a range: in its own file, or in one that came to hold them since; undefined when they are gone. */
  async find({ id, from, to, head, digest, most_line }: JudgedRange): Promise<Portion | undefined> {
    const alike = this.withHead(head.length).get(head.digest) ?? [];
    const own = this.byId.get(id);
    for (const { content } of own !== undefined && alike.includes(own) ? [own, ...alike] : alike) {
      const portion = await new Portion(content, from, to, most_line).read().catch(() => undefined);
      if (portion?.digest() === digest) {
        await content.release(to);
        return portion;
      }
    }
    return undefined;
  }

  async close(): Promise<void> {
    for (const { content } of this.byId.values()) await content.release();
  }

  private withHead(length: number): Map<string, Stored[]> {
    let files = this.byHead.get(length);
    if (files === undefined) {
      files = new Map();
      for (const stored of this.byId.values()) {
        if (stored.start.length < length) continue;
        const { digest } = headOf(stored.start, length);
        const same = files.get(digest);
        if (same === undefined) files.set(digest, [stored]);
        else same.push(stored);
      }
      this.byHead.set(length, files);
    }
    return files;
  }
}
