/** Texts up to this length are written character by character: for them a call into the engine costs more (measured; below 64, one byte says their length). */
const SHORT = 36;
/** An Avro long at its longest, bytes. */
const LONG_BYTES = 10;

/**
 * Writes Avro's binary encoding into one buffer that grows and is used again. Only what the event schema needs: optional values are unions of
 * null and one type, in this order.
 */
export class AvroWriter {
  private bytes = Buffer.allocUnsafe(16_384);
  private at = 0;

  /** Starts anew. */
  reset(): void {
    this.at = 0;
  }

  /** A copy of what was written. */
  take(): Buffer {
    const copy = Buffer.allocUnsafe(this.at);
    this.bytes.copy(copy, 0, 0, this.at);
    return copy;
  }

  byte(value: number): void {
    if (this.at === this.bytes.length) this.grow(1);
    this.bytes[this.at++] = value;
  }

  /** An int or a long. @throws RangeError when it is no integer that a double holds exactly */
  long(value: number): void {
    if (this.at + LONG_BYTES > this.bytes.length) this.grow(LONG_BYTES);
    if (value === value >> 0 && value >= -0x40000000 && value < 0x40000000) {
      let rest = (value << 1) ^ (value >> 31);
      while (rest > 0x7f) {
        this.bytes[this.at++] = (rest & 0x7f) | 0x80;
        rest >>>= 7;
      }
      this.bytes[this.at++] = rest;
      return;
    }
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not an integer below 2^53`);
    // doubling could leave the range that is exact, so the lowest bits go first
    const magnitude = value < 0 ? -value - 1 : value;
    let low = (magnitude % 64) * 2 + (value < 0 ? 1 : 0);
    let rest = Math.floor(magnitude / 64);
    while (rest > 0) {
      this.bytes[this.at++] = low | 0x80;
      low = rest % 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.at++] = low;
  }

  double(value: number): void {
    if (this.at + 8 > this.bytes.length) this.grow(8);
    this.at = this.bytes.writeDoubleLE(value, this.at);
  }

  flag(value: boolean): void {
    this.byte(value ? 1 : 0);
  }

  /** As UTF-8; half a character becomes U+FFFD, since UTF-8 has no halves. */
  text(value: string): void {
    const length = value.length;
    if (length > SHORT) {
      this.longText(value);
      return;
    }
    if (this.at + length + 1 > this.bytes.length) this.grow(length + 1);
    const bytes = this.bytes;
    const start = this.at + 1;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) {
        this.longText(value);
        return;
      }
      bytes[start + i] = code;
    }
    bytes[this.at] = length << 1;
    this.at = start + length;
  }

  private longText(value: string): void {
    const length = Buffer.byteLength(value);
    this.long(length);
    if (this.at + length > this.bytes.length) this.grow(length);
    this.bytes.write(value, this.at, length, 'utf8');
    this.at += length;
  }

  /** Bytes behind their length. */
  raw(value: Uint8Array): void {
    this.long(value.length);
    if (this.at + value.length > this.bytes.length) this.grow(value.length);
    this.bytes.set(value, this.at);
    this.at += value.length;
  }

  texts(values: readonly string[]): void {
    if (values.length > 0) {
      this.long(values.length);
      for (const value of values) this.text(value);
    }
    this.byte(0);
  }

  /** Entries without a value are left out. */
  map(values: Readonly<Record<string, string>>): void {
    const keys = Object.keys(values);
    let count = 0;
    for (const key of keys) if (values[key] !== undefined) count++;
    if (count > 0) {
      this.long(count);
      for (const key of keys) {
        const value = values[key];
        if (value === undefined) continue;
        this.text(key);
        this.text(value);
      }
    }
    this.byte(0);
  }

  /** The branch of an optional value; answers whether there is one. */
  present<T>(value: T | undefined): value is T {
    this.byte(value === undefined ? 0 : 2);
    return value !== undefined;
  }

  optionalLong(value: number | undefined): void {
    if (this.present(value)) this.long(value);
  }

  optionalDouble(value: number | undefined): void {
    if (this.present(value)) this.double(value);
  }

  optionalFlag(value: boolean | undefined): void {
    if (this.present(value)) this.flag(value);
  }

  optionalText(value: string | undefined): void {
    if (this.present(value)) this.text(value);
  }

  private grow(by: number): void {
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.at + by));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }
}
