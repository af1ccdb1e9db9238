import { internals } from '../internals.js';
import { methodOf, type Patch, SILENT } from './patch.js';

interface TopicMessages {
  topic: string;
  messages: { partition?: number }[];
}
interface Written {
  topicName: string;
  partition: number;
}
type Batch = { topicMessages?: TopicMessages[] };
interface Sender {
  send(request: TopicMessages): Promise<Written[]>;
  sendBatch(request: Batch): Promise<Written[]>;
}
interface Producer extends Sender {
  transaction(): Promise<Sender>;
}

/** A partition may move once more while its rest is sent; a cluster in which that goes on has other troubles. */
const MOST_ROUNDS = 10;

/** Not all was written, or some of it twice: for good. */
export class NotWrittenOnce extends Error {
  override readonly name = 'NotWrittenOnce';
  readonly retriable = false;
}

let isApplied = false;

/**
 * When one broker has taken its part and another answers that a partition has moved, kafkajs asks only brokers that have not answered yet. A
 * partition that moved to one that has is not written at all, and the call succeeds; one that moved away from it is written a second time. Messages
 * with a partition of their own do not help. The answer names what was written: what is missing is sent before the call ends, and what was written
 * twice is an error inside a transaction, which can be undone.
 */
export const everyPartition: Patch = {
  name: 'partitions that move to a broker that has answered',
  async hasDefect() {
    methodOf(internals().Client.prototype, 'producer');
    return !isApplied && (await losesMoved());
  },
  apply() {
    const { prototype } = internals().Client;
    const original = methodOf(prototype, 'producer');
    prototype['producer'] = function (this: unknown, options: unknown): Producer {
      const producer = original.call(this, options) as Producer;
      const { transaction } = producer;
      return {
        ...producer,
        ...checked(producer, false),
        transaction: async () => {
          const sender = await transaction();
          return { ...sender, ...checked(sender, true) };
        },
      };
    };
    isApplied = true;
  },
};

/** @param isAtomic in a transaction: nothing may be written twice */
export function checked({ sendBatch }: Sender, isAtomic: boolean): Sender {
  const all = async (request: Batch): Promise<Written[]> => {
    const written: Written[] = [];
    let rest = request.topicMessages ?? [];
    for (let round = 0; rest.length > 0; round++) {
      if (round === MOST_ROUNDS) throw new NotWrittenOnce(`${nameOf(rest[0]!)} was left out ${round} times`);
      written.push(...(await sendBatch({ ...request, topicMessages: rest })));
      const seen = new Set<string>();
      for (const { topicName, partition } of written) {
        const name = `${topicName}/${partition}`;
        if (isAtomic && seen.has(name)) throw new NotWrittenOnce(`${name} was written twice`);
        seen.add(name);
      }
      rest = missing(rest, seen);
    }
    return written;
  };
  return { sendBatch: all, send: ({ topic, messages, ...rest }) => all({ ...rest, topicMessages: [{ topic, messages }] }) };
}

const nameOf = ({ topic, messages }: TopicMessages): string => `${topic}/${messages[0]?.partition}`;

function missing(sent: TopicMessages[], seen: ReadonlySet<string>): TopicMessages[] {
  return sent
    .map(({ topic, messages }) => ({
      topic,
      // where kafkajs chose the partition nobody can say: those are left to it
      messages: messages.filter(({ partition }) => partition !== undefined && !seen.has(`${topic}/${partition}`)),
    }))
    .filter(({ messages }) => messages.length > 0);
}

/** Two partitions on two brokers; the second says that its partition has moved to the first, which has answered. */
async function losesMoved(): Promise<boolean> {
  const { createSendMessages, createRetry, createErrorFromCode } = internals();
  const leaders = [1, 2];
  const broker = (nodeId: number) => ({
    nodeId,
    async produce({ topicData }: { topicData: { topic: string; partitions: { partition: number }[] }[] }) {
      if (nodeId === 2) {
        leaders[1] = 1;
        throw createErrorFromCode(6);
      }
      return { topics: topicData.map(({ topic, partitions }) => ({ topicName: topic, partitions })) };
    },
  });
  const brokers = new Map([1, 2].map((id) => [id, broker(id)]));
  const cluster = {
    async refreshMetadataIfNecessary() {},
    async refreshMetadata() {},
    async addMultipleTargetTopics() {},
    isConnected: () => true,
    findTopicPartitionMetadata: () => leaders.map((leader, partitionId) => ({ partitionId, leader })),
    findLeaderForPartitions: (_topic: string, partitions: string[]) => {
      const made: Record<number, number[]> = {};
      for (const partition of partitions.map(Number)) made[leaders[partition]!] = [...(made[leaders[partition]!] ?? []), partition];
      return made;
    },
    findBroker: async ({ nodeId }: { nodeId: string | number }) => brokers.get(Number(nodeId)),
  };
  const eosManager = {
    async acquireBrokerLock() {},
    async releaseBrokerLock() {},
    isTransactional: () => false,
    getSequence: () => 0,
    updateSequence() {},
    getTransactionalId: () => undefined,
    getProducerId: () => 0,
    getProducerEpoch: () => 0,
  };
  const send = createSendMessages({
    logger: SILENT,
    cluster,
    eosManager,
    retrier: createRetry({ retries: 2, initialRetryTime: 1 }),
    partitioner: ({ message }: { message: { partition: number } }) => message.partition,
  });
  const written = await send({
    topicMessages: [
      {
        topic: 'self-test',
        messages: [
          { partition: 0, value: '' },
          { partition: 1, value: '' },
        ],
      },
    ],
  });
  return new Set(written.map(({ partition }) => partition)).size < 2;
}
