import { Dictionary } from './dictionary.js';
import { WireSink, WireSource } from './wire.js';

/**
 * How records of version 2 are written: Avro's encoding, but that times are told from the one before, and texts in whichever way is the shortest. A
 * text begins with a number that says how (its lowest three bits) and what.
 */
const PLAIN = 0; // how many letters of one byte, then these
const COMMON = 1; // its number in the dictionary
const AGAIN = 2; // how many texts ago the same was written
const GUID = 3; // number + 1 of what stands before it, or 0; then 16 bytes
const BEGUN = 4; // number of what stands before the last colon, that included; then the rest
const HEX = 5; // how many bytes; each is two letters
const WIDE = 6; // then its length and its letters
const SIXES = 7; // how many letters of base64url; then six bits each

export class CompactSink extends WireSink {
  private dictionary: Dictionary = NO_WORDS;
  private last = 0;
  private owner = 0;
  private isLearning = false;
  private readonly written = new Map<string, number>();
  private count = 0;
  /** how many bits are left of the byte at, */
  private bits = 0;
  private bitsAt = 0;
  /** and 1 when half of the byte at is left */
  private halves = 0;
  private halvesAt = 0;

  /** @param last time that the first is told from, ms @param owner hash of the person's key @param isLearning does the dictionary learn from it? */
  start(dictionary: Dictionary, last: number, owner: number, isLearning: boolean): void {
    this.begin();
    this.dictionary = dictionary;
    this.last = last;
    this.owner = owner;
    this.isLearning = isLearning;
    this.written.clear();
    this.count = 0;
    this.bits = 0;
    this.halves = 0;
  }

  /** One bit, of a byte that has its place where the first of its eight came. */
  override flag(value: boolean): void {
    if (this.bits === 0) {
      this.bitsAt = this.reserve();
      this.bits = 8;
    }
    this.bits--;
    if (value) this.bytes[this.bitsAt]! |= 1 << this.bits;
  }

  override presence(isThere: boolean): void {
    this.flag(isThere);
  }

  /** Half a byte, in the same way; with all its bits set the number follows. */
  override small(value: number): void {
    if (this.halves === 0) this.halvesAt = this.reserve();
    const half = Math.min(value, 15);
    this.bytes[this.halvesAt]! |= this.halves === 0 ? half << 4 : half;
    this.halves ^= 1;
    if (half === 15) this.int(value);
  }

  override endOfList(): void {
    // In memory a list is in one part.
  }

  private reserve(): number {
    this.room(1);
    this.bytes[this.end] = 0;
    return this.end++;
  }

  /** A text that can be read by itself. */
  plain(value: string): void {
    super.text(value);
    this.remember(value);
  }

  /** 0 is often said for never; it is told from nothing. */
  override time(value: number): void {
    if (value === 0) this.int(0);
    else {
      const since = value - this.last;
      this.int(since >= 0 ? since + 1 : since);
      this.last = value;
    }
  }

  /** Degrees and distances have few decimals: most are whole numbers of ten-thousandths. */
  override double(value: number): void {
    const whole = Math.round(value * 10_000);
    const isWhole = Math.abs(whole) < 2 ** 30 && whole / 10_000 === value && !Object.is(whole, -0);
    this.flag(isWhole);
    if (isWhole) this.int(whole);
    else super.double(value);
  }

  override text(value: string): void {
    const { length } = value;
    if (length < SHORTEST_KEPT) {
      this.letters(value);
      return;
    }
    const number = this.dictionary.numberOf(value);
    if (number >= 0) {
      this.tag(COMMON, number);
      return;
    }
    const before = this.written.get(value);
    if (before !== undefined) {
      this.tag(AGAIN, this.count - before);
      return;
    }
    this.remember(value);
    if (length >= 16 && this.packed(value)) return;
    if (this.isLearning) this.dictionary.meet(value, this.owner);
    if (length < SHORTEST_SIXES || !isSixes(value)) this.letters(value);
    else this.sixes(value);
  }

  /** Identifiers are often written so. */
  private sixes(value: string): void {
    const { length } = value;
    this.room(length + 10);
    this.tag(SIXES, length);
    const { bytes } = this;
    let rest = 0;
    let bits = 0;
    for (let i = 0; i < length; i++) {
      rest = (rest << 6) | SIX_OF[value.charCodeAt(i)]!;
      bits += 6;
      if (bits < 8) continue;
      bits -= 8;
      bytes[this.end++] = rest >>> bits;
      rest &= (1 << bits) - 1;
    }
    if (bits > 0) bytes[this.end++] = rest << (8 - bits);
  }

  private letters(value: string): void {
    const { length } = value;
    this.room(length + 10);
    const from = this.end;
    this.tag(PLAIN, length);
    const { bytes } = this;
    for (let i = 0; i < length; i++) {
      const letter = value.charCodeAt(i);
      if (letter > 0x7f) {
        this.end = from;
        this.tag(WIDE, 0);
        super.text(value);
        return;
      }
      bytes[this.end++] = letter;
    }
  }

  /** Without a sign: what would be one is one bit more. */
  private tag(kind: number, what: number): void {
    const tag = what * 8 + kind;
    this.int((tag >>> 1) ^ -(tag & 1));
  }

  private remember(value: string): void {
    this.written.set(value, this.count++);
  }

  private packed(value: string): boolean {
    const { length } = value;
    const from = length - GUID_LETTERS;
    if (from >= 0 && isGuid(value, from)) {
      const number = from === 0 ? 0 : this.begun(value.slice(0, from)) + 1;
      if (from === 0 || number > 0) {
        this.tag(GUID, number);
        this.hex(value, from);
        return true;
      }
    } else if (length % 2 === 0 && isHex(value)) {
      this.tag(HEX, length / 2);
      this.hex(value, 0);
      return true;
    }
    const colon = value.lastIndexOf(':');
    if (colon < 3) return false;
    const number = this.begun(value.slice(0, colon + 1));
    if (number < 0) return false;
    this.tag(BEGUN, number);
    this.letters(value.slice(colon + 1));
    return true;
  }

  private begun(start: string): number {
    const number = this.dictionary.numberOf(start);
    if (number < 0 && this.isLearning) this.dictionary.meet(start, this.owner);
    return number;
  }

  /** Letters of hexadecimal numbers, dashes left out, as bytes. */
  private hex(value: string, from: number): void {
    this.room(value.length);
    const { bytes } = this;
    for (let i = from; i < value.length; i += 2) {
      if (value.charCodeAt(i) === DASH) i++;
      bytes[this.end++] = (NIBBLES[value.charCodeAt(i)]! << 4) | NIBBLES[value.charCodeAt(i + 1)]!;
    }
  }
}

export class CompactSource extends WireSource {
  private dictionary: Dictionary = NO_WORDS;
  private last = 0;
  private bits = 0;
  private bitsOf = 0;
  private halves = 0;
  private halvesOf = 0;
  private readonly texts: string[] = [];
  private count = 0;

  /** @param dictionary that the record was written with */
  start(bytes: Buffer, dictionary: Dictionary): void {
    this.begin(bytes);
    this.dictionary = dictionary;
    this.last = 0;
    this.count = 0;
    this.body();
  }

  override body(): void {
    this.bits = 0;
    this.halves = 0;
  }

  override flag(): boolean {
    if (this.bits === 0) {
      this.bitsOf = this.bytes[this.take(1)]!;
      this.bits = 8;
    }
    this.bits--;
    return (this.bitsOf & (1 << this.bits)) !== 0;
  }

  override presence(): boolean {
    return this.flag();
  }

  override small(): number {
    if (this.halves === 0) this.halvesOf = this.bytes[this.take(1)]!;
    const half = this.halves === 0 ? this.halvesOf >>> 4 : this.halvesOf & 15;
    this.halves ^= 1;
    return half < 15 ? half : this.int();
  }

  override endOfList(): number {
    return 0;
  }

  plain(): string {
    return this.remember(super.text());
  }

  override time(): number {
    const since = this.int();
    if (since === 0) return 0;
    this.last += since > 0 ? since - 1 : since;
    return this.last;
  }

  override double(): number {
    return this.flag() ? this.int() / 10_000 : super.double();
  }

  private tagged(): number {
    const value = this.int();
    return value >= 0 ? value * 2 : -value * 2 - 1;
  }

  override text(): string {
    const tag = this.tagged();
    const what = tag >>> 3;
    switch (tag & 7) {
      case PLAIN:
        return what < SHORTEST_KEPT ? this.cut(what) : this.remember(this.cut(what));
      case COMMON:
        return this.dictionary.textOf(what);
      case AGAIN:
        return this.before(what);
      case GUID:
        return this.remember((what === 0 ? '' : this.dictionary.textOf(what - 1)) + this.guid());
      case BEGUN:
        return this.remember(this.dictionary.textOf(what) + this.rest());
      case HEX:
        return this.remember(this.hex(what));
      case SIXES:
        return this.remember(this.sixes(what));
      case WIDE: {
        const text = super.text();
        return text.length < SHORTEST_KEPT ? text : this.remember(text);
      }
      default:
        throw new RangeError('a text in memory is of no kind');
    }
  }

  private before(distance: number): string {
    if (distance < 1 || distance > this.count) throw new RangeError(`a record speaks of ${distance} texts ago, of ${this.count}`);
    return this.texts[this.count - distance]!;
  }

  private rest(): string {
    const tag = this.tagged();
    return (tag & 7) === WIDE ? super.text() : this.cut(tag >>> 3);
  }

  private remember(text: string): string {
    this.texts[this.count++] = text;
    return text;
  }

  private guid(): string {
    const at = this.take(16);
    const { bytes } = this;
    let to = 0;
    for (let i = 0; i < 16; i++) {
      if (i === 4 || i === 6 || i === 8 || i === 10) LETTERS[to++] = DASH;
      const byte = bytes[at + i]!;
      LETTERS[to++] = DIGITS[byte >>> 4]!;
      LETTERS[to++] = DIGITS[byte & 15]!;
    }
    return LETTERS.latin1Slice(0, to);
  }

  private sixes(length: number): string {
    let at = this.take(Math.ceil((length * 6) / 8));
    const { bytes } = this;
    const letters = length <= LETTERS.length ? LETTERS : (Buffer.alloc(length) as typeof LETTERS);
    let rest = 0;
    let bits = 0;
    for (let i = 0; i < length; i++) {
      if (bits < 6) {
        rest = (rest << 8) | bytes[at++]!;
        bits += 8;
      }
      bits -= 6;
      letters[i] = SIXTY_FOUR[rest >>> bits]!;
      rest &= (1 << bits) - 1;
    }
    return letters.latin1Slice(0, length);
  }

  private hex(length: number): string {
    const at = this.take(length);
    return this.bytes.toString('hex', at, at + length);
  }
}

const NO_WORDS = new Dictionary(0);
/** Shorter texts take no more than a word that they were written before. */
const SHORTEST_KEPT = 2;
const GUID_LETTERS = 36;
const DASH = 45;
const DIGITS = Buffer.from('0123456789abcdef');
const LETTERS = Buffer.alloc(64) as Buffer & { latin1Slice(from: number, to: number): string };
/** By letter; 255 where it is no digit. Capital letters are none: they would be read back as small ones. */
const NIBBLES = new Uint8Array(0x1_0000).fill(255);
for (const [value, letter] of DIGITS.entries()) NIBBLES[letter] = value;

/** Of fewer letters less is saved than a common word would be. */
const SHORTEST_SIXES = 8;
const SIXTY_FOUR = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
const SIX_OF = new Uint8Array(0x1_0000).fill(255);
for (const [value, letter] of SIXTY_FOUR.entries()) SIX_OF[letter] = value;

function isSixes(value: string): boolean {
  for (let i = 0; i < value.length; i++) if (SIX_OF[value.charCodeAt(i)] === 255) return false;
  return true;
}

function isGuid(value: string, from: number): boolean {
  for (let i = from; i < value.length; i++) {
    const place = i - from;
    const isDash = place === 8 || place === 13 || place === 18 || place === 23;
    const letter = value.charCodeAt(i);
    if (isDash ? letter !== DASH : NIBBLES[letter] === 255) return false;
  }
  return true;
}

function isHex(value: string): boolean {
  for (let i = 0; i < value.length; i++) if (NIBBLES[value.charCodeAt(i)] === 255) return false;
  return true;
}
