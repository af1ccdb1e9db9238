import { resolveConfig } from '../../../src/config/config.js';
import { openSchema } from '../../../src/config/schema.js';
import { createTopics, letterLimit, lookAtTopics } from '../../../src/runtime/kafka/prepare-topics.js';
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
