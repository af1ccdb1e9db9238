/** The bytes are not what the schema says. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

const NOTHING = Buffer.alloc(0);
/** Words remembered, a power of two: the vocabularies, actions, issuers and names of details of one operator are some hundreds. */
const WORDS = 8192;
/** Longer texts are no words, bytes. */
const MAX_WORD = 64;

/**
 * Reads Avro's binary encoding; the counterpart of AvroWriter. Nothing is read beyond the end, whatever a length or a count claims, so that damaged
 * bytes cost no more than their own length.
 */
export class AvroReader {
  bytes: Buffer = NOTHING;
  at = 0;
  /** one word a place; another word that falls on it takes it over, so it is bounded without counting */
  private readonly words: (string | undefined)[] = new Array(WORDS).fill(undefined);

  start(bytes: Buffer, at: number): void {
    this.bytes = bytes;
    this.at = at;
  }

  /** Lets go of the bytes: they may be a slice of a whole fetch. */
  release(): void {
    this.bytes = NOTHING;
  }

  /** @throws Malformed when bytes are left */
  end(): void {
    if (this.at !== this.bytes.length) throw new Malformed('bytes after the end');
  }

  byte(): number {
    if (this.at >= this.bytes.length) throw new Malformed('ends too early');
    return this.bytes[this.at++] as number;
  }

  /** An int or a long. @throws Malformed beyond 2^53 */
  long(): number {
    const first = this.byte();
    if (first < 0x80) return (first >>> 1) ^ -(first & 1);
    let value = (first & 0x7f) >>> 1;
    let unit = 64;
    let next: number;
    do {
      next = this.byte();
      value += (next & 0x7f) * unit;
      unit *= 128;
    } while (next >= 0x80 && unit < 0x40000000000000);
    if (next >= 0x80 || value > Number.MAX_SAFE_INTEGER) throw new Malformed('an integer above 2^53');
    return (first & 1) === 1 ? -value - 1 : value;
  }

  /** A long of any size: what a double cannot hold exactly comes as a bigint. @throws Malformed beyond 64 bits */
  wideLong(): number | bigint {
    const start = this.at;
    let length = 1;
    while (this.byte() >= 0x80) if (++length > 10) throw new Malformed('an integer of more than 64 bits');
    if (length <= 7) {
      // 49 bits
      this.at = start;
      return this.long();
    }
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 7n) | BigInt((this.bytes[start + i] as number) & 0x7f);
    if (value >= 1n << 64n) throw new Malformed('an integer of more than 64 bits');
    value = (value & 1n) === 1n ? -(value >> 1n) - 1n : value >> 1n;
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  }

  float(): number {
    const at = this.skip(4);
    return this.bytes.readFloatLE(at);
  }

  /** Part of what is read, not a copy. */
  raw(length: number): Buffer {
    const at = this.skip(length);
    return this.bytes.subarray(at, at + length);
  }

  double(): number {
    const at = this.skip(8);
    return this.bytes.readDoubleLE(at);
  }

  flag(): boolean {
    const value = this.byte();
    if (value > 1) throw new Malformed('neither true nor false');
    return value === 1;
  }

  text(): string {
    const length = this.long();
    if (length === 0) return '';
    const at = this.skip(length);
    return this.bytes.toString('utf8', at, at + length);
  }

  /** A text of which there are few: equal ones are one and the same string. */
  word(): string {
    const length = this.long();
    if (length === 0) return '';
    const at = this.skip(length);
    const bytes = this.bytes;
    if (length > MAX_WORD) return bytes.toString('utf8', at, at + length);
    const end = at + length;
    let hash = length;
    let seen = 0;
    for (let i = at; i < end; i++) {
      const byte = bytes[i] as number;
      hash = Math.imul(hash ^ byte, 0x01000193);
      seen |= byte;
    }
    if (seen > 0x7f) return bytes.toString('utf8', at, end);
    const place = (hash ^ (hash >>> 15)) & (WORDS - 1);
    const known = this.words[place];
    if (known !== undefined && known.length === length) {
      let i = 0;
      while (i < length && known.charCodeAt(i) === bytes[at + i]) i++;
      if (i === length) return known;
    }
    const word = bytes.toString('latin1', at, end);
    this.words[place] = word;
    return word;
  }

  texts(): string[] {
    const list: string[] = [];
    for (let count = this.block(); count !== 0; count = this.block()) for (let i = 0; i < count; i++) list.push(this.text());
    return list;
  }

  map(): Record<string, string> {
    const map: Record<string, string> = {};
    for (let count = this.block(); count !== 0; count = this.block()) {
      for (let i = 0; i < count; i++) {
        const key = this.word();
        const value = this.text();
        // assigned, this one name would set the prototype instead of a key
        if (key === '__proto__') Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
        else map[key] = value;
      }
    }
    return map;
  }

  present(): boolean {
    const branch = this.byte();
    if (branch !== 0 && branch !== 2) throw new Malformed('no such branch');
    return branch === 2;
  }

  optionalLong(): number | undefined {
    return this.present() ? this.long() : undefined;
  }

  optionalDouble(): number | undefined {
    return this.present() ? this.double() : undefined;
  }

  optionalFlag(): boolean | undefined {
    return this.present() ? this.flag() : undefined;
  }

  optionalText(): string | undefined {
    return this.present() ? this.text() : undefined;
  }

  optionalWord(): string | undefined {
    return this.present() ? this.word() : undefined;
  }

  skipLong(): void {
    while (this.byte() >= 0x80);
  }

  skipText(): void {
    this.skip(this.long());
  }

  skipTexts(): void {
    for (let count = this.block(); count !== 0; count = this.block()) for (let i = 0; i < count; i++) this.skipText();
  }

  skipOptionalLong(): void {
    if (this.present()) this.skipLong();
  }

  skipOptionalDouble(): void {
    if (this.present()) this.skip(8);
  }

  skipOptionalFlag(): void {
    if (this.present()) this.skip(1);
  }

  skipOptionalText(): void {
    if (this.present()) this.skip(this.long());
  }

  /** Where the bytes begin that are passed over. */
  private skip(length: number): number {
    const at = this.at;
    if (length < 0 || length > this.bytes.length - at) throw new Malformed('ends too early');
    this.at = at + length;
    return at;
  }

  /** Items of the next block of a list or map, as it claims; 0 at its end. Whoever reads them comes to the end of the bytes before that of a false claim. */
  block(): number {
    const count = this.long();
    if (count >= 0) return count;
    // a negative count is followed by the block's size, for readers that pass over it
    this.long();
    return -count;
  }
}
