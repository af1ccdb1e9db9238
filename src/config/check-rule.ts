import type { SignOnEntry } from '../core/detect/enforced.js';
import {
  mistakesIn,
  type ParameterProblem,
  type ParameterSpec,
  type ParameterSpecs,
  type ParameterValue,
} from '../core/detect/parameters.js';
import type { Rule } from '../core/detect/rule.js';
import type { Story, StoryStep, StorySuite } from '../core/detect/story.js';
import type { Problem } from '../errors.js';
import { type SuppressionDocument, toEntry } from './check-suppression.js';
import { mistakesInDeclarations, toDeclarations } from './declarations.js';
import { parseDuration } from './duration.js';
import type { Detectors } from './rules.js';
import { toSignOn } from './sign-on.js';
import { didYouMean } from './suggest.js';
import { list, mapping } from './unchecked.js';
import type { Path, YamlFile } from './yaml-file.js';

/** A step as it is written: offsets are texts such as `20m`. */
type WrittenStep = Omit<StoryStep, Offset> & { at: string | 0 } & Partial<Record<Offset, string | 0>>;
type Offset = 'at' | 'arrives' | 'every' | 'token_issued' | 'token_expires' | 'session_created';
type WrittenStory = Omit<Story, 'steps' | 'with'> & { with?: Partial<WrittenStep>; steps: WrittenStep[] };

/** A rule file after the schema found it well-shaped. */
export type RuleDocument = Omit<Rule, 'parameters' | 'tags' | 'suppress' | 'tests'> & {
  parameters?: Record<string, ParameterValue>;
  tags?: string[];
  suppress?: SuppressionDocument[];
  tests: Partial<Pick<StorySuite, 'places' | 'clients' | 'beside'>> & {
    declared?: unknown;
    sign_on?: { app: string; provider: string; wait?: string }[];
    with?: Partial<WrittenStep>;
    stories: WrittenStory[];
  };
};

/** Where a parameter or a part of it stands, or its key. */
export type Where = (path: Path, of: 'key' | 'value') => Pick<Problem, 'file' | 'line' | 'column' | 'path'>;

/** Checks values against what the detector takes; durations come back as milliseconds. */
export function checkParameters(
  given: Readonly<Record<string, unknown>>,
  detector: string,
  detectors: Detectors,
  where: Where,
): { values: Record<string, ParameterValue>; problems: Problem[] } {
  const specs = detectors[detector]!.parameters;
  const values: Record<string, ParameterValue> = {};
  const problems: Problem[] = [];
  for (const [name, value] of Object.entries(given)) {
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec === undefined) {
      const known = Object.keys(specs);
      problems.push({
        ...where([name], 'key'),
        message: `${detector} has no parameter "${name}"${didYouMean(name, known)} (known: ${known.join(', ')})`,
      });
      continue;
    }
    const inside = mistakesIn(value, spec);
    if (inside.length > 0) {
      problems.push(
        ...inside.map(({ path, of, message, meant }) => ({
          ...where([name, ...path], of),
          message: meant === undefined || message.includes('perhaps') ? message : message + didYouMean(meant.word, meant.known),
        })),
      );
      continue;
    }
    const read = readParameter(value, spec);
    if (read === undefined)
      problems.push({ ...where([name], 'value'), message: `${JSON.stringify(value)} does not fit; expected ${expectation(spec)}` });
    else values[name] = read;
  }
  return { values, problems };
}

/** What a rule's parameters lack, and what of them does not go together. */
export function checkTogether(given: Readonly<Record<string, unknown>>, detector: string, detectors: Detectors, where: Where): Problem[] {
  const { parameters, check } = detectors[detector]!;
  const problems: ParameterProblem[] = [];
  for (const [name, { isNeeded, doc }] of Object.entries(parameters)) {
    if (isNeeded === true && given[name] === undefined)
      problems.push({ path: [], of: 'key', message: `${detector} needs the parameter "${name}": ${doc}` });
  }
  if (check !== undefined) problems.push(...check(given));
  return problems.map(({ path, of, message }) => ({ ...where(path, of), message }));
}

function readParameter(value: unknown, spec: ParameterSpec): ParameterValue | undefined {
  switch (spec.kind) {
    case 'duration': {
      const ms = value === 0 ? 0 : typeof value === 'string' ? parseDuration(value) : undefined;
      return ms !== undefined && isWithin(ms, spec) ? ms : undefined;
    }
    case 'integer':
    case 'points':
      return Number.isInteger(value) && isWithin(value as number, spec) ? (value as number) : undefined;
    case 'number':
      return typeof value === 'number' && isWithin(value, spec) ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'strings':
      return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined;
    case 'conditions':
    case 'steps':
    case 'field':
      return value as ParameterValue;
    default:
      return spec.kind satisfies never;
  }
}

function isWithin(value: number, { min, max }: ParameterSpec): boolean {
  return Number.isFinite(value) && value >= (min ?? Number.NEGATIVE_INFINITY) && value <= (max ?? Number.POSITIVE_INFINITY);
}

const KIND_WORDS: Record<ParameterSpec['kind'], string> = {
  duration: 'a duration such as 30m, 8h or 7d',
  integer: 'a whole number',
  points: 'a whole number of points',
  number: 'a number',
  boolean: 'true or false',
  string: 'a text',
  strings: 'a list of texts',
  conditions: 'conditions on the fields of an event',
  steps: 'a list of steps',
  field: 'a field of the event',
};

function expectation({ kind, min, max }: ParameterSpec): string {
  const show = (n: number) => (kind === 'duration' ? `${n} ms` : String(n));
  const words = KIND_WORDS[kind];
  if (min === undefined && max === undefined) return words;
  if (min === undefined) return `${words}, at most ${show(max!)}`;
  return max === undefined ? `${words}, at least ${show(min)}` : `${words} from ${show(min)} to ${show(max)}`;
}

/** The names that a step gives, of a step that repeats each: `{n}` is the number of the repetition. */
function namesIn(step: Record<string, unknown>, key: string): string[] {
  const { [key]: word, times } = step;
  if (typeof word !== 'string') return [];
  if (!word.includes('{n}') || typeof times !== 'number' || !(times <= MOST_TIMES)) return [word];
  return Array.from({ length: times }, (_, i) => word.replaceAll('{n}', String(i + 1)));
}

/** As the schema has it. */
const MOST_TIMES = 1000;

/**
 * What the schema cannot say: both kinds of story, names that exist, a step that says what happens. Looks past parts that are not shaped as
 * they should be, which the schema has already named, so that all mistakes come at once.
 */
export function checkStories(document: unknown, yaml: YamlFile, detectors: Detectors): Problem[] {
  const tests = mapping(mapping(document)['tests']);
  const stories = list(tests['stories']);
  const problems: Problem[] = [];
  const at = (path: Path, of: 'key' | 'value' = 'value') => ({ file: yaml.file, ...yaml.locate(path, of), path: path.join('.') });
  const outcomes = stories.map((story) => mapping(story)['outcome']);
  const isTold = stories.length > 0 && outcomes.every((outcome) => STORY_OUTCOMES.includes(outcome as string));
  for (const outcome of ['fires', 'quiet']) {
    if (isTold && !outcomes.includes(outcome)) {
      const message = `no story with outcome ${outcome}; a rule needs one that fires and one that stays quiet`;
      problems.push({ ...at(['tests', 'stories'], 'key'), message });
    }
  }
  const isHiding = list(mapping(document)['suppress']).length > 0;
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome !== 'suppressed' || isHiding) continue;
    problems.push({ ...at(['tests', 'stories', i, 'outcome']), message: 'nothing is suppressed without an entry under `suppress`' });
  }
  const judges = Object.keys(detectors);
  for (const [i, name] of list(tests['beside']).entries()) {
    if (typeof name !== 'string' || judges.includes(name)) continue;
    const message = `there is no detector "${name}"${didYouMean(name, judges)} (detectors: ${judges.join(', ')})`;
    problems.push({ ...at(['tests', 'beside', i]), message });
  }
  if (tests['declared'] !== undefined) problems.push(...mistakesInDeclarations(tests['declared'], yaml, ['tests', 'declared']));
  const places = ['none', ...Object.keys(mapping(tests['places']))];
  const clients = ['none', ...Object.keys(mapping(tests['clients']))];
  const words = [
    ['place', 'place', places],
    ['by_place', 'place', places],
    ['client', 'client', clients],
    ['by_client', 'client', clients],
  ] as const;
  const checkWords = (step: Record<string, unknown>, path: Path) => {
    for (const [key, kind, known] of words) {
      const word = namesIn(step, key).find((one) => !known.includes(one));
      if (word === undefined) continue;
      problems.push({
        ...at([...path, key]),
        message: `there is no ${kind} "${word}"${didYouMean(word, known)} (${kind}s: ${known.join(', ')})`,
      });
    }
  };
  const common = mapping(tests['with']);
  checkWords(common, ['tests', 'with']);
  const names = new Set<unknown>();
  for (const [i, story] of stories.entries()) {
    const path = ['tests', 'stories', i] as const;
    const { name, outcome, with: shared, steps } = mapping(story);
    if (typeof name === 'string' && names.has(name)) problems.push({ ...at([...path, 'name']), message: `a second story named "${name}"` });
    names.add(name);
    checkWords(mapping(shared), [...path, 'with']);
    for (const [j, written] of list(steps).entries()) {
      const step = mapping(written);
      const place = [...path, 'steps', j];
      checkWords(step, place);
      const whole = { ...common, ...mapping(shared), ...step };
      if (whole['activity'] === undefined) {
        problems.push({ ...at(place), message: 'the step has no activity, and neither `with` gives one' });
      }
      if (step['expect'] !== undefined && outcome === 'quiet') {
        problems.push({
          ...at([...place, 'expect'], 'key'),
          message: 'a quiet story expects no finding; drop this, or change the outcome',
        });
      }
      if ((step['every'] === undefined) !== (step['times'] === undefined)) {
        problems.push({ ...at(place), message: 'a step that repeats says both: `every`, how far apart, and `times`, how often' });
      }
      if (step['expect'] !== undefined && step['times'] !== undefined) {
        problems.push({
          ...at([...place, 'expect'], 'key'),
          message: 'a step that repeats cannot say which time is meant; give that one a step',
        });
      }
      const act = OF_THE_ACTOR.find((key) => step[key] !== undefined);
      if (act !== undefined && whole['role'] !== 'target') {
        problems.push({ ...at([...place, act], 'key'), message: `${act} tells of who did it to another; it needs \`role: target\`` });
      }
      const [happens, arrives] = [offset(step['at']), offset(step['arrives'])];
      if (happens !== undefined && arrives !== undefined && arrives < happens) {
        problems.push({ ...at([...place, 'arrives']), message: 'arrives before it happens' });
      }
    }
  }
  return problems;
}

const OF_THE_ACTOR = ['by', 'by_place', 'by_device', 'by_client'];
const STORY_OUTCOMES = ['fires', 'quiet', 'retracted', 'suppressed'];

/** A checked document as the core takes it. */
export function toRule(document: RuleDocument, specs: ParameterSpecs): Rule {
  const { tests, parameters = {}, tags = [], suppress = [], ...rest } = document;
  const values: Record<string, ParameterValue> = {};
  for (const [name, value] of Object.entries(parameters)) values[name] = readParameter(value, specs[name]!)!;
  const suite: StorySuite = {
    places: tests.places ?? {},
    clients: tests.clients ?? {},
    ...(tests.with === undefined ? {} : { with: toStep(tests.with) }),
    ...(tests.beside === undefined ? {} : { beside: tests.beside }),
    ...(tests.declared === undefined ? {} : { declared: toDeclarations(tests.declared) }),
    ...(tests.sign_on === undefined ? {} : { sign_on: tests.sign_on.map(toStorySignOn) }),
    stories: tests.stories.map((story) => ({
      name: story.name,
      outcome: story.outcome,
      ...(story.with === undefined ? {} : { with: toStep(story.with) }),
      steps: story.steps.map((step) => toStep(step) as StoryStep),
    })),
  };
  return { ...rest, parameters: values, tags, suppress: suppress.map((entry) => toEntry(entry, rest.uid)), tests: suite };
}

function toStorySignOn({ wait, ...entry }: { app: string; provider: string; wait?: string }): SignOnEntry {
  return toSignOn(wait === undefined ? entry : { ...entry, wait: parseDuration(wait)! });
}

function toStep({ at, arrives, every, token_issued, token_expires, session_created, ...rest }: Partial<WrittenStep>): Partial<StoryStep> {
  const step: Partial<StoryStep> = rest;
  const times = {
    at: offset(at),
    arrives: offset(arrives),
    every: offset(every),
    token_issued: offset(token_issued),
    token_expires: offset(token_expires),
    session_created: offset(session_created),
  };
  for (const [name, ms] of Object.entries(times) as [keyof typeof times, number | undefined][]) if (ms !== undefined) step[name] = ms;
  return step;
}

function offset(written: unknown): number | undefined {
  return typeof written === 'string' ? parseDuration(written) : written === 0 ? 0 : undefined;
}
