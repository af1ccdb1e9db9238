import type { Activity, Factor, SessionEvent } from '../event/index.js';
import type { Fact, Observation } from '../state/observation.js';
import { LEARNING, readStrange, STRANGE, type StrangeSettings, strangeness } from './accustomed.js';
import { ACTS, type ActName, actOf } from './acts.js';
import { type FactorName, factor, pointParameters, scoreOf } from './factors.js';
import { evidenceOf, type Judgement, type PersonDetector, type PersonJudge, type PersonScene } from './judgement.js';
import { durationText, printName } from './names.js';
import { numberOf, type Parameters, stringsOf } from './parameters.js';
import { isSuspected } from './suspicion.js';

const USED: readonly FactorName[] = ['by_stranger', 'in_stolen_session', ...STRANGE];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Acts beside the one in the foreground that a finding names. */
const CONTEXT_ACTS = 5;

export const postCompromise: PersonDetector = {
  scope: 'person',
  name: 'post_compromise',
  doc: 'what thieves do with an account: rules, forwarding, delegates, consents, secrets, factors, roles, policies, exports; who does it decides',
  isLast: true,
  parameters: {
    within: {
      kind: 'duration',
      default: DAY_MS,
      min: HOUR_MS,
      max: 2 * DAY_MS,
      doc: 'how far back acts of somebody who turns out to be a stranger are looked for: public rules correlate within a day',
    },
    ignored_acts: { kind: 'strings', default: [], doc: 'acts that say nothing here; docs/acts.md names them' },
    ...LEARNING,
    ...pointParameters(USED),
  },
  create: (parameters, rule) => new ActJudge(parameters, rule),
};

const ACTIVITIES: ReadonlySet<Activity> = new Set(Object.values(ACTS).map(({ activity }) => activity));

class ActJudge implements PersonJudge {
  readonly lookBack: number;
  /** that somebody is a stranger can turn out with any event */
  readonly activities = undefined;
  private readonly strange: StrangeSettings;
  private readonly ignored: ReadonlySet<string>;

  constructor(
    parameters: Parameters,
    private readonly rule: number,
  ) {
    this.lookBack = numberOf(parameters, 'within');
    this.strange = readStrange(parameters);
    this.ignored = stringsOf(parameters, 'ignored_acts');
  }

  factsOf(event: SessionEvent): readonly Fact[] | undefined {
    if (event.subject_role !== 'actor' || !ACTIVITIES.has(event.activity)) return undefined;
    const act = actOf(event);
    if (act === undefined || this.ignored.has(act)) return undefined;
    return [{ rule: this.rule, step: 0, by: '', value: act }];
  }

  judge(scene: PersonScene, at: number): Judgement | undefined {
    const seen = scene.person.story.tail[at]!;
    const act = this.actIn(seen);
    if (act !== undefined) return this.judgeAct(scene, at, act);
    return this.judgeActsBefore(scene, at);
  }

  silence({ person }: PersonScene, at: number): string {
    const seen = person.story.tail[at]!;
    return isSuspected(person, seen)
      ? 'no act of this hand before it that was not weighed already'
      : 'it is none of the acts that thieves do';
  }

  private judgeAct(scene: PersonScene, at: number, act: ActName): Judgement {
    const seen = scene.person.story.tail[at]!;
    const factors: Factor[] = [this.actFactor(act, seen)];
    const stranger = this.strangerBehind(scene, at);
    if (stranger !== undefined) factors.push(stranger);
    factors.push(...strangeness(scene, seen, this.strange));
    return this.conclude(scene, at, seen, act, factors, stranger?.name === 'by_stranger');
  }

  /** Somebody turns out to be a stranger: what did they do before anybody knew? The worst of it counts. */
  private judgeActsBefore(scene: PersonScene, at: number): Judgement | undefined {
    const { person } = scene;
    const { tail } = person.story;
    const seen = tail[at]!;
    if (!isSuspected(person, seen)) return undefined;
    let worst: { act: ActName; done: Observation } | undefined;
    for (let i = at - 1; i >= 0; i--) {
      const done = tail[i]!;
      if (done.time < seen.time - this.lookBack) break;
      const act = this.actIn(done);
      if (act === undefined || !isOneHand(done, seen) || isSuspected(person, done)) continue;
      if (worst === undefined || ACTS[act].points >= ACTS[worst.act].points) worst = { act, done };
    }
    if (worst === undefined) return undefined;
    const { act, done } = worst;
    const text = `By the same hand as what is held for a stranger's ${durationText(seen.time - done.time)} later: ${printName(seen.print)}.`;
    const factors = [this.actFactor(act, done), this.factor('by_stranger', text), ...strangeness(scene, done, this.strange)];
    return this.conclude(scene, at, done, act, factors, true);
  }

  private conclude(
    scene: PersonScene,
    at: number,
    done: Observation,
    act: ActName,
    factors: readonly Factor[],
    isTold: boolean,
  ): Judgement {
    const { tail } = scene.person.story;
    const seen = tail[at]!;
    const session = done.session ?? seen.session;
    const prefix = done.print.endpoint?.prefix ?? seen.print.endpoint?.prefix;
    return {
      score: scoreOf(factors, true),
      factors,
      episode:
        session === undefined ? `${prefix ?? ''}@${Math.floor(done.time / DAY_MS)}` : `${session.issuer}|${session.uid}|${session.life}`,
      baseline: done === seen ? [] : [evidenceOf(done)],
      context: this.otherActs(tail, at, done).map(evidenceOf),
      travel: undefined,
      message: `did what thieves do (${done.action}): ${ACTS[act].doc}, from ${printName(done.print)}`,
      session,
      stranger: isTold ? { session: undefined, prefix } : undefined,
    };
  }

  /** Is it a stranger's act, or one in a session that a stranger uses, too? */
  private strangerBehind({ person }: PersonScene, at: number): Factor | undefined {
    const { tail } = person.story;
    const seen = tail[at]!;
    if (isSuspected(person, seen)) return this.factor('by_stranger', `By somebody who is held for a stranger: ${printName(seen.print)}.`);
    if (seen.session === undefined || seen.print.endpoint !== undefined) return undefined;
    for (let i = at - 1; i >= 0; i--) {
      const other = tail[i]!;
      if (other.time < seen.time - this.lookBack) return undefined;
      if (other.session !== seen.session || !isSuspected(person, other)) continue;
      const where = printName(other.print);
      return this.factor(
        'in_stolen_session',
        `In a session that somebody else uses, too, ${durationText(seen.time - other.time)} before: ${where}.`,
      );
    }
    return undefined;
  }

  private otherActs(tail: readonly Observation[], at: number, done: Observation): Observation[] {
    const found: Observation[] = [];
    for (let i = at; i >= 0 && found.length < CONTEXT_ACTS; i--) {
      const other = tail[i]!;
      if (other.time < tail[at]!.time - this.lookBack) break;
      if (other !== done && other !== tail[at] && this.actIn(other) !== undefined && isOneHand(other, done)) found.push(other);
    }
    return found.reverse();
  }

  private actIn(seen: Observation): ActName | undefined {
    const facts = seen.more?.facts;
    if (facts === undefined) return undefined;
    for (const { rule, value } of facts) if (rule === this.rule) return value as ActName;
    return undefined;
  }

  private actFactor(act: ActName, { action }: Observation): Factor {
    return factor('act', ACTS[act].points, `${ACTS[act].doc}: ${action}.`, undefined, act);
  }

  private factor(name: FactorName, text: string): Factor {
    return factor(name, this.strange.points(name), text);
  }
}

/** Was it the same somebody? From the same address block, or with the same print of one session. */
function isOneHand(a: Observation, b: Observation): boolean {
  const prefix = a.print.endpoint?.prefix;
  if (prefix !== undefined && prefix === b.print.endpoint?.prefix) return true;
  return a.session !== undefined && a.session === b.session && a.print === b.print;
}
