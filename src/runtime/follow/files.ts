import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { DamagedInput } from '../file/damage.js';
import { type Content, contentOf, type Inspected, inspectGzip, looksGzip, Streams } from './content.js';
import { type Cursor, type Cursors, standsAsRead } from './cursors.js';
import { HEAD_BYTES, hasHead } from './head.js';
import { nameMatcher, type Seen } from './scan.js';

/** What somebody has to know about a file; each is told once per state of the file. */
export interface Told {
  /** it stayed as it is and cannot be read to its end */
  damaged(path: string, error: DamagedInput): void;
  /** it stayed as it is and its last line has no end */
  unfinished(path: string, bytes: number): void;
  /** it is shorter or another than it was, and is read from its beginning */
  replaced(path: string): void;
}

/** A file of the folder that is read. */
export interface Followed {
  id: string;
  path: string;
  content: Content;
  /** place behind the last byte that can be read now, unpacked */
  end: number;
  /** bytes and time of the last change when it was last looked at */
  size: number;
  changed: number;
  /** since when it was seen unchanged, ms on the clock that is never set */
  since: number;
  isGzip: boolean;
  inspected: Inspected | undefined;
  /** from when on it is tried again to read what could not be read, ms on the clock that is never set */
  retry: number | undefined;
  /** what was told of it */
  told: string | undefined;
  /** its first bytes, unpacked, as far as they count for its head */
  start: Uint8Array;
  /** up to where no line end stands behind `end`: a long line need not be searched anew whenever it grows */
  searched: number;
  /** event time of the record at this place, ms */
  next?: { offset: number; time: number };
  /** nothing more can be learned of it until it changes */
  isUnderstood: boolean;
}

/** Bytes of a last line without an end that are looked at. */
const MOST_REST_BYTES = 1024 * 1024;
const BLOCK_BYTES = 64 * 1024;

/** A point in time, by two clocks. */
export interface Moment {
  /** wall clock, ms: may be set, back too; only to be compared with the times of files */
  wall: number;
  /** ms since some beginning: never set */
  elapsed: number;
}

export interface FilesOptions {
  folder: string;
  patterns: readonly string[];
  poll_interval: number;
  settle: number;
  cursors: Cursors;
  told: Told;
  /** something was done: a folder that is looked at first may hold archives that take minutes */
  beat(): void;
}

/** The files of the input folder: which is which, and how much of each can be read. */
export class Files {
  private readonly followed = new Map<string, Followed>();
  /** files of other names, as they were when they were looked at */
  private readonly others = new Map<string, string>();
  private readonly matches: (path: string) => boolean;
  private readonly streams: Streams;

  constructor(private readonly options: FilesOptions) {
    this.matches = nameMatcher(options.patterns);
    this.streams = new Streams(options.beat);
  }

  /** Takes in what a look at the folder found. */
  async update(found: readonly Seen[], now: Moment): Promise<void> {
    const there = new Set<string>();
    const others: Seen[] = [];
    for (const seen of found) {
      this.options.beat();
      // one file may have two names
      if (there.has(seen.id)) continue;
      if (this.matches(seen.path) || this.options.cursors.of(seen.id) !== undefined) {
        there.add(seen.id);
        await this.look(seen, now);
      } else others.push(seen);
    }
    for (const seen of others) {
      this.options.beat();
      if (there.has(seen.id) || !(await this.takesOver(seen, there))) continue;
      there.add(seen.id);
      await this.look(seen, now);
    }
    for (const id of [...this.followed.keys()]) if (!there.has(id)) await this.letGo(id);
    const all = new Set(found.map(({ id }) => id));
    for (const id of this.others.keys()) if (!all.has(id)) this.others.delete(id);
  }

  get all(): Iterable<Followed> {
    return this.followed.values();
  }

  get(id: string): Followed | undefined {
    return this.followed.get(id);
  }

  get count(): number {
    return this.followed.size;
  }

  /** Where reading goes on in a file. */
  startOf({ id }: Followed): { offset: number; lines: number } {
    return this.options.cursors.of(id) ?? { offset: 0, lines: 0 };
  }

  /** Files with something to read, in the order of their paths. */
  pending(): Followed[] {
    const some = [...this.followed.values()].filter((file) => file.end > this.startOf(file).offset);
    return some.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Bytes that can be read and are not judged. */
  unread(): number {
    let bytes = 0;
    for (const file of this.followed.values()) bytes += Math.max(0, file.end - this.startOf(file).offset);
    return bytes;
  }

  /**
   * A file of another name is read when it holds what one was cut of that was read: the copy that `copytruncate` makes may hold records that
   * came after the last look.
   */
  private async takesOver({ id, path, size, changed }: Seen, there: ReadonlySet<string>): Promise<boolean> {
    const { cursors } = this.options;
    const state = `${size} ${changed}`;
    if (this.others.get(id) === state || path.endsWith('.gz')) return false;
    this.others.set(id, state);
    const like = await cursors.like(contentOf(this.absolute(path), id, false), size);
    if (typeof like !== 'object' || (cursors.of(like.id) === like && there.has(like.id))) return false;
    cursors.set({ ...like, id, path });
    return true;
  }

  private async letGo(id: string): Promise<void> {
    const file = this.followed.get(id);
    this.followed.delete(id);
    await file?.content.release();
  }

  private async look(seen: Seen, now: Moment): Promise<void> {
    const { id, path, size, changed } = seen;
    let file = this.followed.get(id);
    if (file !== undefined && file.path !== path) {
      await this.letGo(id);
      file = { ...file, path, content: contentOf(this.absolute(path), id, file.isGzip, this.streams) };
      this.followed.set(id, file);
    }
    const hasChanged = file !== undefined && (file.size !== size || file.changed !== changed);
    const isFresh = file === undefined || hasChanged || (await this.canBeRead(file, now));
    if (file !== undefined && !isFresh && file.isUnderstood) return;
    if (file === undefined || isFresh) {
      const since = hasChanged ? now.elapsed : now.elapsed - Math.max(0, now.wall - changed);
      const isGzip = await looksGzip(this.absolute(path), id);
      await this.letGo(id);
      const content = contentOf(this.absolute(path), id, isGzip, this.streams);
      const end = file?.end ?? this.options.cursors.of(id)?.offset ?? 0;
      const searched = file?.searched ?? 0;
      const told = hasChanged ? undefined : file?.told;
      const none = { inspected: undefined, retry: undefined, told, start: new Uint8Array(0), isUnderstood: false };
      file = { id, path, content, end, size, changed, since, isGzip, searched, ...none };
      this.followed.set(id, file);
    }
    await this.understand(file, now);
    // thousands of archives may wait for their turn
    if (file.isGzip) await file.content.release();
  }

  /** Which file it is, and how much of it can be read. */
  private async understand(file: Followed, now: Moment): Promise<void> {
    const { cursors, settle, told } = this.options;
    const isSettled = now.elapsed - file.since >= settle;
    const length = file.isGzip ? await this.gzipLength(file, now, isSettled) : file.size;
    if (length === undefined) return;
    file.start = await file.content.read(0, Math.min(HEAD_BYTES, length));
    if (length > 0 && file.start.length === 0) return this.unreadable(file, now, isSettled);
    let cursor = cursors.of(file.id);
    if (cursor !== undefined && !(await this.isAsRead(file, cursor, length))) {
      cursors.retire(file.id);
      this.others.clear();
      cursor = undefined;
      file.end = file.searched = 0;
      if (!this.matches(file.path)) return void (await this.letGo(file.id));
      told.replaced(file.path);
    }
    if (cursor === undefined) {
      const like = await cursors.like(file.content, length);
      if (like === 'wait' && !isSettled) return;
      if (typeof like === 'object') cursors.set({ ...like, id: file.id, path: file.path });
    }
    file.isUnderstood = true;
    if (file.isGzip) file.end = length;
    else await this.findEnd(file, length, isSettled);
  }

  /** Is it the file that was read, at least as long? An archive is unpacked from its beginning anyway, which its head tells. */
  private async isAsRead({ start, content, isGzip }: Followed, cursor: Cursor, length: number): Promise<boolean> {
    if (length < cursor.offset || !hasHead(start, cursor.head)) return false;
    return isGzip || standsAsRead(content, cursor);
  }

  /** Nothing can be read of it: it is looked at again until something can, and told once. */
  private async unreadable(file: Followed, now: Moment, isSettled: boolean): Promise<void> {
    file.retry = now.elapsed;
    if (!isSettled) return;
    const name = this.absolute(file.path);
    const code = await access(name, constants.R_OK).then(
      () => 'nothing comes of it',
      (error: NodeJS.ErrnoException) => error.code,
    );
    this.damaged(file, new DamagedInput('SV_INPUT_UNREADABLE', name, `cannot be read: ${code}`));
  }

  /** It may be readable by now though nothing shows: a permission is no change of the file. */
  private async canBeRead({ id, path, retry }: Followed, now: Moment): Promise<boolean> {
    if (retry === undefined || now.elapsed < retry) return false;
    return (await contentOf(this.absolute(path), id, false).read(0, 1)).length > 0;
  }

  private damaged(file: Followed, damage: DamagedInput): void {
    if (file.told === damage.reason) return;
    file.told = damage.reason;
    this.options.told.damaged(file.path, damage);
  }

  private async findEnd(file: Followed, length: number, isSettled: boolean): Promise<void> {
    const { offset } = this.startOf(file);
    const isSearched = file.searched > offset && file.searched <= length;
    const from = isSearched ? file.searched : offset;
    const end = await lastLineEnd(file.content, from, length);
    if (end > from) file.end = end;
    else if (!isSearched) file.end = offset;
    file.searched = length - file.end > MOST_REST_BYTES ? length : 0;
    if (file.end < length) await this.unfinished(file, length, isSettled);
  }

  /** @returns undefined when it has to be looked at again */
  private async gzipLength(file: Followed, now: Moment, isSettled: boolean): Promise<number | undefined> {
    const { poll_interval, settle, beat } = this.options;
    // while somebody writes to it there is no need to unpack it again and again
    if (now.elapsed - file.since < poll_interval) return undefined;
    if (file.size === 0) return 0;
    const name = this.absolute(file.path);
    if (file.inspected === undefined && (await contentOf(name, file.id, false).read(0, 1)).length === 0) {
      await this.unreadable(file, now, isSettled);
      return undefined;
    }
    file.inspected ??= await inspectGzip(name, beat);
    const { length, damage } = file.inspected;
    if (damage !== undefined) {
      if (!isSettled) return undefined;
      this.damaged(file, damage);
      // a disk that fails may not fail the next time
      if (damage.code === 'SV_INPUT_UNREADABLE') file.retry = now.elapsed + settle;
    }
    return length;
  }

  /** A writer may be in the middle of a line. When nobody has written for long and it is whole, its end was left out. */
  private async unfinished(file: Followed, length: number, isSettled: boolean): Promise<void> {
    if (!isSettled) file.isUnderstood = false;
    else if (await isJson(file.content, file.end, length)) file.end = length;
    else this.options.told.unfinished(file.path, length - file.end);
  }

  private absolute(path: string): string {
    return join(this.options.folder, path);
  }
}

/** Place behind the last line end in a part of the content; its beginning when there is none. */
async function lastLineEnd(content: Content, from: number, to: number): Promise<number> {
  for (let end = to; end > from; end -= BLOCK_BYTES) {
    const start = Math.max(from, end - BLOCK_BYTES);
    const block = await content.read(start, end - start);
    const at = block.lastIndexOf(10);
    if (at >= 0) return start + at + 1;
  }
  return from;
}

async function isJson(content: Content, from: number, to: number): Promise<boolean> {
  if (to - from > MOST_REST_BYTES) return false;
  const rest = await content.read(from, to - from);
  try {
    return rest.length === to - from && typeof JSON.parse(Buffer.from(rest).toString('utf8')) === 'object';
  } catch {
    return false;
  }
}
