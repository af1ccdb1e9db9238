import fc from 'fast-check';
import { dropHabit, newHabits } from '../../../src/core/state/habits.js';
import { meetSignOn, mergeSignOns, runsOf, SIGN_ONS_PER_PERSON, signedOnBetween } from '../../../src/core/state/sign-ons.js';
import { runs } from '../../helpers/runs.js';
import { MINUTE, T0 } from '../../helpers/world.js';

const minute = (n: number) => T0 + n * MINUTE;
const met = (moments: readonly (readonly [string, number])[], keepSince = 0) => {
  const habits = newHabits();
  for (const [provider, n] of moments) meetSignOn(habits, provider, minute(n), keepSince);
  return habits;
};
const words = (provider: string, habits: ReturnType<typeof newHabits>) =>
  runsOf(habits, provider).map(({ first_time, last_time }) => [(first_time - T0) / MINUTE, (last_time - T0) / MINUTE]);

const moments = fc.array(fc.tuple(fc.constantFrom('okta', 'entra/a'), fc.nat({ max: 600 })), { maxLength: 30 });

test('a provider is asked of what lies between two moments, and of its own', () => {
  const habits = met([
    ['okta', 0],
    ['okta', 8],
    ['okta', 100],
    ['entra', 50],
  ]);
  expect(words('okta', habits)).toEqual([
    [0, 8],
    [100, 100],
  ]);
  const between = (from: number, to: number) => signedOnBetween(habits, 'okta', minute(from), minute(to)) !== undefined;
  expect([between(9, 99), between(8, 99), between(9, 100), between(101, 200), between(2, 6)]).toEqual([false, true, true, false, true]);
});

test('in whatever order, the same is known', () => {
  fc.assert(
    fc.property(
      moments.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([all, other]) => {
        for (const provider of ['okta', 'entra/a']) expect(words(provider, met(other))).toEqual(words(provider, met(all)));
      },
    ),
    runs(300),
  );
});

test('two keys of one person know together what one would', () => {
  fc.assert(
    fc.property(moments, moments, (one, other) => {
      const into = met(one);
      mergeSignOns(into, met(other));
      for (const provider of ['okta', 'entra/a']) expect(words(provider, into)).toEqual(words(provider, met([...one, ...other])));
    }),
    runs(200),
  );
});

test('of what is too old the latest stays: the provider knows the person', () => {
  const habits = met([
    ['okta', 0],
    ['okta', 30],
    ['okta', 60],
  ]);
  meetSignOn(habits, 'okta', minute(5000), minute(1000));
  expect(words('okta', habits)).toEqual([
    [60, 60],
    [5000, 5000],
  ]);
});

test('with more than there is room for nothing is forgotten, and the closest become one', () => {
  const all = Array.from({ length: 3 * SIGN_ONS_PER_PERSON }, (_, n) => ['okta', n * 20 + (n % 3)] as const);
  const habits = met([['entra', 3], ...all]);
  expect(habits.sign_on).toHaveLength(SIGN_ONS_PER_PERSON);
  for (const [, n] of all) expect(signedOnBetween(habits, 'okta', minute(n), minute(n))).toBeDefined();
  expect(words('entra', habits)).toEqual([[3, 3]]);
});

test('it goes for no other habit: what is forgotten of it would be held against the person', () => {
  const habits = met([['okta', 0]]);
  expect(dropHabit(habits)).toBeUndefined();
  expect(words('okta', habits)).toEqual([[0, 0]]);
});
