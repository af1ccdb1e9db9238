import type { Finding, Lane, Principal, SessionEvent, SessionMint, SessionRef } from '../event/index.js';
import { appended } from './appended.js';
import { isEndBehind } from './key-marks.js';
import { isOfSomeKey, type Mark } from './marks.js';
import { type Fact, isBefore, type Moment, type Observation, observe } from './observation.js';
import { isBlank, newPrint, type Print, samePrint, traitsOf } from './print.js';

/** A finding of a session that is on record, as it was last said. */
export interface Report {
  /** the rule's place in the rule set */
  rule: number;
  /** which of the session's lives: see detect/evaluate.ts */
  episode: string;
  finding: Finding;
  /** what stands for good because its trigger can no longer be re-ordered */
  settled: Finding | undefined;
}

/** What we remember of one identity session. */
export interface Session {
  uid: string;
  issuer: string;
  /** the reference as first logged, for findings and commands */
  ref: SessionRef;
  /** the person as this session's vendor names them */
  principal: Principal;
  mint: SessionMint;
  /** how many lives of the same id something was said of before this one; see past-lives.ts */
  life: number;
  /** event time of the earliest event seen, or the time of making that one of them named */
  first_time: number;
  /** arrival time of the latest event: idleness is measured on it */
  last_arrival_time: number;
  /** every distinct fingerprint; the first in event-time order is the mint */
  prints: Print[];
  /** ordered by event time, then uid */
  tail: Observation[];
  /** how many of the tail's first can no longer be re-ordered: they are not judged again, later events still look back at them */
  settled: number;
  /** event time of the latest observation that left the tail; 0 before */
  folded_time: number;
  /** event time of the latest fresh authentication that left the tail; 0 before */
  fresh_time: number;
  reports: Report[];
  /** since when all of it is held for a stranger's own, once that is settled */
  stranger_since: Moment | undefined;
}

/** Later than any event. */
export const NEVER = Number.MAX_SAFE_INTEGER;

/** Shared by all sessions that nothing was said of. */
export const NO_REPORTS: Report[] = [];

/** The most prints that a session keeps after folding; the mint never goes. */
export const PRINTS_PER_SESSION = 8;
/** The most settled findings that a session remembers from longer ago: one that is ended and used again every day would gather one a day. */
export const REPORTS_PER_SESSION = 16;
/**
 * However many they are, what was seen within this is remembered: whoever acts on findings still knows it by its uid (respond's own memory is as long), and
 * would take what is said anew for an old revision. What a person may take in all is bounded in bytes, and then the oldest goes all the same.
 */
export const REPORTS_KEPT_MS = 8 * 24 * 3_600_000;

export function newSession(event: SessionEvent, ref: SessionRef, interned: (text: string) => string): Session {
  const issuer = interned(ref.issuer);
  return {
    uid: sessionKey(ref),
    issuer,
    ref: { ...ref, issuer },
    principal: event.principal,
    mint: 'unknown',
    life: 0,
    first_time: birthOf(event, ref),
    last_arrival_time: event.arrival_time,
    prints: [],
    tail: [],
    settled: 0,
    folded_time: 0,
    fresh_time: 0,
    reports: NO_REPORTS,
    stranger_since: undefined,
  };
}

/** The root authentication where the vendor names one: child sessions of one cookie are one session. */
export function sessionKey(ref: SessionRef): string {
  return ref.root_uid ?? ref.uid;
}

/** The latest time at which the session can have begun, as this event tells: its token is no older than it. */
export function birthOf(event: SessionEvent, ref: SessionRef): number {
  return Math.min(event.time, ref.created_time ?? event.time, event.token?.issued_time ?? event.time);
}

/**
 * Puts an event into its place in the session's story. Idempotent while the event is in the tail.
 * @returns its index in the tail, -1 when it was there already or says nothing
 */
export function addObservation(
  session: Session,
  event: SessionEvent,
  lane: Lane,
  interned: (text: string) => string,
  facts?: readonly Fact[],
): number {
  const traits = traitsOf(event);
  if (isBlank(traits)) return -1;
  const tail = session.tail;
  let at = tail.length;
  while (at > 0) {
    const before = tail[at - 1]!;
    if (before.time === event.time && before.uid === event.uid) return -1;
    if (isBefore(before.time, before.uid, event.time, event.uid)) break;
    at--;
  }
  // Later than allowed: what is settled stays as it is, and this comes right after it.
  if (at < session.settled) at = session.settled;
  let print: Print | undefined;
  for (const known of session.prints) {
    if (known.lane === lane && samePrint(known, traits)) {
      print = known;
      break;
    }
  }
  if (print === undefined) {
    print = newPrint(lane, traits);
    session.prints = appended(session.prints, print);
  } else if (at < tail.length && isFirstOf(session, print, at)) {
    // Addresses of one prefix may differ in place: a print has that of its first event, not of the first to arrive.
    print.endpoint = traits.endpoint;
    print.user_agent = traits.user_agent;
  }
  print.held_count++;
  const seen = observe(event, print, session, interned, facts);
  if (at === tail.length) session.tail = appended(tail, seen);
  else tail.splice(at, 0, seen);
  return at;
}

function isFirstOf(session: Session, print: Print, at: number): boolean {
  if (print.folded_count > 0) return false;
  for (let i = 0; i < at; i++) if (session.tail[i]!.print === print) return false;
  return true;
}

/** Takes the oldest observation that could still be re-ordered for settled: what was concluded from it stands for good. */
export function settleOldest(session: Session): Observation | undefined {
  const oldest = session.tail[session.settled];
  if (oldest === undefined) return undefined;
  session.settled++;
  for (const print of session.prints) {
    for (const note of print.notes) {
      if (note === undefined) continue;
      if (note.since_uid === oldest.uid) note.is_settled = true;
      if (note.is_suspect && note.suspect_uid === oldest.uid) note.was_suspect = true;
    }
  }
  for (const report of session.reports) {
    if (report.finding.trigger_event_uid === oldest.uid && report.finding.status !== 'retracted') report.settled = report.finding;
  }
  return oldest;
}

/** Takes the oldest observation out of the tail, settled if it was not, and keeps of it what its print and its session need. */
export function foldOldest(session: Session): void {
  if (session.settled === 0) settleOldest(session);
  const oldest = session.tail.shift();
  if (oldest === undefined) return;
  session.settled--;
  const print = oldest.print;
  print.held_count--;
  if (print.folded_count === 0) inOrderOfFolding(session, print);
  if (print.folded_count === 0 || oldest.time < print.folded_first_time) print.folded_first_time = oldest.time;
  print.folded_count++;
  if (print.folded_last === undefined || oldest.time >= print.folded_last.time) {
    print.folded_last = { uid: oldest.uid, time: oldest.time, vendor: oldest.vendor, action: oldest.action, endpoint: oldest.endpoint };
  }
  session.folded_time = Math.max(session.folded_time, oldest.time);
  if (oldest.is_fresh) session.fresh_time = Math.max(session.fresh_time, oldest.time);
}

/** Prints that fold stand before those that did not yet: of two that were first used at one time the first of the story is the first here, too. */
function inOrderOfFolding({ prints }: Session, print: Print): void {
  const from = prints.indexOf(print);
  let to = 0;
  while (to < from && prints[to]!.folded_count > 0) to++;
  if (to === from) return;
  prints.splice(from, 1);
  prints.splice(to, 0, print);
}

/**
 * Drops prints above the bound: those that no observation holds, least suspicious first, then least recently seen. The mint stays, and a
 * thief's prints outlive the harmless, so that a flood of either cannot wash the other out.
 */
export function boundPrints(session: Session, most = PRINTS_PER_SESSION): number {
  let dropped = 0;
  while (session.prints.length > most) {
    const mint = mintOf(session);
    let worst: Print | undefined;
    for (const print of session.prints) {
      if (print === mint || print.held_count > 0) continue;
      if (worst === undefined || goesFirst(print, worst)) worst = print;
    }
    if (worst === undefined) return dropped;
    session.prints.splice(session.prints.indexOf(worst), 1);
    for (const print of session.prints) inherit(print, worst, mint);
    dropped++;
  }
  return dropped;
}

/** Where findings are on record: a session, or a person's story. */
export interface OnRecord {
  reports: Report[];
}

/**
 * Makes room for one more finding: forgets of those that were taken back, and of those that can no longer change for the weaker, what was
 * seen the longest ago. @returns what was forgotten
 * @param time of now, ms
 * @param isKept would it be said anew, as something new, when all that is not settled is judged again?
 */
export function boundReports(on: OnRecord, time: number, isKept: (report: Report) => boolean = () => false): Report[] {
  const gone: Report[] = [];
  while (on.reports.length >= REPORTS_PER_SESSION) {
    let oldest: Report | undefined;
    for (const report of on.reports) {
      if (report.finding.last_seen_time >= time - REPORTS_KEPT_MS) continue;
      if (isKept(report) || (report.finding.status !== 'retracted' && report.settled !== report.finding)) continue;
      if (oldest === undefined || isForgottenBefore(report, oldest)) oldest = report;
    }
    if (oldest === undefined) break;
    const forgotten = oldest;
    on.reports = on.reports.filter((report) => report !== forgotten);
    gone.push(forgotten);
  }
  return gone;
}

function isForgottenBefore({ finding: a }: Report, { finding: b }: Report): boolean {
  if ((a.status === 'retracted') !== (b.status === 'retracted')) return a.status === 'retracted';
  return a.last_seen_time < b.last_seen_time;
}

/**
 * What was said stands for good: something that it rests on had to go before its time, and a judgement that knows less may add to it but not
 * take it back.
 */
export function keepReports(session: OnRecord): void {
  for (const report of session.reports) if (report.finding.status !== 'retracted') report.settled = report.finding;
}

/**
 * The same for what was said of one of the session's lives, when the end that began it had to go, or the record by which the end of a key is one of the
 * session's.
 * @param marks that are left
 */
export function keepEpisode(session: Session, gone: Mark, marks: readonly Mark[]): void {
  for (const report of session.reports) {
    if (report.finding.status === 'retracted') continue;
    if (report.episode === gone.uid || (gone.kind === 'key_issue' && isCutOff(session, report, marks))) report.settled = report.finding;
  }
}

/** Was it said for the end of a key with which, as far as is known now, nothing was made that the session shows? */
function isCutOff({ tail }: Session, { episode, finding }: Report, marks: readonly Mark[]): boolean {
  const end = marks.find(({ uid }) => uid === episode);
  if (end === undefined || !isOfSomeKey(end)) return false;
  const seen = tail.find(({ uid }) => uid === finding.trigger_event_uid);
  return seen?.token_uid === undefined || !isEndBehind(end, marks, seen.token_uid, seen.vendor, seen.time);
}

/** What was compared with a print that goes is compared with what that one was compared with, or with the mint. */
function inherit(print: Print, gone: Print, mint: Print | undefined): void {
  print.notes.forEach((note, rule) => {
    if (note?.baseline === gone) note.baseline = gone.notes[rule]?.baseline ?? mint;
  });
}

function goesFirst(a: Print, b: Print): boolean {
  const aSuspect = a.notes.some((note) => note?.is_suspect === true);
  const bSuspect = b.notes.some((note) => note?.is_suspect === true);
  if (aSuspect !== bSuspect) return bSuspect;
  return (a.folded_last?.time ?? 0) < (b.folded_last?.time ?? 0);
}

/** The fingerprint that the session was first used with. */
export function mintOf(session: Session): Print | undefined {
  let mint: Print | undefined;
  for (const print of session.prints) {
    if (print.folded_count > 0 && (mint === undefined || print.folded_first_time < mint.folded_first_time)) mint = print;
  }
  return mint ?? session.tail[0]?.print;
}
