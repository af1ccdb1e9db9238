import fc from 'fast-check';
import {
  DECAY_MS,
  dropHabit,
  firstMet,
  HABITS_PER_KIND,
  type HabitKind,
  type Habits,
  hasHabit,
  isHabit,
  learn,
  newHabits,
  PROBATION_MS,
  unlearn,
  wasMet,
  wasSeenEarlier,
} from '../../../src/core/state/habits.js';
import { type Observation, observe } from '../../../src/core/state/observation.js';
import { newPrint, traitsOf } from '../../../src/core/state/print.js';
import { runs } from '../../helpers/runs.js';
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
    expect(newHabits()).toEqual({
      network: [],
      country: [],
      client: [],
      lane: [],
      device: [],
      program: [],
      anonymizer: [],
      cookie: [],
      sign_on: [],
      use: [],
    });
    expect(habits).toEqual({
      ...newHabits(),
      lane: [
        { value: 'browser', first_time: T0, again_time: undefined, last_time: T0, present_time: undefined, unlearned_time: undefined },
      ],
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
    expect(habits.network).toEqual([{ value: '2119', first_time: back, again_time: undefined, last_time: back, present_time: back }]);
    learn(habits, seen(back + DAY));
    expect(isHabit(habits, 'network', '2119', back + DAY + PROBATION_MS - 1)).toBe(false);
    expect(isHabit(habits, 'network', '2119', back + DAY + PROBATION_MS)).toBe(true);
  });

  test('a pause of exactly 60 days is none', () => {
    const habits = taught([T0, T0 + DAY, T0 + DAY + DECAY_MS]);
    expect(habits.network[0]).toEqual({
      value: '2119',
      first_time: T0,
      again_time: T0 + DAY,
      last_time: T0 + DAY + DECAY_MS,
      present_time: T0,
    });
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

  const last = HABITS_PER_KIND;
  const network = (asn: number, time: number): Observation => {
    const event = { ...say({ at: 0, n: asn }), time };
    event.src_endpoint = { ...event.src_endpoint!, asn };
    return observe(event, newPrint('browser', traitsOf(event)));
  };
  const valuesOf = ({ network }: Habits) => network.map(({ value }) => value);

  test('so many of a kind', () => {
    expect(HABITS_PER_KIND).toBe(24);
    expect(networks(last).network).toHaveLength(last);
  });

  test('of what was seen on one day that goes which was seen least recently', () => {
    const habits = networks(last + 1);
    expect(habits.network).toHaveLength(last);
    expect(Math.min(...habits.network.map((habit) => habit.last_time))).toBe(T0 + HOUR);
  });

  test.each([0, 1, 8, last - 1, last])('wherever it stands, be it as number %d', (place) => {
    const habits = newHabits();
    for (let i = 0; i <= last; i++) learn(habits, network(1000 + i, T0 + (i === place ? 0 : HOUR)));
    const left = Array.from({ length: last + 1 }, (_, i) => String(1000 + i)).filter((_, i) => i !== place);
    expect(valuesOf(habits)).toEqual(left);
  });

  test('what one is used to stays, however many others come on one day', () => {
    const habits = taught([T0, T0 + DAY], { cookie: 'own' });
    for (let i = 0; i < 40; i++) learn(habits, seen(T0 + 2 * DAY + i, { cookie: `private ${i}` }));
    expect(habits.cookie.map(({ value }) => value)).toEqual(['own', ...Array.from({ length: 23 }, (_, i) => `private ${17 + i}`)]);
    expect(isHabit(habits, 'cookie', 'own', T0 + DAY + PROBATION_MS)).toBe(true);
  });

  test('unless it was forgotten', () => {
    const habits = taught([T0, T0 + DAY], { cookie: 'old' });
    for (let i = 0; i < last; i++) learn(habits, seen(T0 + 30 * DAY + i, { cookie: `later ${i}` }));
    const came = (time: number): string[] => {
      const copy = { ...habits, cookie: [...habits.cookie] };
      learn(copy, seen(time, { cookie: 'new' }));
      return copy.cookie.map(({ value }) => value);
    };
    expect(came(T0 + DAY + DECAY_MS)).toContain('old');
    expect(came(T0 + DAY + DECAY_MS + 1)).not.toContain('old');
  });

  test('of equals the first', () => {
    const habits = newHabits();
    for (let i = 0; i <= last; i++) learn(habits, network(1000 + i, T0));
    expect(habits.network[0]?.value).toBe('1001');
  });

  test('be it the one that just came', () => {
    const habits = networks(last);
    learn(habits, network(99, T0 - HOUR));
    expect(valuesOf(habits)).not.toContain('99');
    expect(habits.network).toHaveLength(last);
  });

  test('never what was seen on two days, however many come after it', () => {
    const habits = newHabits();
    for (const day of [0, 1]) for (let i = 0; i < 5; i++) learn(habits, network(i, T0 + day * DAY));
    for (let i = 0; i < 200; i++) learn(habits, network(1000 + i, T0 + 9 * DAY + i * HOUR));
    expect(valuesOf(habits).slice(0, 5)).toEqual(['0', '1', '2', '3', '4']);
    expect(valuesOf(habits).at(-1)).toBe('1199');
    expect(habits.network).toHaveLength(last);
  });

  test('when all were, what is new has no place until one is forgotten', () => {
    const habits = newHabits();
    for (const day of [0, 1]) for (let i = 0; i < last; i++) learn(habits, network(i, T0 + day * DAY + i * HOUR));
    learn(habits, network(99, T0 + 5 * DAY));
    expect(valuesOf(habits)).not.toContain('99');
    learn(habits, network(99, T0 + DAY + DECAY_MS));
    expect(valuesOf(habits)).not.toContain('99');
    learn(habits, network(99, T0 + DAY + DECAY_MS + 1));
    expect(valuesOf(habits)).toEqual([...Array.from({ length: last - 1 }, (_, i) => String(i + 1)), '99']);
  });

  test('or until it is known for three days that a stranger used it', () => {
    const habits = newHabits();
    for (const day of [0, 1]) for (let i = 0; i < last; i++) learn(habits, network(i, T0 + day * DAY));
    unlearn(habits, 'network', '7', T0 + 2 * DAY);
    learn(habits, network(99, T0 + 2 * DAY + PROBATION_MS - 1));
    expect(valuesOf(habits)).not.toContain('99');
    learn(habits, network(99, T0 + 2 * DAY + PROBATION_MS));
    expect(valuesOf(habits)).toContain('99');
    expect(valuesOf(habits)).not.toContain('7');
  });

  test('what is a habit does not depend on how much of the probation is learned already, however many there are', () => {
    const sights = fc.array(fc.record({ asn: fc.integer({ min: 1, max: 60 }), hour: fc.integer({ min: 0, max: 50 * 24 }) }), {
      minLength: 120,
      maxLength: 200,
    });
    fc.assert(
      fc.property(sights, fc.nat({ max: 47 }), (all, day) => {
        const now = T0 + (day + 3) * DAY;
        const inOrder = all.map(({ asn, hour }) => ({ asn, time: T0 + hour * HOUR })).sort((a, b) => a.time - b.time);
        const habits = newHabits();
        const answers = () => Array.from({ length: 61 }, (_, asn) => isHabit(habits, 'network', String(asn), now));
        let first: boolean[] | undefined;
        for (const { asn, time } of inOrder) {
          if (time > now - PROBATION_MS) first ??= answers();
          if (time >= now) break;
          learn(habits, network(asn, time));
        }
        if (first !== undefined) expect(answers()).toEqual(first);
      }),
      runs(200),
    );
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

describe('where somebody was themselves', () => {
  const home = taught([T0, T0 + DAY]);

  test('from its first sight until it is forgotten', () => {
    expect(wasMet(home, 'country', 'NO', T0)).toBe(false);
    expect(wasMet(home, 'country', 'NO', T0 + 1)).toBe(true);
    expect(wasMet(home, 'country', 'SE', T0 + 1)).toBe(false);
    expect(wasMet(home, 'country', 'NO', T0 + DAY + DECAY_MS)).toBe(true);
    expect(wasMet(home, 'country', 'NO', T0 + DAY + DECAY_MS + 1)).toBe(false);
    expect(wasMet(undefined, 'country', 'NO', T0 + DAY)).toBe(false);
  });

  test('what a stranger used is not, once no late record can change that they did', () => {
    const habits = taught([T0, T0 + DAY]);
    unlearn(habits, 'country', 'NO', T0 + DAY);
    expect(wasMet(habits, 'country', 'NO', T0 + DAY + PROBATION_MS - 1)).toBe(true);
    expect(wasMet(habits, 'country', 'NO', T0 + DAY + PROBATION_MS)).toBe(false);
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

test('for want of room goes what was seen on one day, then what was seen the longest ago, of whatever kind', () => {
  const habits = taught([T0, T0 + DAY], { place: 0, agent: 0 });
  for (const time of [T0 + 2 * DAY, T0 + 3 * DAY]) learn(habits, seen(time, { place: 3, agent: 2 }));
  learn(habits, seen(T0 + 9 * DAY, { place: 4, agent: 3 }));
  const gone: (string | undefined)[] = [];
  for (let one = dropHabit(habits); one !== undefined; one = dropHabit(habits)) gone.push(one.value);
  const once = ['9506', 'SG', 'safari/ios'];
  const longAgo = ['2119', 'NO', 'edge/windows'];
  expect(gone.filter((value) => once.includes(value!) || longAgo.includes(value!)).map((value) => once.includes(value!))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(gone.indexOf('14061')).toBeGreaterThan(gone.indexOf('2119'));
  expect(dropHabit(undefined)).toBeUndefined();
});

describe('where the person began', () => {
  const met = (line: Partial<Line>[], now: number) => {
    const habits = newHabits();
    for (const [i, one] of line.entries()) learn(habits, seen(T0 + i * DAY, { activity: 'sign_in', ...one }));
    return firstMet(habits, 'country', now);
  };

  test('is where they were met first before this moment, themselves', () => {
    expect(met([{ place: 3 }, { place: 0 }, { place: 3 }], T0 + 3 * DAY)).toBe('NL');
    expect(met([{ place: 3 }, { place: 0 }], T0 + 1)).toBe('NL');
    expect(met([{ place: 3 }], T0)).toBeUndefined();
    expect(met([{ place: 3, activity: 'token_issue' }, { place: 0 }, { place: 3 }], T0 + 3 * DAY)).toBe('NO');
    expect(firstMet(undefined, 'country', T0)).toBeUndefined();
  });

  test('is forgotten, and unlearned after the probation', () => {
    expect(met([{ place: 3 }, { place: 0 }], T0 + DECAY_MS)).toBe('NL');
    expect(met([{ place: 3 }, { place: 0 }], T0 + DECAY_MS + 1)).toBe('NO');
    const habits = newHabits();
    for (const [i, place] of [3, 0].entries()) learn(habits, seen(T0 + i * DAY, { activity: 'sign_in', place }));
    unlearn(habits, 'country', 'NL', T0 + DAY);
    expect(firstMet(habits, 'country', T0 + DAY + PROBATION_MS - 1)).toBe('NL');
    expect(firstMet(habits, 'country', T0 + DAY + PROBATION_MS)).toBe('NO');
  });
});
