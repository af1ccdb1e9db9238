import { createMapper } from '../../../../../src/core/normalize/index.js';
import type { Mapped } from '../../../../../src/core/normalize/mapped.js';
import { createSlackMapper } from '../../../../../src/core/normalize/sources/slack/slack.js';
import { bytes, fixture } from '../../fixtures.js';

const mapper = createSlackMapper('argument');
const signIn = fixture('slack', 'sign-in').input as Record<string, Record<string, unknown>>;
const map = (change: object): Mapped => mapper.map({ ...signIn, ...change })[0] as Mapped;
const within = (change: object): Mapped => map({ context: { ...signIn['context'], ...change } });

test('an id of a session beyond 2^53 survives exactly', () => {
  const text = JSON.stringify(signIn).replace('4815162342001', '90071992547409931');
  expect(createMapper()(bytes(text)).records[0]?.mapped[0]?.session?.uid).toBe('90071992547409931');
  const row = JSON.stringify(fixture('slack', 'sentinel-row').input).replace('4815162342001', '90071992547409931');
  expect(createMapper()(bytes(row)).records[0]?.mapped[0]?.session?.uid).toBe('90071992547409931');
});

test.each([null, '', 'unknown', 0, '0'])('%p is no session', (session_id) => {
  expect(within({ session_id }).session).toBeUndefined();
});

test.each([
  ['the organisation', {}, 'E02FJORD01'],
  ['the organisation of who acts, in a workspace', { location: { type: 'workspace', id: 'T1' } }, 'E02FJORD01'],
])('the account is %s', (_name, change, account) => {
  expect(within(change).account).toBe(account);
  expect(within(change).session?.issuer).toBe(`slack:${account}`);
});

test('else the workspace, else what the configuration says', () => {
  const actor = { type: 'user', user: { id: 'U1', email: 'ana@fjord.example', team: 'T1' } };
  expect(map({ actor, context: { location: { type: 'workspace', id: 'T9' }, ua: 'x' } }).account).toBe('T9');
  expect(map({ actor, context: { ua: 'x' } }).account).toBe('argument');
});

describe('presence', () => {
  test.each([
    ['a person', {}, true],
    ['through an app', { app: { id: 'A1', name: 'x' } }, false],
    ['no address', { ip_address: '' }, false],
    ['stored by a server: neither client nor session', { ua: '', session_id: null }, false],
    ['without a session id', { session_id: null }, true],
  ])('%s', (_name, change, is) => {
    expect(within(change).is_presence).toBe(is);
  });

  test.each(['anomaly', 'user_session_invalidated', 'user_login_failed', 'scheduled_export_completed'])('never of %s', (action) => {
    expect(map({ action }).is_presence).toBe(false);
  });
});

test('who acts: a person, an app, Slack itself, or nobody', () => {
  const by = (actor: object) => map({ actor }).principal;
  expect(by({ type: 'app', app: { id: 'A1', name: 'Tide' } })).toEqual({ type: 'service', uid: 'A1', name: 'Tide' });
  expect(by({ type: 'system' }).type).toBe('system');
  expect(by({ type: 'workflow' })).toEqual({ type: 'unknown' });
  expect(by({ type: 'user', user: { id: 'U1', email: 'no address', name: '-' } })).toEqual({ type: 'human', uid: 'U1' });
});

test('who does it to themselves has it once', () => {
  const entity = (user: object) => map({ action: 'role_change_to_owner', entity: { type: 'user', user } }).targets;
  expect(entity({ id: 'U02ANA0001' })).toBeUndefined();
  expect(entity({ id: 'U9', email: 'tom@fjord.example' })).toMatchObject([{ uid: 'U9', email: 'tom@fjord.example' }]);
});

test('one session that is ended leaves the others', () => {
  const of = (action: string, change: object) => map({ action, ...change }).details;
  expect(of('user_session_invalidated', {})).toEqual({ session: '4815162342001', scope: 'session' });
  expect(of('user_session_invalidated', { context: { ua: 'x' } })).toEqual({ scope: 'session' });
  expect(of('user_session_reset_by_admin', {})).toBeUndefined();
});

test('reasons of an anomaly as a list, a word or the text of a list; without any, its name', () => {
  const reasons = (reason: unknown) => map({ action: 'anomaly', details: { reason } }).risk?.reasons;
  expect(reasons(['asn', 'tor'])).toEqual(['asn', 'tor']);
  expect(reasons('user_agent')).toEqual(['user_agent']);
  expect(reasons('["asn"]')).toEqual(['asn']);
  expect(reasons(undefined)).toEqual(['anomaly']);
  expect(map({ action: 'anomaly', details: { reason: ['tor'] } }).network).toEqual({ is_tor: true });
  expect(map({ action: 'anomaly', details: { reason: ['asn'] } }).network).toBeUndefined();
});

test('pages of the interface are read', () => {
  const page = { entries: [signIn, signIn], response_metadata: { next_cursor: '' } };
  expect(createMapper()(bytes(page)).records).toHaveLength(2);
});
