import type { Principal, SessionEvent, SessionRef } from '../event/index.js';
import { appended } from './appended.js';
import type { Habits } from './habits.js';
import { hash53 } from './hash.js';
import { type Incident, NO_INCIDENTS } from './incident.js';
import { type Mark, NO_MARKS } from './marks.js';
import { livesOf, NO_PAST_LIVES, type PastLife, rememberLife } from './past-lives.js';
import { newSession, type Session, sessionKey } from './session.js';
import type { SignIns } from './sign-ins.js';
import { newStory, type Story } from './story.js';

/** Everything that is remembered of one principal; one look-up answers every detector. */
export interface Person {
  key: string;
  tenant: string;
  principal: Principal;
  last_arrival_time: number;
  /** most recently used last */
  sessions: Session[];
  marks: Mark[];
  story: Story;
  /** undefined until the first lesson, and the first sign-in among them */
  habits: Habits | undefined;
  sign_ins: SignIns | undefined;
  incidents: Incident[];
  past_lives: PastLife[];
  /** hashes of the latest event uids: vendors send the same record twice */
  seen: number[];
  seen_at: number;
  /** nothing can be settled or folded while the boundary of the allowed lateness has not passed this, ms */
  next_settle_time: number;
  /** how much may come before it is weighed again whether all of it is too much, bytes */
  room: number;
}

/** A ring of event ids as long as a vendor's usual burst of re-sends; beyond it `advance` is idempotent by itself. */
export const SEEN_PER_PERSON = 16;

/** The most that one person may take as a record, bytes: a larger one would stall its partition. */
export const PERSON_BYTES_MAX = 64 * 1024;

export function newPerson(event: SessionEvent): Person {
  return {
    key: event.principal.key,
    tenant: event.tenant,
    principal: event.principal,
    last_arrival_time: event.arrival_time,
    sessions: [],
    marks: NO_MARKS,
    story: newStory(),
    habits: undefined,
    sign_ins: undefined,
    incidents: NO_INCIDENTS,
    past_lives: NO_PAST_LIVES,
    seen: [],
    seen_at: 0,
    next_settle_time: event.time,
    room: PERSON_BYTES_MAX,
  };
}

/** True when the event was seen a moment ago; remembers it otherwise. */
export function isRepeat(person: Person, uid: string): boolean {
  const hash = hash53(uid);
  const seen = person.seen;
  if (seen.includes(hash)) return true;
  if (seen.length < SEEN_PER_PERSON) {
    // A list of one number by itself: pushed onto an empty list it would reserve room for seventeen.
    if (seen.length === 0) person.seen = [hash];
    else seen.push(hash);
  } else {
    seen[person.seen_at] = hash;
    person.seen_at = (person.seen_at + 1) % SEEN_PER_PERSON;
  }
  return false;
}

/** The session that an event belongs to, made when it is new; the most recently used sits last. */
export function sessionOf(
  person: Person,
  event: SessionEvent,
  ref: SessionRef,
  idleMs: number,
  interned: (text: string) => string,
): Session {
  const sessions = person.sessions;
  const key = sessionKey(ref);
  for (let i = sessions.length - 1; i >= 0; i--) {
    const session = sessions[i]!;
    if (session.uid !== key || session.issuer !== ref.issuer) continue;
    if (event.arrival_time - session.last_arrival_time > idleMs) {
      // Idle past its life: what comes now is another life of the same id, judged without the old prints.
      sessions.splice(i, 1);
      rememberLife(person, session);
      break;
    }
    if (i !== sessions.length - 1) {
      sessions.splice(i, 1);
      sessions.push(session);
    }
    return session;
  }
  const session = newSession(event, ref, interned);
  if (person.past_lives.length > 0) session.life = livesOf(person, session.uid, session.issuer);
  person.sessions = appended(sessions, session);
  return session;
}

/** Removes sessions above the bound, but not the one in use: the one idle longest first, ties by id. Returns how many went. */
export function boundSessions(person: Person, limit: number, inUse?: Session): number {
  let evicted = 0;
  while (person.sessions.length > limit) {
    let oldest = person.sessions[0] === inUse ? 1 : 0;
    for (let i = oldest + 1; i < person.sessions.length; i++) {
      const a = person.sessions[i]!;
      const b = person.sessions[oldest]!;
      if (a === inUse) continue;
      if (a.last_arrival_time < b.last_arrival_time || (a.last_arrival_time === b.last_arrival_time && a.uid < b.uid)) oldest = i;
    }
    for (const session of person.sessions.splice(oldest, 1)) rememberLife(person, session);
    evicted++;
  }
  return evicted;
}
