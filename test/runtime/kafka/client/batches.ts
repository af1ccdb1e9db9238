import { crc32c } from '../../../../src/runtime/kafka/client/crc32c.js';

/** Record batches of format 2 and answers to Fetch, made byte by byte for tests. */

export interface TestRecord {
  /** from the batch's first */
  delta: number;
  key?: string | Buffer | null;
  value?: string | Buffer | null;
  headers?: readonly (readonly [string, string])[];
  /** ms after the batch's first */
  time?: number;
}

export interface TestBatch {
  base: number;
  /** last offset of the range, from the first; default that of the last record */
  last_delta?: number;
  records?: readonly TestRecord[];
  producer?: number;
  isTransactional?: boolean;
  isControl?: boolean;
  isAppendTime?: boolean;
  codec?: number;
  /** in place of the records, as they would be after packing */
  body?: Buffer;
  count?: number;
  /** added to the checksum */
  damage?: number;
}

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  let left = BigInt(value) < 0n ? -2n * BigInt(value) - 1n : 2n * BigInt(value);
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  bytes.push(Number(left));
  return Buffer.from(bytes);
};
const field = (value: string | Buffer | null): Buffer =>
  value === null ? varint(-1) : Buffer.concat([varint(Buffer.byteLength(value)), Buffer.from(value)]);

export function recordBytes({ delta, key = null, value = 'v', headers = [], time = 0 }: TestRecord): Buffer {
  const inside = Buffer.concat([
    Buffer.from([0]),
    varint(time),
    varint(delta),
    field(key),
    field(value),
    varint(headers.length),
    ...headers.flatMap(([name, text]) => [field(name), field(text)]),
  ]);
  return Buffer.concat([varint(inside.length), inside]);
}

export const FIRST_TIME = 1_700_000_000_000;
export const MAX_TIME = FIRST_TIME + 999;

export function batchBytes(batch: TestBatch): Buffer {
  const { base, records = [], producer = -1, codec = 0, damage = 0 } = batch;
  const body = batch.body ?? Buffer.concat(records.map(recordBytes));
  const last_delta = batch.last_delta ?? records.at(-1)?.delta ?? 0;
  const flags = codec | (batch.isAppendTime ? 8 : 0) | (batch.isTransactional ? 16 : 0) | (batch.isControl ? 32 : 0);
  const bytes = Buffer.alloc(61 + body.length);
  bytes.writeBigInt64BE(BigInt(base), 0);
  bytes.writeInt32BE(49 + body.length, 8);
  bytes.writeInt32BE(4, 12);
  bytes.writeInt8(2, 16);
  bytes.writeInt16BE(flags, 21);
  bytes.writeInt32BE(last_delta, 23);
  bytes.writeBigInt64BE(BigInt(FIRST_TIME), 27);
  bytes.writeBigInt64BE(BigInt(MAX_TIME), 35);
  bytes.writeBigInt64BE(BigInt(producer), 43);
  bytes.writeInt16BE(0, 51);
  bytes.writeInt32BE(0, 53);
  bytes.writeInt32BE(batch.count ?? records.length, 57);
  body.copy(bytes, 61);
  bytes.writeUInt32BE((crc32c(bytes, 21) + damage) >>> 0, 17);
  return bytes;
}

/** What ends a transaction. */
export function markerBytes(base: number, producer: number, what: 'abort' | 'commit'): Buffer {
  const key = Buffer.from([0, 0, 0, what === 'abort' ? 0 : 1]);
  return batchBytes({ base, producer, isTransactional: true, isControl: true, records: [{ delta: 0, key, value: Buffer.alloc(6) }] });
}

export interface TestPartition {
  partition: number;
  high: number;
  aborted?: readonly { producer: number; first: number }[];
  bytes: Buffer;
}

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const long = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};

/** An answer to Fetch 11 of one topic. */
export function fetchBytes(topic: string, partitions: readonly TestPartition[]): Buffer {
  const name = Buffer.concat([Buffer.from([0, topic.length]), Buffer.from(topic)]);
  const each = partitions.map(({ partition, high, aborted = [], bytes }) =>
    Buffer.concat([
      int(partition),
      Buffer.from([0, 0]),
      long(high),
      long(high),
      long(0),
      int(aborted.length),
      ...aborted.flatMap(({ producer, first }) => [long(producer), long(first)]),
      int(-1),
      int(bytes.length),
      bytes,
    ]),
  );
  return Buffer.concat([int(0), Buffer.from([0, 0]), int(0), int(1), name, int(partitions.length), ...each]);
}
