import type { Endpoint, UserAgent } from '../event/index.js';
import { isBefore, type Observation } from './observation.js';
import type { Print, Traits } from './print.js';

/** One thing that a person is used to: a network, a country, a client. */
export interface Habit {
  value: string;
  first_time: number;
  /** the first time on another UTC day than the first; undefined when it was seen on one day only */
  again_time: number | undefined;
  last_time: number;
  /** the last time that somebody else was found to be using it: what was seen up to then counts no longer; undefined mostly */
  unlearned_time: number | undefined;
}

/** `anonymizer` is the kind of network that hides where its users are, whichever of its thousand exits it was: `vpn`, `tor`. */
export type HabitKind = 'network' | 'country' | 'client' | 'lane' | 'device' | 'program' | 'anonymizer';
export const HABIT_KINDS: readonly HabitKind[] = ['network', 'country', 'client', 'lane', 'device', 'program', 'anonymizer'];
export type Habits = Record<HabitKind, Habit[]>;

/** Kept per kind; the least recently seen goes first. */
export const HABITS_PER_KIND = 16;
const DAY_MS = 86_400_000;
/** A habit counts only after this long, so that an intruder's first days teach nothing (and longer than any allowed lateness). */
export const PROBATION_MS = 72 * 3_600_000;
/** Forgotten when not seen for this long: baselines of the field decay within 30 to 60 days. */
export const DECAY_MS = 60 * DAY_MS;

export function newHabits(): Habits {
  return { network: [], country: [], client: [], lane: [], device: [], program: [], anonymizer: [] };
}

/** What an event says of its person's habits; undefined is unknown. */
export function habitsOf(print: Print, client: string | undefined): Readonly<Record<HabitKind, string | undefined>> {
  return {
    network: networkOf(print),
    country: print.endpoint?.country,
    client,
    lane: print.lane,
    device: deviceOf(print),
    program: programOf(print.user_agent),
    anonymizer: anonymizerOf(print.endpoint),
  };
}

/** Number of the network operator. */
export function networkOf({ endpoint }: Traits): string | undefined {
  return endpoint?.asn === undefined ? undefined : String(endpoint.asn);
}

export function deviceOf({ device_uid }: Traits): string | undefined {
  return device_uid === 'none' ? undefined : device_uid;
}

/** Relays and satellites hide nobody who wants to be hidden: they keep their users' country, or are how people get on the Internet at all. */
export function anonymizerOf(endpoint: Endpoint | undefined): 'vpn' | 'tor' | undefined {
  const kind = endpoint?.as_class;
  return kind === 'vpn' || kind === 'tor' ? kind : undefined;
}

/** Learns from an observation that no rule suspects, once it can no longer be re-ordered. */
export function learn(habits: Habits, seen: Observation): void {
  const values = habitsOf(seen.print, seen.client_uid);
  for (const kind of HABIT_KINDS) {
    const value = values[kind];
    if (value !== undefined) see(habits[kind], value, seen.time);
  }
}

/** `chrome/windows`: what program on which system; its version changes by itself. */
export function programOf(agent: UserAgent | undefined): string | undefined {
  return agent?.family === undefined ? undefined : `${agent.family}/${agent.os ?? ''}`;
}

function see(list: Habit[], value: string, time: number): void {
  for (const habit of list) {
    if (habit.value !== value || habit.unlearned_time !== undefined) continue;
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
  list.push({ value, first_time: time, again_time: undefined, last_time: time, unlearned_time: undefined });
  if (list.length > HABITS_PER_KIND) {
    list.splice(oldestOf(list), 1);
  }
}

/** The place of the one seen longest ago, of equals the first by its value: whichever was learned first. */
function oldestOf(list: readonly Habit[]): number {
  let oldest = 0;
  for (let i = 1; i < list.length; i++) {
    const one = list[i]!;
    const other = list[oldest]!;
    if (isBefore(one.last_time, one.value, other.last_time, other.value)) oldest = i;
  }
  return oldest;
}

/** Forgets the habit of any kind that was seen longest ago. @returns whether there was one */
export function dropHabit(habits: Habits | undefined): boolean {
  if (habits === undefined) return false;
  let from: Habit[] | undefined;
  for (const kind of HABIT_KINDS) {
    const list = habits[kind];
    if (list.length > 0 && (from === undefined || list[oldestOf(list)]!.last_time < from[oldestOf(from)]!.last_time)) from = list;
  }
  return from !== undefined && from.splice(oldestOf(from), 1).length > 0;
}

/**
 * Is it a habit at this moment: seen on two days, both before the probation, and not decayed? What was seen within the probation counts for
 * nothing, so that the answer does not depend on how much of it has arrived.
 */
export function isHabit(habits: Habits | undefined, kind: HabitKind, value: string, time: number): boolean {
  if (habits === undefined) return false;
  for (const habit of habits[kind]) {
    if (habit.value !== value || isUnlearned(habit, time)) continue;
    if (habit.again_time !== undefined && habit.again_time <= time - PROBATION_MS && habit.last_time >= time - DECAY_MS) return true;
  }
  return false;
}

/** Has the person any habit of the kind at this moment? Who was seen on one day only, or not for months, has none, and to them everything is new. */
export function hasHabit(habits: Habits | undefined, kind: HabitKind, time: number): boolean {
  return habits?.[kind].some(({ value }) => isHabit(habits, kind, value, time)) === true;
}

/** Was it seen at all before this moment, and not so long ago that it is forgotten? Of what can still be re-ordered the story knows more. */
export function wasSeen(habits: Habits | undefined, kind: HabitKind, value: string, time: number): boolean {
  if (habits === undefined) return false;
  for (const habit of habits[kind]) {
    if (habit.value !== value || habit.first_time >= time || habit.last_time < time - DECAY_MS) continue;
    if (!isUnlearned(habit, time)) return true;
  }
  return false;
}

/** Only what is younger than this is unlearned: that the thief uses the provider of a person's home takes nothing from that home. */
export const UNLEARNED_WITHIN_MS = 14 * DAY_MS;

/**
 * Takes back what was learned of a stranger's doings before anybody knew. It has its effect after the probation, when no late arrival can
 * change that it happened. @param time event time at which the stranger was found out, ms
 */
export function unlearn(habits: Habits, kind: HabitKind, value: string, time: number): void {
  for (const habit of habits[kind]) {
    if (habit.value !== value || habit.unlearned_time !== undefined) continue;
    if (habit.first_time < time - UNLEARNED_WITHIN_MS) continue;
    habit.unlearned_time = time;
  }
}

function isUnlearned({ unlearned_time }: Habit, time: number): boolean {
  return unlearned_time !== undefined && unlearned_time <= time - PROBATION_MS;
}

function dayOf(time: number): number {
  return Math.floor(time / DAY_MS);
}
