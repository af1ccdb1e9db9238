import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODEC } from '../../../../src/runtime/kafka/client/codecs.js';
import type { Transport } from '../../../../src/runtime/kafka/transport.js';
import { createTopics, Reader, record, transportTo } from '../../../helpers/kafka-client.js';
import { allCommitted, produce } from '../../../helpers/servers/jvm-client.mjs';
import { type KafkaServers, startKafka } from '../../../helpers/servers/kafka.mjs';
import { until } from '../../../helpers/servers/ports.mjs';

/** Batches as brokers and Java's client make them: what is read of them, and what they take of ours. */

jest.setTimeout(180_000);

let kafka: KafkaServers;
let transport: Transport;

beforeAll(async () => {
  kafka = await startKafka();
});
afterAll(() => kafka?.stop());
beforeEach(async () => {
  transport = await transportTo(kafka.bootstrap, { most_unpacked: 1024 * 1024 });
});
afterEach(() => transport.close());

/** Reads a topic of one partition until its position is there. */
async function readTo(topic: string, end: number, partition_bytes?: number): Promise<Reader> {
  const reader = new Reader(transport, [topic], { group_id: topic, ...(partition_bytes === undefined ? {} : { partition_bytes }) });
  await reader.group.start();
  await until(`${topic} read`, () => reader.positions.get(`${topic}/0`) === end || reader.failures.length > 0, { deadline_ms: 30_000 });
  expect(reader.failures).toEqual([]);
  return reader;
}

const texts = Array.from({ length: 3000 }, (_, i) => `{"user":"user${i % 17}@example.com","n":${(i * 7919) % 10_007},"what":"sign_in"}`);
const JOINED = { 'linger.ms': 200, 'batch.size': 500_000 };

test.each(['gzip', 'snappy', 'lz4', 'zstd'])('%s of Java is read', async (codec) => {
  const topic = `from-java-${codec}`;
  await createTopics(transport, { [topic]: 1 });
  await produce(
    kafka.bootstrap,
    texts.map((value) => ({ topic, value })),
    { properties: { ...JOINED, 'compression.type': codec } },
  );
  const { records } = await readTo(topic, texts.length);
  expect(records.map(({ undecodable }) => undecodable).filter(Boolean)).toEqual([]);
  expect(records.map(({ value }) => String(value))).toEqual(texts);
});

test.each(['gzip', 'snappy', 'lz4'] as const)('%s of ours is read by Java', async (codec) => {
  const topic = `to-java-${codec}`;
  await createTopics(transport, { [topic]: 1 });
  const writer = await transportTo(kafka.bootstrap, { compression: CODEC[codec] });
  const producer = await writer.producer();
  await producer.send(texts.map((text) => record(topic, 0, text)));
  await writer.close();
  expect((await allCommitted(kafka.bootstrap, [topic])).map(({ value }) => String(value))).toEqual(texts);
});

test('a batch that unpacks to too much is one record that says so, and the next is read', async () => {
  const topic = 'bomb';
  await createTopics(transport, { [topic]: 1 });
  const one = (value: string | Buffer) => produce(kafka.bootstrap, [{ topic, value }], { properties: { 'compression.type': 'gzip' } });
  await one('before');
  await one(Buffer.alloc(5_000_000));
  await one('behind');
  const { records } = await readTo(topic, 3);
  expect(records.map(({ offset, value, undecodable }) => [offset, value && String(value), undecodable?.reason])).toEqual([
    [0, 'before', undefined],
    [1, null, 'oversize'],
    [2, 'behind', undefined],
  ]);
});

test('a batch that has changed on the disk is one record that says so', async () => {
  const topic = 'rotten';
  await createTopics(transport, { [topic]: 1 });
  const producer = await transport.producer();
  for (const text of ['before', 'rotten', 'behind']) await producer.send([record(topic, 0, text), record(topic, 0, `${text} 2`)]);
  await kafka.nodes[0]!.terminate();
  const folder = join(kafka.folder, 'data-1', `${topic}-0`);
  const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.log'))!);
  const bytes = readFileSync(file);
  bytes.write('R', bytes.indexOf('rotten 2'));
  writeFileSync(file, bytes);
  await kafka.nodes[0]!.restart();
  const { records } = await readTo(topic, 6);
  expect(records.map(({ offset, value, undecodable }) => [offset, value && String(value), undecodable?.reason])).toEqual([
    [0, 'before', undefined],
    [1, 'before 2', undefined],
    [3, null, 'checksum'],
    [4, 'behind', undefined],
    [5, 'behind 2', undefined],
  ]);
  expect(records[2]!.undecodable).toMatchObject({ first_offset: 2, last_offset: 3, records: 2 });
});

test('a batch that the cleaner has emptied does not stop who reads', async () => {
  const topic = 'emptied';
  await createTopics(
    transport,
    { [topic]: 1 },
    {
      'cleanup.policy': 'compact',
      'min.cleanable.dirty.ratio': '0.001',
      'segment.ms': '100',
      'max.compaction.lag.ms': '100',
    },
  );
  const write = async (...keys: string[]) => {
    const producer = await transport.producer();
    await producer.send(keys.map((key) => record(topic, 0, key, key)));
    await producer.close();
  };
  // each writer's last batch is kept for what it says of the writer, even without records
  await write('a', 'b', 'c');
  await write('a', 'b', 'c', 'd');
  await write('d');
  const folder = join(kafka.folder, 'data-1', `${topic}-0`);
  let count = 0;
  // a segment ends when something is written after its time
  await until(
    'the first batch is emptied',
    async () => {
      await write(`more ${count++}`);
      const file = join(folder, '00000000000000000000.log');
      const bytes = readFileSync(file);
      return bytes.length > 61 && bytes.readInt32BE(57) === 0 && bytes.readInt32BE(23) === 2;
    },
    { every_ms: 300 },
  );
  // so little at once that it comes alone
  const reader = await readTo(topic, 8 + count, 1);
  expect(reader.batches[0]).toMatchObject({ count: 0, next: 3 });
  expect(reader.values().slice(0, 4)).toEqual(['a', 'b', 'c', 'd']);
});

test('where a partition ends is told, though nothing is in it', async () => {
  await createTopics(transport, { 'nothing-yet': 1 });
  const { records } = await readTo('nothing-yet', 0);
  expect(records).toEqual([]);
});
