import { resolveConfig } from '../../../src/config/config.js';
import { openSchema } from '../../../src/config/schema.js';
import { createTopics, letterLimit, lookAtProgress, lookAtTopics } from '../../../src/runtime/kafka/prepare-topics.js';
import type { Admin, NewTopic, TopicDescription } from '../../../src/runtime/kafka/transport.js';

const text = 'kafka: {brokers: [a:1], partitions: 2, sources: [{topic: raw}, {topic: larger}]}';
const kafka = resolveConfig({ file: 'c.yml', text }, {}, openSchema('config')).config.kafka!;

/** A cluster that holds what was made. */
class Cluster implements Pick<Admin, 'describe' | 'create'> {
  readonly topics = new Map<string, TopicDescription>();
  readonly refused = new Set<string>();

  async describe(topics: readonly string[]) {
    return new Map(topics.map((topic) => [topic, this.topics.get(topic)]));
  }

  async create(topics: readonly NewTopic[]) {
    for (const { topic, partitions, settings } of topics) {
      if (this.refused.has(topic)) throw new Error('not today');
      if (this.topics.has(topic)) throw new Error(`${topic} was there`);
      const one = (partition: number) => ({ partition, leader: 1, replicas: [1], in_sync: [1] });
      this.topics.set(topic, { partitions: Array.from({ length: partitions }, (_, i) => one(i)), settings });
    }
  }
}

test('makes what is missing, once, with room for what the largest source holds', async () => {
  const cluster = new Cluster();
  await cluster.create([
    { topic: 'raw', partitions: 1, replication: 1, settings: { 'max.message.bytes': '1048588' } },
    { topic: 'larger', partitions: 1, replication: 1, settings: { 'max.message.bytes': '9000000' } },
  ]);
  const before = await lookAtTopics(cluster, kafka);
  expect(before.problems.filter(({ key }) => key === 'missing')).toHaveLength(8);
  expect(letterLimit(before)).toBeUndefined();
  const { made, failed } = await createTopics(cluster, before);
  expect([made.length, failed]).toEqual([8, []]);
  const after = await lookAtTopics(cluster, kafka);
  expect(after.problems).toEqual([]);
  expect(letterLimit(after)).toBeGreaterThan(9_000_000);
  expect((await createTopics(cluster, after)).made).toEqual([]);
});

test('what cannot be made keeps nothing else from being made', async () => {
  const cluster = new Cluster();
  cluster.refused.add('sessionvigil.1.findings');
  const { made, failed } = await createTopics(cluster, await lookAtTopics(cluster, kafka));
  expect(made).toHaveLength(7);
  expect(failed).toEqual([{ topic: 'sessionvigil.1.findings', error: new Error('not today') }]);
});

describe('how far raw topics have been read', () => {
  const asked = (committed: Admin['committed']) => ({
    committed,
    watermarks: async () => [{ partition: 0, low: 0, high: 3 }],
  });
  const found = (leader = 1) => {
    const one: TopicDescription = { partitions: [{ partition: 0, leader, replicas: [1], in_sync: [1] }], settings: {} };
    return new Map([['larger', one]]);
  };

  test('is held against how far they go, of those that are there and have their leaders', async () => {
    const committed = jest.fn(async () => [{ partition: 0, offset: 9 }]);
    expect(await lookAtProgress(asked(committed), kafka, found())).toEqual([
      expect.objectContaining({ topic: 'larger', key: 'recreated' }),
    ]);
    expect(committed.mock.calls).toEqual([['sessionvigil.1.normalize', 'larger']]);
    expect(await lookAtProgress(asked(committed), kafka, found(-1))).toEqual([]);
    expect(committed).toHaveBeenCalledTimes(1);
  });

  test('is a note where it may not be seen, and whatever else fails is told', async () => {
    const denied = Object.assign(new Error('Not authorized'), { code: 30, type: 'GROUP_AUTHORIZATION_FAILED' });
    // what kafkajs makes of it
    const lost = Object.assign(new Error('Failed to find group coordinator'), { name: 'KafkaJSGroupCoordinatorNotFound' });
    const note = { topic: 'larger', severity: 'note', key: 'positions', right: expect.stringContaining('sessionvigil.1.normalize') };
    for (const error of [denied, lost]) {
      const all = await lookAtProgress(
        asked(() => Promise.reject(error)),
        kafka,
        found(),
      );
      expect(all).toEqual([expect.objectContaining(note)]);
    }
    const away = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    await expect(
      lookAtProgress(
        asked(() => Promise.reject(away)),
        kafka,
        found(),
      ),
    ).rejects.toBe(away);
  });
});
