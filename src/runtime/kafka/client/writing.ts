import { setTimeout as sleep } from 'node:timers/promises';
import type { OutRecord } from '../transport.js';
import { CODE, codeOf, isFinal, isHopeless, Refused, rightToWrite } from './answers.js';
import { encodeProduce } from './encode.js';
import type { Broker, Wire } from './wire.js';

/**
 * Most bytes of one partition in one request: the broker refuses a batch above `max.message.bytes`, 1 MB as it is delivered, whole. Record
 * overhead and headers' lengths are estimated, hence the room.
 */
export const BATCH_BYTES = 768 * 1024;
/** Around a record without headers: lengths, attributes, time and offset. */
const RECORD_OVERHEAD = 24;

/** Records of one partition that are written by one request, or not at all. */
export interface Batch {
  topic: string;
  partition: number;
  messages: OutRecord[];
  bytes: number;
  /** of the first record: given once, and kept however often the batch is sent */
  sequence: number;
}

export function bytesOf(record: OutRecord): number {
  let bytes = RECORD_OVERHEAD + lengthOf(record.key) + (record.value?.length ?? 0);
  if (record.headers !== undefined) for (const name in record.headers) bytes += name.length + lengthOf(record.headers[name]!) + 4;
  return bytes;
}

function lengthOf(value: Buffer | string | null): number {
  if (value === null) return 0;
  return typeof value === 'string' ? Buffer.byteLength(value) : value.length;
}

/** The first sequence number of what comes next in each partition. They wrap to 0 after 2^31 - 1, as the broker counts. */
export class Sequences {
  private readonly next = new Map<string, number>();

  take(batch: Batch): void {
    const key = `${batch.topic}/${batch.partition}`;
    batch.sequence = this.next.get(key) ?? 0;
    this.next.set(key, (batch.sequence + batch.messages.length) % 2 ** 31);
  }
}

/** Records as requests, in order: of every partition the first batch, then of those that have more the second, and so on. */
export function inRounds(records: readonly OutRecord[], batch_bytes = BATCH_BYTES): Batch[][] {
  const rounds: Batch[][] = [];
  const topics = new Map<string, Map<number, { batch: Batch; round: number }>>();
  for (const record of records) {
    let partitions = topics.get(record.topic);
    if (partitions === undefined) {
      partitions = new Map();
      topics.set(record.topic, partitions);
    }
    const bytes = bytesOf(record);
    let at = partitions.get(record.partition);
    if (at === undefined || at.batch.bytes + bytes > batch_bytes) {
      const round = at === undefined ? 0 : at.round + 1;
      const batch = { topic: record.topic, partition: record.partition, messages: [], bytes: 0, sequence: 0 };
      at = { batch, round };
      partitions.set(record.partition, at);
      if (round === rounds.length) rounds.push([batch]);
      else rounds[round]!.push(batch);
    }
    at.batch.messages.push(record);
    at.batch.bytes += bytes;
  }
  return rounds;
}

/** As whom is written. */
export interface Identity {
  transactional_id: string | undefined;
  producer_id: string;
  epoch: number;
  /** kafkajs's number of a codec; 0: none */
  compression: number;
  /** ms that the broker may wait for its replicas */
  timeout: number;
}

/** The leader, or its disk or replicas, are not ready: sent again as it is, the broker takes the batch once. */
const PASSING = new Set<number>([
  CODE.UNKNOWN_TOPIC_OR_PARTITION,
  CODE.LEADER_NOT_AVAILABLE,
  CODE.NOT_LEADER_OR_FOLLOWER,
  CODE.REQUEST_TIMED_OUT,
  CODE.REPLICA_NOT_AVAILABLE,
  CODE.NETWORK_EXCEPTION,
  CODE.COORDINATOR_LOAD_IN_PROGRESS,
  CODE.COORDINATOR_NOT_AVAILABLE,
  CODE.NOT_COORDINATOR,
  CODE.NOT_ENOUGH_REPLICAS,
  CODE.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
  CODE.CONCURRENT_TRANSACTIONS,
  CODE.KAFKA_STORAGE_ERROR,
  CODE.FENCED_LEADER_EPOCH,
  CODE.UNKNOWN_LEADER_EPOCH,
]);

/** What kafkajs would make the request of: only its version and the reading of the answer are used. */
const PRODUCE = { acks: -1, timeout: 0, topicData: [] };

interface ProduceAnswer {
  topics: { topicName: string; partitions: { partition: number; errorCode: number }[] }[];
}

/** Nobody knows what became of a request: it may be on its way still. */
export class Indefinite extends Error {
  override readonly name = 'Indefinite';
}

export interface Persistence {
  /** whether a batch is sent again though the first may be on its way still */
  through_silence: boolean;
  /** on the clock of performance.now(): no try begins after it */
  until: number;
  /** told of each try that did not do it */
  onRetry?: ((error: unknown) => void) | undefined;
}

/**
 * Writes batches of different partitions, each to its leader, and again those that were not taken.
 * @throws Refused the broker's answer, when sending again cannot help; Indefinite
 */
export async function write(wire: Wire, identity: Identity, batches: readonly Batch[], persistence: Persistence): Promise<void> {
  let left = batches;
  for (let pause = 10; ; pause = Math.min(pause * 1.5, 1000)) {
    const { missed, error } = await writeOnce(wire, identity, left, persistence);
    if (missed.length === 0) return;
    left = missed;
    if (wire.isClosed || performance.now() > persistence.until || isHopeless(error)) throw error;
    persistence.onRetry?.(error);
    await sleep(pause);
    // not heard of is no news: the next try finds the same leader, or a better one
    await wire.cluster.refreshMetadata().catch(() => undefined);
  }
}

async function writeOnce(
  wire: Wire,
  identity: Identity,
  batches: readonly Batch[],
  { through_silence }: Persistence,
): Promise<{ missed: Batch[]; error: unknown }> {
  const missed: Batch[] = [];
  let last: unknown;
  let fatal: unknown;
  const miss = (some: readonly Batch[], error: unknown) => {
    missed.push(...some);
    last = error;
  };
  await Promise.all(
    [...byLeader(wire, batches)].map(async ([leader, group]) => {
      let broker: Broker;
      try {
        broker = await wire.cluster.findBroker({ nodeId: leader });
      } catch (error) {
        return miss(group, error);
      }
      let answer: ProduceAnswer;
      // outside of the try: what cannot be encoded will never be
      const body = await request(identity, group);
      try {
        answer = (await wire.ask(broker, 'Produce', PRODUCE, body)) as ProduceAnswer;
      } catch (error) {
        if (through_silence && !isHopeless(error)) return miss(group, error);
        fatal ??= isHopeless(error) ? error : new Indefinite(`no answer to what was written: ${error}`, { cause: error });
        return;
      }
      const codes = new Map(
        answer.topics.flatMap((topic) => topic.partitions.map((one) => [`${topic.topicName}/${one.partition}`, one.errorCode])),
      );
      for (const batch of group) {
        const code = codes.get(`${batch.topic}/${batch.partition}`);
        if (code === 0 || code === CODE.DUPLICATE_SEQUENCE_NUMBER) continue;
        const error = new Refused(code ?? -1, describe(batch, code), rightToWrite(code, batch.topic));
        if (code !== undefined && PASSING.has(code)) miss([batch], error);
        else fatal ??= error;
      }
    }),
  );
  if (fatal !== undefined) throw fatal;
  return { missed, error: last };
}

function byLeader(wire: Wire, batches: readonly Batch[]): Map<number, Batch[]> {
  const groups = new Map<number, Batch[]>();
  const leaders = new Map<string, Map<number, number>>();
  for (const batch of batches) {
    let of_topic = leaders.get(batch.topic);
    if (of_topic === undefined) {
      of_topic = wire.leaders(batch.topic);
      leaders.set(batch.topic, of_topic);
    }
    // a partition without a leader, or that there is not: no broker has this id, and it is tried again
    const leader = of_topic.get(batch.partition) ?? -1;
    const group = groups.get(leader);
    if (group === undefined) groups.set(leader, [batch]);
    else group.push(batch);
  }
  return groups;
}

function request(identity: Identity, batches: readonly Batch[]): Promise<Buffer> {
  const topics = new Map<string, Batch[]>();
  for (const batch of batches) {
    const same = topics.get(batch.topic);
    if (same === undefined) topics.set(batch.topic, [batch]);
    else same.push(batch);
  }
  return encodeProduce({ ...identity, now: Date.now(), topics: [...topics].map(([topic, partitions]) => ({ topic, partitions })) });
}

/** What a person needs to find the record that does not fit. Its key may be who somebody is: its length is enough. */
function describe(batch: Batch, code: number | undefined): string {
  const where = `${batch.messages.length} records, ${batch.bytes} bytes, to ${batch.topic}/${batch.partition}`;
  if (code !== CODE.MESSAGE_TOO_LARGE && code !== CODE.RECORD_LIST_TOO_LARGE) return where;
  let largest = batch.messages[0]!;
  for (const record of batch.messages) if (bytesOf(record) > bytesOf(largest)) largest = record;
  return `${where}, the largest with ${bytesOf(largest)} bytes, ${lengthOf(largest.key)} of them its key`;
}

/** Makes sure that the wire knows where the topics' partitions are. @throws when it cannot be found out */
export async function know(wire: Wire, known: Set<string>, batches: readonly Batch[]): Promise<void> {
  const unknown = [...new Set(batches.map((batch) => batch.topic))].filter((topic) => !known.has(topic));
  if (unknown.length === 0) return;
  try {
    await wire.follow(unknown);
  } catch (error) {
    // kafkajs says what the answer is, and not of which topic
    const code = codeOf(error);
    if (!isFinal(code)) throw error;
    throw new Refused(code!, `where the partitions of ${unknown.join(', ')} are`, rightToWrite(code, ...unknown));
  }
  for (const topic of unknown) known.add(topic);
}

/** The same again until the answer is definite and good, after a pause that grows. @throws what cannot be mended by it, and the last at the end */
export async function persist<T>(
  wire: Wire,
  until: number,
  first_pause: number,
  isPassing: (error: unknown, code: number | undefined) => boolean,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let pause = first_pause; ; pause = Math.min(pause * 1.5, 500)) {
    try {
      return await attempt();
    } catch (error) {
      if (wire.isClosed || performance.now() > until || !isPassing(error, codeOf(error))) throw error;
    }
    await sleep(pause);
  }
}
