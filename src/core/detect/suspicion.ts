import { isBefore, isSince, type Observation } from '../state/observation.js';
import type { Person } from '../state/person.js';
import { isSuspect } from '../state/story.js';
import { LEVEL_FROM } from './levels.js';
import { strangerOf } from './strangers.js';

/**
 * Is this event held for a stranger's by what happened up to it? By a rule of its session that judged it or its print so, or by one of the
 * person's rules that holds its whole session, or everybody at its address block, for somebody else. Of settled and of unsettled events alike,
 * so that the answer does not depend on when it is asked.
 */
export function isSuspected(person: Person, seen: Observation): boolean {
  return seen.scores.some((score) => score >= LEVEL_FROM.medium) || isSuspectedBy(person, seen, seen);
}

/** Was an event, or an earlier one, done by somebody who is held for a stranger at a later event, when more was known of them? */
export function isSuspectedBy(person: Person, seen: Observation, at: Observation): boolean {
  for (const note of seen.print.notes) {
    if (note === undefined) continue;
    if (note.was_suspect || (note.is_suspect && !isBefore(at.time, at.uid, note.suspect_time, note.suspect_uid))) return true;
  }
  return isStrangers(person, seen, at);
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
