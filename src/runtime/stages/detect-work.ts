// However long, one file: what one transaction holds, and what a restore makes of it, have to fit together line by line, and are seen together here.

import { rulesInForce } from '../../core/detect/detectors.js';
import type { DetectOptions } from '../../core/detect/index.js';
import type { Rule } from '../../core/detect/rule.js';
import type { Finding, SessionEvent } from '../../core/event/index.js';
import type { DetectStats, DurableDetect, Suppress } from '../../core/pipeline.js';
import type { FeedsStanding } from '../../core/state/feeds.js';
import type { Alone } from '../../core/state/people.js';
import { SessionvigilError } from '../../errors.js';
import { deadLetter, replaysOf } from '../kafka/dead-letter.js';
import type { DeadLetterReason } from '../kafka/dead-letter-reasons.js';
import { partitionOf } from '../kafka/murmur2.js';
import type { InRecord, OutRecord } from '../kafka/transport.js';
import type { PeopleStore, PersonRecord, StoreStats } from '../store/people-store.js';
import type { Absorb, Inherit, Provenance, StreamBody, StreamCodec } from '../wire/stream-record.js';
import { RESERVED, type Standing, type TopicIds, type Why, type Work } from '../work.js';
import { MarkRecords } from './mark-records.js';
import { isMovedKey, MovedKeys } from './moved-keys.js';
import { feedRecords } from './named-records.js';
import { POSITION_KEY, type PositionRecord, positionRecord, readPosition } from './position.js';
import { LATER_MS, type Mark, SourceMarks, type SourceStanding } from './source-marks.js';
import { isWaitKey, readWaits, waitRecords } from './waits.js';
import { isWordsKey, readWords, wordsRecords } from './words.js';

/** A tick or an event further ahead than this comes of a wrong clock, and would make everybody's sessions look old, ms. As in detect. */
const AHEAD_MS = 10 * 60_000;

/** People are written in so many batches: the last of them is what a restore has to read again. */
const GENERATIONS = 8;
/** Longer than any chain of keys that operators make on purpose: an event that was sent on so often is in a ring. */
const HOPS_MOST = 8;
const FLUSH_MOST = 500;
/** When the service stops more time is worth a faster start. */
const LAST_FLUSH_MOST = 5000;
/** It is looked at the clock once in so many people who are told of other rules. */
const PEOPLE_AT_ONCE = 8;
/** Of the people who are told of other rules, or whom ticks look at, so many may fail, whatever their share, */
const UNTOLD_FREE = 10;
/** and this share of them. */
const UNTOLD_MOST = 0.01;
/** About a millisecond. */
const TIDY_AT_ONCE = 8;
const NOTHING = { findings: [], arrivals: [] };
/**
 * After a defect each person is kept before an event of theirs, for so many events: at an eighth of a millisecond each they cost what restoring a large
 * partition once more would.
 */
const CAREFUL_EVENTS = 50_000;

export interface DetectTopics {
  /** what detect reads, and sends on to other partitions of it */
  events: string;
  findings: string;
  candidates: string;
  dead_letters: string;
  changelog: string;
}

export interface DetectWorkOptions {
  partition: number;
  topics: DetectTopics;
  /** of the two that belong together: written with the position, so that who restores it knows */
  ids?: TopicIds;
  /** most bytes of a dead letter's value */
  letter_limit: number | undefined;
  /** of the topics of events and of candidates, which are keyed by person and by tenant */
  partitions: number;
  codec: StreamCodec;
  store: PeopleStore;
  detect: DurableDetect;
  /** what `detect` was made for */
  judging: Judging;
  /** what hides findings now */
  suppress(): Suppress;
  encodeFinding(finding: Finding): Buffer;
  poison: ReadonlySet<number>;
  /** so long it is known of a key that another one stands for it, ms */
  keep_moved: number;
  /** people are written when so many events lie between them and their last record, or so much time, ms */
  flush: { events: number; interval: number };
  /** so many of those who are due go into one transaction, so that nobody waits long for it; a chunk changes fewer. Default 500 */
  flush_most?: number;
  elapsed(): number;
  /** wall time for what goes to the dead letters, ms */
  now(): number;
  said: DetectSaid;
}

/** Told of what goes through, for metrics. */
export interface DetectSaid {
  /**
   * What can be read from now on.
   * @param arrivals of the events that findings came of, each once, ms: what a tick or a change of the rules has led to has none
   */
  committed(findings: readonly Finding[], arrivals: readonly number[]): void;
  /** people written to the changelog */
  people(reason: 'said' | 'flush' | 'expired', count: number): void;
  /** @param source raw topic that it came from; `none` when nobody knows */
  dead(reason: DeadLetterReason, source: string): void;
  /** normalize has sent it twice @param source raw topic */
  duplicate(source: string): void;
  tick(): void;
  /** a person's memory has left for another key of theirs, or has come from one */
  absorbed(what: 'released' | 'inherited'): void;
  /** an event came under a key that is another one's by now, and was sent on */
  forwarded(): void;
  /** somebody could not be judged anew by rules that have changed @param isFirst of this change */
  untold(error: unknown, isFirst: boolean): void;
  /** what the passing of time does to somebody failed @param isFirst since the partition was opened */
  passed_by(error: unknown, isFirst: boolean): void;
}

/** What belongs to a place of the input beside the people. */
interface Since {
  clock: number;
  last_tick: number;
  /** of an earlier version, which had no records of its own for them */
  marks?: Record<string, Mark>;
}

/** What judges. */
interface Judging {
  rules: readonly Rule[];
  detecting: DetectOptions;
}

interface Change extends Judging {
  telling?: IterableIterator<Finding[]>;
  /** so many people were told of it, */
  told: number;
  /** and so many could not be judged anew */
  untold: number;
}

interface Generation extends Omit<Since, 'marks'> {
  /** these two in records of their own */
  feeds?: FeedsStanding;
  marks: ReadonlyMap<string, SourceStanding>;
  /** of the store */
  number: number;
  /** offset that it began at */
  from: number;
  began: number;
}

/**
 * detect on one partition of the events topic.
 *
 * People are not written with every chunk: a person's record is large beside an event. Whoever something is said of is written in the same
 * transaction; the others in generations, when enough has happened since. What lies between `replay_from` and `position` is read again after a
 * restore, and applied to whose record does not have it: it says nothing new, since nothing was said of them (docs/decisions/0016).
 */
export class DetectWork implements Work {
  private position = 0;
  private next = 0;
  private out: OutRecord[] = [];
  private uncommitted: Finding[] = [];
  private arrivals: number[] = [];
  /** of them what is in the transaction that is under way */
  private taken: { findings: readonly Finding[]; arrivals: readonly number[] } = NOTHING;
  /** of whom something was said since the last commit */
  private readonly named = new Set<string>();
  private readonly marks = new SourceMarks();
  /** time of the latest tick, ms */
  private ticked = 0;
  private readonly moved = new MovedKeys();
  private readonly feeds = feedRecords();
  private readonly marked = new MarkRecords();
  private generations: Generation[] = [];
  /** offsets that were passed over, and lie where a restore would come upon them again */
  private skipped: number[] = [];
  /** before this offset people are kept, so that a defect costs the event alone */
  private careful_to = 0;
  /** makes undone what the event has done that is under way */
  private undoing: (() => void) | undefined;
  private stored: PositionRecord | undefined;
  /** whoever is gone and has no tombstone yet, and up to which offset that is true; first who went first */
  private readonly gone = new Map<string, number>();
  /** of the rules, one after the other: one that is under way, and the latest that waits */
  private changes: Change[] = [];
  /** uids of the rules that everybody was told of */
  private told: readonly string[];
  /** how many people were told of other rules */
  prepared = 0;
  /** how many people ticks have looked at, and on how many of them failed */
  private looked_at = 0;
  private failed_at = 0;
  private written = '';

  private readonly flush_most: number;

  constructor(private readonly options: DetectWorkOptions) {
    this.flush_most = options.flush_most ?? FLUSH_MOST;
    this.told = uidsOf(options.judging);
  }

  get has_news(): boolean {
    // people who are due are written with every chunk, or more would come than are written
    return this.out.length > 0 || this.isOld(this.generations[0]!, this.next);
  }

  restore(key: Buffer, value: Buffer | null): void {
    const { store, topics, detect } = this.options;
    if (key[0] !== RESERVED) this.load(key.toString('utf8'), value);
    else if (isMovedKey(key)) this.moved.load(key, value, topics.changelog);
    else if (this.feeds.isKey(key)) this.feeds.load(key, value, topics.changelog);
    else if (this.marked.isKey(key)) this.marked.load(key, value, topics.changelog);
    else if (isWaitKey(key)) detect.restoreWaits(...readWaits(key, value, topics.changelog));
    else if (value === null) return;
    else if (key.equals(POSITION_KEY)) this.stored = readPosition(value, topics.changelog);
    else if (isWordsKey(key)) {
      const { first, words } = readWords(value, topics.changelog);
      store.loadWords(first, words);
    }
  }

  restored(): Standing {
    const {
      position = 0,
      replay_from = 0,
      skipped = [],
      since,
      told = this.told,
    } = (this.stored ?? {}) as Partial<PositionRecord> & {
      skipped?: number[];
      since?: Since;
      told?: readonly string[];
    };
    this.position = position;
    this.next = replay_from;
    this.skipped = skipped;
    this.careful_to = Math.max(0, ...skipped.map((offset) => offset + CAREFUL_EVENTS));
    if (since !== undefined) {
      const { marks, ...rest } = since;
      this.ticked = since.last_tick;
      const feeds = this.feeds.standing();
      this.options.detect.resume(feeds === undefined ? rest : { ...rest, feeds });
      // whoever wrote them there has left the records of a later version as they were
      if (marks !== undefined) this.marks.resumeMarks(marks);
      else this.marks.resume(this.marked.standing());
    }
    this.begin(replay_from);
    // what rules have said that are gone since, or whose going was not told to its end, is to be taken back
    const { judging } = this.options;
    this.told = told;
    const inForce = new Set(uidsOf(judging));
    if (told.some((uid) => !inForce.has(uid))) this.configure(judging.rules, judging.detecting);
    else this.told = [...inForce];
    return { position, replay_from, topics: this.stored?.topics };
  }

  accept(record: InRecord): void {
    const { codec, poison, flush } = this.options;
    const { offset } = record;
    const isReplay = offset < this.position;
    const first = this.generations.at(-1)!;
    if (offset - first.from >= flush.events / GENERATIONS) this.begin(offset);
    this.next = offset + 1;
    this.undoing = undefined;
    const isSkipped = this.skipped.includes(offset);
    if (isSkipped || poison.has(offset)) {
      this.passTick(record);
      if (!isSkipped) this.pass_over(record);
      return;
    }
    const decoded = record.value === null ? undefined : codec.decode(record.value);
    const reason = decoded === undefined ? 'empty_value' : this.take_in(decoded, record);
    if (reason !== undefined && !isReplay) this.bury(record, reason, sourceOf(decoded?.provenance, record));
  }

  undo(record: InRecord): boolean {
    const { undoing } = this;
    if (undoing === undefined) return false;
    this.undoing = undefined;
    undoing();
    this.pass_over(record);
    return true;
  }

  /** Of a tick that is passed over the time counts: or the next one would come upon the same person, and time would stand still for everybody. */
  private passTick({ value }: InRecord): void {
    const { codec, detect } = this.options;
    let time: number | undefined;
    try {
      const { body } = codec.decode(value!);
      if (body.kind === 'tick') ({ time } = body);
    } catch {
      // what cannot be decoded is passed over for that
    }
    if (time === undefined) return;
    this.ticked = Math.max(this.ticked, time);
    detect.passTick(time);
  }

  private pass_over(record: InRecord): void {
    this.skipped.push(record.offset);
    this.careful_to = record.offset + CAREFUL_EVENTS;
    this.bury(record, 'detector_failed');
  }

  take(position: number, why: Why): OutRecord[] {
    const { topics, partition, store } = this.options;
    this.next = position;
    // what is read again is behind: what is known of people who are gone for its sake can go
    store.endReplay();
    for (const key of this.moved.takeLifted()) this.named.add(key);
    const people = this.peopleToWrite(position, why);
    const { from: replay_from, clock, last_tick, feeds, marks } = this.oldest(position);
    people.push(...waitRecords(topics.changelog, partition, this.options.detect.takeWaits()));
    people.push(...this.feeds.take(topics.changelog, partition, feeds), ...this.marked.take(topics.changelog, partition, marks));
    people.push(...this.tombstones(replay_from), ...this.moved.takeRecords(topics.changelog, partition));
    this.skipped = this.skipped.filter((offset) => offset >= replay_from);
    const since: Since = { clock, last_tick };
    const mine = { position, replay_from, skipped: this.skipped, since, told: this.told, topics: this.options.ids };
    const stands = JSON.stringify(mine);
    if (this.out.length === 0 && people.length === 0 && stands === this.written) return [];
    this.written = stands;
    // words before whoever is written with them; of what nobody is written with yet it is too early to speak
    const words = people.length === 0 ? undefined : store.takeWords();
    const said = words === undefined ? [] : wordsRecords(topics.changelog, partition, words);
    const records = [...this.out, ...said, ...people, positionRecord(topics.changelog, partition, mine)];
    this.out = [];
    this.position = position;
    this.taken = { findings: this.uncommitted, arrivals: this.arrivals };
    this.uncommitted = [];
    this.arrivals = [];
    return records;
  }

  committed(): void {
    const { findings, arrivals } = this.taken;
    this.taken = NOTHING;
    if (findings.length > 0) this.options.said.committed(findings, arrivals);
  }

  /** Something that may be done while nothing else is. @returns whether there is more of it */
  tidy(): boolean {
    return this.changes.length === 0 && this.options.store.squeeze(TIDY_AT_ONCE);
  }

  /** Other rules from the next record on: of millions of people it takes a while to tell them all, which `prepare` does. */
  configure(rules: readonly Rule[], detecting: DetectOptions): void {
    const underWay = this.changes.filter(({ telling }) => telling !== undefined);
    // of those that nobody has heard of only the latest counts
    this.changes = [...underWay, { rules, detecting, told: 0, untold: 0 }];
  }

  prepare(isLong: () => boolean): boolean {
    const { detect } = this.options;
    for (let people = 1; this.changes.length > 0; people++) {
      const change = this.changes[0]!;
      change.telling ??= detect.reconfigure(change.rules, change.detecting, (error) => this.untold(change, error));
      const { done, value } = change.telling.next();
      if (done) {
        this.told = uidsOf(change);
        this.changes.shift();
      } else {
        this.prepared++;
        change.told++;
        this.say(value);
      }
      if (people % PEOPLE_AT_ONCE === 0 && isLong()) break;
    }
    return this.changes.length === 0;
  }

  /** Somebody whom rules that have changed cannot judge is none to stop for, or no start would get past them. @throws when there are too many */
  private untold(change: Change, error: unknown): void {
    change.untold++;
    if (change.untold > UNTOLD_FREE && change.untold > UNTOLD_MOST * change.told) throw error;
    this.options.said.untold(error, change.untold === 1);
  }

  stats(): { detect: DetectStats; store: StoreStats } {
    return { detect: this.options.detect.stats(), store: this.options.store.stats() };
  }

  /** When the logs of identity providers spoke, as far as is remembered. */
  heardLogs(): FeedsStanding {
    return this.options.detect.standing().feeds ?? {};
  }

  /** @returns why it is none of ours */
  private take_in({ provenance, body }: ReturnType<StreamCodec['decode']>, record: InRecord): DeadLetterReason | undefined {
    const { detect, store, said, keep_moved } = this.options;
    switch (body.kind) {
      case 'tick':
        // the broker's time is another clock than the writer's
        if (record.timestamp > 0 && body.time - record.timestamp > AHEAD_MS) return 'tick_ahead';
        this.moved.expire(body.time - keep_moved);
        this.ticked = Math.max(this.ticked, body.time);
        if (record.offset < this.position) {
          // whoever came after it with an old arrival was not there to be forgotten
          detect.tick(body.time, (key) => store.isApplied(key, record.offset), this.alone);
          return undefined;
        }
        said.tick();
        detect.tick(body.time, undefined, this.alone);
        return undefined;
      case 'event':
        // what was sent back from the dead letters lies below the mark by right, and is sent once
        if (provenance !== undefined && replaysOf(record) === 0) {
          const before = this.marks.look(provenance, body.event.arrival_time);
          if (typeof before === 'number') {
            // deleting a topic deletes the group's positions in it, so that nobody else notices
            if (body.event.arrival_time - before > LATER_MS) return 'source_recreated';
            said.duplicate(sourceOf(provenance, record));
            return undefined;
          }
          const reason = this.judge(body.event, record, hopsOf(provenance, record));
          // behind it: one that is undone has never come
          this.marks.note(provenance, body.event.arrival_time, this.ticked);
          if (before === 'late') this.named.add(body.event.principal.key);
          return reason;
        }
        return this.judge(body.event, record, hopsOf(provenance, record));
      case 'pulse':
        detect.heard(body);
        return undefined;
      case 'absorb':
        return this.absorb(body, record);
      case 'inherit':
        if (provenance !== undefined && replaysOf(record) === 0 && typeof this.marks.meet(provenance, 0) === 'number') return undefined;
        return this.inherit(body, record);
      default:
        return body.reason;
    }
  }

  /** Another key stands for this one: whoever is remembered under it goes there, in the transaction in which they are forgotten here. */
  private absorb({ from, into }: Absorb, record: InRecord): undefined {
    const { detect, store, said } = this.options;
    if (record.offset < this.position && store.isApplied(from, record.offset)) return;
    if (into === undefined) {
      this.moved.delete(from);
      return;
    }
    if (into === from || tenantOf(into) !== tenantOf(from)) return;
    const person = detect.release(from);
    // of nobody there is nothing to be sent on either, unless it was before
    if (person === undefined && this.moved.get(from) === undefined) return;
    this.moved.set(from, into, detect.standing().clock);
    if (person === undefined) return;
    this.named.add(from);
    this.sendOn(into, { kind: 'inherit', into, path: [from], person: store.pack(person) }, record);
    said.absorbed('released');
  }

  /** What was remembered under another key joins what is remembered under this one, or goes where that went. */
  private inherit(body: Inherit, record: InRecord): DeadLetterReason | undefined {
    const { detect, store, said } = this.options;
    const { into, path, person } = body;
    const isReplay = record.offset < this.position;
    if (isReplay && store.isApplied(into, record.offset)) return undefined;
    const next = this.moved.get(into);
    if (next !== undefined && !path.includes(next)) {
      if (!isReplay) this.sendOn(next, { ...body, into: next, path: [...path, into] }, record);
      return undefined;
    }
    // keys that stand for each other: here it ends
    this.moved.delete(into);
    const heir = store.unpack(person);
    if (heir.tenant !== tenantOf(into)) return 'event_malformed';
    const findings = detect.inherit(into, heir);
    this.say(findings);
    if (!isReplay) said.absorbed('inherited');
    return undefined;
  }

  /**
   * To the partition of another key, behind all that went there before. Where it stands here tells one that comes twice.
   * @param hops of an event, with this one
   */
  private sendOn(key: string, body: StreamBody, { topic, partition, offset, timestamp }: InRecord, hops = 0): void {
    const { topics, partitions, codec } = this.options;
    const value = codec.encode({ provenance: { topic, partition, generation: 0, offset, index: hops }, body });
    const at = partitionOf(key, partitions);
    this.out.push({ topic: topics.events, partition: at, key, value, ...(timestamp > 0 ? { timestamp } : {}) });
  }

  /** @param hops how often it was sent on, from key to key */
  private judge(event: SessionEvent, record: InRecord, hops: number): DeadLetterReason | undefined {
    const { detect, store, said } = this.options;
    const { offset } = record;
    if (event.time - event.arrival_time > AHEAD_MS) return 'event_ahead_of_arrival';
    const isReplay = offset < this.position;
    if (isReplay && store.isApplied(event.principal.key, offset)) {
      detect.passed(event);
      return undefined;
    }
    const next = this.moved.size === 0 ? undefined : this.moved.get(event.principal.key);
    // in a ring under which nobody is left there is nobody to inherit and so to end it: the event does
    if (next !== undefined && hops >= HOPS_MOST) this.moved.delete(event.principal.key);
    else if (next !== undefined) {
      detect.passed(event);
      if (isReplay) return undefined;
      this.sendOn(next, { kind: 'event', event: { ...event, principal: { ...event.principal, key: next } } }, record, hops + 1);
      said.forwarded();
      return undefined;
    }
    // the end of a ring of keys is none of what is kept
    if (offset < this.careful_to && next === undefined) this.undoing = this.keep(event.principal.key);
    const findings = detect.accept(event);
    this.say(findings);
    if (findings.length > 0) this.arrivals.push(event.arrival_time);
    this.undoing = undefined;
    return undefined;
  }

  /** What a tick does to somebody: where that fails they are as they were, and the tick goes on with the next. @throws when there are too many */
  private readonly alone: Alone = (key, act) => {
    const undo = this.keepPerson(key);
    this.looked_at++;
    try {
      this.say(act());
    } catch (error) {
      undo();
      this.failed_at++;
      if (this.failed_at > UNTOLD_FREE && this.failed_at > UNTOLD_MOST * this.looked_at)
        throw new SessionvigilError(
          'SV_KAFKA_DEFECT_RATE',
          `${this.failed_at} of ${this.looked_at} people made the program fail at ticks`,
          [],
          {
            cause: error,
          },
        );
      this.options.said.passed_by(error, this.failed_at === 1);
    }
  };

  /** All that judging an event may change, and saying what came of it. @returns what puts it back (docs/decisions/0023) */
  private keep(key: string): () => void {
    const { detect } = this.options;
    const standing = detect.standing();
    const undo = this.keepPerson(key);
    return () => {
      undo();
      detect.resume(standing);
    };
  }

  /** The same of what happens to somebody while no event of theirs is judged. */
  private keepPerson(key: string): () => void {
    const { detect, store } = this.options;
    const { out, uncommitted, named } = this;
    const kept = { person: store.keep(key), waits: detect.waitsOf(key) };
    const lengths = { out: out.length, uncommitted: uncommitted.length };
    const isNamed = named.has(key);
    return () => {
      store.revert(kept.person);
      detect.restoreWaits(key, kept.waits);
      out.length = lengths.out;
      uncommitted.length = lengths.uncommitted;
      if (!isNamed) named.delete(key);
    };
  }

  private say(findings: readonly Finding[]): void {
    if (findings.length === 0) return;
    const { topics, partition, partitions, suppress, encodeFinding } = this.options;
    const hide = suppress();
    for (const found of findings) {
      const finding = hide(found);
      const { key } = finding.principal;
      const value = encodeFinding(finding);
      this.named.add(key);
      this.out.push({ topic: topics.findings, partition, key, value });
      const { tenant } = finding;
      this.out.push({
        topic: topics.candidates,
        partition: partitionOf(tenant, partitions),
        key: tenant,
        value: Buffer.from(JSON.stringify(finding)),
      });
      this.uncommitted.push(finding);
    }
  }

  private bury(record: InRecord, reason: DeadLetterReason, source = 'none'): void {
    const { topics, partition, letter_limit, now, said } = this.options;
    this.out.push(
      deadLetter({ record, reason, stage: 'detect', time: now(), to: { topic: topics.dead_letters, partition }, limit: letter_limit }),
    );
    said.dead(reason, source);
  }

  private begin(offset: number): void {
    const { detect, store, elapsed } = this.options;
    const standing = detect.standing();
    const marks = this.marks.standing();
    this.generations.push({ number: store.mark(), from: offset, began: elapsed(), ...standing, marks });
  }

  /** Those of whom something is said, and of the others those who are due. */
  private peopleToWrite(position: number, why: Why): OutRecord[] {
    const { store, flush, elapsed, said } = this.options;
    const records: OutRecord[] = [];
    for (const key of this.named) {
      records.push(this.personRecord(store.flushOne(key), position));
    }
    said.people('said', this.named.size);
    this.named.clear();
    const since = elapsed();
    if (this.next > this.generations.at(-1)!.from && since - this.generations.at(-1)!.began >= flush.interval / GENERATIONS)
      this.begin(position);
    const due = why === 'last' ? this.generations.at(-1) : this.generations.findLast((one) => this.isOld(one, position));
    if (due === undefined) return records;
    const most = why === 'last' ? LAST_FLUSH_MOST : this.flush_most;
    let expired = 0;
    const before = records.length;
    for (const one of store.flush(due.number, most)) {
      if (one.bytes === null) expired++;
      records.push(this.personRecord(one, position));
    }
    said.people('expired', expired);
    said.people('flush', records.length - before - expired);
    return records;
  }

  /** Is it time to write those who changed first in it? */
  private isOld({ from, began }: Generation, position: number): boolean {
    const { flush, elapsed } = this.options;
    return position - from >= flush.events - flush.events / GENERATIONS || elapsed() - began >= flush.interval;
  }

  /** Of whoever is gone as well: what a restore reads again of them is not to bring them back, and say once more what was said. */
  private personRecord({ key, bytes }: PersonRecord, at: number): OutRecord {
    const { topics, partition } = this.options;
    this.gone.delete(key);
    if (bytes === null) this.gone.set(key, at);
    return { topic: topics.changelog, partition, key, value: framed(bytes ?? NOBODY, at) };
  }

  /** Of those who are gone, and of whom a restore would read nothing again. */
  private tombstones(replay_from: number): OutRecord[] {
    const { topics, partition } = this.options;
    const records: OutRecord[] = [];
    for (const [key, at] of this.gone) {
      // in the order in which they went: whoever comes next went later
      if (at > replay_from || records.length === this.flush_most) break;
      this.gone.delete(key);
      records.push({ topic: topics.changelog, partition, key, value: null });
    }
    return records;
  }

  /** A record of a person in the changelog. */
  private load(key: string, value: Buffer | null): void {
    const { store } = this.options;
    this.gone.delete(key);
    const at = value?.readUIntLE(0, AT_BYTES) ?? 0;
    const isGone = value !== null && value.length === AT_BYTES;
    if (isGone) this.gone.set(key, at);
    store.load(key, value === null || isGone ? null : value.subarray(AT_BYTES), at);
  }

  /** Where a restore would have to begin: nobody's record is older. */
  private oldest(position: number): Generation {
    const { store } = this.options;
    const { generations } = this;
    const isWritten = ({ number }: Generation) => store.dirty(number) === 0;
    while (generations.length > 1 && isWritten(generations[0]!)) generations.shift();
    if (generations[0]!.from < position && isWritten(generations[0]!)) {
      this.begin(position);
      generations.shift();
    }
    return generations[0]!;
  }
}

function uidsOf({ rules, detecting }: Judging): readonly string[] {
  return rulesInForce(rules, detecting.config_digest).uids;
}

/** How often detect has sent it on to itself: there is one event at each offset, so that its index is free to say it. */
function hopsOf(provenance: Provenance | undefined, { topic }: InRecord): number {
  return provenance?.topic === topic ? provenance.index : 0;
}

/** The raw topic that it came from; of what detect sent on to itself nobody knows it any more. */
function sourceOf(provenance: Provenance | undefined, { topic }: InRecord): string {
  return provenance === undefined || provenance.topic === topic ? 'none' : provenance.topic;
}

/** A key begins with its tenant, whose name has no stroke. */
function tenantOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}

/** Before a person's bytes in the changelog: up to which offset of the input they are true. Without bytes: up to there somebody was, and is gone. */
const AT_BYTES = 6;
const NOBODY = new Uint8Array(0);

function framed(bytes: Uint8Array, at: number): Buffer {
  const framed = Buffer.allocUnsafe(AT_BYTES + bytes.length);
  framed.writeUIntLE(at, 0, AT_BYTES);
  framed.set(bytes, AT_BYTES);
  return framed;
}
