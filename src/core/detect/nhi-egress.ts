import type { Factor, SessionEvent } from '../event/index.js';
import { type Fact, isBefore } from '../state/observation.js';
import type { Person } from '../state/person.js';
import { type ArrivedUse, CLONE_STEP, knownOwner, lastingClasses, lastingUses, valuesOf } from '../state/usage.js';
import { type Abroad, roams, standingAbroad } from './abroad.js';
import { ACTS, type ActName } from './acts.js';
import { credentialName, EGRESS, type EgressSettings, egressOf, isOwnWayOut, type JudgedUse, NO_ODD_USE, useAt } from './egress-set.js';
import { type FactorName, factor, pointParameters, readPoints, scoreOf } from './factors.js';
import { clonesOfHour, HOUR_MS, heldClone, heldUseOrAct } from './held-uses.js';
import type { Judgement, PersonDetector, PersonJudge, PersonScene } from './judgement.js';
import { LEVEL_FROM } from './levels.js';
import { useName } from './names.js';
import { isRoutineIn } from './own-key.js';
import { numberOf, type ParameterSpecs, type Parameters } from './parameters.js';

const DAY_MS = 86_400_000;

/** Of every rule that compares a use of a credential with what the credential is used to. */
export const EGRESS_PARAMETERS: ParameterSpecs = {
  wide_from: {
    kind: 'integer',
    default: 8,
    min: 2,
    max: 12,
    doc: 'address blocks of data centres from which a credential in its first days must have been used for a network of people, or one in no list, to be odd',
  },
  ...pointParameters(EGRESS),
};

export function readEgress(parameters: Parameters): EgressSettings {
  return { points: readPoints(parameters), wideFrom: numberOf(parameters, 'wide_from') };
}

/** A credential of a machine, or a key of a person's, used from where and with what it never was. */
export const nhiEgress: PersonDetector = {
  scope: 'person',
  name: 'nhi_egress',
  doc: 'a key, token or service used from a network, or with a program, that it was never used from or with',
  parameters: {
    repositories_from: {
      kind: 'integer',
      default: 10,
      min: 2,
      max: 30,
      doc: 'different repositories that are cloned or downloaded within one hour of the clock (UTC), from which on that counts',
    },
    ...EGRESS_PARAMETERS,
    ...pointParameters(['many_repositories']),
  },
  create: (parameters, rule) => new EgressJudge(parameters, rule),
};

class EgressJudge implements PersonJudge {
  /** what is settled is learned, but for the repositories of an hour */
  readonly lookBack = HOUR_MS;
  readonly activities = undefined;

  private readonly settings: EgressSettings;
  private readonly repositoriesFrom: number;

  constructor(
    parameters: Parameters,
    private readonly rule: number,
  ) {
    this.settings = readEgress(parameters);
    this.repositoriesFrom = numberOf(parameters, 'repositories_from');
  }

  factsOf(event: SessionEvent, person?: Person, arrived?: ArrivedUse): readonly Fact[] | undefined {
    const use = heldUseOrAct(this.rule, event, person, arrived);
    const clone = heldClone(this.rule, event, person, arrived);
    return use === undefined || clone === undefined ? (use ?? clone) : [...use, ...clone];
  }

  judge(scene: PersonScene, at: number): Judgement | undefined {
    const judged = useAt(scene, at, this.rule);
    if (judged === undefined) return undefined;
    const egress = egressOf(scene, at, judged, this.settings);
    const act = newActOf(scene, judged, egress);
    const clones = this.clonesOf(scene, judged, egress);
    const done = [act, clones].filter((one) => one !== undefined);
    const factors = [...egress, ...done];
    const score = limited(scoreOf(factors, true), factors);
    if (score === 0) return undefined;
    // What an act alone lifts is no reason to hold the act for a stranger's once more, which would make a high finding of the same two things.
    const is_hearsay = score < LEVEL_FROM.high && scoreOf(egress, true) < LEVEL_FROM.medium;
    const { seen, fact } = judged;
    const { endpoint } = seen.print;
    return {
      score,
      factors,
      episode: `${judged.use.credential}@${Math.floor(seen.time / DAY_MS)}`,
      baseline: [],
      context: [],
      travel: undefined,
      message: `is used as never before${done.length === 0 ? '' : ` (${seen.action})`}, ${useName(seen.print)} (${credentialName(fact)})`,
      session: seen.session,
      stranger: isOwnWayOut(scene, judged.use) ? undefined : { session: undefined, prefix: endpoint?.prefix, is_hearsay },
    };
  }

  silence(scene: PersonScene, at: number): string {
    const judged = useAt(scene, at, this.rule);
    if (judged === undefined) return NO_ODD_USE;
    if (isOwnWayOut(scene, judged.use)) return "it is a way out of the organisation's, or one that the person is used to";
    return whyUsual(scene, at, judged);
  }

  /** Very many repositories within an hour, from a network or with a program that is new: whoever works needs one after the other. */
  private clonesOf({ person }: PersonScene, { seen, use }: JudgedUse, egress: readonly Factor[]): Factor | undefined {
    if (!egress.some(({ name }) => ELSEWHERE.has(name) || name === 'client_new')) return undefined;
    if (!seen.more!.facts!.some(({ rule, step }) => rule === this.rule && step === CLONE_STEP)) return undefined;
    const repositories = new Set<string>();
    for (const { seen: other, fact } of clonesOfHour(person, this.rule, use.credential, seen.time))
      if (!isBefore(seen.time, seen.uid, other.time, other.uid)) repositories.add(fact.by);
    const { size } = repositories;
    if (size < this.repositoriesFrom) return undefined;
    const text = `${size} different repositories within an hour.`;
    return factor('many_repositories', this.settings.points('many_repositories'), text, undefined, String(size));
  }
}

/** Another network operator or country than ever, or Tor: hosts and address blocks of one cloud change by themselves. */
const ELSEWHERE: ReadonlySet<string> = new Set<FactorName>(['egress_new', 'egress_country_new', 'egress_abroad', 'network_tor']);

/**
 * An act of consequence from somewhere new, which the credential does not do by habit: services move with what they do every day, and thieves do what the
 * service never did. Of whoever does many kinds of acts none says anything, and of a credential in its first days nobody knows what it does.
 */
function newActOf({ person: { habits } }: PersonScene, { seen, use }: JudgedUse, egress: readonly Factor[]): Factor | undefined {
  const owner = knownOwner(habits, use);
  // what an earlier version held may have another name by now
  if (use.act === undefined || !Object.hasOwn(ACTS, use.act)) return undefined;
  if (owner === undefined || !egress.some(({ name }) => ELSEWHERE.has(name))) return undefined;
  const acts = lastingUses(habits, owner, 'act', use.time);
  if (isRoutineIn(acts, use.act)) return undefined;
  const { points, doc } = ACTS[use.act as ActName];
  return factor(
    'act',
    points,
    `${doc}, which it does not do by habit: ${seen.action}.`,
    acts.length === 0 ? undefined : acts.join(', '),
    use.act,
  );
}

/** People travel with their keys: what is abroad and odd in one more way is medium, and only in two more it is high. */
function limited(score: number, factors: readonly Factor[]): number {
  const isAbroad = factors.some(({ name }) => name === 'egress_abroad');
  return isAbroad && factors.length < 3 ? Math.min(score, LEVEL_FROM.high - 1) : score;
}

/** Why nothing is odd of a use that the habits did not explain when it came. */
function whyUsual(scene: PersonScene, at: number, { use }: JudgedUse): string {
  const { habits } = scene.person;
  const { time } = use;
  const owner = knownOwner(habits, use);
  if (owner === undefined) return 'the credential is in its first days, in which little is odd';
  const { network, client } = valuesOf(use);
  if (network === undefined) return 'nobody knows which network it came from';
  const classes = lastingClasses(habits, owner, time);
  if (!lastingUses(habits, owner, 'network', time).includes(network) && roams(use, classes)) {
    const why = AT_HOME[standingAbroad(scene, at, owner, use, classes)] ?? '';
    return `a person's own credential that is used on networks of people may be on any of them${why}`;
  }
  if (client !== undefined && !lastingUses(habits, owner, 'client', time).includes(client))
    return 'no program is known of it, or so many that one more says nothing';
  return 'it is used from that network, and with that program, by habit';
}

const AT_HOME: Readonly<Partial<Record<Abroad, string>>> = {
  known: ', and it was used in that country before',
  persons: ', and the person was in that country before',
  untold: ', and nobody can say whether the country is new to it',
};
