import { createOktaMapper } from '../../../../../src/core/normalize/sources/okta/okta.js';
import { fixture } from '../../fixtures.js';

const mapper = createOktaMapper();
const base = fixture('okta', 'sign-in').input;
function map(changes: Record<string, unknown>) {
  return mapper.map({ ...base, ...changes })[0]!;
}

test.each([
  ['SUCCESS', 'success'],
  ['ALLOW', 'success'],
  ['FAILURE', 'failure'],
  ['DENY', 'failure'],
  ['RATE_LIMIT', 'failure'],
  ['CHALLENGE', 'interrupted'],
  ['UNANSWERED', 'interrupted'],
  ['ABANDONED', 'interrupted'],
  ['SKIPPED', 'unknown'],
  ['', 'unknown'],
  [undefined, 'unknown'],
])('outcome %s is %s', (result, status) => {
  expect(map({ outcome: { result } }).status).toBe(status);
});

test.each([
  ['User', 'human'],
  ['SystemPrincipal', 'system'],
  ['PublicClientApp', 'service'],
  ['PublicClientAppEntity', 'service'],
  ['WorkloadPrincipal', 'workload'],
  ['AIAgent', 'agent'],
  ['Something', 'unknown'],
])('an actor of type %s is %s', (type, expected) => {
  expect(map({ actor: { id: '1', type, alternateId: 'x@fjord.example', displayName: 'X' } }).principal.type).toBe(expected);
});

test('the system is no person even where it calls itself a user', () => {
  const principal = map({ actor: { id: '1', type: 'User', alternateId: 'system@okta.com', displayName: 'system@okta.com' } }).principal;
  expect(principal).toEqual({ type: 'system', uid: '1', email: undefined, name: 'system@okta.com' });
});

test.each([
  [
    { rootSessionId: 'idxA', externalSessionId: '102' },
    { uid: 'idxA', root_uid: 'idxA', confidence: 'high' },
  ],
  [{ externalSessionId: '102' }, { uid: '102', root_uid: undefined, confidence: 'high' }],
  [{ externalSessionId: 'trs1' }, { uid: 'trs1', confidence: 'low' }],
])('session of %j', (authenticationContext, session) => {
  expect(map({ authenticationContext }).session).toMatchObject(session);
});

test.each([{ externalSessionId: 'unknown' }, { externalSessionId: '-', rootSessionId: null }, {}])(
  'no session of %j',
  (authenticationContext) => {
    expect(map({ authenticationContext }).session).toBeUndefined();
  },
);

test('a failed, challenged or machine-made event places nobody', () => {
  expect(map({}).is_presence).toBe(true);
  for (const changes of [
    { outcome: { result: 'FAILURE' } },
    { outcome: { result: 'CHALLENGE' } },
    { transaction: { type: 'JOB' } },
    { transaction: { type: 'WEB', detail: { requestApiTokenId: '00T1' } } },
    { client: { ...(base['client'] as object), ipAddress: null }, request: null },
    { eventType: 'system.push.send_factor_verify_push' },
    { eventType: 'system.sms.send_factor_verify_message' },
  ]) {
    expect(map(changes).is_presence).toBe(false);
  }
});

test('the token with which an application signs somebody in is not theirs', () => {
  const transaction = { type: 'WEB', detail: { requestApiTokenId: '00T1' } };
  const token = (debugData: object) => map({ transaction, debugContext: { debugData } }).token;
  expect(token({ requestUri: '/api/v1/authn' })).toEqual({ uid: '00T1', kind: 'app_token' });
  expect(token({ requestUri: '/api/v1/authn/factors/opf1/verify' })).toEqual({ uid: '00T1', kind: 'app_token' });
  expect(token({ requestUri: '/api/v1/users' })).toEqual({ uid: '00T1', kind: 'api_token' });
  expect(token({})).toEqual({ uid: '00T1', kind: 'api_token' });
});

test('a code or push that goes out is no success of whoever asked for it', () => {
  for (const eventType of [
    'system.push.send_factor_verify_push',
    'system.sms.send_factor_verify_message',
    'system.voice.send_mfa_challenge_call',
    'system.email.send_factor_verify_message',
    'system.email.password_reset.sent_message',
  ]) {
    expect(map({ eventType }).status).toBe('interrupted');
    expect(map({ eventType, outcome: { result: 'FAILURE' } }).status).toBe('failure');
  }
  expect(map({ eventType: 'system.email.challenge_factor_redeemed' }).status).toBe('success');
});

test('a password that somebody else set is a recovery, with the person as target', () => {
  const target = [{ id: '00u2', type: 'User', alternateId: 'tom.okafor@fjord.example', displayName: 'Tom' }];
  expect(map({ eventType: 'user.account.update_password', target })).toMatchObject({ activity: 'recovery', targets: [{ uid: '00u2' }] });
  expect(map({ eventType: 'user.account.update_password' }).activity).toBe('credential_change');
});

test('risk in any of its forms', () => {
  const debug = (debugData: object) => map({ debugContext: { debugData } }).risk;
  expect(debug({ risk: '{level=HIGH, reasons=A, B}' })).toEqual({ level: 'high', reasons: ['A', 'B'] });
  expect(debug({ risk: { level: 'LOW' } })).toEqual({ level: 'low', reasons: [] });
  expect(debug({ logOnlySecurityData: '{"risk":{"level":"MEDIUM"},"behaviors":{"New IP":"POSITIVE","Velocity":"NEGATIVE"}}' })).toEqual({
    level: 'medium',
    reasons: ['New IP'],
  });
  expect(debug({})).toBeUndefined();
});

test('the address falls back to the first hop', () => {
  expect(map({ client: { userAgent: null }, request: { ipChain: [{ ip: '198.51.100.4' }] } }).ip).toBe('198.51.100.4');
});

describe('a failed sign-in of a name that Okta does not know', () => {
  const typed = (name: string, result = 'FAILURE') =>
    map({
      actor: { id: 'unknown', type: 'User', alternateId: name, displayName: name },
      outcome: { result },
      target: [{ id: null, type: 'User', alternateId: name, displayName: name }],
    });

  test.each(['hunter2', 'hunter2 hunter2', 'hunter2@', 'P@hunter2'])('does not repeat %p, which may be the password', (name) => {
    expect(JSON.stringify(typed(name))).not.toContain('hunter2');
    expect(typed(name, 'CHALLENGE').principal).toEqual({ type: 'unknown' });
  });

  test('names a plain word, as sprays try them', () => {
    expect(typed('admin').principal).toMatchObject({ type: 'unknown', name: 'admin' });
  });

  test('names an address', () => {
    expect(typed('root@fjord.example').principal).toMatchObject({ type: 'unknown', email: 'root@fjord.example' });
  });
});

describe('the device of a sign-in', () => {
  const debugContext = { debugData: { dtHash: 'a1b2c3' } };

  test('is named with the browser where one took part', () => {
    const device = { id: 'guo1', name: 'Mac15,6', os_platform: 'OSX', managed: true, registered: true };
    expect(map({ device, debugContext }).device).toMatchObject({
      uid: 'guo1',
      evidence: 'observed',
      cookie_uid: 'a1b2c3',
      is_managed: true,
    });
  });

  test('is no id beside the browser where none did', () => {
    expect(map({ device: null, debugContext }).device).toMatchObject({ uid: undefined, evidence: 'observed', cookie_uid: 'a1b2c3' });
  });

  test.each([undefined, null, '-', ''])('a cookie that is written as %j is none', (dtHash) => {
    expect(map({ device: null, debugContext: { debugData: { dtHash } } }).device?.cookie_uid).toBeUndefined();
  });
});
