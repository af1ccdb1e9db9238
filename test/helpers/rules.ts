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

/** The same where people are known after two sign-ins, so that short stories have something to be strange to. */
export function eagerRules(): Rule[] {
  return Object.entries(DETECTORS).map(([name, { parameters }]) =>
    bareRule(name, parameters['learning_sign_ins'] === undefined ? {} : { learning_sign_ins: 2, learning_days: 4, report_from: 20 }),
  );
}

export function allRules(): Rule[] {
  return Object.keys(DETECTORS).map((name) => bareRule(name));
}
