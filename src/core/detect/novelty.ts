import type { Endpoint } from '../event/index.js';
import { deviceOf, HABITS_PER_KIND, type Habit, isHabit, isInPerson, networkOf, wasMet } from '../state/habits.js';
import { type Observation, whereOf } from '../state/observation.js';
import type { Person } from '../state/person.js';
import { hasOneBody, isKnown, LEARNING, readStrange, STRANGE, type StrangeSettings, strangeness } from './accustomed.js';
import { ELSEWHERE, isRelayOperator } from './compare.js';
import { type AddressData, type FactorName, pointParameters, scoreOf } from './factors.js';
import { type Judgement, NOT_PLACED, type PersonDetector, type PersonJudge, type PersonScene } from './judgement.js';
import { networkName, placeName } from './names.js';
import type { Parameters } from './parameters.js';
import { isLesson, isSuspected } from './suspicion.js';

/** Something that a person has habits of. */
interface Novelty {
  kind: 'country' | 'network' | 'device';
  doc: string;
  valueOf(seen: Observation): string | undefined;
  /** why the value cannot be told from an event, or is another rule's matter */
  whyUntold(scene: PersonScene, seen: Observation): string | undefined;
  /** at least one of them makes it something new */
  factors: readonly FactorName[];
  needs: readonly AddressData[];
  /** what the person did, after their name */
  message(seen: Observation): string;
}

const UNPLACED = "its place is not the person's: a VPN, relay, satellite or the organisation's own way out";

const RENEWED = 'a token was renewed, for which nobody has to be there';

const NOVELTIES: readonly Novelty[] = [
  {
    kind: 'country',
    doc: 'a country that a person was never seen in before',
    valueOf: (seen) => whereOf(seen)?.country,
    whyUntold: (scene, seen) => (isInItsPlace(scene, whereOf(seen)) ? undefined : UNPLACED),
    factors: ['country_new'],
    needs: ['geo'],
    message: (seen) => `was in a country for the first time: ${placeName(whereOf(seen)!)}`,
  },
  {
    kind: 'network',
    doc: 'a network operator that a person never came from before, in a country of theirs',
    valueOf: ({ print }) => networkOf(print),
    whyUntold: (scene, seen) =>
      isInTheirCountry(scene, seen) ? undefined : `${UNPLACED}, or the country is not theirs: that is for new_country`,
    factors: ['network_new', 'network_hosting'],
    needs: ['geo', 'networks'],
    message: ({ print }) => `came from a network for the first time: ${networkName(print.endpoint!)}`,
  },
  {
    kind: 'device',
    doc: 'a device that a person never used before, though they have others',
    valueOf: ({ print }) => deviceOf(print),
    whyUntold: () => undefined,
    factors: ['device_new'],
    needs: [],
    message: ({ print: { device_uid } }) => `used a device for the first time: ${device_uid}`,
  },
];

const DAY_MS = 86_400_000;

/** `new_country`, `new_network`, `new_device`: the first time that a person is there themselves, or uses it, of something that they have habits of. */
export const noveltyDetectors: readonly PersonDetector[] = NOVELTIES.map((novelty) => ({
  scope: 'person',
  name: `new_${novelty.kind}`,
  needs: novelty.needs,
  doc: novelty.doc,
  isLast: true,
  parameters: { ...LEARNING, ...pointParameters(STRANGE) },
  create: (parameters) => new NoveltyJudge(novelty, parameters),
}));

class NoveltyJudge implements PersonJudge {
  /** of what is settled the habits tell */
  readonly lookBack = 0;
  readonly activities = undefined;
  private readonly strange: StrangeSettings;

  constructor(
    private readonly novelty: Novelty,
    parameters: Parameters,
  ) {
    this.strange = readStrange(parameters);
  }

  judge(scene: PersonScene, at: number): Judgement | undefined {
    if (this.whySilent(scene, at) !== undefined) return undefined;
    const { novelty } = this;
    const seen = scene.person.story.tail[at]!;
    const factors = strangeness(scene, seen, this.strange);
    if (!factors.some(({ name }) => novelty.factors.includes(name as FactorName))) return undefined;
    return {
      score: scoreOf(factors, true),
      factors,
      episode: `${novelty.valueOf(seen)}@${Math.floor(seen.time / DAY_MS)}`,
      baseline: [],
      context: [],
      travel: undefined,
      message: novelty.message(seen),
      session: seen.session,
      stranger: undefined,
    };
  }

  silence(scene: PersonScene, at: number): string {
    return this.whySilent(scene, at) ?? 'there is nothing that it could be compared with';
  }

  /** In the order in which it is cheap to tell: of most events the person's habits know what they show. */
  private whySilent(scene: PersonScene, at: number): string | undefined {
    const { person } = scene;
    const { novelty } = this;
    const seen = person.story.tail[at]!;
    if (!isInPerson(seen)) return seen.is_presence ? RENEWED : NOT_PLACED;
    const { time } = seen;
    const value = novelty.valueOf(seen);
    if (value === undefined) return 'the log does not tell it';
    if (wasMet(person.habits, novelty.kind, value, time)) return 'it was seen of the person before';
    if (!hasOneBody(person)) return 'shared accounts and machines have no habits of one person';
    if (!isKnown(scene, time, this.strange)) return 'the person is not known well enough yet';
    const untold = novelty.whyUntold(scene, seen);
    if (untold !== undefined) return untold;
    if (!this.isFirst(person, at, value)) return 'it was seen of the person before, or they change so often that nothing is new';
    // Somebody else's act is told by the rule that holds it for that, with its place, network and device.
    if (isSuspected(person, seen)) return "another rule holds it for a stranger's";
    return undefined;
  }

  /**
   * Was a value that no lesson speaks of not seen in what is not settled either? Whoever has as many habits of the kind as are remembered has
   * had more, and nobody knows which: to them nothing is new.
   */
  private isFirst(person: Person, at: number, value: string): boolean {
    const { kind } = this.novelty;
    const { story, habits } = person;
    const known: readonly Habit[] = habits?.[kind] ?? [];
    if (known.length >= HABITS_PER_KIND) return false;
    const more = new Set<string>();
    for (let i = at - 1; i >= story.settled; i--) {
      const before: Observation = story.tail[i]!;
      const other = this.novelty.valueOf(before);
      if (other === undefined) continue;
      const isSight = other === value && isInPerson(before);
      // whether it teaches is dear to tell, and asked only when it matters
      if (!isSight && (more.has(other) || known.some((habit) => habit.value === other && habit.unlearned_time === undefined))) continue;
      if (!isLesson(person, before)) continue;
      if (isSight) return false;
      more.add(other);
      if (known.length + more.size >= HABITS_PER_KIND) return false;
    }
    return true;
  }
}

/** Ways out of VPNs, relays, satellites and the operator's own gateways are not where their users are. */
function isInItsPlace(scene: PersonScene, endpoint: Endpoint | undefined): boolean {
  return endpoint !== undefined && !isElsewhere(endpoint) && !scene.isOperatorEgress(endpoint);
}

function isElsewhere(endpoint: Endpoint): boolean {
  return ELSEWHERE.has(endpoint.as_class ?? 'unknown') || isRelayOperator(endpoint);
}

/** Abroad every network is new, and the country says so. */
function isInTheirCountry(scene: PersonScene, { print: { endpoint }, time }: Observation): boolean {
  const country = endpoint?.country;
  return isInItsPlace(scene, endpoint) && (country === undefined || isHabit(scene.person.habits, 'country', country, time));
}
