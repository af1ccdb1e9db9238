import { parseAddress } from '../enrich/address.js';
import { PrefixTable, parsePrefix } from '../enrich/prefixes.js';
import type { Endpoint, Evidence, Finding, Level, NetworkClass } from '../event/index.js';
import type { Suppress } from '../pipeline.js';
import { rankOf } from './levels.js';
import { namesTheMost, sidesOf } from './others.js';

/** Which ends of the comparison in a finding have to lie in the places of an entry; the words are told in docs/suppress.md. */
export const ENDS = ['both', 'trigger', 'one'] as const;
export type Ends = (typeof ENDS)[number];

/**
 * What an operator chose not to see. It is a door for whoever finds it, so it is narrow, owned, and shuts by itself. Of each list one has to
 * hold, of all lists that are given every one. Checked before it gets here: prefixes are prefixes, and something beside rules and types is said.
 */
export interface SuppressionEntry {
  /** `<rule>/<id>` when it stands in a rule */
  id: string;
  owner: string;
  reason: string;
  /** it hides what arrives from here until it expires, ms */
  from: number;
  expires: number;
  /** findings above it stay in sight */
  max_level: Level;
  rules?: readonly string[];
  types?: readonly string[];
  tenant?: string;
  /** keys, addresses, or `*@<domain>` */
  principal?: readonly string[];
  /** OAuth client ids, or names that data/clients.json gives them: the name in a log is chosen by whoever registered the app */
  app?: readonly string[];
  ends: Ends;
  cidr?: readonly string[];
  asn?: readonly number[];
  network?: readonly string[];
  network_class?: readonly NetworkClass[];
  countries?: readonly string[];
}

/** Published name of an OAuth client. */
export type NameOfClient = (uid: string) => string | undefined;

/** From here on hiding is said aloud. */
const LOUD_FROM = rankOf('high');

/**
 * Hides findings: whoever stands first among the entries that hide one is named. A pure function of the finding; the time that counts is the
 * arrival of what made the revision. What was taken back or closed stays so.
 */
export function createSuppressor(entries: readonly SuppressionEntry[], nameOfClient: NameOfClient = () => undefined): Suppress {
  const doors = doorsOf(entries, nameOfClient);
  return (finding) => {
    if (!isOpen(finding)) return finding;
    const door = doors.find(({ entry, speaksOf }) => isLowEnough(entry, finding) && speaksOf(finding));
    if (door === undefined) return finding;
    const { id, owner, reason, expires } = door.entry;
    const suppressed = {
      by: id,
      owner,
      reason,
      until_time: expires,
      hides_high: Math.max(rankOf(finding.level), rankOf(finding.incident_level)) >= LOUD_FROM,
    };
    return { ...finding, status: 'suppressed', suppressed };
  };
}

/**
 * The entries that speak of a finding which stands only because it is above their `max_level`: in sight, and with a name for whoever
 * knows what it may be.
 */
export function createWouldHide(
  entries: readonly SuppressionEntry[],
  nameOfClient: NameOfClient = () => undefined,
): (finding: Finding) => SuppressionEntry[] {
  const doors = doorsOf(entries, nameOfClient);
  return (finding) => {
    if (!isOpen(finding)) return [];
    return doors.flatMap(({ entry, speaksOf }) => (!isLowEnough(entry, finding) && speaksOf(finding) ? entry : []));
  };
}

/** Does it hide anything that arrives at this time, ms? */
export function isInForce({ from, expires }: SuppressionEntry, time: number): boolean {
  return from <= time && time < expires;
}

/** Did it hide anything that arrived between two times, both included, ms? */
export function wasInForce({ from, expires }: SuppressionEntry, first: number, last: number): boolean {
  return from <= last && first < expires;
}

/** May it hide findings that make somebody get up? */
export function mayHideHigh({ max_level }: SuppressionEntry): boolean {
  return rankOf(max_level) >= LOUD_FROM;
}

interface Door {
  entry: SuppressionEntry;
  /** it is in force when the finding arrives, and means it */
  speaksOf: Condition;
}

function doorsOf(entries: readonly SuppressionEntry[], nameOfClient: NameOfClient): Door[] {
  return entries.map((entry) => {
    const means = conditionsOf(entry, nameOfClient);
    return { entry, speaksOf: (finding) => isInForce(entry, arrivalOf(finding)) && means(finding) };
  });
}

function isOpen({ status }: Finding): boolean {
  return status === 'new' || status === 'updated';
}

function arrivalOf({ last_seen_time, lateness_ms }: Finding): number {
  return last_seen_time + lateness_ms;
}

function isLowEnough({ max_level }: SuppressionEntry, { level }: Finding): boolean {
  return rankOf(level) <= rankOf(max_level);
}

type Condition = (finding: Finding) => boolean;

function conditionsOf(entry: SuppressionEntry, nameOfClient: NameOfClient): Condition {
  const { rules, types, tenant, principal, app } = entry;
  const all: Condition[] = [];
  if (rules !== undefined) all.push(({ rule }) => rules.includes(rule.uid));
  if (types !== undefined) all.push(({ type }) => types.includes(type));
  if (tenant !== undefined) all.push((finding) => finding.tenant === tenant);
  if (principal !== undefined) all.push(principalTest(principal));
  if (app !== undefined) all.push(appTest(app, nameOfClient));
  const isThere = placeTest(entry);
  if (isThere !== undefined) all.push(endsTest(entry.ends, isThere));
  return (finding) => all.every((holds) => holds(finding));
}

function principalTest(wanted: readonly string[]): Condition {
  const folded = wanted.map((word) => word.toLowerCase());
  const names = new Set(folded);
  const domains = folded.filter((word) => word.startsWith('*@')).map((word) => word.slice(1));
  return ({ principal: { key, email } }) => {
    const id = key.slice(key.indexOf('/') + 1);
    const known = [key, id, ...(email === undefined ? [] : [email])].map((word) => word.toLowerCase());
    return known.some((word) => names.has(word) || domains.some((domain) => word.endsWith(domain)));
  };
}

/**
 * Everything that the finding holds against somebody was done through the app. What was known before may have been through any; but of two
 * uses before, one may be the stranger's (see `endsTest`).
 */
function appTest(wanted: readonly string[], nameOfClient: NameOfClient): Condition {
  const words = new Set(wanted.map((word) => word.toLowerCase()));
  const isWord = (word: string | undefined) => word !== undefined && words.has(word.toLowerCase());
  const isApp = ({ client_uid }: Evidence) => isWord(client_uid) || (client_uid !== undefined && isWord(nameOfClient(client_uid)));
  return ofEverySide(({ before, newcomer }) => {
    const uses = before.filter(({ src_endpoint }) => src_endpoint !== undefined);
    return newcomer.every(isApp) && (uses.length < 2 || uses.every(isApp));
  });
}

/** What was known, and what is held against somebody. */
interface Comparison {
  before: readonly Evidence[];
  newcomer: readonly Evidence[];
}

/**
 * A finding is hidden only when each event that alone would have made it is, by its own comparison. Of one that names as many as it can nobody
 * can say that there were no others. Acts of consequence are such events themselves.
 */
function ofEverySide(holds: (comparison: Comparison) => boolean): Condition {
  return (finding) => {
    const sides = sidesOf(finding);
    if (sides.length === 0 || namesTheMost(sides) || sides[0]?.trigger.role !== 'trigger') return false;
    return sides.every(({ trigger, baseline, context }) => holds({ before: baseline, newcomer: [...context, trigger] }));
  };
}

/** Whether an address lies where the entry says, undefined when it says nothing of places. All of it has to hold of one and the same address. */
function placeTest({ cidr, asn, network, network_class, countries }: SuppressionEntry): ((endpoint: Endpoint) => boolean) | undefined {
  const all: ((endpoint: Endpoint) => boolean)[] = [];
  if (cidr !== undefined) {
    const table = new PrefixTable(cidr.map((text) => [parsePrefix(text)!, true] as const));
    all.push(({ ip }) => ip !== undefined && table.find(parseAddress(ip).words) === true);
  }
  if (asn !== undefined) all.push((endpoint) => endpoint.asn !== undefined && asn.includes(endpoint.asn));
  if (network !== undefined) {
    const names = new Set(network.map((name) => name.toLowerCase()));
    all.push(({ as_org }) => as_org !== undefined && names.has(as_org.toLowerCase()));
  }
  if (network_class !== undefined) all.push(({ as_class }) => as_class !== undefined && network_class.includes(as_class));
  if (countries !== undefined) all.push(({ country }) => country !== undefined && countries.includes(country));
  return all.length === 0 ? undefined : (endpoint) => all.every((holds) => holds(endpoint));
}

/**
 * An end without an address lies nowhere. On the newcomer's end every event needs one: what was done from who knows where must not be hidden
 * as done from here. Before it, what ended a session (a revocation, a reset) has no place of its own and is looked past.
 *
 * Whoever is here, elsewhere and here again is told by the event that is here again: then the trigger may be the owner's, the stranger is among
 * the events before it, and that the trigger is here says nothing.
 */
function endsTest(ends: Ends, isThere: (endpoint: Endpoint) => boolean): Condition {
  const placesOf = ({ before }: Comparison) =>
    before.flatMap(({ src_endpoint }) => (src_endpoint === undefined ? [] : isThere(src_endpoint)));
  const isBaseline = (comparison: Comparison) => {
    const places = placesOf(comparison);
    return places.length > 0 && !places.includes(false);
  };
  const isTrigger = (comparison: Comparison) => {
    const places = placesOf(comparison);
    const isThereAndBack = places.includes(true) && places.includes(false);
    return !isThereAndBack && comparison.newcomer.every(({ src_endpoint }) => src_endpoint !== undefined && isThere(src_endpoint));
  };
  switch (ends) {
    case 'both':
      return ofEverySide((comparison) => isTrigger(comparison) && isBaseline(comparison));
    case 'trigger':
      return ofEverySide(isTrigger);
    case 'one':
      return ofEverySide((comparison) => isTrigger(comparison) || isBaseline(comparison));
    default:
      return ends satisfies never;
  }
}
