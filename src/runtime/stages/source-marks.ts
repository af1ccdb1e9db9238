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
/** They are written in blocks of so many, so that what is written is no more than what came. Divides the number above, which every record rests on. */
const IN_BLOCK = 32;
const BLOCKS = RECENT / IN_BLOCK;
/** There may be hundreds of raw partitions for each of the events, and few come to most of them: room is made as it is needed. Divides the number above. */
const FIRST_ROOM = 8;
/** A record makes fewer events. */
const MOST_EVENTS = 2 ** 16;
/** No further from where they are counted from places have numbers of their own, with room to spare. */
const FAR = 2 ** 30;

/** What stands for all that has come of one source. */
export interface SourceStanding {
  /**
   * The mark, up to where all counts as known, and each of those that no full block has, in the order in which they came. To whoever does not know of
   * blocks, as earlier versions, it is complete: all that is not in it counts as known.
   */
  readonly events: string;
  /** for whoever has the full blocks: number of the next one, and up to where all counts as known beside them. Without it there are none. */
  readonly before?: { readonly block: number; readonly floor: string } | undefined;
  /** The latest that are full, in turn: each begins with its number. Of the oldest those have gone in whose place the latest came. */
  readonly blocks: readonly (string | undefined)[];
}

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
  meet(at: Provenance, arrival: number, told = arrival): number | 'next' | 'late' {
    const met = this.look(at, arrival);
    if (typeof met !== 'number') this.note(at, arrival, told);
    return met;
  }

  /** The same of what may come to nothing: it is known only when it is noted. */
  look(at: Provenance, arrival: number): number | 'next' | 'late' {
    const source = this.sources.get(nameOf(at));
    if (source === undefined) return 'next';
    const { mark } = source;
    const { offset, index } = at;
    if (isBehind(at, mark)) return 'next';
    // of a topic that was made anew nothing is one of those that were on their way, though its place is free
    return source.has(offset, index) || arrival - mark[2] > LATER_MS ? mark[2] : 'late';
  }

  /** What was not there before has come. */
  note(at: Provenance, arrival: number, told = arrival): void {
    const name = nameOf(at);
    const { offset, index } = at;
    const source = this.sources.get(name);
    if (source === undefined) {
      this.forgetBefore(Math.min(arrival, told) - KEPT_MS);
      const first = new Source([offset, index, arrival], BEFORE_ALL);
      first.add(offset, index);
      this.sources.set(name, first);
      return;
    }
    const { mark } = source;
    if (offset - source.base > FAR) source.countFrom(offset);
    source.add(offset, index);
    if (isBehind(at, mark)) {
      mark[0] = offset;
      mark[1] = index;
    }
    if (arrival > mark[2]) mark[2] = arrival;
  }

  /** Looked for when another one comes, which is the only way that they become more. What has no arrival stays: it comes from our own topics. */
  private forgetBefore(time: number): void {
    for (const [name, { mark }] of this.sources) if (mark[2] > 0 && mark[2] < time) this.sources.delete(name);
  }

  /** What stands for all that has come so far, of each source: of which nothing has come since, the same as before. */
  standing(): ReadonlyMap<string, SourceStanding> {
    return new Map([...this.sources].map(([name, source]) => [name, source.standing()]));
  }

  resume(standing: ReadonlyMap<string, SourceStanding>): void {
    for (const [name, one] of standing) this.sources.set(name, Source.read(one));
  }

  /** From marks alone, as earlier versions wrote them: all below counts as known. */
  resumeMarks(marks: Readonly<Record<string, Mark>>): void {
    for (const [name, mark] of Object.entries(marks)) this.sources.set(name, new Source([...mark], mark));
  }
}

function nameOf({ topic, partition, generation }: Provenance): string {
  return `${topic}/${partition}/${generation}`;
}

function isBehind({ offset, index }: Provenance, mark: Mark): boolean {
  return offset > mark[0] || (offset === mark[0] && index > mark[1]);
}

/** Where nothing has come yet. */
const BEFORE_ALL = [-1, 0] as const;

class Source {
  /** Places are counted from here on, so that each has a number of its own however far a partition has come. */
  base: number;
  /** those above the floor in the order in which they came, round and round once there is no more room */
  private recent = new Float64Array(FIRST_ROOM);
  /** so many were there, with those that have gone */
  private count = 0;
  private floor: number;
  /** the highest that is in no block that is being filled */
  private under: number;
  /** of those in `recent` the full blocks, as they are written */
  private blocks: (string | undefined)[] = [];
  private stands: SourceStanding | undefined;

  constructor(
    readonly mark: Mark,
    /** this one and all below it count as known */
    [offset, index]: readonly [offset: number, index: number, ...more: unknown[]],
  ) {
    this.base = mark[0];
    this.floor = this.codeOf(offset, index);
    this.under = this.floor;
  }

  static read({ events, before, blocks }: SourceStanding): Source {
    const [first = '', ...parts] = events.split(' ');
    const mark = first.split(':').map(Number) as Mark;
    const [under, ...latest] = placesOf(parts, mark[0]);
    const isWhole = before !== undefined && blocksBefore(before.block).every((number) => numberOf(blocks[number % BLOCKS]) === number);
    const source = new Source(mark, isWhole ? placeOf(before.floor) : under!);
    if (isWhole) source.takeBlocks(before.block, blocks, under!);
    for (const [offset, index] of latest) source.add(offset, index);
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
    this.stands = undefined;
    const at = this.count % RECENT;
    if (this.count >= RECENT) this.floor = Math.max(this.floor, this.recent[at]!);
    else if (at === this.recent.length) this.makeRoom(2 * at);
    this.recent[at] = this.codeOf(offset, index);
    this.count++;
    if (this.count % IN_BLOCK === 0) this.closeBlock();
  }

  /** Places far from where they are counted from have none of their own. */
  countFrom(base: number): void {
    const further = (base - this.base) * MOST_EVENTS;
    this.base = base;
    this.floor -= further;
    this.under -= further;
    for (let i = 0; i < this.recent.length; i++) this.recent[i]! -= further;
  }

  standing(): SourceStanding {
    if (this.stands !== undefined) return this.stands;
    const block = Math.floor(this.count / IN_BLOCK);
    const latest = this.latest(this.count % IN_BLOCK);
    const events = [this.mark.join(':'), ...this.texts([this.under, ...latest], this.mark[0])].join(' ');
    const [floor = ''] = this.texts([this.floor], 0);
    this.stands = block === 0 ? { events, blocks: NO_BLOCKS } : { events, before: { block, floor }, blocks: this.blocks };
    return this.stands;
  }

  /** @param block number of the one that is being filled @param under the highest that came before it */
  private takeBlocks(block: number, blocks: SourceStanding['blocks'], [offset, index]: Place): void {
    this.under = this.codeOf(offset, index);
    this.count = block * IN_BLOCK;
    while (this.recent.length < Math.min(this.count, RECENT)) this.makeRoom(2 * this.recent.length);
    for (const number of blocksBefore(block)) {
      const at = number % BLOCKS;
      this.blocks[at] = blocks[at];
      const [, ...parts] = blocks[at]!.split(' ');
      const codes = placesOf(parts, 0).map((place) => this.codeOf(...place));
      this.recent.set(codes, at * IN_BLOCK);
    }
  }

  private closeBlock(): void {
    const number = this.count / IN_BLOCK - 1;
    const codes = this.latest(IN_BLOCK);
    this.under = Math.max(this.under, ...codes);
    // what was written stands for what was there then
    this.blocks = [...this.blocks];
    this.blocks[number % BLOCKS] = [number, ...this.texts(codes, 0)].join(' ');
  }

  /** The latest so many, in the order in which they came, of one block. */
  private latest(count: number): Float64Array {
    const end = ((this.count - 1) % RECENT) + 1;
    return this.recent.subarray(end - count, end);
  }

  private makeRoom(room: number): void {
    const more = new Float64Array(room);
    more.set(this.recent);
    this.recent = more;
  }

  /** How far each is from the one before: in records, and after a colon the place in the record when it is not the first there. */
  private texts(codes: Iterable<number>, before: number): string[] {
    return Array.from(codes, (code) => {
      const far = Math.floor(code / MOST_EVENTS);
      const index = code - far * MOST_EVENTS;
      const offset = this.base + far;
      const text = index === 0 ? String(offset - before) : `${offset - before}:${index}`;
      before = offset;
      return text;
    });
  }

  private codeOf(offset: number, index: number): number {
    return (offset - this.base) * MOST_EVENTS + Math.min(index, MOST_EVENTS - 1);
  }
}

type Place = [offset: number, index: number];

const NO_BLOCKS: readonly string[] = [];

/** Numbers of those that some are left of, while the one of this number is being filled. */
function blocksBefore(block: number): number[] {
  const count = Math.min(block, BLOCKS);
  return Array.from({ length: count }, (_, i) => block - count + i);
}

function numberOf(block: string | undefined): number {
  return block === undefined ? -1 : Number.parseInt(block, 10);
}

function placeOf(text: string): Place {
  const colon = text.indexOf(':');
  return colon < 0 ? [Number(text), 0] : [Number(text.slice(0, colon)), Number(text.slice(colon + 1))];
}

/** @param parts as `texts` makes them */
function placesOf(parts: readonly string[], before: number): Place[] {
  return parts.map((part) => {
    const [far, index] = placeOf(part);
    before += far;
    return [before, index];
  });
}
