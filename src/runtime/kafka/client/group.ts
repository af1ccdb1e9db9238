// However long, one file: the steps of a membership, each of which can be broken off by any other.

import type { Assignor, Group, GroupOptions, Kept, Position, TopicPartition, Unanswered } from '../transport.js';
import { accept, CODE, codeOf, isCoordinatorAway, isHopeless } from './answers.js';
import { Fetching, type FetchSettings } from './fetching.js';
import { leaveGroup } from './leave-group.js';
import { type ClientLog, Seldom } from './log.js';
import { clearSeat, livingHolder, readSeat, writeSeat } from './seat.js';
import { type Broker, Nap, type Wire } from './wire.js';

const { MemberMetadata, MemberAssignment } = require('kafkajs/src/consumer/assignerProtocol') as {
  MemberMetadata: {
    encode(of: { version: number; topics: string[]; userData: Buffer }): Buffer;
    decode(from: Buffer): { userData: Buffer | null };
  };
  MemberAssignment: {
    encode(of: { version: number; assignment: Record<string, number[]>; userData: Buffer }): Buffer;
    decode(from: Buffer): { assignment: Record<string, number[]> } | null;
  };
};

export interface GroupSettings {
  /** ms without a heartbeat after which the coordinator gives the partitions to others */
  session_timeout: number;
  /** how often it is looked whether topics that may grow have grown, ms */
  growth_interval: number;
  heartbeat_interval: number;
  /** ms that the coordinator waits for members to join again */
  rebalance_timeout: number;
  fetch: Omit<FetchSettings, 'log' | 'partition_bytes' | 'elapsed'>;
  /** a clock that nobody sets, ms */
  elapsed: () => number;
  log: ClientLog;
}

/** 512 KB: two fetches of it are what a partition's queue holds. */
const PARTITION_BYTES = 512 * 1024;
/** First and longest wait after an error, ms. */
const PAUSE = { first: 100, most: 2000 };
/** For leaving the group when the process ends, ms. */
const LEAVE_PATIENCE = 2000;

interface JoinAnswer {
  errorCode: number;
  generationId: number;
  leaderId: string;
  memberId: string;
  members: { memberId: string; memberMetadata: Buffer }[];
}

/**
 * Membership in the classic group protocol, beside the fetches: a heartbeat goes out every second whatever is read or worked on, partitions are
 * read on while the group rebalances, and the member id is kept through errors of connections and coordinators, so no seat is left behind.
 */
export class Membership implements Group {
  private readonly fetching: Fetching;
  private readonly seldom: Seldom;
  private readonly nap = new Nap();
  private member_id = '';
  private generation = -1;
  private isJoined = false;
  private isAssigned = false;
  private isStopped = false;
  private pause_ms = PAUSE.first;
  private running: Promise<void> | undefined;
  private predecessor: string | undefined;
  /** of partitions, by topic, when the group met last */
  private counts: ReadonlyMap<string, number> = new Map();
  private isLeader = false;
  /** whether topics have grown is being asked, */
  private looking: Promise<void> | undefined;
  /** and was at that time, on the clock of `elapsed` */
  private looked_at = Number.NEGATIVE_INFINITY;

  constructor(
    /** for the membership alone: a join keeps its connection occupied at the broker, for as long as others take to join */
    private readonly wire: Wire,
    private readonly slow: Wire,
    private readonly express: Wire,
    private readonly options: GroupOptions,
    private readonly settings: GroupSettings,
    private readonly onStop: () => void = () => undefined,
  ) {
    const { log } = settings;
    const { events } = options;
    this.seldom = new Seldom(log, 10_000);
    this.fetching = new Fetching(
      slow,
      express,
      { ...settings.fetch, partition_bytes: options.partition_bytes ?? PARTITION_BYTES, elapsed: settings.elapsed, log },
      {
        batch: (at, { records, next, high_watermark }) => events.batch(at, records, next, high_watermark),
        outOfRange: (at) => events.outOfRange(at),
        failed: (error) => this.fail(error),
      },
    );
    if (options.seat_file !== undefined) this.predecessor = this.predecessorIn(options.seat_file);
  }

  /** Whose place is to be given up before one of our own is asked for. */
  private predecessorIn(file: string): string | undefined {
    const { group_id } = this.options;
    const seat = readSeat(file, group_id);
    const living = seat && livingHolder(seat);
    if (living === undefined) return seat?.member_id;
    const text = 'another process has its seat there and lives: each needs a folder of its own';
    this.settings.log.warn({ group: group_id, file, pid: living }, text);
    return undefined;
  }

  start(): Promise<void> {
    return new Promise((resolve) => {
      this.running = this.live(resolve);
    });
  }

  seek(at: Position): void {
    this.fetching.seek(at);
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.fetching.pause(partitions);
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.fetching.resume(partitions);
  }

  isLeaderless(at: TopicPartition): boolean {
    return this.fetching.isLeaderless(at);
  }

  unanswered(at: TopicPartition): Unanswered {
    return this.fetching.unanswered(at);
  }

  async commit(positions: readonly Kept[]): Promise<void> {
    if (positions.length === 0) return;
    const { group_id } = this.options;
    const args = { groupId: group_id, groupGenerationId: this.generation, memberId: this.member_id, topics: inTopics(positions) };
    const broker = await this.express.coordinator('group', group_id);
    const answer = (await this.express.ask(broker, 'OffsetCommit', args)) as {
      responses: { topic: string; partitions: { partition: number; errorCode: number }[] }[];
    };
    for (const { topic, partitions } of answer.responses)
      for (const { partition, errorCode } of partitions) {
        if (isCoordinatorAway(errorCode)) this.express.forgetCoordinator('group', group_id);
        accept(errorCode, `position of ${topic}/${partition} for group ${group_id}`);
      }
  }

  async stop(): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    this.fetching.close();
    this.nap.wake();
    if (this.member_id !== '') {
      const { group_id, seat_file } = this.options;
      const { member_id } = this;
      const left = leaveGroup(this.express, group_id, member_id).then(
        () => seat_file !== undefined && clearSeat(seat_file, { group_id, member_id }),
        (error: unknown) => {
          // whoever cuts the connections off knows it
          if (!this.express.isClosed) this.tellNotLeft(String(error));
        },
      );
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        left,
        new Promise((resolve) => {
          timer = setTimeout(() => {
            if (!this.express.isClosed) this.tellNotLeft('no answer in time');
            resolve(undefined);
          }, LEAVE_PATIENCE);
        }),
      ]);
      clearTimeout(timer);
    }
    for (const wire of [this.wire, this.slow, this.express]) wire.close();
    this.onStop();
    await this.running;
  }

  private tellNotLeft(error: string): void {
    const group = this.options.group_id;
    this.settings.log.warn({ group, error }, 'the group was not left: its seat stays taken until the session times out');
  }

  private async live(tried: () => void): Promise<void> {
    while (!this.isStopped) {
      try {
        if (this.isJoined) await this.beat();
        else await this.join();
        this.pause_ms = PAUSE.first;
        this.seldom.reset();
        tried();
        if (!this.isStopped && this.isJoined) await this.nap.sleep(this.settings.heartbeat_interval);
      } catch (error) {
        tried();
        if (this.isStopped) return;
        if (isHopeless(error)) return this.fail(error);
        await this.recover(error);
      }
    }
  }

  /** What an error means for the membership; returns when it is time to try again. */
  private async recover(error: unknown): Promise<void> {
    const code = codeOf(error);
    const { group_id } = this.options;
    if (code === CODE.REBALANCE_IN_PROGRESS) {
      this.isJoined = false;
      return;
    }
    if (code === CODE.UNKNOWN_MEMBER_ID || code === CODE.ILLEGAL_GENERATION) {
      if (code === CODE.UNKNOWN_MEMBER_ID) this.member_id = '';
      this.isJoined = false;
      this.lose(String(error));
      return;
    }
    const text = error instanceof MissingTopic ? `${error.message}: waiting for it` : 'the group cannot be reached: trying again';
    this.seldom.warn({ group: group_id, error: String(error) }, text);
    this.wire.forgetCoordinator('group', group_id);
    await this.nap.sleep(this.pause_ms);
    this.pause_ms = Math.min(this.pause_ms * 2, PAUSE.most);
    // a coordinator that only loads needs time, anything else may need to know brokers anew
    if (!isCoordinatorAway(code) && !this.isStopped) await this.wire.cluster.refreshMetadata().catch(() => undefined);
  }

  private async beat(): Promise<void> {
    const { group_id, events } = this.options;
    const broker = await this.wire.coordinator('group', group_id);
    const sent_at = this.settings.elapsed();
    const args = { groupId: group_id, groupGenerationId: this.generation, memberId: this.member_id };
    const answer = (await this.wire.ask(broker, 'Heartbeat', args)) as { errorCode: number };
    if (this.isStopped) return;
    accept(answer.errorCode, `heartbeat to group ${group_id}`);
    events.heartbeat(sent_at);
    if (this.options.may_grow !== true || sent_at - this.looked_at < this.settings.growth_interval) return;
    this.looked_at = sent_at;
    // not waited for: a broker that stands still must not keep the next heartbeat waiting
    this.looking ??= this.lookForGrowth()
      .catch((error: unknown) => {
        if (!this.isStopped) this.seldom.warn({ group: group_id, error: String(error) }, 'nobody says whether topics have grown');
      })
      .finally(() => {
        this.looking = undefined;
      });
  }

  /**
   * Everybody asks, since everybody may lead one day, but only the leader acts: a member that joins again has the group meet, and the leader shares out
   * as many as it knows of. A join asks nobody: a topic that is gone or a broker that stands still would keep the group from meeting.
   */
  private async lookForGrowth(): Promise<void> {
    await Promise.all([this.slow, this.express].map((wire) => wire.cluster.refreshMetadata()));
    const now = this.knownPartitions();
    if (this.isStopped || !this.isJoined || !this.isLeader || [...now].every(([topic, count]) => this.counts.get(topic) === count)) return;
    const told = { group: this.options.group_id, partitions: Object.fromEntries(now) };
    this.settings.log.info(told, 'there are more partitions: the group meets');
    this.isJoined = false;
  }

  private async join(): Promise<void> {
    const { group_id, assignor, events, topics } = this.options;
    const { wire } = this;
    await this.followTopics();
    this.counts = this.knownPartitions();
    if (this.predecessor !== undefined) {
      await leaveGroup(wire, group_id, this.predecessor);
      this.settings.log.info({ group: group_id, member: this.predecessor }, 'left the group for the process before this one');
      this.predecessor = undefined;
    }
    const broker = await wire.coordinator('group', group_id);
    const joined = await this.askToJoin(broker);
    if (this.isStopped) return;
    const { generationId, memberId } = joined;
    this.takeSeat(memberId);
    this.isLeader = joined.leaderId === memberId;
    const groupAssignment = this.isLeader ? assignments(assignor, joined, this.counts) : [];
    const args = { groupId: group_id, generationId, memberId, groupAssignment };
    const synced = (await wire.ask(broker, 'SyncGroup', args)) as { errorCode: number; memberAssignment: Buffer };
    if (this.isStopped) return;
    accept(synced.errorCode, `assignment of group ${group_id}`);
    this.generation = generationId;
    this.isJoined = true;
    this.isAssigned = true;
    const own = topicPartitions(synced.memberAssignment, topics);
    this.settings.log.info(
      { group: group_id, generation: generationId, leader: this.isLeader, partitions: byTopic(own) },
      'joined the group',
    );
    this.fetching.assign(own);
    try {
      events.assigned(own, generationId);
    } catch (error) {
      this.fail(error);
    }
  }

  private async askToJoin(broker: Broker): Promise<JoinAnswer> {
    const { group_id, assignor, topics } = this.options;
    const { session_timeout, rebalance_timeout } = this.settings;
    for (;;) {
      const metadata = MemberMetadata.encode({ version: 1, topics: [...topics], userData: assignor.userData() });
      const answer = (await this.wire.ask(broker, 'JoinGroup', {
        groupId: group_id,
        sessionTimeout: session_timeout,
        rebalanceTimeout: rebalance_timeout,
        memberId: this.member_id,
        protocolType: 'consumer',
        groupProtocols: [{ name: assignor.name, metadata }],
      })) as JoinAnswer;
      if (answer.errorCode !== CODE.MEMBER_ID_REQUIRED) {
        accept(answer.errorCode, `group ${group_id}`);
        return answer;
      }
      // written down before it is used: from now on the group waits for this member
      this.takeSeat(answer.memberId);
    }
  }

  private takeSeat(member_id: string): void {
    if (member_id === this.member_id) return;
    this.member_id = member_id;
    const { seat_file, group_id } = this.options;
    if (seat_file === undefined) return;
    try {
      writeSeat(seat_file, { group_id, member_id });
    } catch (error) {
      this.settings.log.warn(
        { file: seat_file, error: String(error) },
        'the seat file cannot be written: after a crash the group waits for the session to time out',
      );
    }
  }

  /** Waits for topics that are missing. */
  private async followTopics(): Promise<void> {
    for (const wire of [this.slow, this.express]) await wire.cluster.connect();
    for (const topic of this.options.topics) {
      try {
        for (const wire of [this.slow, this.express]) await wire.follow([topic]);
      } catch (error) {
        if (codeOf(error) !== CODE.UNKNOWN_TOPIC_OR_PARTITION) throw error;
        throw new MissingTopic(`topic ${topic} is missing, or may not be described`, { cause: error });
      }
    }
  }

  /** As last heard of: of a topic that is not there, or that a broker does not know of yet, as many as there were. */
  private knownPartitions(): ReadonlyMap<string, number> {
    return new Map(this.options.topics.map((topic) => [topic, this.slow.leaders(topic).size || (this.counts.get(topic) ?? 0)]));
  }

  private lose(reason: string): void {
    this.fetching.assign([]);
    if (!this.isAssigned) return;
    this.isAssigned = false;
    this.options.events.lost(reason);
  }

  private fail(error: unknown): void {
    if (this.isStopped) return;
    this.fetching.close();
    this.options.events.failed(error);
  }
}

class MissingTopic extends Error {}

function assignments(
  assignor: Assignor,
  joined: JoinAnswer,
  counts: ReadonlyMap<string, number>,
): { memberId: string; memberAssignment: Buffer }[] {
  const members = joined.members.map(({ memberId, memberMetadata }) => ({
    id: memberId,
    user_data: MemberMetadata.decode(memberMetadata).userData ?? Buffer.alloc(0),
  }));
  const assigned = assignor.assign(members, counts);
  return members.map(({ id }) => {
    const assignment: Record<string, number[]> = {};
    for (const { topic, partition } of assigned.get(id) ?? []) {
      assignment[topic] ??= [];
      assignment[topic].push(partition);
    }
    return { memberId: id, memberAssignment: MemberAssignment.encode({ version: 1, assignment, userData: Buffer.alloc(0) }) };
  });
}

function topicPartitions(encoded: Buffer, topics: readonly string[]): TopicPartition[] {
  const { assignment } = MemberAssignment.decode(encoded) ?? { assignment: {} };
  return topics.flatMap((topic) => (assignment[topic] ?? []).map((partition) => ({ topic, partition })));
}

/** How many of each topic: a stage's input and its changelog are two, and their sum says nothing. */
function byTopic(partitions: readonly TopicPartition[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { topic } of partitions) counts[topic] = (counts[topic] ?? 0) + 1;
  return counts;
}

interface CommitEntry {
  partition: number;
  offset: string;
  metadata: string | null;
}

function inTopics(positions: readonly Kept[]): { topic: string; partitions: CommitEntry[] }[] {
  const topics = new Map<string, CommitEntry[]>();
  for (const { topic, partition, offset, note = null } of positions) {
    const entry = { partition, offset: String(offset), metadata: note };
    const same = topics.get(topic);
    if (same === undefined) topics.set(topic, [entry]);
    else same.push(entry);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}
