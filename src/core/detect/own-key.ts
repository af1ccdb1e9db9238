import { BY_CREDENTIAL_STEP, type Observation } from '../state/observation.js';
import type { Person } from '../state/person.js';
import {
  isMachineType,
  isPassing,
  isUsersKey,
  keyOfCredential,
  knownOwner,
  lastingUses,
  MANY_ACTS,
  USE_STEP,
  useIn,
} from '../state/usage.js';
import type { ActName } from './acts.js';

/**
 * Was it done with a person's own credential that lives on? Programs use those, on servers and on journeys: the person's places, devices and programs say
 * nothing of it, as little as it teaches of them, and what the credential is used to is another rule's question. Told by what the event says alone, so that
 * the answer is the same whatever came before it.
 */
export function isByOwnKey(person: Person, seen: Observation): boolean {
  return !seen.is_presence && !isMachine(person) && keyOf(seen) !== undefined;
}

/** Is an act one that the person's credential does by habit, or a machine with any of its own? Of whoever does many kinds of acts any is. */
export function isRoutine(person: Person, seen: Observation, act: ActName): boolean {
  const { habits } = person;
  const { time } = seen;
  const credential = isMachine(person) ? ANY_OF_ITS_OWN : keyOf(seen);
  const owner = credential === undefined ? undefined : knownOwner(habits, { credential, isMachine: credential === ANY_OF_ITS_OWN, time });
  return owner !== undefined && isRoutineIn(lastingUses(habits, owner, 'act', time), act);
}

/** Which credential of a machine's it was is not told of every act that is held, and what the machine does it does with all of them. */
const ANY_OF_ITS_OWN = '';

/** An agent that acts for nobody is a service like others. */
function isMachine({ principal: { type, on_behalf_of } }: Person): boolean {
  return isMachineType(type) || (type === 'agent' && on_behalf_of === undefined);
}

/** @param acts that a credential does by habit */
export function isRoutineIn(acts: readonly string[], act: string): boolean {
  return acts.includes(act) || acts.length >= MANY_ACTS;
}

/** The person's credential that lives on of which an event is a use, whether it had to be held as one or not. */
function keyOf(seen: Observation): string | undefined {
  for (const fact of seen.more?.facts ?? []) {
    if (fact.step === BY_CREDENTIAL_STEP) return fact.by;
    if (fact.step < USE_STEP || isPassing(fact)) continue;
    const use = useIn(seen, fact);
    if (use?.isMachine === false) return use.credential;
  }
  return isUsersKey(seen) ? keyOfCredential(seen.token_uid!) : undefined;
}
