import fc from 'fast-check';
import { Recent } from '../../../src/core/enrich/recent.js';

test('answers what was put in', () => {
  const recent = new Recent<number>(10);
  expect(recent.get('a')).toBeUndefined();
  recent.set('a', 1);
  recent.set('b', 2);
  expect([recent.get('a'), recent.get('b')]).toEqual([1, 2]);
  recent.set('a', 3);
  expect(recent.get('a')).toBe(3);
});

test('what is asked for stays, what is not goes', () => {
  const recent = new Recent<number>(4);
  recent.set('kept', 0);
  recent.set('gone', 0);
  for (let n = 1; n < 50; n++) {
    recent.set(`other ${n}`, n);
    expect(recent.get('kept')).toBe(0);
  }
  expect(recent.get('gone')).toBeUndefined();
});

test('never holds more than its bound, nor forgets what was put in last', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 9 }),
      fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 20 })), { maxLength: 100 }),
      (max, steps) => {
        const recent = new Recent<number>(max);
        for (const [isSet, n] of steps) {
          if (isSet) {
            recent.set(String(n), n);
            expect(recent.get(String(n))).toBe(n);
          } else expect([n, undefined]).toContain(recent.get(String(n)));
          expect(recent.size).toBeLessThanOrEqual(max);
        }
      },
    ),
  );
});
