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

  const tooFast = (a: Deed, b: Deed): boolean => {
    if ((a.session !== undefined && a.session === b.session) || a.geo !== b.geo || isOne(a.endpoint!, b.endpoint!)) return false;
    const isOtherFamily = a.endpoint!.ip!.includes(':') !== b.endpoint!.ip!.includes(':');
    if (isOtherFamily && a.endpoint!.asn === b.endpoint!.asn) return false;
    const travel = travelBetween(a.endpoint!, b.endpoint!, b.time - a.time)!;
    return travel.distance_lower_bound_km >= number('distance_km') && travel.speed_kmh > number('speed_kmh');
  };

  return (tale, at) => {
    const here = tale.story[at]!;
    if (tale.principal.type !== 'human' || tale.principal.tags?.includes('shared') === true || !isPlaced(here)) return undefined;
    const farthest = (20_016 / number('speed_kmh')) * 3_600_000;
    const before = tale.story.slice(0, at).filter((deed) => isPlaced(deed) && here.time - deed.time <= farthest);
    const there = before.at(-1);
    if (there === undefined || !tooFast(there, here)) return undefined;

    // the stay at the other place: from its last event backwards, as long as the place stays the same
    let first = before.length - 1;
    while (first > 0 && isOne(before[first - 1]!.endpoint!, before[first]!.endpoint!)) first--;
    const home = before[first - 1];
    const isBack = home !== undefined && !tooFast(home, here) && tooFast(home, before[first]!);
    const [from, to] = isBack ? [home, before[first]!] : [there, here];

    const isFromTheirs = tale.isAccustomed(from.endpoint!, from.time);
    const isToTheirs = tale.isAccustomed(to.endpoint!, to.time);
    if (isFromTheirs && isToTheirs) return undefined;
    const [own, other] = !isBack && isToTheirs ? [to, from] : [from, to];
    const factors = [make('impossible_travel')];
    if (isBack) factors.push(make('parallel_presence'));
    const device = own.look.traits.device_uid;
    if (device !== undefined && device !== 'none' && device === other.look.traits.device_uid) factors.push(make('same_device'));
    else factors.push(...strange(tale, other, parameters).filter(({ dimension }) => dimension !== 'place_network'));
    const places = [from, to].map(({ endpoint }) => `${endpoint!.country}/${endpoint!.city}`).sort();
    return {
      score: scoreOf(factors, true),
      episode: `${places.join('~')}@${Math.floor(from.time / DAY_MS)}`,
      session: other.session,
      stranger: isBack || isFromTheirs || isToTheirs ? { prefix: other.endpoint!.prefix } : undefined,
    };
  };
}

function isPlaced({ is_presence, endpoint }: Deed): boolean {
  if (!is_presence || endpoint?.lat === undefined || (endpoint.radius_km ?? 0) >= 500) return false;
  return !PLACELESS.has(endpoint.as_class ?? 'unknown') && !isRelayOperator(endpoint);
}

function isOne(a: Endpoint, b: Endpoint): boolean {
  return a.prefix === b.prefix || (a.city !== undefined && a.city === b.city && a.country === b.country && a.region === b.region);
}
