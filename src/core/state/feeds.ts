import { addRun, type Run, silenceBetween } from './runs.js';

/** Of how a log is delivered it is known when it spoke, to the minute; what lies no further apart than this counts as one stretch of speech, ms. */
export const FEED_GAP_MS = 10 * 60_000;
const MINUTE_MS = 60_000;

/** A log spoke, by the times of its events: as data, since nobody who judges may ask a clock. */
export interface Pulse extends Run {
  /** a tenant's log: see FeedName */
  feed: string;
}

/** As they are written beside the people, by feed: first and last of each run, in minutes. */
export type FeedsStanding = Record<string, readonly (readonly [first: number, last: number])[]>;

/**
 * When the logs of identity providers spoke. That something does not stand in a log proves something only where the log was alive: whoever listens to all
 * of it can tell, and nobody who sees but some of the people. In whatever order and how often it is told, the same is known.
 */
export class Feeds {
  private readonly runs = new Map<string, Run[]>();
  /** as they were written down last, until more is known: of hundreds of logs few have changed since */
  private readonly told = new Map<string, FeedsStanding[string]>();

  /** @returns whether anything is known now that was not */
  hear({ feed, first_time, last_time }: Pulse): boolean {
    let runs = this.runs.get(feed);
    if (runs === undefined) {
      runs = [];
      this.runs.set(feed, runs);
    }
    const isNews = addRun(runs, { first_time: minuteOf(first_time), last_time: minuteOf(last_time) }, FEED_GAP_MS, (run) => run);
    if (isNews) this.told.delete(feed);
    return isNews;
  }

  /** The first stretch between two moments in which the log was silent for longer than is allowed, or of which nothing is known yet. */
  silence(feed: string, from: number, to: number, most: number): Run | undefined {
    return silenceBetween(this.runs.get(feed) ?? [], minuteOf(from), minuteOf(to), most);
  }

  /** The earliest time that the log spoke of, as far as is remembered, ms; undefined when it never did. */
  earliest(feed: string): number | undefined {
    return this.runs.get(feed)?.[0]?.first_time;
  }

  /** The latest time that the log spoke of, ms; undefined when it never did. */
  latest(feed: string): number | undefined {
    return this.runs.get(feed)?.at(-1)?.last_time;
  }

  /** Forgets what is so old that nobody asks any more. @param before event time, ms */
  forget(before: number): void {
    for (const [feed, runs] of this.runs) {
      if (runs.length > 0 && runs[0]!.last_time < before) this.told.delete(feed);
      while (runs.length > 0 && runs[0]!.last_time < before) runs.shift();
      if (runs.length === 0) this.runs.delete(feed);
    }
  }

  /** @returns undefined when there is nothing to be written */
  standing(): FeedsStanding | undefined {
    if (this.runs.size === 0) return undefined;
    const standing: FeedsStanding = {};
    for (const [feed, runs] of this.runs) {
      const told = this.told.get(feed) ?? runs.map(({ first_time, last_time }) => [first_time / MINUTE_MS, last_time / MINUTE_MS] as const);
      this.told.set(feed, told);
      standing[feed] = told;
    }
    return standing;
  }

  resume(standing: FeedsStanding | undefined): void {
    this.runs.clear();
    this.told.clear();
    for (const [feed, runs] of Object.entries(standing ?? {})) {
      this.runs.set(
        feed,
        runs.map(([first, last]) => ({ first_time: first * MINUTE_MS, last_time: last * MINUTE_MS })),
      );
    }
  }
}

function minuteOf(time: number): number {
  return Math.floor(time / MINUTE_MS) * MINUTE_MS;
}
