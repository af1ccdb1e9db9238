import type { Endpoint, Finding, SessionEvent } from '../event/index.js';
import type { Detect, DetectStats } from '../pipeline.js';
import { learn, newHabits } from '../state/habits.js';
import { createInterner } from '../state/intern.js';
import { type LaneOfClient, laneOf } from '../state/lane.js';
import { addMark, concerns, type Mark, markOf, NO_MARKS } from '../state/marks.js';
import { isBefore, type Observation } from '../state/observation.js';
import { DEFAULT_LIMITS, People, type StateLimits } from '../state/people.js';
import { boundSessions, isRepeat, type Person, sessionOf } from '../state/person.js';
import {
  addObservation,
  birthOf,
  boundPrints,
  foldOldest,
  keepEpisode,
  keepReports,
  type Session,
  settleOldest,
} from '../state/session.js';
import { addPoint, isPresence, newJourney, type Point, settlePoints } from '../state/stays.js';
import { afterEndDetectors } from './after-end.js';
import { type ActiveRule, evaluateSession, isSuspected, judgeOne, type Strongest } from './evaluate.js';
import type { Telling } from './finding.js';
import type { Detector, Scene } from './judgement.js';
import { LEVEL_FROM } from './levels.js';
import { type ParameterSpecs, resolve } from './parameters.js';
import { keepForGood, record } from './reports.js';
import type { Rule } from './rule.js';
import { sessionReuse } from './session-reuse/index.js';

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

/** An event whose time is no better known than this has no place in a story: a record without a time gets an assumed one. */
const COARSEST_TIME_MS = 3_600_000;

/** Later than any event. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** An event further ahead of its arrival than this has a wrong clock: it is not judged and moves nothing. */
const AHEAD_OF_ARRIVAL_MS = 10 * 60_000;

export function createDetect(rules: readonly Rule[], options: DetectOptions): Detect {
  return new DetectStep(rules, options);
}

class DetectStep implements Detect {
  private readonly people: People;
  private readonly rules: readonly ActiveRule[];
  /** how long what is settled is kept for later events to look back at, ms */
  private readonly lookBack: number;
  private readonly laneOfClient: LaneOfClient;
  private readonly isOperatorEgress: (endpoint: Endpoint) => boolean;
  private readonly interned = createInterner();
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
    this.lookBack = Math.max(0, ...this.rules.map(({ judge }) => judge.lookBack));
  }

  accept(event: SessionEvent): Finding[] {
    if (event.time - event.arrival_time > AHEAD_OF_ARRIVAL_MS || (event.time_precision_ms ?? 0) > COARSEST_TIME_MS) return [];
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
    const findings: Finding[] = [];
    this.settle(person, event.arrival_time, findings);
    if (event.time < person.next_settle_time) person.next_settle_time = event.time;
    const mark = markOf(event);
    if (mark !== undefined) {
      if (person.marks === NO_MARKS) person.marks = [];
      const added = addMark(person.marks, mark);
      if (typeof added === 'object') for (const session of person.sessions) keepEpisode(session, added.uid);
      if (added !== false) this.judgeAgain(person, mark, event.arrival_time, findings);
    }
    let seen: Observation | undefined;
    if (event.session !== undefined && event.subject_role === 'actor' && (event.status === 'success' || event.status === 'unknown')) {
      seen = this.observe(person, event, findings);
    }
    if (isPresence(event)) {
      person.journey ??= newJourney();
      // Where there is an observation it is the point as well: no second object for the same event.
      addPoint(person.journey, (seen as Point | undefined) ?? { time: event.time, uid: event.uid, endpoint: event.src_endpoint! });
    }
    return findings;
  }

  tick(time: number): void {
    this.people.tick(time, (person) => this.settle(person, time, []));
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

  private observe(person: Person, event: SessionEvent, findings: Finding[]): Observation | undefined {
    const { limits } = this.people;
    const ref = event.session!;
    const arrivalTime = event.arrival_time;
    // Nobody can tell such a session, and it must not take a place of one that can be told.
    if (ref.confidence === 'low' || person.principal.type === 'system' || isServersExchange(event)) return undefined;
    const session = sessionOf(person, event, ref, limits.session_idle + limits.allowed_lateness, this.interned);
    this.counts.evicted_sessions += boundSessions(person, limits.sessions_per_person, session);
    if (event.time < this.people.clock - limits.allowed_lateness) this.counts.late_beyond_allowed++;
    if (arrivalTime > session.last_arrival_time) session.last_arrival_time = arrivalTime;
    const birth = birthOf(event, ref);
    const isEarlier = birth < session.first_time;
    if (isEarlier) session.first_time = birth;
    const at = addObservation(session, event, laneOf(event, this.laneOfClient), this.interned);
    if (at < 0) {
      if (isEarlier && person.marks.length > 0) this.judge(person, session, -1, arrivalTime, findings);
      return undefined;
    }
    const seen = session.tail[at];
    const isInOrder = at === session.tail.length - 1 && !isEarlier;
    this.judge(person, session, isInOrder ? at : -1, arrivalTime, findings);
    while (session.tail.length > limits.observations_per_session) this.evict(person, session, arrivalTime, findings);
    this.boundObservations(person, arrivalTime, findings);
    if (session.prints.length > 1 && boundPrints(session) > 0) keepReports(session);
    return seen;
  }

  /** A mark changes what is known of every session that it concerns. */
  private judgeAgain(person: Person, mark: Mark, arrivalTime: number, findings: Finding[]): void {
    for (const session of person.sessions) {
      if (concerns(mark, session.issuer, session.uid)) this.judge(person, session, -1, arrivalTime, findings);
    }
  }

  private judge(person: Person, session: Session, at: number, arrivalTime: number, findings: Finding[]): void {
    const verdicts = evaluateSession(this.sceneOf(person, session), this.rules, at);
    if (verdicts.isComplete || verdicts.strongest.length > 0) record(this.tellingOf(person, session, arrivalTime, findings), verdicts);
  }

  private sceneOf(person: Person, session: Session): Scene {
    return { person, session, isOperatorEgress: this.isOperatorEgress };
  }

  private tellingOf(person: Person, session: Session, arrivalTime: number, findings: Finding[]): Telling {
    return { person, session, arrival_time: arrivalTime, config_digest: this.options.config_digest, said: findings };
  }

  /**
   * Settles what can no longer be re-ordered, older than the allowed lateness on the partition's clock: over all sessions in the order in
   * which it happened, so that a person's habits are learned in the same order whatever the order of arrival.
   */
  private settle(person: Person, arrivalTime: number, findings: Finding[]): void {
    const boundary = this.people.clock - this.people.limits.allowed_lateness;
    if (boundary <= person.next_settle_time) return;
    let session = oldestOpen(person, boundary);
    while (session !== undefined) {
      this.settleNext(person, session, arrivalTime, findings);
      session = oldestOpen(person, boundary);
    }
    for (const idle of person.sessions) while (idle.settled > 0 && idle.tail[0]!.time < boundary - this.lookBack) foldOldest(idle);
    if (person.journey !== undefined) settlePoints(person.journey, boundary);
    person.next_settle_time = this.nextSettleTime(person);
  }

  /** When there will be something to settle or to fold again, on the boundary's clock. */
  private nextSettleTime(person: Person): number {
    let next = person.journey?.points[0]?.time ?? NEVER;
    for (const { tail, settled } of person.sessions) {
      if (settled > 0) next = Math.min(next, tail[0]!.time + this.lookBack);
      if (settled < tail.length) next = Math.min(next, tail[settled]!.time);
    }
    return next;
  }

  private settleNext(person: Person, session: Session, arrivalTime: number, findings: Finding[]): void {
    // Not yet judged when it was read back from a store, or when there was nothing to compare so far.
    const next = session.tail[session.settled]!;
    if (next.scores.length !== this.rules.length) this.judge(person, session, -1, arrivalTime, findings);
    const seen = settleOldest(session)!;
    const kept: Strongest[] = [];
    for (const active of this.rules) {
      const isReported = (seen.scores[active.index] ?? 0) >= active.report_from;
      if (isReported) judgeOne(this.sceneOf(person, session), active, session.settled - 1, kept);
    }
    for (const verdict of kept) keepForGood(this.tellingOf(person, session, arrivalTime, findings), verdict);
    if (isSuspected(seen)) return;
    person.habits ??= newHabits();
    learn(person.habits, seen);
  }

  /** Takes the oldest observation out before its time, to make room. */
  private evict(person: Person, session: Session, arrivalTime: number, findings: Finding[]): void {
    if (session.settled === 0) this.settleNext(person, session, arrivalTime, findings);
    foldOldest(session);
    keepReports(session);
    this.counts.evicted_observations++;
  }

  /** Keeps a person's observations below the bound: those of the session idle longest go first. */
  private boundObservations(person: Person, arrivalTime: number, findings: Finding[]): void {
    const { observations_per_session, observations_per_person } = this.people.limits;
    if (person.sessions.length * observations_per_session <= observations_per_person) return;
    let total = 0;
    for (const session of person.sessions) total += session.tail.length;
    for (const session of person.sessions) {
      while (total > observations_per_person && session.tail.length > 1) {
        this.evict(person, session, arrivalTime, findings);
        total--;
      }
    }
  }
}

/** The session with the oldest observation before the boundary that is not settled, if any. */
function oldestOpen(person: Person, boundary: number): Session | undefined {
  let found: Session | undefined;
  let oldest: Observation | undefined;
  for (const session of person.sessions) {
    const next = session.tail[session.settled];
    if (next === undefined || next.time >= boundary) continue;
    if (oldest !== undefined && !isBefore(next.time, next.uid, oldest.time, oldest.uid)) continue;
    found = session;
    oldest = next;
  }
  return found;
}

/** Later records may name a person better than the first one did. */
function isBetterNamed(event: SessionEvent, person: Person): boolean {
  const now = event.principal;
  const was = person.principal;
  return (
    (was.email === undefined && now.email !== undefined) || (was.name === undefined && now.name !== undefined && now.email === was.email)
  );
}

/** An application's own server trades a code for tokens at Okta: it speaks for the person and is at none of their places. */
function isServersExchange(event: SessionEvent): boolean {
  return event.source.vendor === 'okta' && event.activity === 'token_issue' && event.user_agent?.kind === 'library';
}
