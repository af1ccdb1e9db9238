import fc from 'fast-check';
import { formatTime, parseTime } from '../../../src/core/event/time.js';

const at = (iso: string) => Date.parse(iso);

describe('times of vendors', () => {
  test.each([
    ['2026-03-02T08:15:30.250Z', '2026-03-02T08:15:30.250Z'],
    ['2026-03-02T08:15:30.2504321Z', '2026-03-02T08:15:30.250Z'],
    ['2007-01-09T09:41:00.535404056Z', '2007-01-09T09:41:00.535Z'],
    ['2026-03-02T08:15:30', '2026-03-02T08:15:30Z'],
    ['2026-03-02 08:15:30.983201900', '2026-03-02T08:15:30.983Z'],
    ['2026-03-02 08:15:30 UTC', '2026-03-02T08:15:30Z'],
    ['2026-03-02 08:15:30Z', '2026-03-02T08:15:30Z'],
    ['2026-03-02T08:15Z', '2026-03-02T08:15:00Z'],
    ['2026-03-02', '2026-03-02T00:00:00Z'],
    ['2026-03-02T10:15:30+02:00', '2026-03-02T08:15:30Z'],
    ['2026-03-02T03:15:30-0500', '2026-03-02T08:15:30Z'],
    ['2026-03-02T03:15:30-05', '2026-03-02T08:15:30Z'],
    ['2022-09-09T9:59:27.958Z', '2022-09-09T09:59:27.958Z'],
    ['8/22/2022 6:11:52 PM', '2022-08-22T18:11:52Z'],
    ['4/28/2021, 2:28:06.921 PM', '2021-04-28T14:28:06.921Z'],
    ['01/09/2007 09:41:00', '2007-01-09T09:41:00Z'],
    ['1/9/2007 12:41:00 AM', '2007-01-09T00:41:00Z'],
    ['31/12/2025 23:59', '2025-12-31T23:59:00Z'],
    ['Mon, 02 Mar 2026 08:15:30 +0100', '2026-03-02T07:15:30Z'],
    ['02 Mar 2026 08:15:30 GMT', '2026-03-02T08:15:30Z'],
    ['20220913052243.429', '2022-09-13T05:22:43.429Z'],
    ['1772439330', '2026-03-02T08:15:30Z'],
    ['/Date(1772439330250)/', '2026-03-02T08:15:30.250Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z'],
  ])('%s', (written, meant) => {
    expect(parseTime(written)).toBe(at(meant));
  });

  test.each([
    ['seconds', 1772439330],
    ['milliseconds', 1772439330000],
    ['microseconds', 1772439330000000],
    ['nanoseconds', 1772439330000000000],
    ['.NET ticks', 639080361300000000],
  ])('epoch %s are told apart by size', (_unit, value) => {
    expect(parseTime(value)).toBe(at('2026-03-02T08:15:30Z'));
  });

  test.each([
    '',
    'redacted',
    'unknown',
    '2026-13-02T08:15:30Z',
    '2026-02-29T08:15:30Z',
    '2026-03-02T25:15:30Z',
    '2026-03-02T08:61:30Z',
    '2026-03-02T08:15:30 at noon',
    '2026-03-02T08:15:30+25:00',
    '2026-03-02Tnoon',
    '2026-03-02T08:15:30.Z',
    '13/13/2026 08:15:30',
    // later than any date that can be printed
    `/Date(${'9'.repeat(40)})/`,
    '12345',
    12,
    Number.NaN,
    null,
    undefined,
    {},
    true,
  ])('%p is no time', (written) => {
    expect(parseTime(written)).toBeUndefined();
  });

  test('what is printed reads back, with any offset', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), fc.integer({ min: -14 * 60, max: 14 * 60 }), (time, offset) => {
        expect(parseTime(formatTime(time))).toBe(time);
        const local = formatTime(time + offset * 60_000).slice(0, -1);
        const hours = String(Math.trunc(Math.abs(offset) / 60)).padStart(2, '0');
        const zone = `${offset < 0 ? '-' : '+'}${hours}:${String(Math.abs(offset) % 60).padStart(2, '0')}`;
        expect(parseTime(local + zone)).toBe(time);
      }),
    );
  });

  test('never throws and never answers with anything but whole milliseconds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double(), fc.anything()), (written) => {
        const time = parseTime(written);
        expect(time === undefined || Number.isInteger(time)).toBe(true);
      }),
    );
  });
});
