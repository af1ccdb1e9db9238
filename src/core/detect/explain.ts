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

  constructor(rules: readonly Rule[], options: DetectOptions) {
    this.engine = new Engine(rules, options);
    this.bench = prepare(rules);
    this.talkative = prepare(rules.map((rule) => ({ ...rule, parameters: { ...rule.parameters, report_from: 1 } })));
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
    if (person === undefined || seen === undefined) return { event, before, answers: [], is_suspected: undefined, findings };
    return { event, before, answers: this.answersTo(person, seen, at), is_suspected: isSuspected(person, seen), findings };
  }

  private answersTo(person: Person, seen: Observation, at: number): Answer[] {
    const answers = [...this.inSession(person, seen), ...this.ofPerson(person, seen, at)];
    return answers.sort((a, b) => b.score - a.score || (a.rule < b.rule ? -1 : 1));
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

  private ofPerson(person: Person, seen: Observation, at: number): Answer[] {
    const scene = this.engine.personScene(person);
    return this.talkative.people.map((active) => {
      const { judge } = active;
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
