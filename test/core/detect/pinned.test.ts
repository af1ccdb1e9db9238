import { loadLists } from '../../../src/config/data.js';
import { readRules } from '../../../src/config/rules.js';
import { DETECTORS } from '../../../src/core/detect/index.js';
import type { ParameterSpec, SequenceStep } from '../../../src/core/detect/parameters.js';
import type { Rule } from '../../../src/core/detect/rule.js';
import { runStory } from '../../../src/core/detect/run-story.js';
import { parseUserAgent } from '../../../src/core/enrich/client.js';

const { clients } = loadLists();
const tools = { userAgent: parseUserAgent, laneOfClient: (uid: string) => clients.get(uid)?.lane };
const rules = readRules(['rules'], DETECTORS).rules.map(({ rule }) => rule);

/** An operating system that changed stands beside it always, and with more points. */
const OVERSHADOWED = 'points_form_factor_changed';

/** Changes of a default that a story must notice: durations by a minute, other numbers by one, lists by each of their entries. */
function changesOf({ kind, default: standard }: ParameterSpec): readonly Rule['parameters'][string][] {
  const step = kind === 'duration' ? 60_000 : 1;
  if (typeof standard === 'number') return [standard + step, standard - step];
  return Array.isArray(standard) ? standard.map((gone) => standard.filter((entry) => entry !== gone)) : [];
}

const changes = Object.values(DETECTORS).flatMap(({ parameters }) =>
  Object.entries(parameters).flatMap(([name, spec]) => changesOf(spec).map((value) => ({ name, value, doc: spec.doc }))),
);

/** Detectors share parameters, which then have the same words: it is enough when a story of one of them notices. */
const shared = new Map(changes.map((change) => [`${change.name} ${change.value} ${change.doc}`, change]));

test.each([...shared.values()].filter(({ name }) => name !== OVERSHADOWED))(
  'a story tells that $name is not $value',
  ({ name, doc, value }) => {
    const changed = rules
      .filter(({ detector }) => DETECTORS[detector]?.parameters[name]?.doc === doc)
      .map((rule) => ({ ...rule, parameters: { ...rule.parameters, [name]: value } }));
    const isNoticed = changed.some((rule) => rule.tests.stories.some((story) => !runStory(rule, rule.tests, story, tools).passed));
    expect(isNoticed).toBe(true);
  },
);

/** The numbers of rules that a team writes by conditions are the rule's own, and so their own stories must notice. */
const own = rules
  .filter(({ detector }) => detector === 'match' || detector === 'count')
  .flatMap((rule) =>
    variantsOf(rule.parameters).map((parameters) => ({ uid: rule.uid, rule, parameters, name: nameOf(rule, parameters) })),
  );

function variantsOf(parameters: Rule['parameters']): Rule['parameters'][] {
  return Object.entries(parameters).flatMap(([name, value]) => {
    // a rule reports from right above what it is not to report; that nothing lies between is no matter
    if (name === 'report_from') return [{ ...parameters, [name]: Number(value) - 1 }];
    if (typeof value === 'number')
      return (name === 'within' ? [value + 1000, value - 1000] : [value + 1, value - 1]).map((n) => ({ ...parameters, [name]: n }));
    if (name !== 'sequence') return [];
    const steps = value as readonly SequenceStep[];
    return steps.flatMap((step, i) => {
      if (step.at_least === undefined) return [];
      return [1, -1].map((by) => ({ ...parameters, sequence: steps.with(i, { ...step, at_least: step.at_least! + by }) }));
    });
  });
}

function nameOf({ parameters: before }: Rule, after: Rule['parameters']): string {
  const name = Object.keys(before).find((key) => before[key] !== after[key])!;
  return `${name} is not ${JSON.stringify(after[name])}`;
}

test.each(own)('$uid: a story tells that $name', ({ rule, parameters }) => {
  const changed = { ...rule, parameters };
  expect(rule.tests.stories.some((story) => !runStory(changed, rule.tests, story, tools).passed)).toBe(true);
});
