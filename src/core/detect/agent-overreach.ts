import { type Breach, type BreachKind, breachesOf, type Doing, doingOf } from '../declared/breaches.js';
import { type Declared, NOTHING_DECLARED } from '../declared/declared.js';
import type { Activity, Factor, SessionEvent } from '../event/index.js';
import { BY_AGENT_STEP, type Fact, isDone, type Observation } from '../state/observation.js';
import type { Person } from '../state/person.js';
import { newcomerAt } from './accustomed.js';
import { type FactorName, factor, pointParameters, readPoints, scoreOf } from './factors.js';
import { heldApart } from './held-apart.js';
import type { Judgement, PersonDetector, PersonJudge, PersonScene } from './judgement.js';
import { networkName, useName } from './names.js';
import { dayOf, factIn } from './own-rule.js';
import type { Parameters } from './parameters.js';

const FACTOR_OF = {
  egress: 'undeclared_egress',
  power: 'undeclared_power',
  tool: 'undeclared_tool',
  resource: 'undeclared_resource',
  hours: 'undeclared_hours',
  person: 'undeclared_person',
} as const satisfies Record<BreachKind, FactorName>;

/** An agent that does what its operator did not declare for it. What is declared is no guess, so one breach is enough to be sure of it. */
export const agentOverreach: PersonDetector = {
  scope: 'person',
  name: 'agent_overreach',
  doc: 'what an agent does against what its operator declares: from where, with what, on what, when and for whom',
  parameters: {
    undeclared: {
      kind: 'boolean',
      default: false,
      doc: 'true: the rule is of agents that act on behalf of somebody and are not declared, where any is; false: of those that are',
    },
    ...pointParameters([...Object.values(FACTOR_OF), 'undeclared_agent']),
  },
  create: (parameters, rule, declared = NOTHING_DECLARED) => new OverreachJudge(parameters, rule, declared),
};

const NOTHING: ReadonlySet<Activity> = new Set();

class OverreachJudge implements PersonJudge {
  readonly lookBack = 0;
  readonly activities: ReadonlySet<Activity> | undefined;
  private readonly points: (name: FactorName) => number;
  private readonly asksUndeclared: boolean;

  constructor(
    parameters: Parameters,
    private readonly rule: number,
    private readonly declared: Declared,
  ) {
    // where nothing is declared no event costs anything
    this.activities = declared.hasAgents ? undefined : NOTHING;
    this.points = readPoints(parameters);
    this.asksUndeclared = parameters['undeclared'] === true;
  }

  factsOf(event: SessionEvent, person?: Person): readonly Fact[] | undefined {
    const agent = this.declared.agentOf(event);
    if (person === undefined || (agent === undefined) !== this.asksUndeclared || !isAct(event)) return undefined;
    if (agent === undefined) return isDelegated(event) ? this.held(person, event, '', '', '') : undefined;
    const doing = doingOf(event, agent.isItself);
    const breaches = breachesOf(agent, doing);
    if (breaches.length === 0) return undefined;
    const { reached, behind } = doing;
    const kinds = breaches.map(({ kind }) => kind).join('+');
    return this.held(person, event, agent.declaration.name, JSON.stringify([reached, behind, isDone(event), agent.isItself]), kinds);
  }

  judge(scene: PersonScene, at: number): Judgement | undefined {
    const seen = scene.person.story.tail[at]!;
    const fact = factIn(seen, this.rule, BY_AGENT_STEP);
    if (fact === undefined) return undefined;
    const name = nameIn(fact);
    return name === '' ? this.undeclared(scene, seen) : this.overreach(scene, seen, name, fact);
  }

  private overreach(scene: PersonScene, seen: Observation, name: string, fact: Fact): Judgement | undefined {
    const agent = this.declared.agentNamed(name, scene.person.tenant);
    if (agent === undefined) return undefined;
    const { doing, isDone: wasDone, isItself } = doingIn(seen, fact);
    const breaches = breachesOf(agent, doing);
    if (breaches.length === 0) return undefined;
    const factors = breaches.map((breach) => this.factorOf(breach, seen));
    const who = isItself ? 'oversteps what is declared' : 'is acted for by an agent that oversteps what is declared';
    const how = wasDone ? '' : ', in vain';
    return {
      ...PLAIN,
      score: scoreOf(factors, false),
      factors,
      episode: `${name}@${dayOf(seen.time)}`,
      message: `${who} of ${name}${how}: ${breaches.map(inWords).join('; ')}, ${useName(seen.print)}`,
      session: seen.session,
      stranger: breaches.some(({ kind }) => kind === 'egress') ? newcomerAt(scene, seen) : undefined,
    };
  }

  private undeclared({ person }: PersonScene, seen: Observation): Judgement | undefined {
    const { tenant, principal } = person;
    if (!this.declared.hasAgents || this.declared.declarationOf(tenant, principal, seen.client_uid) !== undefined) return undefined;
    const factors = [factor('undeclared_agent', this.points('undeclared_agent'), 'No declaration speaks of this agent.')];
    return {
      ...PLAIN,
      score: scoreOf(factors, false),
      factors,
      episode: `undeclared@${weekOf(seen.time)}`,
      message: `acts as an agent on behalf of somebody, and is not declared, ${useName(seen.print)}`,
    };
  }

  private factorOf(breach: Breach, { print }: Observation): Factor {
    const { kind, declared, done } = breach;
    const name = FACTOR_OF[kind];
    const after = kind === 'egress' && print.endpoint !== undefined ? networkName(print.endpoint) : done;
    const text = `${inWords(breach)}.`;
    return factor(name, this.points(name), text[0]!.toUpperCase() + text.slice(1), declared, after);
  }

  silence(scene: PersonScene, at: number): string {
    const seen = scene.person.story.tail[at]!;
    if (!this.declared.hasAgents) return NONE_DECLARED;
    return factIn(seen, this.rule, BY_AGENT_STEP) === undefined ? NO_AGENT : 'by now its declaration allows it';
  }

  silenceOn(event: SessionEvent): string | undefined {
    if (!this.declared.hasAgents) return event.principal.type === 'agent' ? NONE_DECLARED : undefined;
    const agent = this.declared.agentOf(event);
    if (agent === undefined) return isDelegated(event) && !this.asksUndeclared ? 'no declaration speaks of this agent' : undefined;
    const { name } = agent.declaration;
    if (this.asksUndeclared) return `the agent ${name} is declared`;
    if (!isAct(event)) return `it is nothing that the agent ${name} did`;
    const breaches = breachesOf(agent, doingOf(event, agent.isItself));
    return breaches.length === 0 ? `all that is declared of the agent ${name} holds` : undefined;
  }

  /** Of an hour and a kind of breach the first few: an agent repeats itself by the thousand. */
  private held(person: Person, event: SessionEvent, name: string, value: string, kinds: string): readonly Fact[] | undefined {
    return heldApart(person, event, { rule: this.rule, step: BY_AGENT_STEP, by: `${name} ${kinds}`, value });
  }
}

const WEEK_MS = 7 * 86_400_000;
/** Of the first Monday, since 1970 began on a Thursday. */
const MONDAY_MS = 4 * 86_400_000;

/** A file in which an agent is missing is not written within a day: whoever reads findings is told once in a week, which begins on Monday (UTC). */
function weekOf(time: number): number {
  return Math.floor((time - MONDAY_MS) / WEEK_MS);
}

const NONE_DECLARED = 'no agent is declared';
const NO_AGENT = 'nobody that is declared as an agent acts in it';

const PLAIN = { baseline: [], context: [], travel: undefined, session: undefined, stranger: undefined } as const;

/** Names of declarations have no blank. */
function nameIn({ by }: Fact): string {
  return by.slice(0, by.indexOf(' '));
}

function isDelegated({ principal }: SessionEvent): boolean {
  return principal.type === 'agent' && principal.on_behalf_of !== undefined;
}

/** Did the agent do it, or try to? Who failed to get in may be anybody who knows its name. */
function isAct(event: SessionEvent): boolean {
  const { subject_role, activity } = event;
  if (subject_role !== 'actor' || activity === 'vendor_risk') return false;
  return isDone(event) || (activity !== 'sign_in' && activity !== 'token_issue');
}

/** What a fact tells of the event that the observation does not. */
function doingIn({ time, endpoint, activity, action }: Observation, { value }: Fact): Held {
  const [reached, behind, isDone, isItself] = JSON.parse(value) as [string[], string[], boolean, boolean];
  return { doing: { time, endpoint, activity, action, reached, behind }, isDone, isItself };
}

interface Held {
  doing: Doing;
  isDone: boolean;
  isItself: boolean;
}

function inWords({ kind, declared, done }: Breach): string {
  switch (kind) {
    case 'egress':
      return `from outside of ${declared}`;
    case 'power':
    case 'tool':
      return `${done} is none of ${declared}`;
    case 'resource':
      return `on ${done}, which is none of ${declared}`;
    case 'hours':
      return `at ${done}, outside of ${declared}`;
    default:
      return `for ${done}, while it acts for ${declared}`;
  }
}
