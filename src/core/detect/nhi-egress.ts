import type { Factor, SessionEvent } from '../event/index.js';
import type { Fact } from '../state/observation.js';
import type { Person } from '../state/person.js';
import { type ArrivedUse, knownOwner, lastingUses, MANY_ACTS } from '../state/usage.js';
import { ACTS, type ActName } from './acts.js';
import { credentialName, EGRESS, type EgressSettings, egressOf, isOwnWayOut, type JudgedUse, NO_ODD_USE, useAt } from './egress-set.js';
import { type FactorName, factor, pointParameters, readPoints, scoreOf } from './factors.js';
import { heldUseOrAct } from './held-uses.js';
import type { Judgement, PersonDetector, PersonJudge, PersonScene } from './judgement.js';
import { LEVEL_FROM } from './levels.js';
import { useName } from './names.js';
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
  parameters: EGRESS_PARAMETERS,
  create: (parameters, rule) => new EgressJudge(readEgress(parameters), rule),
};

class EgressJudge implements PersonJudge {
  /** what is settled is learned */
  readonly lookBack = 0;
  readonly activities = undefined;

  constructor(
    private readonly settings: EgressSettings,
    private readonly rule: number,
  ) {}

  factsOf(event: SessionEvent, person?: Person, arrived?: ArrivedUse): readonly Fact[] | undefined {
    return heldUseOrAct(this.rule, event, person, arrived);
  }

  judge(scene: PersonScene, at: number): Judgement | undefined {
    const judged = useAt(scene, at, this.rule);
    if (judged === undefined) return undefined;
    const egress = egressOf(scene, at, judged, this.settings);
    const act = newActOf(scene, judged, egress);
    const factors = act === undefined ? egress : [...egress, act];
    const score = scoreOf(factors, true);
    if (score === 0) return undefined;
    // What the act alone lifts is no reason to hold the act for a stranger's once more, which would make a high finding of the same two things.
    const is_hearsay = score < LEVEL_FROM.high && scoreOf(egress, true) < LEVEL_FROM.medium;
    const { seen, fact } = judged;
    const { endpoint } = seen.print;
    return {
      score,
      factors,
      episode: `${fact.by}@${Math.floor(seen.time / DAY_MS)}`,
      baseline: [],
      context: [],
      travel: undefined,
      message: `is used as never before${act === undefined ? '' : ` (${seen.action})`}, ${useName(seen.print)} (${credentialName(fact)})`,
      session: seen.session,
      stranger: isOwnWayOut(scene, judged.use) ? undefined : { session: undefined, prefix: endpoint?.prefix, is_hearsay },
    };
  }

  silence(scene: PersonScene, at: number): string {
    const judged = useAt(scene, at, this.rule);
    if (judged === undefined) return NO_ODD_USE;
    if (isOwnWayOut(scene, judged.use)) return "it is a way out of the organisation's, or one that the person is used to";
    if (knownOwner(scene.person.habits, judged.use) === undefined) return 'the credential is in its first days, in which little is odd';
    return 'it is used from there, and with that, always';
  }
}

/** Another network operator or country than ever, or Tor: hosts and address blocks of one cloud change by themselves. */
const ELSEWHERE: ReadonlySet<string> = new Set<FactorName>(['egress_new', 'egress_country_new', 'network_tor']);

/**
 * An act of consequence from somewhere new, which the credential does not do by habit: services move with what they do every day, and thieves do what the
 * service never did. Of whoever does many kinds of acts none says anything, and of a credential in its first days nobody knows what it does.
 */
function newActOf({ person: { habits } }: PersonScene, { seen, use }: JudgedUse, egress: readonly Factor[]): Factor | undefined {
  const owner = knownOwner(habits, use);
  if (use.act === undefined || owner === undefined || !egress.some(({ name }) => ELSEWHERE.has(name))) return undefined;
  const acts = lastingUses(habits, owner, 'act', use.time);
  if (acts.includes(use.act) || acts.length >= MANY_ACTS) return undefined;
  const { points, doc } = ACTS[use.act as ActName];
  return factor(
    'act',
    points,
    `${doc}, which it does not do by habit: ${seen.action}.`,
    acts.length === 0 ? undefined : acts.join(', '),
    use.act,
  );
}
