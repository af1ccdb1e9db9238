import type { Habit, Habits } from './habits.js';
import { newHabit } from './habits.js';
import { addRun, type Run } from './runs.js';

/**
 * When a person was at their identity provider: signed in there, was issued a token, went on from there to an app. Kept among the habits, in the list
 * `sign_on`, each run under the provider's name. What is closer together than this is one run, ms: nobody asks about less.
 */
export const SIGN_ON_GAP_MS = 10 * 60_000;
/** Of one person. With more of them the two that are closest become one: then rather too much is explained than too little. */
export const SIGN_ONS_PER_PERSON = 48;

/** @returns whether anything is known now that was not @param keepSince of runs that began before only the latest stays: that the provider knows the person, ms */
export function meetSignOn(habits: Habits, provider: string, time: number, keepSince: number): boolean {
  const own = runsOf(habits, provider);
  if (!addRun(own, { first_time: time, last_time: time }, SIGN_ON_GAP_MS, (run) => newRun(provider, run))) return false;
  while (own.length > 1 && own[1]!.first_time < keepSince) own.shift();
  const others = habits.sign_on.filter(({ value }) => value !== provider);
  const most = Math.max(1, SIGN_ONS_PER_PERSON - others.length);
  while (own.length > most) joinClosest(own);
  habits.sign_on = [...others, ...own];
  return true;
}

function newRun(provider: string, { first_time, last_time }: Run): Habit {
  return { ...newHabit(provider, first_time, undefined), last_time };
}

function joinClosest(runs: Run[]): void {
  let closest = 1;
  const gapBefore = (at: number) => runs[at]!.first_time - runs[at - 1]!.last_time;
  for (let at = 2; at < runs.length; at++) if (gapBefore(at) < gapBefore(closest)) closest = at;
  runs[closest - 1]!.last_time = runs[closest]!.last_time;
  runs.splice(closest, 1);
}

/** Runs of one provider, in order of time. */
export function runsOf(habits: Habits | undefined, provider: string): Habit[] {
  return habits?.sign_on.filter(({ value }) => value === provider) ?? [];
}

/** The latest run that reaches into the time between two moments, both included: exact, when they are at least the gap of runs apart. */
export function signedOnBetween(habits: Habits | undefined, provider: string, from: number, to: number): Habit | undefined {
  return runsOf(habits, provider).findLast(({ first_time, last_time }) => first_time <= to && last_time >= from);
}

/** What two keys of one person know of it, as one. */
export function mergeSignOns(into: Habits, other: Habits): void {
  for (const { value, first_time, last_time } of other.sign_on) {
    const own = runsOf(into, value);
    if (!addRun(own, { first_time, last_time }, SIGN_ON_GAP_MS, (run) => newRun(value, run))) continue;
    const others = into.sign_on.filter((habit) => habit.value !== value);
    while (own.length > Math.max(1, SIGN_ONS_PER_PERSON - others.length)) joinClosest(own);
    into.sign_on = [...others, ...own];
  }
}
