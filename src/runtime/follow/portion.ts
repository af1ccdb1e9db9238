import { createHash } from 'node:crypto';
import type { Input } from '../file/inputs.js';
import type { Content } from './content.js';

const NEWLINE = 10;
const FIRST_READ_BYTES = 16 * 1024;
const READ_BYTES = 256 * 1024;
/** No record may be longer (`input.max_record_bytes` allows no more): of a longer line only the beginning is held. */
const MOST_LINE_BYTES = 64 * 1024 * 1024 + 2;
const KEPT_BYTES = 4096;
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
   */
  constructor(
    private readonly content: Content,
    readonly from: number,
    private readonly end: number,
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
    if (line.length + more > MOST_LINE_BYTES) {
      const start = Buffer.concat(this.pieces.slice(line.piece) as Uint8Array[]).subarray(0, line.offset + KEPT_BYTES);
      this.pieces = [...this.pieces.slice(0, line.piece), start, line.length - KEPT_BYTES];
      line.isOverlong = true;
      this.hold(bytes);
      return;
    }
    if (first < 0) {
      line.length += bytes.length;
      this.pieces.push(bytes);
    } else this.begin(bytes);
  }

  /** Holds bytes in which a line ends. */
  private begin(bytes: Uint8Array): void {
    const last = bytes.lastIndexOf(NEWLINE) + 1;
    this.line = { piece: this.pieces.length, offset: last, length: bytes.length - last, isOverlong: false };
    this.pieces.push(bytes);
  }
}
