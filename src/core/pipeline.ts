import type { DetectOptions } from './detect/index.js';
import type { Rule } from './detect/rule.js';
import type { Unjudged } from './detect/unjudged.js';
import type { Wait } from './detect/waiting.js';
import type { Finding, RespondState, RevocationCommand, SessionEvent } from './event/index.js';
import type { DropReason, RejectReason } from './normalize/outcome.js';
import type { FeedsStanding, Pulse } from './state/feeds.js';
import type { Alone } from './state/people.js';
import type { Person } from './state/person.js';

/** What became of one record. `events` is empty unless the outcome is `events`. */
export interface Answer {
  outcome: 'events' | 'dropped' | 'rejected';
  reason?: DropReason | RejectReason;
  events: SessionEvent[];
}

/**
 * normalize: one raw record (a line of NDJSON, a Kafka value) into its events: read, recognise, map, enrich, key.
 * Events come back with `arrival_time` equal to `time`; the runtime that knows better sets it before `detect`.
 */
export type Normalize = (record: Uint8Array) => Answer;

/** detect: one event into the findings that it makes, changes or takes back. Holds the people's state. */
export interface Detect {
  accept(event: SessionEvent): Finding[];
  /** the passing of time, as data: expiry happens here. @param time wall or arrival time, ms */
  tick(time: number): Finding[];
  /**
   * Other rules and lists from now on; what is remembered of people stays. Limits of the state do not change.
   * @returns what is taken back with rules that went, and what the rules in force say otherwise of what can still be judged anew
   */
  configure(rules: readonly Rule[], options: DetectOptions): Finding[];
  /**
   * Two keys of one person: what is remembered under the first joins what is under the second, in one memory.
   * @param from with its tenant, as an event's `principal.key`
   * @returns undefined when nobody is remembered under it
   */
  absorb(from: string, into: string): Finding[] | undefined;
  stats(): DetectStats;
  /** Whose sessions are not judged by the sign-on before, and whose log keeps them from it. Looks at all that wait. */
  unjudged(): Unjudged[];
}

/**
 * A detect whose people outlive its process: with them and where it stood another one goes on as if nothing had happened. An event changes its person,
 * what they wait for and `standing`, and nothing else that counts: with these three as they were it has never come.
 */
export interface DurableDetect extends Detect {
  /**
   * @param isPast whether the tick is in what is remembered under a key: then it does nothing to them. Of nobody when it is not given
   * @param alone does what is done to one person, and takes up what is said of them. Where it fails and is undone, the tick goes on with the next;
   * they have to wait no more, and are judged with their next event
   * @returns what was said, without what `alone` has taken up
   */
  tick(time: number, isPast?: (key: string) => boolean, alone?: Alone): Finding[];
  /** A tick that made the program fail as a whole: it is as late, and nothing else has happened. */
  passTick(time: number): void;
  /** Takes out whoever is remembered under a key, to be inherited under another one, here or elsewhere. */
  release(key: string): Person | undefined;
  /**
   * Whoever was released under another key of theirs joins who is remembered under this one. What can still be re-ordered is judged anew.
   * @param heir of the same tenant; not to be used any more
   */
  inherit(key: string, heir: Person): Finding[];
  /**
   * `configure`, bit by bit: person after person, with what is said of each. Nothing else may be asked of it until the end.
   * @param defect told of somebody who could not be judged anew, and is passed over unless it throws; it throws when it is not given
   */
  reconfigure(rules: readonly Rule[], options: DetectOptions, defect?: (error: unknown) => void): IterableIterator<Finding[]>;
  /** What belongs to the people as they stand, beside them. */
  standing(): DetectStanding;
  /** Goes on where another one stood, with its people. */
  resume(standing: DetectStanding): void;
  /** An event came that is not judged here, or was before: time has passed, and its log has spoken. */
  passed(event: SessionEvent): void;
  /** An identity provider's log has spoken, whoever of. */
  heard(pulse: Pulse): void;
  /** Who is to be judged again when time has passed, as far as that has changed since it was asked last; without waits it is over. */
  takeWaits(): [key: string, waits: readonly Wait[] | undefined][];
  restoreWaits(key: string, waits: readonly Wait[] | undefined): void;
  /** As they would be written. */
  waitsOf(key: string): readonly Wait[] | undefined;
}

export interface DetectStanding {
  /** the latest arrival or tick, ms */
  clock: number;
  /** time of the latest tick, ms */
  last_tick: number;
  /** when the logs of identity providers spoke; absent: never, or nobody asks */
  feeds?: FeedsStanding;
}

export interface DetectStats {
  principals: number;
  sessions: number;
  observations: number;
  evicted_sessions: number;
  evicted_observations: number;
  /** findings on record, ends, incidents, habits, prefixes of strangers and past lives that were forgotten early for the bytes that a person may take */
  evicted_memories: number;
  expired_principals: number;
  expired_sessions: number;
  duplicates: number;
  late_beyond_allowed: number;
  /** sessions of which it is not known yet whether their identity provider has told of them */
  waiting_sessions: number;
  /** when the one of them that has waited longest began, ms; absent when none waits */
  waiting_since?: number;
  /** sessions that could be re-ordered no more before that was known: nobody asks any more */
  missed_sessions: number;
  /** the latest arrival or tick that it was told of, ms; 0 before the first */
  clock: number;
}

/** suppress: the finding itself, or a copy of it marked as hidden (status `suppressed`) with what hid it. Holds nothing. */
export type Suppress = (finding: Finding) => Finding;

/** respond: one finding into the shadow commands that it leads to. */
export interface Respond {
  accept(finding: Finding): RevocationCommand[];
  stats(): RespondStats;
}

/** A respond whose memory outlives its process: whoever writes what changed and reads it back goes on as if nothing had happened. */
export interface DurableRespond extends Respond {
  /**
   * The passing of time, as data: what was quiet for long is forgotten. Nothing is said because of it. `accept` does it by itself up to the
   * finding's arrival, so that only a stream without findings needs it. @param time arrival, ms
   */
  advance(time: number): void;
  /** What changed since it was last asked for, each key once, when options have it kept; nothing when nothing was told. */
  takeChanged(): RespondChange[];
  /** A record that was written, in any order of keys and any number of times: the last of a key holds. @param record undefined: forgotten */
  restore(key: string, record: RespondState | undefined): void;
  /**
   * All that was written was read: goes on from there.
   * @throws when findings came already
   */
  restored(): void;
}

/** One record of respond's changelog. */
export interface RespondChange {
  key: string;
  /** undefined: forgotten, a tombstone */
  record: RespondState | undefined;
}

/** How full respond's memory is, and what was let go of. */
export interface RespondStats {
  incidents: number;
  /** people that they are about, each counted at every account of a vendor */
  seats: number;
  /** commands that are sent and neither withdrawn nor replaced */
  open: number;
  /** estimate of what all that takes */
  bytes: number;
  /** incidents that were quiet for so long that they were forgotten */
  expired: number;
  /** incidents that were forgotten to make room, and how many of their commands were open and not expired */
  evicted: number;
  evicted_open: number;
  /** how often a finding asked for what had been sent and withdrawn as often as is allowed */
  exhausted: number;
}

export interface Stages {
  detect: Detect;
  suppress: Suppress;
  respond: Respond;
}

/** Where goes what is said, in the order in which it is said. */
export interface Said {
  finding(finding: Finding): void;
  command(command: RevocationCommand): void;
}

/** What follows from one event: detect -> suppress -> respond. */
export function judge(event: SessionEvent, stages: Stages, said: Said): void {
  follow(stages.detect.accept(event), stages, said);
}

/** What follows from the passing of time. @param time as `tick` takes it */
export function passTime(time: number, stages: Stages, said: Said): void {
  follow(stages.detect.tick(time), stages, said);
}

/** What follows from a change of the rules. @param findings as `configure` gives them */
export function conclude(findings: readonly Finding[], stages: Stages, said: Said): void {
  follow(findings, stages, said);
}

/**
 * Respond is shown what is hidden as well: a hidden finding asks for nothing, so that a command for an earlier revision, said before the
 * entry was there, is cancelled (docs/decisions/0010).
 */
function follow(findings: readonly Finding[], { suppress, respond }: Stages, said: Said): void {
  for (const found of findings) {
    const finding = suppress(found);
    said.finding(finding);
    for (const command of respond.accept(finding)) said.command(command);
  }
}
