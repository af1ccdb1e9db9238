import fc from 'fast-check';
import { Enforced, type SignOnEntry } from '../../../src/core/detect/enforced.js';
import { ACCOUNTS_MOST, HeardAccounts, SETTLED_MS, SILENT_MS } from '../../../src/core/detect/heard.js';
import type { SessionEvent } from '../../../src/core/event/index.js';
import { runs } from '../../helpers/runs.js';
import { MINUTE, say, T0 } from '../../helpers/world.js';

/** @param at minutes */
const event = (vendor: string, account: string, at = 0, rest: Partial<SessionEvent> = {}): SessionEvent => ({
  ...say({ at, n: at, activity: 'sign_in' }),
  source: { vendor, product: 'log', account },
  ...rest,
});
const SLACK: SignOnEntry = { app: { vendor: 'slack', account: 'T01ACME' }, provider: { vendor: 'okta', account: 'acme' } };
const HOUR = SETTLED_MS / MINUTE;

function heardOf(...events: SessionEvent[]): HeardAccounts {
  const heard = new HeardAccounts();
  for (const one of events) heard.see(one);
  return heard;
}
const unheard = (events: readonly SessionEvent[], entries: readonly SignOnEntry[] = [SLACK]) =>
  heardOf(...events)
    .unheard(new Enforced(entries), true)
    .map(({ side, name, why, accounts }) => [side, name, why, ...accounts].join(' '));

test('what is named and came is no news; nor is anything where nothing is named', () => {
  const events = [event('slack', 'T01ACME'), event('okta', 'acme')];
  expect(unheard(events)).toEqual([]);
  expect(unheard(events, [{ app: { vendor: 'slack' }, provider: { vendor: 'okta' } }])).toEqual([]);
  expect(heardOf(...events).unheard(undefined, true)).toEqual([]);
});

test('an account that never came is told with those that did', () => {
  expect(unheard([event('slack', 'T02'), event('slack', 'T01'), event('okta', 'acme')])).toEqual([
    'app slack/T01ACME no_account slack/T01 slack/T02',
  ]);
  expect(unheard([event('slack', 'T01ACME'), event('okta', 'acme.okta.com')])).toEqual([
    'provider okta/acme no_account okta/acme.okta.com',
  ]);
  expect(unheard([event('github', 'acme')])).toEqual(['app slack/T01ACME no_source', 'provider okta/acme no_source']);
});

test('each is told once, however many entries name it', () => {
  const entries = [SLACK, { ...SLACK, app: { vendor: 'github' } }];
  expect(unheard([event('slack', 'T01ACME'), event('github', 'acme')], entries)).toEqual(['provider okta/acme no_source']);
});

test('a provider has to tell of sign-ins: another of its logs proves nothing', () => {
  const entra: SignOnEntry = { app: SLACK.app, provider: { vendor: 'entra' } };
  const other = event('entra', 'tenant', 0, { activity: 'role_grant' });
  expect(unheard([event('slack', 'T01ACME'), other], [entra])).toEqual(['provider entra no_sign_ins']);
  expect(unheard([event('slack', 'T01ACME'), other, event('entra', 'tenant', 1)], [entra])).toEqual([]);
  // what could be meant in its place has to tell of them, too
  const named: SignOnEntry = { ...entra, provider: { vendor: 'entra', account: 'one' } };
  expect(unheard([event('slack', 'T01ACME'), other, event('entra', 'two')], [named])).toEqual(['provider entra/one no_account entra/two']);
});

test('a provider that tells of sign-ins no more is told with the time of the last', () => {
  const entra: SignOnEntry = { app: { vendor: 'entra' }, provider: { vendor: 'entra' } };
  const audit = event('entra', 'tenant', SILENT_MS / MINUTE + 2, { activity: 'role_grant' });
  expect(heardOf(event('entra', 'tenant', 1), audit).unheard(new Enforced([entra]), true)).toEqual([
    { side: 'provider', name: 'entra', why: 'no_sign_ins', last_time: T0 + MINUTE, accounts: [] },
  ]);
});

test('a provider of another tenant than the app explains nothing', () => {
  const events = [event('slack', 'T01ACME', 0, { tenant: 'acme' }), event('okta', 'acme', 0, { tenant: 'labs' })];
  expect(unheard(events)).toEqual(['provider okta/acme other_tenant']);
  expect(unheard([...events, event('okta', 'acme', 1, { tenant: 'acme' })])).toEqual([]);
});

test('what came and stays away for a month is told with the time of its last record', () => {
  const late = T0 + SILENT_MS + MINUTE;
  const days = Array.from({ length: 31 }, (_, day) => event('okta', 'acme', day * 24 * HOUR));
  const heard = heardOf(event('slack', 'T01ACME'), ...days, event('okta', 'acme', (late - T0) / MINUTE));
  expect(heard.unheard(new Enforced([SLACK]))).toEqual([
    { side: 'app', name: 'slack/T01ACME', why: 'silent', last_time: T0, accounts: [] },
  ]);
  expect(
    heardOf(event('slack', 'T01ACME', 1), ...days, event('okta', 'acme', (late - T0) / MINUTE)).unheard(new Enforced([SLACK])),
  ).toEqual([]);
});

test('after a stop of a month nothing is said before what comes again has had an hour to come', () => {
  const before = heardOf(event('slack', 'T01ACME'), event('okta', 'acme', 30)).take(10);
  const again = () => {
    const heard = new HeardAccounts();
    for (const { key, value } of before) heard.adopt(key, value);
    return heard;
  };
  const told = (heard: HeardAccounts) => heard.unheard(new Enforced([SLACK])).map(({ name, why }) => `${name} ${why}`);
  const at = SILENT_MS / MINUTE + 24 * HOUR;
  const heard = again();
  heard.see(event('okta', 'acme', at));
  expect(told(heard)).toEqual([]);
  heard.see(event('okta', 'acme', at + HOUR - 1));
  expect(told(heard)).toEqual([]);
  heard.see(event('okta', 'acme', at + HOUR));
  expect(told(heard)).toEqual(['slack/T01ACME silent']);
  // whatever it was that came first
  const other = again();
  other.see(event('github', 'acme', at));
  expect(told(other)).toEqual([]);
  for (const one of [event('slack', 'T01ACME', at + 1), event('okta', 'acme', at + 1), event('github', 'acme', at + HOUR)]) other.see(one);
  expect(told(other)).toEqual([]);
});

test('a stop of a day is as old as what was written down may be: what was silent before is said on', () => {
  const days = Array.from({ length: 31 }, (_, day) => event('okta', 'acme', day * 24 * HOUR));
  const heard = heardOf(event('slack', 'T01ACME'), ...days, event('okta', 'acme', 31 * 24 * HOUR + 60));
  expect(heard.unheard(new Enforced([SLACK])).map(({ why }) => why)).toEqual(['silent']);
});

test('of a source that has just begun to come nothing is said yet', () => {
  const heard = heardOf(event('github', 'acme'), event('okta', 'acme', HOUR - 1));
  const told = () => heard.unheard(new Enforced([SLACK])).map(({ name, why }) => `${name} ${why}`);
  expect(told()).toEqual([]);
  heard.see(event('slack', 'T02', HOUR));
  // an hour after anything came; of the app's source since then
  expect(told()).toEqual([]);
  heard.see(event('slack', 'T02', 2 * HOUR));
  expect(told()).toEqual(['slack/T01ACME no_account']);
  heard.see(event('slack', 'T01ACME', 2 * HOUR));
  expect(told()).toEqual([]);
});

test('of a source with more accounts than are remembered nothing is said', () => {
  const heard = new HeardAccounts();
  for (let n = 0; n < ACCOUNTS_MOST; n++) heard.see(event('slack', `T${n}x`));
  expect(heard.unheard(new Enforced([SLACK]), true).map(({ name }) => name)).toEqual(['slack/T01ACME', 'okta/acme']);
  heard.see(event('slack', 'T01ACME'));
  expect(heard.unheard(new Enforced([SLACK]), true).map(({ name }) => name)).toEqual(['okta/acme']);
});

test('what is new is written down at once, and then once a day', () => {
  const heard = heardOf(event('slack', 'T01ACME'), event('okta', 'acme', 0, { activity: 'role_grant' }));
  expect(heard.take(1)).toHaveLength(1);
  expect(heard.take(10).map(({ key }) => [key, HeardAccounts.owns(key)])).toEqual([['\naccount\nokta\ndefault\nacme', true]]);
  expect(heard.take(10)).toEqual([]);
  // that it tells of sign-ins is news
  heard.see(event('okta', 'acme', 1));
  expect(heard.take(10)).toHaveLength(1);
  heard.see(event('okta', 'acme', 2));
  expect(heard.take(10)).toEqual([]);
  heard.see(event('okta', 'acme', 24 * HOUR + 1));
  expect(heard.take(10)).toHaveLength(1);
  expect(HeardAccounts.owns('acme\nana@example.com')).toBe(false);
});

test.each(['', '{', 'null', '7', '{"last_time":"x"}', '{"last_time":1e999}'])(
  'what is no word of an account changes nothing: %j',
  (value) => {
    const heard = new HeardAccounts();
    heard.adopt('\naccount\nokta\ndefault\nacme', value);
    heard.adopt('\naccount\nokta', '{"last_time":1}');
    expect([heard.clock, heard.take(10)]).toEqual([0, []]);
  },
);

test('processes that tell each other know the same as one that saw it all, in whatever order', () => {
  const events = fc.array(
    fc.record({
      vendor: fc.constantFrom('slack', 'okta', 'github'),
      account: fc.constantFrom('T01ACME', 'acme', 'a\nb'),
      tenant: fc.constantFrom('acme', 'labs'),
      at: fc.integer({ min: 0, max: 60 * 24 * 70 }),
      activity: fc.constantFrom<SessionEvent['activity']>('sign_in', 'role_grant'),
    }),
    { minLength: 1, maxLength: 12 },
  );
  const entries = [SLACK, { app: { vendor: 'github', account: 'a\nb' }, provider: { vendor: 'okta' } }];
  fc.assert(
    fc.property(events, fc.nat(), (all, seed) => {
      const told = all.map(({ vendor, account, at, ...rest }) => event(vendor, account, at, rest));
      const one = heardOf(...told);
      const two = [new HeardAccounts(), new HeardAccounts()];
      for (const [n, seen] of [...told].reverse().entries()) two[(seed >> (n % 16)) & 1]!.see(seen);
      const [a, b] = two as [HeardAccounts, HeardAccounts];
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const)
        for (const { key, value } of from.take(100)) to.adopt(key, value);
      const enforced = new Enforced(entries);
      expect(a.unheard(enforced, true)).toEqual(one.unheard(enforced, true));
      expect(b.unheard(enforced, true)).toEqual(one.unheard(enforced, true));
    }),
    runs(300),
  );
});
