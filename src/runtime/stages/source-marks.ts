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
 * know better who somebody is: what was on its way to another partition then comes to this one, behind what came after it. What stands in the
 * changelog is the highest only: after a restore all below it counts as known.
 */
export class SourceMarks {
  private readonly sources = new Map<string, Source>();

  /**
   * @returns the latest arrival of what was there before, ms, when the event was; else whether it is the next of its source, or comes behind what it
   * stood before: whoever it is of has to be written with the position, which does not tell it from what was there before
   */
  meet({ topic, partition, generation, offset, index }: Provenance, arrival: number): number | 'next' | 'late' {
    const name = `${topic}/${partition}/${generation}`;
    const code = offset * MOST_EVENTS + index;
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

  resume(marks: Record<string, Mark>): void {
    for (const [name, mark] of Object.entries(marks))
      this.sources.set(name, new Source([...mark], mark[0] * MOST_EVENTS + Math.min(mark[1], MOST_EVENTS - 1)));
  }
}

class Source {
  /** those above the floor, in the order in which they came */
  private readonly recent = new Set<number>();

  constructor(
    readonly mark: Mark,
    /** this one and all below it count as known */
    private floor: number,
  ) {}

  has(code: number): boolean {
    return code <= this.floor || this.recent.has(code);
  }

  add(code: number): void {
    this.recent.add(code);
    if (this.recent.size <= RECENT) return;
    const [oldest] = this.recent;
    this.recent.delete(oldest!);
    if (oldest! > this.floor) this.floor = oldest!;
  }
}
