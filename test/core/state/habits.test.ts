import fc from 'fast-check';
import {
  DECAY_MS,
  HABITS_PER_KIND,
  type HabitKind,
  type Habits,
  hasHabit,
  isHabit,
  learn,
  newHabits,
  PROBATION_MS,
  unlearn,
  wasSeen,
  wasSeenEarlier,
} from '../../../src/core/state/habits.js';
import { type Observation, observe } from '../../../src/core/state/observation.js';
import { newPrint, traitsOf } from '../../../src/core/state/print.js';
import { type Line, say, T0 } from '../../helpers/world.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function seen(time: number, line: Partial<Line> = {}): Observation {
  const event = { ...say({ at: 0, n: 1, ...line }), time };
  return observe(event, newPrint('browser', traitsOf(event)));
}

/** Habits of a person who was seen at these times. */
function taught(times: readonly number[], line: Partial<Line> = {}): Habits {
  const habits = newHabits();
  for (const time of times) learn(habits, seen(time, line));
  return habits;
}

// T0 is eight in the morning, UTC
const MIDNIGHT = T0 + 16 * HOUR;

describe('what is learned', () => {
  test.each<[HabitKind, string, Partial<Line>]>([
    ['network', '2119', { place: 0 }],
    ['country', 'NO', { place: 0 }],
    ['client', 'app-1', { client: 'app-1' }],
    ['lane', 'browser', {}],
    ['device', 'd1', { device: 'd1' }],
    ['program', 'edge/windows', {}],
    ['anonymizer', 'vpn', { place: 5 }],
    ['anonymizer', 'tor', { place: 8 }],
    ['cookie', 'c1', { cookie: 'c1' }],
  ])('%s %s', (kind, value, line) => {
    const habits = taught([T0, T0 + DAY], line);
    expect(isHabit(habits, kind, value, T0 + DAY + PROBATION_MS)).toBe(true);
    expect(isHabit(habits, kind, `${value}x`, T0 + DAY + PROBATION_MS)).toBe(false);
  });

  test('what an event does not say teaches nothing', () => {
    const event = { ...say({ at: 0, n: 1 }), src_endpoint: undefined, device: undefined, user_agent: undefined };
    const habits = newHabits();
    learn(habits, observe(event, newPrint('browser', traitsOf(event))));
    expect(newHabits()).toEqual({ network: [], country: [], client: [], lane: [], device: [], program: [], anonymizer: [], cookie: [] });
    expect(habits).toEqual({
      ...newHabits(),
      lane: [{ value: 'browser', first_time: T0, again_time: undefined, last_time: T0, unlearned_time: undefined }],
    });
  });

  test('nor does the cookie of a program that keeps none', () => {
    expect(taught([T0], { cookie: 'c1', agent: 4 }).cookie).toEqual([]);
    expect(taught([T0], { cookie: 'c1', agent: 5 }).cookie).toEqual([]);
    expect(taught([T0], { cookie: 'c1', agent: 6 }).cookie).toEqual([]);
  });

  test('nor does a log that names no devices', () => {
    expect(taught([T0], { product: 'graph_activity' }).device).toEqual([]);
  });

  test('that a log would have named a device is no device', () => {
    const habits = newHabits();
    const none = seen(T0);
    expect(none.print.device_uid).toBe('none');
    learn(habits, none);
    expect(habits.device).toEqual([]);
  });

  test('an address without operator or country teaches neither', () => {
    const event = say({ at: 0, n: 1 });
    event.src_endpoint = { ...event.src_endpoint!, asn: undefined, country: undefined };
    const habits = newHabits();
    learn(habits, observe(event, newPrint('browser', traitsOf(event))));
    expect(habits.network).toEqual([]);
    expect(habits.country).toEqual([]);
  });
});

describe('when it counts', () => {
  test('not before the second day has been on probation for its 72 hours', () => {
    const habits = taught([T0, T0 + DAY]);
    expect(PROBATION_MS).toBe(72 * HOUR);
    expect(isHabit(habits, 'network', '2119', T0 + DAY + PROBATION_MS - 1)).toBe(false);
    expect(isHabit(habits, 'network', '2119', T0 + DAY + PROBATION_MS)).toBe(true);
  });

  test('never after one day, however often', () => {
    const habits = taught([T0, T0 + HOUR, T0 + 2 * HOUR, MIDNIGHT - 1]);
    expect(isHabit(habits, 'network', '2119', T0 + 30 * DAY)).toBe(false);
  });

  test('days end at midnight UTC', () => {
    expect(isHabit(taught([T0, MIDNIGHT]), 'network', '2119', MIDNIGHT + PROBATION_MS)).toBe(true);
  });

  test('until it was not seen for 60 days', () => {
    const habits = taught([T0, T0 + DAY]);
    expect(DECAY_MS).toBe(60 * DAY);
    expect(isHabit(habits, 'network', '2119', T0 + DAY + DECAY_MS)).toBe(true);
    expect(isHabit(habits, 'network', '2119', T0 + DAY + DECAY_MS + 1)).toBe(false);
  });

  test('a sighting that keeps it alive', () => {
    const habits = taught([T0, T0 + DAY, T0 + 50 * DAY]);
    expect(isHabit(habits, 'network', '2119', T0 + 100 * DAY)).toBe(true);
  });

  test('taken up again after 60 days it begins anew', () => {
    const back = T0 + DAY + DECAY_MS + 1;
    const habits = taught([T0, T0 + DAY, back]);
    expect(habits.network).toEqual([{ value: '2119', first_time: back, again_time: undefined, last_time: back }]);
    learn(habits, seen(back + DAY));
    expect(isHabit(habits, 'network', '2119', back + DAY + PROBATION_MS - 1)).toBe(false);
    expect(isHabit(habits, 'network', '2119', back + DAY + PROBATION_MS)).toBe(true);
  });

  test('a pause of exactly 60 days is none', () => {
    const habits = taught([T0, T0 + DAY, T0 + DAY + DECAY_MS]);
    expect(habits.network[0]).toEqual({ value: '2119', first_time: T0, again_time: T0 + DAY, last_time: T0 + DAY + DECAY_MS });
  });
});

test('the order of learning does not matter', () => {
  fc.assert(
    fc.property(
      fc
        .array(fc.integer({ min: 0, max: 40 * 24 }), { minLength: 1, maxLength: 8 })
        .chain((hours) => fc.tuple(fc.constant(hours), fc.shuffledSubarray(hours, { minLength: hours.length }))),
      ([hours, shuffled]) => {
        const inOrder = [...hours].sort((a, b) => a - b);
        expect(taught(shuffled.map((h) => T0 + h * HOUR))).toEqual(taught(inOrder.map((h) => T0 + h * HOUR)));
      },
    ),
  );
});

describe('bounds', () => {
  const networks = (count: number): Habits => {
    const habits = newHabits();
    for (let i = 0; i < count; i++) {
      const event = { ...say({ at: 0, n: i }), time: T0 + ((i * 7) % count) * HOUR };
      event.src_endpoint = { ...event.src_endpoint!, asn: 1000 + i };
      learn(habits, observe(event, newPrint('browser', traitsOf(event))));
    }
    return habits;
  };

  test('sixteen of a kind', () => {
    expect(HABITS_PER_KIND).toBe(16);
    expect(networks(16).network).toHaveLength(16);
  });

  test('above that the one seen least recently goes', () => {
    const habits = networks(17);
    expect(habits.network).toHaveLength(16);
    expect(Math.min(...habits.network.map((habit) => habit.last_time))).toBe(T0 + HOUR);
  });

  test.each([0, 1, 8, 15, 16])('wherever it stands, be it as number %d', (place) => {
    const habits = newHabits();
    for (let i = 0; i < 17; i++) {
      const event = { ...say({ at: 0, n: i }), time: T0 + (i === place ? 0 : HOUR) };
      event.src_endpoint = { ...event.src_endpoint!, asn: 1000 + i };
      learn(habits, observe(event, newPrint('browser', traitsOf(event))));
    }
    const left = Array.from({ length: 17 }, (_, i) => String(1000 + i)).filter((_, i) => i !== place);
    expect(habits.network.map(({ value }) => value)).toEqual(left);
  });

  test('what one is used to stays, however many others come on one day', () => {
    const habits = taught([T0, T0 + DAY], { cookie: 'own' });
    for (let i = 0; i < 40; i++) learn(habits, seen(T0 + 2 * DAY + i, { cookie: `private ${i}` }));
    expect(habits.cookie.map(({ value }) => value)).toEqual(['own', ...Array.from({ length: 15 }, (_, i) => `private ${25 + i}`)]);
    expect(isHabit(habits, 'cookie', 'own', T0 + DAY + PROBATION_MS)).toBe(true);
  });

  test('unless it was forgotten', () => {
    const habits = taught([T0, T0 + DAY], { cookie: 'old' });
    for (let i = 0; i < 15; i++) learn(habits, seen(T0 + 30 * DAY + i, { cookie: `later ${i}` }));
    const came = (time: number): string[] => {
      const copy = { ...habits, cookie: [...habits.cookie] };
      learn(copy, seen(time, { cookie: 'new' }));
      return copy.cookie.map(({ value }) => value);
    };
    expect(came(T0 + DAY + DECAY_MS)).toContain('old');
    expect(came(T0 + DAY + DECAY_MS + 1)).not.toContain('old');
  });

  test('where all are habits, what is new takes the place of the one that was not seen longest', () => {
    const habits = newHabits();
    for (let i = 0; i < 16; i++) for (const day of [0, 1]) learn(habits, seen(T0 + day * DAY + i, { cookie: `own ${i}` }));
    learn(habits, seen(T0 + 2 * DAY, { cookie: 'new' }));
    expect(habits.cookie.map(({ value }) => value)).not.toContain('own 0');
    expect(habits.cookie.at(-1)?.value).toBe('new');
  });

  test('of equals the first', () => {
    const habits = newHabits();
    for (let i = 0; i < 17; i++) {
      const event = say({ at: 0, n: i });
      event.src_endpoint = { ...event.src_endpoint!, asn: 1000 + i };
      learn(habits, observe(event, newPrint('browser', traitsOf(event))));
    }
    expect(habits.network[0]?.value).toBe('1001');
  });

  test('be it the one that just came', () => {
    const habits = networks(16);
    const old = say({ at: -60, n: 99 });
    old.src_endpoint = { ...old.src_endpoint!, asn: 99 };
    learn(habits, observe(old, newPrint('browser', traitsOf(old))));
    expect(habits.network.some((habit) => habit.value === '99')).toBe(false);
    expect(habits.network).toHaveLength(16);
  });
});

describe('seen on an earlier day', () => {
  const at = (time: number, value = 'c1'): boolean => wasSeenEarlier(taught([T0, T0 + DAY], { cookie: 'c1' }), 'cookie', value, time);

  test('of UTC', () => {
    expect(at(MIDNIGHT - 1)).toBe(false);
    expect(at(MIDNIGHT)).toBe(true);
    expect(at(MIDNIGHT, 'c2')).toBe(false);
    expect(wasSeenEarlier(undefined, 'cookie', 'c1', MIDNIGHT)).toBe(false);
  });

  test('and not forgotten since', () => {
    expect(at(T0 + DAY + DECAY_MS)).toBe(true);
    expect(at(T0 + DAY + DECAY_MS + 1)).toBe(false);
  });

  test("nor a stranger's", () => {
    const habits = taught([T0], { cookie: 'c1' });
    unlearn(habits, 'cookie', 'c1', T0 + HOUR);
    expect(wasSeenEarlier(habits, 'cookie', 'c1', T0 + DAY)).toBe(false);
    learn(habits, seen(T0 + DAY, { cookie: 'c1' }));
    expect(wasSeenEarlier(habits, 'cookie', 'c1', T0 + DAY)).toBe(false);
    expect(wasSeenEarlier(habits, 'cookie', 'c1', T0 + 2 * DAY)).toBe(true);
  });
});

describe('what was ever seen', () => {
  const home = taught([T0, T0 + DAY]);

  test('from its first sight until it is forgotten', () => {
    expect(wasSeen(home, 'country', 'NO', T0)).toBe(false);
    expect(wasSeen(home, 'country', 'NO', T0 + 1)).toBe(true);
    expect(wasSeen(home, 'country', 'SE', T0 + 1)).toBe(false);
    expect(wasSeen(home, 'country', 'NO', T0 + DAY + DECAY_MS)).toBe(true);
    expect(wasSeen(home, 'country', 'NO', T0 + DAY + DECAY_MS + 1)).toBe(false);
    expect(wasSeen(undefined, 'country', 'NO', T0 + DAY)).toBe(false);
  });

  test('what a stranger used is not, once no late record can change that they did', () => {
    const habits = taught([T0, T0 + DAY]);
    unlearn(habits, 'country', 'NO', T0 + DAY);
    expect(wasSeen(habits, 'country', 'NO', T0 + DAY + PROBATION_MS - 1)).toBe(true);
    expect(wasSeen(habits, 'country', 'NO', T0 + DAY + PROBATION_MS)).toBe(false);
  });
});

test('what is seen again after it was taken back begins anew', () => {
  const habits = taught([T0, T0 + DAY]);
  unlearn(habits, 'network', '2119', T0 + 2 * DAY);
  for (const day of [3, 4]) learn(habits, seen(T0 + day * DAY));
  expect(habits.network.map(({ first_time, last_time }) => [(first_time - T0) / DAY, (last_time - T0) / DAY])).toEqual([
    [0, 1],
    [3, 4],
  ]);
  const isUsed = (time: number) => isHabit(habits, 'network', '2119', time);
  expect([isUsed(T0 + 6 * DAY), isUsed(T0 + 4 * DAY + PROBATION_MS)]).toEqual([false, true]);
});

test('what was known for two weeks is not taken back, and what was taken back is so since the first time', () => {
  const since = (...times: number[]) => {
    const habits = taught([T0, T0 + DAY]);
    for (const time of times) unlearn(habits, 'network', '2119', time);
    return habits.network[0]?.unlearned_time;
  };
  expect(since(T0 + 14 * DAY)).toBe(T0 + 14 * DAY);
  expect(since(T0 + 14 * DAY + 1)).toBeUndefined();
  expect(since(T0 + 2 * DAY, T0 + 3 * DAY)).toBe(T0 + 2 * DAY);
});

test('of whom nothing was learned has no habit of anything', () => {
  expect(hasHabit(undefined, 'network', T0)).toBe(false);
  expect(hasHabit(taught([T0, T0 + DAY]), 'network', T0 + 9 * DAY)).toBe(true);
});
