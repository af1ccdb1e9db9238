import { open, stat } from 'node:fs/promises';
import { DamagedInput } from '../file/damage.js';
import { fileInput } from '../file/inputs.js';

/** The bytes of a file, unpacked when it is gzip. */
export interface Content {
  /** Bytes from a place on, at most so many; fewer only where the file ends, breaks off or is no longer the one that was meant. */
  read(from: number, most: number): Promise<Uint8Array>;
  /** Nothing before this place will be asked for again, as far as can be told; without a place nothing at all. */
  release(from?: number): Promise<void>;
}

/** Opens nothing yet. @param id device and inode of the file that is meant, as `scan` gives it @param streams those of its kind */
export function contentOf(file: string, id: string, isGzip: boolean, streams?: Streams): Content {
  return isGzip ? new GzipContent(file, id, streams) : new PlainContent(file, id);
}

/** Gzip is known by its first two bytes; a name that ends in .gz promises it. */
export async function looksGzip(file: string, id: string): Promise<boolean> {
  if (file.endsWith('.gz')) return true;
  const start = await new PlainContent(file, id).read(0, 2);
  return start[0] === 0x1f && start[1] === 0x8b;
}

const NOTHING = new Uint8Array(0);

/** Opened for each read: a file that was taken away is let go of, and thousands of files need no handle each. */
class PlainContent implements Content {
  constructor(
    private readonly file: string,
    private readonly id: string,
  ) {}

  async read(from: number, most: number): Promise<Uint8Array> {
    let handle: Awaited<ReturnType<typeof open>> | undefined;
    try {
      handle = await open(this.file, 'r');
      const { dev, ino } = await handle.stat({ bigint: true });
      // another file has this name by now
      if (`${dev}:${ino}` !== this.id) return NOTHING;
      const buffer = Buffer.allocUnsafe(most);
      let length = 0;
      while (length < most) {
        const { bytesRead } = await handle.read(buffer, length, most - length, from + length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return buffer.subarray(0, length);
    } catch {
      return NOTHING;
    } finally {
      await handle?.close();
    }
  }

  async release(): Promise<void> {}
}

/** Archives that are open at once: each costs a descriptor and what it takes to unpack, some 100 KB and what was read ahead. */
const MOST_OPEN = 512;

/**
 * Archives that are open where they were read to, so that the next chunk does not unpack each from its beginning. When there are too many the one
 * that was not used for longest is closed.
 */
export class Streams {
  /** in the order of their last use */
  private readonly open = new Set<{ close(): Promise<void> }>();

  /** @param beat called again and again while something is unpacked */
  constructor(
    readonly beat: () => void = () => {},
    private readonly most = MOST_OPEN,
  ) {}

  use(one: { close(): Promise<void> }): void {
    this.open.delete(one);
    this.open.add(one);
  }

  end(one: { close(): Promise<void> }): void {
    this.open.delete(one);
  }

  async makeRoom(): Promise<void> {
    for (const one of this.open) {
      if (this.open.size < this.most) return;
      await one.close();
    }
  }
}

/** Unpacked bytes that are held for another read; more are unpacked again when they are asked for. */
const MOST_KEPT = 32 * 1024 * 1024;

/** Gzip can be read only from its beginning: the stream stays open where it is, and what was unpacked is held until it is released. */
class GzipContent implements Content {
  private pieces: AsyncGenerator<Uint8Array, void, void> | undefined;
  private kept: Uint8Array[] = [];
  /** place of the first byte that is held, and of the first that is not unpacked yet */
  private first = 0;
  private next = 0;
  private hasEnded = false;

  constructor(
    private readonly file: string,
    private readonly id: string,
    private readonly streams: Streams | undefined,
  ) {}

  async read(from: number, most: number): Promise<Uint8Array> {
    if (this.pieces === undefined || from < this.first) {
      await this.close();
      const found = await stat(this.file, { bigint: true }).catch(() => undefined);
      if (found === undefined || `${found.dev}:${found.ino}` !== this.id) return NOTHING;
      await this.streams?.makeRoom();
      this.pieces = fileInput(this.file, undefined).chunks();
    }
    this.streams?.use(this);
    while (this.next < from + most && !this.hasEnded) {
      const piece = await this.unpack(this.pieces);
      this.streams?.beat();
      this.next += piece.length;
      this.kept.push(piece);
      if (this.next <= from || this.next - this.first > MOST_KEPT) this.drop(Math.min(from, this.next));
    }
    return this.part(from, from + most);
  }

  /** What is held of a range: a copy, unless it lies in one piece. */
  private part(from: number, to: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let at = this.first;
    for (const piece of this.kept) {
      const end = at + piece.length;
      if (end > from && at < to) parts.push(piece.subarray(Math.max(0, from - at), Math.min(piece.length, to - at)));
      if (end >= to) break;
      at = end;
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  async release(from = Number.POSITIVE_INFINITY): Promise<void> {
    if (from === Number.POSITIVE_INFINITY || (this.hasEnded && from >= this.next)) await this.close();
    else this.drop(from);
  }

  private async unpack(pieces: AsyncGenerator<Uint8Array, void, void>): Promise<Uint8Array> {
    try {
      const { value, done } = await pieces.next();
      this.hasEnded = done === true;
      return value ?? NOTHING;
    } catch (error) {
      if (!(error instanceof DamagedInput)) throw error;
      this.hasEnded = true;
      return NOTHING;
    }
  }

  private drop(until: number): void {
    while (this.kept.length > 0 && this.first < until) {
      const piece = this.kept.shift()!;
      const away = Math.min(piece.length, until - this.first);
      this.first += away;
      if (away < piece.length) this.kept.unshift(piece.subarray(away));
    }
  }

  async close(): Promise<void> {
    this.streams?.end(this);
    await this.pieces?.return();
    this.pieces = undefined;
    this.kept = [];
    this.first = this.next = 0;
    this.hasEnded = false;
  }
}

/** What a whole archive holds. */
export interface Inspected {
  /** bytes unpacked; when it is damaged up to the end of the last whole line before the damage */
  length: number;
  damage?: DamagedInput;
}

/** Unpacks an archive to its end to see whether it has one. @param onPiece called again and again meanwhile */
export async function inspectGzip(file: string, onPiece: () => void = () => {}): Promise<Inspected> {
  let length = 0;
  let lines = 0;
  try {
    for await (const piece of fileInput(file, undefined).chunks()) {
      onPiece();
      const end = piece.lastIndexOf(10);
      if (end >= 0) lines = length + end + 1;
      length += piece.length;
    }
    return { length };
  } catch (error) {
    if (!(error instanceof DamagedInput)) throw error;
    return { length: lines, damage: error };
  }
}
