import type { Endpoint, Finding, SessionEvent } from '../event/index.js';
import type { Detect, DetectStats } from '../pipeline.js';
import { learn } from '../state/habits.js';
import { type LaneOfClient, laneOf } from '../state/lane.js';
import { addMark, concerns, type Mark, markOf } from '../state/marks.js';
import { DEFAULT_LIMITS, People, type StateLimits } from '../state/people.js';
import { boundSessions, isRepeat, type Person, sessionOf } from '../state/person.js';
import { addObservation, boundPrints, foldOldest, type Report, type Session } from '../state/session.js';
import { addPoint, pointOf, settlePoints } from '../state/stays.js';
import { afterEndDetectors } from './after-end.js';
import { type ActiveRule, evaluateSession, isSuspected, reportFor, type Strongest } from './evaluate.js';
import { findingOf, retracted } from './finding.js';
import type { Detector } from './judgement.js';
import { LEVEL_FROM } from './levels.js';
import { type ParameterSpecs, resolve } from './parameters.js';
import type { Rule } from './rule.js';
import { sessionReuse } from './session-reuse.js';

/** Parameters that every rule has beside its detector's own. */
const COMMON_PARAMETERS: ParameterSpecs = {
  report_from: { kind: 'integer', default: LEVEL_FROM.medium, min: 1, max: 100, doc: 'lowest score that becomes a finding' },
};

/** Every detector that a rule can name. */
export const DETECTORS: Readonly<Record<string, Detector>> = Object.fromEntries(
  [sessionReuse, ...afterEndDetectors].map((detector) => [
    detector.name,
    { ...detector, parameters: { ...COMMON_PARAMETERS, ...detector.parameters } },
  ]),
);

export interface DetectOptions {
  /** digest of everything that judges; on every finding */
  config_digest: string;
  limits?: Partial<StateLimits>;
  /** lane of a published OAuth client */
  laneOfClient?: LaneOfClient;
  /** the operator's own egress */
  isOperatorEgress?: (endpoint: Endpoint) => boolean;
}

/** An event further ahead of its arrival than this has a wrong clock: it is not judged and moves nothing. */
const AHEAD_OF_ARRIVAL_MS = 10 * 60_000;

export function createDetect(rules: readonly Rule[], options: DetectOptions): Detect {
  return new DetectStep(rules, options);
}

class DetectStep implements Detect {
  private readonly people: People;
  private readonly rules: readonly ActiveRule[];
  private readonly laneOfClient: LaneOfClient;
  private readonly isOperatorEgress: (endpoint: Endpoint) => boolean;
  private readonly counts = { evicted_sessions: 0, evicted_observations: 0, duplicates: 0, late_beyond_allowed: 0 };

  constructor(
    rules: readonly Rule[],
    private readonly options: DetectOptions,
  ) {
    this.people = new People({ ...DEFAULT_LIMITS, ...options.limits });
    this.laneOfClient = options.laneOfClient ?? (() => undefined);
    this.isOperatorEgress = options.isOperatorEgress ?? (() => false);
    this.rules = rules
      .filter((rule) => rule.status !== 'deprecated')
      .map((rule, index) => {
        const detector = DETECTORS[rule.detector];
        if (detector === undefined) throw new Error(`rule ${rule.uid} names no detector: ${rule.detector}`);
        const parameters = resolve(detector.parameters, rule.parameters);
        return { rule, detector, index, judge: detector.create(parameters, index), report_from: Number(parameters['report_from']) };
      });
  }

  accept(event: SessionEvent): Finding[] {
    if (event.time - event.arrival_time > AHEAD_OF_ARRIVAL_MS) return [];
    const { people } = this;
    if (event.arrival_time > people.clock) people.clock = event.arrival_time;
    let person = people.find(event.principal.key, event.arrival_time);
    if (person === undefined) {
      // A password spray must not fill memory: who never succeeded is not remembered.
      if (event.status === 'failure' || event.status === 'interrupted') return [];
      person = people.create(event);
    }
    if (isRepeat(person, event.uid)) {
      this.counts.duplicates++;
      return [];
    }
    if (event.arrival_time > person.last_arrival_time) person.last_arrival_time = event.arrival_time;
    if (person.principal !== event.principal && isBetterNamed(event, person)) person.principal = event.principal;
    this.settle(person);

    const findings: Finding[] = [];
    const point = pointOf(event);
    if (point !== undefined) addPoint(person.journey, point);
    const mark = markOf(event);
    if (mark !== undefined && addMark(person.marks, mark)) this.judgeAgain(person, mark, event, findings);
    if (event.session !== undefined && event.subject_role === 'actor' && (event.status === 'success' || event.status === 'unknown')) {
      this.observe(person, event, findings);
    }
    return findings;
  }

  tick(time: number): void {
    this.people.tick(time);
  }

  stats(): DetectStats {
    let sessions = 0;
    let observations = 0;
    for (const person of this.people.values()) {
      sessions += person.sessions.length;
      for (const session of person.sessions) observations += session.tail.length;
    }
    const { expired_principals, expired_sessions } = this.people;
    return { principals: this.people.size, sessions, observations, expired_principals, expired_sessions, ...this.counts };
  }

  private observe(person: Person, event: SessionEvent, findings: Finding[]): void {
    const { limits } = this.people;
    const session = sessionOf(person, event, event.session!, limits.session_idle + limits.allowed_lateness);
    this.counts.evicted_sessions += boundSessions(person, limits.sessions_per_person);
    if (event.time < session.folded_time) this.counts.late_beyond_allowed++;
    if (event.arrival_time > session.last_arrival_time) session.last_arrival_time = event.arrival_time;
    const isEarlier = event.time < session.first_time;
    if (isEarlier) session.first_time = event.time;
    if (session.confidence === 'low' || person.principal.type === 'system') return;
    const placed = addObservation(session, event, laneOf(event, this.laneOfClient));
    if (placed.at < 0) {
      if (isEarlier && person.marks.length > 0) this.judge(person, session, -1, event, findings);
      return;
    }
    this.judge(person, session, placed.is_last ? placed.at : -1, event, findings);
    while (session.tail.length > limits.observations_per_session) this.fold(person, session);
    this.boundObservations(person);
    if (session.prints.length > 1) boundPrints(session);
  }

  /** A mark changes what is known of every session that it concerns. */
  private judgeAgain(person: Person, mark: Mark, event: SessionEvent, findings: Finding[]): void {
    for (const session of person.sessions) {
      if (concerns(mark, session.issuer, session.uid)) this.judge(person, session, -1, event, findings);
    }
  }

  private judge(person: Person, session: Session, at: number, event: SessionEvent, findings: Finding[]): void {
    const scene = { person, session, isOperatorEgress: this.isOperatorEgress };
    const verdicts = evaluateSession(scene, this.rules, at);
    for (const verdict of verdicts.strongest) this.report(person, session, verdict, verdicts.isComplete, event, findings);
    if (!verdicts.isComplete || session.reports.length === 0) return;
    for (const report of session.reports) {
      if (report.finding.status === 'retracted') continue;
      if (verdicts.strongest.some((verdict) => reportFor(session, verdict) === report)) continue;
      if (report.settled !== undefined) fallBack(report, findings);
      else {
        report.finding = retracted(report.finding);
        findings.push(report.finding);
      }
    }
  }

  private report(
    person: Person,
    session: Session,
    verdict: Strongest,
    isComplete: boolean,
    event: SessionEvent,
    findings: Finding[],
  ): void {
    const report = reportFor(session, verdict);
    const { score } = verdict.judgement;
    if (report !== undefined) {
      const { finding, settled } = report;
      const isOpen = finding.status !== 'retracted';
      if (settled !== undefined && score <= settled.score) {
        if (isComplete) fallBack(report, findings);
        return;
      }
      if (isOpen && !isComplete && score <= finding.score) return;
      if (isOpen && isComplete && score === finding.score && verdict.trigger.uid === finding.trigger_event_uid) return;
      const firstSeen = isComplete ? settled?.first_seen_time : isOpen ? finding.first_seen_time : undefined;
      if (firstSeen !== undefined) verdict.first_time = Math.min(verdict.first_time, firstSeen);
    }
    const finding = findingOf(verdict, person, session, event, this.options.config_digest, report?.finding);
    if (report === undefined) session.reports.push({ rule: verdict.active.index, episode: verdict.episode, finding, settled: undefined });
    else report.finding = finding;
    findings.push(finding);
  }

  /** Folds what can no longer be re-ordered: older than the allowed lateness on the partition's clock. */
  private settle(person: Person): void {
    const boundary = this.people.clock - this.people.limits.allowed_lateness;
    for (const session of person.sessions) {
      while (session.tail.length > 0 && session.tail[0]!.time < boundary) this.fold(person, session, false);
    }
    settlePoints(person.journey, boundary);
  }

  private fold(person: Person, session: Session, isEarly = true): void {
    const folded = foldOldest(session);
    if (folded === undefined) return;
    if (isEarly) this.counts.evicted_observations++;
    if (!isSuspected(folded)) {
      learn(person.habits, folded);
      return;
    }
    for (const note of folded.print.notes) if (note?.is_suspect === true) note.was_suspect = true;
  }

  /** Keeps a person's observations below the bound: those of the session idle longest go first. */
  private boundObservations(person: Person): void {
    let total = 0;
    for (const session of person.sessions) total += session.tail.length;
    for (const session of person.sessions) {
      while (total > this.people.limits.observations_per_person && session.tail.length > 1) {
        this.fold(person, session);
        total--;
      }
    }
  }
}

/** Takes a finding back to what stands for good. */
function fallBack(report: Report, findings: Finding[]): void {
  const { settled, finding } = report;
  if (settled === undefined || finding === settled) return;
  report.finding = { ...settled, revision: finding.revision + 1, supersedes: finding.revision, status: 'updated' };
  report.settled = report.finding;
  findings.push(report.finding);
}

/** Later records may name a person better than the first one did. */
function isBetterNamed(event: SessionEvent, person: Person): boolean {
  const now = event.principal;
  const was = person.principal;
  return (
    (was.email === undefined && now.email !== undefined) || (was.name === undefined && now.name !== undefined && now.email === was.email)
  );
}
