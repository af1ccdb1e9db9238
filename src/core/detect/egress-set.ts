import type { Endpoint, Factor } from '../event/index.js';
import type { Habits } from '../state/habits.js';
import { isAmazons, isNoInstances } from '../state/instance.js';
import type { Fact, Observation } from '../state/observation.js';
import {
  credentialIn,
  HIDING,
  isUnlisted,
  isUseOf,
  isWide,
  isWorldwide,
  knownOwner,
  knowsCountries,
  lastingClasses,
  lastingUses,
  OF_PEOPLE,
  type ShownKind,
  type Use,
  useFactIn,
  useIn,
  usesBefore,
  valueIn,
  valuesOf,
} from '../state/usage.js';
import { livesInDataCentres, roams, standingAbroad } from './abroad.js';
import { isAccustomed } from './accustomed.js';
import { type FactorName, factor } from './factors.js';
import type { PersonScene } from './judgement.js';
import { clientName, networkName, placeName } from './names.js';
import { isLessonOfUse } from './suspicion.js';

/** Factors that the comparison of a use with what its credential is used to can find. */
export const EGRESS: readonly FactorName[] = [
  'egress_new',
  'egress_prefix_new',
  'egress_of_people',
  'egress_hidden',
  'egress_unlisted',
  'egress_unlisted_wide',
  'egress_unlisted_worldwide',
  'egress_country_new',
  'egress_abroad',
  'instance_elsewhere',
  'instance_unlisted',
  'network_tor',
  'client_new',
  'machine_in_browser',
];

export interface EgressSettings {
  points(name: FactorName): number;
  /** address blocks of data centres in the first days from which on a network of people is odd */
  wideFrom: number;
}

/** Why rules of credentials are silent: in one wording, since they are told side by side. */
export const NO_ODD_USE = 'it is no use of a credential, or one as it always is';

/** A use that has to be judged, and of which credential it is. */
export interface JudgedUse {
  seen: Observation;
  fact: Fact;
  use: Use;
}

/** @param rule whose fact it is; @param step which of its facts, any when absent */
export function useAt({ person }: PersonScene, at: number, rule: number, step?: number): JudgedUse | undefined {
  const seen = person.story.tail[at]!;
  if (seen.more?.facts === undefined) return undefined;
  const fact = useFactIn(seen, rule, step);
  const use = fact === undefined ? undefined : useIn(seen, fact);
  return use === undefined ? undefined : { seen, fact: fact!, use };
}

/** `access_key_id AKIA...`, for people. */
export function credentialName(fact: Fact): string {
  const credential = credentialIn(fact);
  return credential === undefined ? 'a credential that the log does not name' : `${credential.kind.replaceAll('_', ' ')} ${credential.uid}`;
}

/** Is it a way out that nobody holds against a credential: the operator's own, or, of a person's own credential, one that the person is used to? */
export function isOwnWayOut(scene: PersonScene, { endpoint, isMachine, time }: Use): boolean {
  return scene.isOperatorEgress(endpoint) || (!isMachine && isAccustomed(scene, endpoint, time));
}

/** How far a use is from what its credential is used to; of one in its first days what is odd in any machine. */
export function egressOf(scene: PersonScene, at: number, judged: JudgedUse, settings: EgressSettings): Factor[] {
  const { habits } = scene.person;
  const owner = knownOwner(habits, judged.use);
  if (owner === undefined) return firstDays(scene, at, judged, settings);
  const { seen, use } = judged;
  const factors: Factor[] = [];
  const { time } = use;
  const uses = (kind: ShownKind) => lastingUses(habits, owner, kind, time);
  const add = adder(factors, settings);
  if (!isOwnWayOut(scene, use)) {
    const { network, prefix, class: kind = 'unknown' } = valuesOf(use);
    const networks = uses('network');
    const classes = lastingClasses(habits, owner, time);
    const where = networkName(use.endpoint);
    const isNew = network !== undefined && !networks.includes(network);
    const hasLeft = isNew && hasLeftAmazon(scene, at, use, owner);
    const isAbroad = isNew && !hasLeft && standingAbroad(scene, at, owner, use, classes) === 'new';
    if (kind === 'tor' && !classes.includes(kind)) add('network_tor', `From a Tor exit: ${where}.`, undefined, where);
    else if (isAbroad) addAbroad(add, classes, lastingUses(habits, owner, 'country', time), use);
    else if (isNew && !roams(use, classes))
      add('egress_new', `From a network that it was never used from: ${where}.`, namesOf(networks), where);
    else if (!isNew && prefix !== undefined && !uses('prefix').includes(prefix) && !isWide(habits, owner, time))
      add('egress_prefix_new', `From an address block that it was never used from: ${prefix}.`, uses('prefix').join(', '), prefix);
    if (hasLeft) addInstance(add, use);
    if (livesInDataCentres(classes)) {
      addClass(add, kind, where);
      if (isNew && isUnlisted(use.endpoint)) addUnlisted(add, habits, owner, use);
    }
  }
  addClient(add, seen, use, uses('client'));
  return factors;
}

function addAbroad(add: Add, classes: readonly string[], countries: readonly string[], { endpoint }: Use): void {
  const text = `From a network that it was never used from, in a country where neither it nor its person ever was: ${placeName(endpoint)}.`;
  add('egress_abroad', text, countries.join(', '), endpoint.country!);
  const kind = endpoint.as_class!;
  if (HIDING.has(kind) && !classes.includes(kind))
    add('egress_hidden', `From a network that hides its users, over which it was never used: ${networkName(endpoint)}.`, undefined, kind);
}

type Add = (name: FactorName, text: string, before: string | undefined, after: string) => void;

function adder(factors: Factor[], { points }: EgressSettings): Add {
  return (name, text, before, after) => factors.push(factor(name, points(name), text, before, after));
}

export function namesOf(networks: readonly string[]): string {
  return networks.map((one) => (/^\d+$/.test(one) ? `AS${one}` : one)).join(', ');
}

/**
 * Is it the role of an instance, as AWS asserts it, in a network where no instance can be, while the role was used in Amazon's? Services move to other
 * clouds, and are given other keys there. Who always leads instances' traffic through a gateway of their own was never seen in Amazon's.
 */
function hasLeftAmazon(scene: PersonScene, at: number, use: Use, owner: string): boolean {
  if (use.instance === undefined || !isNoInstances(use.endpoint)) return false;
  return metBefore(scene, at, use, owner, 'network').some(isAmazons);
}

function addInstance(add: Add, { instance, endpoint }: Use): void {
  const where = networkName(endpoint);
  const name = isUnlisted(endpoint) ? 'instance_unlisted' : 'instance_elsewhere';
  add(name, `AWS gave the role to instance ${instance}, which cannot be there: ${where}.`, 'Amazon', where);
}

function addClass(add: Add, kind: string, where: string): void {
  if (OF_PEOPLE.has(kind))
    add('egress_of_people', `From a network of people, but it was only ever used in data centres: ${where}.`, 'hosting', kind);
  else if (HIDING.has(kind))
    add('egress_hidden', `From a network that hides its users, but it was only ever used in data centres: ${where}.`, 'hosting', kind);
}

/**
 * In no list are networks of people that nobody listed, offices and small hosters alike. That says little by itself, more the more data centres the
 * credential was used from and the less it was ever used in that country.
 */
function addUnlisted(add: Add, habits: Habits | undefined, owner: string, { endpoint, time }: Use): void {
  if (!isWide(habits, owner, time)) addInNoList(add, 'egress_unlisted', endpoint);
  else if (isWorldwide(habits, owner, time))
    addInNoList(add, 'egress_unlisted_worldwide', endpoint, ', very many, in twelve countries and more');
  else addInNoList(add, 'egress_unlisted_wide', endpoint, ', very many');
  const { country } = endpoint;
  const countries = lastingUses(habits, owner, 'country', time);
  if (country === undefined || habits === undefined || countries.includes(country) || !knowsCountries(habits, owner, time)) return;
  add('egress_country_new', `In a country that it was never used in: ${placeName(endpoint)}.`, countries.join(', '), country);
}

function addInNoList(add: Add, name: FactorName, endpoint: Endpoint, howMany = ''): void {
  const where = networkName(endpoint);
  add(name, `The network is in no list, but it was only ever used in data centres${howMany}: ${where}.`, 'hosting', where);
}

/** Programs of which there are so many that a new one tells nothing. */
const MANY_CLIENTS = 8;

function addClient(add: Add, { print }: Observation, { client, isInBrowser }: Use, clients: readonly string[]): void {
  if (client === undefined || clients.includes(client)) return;
  const name = clientName(print.user_agent!);
  const before = clients.length === 0 ? undefined : clients.join(', ');
  if (isInBrowser) add('machine_in_browser', `In a browser, where no such credential is used: ${name}.`, before, name);
  else if (clients.length > 0 && clients.length < MANY_CLIENTS)
    add('client_new', `With a program that it was never used with: ${name}.`, before, name);
}

/**
 * Of a credential in its first days nobody can say what it is used to. But machines do not sit behind Tor and have no browsers; and one that was used
 * from many address blocks of data centres and from nowhere else has no business on a network of people, and is worth a line on one in no list. Where an
 * instance can be AWS says from the first.
 */
function firstDays(scene: PersonScene, at: number, judged: JudgedUse, settings: EgressSettings): Factor[] {
  const { seen, use } = judged;
  const factors: Factor[] = [];
  const add = adder(factors, settings);
  const owner = ownerOfFirstDays(scene, at, use);
  const met = (kind: ShownKind) => metBefore(scene, at, use, owner, kind);
  if (!isOwnWayOut(scene, use)) {
    const kind = use.endpoint.as_class ?? 'unknown';
    const where = networkName(use.endpoint);
    const isMet = wasMetBefore(scene, at, use, owner, 'class', kind);
    if (kind === 'tor' && !isMet) add('network_tor', `From a Tor exit: ${where}.`, undefined, where);
    const blocks = isMet ? 0 : met('prefix').length;
    const isOdd = blocks >= settings.wideFrom && livesInDataCentres(met('class'));
    const network = valueIn(seen, 'network');
    const hasLeft = hasLeftAmazon(scene, at, use, owner) && !wasMetBefore(scene, at, use, owner, 'network', network);
    if ((isOdd || hasLeft) && kind !== 'tor')
      add('egress_new', `From a network that it was never used from: ${where}.`, namesOf(met('network')), where);
    if (hasLeft) addInstance(add, use);
    if (isOdd) {
      addClass(add, kind, where);
      if (isUnlisted(use.endpoint)) addInNoList(add, 'egress_unlisted', use.endpoint);
    }
  }
  if (use.isInBrowser) addClient(add, seen, use, met('client'));
  return factors;
}

function ownerOfFirstDays(scene: PersonScene, at: number, use: Use): string {
  const { credential, isMachine } = use;
  return isMachine && !wasMetBefore(scene, at, use, credential, 'network') ? '' : credential;
}

/**
 * What was met before an event, by what is learned and by what is held and will be: that is no stranger's. Latest first, since machines repeat themselves
 * and hundreds may be held.
 */
function* heldBefore({ person }: PersonScene, at: number, { isMachine }: Use, owner: string, kind: ShownKind): IterableIterator<string> {
  const { tail, settled } = person.story;
  for (let i = at - 1; i >= settled; i--) {
    const before = tail[i]!;
    const fact = before.more?.facts === undefined ? undefined : useFactIn(before);
    if (fact === undefined || !isUseOf(fact, owner, isMachine)) continue;
    const value = valueIn(before, kind);
    if (value !== undefined && isLessonOfUse(person, before)) yield value;
  }
}

function metBefore(scene: PersonScene, at: number, use: Use, owner: string, kind: ShownKind): string[] {
  const values = new Set(usesBefore(scene.person.habits, owner, kind, use.time));
  for (const value of heldBefore(scene, at, use, owner, kind)) values.add(value);
  return [...values];
}

/** @param value any when absent */
function wasMetBefore(scene: PersonScene, at: number, use: Use, owner: string, kind: ShownKind, value?: string): boolean {
  const isMeant = (one: string) => value === undefined || one === value;
  for (const one of heldBefore(scene, at, use, owner, kind)) if (isMeant(one)) return true;
  return usesBefore(scene.person.habits, owner, kind, use.time).some(isMeant);
}
