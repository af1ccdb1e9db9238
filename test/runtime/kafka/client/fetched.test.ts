import { type FetchedPartition, type RawRecord, readFetched } from '../../../../src/runtime/kafka/client/fetched.js';

const raw = (offset: number, producerId = '-1', more: Partial<RawRecord> = {}): RawRecord => ({
  offset: String(offset),
  timestamp: '1700000000000',
  key: null,
  value: Buffer.from(`v${offset}`),
  headers: {},
  isControlRecord: false,
  batchContext: { producerId, inTransaction: producerId !== '-1' },
  ...more,
});
const marker = (offset: number, producerId: string, type: 0 | 1): RawRecord =>
  raw(offset, producerId, { isControlRecord: true, key: Buffer.from([0, 0, 0, type]) });
const fetched = (messages: RawRecord[], aborted: [string, number][] = []): FetchedPartition => ({
  partition: 3,
  errorCode: 0,
  highWatermark: '100',
  lastStableOffset: '90',
  abortedTransactions: aborted.map(([producerId, first]) => ({ producerId, firstOffset: String(first) })),
  messages,
});
const offsets = (from: FetchedPartition, at = 0) => readFetched('t', from, at).records.map((record) => record.offset);

test('a record as it was written', () => {
  const headers = { one: Buffer.from('a'), several: [Buffer.from('b'), Buffer.from('c')] };
  const { records, next, high_watermark } = readFetched('t', fetched([raw(5, '-1', { key: Buffer.from('k'), headers })]), 5);
  expect(records).toEqual([
    {
      topic: 't',
      partition: 3,
      offset: 5,
      timestamp: 1_700_000_000_000,
      key: Buffer.from('k'),
      value: Buffer.from('v5'),
      headers: { one: Buffer.from('a'), several: Buffer.from('c') },
    },
  ]);
  expect(next).toBe(6);
  // what is behind the last stable offset may not be read yet
  expect(high_watermark).toBe(90);
});

test('what lies before the position is left out, and the position never goes back', () => {
  expect(offsets(fetched([raw(3), raw(4), raw(5)]), 5)).toEqual([5]);
  expect(readFetched('t', fetched([raw(3)]), 5)).toMatchObject({ records: [], next: 5 });
});

test('control records are not shown, and move the position', () => {
  expect(readFetched('t', fetched([marker(7, '1', 1)]), 7)).toMatchObject({ records: [], next: 8 });
});

test('two aborted transactions that overlap, whatever the order of the list', () => {
  const messages = [
    raw(0, '1'),
    raw(1, '2'),
    raw(2, '1'),
    marker(3, '1', 0),
    raw(4, '1'),
    raw(5, '2'),
    marker(6, '2', 0),
    raw(7, '2'),
    marker(8, '2', 1),
  ];
  expect(
    offsets(
      fetched(messages, [
        ['2', 1],
        ['1', 0],
      ]),
    ),
  ).toEqual([4, 7]);
});

test('two that began before what was fetched', () => {
  const messages = [raw(10, '1'), raw(11, '2'), marker(12, '1', 0), marker(13, '2', 0), raw(14, '1')];
  expect(
    offsets(
      fetched(messages, [
        ['1', 2],
        ['2', 5],
      ]),
      10,
    ),
  ).toEqual([14]);
});

test('a record with four zero bytes as key ends no transaction', () => {
  const messages = [raw(0, '1', { key: Buffer.alloc(4) }), raw(1, '1'), marker(2, '1', 0)];
  expect(offsets(fetched(messages, [['1', 0]]))).toEqual([]);
});

test('who writes beside an aborted transaction is read', () => {
  expect(offsets(fetched([raw(0, '1'), raw(1), raw(2, '2'), marker(3, '1', 0)], [['1', 0]]))).toEqual([1, 2]);
});
