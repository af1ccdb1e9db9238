import { unpack } from '../../../../src/runtime/kafka/client/codecs.js';
import { decodeRecordSet } from '../../../../src/runtime/kafka/client/record-set.js';
import { batchBytes, markerBytes, recordBytes, type TestBatch } from './batches.js';

const read = async (parts: Buffer[], aborted: [producer: number, first: number][] = [], most = 1_000_000) => {
  const list = aborted.map(([producer, first]) => ({ producerId: String(producer), firstOffset: String(first) }));
  const messages = await decodeRecordSet(Buffer.concat(parts), list, { left: most, per_batch: most }, unpack);
  return messages.map(({ offset, isControlRecord }) => offset + (isControlRecord ? 'c' : ''));
};
const one = (base: number, producer: number, more: Partial<TestBatch> = {}) =>
  batchBytes({ base, producer, isTransactional: true, records: [{ delta: 0 }], ...more });

test('two aborted transactions that begin before what was fetched', async () => {
  const parts = [
    one(10, 1),
    one(11, 2),
    one(12, 3),
    markerBytes(13, 1, 'abort'),
    markerBytes(14, 2, 'abort'),
    markerBytes(15, 3, 'commit'),
  ];
  expect(
    await read(parts, [
      [1, 3],
      [2, 5],
    ]),
  ).toEqual(['10c', '11c', '12', '13c', '14c', '15c']);
});

test('the list is in any order; a producer that aborts twice, and commits between', async () => {
  const parts = [
    one(0, 1),
    markerBytes(1, 1, 'abort'),
    one(2, 1),
    markerBytes(3, 1, 'commit'),
    one(4, 1),
    one(5, 2),
    markerBytes(6, 1, 'abort'),
    one(7, 1),
  ];
  expect(
    await read(parts, [
      [1, 4],
      [1, 0],
    ]),
  ).toEqual(['0c', '1c', '2', '3c', '4c', '5', '6c', '7']);
});

test('a record whose key looks like an abort marker ends nothing', async () => {
  const looks = one(0, 1, { records: [{ delta: 0, key: Buffer.alloc(4) }] });
  expect(await read([looks, one(1, 1), markerBytes(2, 1, 'abort')], [[1, 0]])).toEqual(['0c', '1c', '2c']);
});

test('what a producer writes outside of transactions was not aborted', async () => {
  expect(await read([one(0, 1, { isTransactional: false }), one(1, 1)], [[1, 0]])).toEqual(['0', '1c']);
});

test('a long aborted batch moves on to its end', async () => {
  expect(await read([one(0, 1, { last_delta: 40 })], [[1, 0]])).toEqual(['40c']);
});

test('a batch that cannot be read does not stop those behind it', async () => {
  expect(await read([one(0, -1), one(1, -1, { damage: 1 }), one(2, -1)])).toEqual(['0', '1', '2']);
});

test('a batch that breaks off comes with the next fetch', async () => {
  expect(await read([one(0, -1), one(1, -1).subarray(0, 65)])).toEqual(['0']);
  expect(await read([one(1, -1).subarray(0, 10)])).toEqual([]);
});

test('when enough is unpacked the rest comes with the next fetch, and there is always one', async () => {
  const parts = [0, 1, 2, 3].map((base) => one(base, -1));
  expect(await read(parts, [], 600)).toEqual(['0', '1', '2']);
  const messages = await decodeRecordSet(Buffer.concat(parts), [], { left: -5, per_batch: 600 }, unpack);
  expect(messages.map(({ offset }) => offset)).toEqual(['0']);
});

test('many small records', async () => {
  const record = recordBytes({ delta: 0, value: null });
  const bytes = batchBytes({ base: 0, count: 200_000, body: Buffer.alloc(200_000 * record.length, record) });
  const messages = await decodeRecordSet(bytes, [], { left: 1e9, per_batch: 1e9 }, unpack);
  expect(messages).toHaveLength(200_000);
});

describe('formats before record batches', () => {
  const old = (offset: number, magic: 0 | 1): Buffer => {
    const { Encoder } = require('../../../../src/runtime/kafka/client/internals.js').internals();
    const inside = new Encoder().writeInt32(0).writeInt8(magic).writeInt8(0);
    if (magic === 1) inside.writeInt64(5);
    inside.writeBytes('k').writeBytes('v');
    return new Encoder().writeInt64(offset).writeInt32(inside.buffer.length).writeEncoder(inside).buffer;
  };

  test('are read by kafkajs, also in front of batches', async () => {
    expect(await read([old(0, 0), old(1, 1), old(2, 1), one(3, -1)])).toEqual(['0', '1', '2', '3']);
    expect(await read([old(0, 1), old(1, 1).subarray(0, 20)])).toEqual(['0']);
  });

  test('an unknown format is an error', async () => {
    const bytes = one(0, -1);
    bytes.writeInt8(3, 16);
    await expect(read([bytes])).rejects.toThrow('records of format 3');
  });
});
