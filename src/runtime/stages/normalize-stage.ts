// However long, one file: from where on a partition is read, what of it is done, and the time that follows from all of them.

import { setTimeout as sleep } from 'node:timers/promises';
import { SessionvigilError } from '../../errors.js';
import type { Budget } from '../budget.js';
import { createAssignor } from '../kafka/assignor.js';
import type { PatientAdmin } from '../kafka/patient-admin.js';
import { firstCountOf, isOf, isRecreated, noteOf, readNote } from '../kafka/source-position.js';
import type { Group, OutRecord, Producer, TopicPartition, Transport } from '../kafka/transport.js';
import type { StreamCodec } from '../wire/stream-record.js';
import type { Absorbs } from './absorbs.js';
import type { StageWatch } from './owner-stage.js';
import { type ReadState, readState, silenceOf, unreadOf } from './silence.js';
import type { SourceIds } from './source-ids.js';
import { type Opening, SourceTask, type SourceTaskOptions } from './source-task.js';

/** A raw topic, and how its records are read. */
export interface RawSource extends Pick<SourceTaskOptions, 'topic' | 'generation' | 'normalize' | 'read'> {
  /** where to begin in a partition that nobody has read */
  start: 'earliest' | 'latest';
}

export interface NormalizeStageOptions
  extends Pick<
    SourceTaskOptions,
    | 'topics'
    | 'partitions'
    | 'links'
    | 'enforced'
    | 'chunk_ms'
    | 'chunk_records'
    | 'max_record_bytes'
    | 'letter_limit'
    | 'future_tolerance'
    | 'elapsed'
    | 'now'
    | 'said'
  > {
  absorbs: Pick<Absorbs, 'begin' | 'end' | 'takeRest'>;
  group_id: string;
  sources: readonly RawSource[];
  transport: Transport;
  admin: Pick<PatientAdmin, 'committed' | 'watermarks' | 'standing' | 'ids'>;
  ids: Pick<SourceIds, 'isSame' | 'isSuccessor' | 'keep' | 'kept'>;
  producer: Producer;
  codec: StreamCodec;
  budget: Budget;
  commit_interval: number;
  seat_file?: string;
  watch: Pick<StageWatch, 'assigned' | 'heartbeat' | 'lost' | 'failed'> & {
    /** records of a raw topic that were deleted before they were read */
    missed(at: TopicPartition, records: number): void;
    /** the brokers have forgotten where the group was in a topic: it goes on from where it is known to have been */
    expired(topic: string): void;
    /** topics of which it has a partition now */
    owns(topics: Iterable<string>): void;
  };
}

const MINUTE_MS = 60_000;
/** While somebody catches up it is asked once in so many commits how far they are. */
const ASK_EVERY = 5;
/** ms until it is asked again about partitions that nobody spoke of. */
const ASK_AGAIN_MS = 200;

/**
 * normalize: a task for each raw partition that the group assigns. The position is the group's own, committed when all that was made of the records
 * is acknowledged. Whoever has the first partition of the first source also says what time it is, once a minute, to every partition of the events.
 * Above 400 lines because tasks, positions and the time that is told rest on one state, which every meeting of the group changes.
 */
export class NormalizeStage {
  private readonly group: Group;
  private readonly tasks = new Map<string, SourceTask>();
  private readonly sources: ReadonlyMap<string, RawSource>;
  /** partitions of a topic when the group began to read it, or this process when nobody has kept it */
  private readonly first_counts = new Map<string, number>();
  /** topics of which it was told that the brokers have forgotten the positions */
  private readonly expired = new Set<string>();
  /** of which it is told where they were */
  private readonly told = new WeakSet<SourceTask>();
  private generation = 0;
  private is_member = false;
  private is_stopping = false;
  /** when the group was heard of last, on the clock of `elapsed` */
  private heard_at = 0;
  /** raised when the group meets again: what was asked before counts for nothing */
  private epoch = 0;
  /** topics of which it is asked where the group has left them */
  private readonly opening = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private committing: Promise<void> = Promise.resolve();
  private ticking: Promise<void> | undefined;
  private last_tick = 0;
  private recognising: Promise<void> | undefined;
  /** in which it was looked last whether the topics are the same */
  private recognised = 0;
  private asked_at = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: NormalizeStageOptions) {
    const { group_id, sources, transport, seat_file, watch } = options;
    this.sources = new Map(sources.map((source) => [source.topic, source]));
    this.group = transport.group({
      group_id,
      topics: sources.map(({ topic }) => topic),
      // raw topics are somebody else's, who may make them larger
      may_grow: true,
      assignor: createAssignor({
        name: 'sessionvigil-normalize',
        unitOf: unitOf,
        claims: () => ({ generation: this.generation, units: new Map([...this.tasks.keys()].map((unit) => [unit, 'running'])) }),
      }),
      ...(seat_file === undefined ? {} : { seat_file }),
      events: {
        assigned: (partitions, generation) => this.assigned(partitions, generation),
        batch: ({ topic, partition }, records, next, high) => this.tasks.get(unitOf(topic, partition))?.push(records, next, high),
        heartbeat: (sent_at) => {
          this.heard_at = sent_at;
          watch.heartbeat();
        },
        lost: (reason) => {
          this.is_member = false;
          watch.lost(reason);
        },
        failed: (error) => watch.failed(error),
        outOfRange: (at) => this.openAll([at]),
      },
    });
  }

  async start(): Promise<void> {
    const { commit_interval, watch } = this.options;
    await this.group.start();
    // a join takes as long as the slowest member, and meanwhile it may have been told to end
    if (this.is_stopping) return;
    this.timer = setInterval(() => {
      this.committing = this.committing.then(() => this.commit());
      this.committing.catch((error: unknown) => watch.failed(error));
      // whoever stops does not wait for it: brokers that are away would keep it waiting
      this.ticking ??= this.absorb()
        .then(() => this.tick())
        .catch((error: unknown) => {
          if (!this.is_stopping) watch.failed(error);
        })
        .finally(() => {
          this.ticking = undefined;
        });
      this.recognising ??= this.recogniseOwn()
        .catch((error: unknown) => {
          if (!this.is_stopping) watch.failed(error);
        })
        .finally(() => {
          this.recognising = undefined;
        });
    }, commit_interval);
  }

  async stop(): Promise<void> {
    this.is_stopping = true;
    clearInterval(this.timer);
    await Promise.all([...this.tasks.values()].map((task) => task.stop()));
    await this.committing.catch(() => {});
    await this.commit().catch(() => {});
    await this.group.stop();
  }

  /** Lets go at once: nothing is finished. */
  drop(): void {
    this.is_stopping = true;
    clearInterval(this.timer);
    for (const task of this.tasks.values()) task.drop();
  }

  get unreadyReason(): string | undefined {
    if (!this.is_member) return 'normalize: not in its group';
    const silence = silenceOf(this.options.elapsed() - this.heard_at);
    if (silence !== undefined) return `normalize: ${silence}`;
    if (this.opening.size > 0) return `normalize: looking for where it was in ${[...this.opening.keys()].join(', ')}`;
    const unread = unreadOf(
      this.group,
      [...this.tasks.values()].map(({ status }) => status),
    );
    return unread === undefined ? undefined : `normalize: ${unread}`;
  }

  status(): { generation: number; is_member: boolean; partitions: (SourceTask['status'] & ReadState)[] } {
    const partitions = [...this.tasks.values()].map(({ status }) => ({ ...status, ...readState(this.group, [status]) }));
    return { generation: this.generation, is_member: this.is_member, partitions };
  }

  private assigned(partitions: readonly TopicPartition[], generation: number): void {
    if (this.is_stopping) return;
    const { budget, watch } = this.options;
    this.generation = generation;
    this.is_member = true;
    this.heard_at = this.options.elapsed();
    this.epoch++;
    const mine = new Map(partitions.map((at) => [unitOf(at.topic, at.partition), at]));
    for (const [unit, task] of this.tasks) {
      const at = mine.get(unit);
      if (at === undefined) {
        task.drop();
        this.tasks.delete(unit);
        budget.holds(-1);
        continue;
      }
      task.rejoined();
      this.group.seek({ ...at, offset: task.next_in });
      this.group.resume([at]);
    }
    const added = [...mine].filter(([unit]) => !this.tasks.has(unit)).map(([, at]) => at);
    this.openAll(added);
    watch.assigned(mine.size, generation);
    watch.owns(new Set(partitions.map(({ topic }) => topic)));
  }

  private openAll(added: readonly TopicPartition[]): void {
    this.open(added, this.epoch).catch((error: unknown) => {
      if (!this.is_stopping) this.options.watch.failed(error);
    });
  }

  /** Where the group has left each partition, and whether that is still to be had. */
  private async open(added: readonly TopicPartition[], epoch: number): Promise<void> {
    // side by side: of one that was deleted nobody says it before there is one of its name again
    await Promise.all([...new Set(added.map((at) => at.topic))].map((topic) => this.openTopic(topic, added, epoch)));
  }

  private async openTopic(topic: string, added: readonly TopicPartition[], epoch: number): Promise<void> {
    this.opening.set(topic, (this.opening.get(topic) ?? 0) + 1);
    const mine = added.filter((at) => at.topic === topic);
    const openings = await this.openingsOf(topic, mine, epoch).finally(() => {
      const others = this.opening.get(topic)! - 1;
      if (others > 0) this.opening.set(topic, others);
      else this.opening.delete(topic);
    });
    if (epoch !== this.epoch || this.is_stopping) return;
    for (const at of mine) this.openOne(at, openings.get(at.partition)!);
  }

  /** Asked until all of them are in it: who is asked may hear of one later than the group does, and says nothing of where it was left. */
  private async openingsOf(topic: string, mine: readonly TopicPartition[], epoch: number): Promise<Map<number, Opening>> {
    for (;;) {
      const openings = await this.openings(topic, mine);
      if (epoch !== this.epoch || this.is_stopping || mine.every(({ partition }) => openings.has(partition))) return openings;
      await sleep(ASK_AGAIN_MS);
    }
  }

  private async openings(topic: string, mine: readonly TopicPartition[]): Promise<Map<number, Opening>> {
    const { admin, group_id, ids } = this.options;
    const { start, generation } = this.sources.get(topic)!;
    await this.recognise([topic]);
    const committed = await admin.committed(group_id, topic);
    const known = new Map(committed.map((one) => [one.partition, one]));
    const openings = new Map<number, Opening>();
    const marks = await admin.watermarks(topic);
    const count = Math.max(marks.length, ...mine.map(({ partition }) => partition + 1));
    const before = firstCountOf(committed, generation) ?? this.first_counts.get(topic) ?? count;
    this.first_counts.set(topic, before);
    for (const mark of marks) {
      const { partition, low, high } = mark;
      const position = known.get(partition);
      // not known of when it was asked where the group is
      if (position === undefined) continue;
      const { offset, note } = position;
      // what is in one that was added since, or in a topic that took the place of another, nobody can have meant to leave out
      const isLate = start === 'latest' && partition < before && !ids.isSuccessor(topic, generation);
      if (isRecreated(position, mark, generation)) throw recreated(`${topic}/${partition}`, shorter(offset, high));
      const left = this.leftAt(topic, partition);
      if (offset < 0 && isLate && left !== undefined) {
        this.tellExpired(topic);
        openings.set(partition, { position: Math.min(Math.max(left, low), high), committed: -1, high });
      } else if (offset < 0) openings.set(partition, { position: isLate ? high : low, committed: -1, high });
      // made anew, and said to be so: the position belongs to the one before
      else if (!isOf(note, generation) || offset > high) openings.set(partition, { position: low, committed: -1, high });
      else openings.set(partition, { position: Math.max(offset, low), committed: offset, high });
    }
    return openings;
  }

  /**
   * Of a partition that the brokers know no position of, from where on it may hold what nobody has read: what of it was read is known again by detect.
   * undefined when it was never read, or is read from its first record anyway.
   */
  private leftAt(topic: string, partition: number): number | undefined {
    const { start, generation } = this.sources.get(topic)!;
    return start === 'latest' ? this.options.ids.kept(topic, generation, partition) : undefined;
  }

  private tellExpired(topic: string): void {
    if (this.expired.has(topic)) return;
    this.expired.add(topic);
    this.options.watch.expired(topic);
  }

  /** @throws when a topic is not the one that was read before */
  private async recognise(topics: readonly string[]): Promise<void> {
    const { admin, ids } = this.options;
    const found = await admin.ids(topics);
    for (const topic of topics) {
      const { generation } = this.sources.get(topic)!;
      if (!ids.isSame(topic, generation, found.get(topic)))
        throw recreated(topic, `it is not the topic that generation ${generation} of it was`);
    }
  }

  /** Once a minute, of what this process reads: one that was made anew and is longer than it was looks at its end as the one before did. */
  private async recogniseOwn(): Promise<void> {
    const minute = minuteOf(this.options.now());
    if (minute <= this.recognised || this.is_stopping || this.tasks.size === 0) return;
    this.recognised = minute;
    await this.recognise([...new Set([...this.tasks.values()].map(({ status }) => status.topic))]);
  }

  private openOne(at: TopicPartition, { position, committed, high }: Opening): void {
    const { options } = this;
    const unit = unitOf(at.topic, at.partition);
    const before = this.tasks.get(unit);
    if (before !== undefined && before.done > high) throw recreated(unit, shorter(before.done, high));
    // what was done and the group has not been told yet is still done
    const from = Math.max(position, before?.done ?? 0);
    if (before !== undefined) before.drop();
    else options.budget.holds(1);
    const wanted = before?.done ?? committed;
    if (wanted >= 0 && wanted < from) options.watch.missed(at, from - wanted);
    const source = this.sources.get(at.topic)!;
    this.tasks.set(unit, new SourceTask({ ...options, ...source, ...at, group: this.group }, { position: from, committed, high }));
    this.group.seek({ ...at, offset: from });
    this.group.resume([at]);
  }

  /** What was learned of others, while nothing comes that it could go along with. */
  private async absorb(): Promise<void> {
    const { absorbs, links, producer, said } = this.options;
    if (this.is_stopping) return;
    const records = [...links(), ...absorbs.takeRest()];
    if (records.length === 0) return;
    await producer.send(records);
    said.sent(records);
  }

  private async commit(): Promise<void> {
    const { ids } = this.options;
    const due = [...this.tasks.values()].filter((task) => task.done > task.committed);
    if (due.length === 0 || !this.is_member) return;
    const positions = due.map((task) => {
      const { topic, partition, position: offset } = task.status;
      const { generation } = this.sources.get(topic)!;
      return { topic, partition, offset, note: noteOf({ generation, arrival: task.arrival, first_count: this.first_counts.get(topic) }) };
    });
    try {
      await this.group.commit(positions);
    } catch {
      // the group is meeting: it is committed when it has met, or by who has the partition then
      return;
    }
    for (const [i, task] of due.entries()) {
      const { topic, partition, offset } = positions[i]!;
      task.committed = offset;
      if (!this.told.has(task)) ids.keep(topic, this.sources.get(topic)!.generation, partition, offset);
      this.told.add(task);
    }
  }

  /**
   * While somebody catches up, the time of the records that were read last: by the wall's, people would be forgotten of whom there is still something to
   * be read. Of partitions that others have the group knows.
   */
  private async doneUntil(wall: number): Promise<number> {
    const { admin, group_id } = this.options;
    let until = wall;
    for (const { topic, start, generation } of this.sources.values()) {
      const standing = await admin.standing(group_id, topic);
      // in one that was deleted nothing is left to be read
      if (standing === undefined) continue;
      const { positions, marks } = standing;
      const committed = new Map(positions.map((one) => [one.partition, one]));
      const before = start === 'earliest' ? 0 : (firstCountOf(positions, generation) ?? Number.POSITIVE_INFINITY);
      for (const { partition, low, high } of marks) {
        const mine = this.tasks.get(unitOf(topic, partition));
        if (mine !== undefined) {
          until = Math.min(until, mine.doneUntil(wall, high) ?? 0);
          continue;
        }
        const { offset = -1, note } = committed.get(partition) ?? {};
        const isBegun = offset >= 0 && isOf(note, generation);
        const left = this.leftAt(topic, partition);
        const isWaiting = left === undefined ? partition >= before && low < high : Math.max(left, low) < high;
        if (isBegun ? offset < high : isWaiting) until = Math.min(until, isBegun ? (readNote(note).arrival ?? 0) : 0);
      }
    }
    return until;
  }

  /** Says what minute it is. Whoever says it twice does no harm. */
  private async tick(): Promise<void> {
    const { sources, topics, partitions, codec, producer, now } = this.options;
    const [first] = sources;
    if (first === undefined || !this.tasks.has(unitOf(first.topic, 0))) return;
    const wall = now();
    // while it catches up, the brokers are not asked at every turn
    if (minuteOf(wall) <= this.last_tick || this.options.elapsed() - this.asked_at < ASK_EVERY * this.options.commit_interval) return;
    this.asked_at = this.options.elapsed();
    const minute = minuteOf(await this.doneUntil(wall));
    if (minute <= this.last_tick || this.is_stopping) return;
    this.last_tick = minute;
    const value = codec.encode({ body: { kind: 'tick', time: minute } });
    const records: OutRecord[] = [];
    for (let partition = 0; partition < partitions; partition++) records.push({ topic: topics.events, partition, key: null, value });
    await producer.send(records);
  }
}

function unitOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

function minuteOf(time: number): number {
  return Math.floor(time / MINUTE_MS) * MINUTE_MS;
}

/** Offsets have begun again: what comes now would be taken for what was there before, and left out. */
function recreated(what: string, why: string): SessionvigilError {
  return new SessionvigilError('SV_KAFKA_SOURCE_RECREATED', `${what}: ${why}; it was deleted and made anew`);
}

function shorter(committed: number, high: number): string {
  return `it ends at ${high}, and was read up to ${committed}`;
}
