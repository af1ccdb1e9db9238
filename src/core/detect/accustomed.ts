import type { Factor } from '../event/index.js';
import { firstMet, type HabitKind, hasHabit, isHabit, isInPerson, programOf } from '../state/habits.js';
import { type Observation, whereOf } from '../state/observation.js';
import type { Person } from '../state/person.js';
import { isLearned } from '../state/sign-ins.js';
import { type FactorName, factor, readPoints } from './factors.js';
import type { PersonScene, Stranger } from './judgement.js';
import { clientName, networkName, placeName } from './names.js';
import { isPlaceless } from './own-shell.js';
import { numberOf, type ParameterSpecs, type Parameters } from './parameters.js';
import { isLesson } from './suspicion.js';
import { isAccustomed } from './ways-out.js';

export { isAccustomed } from './ways-out.js';

/** Factors that the comparison of device and program with a person's habits can find. */
export const STRANGE_MEANS: readonly FactorName[] = ['device_new', 'program_new'];
/** Factors that the comparison with a person's habits can find. */
export const STRANGE: readonly FactorName[] = ['country_new', 'network_new', 'network_hosting', 'network_tor', ...STRANGE_MEANS];

/** Parameters of every rule that compares with habits. */
export const LEARNING: ParameterSpecs = {
  learning_days: {
    kind: 'integer',
    default: 14,
    min: 0,
    max: 30,
    doc: 'days after which a person is known well enough for something new to mean something',
  },
  learning_sign_ins: { kind: 'integer', default: 10, min: 1, max: 100, doc: 'sign-ins after which it does, if that is earlier' },
};

export interface StrangeSettings {
  points(name: FactorName): number;
  learningDays: number;
  learningSignIns: number;
}

export function readStrange(parameters: Parameters): StrangeSettings {
  return {
    points: readPoints(parameters),
    learningDays: numberOf(parameters, 'learning_days'),
    learningSignIns: numberOf(parameters, 'learning_sign_ins'),
  };
}

/** Is the person known well enough at this moment? */
export function isKnown({ person }: PersonScene, time: number, { learningDays, learningSignIns }: StrangeSettings): boolean {
  return isLearned(person.sign_ins, time, learningDays, learningSignIns);
}

/** Whoever came from outside of what is declared, where that is nobody's own way out: a stranger to the other rules, too. */
export function newcomerAt(scene: PersonScene, { endpoint, time }: Observation): Stranger | undefined {
  if (endpoint?.prefix === undefined || isAccustomed(scene, endpoint, time)) return undefined;
  return { session: undefined, prefix: endpoint.prefix };
}

/** Does one body belong to it? Services have no place, and shared accounts are in many places, on many devices, by right. */
export function hasOneBody({ principal }: Person): boolean {
  return principal.type === 'human' && principal.tags?.includes('shared') !== true;
}

/** Is it none of the person's habits of the kind, of which they have some? */
function isNewTo({ person: { habits } }: PersonScene, kind: HabitKind, value: string, time: number): boolean {
  return hasHabit(habits, kind, time) && !isHabit(habits, kind, value, time);
}

/**
 * How far an event is from what its person is used to; nothing while they are not known well enough.
 * @param time the moment of which is asked: that of the judged event, when the one that is looked at is earlier
 * @param isNowhere does it place nobody?
 */
export function strangeness(
  scene: PersonScene,
  seen: Observation,
  settings: StrangeSettings,
  time = seen.time,
  isNowhere = isPlaceless(scene, seen),
): Factor[] {
  if (!isKnown(scene, time, settings)) return [];
  return [...strangePlace(scene, seen, settings, time, isNowhere), ...strangeMeans(scene, seen, settings, time)];
}

/** The same of the place alone, however little the person is known: a rented server is nobody's first day at work. */
export function strangePlace(
  scene: PersonScene,
  seen: Observation,
  settings: StrangeSettings,
  time = seen.time,
  isNowhere = isPlaceless(scene, seen),
): Factor[] {
  const endpoint = whereOf(seen);
  if (endpoint === undefined || isNowhere || isAccustomed(scene, endpoint, time)) return [];
  const factors: Factor[] = [];
  const isNew = (kind: HabitKind, value: string) => isNewTo(scene, kind, value, time);
  const add = (name: FactorName, text: string, after: string) => factors.push(factor(name, settings.points(name), text, undefined, after));
  const { asn, country, as_class } = endpoint;
  const where = networkName(endpoint);
  if (as_class === 'tor') add('network_tor', `From a Tor exit: ${where}.`, where);
  else if (as_class === 'hosting' || as_class === 'vpn') add('network_hosting', `From a network for rent: ${where}.`, where);
  else if (as_class !== 'relay' && asn !== undefined && isNew('network', String(asn)))
    add('network_new', `From a network that they are not used to: ${where}.`, where);
  if (country !== undefined && isNew('country', country))
    add('country_new', `From a country that they are not used to be in: ${placeName(endpoint)}.`, country);
  return factors;
}

/**
 * The same of the country of an event, of somebody who has no habits yet: is it another one than they began in? Whoever signs in abroad and acts
 * there a moment later was there before, but did not begin there.
 * @param at place in the person's story of an event that is not settled
 */
export function strangeCountry(scene: PersonScene, at: number, settings: StrangeSettings): Factor | undefined {
  const { person } = scene;
  const seen = person.story.tail[at]!;
  const { time } = seen;
  const endpoint = whereOf(seen);
  if (endpoint?.country === undefined || isAccustomed(scene, endpoint, time) || isPlaceless(scene, seen)) return undefined;
  if (isHabit(person.habits, 'country', endpoint.country, time)) return undefined;
  const began = firstMet(person.habits, 'country', time) ?? firstInStory(person, at);
  if (began === undefined || began === endpoint.country) return undefined;
  const text = `From another country than they began in: ${placeName(endpoint)}.`;
  return factor('country_new', settings.points('country_new'), text, began, endpoint.country);
}

/** The country in which the person was first themselves, of what is not settled before an event. */
function firstInStory(person: Person, at: number): string | undefined {
  const { tail, settled } = person.story;
  for (let i = settled; i < at; i++) {
    const before = tail[i]!;
    const country = whereOf(before)?.country;
    if (country !== undefined && isInPerson(before) && isLesson(person, before)) return country;
  }
  return undefined;
}

/** The same of device and program alone. */
export function strangeMeans(
  scene: PersonScene,
  { print, time: seenTime }: Observation,
  settings: StrangeSettings,
  time = seenTime,
): Factor[] {
  if (!isKnown(scene, time, settings)) return [];
  const factors: Factor[] = [];
  const isNew = (kind: HabitKind, value: string) => isNewTo(scene, kind, value, time);
  const add = (name: FactorName, text: string, after: string) => factors.push(factor(name, settings.points(name), text, undefined, after));
  const device = print.device_uid;
  if (device !== undefined && device !== 'none' && isNew('device', device))
    add('device_new', `On a device that they are not used to: ${device}.`, device);
  const program = programOf(print.user_agent);
  if (program !== undefined && isNew('program', program))
    add('program_new', `With a program that they are not used to: ${clientName(print.user_agent!)}.`, program);
  return factors;
}
