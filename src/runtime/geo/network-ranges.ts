import { parseIPv4, parseIPv6 } from '../../core/enrich/address.js';
import type { NetworkProvider } from '../../core/enrich/providers.js';

type Network = NonNullable<ReturnType<NetworkProvider['lookup']>>;

const COMMA = 44;
const NEWLINE = 10;
const QUOTE = 34;
const COLON = 58;

/**
 * Reads `start,end,number,organisation` lines (inclusive ranges in ascending order; IPv4 as decimal numbers, IPv6 as text) into sorted
 * arrays, 12 bytes for a range of IPv4 and 20 for one of IPv6. Works on bytes: half a million lines as strings would cost a tenth of a
 * second and 40 MB. IPv6 is kept to its first 64 bits, since nothing longer is routed; an organisation has the first of its names.
 */
export function readNetworkRanges(ipv4: Buffer, ipv6: Buffer): NetworkProvider['lookup'] {
  const networks = new Networks();
  const four = readIPv4(ipv4, networks);
  const six = readIPv6(ipv6, networks);
  return (ip) => {
    const v4 = parseIPv4(ip, 0, ip.length);
    if (v4 >= 0) {
      const i = last(four.start, v4);
      return i >= 0 && v4 <= four.end[i]! ? networks.at(four.network[i]!) : undefined;
    }
    const words = parseIPv6(ip);
    if (words === undefined) return undefined;
    const [high, low] = words as [number, number];
    const i = last2(six.startHigh, six.startLow, high, low);
    if (i < 0 || high > six.endHigh[i]! || (high === six.endHigh[i]! && low > six.endLow[i]!)) return undefined;
    return networks.at(six.network[i]!);
  };
}

/** Each network once, whatever the number of its ranges; the answer is made when it is first asked for. */
class Networks {
  private readonly index = new Map<number, number>();
  private readonly asns: number[] = [];
  private readonly names: string[] = [];
  private readonly answers: Network[] = [];

  add(asn: number, line: Buffer, from: number, to: number): number {
    let i = this.index.get(asn);
    if (i === undefined) {
      i = this.asns.length;
      this.index.set(asn, i);
      this.asns.push(asn);
      const quoted = line[from] === QUOTE;
      const name = line.toString('utf8', quoted ? from + 1 : from, quoted ? to - 1 : to);
      this.names.push(quoted ? name.replaceAll('""', '"') : name);
    }
    return i;
  }

  at(i: number): Network {
    const known = this.answers[i];
    if (known !== undefined) return known;
    const name = this.names[i]!;
    const answer = Object.freeze({ asn: this.asns[i]!, as_org: name === '' ? undefined : name });
    this.answers[i] = answer;
    return answer;
  }
}

function readIPv4(bytes: Buffer, networks: Networks) {
  const lines = countLines(bytes);
  const start = new Uint32Array(lines);
  const end = new Uint32Array(lines);
  const network = new Uint32Array(lines);
  const n = eachLine(bytes, (i, first, second, third, to) => {
    start[i] = decimal(bytes, first, second - 1);
    end[i] = decimal(bytes, second, third - 1);
    const org = after(bytes, third, to);
    network[i] = networks.add(decimal(bytes, third, org - 1), bytes, org, to);
  });
  return { start: start.subarray(0, n), end: end.subarray(0, n), network };
}

function readIPv6(bytes: Buffer, networks: Networks) {
  const lines = countLines(bytes);
  const startHigh = new Uint32Array(lines);
  const startLow = new Uint32Array(lines);
  const endHigh = new Uint32Array(lines);
  const endLow = new Uint32Array(lines);
  const network = new Uint32Array(lines);
  const groups = new Uint16Array(8);
  const n = eachLine(bytes, (i, first, second, third, to) => {
    fillGroups(bytes, first, second - 1, groups);
    startHigh[i] = groups[0]! * 65536 + groups[1]!;
    startLow[i] = groups[2]! * 65536 + groups[3]!;
    fillGroups(bytes, second, third - 1, groups);
    endHigh[i] = groups[0]! * 65536 + groups[1]!;
    endLow[i] = groups[2]! * 65536 + groups[3]!;
    const org = after(bytes, third, to);
    network[i] = networks.add(decimal(bytes, third, org - 1), bytes, org, to);
  });
  return { startHigh: startHigh.subarray(0, n), startLow, endHigh, endLow, network };
}

function countLines(bytes: Buffer): number {
  let n = 1;
  for (let i = bytes.indexOf(NEWLINE); i >= 0; i = bytes.indexOf(NEWLINE, i + 1)) n++;
  return n;
}

/** Calls back with where the first three fields start and where the line ends. @returns how many lines there were */
function eachLine(bytes: Buffer, each: (line: number, first: number, second: number, third: number, to: number) => void): number {
  let line = 0;
  for (let from = 0; from < bytes.length; ) {
    let to = bytes.indexOf(NEWLINE, from);
    if (to < 0) to = bytes.length;
    const next = to + 1;
    if (bytes[to - 1] === 13) to--;
    if (to > from) {
      const second = after(bytes, from, to);
      each(line++, from, second, after(bytes, second, to), to);
    }
    from = next;
  }
  return line;
}

/** the byte behind the next comma */
function after(bytes: Buffer, from: number, to: number): number {
  let i = from;
  while (i < to && bytes[i] !== COMMA) i++;
  return i + 1;
}

function decimal(bytes: Buffer, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + (bytes[i]! - 48);
  return value;
}

function fillGroups(bytes: Buffer, from: number, to: number, out: Uint16Array): void {
  out.fill(0);
  let n = 0;
  let gap = -1;
  let value = 0;
  let digits = 0;
  for (let i = from; i < to; i++) {
    const c = bytes[i]!;
    if (c === COLON) {
      if (digits > 0) out[n++] = value;
      value = digits = 0;
      if (bytes[i + 1] === COLON) gap = n;
    } else {
      value = value * 16 + (c <= 57 ? c - 48 : (c | 32) - 87);
      digits++;
    }
  }
  if (digits > 0) out[n++] = value;
  if (gap >= 0) {
    // what stands behind `::` belongs to the end
    out.copyWithin(8 - (n - gap), gap, n);
    out.fill(0, gap, 8 - (n - gap));
  }
}

/** index of the last element that is not above the value, or -1 */
function last(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function last2(sortedHigh: Uint32Array, sortedLow: Uint32Array, valueHigh: number, valueLow: number): number {
  let low = 0;
  let high = sortedHigh.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const h = sortedHigh[middle]!;
    if (h < valueHigh || (h === valueHigh && sortedLow[middle]! <= valueLow)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
