import { didYouMean, nearest } from '../../src/config/suggest.js';

const KNOWN = ['session_idle', 'person_idle', 'tenant', 'tenants', 'log'];

test.each([
  ['sesion_idle', 'session_idle'],
  ['tenent', 'tenant'],
  ['TENANTS', 'tenants'],
  ['lgo', 'log'],
  ['idle_person', undefined],
  ['x', undefined],
])('%s: %s', (word, expected) => {
  expect(nearest(word, KNOWN)).toBe(expected);
});

test('says nothing when nothing is near', () => {
  expect(didYouMean('zzz', KNOWN)).toBe('');
  expect(didYouMean('tenent', KNOWN)).toBe('; did you mean "tenant"?');
});
