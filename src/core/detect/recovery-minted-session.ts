import type { Factor, MarkKind } from '../event/index.js';
import { isHabit } from '../state/habits.js';
import type { Mark } from '../state/marks.js';
import type { Observation } from '../state/observation.js';
import { hasOneBody, isKnown, LEARNING, readStrange, STRANGE, type StrangeSettings, strangeness } from './accustomed.js';
import { type FactorName, factor, pointParameters, scoreOf } from './factors.js';
import type { EvidenceSource, Judgement, PersonDetector, PersonJudge, PersonScene } from './judgement.js';
import { LEVEL_FROM } from './levels.js';
import { durationText, networkName, useName } from './names.js';
import { numberOf, type Parameters } from './parameters.js';
import {
  beginsSession,
  episodeOf,
  isTheirDevice,
  isTheirPlace,
  missingDevice,
  readUsual,
  reliefs,
  SIGN_INS,
  signInsUpTo,
  USUAL,
  type UsualSettings,
  whyNotCompared,
} from './sign-in.js';

const USED: readonly FactorName[] = [
  'after_recovery',
  'resetter_network',
  'resetter_device',
  ...STRANGE,
  'device_missing',
  'same_device',
  'compliant_device',
  'bound_token',
];
const HOUR_MS = 3_600_000;
/** Ways in that somebody else can open. */
const OPENS: ReadonlySet<MarkKind> = new Set<MarkKind>(['recovery', 'credential_change', 'mfa_change']);

export const recoveryMintedSession: PersonDetector = {
  scope: 'person',
  name: 'recovery_minted_session',
  doc: 'the sign-in that begins a session after somebody else reset password or factors: by the person, or by whoever asked for the reset',
  parameters: {
    recovery_within: {
      kind: 'duration',
      default: 24 * HOUR_MS,
      min: HOUR_MS,
      max: 48 * HOUR_MS,
      doc: 'how long after the reset a sign-in is looked at: whoever asked for it comes soon',
    },
    ...USUAL,
    ...LEARNING,
    ...pointParameters(USED),
  },
  create: (parameters) => new RecoveryJudge(parameters),
};

class RecoveryJudge implements PersonJudge {
  readonly lookBack: number;
  readonly activities = SIGN_INS;
  private readonly strange: StrangeSettings;
  private readonly usual: UsualSettings;
  private readonly within: number;

  constructor(parameters: Parameters) {
    this.strange = readStrange(parameters);
    this.usual = readUsual(parameters);
    this.within = numberOf(parameters, 'recovery_within');
    this.lookBack = this.usual.hereWithin;
  }

  judge(scene: PersonScene, at: number): Judgement | undefined {
    const { person } = scene;
    if (person.marks.length === 0) return undefined;
    const seen = person.story.tail[at]!;
    if (!seen.is_done || !hasOneBody(person) || !beginsSession(seen)) return undefined;
    const resets = person.marks.filter((mark) => this.opens(mark, seen.time));
    const last = resets.at(-1);
    if (last === undefined) return undefined;
    const isTheirs = isTheirPlace(scene, at, this.usual);
    const factors = [...this.resetters(scene, seen, isTheirs, resets), ...(isTheirs ? [] : this.strangers(scene, seen))];
    if (factors.length === 0) return undefined;
    const by = `${last.by} (${last.action})`;
    const gap = durationText(seen.time - last.time);
    factors.push(this.factor('after_recovery', `Reset by ${by} ${gap} before.`, last.action), ...reliefs(scene, seen, this.strange.points));
    const score = scoreOf(factors, true);
    const prefix = isTheirs ? undefined : seen.print.endpoint?.prefix;
    return {
      score,
      factors,
      episode: episodeOf(seen),
      baseline: [],
      context: [evidenceOfMark(last)],
      travel: undefined,
      message: `signed in ${useName(seen.print)}, ${gap} after a reset by ${by}`,
      session: seen.session,
      stranger: score >= LEVEL_FROM.medium ? { session: seen.session, prefix } : undefined,
    };
  }

  silence(scene: PersonScene, at: number): string {
    const seen = scene.person.story.tail[at]!;
    const why = whyNotCompared(scene, seen);
    if (why !== undefined) return why;
    const last = scene.person.marks.findLast((mark) => this.opens(mark, seen.time));
    if (last === undefined) return `nobody else reset anything of theirs in the ${durationText(this.within)} before`;
    const what = `${last.action} by ${last.by}, ${durationText(seen.time - last.time)} before`;
    if (isTheirPlace(scene, at, this.usual)) return `${what}: but it comes from a place of theirs, and not on the resetter's device`;
    return `${what}: but the person is not known well enough yet, or it is theirs in all but its place, of which nothing is known`;
  }

  /** Somebody else opened the account for its person, not long before. */
  private opens({ kind, by, time }: Mark, now: number): boolean {
    return by !== undefined && OPENS.has(kind) && time < now && now - time <= this.within;
  }

  /** From a place that is not the person's, what else about it is not theirs? At home a new phone is why the factors were reset. */
  private strangers(scene: PersonScene, seen: Observation): Factor[] {
    const factors = strangeness(scene, seen, this.strange);
    if (isKnown(scene, seen.time, this.strange)) {
      const missing = missingDevice(seen, signInsUpTo(scene, seen.time), this.usual, this.strange.points('device_missing'));
      if (missing !== undefined) factors.push(missing);
    }
    return factors;
  }

  /**
   * Whoever did the reset comes in themselves: on their device, or from their network, unless that is the person's, too. Of somebody new nobody
   * can tell which network is: the help desk sets up their account beside them.
   */
  private resetters(scene: PersonScene, seen: Observation, isTheirs: boolean, resets: readonly Mark[]): Factor[] {
    const factors: Factor[] = [];
    const { endpoint, device_uid, cookie_uid } = seen.print;
    const prefix = endpoint?.prefix;
    if (prefix !== undefined && !isTheirs && isKnown(scene, seen.time, this.strange)) {
      const reset = resets.findLast(({ by_endpoint }) => by_endpoint?.prefix === prefix);
      if (reset !== undefined) {
        factors.push(
          this.factor('resetter_network', `From where ${reset.by} did the reset: ${networkName(endpoint!)}.`, networkName(endpoint!)),
        );
      }
    }
    const isOwnDevice = device_uid === undefined || isTheirDevice(scene, device_uid, seen.time);
    const onDevice = isOwnDevice ? undefined : resets.findLast(({ by_device }) => by_device === device_uid);
    const isOwnCookie = cookie_uid === undefined || isHabit(scene.person.habits, 'cookie', cookie_uid, seen.time);
    const inBrowser = isOwnCookie ? undefined : resets.findLast(({ by_cookie }) => by_cookie === cookie_uid);
    if (onDevice !== undefined) {
      factors.push(this.factor('resetter_device', `On the device of ${onDevice.by}, who did the reset.`, device_uid));
    } else if (inBrowser !== undefined) {
      factors.push(this.factor('resetter_device', `In the browser of ${inBrowser.by}, who did the reset.`, cookie_uid));
    }
    return factors;
  }

  private factor(name: FactorName, text: string, after?: string): Factor {
    return factor(name, this.strange.points(name), text, undefined, after);
  }
}

function evidenceOfMark({ uid, time, vendor, action, by_endpoint, by_device }: Mark): EvidenceSource {
  return {
    uid,
    time,
    vendor,
    action,
    endpoint: by_endpoint,
    user_agent: undefined,
    client_uid: undefined,
    device: by_device,
  };
}
