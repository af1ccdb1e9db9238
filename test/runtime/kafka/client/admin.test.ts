import { Kafka, KafkaJSProtocolError, type Admin as KafkajsAdmin, logLevel } from 'kafkajs';
import { TopicAdmin } from '../../../../src/runtime/kafka/client/admin.js';
import { PatientAdmin } from '../../../../src/runtime/kafka/patient-admin.js';
import type { Admin, Transport } from '../../../../src/runtime/kafka/transport.js';
import { until } from '../../../cli/until.js';
import { createTopics, record, transportTo } from '../../../helpers/kafka-client.js';
import { type KafkaServers, startKafka } from '../../../helpers/servers/kafka.mjs';
import { freePort } from '../../../helpers/servers/ports.mjs';
import { type FaultProxy, startProxy } from '../../../helpers/servers/proxy.mjs';

jest.setTimeout(120_000);

let kafka: KafkaServers;
/** before its broker */
let proxy: FaultProxy;
let transport: Transport;
let admin: Admin;

beforeAll(async () => {
  const port = await freePort();
  kafka = await startKafka({ advertised: [port] });
  proxy = await startProxy({ port, target: kafka.targets[0]! });
  transport = await transportTo(kafka.bootstrap);
  admin = await transport.admin();
});
afterAll(async () => {
  await transport?.close();
  await proxy?.stop();
  await kafka?.stop();
});

test('what is created is described, settings and defaults too; what is missing is undefined', async () => {
  await admin.create([
    { topic: 'made', partitions: 3, replication: -1, settings: { 'cleanup.policy': 'compact', 'segment.bytes': '1048576' } },
  ]);
  const described = await admin.describe(['made', 'missing']);
  expect(described.get('missing')).toBeUndefined();
  expect([...described.keys()]).toEqual(['made', 'missing']);
  const made = described.get('made')!;
  expect(made.partitions).toEqual([0, 1, 2].map((partition) => ({ partition, leader: 1, replicas: [1], in_sync: [1] })));
  expect(made.settings).toMatchObject({ 'cleanup.policy': 'compact', 'segment.bytes': '1048576', 'min.insync.replicas': '1' });
});

test('of those that are asked for, which are missing', async () => {
  await createTopics(transport, { there: 1 });
  await expect(admin.missing(['there'])).resolves.toEqual([]);
  await expect(admin.missing(['gone', 'there', 'missing'])).resolves.toEqual(['gone', 'missing']);
  // asking makes none
  await expect(admin.missing(['gone'])).resolves.toEqual(['gone']);
});

test('what cannot be made says why', async () => {
  await expect(admin.create([{ topic: 'many', partitions: 1, replication: 5, settings: {} }])).rejects.toThrow();
});

test('a topic is made when the broker that is asked knows of it', async () => {
  const calls: string[] = [];
  // each says once that there is no such topic, as a broker does that hears of it late
  const late = (name: string) => () => {
    calls.push(name);
    const isFirst = calls.filter((one) => one === name).length === 1;
    return isFirst ? Promise.reject(new KafkaJSProtocolError({ code: 3, type: 'UNKNOWN_TOPIC_OR_PARTITION' } as never)) : Promise.resolve();
  };
  const slow = { createTopics: late('create'), fetchTopicMetadata: late('look') } as unknown as KafkajsAdmin;
  await new TopicAdmin(slow, undefined as never, () => {}).create([{ topic: 'late', partitions: 1, replication: 1, settings: {} }]);
  expect(calls).toEqual(['create', 'create', 'look', 'look']);
});

test('a question for other topics at the same time takes nothing away from what is said of this one', async () => {
  await createTopics(transport, { read: 3, 'own-1': 1, 'own-2': 1 });
  const producer = await transport.producer();
  await producer.send([0, 1, 2].map((partition) => record('read', partition, 'a')));
  const kafkajs = new Kafka({ brokers: [kafka.bootstrap], logLevel: logLevel.NOTHING }).admin();
  await kafkajs.connect();
  await kafkajs.setOffsets({ groupId: 'reader', topic: 'read', partitions: [0, 1, 2].map((partition) => ({ partition, offset: '1' })) });
  await kafkajs.disconnect();
  const questions: [ask: (of: Admin) => Promise<unknown[]>, answer: object][] = [
    [(of) => of.committed('reader', 'read'), [0, 1, 2].map((partition) => ({ partition, offset: 1 }))],
    [(of) => of.watermarks('read'), [0, 1, 2].map((partition) => ({ partition, low: 0, high: 1 }))],
  ];
  const behind = await transportTo(proxy.address);
  for (const [ask, answer] of questions) {
    const own = await behind.admin();
    await ask(own);
    await own.missing(['own-1']);
    // both have asked before either is answered, and both are answered at once
    const before = proxy.requests('Metadata');
    const held = proxy.hold('Metadata', { side: 'response' });
    const asked = ask(own);
    await held.reached();
    const missing = own.missing(['own-2']);
    await until(() => proxy.requests('Metadata') >= before + 2, 'both have asked');
    held.release();
    await expect(missing).resolves.toEqual([]);
    await expect(asked).resolves.toEqual(answer);
    await own.close();
  }
  await behind.close();
});

test('watermarks, committed positions and brokers', async () => {
  await createTopics(transport, { marks: 2 });
  const producer = await transport.producer();
  await producer.send([record('marks', 1, 'a'), record('marks', 1, 'b')]);
  await expect(admin.watermarks('marks')).resolves.toEqual([
    { partition: 0, low: 0, high: 0 },
    { partition: 1, low: 0, high: 2 },
  ]);
  await expect(admin.committed('nobody', 'marks')).resolves.toEqual([
    { partition: 0, offset: -1 },
    { partition: 1, offset: -1 },
  ]);
  await expect(admin.brokers()).resolves.toBe(1);
});

test('of a topic that was deleted since it was asked for last, that is said, and others are asked for as before', async () => {
  await createTopics(transport, { goes: 1, stays: 1 });
  const patient = new PatientAdmin(() => transport.admin(), { warn: () => undefined });
  await expect(patient.standing('nobody', 'goes')).resolves.toMatchObject({ marks: [{ high: 0 }] });
  const kafkajs = new Kafka({ brokers: [kafka.bootstrap], logLevel: logLevel.NOTHING }).admin();
  await kafkajs.connect();
  await kafkajs.deleteTopics({ topics: ['goes'] });
  await kafkajs.disconnect();
  await until(async () => (await patient.standing('nobody', 'goes')) === undefined, 'it is gone');
  await expect(patient.standing('nobody', 'stays')).resolves.toMatchObject({ marks: [{ high: 0 }] });
  await patient.close();
});

test('a topic that is made anew has another id, and what is not there has none', async () => {
  await createTopics(transport, { again: 2, beside: 1 });
  const first = await admin.ids(['again', 'beside', 'missing']);
  expect([...first.keys()].sort()).toEqual(['again', 'beside']);
  expect(first.get('again')).toMatch(/^[\w-]{22}$/);
  expect(first.get('again')).not.toBe(first.get('beside'));
  await expect(admin.ids(['again', 'beside'])).resolves.toEqual(first);
  const kafkajs = new Kafka({ brokers: [kafka.bootstrap], logLevel: logLevel.NOTHING }).admin();
  await kafkajs.connect();
  await kafkajs.deleteTopics({ topics: ['again'] });
  await kafkajs.disconnect();
  await until(async () => !(await admin.ids(['again'])).has('again'), 'it is gone');
  await createTopics(transport, { again: 2 });
  await until(async () => (await admin.ids(['again'])).has('again'), 'it is there again');
  const second = await admin.ids(['again', 'beside']);
  expect(second.get('again')).not.toBe(first.get('again'));
  expect(second.get('beside')).toBe(first.get('beside'));
});

test('closed while it is asked, it leaves no connection behind', async () => {
  const sockets = () => process.getActiveResourcesInfo().filter((one) => one === 'TCPSocketWrap').length;
  const before = sockets();
  for (let turns = 0; turns < 40; turns++) {
    const own = await transportTo(kafka.bootstrap);
    const asked = turns % 2 === 0 ? [own.admin()] : [(await own.admin()).committed('nobody', 'marks'), own.admin()];
    for (let i = 0; i < turns; i++) await new Promise(setImmediate);
    await own.close();
    await Promise.allSettled(asked);
  }
  await until(() => sockets() <= before, 'all are closed');
});
