import { type Conditions, compileConditions } from './conditions.js';
import { fieldProblem, fieldSpec } from './event-field.js';

/** One part of a sequence: so many events that fulfil the conditions. */
export interface SequenceStep {
  where: Conditions;
  /** 1 when absent */
  at_least?: number;
  /** a field of which different values are counted in place of events */
  distinct?: string;
}

export type ParameterValue = number | boolean | string | readonly string[] | Conditions | readonly SequenceStep[];

/** A parameter that a rule may set. Durations are milliseconds in code and `30m`, `8h`, `7d` in YAML. */
export interface ParameterSpec {
  kind: 'duration' | 'integer' | 'number' | 'points' | 'boolean' | 'string' | 'strings' | 'conditions' | 'steps' | 'field';
  /** undefined: nothing stands there unless the rule says so */
  default: ParameterValue | undefined;
  /** without it the rule has no meaning */
  isNeeded?: boolean;
  min?: number;
  max?: number;
  /** of a field: what may stand there in place of one */
  words?: readonly string[];
  doc: string;
}
export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>;
export type Parameters = Readonly<Record<string, ParameterValue | undefined>>;

/** What is wrong with the parameters of a rule, where, and what would be right. */
export interface ParameterProblem {
  /** from the parameters down; empty: all of them together */
  path: readonly (string | number)[];
  of: 'key' | 'value';
  message: string;
  /** what was written, and what may have been meant */
  meant?: { word: string; known: readonly string[] };
}

/** The rule's values over the detector's defaults; frozen, read once when rules are loaded. */
export function resolve(specs: ParameterSpecs, given: Parameters): Parameters {
  const values: Record<string, ParameterValue | undefined> = {};
  for (const [name, spec] of Object.entries(specs)) values[name] = given[name] ?? spec.default;
  return Object.freeze(values);
}

export function numberOf(parameters: Parameters, name: string): number {
  const value = parameters[name];
  if (typeof value !== 'number') throw new Error(`parameter ${name} is not a number`);
  return value;
}

export function flagOf(parameters: Parameters, name: string): boolean {
  const value = parameters[name];
  if (typeof value !== 'boolean') throw new Error(`parameter ${name} is neither true nor false`);
  return value;
}

export function stringsOf(parameters: Parameters, name: string): ReadonlySet<string> {
  const value = parameters[name];
  if (!Array.isArray(value)) throw new Error(`parameter ${name} is not a list`);
  return new Set(value as string[]);
}

/** Mistakes in conditions, steps and fields, each at its place from the value down; nothing for other kinds. */
export function mistakesIn(value: unknown, spec: ParameterSpec): readonly ParameterProblem[] {
  if (spec.kind === 'conditions') return compileConditions(value).problems;
  if (spec.kind === 'field') return fieldMistakes(value, spec.words ?? [], []);
  if (spec.kind === 'steps') return stepMistakes(value, spec);
  return [];
}

function fieldMistakes(value: unknown, words: readonly string[], path: readonly (string | number)[]): ParameterProblem[] {
  const wrong = (message: string): ParameterProblem[] => [{ path, of: 'value', message }];
  const beside = words.length === 0 ? '' : `, or ${words.join(', ')}`;
  if (typeof value !== 'string') return wrong(`${JSON.stringify(value)} does not fit; expected a field of the event${beside}`);
  if (words.includes(value)) return [];
  const spec = fieldSpec(value);
  if (spec === undefined) return wrong(`${fieldProblem(value)}${beside === '' ? '' : `; expected one of them${beside}`}`);
  if (spec.kind === 'texts' || spec.kind === 'map') return wrong(`\`${value}\` holds several texts; a field with one value is needed`);
  return [];
}

const STEP_KEYS = ['where', 'at_least', 'distinct'];

function stepMistakes(value: unknown, { min = 1, max = Number.POSITIVE_INFINITY, words = [] }: ParameterSpec): ParameterProblem[] {
  if (!Array.isArray(value) || value.length < min || value.length > max)
    return [{ path: [], of: 'value', message: `expected a list of ${min} to ${max} steps, each with \`where\`` }];
  return value.flatMap((step: unknown, i): ParameterProblem[] => {
    if (typeof step !== 'object' || step === null || Array.isArray(step))
      return [{ path: [i], of: 'value', message: 'a step is written `{where: {<field>: <value>}}`' }];
    const { where, at_least, distinct } = step as Record<string, unknown>;
    const problems: ParameterProblem[] = [];
    for (const key of Object.keys(step)) {
      if (!STEP_KEYS.includes(key))
        problems.push({ path: [i, key], of: 'key', message: `a step has no "${key}" (known: ${STEP_KEYS.join(', ')})` });
    }
    if (where === undefined) problems.push({ path: [i], of: 'value', message: 'the step says nothing of its events; add `where`' });
    else problems.push(...compileConditions(where).problems.map((problem) => ({ ...problem, path: [i, 'where', ...problem.path] })));
    if (at_least !== undefined && !(Number.isInteger(at_least) && (at_least as number) >= 1))
      problems.push({
        path: [i, 'at_least'],
        of: 'value',
        message: `${JSON.stringify(at_least)} does not fit; expected a whole number from 1`,
      });
    if (distinct !== undefined) problems.push(...fieldMistakes(distinct, words, [i, 'distinct']));
    return problems;
  });
}
