import { CODE } from '../../src/runtime/kafka/client/answers.js';
import {
  type Admin,
  Doomed,
  EARLIEST,
  Fenced,
  type Group,
  type GroupOptions,
  type InRecord,
  type OutRecord,
  type Position,
  type Producer,
  type TopicPartition,
  type TransactionalProducer,
  type Transport,
  type Unanswered,
} from '../../src/runtime/kafka/transport.js';

type State = 'open' | 'committed' | 'aborted' | 'control';
interface Entry extends InRecord {
  state: State;
  writer: string | undefined;
}

/** Where a client may fail between two calls to the broker; what it answers fails the call. */
export type Fault = (step: 'before' | 'written' | 'committed', id: string) => Error | undefined;
/** Of a producer without transactions as `id`: it may fail before it writes, between two records and before it is acknowledged. */
export const PLAIN = 'plain';

interface MemberOf {
  id: string;
  options: GroupOptions;
  positions: Map<string, number>;
  paused: Set<string>;
  assigned: TopicPartition[];
  isAlive: boolean;
}

const nameOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;

/** A Kafka in memory for faults that a real one shows only by luck: logs with transactions, fencing by id, groups that meet when somebody comes or goes. */
export class MemoryKafka {
  readonly logs = new Map<string, Entry[]>();
  private readonly counts = new Map<string, number>();
  private readonly ids = new Map<string, string>();
  private readonly epochs = new Map<string, number>();
  private readonly groups = new Map<string, MemberOf[]>();
  private readonly commits = new Map<string, { offset: number; note?: string }>();
  /** first offset that there is */
  private readonly lows = new Map<string, number>();
  /** while it is set, nothing that a plain producer sends is acknowledged */
  hold: Promise<void> | undefined;
  /** while it is set, questions of the admin fail with it */
  adminFailure: Error | undefined;
  /** told of each question of the admin */
  onAsked = (): void => {};
  /** topics that were deleted, of which a group has not heard */
  readonly deleted = new Set<string>();
  /** what a group says of partitions, by topic/partition, whatever it reads */
  readonly unanswered = new Map<string, Unanswered>();
  readonly leaderless = new Set<string>();
  /** as of brokers before 2.8 */
  hasIds = true;
  private made = 0;
  private generation = 0;
  private members = 0;
  /** ms, of records that carry no time */
  now = 0;

  topic(name: string, partitions: number): void {
    this.counts.set(name, partitions);
    this.ids.set(name, `${name} ${++this.made}`);
    for (let partition = 0; partition < partitions; partition++) {
      this.logs.set(nameOf({ topic: name, partition }), []);
      this.lows.delete(nameOf({ topic: name, partition }));
    }
  }

  /** Adds partitions to a topic. */
  grow(topic: string, partitions: number): void {
    for (let partition = this.counts.get(topic) ?? 0; partition < partitions; partition++) this.logs.set(nameOf({ topic, partition }), []);
    this.counts.set(topic, partitions);
  }

  /** What a read_committed reader sees. */
  committed(topic: string): InRecord[] {
    return [...Array(this.counts.get(topic) ?? 0).keys()].flatMap((partition) =>
      this.log({ topic, partition }).filter(({ state }) => state === 'committed'),
    );
  }

  /** Deletes what lies before an offset, as retention does. */
  truncate(at: TopicPartition, before: number): void {
    this.lows.set(nameOf(at), before);
  }

  /** Deletes a topic and makes it anew. */
  recreate(topic: string): void {
    this.topic(topic, this.counts.get(topic) ?? 1);
  }

  /** Where the group was told that it is. */
  position(group_id: string, at: TopicPartition): number | undefined {
    return this.commits.get(`${group_id} ${nameOf(at)}`)?.offset;
  }

  /** The group does not know any more where it is. */
  forget(group_id: string, at: TopicPartition): void {
    this.commits.delete(`${group_id} ${nameOf(at)}`);
  }

  /** As Kafka's own tools set it: without a note. */
  setPosition(group_id: string, { offset, ...at }: TopicPartition & { offset: number }): void {
    this.commits.set(`${group_id} ${nameOf(at)}`, { offset });
  }

  /** Everybody joins anew. */
  rebalance(group_id: string): void {
    this.meet(group_id);
  }

  write(records: readonly OutRecord[]): void {
    for (const record of records) this.append(record, 'committed', undefined);
  }

  client(fault: Fault = () => undefined): Transport & { kill(): void } {
    const mine: MemberOf[] = [];
    let isAlive = true;
    const alive = () => {
      if (!isAlive) throw new Doomed('the process is gone');
    };
    return {
      admin: async () => this.admin(),
      producer: async (): Promise<Producer> => ({
        send: async (records) => {
          const step = async (name: Parameters<Fault>[0]) => {
            await new Promise((resolve) => setImmediate(resolve));
            alive();
            const error = fault(name, PLAIN);
            if (error !== undefined) throw error;
          };
          await step('before');
          // one partition after the other, as brokers answer
          const rounds = new Map<string, OutRecord[]>();
          for (const record of records) rounds.set(nameOf(record), [...(rounds.get(nameOf(record)) ?? []), record]);
          for (const round of rounds.values()) {
            this.write(round);
            await step('written');
          }
          await this.hold;
          await step('committed');
        },
        close: async () => {},
      }),
      transactional: async (id) => {
        alive();
        return this.transactional(id, fault, alive);
      },
      group: (options) => {
        const member: MemberOf = {
          id: `m${++this.members}`,
          options,
          positions: new Map(),
          paused: new Set(),
          assigned: [],
          isAlive: true,
        };
        mine.push(member);
        return this.member(member);
      },
      leaveSeat: async () => {},
      close: async () => {},
      /** the process ends without a word: its open transactions stay open */
      kill: () => {
        isAlive = false;
        for (const member of mine) this.leave(member);
      },
    };
  }

  private log(at: TopicPartition): Entry[] {
    const log = this.logs.get(nameOf(at));
    if (log === undefined) throw new Error(`no ${nameOf(at)}`);
    return log;
  }

  private append({ topic, partition, key, value, headers, timestamp }: OutRecord, state: State, writer: string | undefined): Entry {
    const log = this.log({ topic, partition });
    const entry: Entry = {
      topic,
      partition,
      offset: log.length,
      timestamp: timestamp ?? this.now,
      key: typeof key === 'string' ? Buffer.from(key) : key,
      value,
      headers: headers ?? {},
      state,
      writer,
    };
    log.push(entry);
    return entry;
  }

  private end(id: string, state: 'committed' | 'aborted'): void {
    for (const log of this.logs.values()) {
      let touched = false;
      for (const entry of log) {
        if (entry.state !== 'open' || entry.writer !== id) continue;
        entry.state = state;
        touched = true;
      }
      const last = log.at(-1);
      if (touched && last !== undefined) this.append({ ...last, key: null, value: null }, 'control', id);
    }
  }

  private transactional(id: string, fault: Fault, alive: () => void): TransactionalProducer {
    const epoch = (this.epochs.get(id) ?? 0) + 1;
    this.epochs.set(id, epoch);
    this.end(id, 'aborted');
    let isDoomed = false;
    const step = async (name: Parameters<Fault>[0]) => {
      await new Promise((resolve) => setImmediate(resolve));
      alive();
      const error = fault(name, id);
      if (error !== undefined) {
        isDoomed = true;
        throw error;
      }
      if (this.epochs.get(id) !== epoch) throw new Fenced(`${id} has another owner`);
    };
    return {
      commit: async (records) => {
        if (records.length === 0) return;
        if (isDoomed) throw new Doomed('used after a failure');
        await step('before');
        for (const record of records) this.append(record, 'open', id);
        await step('written');
        this.end(id, 'committed');
        await step('committed');
      },
      close: async () => {},
    };
  }

  private member(member: MemberOf): Group {
    const pump = () => {
      if (!member.isAlive) return;
      this.fetch(member);
      setImmediate(pump);
    };
    return {
      start: async () => {
        const { group_id } = member.options;
        this.groups.set(group_id, [...(this.groups.get(group_id) ?? []), member]);
        this.meet(group_id);
        setImmediate(pump);
      },
      seek: (at: Position) => void member.positions.set(nameOf(at), at.offset === EARLIEST ? (this.lows.get(nameOf(at)) ?? 0) : at.offset),
      pause: (at) => {
        for (const one of at) member.paused.add(nameOf(one));
      },
      resume: (at) => {
        for (const one of at) member.paused.delete(nameOf(one));
      },
      isLeaderless: (at) => this.leaderless.has(nameOf(at)),
      unanswered: (at) => this.unanswered.get(nameOf(at)) ?? { ms: 0, is_outdated: false },
      commit: async (positions) => {
        if (!member.isAlive) throw new Error('no member any more');
        for (const { offset, note, ...at } of positions)
          this.commits.set(`${member.options.group_id} ${nameOf(at)}`, { offset, ...(note === undefined ? {} : { note }) });
      },
      stop: async () => this.leave(member),
    };
  }

  private leave(member: MemberOf): void {
    member.isAlive = false;
    const { group_id } = member.options;
    const left = (this.groups.get(group_id) ?? []).filter((other) => other !== member);
    this.groups.set(group_id, left);
    this.meet(group_id);
  }

  /** Everybody of the group is given partitions anew. */
  private meet(group_id: string): void {
    const members = this.groups.get(group_id) ?? [];
    const [leader] = members;
    if (leader === undefined) return;
    const { topics, assignor } = leader.options;
    const counts = new Map(topics.map((topic) => [topic, this.counts.get(topic) ?? 0]));
    const assigned = assignor.assign(
      members.map(({ id, options }) => ({ id, user_data: options.assignor.userData() })),
      counts,
    );
    const generation = ++this.generation;
    for (const member of members) {
      member.assigned = assigned.get(member.id) ?? [];
      member.positions.clear();
      member.paused = new Set(member.assigned.map(nameOf));
      member.options.events.assigned(member.assigned, generation);
    }
  }

  private fetch(member: MemberOf): void {
    member.options.events.heartbeat(performance.now());
    for (const at of member.assigned) {
      const name = nameOf(at);
      const from = member.positions.get(name);
      if (from === undefined || member.paused.has(name)) continue;
      const log = this.log(at);
      if (from < (this.lows.get(name) ?? 0) || from > log.length) {
        member.positions.delete(name);
        member.options.events.outOfRange(at);
        continue;
      }
      const open = log.findIndex(({ state }) => state === 'open');
      const high = open < 0 ? log.length : open;
      const to = Math.min(high, from + 7);
      if (to <= from) continue;
      member.positions.set(name, to);
      const records = log.slice(from, to).filter(({ state }) => state === 'committed');
      member.options.events.batch(at, records, to, high);
    }
  }

  private admin(): Admin {
    const partitionsOf = (topic: string) => [...Array(this.counts.get(topic) ?? 0).keys()];
    const ask = async (topic: string) => {
      this.onAsked();
      await new Promise((resolve) => setImmediate(resolve));
      if (this.adminFailure !== undefined) throw this.adminFailure;
      if (this.deleted.has(topic)) throw Object.assign(new Error(`there is no ${topic}`), { code: CODE.UNKNOWN_TOPIC_OR_PARTITION });
    };
    return {
      describe: async (topics) => new Map(topics.map((topic) => [topic, undefined])),
      missing: async (topics) => topics.filter((topic) => this.deleted.has(topic) || !this.counts.has(topic)),
      create: async () => {},
      watermarks: async (topic) => {
        await ask(topic);
        return partitionsOf(topic).map((partition) => ({
          partition,
          low: this.lows.get(nameOf({ topic, partition })) ?? 0,
          high: this.log({ topic, partition }).length,
        }));
      },
      committed: async (group_id, topic) => {
        await ask(topic);
        return partitionsOf(topic).map((partition) => ({
          partition,
          ...(this.commits.get(`${group_id} ${nameOf({ topic, partition })}`) ?? { offset: -1 }),
        }));
      },
      ids: async (topics) => {
        this.onAsked();
        if (this.adminFailure !== undefined) throw this.adminFailure;
        return new Map(this.hasIds ? topics.flatMap((topic) => (this.deleted.has(topic) ? [] : [[topic, this.ids.get(topic)!]])) : []);
      },
      brokers: async () => 1,
      close: async () => {},
    };
  }
}
