import type { SessionEvent } from '../event/index.js';
import { rememberLife } from './past-lives.js';
import { newPerson, type Person } from './person.js';

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

/** Sweeps all people once in this many ticks (a day of minutes), so that expiry never makes one event wait. */
const TICKS_PER_SWEEP = 1440;

/** All people of a partition. Expiry runs on the partition's own arrival clock, which only goes forward. */
export class People {
  private readonly byKey = new Map<string, Person>();
  private sweep: IterableIterator<[string, Person]> | undefined;
  /** arrival clock: the latest arrival or tick, ms */
  clock = 0;
  expired_principals = 0;
  expired_sessions = 0;

  constructor(readonly limits: StateLimits) {}

  get size(): number {
    return this.byKey.size;
  }

  values(): IterableIterator<Person> {
    return this.byKey.values();
  }

  /** The person, unless idle past their life: then they are forgotten here and now, whether or not the sweep came by. */
  find(key: string, arrivalTime: number): Person | undefined {
    const person = this.byKey.get(key);
    if (person === undefined) return undefined;
    if (arrivalTime - person.last_arrival_time > this.limits.person_idle + this.limits.allowed_lateness) {
      this.byKey.delete(key);
      this.expired_principals++;
      return undefined;
    }
    return person;
  }

  create(event: SessionEvent): Person {
    const person = newPerson(event);
    this.byKey.set(person.key, person);
    return person;
  }

  put(person: Person): void {
    this.byKey.set(person.key, person);
  }

  /**
   * Forgets, of a slice of the people, who and what has been idle too long.
   * @param settle called before a person's sessions go, so that they leave behind what they would have left to the person's next event
   */
  tick(time: number, settle: (person: Person) => void): void {
    if (time > this.clock) this.clock = time;
    const { person_idle, session_idle, allowed_lateness } = this.limits;
    const oldestPerson = this.clock - person_idle - allowed_lateness;
    const oldestSession = this.clock - session_idle - allowed_lateness;
    let left = Math.ceil(this.byKey.size / TICKS_PER_SWEEP);
    while (left-- > 0) {
      this.sweep ??= this.byKey.entries();
      const next = this.sweep.next();
      if (next.done === true) {
        this.sweep = undefined;
        return;
      }
      const [key, person] = next.value;
      if (person.last_arrival_time < oldestPerson) {
        this.byKey.delete(key);
        this.expired_principals++;
        continue;
      }
      if (person.sessions.some((session) => session.last_arrival_time < oldestSession)) {
        settle(person);
        const kept = person.sessions.filter((session) => session.last_arrival_time >= oldestSession);
        for (const session of person.sessions) if (session.last_arrival_time < oldestSession) rememberLife(person, session);
        this.expired_sessions += person.sessions.length - kept.length;
        person.sessions = kept;
      }
    }
  }
}
