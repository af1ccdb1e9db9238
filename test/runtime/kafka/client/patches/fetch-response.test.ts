import { gzipSync } from 'node:zlib';
import { harden } from '../../../../../src/runtime/kafka/client/harden.js';
import { internals } from '../../../../../src/runtime/kafka/client/internals.js';
import { undecodableOf } from '../../../../../src/runtime/kafka/client/record-batch.js';
import { batchBytes, fetchBytes, markerBytes, recordBytes } from '../batches.js';

/** kafkajs's own, as it was before `harden`. */
const theirs = internals().fetchResponses[11]!.decode;

const decode = async (bytes: Buffer, most_unpacked = 1024 * 1024) => {
  await harden({ most_unpacked });
  const { responses } = await internals().fetchResponses[11]!.decode(bytes);
  return responses[0]!.partitions;
};
const offsets = (messages: { offset: string; isControlRecord: boolean }[]) =>
  messages.map(({ offset, isControlRecord }) => offset + (isControlRecord ? 'c' : ''));

test('an emptied batch: kafkajs sees nothing, and asks for it again for ever', async () => {
  const bytes = fetchBytes('t', [{ partition: 0, high: 9, bytes: batchBytes({ base: 3, last_delta: 2, producer: 1 }) }]);
  expect((await theirs(bytes)).responses[0]!.partitions[0]!.messages).toEqual([]);
  expect(offsets((await decode(bytes))[0]!.messages)).toEqual(['5c']);
});

test('more records than a call takes arguments: kafkajs throws', async () => {
  const one = recordBytes({ delta: 0, value: null });
  const bytes = fetchBytes('t', [
    { partition: 0, high: 9, bytes: batchBytes({ base: 0, count: 200_000, body: Buffer.alloc(200_000 * one.length, one) }) },
  ]);
  await expect(theirs(bytes)).rejects.toThrow(RangeError);
  expect((await decode(bytes, 1e9))[0]!.messages).toHaveLength(200_000);
});

test('a batch of an unknown compression, or damaged: kafkajs stops or believes it', async () => {
  const damaged = batchBytes({ base: 0, records: [{ delta: 0, value: 'abc' }] });
  damaged[damaged.length - 2] = 'X'.charCodeAt(0);
  const bytes = fetchBytes('t', [{ partition: 0, high: 9, bytes: damaged }]);
  expect(String((await theirs(bytes)).responses[0]!.partitions[0]!.messages[0]!.value)).toBe('abX');
  expect(undecodableOf((await decode(bytes))[0]!.messages[0]!)).toMatchObject({ reason: 'checksum' });
});

test('all that stands around the records; aborted transactions are taken out', async () => {
  const bytes = fetchBytes('t', [
    {
      partition: 4,
      high: 77,
      aborted: [{ producer: 5, first: 0 }],
      bytes: Buffer.concat([
        batchBytes({ base: 0, producer: 5, isTransactional: true, records: [{ delta: 0 }] }),
        markerBytes(1, 5, 'abort'),
        batchBytes({ base: 2, records: [{ delta: 0 }] }),
      ]),
    },
    { partition: 5, high: 0, bytes: Buffer.alloc(0) },
  ]);
  const partitions = await decode(bytes);
  expect(partitions.map(({ messages, ...rest }) => ({ ...rest, offsets: offsets(messages) }))).toEqual([
    {
      partition: 4,
      errorCode: 0,
      highWatermark: '77',
      lastStableOffset: '77',
      lastStartOffset: '0',
      abortedTransactions: [],
      preferredReadReplica: -1,
      offsets: ['0c', '1c', '2'],
    },
    expect.objectContaining({ partition: 5, offsets: [] }),
  ]);
});

test('what a response may unpack to is shared, and every partition gets a batch', async () => {
  const big = (base: number) =>
    batchBytes({ base, codec: 1, count: 1, body: gzipSync(recordBytes({ delta: 0, value: 'x'.repeat(600_000) })) });
  const bytes = Buffer.concat([big(0), big(1), big(2)]);
  const partitions = await decode(
    fetchBytes(
      't',
      [0, 1, 2].map((partition) => ({ partition, high: 3, bytes })),
    ),
  );
  expect(partitions.map(({ messages }) => offsets(messages))).toEqual([['0', '1'], ['0'], ['0']]);
});
