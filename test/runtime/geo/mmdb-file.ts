import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePrefix } from '../../../src/core/enrich/prefixes.js';

type Value = string | number | readonly Value[] | { readonly [key: string]: Value };

/** Writes a MaxMind database (format 2.0, 24-bit records) with one record for each prefix. @returns its path */
export function writeMmdb(options: {
  type: string;
  built: string;
  version?: 4 | 6;
  records: readonly (readonly [string, Value])[];
}): string {
  const version = options.version ?? 6;
  /** each node: left and right, as a node, as ~offset of data, or as undefined */
  const nodes: (number | undefined)[][] = [[undefined, undefined]];
  const data: Buffer[] = [];
  let size = 0;
  for (const [text, value] of options.records) {
    const prefix = parsePrefix(text)!;
    const encoded = encode(value);
    const isShort = prefix.words.length === 1 && version === 6;
    const words = isShort ? [0, 0, 0, ...prefix.words] : prefix.words;
    const length = prefix.length + (isShort ? 96 : 0);
    let node = 0;
    for (let bit = 0; bit < length - 1; bit++) {
      const side = (words[bit >>> 5]! >>> (31 - (bit & 31))) & 1;
      const next = nodes[node]![side];
      if (next !== undefined) node = next;
      else {
        nodes.push([undefined, undefined]);
        nodes[node]![side] = nodes.length - 1;
        node = nodes.length - 1;
      }
    }
    nodes[node]![(words[(length - 1) >>> 5]! >>> (31 - ((length - 1) & 31))) & 1] = ~size;
    data.push(encoded);
    size += encoded.length;
  }
  const tree = Buffer.alloc(nodes.length * 6);
  for (const [i, sides] of nodes.entries())
    for (const [side, to] of sides.entries())
      tree.writeUIntBE(to === undefined ? nodes.length : to >= 0 ? to : nodes.length + 16 + ~to, i * 6 + side * 3, 3);
  const metadata = encode({
    node_count: nodes.length,
    record_size: 24,
    ip_version: version,
    database_type: options.type,
    languages: ['en'],
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: Date.parse(options.built) / 1000,
    description: { en: 'made for a test' },
  });
  const path = join(mkdtempSync(join(tmpdir(), 'mmdb-')), 'test.mmdb');
  writeFileSync(path, Buffer.concat([tree, Buffer.alloc(16), ...data, Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'), metadata]));
  return path;
}

function encode(value: Value): Buffer {
  if (typeof value === 'string') return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Array.isArray(value)) return Buffer.concat([control(11, value.length), ...value.map(encode)]);
  if (typeof value === 'object')
    return Buffer.concat([control(7, Object.keys(value).length), ...Object.entries(value).flatMap(([k, v]) => [encode(k), encode(v)])]);
  if (Number.isInteger(value) && value >= 0) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(6, 4), bytes]);
  }
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value as number);
  return Buffer.concat([control(3, 8), bytes]);
}

function control(type: number, size: number): Buffer {
  const length = Math.min(size, 29);
  const more = size < 29 ? [] : [size - 29];
  return Buffer.from(type < 8 ? [(type << 5) | length, ...more] : [length, type - 7, ...more]);
}
