import type { Activity, Factor } from '../event/index.js';
import { appended } from '../state/appended.js';
import type { Observation } from '../state/observation.js';
import type { Verdict } from '../state/verdict.js';
import { keepStrongest, type PersonRule, SILENT, type Strongest, type Verdicts } from './evaluate.js';
import { growthOfJudgement } from './growth.js';
import { type EvidenceSource, evidenceOf, type PersonScene } from './judgement.js';
import { beyond, endsBeside, keyOf, RESTS_MAX } from './others.js';

const NO_FACTORS: readonly Factor[] = [];
const NO_EVIDENCE: readonly EvidenceSource[] = [];

/** The rules that have something to say of an activity, in the order in which they are asked. */
export type RulesFor = (activity: Activity) => readonly PersonRule[];

/** @param rules in the order in which they are asked */
export function rulesByActivity(rules: readonly PersonRule[]): RulesFor {
  const byActivity = new Map<Activity, readonly PersonRule[]>();
  return (activity) => {
    let found = byActivity.get(activity);
    if (found === undefined) {
      found = rules.filter(({ judge }) => judge.activities?.has(activity) !== false);
      byActivity.set(activity, found);
    }
    return found;
  };
}

/**
 * Judges what of a person's story is not judged yet: one event, when it came in its order, or all from a late one on. What the person's rules
 * say of an event depends on the events up to it alone, so what was said of the earlier ones stands.
 */
export function evaluateStory(scene: PersonScene, rulesFor: RulesFor, rules: readonly PersonRule[]): Verdicts {
  const { story } = scene.person;
  const { tail } = story;
  const from = story.judged;
  if (from >= tail.length) return SILENT;
  const isInOrder = from === tail.length - 1 && !story.is_stale;
  let fresh: Verdict[] | undefined;
  for (let at = from; at < tail.length; at++) {
    const seen = tail[at]!;
    for (const active of rulesFor(seen.activity)) {
      const judgement = active.judge.judge(scene, at);
      if (judgement === undefined || judgement.score < active.report_from) continue;
      const verdict = { seen, rule: active.index, judgement };
      if (isInOrder) fresh = fresh === undefined ? [verdict] : [...fresh, verdict];
      const kept = isOutdone(story.verdicts, verdict) ? withoutWords(verdict, restsOf(story.verdicts, verdict)) : verdict;
      story.verdicts = appended(story.verdicts, kept);
      scene.person.room -= growthOfJudgement(kept.judgement);
    }
  }
  story.judged = tail.length;
  story.is_stale = false;
  if (isInOrder && fresh === undefined) return SILENT;
  if (!isInOrder && story.verdicts.length === 0 && story.reports.length === 0) return SILENT;
  const strongest: Strongest[] = [];
  for (const { seen, rule, judgement } of fresh ?? story.verdicts) keepStrongest(seen, ruleAt(rules, rule), judgement, strongest);
  if (!isInOrder) for (const verdict of strongest) retell(scene, verdict, rules);
  return { strongest, isComplete: !isInOrder };
}

/** What was said of one event, as it is put on record for good. */
export function strongestOf(
  seen: Observation,
  verdicts: Iterable<{ rule: number; judgement: Strongest['judgement'] }>,
  rules: readonly PersonRule[],
) {
  const strongest: Strongest[] = [];
  for (const { rule, judgement } of verdicts) keepStrongest(seen, ruleAt(rules, rule), judgement, strongest);
  return strongest;
}

/** Is an earlier verdict of the same rule on the same episode as strong? Then nobody reads this one as long as that one can be told. */
function isOutdone(verdicts: readonly Verdict[], { rule, judgement }: Verdict): boolean {
  return verdicts.some(
    (other) => other.rule === rule && other.judgement.score >= judgement.score && other.judgement.episode === judgement.episode,
  );
}

/**
 * What others look at: how strong it is, whom it speaks of, whom it holds for a stranger, and by what it may be hidden: what it was compared with,
 * and what it rests on elsewhere. A theft that goes on all day says the rest once.
 */
export function withoutWords({ seen, rule, judgement }: Verdict, context = endsBeside(judgement.context, evidenceOf(seen))): Verdict {
  return { seen, rule, judgement: { ...judgement, factors: NO_FACTORS, context, message: '' } };
}

/**
 * What a verdict rests on elsewhere, as far as none before it that is hidden alike rests on it, too; nothing once those of its finding rest on so much
 * that it is never hidden.
 */
function restsOf(verdicts: readonly Verdict[], { seen, rule, judgement }: Verdict): readonly EvidenceSource[] {
  if (judgement.context.length === 0) return NO_EVIDENCE;
  const trigger = evidenceOf(seen);
  let rests = endsBeside(judgement.context, trigger);
  if (rests.length === 0) return NO_EVIDENCE;
  const before = verdicts.filter((other) => other.seen !== seen && other.rule === rule && other.judgement.episode === judgement.episode);
  let count = 0;
  for (const { judgement: known } of before) if (known.message === '') count += known.context.length;
  if (count > RESTS_MAX) return NO_EVIDENCE;
  const key = keyOf({ trigger, baseline: judgement.baseline });
  for (const { seen: other, judgement: known } of before) {
    if (known.context.length === 0 || keyOf({ trigger: evidenceOf(other), baseline: known.baseline }) !== key) continue;
    rests = beyond(rests, known.context);
  }
  return rests;
}

/** Puts a verdict into words that was kept without them, and that counts now: the stronger one before it is settled and forgotten since. */
export function retell(scene: PersonScene, verdict: Strongest, rules: readonly PersonRule[]): void {
  const { score, episode, is_named, session, stranger, travel, baseline, message } = verdict.judgement;
  if (message !== '') return;
  const at = scene.person.story.tail.findIndex(({ uid }) => uid === verdict.trigger.uid);
  const again = ruleAt(rules, verdict.active.index).judge.judge(scene, at);
  if (again !== undefined) verdict.judgement = { ...again, score, episode, is_named, session, stranger, travel, baseline };
}

function ruleAt(rules: readonly PersonRule[], index: number): PersonRule {
  const active = rules.find((rule) => rule.index === index);
  if (active === undefined) throw new Error(`no rule of people has place ${index}`);
  return active;
}
