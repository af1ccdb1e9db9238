import type { Declared } from '../declared/declared.js';
import type { Activity, Endpoint, SessionEvent } from '../event/index.js';
import type { Feeds } from '../state/feeds.js';
import { couldEnd, type Mark } from '../state/marks.js';
import type { Fact, Observation } from '../state/observation.js';
import type { Person } from '../state/person.js';
import type { Print } from '../state/print.js';
import type { Session } from '../state/session.js';
import type { ArrivedUse } from '../state/usage.js';
import type { EvidenceSource, Judgement } from '../state/verdict.js';
import type { Enforced } from './enforced.js';
import type { AddressData } from './factors.js';
import type { ParameterProblem, ParameterSpecs, Parameters } from './parameters.js';
import type { Unknown } from './unjudged.js';
import type { Wait } from './waiting.js';

export type { EvidenceSource, Judgement, Stranger } from '../state/verdict.js';

/** A judgement that will not be said: its score counts for what the session is known by, and nobody reads the rest. */
export const UNREPORTED: Judgement = Object.freeze({
  score: 0,
  factors: [],
  episode: '',
  baseline: [],
  context: [],
  travel: undefined,
  message: '',
  session: undefined,
  stranger: undefined,
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
  /** what of an event the person's story has to hold on to, taken once, when the event arrives */
  factsOf?(event: SessionEvent): readonly Fact[] | undefined;
  /** why it has nothing to hold against an event, for people: asked only of events of which `judge` says nothing */
  silence?(scene: Scene, at: number): string;
  /** a print that was settled while it was the session's only one, and so was never judged: it is the mint. @param time of its first event */
  adopt?(print: Print, time: number, session: Session): void;
}

/** What is known of identity providers, where the operator says that single sign-on is enforced. More becomes known as time passes, and less never. */
export interface SignOnKnown {
  enforced: Enforced;
  feeds: Feeds;
  /** the latest tick: all that had arrived by then was judged, ms */
  ticked: number;
}

/** What a judge of a whole person may look at: all that they did, up to the judged event. */
export interface PersonScene {
  person: Person;
  isOperatorEgress(endpoint: Endpoint): boolean;
  /** absent: it is enforced nowhere */
  signOn?: SignOnKnown | undefined;
}

/**
 * Judges what a person did, over all their sessions and outside of any, one event at a time: a pure function of the story up to that event, of
 * which it may look at what is not settled, at what lies no further back than `lookBack`, and at what was learned.
 */
export interface PersonJudge {
  /** how far back from an event it looks at settled ones, ms */
  readonly lookBack: number;
  /** the activities that it has something to say of; undefined: all */
  readonly activities: ReadonlySet<Activity> | undefined;
  /** @param at index of the event in the tail of the person's story */
  judge(scene: PersonScene, at: number): Judgement | undefined;
  /** why it has nothing to hold against an event, for people: asked only of events of which `judge` says nothing */
  silence?(scene: PersonScene, at: number): string;
  /** why it does not look at an event of which it found nothing on arrival, for people; undefined: `silence` says it */
  silenceOn?(event: SessionEvent): string | undefined;
  /**
   * what of an event it wants to find again when it looks back, taken once, when the event arrives
   * @param person of whom it may ask only what no late event can change
   * @param arrived when the event is a use of a credential
   * @param enforced where single sign-on is enforced
   */
  factsOf?(event: SessionEvent, person?: Person, arrived?: ArrivedUse, enforced?: Enforced): readonly Fact[] | undefined;
  /** Is it still to be told whether something is to be held against an event that nothing is held against now? */
  mustWait?(scene: PersonScene, seen: Observation): boolean;
  /** What is not known yet of what a session has to wait for; undefined when it is: then the person is judged again. */
  unknown?(known: SignOnKnown, tenant: string, wait: Wait): Unknown | undefined;
  /** Is nothing held against a session, whatever becomes known? @param waits all that it waits for */
  isExplained?(person: Person, waits: readonly Wait[]): boolean;
}

/** Why rules about places are silent: in one wording, since they are told side by side. */
export const NOT_PLACED = 'the event does not place the person: a server acted, or the data do not know the address';

interface Described {
  name: string;
  doc: string;
  parameters: ParameterSpecs;
  /** what is wrong with parameters that fit one by one; they are as a file has them, and may not fit */
  check?(given: Readonly<Record<string, unknown>>): readonly ParameterProblem[];
  /** its rules judge only where the operator says that single sign-on is enforced */
  needsSignOn?: boolean;
  /** data on addresses without which its rules find nothing */
  needs?: readonly AddressData[];
}

/** The code that a rule names. */
export type Detector = SessionDetector | PersonDetector;

/** Looks at one session, event by event. */
export interface SessionDetector extends Described {
  scope: 'session';
  /** its score says nothing of who acts: habits learn from an event that it speaks of, and nobody is held for a stranger by it */
  isNeutral?: boolean;
  /** it remembers what it concluded of each print */
  keepsNotes?: boolean;
  /** @param rule the rule's place in the rule set: where it keeps its notes */
  create(parameters: Parameters, rule: number): SessionJudge;
}

/** Looks at a person over all sessions. */
export interface PersonDetector extends Described {
  scope: 'person';
  /** it weighs what other rules found in the same event, and so is asked after them */
  isLast?: boolean;
  /** @param rule the rule's place in the rule set, for its facts; @param declared what the operator says of agents and partners */
  create(parameters: Parameters, rule: number, declared?: Declared): PersonJudge;
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
    client_uid: seen.client_uid,
  };
}

/** An act that ended or began something, as evidence. */
export function evidenceOfMark({ uid, time, vendor, action }: Mark): EvidenceSource {
  return { uid, time, vendor, action, endpoint: undefined, user_agent: undefined, device: undefined, client_uid: undefined };
}
