import { appended } from '../../../src/core/state/appended.js';

test('the list with one more item', () => {
  const one = appended([], 1);
  expect(one).toEqual([1]);
  expect(appended(one, 2)).toEqual([1, 2]);
});

test('grows in place; only the first item makes a list of its own', () => {
  const empty: number[] = [];
  const one = appended(empty, 1);
  expect(empty).toEqual([]);
  expect(appended(one, 2)).toBe(one);
});
