import { stateOf, warningOf } from '../../src/config/suppression-state.js';
import type { SuppressionEntry } from '../../src/core/detect/suppress.js';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
const entry = (over: Partial<SuppressionEntry> = {}): SuppressionEntry => ({
  id: 'guest',
  owner: 'netops',
  reason: 'r',
  from: NOW - DAY,
  expires: NOW + 100 * DAY,
  max_level: 'medium',
  ends: 'both',
  countries: ['NO'],
  ...over,
});

test.each([
  ['active', {}],
  ['active', { from: NOW, expires: NOW + 14 * DAY + 1 }],
  ['expires_soon', { expires: NOW + 14 * DAY }],
  ['expires_soon', { expires: NOW + 1 }],
  ['expired', { expires: NOW }],
  ['not_yet', { from: NOW + 1 }],
  ['not_yet', { from: NOW + 1, expires: NOW + DAY }],
] as const)('%s: %j', (state, over) => {
  expect(stateOf(entry(over), NOW)).toBe(state);
});

test.each([
  [{}, undefined],
  [{ from: NOW + 1 }, undefined],
  [{ expires: NOW }, 'the suppression "guest" of netops has expired and hides nothing that arrives now; renew or remove it'],
  [{ expires: NOW + DAY }, 'the suppression "guest" of netops expires on 2026-06-02'],
  [{ max_level: 'high' }, 'the suppression "guest" of netops hides findings up to high'],
  [
    { max_level: 'critical', expires: NOW + DAY },
    'the suppression "guest" of netops hides findings up to critical and expires on 2026-06-02',
  ],
  [{ max_level: 'critical', expires: NOW - DAY }, expect.stringContaining('has expired')],
] as const)('what is said of %j', (over, words) => {
  expect(warningOf(entry(over), NOW)).toEqual(words);
});
