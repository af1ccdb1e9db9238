import { isInPerson, wasMet } from '../state/habits.js';
import { whereOf } from '../state/observation.js';
import { knowsCountries, lastingUses, OF_PEOPLE, type Use } from '../state/usage.js';
import type { PersonScene } from './judgement.js';
import { isLesson } from './suspicion.js';

/** Gateways of an organisation stand in data centres, too. */
export function livesInDataCentres(classes: readonly string[]): boolean {
  return classes.length > 0 && classes.every((one) => one === 'hosting' || one === 'sase');
}

/** A person's own credential on networks of people may be on any of them: laptops are carried about. */
export function roams({ isMachine, endpoint }: Use, classes: readonly string[]): boolean {
  return !isMachine && OF_PEOPLE.has(endpoint.as_class ?? 'unknown') && classes.some((one) => OF_PEOPLE.has(one));
}

export type Abroad = 'new' | 'known' | 'persons' | 'untold' | 'unasked';

/**
 * Is the country of a use new to a credential that is used where people are, and to its person, who may have carried it there? Machines that live in data
 * centres are started in any. `untold` where nobody can say, `unasked` where it does not matter.
 * @param owner whose habits the use is compared with; @param classes kinds of network that these are
 */
export function standingAbroad(
  scene: PersonScene,
  at: number,
  owner: string,
  { endpoint: { asn, country }, isMachine, time }: Use,
  classes: readonly string[],
): Abroad {
  const { habits } = scene.person;
  const isOfPeople = classes.some((one) => OF_PEOPLE.has(one)) || (!isMachine && !livesInDataCentres(classes));
  // where the network is not known the data may be missing, and data centres look like homes
  if (!isOfPeople || habits === undefined || asn === undefined) return 'unasked';
  if (country === undefined) return 'untold';
  if (lastingUses(habits, owner, 'country', time).includes(country)) return 'known';
  if (!knowsCountries(habits, owner, time)) return 'untold';
  return wasThere(scene, at, country, time) ? 'persons' : 'new';
}

/** Was the person there themselves before an event, by what is learned, and by what is not settled and will be? */
function wasThere({ person }: PersonScene, at: number, country: string, time: number): boolean {
  if (wasMet(person.habits, 'country', country, time)) return true;
  const { tail, settled } = person.story;
  for (let i = at - 1; i >= settled; i--) {
    const before = tail[i]!;
    if (isInPerson(before) && whereOf(before)?.country === country && isLesson(person, before)) return true;
  }
  return false;
}
