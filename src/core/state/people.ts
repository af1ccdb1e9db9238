import type { Finding, SessionEvent } from '../event/index.js';
import { rememberLife } from './past-lives.js';
import { newPerson, type Person } from './person.js';
import { PlainShelf, type Shelf, SLICES } from './shelf.js';

/** How long things are remembered and how much of them; docs/configuration.md gives the reasons. Times in ms. */
export interface StateLimits {
  /** how late an event may be and still find everything as it would have in time */
  allowed_lateness: number;
  session_idle: number;
  person_idle: number;
  sessions_per_person: number;
  observations_per_session: number;
  observations_per_person: number;
}

const HOUR_MS = 3_600_000;

/**
 * The unified audit log is up to a day late and more, so 30 h; sessions live 7 days idle and people 30 (browser sessions of the vendors end
 * well within). 64 sessions and 256 observations keep a person below 64 KB.
 */
export const DEFAULT_LIMITS: StateLimits = {
  allowed_lateness: 30 * HOUR_MS,
  session_idle: 7 * 24 * HOUR_MS,
  person_idle: 30 * 24 * HOUR_MS,
  sessions_per_person: 64,
  observations_per_session: 64,
  observations_per_person: 256,
};

const MINUTE_MS = 60_000;

/** All people of a partition. Who and what is idle expires by the time of the ticks, which is that of the slowest source and only goes forward. */
export class People {
  /** arrival clock: the latest arrival or tick, ms */
  clock = 0;
  /** time of the latest tick, ms; 0 before the first. With the clock it is all that is to be known beside the people themselves. */
  last_tick = 0;
  expired_principals = 0;
  expired_sessions = 0;

  constructor(
    readonly limits: StateLimits,
    readonly shelf: Shelf = new PlainShelf(),
  ) {}

  get size(): number {
    return this.shelf.size;
  }

  values(): IterableIterator<Person> {
    return this.shelf.values();
  }

  /**
   * The person, unless idle past their life: then they are forgotten here and now, whether or not the sweep came by.
   * @param arrivalTime of what asks for them; the latest tick when it is no event, ms
   */
  find(key: string, arrivalTime: number): Person | undefined {
    const person = this.shelf.get(key);
    if (person === undefined) return undefined;
    if (arrivalTime - person.last_arrival_time > this.limits.person_idle + this.limits.allowed_lateness) {
      this.shelf.delete(key);
      this.expired_principals++;
      return undefined;
    }
    return person;
  }

  create(event: SessionEvent): Person {
    const person = newPerson(event);
    this.shelf.put(person);
    return person;
  }

  put(person: Person): void {
    this.shelf.put(person);
  }

  /**
   * Forgets who and what has been idle too long by the time that it tells, of the slices of the minutes that have passed since the latest tick: everybody
   * is looked at once a day, and the same people at the same ticks wherever they were restored. A tick that is not later than the latest looks at nobody.
   * @param settle called before a person's sessions go, so that they leave behind what they would have left to the person's next event
   * @param isPast whether it has passed for whoever has the key: they are left as they are
   * @param alone does to one person what is done to them
   */
  tick(
    time: number,
    settle: (person: Person) => Finding[],
    isPast: (key: string) => boolean = NEVER_PAST,
    alone: Alone = (_, act) => void act(),
  ): void {
    const minute = Math.floor(time / MINUTE_MS);
    const last = Math.floor(this.last_tick / MINUTE_MS);
    this.pass(time);
    for (let at = Math.max(last + 1, minute - SLICES + 1); at <= minute; at++) this.sweep(at % SLICES, settle, isPast, alone);
  }

  /** It is as late, and nobody is looked at: those who were due are when their turn comes again. */
  pass(time: number): void {
    if (time > this.clock) this.clock = time;
    if (time > this.last_tick) this.last_tick = time;
  }

  private sweep(slice: number, settle: (person: Person) => Finding[], isPast: (key: string) => boolean, alone: Alone): void {
    const { person_idle, session_idle, allowed_lateness } = this.limits;
    // not by the latest arrival: of another source there may still be something to come from long before
    const oldestPerson = this.last_tick - person_idle - allowed_lateness;
    const oldestSession = this.last_tick - session_idle - allowed_lateness;
    for (const key of this.shelf.due(slice, oldestPerson, oldestSession)) {
      if (!isPast(key)) alone(key, () => this.expire(key, oldestPerson, oldestSession, settle));
    }
  }

  private expire(key: string, oldestPerson: number, oldestSession: number, settle: (person: Person) => Finding[]): Finding[] {
    const person = this.shelf.get(key)!;
    if (person.last_arrival_time < oldestPerson) {
      this.shelf.delete(key);
      this.expired_principals++;
      return [];
    }
    if (!person.sessions.some((session) => session.last_arrival_time < oldestSession)) return [];
    const findings = settle(person);
    const kept = person.sessions.filter((session) => session.last_arrival_time >= oldestSession);
    for (const session of person.sessions) if (session.last_arrival_time < oldestSession) rememberLife(person, session);
    this.expired_sessions += person.sessions.length - kept.length;
    person.sessions = kept;
    return findings;
  }
}

/** Does something to the person of a key and nobody else, and takes up what is said of it. */
export type Alone = (key: string, act: () => Finding[]) => void;

const NEVER_PAST = (): boolean => false;
