import { cookieOf, type HabitKind, habitsOf, learn, newHabits, unlearn, wasSeenEarlier } from '../state/habits.js';
import { isSince, type Observation } from '../state/observation.js';
import type { Person } from '../state/person.js';
import { mintOf } from '../state/session.js';
import { learnSignIn, newSignIns } from '../state/sign-ins.js';
import { suspect, watch } from '../state/story.js';
import type { Verdict } from '../state/verdict.js';
import { growthOfLesson } from './growth.js';
import { strangerOf } from './strangers.js';
import { isLesson, isSuspected } from './suspicion.js';

/**
 * What a settled event leaves behind: the person's habits learn from it, or, when it is held for a stranger's, unlearn what the stranger may
 * have taught before anybody knew.
 */
export function takeLesson(person: Person, seen: Observation, verdicts: readonly Verdict[]): void {
  let isStrangers = false;
  for (const { judgement } of verdicts) {
    const stranger = strangerOf(judgement);
    if (stranger === undefined) continue;
    isStrangers = true;
    const { session } = stranger;
    if (session !== undefined && (session.stranger_since === undefined || !isSince(seen, session.stranger_since))) {
      session.stranger_since = { time: seen.time, uid: seen.uid };
      watch(person.story, session);
    }
    if (stranger.prefix !== undefined) suspect(person.story, stranger.prefix, seen);
  }
  if (isConsentToApp(person, seen)) {
    person.habits ??= newHabits();
    person.room -= growthOfLesson(seen, learn(person.habits, seen), false);
    return;
  }
  if (!isLesson(person, seen)) {
    if (seen.is_done && seen.activity !== 'vendor_risk' && isSuspected(person, seen)) unlearnFrom(person, seen);
    if (isStrangers) person.room -= growthOfLesson(seen, 0, true);
    return;
  }
  person.habits ??= newHabits();
  person.room -= growthOfLesson(seen, learn(person.habits, seen), isStrangers);
  person.sign_ins ??= newSignIns(seen.time);
  const cookie = seen.activity === 'sign_in' ? cookieOf(seen.print) : undefined;
  learnSignIn(person.sign_ins, seen, cookie !== undefined && wasSeenEarlier(person.habits, 'cookie', cookie, seen.time));
}

/**
 * Somebody let an app in: of the app it is remembered since when it is here, and nothing else, since the event shows no address and no program. That
 * somebody was refused leaves no event of the app`s that gets here.
 */
function isConsentToApp({ principal }: Person, { activity, is_done, print }: Observation): boolean {
  return activity === 'oauth_consent' && !is_done && principal.type === 'service' && print.endpoint === undefined;
}

/** What the session was known by from its beginning is its person's, unless all of the session is the stranger's. */
function unlearnFrom({ habits }: Person, seen: Observation): void {
  if (habits === undefined) return;
  const { session, print } = seen;
  const isTheirs = session === undefined || (session.stranger_since !== undefined && isSince(seen, session.stranger_since));
  const owner = isTheirs ? undefined : mintOf(session);
  if (owner === print) return;
  const kept = owner === undefined ? undefined : habitsOf(owner, undefined);
  const theirs = habitsOf(print, seen.client_uid);
  for (const kind of Object.keys(theirs) as HabitKind[]) {
    const value = theirs[kind];
    if (value !== undefined && kind !== 'lane' && kept?.[kind] !== value) unlearn(habits, kind, value, seen.time);
  }
}
