import type { Confidence, Finding, Lane, SessionEvent, SessionMint, SessionRef } from '../event/index.js';
import { isBefore, type Observation, observe } from './observation.js';
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
  confidence: Confidence;
  /** the reference as last logged, for findings and commands */
  ref: SessionRef;
  mint: SessionMint;
  /** event time of the earliest event seen */
  first_time: number;
  /** arrival time of the latest event: idleness is measured on it */
  last_arrival_time: number;
  /** every distinct fingerprint; the first in event-time order is the mint */
  prints: Print[];
  /** ordered by event time, then uid */
  tail: Observation[];
  /** position up to which observations were folded into prints */
  folded_time: number;
  folded_uid: string;
  reports: Report[];
}

/** The most prints that a session keeps after folding; the mint never goes. */
export const PRINTS_PER_SESSION = 8;

export function newSession(event: SessionEvent, ref: SessionRef): Session {
  return {
    uid: sessionKey(ref),
    issuer: ref.issuer,
    confidence: ref.confidence,
    ref,
    mint: 'unknown',
    first_time: event.time,
    last_arrival_time: event.arrival_time,
    prints: [],
    tail: [],
    folded_time: Number.NEGATIVE_INFINITY,
    folded_uid: '',
    reports: [],
  };
}

/** The root authentication where the vendor names one: child sessions of one cookie are one session. */
export function sessionKey(ref: SessionRef): string {
  return ref.root_uid ?? ref.uid;
}

/** Where an observation went: `at` is its index in the tail, -1 when it was there already or says nothing. */
export interface Placed {
  at: number;
  is_last: boolean;
  is_new_print: boolean;
}
const NOWHERE: Placed = { at: -1, is_last: false, is_new_print: false };

/** Puts an event into its place in the session's story. Idempotent while the event is in the tail. */
export function addObservation(session: Session, event: SessionEvent, lane: Lane): Placed {
  const traits = traitsOf(event);
  if (isBlank(traits)) return NOWHERE;
  const tail = session.tail;
  let at = tail.length;
  while (at > 0) {
    const before = tail[at - 1]!;
    if (before.time === event.time && before.uid === event.uid) return NOWHERE;
    if (isBefore(before.time, before.uid, event.time, event.uid)) break;
    at--;
  }
  let print: Print | undefined;
  for (const known of session.prints) {
    if (known.lane === lane && samePrint(known, traits)) {
      print = known;
      break;
    }
  }
  const is_new_print = print === undefined;
  if (print === undefined) {
    print = newPrint(lane, traits);
    session.prints.push(print);
  }
  const seen = observe(event, print);
  if (at === tail.length) tail.push(seen);
  else tail.splice(at, 0, seen);
  return { at, is_last: at === tail.length - 1, is_new_print };
}

/** Takes the oldest observation out of the tail for good and keeps of it what its print needs. */
export function foldOldest(session: Session): Observation | undefined {
  const oldest = session.tail.shift();
  if (oldest === undefined) return undefined;
  const print = oldest.print;
  if (print.folded_count === 0) print.folded_first_time = oldest.time;
  print.folded_count++;
  print.folded_last = { uid: oldest.uid, time: oldest.time, vendor: oldest.vendor, action: oldest.action, endpoint: oldest.endpoint };
  session.folded_time = oldest.time;
  session.folded_uid = oldest.uid;
  for (const report of session.reports) {
    if (report.finding.trigger_event_uid === oldest.uid && report.finding.status !== 'retracted') report.settled = report.finding;
  }
  return oldest;
}

/**
 * Drops prints above the bound: those that no observation holds, least suspicious first, then least recently seen. The mint stays, and a
 * thief's prints outlive the harmless, so that a flood of either cannot wash the other out.
 */
export function boundPrints(session: Session): number {
  let dropped = 0;
  while (session.prints.length > PRINTS_PER_SESSION) {
    const held = new Set<Print>();
    for (const seen of session.tail) held.add(seen.print);
    const mint = mintOf(session);
    let worst: Print | undefined;
    for (const print of session.prints) {
      if (print === mint || held.has(print)) continue;
      if (worst === undefined || goesFirst(print, worst)) worst = print;
    }
    if (worst === undefined) return dropped;
    session.prints.splice(session.prints.indexOf(worst), 1);
    dropped++;
  }
  return dropped;
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
