import { Kafka, logLevel } from 'kafkajs';
import type { Transport } from '../../../../src/runtime/kafka/transport.js';
import { createTopics, Lines, Reader, record, transportTo } from '../../../helpers/kafka-client.js';
import { type KafkaServers, startKafka } from '../../../helpers/servers/kafka.mjs';
import { until } from '../../../helpers/servers/ports.mjs';

jest.setTimeout(120_000);

let kafka: KafkaServers;
let transport: Transport;

beforeAll(async () => {
  kafka = await startKafka();
});
afterAll(() => kafka?.stop());
beforeEach(async () => {
  transport = await transportTo(kafka.bootstrap);
});
afterEach(() => transport.close());

test('a member joins, reads what a transaction has written, and commits where it is', async () => {
  await createTopics(transport, { 'first-in': 2, 'first-out': 2 });
  const reader = new Reader(transport, ['first-in', 'first-out'], { group_id: 'first' });
  await reader.group.start();
  const producer = await transport.transactional('first.0');
  await producer.commit([record('first-in', 0, 'a', 'k'), record('first-in', 1, 'b'), record('first-out', 1, 'c')]);
  await producer.commit([]);
  await producer.commit([record('first-in', 0, 'd')]);
  await until('all read', () => reader.records.length === 4);
  expect(reader.values().sort()).toEqual(['a', 'b', 'c', 'd']);
  expect(reader.assignedNow).toEqual(['first-in/0', 'first-in/1', 'first-out/0', 'first-out/1']);
  const first = reader.records.find((one) => String(one.value) === 'a');
  expect(first).toMatchObject({ topic: 'first-in', partition: 0, offset: 0, headers: {} });
  expect(String(first?.key)).toBe('k');
  await reader.group.commit([{ topic: 'first-in', partition: 0, offset: 2 }]);
  const admin = await transport.admin();
  await expect(admin.committed('first', 'first-in')).resolves.toEqual([
    { partition: 0, offset: 2 },
    { partition: 1, offset: -1 },
  ]);
  await until('heartbeats', () => reader.heartbeats.length > 1);
  expect(reader.failures).toEqual([]);
});

test('partitions of one number stay together over members; the one that stays is told before anything is read on', async () => {
  await createTopics(transport, { 'two-in': 4, 'two-out': 4 });
  const topics = ['two-in', 'two-out'];
  const one = new Reader(transport, topics, { group_id: 'two' });
  await one.group.start();
  await until('alone', () => one.assignedNow.length === 8);
  const writer = await transport.producer();
  const all = (text: string) => [0, 1, 2, 3].map((partition) => record('two-in', partition, `${text}${partition}`));
  await writer.send(all('a'));
  await until('first read', () => one.records.length === 4);

  const other_transport = await transportTo(kafka.bootstrap);
  const other = new Reader(other_transport, topics, { group_id: 'two' });
  await other.group.start();
  await until('shared', () => one.assignedNow.length === 4 && other.assignedNow.length === 4);
  const numbers = (reader: Reader) => reader.assignedNow.map((name) => name.split('/')[1]);
  for (const reader of [one, other]) expect(numbers(reader).slice(0, 2)).toEqual(numbers(reader).slice(2));
  expect([...one.assignedNow, ...other.assignedNow].sort()).toHaveLength(8);
  expect(one.generations.at(-1)!.generation).toBe(other.generations.at(-1)!.generation);
  expect(one.lostFor).toEqual([]);

  await writer.send(all('b'));
  await until('read on', () => one.records.length + other.records.length === 4 + 4 + 2);
  // what stayed goes on where it was; what is new to the other is read from the beginning
  expect(one.values().filter((value) => value.startsWith('a'))).toHaveLength(4);
  expect(one.values().filter((value) => value.startsWith('b'))).toHaveLength(2);
  expect(other.values().filter((value) => value.startsWith('b'))).toHaveLength(2);

  await other.group.stop();
  await until('alone again', () => one.assignedNow.length === 8);
  await other_transport.close();
});

test('nothing asked for before a seek, a pause or a new assignment is delivered after it', async () => {
  await createTopics(transport, { stale: 1 });
  const writer = await transport.producer();
  for (let i = 0; i < 20; i++) await writer.send([...Array(500).keys()].map((n) => record('stale', 0, Buffer.alloc(1000, i * 500 + n))));
  const reader = new Reader(transport, ['stale'], { group_id: 'stale', partition_bytes: 50_000 });
  const at = { topic: 'stale', partition: 0 };
  let expected = 0;
  let seeks = 0;
  let isPaused = false;
  const wrong: string[] = [];
  let random = 7;
  reader.onBatch = (_, records) => {
    if (isPaused) wrong.push('read while paused');
    for (const one of records) {
      if (one.offset !== expected) wrong.push(`${one.offset} instead of ${expected}`);
      expected = one.offset + 1;
    }
  };
  // between the fetches, whenever the event loop comes by: one of them is always under way
  const jump = () => {
    if (seeks >= 200) return;
    random = (random * 48271) % 2147483647;
    if (random % 3 === 0) {
      isPaused = true;
      reader.group.pause([at]);
      setTimeout(() => {
        isPaused = false;
        reader.group.resume([at]);
        jump();
      }, 2);
      return;
    }
    seeks++;
    expected = random % 9000;
    reader.group.seek({ ...at, offset: expected });
    setTimeout(jump, random % 5);
  };
  await reader.group.start();
  await until('assigned', () => reader.generations.length === 1);
  jump();
  await until('all seeks', () => seeks >= 200);
  await until('end', () => expected === 10_000);
  expect(wrong).toEqual([]);
});

test('a partition that is resumed while a fetch waits for others is read at once', async () => {
  await createTopics(transport, { express: 2 });
  const patient = await transportTo(kafka.bootstrap, { max_wait: 5000 });
  const reader = new Reader(patient, ['express'], { group_id: 'express' }, false);
  const writer = await transport.producer();
  await writer.send([record('express', 1, 'there')]);
  await reader.group.start();
  const [idle, busy] = [0, 1].map((partition) => ({ topic: 'express', partition }));
  reader.group.seek({ ...idle!, offset: 0 });
  reader.group.resume([idle!]);
  // the fetch of the idle one is at the broker, which keeps it for five seconds
  await until('heartbeat', () => reader.heartbeats.length > 0);
  const asked = performance.now();
  reader.group.seek({ ...busy!, offset: 0 });
  reader.group.resume([busy!]);
  await until('read', () => reader.records.length === 1, { every_ms: 5 });
  // far less than the five seconds that the other one waits
  expect(performance.now() - asked).toBeLessThan(2500);
  await patient.close();
});

test('control records alone move the position', async () => {
  await createTopics(transport, { control: 1 });
  const reader = new Reader(transport, ['control'], { group_id: 'control' });
  await reader.group.start();
  const producer = await transport.transactional('control');
  await producer.commit([record('control', 0, 'a')]);
  await until('position behind the marker', () => reader.positions.get('control/0') === 2);
  expect(reader.batches.at(-1)).toMatchObject({ next: 2, high: 2 });
  expect(reader.records).toHaveLength(1);
  reader.group.seek({ topic: 'control', partition: 0, offset: 1 });
  await until('marker only', () => reader.batches.at(-1)!.count === 0);
  expect(reader.batches.at(-1)).toMatchObject({ count: 0, next: 2 });
});

test('a position that there is not is told, and nothing is read until another is sought', async () => {
  await createTopics(transport, { outside: 1 });
  const reader = new Reader(transport, ['outside'], { group_id: 'outside' }, false);
  await reader.group.start();
  const at = { topic: 'outside', partition: 0 };
  const writer = await transport.producer();
  await writer.send([record('outside', 0, 'a')]);
  reader.group.seek({ ...at, offset: 77 });
  reader.group.resume([at]);
  await until('told', () => reader.outside.length > 0);
  expect(reader.outside).toEqual([at]);
  expect(reader.records).toEqual([]);
  reader.group.seek({ ...at, offset: 0 });
  await until('read', () => reader.records.length === 1);
});

test('topics that are missing are waited for, with a line that says which', async () => {
  const log = new Lines();
  const early = await transportTo(kafka.bootstrap, { log });
  const reader = new Reader(early, ['late'], { group_id: 'late' });
  await reader.group.start();
  expect(reader.generations).toEqual([]);
  expect(log.lines.filter(({ level }) => level === 'warn').map(({ text }) => text)).toEqual([
    'topic late is missing, or may not be described: waiting for it',
  ]);
  await createTopics(transport, { late: 1 });
  await until('joined', () => reader.assignedNow.length === 1);
  expect(reader.failures).toEqual([]);
  await early.close();
});

test('whoever joins says how many partitions of which topic they have', async () => {
  const log = new Lines();
  const told = await transportTo(kafka.bootstrap, { log });
  await createTopics(transport, { 'told-in': 3, 'told-state': 3 });
  const reader = new Reader(told, ['told-in', 'told-state'], { group_id: 'told' });
  await reader.group.start();
  await until('joined', () => reader.assignedNow.length === 6);
  const lines = log.lines.filter(({ text }) => text === 'joined the group');
  expect(lines.map(({ fields }) => fields)).toEqual([expect.objectContaining({ partitions: { 'told-in': 3, 'told-state': 3 } })]);
  await told.close();
});

test('a broker that is killed and comes back is met again, by the same member', async () => {
  await createTopics(transport, { back: 1 });
  const reader = new Reader(transport, ['back'], { group_id: 'back' });
  await reader.group.start();
  const writer = await transport.producer();
  await writer.send([record('back', 0, 'before')]);
  await until('read', () => reader.records.length === 1);
  await kafka.kill();
  const during = writer.send([record('back', 0, 'during')]);
  await kafka.restart();
  await during;
  const beats = reader.heartbeats.length;
  await until('read again', () => reader.records.length === 2);
  await until('heartbeats again', () => reader.heartbeats.length > beats);
  expect(reader.values()).toEqual(['before', 'during']);
  expect(reader.failures).toEqual([]);
  expect(reader.lostFor).toEqual([]);
});

test('partitions that are added to a topic that may grow are found and shared out', async () => {
  await createTopics(transport, { grows: 1, stays: 1 });
  const looking = await transportTo(kafka.bootstrap, { growth_interval: 100, heartbeat_interval: 50 });
  const [grows, stays] = ['grows', 'stays'].map((topic) => new Reader(looking, [topic], { group_id: topic, may_grow: topic === 'grows' }));
  await Promise.all([grows!.group.start(), stays!.group.start()]);
  await until('both are there', () => grows!.assignedNow.length === 1 && stays!.assignedNow.length === 1);
  const admin = new Kafka({ brokers: [kafka.bootstrap], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createPartitions({ topicPartitions: ['grows', 'stays'].map((topic) => ({ topic, count: 3 })) });
  await admin.disconnect();
  const producer = await transport.producer();
  await producer.send([record('grows', 2, 'there')]);
  await until('it is read', () => grows!.records.length === 1);
  expect(grows!.assignedNow).toEqual(['grows/0', 'grows/1', 'grows/2']);
  // it looks as often as it beats, and finds nothing to tell
  const meetings = grows!.generations.length;
  const beats = grows!.heartbeats.length;
  await until('more heartbeats', () => grows!.heartbeats.length > beats + 4);
  expect(grows!.generations).toHaveLength(meetings);
  expect(stays!.generations).toHaveLength(1);
  await looking.close();
});

describe('a broker that stands still', () => {
  const NOT_LEFT = 'the group was not left: its seat stays taken until the session times out';
  async function joined(topic: string) {
    const log = new Lines();
    const own = await transportTo(kafka.bootstrap, { log });
    await createTopics(own, { [topic]: 1 });
    const reader = new Reader(own, [topic], { group_id: topic });
    await reader.group.start();
    await until('joined', () => reader.assignedNow.length === 1);
    const told = () => log.lines.filter(({ level }) => level === 'warn').map(({ text }) => text);
    return { own, reader, told };
  }

  test('keeps nobody who leaves for long, and it is said that the seat stays taken', async () => {
    const { own, reader, told } = await joined('still');
    kafka.pause();
    try {
      await reader.group.stop();
      await own.close();
      expect(told()).toEqual([NOT_LEFT]);
    } finally {
      kafka.resume();
    }
  });

  test('whoever cuts a group off that is being left is not told that it was not left', async () => {
    const { own, reader, told } = await joined('cut');
    kafka.pause();
    try {
      const stopped = reader.group.stop();
      await own.close();
      await stopped;
      expect(told()).toEqual([]);
    } finally {
      kafka.resume();
    }
  });
});
