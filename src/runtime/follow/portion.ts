import { createHash } from 'node:crypto';
import type { Input } from '../file/inputs.js';
import type { Content } from './content.js';

const NEWLINE = 10;
const FIRST_READ_BYTES = 16 * 1024;
const READ_BYTES = 256 * 1024;
/** Of a longer line only the beginning is held, when nobody says how long a record may be: `input.max_record_bytes` allows no more. */
const MOST_LINE_BYTES = 64 * 1024 * 1024 + 2;
/** A line feed's companion and a byte order mark, which do not count for a record. */
const MARKS_BYTES = 4;
const KEPT_BYTES = 4096;

/** Bytes of a line of which only the beginning is held; more than is read at once, so that it is the same lines however they are read. */
export function lineLimit(max_record_bytes: number): number {
  return Math.max(max_record_bytes + MARKS_BYTES, 2 * READ_BYTES);
}

const FILLER = new Uint8Array(READ_BYTES);

/** The file is not what it was when the folder was looked at: it was cut, replaced or taken away. */
export class FileChanged extends Error {}

/**
 * Lines of one file that are judged in one chunk. They are held in memory, so that what is learned from, judged and journaled cannot change
 * in between, whatever happens to the file.
 */
export class Portion {
  /** bytes, or how many bytes of an overlong line are not held */
  private pieces: (Uint8Array | number)[] = [];
  /** where reading goes on */
  private next: number;
  /** where the line that is not ended yet began: place in `pieces`, and its bytes so far */
  private line = { piece: 0, offset: 0, length: 0, isOverlong: false };

  /**
   * @param from place of its first byte in the unpacked file
   * @param end place behind the last byte that may be read
   * @param mostLine bytes of the longest line that is held whole; counts for the digest
   */
  constructor(
    private readonly content: Content,
    readonly from: number,
    private readonly end: number,
    readonly mostLine = MOST_LINE_BYTES,
  ) {
    this.next = from;
  }

  /** Its bytes as they are read and held. @throws FileChanged */
  async *reading(): AsyncGenerator<Uint8Array, void, void> {
    for (let most = FIRST_READ_BYTES; this.next < this.end; most = READ_BYTES) {
      const wanted = Math.min(most, this.end - this.next);
      const bytes = await this.content.read(this.next, wanted);
      if (bytes.length < wanted) throw new FileChanged();
      this.next += wanted;
      this.hold(bytes);
      yield bytes;
    }
  }

  /** Reads all of it. @throws FileChanged */
  async read(): Promise<this> {
    for await (const _ of this.reading()) {
      // `reading` holds what it gives
    }
    return this;
  }

  /**
   * Lets go of all but its first lines.
   * @returns how many there are, and the place behind them
   */
  cut(most = Number.POSITIVE_INFINITY): { lines: number; to: number } {
    let lines = 0;
    let to = this.from;
    let isWithinLine = false;
    for (const [i, piece] of this.pieces.entries()) {
      if (typeof piece === 'number') {
        to += piece;
        continue;
      }
      let at = 0;
      while (lines < most) {
        const end = piece.indexOf(NEWLINE, at);
        if (end < 0) break;
        at = end + 1;
        lines++;
        isWithinLine = false;
      }
      if (lines === most) {
        this.pieces = [...this.pieces.slice(0, i), piece.subarray(0, at)];
        return { lines, to: to + at };
      }
      if (at < piece.length) isWithinLine = true;
      to += piece.length;
    }
    return { lines: lines + Number(isWithinLine), to };
  }

  /** Its lines as an input, as often as they are needed. */
  input(name: string): Input {
    const { pieces } = this;
    return {
      name,
      size: 0,
      async *chunks() {
        for (const piece of pieces) {
          if (typeof piece !== 'number') yield piece;
          else for (let rest = piece; rest > 0; rest -= FILLER.length) yield FILLER.subarray(0, Math.min(rest, FILLER.length));
        }
      },
    };
  }

  /** Its last bytes, so many as far as they are held: none of a line that is not. */
  lastBytes(most: number): Uint8Array {
    const last: Uint8Array[] = [];
    let room = most;
    for (let i = this.pieces.length - 1; i >= 0 && room > 0; i--) {
      const piece = this.pieces[i]!;
      if (typeof piece === 'number') break;
      const part = piece.subarray(Math.max(0, piece.length - room));
      room -= part.length;
      last.unshift(part);
    }
    return Buffer.concat(last);
  }

  /** Tells its bytes from others, 16 hex digits. */
  digest(): string {
    const hash = createHash('sha256');
    for (const piece of this.pieces) hash.update(typeof piece === 'number' ? `\n${piece}\n` : piece);
    return hash.digest('hex').slice(0, 16);
  }

  /** The overlong line is kept to the same byte however it was read, so that its digest is the same too. */
  private hold(bytes: Uint8Array): void {
    const { line } = this;
    const first = bytes.indexOf(NEWLINE);
    if (line.isOverlong) {
      const more = first < 0 ? bytes.length : first;
      this.pieces.push((this.pieces.pop() as number) + more);
      if (first < 0) return;
      this.begin(bytes.subarray(first));
      return;
    }
    const more = first < 0 ? bytes.length : first;
    if (line.length + more > this.mostLine) {
      this.pieces.push(bytes.subarray(0, more));
      this.letGo(line.length + more);
      if (first >= 0) this.begin(bytes.subarray(first));
      return;
    }
    if (first < 0) {
      line.length += bytes.length;
      this.pieces.push(bytes);
    } else this.begin(bytes);
  }

  /** Of the line that is not ended yet keeps the beginning: a copy, since a view would hold all that it is of. @param length its bytes so far */
  private letGo(length: number): void {
    const { line } = this;
    const pieces = this.pieces.splice(line.piece) as Uint8Array[];
    const start = new Uint8Array(line.offset + KEPT_BYTES);
    let at = 0;
    for (const piece of pieces) {
      start.set(piece.subarray(0, start.length - at), at);
      at = Math.min(start.length, at + piece.length);
      if (at === start.length) break;
    }
    this.pieces.push(start, length - KEPT_BYTES);
    line.isOverlong = true;
  }

  /** Holds bytes in which a line ends. */
  private begin(bytes: Uint8Array): void {
    const last = bytes.lastIndexOf(NEWLINE) + 1;
    this.line = { piece: this.pieces.length, offset: last, length: bytes.length - last, isOverlong: false };
    this.pieces.push(bytes);
  }
}
