import { Enforced, feedOf, LEAST_WAIT_MS, nameOfAccount, OTHER_WAIT_MS, WAITS } from '../../../src/core/detect/enforced.js';
import type { SessionEvent } from '../../../src/core/event/index.js';
import { say } from '../../helpers/world.js';

const event = (vendor: string, account: string, rest: Partial<SessionEvent> = {}): SessionEvent => ({
  ...say({ at: 0, n: 0, activity: 'sign_in' }),
  source: { vendor, product: 'log', account },
  ...rest,
});

const enforced = new Enforced([
  { app: { vendor: 'slack' }, provider: { vendor: 'okta', account: 'acme' } },
  { app: { vendor: 'github', account: 'acme' }, provider: { vendor: 'okta', account: 'acme' } },
  { app: { vendor: 'github', account: 'acme' }, provider: { vendor: 'entra' }, wait: 1 },
  { app: { vendor: 'salesforce' }, provider: { vendor: 'pingone' } },
  { app: { vendor: 'box' }, provider: { vendor: 'google_workspace' } },
]);
const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);

test('an account that is named is meant, and all of a vendor whose account is not', () => {
  expect(names(enforced.into(event('slack', 'T1')))).toEqual(['okta/acme']);
  expect(names(enforced.into(event('github', 'acme')))).toEqual(['okta/acme', 'entra']);
  expect(names(enforced.into(event('github', 'mine')))).toEqual([]);
  expect(names(enforced.into(event('okta', 'acme')))).toEqual([]);
});

test('the wait is the operator`s, else the vendor`s; no shorter than clocks differ', () => {
  expect(enforced.waitOf('okta/acme')).toBe(WAITS['okta']);
  expect(enforced.waitOf('entra')).toBe(LEAST_WAIT_MS);
  expect(enforced.waitOf('pingone')).toBe(OTHER_WAIT_MS);
  expect(enforced.waitOf('okta')).toBeUndefined();
});

test('a provider that stands in two entries waits for the longer time', () => {
  const okta = { vendor: 'okta' };
  const twice = new Enforced([
    { app: { vendor: 'slack' }, provider: okta, wait: 3 * LEAST_WAIT_MS },
    { app: { vendor: 'notion' }, provider: okta, wait: 2 * LEAST_WAIT_MS },
  ]);
  expect(twice.into(event('notion', 'a'))).toEqual([{ name: 'okta', wait: 3 * LEAST_WAIT_MS }]);
});

test.each([
  ['signs in', { activity: 'sign_in' }, true],
  ['is issued a token', { activity: 'token_issue' }, true],
  ['goes on to an app', { activity: 'session_use' }, true],
  ['signs in, as a vendor tells that says nothing of how it ended', { status: 'unknown' }, true],
  ['fails to', { status: 'failure' }, false],
  ['is asked for more', { status: 'interrupted' }, false],
  ['is reset', { subject_role: 'target' }, false],
  ['signs out', { activity: 'sign_out' }, false],
] as const)('whoever %s: shown there %p', (_, rest, isShown) => {
  expect(enforced.shownAt(event('okta', 'acme', rest))).toEqual(isShown ? ['okta/acme'] : []);
});

test('the unified audit log shows people at Entra, and does not speak for its sign-ins', () => {
  expect(enforced.shownAt(event('m365', 'directory'))).toEqual(['entra']);
  expect(enforced.spokenBy(event('m365', 'directory'))).toEqual([]);
});

test('a log speaks with whatever became of a sign-in; another log of its vendor does not speak for it', () => {
  expect(enforced.spokenBy(event('okta', 'acme', { status: 'failure' }))).toEqual(['okta/acme']);
  expect(enforced.spokenBy(event('okta', 'acme', { activity: 'session_use' }))).toEqual(['okta/acme']);
  expect(enforced.spokenBy(event('okta', 'acme', { activity: 'policy_change' }))).toEqual([]);
  expect(enforced.spokenBy(event('okta', 'other'))).toEqual([]);
  expect(enforced.spokenBy(event('google_workspace', 'C1'))).toEqual(['google_workspace']);
  // files are looked at all day, whether or not sign-ins are delivered
  expect(enforced.spokenBy(event('google_workspace', 'C1', { activity: 'session_use' }))).toEqual([]);
  expect(enforced.spokenBy(event('slack', 'T1'))).toEqual([]);
});

test('what has no time, or a wrong one, tells nothing of a log', () => {
  const arrived = { arrival_time: say({ at: 0, n: 0 }).time };
  expect(enforced.spokenBy(event('okta', 'acme', { time_precision_ms: 3_600_000 }))).toEqual([]);
  expect(enforced.spokenBy(event('okta', 'acme', { time: arrived.arrival_time + 600_001, ...arrived }))).toEqual([]);
  expect(enforced.spokenBy(event('okta', 'acme', { time: arrived.arrival_time + 600_000, ...arrived }))).toEqual(['okta/acme']);
});

test('what they are called', () => {
  expect(nameOfAccount({ vendor: 'okta', account: 'acme' })).toBe('okta/acme');
  expect(nameOfAccount({ vendor: 'okta' })).toBe('okta');
  expect(feedOf('default', 'okta/acme')).toBe('default/okta/acme');
});
