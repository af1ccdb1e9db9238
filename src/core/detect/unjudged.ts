import type { Person } from '../state/person.js';
import type { Run } from '../state/runs.js';
import type { PersonJudge, SignOnKnown } from './judgement.js';
import type { Wait } from './waiting.js';

/** A stretch in which a log told of nobody. Without its beginning: it was not heard of before; without its end: it is silent still. */
export type Silence = Readonly<Partial<Run>>;

/** Sessions that are not judged by the sign-on before, of one tenant and one provider, whose log has not told of the time around them. */
export interface Unjudged {
  tenant: string;
  /** as it is written under `sign_on` */
  provider: string;
  /** may be judged yet, when the log goes on or its hole is filled */
  waiting: number;
  /** are judged no more: they could be re-ordered no longer before it was known */
  missed: number;
  /** the longest that keeps one of them; absent when the log may only need its time */
  silence?: Silence;
}

/** What keeps a session from being judged. */
export interface Unknown {
  /** for people */
  why: string;
  /** absent: the log may only need its time */
  silence?: Silence;
}

/** Counts sessions that are not judged, by whose log is silent: as many as logs are named. */
export class UnjudgedLogs {
  private readonly logs = new Map<string, Unjudged>();
  /** sessions that are judged no more, of all logs */
  missed = 0;

  /** @param waits of one person, those of a session together when it may have begun through several providers */
  count(what: 'waiting' | 'missed', waits: readonly Wait[], person: Person, judges: readonly PersonJudge[], known: SignOnKnown): void {
    for (const time of new Set(waits.map((wait) => wait.time))) {
      const ofOne = waits.filter((wait) => wait.time === time);
      const judge = judges.find((one) => one.isExplained?.(person, ofOne) === false);
      if (judge === undefined) continue;
      let isCounted = false;
      for (const wait of ofOne) {
        const unknown = judge.unknown?.(known, person.tenant, wait);
        if (unknown === undefined || known.enforced.waitOf(wait.provider) === undefined) continue;
        isCounted = true;
        const log = this.logOf(person.tenant, wait.provider);
        log[what]++;
        const { silence } = unknown;
        if (silence !== undefined && lengthOf(silence, known.ticked) > lengthOf(log.silence, known.ticked)) log.silence = silence;
      }
      if (isCounted && what === 'missed') this.missed++;
    }
  }

  /** A log that was silent has spoken: says when of those that are silent still. */
  resolve(endOf: (log: Unjudged, since: number) => number | undefined): void {
    for (const log of this.logs.values()) {
      const since = log.silence?.first_time;
      if (since === undefined || log.silence?.last_time !== undefined) continue;
      const end = endOf(log, since);
      if (end !== undefined) log.silence = { first_time: since, last_time: end };
    }
  }

  copy(): UnjudgedLogs {
    const other = new UnjudgedLogs();
    for (const [name, log] of this.logs) other.logs.set(name, { ...log });
    other.missed = this.missed;
    return other;
  }

  /** In order of tenant and provider. */
  list(): Unjudged[] {
    return [...this.logs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, log]) => log);
  }

  private logOf(tenant: string, provider: string): Unjudged {
    const name = `${tenant}\n${provider}`;
    const log = this.logs.get(name) ?? { tenant, provider, waiting: 0, missed: 0 };
    this.logs.set(name, log);
    return log;
  }
}

/** Of one whose beginning nobody knows it is only known that there was one. */
function lengthOf(silence: Silence | undefined, now: number): number {
  if (silence === undefined) return -1;
  return silence.first_time === undefined ? 0 : (silence.last_time ?? now) - silence.first_time;
}
