// However long, one file: when each partition is asked again, and what is done with an answer, has to be seen together.

import { EARLIEST, type Position, type TopicPartition, type Unanswered } from '../transport.js';
import { CODE, isHopeless, Refused } from './answers.js';
import { type Fetched, type FetchedPartition, readFetched } from './fetched.js';
import { type ClientLog, Seldom } from './log.js';
import type { Wire } from './wire.js';

export interface FetchSettings {
  /** most bytes of one partition in one answer */
  partition_bytes: number;
  /** most bytes of one answer, but for one batch at least */
  answer_bytes: number;
  /** the broker answers when it has so many bytes */
  min_bytes: number;
  /** ms after which it answers without them */
  max_wait: number;
  /** while records come it answers with so many bytes, or after so many ms: every answer, and all that follows from it, costs as much for one record */
  gather: { bytes: number; ms: number };
  /** a clock that nobody sets, ms */
  elapsed: () => number;
  log: ClientLog;
}

export interface FetchEvents {
  batch(at: TopicPartition, fetched: Fetched): void;
  outOfRange(at: TopicPartition): void;
  failed(error: unknown): void;
}

/** Asked for at least, and by how much more after each answer that came. */
const LEAST_BYTES = 16 * 1024;
const GROWTH = 1.25;

/** Not sought yet. */
const UNKNOWN = -1;

interface Part {
  readonly at: TopicPartition;
  /** of the next record, or EARLIEST, or UNKNOWN */
  position: number;
  isPaused: boolean;
  /** node id of its leader; undefined: to be looked up */
  leader: number | undefined;
  /** a fetch of it is under way */
  isBusy: boolean;
  /** moves on with every seek: what was asked for before it is not delivered */
  epoch: number;
  /** an express fetch brought nothing: waiting for more is for the slow lane */
  isCaughtUp: boolean;
  /** came while it was paused */
  parked: Fetched | undefined;
  /** when its leader answered last, or it was begun to be asked for, on the clock of `elapsed` */
  heard_at: number;
  /** times that it was refused, one after the other */
  refusals: number;
  /** it was refused, and is not asked for at once again */
  isResting: boolean;
}

/** One request at a time to one broker, over connections of its own. */
interface Lane {
  wire: Wire;
  isExpress: boolean;
  isBusy: boolean;
  /** failures in a row */
  failures: number;
  /** most bytes that are asked for: fewer after an answer that did not come in time */
  most_bytes: number;
  /** its last answer brought something */
  isFlowing: boolean;
  isResting: boolean;
}

/**
 * Reads assigned partitions. For every broker there are two lanes: in one a request waits at the broker until something comes, for all partitions
 * that are read; a partition that is resumed or sought meanwhile does not wait for that one's end, but is fetched at once in the other.
 * Nothing runs while nothing is to be read, so nothing has to be woken.
 */
export class Fetching {
  private parts = new Map<string, Part>();
  private readonly lanes = new Map<number, Lane[]>();
  private readonly seldom: Seldom;
  private isScheduled = false;
  private isClosed = false;
  private refreshing: Promise<void> | undefined;
  /** when it was heard last who leads what, on the clock of `elapsed` */
  private refreshed_at = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly slow: Wire,
    private readonly express: Wire,
    private readonly settings: FetchSettings,
    private readonly events: FetchEvents,
  ) {
    this.seldom = new Seldom(settings.log, 10_000);
  }

  /** Forgets what was assigned before, positions too. All is paused. */
  assign(partitions: readonly TopicPartition[]): void {
    // what is under way for the old ones finds itself not in the map any more
    this.parts = new Map();
    for (const at of partitions)
      this.parts.set(keyOf(at), {
        at: { topic: at.topic, partition: at.partition },
        position: UNKNOWN,
        isPaused: true,
        leader: undefined,
        isBusy: false,
        epoch: 0,
        isCaughtUp: false,
        parked: undefined,
        heard_at: 0,
        refusals: 0,
        isResting: false,
      });
  }

  seek(to: Position): void {
    const part = this.parts.get(keyOf(to));
    if (part === undefined) return;
    part.epoch++;
    // what was asked for so far goes on being asked for: only its beginning is another one
    if (part.position === UNKNOWN) part.heard_at = this.settings.elapsed();
    part.position = to.offset;
    part.parked = undefined;
    part.isCaughtUp = false;
    this.schedule();
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) {
      const part = this.parts.get(keyOf(at));
      if (part !== undefined) part.isPaused = true;
    }
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) {
      const part = this.parts.get(keyOf(at));
      if (part === undefined || !part.isPaused) continue;
      part.isPaused = false;
      part.isCaughtUp = false;
      part.heard_at = this.settings.elapsed();
    }
    this.schedule();
  }

  isLeaderless(at: TopicPartition): boolean {
    return this.parts.has(keyOf(at)) && this.leaderOf(at) === undefined;
  }

  unanswered(at: TopicPartition): Unanswered {
    const part = this.parts.get(keyOf(at));
    if (part === undefined || part.isPaused || part.position === UNKNOWN) return { ms: 0, is_outdated: false };
    return { ms: this.settings.elapsed() - part.heard_at, is_outdated: this.refreshed_at < part.heard_at };
  }

  close(): void {
    this.isClosed = true;
    this.parts = new Map();
  }

  /** After the caller's turn, so that what is resumed one by one is fetched together. */
  private schedule(): void {
    if (this.isScheduled || this.isClosed) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.fetchWhatIsWanted();
    });
  }

  private fetchWhatIsWanted(): void {
    if (this.isClosed) return;
    for (const part of [...this.parts.values()]) {
      const { parked } = part;
      if (parked === undefined || part.isPaused) continue;
      part.parked = undefined;
      this.deliver(part, parked);
    }
    const wanted = new Map<number, Part[]>();
    let isLeaderless = false;
    for (const part of this.parts.values()) {
      if (part.isPaused || part.isBusy || part.isResting || part.position === UNKNOWN || part.parked !== undefined) continue;
      part.leader ??= this.leaderOf(part.at);
      if (part.leader === undefined) isLeaderless = true;
      else {
        const same = wanted.get(part.leader);
        if (same === undefined) wanted.set(part.leader, [part]);
        else same.push(part);
      }
    }
    if (isLeaderless) void this.refresh();
    for (const [leader, parts] of wanted) {
      for (const lane of this.lanesOf(leader)) {
        if (lane.isBusy || lane.isResting) continue;
        const some = parts.filter((part) => !part.isBusy && !(lane.isExpress && part.isCaughtUp));
        if (some.length > 0) void this.run(leader, lane, some);
      }
    }
  }

  private leaderOf(at: TopicPartition): number | undefined {
    try {
      const leader = this.slow.leaders(at.topic).get(at.partition);
      return leader === undefined || leader < 0 ? undefined : leader;
    } catch {
      return undefined;
    }
  }

  private lanesOf(leader: number): Lane[] {
    let lanes = this.lanes.get(leader);
    if (lanes === undefined) {
      const lane = (wire: Wire, isExpress: boolean): Lane => ({
        wire,
        isExpress,
        isBusy: false,
        failures: 0,
        most_bytes: this.settings.answer_bytes,
        isFlowing: false,
        isResting: false,
      });
      lanes = [lane(this.slow, false), lane(this.express, true)];
      this.lanes.set(leader, lanes);
    }
    return lanes;
  }

  private async run(leader: number, lane: Lane, parts: readonly Part[]): Promise<void> {
    lane.isBusy = true;
    for (const part of parts) part.isBusy = true;
    const epochs = parts.map((part) => part.epoch);
    try {
      const fresh = (part: Part) => part.epoch === epochs[parts.indexOf(part)] && this.parts.get(keyOf(part.at)) === part;
      await this.fetch(leader, lane, parts, fresh);
      lane.failures = 0;
      lane.most_bytes = Math.min(this.settings.answer_bytes, lane.most_bytes * GROWTH);
    } catch (error) {
      if (this.isClosed) return;
      if (isHopeless(error)) return this.events.failed(error);
      this.rest(lane, error);
    } finally {
      lane.isBusy = false;
      for (const part of parts) part.isBusy = false;
      this.schedule();
    }
  }

  /** Not that broker, not at once. */
  private rest(lane: Lane, error: unknown): void {
    this.seldom.warn({ error: String(error) }, 'a broker does not answer a fetch: trying again');
    // over a slow link a large answer takes longer than is waited for it, and would do so for ever
    if ((error as Error).name === 'KafkaJSRequestTimeoutError') lane.most_bytes = Math.max(LEAST_BYTES, lane.most_bytes / 4);
    lane.isResting = true;
    this.wakeLater(lane, lane.failures++);
    void this.refresh();
  }

  /** That partition was refused, and no other of the same broker: these go on. */
  private refuse(part: Part, refused: Refused): void {
    this.seldom.warn({ error: String(refused) }, 'a partition is not read: trying again');
    part.isResting = true;
    this.wakeLater(part, part.refusals++);
    void this.refresh();
  }

  private wakeLater(one: { isResting: boolean }, failures: number): void {
    setTimeout(
      () => {
        one.isResting = false;
        this.schedule();
      },
      Math.min(50 * 2 ** failures, 1000),
    ).unref();
  }

  /** Asks who leads, once for all who want to know, and not more often than ten times a second. */
  private refresh(): Promise<void> {
    if (this.refreshing !== undefined) return this.refreshing;
    const asked_at = this.settings.elapsed();
    const both = [this.slow, this.express].map((wire) => wire.cluster.connect().then(() => wire.cluster.refreshMetadata()));
    this.refreshing = Promise.allSettled(both).then(([heard]) => {
      if (heard?.status === 'fulfilled') this.refreshed_at = asked_at;
      for (const part of this.parts.values()) part.leader = undefined;
      setTimeout(() => {
        this.refreshing = undefined;
        this.schedule();
      }, 100).unref();
    });
    return this.refreshing;
  }

  private async fetch(leader: number, lane: Lane, parts: readonly Part[], fresh: (part: Part) => boolean): Promise<void> {
    const { settings } = this;
    const first = parts.filter((part) => part.position === EARLIEST);
    if (first.length > 0) await this.findBeginning(leader, first, fresh);
    const asked = parts.filter((part) => part.position >= 0);
    if (asked.length === 0) return;
    const broker = await lane.wire.cluster.findBroker({ nodeId: leader });
    const from = new Map<string, [Part, number]>();
    for (const part of asked) from.set(keyOf(part.at), [part, part.position]);
    const answer = (await lane.wire.ask(broker, 'Fetch', {
      isolationLevel: 1,
      ...this.patienceOf(lane),
      maxBytes: Math.floor(lane.most_bytes),
      rackId: '',
      topics: inTopics(shuffled(asked), (part) => ({
        partition: part.at.partition,
        fetchOffset: part.position,
        maxBytes: Math.min(settings.partition_bytes, Math.floor(lane.most_bytes)),
      })),
    })) as { errorCode?: number; responses: { topicName: string; partitions: FetchedPartition[] }[] };
    if (this.isClosed) return;
    if (answer.errorCode) throw new Refused(answer.errorCode, 'fetch');
    lane.isFlowing = answer.responses.some(({ partitions }) => partitions.some(({ messages }) => messages.length > 0));
    for (const { topicName, partitions } of answer.responses) {
      for (const one of partitions) {
        const [part, position] = from.get(`${topicName}/${one.partition}`) ?? [];
        if (part === undefined || position === undefined || !fresh(part)) continue;
        if (one.errorCode === 0 || one.errorCode === CODE.OFFSET_OUT_OF_RANGE) {
          part.heard_at = this.settings.elapsed();
          part.refusals = 0;
        }
        if (one.errorCode === CODE.OFFSET_OUT_OF_RANGE) {
          part.position = UNKNOWN;
          this.events.outOfRange(part.at);
        } else if (one.errorCode !== 0) {
          const refused = new Refused(one.errorCode, `fetch of ${topicName}/${one.partition}`);
          if (isHopeless(refused)) throw refused;
          this.refuse(part, refused);
        } else if (one.messages.length > 0 || !part.isCaughtUp) {
          // the first answer that is empty says where the end is
          if (one.messages.length === 0) part.isCaughtUp = true;
          const fetched = readFetched(topicName, one, position);
          if (part.isPaused) part.parked = fetched;
          else this.deliver(part, fetched);
        }
      }
    }
  }

  /** What comes after a silence is answered at once. */
  private patienceOf({ isExpress, isFlowing }: Lane): { maxWaitTime: number; minBytes: number } {
    if (isExpress) return { maxWaitTime: 0, minBytes: 0 };
    const { gather, max_wait, min_bytes } = this.settings;
    return isFlowing ? { maxWaitTime: gather.ms, minBytes: gather.bytes } : { maxWaitTime: max_wait, minBytes: min_bytes };
  }

  private deliver(part: Part, fetched: Fetched): void {
    part.position = fetched.next;
    try {
      this.events.batch(part.at, fetched);
    } catch (error) {
      this.events.failed(error);
    }
  }

  private async findBeginning(leader: number, parts: readonly Part[], fresh: (part: Part) => boolean): Promise<void> {
    const broker = await this.express.cluster.findBroker({ nodeId: leader });
    const answer = (await this.express.ask(broker, 'ListOffsets', {
      replicaId: -1,
      isolationLevel: 1,
      topics: inTopics(parts, (part) => ({ partition: part.at.partition, timestamp: EARLIEST })),
    })) as { responses: { topic: string; partitions: { partition: number; errorCode: number; offset: string }[] }[] };
    for (const { topic, partitions } of answer.responses) {
      for (const { partition, errorCode, offset } of partitions) {
        const part = parts.find((one) => one.at.topic === topic && one.at.partition === partition);
        if (part === undefined || !fresh(part)) continue;
        if (errorCode === 0) {
          part.position = Number(offset);
          continue;
        }
        const refused = new Refused(errorCode, `the beginning of ${topic}/${partition}`);
        if (isHopeless(refused)) throw refused;
        this.refuse(part, refused);
      }
    }
  }
}

function keyOf(at: TopicPartition): string {
  return `${at.topic}/${at.partition}`;
}

function inTopics<T>(parts: readonly Part[], make: (part: Part) => T): { topic: string; partitions: T[] }[] {
  const topics = new Map<string, T[]>();
  for (const part of parts) {
    const same = topics.get(part.at.topic);
    if (same === undefined) topics.set(part.at.topic, [make(part)]);
    else same.push(make(part));
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}

/** The broker fills its answer in the order asked: the last ones must not starve. */
function shuffled<T>(list: readonly T[]): T[] {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}
