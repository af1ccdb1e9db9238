import { DETECTORS } from '../../src/core/detect/index.js';
import type { Rule } from '../../src/core/detect/rule.js';

/** A bare rule for each detector, with the detectors' own defaults. */
export function bareRule(detector: string, parameters: Rule['parameters'] = {}): Rule {
  return {
    uid: detector.replaceAll('_', '-'),
    title: detector,
    version: 1,
    status: 'stable',
    type: detector,
    level_cap: 'critical',
    detector,
    parameters,
    response: { medium: 'step_up', high: 'revoke_session' },
    owners: ['test'],
    tags: [],
    description: '',
    blind_spots: [],
    false_positives: [],
    runbook: '',
    suppress: [],
    tests: { places: {}, clients: {}, stories: [] },
  };
}

/** What makes a habit of two sign-ins, so that short stories have something to be strange to. */
const EAGER: Rule['parameters'] = { learning_sign_ins: 2, learning_days: 4, nearly_all_of: 2, report_from: 20 };

export function eagerRules(): Rule[] {
  return Object.entries(DETECTORS).map(([name, { parameters }]) => {
    if (parameters['learning_sign_ins'] === undefined) return bareRule(name);
    return bareRule(name, Object.fromEntries(Object.entries(EAGER).filter(([key]) => parameters[key] !== undefined)));
  });
}

export function allRules(): Rule[] {
  return Object.keys(DETECTORS).map((name) => bareRule(name));
}
