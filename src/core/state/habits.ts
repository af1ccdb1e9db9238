import type { Endpoint, UserAgent } from '../event/index.js';
import { isBefore, type Observation, whereOf } from './observation.js';
import type { Print, Traits } from './print.js';

/** One thing that a person is used to: a network, a country, a client. */
export interface Habit {
  value: string;
  first_time: number;
  /** the first time on another UTC day than the first; undefined when it was seen on one day only */
  again_time: number | undefined;
  last_time: number;
  /** the first time that the person was there themselves, not a server or a program that renews its tokens; undefined until they were */
  present_time: number | undefined;
  /** the last time that somebody else was found to be using it: what was seen up to then counts no longer; undefined mostly */
  unlearned_time: number | undefined;
}

/**
 * `anonymizer` is the kind of network that hides where its users are, whichever of its thousand exits it was: `vpn`, `tor`. `cookie` is the
 * provider's hash of the cookie by which it knows a browser again.
 */
export type HabitKind = 'network' | 'country' | 'client' | 'lane' | 'device' | 'program' | 'anonymizer' | 'cookie';
/** `use` is where and with what a credential is used, which usage.ts learns and asks for; `sign_on` when the person was at their provider: sign-ons.ts. */
export type HabitList = HabitKind | 'use' | 'sign_on';
export const HABIT_KINDS: readonly HabitKind[] = ['network', 'country', 'client', 'lane', 'device', 'program', 'anonymizer', 'cookie'];
export const HABIT_LISTS: readonly HabitList[] = [...HABIT_KINDS, 'use', 'sign_on'];
/** What may go when a person takes too much. Without `sign_on`: what is forgotten of it would be held against them. */
const DROPPED: readonly HabitList[] = [...HABIT_KINDS, 'use'];
export type Habits = Record<HabitList, Habit[]>;

/** Kept per kind: what commuters and travellers meet within 60 days, and as much room again for what is seen once. */
export const HABITS_PER_KIND = 24;
const DAY_MS = 86_400_000;
/** A habit counts only after this long, so that an intruder's first days teach nothing (and longer than any allowed lateness). */
export const PROBATION_MS = 72 * 3_600_000;
/** Forgotten when not seen for this long: baselines of the field decay within 30 to 60 days. */
export const DECAY_MS = 60 * DAY_MS;

export function newHabits(): Habits {
  return { network: [], country: [], client: [], lane: [], device: [], program: [], anonymizer: [], cookie: [], use: [], sign_on: [] };
}

/**
 * What an event says of its person's habits; undefined is unknown.
 * @param place of the event, where that is more than its print tells
 */
export function habitsOf(
  print: Print,
  client: string | undefined,
  place = print.endpoint,
): Readonly<Record<HabitKind, string | undefined>> {
  return {
    network: networkOf(print),
    country: place?.country,
    client,
    lane: print.lane,
    device: deviceOf(print),
    program: programOf(print.user_agent),
    anonymizer: anonymizerOf(print.endpoint),
    cookie: cookieOf(print),
  };
}

/** Only a browser keeps its cookies: a program that is written for the purpose comes with new ones every time, or with somebody's. */
export function cookieOf({ cookie_uid, user_agent }: Traits): string | undefined {
  return user_agent?.kind === 'browser' ? cookie_uid : undefined;
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

/** What a habit takes in a person's record beside its value, in letters of three bytes. */
const HABIT_LETTERS = 20;

/**
 * Learns from an observation that no rule suspects, once it can no longer be re-ordered.
 * @returns letters that are remembered now and were not before
 */
export function learn(habits: Habits, seen: Observation): number {
  let letters = 0;
  const values = habitsOf(seen.print, seen.client_uid, whereOf(seen));
  for (const kind of HABIT_KINDS) {
    const value = values[kind];
    if (value !== undefined && see(habits[kind], value, seen)) letters += value.length + HABIT_LETTERS;
  }
  return letters;
}

/**
 * Was the person there themselves? A phone renews its tokens in transit and a server reads mail for an application, wherever its cable ends: both
 * show what the person is used to, and neither that they have been there.
 */
export function isInPerson({ is_presence, activity }: Observation): boolean {
  return is_presence && activity !== 'token_issue';
}

/** `chrome/windows`: what program on which system; its version changes by itself. */
export function programOf(agent: UserAgent | undefined): string | undefined {
  return agent?.family === undefined ? undefined : `${agent.family}/${agent.os ?? ''}`;
}

/** @returns whether it is new */
function see(list: Habit[], value: string, seen: Observation): boolean {
  const { time } = seen;
  for (const habit of list) {
    if (habit.value !== value || habit.unlearned_time !== undefined) continue;
    meetAgain(habit, time);
    if (isInPerson(seen)) habit.present_time = Math.min(habit.present_time ?? time, time);
    return false;
  }
  list.push(newHabit(value, time, isInPerson(seen) ? time : undefined));
  boundHabits(list, time);
  return true;
}

/** Forgets what is more than is remembered of a kind. @param time of the latest event that was learned, ms */
export function boundHabits(list: Habit[], time: number): void {
  while (list.length > HABITS_PER_KIND) list.splice(leastMissed(list, time), 1);
}

export function newHabit(value: string, time: number, present_time: number | undefined): Habit {
  return { value, first_time: time, again_time: undefined, last_time: time, present_time, unlearned_time: undefined };
}

/** What is known becomes by one more sight of it: the same whatever the order in which they are told, unless months lie between them. */
export function meetAgain(habit: Habit, time: number): void {
  if (time < habit.first_time) {
    if (dayOf(time) !== dayOf(habit.first_time)) habit.again_time = habit.first_time;
    habit.first_time = time;
  } else if (time - habit.last_time > DECAY_MS) {
    // Forgotten in between: it begins anew.
    habit.first_time = time;
    habit.again_time = undefined;
    habit.present_time = undefined;
  } else if (dayOf(time) !== dayOf(habit.first_time)) habit.again_time = Math.min(habit.again_time ?? time, time);
  habit.last_time = Math.max(habit.last_time, time);
}

/**
 * Which goes when there are too many. Never what was seen on two days, as long as it counts: nobody pushes a person's habits out by meeting the
 * person with something new every hour, and no answer depends on how much of that is settled. What is seen for the first time has no place when
 * all that is known is lasting. @param time of the event that is learned, ms
 */
export function leastMissed(list: readonly Habit[], time: number): number {
  let least = list.length - 1;
  for (let i = least; i >= 0; i--) {
    const habit = list[i]!;
    if (isUnlearned(habit, time) || habit.last_time < time - DECAY_MS) return i;
    if (habit.again_time === undefined && habit.last_time <= list[least]!.last_time) least = i;
  }
  return least;
}

/**
 * Forgets of all kinds what is missed the least, whatever was learned first: what was seen on one day before what was seen on two, of each what was
 * seen the longest ago. @returns it, undefined when there is none
 */
export function dropHabit(habits: Habits | undefined): Habit | undefined {
  if (habits === undefined) return undefined;
  let from: Habit[] | undefined;
  let least: Habit | undefined;
  for (const kind of DROPPED) {
    for (const habit of habits[kind]) {
      if (least !== undefined && !isMissedLess(habit, least)) continue;
      least = habit;
      from = habits[kind];
    }
  }
  return from?.splice(from.indexOf(least!), 1)[0];
}

function isMissedLess(a: Habit, b: Habit): boolean {
  const isOneDay = a.again_time === undefined;
  if (isOneDay !== (b.again_time === undefined)) return isOneDay;
  return isBefore(a.last_time, a.value, b.last_time, b.value);
}

/**
 * Is it a habit at this moment: seen on two days, both before the probation, and not decayed? What was seen within the probation counts for
 * nothing, so that the answer does not depend on how much of it has arrived.
 */
export function isHabit(habits: Habits | undefined, kind: HabitKind, value: string, time: number): boolean {
  if (habits === undefined) return false;
  for (const habit of habits[kind]) if (habit.value === value && isLasting(habit, time)) return true;
  return false;
}

/** Does what is known count for a habit at this moment? */
export function isLasting(habit: Habit, time: number): boolean {
  const { again_time, last_time } = habit;
  return again_time !== undefined && again_time <= time - PROBATION_MS && last_time >= time - DECAY_MS && !isUnlearned(habit, time);
}

/** Has the person any habit of the kind at this moment? Who was seen on one day only, or not for months, has none, and to them everything is new. */
export function hasHabit(habits: Habits | undefined, kind: HabitKind, time: number): boolean {
  return habits?.[kind].some(({ value }) => isHabit(habits, kind, value, time)) === true;
}

/**
 * Was the person ever there themselves before this moment, and it was not seen so long ago that it is forgotten? Of what can still be re-ordered the
 * story knows more.
 */
export function wasMet(habits: Habits | undefined, kind: HabitKind, value: string, time: number): boolean {
  if (habits === undefined) return false;
  for (const habit of habits[kind]) {
    if (habit.value !== value || habit.present_time === undefined || habit.present_time >= time) continue;
    if (habit.last_time >= time - DECAY_MS && !isUnlearned(habit, time)) return true;
  }
  return false;
}

/** What of the kind the person was met with first, of what is learned and still counts at this moment: where they began. */
export function firstMet(habits: Habits | undefined, kind: HabitKind, time: number): string | undefined {
  let first: Habit | undefined;
  for (const habit of habits?.[kind] ?? []) {
    if (habit.present_time === undefined || habit.present_time >= time || isUnlearned(habit, time)) continue;
    if (habit.last_time >= time - DECAY_MS && (first?.present_time ?? time) > habit.present_time) first = habit;
  }
  return first?.value;
}

/** Was it seen on an earlier UTC day, without a pause that makes one forget? Asked when a sign-in teaches, in the order in which it is settled. */
export function wasSeenEarlier(habits: Habits | undefined, kind: HabitKind, value: string, time: number): boolean {
  if (habits === undefined) return false;
  for (const habit of habits[kind]) {
    if (habit.value !== value || habit.unlearned_time !== undefined || time - habit.last_time > DECAY_MS) continue;
    if (dayOf(habit.first_time) < dayOf(time)) return true;
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

export function isUnlearned({ unlearned_time }: Habit, time: number): boolean {
  return unlearned_time !== undefined && unlearned_time <= time - PROBATION_MS;
}

/** UTC days since 1970. */
export function dayOf(time: number): number {
  return Math.floor(time / DAY_MS);
}
