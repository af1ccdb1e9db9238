import { PROBATION_MS } from './habits.js';
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

/** What is known of a person's way to sign in. */
export interface SignIns {
  /** event time of the first lesson of any kind */
  since_time: number;
  /** ordered by day */
  days: SignInDay[];
}

/** Days with sign-ins that are remembered; the oldest goes first. */
export const SIGN_IN_DAYS = 16;
/**
 * Of which so many are counted: between the probation and what was learned last lie at most five days, and whether those are learned yet must
 * not decide which is the oldest that counts.
 */
export const COUNTED_DAYS = SIGN_IN_DAYS - 5;
const DAY_MS = 86_400_000;

export function newSignIns(time: number): SignIns {
  return { since_time: time, days: [] };
}

/** Learns from an observation that no rule suspects, once it can no longer be re-ordered. */
export function learnSignIn(signIns: SignIns, seen: Observation): void {
  if (seen.time < signIns.since_time) signIns.since_time = seen.time;
  if (seen.activity !== 'sign_in') return;
  const auth = seen.more?.auth;
  const device = seen.print.device_uid;
  const one = dayFor(signIns, Math.floor(seen.time / DAY_MS));
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

function dayFor(signIns: SignIns, day: number): SignInDay | undefined {
  const { days } = signIns;
  let at = days.length;
  while (at > 0 && days[at - 1]!.day > day) at--;
  if (at > 0 && days[at - 1]!.day === day) return days[at - 1];
  if (at === 0 && days.length >= SIGN_IN_DAYS) return undefined;
  const one = newDay(day);
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

/**
 * Sums of the latest days that were over before the probation: what a later arrival cannot change.
 * @param time event time at which is asked, ms
 */
export function signInsBefore(signIns: SignIns | undefined, time: number): SignInDay {
  const sum = newDay(0);
  if (signIns === undefined) return sum;
  const { days } = signIns;
  let last = days.length - 1;
  while (last >= 0 && (days[last]!.day + 1) * DAY_MS > time - PROBATION_MS) last--;
  for (let i = last; i >= 0 && i > last - COUNTED_DAYS; i--) {
    const one = days[i]!;
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

/**
 * Is the person known well enough for something new to mean something? The earlier of so many days and so many sign-ins.
 * @param days since the first lesson
 */
export function isLearned(signIns: SignIns | undefined, time: number, days: number, count: number): boolean {
  if (signIns === undefined) return false;
  return signIns.since_time <= time - Math.max(days * DAY_MS, PROBATION_MS) || signInsBefore(signIns, time).sign_ins >= count;
}
