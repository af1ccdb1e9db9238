import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../src/config/duration.js';

test.each([
  ['0', 0],
  ['1ms', 1],
  ['90s', 90_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['7d', 604_800_000],
  ['-5m', -300_000],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', '-', '5', '5 m', 'm', '5x', '5m!', '1e3s', '5mm', 'P1D', '--5m'])('%p is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test('what is written is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms);
    }),
  );
});
