import { isBefore, isSince, type Moment, type Observation } from '../state/observation.js';
import type { Person } from '../state/person.js';
import type { Print, PrintNote } from '../state/print.js';
import type { Session } from '../state/session.js';
import { isSuspect } from '../state/story.js';
import type { Judgement, Stranger } from '../state/verdict.js';
import { LEVEL_FROM } from './levels.js';

/** Whoever is held for a stranger by what happened up to a moment, in whatever session. */
export interface Strangers {
  at: Moment;
  prints: ReadonlySet<Print>;
  /** sessions that are all theirs, beside those that are known for good to be */
  sessions: ReadonlySet<Session>;
  /** address blocks that they came from, as far as those are not the person's, too */
  prefixes: ReadonlySet<string>;
  /** those of them that a session of theirs came from, or that the event itself is held highly for */
  sure_prefixes: ReadonlySet<string>;
}

const NONE: ReadonlySet<never> = new Set();

/**
 * Who is held for a stranger by what happened up to an event? All that they did can then be told, also what they did before anybody knew.
 * @param at place in the person's story of an event that is not settled: what is settled was before it
 * @param from event time from which on their prints are looked for, ms; undefined when there are none
 */
export function strangersAt(person: Person, at: number, from: number): Strangers | undefined {
  const { tail, suspects, verdicts, watched } = person.story;
  if (watched.length === 0 && suspects.length === 0 && verdicts.length === 0) return undefined;
  const seen = tail[at]!;
  let prints: Set<Print> | undefined;
  let prefixes: Set<string> | undefined;
  let surePrefixes: Set<string> | undefined;
  let sessions: Set<Session> | undefined;
  let isAllTheirs = false;
  let last: Print | undefined;
  for (let i = watched.length === 0 ? -1 : at; i >= 0; i--) {
    const { print, session, time } = tail[i]!;
    if (session === undefined || !watched.includes(session)) continue;
    if (time < from) break;
    if (session.stranger_since !== undefined && isSince(seen, session.stranger_since)) isAllTheirs = true;
    if (print === last) continue;
    last = print;
    for (const note of print.notes) {
      if (note === undefined || !isHeld(note, seen)) continue;
      prints ??= new Set();
      prints.add(print);
      // who sits behind the owner's own addresses is told by the rest of the print alone
      const prefix = (note.points[0] ?? 0) > 0 ? print.endpoint?.prefix : undefined;
      if (prefix === undefined) continue;
      prefixes = (prefixes ?? new Set()).add(prefix);
      surePrefixes = (surePrefixes ?? new Set()).add(prefix);
    }
  }
  for (const known of suspects) if (isSuspect(known, seen)) prefixes = (prefixes ?? new Set()).add(known.prefix);
  for (const { seen: trigger, judgement } of verdicts) {
    const stranger = strangerOf(judgement);
    if (stranger === undefined || isBefore(seen.time, seen.uid, trigger.time, trigger.uid)) continue;
    if (stranger.session !== undefined) sessions = (sessions ?? new Set()).add(stranger.session);
    if (stranger.prefix === undefined) continue;
    prefixes = (prefixes ?? new Set()).add(stranger.prefix);
    if (trigger === seen && judgement.score >= LEVEL_FROM.high) surePrefixes = (surePrefixes ?? new Set()).add(stranger.prefix);
  }
  if (!isAllTheirs && prints === undefined && prefixes === undefined && sessions === undefined) return undefined;
  return { at: seen, prints: prints ?? NONE, sessions: sessions ?? NONE, prefixes: prefixes ?? NONE, sure_prefixes: surePrefixes ?? NONE };
}

/** Was it held for a stranger's at an event, which is not settled? */
function isHeld({ was_suspect, is_suspect, suspect_time, suspect_uid }: PrintNote, seen: Observation): boolean {
  return was_suspect || (is_suspect && !isBefore(seen.time, seen.uid, suspect_time, suspect_uid));
}

/**
 * Did one of them do it?
 * @param isSure whether where it came from says so only of a prefix that is surely theirs
 */
export function isOneOf(
  { at, prints, sessions, prefixes, sure_prefixes }: Strangers,
  { print, session }: Observation,
  isSure = false,
): boolean {
  if (prints.has(print)) return true;
  if (session !== undefined && sessions.has(session)) return true;
  if (session?.stranger_since !== undefined && isSince(at, session.stranger_since)) return true;
  const prefix = print.endpoint?.prefix;
  return prefix !== undefined && (isSure ? sure_prefixes : prefixes).has(prefix);
}

/**
 * Does it turn out with this very event that somebody is a stranger? By what its session's rules make of it, of its own print or of another's, or
 * the person's that were asked before.
 */
export function tellsOfStranger({ story }: Person, seen: Observation): boolean {
  if (seen.session !== undefined && seen.scores.some((score) => score >= LEVEL_FROM.medium)) {
    for (const { notes } of seen.session.prints)
      if (notes.some((note) => note?.is_suspect === true && note.suspect_uid === seen.uid)) return true;
  }
  if (story.verdicts.length === 0) return false;
  return story.verdicts.some(({ seen: trigger, judgement }) => trigger === seen && strangerOf(judgement) !== undefined);
}

/** Whom a judgement holds for a stranger, when it is sure enough and does not repeat what others said. */
export function strangerOf({ stranger, score }: Judgement): Stranger | undefined {
  return score < LEVEL_FROM.medium || stranger?.is_hearsay === true ? undefined : stranger;
}
