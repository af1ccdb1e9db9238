import type { Observation } from './observation.js';

/** One thing that a person is used to: a network, a country, a client. */
export interface Habit {
  value: string;
  first_time: number;
  /** the first time on another UTC day than the first; undefined when it was seen on one day only */
  again_time: number | undefined;
  last_time: number;
}

export type HabitKind = 'network' | 'country' | 'client' | 'lane' | 'device';
export type Habits = Record<HabitKind, Habit[]>;

/** Kept per kind; the least recently seen goes first. */
export const HABITS_PER_KIND = 16;
const DAY_MS = 86_400_000;
/** A habit counts only after this long, so that an intruder's first days teach nothing (and longer than any allowed lateness). */
export const PROBATION_MS = 72 * 3_600_000;
/** Forgotten when not seen for this long: baselines of the field decay within 30 to 60 days. */
export const DECAY_MS = 60 * DAY_MS;

export function newHabits(): Habits {
  return { network: [], country: [], client: [], lane: [], device: [] };
}

/** Learns from an observation that no rule suspects, once it can no longer be re-ordered. */
export function learn(habits: Habits, seen: Observation): void {
  const endpoint = seen.print.endpoint;
  if (endpoint?.asn !== undefined) see(habits.network, String(endpoint.asn), seen.time);
  if (endpoint?.country !== undefined) see(habits.country, endpoint.country, seen.time);
  if (seen.client_uid !== undefined) see(habits.client, seen.client_uid, seen.time);
  see(habits.lane, seen.print.lane, seen.time);
  if (seen.print.device_uid !== undefined && seen.print.device_uid !== 'none') see(habits.device, seen.print.device_uid, seen.time);
}

function see(list: Habit[], value: string, time: number): void {
  for (const habit of list) {
    if (habit.value !== value) continue;
    if (time < habit.first_time) {
      if (dayOf(time) !== dayOf(habit.first_time)) habit.again_time = habit.first_time;
      habit.first_time = time;
    } else if (time - habit.last_time > DECAY_MS) {
      // Forgotten in between: it begins anew.
      habit.first_time = time;
      habit.again_time = undefined;
    } else if (dayOf(time) !== dayOf(habit.first_time)) habit.again_time = Math.min(habit.again_time ?? time, time);
    habit.last_time = Math.max(habit.last_time, time);
    return;
  }
  list.push({ value, first_time: time, again_time: undefined, last_time: time });
  if (list.length > HABITS_PER_KIND) {
    let oldest = 0;
    for (let i = 1; i < list.length; i++) if (list[i]!.last_time < list[oldest]!.last_time) oldest = i;
    list.splice(oldest, 1);
  }
}

/**
 * Is it a habit at this moment: seen on two days, both before the probation, and not decayed? What was seen within the probation counts for
 * nothing, so that the answer does not depend on how much of it has arrived.
 */
export function isHabit(habits: Habits | undefined, kind: HabitKind, value: string, time: number): boolean {
  if (habits === undefined) return false;
  for (const habit of habits[kind]) {
    if (habit.value !== value) continue;
    return habit.again_time !== undefined && habit.again_time <= time - PROBATION_MS && habit.last_time >= time - DECAY_MS;
  }
  return false;
}

function dayOf(time: number): number {
  return Math.floor(time / DAY_MS);
}
