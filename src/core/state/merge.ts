import type { Finding, Principal } from '../event/index.js';
import { keepRestingOn } from './gone-mark.js';
import { INCIDENTS_PER_PERSON, type Incident, mergeIncident } from './incident.js';
import { goneSessions } from './known-sessions.js';
import { addMark } from './marks.js';
import { mergeHabits, mergeSignIns } from './merge-habits.js';
import { type Double, mergeReports, mergeSessions, mergeTails, type Taken } from './merge-sessions.js';
import { isBefore, NO_SCORES } from './observation.js';
import { livesOf, mergeLives } from './past-lives.js';
import { type Person, SEEN_PER_PERSON } from './person.js';
import type { Print } from './print.js';
import type { Report } from './session.js';
import { mergeSuspects, watch } from './story.js';

/** What two keys of one person leave to be said. */
export interface Merged {
  /** findings that were told under the other key only, and go on under their uids */
  carried: Report[];
  /** findings that were told under both keys: the first ends, the second goes on */
  doubles: Double[];
}

/** Whose person it is from now on. Findings that are on record of them speak of the new key; what was told of them does not change. */
export function rekey(person: Person, key: string): Report[] {
  const principals = new Map<Principal, Principal>();
  const rekeyed = (principal: Principal): Principal => {
    const known = principals.get(principal) ?? Object.freeze({ ...principal, key });
    principals.set(principal, known);
    return known;
  };
  person.key = key;
  person.principal = rekeyed(person.principal);
  // also those that are forgotten and of which the story still speaks
  for (const session of [...person.sessions, ...goneSessions(person)]) session.principal = rekeyed(session.principal);
  const all: Report[] = [];
  for (const { reports } of [...person.sessions, person.story]) {
    for (const report of reports) {
      const finding: Finding = { ...report.finding, principal: rekeyed(report.finding.principal) };
      if (report.settled === report.finding) report.settled = finding;
      else if (report.settled !== undefined) report.settled = { ...report.settled, principal: rekeyed(report.settled.principal) };
      report.finding = finding;
      all.push(report);
    }
  }
  return all;
}

/**
 * Two records of one person as one, as if all had come under one key: below the bounds of what is remembered it does not matter which is merged into
 * which, nor what came under which key, as far as it can still be re-ordered. What was settled under either key stands as it was concluded.
 * Nothing is judged here: what is not settled is to be judged anew, and bounds are the caller's but for those of lists.
 * @param into takes in all; of one tenant, and of the key that stands
 * @param other of the same key by now (`rekey`), and not to be used any more
 */
export function mergePeople(into: Person, other: Person): Merged {
  const taken: Taken = { sessions: new Map(), prints: new Map(), observations: new Map(), carried: [], doubles: [] };
  if (isBetterNamed(other.principal, into.principal)) into.principal = other.principal;
  into.last_arrival_time = Math.max(into.last_arrival_time, other.last_arrival_time);
  into.next_settle_time = Math.min(into.next_settle_time, other.next_settle_time);
  // a session that was forgotten under one key and goes on under the other is not in its first life
  for (const session of into.sessions) session.life = Math.max(session.life, livesOf(other, session.uid, session.issuer));
  for (const session of other.sessions) session.life = Math.max(session.life, livesOf(into, session.uid, session.issuer));
  for (const session of other.sessions) {
    const known = into.sessions.find(({ uid, issuer }) => uid === session.uid && issuer === session.issuer);
    if (known !== undefined) mergeSessions(known, session, taken);
    else {
      into.sessions = [...into.sessions, session];
      taken.carried.push(...session.reports);
    }
  }
  into.sessions = [...into.sessions].sort((a, b) => a.last_arrival_time - b.last_arrival_time || (a.uid < b.uid ? -1 : 1));
  mergeStories(into, other, taken);
  mergeMarks(into, other);
  into.incidents = mergeAllIncidents(into, other);
  into.past_lives = mergeLives(into.past_lives, other.past_lives);
  into.habits = mergeHabits(into.habits, other.habits);
  into.sign_ins = mergeSignIns(into.sign_ins, other.sign_ins);
  into.seen = [...new Set([...seenOf(other), ...seenOf(into)])].slice(-SEEN_PER_PERSON);
  into.seen_at = 0;
  return taken;
}

/** As whoever speaks first is named, and renamed by who names better; see `learnName` in detect. */
function isBetterNamed(a: Principal, b: Principal): boolean {
  if ((a.type === 'human') !== (b.type === 'human')) return a.type === 'human';
  if ((a.email === undefined) !== (b.email === undefined)) return a.email !== undefined;
  return a.email === b.email && a.name !== undefined && b.name === undefined;
}

function mergeStories(into: Person, other: Person, taken: Taken): void {
  const { sessions, prints } = taken;
  for (const seen of other.story.tail) {
    seen.print = prints.get(seen.print) ?? seen.print;
    if (seen.session !== undefined) seen.session = sessions.get(seen.session) ?? seen.session;
  }
  const { tail, settled } = mergeTails(into.story, other.story, taken);
  const { story } = into;
  story.tail = tail;
  story.settled = settled;
  story.judged = settled;
  story.is_stale = true;
  story.verdicts = [];
  mergeReports(story, other.story, taken);
  story.suspects = mergeSuspects(story.suspects, other.story.suspects);
  for (const session of other.story.watched) watch(story, sessions.get(session) ?? session);
  const seen = new Set<Print>();
  for (const { print } of other.story.tail) follow(print, taken, seen);
  for (const session of into.sessions) for (const print of session.prints) follow(print, taken, seen);
  // who was a stranger under one key is weighed with what was known under the other
  for (const session of into.sessions) for (let at = session.settled; at < session.tail.length; at++) session.tail[at]!.scores = NO_SCORES;
}

/** What prints were compared with is what there is now, also of those that no session has any more. */
function follow(print: Print, taken: Taken, seen: Set<Print>): void {
  if (seen.has(print)) return;
  seen.add(print);
  for (const note of print.notes) {
    if (note?.baseline === undefined) continue;
    note.baseline = taken.prints.get(note.baseline) ?? note.baseline;
    follow(note.baseline, taken, seen);
  }
}

function mergeMarks(into: Person, other: Person): void {
  if (other.marks.length === 0) return;
  const marks = [...into.marks];
  into.marks = marks;
  const gone = other.marks.map((mark) => addMark(marks, mark)).filter((added) => typeof added === 'object');
  for (const one of gone) keepRestingOn(into, one);
}

function mergeAllIncidents(into: Person, other: Person): Incident[] {
  if (other.incidents.length === 0) return into.incidents;
  const all = [...into.incidents];
  for (const incident of other.incidents) {
    const known = all.find(({ uid }) => uid === incident.uid);
    if (known === undefined) all.push(incident);
    else mergeIncident(known, incident);
  }
  all.sort((a, b) => (isBefore(a.seen_time, a.uid, b.seen_time, b.uid) ? -1 : 1));
  return all.slice(-INCIDENTS_PER_PERSON);
}

/** First what was seen first. */
function seenOf({ seen, seen_at }: Person): number[] {
  return [...seen.slice(seen_at), ...seen.slice(0, seen_at)];
}
