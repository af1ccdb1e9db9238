import fc from 'fast-check';
import { unpack } from '../../../../src/runtime/kafka/client/codecs.js';
import { encodeProduce } from '../../../../src/runtime/kafka/client/encode.js';
import { harden } from '../../../../src/runtime/kafka/client/harden.js';
import { internals } from '../../../../src/runtime/kafka/client/internals.js';
import { decodeRecordSet } from '../../../../src/runtime/kafka/client/record-set.js';
import type { OutRecord } from '../../../../src/runtime/kafka/transport.js';

const { requests } = require('kafkajs/src/protocol/requests') as {
  requests: { Produce: { protocol(of: { version: number }): (args: object) => { request: { encode(): Promise<{ buffer: Buffer }> } } } };
};

beforeAll(() => harden());

const NOW = 1_700_000_000_000;

function body(messages: OutRecord[], more: object = {}) {
  return {
    transactional_id: 'id',
    timeout: 5000,
    producer_id: '77',
    epoch: 3,
    compression: 0,
    topics: [{ topic: 'topic', partitions: [{ partition: 2, sequence: 9, messages }] }],
    now: NOW,
    ...more,
  };
}

const field = fc.option(
  fc.oneof(
    fc.string(),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  ),
  { nil: null },
);
const out: fc.Arbitrary<OutRecord> = fc.record({
  topic: fc.constant('topic'),
  partition: fc.constant(2),
  key: field,
  value: fc.option(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    { nil: null },
  ),
  headers: fc.dictionary(fc.string({ minLength: 1 }), fc.oneof(fc.string(), fc.constant(Buffer.from('h'))), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
  timestamp: fc.integer({ min: NOW, max: NOW + 1_000_000_000 }),
});

test('the same bytes as kafkajs makes, but for the time when it ran and the order of equal times', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(out, { minLength: 1, maxLength: 20 }), async (records) => {
      // kafkajs takes the earliest time as the base, here it is the first record's
      const messages = records.sort((a, b) => a.timestamp! - b.timestamp!);
      const ours = await encodeProduce(body(messages));
      const theirs = await requests.Produce.protocol({ version: 7 })({
        acks: -1,
        timeout: 5000,
        transactionalId: 'id',
        producerId: '77',
        producerEpoch: 3,
        compression: 0,
        topicData: [{ topic: 'topic', partitions: [{ partition: 2, firstSequence: 9, messages }] }],
      }).request.encode();
      // the leader's epoch is the broker's business and outside of the checksum
      const epoch_at = 2 + 2 + 2 + 4 + 4 + 2 + 5 + 4 + 8 + 12;
      const shown = Buffer.from(theirs.buffer);
      shown.writeInt32BE(-1, epoch_at);
      expect(ours.equals(shown)).toBe(true);
    }),
  );
});

test.each([1, 2, 3])('codec %s, and times before the first', async (compression) => {
  const messages = [5, 3, 900].map((time, i) => ({
    topic: 'topic',
    partition: 2,
    key: `k${i}`,
    value: Buffer.alloc(500, i),
    timestamp: NOW + time,
  }));
  const encoded = await encodeProduce(body(messages, { compression }));
  const set = encoded.subarray(2 + 2 + 2 + 4 + 4 + 2 + 5 + 4 + 8);
  const read = await decodeRecordSet(set, [], { left: 1e6, per_batch: 1e6 }, unpack);
  expect(read.map((one) => [String(one.key), one.value!.length, Number(one.timestamp)])).toEqual([
    ['k0', 500, NOW + 5],
    ['k1', 500, NOW + 3],
    ['k2', 500, NOW + 900],
  ]);
  expect(internals().version).toBe('2.2.4');
});
