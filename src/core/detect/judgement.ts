import type { Endpoint, Factor, Travel } from '../event/index.js';
import { couldEnd, type Mark } from '../state/marks.js';
import type { Observation } from '../state/observation.js';
import type { Person } from '../state/person.js';
import type { Print } from '../state/print.js';
import type { Session } from '../state/session.js';
import type { ParameterSpecs, Parameters } from './parameters.js';

/** One side of a comparison: enough of an event to stand as evidence. */
export interface EvidenceSource {
  uid: string;
  time: number;
  vendor: string;
  action: string;
  endpoint: Endpoint | undefined;
  user_agent: string | undefined;
  device: string | undefined;
}

/** A detector's answer for one event of a session: points with their reasons, or nothing. */
export interface Judgement {
  score: number;
  factors: readonly Factor[];
  /** which life of the session it speaks of; part of the finding's uid */
  episode: string;
  /** what it was compared with */
  baseline: readonly EvidenceSource[];
  /** what else belongs to the picture */
  context: readonly EvidenceSource[];
  travel: Travel | undefined;
  /** one sentence without its end, e.g. `the session was used from A after B` */
  message: string;
}

/** A judgement that will not be said: its score counts for what the session is known by, and nobody reads the rest. */
export const UNREPORTED: Judgement = Object.freeze({
  score: 0,
  factors: [],
  episode: '',
  baseline: [],
  context: [],
  travel: undefined,
  message: '',
});

/** What a judge may look at. Only the part of the tail up to the judged event counts: later events must not change its answer. */
export interface Scene {
  person: Person;
  session: Session;
  /** the operator's own egress (VPN concentrators, offices, secure web gateways): never a changed network */
  isOperatorEgress(endpoint: Endpoint): boolean;
}

/** Judges the events of one session, one at a time. A pure function of the session's story up to that event. */
export interface SessionJudge {
  /** how far back from an event it looks at other events, ms; they are kept for so long after they are settled */
  readonly lookBack: number;
  /** says nothing about a person to whom no end has happened */
  readonly needsMarks: boolean;
  /** @param at index of the event in the session's tail */
  judge(scene: Scene, at: number): Judgement | undefined;
  /** a print that was settled while it was the session's only one, and so was never judged: it is the mint. @param time of its first event */
  adopt?(print: Print, time: number): void;
}

/** The code that a rule names. */
export interface Detector {
  name: string;
  doc: string;
  parameters: ParameterSpecs;
  /** @param rule the rule's place in the rule set: where it keeps its notes */
  create(parameters: Parameters, rule: number): SessionJudge;
}

/** The end that an event comes after, for the episode of a session's finding. */
export function endBefore(
  marks: readonly Mark[],
  session: Session,
  seen: Observation,
  concerns: (mark: Mark) => boolean,
): Mark | undefined {
  for (let i = marks.length - 1; i >= 0; i--) {
    const mark = marks[i]!;
    if (mark.time >= seen.time) continue;
    if ((mark.kind === 'sign_out' || mark.kind === 'session_revoke') && couldEnd(mark, session.first_time) && concerns(mark)) return mark;
  }
  return undefined;
}

export function evidenceOf(seen: Observation): EvidenceSource {
  return {
    uid: seen.uid,
    time: seen.time,
    vendor: seen.vendor,
    action: seen.action,
    endpoint: seen.endpoint,
    user_agent: seen.print.user_agent?.original,
    device: seen.device_uid === undefined ? undefined : `${seen.device_uid} (${seen.device_evidence})`,
  };
}
