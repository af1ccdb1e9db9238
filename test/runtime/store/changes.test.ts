import { Changes } from '../../../src/runtime/store/changes.js';

test('who changed first comes first, once, until they are clean', () => {
  const changes = new Changes();
  for (const key of ['b', 'a', 'b', 'c']) changes.touch(key);
  expect(changes.count()).toBe(3);
  expect(changes.first(1)).toBe('b');
  expect(changes.first(1)).toBe('b');
  expect(changes.clean('b')).toBe(true);
  expect(changes.clean('b')).toBe(false);
  changes.touch('b');
  expect(changes.first(1)).toBe('a');
  changes.clean('c');
  changes.clean('a');
  expect(changes.first(1)).toBe('b');
  changes.clean('b');
  expect(changes.first(1)).toBeUndefined();
  expect(changes.count()).toBe(0);
  changes.touch('d');
  expect(changes.first(1)).toBe('d');
});

test('generations', () => {
  const changes = new Changes();
  changes.touch('a');
  expect(changes.mark()).toBe(2);
  changes.touch('a');
  changes.touch('b');
  expect(changes.mark()).toBe(3);
  changes.touch('c');
  expect([0, 1, 2, 3, undefined].map((at) => changes.count(at))).toEqual([0, 1, 2, 3, 3]);
  expect(changes.first(0)).toBeUndefined();
  expect(changes.first(1)).toBe('a');
  changes.clean('a');
  expect(changes.first(1)).toBeUndefined();
  changes.touch('a');
  expect(changes.first(2)).toBe('b');
  changes.clean('b');
  expect(changes.first(2)).toBeUndefined();
  expect([changes.count(1), changes.count(2), changes.count(3)]).toEqual([0, 0, 2]);
  expect(changes.first(3)).toBe('c');
});
