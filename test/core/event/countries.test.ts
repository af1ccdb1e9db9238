import { COUNTRIES, countryMeant } from '../../../src/core/event/countries.js';

test('every code once, in order', () => {
  expect(COUNTRIES).toHaveLength(250);
  expect([...new Set(COUNTRIES)].sort()).toEqual(COUNTRIES);
  expect(COUNTRIES.every((code) => /^[A-Z]{2}$/.test(code))).toBe(true);
});

test('each has a name', () => {
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  expect(COUNTRIES.filter((code) => names.of(code) === undefined)).toEqual([]);
});

test.each([
  ['no', 'NO'],
  [' DE ', 'DE'],
  ['uk', 'GB'],
  ['EL', 'GR'],
  ['XX', undefined],
  ['Norway', undefined],
])('%s may mean %s', (written, meant) => expect(countryMeant(written)).toBe(meant));
