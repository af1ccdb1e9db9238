import type { AddressClass } from '../event/index.js';

/** An address field, read. `ip` and `hostname` are never both there. */
export interface Address {
  /** canonical: dotted IPv4, or IPv6 as RFC 5952 writes it; kept for every valid address, also a private or documentation one */
  ip: string | undefined;
  /** what stood there when it is no address, at most 253 characters */
  hostname: string | undefined;
  class: AddressClass;
  /** the /24 of an IPv4 address, the /64 of an IPv6 one */
  prefix: string | undefined;
  /** the address as unsigned 32-bit words: one for IPv4, four for IPv6, none for no address */
  words: readonly number[];
}

const NO_WORDS: readonly number[] = [];
/** longer than any address or host name with decoration; what is longer is not looked at */
const MAX_LENGTH = 300;
const MAX_HOSTNAME = 253;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const DOT = 46;
const COLON = 58;
const PORT = /^:\d{1,5}$/;
/** what loggers write for `no address`; mappers drop these already, a raw list may not */
const NOTHING = new Set(['', '-', 'null', '<null>', 'none', 'unknown', 'n/a', 'undefined']);

/**
 * Reads a vendor's address field: ports, brackets, IPv4 inside IPv6, zone ids, `SERVER (1.2.3.4)` and host names.
 * Plain IPv4 costs one pass over its characters. ipaddr.js is not used: it takes `0x7f` and leading zeros inside IPv6
 * and reads `::1.2.3.4` as an IPv4 address, which node:net and the vendors do not; the tests compare both.
 */
export function parseAddress(raw: string): Address {
  const plain = parseIPv4(raw, 0, raw.length);
  if (plain >= 0) return fromIPv4(plain, raw);
  if (raw.length > MAX_LENGTH) return notAddress(raw.slice(0, MAX_HOSTNAME), 'invalid');
  const text = raw.trim();
  if (NOTHING.has(text.toLowerCase())) return notAddress(undefined, 'invalid');
  if (text.startsWith('[')) {
    const end = text.lastIndexOf(']');
    const rest = text.slice(end + 1);
    if (end < 0 || (rest !== '' && !PORT.test(rest))) return notAddress(text, 'invalid');
    return readHost(text.slice(1, end).trim()) ?? notAddress(text, 'invalid');
  }
  return readHost(text) ?? readHost(withoutPort(text)) ?? notAddress(text, 'invalid');
}

/** @returns the address as an unsigned 32-bit number, or -1. Leading zeros are refused: readers disagree whether they mean octal. */
export function parseIPv4(text: string, from: number, to: number): number {
  if (to - from < 7 || to - from > 15) return -1;
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let i = from; i < to; i++) {
    const c = text.charCodeAt(i);
    if (c === DOT) {
      if (octet < 0 || ++dots > 3) return -1;
      value = value * 256 + octet;
      octet = -1;
    } else if (c >= 48 && c <= 57) {
      if (octet === 0) return -1;
      octet = octet < 0 ? c - 48 : octet * 10 + (c - 48);
      if (octet > 255) return -1;
    } else return -1;
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : -1;
}

/** @returns four unsigned 32-bit words, or undefined; the same strings are valid as for node:net, without zone ids */
export function parseIPv6(text: string): number[] | undefined {
  const end = text.length;
  if (end < 2 || end > 45) return undefined;
  const parts: number[] = [];
  /** how many groups stand before `::` */
  let gap = -1;
  let from = 0;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return undefined;
    gap = 0;
    from = 2;
  }
  while (from < end) {
    let to = from;
    let value = 0;
    let digit = hexDigit(text.charCodeAt(to));
    while (digit >= 0 && to < from + 5) {
      value = value * 16 + digit;
      digit = ++to < end ? hexDigit(text.charCodeAt(to)) : -1;
    }
    if (to < end && text.charCodeAt(to) === DOT) {
      const v4 = parseIPv4(text, from, end);
      if (v4 < 0) return undefined;
      parts.push(v4 >>> 16, v4 & 0xffff);
      break;
    }
    if (to === from || to - from > 4) return undefined;
    parts.push(value);
    if (to === end) break;
    if (text.charCodeAt(to) !== COLON) return undefined;
    from = to + 1;
    if (text.charCodeAt(from) === COLON) {
      if (gap >= 0) return undefined;
      gap = parts.length;
      from++;
    } else if (from === end) return undefined;
  }
  const missing = 8 - parts.length;
  if (gap < 0 ? missing !== 0 : missing < 1) return undefined;
  const part = (i: number) => (gap < 0 || i < gap ? parts[i]! : i < gap + missing ? 0 : parts[i - missing]!);
  const word = (i: number) => part(i) * 65536 + part(i + 1);
  return [word(0), word(2), word(4), word(6)];
}

function hexDigit(c: number): number {
  if (c >= 48 && c <= 57) return c - 48;
  const lower = c | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** RFC 5952: lower case, no leading zeros, the longest run of at least two zero groups as `::`, the first of equals. */
export function formatIPv6(a: number, b: number, c: number, d: number): string {
  const parts = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff, c >>> 16, c & 0xffff, d >>> 16, d & 0xffff];
  let start = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && parts[i + n] === 0) n++;
    if (n > length) {
      start = i;
      length = n;
    }
    i += n;
  }
  let text = '';
  for (let i = 0; i < 8; i++) {
    if (i === start) {
      text += '::';
      i += length - 1;
    } else text += (i === 0 || i === start + length ? '' : ':') + parts[i]!.toString(16);
  }
  return text;
}

function withoutPort(text: string): string {
  const colon = text.lastIndexOf(':');
  return colon > 0 && colon === text.indexOf(':') && PORT.test(text.slice(colon)) ? text.slice(0, colon) : text;
}

/** an address or name without brackets and port, or undefined when it is neither */
function readHost(text: string): Address | undefined {
  const zone = text.indexOf('%');
  const bare = zone < 0 ? text : text.slice(0, zone);
  const v4 = parseIPv4(bare, 0, bare.length);
  if (v4 >= 0) return fromIPv4(v4, bare);
  if (text.endsWith(')')) {
    // `SERVER (1.2.3.4)`: the address counts; with a version number in its place only the name is left
    const open = text.lastIndexOf('(');
    const inner = text.slice(open + 1, -1).trim();
    const address = open < 0 ? undefined : readHost(inner);
    return address?.ip === undefined ? fromName(text.slice(0, Math.max(open, 0)).trim()) : address;
  }
  if (bare.includes(':')) {
    const v6 = parseIPv6(bare);
    return v6 === undefined ? undefined : fromIPv6(v6);
  }
  return fromName(text);
}

function fromName(text: string): Address | undefined {
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  if (name.length > MAX_HOSTNAME) return undefined;
  const labels = name.split('.');
  // a last label of digits makes it a broken address (1.1.1.1.1), not a name
  if (!labels.every((label) => LABEL.test(label)) || /^\d+$/.test(labels[labels.length - 1]!)) return undefined;
  return notAddress(name, name === 'localhost' || name.endsWith('.localhost') ? 'loopback' : 'hostname');
}

function notAddress(text: string | undefined, cls: AddressClass): Address {
  return { ip: undefined, hostname: text?.slice(0, MAX_HOSTNAME), class: cls, prefix: undefined, words: NO_WORDS };
}

function fromIPv4(value: number, text: string): Address {
  const prefix = `${text.slice(0, text.lastIndexOf('.'))}.0/24`;
  return { ip: text, hostname: undefined, class: classOfIPv4(value), prefix, words: [value] };
}

function fromIPv6(words: number[]): Address {
  const [a, b, c, d] = words as [number, number, number, number];
  if (a === 0 && b === 0 && c === 0xffff) return fromIPv4(d, dotted(d));
  return { ip: formatIPv6(a, b, c, d), hostname: undefined, class: classOfIPv6(a, b, c, d), prefix: `${formatIPv6(a, b, 0, 0)}/64`, words };
}

function dotted(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

/** Special-purpose registries of IANA (RFC 6890); `invalid` is what no host on the Internet can have. */
function classOfIPv4(v: number): AddressClass {
  const a = v >>> 24;
  const b = (v >>> 16) & 255;
  const top24 = v >>> 8;
  if (a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168)) return 'private';
  if (a === 127) return 'loopback';
  if (a === 100 && b >= 64 && b < 128) return 'cgnat';
  if (a === 169 && b === 254) return 'link_local';
  if (top24 === 0xc00002 || top24 === 0xc63364 || top24 === 0xcb0071) return 'documentation'; // 192.0.2, 198.51.100, 203.0.113
  if (top24 === 0xc00000 || (a === 198 && (b === 18 || b === 19))) return 'private'; // 192.0.0/24, benchmarks 198.18/15
  return a === 0 || a >= 224 ? 'invalid' : 'public';
}

function classOfIPv6(a: number, b: number, c: number, d: number): AddressClass {
  if (a === 0 && b === 0 && c === 0) return d === 1 ? 'loopback' : 'invalid';
  if (a === 0x0064ff9b && b === 0 && c === 0) return classOfIPv4(d); // NAT64
  const top = a >>> 16;
  if ((top & 0xffc0) === 0xfe80) return 'link_local';
  if ((top & 0xfe00) === 0xfc00 || (top & 0xffc0) === 0xfec0) return 'private';
  if (a === 0x20010db8 || (top === 0x3fff && (a & 0xf000) === 0)) return 'documentation';
  return top >= 0x2000 && top <= 0x3fff ? 'public' : 'invalid';
}
