import { loadLists } from '../../../src/config/data.js';
import { readRules } from '../../../src/config/rules.js';
import { DETECTORS } from '../../../src/core/detect/index.js';
import type { ParameterSpec } from '../../../src/core/detect/parameters.js';
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
