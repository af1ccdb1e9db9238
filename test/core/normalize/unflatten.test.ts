import fc from 'fast-check';
import { unflatten } from '../../../src/core/normalize/unflatten.js';

const byDots = (column: string) => column.split('.');

test('paths become sections, and what is no column of the record is left out', () => {
  const pathOf = (column: string) => (column.startsWith('x_') ? undefined : byDots(column));
  expect(unflatten({ 'a.b.c': 1, 'a.b.d': null, 'a.e': [2], f: 'g', x_h: 3 }, pathOf)).toEqual({
    a: { b: { c: 1, d: null }, e: [2] },
    f: 'g',
  });
});

test('a section that a collector also wrote as a text gives way to its members', () => {
  expect(unflatten({ a: 'text', 'a.b': 1 }, byDots)).toEqual({ a: { b: 1 } });
  expect(unflatten({ a: null, 'a.b': 1 }, byDots)).toEqual({ a: { b: 1 } });
});

test('whatever its columns are called, a record changes nothing but itself', () => {
  const step = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'a', 'b');
  fc.assert(
    fc.property(fc.array(fc.array(step, { minLength: 1, maxLength: 4 })), (paths) => {
      const out = unflatten(Object.fromEntries(paths.map((path) => [path.join('.'), 'x'])), byDots);
      expect(Object.getPrototypeOf(out)).toBe(Object.prototype);
      expect(({} as Record<string, unknown>)['a'] ?? (Object as unknown as Record<string, unknown>)['a']).toBeUndefined();
      expect(typeof {}.toString).toBe('function');
    }),
  );
});

test('what is written as paths reads back as it was', () => {
  const flat = (value: unknown, path: string): [string, unknown][] =>
    typeof value === 'object' && value !== null && Object.keys(value).length > 0
      ? Object.entries(value).flatMap(([key, inner]) => flat(inner, path === '' ? key : `${path}.${key}`))
      : [[path, value]];
  const tree = fc.dictionary(
    fc.constantFrom('a', 'b', 'c'),
    fc.dictionary(fc.constantFrom('d', 'e'), fc.oneof(fc.string(), fc.integer()), { minKeys: 1 }),
    { minKeys: 1 },
  );
  fc.assert(fc.property(tree, (record) => expect(unflatten(Object.fromEntries(flat(record, '')), byDots)).toEqual(record)));
});
