import type { Mapped } from '../../../../src/core/normalize/mapped.js';
import { createOneLoginMapper } from '../../../../src/core/normalize/sources/onelogin.js';

const mapper = createOneLoginMapper('acme');

function of(type: number | string, more: Record<string, unknown> = {}): Mapped {
  const record = {
    event_type_id: type,
    actor_user_id: 1,
    actor_user_name: 'Max Brandt',
    user_id: 2,
    user_name: 'Lena Berg',
    ipaddr: '203.0.113.4',
  };
  return mapper.map({ ...record, event_timestamp: '2026-03-02 08:15:30 UTC', ...more })[0]!;
}

test.each([
  [3, 'impersonation', 'success'],
  [4, 'role_grant', 'success'],
  [5, 'sign_in', 'success'],
  [6, 'sign_in', 'failure'],
  [7, 'sign_out', 'success'],
  [8, 'session_use', 'success'],
  [15, 'session_revoke', 'success'],
  [17, 'session_revoke', 'success'],
  [19, 'sign_in', 'failure'],
  [22, 'mfa_change', 'success'],
  [24, 'mfa_change', 'success'],
  [72, 'role_grant', 'success'],
  [73, 'other', 'success'],
  [74, 'policy_change', 'success'],
  [76, 'policy_change', 'success'],
  [90, 'session_use', 'failure'],
  [157, 'policy_change', 'success'],
  [171, 'mfa_change', 'success'],
  [172, 'mfa_change', 'success'],
  [179, 'api_key', 'success'],
  [240, 'app_credential', 'success'],
  [510, 'recovery', 'success'],
  [516, 'session_revoke', 'success'],
  [531, 'session_revoke', 'success'],
  [553, 'session_revoke', 'success'],
  [10, 'recovery', 'interrupted'],
  [551, 'session_revoke', 'success'],
  [13, 'other', 'success'],
  [9, 'session_use', 'failure'],
  [106, 'recovery', 'failure'],
  [118, 'sign_in', 'failure'],
  [177, 'app_credential', 'success'],
  [178, 'policy_change', 'success'],
  [193, 'policy_change', 'success'],
  [206, 'oauth_consent', 'success'],
  [211, 'recovery', 'success'],
  [215, 'policy_change', 'success'],
  [244, 'data_export', 'success'],
  [410, 'policy_change', 'success'],
  [412, 'audit_tamper', 'success'],
  [540, 'mfa_change', 'success'],
  [539, 'sign_in', 'interrupted'],
  [550, 'session_revoke', 'success'],
  [552, 'other', 'success'],
  [555, 'impersonation', 'success'],
  [901, 'sign_in', 'failure'],
  [932, 'policy_change', 'success'],
  [950, 'sign_in', 'failure'],
  [1001, 'sign_in', 'interrupted'],
  [1010, 'sign_in', 'success'],
  [1100, 'recovery', 'success'],
  [1200, 'session_use', 'failure'],
  [1245, 'mfa_change', 'success'],
  [1300, 'oauth_consent', 'success'],
  [1408, 'policy_change', 'success'],
  [1600, 'mfa_change', 'success'],
  [2003, 'policy_change', 'success'],
  [2004, 'policy_change', 'failure'],
  [2107, 'role_grant', 'success'],
  [2109, 'other', 'success'],
  [3005, 'token_issue', 'success'],
  [3008, 'token_issue', 'failure'],
  [3010, 'sign_in', 'failure'],
  [3015, 'other', 'success'],
  [35, 'session_use', 'failure'],
  [87, 'session_use', 'success'],
  [160, 'policy_change', 'success'],
  [533, 'other', 'success'],
  [534, 'other', 'failure'],
  [802, 'policy_change', 'success'],
  [803, 'policy_change', 'failure'],
  [9016, 'policy_change', 'success'],
  [9017, 'policy_change', 'failure'],
  [9044, 'role_grant', 'failure'],
  [99999, 'other', 'success'],
])('type %s is %s, %s', (type, activity, status) => {
  expect(of(type)).toMatchObject({ activity, status });
  expect(of(String(type))).toMatchObject({ activity, status });
});

test('a password of oneself is a change, one that another set a recovery', () => {
  expect(of(11, { user_id: 1, user_name: 'Max Brandt' })).toMatchObject({ activity: 'credential_change', targets: undefined });
  expect(of(11)).toMatchObject({ activity: 'recovery', targets: [{ uid: '2' }] });
});

test('a factor is the person`s whom the record names, else the account`s', () => {
  expect(of(172)).toMatchObject({ activity: 'mfa_change', targets: [{ uid: '2' }], details: { change: 'removed' } });
  expect(of(170, { authentication_factor_description: 'Keys' }).details).toMatchObject({ change: 'added', factor: 'Keys' });
  expect(of(172, { user_id: null, user_name: null })).toMatchObject({
    activity: 'policy_change',
    details: { kind: 'mfa', effect: 'deleted' },
  });
});

test('details tell an app that was given from one that was made, a pass from a password, and what was done to a setting', () => {
  expect([1, 206, 600].map((type) => of(type, { app_name: 'CRM' }).details?.['kind'])).toEqual(['app_assignment', 'app_assignment', 'app']);
  expect([211, 1100].map((type) => of(type).details?.['change'])).toEqual(['password', 'temporary_pass']);
  expect([177, 240].map((type) => of(type).details?.['kind'])).toEqual(['certificate', 'secret']);
  expect([151, 147, 2107].map((type) => of(type).details?.['is_privileged'])).toEqual(['true', undefined, 'true']);
  expect([244, 132].map((type) => of(type).details?.['kind'])).toEqual(['report', 'export']);
  expect(of(87).details).toEqual({ secrets_read: '1' });
  expect(of(8).details).toBeUndefined();
  expect([22, 24, 1245].map((type) => of(type).details?.['change'])).toEqual(['added', 'removed', 'changed']);
  expect(
    [74, 162, 171, 192, 199, 410, 932, 1402, 2009, 2101, 160, 800, 9024].map(
      (type) => of(type, { user_id: 1, user_name: 'Max Brandt' }).details,
    ),
  ).toMatchObject([
    { kind: 'idp', effect: 'created' },
    { kind: 'network', effect: 'changed' },
    { change: 'changed' },
    { kind: 'mapping', effect: 'enabled' },
    { kind: 'directory', effect: 'deleted' },
    { kind: 'notification', effect: 'created' },
    { kind: 'sign_on', effect: 'disabled' },
    { kind: 'app', effect: 'changed' },
    { kind: 'hook', effect: 'deleted' },
    { kind: 'privilege', effect: 'created' },
    { kind: 'network', effect: 'deleted' },
    { kind: 'app', effect: 'created' },
    { kind: 'mapping', effect: 'deleted' },
  ]);
  expect(of(412).details).toEqual({ kind: 'log_stream', effect: 'deleted' });
});

test('somebody who has nobody else beside them acts on nobody', () => {
  expect(of(24, { user_id: 1 }).targets).toBeUndefined();
  expect(of(8).targets).toBeUndefined();
  expect(of(3).targets).toMatchObject([{ uid: '2', name: 'Lena Berg' }]);
});

test('who acts: a person, a system, whoever assumed the account', () => {
  expect(of(5).principal).toMatchObject({ type: 'human', uid: '1' });
  expect(of(531, { actor_user_id: null, actor_user_name: '', actor_system: 'API' }).principal).toEqual({ type: 'system', name: 'API' });
  expect(of(5, { actor_user_id: undefined, actor_user_name: undefined }).principal).toMatchObject({ uid: '2', name: 'Lena Berg' });
  expect(of(8, { assuming_acting_user_id: 9 }).principal).toMatchObject({ uid: '9', on_behalf_of: { uid: '1' } });
});

test('what people are called is not their address, but what somebody typed may be one', () => {
  const called = { user_name: 'ana@fjord.example', actor_user_name: 'ana@fjord.example' };
  expect(of(72, called)).toMatchObject({ principal: { uid: '1', email: undefined }, targets: [{ uid: '2', email: undefined }] });
  expect(of(6, { ...called, user_id: null, actor_user_id: null }).principal).toMatchObject({ uid: undefined, email: 'ana@fjord.example' });
});

test('an address of the person is theirs, not the administrator`s', () => {
  const email = { user_attributes_email: 'lena.berg@fjord.example' };
  expect(of(5, { ...email, actor_user_id: 2, actor_user_name: 'Lena Berg' }).principal.email).toBe('lena.berg@fjord.example');
  expect(of(72, email)).toMatchObject({ principal: { email: undefined }, targets: [{ email: 'lena.berg@fjord.example' }] });
});

test('scores are told in words', () => {
  expect([0, 10, 50, 90].map((risk_score) => of(5, { risk_score }).risk?.level)).toEqual([undefined, 'low', 'medium', 'high']);
  expect(of(5, { risk_score: '55', risk_reasons: 'New IP, New device' }).risk).toEqual({
    level: 'medium',
    reasons: ['New IP', 'New device'],
  });
});

test('a second factor is read from the way that the sign-in took', () => {
  const isMfa = (notes: string) => of(5, { notes }).auth?.is_mfa;
  expect(isMfa('Authentication method: Login App. Transitions: username -> password -> otp.')).toBe(true);
  expect(isMfa('Authentication method: Login App. Transitions: username -> password.')).toBeUndefined();
});

test('a program places nobody', () => {
  expect(of(5).is_presence).toBe(true);
  expect(of(5, { client_id: 'c1' })).toMatchObject({ is_presence: false, token: { uid: 'c1', kind: 'api_credential' } });
  expect(of(5, { ipaddr: '-' })).toMatchObject({ is_presence: false, ip: undefined });
});

test.each([
  ['a type alone', { event_type_id: 5 }],
  ['a type of somebody else', { event_type_id: 5, id: 1, created_at: 'x' }],
])('%s is not taken', (_what, record) => {
  expect(mapper.recognises(record)).toBe(false);
});
