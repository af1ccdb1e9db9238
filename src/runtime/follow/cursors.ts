import type { Content } from './content.js';
import { HEAD_BYTES, type Head, hasHead, headOf } from './head.js';
import { Portion } from './portion.js';

/** How far a file was judged. */
export interface Cursor {
  /** device and inode */
  id: string;
  /** its path below the input folder when it was last read */
  path: string;
  /** place of the first byte that is not judged, unpacked */
  offset: number;
  /** lines before it */
  lines: number;
  head: Head;
  /** of the bytes before the offset */
  foot?: Head | undefined;
  /** what was judged of it last: from where up to the offset, and its digest */
  last: { from: number; digest: string; most_line?: number | undefined };
}

/** A cursor for a file that is known by nothing but its bytes; `wait` when it may become one. */
export type Likeness = Cursor | 'wait' | undefined;

/** How far every file was judged that is remembered, also of those that are gone. */
export class Cursors {
  private readonly current = new Map<string, Cursor>();
  /** of files whose inode holds something else by now */
  private readonly past: Cursor[] = [];
  private byHead: Map<string, Cursor[]> | undefined;

  of(id: string): Cursor | undefined {
    return this.current.get(id);
  }

  set(cursor: Cursor): void {
    const before = this.current.get(cursor.id);
    const isSame = before === undefined || cursor.last.from === before.offset || cursor.offset === before.offset;
    // another file than before has the inode
    if (!isSame) this.past.push(before);
    this.current.set(cursor.id, cursor);
    this.byHead = undefined;
  }

  /** Its inode holds something else by now. */
  retire(id: string): void {
    const before = this.current.get(id);
    if (before === undefined) return;
    this.past.push(before);
    this.current.delete(id);
  }

  all(): Cursor[] {
    return [...this.past, ...this.current.values()];
  }

  /** Forgets those that nobody will ask for again. @param kept digests of ranges that are still remembered */
  keep(kept: ReadonlySet<string>, isPresent: (id: string) => boolean): void {
    for (const [id, { last }] of this.current) if (!kept.has(last.digest) && !isPresent(id)) this.current.delete(id);
    this.past.splice(0, this.past.length, ...this.past.filter(({ last }) => kept.has(last.digest)));
    this.byHead = undefined;
  }

  /**
   * Whether the bytes of a file are those of one that was judged under another inode: a copy made before the original was cut, a file that
   * was packed, a folder that was moved to another disk. `wait`: it begins like one and is shorter, as a copy that is still being made.
   * @param length bytes that it has, unpacked
   */
  async like(content: Content, length: number): Promise<Likeness> {
    if (this.current.size + this.past.length === 0) return undefined;
    const start = await content.read(0, Math.min(HEAD_BYTES, length));
    let found: Likeness;
    for (const headLength of this.headLengths()) {
      if (start.length < headLength) continue;
      for (const cursor of this.withHead(headOf(start, headLength))) {
        if (length < cursor.offset) found ??= 'wait';
        else if (typeof found === 'object' && found.offset >= cursor.offset) continue;
        else if (await isJudged(content, cursor)) found = cursor;
      }
    }
    return found;
  }

  private headLengths(): Set<number> {
    return new Set([...this.index().values()].map(([first]) => first!.head.length));
  }

  private withHead({ length, digest }: Head): readonly Cursor[] {
    return this.index().get(`${length}:${digest}`) ?? [];
  }

  private index(): Map<string, Cursor[]> {
    if (this.byHead !== undefined) return this.byHead;
    this.byHead = new Map();
    for (const cursor of this.all()) {
      const key = `${cursor.head.length}:${cursor.head.digest}`;
      const same = this.byHead.get(key);
      if (same === undefined) this.byHead.set(key, [cursor]);
      else same.push(cursor);
    }
    return this.byHead;
  }
}

/** Do the bytes before the place up to which a file was judged stand there as they did? A file that was cut and written again may begin as it did. */
export async function standsAsRead(content: Content, { offset, foot }: Cursor): Promise<boolean> {
  if (foot === undefined || foot.length === 0) return true;
  return hasHead(await content.read(offset - foot.length, foot.length), foot);
}

/** What was judged last stands there as it did. */
async function isJudged(content: Content, { last, offset }: Cursor): Promise<boolean> {
  const portion = await new Portion(content, last.from, offset, last.most_line).read().catch(() => undefined);
  return portion?.digest() === last.digest;
}
