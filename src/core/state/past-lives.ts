import { keepLevels } from './incident.js';
import { isBefore } from './observation.js';
import type { Person } from './person.js';
import type { Session } from './session.js';
import { shortId } from './short-id.js';

/** A session that was forgotten after something had been said of it. What is said in its next life is another finding, not a revision. */
export interface PastLife {
  /** long ones as their hashes */
  uid: string;
  issuer: string;
  /** how many of its lives something was said of */
  lives: number;
  /** event time of its latest event, ms */
  last_time: number;
}

/** The one that was used longest ago goes first. Few people ever have one. */
export const PAST_LIVES_PER_PERSON = 64;

/** Shared by everybody who has none. */
export const NO_PAST_LIVES: PastLife[] = [];

/** Called for each session that a person's record loses. */
export function rememberLife(person: Person, session: Session): void {
  if (session.reports.length === 0) return;
  keepLevels(person, session.reports);
  const uid = shortId(session.uid);
  const issuer = shortId(session.issuer);
  const others = person.past_lives.filter((past) => past.uid !== uid || past.issuer !== issuer);
  const last_time = Math.max(session.folded_time, session.tail.at(-1)?.time ?? 0);
  const past = { uid, issuer, lives: session.life + 1, last_time };
  let at = others.length;
  while (at > 0 && isAfter(others[at - 1]!, past)) at--;
  person.room -= 3 * (uid.length + issuer.length) + 20;
  person.past_lives = [...others.slice(0, at), past, ...others.slice(at)].slice(-PAST_LIVES_PER_PERSON);
}

/** What two keys of one person remember. */
export function mergeLives(into: PastLife[], other: readonly PastLife[]): PastLife[] {
  if (other.length === 0) return into;
  const all = new Map<string, PastLife>();
  for (const past of [...into, ...other]) {
    const id = `${past.uid} ${past.issuer}`;
    const known = all.get(id);
    const lives = Math.max(past.lives, known?.lives ?? 0);
    all.set(id, { ...past, lives, last_time: Math.max(past.last_time, known?.last_time ?? 0) });
  }
  return [...all.values()].sort((a, b) => (isAfter(a, b) ? 1 : -1)).slice(-PAST_LIVES_PER_PERSON);
}

function isAfter(a: PastLife, b: PastLife): boolean {
  return isBefore(b.last_time, `${b.uid} ${b.issuer}`, a.last_time, `${a.uid} ${a.issuer}`);
}

/** How many lives with something to say a session had before. */
export function livesOf(person: Person, uid: string, issuer: string): number {
  const id = shortId(uid);
  const by = shortId(issuer);
  for (const past of person.past_lives) if (past.uid === id && past.issuer === by) return past.lives;
  return 0;
}
