import type { Enforced } from '../../core/detect/enforced.js';
import type { SessionEvent } from '../../core/event/index.js';
import { isRejection } from '../../core/normalize/outcome.js';
import type { Answer, Normalize } from '../../core/pipeline.js';
import type { Budget } from '../budget.js';
import { sizeOf } from '../budget.js';
import { deadLetter } from '../kafka/dead-letter.js';
import type { DeadLetterReason } from '../kafka/dead-letter-reasons.js';
import { partitionOf } from '../kafka/murmur2.js';
import type { Group, InRecord, OutRecord, Producer } from '../kafka/transport.js';
import type { StreamCodec } from '../wire/stream-record.js';
import type { Absorbs } from './absorbs.js';
import { Pulses } from './pulses.js';

/** A record's value as the core reads it: JSON text. */
export type ReadValue = (value: Buffer, headers: InRecord['headers']) => ReadAnswer | Promise<ReadAnswer>;
export type ReadAnswer = { ok: true; record: Uint8Array } | { ok: false; reason: DeadLetterReason };

/** Told of what goes through, for metrics. */
export interface SourceSaid {
  /** it made events, or rightly none */
  answered(topic: string, answer: Answer, record: InRecord): void;
  dead(topic: string, reason: DeadLetterReason, record: InRecord): void;
  /** it was answered, and a part of it went to the dead letters */
  partial(topic: string, reason: DeadLetterReason): void;
  /** a record made the program fail @throws when there are too many */
  defect(error: unknown): void;
  chunk(records: number, seconds: number): void;
  /** it is acknowledged */
  sent(records: readonly OutRecord[]): void;
  failed(error: unknown): void;
}

export interface SourceTaskOptions {
  topic: string;
  partition: number;
  /** how often the topic was made: its offsets begin again with each */
  generation: number;
  normalize: Normalize;
  read: ReadValue;
  codec: StreamCodec;
  producer: Producer;
  topics: { events: string; dead_letters: string; identities: string };
  /** of the events topic, and of the dead letters */
  partitions: number;
  /** links learned since it was asked last; they go out before the events that rest on them */
  links(): OutRecord[];
  /** keys that others stand for; said behind the events that still have them */
  absorbs: Pick<Absorbs, 'begin' | 'end'>;
  /** where single sign-on is enforced now */
  enforced(): Enforced | undefined;
  group: Pick<Group, 'pause' | 'resume'>;
  budget: Budget;
  chunk_ms: number;
  /** most records of a chunk, and of what is on its way at once */
  chunk_records: number;
  max_record_bytes: number;
  /** most bytes of a dead letter's value */
  letter_limit: number | undefined;
  future_tolerance: number;
  elapsed(): number;
  now(): number;
  said: SourceSaid;
}

/** Where a partition is begun. */
export interface Opening {
  /** offset of the first record to be read */
  position: number;
  /** where the group was told that it is; below zero when it never was */
  committed: number;
  /** offset after the last record that there is */
  high: number;
}

/** Looked at the clock once in so many records. */
const CLOCK_EVERY = 16;
/** So many records that are done with are let go of. */
const COMPACT_AT = 4096;

/**
 * normalize on one partition of a raw topic, in its order: chunk after chunk, each acknowledged before the next is begun, so that what detect sees of a
 * raw partition never has a gap behind it. Whatever was sent and not yet counted as done is sent again by the next owner, and recognised.
 */
export class SourceTask {
  private queue: InRecord[] = [];
  private at = 0;
  private queued_bytes = 0;
  private is_paused = false;
  private is_closed = false;
  private is_dropped = false;
  /** something is sent and not acknowledged */
  private is_sending = false;
  private wake = (): void => {};
  private high_watermark: number;
  /** when the last record arrived of which everything is acknowledged, ms: of what is still at work nobody may say that its time has passed */
  arrival: number | undefined;
  /** offset after the last record that was queued, below zero before there was one */
  next_in: number;
  /** offset after the last record of which everything is acknowledged */
  done: number;
  /** that is known to the group; below zero when it knows of none */
  committed: number;
  private readonly pulses: Pulses;
  private readonly ended: Promise<void>;

  constructor(
    private readonly options: SourceTaskOptions,
    { position, committed, high }: Opening,
  ) {
    this.pulses = new Pulses({ ...options, topic: options.topics.events });
    this.next_in = position;
    this.done = position;
    this.committed = committed;
    this.high_watermark = high;
    this.ended = this.run().catch((error: unknown) => {
      if (!this.is_closed) options.said.failed(error);
    });
  }

  get lag(): number {
    return Math.max(0, this.high_watermark - this.done);
  }

  /**
   * Up to when everything that has arrived is done, ms; undefined when nobody knows.
   * @param now wall time
   * @param high where the partition ends by now: what is not fetched has arrived as well
   */
  doneUntil(now: number, high: number): number | undefined {
    return this.done >= Math.max(high, this.high_watermark) ? now : this.arrival;
  }

  get status(): { topic: string; partition: number; position: number; lag: number; queued_bytes: number; is_paused: boolean } {
    const { topic, partition } = this.options;
    const { done, lag, queued_bytes, is_paused } = this;
    return { topic, partition, position: done, lag, queued_bytes, is_paused };
  }

  push(records: readonly InRecord[], next: number, high_watermark: number): void {
    if (this.is_closed) return;
    this.high_watermark = high_watermark;
    let bytes = 0;
    for (const record of records) bytes += sizeOf(record);
    if (this.at === this.queue.length || this.at >= COMPACT_AT) {
      this.queue = this.queue.slice(this.at);
      this.at = 0;
    }
    for (const record of records) this.queue.push(record);
    this.next_in = next;
    // nothing but control records: there is nothing to wait for
    if (this.queue.length === 0 && !this.is_sending) this.done = next;
    this.grow(bytes);
    const { topic, partition, group, budget } = this.options;
    if (!this.is_paused && this.queued_bytes > budget.share()) {
      this.is_paused = true;
      group.pause([{ topic, partition }]);
    }
    this.wake();
  }

  /** The group has met again: everything is paused. */
  rejoined(): void {
    this.is_paused = false;
  }

  /** Lets go at once: what it is at is sent, and counted by nobody. */
  drop(): void {
    this.is_closed = true;
    this.is_dropped = true;
    this.grow(-this.queued_bytes);
    this.queue = [];
    this.at = 0;
    this.wake();
  }

  /** Finishes the chunk. */
  async stop(): Promise<void> {
    this.is_closed = true;
    this.wake();
    await this.ended;
    if (!this.is_dropped) this.grow(-this.queued_bytes);
  }

  private grow(bytes: number): void {
    this.queued_bytes += bytes;
    this.options.budget.add(bytes);
  }

  private async run(): Promise<void> {
    const { elapsed, said } = this.options;
    while (!this.is_closed) {
      if (this.at >= this.queue.length) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        continue;
      }
      const began = elapsed();
      this.is_sending = true;
      const begun = this.options.absorbs.begin();
      const { out: made, taken, bytes, next, arrival } = await this.chunk();
      const links = this.options.links();
      const out = links.length > 0 ? links.concat(made) : made;
      // records of many events make more than may be on their way at once: detect knows so many one by one
      const most = this.options.chunk_records;
      let sent = 0;
      for (; out.length - sent > most; sent += most) await this.send(out.slice(sent, sent + most));
      // one by one, as what follows: with many partitions they are more than a call takes arguments
      for (const pulse of this.pulses.take()) out.push(pulse);
      // nothing may come between it and the sending: no event of this chunk comes after it
      for (const absorb of this.options.absorbs.end(begun)) out.push(absorb);
      await this.send(sent === 0 ? out : out.slice(sent));
      this.is_sending = false;
      this.arrival = arrival;
      this.done = this.at >= this.queue.length && !this.is_closed ? Math.max(next, this.next_in) : next;
      if (!this.is_dropped) this.grow(-bytes);
      said.chunk(taken, (elapsed() - began) / 1000);
      this.resume();
    }
  }

  /** All of it is acknowledged before anything comes behind it. */
  private async send(records: readonly OutRecord[]): Promise<void> {
    await this.options.producer.send(records);
    this.options.said.sent(records);
  }

  private resume(): void {
    const { topic, partition, group, budget } = this.options;
    if (!this.is_paused || this.is_closed || this.queued_bytes > budget.share() / 2) return;
    this.is_paused = false;
    group.resume([{ topic, partition }]);
  }

  /** What follows from the next records of the queue. */
  private async chunk(): Promise<{ out: OutRecord[]; taken: number; bytes: number; next: number; arrival: number | undefined }> {
    const { chunk_ms, chunk_records, elapsed } = this.options;
    const began = elapsed();
    const out: OutRecord[] = [];
    let taken = 0;
    let bytes = 0;
    let next = this.done;
    let { arrival } = this;
    while (this.at < this.queue.length && taken < chunk_records) {
      const record = this.queue[this.at]!;
      const read = this.read(record);
      const answer = read instanceof Promise ? await read : read;
      if (this.is_dropped) break;
      arrival = this.arrivalOf(record);
      this.answer(record, answer, arrival, out);
      this.at++;
      taken++;
      bytes += sizeOf(record);
      next = record.offset + 1;
      if (taken % CLOCK_EVERY === 0 && elapsed() - began >= chunk_ms) break;
    }
    return { out, taken, bytes, next, arrival };
  }

  private read({ value, headers, undecodable }: InRecord): ReadAnswer | Promise<ReadAnswer> {
    if (undecodable !== undefined) return { ok: false, reason: 'batch_undecodable' };
    if (value === null || value.length === 0) return { ok: false, reason: 'empty_value' };
    if (value.length > this.options.max_record_bytes) return { ok: false, reason: 'too_large' };
    return this.options.read(value, headers);
  }

  private answer(record: InRecord, read: ReadAnswer, arrival_time: number, out: OutRecord[]): void {
    const { normalize, said, topic } = this.options;
    if (!read.ok) {
      this.bury(record, read.reason, out);
      return;
    }
    let answer: Answer;
    const before = out.length;
    try {
      answer = normalize(read.record);
      for (const [index, event] of answer.events.entries()) {
        event.arrival_time = arrival_time;
        this.emit(event, record, index, out);
      }
    } catch (error) {
      // what cannot be written is no better than what cannot be mapped: the next one must not wait behind it for ever
      out.length = before;
      said.defect(error);
      this.bury(record, 'defect', out);
      return;
    }
    if (answer.outcome === 'rejected') {
      this.bury(record, answer.reason as DeadLetterReason, out);
      return;
    }
    said.answered(topic, answer, record);
    // of a batch, one record that cannot be read takes the others along to the dead letters, which made their events: sent back, these are known
    if (answer.outcome === 'events' && answer.reason !== undefined && isRejection(answer.reason)) {
      out.push(this.letter(record, answer.reason, 'a part of the record; what else it holds has become events'));
      said.partial(topic, answer.reason);
    }
  }

  private emit(event: SessionEvent, { offset }: InRecord, index: number, out: OutRecord[]): void {
    const { topic, partition, generation, codec, topics, partitions } = this.options;
    const { key } = event.principal;
    const value = codec.encode({ provenance: { topic, partition, generation, offset, index }, body: { kind: 'event', event } });
    this.pulses.see(event);
    out.push({ topic: topics.events, partition: partitionOf(key, partitions), key, value });
  }

  /** When the record came into Kafka; now, when its writer gave no time or one from a clock that is ahead. */
  private arrivalOf({ timestamp }: InRecord): number {
    const { now, future_tolerance } = this.options;
    const wall = now();
    return timestamp > 0 && timestamp <= wall + future_tolerance ? timestamp : wall;
  }

  private bury(record: InRecord, reason: DeadLetterReason, out: OutRecord[]): void {
    const { undecodable } = record;
    const detail =
      undecodable && `offsets ${undecodable.first_offset} to ${undecodable.last_offset}: ${undecodable.reason}, ${undecodable.detail}`;
    out.push(this.letter(record, reason, detail));
    this.options.said.dead(this.options.topic, reason, record);
  }

  private letter(record: InRecord, reason: DeadLetterReason, detail: string | undefined): OutRecord {
    const { topics, partitions, partition, letter_limit, now } = this.options;
    const to = { topic: topics.dead_letters, partition: partition % partitions };
    return deadLetter({ record, reason, detail, stage: 'normalize', time: now(), to, limit: letter_limit });
  }
}
