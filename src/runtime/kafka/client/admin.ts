import { ConfigResourceTypes, type Admin as KafkajsAdmin } from 'kafkajs';
import type { Admin, NewTopic, TopicDescription, Watermarks } from '../transport.js';

/** kafkajs's admin: nothing here is done often, and everything can be asked again. */
export class TopicAdmin implements Admin {
  constructor(
    private readonly admin: KafkajsAdmin,
    private readonly onClose: () => void,
  ) {}

  async describe(topics: readonly string[]): Promise<Map<string, TopicDescription | undefined>> {
    const described = new Map<string, TopicDescription | undefined>(topics.map((topic) => [topic, undefined]));
    const there = new Set(await this.admin.listTopics());
    const known = topics.filter((topic) => there.has(topic));
    if (known.length === 0) return described;
    const [metadata, configs] = await Promise.all([
      this.admin.fetchTopicMetadata({ topics: known }),
      this.admin.describeConfigs({
        includeSynonyms: false,
        resources: known.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
      }),
    ]);
    for (const { name, partitions } of metadata.topics) {
      const settings: Record<string, string> = {};
      for (const entry of configs.resources.find((one) => one.resourceName === name)?.configEntries ?? [])
        settings[entry.configName] = entry.configValue;
      described.set(name, {
        partitions: partitions
          .map((one) => ({ partition: one.partitionId, leader: one.leader, replicas: one.replicas, in_sync: one.isr }))
          .sort((a, b) => a.partition - b.partition),
        settings,
      });
    }
    return described;
  }

  async create(topics: readonly NewTopic[]): Promise<void> {
    if (topics.length === 0) return;
    await this.admin.createTopics({
      waitForLeaders: true,
      timeout: 30_000,
      topics: topics.map(({ topic, partitions, replication, settings }) => ({
        topic,
        numPartitions: partitions,
        replicationFactor: replication,
        configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
      })),
    });
  }

  async watermarks(topic: string): Promise<Watermarks[]> {
    const partitions = await this.admin.fetchTopicOffsets(topic);
    return partitions
      .map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
      .sort((a, b) => a.partition - b.partition);
  }

  async committed(group_id: string, topic: string): Promise<{ partition: number; offset: number }[]> {
    const [found] = await this.admin.fetchOffsets({ groupId: group_id, topics: [topic] });
    return (found?.partitions ?? [])
      .map(({ partition, offset }) => ({ partition, offset: Number(offset) }))
      .sort((a, b) => a.partition - b.partition);
  }

  async brokers(): Promise<number> {
    return (await this.admin.describeCluster()).brokers.length;
  }

  async close(): Promise<void> {
    this.onClose();
    await this.admin.disconnect();
  }
}
