import {
  clientName,
  durationText,
  networkName,
  placeName,
  printName,
  spanText,
  timespanText,
  useName,
} from '../../../src/core/detect/names.js';
import type { Endpoint, UserAgent } from '../../../src/core/event/index.js';
import { NO_AGENT, type Traits } from '../../../src/core/state/print.js';
import { NO_TRAITS } from '../../helpers/world.js';

const HOUR = 3_600_000;

describe('a place', () => {
  test.each<[Partial<Endpoint>, string]>([
    [{ city: 'Oslo', country: 'NO', ip: '1.2.3.4' }, 'Oslo NO'],
    [{ country: 'NO', ip: '1.2.3.4' }, 'NO'],
    [{ city: 'Oslo' }, 'Oslo'],
    [{ ip: '1.2.3.4', hostname: 'h' }, '1.2.3.4'],
    [{ hostname: 'h' }, 'h'],
    [{}, 'somewhere'],
    [{ class: 'withheld', country: 'NO' }, "NO, by the vendor's word"],
  ])('%j', (endpoint, name) => {
    expect(placeName({ class: 'public', ...endpoint })).toBe(name);
  });

  test.each<[Partial<Endpoint>, string]>([
    [{ as_org: 'Telenor', asn: 2119, as_class: 'access', prefix: '1.2.3', country: 'NO' }, 'Telenor (AS2119), NO'],
    [{ asn: 2119, prefix: '1.2.3', country: 'NO' }, '1.2.3 (AS2119), NO'],
    [{ as_org: 'X', as_class: 'hosting', country: 'NO' }, 'X, hosting, NO'],
    [{ as_org: 'X', as_class: 'unknown', country: 'NO' }, 'X, NO'],
    [{ as_org: 'X', asn: 1, as_class: 'unknown', country: 'NO' }, 'X (AS1), in no list, NO'],
    [{ ip: '1.2.3.4', country: 'NO' }, '1.2.3.4, NO'],
    [{ country: 'NO' }, 'unknown network, NO'],
    [{ class: 'withheld', country: 'NO' }, "NO, by the vendor's word"],
  ])('network %j', (endpoint, name) => {
    expect(networkName({ class: 'public', ...endpoint })).toBe(name);
  });
});

test.each<[Partial<UserAgent>, string]>([
  [{ family: 'edge', major: 126, os: 'windows' }, 'edge 126 on windows'],
  [{ family: 'edge', os: 'windows' }, 'edge on windows'],
  [{ family: 'edge', major: 126 }, 'edge 126'],
  [{}, 'A very long user agent that goes on and '],
])('a client is called %j: %s', (agent, name) => {
  expect(clientName({ original: 'A very long user agent that goes on and on and on', kind: 'browser', ...agent })).toBe(name);
});

test.each([
  [0, '0 s'],
  [-40_000, '40 s'],
  [89_400, '89 s'],
  [90_000, '2 min'],
  [25 * 60_000, '25 min'],
  [90 * 60_000 - 1, '90 min'],
  [90 * 60_000, '1.5 h'],
  [47.96 * HOUR, '48 h'],
  [48 * HOUR, '2 days'],
  [10 * 24 * HOUR, '10 days'],
])('%i ms are %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test.each([
  [0, '0 s'],
  [1001, '2 s'],
  [10 * 60_000, '10 min'],
  [10 * 60_000 + 1, '11 min'],
  [2 * HOUR, '2 h'],
  [2 * HOUR + 1, '2.1 h'],
  [24 * HOUR, '24 h'],
])('a span of %i ms was no shorter than %s', (ms, text) => {
  expect(spanText(ms)).toBe(text);
});

test.each([
  [1000, '1 s'],
  [90_000, '90 s'],
  [100 * 60_000, '100 min'],
  [HOUR, '1 h'],
  [24 * HOUR, '24 h'],
])('a timespan of %i ms is %s', (ms, text) => {
  expect(timespanText(ms)).toBe(text);
});

describe('a use of a session', () => {
  const endpoint: Endpoint = { class: 'public', as_org: 'Telenor', asn: 2119, country: 'NO', city: 'Oslo' };
  const user_agent: UserAgent = { original: 'x', kind: 'browser', family: 'edge', major: 126, os: 'windows' };
  const traits = (over: Partial<Traits>): Traits => ({ ...NO_TRAITS, ...over });

  test.each<[string, Partial<Traits>, string]>([
    ['both', { endpoint, user_agent }, 'with edge 126 on windows from Telenor (AS2119), Oslo NO'],
    ['the program alone', { user_agent }, 'with edge 126 on windows'],
    ['the place alone', { endpoint }, 'from Telenor (AS2119), Oslo NO'],
    ['an absent program', { endpoint, user_agent: NO_AGENT }, 'with no user agent from Telenor (AS2119), Oslo NO'],
    ['nothing', {}, 'from an unknown place'],
  ])('%s', (_name, over, text) => {
    expect(useName(traits(over))).toBe(text);
    expect(printName(traits(over))).toBe(text.replace(/^(with|from) /, ''));
  });
});
