const NEWLINE = 10;
const RETURN = 13;

/** How much of a line over the limit is kept, to show what was rejected. */
const KEPT_BYTES = 4096;

/** One line of an input, without its line end. */
export interface Line {
  /** from 1 */
  number: number;
  /** bytes before it in the input */
  offset: number;
  /** all of it, or its beginning when it is longer than the limit */
  bytes: Uint8Array;
  /** bytes that it has in the input */
  length: number;
  is_too_large: boolean;
}

/**
 * Cuts chunks of bytes into lines (LF or CRLF; the last may lack its end; a byte order mark is dropped). A line over the limit is never held:
 * its bytes are counted and let go. `take` is synchronous, so that a record costs no promise; `fill` is called once per chunk.
 */
export class LineReader {
  private chunk: Uint8Array = new Uint8Array(0);
  private position = 0;
  /** beginnings of a line that goes on in the next chunk */
  private pieces: Uint8Array[] = [];
  private length = 0;
  private number = 0;
  /** place of the next line */
  private offset = 0;
  private hasEnded = false;

  /** bytes of a line that are held: the limit, and one for the CR of its end */
  private readonly most: number;

  /** @param limit bytes of the longest line that is given whole */
  constructor(
    private readonly chunks: AsyncIterator<Uint8Array>,
    private readonly limit: number,
  ) {
    this.most = limit + 1;
  }

  /** The next line, when all of it has been read; undefined: `fill` first. */
  take(): Line | undefined {
    const end = this.chunk.indexOf(NEWLINE, this.position);
    if (end >= 0) {
      const piece = this.chunk.subarray(this.position, end);
      this.position = end + 1;
      return this.line(piece, 1);
    }
    if (this.hasEnded && this.length > 0) return this.line(new Uint8Array(0), 0);
    return undefined;
  }

  /** Reads the next chunk; false when there is none and `take` has nothing left. */
  async fill(): Promise<boolean> {
    if (this.hasEnded) return false;
    if (this.position < this.chunk.length) this.keep(this.chunk.subarray(this.position));
    this.position = 0;
    const next = await this.chunks.next();
    this.chunk = next.done === true ? new Uint8Array(0) : next.value;
    this.hasEnded = next.done === true;
    return !this.hasEnded || this.length > 0;
  }

  /** Lets go of the input before its end. */
  async close(): Promise<void> {
    this.hasEnded = true;
    await this.chunks.return?.();
  }

  private keep(piece: Uint8Array): void {
    const wasHeld = this.length <= this.most;
    if (wasHeld) this.pieces.push(piece);
    this.length += piece.length;
    if (wasHeld && this.length > this.most) this.pieces = [join(this.pieces).slice(0, KEPT_BYTES)];
  }

  private line(last: Uint8Array, end: number): Line {
    let bytes = last;
    if (this.length > 0) {
      this.keep(last);
      bytes = join(this.pieces);
      this.pieces = [];
    } else this.length = last.length;
    let length = this.length;
    const { offset } = this;
    this.offset += length + end;
    this.length = 0;
    this.number++;
    if (length <= this.most && bytes[bytes.length - 1] === RETURN) {
      bytes = bytes.subarray(0, -1);
      length--;
    }
    if (this.number === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
      bytes = bytes.subarray(3);
      length -= 3;
    }
    const isTooLarge = length > this.limit;
    return { number: this.number, offset, bytes: isTooLarge ? bytes.subarray(0, KEPT_BYTES) : bytes, length, is_too_large: isTooLarge };
  }
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}
