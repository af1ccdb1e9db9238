import type { Activity, Endpoint, Factor } from '../event/index.js';
import { hasHabit } from '../state/habits.js';
import { concerns } from '../state/marks.js';
import type { Observation } from '../state/observation.js';
import type { Print } from '../state/print.js';
import type { Session } from '../state/session.js';
import { isAccustomed, isKnown, LEARNING, readStrange, type StrangeSettings } from './accustomed.js';
import { COMPARED, type CompareSettings, compare } from './compare.js';
import { type FactorName, factor, pointParameters, readPoints, scoreOf } from './factors.js';
import { endBefore, evidenceOf, type Judgement, type Scene, type SessionDetector, type SessionJudge } from './judgement.js';
import { durationText, useName } from './names.js';
import { isOwnShell } from './own-shell.js';
import { numberOf, type Parameters } from './parameters.js';
import { evidenceFor, lastTimeOf } from './recall.js';

const USED: readonly FactorName[] = ['privileged', 'posture_lost', ...COMPARED];
const HOUR_MS = 3_600_000;

/** Acts of administrators, whatever their details. */
const PRIVILEGED: ReadonlySet<Activity> = new Set<Activity>(['app_credential', 'audit_tamper', 'impersonation']);

export const privilegedContextChange: SessionDetector = {
  scope: 'session',
  name: 'privileged_context_change',
  doc: 'a session with which somebody administers, used from another network or device than before',
  isNeutral: true,
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
    ...LEARNING,
    ...pointParameters(USED),
  },
  create: (parameters) => new PrivilegedJudge(parameters),
};

class PrivilegedJudge implements SessionJudge {
  readonly lookBack: number;
  readonly needsMarks = false;
  private readonly settings: CompareSettings;
  private readonly learning: StrangeSettings;
  private readonly pointsOf: (name: FactorName) => number;

  constructor(parameters: Parameters) {
    this.pointsOf = readPoints(parameters);
    this.lookBack = numberOf(parameters, 'within');
    this.settings = {
      points: this.pointsOf,
      speed_kmh: numberOf(parameters, 'speed_kmh'),
      distance_km: numberOf(parameters, 'distance_km'),
    };
    this.learning = readStrange(parameters);
  }

  judge(scene: Scene, at: number): Judgement | undefined {
    const { session, person } = scene;
    const seen = session.tail[at]!;
    const first = firstInLane(session, at, seen.print.lane);
    const isOther = first !== undefined && first !== seen.print && !isOpenedAsBegun(scene, at);
    const met = this.postureBefore(session.tail, at);
    if (!isOther && met === undefined) return undefined;
    const act = this.latestAct(session.tail, at);
    if (act === undefined) return undefined;
    const factors = isOther ? this.sinceBeginning(scene, at, first) : [];
    if (met !== undefined) {
      const text = `The device ${seen.device_uid} met the rules ${durationText(seen.time - met.time)} before, and no longer does.`;
      factors.push(factor('posture_lost', this.pointsOf('posture_lost'), text));
    }
    if (!factors.some(({ points }) => points > 0)) return undefined;
    const when = act === seen ? 'in this very act' : `${durationText(seen.time - act.time)} before`;
    factors.push(factor('privileged', this.pointsOf('privileged'), `Somebody administers in this session: ${act.action}, ${when}.`));
    const end = endBefore(person.marks, session, seen, (mark) => concerns(mark, session.issuer, session.uid));
    const was = isOther ? evidenceFor(session, at, first) : undefined;
    const baseline = was ?? (met === undefined ? undefined : evidenceOf(met));
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
  private sinceBeginning(scene: Scene, at: number, print: Print): Factor[] {
    const { session, person } = scene;
    const seen = session.tail[at]!;
    const isKnownEgress = (endpoint: Endpoint): boolean =>
      isAccustomed({ person, isOperatorEgress: scene.isOperatorEgress }, endpoint, seen.time);
    const gap = seen.time - lastTimeOf(session, at, print, seen.time);
    const { factors } = compare(print, seen.print, gap, this.settings, isKnownEgress, true);
    // Who has no habits yet is used to nothing: the way home from the office would be news every day.
    const isNews =
      isKnown({ person, isOperatorEgress: scene.isOperatorEgress }, seen.time, this.learning) &&
      hasHabit(person.habits, 'network', seen.time);
    return isNews ? factors : factors.filter(({ name }) => name !== 'network_changed');
  }

  /** The latest earlier event of this device, when it says that the device met the rules and this one says that it does not. */
  private postureBefore(tail: readonly Observation[], at: number): Observation | undefined {
    const seen = tail[at]!;
    if (seen.is_compliant !== false || seen.device_uid === undefined) return undefined;
    for (let i = at - 1; i >= 0 && tail[i]!.time >= seen.time - this.lookBack; i--) {
      const before = tail[i]!;
      if (before.device_uid !== seen.device_uid || before.is_compliant === undefined) continue;
      return before.is_compliant ? before : undefined;
    }
    return undefined;
  }
}

/** An act of somebody who administers, or a console that is opened for one. Owners of groups and sites give rights and share, too. */
function isPrivileged({ activity, is_sensitive, more }: Observation): boolean {
  if (PRIVILEGED.has(activity)) return true;
  if (activity === 'role_grant') return more?.details?.['is_privileged'] === 'true' && more.details['assignment'] !== 'requested';
  if (activity === 'policy_change') return more?.details?.['kind'] !== 'sharing';
  return is_sensitive && (activity === 'session_use' || activity === 'token_issue' || activity === 'sign_in');
}

/** The vendor's shell, open in a browser that the session began with, or at a place of it. */
function isOpenedAsBegun(scene: Scene, at: number): boolean {
  const { session } = scene;
  return isOwnShell(scene, session.tail[at]!, (print) => firstInLane(session, at, print.lane) === print);
}

/** The first print of a lane in the session, up to an event. */
function firstInLane({ prints, tail }: Session, at: number, lane: Print['lane']): Print | undefined {
  // those that left the tail stand first, in their order
  for (const print of prints) if (print.lane === lane && print.folded_count > 0) return print;
  for (let i = 0; i <= at; i++) if (tail[i]!.print.lane === lane) return tail[i]!.print;
  return undefined;
}
