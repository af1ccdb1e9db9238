import type { Activity, Endpoint, Factor } from '../event/index.js';
import { concerns } from '../state/marks.js';
import type { Observation } from '../state/observation.js';
import type { Print } from '../state/print.js';
import type { Session } from '../state/session.js';
import { isAccustomed } from './accustomed.js';
import { COMPARED, type CompareSettings, compare } from './compare.js';
import { type FactorName, factor, pointParameters, scoreOf } from './factors.js';
import { endBefore, type Judgement, type Scene, type SessionDetector, type SessionJudge } from './judgement.js';
import { durationText, useName } from './names.js';
import { numberOf, type Parameters } from './parameters.js';
import { evidenceFor, lastTimeOf } from './recall.js';

const USED: readonly FactorName[] = ['privileged', 'posture_lost', ...COMPARED];
const HOUR_MS = 3_600_000;

/** Acts of administrators. A console that is opened counts beside them. */
const PRIVILEGED: ReadonlySet<Activity> = new Set<Activity>([
  'role_grant',
  'policy_change',
  'app_credential',
  'audit_tamper',
  'impersonation',
]);

export const privilegedContextChange: SessionDetector = {
  scope: 'session',
  name: 'privileged_context_change',
  doc: 'a session with which somebody administers, used from another network or device than before',
  parameters: {
    within: {
      kind: 'duration',
      default: 8 * HOUR_MS,
      min: HOUR_MS,
      max: 24 * HOUR_MS,
      doc: 'for so long after an act of an administrator a session counts as one: a working day',
    },
    speed_kmh: { kind: 'integer', default: 900, min: 100, max: 5000, doc: 'faster than this a session did not travel' },
    distance_km: { kind: 'integer', default: 500, min: 50, max: 20_000, doc: 'below this distance speed is not looked at' },
    ...pointParameters(USED),
  },
  create: (parameters) => new PrivilegedJudge(parameters),
};

class PrivilegedJudge implements SessionJudge {
  readonly lookBack: number;
  readonly needsMarks = false;
  private readonly settings: CompareSettings;

  constructor(private readonly parameters: Parameters) {
    this.lookBack = numberOf(parameters, 'within');
    this.settings = {
      points: (name) => this.pointsOf(name),
      speed_kmh: numberOf(parameters, 'speed_kmh'),
      distance_km: numberOf(parameters, 'distance_km'),
    };
  }

  judge(scene: Scene, at: number): Judgement | undefined {
    const { session, person } = scene;
    const seen = session.tail[at]!;
    const act = this.latestAct(session.tail, at);
    if (act === undefined) return undefined;
    const before = this.sinceBeginning(scene, at);
    const lost = this.postureBefore(session.tail, at);
    if ((before === undefined || before.factors.length === 0) && lost === undefined) return undefined;
    const factors: Factor[] = [...(before?.factors ?? [])];
    if (lost !== undefined)
      factors.push(factor('posture_lost', this.pointsOf('posture_lost'), 'The device met the rules before, and no longer does.'));
    if (!factors.some(({ points }) => points > 0)) return undefined;
    const when = act === seen ? 'in this very act' : `${durationText(seen.time - act.time)} before`;
    factors.push(factor('privileged', this.pointsOf('privileged'), `Somebody administers in this session: ${act.action}, ${when}.`));
    const end = endBefore(person.marks, session, seen, (mark) => concerns(mark, session.issuer, session.uid));
    const baseline = before === undefined ? undefined : evidenceFor(session, at, before.print);
    return {
      score: scoreOf(factors, true),
      factors,
      episode: end?.uid ?? '',
      baseline: baseline === undefined ? [] : [baseline],
      context: [],
      travel: undefined,
      message: `with which somebody administers (${act.action}) is now used ${useName(seen.print)}`,
      session: undefined,
      stranger: undefined,
    };
  }

  silence({ session }: Scene, at: number): string {
    const act = this.latestAct(session.tail, at);
    if (act === undefined) return `nobody administered in this session in the ${durationText(this.lookBack)} before`;
    return 'it is used as it was from the beginning, by what counts';
  }

  /** The latest act of an administrator up to the event. */
  private latestAct(tail: readonly Observation[], at: number): Observation | undefined {
    const since = tail[at]!.time - this.lookBack;
    for (let i = at; i >= 0 && tail[i]!.time >= since; i--) if (isPrivileged(tail[i]!)) return tail[i];
    return undefined;
  }

  /** How the event differs from the print with which this kind of program began in the session. */
  private sinceBeginning(scene: Scene, at: number): { print: Print; factors: readonly Factor[] } | undefined {
    const { session, person } = scene;
    const seen = session.tail[at]!;
    const print = firstInLane(session, at);
    if (print === undefined || print === seen.print) return undefined;
    const isKnownEgress = (endpoint: Endpoint): boolean =>
      isAccustomed({ person, isOperatorEgress: scene.isOperatorEgress }, endpoint, seen.time);
    const gap = seen.time - lastTimeOf(session, at, print, seen.time);
    return { print, factors: compare(print, seen.print, gap, this.settings, isKnownEgress, true).factors };
  }

  /** The latest earlier event that says that the device met the rules, when this one says that it does not. */
  private postureBefore(tail: readonly Observation[], at: number): Observation | undefined {
    const seen = tail[at]!;
    if (seen.is_compliant !== false) return undefined;
    for (let i = at - 1; i >= 0 && tail[i]!.time >= seen.time - this.lookBack; i--) {
      const before = tail[i]!.is_compliant;
      if (before === true) return tail[i];
      if (before === false) return undefined;
    }
    return undefined;
  }

  private pointsOf(name: FactorName): number {
    return numberOf(this.parameters, `points_${name}`);
  }
}

function isPrivileged({ activity, is_sensitive }: Observation): boolean {
  return PRIVILEGED.has(activity) || (is_sensitive && (activity === 'session_use' || activity === 'token_issue' || activity === 'sign_in'));
}

/** The first print of the event's lane in the session. */
function firstInLane({ prints, tail }: Session, at: number): Print | undefined {
  const { lane } = tail[at]!.print;
  let first: Print | undefined;
  for (const print of prints) {
    if (print.lane !== lane || print.folded_count === 0) continue;
    if (first === undefined || print.folded_first_time < first.folded_first_time) first = print;
  }
  if (first !== undefined) return first;
  for (let i = 0; i <= at; i++) if (tail[i]!.print.lane === lane) return tail[i]!.print;
  return undefined;
}
