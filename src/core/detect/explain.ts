import type { Finding, Level, SessionEvent } from '../event/index.js';
import { HABIT_KINDS, type HabitKind, isHabit } from '../state/habits.js';
import type { Observation } from '../state/observation.js';
import type { Person } from '../state/person.js';
import { type Session, sessionKey } from '../state/session.js';
import { signInsBefore } from '../state/sign-ins.js';
import { prepare, type RuleBench } from './detectors.js';
import type { ReadyRule } from './evaluate.js';
import { type DetectOptions, Engine } from './index.js';
import type { Judgement } from './judgement.js';
import { levelOf } from './levels.js';
import { printName } from './names.js';
import type { Parameters } from './parameters.js';
import type { Rule } from './rule.js';
import { isSuspected } from './suspicion.js';

/** What was known of a person when an event came, as far as it can matter to that event. */
export interface Before {
  /** undefined: nobody had heard of them */
  sessions: number;
  /** fingerprints of the event's session, first known first, and whether a rule holds them for a stranger's */
  prints: { name: string; uses: number; is_suspect: boolean }[];
  /** what the person is used to, by kind */
  habits: Partial<Record<HabitKind, string[]>>;
  /** event time of the first lesson, ms */
  known_since: number | undefined;
  /** sign-ins that count for habits: those of days that were over before the probation */
  sign_ins: number;
  /** ends and resets that the person had, newest last */
  marks: { kind: string; time: number; action: string }[];
}

/** What one rule makes of one event. */
export interface Answer {
  rule: string;
  detector: string;
  score: number;
  /** the score from which it is a finding */
  report_from: number;
  level: Level;
  /** with its reasons; undefined when it has nothing to hold against the event */
  judgement: Judgement | undefined;
  /** why it has nothing to say */
  silence: string | undefined;
  parameters: Parameters;
}

export interface Explanation {
  event: SessionEvent;
  before: Before | undefined;
  answers: Answer[];
  /** is the event held for a stranger's, so that no habit learns from it? undefined when it is not part of the story */
  is_suspected: boolean | undefined;
  /** what was said on its arrival */
  findings: Finding[];
}

/** Detect that gives its reasons, event by event. Judges exactly as Detect does. */
export class Explainer {
  readonly engine: Engine;
  /** the same rules, which put everything into words however little it weighs */
  private readonly talkative: RuleBench;
  private readonly bench: RuleBench;
  /** what could not be told yet when its event came, by the event's uid */
  private readonly pending = new Map<string, Explanation>();

  constructor(rules: readonly Rule[], options: DetectOptions) {
    this.engine = new Engine(rules, options);
    this.bench = prepare(rules, options.declared);
    this.talkative = prepare(
      rules.map((rule) => ({ ...rule, parameters: { ...rule.parameters, report_from: 1 } })),
      options.declared,
    );
  }

  accept(event: SessionEvent): Explanation {
    const { people } = this.engine;
    const settled = this.engine.catchUp(event);
    const known = people.find(event.principal.key, event.arrival_time);
    const before = known === undefined ? undefined : beforeOf(known, event);
    const findings = [...settled, ...this.engine.accept(event)];
    const person = people.find(event.principal.key, event.arrival_time);
    const at = person?.story.tail.findLastIndex(({ uid }) => uid === event.uid) ?? -1;
    const seen = person?.story.tail[at];
    if (person === undefined || seen === undefined)
      return { event, before, answers: this.answersOutside(event), is_suspected: undefined, findings };
    const explanation = {
      event,
      before,
      answers: this.answersTo(person, seen, at, event),
      is_suspected: isSuspected(person, seen),
      findings,
    };
    const scene = this.engine.personScene(person);
    if (this.bench.people.some(({ judge }) => judge.mustWait?.(scene, seen) === true)) this.pending.set(event.uid, explanation);
    return explanation;
  }

  /** What time tells is part of what is explained of the event that it is about. */
  tick(time: number): Finding[] {
    const findings = this.engine.tick(time);
    for (const finding of findings) this.pending.get(finding.trigger_event_uid)?.findings.push(finding);
    return findings;
  }

  /** Was there something to wait for? Then `conclude` may change the explanation. */
  isPending({ event }: Explanation): boolean {
    return this.pending.has(event.uid);
  }

  /** When nothing comes any more: tells of what was waited for as it is known now. */
  conclude(): void {
    for (const explanation of this.pending.values()) {
      const { principal, uid } = explanation.event;
      const person = this.engine.people.find(principal.key, this.engine.people.clock);
      const at = person?.story.tail.findLastIndex((seen) => seen.uid === uid) ?? -1;
      if (person === undefined || at < 0) continue;
      // the others answered with what was known then
      const waited = new Set(this.bench.people.filter(({ judge }) => judge.mustWait !== undefined).map(({ rule }) => rule.uid));
      const now = this.answersTo(person, person.story.tail[at]!, at, explanation.event).filter(({ rule }) => waited.has(rule));
      explanation.answers = [...explanation.answers.filter(({ rule }) => !waited.has(rule)), ...now].sort(byScore);
    }
  }

  /** What rules say that look at every event of some principals, of an event that is no part of the story. */
  private answersOutside(event: SessionEvent): Answer[] {
    return this.talkative.people.flatMap((active) => {
      const silence = active.judge.silenceOn?.(event);
      return silence === undefined ? [] : [this.answer(active, undefined, silence)];
    });
  }

  private answersTo(person: Person, seen: Observation, at: number, event: SessionEvent): Answer[] {
    const answers = [...this.inSession(person, seen), ...this.ofPerson(person, seen, at, event)];
    return answers.sort(byScore);
  }

  private inSession(person: Person, seen: Observation): Answer[] {
    const { session } = seen;
    const at = session?.tail.indexOf(seen) ?? -1;
    return this.talkative.sessions.map((active) => {
      if (session === undefined) return this.answer(active, undefined, 'the event names no session that can be told from others');
      if (at < 0) return this.answer(active, undefined, 'the event shows nothing of where it came from or with what');
      if (active.judge.needsMarks && person.marks.length === 0)
        return this.answer(active, undefined, 'nothing that the person had was ever signed out, revoked or reset');
      const scene = this.engine.sceneOf(person, session);
      const judgement = active.judge.judge(scene, at);
      return this.answer(active, judgement, judgement === undefined ? active.judge.silence?.(scene, at) : undefined);
    });
  }

  private ofPerson(person: Person, seen: Observation, at: number, event: SessionEvent): Answer[] {
    const scene = this.engine.personScene(person);
    return this.talkative.people.map((active) => {
      const { judge } = active;
      const outside = judge.silenceOn?.(event);
      if (outside !== undefined) return this.answer(active, undefined, outside);
      // what has nothing to look at says why
      if (judge.activities?.size === 0) return this.answer(active, undefined, judge.silence?.(scene, at));
      if (judge.activities?.has(seen.activity) === false) return this.answer(active, undefined, `it does not look at ${seen.activity}`);
      if (!seen.is_done && judge.factsOf === undefined) return this.answer(active, undefined, 'it was tried in vain, or done to them');
      const judgement = judge.judge(scene, at);
      return this.answer(active, judgement, judgement === undefined ? judge.silence?.(scene, at) : undefined);
    });
  }

  private answer({ rule, index }: ReadyRule, judgement: Judgement | undefined, silence: string | undefined): Answer {
    const own = [...this.bench.sessions, ...this.bench.people].find((ready) => ready.index === index)!;
    const score = judgement?.score ?? 0;
    return {
      rule: rule.uid,
      detector: rule.detector,
      score,
      report_from: own.report_from,
      level: levelOf(score, rule.level_cap),
      judgement,
      silence: judgement === undefined ? (silence ?? 'nothing to hold against it') : undefined,
      parameters: rule.parameters,
    };
  }
}

function byScore(a: Answer, b: Answer): number {
  return b.score - a.score || (a.rule < b.rule ? -1 : 1);
}

const MARKS_SHOWN = 5;

function beforeOf(person: Person, event: SessionEvent): Before {
  const { sessions, habits, sign_ins, marks } = person;
  const session = sessions.find(
    ({ uid, issuer }) => event.session !== undefined && uid === sessionKey(event.session) && issuer === event.session.issuer,
  );
  const known: Before['habits'] = {};
  for (const kind of HABIT_KINDS) {
    const values = (habits?.[kind] ?? []).filter(({ value }) => isHabit(habits, kind, value, event.time)).map(({ value }) => value);
    if (values.length > 0) known[kind] = [...new Set(values)].sort();
  }
  return {
    sessions: sessions.length,
    prints: session === undefined ? [] : printsOf(session),
    habits: known,
    known_since: sign_ins?.since_time,
    sign_ins: signInsBefore(sign_ins, event.time).sign_ins,
    marks: marks.slice(-MARKS_SHOWN).map(({ kind, time, action }) => ({ kind, time, action })),
  };
}

function printsOf({ prints }: Session): Before['prints'] {
  return prints.map((print) => ({
    name: printName(print),
    uses: print.held_count + print.folded_count,
    is_suspect: print.notes.some((note) => note?.is_suspect === true),
  }));
}
