import { isBefore, NO_SCORES, type Observation } from './observation.js';
import { type Print, type PrintNote, samePrint } from './print.js';
import type { OnRecord, Report, Session } from './session.js';

/** What stood under two keys, and stands under one now: the objects of the second that those of the first took in. */
export interface Taken {
  sessions: Map<Session, Session>;
  prints: Map<Print, Print>;
  observations: Map<Observation, Observation>;
  /** findings of the second that the first did not have: they go on under their uids */
  carried: Report[];
  /** findings of the second of which the first has its own, that goes on */
  doubles: Double[];
}

/** Two findings of one thing, of which one goes on. */
export interface Double {
  ended: Report;
  goes_on: Report;
}

/**
 * One session that was seen under two keys of its person. What can still be re-ordered is to be judged anew; what was settled under either stands.
 * @param taken what was found of the two persons so far; grows
 */
export function mergeSessions(into: Session, other: Session, taken: Taken): void {
  const isOthers = other.first_time < into.first_time || (other.first_time === into.first_time && isBetterNamed(other, into));
  if (isOthers) into.ref = other.ref;
  if (isBetterNamed(other, into) || (isOthers && !isBetterNamed(into, other))) into.principal = other.principal;
  taken.sessions.set(other, into);
  into.life = Math.max(into.life, other.life);
  into.first_time = Math.min(into.first_time, other.first_time);
  into.last_arrival_time = Math.max(into.last_arrival_time, other.last_arrival_time);
  into.folded_time = Math.max(into.folded_time, other.folded_time);
  into.fresh_time = Math.max(into.fresh_time, other.fresh_time);
  const since = [into.stranger_since, other.stranger_since].filter((moment) => moment !== undefined);
  into.stranger_since = since.sort((a, b) => (isBefore(a.time, a.uid, b.time, b.uid) ? -1 : 1))[0];
  // before the tails are one: which of two like prints came first is told by both
  for (const print of other.prints) takePrint(into, other, print, taken);
  const { tail, settled } = mergeTails(into, other, taken);
  for (const seen of other.tail) {
    seen.print = taken.prints.get(seen.print) ?? seen.print;
    seen.session = into;
  }
  into.tail = tail;
  into.settled = settled;
  into.prints = inOrder(into.prints);
  for (const print of into.prints) print.held_count = 0;
  for (const { print } of tail) print.held_count++;
  mergeReports(into, other, taken);
}

/** Whose vendor gives an address beside the id. */
function isBetterNamed({ principal: a }: Session, { principal: b }: Session): boolean {
  return a.email !== undefined && b.email === undefined;
}

function takePrint(into: Session, other: Session, print: Print, { prints }: Taken): void {
  const known = into.prints.find((one) => one.lane === print.lane && samePrint(one, print));
  if (known === undefined) {
    into.prints = [...into.prints, print];
    return;
  }
  prints.set(print, known);
  // addresses of one prefix may differ in place: a print has that of its first event
  if (isEarlier(firstOf(other, print), firstOf(into, known))) {
    known.endpoint = print.endpoint;
    known.user_agent = print.user_agent;
  }
  if (print.folded_count > 0) {
    const isFirst = known.folded_count === 0 || print.folded_first_time < known.folded_first_time;
    if (isFirst) known.folded_first_time = print.folded_first_time;
    if (known.folded_last === undefined || isEarlier(known.folded_last, print.folded_last)) known.folded_last = print.folded_last;
    known.folded_count += print.folded_count;
  }
  for (let rule = 0; rule < print.notes.length; rule++) {
    const note = print.notes[rule];
    if (note === undefined) continue;
    if (note.known === print) note.known = known;
    const notes = [...known.notes];
    notes[rule] = oneNote(known.notes[rule], note);
    known.notes = notes;
  }
}

type Place = { time: number; uid: string } | undefined;

function firstOf({ tail }: Session, print: Print): Place {
  return print.folded_count > 0 ? { time: print.folded_first_time, uid: '' } : tail.find((seen) => seen.print === print);
}

function isEarlier(a: Place, b: Place): boolean {
  return a !== undefined && (b === undefined || isBefore(a.time, a.uid, b.time, b.uid));
}

/** What is settled stands: of two settled ones what was concluded first, and a suspicion whichever had it. What is not is found anew. */
function oneNote(a: PrintNote | undefined, b: PrintNote): PrintNote {
  if (a === undefined || a.is_settled !== b.is_settled) return a?.is_settled === true ? a : b;
  const [first, last] = isBefore(a.since_time, a.since_uid, b.since_time, b.since_uid) ? [a, b] : [b, a];
  if (first.was_suspect || !last.was_suspect) return first;
  const { suspect_time, suspect_uid } = last;
  return { ...first, is_suspect: true, was_suspect: true, suspect_time, suspect_uid };
}

/** Prints that fold stand before those that did not yet, each where it was used first; see `foldOldest`. */
function inOrder(prints: readonly Print[]): Print[] {
  const folded = prints.filter(({ folded_count }) => folded_count > 0);
  return [...folded.sort((a, b) => a.folded_first_time - b.folded_first_time), ...prints.filter(({ folded_count }) => folded_count === 0)];
}

/** Events in order, of which the first can no longer be re-ordered. */
export interface Tail {
  tail: Observation[];
  settled: number;
}

/**
 * Two tails as one. What was settled under either stays so, and what is late behind it comes right after it, as any other late event.
 * An event that both know is the first's.
 */
export function mergeTails(into: Tail, other: Tail, { observations }: Pick<Taken, 'observations'>): Tail {
  const known = new Map(into.tail.map((seen) => [`${seen.time} ${seen.uid}`, seen]));
  const isNews = (seen: Observation): boolean => {
    const same = known.get(`${seen.time} ${seen.uid}`);
    if (same !== undefined && same !== seen) observations.set(seen, same);
    return same === undefined && !observations.has(seen);
  };
  const settled = merged(into.tail.slice(0, into.settled), other.tail.slice(0, other.settled).filter(isNews));
  const rest = merged(into.tail.slice(into.settled), other.tail.slice(other.settled).filter(isNews));
  for (const seen of rest) seen.scores = NO_SCORES;
  return { tail: [...settled, ...rest], settled: settled.length };
}

function merged(a: readonly Observation[], b: readonly Observation[]): Observation[] {
  const all: Observation[] = [];
  let at = 0;
  for (const seen of a) {
    for (let next = b[at]; next !== undefined && isBefore(next.time, next.uid, seen.time, seen.uid); next = b[++at]) all.push(next);
    all.push(seen);
  }
  return [...all, ...b.slice(at)];
}

/**
 * Findings on record of both. Of two of one thing the one that stands goes on, else the first's; the other one was told under a uid of its own, and
 * comes to an end. What stood for good under either stands for good.
 */
export function mergeReports(into: OnRecord, other: OnRecord, { carried, doubles }: Pick<Taken, 'carried' | 'doubles'>): void {
  for (const report of other.reports) {
    const at = into.reports.findIndex(({ episode, finding }) => episode === report.episode && finding.rule.uid === report.finding.rule.uid);
    const known = into.reports[at];
    if (known === undefined) {
      into.reports = [...into.reports, report];
      carried.push(report);
      continue;
    }
    const isOpen = report.finding.status !== 'retracted';
    if (isOpen && known.finding.status === 'retracted') {
      into.reports = into.reports.with(at, report);
      carried.push(report);
    } else if (isOpen) {
      doubles.push({ ended: report, goes_on: known });
      keepStronger(known, report);
    }
  }
}

function keepStronger(known: Report, { settled }: Report): void {
  if (settled === undefined || (known.settled?.score ?? -1) >= settled.score) return;
  const { uid, incident_uid, time, revision, supersedes } = known.finding;
  known.settled = { ...settled, uid, incident_uid, time: Math.min(time, settled.time), revision, supersedes };
}
