import type { Rule } from '../../src/core/detect/rule.js';

/** A rule that says nothing, for tests that need one. */
export function aRule(over: Partial<Rule> = {}): Rule {
  return {
    uid: 'some-rule',
    title: 'Something',
    version: 1,
    status: 'test',
    type: 'some_type',
    level_cap: 'high',
    detector: 'some_detector',
    parameters: { limit: 3 },
    response: { medium: 'step_up' },
    owners: ['soc'],
    tags: [],
    description: 'd',
    blind_spots: ['b'],
    false_positives: ['f'],
    runbook: 'r',
    suppress: [],
    tests: { places: {}, clients: {}, stories: [] },
    ...over,
  };
}
