import { gzipSync } from 'node:zlib';
import { unpack } from '../../../../src/runtime/kafka/client/codecs.js';
import { internals } from '../../../../src/runtime/kafka/client/internals.js';
import { decodeBatch, frameAt, Unsupported, undecodableOf } from '../../../../src/runtime/kafka/client/record-batch.js';
import { batchBytes, FIRST_TIME, MAX_TIME, recordBytes, type TestBatch } from './batches.js';

const decode = async (batch: TestBatch, per_batch = 1024 * 1024) => {
  const bytes = batchBytes(batch);
  const budget = { left: per_batch, per_batch };
  return { messages: await decodeBatch(bytes, frameAt(bytes, 0)!, budget, unpack), budget };
};
const offsets = (messages: { offset: string; isControlRecord: boolean }[]) =>
  messages.map(({ offset, isControlRecord }) => offset + (isControlRecord ? 'c' : ''));

test('records with all that a record has', async () => {
  const { messages } = await decode({
    base: 2 ** 40,
    records: [
      {
        delta: 0,
        key: 'k',
        value: Buffer.from([1, 2]),
        headers: [
          ['h', 'x'],
          ['h', 'y'],
          ['__proto__', 'z'],
        ],
        time: 17,
      },
      { delta: 3, key: null, value: null, time: -5 },
      { delta: 300, key: '', value: 'x'.repeat(200), time: 2 ** 33 },
    ],
  });
  expect(messages.map(({ offset, timestamp, key, value }) => [offset, timestamp, key?.toString() ?? null, value?.length ?? null])).toEqual([
    [String(2 ** 40), String(FIRST_TIME + 17), 'k', 2],
    [String(2 ** 40 + 3), String(FIRST_TIME - 5), null, null],
    [String(2 ** 40 + 300), String(FIRST_TIME + 2 ** 33), '', 200],
  ]);
  expect(Object.entries(messages[0]!.headers).map(([name, value]) => [name, String(value)])).toEqual([
    ['h', 'x,y'],
    ['__proto__', 'z'],
  ]);
});

test('the same as kafkajs reads', async () => {
  const theirs = require('kafkajs/src/protocol/recordBatch/v0/decoder');
  for (const isAppendTime of [false, true]) {
    const batch: TestBatch = {
      base: 90,
      producer: 12,
      isTransactional: true,
      isAppendTime,
      records: [
        { delta: 0, key: 'a', headers: [['n', 'm']] },
        { delta: 1, time: 4 },
      ],
    };
    const { records } = await theirs(new (internals().Decoder)(batchBytes(batch)));
    const { messages } = await decode(batch);
    expect(JSON.parse(JSON.stringify(messages))).toEqual(JSON.parse(JSON.stringify(records)));
    expect(messages[0]!.timestamp).toBe(String(isAppendTime ? MAX_TIME : FIRST_TIME));
  }
});

test('a batch that the cleaner emptied, or whose end it took, ends with a control record at its last offset', async () => {
  expect(offsets((await decode({ base: 10, last_delta: 4 })).messages)).toEqual(['14c']);
  expect(offsets((await decode({ base: 10, last_delta: 4, records: [{ delta: 1 }] })).messages)).toEqual(['11', '14c']);
  expect(offsets((await decode({ base: 10, records: [{ delta: 1 }, { delta: 4 }] })).messages)).toEqual(['11', '14']);
  expect(undecodableOf((await decode({ base: 10, last_delta: 4 })).messages[0]!)).toBeUndefined();
});

const UNREADABLE: [string, TestBatch, string][] = [
  ['a wrong checksum', { base: 5, records: [{ delta: 0 }, { delta: 2 }], damage: 1 }, 'checksum'],
  ['gzip that is none', { base: 5, last_delta: 2, codec: 1, count: 3, body: Buffer.from('not gzip at all') }, 'damaged'],
  ['a compression that there is not', { base: 5, last_delta: 2, codec: 7, count: 3, body: Buffer.alloc(30) }, 'damaged'],
  ['more than may be unpacked', { base: 5, last_delta: 2, codec: 1, count: 3, body: gzipSync(Buffer.alloc(2_000_000)) }, 'oversize'],
  ['more records than there are bytes', { base: 5, last_delta: 2, count: 2 ** 31 - 1, body: recordBytes({ delta: 0 }) }, 'damaged'],
  [
    'fewer records than there are',
    { base: 5, last_delta: 2, count: 1, body: Buffer.concat([recordBytes({ delta: 0 }), recordBytes({ delta: 2 })]) },
    'damaged',
  ],
  [
    'a record that breaks off',
    { base: 5, last_delta: 2, count: 1, body: recordBytes({ delta: 0, value: 'abcdef' }).subarray(0, 9) },
    'damaged',
  ],
  [
    'a record that is not as long as it says',
    { base: 5, last_delta: 2, count: 1, body: Buffer.concat([Buffer.from([26]), recordBytes({ delta: 0, value: 'abcdef' }).subarray(1)]) },
    'damaged',
  ],
];

test.each(UNREADABLE)('%s: one record stands for the whole batch', async (_, batch, reason) => {
  const { messages } = await decode(batch);
  expect(messages).toHaveLength(1);
  expect(messages[0]).toMatchObject({ offset: '7', key: null, value: null, headers: {}, isControlRecord: false });
  expect(undecodableOf(messages[0]!)).toMatchObject({ reason, first_offset: 5, last_offset: 7 });
});

test('empty records count for what they take in memory', async () => {
  const records = Array.from({ length: 5000 }, (_, delta) => ({ delta, value: null }));
  const packed: TestBatch = { base: 0, last_delta: 4999, codec: 1, count: 5000, body: gzipSync(Buffer.concat(records.map(recordBytes))) };
  expect(undecodableOf((await decode(packed)).messages[0]!)).toMatchObject({ reason: 'oversize', records: 5000 });
  const { messages, budget } = await decode(packed, 2_000_000);
  expect(messages).toHaveLength(5000);
  expect(budget.left).toBeLessThan(2_000_000 - 5000 * 256);
});

test('a missing package stops who reads: the fault is not in the bytes', async () => {
  const bytes = batchBytes({ base: 0, codec: 3, count: 1, body: Buffer.alloc(20) });
  const none = async () => {
    throw new Unsupported('the package lz4-napi cannot be loaded');
  };
  await expect(decodeBatch(bytes, frameAt(bytes, 0)!, { left: 1000, per_batch: 1000 }, none)).rejects.toThrow('lz4-napi');
});

test('the beginning of a batch is none, and what cannot be a batch is an error', () => {
  const bytes = batchBytes({ base: 0, records: [{ delta: 0 }] });
  expect(frameAt(bytes.subarray(0, -1), 0)).toBeUndefined();
  expect(frameAt(bytes.subarray(0, 30), 0)).toBeUndefined();
  bytes.writeInt32BE(-1, 8);
  expect(() => frameAt(bytes, 0)).toThrow('a record batch of -1 bytes');
});
