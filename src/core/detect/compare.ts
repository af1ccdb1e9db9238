import { sameProduct } from '../enrich/client-families.js';
import type { Endpoint, Factor, NetworkClass, Travel, UserAgent } from '../event/index.js';
import { isHandheld, NO_AGENT, type Traits } from '../state/print.js';
import { type FactorName, factor } from './factors.js';
import { clientName, durationText, networkName, placeName } from './names.js';
import { travelBetween } from './travel.js';

/** Networks whose place is not their user's place. */
export const ELSEWHERE: ReadonlySet<NetworkClass> = new Set<NetworkClass>(['vpn', 'tor', 'relay', 'satellite', 'sase']);
/**
 * Networks whose place says nothing of how fast somebody moved: besides those, rented servers (most VPN exits are such) and mobile carriers,
 * whose gateways stand far from their users.
 */
export const PLACELESS: ReadonlySet<NetworkClass> = new Set<NetworkClass>([...ELSEWHERE, 'hosting', 'mobile']);
/** Operators of privacy relays, among much else: Cloudflare, Akamai, Fastly. Their addresses are not at their users' places either. */
const RELAY_OPERATORS: ReadonlySet<number> = new Set([13335, 20940, 36183, 54113]);

/** Networks that anybody can rent a server on, or hide in. */
const FOR_RENT: ReadonlySet<NetworkClass> = new Set<NetworkClass>(['hosting', 'vpn']);

/** Is it a network for rent, or one to hide in? */
export function isForRent(kind: NetworkClass = 'unknown'): boolean {
  return FOR_RENT.has(kind) || kind === 'tor';
}

/** Every factor that a comparison can find. */
export const COMPARED: readonly FactorName[] = [
  'network_changed',
  'network_hosting',
  'network_rented_abroad',
  'network_tor',
  'country_changed',
  'in_session_speed',
  'device_replaced',
  'device_absent',
  'cookie_two_systems',
  'os_changed',
  'form_factor_changed',
  'same_device',
  'library_client',
  'client_absent',
  'program_changed',
  'browser_changed',
  'version_backwards',
  'tls_changed',
];

/** Points and limits of a comparison, read once from a rule's parameters. */
export interface CompareSettings {
  points(name: FactorName): number;
  /** km/h above which a session's move is no journey */
  speed_kmh: number;
  /** km below which geographic data are too coarse for speed */
  distance_km: number;
}

export interface Comparison {
  factors: Factor[];
  travel: Travel | undefined;
}

/**
 * How far one use of a session differs from another that is known to be its person's. What is unknown on either side proves nothing.
 * @param gapMs time between the two uses; undefined leaves speed out
 * @param isKnownEgress networks that are the person's or the operator's own
 * @param withClient false when the two are different programs, whose clients differ by nature
 */
export function compare(
  before: Traits,
  after: Traits,
  gapMs: number | undefined,
  settings: CompareSettings,
  isKnownEgress: (endpoint: Endpoint) => boolean,
  withClient: boolean,
): Comparison {
  const factors: Factor[] = [];
  const travel = comparePlace(before, after, gapMs, settings, isKnownEgress, factors);
  compareDevice(before, after, settings, withClient, factors);
  if (withClient) compareClient(before, after, settings, factors);
  return { factors, travel };
}

function comparePlace(
  before: Traits,
  after: Traits,
  gapMs: number | undefined,
  settings: CompareSettings,
  isKnownEgress: (endpoint: Endpoint) => boolean,
  out: Factor[],
): Travel | undefined {
  const from = before.endpoint;
  const to = after.endpoint;
  if (from === undefined || to === undefined || from === to || from.prefix === to.prefix) return undefined;
  if (isKnownEgress(to)) return undefined;
  const sameOperator = sameNetwork(from, to);
  const sameCountry = from.country === to.country || from.country === undefined || to.country === undefined;
  if (sameOperator && sameCountry) return undefined;
  const toClass = to.as_class ?? 'unknown';
  const fromClass = from.as_class ?? 'unknown';
  // A phone that leaves the Wi-Fi, or comes back to it, changes its operator and nothing else. It does not move to a server.
  const agent = after.user_agent ?? before.user_agent;
  const isPhone = agent?.form_factor === 'mobile' || agent?.form_factor === 'tablet';
  const isRented = isForRent(toClass);
  // Relays carry people's browsers: a library that comes from one only hides where it runs.
  const isRelay = toClass === 'relay' && agent?.kind !== 'library';
  if (isPhone && sameCountry && !isRented && (fromClass === 'mobile' || toClass === 'mobile')) return undefined;

  const add = (name: FactorName, text: string) => out.push(factor(name, settings.points(name), text, networkName(from), networkName(to)));
  if (!sameOperator && !isRelay) {
    if (toClass === 'tor') add('network_tor', `The network changed to a Tor exit: ${networkName(from)} before, ${networkName(to)} now.`);
    else if (toClass === 'hosting' && !sameCountry)
      add('network_rented_abroad', `The network changed to rented servers abroad: ${networkName(from)} before, ${networkName(to)} now.`);
    else if (FOR_RENT.has(toClass) || toClass === 'relay')
      add('network_hosting', `The network changed to one for rent: ${networkName(from)} before, ${networkName(to)} now.`);
    else if (fromClass !== 'relay' && from.asn !== undefined && to.asn !== undefined) {
      add('network_changed', `The network changed: ${networkName(from)} before, ${networkName(to)} now.`);
    }
  }
  if (ELSEWHERE.has(fromClass) || ELSEWHERE.has(toClass)) return undefined;
  // Their operators carry half of the web beside: only what can be behind a relay, Apple's programs, is left out.
  if ((isRelayOperator(from) || isRelayOperator(to)) && mayBeRelayed(agent)) return undefined;
  if (!sameCountry) add('country_changed', `The country changed: ${placeName(from)} before, ${placeName(to)} now.`);
  const move = gapMs === undefined ? undefined : moveBetween(from, to, gapMs, settings);
  if (move !== undefined) out.push(move.factor);
  return move?.travel;
}

/** A session that went from one place to another faster than its person could have; undefined when it did not, or nobody can tell. */
export function moveBetween(
  from: Endpoint,
  to: Endpoint,
  gapMs: number,
  settings: CompareSettings,
): { factor: Factor; travel: Travel } | undefined {
  if (PLACELESS.has(from.as_class ?? 'unknown') || PLACELESS.has(to.as_class ?? 'unknown')) return undefined;
  if (isRelayOperator(from) || isRelayOperator(to)) return undefined;
  const travel = travelBetween(from, to, gapMs);
  if (travel === undefined || travel.distance_lower_bound_km < settings.distance_km || travel.speed_kmh <= settings.speed_kmh)
    return undefined;
  const text = `The session moved at least ${travel.distance_lower_bound_km} km from ${travel.from} to ${travel.to} in ${durationText(gapMs)}: ${travel.speed_kmh} km/h.`;
  return { factor: factor('in_session_speed', settings.points('in_session_speed'), text, networkName(from), networkName(to)), travel };
}

/** Do its addresses belong to a privacy relay, among much else? */
export function isRelayOperator(endpoint: Endpoint): boolean {
  return endpoint.asn !== undefined && RELAY_OPERATORS.has(endpoint.asn);
}

/** Apple's relay carries its own browser and mail; of a program that is not named nobody can tell. */
function mayBeRelayed(agent: UserAgent | undefined): boolean {
  return agent?.family === undefined || sameProduct(agent.family, 'safari');
}

/** Are they of one network operator? */
export function sameNetwork(a: Endpoint, b: Endpoint): boolean {
  if (a.asn !== undefined && a.asn === b.asn) return true;
  return a.as_org !== undefined && a.as_org === b.as_org;
}

function compareDevice(before: Traits, after: Traits, settings: CompareSettings, withClient: boolean, out: Factor[]): void {
  const add = (name: FactorName, text: string, was: string, is: string) => out.push(factor(name, settings.points(name), text, was, is));
  const had = before.device_uid;
  const has = after.device_uid;
  if (had !== undefined && had !== 'none' && has !== undefined) {
    if (has === 'none') {
      if (withClient) add('device_absent', `The session had the registered device ${had}; this use of it has none.`, had, 'none');
    } else if (has !== had) add('device_replaced', `Another device: ${had} before, ${has} now.`, had, has);
    else add('same_device', `The same device ${has}, observed by the provider itself.`, had, has);
  }
  const wasOs = before.user_agent?.os ?? before.device_os;
  const isOs = after.user_agent?.os ?? after.device_os;
  const otherOs = wasOs !== undefined && isOs !== undefined && wasOs !== isOs && !isTabletInDesktopMode(before, after, wasOs, isOs);
  if (otherOs && before.cookie_uid !== undefined && before.cookie_uid === after.cookie_uid) {
    add('cookie_two_systems', `One device cookie under two operating systems: ${wasOs} and ${isOs}.`, wasOs, isOs);
  }
  // Whatever the program, one session lives on one machine.
  if (otherOs) add('os_changed', `Another operating system: ${wasOs} before, ${isOs} now.`, wasOs, isOs);
  const wasForm = before.user_agent?.form_factor;
  const isForm = after.user_agent?.form_factor;
  if (otherOs && isHandheld(wasForm) !== undefined && isHandheld(isForm) !== undefined && isHandheld(wasForm) !== isHandheld(isForm)) {
    add('form_factor_changed', `From ${wasForm} to ${isForm}.`, String(wasForm), String(isForm));
  }
}

/** A tablet's Safari says macOS when it asks for the desktop page: same network, same browser. */
function isTabletInDesktopMode(before: Traits, after: Traits, wasOs: string, isOs: string): boolean {
  const pair = (wasOs === 'ios' && isOs === 'macos') || (wasOs === 'macos' && isOs === 'ios');
  return (
    pair &&
    before.user_agent?.family === 'safari' &&
    after.user_agent?.family === 'safari' &&
    before.endpoint?.prefix === after.endpoint?.prefix
  );
}

function compareClient(before: Traits, after: Traits, settings: CompareSettings, out: Factor[]): void {
  const was = before.user_agent;
  const is = after.user_agent;
  if (was === undefined || is === undefined) return;
  const add = (name: FactorName, text: string) => out.push(factor(name, settings.points(name), text, clientName(was), clientName(is)));
  if (is === NO_AGENT) {
    if (was.kind !== 'unknown') add('client_absent', `No user agent in a log that always names one: ${clientName(was)} before.`);
  } else if (is.kind === 'library' && was.kind !== 'library') {
    add(
      'library_client',
      `A programming library speaks where a ${was.kind === 'browser' ? 'browser' : 'product'} did: ${clientName(was)} before, ${clientName(is)} now.`,
    );
  } else if (was.kind === 'browser' && is.kind === 'unknown') {
    // a robot, an assistant, a name that nobody knows: whoever has the cookie may call themselves anything
    add('program_changed', `No browser any more: ${clientName(was)} before, ${clientName(is)} now.`);
  } else if (was.kind === 'browser' && is.kind === 'browser' && was.family !== undefined && is.family !== undefined) {
    if (!sameProduct(was.family, is.family)) add('browser_changed', `Another browser: ${clientName(was)} before, ${clientName(is)} now.`);
    else if (was.major !== undefined && is.major !== undefined && is.major < was.major - (isSuspiciousPlace(out, settings) ? 0 : 1)) {
      add('version_backwards', `The browser became older: ${clientName(was)} before, ${clientName(is)} now.`);
    }
  }
  if (before.ja4 !== undefined && after.ja4 !== undefined && before.ja4 !== after.ja4 && was.original === is.original) {
    out.push(
      factor('tls_changed', settings.points('tls_changed'), `The same user agent with another TLS fingerprint.`, before.ja4, after.ja4),
    );
  }
}

/** Staged updates may step back one version; they do not move to a rented server or another country at the same time. */
function isSuspiciousPlace(factors: readonly Factor[], settings: CompareSettings): boolean {
  return factors.some((f) => f.dimension === 'place_network' && f.points > settings.points('network_changed'));
}
