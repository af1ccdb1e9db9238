import type { Declared } from '../declared/declared.js';
import type { RulesInForce } from '../state/record/write.js';
import { afterEndDetectors } from './after-end.js';
import { useAfterExpiry } from './after-expiry.js';
import { useAfterKeyEnd } from './after-key-end.js';
import { agentOverreach } from './agent-overreach.js';
import { anonymizer } from './anonymizer.js';
import { appConsent } from './app-consent.js';
import { count } from './count.js';
import type { ActiveRule, PersonRule } from './evaluate.js';
import { type RulesFor, rulesByActivity } from './evaluate-story.js';
import { impossibleTravel } from './impossible-travel.js';
import type { Detector } from './judgement.js';
import { LEVEL_FROM } from './levels.js';
import { match } from './match.js';
import { nhiEgress } from './nhi-egress.js';
import { noSignOn } from './no-sign-on.js';
import { noveltyDetectors } from './novelty.js';
import { outlivedKey } from './outlived-key.js';
import { type ParameterSpecs, resolve } from './parameters.js';
import { partnerEgress } from './partner-egress.js';
import { postCompromise } from './post-compromise.js';
import { privilegedContextChange } from './privileged-context.js';
import { recoveryMintedSession } from './recovery-minted-session.js';
import type { Rule } from './rule.js';
import { sessionMint } from './session-mint.js';
import { sessionReuse } from './session-reuse/index.js';
import { tokenReuse } from './token-reuse.js';
import { vendorRisk } from './vendor-risk.js';

/** Parameters that every rule has beside its detector's own. */
const COMMON_PARAMETERS: ParameterSpecs = {
  report_from: { kind: 'integer', default: LEVEL_FROM.medium, min: 1, max: 100, doc: 'lowest score that becomes a finding' },
};

/** Every detector that a rule can name. */
export const DETECTORS: Readonly<Record<string, Detector>> = Object.fromEntries(
  [
    sessionReuse,
    privilegedContextChange,
    ...afterEndDetectors,
    outlivedKey,
    impossibleTravel,
    sessionMint,
    recoveryMintedSession,
    ...noveltyDetectors,
    anonymizer,
    vendorRisk,
    nhiEgress,
    tokenReuse,
    useAfterKeyEnd,
    useAfterExpiry,
    agentOverreach,
    partnerEgress,
    match,
    count,
    postCompromise,
    appConsent,
    noSignOn,
  ].map((detector: Detector) => [detector.name, { ...detector, parameters: { ...COMMON_PARAMETERS, ...detector.parameters } }]),
);

/**
 * Rules ready to judge. What is remembered of a rule is kept by its place: those that look at sessions have the first, since scores are kept of
 * them alone, and of those the ones that keep notes of prints.
 */
export interface RuleBench {
  /** uid of each rule by its place */
  uids: readonly string[];
  sessions: readonly ActiveRule[];
  people: readonly PersonRule[];
  peopleFor: RulesFor;
  /** how long what is settled is kept for later events to look back at, ms */
  lookBack: number;
  /** the same of each rule of people by its place */
  lookBacks: readonly (number | undefined)[];
}

/**
 * @param declared what the operator says of agents and partners
 * @throws when a rule names no detector: rules are checked when they are read
 */
export function prepare(rules: readonly Rule[], declared?: Declared): RuleBench {
  const sessions: ActiveRule[] = [];
  const people: { active: PersonRule; isLast: boolean }[] = [];
  const places = placesOf(rules);
  for (const rule of rules.filter(isInForce)) {
    const index = places.indexOf(rule.uid);
    const detector = detectorOf(rule);
    const parameters = resolve(detector.parameters, rule.parameters);
    const ready = { rule, index, report_from: Number(parameters['report_from']) };
    if (detector.scope === 'session') {
      sessions.push({ ...ready, judge: detector.create(parameters, index), isNeutral: detector.isNeutral === true });
    } else people.push({ active: { ...ready, judge: detector.create(parameters, index, declared) }, isLast: detector.isLast === true });
  }
  const ordered = [...people.filter(({ isLast }) => !isLast), ...people.filter(({ isLast }) => isLast)].map(({ active }) => active);
  const lookBacks: number[] = [];
  for (const { index, judge } of ordered) lookBacks[index] = judge.lookBack;
  return {
    uids: places,
    sessions,
    people: ordered,
    peopleFor: rulesByActivity(ordered),
    lookBack: Math.max(0, ...sessions.map(({ judge }) => judge.lookBack), ...ordered.map(({ judge }) => judge.lookBack)),
    lookBacks,
  };
}

/** What people are written and read under. @param digest of everything that judges */
export function rulesInForce(rules: readonly Rule[], digest: string): RulesInForce {
  const sessions = rules.filter((rule) => isInForce(rule) && detectorOf(rule).scope === 'session').length;
  return { uids: placesOf(rules), sessions, digest };
}

/** The uid of the rule at each place. */
function placesOf(rules: readonly Rule[]): string[] {
  const inForce = rules.filter(isInForce);
  return [0, 1, 2].flatMap((row) => inForce.filter((rule) => rowOf(detectorOf(rule)) === row)).map(({ uid }) => uid);
}

function isInForce({ status }: Rule): boolean {
  return status !== 'deprecated';
}

function detectorOf(rule: Rule): Detector {
  const detector = DETECTORS[rule.detector];
  if (detector === undefined) throw new Error(`rule ${rule.uid} names no detector: ${rule.detector}`);
  return detector;
}

function rowOf(detector: Detector): number {
  if (detector.scope === 'person') return 2;
  return detector.keepsNotes === true ? 0 : 1;
}
