import type { Admin, Watermarks } from '../transport.js';
import { accept, CODE, Refused } from './answers.js';
import type { Wire } from './wire.js';

/** Kafka's numbers for the ends of a partition. */
const EARLIEST = -2;
const LATEST = -1;

interface TopicMetadata {
  topicErrorCode: number;
  topic: string;
  partitionMetadata: { partitionId: number; leader: number }[];
}

/** Of a request for partitions of one topic. */
interface Answers<T> {
  errorCode?: number;
  responses: { topic: string; partitions: (T & { partition: number; errorCode: number })[] }[];
}

/*
 * Where a group is in a topic, and how far the topic goes. kafkajs's admin answers both for the partitions that it finds in the metadata it keeps, which
 * are those of whatever was asked for last: a question for other topics between its two steps takes the topic out of them, and the answer is empty, as
 * if the group had never been there. Here each question goes by metadata of its own, and an answer that leaves a partition out is none.
 */

/** The group's positions, -1 where there is none, of every partition. @throws what may be asked again */
export async function committedIn(wire: Wire, group_id: string, topic: string): ReturnType<Admin['committed']> {
  const leaders = await leadersOf(wire, topic);
  const topics = [{ topic, partitions: [...leaders.keys()].map((partition) => ({ partition })) }];
  const what = `positions of group ${group_id} in ${topic}`;
  try {
    const broker = await wire.coordinator('group', group_id);
    const answer = (await wire.ask(broker, 'OffsetFetch', { groupId: group_id, topics })) as Answers<{
      offset: string;
      metadata: string | null;
    }>;
    accept(answer.errorCode ?? 0, what);
    return read(answer, topic, [...leaders.keys()], what).map(({ partition, offset, metadata }) => ({
      partition,
      offset: Number(offset),
      ...(metadata ? { note: metadata } : {}),
    }));
  } catch (error) {
    // it may have moved
    wire.forgetCoordinator('group', group_id);
    throw error;
  }
}

/** Of every partition. @throws what may be asked again */
export async function watermarksOf(wire: Wire, topic: string): Promise<Watermarks[]> {
  const led = new Map<number, number[]>();
  for (const [partition, leader] of await leadersOf(wire, topic)) {
    if (leader < 0) throw new Refused(CODE.LEADER_NOT_AVAILABLE, `the end of ${topic}/${partition}`);
    led.set(leader, [...(led.get(leader) ?? []), partition]);
  }
  if (wire.cluster.brokerPool.metadata === null) await wire.cluster.refreshMetadata();
  const found = await Promise.all([...led].map(([leader, partitions]) => ends(wire, leader, topic, partitions)));
  return found.flat().sort((a, b) => a.partition - b.partition);
}

async function ends(wire: Wire, leader: number, topic: string, partitions: readonly number[]): Promise<Watermarks[]> {
  const broker = await wire.cluster.findBroker({ nodeId: leader });
  const ask = async (timestamp: number, what: string) => {
    const topics = [{ topic, partitions: partitions.map((partition) => ({ partition, timestamp })) }];
    const answer = (await wire.ask(broker, 'ListOffsets', { replicaId: -1, isolationLevel: 1, topics })) as Answers<{ offset: string }>;
    return read(answer, topic, partitions, `the ${what} of ${topic}`);
  };
  // in this order: what is deleted meanwhile does not put the beginning behind the end
  const [low, high] = await Promise.all([ask(EARLIEST, 'beginning'), ask(LATEST, 'end')]);
  return low.map(({ partition, offset }, i) => ({ partition, low: Number(offset), high: Number(high[i]!.offset) }));
}

/** partition -> node id of its leader, below zero when it has none: as a broker says it now */
async function leadersOf(wire: Wire, topic: string): Promise<Map<number, number>> {
  await wire.cluster.connect();
  const broker = await wire.cluster.brokerPool.findConnectedBroker();
  const answer = (await wire.ask(broker, 'Metadata', { topics: [topic], allowAutoTopicCreation: false })) as {
    topicMetadata: TopicMetadata[];
  };
  const found = answer.topicMetadata.find((one) => one.topic === topic);
  accept(found?.topicErrorCode ?? 0, topic);
  const partitions = found?.partitionMetadata ?? [];
  if (partitions.length === 0) throw new Error(`the broker does not say which partitions ${topic} has`);
  return new Map(partitions.map(({ partitionId, leader }) => [partitionId, leader]));
}

/** In the order of the partitions. @throws when one has an error, or is not there */
function read<T>({ responses }: Answers<T>, topic: string, partitions: readonly number[], what: string) {
  const found = new Map(responses.find((one) => one.topic === topic)?.partitions.map((one) => [one.partition, one]));
  return [...partitions]
    .sort((a, b) => a - b)
    .map((partition) => {
      const one = found.get(partition);
      if (one === undefined) throw new Error(`${what}: the broker says nothing of partition ${partition}`);
      accept(one.errorCode, `${what}, partition ${partition}`);
      return one;
    });
}
