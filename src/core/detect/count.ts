import type { Activity, SessionEvent } from '../event/index.js';
import type { Fact, Observation } from '../state/observation.js';
import { compileConditions, type EventTest } from './conditions.js';
import { evidenceOf, type Judgement, type PersonDetector, type PersonJudge, type PersonScene } from './judgement.js';
import { spanText, timespanText } from './names.js';
import { checkScore, dayOf, factIn, hashed, keyReader, OWN_PARAMETERS, type ReadKey, Scoring } from './own-rule.js';
import { numberOf, type ParameterProblem, type Parameters, type SequenceStep } from './parameters.js';

/** A person's story holds 256 events, and what else they did needs room beside those that are counted. */
const COUNT_MAX = 200;
const STEPS_MAX = 8;
/** What a field may be replaced by where different values are counted. */
const DISTINCT_WORDS = ['session'];

export const count: PersonDetector = {
  scope: 'person',
  name: 'count',
  doc: 'how many events of a person fulfil conditions within a timespan, how many values of a field they have, or in which order they come',
  parameters: {
    where: { kind: 'conditions', default: undefined, doc: 'the events that are counted: their fields and what is asked of each' },
    at_least: { kind: 'integer', default: undefined, min: 2, max: COUNT_MAX, doc: 'how many there must be' },
    distinct: {
      kind: 'field',
      default: undefined,
      words: DISTINCT_WORDS,
      doc: 'a field of which different values are counted in place of events; events without it do not count',
    },
    sequence: {
      kind: 'steps',
      default: undefined,
      min: 2,
      max: STEPS_MAX,
      words: DISTINCT_WORDS,
      doc: 'in place of `where`: steps that come one after the other, each with its `where`, `at_least` (1) and `distinct`',
    },
    by: {
      kind: 'field',
      default: 'principal',
      words: ['principal', 'session'],
      doc: 'what is counted apart: all of the person, each session (what has none is one), or each value of a field; events without it do not count',
    },
    within: {
      kind: 'duration',
      default: 600_000,
      min: 1000,
      max: 86_400_000,
      doc: 'the longest time from the first to the last of them: exactly so much still counts; a day at most, since a story holds no more',
    },
    ...OWN_PARAMETERS,
  },
  check: (given) => [...checkCount(given), ...checkScore(given)],
  create: (parameters, rule) => new CountJudge(parameters, rule),
};

function checkCount({ where, sequence, at_least, distinct }: Readonly<Record<string, unknown>>): ParameterProblem[] {
  if (sequence === undefined) {
    if (where === undefined) return [{ path: [], of: 'key', message: 'count needs `where` and `at_least`, or a `sequence`' }];
    return at_least === undefined ? [{ path: [], of: 'key', message: 'count needs `at_least`: how many events there must be' }] : [];
  }
  const problems: ParameterProblem[] = [];
  for (const [name, value] of Object.entries({ where, at_least, distinct })) {
    if (value !== undefined)
      problems.push({ path: [name], of: 'key', message: `beside a sequence, \`${name}\` belongs to one of its steps` });
  }
  const counts = Array.isArray(sequence) ? sequence.map((step: { at_least?: unknown } | null) => Number(step?.at_least ?? 1)) : [];
  const sum = counts.reduce((a, b) => a + b, 0);
  if (sum > COUNT_MAX)
    problems.push({ path: ['sequence'], of: 'key', message: `the steps ask for ${sum} events; at most ${COUNT_MAX} fit` });
  return problems;
}

interface CompiledStep {
  test: EventTest;
  at_least: number;
  /** undefined: events are counted, not values */
  readValue: ReadKey | undefined;
  distinct: string | undefined;
}

/** What was found of the steps, looking back from one event. */
interface Counted {
  /** of each step that has enough, latest first */
  counted: Observation[][];
  /** the step at which it ended */
  step: number;
  /** how many that step lacks; 0: nothing lacks */
  missing: number;
}

class CountJudge implements PersonJudge {
  readonly lookBack: number;
  readonly activities: ReadonlySet<Activity> | undefined;
  private readonly steps: readonly CompiledStep[];
  private readonly by: string;
  private readonly keyOf: ReadKey;
  private readonly scoring: Scoring;

  constructor(
    parameters: Parameters,
    private readonly rule: number,
  ) {
    const steps = stepsOf(parameters);
    const compiled = steps.map(({ where }) => compileConditions(where));
    this.activities = unionOf(compiled.map(({ activities }) => activities));
    this.steps = steps.map(({ at_least = 1, distinct }, i) => ({
      test: compiled[i]!.test,
      at_least,
      readValue: distinct === undefined ? undefined : keyReader(distinct),
      distinct,
    }));
    this.by = String(parameters['by']);
    this.keyOf = this.by === 'principal' ? () => '' : keyReader(this.by);
    this.lookBack = numberOf(parameters, 'within');
    this.scoring = new Scoring(parameters);
  }

  factsOf(event: SessionEvent): readonly Fact[] | undefined {
    let facts: Fact[] | undefined;
    for (let step = 0; step < this.steps.length; step++) {
      const { test, readValue } = this.steps[step]!;
      if (!test(event)) continue;
      const by = this.keyOf(event);
      const value = readValue === undefined ? '' : readValue(event);
      if (by === undefined || value === undefined) continue;
      facts ??= [];
      facts.push({ rule: this.rule, step, by, value: value === '' ? '' : hashed(value) });
    }
    return facts;
  }

  judge(scene: PersonScene, at: number): Judgement | undefined {
    const { tail } = scene.person.story;
    const seen = tail[at]!;
    const last = factIn(seen, this.rule, this.steps.length - 1);
    if (last === undefined) return undefined;
    const { counted, missing } = this.countBack(tail, at, last.by);
    if (missing > 0) return undefined;
    const how = this.told(counted, last.by);
    return {
      ...this.scoring.of(scene, seen, this.steps.length > 1 ? 'in_sequence' : 'counted', `${how}.`),
      episode: `${last.by}@${dayOf(seen.time)}`,
      baseline: [],
      context: evidenceIn(counted).map(evidenceOf),
      travel: undefined,
      message: this.scoring.message ?? `has ${how}`,
      session: seen.session,
      stranger: undefined,
    };
  }

  silence({ person }: PersonScene, at: number): string {
    const { tail } = person.story;
    const last = factIn(tail[at]!, this.rule, this.steps.length - 1);
    if (last === undefined) return this.steps.length > 1 ? 'it is not what the last step asks for' : 'it is not what is counted';
    const { step, missing } = this.countBack(tail, at, last.by);
    const { at_least, distinct } = this.steps[step]!;
    const found = `${at_least - missing} of ${at_least}${distinct === undefined ? '' : ` values of ${distinct}`}`;
    return `${found} within ${timespanText(this.lookBack)}${this.steps.length > 1 ? ` for step ${step + 1}` : ''}`;
  }

  /**
   * The events that fulfil the steps, told backwards from one that fulfils the last: of each step the latest that are enough, since whatever
   * else would do leaves less room for the steps before it.
   */
  private countBack(tail: readonly Observation[], at: number, by: string): Counted {
    const since = tail[at]!.time - this.lookBack;
    const counted: Observation[][] = [];
    let step = this.steps.length - 1;
    let found: Observation[] = [];
    let values: Set<string> | undefined;
    for (let i = at; i >= 0 && tail[i]!.time >= since; i--) {
      const fact = tail[i]!.more?.facts?.find((one) => one.rule === this.rule && one.step === step && one.by === by);
      if (fact === undefined) continue;
      const { at_least, readValue } = this.steps[step]!;
      if (readValue !== undefined) {
        values ??= new Set();
        if (values.has(fact.value)) continue;
        values.add(fact.value);
      }
      found.push(tail[i]!);
      if (found.length < at_least) continue;
      counted.unshift(found);
      if (step === 0) return { counted, step, missing: 0 };
      step--;
      found = [];
      values = undefined;
    }
    return { counted, step, missing: this.steps[step]!.at_least - found.length };
  }

  /** `FileDownloaded 50 times (50 values of resource.uid) within 4 min, all of session.uid s1`. */
  private told(counted: readonly Observation[][], by: string): string {
    const parts = counted.map((events, i) => {
      const { distinct } = this.steps[i]!;
      const times = events.length === 1 ? '' : ` ${events.length} times`;
      return `${events[0]!.action}${times}${distinct === undefined ? '' : ` with ${events.length} values of ${distinct}`}`;
    });
    const span = counted.at(-1)![0]!.time - counted[0]!.at(-1)!.time;
    return `${parts.join(', then ')} within ${spanText(span)}${by === '' ? '' : ` (${this.by} ${by})`}`;
  }
}

function stepsOf(parameters: Parameters): readonly SequenceStep[] {
  const sequence = parameters['sequence'] as readonly SequenceStep[] | undefined;
  if (sequence !== undefined) return sequence;
  const { where, at_least, distinct } = parameters as unknown as SequenceStep;
  return [{ where, ...(at_least === undefined ? {} : { at_least }), ...(distinct === undefined ? {} : { distinct }) }];
}

/** @returns undefined when one of them is: any activity will do */
function unionOf(sets: readonly (ReadonlySet<Activity> | undefined)[]): ReadonlySet<Activity> | undefined {
  const union = new Set<Activity>();
  for (const set of sets) {
    if (set === undefined) return undefined;
    for (const activity of set) union.add(activity);
  }
  return union;
}

/** A finding names so many of the counted events, the earliest and the latest of each step. */
const EVIDENCE_MAX = 6;

/** Without the last of all, which triggers the finding. */
function evidenceIn(counted: readonly Observation[][]): Observation[] {
  const half = Math.max(1, Math.floor(EVIDENCE_MAX / counted.length / 2));
  return counted.flatMap((latestFirst, step) => {
    const events = [...latestFirst].reverse();
    if (step === counted.length - 1) events.pop();
    return events.length <= 2 * half ? events : [...events.slice(0, half), ...events.slice(-half)];
  });
}
