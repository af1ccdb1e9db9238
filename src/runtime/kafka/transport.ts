/**
 * What the stages need of Kafka, and nothing more: kafkajs stands behind it in the service (client/), a log in memory in tests. Offsets are
 * numbers: they stay exact up to 2^53, which a partition at a million records a second reaches after 285 years.
 */

/** A record as it was read. */
export interface InRecord {
  topic: string;
  partition: number;
  offset: number;
  /** ms; below zero when the writer gave none */
  timestamp: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: Readonly<Record<string, Buffer | string>>;
  /** this record was never written: it stands for a batch, and its offset is the last of the batch's */
  undecodable?: Undecodable;
}

/**
 * Records that cannot be read, and never will be: of a raw topic they are a dead letter, on a topic of our own their loss must stop who reads it.
 */
export interface Undecodable {
  /** checksum: not what was written; oversize: unpacks to more than is allowed; damaged: whatever else */
  reason: 'checksum' | 'oversize' | 'damaged';
  detail: string;
  first_offset: number;
  last_offset: number;
  /** as the batch says, which need not be true */
  records: number;
  /** on the wire */
  bytes: number;
}

/** A record to be written. It names its partition, always: the client must never choose one (kafkajs loses records where it does). */
export interface OutRecord {
  topic: string;
  partition: number;
  key: Buffer | string | null;
  value: Buffer | null;
  headers?: Readonly<Record<string, string | Buffer>>;
  /** ms; the client's clock when absent */
  timestamp?: number;
}

export interface TopicPartition {
  topic: string;
  partition: number;
}

export interface Position extends TopicPartition {
  /** of the next record to be read; EARLIEST: of the first that there is */
  offset: number;
}

/** A position as the group keeps it. */
export interface Kept extends Position {
  /** what else belongs to it, for whoever reads it back */
  note?: string;
}

/** As an offset: wherever the partition begins. */
export const EARLIEST = -2;

/** Another owner has the transactional id: this one must stop, and may come back only when the group says so. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

/** The outcome is not known, or the producer cannot be used any more: it is to be closed, and what rests on it restored. */
export class Doomed extends Error {
  override readonly name = 'Doomed';
}

/**
 * Nothing was written, and sending the same again would not help: a record is too large for its topic, or one of an earlier call was; of a producer
 * without transactions also when the broker refuses it for another reason, which is the cause. The producer cannot be used any more.
 */
export class Unwritable extends Error {
  override readonly name = 'Unwritable';
}

/** One writer, in order, each record once as long as it lives. */
export interface Producer {
  /**
   * Resolves when all are acknowledged by all in-sync replicas. Records of one partition arrive in the order given, and after those of earlier
   * calls. Waits for brokers that are away for as long as it takes.
   * @throws Unwritable: whoever went on after that would leave a gap
   */
  send(records: readonly OutRecord[]): Promise<void>;
  close(): Promise<void>;
}

export interface TransactionalProducer {
  /** Writes all records in one transaction; none is none. One call at a time. @throws Fenced, Doomed, Unwritable, and what the broker would refuse for ever: nothing may be sent afterwards */
  commit(records: readonly OutRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** A member as it asks to be let in, and what it says of itself. */
export interface Member {
  id: string;
  user_data: Buffer;
}

/** Who gets what. Pure: the same members and partitions give the same assignment whoever leads. */
export interface Assignor {
  name: string;
  /** asked synchronously before every join */
  userData(): Buffer;
  /** @returns member id -> partitions */
  assign(members: readonly Member[], partitions: ReadonlyMap<string, number>): Map<string, TopicPartition[]>;
}

export interface GroupOptions {
  /** partitions may be added to its topics: looked for once a minute, and shared out when there are some */
  may_grow?: boolean;
  group_id: string;
  topics: readonly string[];
  assignor: Assignor;
  /** most bytes of one partition in one fetch; default 512 KB */
  partition_bytes?: number;
  /** where the member id is kept, so that the next process can leave the group for one that died; none: it is not kept */
  seat_file?: string;
  events: GroupEvents;
}

export interface GroupEvents {
  /**
   * Called synchronously before the first fetch of a new generation. Everything is paused: what is to be read has to be sought and resumed here or
   * later. Positions of partitions that stay are forgotten by the client, so they have to be sought as well.
   */
  assigned(partitions: readonly TopicPartition[], generation: number): void;
  /**
   * Records of one partition, in order, without gaps but for what was compacted or aborted. To be taken without waiting; whoever has too much pauses
   * the partition. Empty when only control records were read, and when the end is found.
   * @param next offset of the next record that a fetch would ask for
   * @param high_watermark offset after the last record that may be read
   */
  batch(at: TopicPartition, records: readonly InRecord[], next: number, high_watermark: number): void;
  /** @param sent_at on the clock of `elapsed`: when the heartbeat was sent that the coordinator has accepted now */
  heartbeat(sent_at: number): void;
  /** The member is out of the group: nothing is assigned until `assigned` is called again. */
  lost(reason: string): void;
  /** What cannot be mended by trying again. */
  failed(error: unknown): void;
  /** The position of a partition is outside of what the broker has: nothing of it is read until it is sought anew. */
  outOfRange(at: TopicPartition): void;
}

/** For how long no broker has answered what is asked of a partition: how much waits there is not known either. */
export interface Unanswered {
  /** 0 while nothing is asked: when it is paused, or not sought yet */
  ms: number;
  /** nor has any said since who leads it: what is known of that may be old */
  is_outdated: boolean;
}

/** Membership in a consumer group. Reads what is committed only. */
export interface Group {
  /** Joins, and goes on trying while brokers are away. Resolves when the first try has been made. */
  start(): Promise<void>;
  seek(at: Position): void;
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** No broker leads the partition, as far as is known: nothing of it can be read, and nobody but the brokers can help. */
  isLeaderless(at: TopicPartition): boolean;
  unanswered(at: TopicPartition): Unanswered;
  /** Where the group has read to, kept at the broker. */
  commit(positions: readonly Kept[]): Promise<void>;
  /** Leaves the group. */
  stop(): Promise<void>;
}

export interface TopicDescription {
  /** leader and replicas of each partition */
  partitions: { partition: number; leader: number; replicas: number[]; in_sync: number[] }[];
  /** every setting, defaults too */
  settings: Readonly<Record<string, string>>;
}

export interface NewTopic {
  topic: string;
  partitions: number;
  /** -1: as the broker is set */
  replication: number;
  settings: Readonly<Record<string, string>>;
}

export interface Watermarks {
  partition: number;
  /** offset of the first record that there is */
  low: number;
  /** offset after the last that may be read: what is in a transaction that is open, or was ended just now, is not before it */
  high: number;
}

export interface Admin {
  /** topic -> its description; undefined when there is none */
  describe(topics: readonly string[]): Promise<Map<string, TopicDescription | undefined>>;
  /** Those of them that are not there, or may not be described. */
  missing(topics: readonly string[]): Promise<string[]>;
  create(topics: readonly NewTopic[]): Promise<void>;
  watermarks(topic: string): Promise<Watermarks[]>;
  /** the group's positions; -1 where there is none */
  committed(group_id: string, topic: string): Promise<{ partition: number; offset: number; note?: string }[]>;
  /** topic -> what the brokers call it besides its name, which one of the same name that is made anew has not; without those that have none */
  ids(topics: readonly string[]): Promise<ReadonlyMap<string, string>>;
  brokers(): Promise<number>;
  close(): Promise<void>;
}

export interface Transport {
  admin(): Promise<Admin>;
  /** An idempotent producer. */
  producer(): Promise<Producer>;
  /** The only writer of this id from now on: whoever had it before is fenced when this resolves. @throws Doomed when it was not to be had in time */
  transactional(id: string): Promise<TransactionalProducer>;
  group(options: GroupOptions): Group;
  /** Leaves a group for the process before this one, whose place stands in its seat file; nothing when there is none. Throws what the client throws. */
  leaveSeat(group_id: string, seat_file: string): Promise<void>;
  /** Ends every connection that is open. @param patience how long brokers are waited for, which may stand still, until the rest is cut, ms */
  close(patience?: number): Promise<void>;
}
