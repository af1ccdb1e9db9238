import type { Factor } from '../event/index.js';
import { isHabit, programOf } from '../state/habits.js';
import type { Observation } from '../state/observation.js';
import { deviceAtSignIn } from '../state/sign-ins.js';
import { hasOneBody, isKnown, LEARNING, readStrange, STRANGE, type StrangeSettings, strangeMeans, strangeness } from './accustomed.js';
import { type FactorName, factor, pointParameters, scoreOf } from './factors.js';
import { evidenceOf, type Judgement, type PersonDetector, type PersonJudge, type PersonScene } from './judgement.js';
import { LEVEL_FROM } from './levels.js';
import { clientName, durationText, useName } from './names.js';
import { numberOf, type Parameters, stringsOf } from './parameters.js';
import {
  beginsSession,
  elsewhere,
  episodeOf,
  isFirstOf,
  isNearlyAll,
  isTheirBrowser,
  isTheirPlace,
  missingDevice,
  newCookie,
  newcomerOf,
  readUsual,
  reliefs,
  SIGN_INS,
  signInsUpTo,
  USUAL,
  type UsualSettings,
  whyNotCompared,
} from './sign-in.js';

const USED: readonly FactorName[] = [
  ...STRANGE,
  'device_missing',
  'cookie_new',
  'library_sign_in',
  'active_elsewhere',
  'portal_first',
  'factor_missing',
  'kept_signed_in',
  'device_code_first',
  'same_device',
  'compliant_device',
  'bound_token',
];
const MINUTE_MS = 60_000;

export const sessionMint: PersonDetector = {
  scope: 'person',
  name: 'session_mint',
  doc: "the sign-in that begins a session against the person's way to sign in: whoever sits in the middle of a sign-in gets a session of their own",
  parameters: {
    active_within: {
      kind: 'duration',
      default: 30 * MINUTE_MS,
      min: 0,
      max: 240 * MINUTE_MS,
      doc: 'the person is elsewhere when they were at another device of theirs this recently',
    },
    portal_clients: {
      kind: 'strings',
      // the Office portal and the authentication broker, which the kits of phishers ask for
      default: ['4765445b-32c6-49b0-83e6-1d93765276ca', '29d9ed98-a469-4536-ade2-f981bc1d605e'],
      doc: 'OAuth client ids that thieves ask for first',
    },
    ...USUAL,
    ...LEARNING,
    ...pointParameters(USED),
  },
  create: (parameters) => new MintJudge(parameters),
};

class MintJudge implements PersonJudge {
  readonly lookBack: number;
  readonly activities = SIGN_INS;
  private readonly strange: StrangeSettings;
  private readonly usual: UsualSettings;
  private readonly activeWithin: number;
  private readonly portals: ReadonlySet<string>;

  constructor(parameters: Parameters) {
    this.strange = readStrange(parameters);
    this.usual = readUsual(parameters);
    this.activeWithin = numberOf(parameters, 'active_within');
    this.portals = stringsOf(parameters, 'portal_clients');
    this.lookBack = Math.max(this.activeWithin, this.usual.hereWithin);
  }

  judge(scene: PersonScene, at: number): Judgement | undefined {
    const seen = scene.person.story.tail[at]!;
    if (!seen.is_done || !hasOneBody(scene.person) || !beginsSession(seen)) return undefined;
    const isTheirs = isTheirPlace(scene, at, this.usual);
    const factors = this.factorsOf(scene, seen, isTheirs);
    const other = isTheirs || !isNobodys(scene, seen, factors) ? undefined : elsewhere(scene, at, seen.time - this.activeWithin);
    if (other !== undefined) {
      const ago = durationText(seen.time - other.time);
      factors.push(this.factor('active_elsewhere', `The person was at a device of theirs ${ago} before ${useName(other.print)}.`));
    }
    if (factors.length === 0) return undefined;
    factors.push(...reliefs(scene, seen, this.strange.points));
    const score = Math.min(scoreOf(factors, true), isMoveOnly(factors) ? LEVEL_FROM.high - 1 : 100);
    // Each session of a thief has to be ended, and so has a finding of its own; somebody who is only asked for another factor is asked as one.
    const isApart = score >= LEVEL_FROM.high;
    const prefix = isTheirs ? undefined : seen.print.endpoint?.prefix;
    return {
      score,
      factors,
      episode: isApart ? episodeOf(seen) : newcomerOf(scene, seen, isTheirs),
      is_named: isApart ? undefined : isFirstOf(seen),
      baseline: other === undefined ? [] : [evidenceOf(other)],
      context: [],
      travel: undefined,
      message: `signed in ${useName(seen.print)}, not as they do`,
      session: seen.session,
      // Below that it speaks of journeys, new machines and VPNs as often as of thieves: whoever were held for a stranger for that could never
      // get used to any of them.
      stranger: score >= LEVEL_FROM.medium ? { session: seen.session, prefix, is_hearsay: !isSure(score, factors) } : undefined,
    };
  }

  silence(scene: PersonScene, at: number): string {
    const seen = scene.person.story.tail[at]!;
    const why = whyNotCompared(scene, seen);
    if (why !== undefined) return why;
    if (!isKnown(scene, seen.time, this.strange)) return 'the person is not known well enough yet, and no tool of phishers signed in';
    return 'they sign in like that: place, device, program and factors are theirs';
  }

  /**
   * What speaks against the sign-in.
   * @param isTheirs it comes from where the person is used to be, or where a device of theirs is
   */
  private factorsOf(scene: PersonScene, seen: Observation, isTheirs: boolean): Factor[] {
    const isFamiliar = isKnown(scene, seen.time, this.strange);
    const factors = (isTheirs ? strangeMeans : strangeness)(scene, seen, this.strange);
    const isRented = factors.some(({ name }) => name === 'network_hosting' || name === 'network_tor');
    const isPortal = seen.client_uid !== undefined && this.portals.has(seen.client_uid);
    // The tool of a phisher needs no comparison: no browser calls itself so, and no program of one's own asks for the portal.
    const isLibrary = (isFamiliar || isPortal) && this.isLibrary(scene, seen);
    if (isLibrary) {
      const name = clientName(seen.print.user_agent!);
      factors.push(this.factor('library_sign_in', `A programming library signed in: ${name}.`, name));
    }
    if (isPortal && (isLibrary || isRented)) {
      factors.push(
        this.factor('portal_first', `The session began at the portal or the broker, client ${seen.client_uid}.`, seen.client_uid),
      );
    }
    if (isFamiliar) this.compareWithHabits(scene, seen, isTheirs, factors);
    return factors;
  }

  private compareWithHabits(scene: PersonScene, seen: Observation, isTheirs: boolean, factors: Factor[]): void {
    const had = signInsUpTo(scene, seen.time);
    const missing = missingDevice(seen, had, this.usual, this.strange.points('device_missing'));
    if (missing !== undefined) factors.push(missing);
    const cookie = newCookie(scene, seen, this.usual, this.strange.points('cookie_new'));
    if (cookie !== undefined) factors.push(cookie);
    const auth = seen.more?.auth;
    if (auth === undefined) return;
    // Offices are often let off the second factor, so it is missed elsewhere only.
    if (auth.is_mfa === false && !isTheirs && isNearlyAll(had.with_factor, had.factor_logged, this.usual)) {
      const text = `One factor only, though ${had.with_factor} of the ${had.factor_logged} sign-ins before had two.`;
      factors.push(this.factor('factor_missing', text));
    }
    if (auth.keep_signed_in === true && had.kept_signed_in === 0 && had.keep_logged >= this.usual.nearlyAllOf) {
      factors.push(this.factor('kept_signed_in', `Asked to be kept signed in, as in none of the ${had.keep_logged} sign-ins before.`));
    }
    if (auth.protocol === 'device_code' && had.device_code === 0) {
      factors.push(this.factor('device_code_first', 'By a device code, for the first time.'));
    }
  }

  /** Does a program sign in where a person should? Not by a password that it knows or a code that a person types for it. */
  private isLibrary({ person }: PersonScene, { print, more, time }: Observation): boolean {
    const agent = print.user_agent;
    if (agent?.kind !== 'library') return false;
    const protocol = more?.auth?.protocol;
    if (protocol === 'ropc' || protocol === 'device_code') return false;
    const program = programOf(agent);
    return program === undefined || !isHabit(person.habits, 'program', program, time);
  }

  private factor(name: FactorName, text: string, after?: string): Factor {
    return factor(name, this.strange.points(name), text, undefined, after);
  }
}

/**
 * Is it on no device that the log would have named, or in a browser that was never the person's? Not in one of theirs, which may be here and have
 * been there a moment ago, when a VPN was switched on in between.
 */
function isNobodys(scene: PersonScene, seen: Observation, factors: readonly Factor[]): boolean {
  if (deviceAtSignIn(seen) === 'none') return !isTheirBrowser(scene, seen.print, seen.time);
  return seen.print.device_uid === undefined && factors.some(({ name }) => name === 'cookie_new');
}

/** What a move with a new machine looks like, on which one is asked whether to stay signed in: reason to ask, and none to end a session. */
const MOVES: ReadonlySet<string> = new Set<FactorName>([
  'network_new',
  'country_new',
  'device_new',
  'cookie_new',
  'device_missing',
  'program_new',
  'kept_signed_in',
]);

function isMoveOnly(factors: readonly Factor[]): boolean {
  return factors.every(({ name, points }) => points <= 0 || MOVES.has(name));
}

/** No journey and no new machine makes a library sign in at a portal. */
function isSure(score: number, factors: readonly Factor[]): boolean {
  return score >= LEVEL_FROM.high || factors.some(({ name }) => name === 'library_sign_in');
}
