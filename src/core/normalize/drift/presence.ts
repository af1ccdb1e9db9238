const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * When something counts as gone. Of independent records, by the estimate of Krichevsky and Trofimov, the chance of so many without it is at most
 * 10^-12. Records are not independent: one client may send a hundred alike, nights and weekends differ. So there have to be a least number of records
 * and a least time, more of each than it ever stayed away before, and a field that is sometimes absent has to be known for a week.
 */
export const GONE = {
  /** ln of 10^12 */
  surprise: 12 * Math.LN10,
  least_records: 20,
  least_ms: HOUR_MS,
  /** times the longest absence so far, in records and in time */
  times_longest: 2,
  /** no rhythm of people is longer */
  most_ms: 7 * DAY_MS,
  /** records that had it, before anything is said of it */
  least_seen: 50,
  /** known for so long: what was never absent; what was */
  least_known_ms: { always: DAY_MS, sometimes: 7 * DAY_MS },
} as const;

/** An absence that was said and ended later than this was no rhythm: the next one is not measured by it. */
const NO_RHYTHM_MS = 3 * DAY_MS;
/** Then both counts are halved, so that shares follow the times. */
const MOST_RECORDS = 8192;

/** ln of 1000 */
const SURPRISING = 3 * Math.LN10;

/** What is written down of it. */
export type PresenceForm = readonly [
  seen: number,
  of: number,
  first: number,
  last: number,
  longest: number,
  longest_ms: number,
  gone_time?: number,
];

/** Whether something that records have or lack is still there. Times are ms; they do not go backwards. */
export class Presence {
  /** records that had it */
  seen = 0;
  /** records that could have had it */
  of = 0;
  /** records since it was there last */
  private missed = 0;
  /** when the first of them came */
  private missed_since = 0;
  private surprise = 0;
  private longest = 0;
  private longest_ms = 0;
  /** when it was found to be gone; 0 when it is not */
  gone_time = 0;

  constructor(
    public first: number,
    public last = first,
  ) {}

  /** What was as it is whenever the field was there. */
  static always({ seen, first, last }: Presence): Presence {
    const always = new Presence(first, last);
    always.seen = seen;
    always.of = seen;
    return always;
  }

  hit(time: number): void {
    if (this.missed > 0 || this.gone_time > 0) this.end(time);
    this.last = time;
    this.seen++;
    this.of++;
    if (this.of < MOST_RECORDS) return;
    const absent = (this.of - this.seen) >> 1;
    this.seen >>= 1;
    this.of = this.seen + absent;
  }

  /** @returns whether it is found to be gone by this record */
  miss(time: number): boolean {
    if (this.gone_time > 0) return false;
    if (this.missed === 0) this.missed_since = time;
    this.surprise -= Math.log((this.of - this.seen + 0.5) / (this.of + 1));
    this.of++;
    this.missed++;
    if (this.missed < GONE.least_records || !this.isGone(time)) return false;
    this.gone_time = time;
    return true;
  }

  private isGone(time: number): boolean {
    const { seen, first, last, missed, longest, longest_ms, surprise } = this;
    if (surprise < GONE.surprise || seen < GONE.least_seen || missed <= GONE.times_longest * longest) return false;
    if (time - this.missed_since < Math.max(GONE.least_ms, Math.min(GONE.most_ms, GONE.times_longest * longest_ms))) return false;
    const isAlways = this.of - missed === seen;
    return last - first >= GONE.least_known_ms[isAlways ? 'always' : 'sometimes'];
  }

  /** So long away is seldom, and may be the beginning of its end. */
  get isSurprising(): boolean {
    return this.surprise > SURPRISING && this.gone_time === 0 && this.seen >= GONE.least_seen;
  }

  /** Of the records before those that lack it now, how many had it. */
  get share(): number {
    return this.seen / Math.max(1, this.of - this.missed);
  }

  /** Others know of it as well: what they saw later counts here too. */
  join(other: Presence): void {
    const { missed } = this;
    this.first = Math.min(this.first, other.first);
    // here it stayed away, there it came
    if (other.last > this.last && missed > 0) this.end(other.last);
    this.last = Math.max(this.last, other.last);
    this.longest = Math.max(this.longest, other.longest);
    this.longest_ms = Math.max(this.longest_ms, other.longest_ms);
    if (this.of - this.missed < GONE.least_seen && other.of > this.of) {
      this.seen = other.seen;
      this.of = other.of;
    }
    this.gone_time = Math.max(this.gone_time, other.gone_time);
    if (this.gone_time <= this.last) this.gone_time = 0;
    if (this.gone_time > 0) {
      this.of -= this.missed;
      this.missed = 0;
      this.surprise = 0;
    }
  }

  toForm(): PresenceForm {
    const { seen, of, missed, first, last, longest, longest_ms, gone_time } = this;
    const known = [seen, of - missed, first, last, longest, longest_ms] as const;
    return gone_time > 0 ? [...known, gone_time] : known;
  }

  /** @returns undefined for what is none */
  static fromForm(form: unknown): Presence | undefined {
    if (!Array.isArray(form) || form.length < 6 || form.length > 7 || !form.every((n) => Number.isFinite(n) && n >= 0)) return undefined;
    const [seen, of, first, last, longest, longest_ms, gone_time = 0] = form as number[];
    if (seen! > of! || first! > last!) return undefined;
    const presence = new Presence(first!, last!);
    Object.assign(presence, { seen, of, longest, longest_ms, gone_time });
    return presence;
  }

  /** It is there again. */
  private end(time: number): void {
    const length = time - this.missed_since;
    if (this.missed > 0 && (this.gone_time === 0 || length <= NO_RHYTHM_MS)) {
      this.longest = Math.max(this.longest, this.missed);
      this.longest_ms = Math.max(this.longest_ms, length);
    }
    // what went wrong does not count as its ways
    if (this.gone_time > 0) this.of -= this.missed;
    this.missed = 0;
    this.surprise = 0;
    this.gone_time = 0;
  }
}
