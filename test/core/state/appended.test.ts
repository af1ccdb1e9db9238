import fc from 'fast-check';
import { appended } from '../../../src/core/state/appended.js';

test('the list with one more item, whatever its length', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 12 }), (items) => {
      let list: number[] = [];
      for (const item of items) list = appended(list, item);
      expect(list).toEqual(items);
    }),
  );
});

test('a short list stays as it was, so that one that is shared by many can be added to', () => {
  for (const length of [0, 1, 2, 3]) {
    const list = Array.from({ length }, (_, i) => i);
    expect(appended(list, 9)).not.toBe(list);
    expect(list).toHaveLength(length);
  }
});

test('a long list grows in place', () => {
  const list = [1, 2, 3, 4];
  expect(appended(list, 5)).toBe(list);
});
