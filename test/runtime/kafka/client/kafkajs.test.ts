import { Kafka, logLevel } from 'kafkajs';
import type { Transport } from '../../../../src/runtime/kafka/transport.js';
import { Doomed } from '../../../../src/runtime/kafka/transport.js';
import { createTopics, Reader, record, transportTo } from '../../../helpers/kafka-client.js';
import { type KafkaServers, startKafka } from '../../../helpers/servers/kafka.mjs';
import { until } from '../../../helpers/servers/ports.mjs';

jest.setTimeout(240_000);

const upTo = (count: number) => [...Array(count).keys()].map((i) => `v${i}`);

describe('with several brokers', () => {
  let kafka: KafkaServers;
  let transport: Transport;

  beforeAll(async () => {
    kafka = await startKafka({ brokers: 3, heap: '256m' });
    transport = await transportTo(kafka.bootstrap, { request_timeout: 10_000 });
  });
  afterAll(async () => {
    await transport?.close();
    await kafka?.stop();
  });

  test('leaders that move while records are written to all of them: everything arrives once and in order', async () => {
    await createTopics(transport, { moving: 6, changelog: 6 }, { 'min.insync.replicas': '2' });
    const reader = new Reader(transport, ['moving', 'changelog'], { group_id: 'moving' });
    await reader.group.start();
    const producer = await transport.producer();
    let transactional = await transport.transactional('moving');
    let sent = 0;
    let isOver = false;
    const maybe = new Set<string>();
    const committed: string[] = [];
    const writing = (async () => {
      while (!isOver) {
        await producer.send([0, 1, 2, 3, 4, 5].map((partition) => record('moving', partition, `v${sent}`)));
        sent++;
      }
    })();
    const committing = (async () => {
      for (let i = 0; !isOver; i++) {
        try {
          await transactional.commit([0, 1, 2, 3, 4, 5].map((partition) => record('changelog', partition, `c${i}`)));
          committed.push(`c${i}`);
        } catch (error) {
          if (!(error instanceof Doomed)) throw error;
          maybe.add(`c${i}`);
          transactional = await transport.transactional('moving');
        }
      }
    })();
    for (const node of kafka.nodes.slice(0, 2)) {
      const [before, commits] = [sent, committed.length];
      await until('under way', () => sent > before + 20 && committed.length > commits + 5);
      await node.kill();
      const [after, more] = [sent, committed.length];
      await until('goes on without it', () => sent > after + 20 && committed.length > more + 5);
      await node.restart();
    }
    isOver = true;
    await Promise.all([writing, committing]);
    const of = (topic: string, partition: number) =>
      reader.records.filter((one) => one.topic === topic && one.partition === partition).map((one) => String(one.value));
    await until('all read', () => reader.records.filter((one) => one.topic === 'moving').length >= sent * 6);
    for (let partition = 0; partition < 6; partition++) {
      expect(of('moving', partition)).toEqual(upTo(sent));
      await until('all committed read', () => of('changelog', partition).includes(committed.at(-1)!));
      // whatever became of the doubtful ones, it became of all partitions
      expect(of('changelog', partition)).toEqual(of('changelog', 0));
    }
    expect(of('changelog', 0).filter((value) => !maybe.has(value))).toEqual(committed);
    expect(new Set(of('changelog', 0)).size).toBe(of('changelog', 0).length);
    expect(reader.failures).toEqual([]);
  });

  test('while a partition has no leader, the group meets and the others are read from their new leaders', async () => {
    const [first, second] = kafka.nodes.map(({ id }) => id);
    const made = new Kafka({ brokers: kafka.bootstrap.split(','), logLevel: logLevel.NOTHING }).admin();
    await made.connect();
    const topicOf = (topic: string, replicas: number[]) => ({ topic, replicaAssignment: [{ partition: 0, replicas }] });
    await made.createTopics({ waitForLeaders: false, topics: [topicOf('alone', [second!]), topicOf('moves', [second!, first!])] });
    await made.disconnect();
    const [stays, leaves] = await Promise.all([1, 2].map(() => transportTo(kafka.bootstrap, { request_timeout: 10_000 })));
    const [one, other] = [stays!, leaves!].map((from) => new Reader(from, ['alone', 'moves'], { group_id: 'leaderless', may_grow: true }));
    await one!.group.start();
    await other!.group.start();
    await until('both in', () => one!.generations.length > 1 && other!.generations.length > 0);
    await kafka.nodes[1]!.kill();
    await other!.group.stop();
    await until('one has all', () => one!.generations.length > 2 && one!.assignedNow.length === 2);
    const producer = await transport.producer();
    await producer.send([record('moves', 0, 'a')]);
    await until('read', () => one!.records.length === 1);
    const isLeaderless = (topic: string) => one!.group.isLeaderless({ topic, partition: 0 });
    expect([isLeaderless('alone'), isLeaderless('moves')]).toEqual([true, false]);
    await kafka.nodes[1]!.restart();
    await producer.send([record('alone', 0, 'b')]);
    await until('the other one too', () => one!.records.length === 2);
    expect(isLeaderless('alone')).toBe(false);
    expect(one!.failures).toEqual([]);
    await Promise.all([stays!.close(), leaves!.close()]);
  });

  test.each([
    ['that is there', false],
    ['that was deleted', true],
  ])('beside a topic %s, the others are read from their new leaders, and grow', async (name, isDeleted) => {
    const [gone, stays, group_id] = ['gone', 'stays', 'others'].map((one) => `${one}-${name.replaceAll(' ', '-')}`) as [
      string,
      string,
      string,
    ];
    const ids = kafka.nodes.map(({ id }) => id);
    const three = [0, 1, 2].map((partition) => ({ partition, replicas: [ids[partition]!] }));
    const made = new Kafka({ brokers: kafka.bootstrap.split(','), logLevel: logLevel.NOTHING }).admin();
    await made.connect();
    const topics = [gone, stays].map((topic) => ({
      topic,
      replicaAssignment: three,
      configEntries: [{ name: 'min.insync.replicas', value: '1' }],
    }));
    await made.createTopics({ waitForLeaders: true, topics });
    const own = await transportTo(kafka.bootstrap, { request_timeout: 10_000, growth_interval: 2000 });
    const reader = new Reader(own, [gone, stays], { group_id, may_grow: true });
    await reader.group.start();
    const [producer, other] = [await own.producer(), await own.producer()];
    const send = (value: string, topic: string, by = producer) =>
      by.send([0, 1, 2].map((partition) => record(topic, partition, `${value} ${topic}/${partition}`)));
    const read = (value: string, topic: string) => reader.values().filter((one) => one.startsWith(`${value} ${topic}/`)).length;
    for (const topic of [gone, stays]) await send('before', topic);
    await until('read from the leaders that they have', () => read('before', gone) + read('before', stays) === 6);
    if (isDeleted) {
      await made.deleteTopics({ topics: [gone] });
      await until('no broker has it', async () => !(await made.listTopics()).includes(gone));
    }
    const moved = three.map(({ partition }) => ({ partition, replicas: [ids[(partition + 1) % 3]!] }));
    await made.alterPartitionReassignments({ topics: [{ topic: stays, partitionAssignment: moved }] });
    await until('moved', async () => {
      const [found] = (await made.fetchTopicMetadata({ topics: [stays] })).topics;
      return found!.partitions.every(
        ({ partitionId, leader, replicas }) => leader === moved[partitionId]!.replicas[0] && replicas.length === 1,
      );
    });
    await send('after', stays, other);
    await until('read from the new ones', () => read('after', stays) === 3);
    // who wrote to both
    await send('again', stays);
    await until('read again', () => read('again', stays) === 3);
    await made.createPartitions({ topicPartitions: [{ topic: stays, count: 4 }] });
    await until('it has grown', () => reader.assignedNow.includes(`${stays}/3`));
    await (await own.producer()).send([record(stays, 3, `added ${stays}/3`)]);
    await until('read from the start', () => read('added', stays) === 1);
    // it is waited for
    expect(reader.assignedNow.filter((one) => one.startsWith(gone))).toHaveLength(3);
    expect([0, 1, 2].map((partition) => reader.group.isLeaderless({ topic: gone, partition }))).toEqual(Array(3).fill(isDeleted));
    expect(reader.failures).toEqual([]);
    await made.disconnect();
    await own.close();
  });
});

describe('with a password', () => {
  let kafka: KafkaServers;

  beforeAll(async () => {
    kafka = await startKafka({ secure: true, heap: '256m' });
  });
  afterAll(() => kafka?.stop());

  const sasl = (password: string) => () => ({ sasl: { mechanism: 'plain', username: kafka.secure.user, password } });

  test('the right one opens everything', async () => {
    const transport = await transportTo(kafka.secure.sasl, { security: sasl(kafka.secure.password) });
    await createTopics(transport, { safe: 1 });
    const reader = new Reader(transport, ['safe'], { group_id: 'safe' });
    await reader.group.start();
    await (await transport.producer()).send([record('safe', 0, 'a')]);
    await (await transport.transactional('safe')).commit([record('safe', 0, 'b')]);
    await until('read', () => reader.records.length === 2);
    expect(reader.values()).toEqual(['a', 'b']);
    await transport.close();
  });

  test('a wrong one is told at once, and not tried for ever', async () => {
    const transport = await transportTo(kafka.secure.sasl, { security: sasl('wrong') });
    const reader = new Reader(transport, ['safe'], { group_id: 'wrong' });
    await reader.group.start();
    await until('told', () => reader.failures.length === 1);
    expect(String(reader.failures[0])).toMatch(/authentication/i);
    await expect(transport.producer()).rejects.toThrow(/authentication/i);
    const transactional = transport.transactional('wrong');
    await expect(transactional).rejects.toThrow(/authentication/i);
    await expect(transactional).rejects.not.toThrow(Doomed);
    await transport.close();
  });
});
