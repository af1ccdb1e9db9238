import type { Activity, Endpoint, Factor } from '../event/index.js';
import { cookieOf, hasHabit, isHabit, isInPerson } from '../state/habits.js';
import { isBefore, type Observation } from '../state/observation.js';
import { isHandheld, type Print } from '../state/print.js';
import { NEVER, type Session } from '../state/session.js';
import { cookiesBefore, deviceAtSignIn, type SignInDay, signInsBefore } from '../state/sign-ins.js';
import { hasOneBody, isAccustomed } from './accustomed.js';
import { type FactorName, factor } from './factors.js';
import type { PersonScene } from './judgement.js';
import { numberOf, type ParameterSpecs, type Parameters } from './parameters.js';

/** What rules about sign-ins have to say something of. */
export const SIGN_INS: ReadonlySet<Activity> = new Set<Activity>(['sign_in']);

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Longer than it takes to get used to somebody whom nobody minds, so that one who moved house is one finding, two at most. */
const WEEK_MS = 7 * DAY_MS;
/** Weeks are those of the calendar, from Monday 00:00 UTC; 1970 began on a Thursday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;
/** One sign-in makes several records, in two logs whose clocks differ: what comes so soon after the session's first belongs to its beginning. */
const BEGINNING_MS = 5 * MINUTE_MS;

/** How many of the sign-ins before make a habit. */
export const NEARLY_ALL: ParameterSpecs = {
  nearly_all: {
    kind: 'integer',
    default: 80,
    min: 51,
    max: 100,
    doc: "percent of the sign-ins before that make a habit: one in five is a private window or somebody else's computer",
  },
  nearly_all_of: { kind: 'integer', default: 5, min: 1, max: 100, doc: 'sign-ins that there must have been for it' },
};

/** Parameters of every rule that compares a sign-in with those before it. */
export const USUAL: ParameterSpecs = {
  ...NEARLY_ALL,
  here_within: {
    kind: 'duration',
    default: 12 * HOUR_MS,
    min: 0,
    max: 2 * DAY_MS,
    doc: 'a network on which a device that the person is used to was seen this recently is theirs: a night in a hotel',
  },
};

export interface NearlyAll {
  nearlyAll: number;
  nearlyAllOf: number;
}

export interface UsualSettings extends NearlyAll {
  hereWithin: number;
}

export function readNearlyAll(parameters: Parameters): NearlyAll {
  return { nearlyAll: numberOf(parameters, 'nearly_all'), nearlyAllOf: numberOf(parameters, 'nearly_all_of') };
}

export function readUsual(parameters: Parameters): UsualSettings {
  return { ...readNearlyAll(parameters), hereWithin: numberOf(parameters, 'here_within') };
}

/** Does its session begin with it? Without a session that can be told it stands for itself. */
export function beginsSession({ session, time }: Observation): boolean {
  return session === undefined || time - firstUseOf(session) <= BEGINNING_MS;
}

/** Why a sign-in is not compared with those before it at all, for people; undefined when it is. */
export function whyNotCompared({ person }: PersonScene, seen: Observation): string | undefined {
  if (!hasOneBody(person)) return 'no one body belongs to a shared account or a machine';
  if (!beginsSession(seen)) return 'its session began earlier: what happens inside a session is for session_reuse';
  return undefined;
}

/** Event time of the first use of a session that is known; NEVER when none says anything. */
function firstUseOf({ prints, tail }: Session): number {
  let first = tail[0]?.time ?? NEVER;
  for (const { folded_count, folded_first_time } of prints) if (folded_count > 0) first = Math.min(first, folded_first_time);
  return first;
}

/** What is said of one session is one finding; of sign-ins that name none, what comes from one address block on one UTC day. */
export function episodeOf({ session, print, time }: Observation): string {
  if (session !== undefined) return `${session.issuer}|${session.uid}|${session.life}`;
  return `${print.endpoint?.prefix ?? ''}@${Math.floor(time / DAY_MS)}`;
}

/**
 * Whoever is not the person, over their sessions of one week (Monday to Sunday, UTC): one machine that is not the person's, wherever it is, else one network operator in
 * one country. Of what comes from the person's own places nobody can tell who comes twice, so that it stays what is said of its session.
 */
export function newcomerOf(scene: PersonScene, seen: Observation, isTheirs: boolean): string {
  const { print, time } = seen;
  const { device_uid, endpoint } = print;
  const week = Math.floor((time - FIRST_MONDAY_MS) / WEEK_MS);
  if (device_uid !== undefined && device_uid !== 'none' && !isTheirDevice(scene, device_uid, time)) return `device|${device_uid}@${week}`;
  if (isTheirs || endpoint === undefined) return episodeOf(seen);
  const where = endpoint.asn === undefined ? endpoint.prefix : `${endpoint.asn}|${endpoint.country ?? ''}`;
  return `network|${where}@${week}`;
}

/** Is it what its session begins with, the first of the records of one sign-in? */
export function isFirstOf({ session, time }: Observation): boolean {
  return session === undefined || time <= firstUseOf(session);
}

/**
 * Does the sign-in come from where nothing else would surprise: a way out that is the person's or the operator's, a network on which a device
 * of theirs was a moment ago, a relay, which is nowhere, or a place that the log does not tell?
 */
export function isTheirPlace(scene: PersonScene, at: number, { hereWithin }: UsualSettings): boolean {
  const { tail } = scene.person.story;
  const { print, time } = tail[at]!;
  const { endpoint } = print;
  if (endpoint === undefined || endpoint.as_class === 'relay' || isAccustomed(scene, endpoint, time)) return true;
  for (let i = at - 1; i >= 0 && time - tail[i]!.time <= hereWithin; i--) {
    const { endpoint: there, device_uid } = tail[i]!.print;
    if (there === undefined || !isOneNetwork(there, endpoint) || !isTheirDevice(scene, device_uid, time)) continue;
    // A stolen token brings the device's id along when it is renewed, from wherever the thief is.
    if (isInPerson(tail[i]!)) return true;
  }
  return false;
}

/** The same address block, or one operator's in one country: a hotel has more than one address. */
export function isOneNetwork(a: Endpoint, b: Endpoint): boolean {
  if (a.prefix !== undefined && a.prefix === b.prefix) return true;
  return a.asn !== undefined && a.asn === b.asn && a.country === b.country;
}

/** @param device as a log observed it; `none` and undefined are nobody's */
export function isTheirDevice({ person }: PersonScene, device: string | undefined, time: number): boolean {
  return device !== undefined && device !== 'none' && isHabit(person.habits, 'device', device, time);
}

/** Is it a browser that the person is used to, by its cookie? One that is copied comes along with what is stolen: it never speaks for anybody. */
export function isTheirBrowser({ person }: PersonScene, print: Print, time: number): boolean {
  const cookie = cookieOf(print);
  return cookie !== undefined && isHabit(person.habits, 'cookie', cookie, time);
}

/** Did nearly all of so many have it? */
export function isNearlyAll(with_it: number, logged: number, { nearlyAll, nearlyAllOf }: NearlyAll): boolean {
  return logged >= nearlyAllOf && with_it * 100 >= nearlyAll * logged;
}

/** How the person signed in, of late and beyond doubt. */
export function signInsUpTo({ person }: PersonScene, time: number): SignInDay {
  return signInsBefore(person.sign_ins, time);
}

/**
 * No device id where nearly all of the person's sign-ins had one: from phones for a phone, from computers for all else. A code that was typed
 * on another device never brings one along.
 */
export function missingDevice(seen: Observation, had: SignInDay, usual: NearlyAll, points: number): Factor | undefined {
  const { user_agent } = seen.print;
  if (deviceAtSignIn(seen) !== 'none' || seen.more?.auth?.protocol === 'device_code') return undefined;
  const isHand = isHandheld(user_agent?.form_factor) === true;
  const logged = isHand ? had.handheld_logged : had.device_logged - had.handheld_logged;
  const with_it = isHand ? had.handheld_with_device : had.with_device - had.handheld_with_device;
  if (!isNearlyAll(with_it, logged, usual)) return undefined;
  const text = `No device id, though ${with_it} of the ${logged} sign-ins from ${isHand ? 'phones' : 'computers'} before had one.`;
  return factor('device_missing', points, text, `${with_it} of ${logged}`, 'none');
}

/**
 * A browser with a cookie that is new, where nearly all of the person's sign-ins came with one that had been there before: from phones for a
 * phone, from computers for all else. What names no cookie proves nothing, since no provider promises to log it; nor does a new one of
 * whoever lives in private windows, on a device that is theirs, or that typed a code for another one.
 */
export function newCookie(scene: PersonScene, seen: Observation, usual: UsualSettings, points: number): Factor | undefined {
  const { print, time } = seen;
  const { habits, sign_ins } = scene.person;
  const cookie = cookieOf(print);
  if (cookie === undefined || isHabit(habits, 'cookie', cookie, time) || !hasHabit(habits, 'cookie', time)) return undefined;
  if (isTheirDevice(scene, print.device_uid, time) || seen.more?.auth?.protocol === 'device_code') return undefined;
  const had = cookiesBefore(sign_ins, time);
  const isHand = isHandheld(print.user_agent?.form_factor) === true;
  const logged = isHand ? had.handheld_logged : had.logged - had.handheld_logged;
  const again = isHand ? had.handheld_again : had.again - had.handheld_again;
  if (!isNearlyAll(again, logged, usual)) return undefined;
  const text = `In a browser that was never theirs, though ${again} of the ${logged} sign-ins from ${isHand ? 'phones' : 'computers'} before came from one that was.`;
  return factor('cookie_new', points, text, `${again} of ${logged}`, cookie);
}

/** What speaks for the person: a device that they are used to, or a key that never leaves its device. */
export function reliefs(scene: PersonScene, seen: Observation, points: (name: FactorName) => number): Factor[] {
  const found: Factor[] = [];
  const device = seen.print.device_uid;
  if (isTheirDevice(scene, device, seen.time)) {
    found.push(factor('same_device', points('same_device'), `On ${device}, a device that they are used to.`, device, device));
  }
  // A machine of one's own that somebody registers meets no rules: management has to take it in first.
  if (seen.is_compliant === true) {
    found.push(factor('compliant_device', points('compliant_device'), "The device meets the organisation's rules."));
  }
  if (seen.is_bound) found.push(factor('bound_token', points('bound_token'), 'The sign-in was bound to its device by a key.'));
  return found;
}

/**
 * The person at another device of theirs, known by its id or by the cookie of its browser, of the same kind, on another network at the time: nobody sits at two computers in two places. Not
 * what a machine does by itself, nor a phone beside a computer.
 * @returns the latest such use since a moment
 */
export function elsewhere(scene: PersonScene, at: number, since: number): Observation | undefined {
  const { tail } = scene.person.story;
  const seen = tail[at]!;
  const { endpoint, user_agent } = seen.print;
  const isHand = isHandheld(user_agent?.form_factor);
  if (endpoint === undefined || isHand === undefined) return undefined;
  for (let i = at - 1; i >= 0 && tail[i]!.time >= since; i--) {
    const other = tail[i]!;
    if (!other.is_presence || other.session === undefined || other.session === seen.session) continue;
    const place = other.print.endpoint;
    if (place === undefined || isOneNetwork(place, endpoint)) continue;
    if (isOnTheirDevice(scene, other.session, seen, isHand)) return other;
  }
  return undefined;
}

/** Was the session, up to an event, used on a device of theirs that is carried about, or on one that is not? */
function isOnTheirDevice(scene: PersonScene, { prints, tail }: Session, { time, uid }: Observation, isHand: boolean): boolean {
  const isOne = (print: Print): boolean =>
    isHandheld(print.user_agent?.form_factor) === isHand &&
    (isTheirDevice(scene, print.device_uid, time) || isTheirBrowser(scene, print, time));
  if (prints.some((print) => print.folded_count > 0 && print.folded_first_time <= time && isOne(print))) return true;
  return tail.some((use) => isBefore(use.time, use.uid, time, uid) && isOne(use.print));
}
