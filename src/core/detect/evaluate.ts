import { concerns } from '../state/marks.js';
import { NO_SCORES, type Observation } from '../state/observation.js';
import type { Person } from '../state/person.js';
import type { OnRecord, Report, Session } from '../state/session.js';
import { type EvidenceSource, evidenceOf, type Judgement, type PersonJudge, type Scene, type SessionJudge } from './judgement.js';
import { endsBeside, noteOther, type Side } from './others.js';
import type { Rule } from './rule.js';

/** A rule ready to judge. */
export interface ReadyRule {
  rule: Rule;
  /** its place in the rule set */
  index: number;
  /** lowest score that becomes a finding */
  report_from: number;
}

/** One that looks at sessions. */
export interface ActiveRule extends ReadyRule {
  judge: SessionJudge;
  /** see SessionDetector */
  isNeutral: boolean;
}

/** One that looks at people. */
export interface PersonRule extends ReadyRule {
  judge: PersonJudge;
}

/** The strongest judgement of one rule in one episode: one life of a session, one pair of places. */
export interface Strongest {
  active: ReadyRule;
  episode: string;
  judgement: Judgement;
  trigger: EvidenceSource;
  /** event time of the earliest event in that life that was worth reporting */
  first_time: number;
  /** event time of the latest of them that is not settled */
  last_time: number;
  /** acts of consequence among the events that were worth reporting */
  acts: EvidenceSource[];
  /** those that a finding grows by */
  sessions: Session[];
  /** events that alone would have made it and that a suppression may see otherwise; see others.ts */
  others: Side[];
}

export interface Verdicts {
  /** what is to be on record, strongest first per rule and episode */
  strongest: Strongest[];
  /** everything was judged anew, so what is on record and not in `strongest` no longer holds */
  isComplete: boolean;
}

/** Nothing to say and nothing to take back: most events. */
export const SILENT: Verdicts = Object.freeze({ strongest: [], isComplete: false });

/**
 * Judges a session after an event was put into its tail.
 *
 * A judgement is a pure function of the session's story up to the judged event, and a finding is the strongest judgement of its life. So an
 * event at the end of the story needs one judgement; one that comes late changes what is known at every later event, and all that is not
 * settled is judged again. Either way the result is that of the whole story told in order.
 *
 * @param at index of the observation that is asked about, or -1 when more changed (a late event, a mark) and all must be judged again
 * @param rules all that look at sessions: their places are the first ones
 */
export function evaluateSession(scene: Scene, rules: readonly ActiveRule[], at: number): Verdicts {
  const { session, person } = scene;
  if (!hasToCompare(session, person, rules.length, at)) return SILENT;
  const { tail } = session;
  const hasPrints = session.prints.length > 1;
  const inOrder = at === tail.length - 1 && at >= 0 && isJudgedUpTo(session, rules.length, at, hasPrints);
  if (inOrder) {
    const strongest: Strongest[] = [];
    judgeAll(scene, rules, at, strongest);
    return strongest.length === 0 ? SILENT : { strongest, isComplete: false };
  }

  rewind(session, rules);
  const strongest: Strongest[] = [];
  for (let i = session.settled; i < tail.length; i++) {
    tail[i]!.scores = NO_SCORES;
    judgeAll(scene, rules, i, strongest);
  }
  return { strongest, isComplete: true };
}

/**
 * Has a session anything that its rules could compare? Then all of it that is not settled is judged, else nothing is, whatever the order of arrival and
 * under whichever keys of its person it was seen.
 * @param at the event that came last, when nothing else changed; -1 when more did
 */
export function hasToCompare(session: Session, { marks }: Person, size: number, at = -1): boolean {
  const { prints, reports } = session;
  if (reports.length > 0 || prints.length > 1) return true;
  for (const mark of marks) if (concerns(mark, session.issuer, session.uid)) return true;
  return isOutOfShape(session, size, at);
}

/** A session with one print has nothing to compare, unless its device met the rules at one time and did not at another. */
function isOutOfShape({ tail }: Session, size: number, at: number): boolean {
  // what says nothing of it changes nothing: the answer is that of the event before
  if (at >= 0 && tail[at]?.is_compliant === undefined && tail[at - 1]?.scores.length !== size) return false;
  return tail.some(({ is_compliant }) => is_compliant === true) && tail.some(({ is_compliant }) => is_compliant === false);
}

/** Takes the notes back to what is settled. */
function rewind(session: Session, rules: readonly ActiveRule[]): void {
  for (const print of session.prints) {
    for (let rule = 0; rule < print.notes.length; rule++) {
      const note = print.notes[rule];
      if (note === undefined) continue;
      if (!note.is_settled) print.notes[rule] = undefined;
      else note.is_suspect = note.was_suspect;
    }
  }
  for (const { judge } of rules) {
    for (const print of session.prints) if (print.folded_count > 0) judge.adopt?.(print, print.folded_first_time, session);
    for (let i = 0; i < session.settled; i++) judge.adopt?.(session.tail[i]!.print, session.tail[i]!.time, session);
  }
}

/** Were the events before this one judged already, under what is known now? */
function isJudgedUpTo(session: Session, size: number, at: number, hasPrints: boolean): boolean {
  if (at === 0) return !hasPrints;
  const before = session.tail[at - 1]!;
  return before.scores.length === size;
}

/** Judges one event by every rule and keeps the scores with it. */
function judgeAll(scene: Scene, rules: readonly ActiveRule[], at: number, strongest: Strongest[]): void {
  const seen = scene.session.tail[at]!;
  const hasMarks = scene.person.marks.length > 0;
  let scores: number[] | undefined;
  for (const active of rules) {
    if (active.judge.needsMarks && !hasMarks) continue;
    const score = judgeOne(scene, active, at, strongest);
    if (score === 0) continue;
    scores ??= new Array<number>(rules.length).fill(0);
    scores[active.index] = active.isNeutral ? -score : score;
  }
  seen.scores = scores ?? silentScores(rules.length);
}

/** Judges one event by one rule; what is worth reporting goes to `strongest`. Returns the score. */
export function judgeOne(scene: Scene, active: ActiveRule, at: number, strongest: Strongest[]): number {
  const judgement = active.judge.judge(scene, at);
  if (judgement === undefined) return 0;
  if (judgement.score >= active.report_from) keepStrongest(scene.session.tail[at]!, active, judgement, strongest);
  return judgement.score;
}

/** Keeps of the judgements of one rule in one episode the strongest, the first of equals. */
export function keepStrongest(seen: Observation, active: ReadyRule, judgement: Judgement, strongest: Strongest[]): void {
  const same = strongest.find((other) => other.active === active && other.episode === judgement.episode);
  const act = seen.is_sensitive || judgement.is_named === true ? [evidenceOf(seen)] : [];
  const session = judgement.is_named === undefined ? undefined : judgement.session;
  if (same === undefined) {
    strongest.push({
      active,
      episode: judgement.episode,
      judgement,
      trigger: evidenceOf(seen),
      first_time: seen.time,
      last_time: seen.time,
      acts: act,
      sessions: session === undefined ? [] : [session],
      others: [],
    });
    return;
  }
  same.acts.push(...act);
  if (session !== undefined && !same.sessions.includes(session)) same.sessions.push(session);
  same.first_time = Math.min(same.first_time, seen.time);
  same.last_time = Math.max(same.last_time, seen.time);
  const side = sideOf({ trigger: evidenceOf(seen), judgement });
  const before = sideOf(same);
  if (judgement.score > same.judgement.score) {
    noteOther(same.others, before, side);
    same.judgement = judgement;
    same.trigger = side.trigger;
  } else noteOther(same.others, side, before);
}

/** The event by which a verdict is told. */
export function sideOf({ trigger, judgement }: Pick<Strongest, 'trigger' | 'judgement'>): Side {
  return { trigger, baseline: judgement.baseline, context: endsBeside(judgement.context, trigger) };
}

const silences: number[][] = [];

/** One and the same list of noughts for every event that no rule says a word about: most events. */
function silentScores(rules: number): readonly number[] {
  let scores = silences[rules];
  if (scores === undefined) {
    scores = new Array<number>(rules).fill(0);
    silences[rules] = scores;
  }
  return scores;
}

/** The report on record for a verdict, if there is one. */
export function reportFor({ reports }: OnRecord, verdict: Strongest): Report | undefined {
  return reports.find((report) => report.rule === verdict.active.index && report.episode === verdict.episode);
}
