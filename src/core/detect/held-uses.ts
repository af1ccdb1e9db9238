import type { SessionEvent } from '../event/index.js';
import { type Fact, isBefore, type Observation } from '../state/observation.js';
import type { Person } from '../state/person.js';
import {
  ACT_STEP,
  type ArrivedUse,
  CLONE_STEP,
  clonedIn,
  factOfUse,
  keyOfCredential,
  LATEST_STEP,
  USE_STEP,
  type Use,
  useIn,
} from '../state/usage.js';

export const HOUR_MS = 3_600_000;

/**
 * Which uses are held to be judged: those that what is known for good does not explain, of an hour (UTC) the first of each kind. Machines repeat
 * themselves by the thousand, and the repetition tells nothing that the first did not.
 * @param rule the rule's place in the rule set
 */
export function heldUse(
  rule: number,
  event: SessionEvent,
  person: Person | undefined,
  arrived: ArrivedUse | undefined,
): readonly Fact[] | undefined {
  if (arrived === undefined || person === undefined || arrived.isExplained) return undefined;
  const { use } = arrived;
  return unlessTwin(person, event, use, factOfUse(rule, USE_STEP, event, use));
}

/**
 * The same, with acts of consequence apart: of an hour the first of each act and kind. They are counted by themselves, so that however many other uses there
 * are, none hides an act, and no act hides another use.
 */
export function heldUseOrAct(
  rule: number,
  event: SessionEvent,
  person: Person | undefined,
  arrived: ArrivedUse | undefined,
): readonly Fact[] | undefined {
  if (arrived?.use.act === undefined) return heldUse(rule, event, person, arrived);
  if (person === undefined || arrived.isExplained) return undefined;
  return unlessTwin(person, event, arrived.use, factOfUse(rule, ACT_STEP, event, arrived.use));
}

/** Of an hour and a credential the first clone of each repository, as many as there are uses, and of the same ones. */
export function heldClone(
  rule: number,
  event: SessionEvent,
  person: Person | undefined,
  arrived: ArrivedUse | undefined,
): readonly Fact[] | undefined {
  const repository = arrived === undefined || arrived.isExplained ? undefined : clonedIn(event);
  if (repository === undefined || person === undefined) return undefined;
  const { use } = arrived!;
  const by = `${use.credential} ${keyOfCredential(repository)}`;
  let held = 0;
  for (const { seen, fact } of clonesOfHour(person, rule, use.credential, event.time)) {
    if (isBefore(seen.time, seen.uid, event.time, event.uid) && (++held >= MOST_HELD || fact.by === by)) return undefined;
  }
  return [{ ...factOfUse(rule, CLONE_STEP, event, use), by }];
}

/** Clones with a credential in the hour (UTC) of a moment, the latest first. */
export function* clonesOfHour(
  { story }: Person,
  rule: number,
  credential: string,
  time: number,
): IterableIterator<{ seen: Observation; fact: Fact }> {
  const from = Math.floor(time / HOUR_MS) * HOUR_MS;
  for (let at = story.tail.length - 1; at >= 0; at--) {
    const seen = story.tail[at]!;
    if (seen.time < from) return;
    const fact = seen.more?.facts?.find((one) => one.rule === rule && one.step === CLONE_STEP && one.by.startsWith(`${credential} `));
    if (fact !== undefined) yield { seen, fact };
  }
}

/** The fact, unless an earlier event of its kind is held. */
export function unlessTwin(person: Person, event: SessionEvent, use: Use, fact: Fact): readonly Fact[] | undefined {
  return hasTwin(person, event, use, fact) ? undefined : [fact];
}

/** So many uses of one credential are held of an hour, and as many acts: more of them would tell no more, and each is dear while it is held. */
export const MOST_HELD = 32;

/** Is an earlier one of its kind held of the same hour, or as many as are? */
function hasTwin({ story }: Person, { time, uid }: SessionEvent, use: Use, fact: Fact): boolean {
  const from = Math.floor(time / HOUR_MS) * HOUR_MS;
  let held = 0;
  for (let at = story.tail.length - 1; at >= 0; at--) {
    const other = story.tail[at]!;
    if (other.time < from) return false;
    const known = other.more?.facts?.find((one) => one.rule === fact.rule && one.step === fact.step && one.by === fact.by);
    if (known === undefined || !isBefore(other.time, other.uid, time, uid)) continue;
    if (++held >= MOST_HELD) return true;
    const twin = useIn(other, known);
    if (twin !== undefined && isSameKind(twin, use) && (fact.step !== ACT_STEP || twin.act === use.act)) return true;
  }
  return false;
}

function isSameKind(a: Use, b: Use): boolean {
  const { endpoint: one, client } = a;
  const { endpoint: other } = b;
  if (a.isMachine !== b.isMachine || a.isInBrowser !== b.isInBrowser || client !== b.client) return false;
  if ((a.instance === undefined) !== (b.instance === undefined)) return false;
  return one.prefix === other.prefix && one.asn === other.asn && one.as_class === other.as_class;
}

/** Holds the latest use of a credential, so that an end of it that is told late finds it. */
export function latestUse(rule: number, event: SessionEvent, { story }: Person, use: Use): Fact | undefined {
  if (use.credential === '') return undefined;
  for (let at = story.tail.length - 1; at >= 0; at--) {
    const other: Observation = story.tail[at]!;
    if (isBefore(other.time, other.uid, event.time, event.uid)) break;
    if (other.more?.facts?.some((one) => one.rule === rule && one.step === LATEST_STEP && one.by === use.credential)) return undefined;
  }
  return factOfUse(rule, LATEST_STEP, event, use);
}
