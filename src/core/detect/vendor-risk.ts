import type { Activity, Factor, SessionEvent } from '../event/index.js';
import { parseTime } from '../event/time.js';
import { deviceOf, isHabit, programOf } from '../state/habits.js';
import type { Fact, Observation } from '../state/observation.js';
import { hasOneBody, isAccustomed, isKnown, LEARNING, readStrange, STRANGE, type StrangeSettings, strangeness } from './accustomed.js';
import { type FactorName, factor, pointParameters, scoreOf } from './factors.js';
import { evidenceOf, type Judgement, type PersonDetector, type PersonJudge, type PersonScene } from './judgement.js';
import { LEVEL_FROM } from './levels.js';
import type { Parameters } from './parameters.js';
import { isSuspected, isSuspectedBy } from './suspicion.js';
import { nameOfVendor } from './vendor-names.js';
import { hasKnownReason, type Verdict, verdictOf } from './vendor-verdicts.js';

const USED: readonly FactorName[] = [
  'vendor_low',
  'vendor_medium',
  'vendor_high',
  'vendor_confirmed',
  'held_for_stranger',
  'accustomed',
  ...STRANGE,
];
const NAMES: Readonly<Record<Exclude<Verdict, 'none'>, FactorName>> = {
  low: 'vendor_low',
  medium: 'vendor_medium',
  high: 'vendor_high',
  confirmed: 'vendor_confirmed',
};
const TEXTS: Readonly<Record<Exclude<Verdict, 'none'>, string>> = {
  low: 'holds it for a low risk',
  medium: 'holds it for a medium risk',
  high: 'holds it for a high risk',
  confirmed: 'has it confirmed',
};
const DAY_MS = 86_400_000;
/** A sign-in that a verdict speaks of is looked for so far back: most verdicts come within hours, some a day or two later. */
const SIGN_IN_WITHIN_MS = 24 * 3_600_000;

/** The vendors' own verdicts, raised or lowered by what is known of the person. */
export const vendorRisk: PersonDetector = {
  scope: 'person',
  name: 'vendor_risk',
  doc: "the vendors' own verdicts about a person, against what the person is used to and what other rules say",
  isLast: true,
  parameters: { ...LEARNING, ...pointParameters(USED) },
  create: (parameters, rule) => new VendorRiskJudge(parameters, rule),
};

class VendorRiskJudge implements PersonJudge {
  readonly lookBack = SIGN_IN_WITHIN_MS;
  readonly activities: ReadonlySet<Activity> = new Set<Activity>([
    'vendor_risk',
    'sign_in',
    'token_issue',
    'session_use',
    'session_revoke',
  ]);
  private readonly strange: StrangeSettings;

  constructor(
    parameters: Parameters,
    private readonly rule: number,
  ) {
    this.strange = readStrange(parameters);
  }

  /** A verdict is of interest whoever wrote it and whatever the vendor did about it; why it stands as it stands is kept with it. */
  factsOf({ activity, status_detail = '' }: SessionEvent): readonly Fact[] | undefined {
    return activity === 'vendor_risk' ? [{ rule: this.rule, step: 0, by: '', value: status_detail }] : undefined;
  }

  judge(scene: PersonScene, at: number): Judgement | undefined {
    const { person } = scene;
    const seen = person.story.tail[at]!;
    const verdict = this.verdictAt(scene, at);
    if (verdict === 'none') return undefined;
    const signIn = signInOf(scene, at);
    const act = signIn ?? seen;
    const text = saidOf(seen);
    const factors: Factor[] = [this.factor(NAMES[verdict], `${nameOf(seen)} ${TEXTS[verdict]}: ${text}.`, text)];
    const strange = hasOneBody(person) ? strangeness(scene, act, this.strange, seen.time) : [];
    factors.push(...strange);
    if (verdict !== 'confirmed') {
      if (isHeld(scene, act, seen)) factors.push(this.factor('held_for_stranger', "Another rule holds it for somebody else's.", text));
      else if (strange.length === 0 && this.isAllAccustomed(scene, act, seen.time)) {
        factors.push(this.factor('accustomed', 'From a network, in a country and on a device that they are used to.', text));
      }
    }
    const score = scoreOf(factors, false);
    const isElsewhere = strange.some(({ dimension }) => dimension === 'place_network');
    return {
      score,
      factors,
      episode: episodeOf(seen, act),
      baseline: signIn === undefined ? [] : [evidenceOf(signIn)],
      context: [],
      travel: undefined,
      message: `is at risk by ${nameOf(seen)}'s own verdict: ${text}`,
      session: act.session,
      stranger:
        verdict === 'confirmed' && isElsewhere && score >= LEVEL_FROM.high
          ? { session: undefined, prefix: act.print.endpoint?.prefix }
          : undefined,
    };
  }

  silence({ person }: PersonScene, at: number): string {
    const { more, activity } = person.story.tail[at]!;
    if (activity !== 'vendor_risk') return 'the vendor says of it no more than that its risk is low';
    if (more?.details?.['acts_on'] !== undefined) return 'the verdict is about somebody else, who has an event of their own';
    return 'the vendor took it back, found nothing, or said in sum what its detections said before';
  }

  /** What the vendor says of the person in this event; `none` of most. */
  private verdictAt(scene: PersonScene, at: number): Verdict {
    const seen = scene.person.story.tail[at]!;
    const { more, action } = seen;
    if (more === undefined || (seen.activity !== 'vendor_risk' && !isRisky(seen))) return 'none';
    // Whoever confirms that somebody else is at risk is not.
    if (more.details?.['acts_on'] !== undefined) return 'none';
    const detail = more.facts?.find(({ rule, step }) => rule === this.rule && step === 0)?.value;
    const verdict = verdictOf({ action, risk: more.risk, state: more.details?.['risk_state'], detail });
    return verdict !== 'confirmed' && isSummary(seen) && hasDetection(scene, at) ? 'none' : verdict;
  }

  /** Nothing strange, and enough known to say so: way out and country, and the device, or the program where no device is told. */
  private isAllAccustomed(scene: PersonScene, { print }: Observation, time: number): boolean {
    const { person } = scene;
    const { endpoint } = print;
    if (!hasOneBody(person) || !isKnown(scene, time, this.strange)) return false;
    if (endpoint === undefined || !isAccustomed(scene, endpoint, time)) return false;
    const device = deviceOf(print);
    if (device !== undefined) return isHabit(person.habits, 'device', device, time);
    const program = programOf(print.user_agent);
    return program !== undefined && isHabit(person.habits, 'program', program, time);
  }

  private factor(name: FactorName, text: string, after: string): Factor {
    return factor(name, this.strange.points(name), text, undefined, after);
  }
}

/**
 * Does the vendor hold an act for risky as it happens? Only medium and above says so, or a reason that is worth as much: Okta calls every sign-in
 * at least low, and counts what is new about it without calling that a risk.
 */
function isRisky({ is_done, more }: Observation): boolean {
  const risk = more?.risk;
  if (!is_done || risk === undefined) return false;
  const { level } = risk;
  return level === 'unknown' ? hasKnownReason(risk) : level !== 'low' && level !== 'none';
}

/** The sign-in, or renewal, that a verdict is about. */
function signInOf({ person }: PersonScene, at: number): Observation | undefined {
  const { tail } = person.story;
  const seen = tail[at]!;
  const request = seen.more?.details?.['request_uid'];
  if (request === undefined) return undefined;
  for (let i = at - 1; i >= 0; i--) {
    const before = tail[i]!;
    if (before.time < seen.time - SIGN_IN_WITHIN_MS) return undefined;
    if (before.activity !== 'vendor_risk' && before.is_done && before.vendor === seen.vendor && eventId(before) === request) return before;
  }
  return undefined;
}

/** The vendor's own id of an event, the last part of its uid. */
function eventId({ uid }: Observation): string {
  return uid.slice(uid.lastIndexOf(':') + 1);
}

/** Does Entra's verdict say how risky the person is as a whole, which its detections add up to, instead of what was detected? */
function isSummary({ vendor, product, more }: Observation): boolean {
  return vendor === 'entra' && product === 'risk' && (more?.risk?.reasons.length ?? 0) === 0;
}

/** Was there a detection, so that the sum of all is no news? */
function hasDetection({ person }: PersonScene, at: number): boolean {
  const { tail } = person.story;
  const since = tail[at]!.time - SIGN_IN_WITHIN_MS;
  for (let i = at - 1; i >= 0; i--) {
    const before = tail[i]!;
    if (before.time < since) return false;
    if (before.vendor === 'entra' && before.product === 'risk' && !isSummary(before)) return true;
  }
  return false;
}

/**
 * Do other rules hold the act for somebody else's: those of its session, and those of the person that told who it is? A journey that nobody
 * makes is enough where the verdict came with the act itself. Of an earlier act it counts what is known by now.
 */
function isHeld({ person }: PersonScene, act: Observation, seen: Observation): boolean {
  if (act !== seen) return isSuspectedBy(person, act, seen);
  return isSuspected(person, seen) || person.story.verdicts.some((other) => other.seen === seen && other.judgement.travel !== undefined);
}

function nameOf({ vendor }: Observation): string {
  return nameOfVendor(vendor);
}

/** The same for people: what the vendor calls by one name for everything it finds is told with what it found. */
function saidOf(seen: Observation): string {
  const text = reasonOf(seen);
  const reasons = seen.more?.risk?.reasons ?? [];
  const isTold = seen.activity !== 'vendor_risk' || reasons.length === 0 || reasons.includes(text);
  return isTold ? text : `${text} (${reasons.join(', ')})`;
}

function reasonOf({ activity, action, more }: Observation): string {
  if (activity === 'vendor_risk') return more?.details?.['alert_name'] ?? action;
  const reasons = more?.risk?.reasons ?? [];
  return reasons.length === 0 ? action : reasons.join(', ');
}

/**
 * What happens in one session on one day is one finding, what is said of one sign-in is another, and else what is said in the same words on one
 * day: vendors write a verdict again when it changes.
 */
function episodeOf(seen: Observation, act: Observation): string {
  const details = seen.more?.details;
  const day = Math.floor((parseTime(details?.['activity_time']) ?? act.time) / DAY_MS);
  const { session } = act;
  if (session !== undefined) return `${session.issuer} ${session.uid}@${day}`;
  const request = details?.['request_uid'] ?? (seen.activity === 'vendor_risk' ? undefined : eventId(seen));
  return request ?? `${reasonOf(seen)}@${day}`;
}
