import { isRelayOperator, PLACELESS } from '../../../src/core/detect/compare.js';
import { type FactorName, factor, scoreOf } from '../../../src/core/detect/factors.js';
import type { Parameters } from '../../../src/core/detect/parameters.js';
import { travelBetween } from '../../../src/core/detect/travel.js';
import type { Endpoint } from '../../../src/core/event/index.js';
import type { Deed, PersonJudgeTale } from '../oracle.js';
import { strange } from './strange.js';

const DAY_MS = 86_400_000;

/** Everybody is somewhere at a time; whoever is too far from there a moment later was not there, or is not here. */
export function impossibleTravelTale(parameters: Parameters): PersonJudgeTale {
  const number = (name: string): number => Number(parameters[name]);
  const make = (name: FactorName) => factor(name, number(`points_${name}`), name);

  const isFar = (a: Deed, b: Deed): boolean => {
    if (a.geo !== b.geo || isOne(a, b) || isOneOperators(a, b)) return false;
    const travel = travelBetween(a.endpoint!, b.endpoint!, b.time - a.time)!;
    return travel.distance_lower_bound_km >= number('distance_km') && travel.speed_kmh > number('speed_kmh');
  };
  const isOneSession = (a: Deed, b: Deed): boolean => a.session !== undefined && a.session === b.session;
  const tooFast = (a: Deed, b: Deed): boolean => isFar(a, b) && !isOneSession(a, b);

  return (tale, at) => {
    const here = tale.story[at]!;
    if (tale.principal.type !== 'human' || tale.principal.tags?.includes('shared') === true || !isPlaced(here)) return undefined;
    const farthest = (20_016 / number('speed_kmh')) * 3_600_000;
    const before = tale.story.slice(0, at).filter((deed) => isPlaced(deed) && here.time - deed.time <= farthest);
    const there = before.at(-1);
    if (there === undefined || isOne(there, here)) return undefined;
    const isUsual = (deed: Deed): boolean => tale.isAccustomed(deed.endpoint!, here.time);
    const lastUsual = (deeds: readonly Deed[]): Deed | undefined => deeds.filter(isUsual).at(-1);

    /** two deeds that no one person did, and one that shows them back */
    const verdict = (from: Deed, to: Deed, back?: Deed, odd?: Deed) => {
      const [own, other] = odd === from || (back === undefined && isUsual(to)) ? [to, from] : [from, to];
      const factors = [make('impossible_travel')];
      if (back !== undefined) factors.push(make('parallel_presence'));
      if ([own, back].some((deed) => deed !== undefined && isOneDevice(deed, other))) factors.push(make('same_device'));
      else factors.push(...strange(tale, other, parameters, here.time).filter(({ dimension }) => dimension !== 'place_network'));
      const places = [from, to].map(({ endpoint }) => `${endpoint!.country}/${endpoint!.city}`).sort();
      const score = scoreOf(factors, true);
      const isTold = score >= 65 && [from, to, back].some((deed) => deed !== undefined && isUsual(deed));
      return {
        score,
        episode: `${places.join('~')}@${Math.floor(from.time / DAY_MS)}`,
        session: other.session,
        stranger: isTold ? { prefix: other.endpoint!.prefix } : undefined,
      };
    };

    const usual = lastUsual(before);
    if (!isUsual(here) && usual !== undefined && tooFast(usual, here)) return verdict(usual, here);
    if (isUsual(there) || !tooFast(there, here)) return undefined;

    // the stay at the other place: from its last event backwards, as long as the place stays the same
    let first = before.length - 1;
    while (first > 0 && isOne(before[first - 1]!, before[first]!) && !isUsual(before[first - 1]!)) first--;
    const arrival = before[first]!;
    const earlier = before.slice(0, first);
    const previous = earlier.at(-1);
    if (previous !== undefined && isOneOperators(previous, arrival) && !isFar(previous, here)) return undefined;
    const home = lastUsual(earlier) ?? previous;
    const isBack = home !== undefined && isFar(home, arrival) && (!isFar(home, here) || (isUsual(home) && isUsual(here)));
    if (!isBack) return verdict(there, here);
    return isOneSession(home, arrival) ? verdict(there, here, undefined, there) : verdict(home, arrival, here);
  };
}

function isPlaced({ is_presence, endpoint }: Deed): boolean {
  if (!is_presence || endpoint?.lat === undefined || (endpoint.radius_km ?? 0) >= 500) return false;
  return !PLACELESS.has(endpoint.as_class ?? 'unknown') && !isRelayOperator(endpoint);
}

function isOne({ endpoint: a }: Deed, { endpoint: b }: Deed): boolean {
  const isOneCity = a!.city !== undefined && a!.city === b!.city && a!.country === b!.country && a!.region === b!.region;
  return isOneCity || a!.prefix === b!.prefix;
}

function isOneOperators({ endpoint: a }: Deed, { endpoint: b }: Deed): boolean {
  const isFour = ({ ip }: Endpoint): boolean => !ip!.includes(':');
  return a!.asn !== undefined && a!.asn === b!.asn && (a!.country === b!.country || isFour(a!) !== isFour(b!));
}

function isOneDevice({ look: { traits: a } }: Deed, { look: { traits: b } }: Deed): boolean {
  if (a.device_uid === undefined || a.device_uid === 'none' || a.device_uid !== b.device_uid) return false;
  const systems = [a, b].flatMap((traits) => traits.user_agent?.os ?? traits.device_os ?? []);
  return systems.length < 2 || systems[0] === systems[1];
}
