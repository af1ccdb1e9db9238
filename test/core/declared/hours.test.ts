import fc from 'fast-check';
import { offsetsOf } from '../../../src/config/time-zone.js';
import type { DeclaredHours } from '../../../src/core/declared/declarations.js';
import { hoursText, isWithinHours, localText, offsetAt } from '../../../src/core/declared/hours.js';

const span = (more: Partial<DeclaredHours>): DeclaredHours => ({
  zone: 'UTC',
  days: [1, 2, 3, 4, 5],
  from: 7 * 60,
  to: 19 * 60,
  offsets: [{ from: 0, ms: 0 }],
  ...more,
});
/** A Monday. */
const at = (clock: string, day = 2) => Date.parse(`2026-03-0${day}T${clock}:00Z`);

test('a span begins with its first minute and ends before its last', () => {
  expect(['06:59', '07:00', '18:59', '19:00'].map((clock) => isWithinHours([span({})], at(clock)))).toEqual([false, true, true, false]);
});

test('on its days only', () => {
  expect([1, 2, 6, 7].map((day) => isWithinHours([span({})], at('12:00', day)))).toEqual([false, true, true, false]);
});

test('past midnight it is of the day on which it begins', () => {
  const night = [span({ from: 22 * 60, to: 6 * 60, days: [1] })];
  expect(
    [at('21:59'), at('22:00'), at('23:59'), at('00:00', 3), at('05:59', 3), at('06:00', 3)].map((t) => isWithinHours(night, t)),
  ).toEqual([false, true, true, true, true, false]);
  expect([at('00:30'), at('23:00', 3)].map((t) => isWithinHours(night, t))).toEqual([false, false]);
});

test('a whole day ends at 24:00; of several spans one is enough', () => {
  const all = [span({ days: [6], from: 0, to: 24 * 60 }), span({ days: [1], from: 0, to: 60 })];
  expect([at('23:59', 7), at('00:59'), at('01:00')].map((t) => isWithinHours(all, t))).toEqual([true, true, false]);
});

test('by the clock of its zone, whatever that does in the year', () => {
  const oslo = [span({ offsets: offsetsOf('Europe/Oslo') })];
  const times = ['2026-03-23T05:59Z', '2026-03-23T06:00Z', '2026-03-30T04:59Z', '2026-03-30T05:00Z'].map((text) => Date.parse(text));
  expect(times.map((time) => isWithinHours(oslo, time))).toEqual([false, true, false, true]);
});

test('any time has the offset that began last', () => {
  const offsets = [
    { from: 100, ms: 1 },
    { from: 200, ms: 2 },
    { from: 300, ms: 3 },
  ];
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 }), (time) => {
      expect(offsetAt(offsets, time)).toBe((offsets.findLast(({ from }) => from <= time) ?? offsets[0])!.ms);
    }),
  );
  expect(offsetAt([], 5)).toBe(0);
});

test('for people', () => {
  expect(hoursText([span({}), span({ days: [0], from: 0, to: 1440, zone: 'Europe/Oslo' })])).toBe(
    'mon tue wed thu fri 07:00-19:00 UTC, sun 00:00-24:00 Europe/Oslo',
  );
  expect(localText([span({ zone: 'Europe/Oslo', offsets: offsetsOf('Europe/Oslo') })], at('22:40'))).toBe('mon 23:40 Europe/Oslo');
});
