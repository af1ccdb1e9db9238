import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigResourceTypes, KafkaJSAggregateError, type Admin as KafkajsAdmin } from 'kafkajs';
import type { Admin, NewTopic, TopicDescription, Watermarks } from '../transport.js';
import { CODE, codeOf, isCoordinatorAway, isHopeless } from './answers.js';
import { committedIn, watermarksOf } from './standing.js';
import { topicIds } from './topic-ids.js';
import type { Wire } from './wire.js';

/** ms for which a question is asked again while brokers are away or load. */
const PATIENCE = 15_000;

/** ms for which a topic that is said not to be there is asked for again: a broker may hear late of one that was made. */
const RUMOUR = 300;

/** ms that a question which is under way when all is closed has for its answer. */
const LAST_ANSWERS = 1000;

/** kafkajs's admin, but for positions and ends: nothing here is done often, and everything can be asked again. */
export class TopicAdmin implements Admin {
  private readonly asked = new Set<Promise<unknown>>();
  private isClosed = false;

  constructor(
    private readonly admin: KafkajsAdmin,
    /** connections for what kafkajs's admin does not ask, or not rightly; it has none before the first question */
    private readonly wire: Wire,
    /** its connections are of no use any more */
    private readonly onClose: () => void,
  ) {}

  /** @throws when no broker answers for long, or it is closed meanwhile */
  async connect(): Promise<void> {
    try {
      await this.again(() => this.admin.connect());
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  describe(topics: readonly string[]): Promise<Map<string, TopicDescription | undefined>> {
    return this.again(() => this.describeNow(topics));
  }

  private async describeNow(topics: readonly string[]): Promise<Map<string, TopicDescription | undefined>> {
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

  missing(topics: readonly string[]): Promise<string[]> {
    return this.again(async () => {
      try {
        await this.admin.fetchTopicMetadata({ topics: [...topics] });
        return [];
      } catch (error) {
        if (codeOf(error) !== CODE.UNKNOWN_TOPIC_OR_PARTITION) throw error;
        // it is not said of which
        const there = new Set(await this.admin.listTopics());
        return topics.filter((topic) => !there.has(topic));
      }
    });
  }

  async create(topics: readonly NewTopic[]): Promise<void> {
    if (topics.length === 0) return;
    // a broker may not know at once of what was made: it is made nevertheless
    await this.again(() => this.createNow(topics), CODE.UNKNOWN_TOPIC_OR_PARTITION);
    const names = topics.map(({ topic }) => topic);
    await this.again(() => this.admin.fetchTopicMetadata({ topics: names }), CODE.UNKNOWN_TOPIC_OR_PARTITION);
  }

  private async createNow(topics: readonly NewTopic[]): Promise<void> {
    const wanted = {
      waitForLeaders: true,
      timeout: 30_000,
      topics: topics.map(({ topic, partitions, replication, settings }) => ({
        topic,
        numPartitions: partitions,
        replicationFactor: replication,
        configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
      })),
    };
    try {
      await this.admin.createTopics(wanted);
    } catch (error) {
      if (!(error instanceof KafkaJSAggregateError)) throw error;
      const reasons = (error.errors as (Error & { topic?: string })[]).map((one) => `${one.topic}: ${one.message}`);
      throw new Error(`topics cannot be made: ${reasons.join('; ')}`, { cause: error.errors[0] });
    }
  }

  watermarks(topic: string): Promise<Watermarks[]> {
    return this.again(() => watermarksOf(this.wire, topic));
  }

  committed(group_id: string, topic: string): ReturnType<Admin['committed']> {
    return this.again(() => committedIn(this.wire, group_id, topic));
  }

  ids(topics: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.again(() => topicIds(this.wire, topics));
  }

  async brokers(): Promise<number> {
    return (await this.again(() => this.admin.describeCluster())).brokers.length;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    // kafkajs would connect anew for what is under way, and try for many seconds
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, LAST_ANSWERS);
    });
    const end = Promise.allSettled(this.asked).then(() => this.admin.disconnect());
    await Promise.race([end.catch(() => undefined), patience]);
    clearTimeout(timer);
    // a broker that stands still answers nothing: what still waits for it gets an error
    this.onClose();
  }

  /** @param passing one more code that passes */
  private async again<T>(ask: () => Promise<T>, passing?: number): Promise<T> {
    const began = performance.now();
    for (let pause = 50; ; pause = Math.min(pause * 2, 1000)) {
      if (this.isClosed) throw new Error('the client is closed');
      const asked = ask();
      this.asked.add(asked);
      try {
        return await asked;
      } catch (error) {
        const code = codeOf(error);
        const isPatient = isPassing(code) || code === passing;
        const patience = isPatient ? PATIENCE : code === CODE.UNKNOWN_TOPIC_OR_PARTITION ? RUMOUR : 0;
        if (performance.now() - began > patience || isHopeless(error)) throw error;
      } finally {
        this.asked.delete(asked);
      }
      await sleep(pause);
    }
  }
}

/** No answer, or one of a broker that is not ready. */
function isPassing(code: number | undefined): boolean {
  return code === undefined || isCoordinatorAway(code) || code === CODE.LEADER_NOT_AVAILABLE || code === CODE.NOT_LEADER_OR_FOLLOWER;
}
