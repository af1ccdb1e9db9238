import type { Provenance } from '../wire/stream-record.js';

/** The highest event applied of one raw partition, and the latest arrival of all. */
export type Mark = [offset: number, index: number, arrival: number];

/** So many of a raw partition's latest events are known one by one. A chunk of normalize, which may be on its way at a crash, makes about as many or fewer. */
const RECENT = 1024;
/** A record makes fewer events. */
const MOST_EVENTS = 2 ** 16;

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
   */
  meet({ topic, partition, generation, offset, index }: Provenance, arrival: number): number | 'next' | 'late' {
    const name = `${topic}/${partition}/${generation}`;
    const code = codeOf(offset, index);
    const source = this.sources.get(name);
    if (source === undefined) {
      this.sources.set(name, new Source([offset, index, arrival], code));
      return 'next';
    }
    const { mark } = source;
    if (source.has(code)) return mark[2];
    source.add(code);
    const isNext = offset > mark[0] || (offset === mark[0] && index > mark[1]);
    if (isNext) {
      mark[0] = offset;
      mark[1] = index;
    }
    if (arrival > mark[2]) mark[2] = arrival;
    return isNext ? 'next' : 'late';
  }

  /** What stands for all that has come so far. */
  standing(): Record<string, Mark> {
    return Object.fromEntries([...this.sources].map(([name, { mark }]): [string, Mark] => [name, [...mark]]));
  }

  /** The latest events of each source, one by one. */
  latest(): Record<string, string> {
    return Object.fromEntries([...this.sources].map(([name, source]) => [name, source.text()]));
  }

  /** @param latest of the same place; of a source of which an earlier version has not written it, all below the highest counts as known */
  resume(marks: Record<string, Mark>, latest: Readonly<Record<string, string>> = {}): void {
    for (const [name, mark] of Object.entries(marks)) {
      const text = latest[name];
      const source = new Source([...mark], codeOf(mark[0], mark[1]));
      if (text !== undefined) source.read(text);
      this.sources.set(name, source);
    }
  }
}

function codeOf(offset: number, index: number): number {
  return offset * MOST_EVENTS + Math.min(index, MOST_EVENTS - 1);
}

class Source {
  /** those above the floor, in the order in which they came */
  private readonly recent = new Set<number>();
  private written: string | undefined;

  constructor(
    readonly mark: Mark,
    /** this one and all below it count as known */
    private floor: number,
  ) {}

  has(code: number): boolean {
    return code <= this.floor || this.recent.has(code);
  }

  add(code: number): void {
    this.written = undefined;
    this.recent.add(code);
    if (this.recent.size <= RECENT) return;
    const [oldest] = this.recent;
    this.recent.delete(oldest!);
    if (oldest! > this.floor) this.floor = oldest!;
  }

  /** The floor, and each of the others by how far it is from the one before: in records, and after a colon its place in the record when it is not the first there. */
  text(): string {
    if (this.written !== undefined) return this.written;
    const parts = [placeText(this.floor, 0)];
    let before = offsetOf(this.floor);
    for (const code of this.recent) {
      parts.push(placeText(code, before));
      before = offsetOf(code);
    }
    this.written = parts.join(' ');
    return this.written;
  }

  read(text: string): void {
    let before = 0;
    text.split(' ').forEach((part, i) => {
      const [far, index = 0] = part.split(':').map(Number);
      before += far!;
      if (i === 0) this.floor = codeOf(before, index);
      else this.recent.add(codeOf(before, index));
    });
    this.written = text;
  }
}

function offsetOf(code: number): number {
  return Math.floor(code / MOST_EVENTS);
}

function placeText(code: number, before: number): string {
  const index = code % MOST_EVENTS;
  const far = offsetOf(code) - before;
  return index === 0 ? String(far) : `${far}:${index}`;
}
