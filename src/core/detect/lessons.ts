import { cookieOf, type HabitKind, habitsOf, learn, newHabits, unlearn, wasSeenEarlier } from '../state/habits.js';
import { BY_AGENT_STEP, BY_CREDENTIAL_STEP, isSince, type Observation, whereOf } from '../state/observation.js';
import type { Person } from '../state/person.js';
import { mintOf } from '../state/session.js';
import { learnSignIn, newSignIns } from '../state/sign-ins.js';
import { judgeFrom, placeOf, suspect, watch } from '../state/story.js';
import {
  type ArrivedUse,
  isExplained,
  isMachineType,
  isPassing,
  isUsersKey,
  learnUse,
  type Use,
  unlearnUse,
  useFactIn,
  useIn,
} from '../state/usage.js';
import type { Verdict } from '../state/verdict.js';
import { growthOfLesson } from './growth.js';
import { strangerOf } from './strangers.js';
import { isLesson, isLessonOfUse, isSuspected } from './suspicion.js';

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
  if (seen.more?.facts !== undefined) {
    takeLessonOfUse(person, seen);
    if (seen.more.facts.some(({ step }) => step === BY_AGENT_STEP)) return;
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
  // what programs do with a person's credential is not what the person does
  if (!seen.is_presence && isOfCredential(seen) && !isMachineType(person.principal.type)) return;
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
  const theirs = habitsOf(print, seen.client_uid, whereOf(seen));
  for (const kind of Object.keys(theirs) as HabitKind[]) {
    const value = theirs[kind];
    if (value !== undefined && kind !== 'lane' && kept?.[kind] !== value) unlearn(habits, kind, value, seen.time);
  }
}

function isOfCredential(seen: Observation): boolean {
  return useFactIn(seen) !== undefined || isUsersKey(seen) || seen.more?.facts?.some(({ step }) => step === BY_CREDENTIAL_STEP) === true;
}

/** A use that had to be judged teaches when it is settled, unless it is held for a stranger's. */
function takeLessonOfUse(person: Person, seen: Observation): void {
  const fact = useFactIn(seen);
  const use = fact === undefined || isPassing(fact) ? undefined : useIn(seen, fact);
  if (use === undefined || isExplained(person.habits, use)) return;
  if (isLessonOfUse(person, seen)) remember(person, use);
  else if (person.habits !== undefined) unlearnUse(person.habits, use);
}

/** A use that is what is to be expected teaches at once: what it says is the same in whatever order uses come. */
export function learnFrom(person: Person, { use, isExplained: isExpected }: ArrivedUse): void {
  // of the first days what is held may be judged otherwise by what was met before it
  if (isExpected && remember(person, use)) judgeFrom(person.story, placeOf(person.story, use.time));
}

/** @returns whether something is known now that was not */
function remember(person: Person, use: Use): boolean {
  person.habits ??= newHabits();
  const { letters, isNew } = learnUse(person.habits, use);
  person.room -= 3 * letters;
  return isNew;
}
