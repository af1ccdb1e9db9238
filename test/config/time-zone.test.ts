import { mistakeInZone, offsetsOf } from '../../src/config/time-zone.js';
import { offsetAt } from '../../src/core/declared/hours.js';

const HOUR = 3_600_000;
const at = (zone: string, text: string) => offsetAt(offsetsOf(zone), Date.parse(text)) / HOUR;

test.each([
  ['Europe/Oslo', '2026-03-29T00:59:59Z', 1],
  ['Europe/Oslo', '2026-03-29T01:00:00Z', 2],
  ['Europe/Oslo', '2026-10-25T00:59:59Z', 2],
  ['Europe/Oslo', '2026-10-25T01:00:00Z', 1],
  ['America/New_York', '2026-03-08T07:00:00Z', -4],
  ['Australia/Lord_Howe', '2026-01-01T00:00:00Z', 11],
  ['Australia/Lord_Howe', '2026-07-01T00:00:00Z', 10.5],
  ['Asia/Kolkata', '2026-07-01T00:00:00Z', 5.5],
  ['UTC', '2026-07-01T00:00:00Z', 0],
])('%s at %s is %d hours ahead', (zone, time, hours) => {
  expect(at(zone, time)).toBe(hours);
});

test('is the same as the clock of this machine says, all year', () => {
  for (const zone of ['Europe/Oslo', 'America/Sao_Paulo', 'Africa/Casablanca', 'Pacific/Apia']) {
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    for (let time = Date.UTC(2009, 0, 1); time < Date.UTC(2028, 0, 1); time += 53 * HOUR) {
      const local = new Date(time + offsetAt(offsetsOf(zone), time)).toISOString().slice(0, 19).replace('T', ' ');
      expect(format.format(time)).toBe(local);
    }
  }
});

test('a zone is worked out once', () => {
  expect(offsetsOf('Europe/Oslo')).toBe(offsetsOf('Europe/Oslo'));
});

test.each(['Europe/Oslo', 'UTC', 'Asia/Calcutta'])('%s is there', (zone) => expect(mistakeInZone(zone)).toBeUndefined());

test('a mistake says what was meant', () => {
  expect(mistakeInZone('Europe/Olso')).toBe(
    'there is no time zone "Europe/Olso"; did you mean "Europe/Oslo"?; expected an IANA name such as Europe/Oslo or UTC',
  );
  expect(mistakeInZone('+02:00')).toContain('there is no time zone "+02:00"');
});
