import { appended } from './appended.js';
import { keepLevels } from './incident.js';
import type { Person } from './person.js';
import type { Session } from './session.js';

/** A session that was forgotten after something had been said of it. What is said in its next life is another finding, not a revision. */
export interface PastLife {
  uid: string;
  issuer: string;
  /** how many of its lives something was said of */
  lives: number;
}

/** The oldest goes first. Few people ever have one. */
export const PAST_LIVES_PER_PERSON = 64;

/** Shared by everybody who has none. */
export const NO_PAST_LIVES: PastLife[] = [];

/** Called for each session that a person's record loses. */
export function rememberLife(person: Person, session: Session): void {
  if (session.reports.length === 0) return;
  keepLevels(person, session.reports);
  const others = person.past_lives.filter((past) => past.uid !== session.uid || past.issuer !== session.issuer);
  person.past_lives = appended(others, { uid: session.uid, issuer: session.issuer, lives: session.life + 1 }).slice(-PAST_LIVES_PER_PERSON);
}

/** How many lives with something to say a session had before. */
export function livesOf(person: Person, uid: string, issuer: string): number {
  for (const past of person.past_lives) if (past.uid === uid && past.issuer === issuer) return past.lives;
  return 0;
}
