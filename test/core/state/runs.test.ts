import fc from 'fast-check';
import { addRun, type Run, silenceBetween } from '../../../src/core/state/runs.js';
import { runs as times } from '../../helpers/runs.js';

const GAP = 10;
const told = (moments: readonly number[]): Run[] => {
  const runs: Run[] = [];
  for (const time of moments) addRun(runs, { first_time: time, last_time: time }, GAP, (run) => run);
  return runs;
};

/** Told in order, one after the other. */
function plainly(moments: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (const time of [...moments].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && time - last.last_time <= GAP) last.last_time = time;
    else runs.push({ first_time: time, last_time: time });
  }
  return runs;
}

const moments = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 30 });

test('moments in any order are the same runs', () => {
  fc.assert(
    fc.property(moments, (all) => expect(told(all)).toEqual(plainly(all))),
    times(500),
  );
});

test('stretches are the moments of their ends, when they hold no longer silence', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 300 }), fc.nat({ max: GAP })), { maxLength: 20 }), (all) => {
      const runs: Run[] = [];
      for (const [first, length] of all) addRun(runs, { first_time: first, last_time: first + length }, GAP, (run) => run);
      expect(runs).toEqual(plainly(all.flatMap(([first, length]) => [first, first + length])));
    }),
    times(300),
  );
});

test('what is known already is nothing new', () => {
  const runs = told([0, 10, 20]);
  const add = (first_time: number, last_time = first_time) => addRun(runs, { first_time, last_time }, GAP, (run) => run);
  expect([add(5), add(0, 20), add(21), add(40), add(32)]).toEqual([false, false, true, true, true]);
  expect(runs).toEqual([
    { first_time: 0, last_time: 21 },
    { first_time: 32, last_time: 40 },
  ]);
});

describe('a silence', () => {
  const runs = told([0, 10, 20, 60, 70, 100]);
  test.each([
    [0, 20, 10, undefined],
    [5, 70, 40, undefined],
    [5, 70, 39, { first_time: 20, last_time: 60 }],
    // the one that lies before or behind does not matter
    [60, 70, 10, undefined],
    [61, 100, 30, undefined],
    [25, 55, 39, { first_time: 20, last_time: 60 }],
    // what is before the first and behind the last is not known
    [-1, 20, 100, { first_time: -1, last_time: 0 }],
    [90, 101, 30, { first_time: 100, last_time: 101 }],
    [200, 300, 1000, { first_time: 100, last_time: 300 }],
  ])('from %p to %p, longer than %p: %p', (from, to, most, silence) => {
    expect(silenceBetween(runs, from, to, most)).toEqual(silence);
  });

  test('of what was never heard of is all of it', () => {
    expect(silenceBetween([], 3, 9, 100)).toEqual({ first_time: 3, last_time: 9 });
  });
});
