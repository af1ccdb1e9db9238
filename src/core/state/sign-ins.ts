import { cookieOf, PROBATION_MS } from './habits.js';
import type { Observation } from './observation.js';
import { isHandheld } from './print.js';

/** How a person signed in on one UTC day. */
export interface SignInDay {
  /** days since 1970 */
  day: number;
  sign_ins: number;
  /** of those in whose log a device is named when there is one */
  device_logged: number;
  with_device: number;
  /** of those and of these, from phones and tablets */
  handheld_logged: number;
  handheld_with_device: number;
  /** of those whose log says whether a second factor was asked */
  factor_logged: number;
  with_factor: number;
  /** of those whose log says whether the person asked to be kept signed in */
  keep_logged: number;
  kept_signed_in: number;
  device_code: number;
}

/** How often on one UTC day a browser signed in whose provider knows browsers again by a cookie. */
export interface CookieDay {
  /** days since 1970 */
  day: number;
  logged: number;
  /** of those with a cookie that was seen on an earlier day */
  again: number;
  /** of those and of these, from phones and tablets */
  handheld_logged: number;
  handheld_again: number;
}

/** What is known of a person's way to sign in. */
export interface SignIns {
  /** event time of the first lesson of any kind */
  since_time: number;
  /** ordered by day */
  days: SignInDay[];
  /** ordered by day; apart, since most providers log no cookie */
  cookie_days: CookieDay[];
}

/** Shared by everybody whose provider logs no cookie. */
const NO_COOKIES: CookieDay[] = [];

/** Days with sign-ins that are remembered; the oldest goes first. */
export const SIGN_IN_DAYS = 16;
/**
 * Of which so many are counted: between the probation and what was learned last lie at most five days, and whether those are learned yet must
 * not decide which is the oldest that counts.
 */
export const COUNTED_DAYS = SIGN_IN_DAYS - 5;
const DAY_MS = 86_400_000;

export function newSignIns(time: number): SignIns {
  return { since_time: time, days: [], cookie_days: NO_COOKIES };
}

/**
 * The device that a sign-in names; `none` where its log would have named one. Okta makes several records of a sign-in and says it in the one with
 * which the session starts, whose `device` is empty when no registered device took part.
 */
export function deviceAtSignIn({ vendor, action, print }: Observation): string | undefined {
  if (vendor !== 'okta') return print.device_uid;
  return action === 'user.session.start' ? (print.device_uid ?? 'none') : undefined;
}

/**
 * Learns from an observation that no rule suspects, once it can no longer be re-ordered.
 * @param isAgain the browser's cookie was seen on an earlier day
 */
export function learnSignIn(signIns: SignIns, seen: Observation, isAgain = false): void {
  if (seen.time < signIns.since_time) signIns.since_time = seen.time;
  if (seen.activity !== 'sign_in') return;
  const auth = seen.more?.auth;
  const device = deviceAtSignIn(seen);
  const day = Math.floor(seen.time / DAY_MS);
  if (cookieOf(seen.print) !== undefined) learnCookie(signIns, day, seen, isAgain);
  const one = dayFor(signIns.days, day, newDay);
  if (one === undefined) return;
  one.sign_ins++;
  const isHand = isHandheld(seen.print.user_agent?.form_factor) === true;
  if (device !== undefined) {
    one.device_logged++;
    if (isHand) one.handheld_logged++;
    if (device !== 'none') {
      one.with_device++;
      if (isHand) one.handheld_with_device++;
    }
  }
  if (auth?.is_mfa !== undefined) one.factor_logged++;
  if (auth?.is_mfa === true) one.with_factor++;
  if (auth?.keep_signed_in !== undefined) one.keep_logged++;
  if (auth?.keep_signed_in === true) one.kept_signed_in++;
  if (auth?.protocol === 'device_code') one.device_code++;
}

function learnCookie(signIns: SignIns, day: number, { print }: Observation, isAgain: boolean): void {
  if (signIns.cookie_days === NO_COOKIES) signIns.cookie_days = [];
  const one = dayFor(signIns.cookie_days, day, newCookieDay);
  if (one === undefined) return;
  const isHand = isHandheld(print.user_agent?.form_factor) === true;
  one.logged++;
  if (isHand) one.handheld_logged++;
  if (!isAgain) return;
  one.again++;
  if (isHand) one.handheld_again++;
}

function dayFor<Day extends { day: number }>(days: Day[], day: number, make: (day: number) => Day): Day | undefined {
  let at = days.length;
  while (at > 0 && days[at - 1]!.day > day) at--;
  if (at > 0 && days[at - 1]!.day === day) return days[at - 1];
  if (at === 0 && days.length >= SIGN_IN_DAYS) return undefined;
  const one = make(day);
  days.splice(at, 0, one);
  if (days.length > SIGN_IN_DAYS) days.shift();
  return one;
}

function newDay(day: number): SignInDay {
  return {
    day,
    sign_ins: 0,
    device_logged: 0,
    with_device: 0,
    handheld_logged: 0,
    handheld_with_device: 0,
    factor_logged: 0,
    with_factor: 0,
    keep_logged: 0,
    kept_signed_in: 0,
    device_code: 0,
  };
}

function newCookieDay(day: number): CookieDay {
  return { day, logged: 0, again: 0, handheld_logged: 0, handheld_again: 0 };
}

/**
 * Sums of the latest days that were over before the probation: what a later arrival cannot change.
 * @param time event time at which is asked, ms
 */
export function signInsBefore(signIns: SignIns | undefined, time: number): SignInDay {
  const sum = newDay(0);
  if (signIns === undefined) return sum;
  for (const one of countedDays(signIns.days, time)) {
    sum.sign_ins += one.sign_ins;
    sum.device_logged += one.device_logged;
    sum.with_device += one.with_device;
    sum.handheld_logged += one.handheld_logged;
    sum.handheld_with_device += one.handheld_with_device;
    sum.factor_logged += one.factor_logged;
    sum.with_factor += one.with_factor;
    sum.keep_logged += one.keep_logged;
    sum.kept_signed_in += one.kept_signed_in;
    sum.device_code += one.device_code;
  }
  return sum;
}

/** The same of browsers and their cookies. */
export function cookiesBefore(signIns: SignIns | undefined, time: number): CookieDay {
  const sum = newCookieDay(0);
  if (signIns === undefined) return sum;
  for (const one of countedDays(signIns.cookie_days, time)) {
    sum.logged += one.logged;
    sum.again += one.again;
    sum.handheld_logged += one.handheld_logged;
    sum.handheld_again += one.handheld_again;
  }
  return sum;
}

function countedDays<Day extends { day: number }>(days: readonly Day[], time: number): readonly Day[] {
  let end = days.length;
  while (end > 0 && (days[end - 1]!.day + 1) * DAY_MS > time - PROBATION_MS) end--;
  return days.slice(Math.max(0, end - COUNTED_DAYS), end);
}

/**
 * Is the person known well enough for something new to mean something? The earlier of so many days and so many sign-ins.
 * @param days since the first lesson
 */
export function isLearned(signIns: SignIns | undefined, time: number, days: number, count: number): boolean {
  if (signIns === undefined) return false;
  return signIns.since_time <= time - Math.max(days * DAY_MS, PROBATION_MS) || signInsBefore(signIns, time).sign_ins >= count;
}
