import type { Endpoint, Factor, Travel } from '../event/index.js';
import { hasHabit } from '../state/habits.js';
import type { Observation } from '../state/observation.js';
import { hasOneBody, isAccustomed, LEARNING, readStrange, STRANGE_MEANS, type StrangeSettings, strangeMeans } from './accustomed.js';
import { isRelayOperator, PLACELESS } from './compare.js';
import { type FactorName, factor, ONE_DIMENSION_MAX, pointParameters, scoreOf } from './factors.js';
import { evidenceOf, type Judgement, NOT_PLACED, type PersonDetector, type PersonJudge, type PersonScene } from './judgement.js';
import { LEVEL_FROM } from './levels.js';
import { durationText, networkName, placeName } from './names.js';
import { numberOf, type Parameters } from './parameters.js';
import { FARTHEST_KM, travelBetween } from './travel.js';

const USED: readonly FactorName[] = ['impossible_travel', 'parallel_presence', 'same_device', ...STRANGE_MEANS];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Data that place an address no better than this place a country or a region, which has no speed, km. */
const COARSEST_RADIUS_KM = 500;
/** Of about 2018: places are often wrong, and alone they are worth no more than a hint. */
const OLD_DATA = 'geoip-lite';

export const impossibleTravel: PersonDetector = {
  scope: 'person',
  name: 'impossible_travel',
  needs: ['geo'],
  doc: 'where a person was against where they were before, over all vendors and sessions',
  parameters: {
    speed_kmh: {
      kind: 'integer',
      default: 900,
      min: 250,
      max: 5000,
      doc: 'faster than this nobody travels: the cruising speed of an airliner',
    },
    distance_km: {
      kind: 'integer',
      default: 500,
      min: 100,
      max: 20_000,
      doc: 'below this distance, accuracy radii subtracted, speed is not looked at',
    },
    ...LEARNING,
    ...pointParameters(USED),
  },
  create: (parameters) => new TravelJudge(parameters),
};

/** Is it where the person is used to be? */
type IsUsual = (seen: Observation) => boolean;

/** Nobody has to be looked back at for somebody who has no habits yet. */
const NOWHERE: IsUsual = () => false;

class TravelJudge implements PersonJudge {
  /** after so long the person can be anywhere */
  readonly lookBack: number;
  readonly activities = undefined;
  private readonly speed: number;
  private readonly distance: number;
  private readonly strange: StrangeSettings;

  constructor(parameters: Parameters) {
    this.speed = numberOf(parameters, 'speed_kmh');
    this.distance = numberOf(parameters, 'distance_km');
    this.strange = readStrange(parameters);
    this.lookBack = Math.ceil((FARTHEST_KM / this.speed) * HOUR_MS);
  }

  judge(scene: PersonScene, at: number): Judgement | undefined {
    const { tail } = scene.person.story;
    const here = tail[at]!;
    if (!hasOneBody(scene.person) || !isPlaced(scene, here)) return undefined;
    const since = here.time - this.lookBack;
    const last = placedBefore(scene, at, since);
    const there = tail[last];
    if (there === undefined || isOnePlace(there.endpoint!, here.endpoint!)) return undefined;
    // Asked of one moment, so that no answer depends on which event is looked at. What is placed is no egress of the operator's: a habit it is.
    const hasUsual = hasHabit(scene.person.habits, 'network', here.time);
    const isUsual: IsUsual = hasUsual ? (seen) => isAccustomed(scene, seen.endpoint!, here.time) : NOWHERE;
    const isUsualHere = isUsual(here);
    if (!isUsualHere) {
      // Whatever was in between: they were last where they are used to be, and from there nobody is here.
      const usual = tail[usualBefore(scene, at, since, isUsual)];
      const move = usual === undefined ? undefined : this.moveBetween(usual, here);
      if (move !== undefined) return this.conclude(scene, usual!, here, move, undefined, isUsual, false);
    }
    const move = this.moveBetween(there, here);
    // Two ways out that the person is used to: home and a company's far gateway.
    if (move === undefined || isUsual(there)) return undefined;
    const first = this.stayOf(scene, last, since, isUsual);
    const before = tail[placedBefore(scene, first, since)];
    // What one operator's addresses say of there is in doubt, and where they said before is within reach.
    if (before !== undefined && isOneNetwork(before.endpoint!, tail[first]!.endpoint!) && this.journeyBetween(before, here) === undefined) {
      return undefined;
    }
    const home = tail[usualBefore(scene, first, since, isUsual)] ?? before;
    const away = home === undefined ? undefined : this.journeyBetween(home, tail[first]!);
    const isBack = away !== undefined && ((isUsualHere && isUsual(home!)) || this.journeyBetween(home!, here) === undefined);
    // Two places of one session are that session's story, but they tell that it is the place in between that does not fit.
    if (isBack && !isSameSession(home!, tail[first]!)) return this.conclude(scene, home!, tail[first]!, away, here, isUsual, false);
    return this.conclude(scene, there, here, move, undefined, isUsual, isBack);
  }

  /** The first event of the stay at a place that the person is not used to. @param last its last one */
  private stayOf(scene: PersonScene, last: number, since: number, isUsual: IsUsual): number {
    const { tail } = scene.person.story;
    let first = last;
    for (let i = placedBefore(scene, last, since); i >= 0; i = placedBefore(scene, i, since)) {
      const seen = tail[i]!;
      if (!isOnePlace(seen.endpoint!, tail[first]!.endpoint!) || isUsual(seen)) break;
      first = i;
    }
    return first;
  }

  silence(scene: PersonScene, at: number): string {
    const { tail } = scene.person.story;
    const here = tail[at]!;
    if (!hasOneBody(scene.person)) return 'no one body belongs to a shared account or a machine';
    if (!here.is_presence) return NOT_PLACED;
    if (!isPlaced(scene, here)) return `its place is not the person's, or too coarse: ${networkName(here.endpoint!)}`;
    const there = tail[placedBefore(scene, at, here.time - this.lookBack)];
    if (there === undefined) return `nothing placed the person in the ${durationText(this.lookBack)} before`;
    const ago = `${placeName(there.endpoint!)} ${durationText(here.time - there.time)} before`;
    if (isOnePlace(there.endpoint!, here.endpoint!)) return `${ago}: the same place`;
    if (isSameSession(there, here)) return `${ago}, in the same session: that is for session_reuse`;
    if (there.geo !== here.geo) return `${ago}, by another version of the geographic data`;
    if (isOneNetwork(there.endpoint!, here.endpoint!)) return `${ago}, at the same operator, whose addresses move about`;
    if (this.journeyBetween(there, here) === undefined) {
      const travel = travelBetween(there.endpoint!, here.endpoint!, here.time - there.time)!;
      return `${ago}: at least ${travel.distance_lower_bound_km} km, ${travel.speed_kmh} km/h; told from ${this.distance} km and above ${this.speed} km/h`;
    }
    if (isAccustomed(scene, there.endpoint!, here.time)) return `${ago}: the person is used to both networks`;
    return `${ago}: the operator there has addresses that are placed nearer, too`;
  }

  /**
   * @param from the two events that no one person made, in their order
   * @param back a third that shows the person at the first place again, or near it: the second was somebody else
   * @param isFirstOdd of the two it is the first that does not fit to what was before
   */
  private conclude(
    scene: PersonScene,
    from: Observation,
    to: Observation,
    travel: Travel,
    back: Observation | undefined,
    isUsual: IsUsual,
    isFirstOdd: boolean,
  ): Judgement {
    const isFirst = isFirstOdd || (back === undefined && isUsual(to));
    const other = isFirst ? from : to;
    const own = isFirst ? to : from;
    const factors: Factor[] = [
      this.factor(
        'impossible_travel',
        `At least ${travel.distance_lower_bound_km} km in ${durationText(travel.gap_ms)}, ${travel.speed_kmh} km/h: ${networkName(from.endpoint!)} before, ${networkName(to.endpoint!)} then.`,
      ),
    ];
    let message = `was at ${travel.from} and ${durationText(travel.gap_ms)} later at ${travel.to}, at least ${travel.distance_lower_bound_km} km away`;
    if (back !== undefined) {
      const place = placeName(back.endpoint!);
      const gap = durationText(back.time - to.time);
      const isThere = isOnePlace(from.endpoint!, back.endpoint!);
      factors.push(this.factor('parallel_presence', `At ${place} ${isThere ? 'again ' : `within reach of ${travel.from} `}${gap} later.`));
      message += `, and ${gap} later at ${place}${isThere ? ' again' : ''}`;
    }
    if (isSameDevice(own, other) || (back !== undefined && isSameDevice(back, other))) {
      factors.push(this.factor('same_device', `The same device at both places: ${other.print.device_uid}.`));
    } else {
      factors.push(...strangeMeans(scene, other, this.strange, (back ?? to).time));
    }
    const score = scoreOf(factors, true);
    const isTold = isUsual(own) || (back !== undefined && isUsual(back));
    return {
      score: from.geo.startsWith(OLD_DATA) ? Math.min(score, ONE_DIMENSION_MAX) : score,
      factors,
      episode: episodeOf(from, to),
      baseline: back === undefined ? [evidenceOf(from)] : [evidenceOf(from), evidenceOf(to)],
      context: [],
      travel,
      message,
      session: other.session,
      // below that a gateway that nobody listed may be at the other end, and has to become a habit
      stranger: isTold ? { session: undefined, prefix: other.endpoint!.prefix, is_hearsay: score < LEVEL_FROM.high } : undefined,
    };
  }

  /** The journey from one event to a later one of another session, when it is too fast for anybody. */
  private moveBetween(from: Observation, to: Observation): Travel | undefined {
    return isSameSession(from, to) ? undefined : this.journeyBetween(from, to);
  }

  private journeyBetween(from: Observation, to: Observation): Travel | undefined {
    // Two versions of the data may place one address in two places.
    if (from.geo !== to.geo) return undefined;
    const a = from.endpoint!;
    const b = to.endpoint!;
    if (isOnePlace(a, b) || isOneNetwork(a, b)) return undefined;
    const travel = travelBetween(a, b, to.time - from.time);
    if (travel === undefined || travel.distance_lower_bound_km < this.distance || travel.speed_kmh <= this.speed) return undefined;
    return travel;
  }

  private factor(name: FactorName, text: string): Factor {
    return factor(name, this.strange.points(name), text);
  }
}

/** Does the event say where its person is, well enough for speed? Ways out of VPNs, relays, clouds and mobile carriers are elsewhere. */
function isPlaced(scene: PersonScene, { is_presence, endpoint }: Observation): boolean {
  if (!is_presence || endpoint?.lat === undefined || endpoint.long === undefined) return false;
  if (endpoint.radius_km === undefined ? endpoint.city === undefined : endpoint.radius_km >= COARSEST_RADIUS_KM) return false;
  return !PLACELESS.has(endpoint.as_class ?? 'unknown') && !isRelayOperator(endpoint) && !scene.isOperatorEgress(endpoint);
}

/** Whatever happens inside one session is that session's story. */
function isSameSession(a: Observation, b: Observation): boolean {
  return a.session !== undefined && a.session === b.session;
}

/** The latest event before a place in the story that says where its person was; -1 when there is none since a moment. */
function placedBefore(scene: PersonScene, at: number, since: number): number {
  const { tail } = scene.person.story;
  for (let i = at - 1; i >= 0; i--) {
    const seen = tail[i]!;
    if (seen.time < since) return -1;
    if (isPlaced(scene, seen)) return i;
  }
  return -1;
}

/** The latest event before a place in the story that is where the person is used to be; -1 when there is none since a moment. */
function usualBefore(scene: PersonScene, at: number, since: number, isUsual: IsUsual): number {
  if (isUsual === NOWHERE) return -1;
  const { tail } = scene.person.story;
  let i = placedBefore(scene, at, since);
  while (i >= 0 && !isUsual(tail[i]!)) i = placedBefore(scene, i, since);
  return i;
}

/** One place: the same prefix, or the same city. */
function isOnePlace(a: Endpoint, b: Endpoint): boolean {
  if (a === b || (a.prefix !== undefined && a.prefix === b.prefix)) return true;
  return a.city !== undefined && a.city === b.city && a.country === b.country && a.region === b.region;
}

/**
 * One operator moves its addresses about its country faster than geographic data follow, and its old and new ones (v4, v6) are often placed
 * differently.
 */
function isOneNetwork(a: Endpoint, b: Endpoint): boolean {
  if (a.asn === undefined || a.asn !== b.asn) return false;
  return a.country === b.country || a.ip?.includes(':') !== b.ip?.includes(':');
}

/** One device id, observed at both places, with no two operating systems under it: such an id was copied. */
function isSameDevice({ print: a }: Observation, { print: b }: Observation): boolean {
  if (a.device_uid === undefined || a.device_uid === 'none' || a.device_uid !== b.device_uid) return false;
  const aOs = a.user_agent?.os ?? a.device_os;
  const bOs = b.user_agent?.os ?? b.device_os;
  return aOs === undefined || bOs === undefined || aOs === bOs;
}

/** The two places, whichever came first, and the day of the earlier event, UTC. */
function episodeOf(from: Observation, to: Observation): string {
  const places = [placeKey(from.endpoint!), placeKey(to.endpoint!)].sort();
  return `${places.join('~')}@${Math.floor(from.time / DAY_MS)}`;
}

function placeKey({ country, city, lat, long }: Endpoint): string {
  return `${country}/${city ?? `${Math.round(lat!)},${Math.round(long!)}`}`;
}
