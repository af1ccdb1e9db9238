import { parseIPv4, parseIPv6 } from './address.js';

/** A CIDR prefix: its words as in `Address.words`, and how many leading bits count. */
export interface Prefix {
  words: readonly number[];
  length: number;
}

/**
 * Reads `1.2.3.0/24`, `2001:db8::/32` or a single address. Undefined when it is none, or has bits set beyond its length; also of IPv4 that is written as
 * IPv6 (`::ffff:1.2.3.0/120`): addresses are told apart by what they are, so that it would hold nobody.
 */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const v4 = parseIPv4(address, 0, address.length);
  const words = v4 >= 0 ? [v4] : parseIPv6(address);
  if (words === undefined) return undefined;
  const bits = words.length * 32;
  const digits = slash < 0 ? String(bits) : text.slice(slash + 1);
  const length = /^\d{1,3}$/.test(digits) ? Number(digits) : bits + 1;
  if (length > bits || words.some((word, i) => masked(word, Math.max(0, length - i * 32)) !== word)) return undefined;
  if (words.length > 1 && length >= 96 && words[0] === 0 && words[1] === 0 && words[2] === 0xffff) return undefined;
  return { words, length };
}

/**
 * The leading bits as a key of a Map, the rest as zero. A number as long as one is exact, which is up to 53 bits: making a string costs
 * more than everything else here.
 */
function keyOf(words: readonly number[], length: number): number | string {
  if (length <= 32) return masked(words[0]!, length);
  if (length <= 53) return words[0]! * 2 ** 21 + (masked(words[1]!, length - 32) >>> 11);
  return words.map((word, i) => masked(word, Math.max(0, length - i * 32))).join();
}

function masked(word: number, bits: number): number {
  return bits === 0 ? 0 : bits >= 32 ? word : (word & (-1 << (32 - bits))) >>> 0;
}

/** Prefix -> value, longest prefix first. Built once, then only read; a prefix that is given twice keeps its last value. */
export class PrefixTable<T> {
  /** by number of words: a Map for each prefix length in use, the longest first */
  private readonly families = new Map<number, { length: number; values: Map<number | string, T> }[]>();
  size = 0;

  constructor(entries: Iterable<readonly [Prefix, T]>) {
    for (const [prefix, value] of entries) {
      const family = this.families.get(prefix.words.length) ?? [];
      this.families.set(prefix.words.length, family);
      let level = family.find((l) => l.length === prefix.length);
      if (level === undefined) {
        level = { length: prefix.length, values: new Map() };
        family.push(level);
        family.sort((a, b) => b.length - a.length);
      }
      level.values.set(keyOf(prefix.words, prefix.length), value);
      this.size++;
    }
  }

  find(words: readonly number[]): T | undefined {
    const family = this.families.get(words.length);
    if (family === undefined) return undefined;
    for (const level of family) {
      const value = level.values.get(keyOf(words, level.length));
      if (value !== undefined) return value;
    }
    return undefined;
  }
}
