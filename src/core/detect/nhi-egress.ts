import type { SessionEvent } from '../event/index.js';
import type { Fact } from '../state/observation.js';
import type { Person } from '../state/person.js';
import { type ArrivedUse, knownOwner } from '../state/usage.js';
import { credentialName, EGRESS, type EgressSettings, egressOf, isOwnWayOut, NO_ODD_USE, useAt } from './egress-set.js';
import { pointParameters, readPoints, scoreOf } from './factors.js';
import { heldUse } from './held-uses.js';
import type { Judgement, PersonDetector, PersonJudge, PersonScene } from './judgement.js';
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
    return heldUse(this.rule, event, person, arrived);
  }

  judge(scene: PersonScene, at: number): Judgement | undefined {
    const judged = useAt(scene, at, this.rule);
    if (judged === undefined) return undefined;
    const factors = egressOf(scene, at, judged, this.settings);
    const score = scoreOf(factors, true);
    if (score === 0) return undefined;
    const { seen, fact } = judged;
    const { endpoint } = seen.print;
    return {
      score,
      factors,
      episode: `${fact.by}@${Math.floor(seen.time / DAY_MS)}`,
      baseline: [],
      context: [],
      travel: undefined,
      message: `is used as never before, ${useName(seen.print)} (${credentialName(fact)})`,
      session: seen.session,
      stranger: isOwnWayOut(scene, judged.use) ? undefined : { session: undefined, prefix: endpoint?.prefix },
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
