import { DETECTORS } from '../../src/core/detect/index.js';
import type { Rule } from '../../src/core/detect/rule.js';

/** What a detector needs to mean anything. */
const NEEDED: Readonly<Record<string, Rule['parameters']>> = {
  match: { where: { activity: ['inbox_rule', 'credential_change'] } },
  count: {
    where: { activity: ['session_use', 'token_issue'] },
    at_least: 3,
    distinct: 'src_endpoint.prefix',
    by: 'session',
    within: 1_800_000,
  },
};

/** Rules that use what a bare one of their detector does not. */
const MORE: Readonly<Record<string, Rule['parameters'][]>> = {
  match: [{ where: { activity: 'sign_in' }, per: 'src_endpoint.prefix', raise_when_strange: true, score: 15 }],
  count: [
    {
      sequence: [
        { where: { any: [{ subject_role: 'target' }, { status: 'failure' }] } },
        { where: { activity: ['session_use', 'sign_in'], subject_role: 'actor', status: 'success' }, at_least: 2 },
      ],
      within: 3_600_000,
      raise_when_strange: true,
    },
  ],
};

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
    parameters: { ...(parameters['sequence'] === undefined ? NEEDED[detector] : {}), ...parameters },
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

/** Each detector, and what its rules can be beside a bare one. */
function everyWay(parametersOf: (detector: string) => Rule['parameters']): Rule[] {
  return Object.keys(DETECTORS).flatMap((name) => [
    bareRule(name, parametersOf(name)),
    ...(MORE[name] ?? []).map((more, i) => {
      const rule = bareRule(name, { ...parametersOf(name), ...more });
      return { ...rule, uid: `${rule.uid}-${i + 2}`, type: `${rule.type}_${i + 2}` };
    }),
  ]);
}

/** What makes a habit of two sign-ins, so that short stories have something to be strange to. */
const EAGER: Rule['parameters'] = { learning_sign_ins: 2, learning_days: 4, nearly_all: 51, nearly_all_of: 2, report_from: 20 };

/** All where people are soon known. */
export function eagerRules(): Rule[] {
  return everyWay((name) => {
    const { parameters } = DETECTORS[name]!;
    if (parameters['learning_sign_ins'] === undefined) return {};
    return Object.fromEntries(Object.entries(EAGER).filter(([key]) => parameters[key] !== undefined));
  });
}

export function allRules(): Rule[] {
  return everyWay(() => ({}));
}
