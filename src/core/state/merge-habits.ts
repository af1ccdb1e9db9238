import { boundHabits, DECAY_MS, dayOf, HABIT_KINDS, type Habit, type Habits } from './habits.js';
import { NEVER } from './session.js';
import { type CookieDay, SIGN_IN_DAYS, type SignInDay, type SignIns } from './sign-ins.js';
import { mergeSignOns } from './sign-ons.js';
import { hasRoom } from './usage.js';

/**
 * What two keys of one person are used to, as one: each thing since it was seen first under either, and until it was seen last. What was unlearned
 * under one stays so beside what the other saw.
 * @returns the first, with what the second has more
 */
export function mergeHabits(into: Habits | undefined, other: Habits | undefined): Habits | undefined {
  if (into === undefined || other === undefined) return into ?? other;
  for (const kind of HABIT_KINDS) {
    const list = into[kind];
    for (const habit of other[kind]) {
      const at = list.findIndex(({ value, unlearned_time }) => value === habit.value && unlearned_time === habit.unlearned_time);
      if (at < 0) list.push(habit);
      else list[at] = oneHabit(list[at]!, habit);
    }
    list.sort(byBeginning);
    boundHabits(list, Math.max(0, ...list.map(({ last_time }) => last_time)));
  }
  mergeUses(into.use, other.use);
  mergeSignOns(into, other);
  return into;
}

/** What was learned of credentials, as far as there is room for it. */
function mergeUses(list: Habit[], other: readonly Habit[]): void {
  for (const habit of [...other].sort(byBeginning)) {
    const at = list.findIndex(({ value, unlearned_time }) => value === habit.value && unlearned_time === habit.unlearned_time);
    if (at >= 0) list[at] = oneHabit(list[at]!, habit);
    else if (hasRoom(list, habit.value, habit.last_time)) list.push(habit);
  }
  // what was taken back stands before what began anew
  list.sort(byBeginning);
}

/** What began at one time, and was unlearned under one key and not under the other, has an order, too: which goes for want of room must not depend on who takes in whom. */
function byBeginning(a: Habit, b: Habit): number {
  if (a.first_time !== b.first_time) return a.first_time - b.first_time;
  if (a.value !== b.value) return a.value < b.value ? -1 : 1;
  return (a.unlearned_time ?? NEVER) - (b.unlearned_time ?? NEVER);
}

function oneHabit(a: Habit, b: Habit): Habit {
  const [early, late] = a.first_time <= b.first_time ? [a, b] : [b, a];
  // forgotten in between: it began anew
  if (late.first_time - early.last_time > DECAY_MS) return late;
  const { value, first_time, unlearned_time } = early;
  const again = [early.again_time, late.first_time, late.again_time].filter(
    (time) => time !== undefined && dayOf(time) !== dayOf(first_time),
  );
  const present = [early.present_time, late.present_time].filter((time) => time !== undefined);
  return {
    value,
    first_time,
    again_time: leastOf(again as number[]),
    last_time: Math.max(early.last_time, late.last_time),
    present_time: leastOf(present),
    unlearned_time,
  };
}

function leastOf(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : Math.min(...times);
}

/** How two keys of one person sign in, as one: day by day the sums. */
export function mergeSignIns(into: SignIns | undefined, other: SignIns | undefined): SignIns | undefined {
  if (into === undefined || other === undefined) return into ?? other;
  return {
    since_time: Math.min(into.since_time, other.since_time),
    days: sumsOf<SignInDay>(into.days, other.days),
    cookie_days: other.cookie_days.length === 0 ? into.cookie_days : sumsOf<CookieDay>(into.cookie_days, other.cookie_days),
  };
}

type Counts<Day> = Day & Record<keyof Day, number>;

function sumsOf<Day extends { day: number }>(into: readonly Day[], other: readonly Day[]): Day[] {
  const days = new Map(into.map((one) => [one.day, one]));
  for (const one of other) {
    const known = days.get(one.day);
    days.set(one.day, known === undefined ? one : sumOf(known, one));
  }
  return [...days.values()].sort((a, b) => a.day - b.day).slice(-SIGN_IN_DAYS);
}

function sumOf<Day extends { day: number }>(a: Day, b: Day): Day {
  const counts = Object.entries(a as Counts<Day>).map(([name, count]) => [
    name,
    name === 'day' ? count : count + (b as Counts<Day>)[name as keyof Day],
  ]);
  return Object.fromEntries(counts) as Day;
}
