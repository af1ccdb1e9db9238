import { DECAY_MS, HABITS_PER_KIND, type Habit, type Habits, newHabits } from '../../../src/core/state/habits.js';
import { mergeHabits, mergeSignIns } from '../../../src/core/state/merge-habits.js';
import { newSignIns, type SignIns } from '../../../src/core/state/sign-ins.js';

const DAY = 86_400_000;
const habit = (value: string, first: number, over: Partial<Habit> = {}): Habit => ({
  value,
  first_time: first * DAY,
  again_time: undefined,
  last_time: first * DAY,
  present_time: undefined,
  unlearned_time: undefined,
  ...over,
});
const networks = (...network: Habit[]): Habits => ({ ...newHabits(), network });
const both = (a: Habit[], b: Habit[]) => mergeHabits(networks(...structuredClone(a)), networks(...structuredClone(b)))!.network;

describe('habits', () => {
  test('of two days under two keys make one of two days', () => {
    const one = both([habit('2119', 1)], [habit('2119', 3, { present_time: 3 * DAY })]);
    expect(one).toEqual([habit('2119', 1, { again_time: 3 * DAY, last_time: 3 * DAY, present_time: 3 * DAY })]);
    expect(both([habit('2119', 3, { present_time: 3 * DAY })], [habit('2119', 1)])).toEqual(one);
  });

  test('of one day under both stay one of one day', () => {
    expect(both([habit('2119', 1)], [habit('2119', 1.5)])).toEqual([habit('2119', 1, { last_time: 1.5 * DAY })]);
  });

  test('begin anew after a pause in which they were forgotten', () => {
    const late = habit('2119', 70);
    expect(both([habit('2119', 1)], [late])).toEqual([late]);
    expect(DECAY_MS).toBeLessThan(69 * DAY);
  });

  test('stay unlearned where they were, beside what is learned', () => {
    const gone = habit('2119', 1, { unlearned_time: 2 * DAY });
    expect(both([gone], [habit('2119', 3)])).toEqual([gone, habit('2119', 3)]);
  });

  test('that began at one time are in one order, whoever takes in whom', () => {
    const gone = habit('2119', 1, { unlearned_time: 2 * DAY });
    expect(both([gone], [habit('2119', 1)])).toEqual([gone, habit('2119', 1)]);
    expect(both([habit('2119', 1)], [gone])).toEqual([gone, habit('2119', 1)]);
  });

  test('are as many as one person may have, those of two days first', () => {
    const lasting = habit('0', 1, { again_time: 2 * DAY, last_time: 2 * DAY });
    const many = Array.from({ length: HABITS_PER_KIND }, (_, n) => habit(String(n + 1), 10 + n));
    const kept = both([lasting], many);
    expect(kept).toHaveLength(HABITS_PER_KIND);
    expect(kept[0]).toEqual(lasting);
  });

  test('of one side alone are those', () => {
    expect(mergeHabits(undefined, undefined)).toBeUndefined();
    expect(mergeHabits(undefined, networks(habit('1', 1)))!.network).toHaveLength(1);
  });
});

test('sign-ins are counted together, day by day', () => {
  const day = (over: Partial<SignIns['days'][number]>) => ({
    ...{ day: 1, sign_ins: 0, device_logged: 0, with_device: 0, handheld_logged: 0, handheld_with_device: 0 },
    ...{ factor_logged: 0, with_factor: 0, keep_logged: 0, kept_signed_in: 0, device_code: 0, ...over },
  });
  const cookies = { day: 4, logged: 2, again: 1, handheld_logged: 0, handheld_again: 0 };
  const a: SignIns = { ...newSignIns(5 * DAY), days: [day({ sign_ins: 2, with_factor: 1 }), day({ day: 3, sign_ins: 1 })] };
  const b: SignIns = { ...newSignIns(DAY), days: [day({ sign_ins: 1 }), day({ day: 2, sign_ins: 4 })], cookie_days: [cookies] };
  expect(mergeSignIns(a, b)).toEqual({
    since_time: DAY,
    days: [day({ sign_ins: 3, with_factor: 1 }), day({ day: 2, sign_ins: 4 }), day({ day: 3, sign_ins: 1 })],
    cookie_days: [cookies],
  });
  expect(mergeSignIns(undefined, b)).toBe(b);
});

describe('uses of credentials', () => {
  const uses = (...use: Habit[]): Habits => ({ ...newHabits(), use });
  const bothUses = (a: Habit[], b: Habit[]) => mergeHabits(uses(...structuredClone(a)), uses(...structuredClone(b)))!.use;

  test('are known as of both, each since it was seen first', () => {
    const [one, other] = [habit('k1 network 16509', 1), habit('k1 network 16509', 4)];
    expect(bothUses([one], [other, habit('k2 client boto3', 2)])).toEqual([
      habit('k1 network 16509', 1, { again_time: 4 * DAY, last_time: 4 * DAY }),
      habit('k2 client boto3', 2),
    ]);
  });

  test('are no more than one key would have', () => {
    const many = (from: number) => Array.from({ length: 12 }, (_, i) => habit(`k1 network ${from + i}`, i, { last_time: (20 + i) * DAY }));
    const joined = bothUses(many(100), many(200));
    expect(joined).toHaveLength(12);
    expect(new Set(joined.map(({ value }) => value)).size).toBe(12);
  });
});
