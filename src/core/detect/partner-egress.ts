import { type Declared, type DeclaredPartner, NOTHING_DECLARED } from '../declared/declared.js';
import { egressText } from '../declared/egress.js';
import { POWERS } from '../declared/powers.js';
import type { Activity, Factor, SessionEvent } from '../event/index.js';
import { type Fact, isDone, type Observation } from '../state/observation.js';
import type { Person } from '../state/person.js';
import { LEARNING, newcomerAt, readStrange, STRANGE, type StrangeSettings, strangeness } from './accustomed.js';
import { type FactorName, factor, pointParameters, readPoints, scoreOf } from './factors.js';
import { heldApart } from './held-apart.js';
import type { Judgement, PersonDetector, PersonJudge, PersonScene } from './judgement.js';
import { networkName, useName } from './names.js';
import { dayOf, factIn, keyReader } from './own-rule.js';
import type { Parameters } from './parameters.js';

/** Beside those what takes everything along. A rule in a mailbox is one of its owner, whoever they work for. */
const ADMINISTERS: ReadonlySet<Activity> = new Set<Activity>([...POWERS, 'data_export']);

/** A fact of somebody of a declared partner outside of its egress; others are of people of whom only habits can tell. */
const OUTSIDE_STEP = 1;
const LEARNED_STEP = 0;

/** A partner's people: held to where their organisation is declared to come from, else to what each of them is used to. */
export const partnerEgress: PersonDetector = {
  scope: 'person',
  name: 'partner_egress',
  doc: "a partner's people from outside of where the partner is declared to come from; where it is not declared, what they administer in a way that they are not used to",
  parameters: {
    ...LEARNING,
    ...pointParameters(['undeclared_egress', 'partner_administers', ...STRANGE]),
  },
  create: (parameters, rule, declared = NOTHING_DECLARED) => new PartnerJudge(parameters, rule, declared),
};

class PartnerJudge implements PersonJudge {
  readonly lookBack = 0;
  readonly activities = undefined;
  private readonly points: (name: FactorName) => number;
  private readonly strange: StrangeSettings;
  private readonly sessionOf = keyReader('session');

  constructor(
    parameters: Parameters,
    private readonly rule: number,
    private readonly declared: Declared,
  ) {
    this.points = readPoints(parameters);
    this.strange = readStrange(parameters);
  }

  factsOf(event: SessionEvent, person?: Person): readonly Fact[] | undefined {
    const partner = this.declared.partnerOf(event);
    if (partner === undefined && event.principal.tags?.includes('partner') !== true) return undefined;
    if (!isDone(event)) return undefined;
    const does = administers(event);
    const isInside = partner?.isInEgress(event.src_endpoint);
    if (isInside === true) return undefined;
    if (partner !== undefined && isInside === false && person !== undefined) {
      const by = `${partner.declaration.name} ${does ? ADMINISTERING : ''}`;
      return heldApart(person, event, { rule: this.rule, step: OUTSIDE_STEP, by, value: this.sessionOf(event) ?? '' });
    }
    return does ? [{ rule: this.rule, step: LEARNED_STEP, by: this.sessionOf(event) ?? '', value: '' }] : undefined;
  }

  judge(scene: PersonScene, at: number): Judgement | undefined {
    const seen = scene.person.story.tail[at]!;
    if (seen.more?.facts === undefined) return undefined;
    const outside = factIn(seen, this.rule, OUTSIDE_STEP);
    if (outside !== undefined) {
      const [name = '', does] = outside.by.split(' ');
      const partner = this.declared.partnerNamed(name, scene.person.tenant);
      if (partner !== undefined) return this.outside(scene, seen, partner, does === ADMINISTERING);
      // nobody declares it any more
      return does === ADMINISTERING ? this.learned(scene, seen, outside.value) : undefined;
    }
    const fact = factIn(seen, this.rule, LEARNED_STEP);
    return fact === undefined ? undefined : this.learned(scene, seen, fact.by);
  }

  private outside(scene: PersonScene, seen: Observation, partner: DeclaredPartner, does: boolean): Judgement | undefined {
    const { endpoint } = seen;
    if (endpoint === undefined || partner.isInEgress(endpoint) !== false) return undefined;
    const { name, egress } = partner.declaration;
    const where = networkName(endpoint);
    const text = `From outside of where ${name} is declared to come from: ${where}.`;
    const factors: Factor[] = [factor('undeclared_egress', this.points('undeclared_egress'), text, egressText(egress), where)];
    if (does) factors.push(this.administering());
    return {
      score: scoreOf(factors, false),
      factors,
      episode: `${name}@${dayOf(seen.time)}`,
      baseline: [],
      context: [],
      travel: undefined,
      message: `${does ? 'administers' : 'is at work'} for the partner ${name} from outside of where it is declared to come from, ${useName(seen.print)}`,
      session: seen.session,
      stranger: newcomerAt(scene, seen),
    };
  }

  /** @param session key of the event's */
  private learned(scene: PersonScene, seen: Observation, session: string): Judgement {
    const factors = [this.administering(), ...strangeness(scene, seen, this.strange)];
    return {
      score: scoreOf(factors, false),
      factors,
      episode: `${session}@${dayOf(seen.time)}`,
      baseline: [],
      context: [],
      travel: undefined,
      message: 'administers for a partner, from somewhere or with something that they are not used to',
      session: seen.session,
      stranger: undefined,
    };
  }

  private administering(): Factor {
    return factor('partner_administers', this.points('partner_administers'), 'Somebody administers for a partner.');
  }

  silence(): string {
    return 'nobody of a partner does it, or not as an administrator';
  }

  silenceOn(event: SessionEvent): string | undefined {
    const partner = this.declared.partnerOf(event);
    if (partner?.isInEgress(event.src_endpoint) !== true) return undefined;
    return `it comes from where the partner ${partner.declaration.name} is declared to come from`;
  }
}

const ADMINISTERING = 'administers';

function administers({ activity, details }: SessionEvent): boolean {
  return ADMINISTERS.has(activity) || details?.['is_admin_surface'] === 'true';
}
