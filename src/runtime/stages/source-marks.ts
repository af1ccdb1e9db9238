import type { Provenance } from '../wire/stream-record.js';

/** The highest event applied of one raw partition, and the latest arrival of all. */
export type Mark = [offset: number, index: number, arrival: number];

/** A record that is sent again arrived when it did; one that came so much later is another, ms. */
export const LATER_MS = 10 * 60_000;

/**
 * Of a topic that nobody reads any more, or that was made anew, nothing comes again: it is known for so long, ms, by the time that is told. That one
 * waits for the slowest of those that are read, and nothing is on its way for longer than a crash and a start take.
 */
const KEPT_MS = 30 * 24 * 3_600_000;

/** So many of a raw partition's latest events are known one by one. What normalize has on its way at a crash is fewer. */
const RECENT = 1024;
/** There may be hundreds of raw partitions for each of the events, and few come to most of them: room is made as it is needed. Divides the number above. */
const FIRST_ROOM = 8;
/** A record makes fewer events. */
const MOST_EVENTS = 2 ** 16;
/** No further from where they are counted from places have numbers of their own, with room to spare. */
const FAR = 2 ** 30;

/**
 * Which events of the raw partitions have come to one partition of the events. normalize sends in order, and after a crash sends again what it does not
 * know to be written: so what lies far below the highest was there before. Among the latest each is known by itself, since the next normalize may
 * know better who somebody is: what was on its way to another partition then comes to this one, behind what came after it. Both stand in the
 * changelog, so that who restores it tells them apart as well.
 */
export class SourceMarks {
  private readonly sources = new Map<string, Source>();

  /**
   * @returns the latest arrival of what was there before, ms, when the event was; else whether it is the next of its source, or comes behind what it
   * stood before: whoever it is of is written with the position, which an earlier version does not tell from what was there before
   * @param told what time it was told to be last, ms: by the arrivals of one source, another that is months behind would be forgotten while it comes
   */
  meet({ topic, partition, generation, offset, index }: Provenance, arrival: number, told = arrival): number | 'next' | 'late' {
    const name = `${topic}/${partition}/${generation}`;
    const source = this.sources.get(name);
    if (source === undefined) {
      this.forgetBefore(Math.min(arrival, told) - KEPT_MS);
      const first = new Source([offset, index, arrival], BEFORE_ALL);
      first.add(offset, index);
      this.sources.set(name, first);
      return 'next';
    }
    const { mark } = source;
    const isNext = offset > mark[0] || (offset === mark[0] && index > mark[1]);
    // of a topic that was made anew nothing is one of those that were on their way, though its place is free
    if (!isNext && (source.has(offset, index) || arrival - mark[2] > LATER_MS)) return mark[2];
    source.add(offset, index);
    if (isNext) {
      mark[0] = offset;
      mark[1] = index;
    }
    if (arrival > mark[2]) mark[2] = arrival;
    if (offset - source.base > FAR) this.sources.set(name, Source.read(source.text()));
    return isNext ? 'next' : 'late';
  }

  /** Looked for when another one comes, which is the only way that they become more. What has no arrival stays: it comes from our own topics. */
  private forgetBefore(time: number): void {
    for (const [name, { mark }] of this.sources) if (mark[2] > 0 && mark[2] < time) this.sources.delete(name);
  }

  /** What stands for all that has come so far, of each source. */
  standing(): Record<string, string> {
    return Object.fromEntries([...this.sources].map(([name, source]) => [name, source.text()]));
  }

  resume(standing: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(standing)) this.sources.set(name, Source.read(text));
  }

  /** From marks alone, as earlier versions wrote them: all below counts as known. */
  resumeMarks(marks: Readonly<Record<string, Mark>>): void {
    for (const [name, mark] of Object.entries(marks)) this.sources.set(name, new Source([...mark], mark));
  }
}

/** Where nothing has come yet. */
const BEFORE_ALL = [-1, 0] as const;

class Source {
  /** Places are counted from here on, so that each has a number of its own however far a partition has come. */
  readonly base: number;
  /** those above the floor in the order in which they came, round and round once there is no more room */
  private recent = new Float64Array(FIRST_ROOM);
  private count = 0;
  /** of those that there is room for, which came first */
  private oldest = 0;
  private floor: number;
  private written: string | undefined;

  constructor(
    readonly mark: Mark,
    /** this one and all below it count as known */
    [offset, index]: readonly [offset: number, index: number, ...more: unknown[]],
  ) {
    this.base = mark[0];
    this.floor = this.codeOf(offset, index);
  }

  static read(text: string): Source {
    const [first = '', ...parts] = text.split(' ');
    const mark = first.split(':').map(Number) as Mark;
    const places: [number, number][] = [];
    let before = mark[0];
    for (const part of parts) {
      const [far, index = 0] = part.split(':').map(Number);
      before += far!;
      places.push([before, index]);
    }
    const source = new Source(mark, places[0]!);
    for (const [offset, index] of places.slice(1)) source.add(offset, index);
    source.written = text;
    return source;
  }

  has(offset: number, index: number): boolean {
    const code = this.codeOf(offset, index);
    if (code <= this.floor) return true;
    // asked of what is not the next only, which is seldom: a set would take seven times as much
    const at = this.recent.indexOf(code);
    return at >= 0 && at < this.count;
  }

  /** @param offset of what it does not have */
  add(offset: number, index: number): void {
    this.written = undefined;
    const code = this.codeOf(offset, index);
    if (this.count < RECENT) {
      if (this.count === this.recent.length) this.makeRoom();
      this.recent[this.count++] = code;
      return;
    }
    this.floor = Math.max(this.floor, this.recent[this.oldest]!);
    this.recent[this.oldest] = code;
    this.oldest = (this.oldest + 1) % RECENT;
  }

  private makeRoom(): void {
    const more = new Float64Array(2 * this.count);
    more.set(this.recent);
    this.recent = more;
  }

  /**
   * The mark, the floor, and each of the others in the order in which they came, by how far they are from the one before: in records, and after a colon
   * the place in the record when it is not the first there.
   */
  text(): string {
    if (this.written !== undefined) return this.written;
    let [before] = this.mark;
    const textOf = (code: number): string => {
      const far = Math.floor(code / MOST_EVENTS);
      const index = code - far * MOST_EVENTS;
      const offset = this.base + far;
      const text = index === 0 ? String(offset - before) : `${offset - before}:${index}`;
      before = offset;
      return text;
    };
    const parts = [this.mark.join(':'), textOf(this.floor)];
    for (let i = 0; i < this.count; i++) parts.push(textOf(this.recent[(this.oldest + i) % this.count]!));
    this.written = parts.join(' ');
    return this.written;
  }

  private codeOf(offset: number, index: number): number {
    return (offset - this.base) * MOST_EVENTS + Math.min(index, MOST_EVENTS - 1);
  }
}
