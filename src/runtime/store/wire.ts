import type { RecordSink, RecordSource } from '../../core/state/record/sink.js';

/** Writes Avro's binary encoding. The bytes are good until the next `begin`. */
export class WireSink implements RecordSink {
  bytes = Buffer.allocUnsafeSlow(16 << 10);
  end = 0;

  begin(): void {
    this.end = 0;
  }

  int(value: number): void {
    if (this.end + LONGEST_INT > this.bytes.length) this.grow(LONGEST_INT);
    const { bytes } = this;
    let at = this.end;
    if (value === (value | 0) && value >= -0x4000_0000 && value < 0x4000_0000) {
      let rest = ((value << 1) ^ (value >> 31)) >>> 0;
      while (rest > 0x7f) {
        bytes[at++] = (rest & 0x7f) | 0x80;
        rest >>>= 7;
      }
      bytes[at++] = rest;
    } else {
      if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no whole number that a record can hold`);
      // The sign last: twice a number is exact, one more is not.
      let high = Math.floor(value < 0 ? (-value - 1) / 64 : value / 64);
      bytes[at++] = ((value < 0 ? -value - 1 - high * 64 : value - high * 64) << 1) | (value < 0 ? 0x81 : 0x80);
      while (high > 0x7fff_ffff) {
        const next = Math.floor(high / 128);
        bytes[at++] = (high - next * 128) | 0x80;
        high = next;
      }
      while (high > 0x7f) {
        bytes[at++] = (high & 0x7f) | 0x80;
        high >>>= 7;
      }
      bytes[at++] = high;
    }
    this.end = at;
  }

  small(value: number): void {
    this.int(value);
  }

  presence(isThere: boolean): void {
    this.int(isThere ? 1 : 0);
  }

  endOfList(): void {
    this.int(0);
  }

  time(value: number): void {
    this.int(value);
  }

  double(value: number): void {
    if (this.end + 8 > this.bytes.length) this.grow(8);
    this.end = this.bytes.writeDoubleLE(value, this.end);
  }

  flag(value: boolean): void {
    if (this.end >= this.bytes.length) this.grow(1);
    this.bytes[this.end++] = value ? 1 : 0;
  }

  text(value: string): void {
    const { length } = value;
    if (this.end + length * 3 + LONGEST_INT > this.bytes.length) this.grow(length * 3 + LONGEST_INT);
    const { bytes } = this;
    if (length <= SHORT) {
      // Most texts are short and plain: letter by letter is faster than a call.
      let at = this.end;
      bytes[at++] = length << 1;
      let i = 0;
      for (; i < length; i++) {
        const letter = value.charCodeAt(i);
        if (letter > 0x7f) break;
        bytes[at++] = letter;
      }
      if (i === length) {
        this.end = at;
        return;
      }
    }
    // The length comes first and is known last: room is left for that of plain letters.
    const from = this.end;
    const room = lengthOfInt(length);
    const written = bytes.write(value, from + room, 'utf8');
    this.int(written);
    if (this.end !== from + room) {
      // Wide letters took more: what the length has overwritten is written once more.
      bytes.write(value, this.end, 'utf8');
    }
    this.end += written;
  }

  /** Makes room for so many bytes more. */
  protected room(more: number): void {
    if (this.end + more > this.bytes.length) this.grow(more);
  }

  private grow(more: number): void {
    const before = this.bytes;
    this.bytes = Buffer.allocUnsafeSlow(Math.max(2 * before.length, this.end + more));
    before.copy(this.bytes, 0, 0, this.end);
  }
}

/** So many letters have a length of one byte. */
const SHORT = 63;
const LONGEST_INT = 10;

function lengthOfInt(value: number): number {
  return value < 1 << 6 ? 1 : value < 1 << 13 ? 2 : 3;
}

/** Reads Avro's binary encoding. */
export class WireSource implements RecordSource {
  protected bytes: Buffer = Buffer.alloc(0);
  private at = 0;
  private end = 0;

  begin(bytes: Buffer, from = 0, end = bytes.length): void {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.end - this.at;
  }

  int(): number {
    const { bytes } = this;
    let byte = bytes[this.at++]!;
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    const isNegative = (byte & 1) !== 0;
    let value = (byte & 0x7f) >>> 1;
    for (let shift = 6; byte >= 0x80 && shift < 27; shift += 7) {
      byte = bytes[this.at++]!;
      value |= (byte & 0x7f) << shift;
    }
    // What is behind the 27th bit is beyond whole numbers of 32.
    for (let scale = 2 ** 27; byte >= 0x80; scale *= 128) {
      byte = bytes[this.at++]!;
      value += (byte & 0x7f) * scale;
    }
    if (this.at > this.end) throw new RangeError('a record ends in the middle of a number');
    return isNegative ? -value - 1 : value;
  }

  small(): number {
    return this.endOfList();
  }

  presence(): boolean {
    return this.int() !== 0;
  }

  endOfList(): number {
    const count = this.int();
    if (count >= 0) return count;
    // Below zero, and followed by how many bytes they are, for whoever wants to skip them.
    this.int();
    return -count;
  }

  body(): void {
    // As if it had been written in one.
  }

  time(): number {
    return this.int();
  }

  double(): number {
    this.at += 8;
    return this.bytes.readDoubleLE(this.at - 8);
  }

  flag(): boolean {
    return this.bytes[this.at++] === 1;
  }

  text(): string {
    return this.cut(this.int());
  }

  /** A text of so many bytes. */
  protected cut(length: number): string {
    const from = this.take(length);
    return length > SHORT_WORD ? sliceOf(this.bytes, from, this.at) : this.word(from, length);
  }

  /** Goes over so many bytes. @returns where they begin */
  protected take(length: number): number {
    const from = this.at;
    this.at += length;
    if (length < 0 || this.at > this.end) throw new RangeError('a record ends in the middle of a text');
    return from;
  }

  /** Words of closed lists, of vendors and of programs come again and again: one that is known is not made anew, and is one for all people. */
  private word(from: number, length: number): string {
    const { bytes } = this;
    let hash = length;
    for (let at = from; at < from + length; at++) hash = Math.imul(hash ^ bytes[at]!, 0x0100_0193);
    const place = (hash ^ (hash >>> 15)) & (WORDS - 1);
    const known = words[place]!;
    if (known.length === length) {
      let i = 0;
      while (i < length && known.charCodeAt(i) === bytes[from + i]) i++;
      if (i === length) return known;
    }
    const word = sliceOf(bytes, from, from + length);
    words[place] = word;
    return word;
  }
}

const SHORT_WORD = 24;
const WORDS = 4096;
const words: string[] = new Array(WORDS).fill('');

/** As `toString` makes it, without its questions: it is asked a million times a second. */
const sliceOf = (bytes: Buffer, from: number, to: number): string => (bytes as Buffer & Sliced).utf8Slice(from, to);

interface Sliced {
  utf8Slice(from: number, to: number): string;
}
