// However long, one file: what may happen to a partition between its fence and its end, and in which order, is seen here.

import { randomUUID } from 'node:crypto';
import { SessionvigilError } from '../errors.js';
import { sizeOf } from './budget.js';
import { Doomed, EARLIEST, Fenced, type Group, type InRecord, type OutRecord, type TransactionalProducer } from './kafka/transport.js';
import { contradicts, contradictsEnd, contradictsTopic, damaged, Outdated, outOfRange, Poisoned } from './task-errors.js';
import { RESERVED, type Standing, type TopicIds, type Why, type Work } from './work.js';

export type Phase = 'fencing' | 'restoring' | 'replaying' | 'running' | 'waiting' | 'closed';

/** Told of what happens, for metrics and the log. */
export interface TaskWatch {
  phase(task: Task, phase: Phase): void;
  restored(task: Task, done: { records: number; replayed: number; seconds: number }): void;
  /** @param records that were never taken before */
  chunk(task: Task, records: number, seconds: number): void;
  committed(task: Task, records: readonly OutRecord[], seconds: number): void;
  /** what was done since the last commit is forgotten, and the state restored */
  forgotten(task: Task, error: Error): void;
  /** a record makes the program fail and is passed over from now on @throws when there are too many */
  poisoned(task: Task, record: InRecord, error: unknown): void;
  /** nothing that trying again would mend */
  failed(error: unknown): void;
}

export interface TaskOptions {
  partition: number;
  input: string;
  changelog: string;
  /** the partition's only writer has this id */
  transactional_id: string;
  connect(id: string): Promise<TransactionalProducer>;
  group: Pick<Group, 'seek' | 'pause' | 'resume'>;
  /** where the group was told that the partition is; below zero when it never was */
  told(partition: number): Promise<number>;
  /** of input and changelog, as they are now */
  ids(): Promise<TopicIds>;
  /** @param topics to be written with each position @param poison offsets of records that make the program fail */
  createWork(partition: number, poison: ReadonlySet<number>, topics: TopicIds): Work;
  /** a clock that nobody sets, ms */
  elapsed(): number;
  /** a chunk ends after this long, ms: the process does other things as well */
  chunk_ms: number;
  /** what is not urgent is committed this often, ms */
  commit_interval: number;
  /** bytes that may wait in the queue */
  share(): number;
  /** bytes that came into the queue, or left it */
  queued(bytes: number): void;
  watch: TaskWatch;
}

export interface TaskStatus {
  partition: number;
  phase: Phase;
  /** offset of the next record to be taken */
  position: number;
  /** all before it is committed */
  committed: number;
  /** records that wait; undefined when nobody knows */
  lag: number | undefined;
  queued_bytes: number;
  is_paused: boolean;
  /** records of the changelog that were read for the state that it has */
  restored: number;
  /** of what has to be done before more is taken, so much is done */
  prepared: number;
}

const MARKER_KEY = Buffer.from('\u0000marker');
/** Looked at the clock once in so many records. */
const CLOCK_EVERY = 16;
/** The end of a partition can be told too low for a moment after its leader has changed, ms. */
const END_SETTLED = 30_000;
/** First and longest wait before a producer is asked for again, ms. */
const RETRY = { first: 100, most: 5000 };

interface Batch {
  records: readonly InRecord[];
  /** of them taken already */
  at: number;
  next: number;
  bytes: number;
}

/**
 * The owner of one partition: fences whoever had it before, restores its state, and works off its input in chunks. What a chunk says is committed
 * in one transaction with the state that it rests on; when the outcome of one is in doubt everything since the last is forgotten and restored.
 */
export class Task {
  readonly partition: number;
  private work: Work | undefined;
  private producer: TransactionalProducer | undefined;
  private marker = '';
  private phase: Phase = 'fencing';
  private readonly poison = new Set<number>();
  private queue: Batch[] = [];
  private queued_bytes = 0;
  private is_paused = false;
  /** offset of the next record to be queued */
  private next_in = EARLIEST;
  /** offset of the next record to be taken */
  private next = 0;
  private standing: Standing = { position: 0, replay_from: 0 };
  private topics: TopicIds = {};
  /** all of the input before it is committed */
  private committed_to = 0;
  private committed_at = 0;
  private failed_at = 0;
  private restored_records = 0;
  /** the changelog is read up to the marker */
  private is_read = false;
  private opened_at = 0;
  /** offset after the last record that was ever taken, whatever was forgotten since */
  private taken_to = 0;
  private high_watermark = -1;
  /** since when the input ends before what is to be read again, on the clock of `elapsed` */
  private short_since: number | undefined;
  private wake = (): void => {};
  private pass = (): void => {};
  private readonly done: Promise<void>;
  private is_stopping = false;
  /** transactions that failed one after the other */
  private failures = 0;
  /** the work was made for what is not in force any more */
  private is_outdated = false;

  constructor(private readonly options: TaskOptions) {
    this.partition = options.partition;
    this.done = this.run().catch((error: unknown) => options.watch.failed(error));
  }

  get is_running(): boolean {
    return this.phase === 'running';
  }

  /** for people who look: where it is and how far behind */
  status(): TaskStatus {
    const { partition, phase, next: position, committed_to: committed, queued_bytes, is_paused } = this;
    const lag = this.high_watermark < 0 || !this.is_running ? undefined : Math.max(0, this.high_watermark - position);
    const prepared = this.work?.prepared ?? 0;
    return { partition, phase, position, committed, lag, queued_bytes, is_paused, restored: this.restored_records, prepared };
  }

  /** The group has met again and this partition stays: everything is paused and every position forgotten. */
  rejoined(): void {
    this.is_paused = false;
    switch (this.phase) {
      case 'restoring':
        // read to its end: only the input is still to be begun
        if (!this.is_read) this.readChangelog();
        break;
      case 'replaying':
      case 'running':
        this.readInput();
        break;
      case 'waiting':
        this.pass();
        break;
      default:
    }
  }

  /** A heartbeat sent then was accepted: whoever is fenced and still in the group may be the rightful owner. */
  heartbeat(sent_at: number): void {
    if (this.phase === 'waiting' && sent_at > this.failed_at) this.pass();
  }

  push(topic: string, records: readonly InRecord[], next: number, high_watermark: number): void {
    if (topic === this.options.changelog) this.restore(records);
    else this.enqueue(records, next, high_watermark);
  }

  /** Where reading goes on when the broker has nothing at the position asked for. @throws when that would leave something out */
  outOfRange(topic: string): void {
    if (topic === this.options.changelog && this.phase === 'restoring') this.readChangelog();
    else void this.lost(topic);
  }

  /** A topic that was made anew is shorter as well, and then its retention is not what is wrong. */
  private async lost(topic: string): Promise<void> {
    const { input, ids, watch } = this.options;
    const { next_in } = this;
    const which = topic === input ? 'input' : 'changelog';
    const was = this.topics[which];
    const is = was === undefined ? undefined : (await ids().catch((): TopicIds => ({})))[which];
    watch.failed(is === undefined || is === was ? outOfRange(topic, this.partition, next_in) : contradictsTopic(topic));
  }

  /** The work that it has, when it is running. */
  running(): Work | undefined {
    return this.phase === 'running' ? this.work : undefined;
  }

  /** The same; otherwise it is begun anew, as `createWork` makes it now. */
  renewed(): Work | undefined {
    if (this.is_running) {
      // asleep, it would not hear of it before its next commit
      this.wake();
      return this.work;
    }
    this.is_outdated = this.phase === 'restoring' || this.phase === 'replaying';
    this.wake();
    return undefined;
  }

  /** Finishes the chunk, commits and lets go. */
  async stop(): Promise<void> {
    this.is_stopping = true;
    this.wake();
    this.pass();
    await this.done;
  }

  /** Lets go at once: somebody else has it. */
  drop(): void {
    this.to('closed');
    this.wake();
    this.pass();
  }

  private get is_closed(): boolean {
    return this.phase === 'closed';
  }

  private async run(): Promise<void> {
    while (!this.is_closed && !this.is_stopping) {
      try {
        await this.open();
        await this.workOff();
      } catch (error) {
        const isAgain = error instanceof Poisoned || error instanceof Outdated;
        if (!(error instanceof Fenced || error instanceof Doomed || isAgain)) throw error;
        if (this.is_closed) break;
        this.failed_at = this.options.elapsed();
        this.options.watch.forgotten(this, error);
        await this.forget();
        if (isAgain) continue;
        const wait = this.recovery();
        if (wait > 0) await this.sleep(wait);
        await this.gate();
      }
    }
    this.to('closed');
    await this.forget();
  }

  /** Fences the predecessor, and asks for the state. */
  private async open(): Promise<void> {
    const { changelog, partition, elapsed } = this.options;
    this.opened_at = elapsed();
    this.restored_records = 0;
    this.is_read = false;
    // what was heard of it before is of another time: somebody else may have gone on meanwhile
    this.high_watermark = -1;
    this.to('fencing');
    const topics = await this.unlessStopped(this.options.ids());
    if (topics === undefined) return;
    this.topics = topics;
    this.producer = await this.connect();
    if (this.producer === undefined) return;
    this.marker = randomUUID();
    await this.producer.commit([{ topic: changelog, partition, key: MARKER_KEY, value: Buffer.from(this.marker) }]);
    if (this.is_closed) return;
    this.work = this.options.createWork(partition, this.poison, this.topics);
    this.to('restoring');
    this.readChangelog();
  }

  /** Brokers that are away keep whoever asks them waiting, and who is told to end does not wait for them. */
  private async unlessStopped<T extends object>(answer: Promise<T>): Promise<T | undefined> {
    while (!this.is_closed && !this.is_stopping) {
      const found = await new Promise<T | undefined>((resolve, reject) => {
        this.wake = () => resolve(undefined);
        answer.then(resolve, reject);
      });
      if (found !== undefined) return this.is_closed || this.is_stopping ? undefined : found;
    }
    // nobody is there any more to be told of it
    answer.catch(() => undefined);
    return undefined;
  }

  private async connect(): Promise<TransactionalProducer | undefined> {
    for (let wait = RETRY.first; !this.is_closed && !this.is_stopping; wait = Math.min(RETRY.most, wait * 2)) {
      try {
        return await this.options.connect(this.options.transactional_id);
      } catch (error) {
        if (!(error instanceof Doomed || error instanceof Fenced)) throw error;
        await this.sleep(wait);
      }
    }
    return undefined;
  }

  private readChangelog(): void {
    const { group, changelog, partition } = this.options;
    group.seek({ topic: changelog, partition, offset: EARLIEST });
    group.resume([{ topic: changelog, partition }]);
  }

  private restore(records: readonly InRecord[]): void {
    if (this.phase !== 'restoring' || this.is_read || this.work === undefined) return;
    for (const record of records) {
      const { key, value, undecodable } = record;
      if (undecodable !== undefined) {
        this.options.watch.failed(damaged(record, undecodable));
        return;
      }
      if (key === null) continue;
      if (key[0] === RESERVED && key.equals(MARKER_KEY)) {
        if (value?.toString() !== this.marker) continue;
        this.is_read = true;
        void this.beginInput().catch((error: unknown) => this.options.watch.failed(error));
        return;
      }
      this.restored_records++;
      try {
        this.work.restore(key, value);
      } catch (error) {
        this.options.watch.failed(error);
        return;
      }
    }
  }

  private async beginInput(): Promise<void> {
    const { group, changelog, input, partition, told } = this.options;
    group.pause([{ topic: changelog, partition }]);
    const { work } = this;
    this.standing = work!.restored();
    const { replay_from, position, topics: before = {} } = this.standing;
    for (const [which, topic] of [['input', input] as const, ['changelog', changelog] as const]) {
      const [was, is] = [before[which], this.topics[which]];
      if (was !== undefined && is !== undefined && was !== is) throw contradictsTopic(topic);
    }
    // from the beginning, though somebody was further: everything would be said once more
    if (position === 0) {
      const told_to = await told(partition);
      if (told_to > 0) throw contradicts(changelog, input, partition, told_to);
      if (this.work !== work) return;
    }
    // what lies before does not come again
    for (const offset of this.poison) if (offset < replay_from) this.poison.delete(offset);
    this.next_in = replay_from;
    this.next = replay_from;
    if (replay_from < position) this.to('replaying');
    else this.begin();
    this.readInput();
  }

  private begin(): void {
    const { elapsed, watch } = this.options;
    const { replay_from, position } = this.standing;
    this.committed_at = elapsed();
    this.committed_to = position;
    this.to('running');
    const seconds = (elapsed() - this.opened_at) / 1000;
    watch.restored(this, { records: this.restored_records, replayed: position - replay_from, seconds });
    this.wake();
  }

  private readInput(): void {
    const { group, input, partition } = this.options;
    group.seek({ topic: input, partition, offset: this.next_in });
    group.resume([{ topic: input, partition }]);
  }

  private enqueue(records: readonly InRecord[], next: number, high_watermark: number): void {
    if (this.phase !== 'running' && this.phase !== 'replaying') return;
    this.high_watermark = high_watermark;
    let bytes = 0;
    for (const record of records) bytes += sizeOf(record);
    this.queue.push({ records, at: 0, next, bytes });
    this.next_in = next;
    this.grow(bytes);
    const { group, input, partition, share } = this.options;
    if (!this.is_paused && this.queued_bytes > share()) {
      this.is_paused = true;
      group.pause([{ topic: input, partition }]);
    }
    this.wake();
  }

  private grow(bytes: number): void {
    this.queued_bytes += bytes;
    this.options.queued(bytes);
  }

  /** Chunk after chunk, until it is told to stop or something fails. */
  private async workOff(): Promise<void> {
    while (!this.is_closed) {
      if (this.work === undefined) return;
      if (this.is_outdated) {
        this.is_outdated = false;
        throw new Outdated('the rules have changed while it was restored');
      }
      const isReady = this.phase === 'running' || this.phase === 'replaying';
      // nothing is taken until it is done, by who is told to stop as well; what it says is committed bit by bit, or one transaction would hold it all
      if (this.phase === 'running' && !this.isPrepared()) {
        await this.commitIfDue();
        await breath();
        continue;
      }
      const isIdle = !isReady || this.queue.length === 0;
      if (!isIdle) this.chunk();
      if (this.phase === 'running') await this.commitIfDue();
      if (this.is_stopping && (isIdle || this.phase === 'running')) {
        // it may have become due while it was committed
        if (this.phase === 'running' && !this.isPrepared()) continue;
        return await this.finish();
      }
      if (this.is_closed) return;
      this.expectEnd();
      // what came while it was committed has woken nobody
      await (isIdle && this.queue.length === 0 ? this.sleep(this.untilDue()) : breath());
    }
  }

  /** @throws when what is to be read again does not come, since the input ends before it */
  private expectEnd(): void {
    const { phase, high_watermark, options } = this;
    const { position } = this.standing;
    if (phase !== 'replaying' || high_watermark < 0 || high_watermark >= position || this.queue.length > 0) {
      this.short_since = undefined;
      return;
    }
    const { changelog, input, partition, elapsed } = options;
    this.short_since ??= elapsed();
    if (elapsed() - this.short_since > END_SETTLED) throw contradictsEnd(changelog, input, partition, position, high_watermark);
  }

  private isPrepared(): boolean {
    const { elapsed, chunk_ms } = this.options;
    const until = elapsed() + chunk_ms;
    return this.work!.prepare(() => elapsed() >= until);
  }

  private async finish(): Promise<void> {
    if (this.phase === 'running') await this.commit('last');
  }

  /** Takes records until its time is over. */
  private chunk(): void {
    const { elapsed, chunk_ms, watch } = this.options;
    const work = this.work!;
    const began = elapsed();
    let taken = 0;
    // what is read again after a defect would make defects look rare
    let fresh = 0;
    let batch = this.queue[0];
    while (batch !== undefined) {
      const { records } = batch;
      while (batch.at < records.length) {
        const record = records[batch.at]!;
        if (record.undecodable !== undefined) throw damaged(record, record.undecodable);
        if (record.offset >= this.standing.position && this.phase === 'replaying') this.begin();
        if (record.offset >= this.taken_to) {
          this.taken_to = record.offset + 1;
          fresh++;
        }
        try {
          work.accept(record);
        } catch (error) {
          // what says itself what is wrong is no defect of the record
          if (error instanceof SessionvigilError) throw error;
          watch.chunk(this, fresh, (elapsed() - began) / 1000);
          this.pass_over(record, error);
          batch.at++;
          this.next = record.offset + 1;
          return;
        }
        batch.at++;
        this.next = record.offset + 1;
        taken++;
        if (taken % CLOCK_EVERY === 0 && elapsed() - began >= chunk_ms) {
          watch.chunk(this, fresh, (elapsed() - began) / 1000);
          return;
        }
      }
      this.next = batch.next;
      this.queue.shift();
      this.grow(-batch.bytes);
      batch = this.queue[0];
    }
    if (this.phase === 'replaying' && this.next >= this.standing.position) this.begin();
    if (taken > 0) watch.chunk(this, fresh, (elapsed() - began) / 1000);
    this.resumeInput();
  }

  /** It may have been half applied. Where that cannot be undone everything is restored, and this one left out. @throws Poisoned */
  private pass_over(record: InRecord, error: unknown): void {
    this.options.watch.poisoned(this, record, error);
    // also of what is undone, until that is committed: a defect is counted once
    this.poison.add(record.offset);
    let cause = error;
    try {
      if (this.work!.undo(record)) return;
    } catch (another) {
      cause = another;
    }
    throw new Poisoned(record.offset, { cause });
  }

  private resumeInput(): void {
    const { group, input, partition, share } = this.options;
    if (!this.is_paused || this.queued_bytes > share() / 2 || this.is_stopping) return;
    this.is_paused = false;
    group.resume([{ topic: input, partition }]);
  }

  private untilDue(): number {
    const { commit_interval, elapsed } = this.options;
    return this.phase === 'running' ? Math.max(1, this.committed_at + commit_interval - elapsed()) : commit_interval;
  }

  private async commitIfDue(): Promise<void> {
    const { commit_interval, elapsed } = this.options;
    if (this.work!.has_news) await this.commit('news');
    else if (elapsed() - this.committed_at >= commit_interval) await this.commit('due');
  }

  private async commit(why: Why): Promise<void> {
    const { elapsed, watch } = this.options;
    const began = elapsed();
    this.committed_at = began;
    const { next } = this;
    const records = this.work!.take(next, why);
    if (records.length === 0) return;
    await this.producer!.commit(records);
    this.failures = 0;
    this.committed_to = next;
    // from here on the changelog knows them
    for (const offset of this.poison) if (offset < next) this.poison.delete(offset);
    this.work?.committed();
    watch.committed(this, records, (elapsed() - began) / 1000);
  }

  /** Everything that is in memory and not in Kafka. */
  private async forget(): Promise<void> {
    const { producer, options } = this;
    const { group, input, changelog, partition } = options;
    this.producer = undefined;
    this.work = undefined;
    this.queue = [];
    this.grow(-this.queued_bytes);
    this.is_paused = false;
    if (!this.is_closed) {
      this.to('waiting');
      group.pause([
        { topic: input, partition },
        { topic: changelog, partition },
      ]);
    }
    await producer?.close().catch(() => {});
  }

  /** ms: one that fails is begun again at once, and what fails each time ever more seldom. Brokers that are in trouble have enough to do. */
  private recovery(): number {
    const { failures } = this;
    this.failures++;
    return failures === 0 ? 0 : Math.min(RETRY.most, RETRY.first * 2 ** (failures - 1));
  }

  /** Opening again at once would fence whoever has the partition by right, so that first the group has to say that this one does. */
  private gate(): Promise<void> {
    if (this.is_closed || this.is_stopping) return Promise.resolve();
    return new Promise((resolve) => {
      this.pass = resolve;
    });
  }

  private to(phase: Phase): void {
    if (this.phase === phase || this.phase === 'closed') return;
    this.phase = phase;
    this.options.watch.phase(this, phase);
  }

  private sleep(ms: number): Promise<void> {
    if (this.is_closed || this.is_stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Lets the process do what else waits. */
function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
