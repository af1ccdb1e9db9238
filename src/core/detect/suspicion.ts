import { isBefore, isSince, type Observation } from '../state/observation.js';
import type { Person } from '../state/person.js';
import { isSuspect, SUSPECT_LAPSES_MS } from '../state/story.js';
import { LEVEL_FROM } from './levels.js';
import { strangerOf } from './strangers.js';

/**
 * Is this event held for a stranger's by what happened up to it? By a rule of its session that judged it or its print so, or by one of the
 * person's rules that holds its whole session, or everybody at its address block, for somebody else. Of settled and of unsettled events alike,
 * so that the answer does not depend on when it is asked.
 */
export function isSuspected(person: Person, seen: Observation): boolean {
  return isSuspectInSession(seen) || isStrangers(person, seen);
}

/** By what the rules of its session made of it, or of its print up to it? */
function isSuspectInSession(seen: Observation): boolean {
  return seen.scores.some((score) => score >= LEVEL_FROM.medium) || isSuspectPrint(seen, seen);
}

/** Was an event, or an earlier one, done by somebody who is held for a stranger at a later event, when more was known of them? */
export function isSuspectedBy(person: Person, seen: Observation, at: Observation): boolean {
  return isSuspectPrint(seen, at) || isStrangers(person, seen, at);
}

function isSuspectPrint({ print }: Observation, at: Observation): boolean {
  for (const note of print.notes) {
    if (note === undefined) continue;
    if (note.was_suspect || (note.is_suspect && !isBefore(at.time, at.uid, note.suspect_time, note.suspect_uid))) return true;
  }
  return false;
}

/** Do the person's own rules hold it for a stranger's, by what happened up to an event, itself or a later one? */
export function isStrangers({ story }: Person, seen: Observation, at = seen): boolean {
  const { session, print } = seen;
  if (session !== undefined && session.stranger_since !== undefined && isSince(at, session.stranger_since)) return true;
  const prefix = print.endpoint?.prefix;
  if (prefix !== undefined) for (const known of story.suspects) if (known.prefix === prefix && isSuspect(known, at)) return true;
  for (const { seen: trigger, judgement } of story.verdicts) {
    const stranger = strangerOf(judgement);
    if (stranger === undefined || isBefore(at.time, at.uid, trigger.time, trigger.uid)) continue;
    if (stranger.session !== undefined && stranger.session === session) return true;
    if (stranger.prefix !== undefined && stranger.prefix === prefix) return true;
  }
  return false;
}

/** After so long a stranger whom nobody turned out is somebody whom everybody knows of, ms. */
export const TOLERATED_AFTER_MS = 4 * 24 * 3_600_000;

/**
 * Does an event teach what its person is used to? Not when it is held for a stranger's; but what the person's rules alone say, day after day of one
 * address block, and nobody acts upon, is in the end how the person lives: a move, a new company machine behind a new gateway.
 */
export function isLesson(person: Person, seen: Observation): boolean {
  if (!seen.is_done || seen.activity === 'vendor_risk') return false;
  return !isSuspected(person, seen) || (isTolerated(person, seen) && !isSuspectInSession(seen));
}

/** A machine that moves is let be after so long, when all that time nobody acts upon what is said of it: the same for a thief, who is a finding every day. */
const MOVED_AFTER_MS = 14 * 24 * 3_600_000;

/** Does a use of a credential, which had to be judged, teach what the credential is used to? */
export function isLessonOfUse(person: Person, seen: Observation): boolean {
  return !isSuspected(person, seen) || isTolerated(person, seen, MOVED_AFTER_MS);
}

/** @param after how long nobody must have acted upon it, ms */
function isTolerated({ story }: Person, { print, time }: Observation, after = TOLERATED_AFTER_MS): boolean {
  const prefix = print.endpoint?.prefix;
  if (prefix === undefined) return false;
  return story.suspects.some(
    (known) => known.prefix === prefix && time - known.since.time > after && time - known.last_time <= SUSPECT_LAPSES_MS,
  );
}
