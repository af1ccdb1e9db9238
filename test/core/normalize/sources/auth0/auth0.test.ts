import type { Mapped } from '../../../../../src/core/normalize/mapped.js';
import { createAuth0Mapper } from '../../../../../src/core/normalize/sources/auth0/auth0.js';
import { fixture } from '../../fixtures.js';

const mapper = createAuth0Mapper('acme');
const DATA = { date: '2026-03-02T08:15:30Z', log_id: '900', user_id: 'auth0|1', user_name: 'lena.berg@fjord.example', ip: '203.0.113.4' };

function of(type: string, more: Record<string, unknown> = {}): Mapped {
  return mapper.map({ log_id: '900', data: { ...DATA, type, ...more } })[0]!;
}

function call(method: string, path: string, description = '', body: unknown = {}): Mapped {
  return of('sapi', { description, details: { request: { method, path, body }, response: { statusCode: 200, body: {} } } });
}

test.each([
  ['s', 'sign_in', 'success'],
  ['f', 'sign_in', 'failure'],
  ['fp', 'sign_in', 'failure'],
  ['fu', 'sign_in', 'failure'],
  ['fcoa', 'sign_in', 'failure'],
  ['sepft', 'sign_in', 'success'],
  ['mfar', 'sign_in', 'interrupted'],
  ['gd_send_pn', 'sign_in', 'interrupted'],
  ['gd_send_sms_failure', 'sign_in', 'failure'],
  ['gd_auth_rejected', 'sign_in', 'failure'],
  ['gd_auth_succeed', 'sign_in', 'success'],
  ['fdeac', 'sign_in', 'failure'],
  ['seacft', 'token_issue', 'success'],
  ['sertft', 'token_issue', 'success'],
  ['fertft', 'token_issue', 'failure'],
  ['ssa', 'token_issue', 'success'],
  ['slo', 'sign_out', 'success'],
  ['flo', 'sign_out', 'failure'],
  ['universal_logout_succeeded', 'session_revoke', 'success'],
  ['srrt', 'session_revoke', 'success'],
  ['scp', 'credential_change', 'success'],
  ['fce', 'credential_change', 'failure'],
  ['gd_recovery_succeed', 'recovery', 'success'],
  ['gd_start_enroll', 'mfa_change', 'interrupted'],
  ['gd_enrollment_complete', 'mfa_change', 'success'],
  ['gd_unenroll', 'mfa_change', 'success'],
  ['my_account_authentication_method_failed', 'mfa_change', 'failure'],
  ['gd_tenant_update', 'policy_change', 'success'],
  ['ferrt', 'vendor_risk', 'failure'],
  ['limit_mu', 'vendor_risk', 'failure'],
  ['signup_pwd_leak', 'vendor_risk', 'failure'],
  ['new_thing_pwd_leak', 'vendor_risk', 'failure'],
  ['mgmt_api_read', 'session_use', 'success'],
  ['w', 'sign_in', 'unknown'],
  ['ss', 'other', 'success'],
  ['scpr', 'recovery', 'interrupted'],
  ['fcpr', 'recovery', 'failure'],
  ['flows_execution_completed', 'other', 'success'],
  ['sys_update_start', 'other', 'success'],
])('%s is %s, %s', (type, activity, status) => {
  expect(of(type)).toMatchObject({ activity, status });
});

test.each([
  ['post', '/api/v2/users/auth0%7C2/roles', 'role_grant'],
  ['delete', '/api/v2/users/auth0%7C2/roles', 'other'],
  ['post', '/api/v2/users/auth0%7C2/identities', 'credential_change'],
  ['post', '/api/v2/log-streams', 'policy_change'],
  ['post', '/api/v2/event-streams', 'policy_change'],
  ['post', '/api/v2/resource-servers', 'policy_change'],
  ['delete', '/api/v2/users/auth0%7C2/identities/google-oauth2/1', 'other'],
  ['post', '/api/v2/roles/rol_1/users', 'role_grant'],
  ['post', '/api/v2/roles', 'role_grant'],
  ['post', '/api/v2/organizations/org_1/invitations', 'role_grant'],
  ['delete', '/api/v2/organizations/org_1/invitations/i', 'other'],
  ['post', '/api/v2/tenants/invitations', 'role_grant'],
  ['put', '/api/v2/guardian/factors/sms', 'policy_change'],
  ['patch', '/api/v2/attack-protection/brute-force-protection', 'policy_change'],
  ['patch', '/v2/attack-protection/bot-detection', 'policy_change'],
  ['patch', '/api/v2/tenants/settings', 'policy_change'],
  ['put', '/api/v2/branding/templates/universal-login', 'policy_change'],
  ['post', '/api/v2/connections', 'policy_change'],
  ['delete', '/api/v2/connections/con_1', 'policy_change'],
  ['patch', '/api/v2/actions/triggers/post-login/bindings', 'policy_change'],

  ['patch', '/api/v2/log-streams/lst_1', 'audit_tamper'],
  ['delete', '/api/v2/log-streams/lst_1', 'audit_tamper'],
  ['post', '/api/v2/clients', 'oauth_consent'],
  ['patch', '/api/v2/clients/c1', 'policy_change'],
  ['post', '/api/v2/clients/c1/rotate-secret', 'app_credential'],
  ['post', '/api/v2/clients/c1/credentials', 'app_credential'],
  ['post', '/api/v2/client-grants', 'oauth_consent'],
  ['delete', '/api/v2/users/auth0%7C2/authentication-methods/m', 'mfa_change'],
  ['delete', '/api/v2/guardian/enrollments/dev_1', 'mfa_change'],
  ['post', '/api/v2/tickets/password-change', 'recovery'],
  ['post', '/api/v2/users/auth0%7C2/recovery-code-regeneration', 'recovery'],
  ['delete', '/api/v2/users/auth0%7C2/sessions', 'session_revoke'],
  ['delete', '/api/v2/refresh-tokens/r1', 'session_revoke'],
  ['post', '/api/v2/jobs/users-exports', 'data_export'],
  ['post', '/api/v2/connections/con_1/scim-configuration/tokens', 'api_key'],
  ['post', '/api/v2/users', 'other'],
  ['get', '/api/v2/users', 'session_use'],
])('%s %s is %s', (method, path, activity) => {
  expect(call(method, path).activity).toBe(activity);
});

test('a description stands where the path was lost', () => {
  expect(call('', '', 'Delete log stream').activity).toBe('audit_tamper');
  expect(call('put', '/nowhere', 'Set the Multi-factor Authentication policies').activity).toBe('policy_change');
  expect(call('post', '/nowhere', 'Create a role').activity).toBe('role_grant');
  expect(call('delete', '/nowhere', 'Delete an invitation to organization').activity).toBe('other');
});

test.each([
  ['Update a connection', 'policy_change'],
  ['Deploy an action', 'policy_change'],
  ['Update a client', 'policy_change'],
  ['Create a Log Stream', 'policy_change'],
  ['Rotate the Application Signing Key', 'app_credential'],
  ['Generate new multi-factor authentication recovery code', 'recovery'],
  ["Delete a user's authentication methods", 'mfa_change'],
  ['Link a user account', 'credential_change'],
  // whose: nobody says, and it must not be whoever did it
  ['Delete a user', 'other'],
])('%s without its path is %s', (description, activity) => {
  expect(call('', '', description).activity).toBe(activity);
  expect(call('post', '/nowhere', description).activity).toBe('other');
});

test('what an update of a user changes', () => {
  const update = (body: unknown, user = '2') => call('patch', `/api/v2/users/auth0%7C${user}`, 'Update a user', body);
  expect(update({ password: 'x' })).toMatchObject({ activity: 'recovery', targets: [{ uid: 'auth0|2' }] });
  expect(update({ password: 'x' }, '1').activity).toBe('credential_change');
  expect(update({ blocked: true }).activity).toBe('session_revoke');
  expect(update({ email: 'a@b.example' }).activity).toBe('credential_change');
  expect(update({ user_metadata: {} }).activity).toBe('other');
});

test('settings that ask for less are told', () => {
  const effect = (body: unknown) =>
    of('sapi', { details: { request: { method: 'put', path: '/api/v2/guardian/policies' }, response: { statusCode: 200, body } } })
      .details?.['effect'];
  expect([effect([]), effect(['all-applications']), effect({ enabled: false }), effect({ enabled: true }), effect({})]).toEqual([
    'disabled',
    'enabled',
    'disabled',
    'enabled',
    'changed',
  ]);
});

test('one session or all of them', () => {
  expect(call('delete', '/api/v2/users/auth0%7C2/sessions').details?.['scope']).toBeUndefined();
  expect(call('delete', '/api/v2/sessions/s1').details?.['scope']).toBe('session');
  expect(of('srrt').details?.['scope']).toBe('session');
  expect(of('universal_logout_succeeded').details).toBeUndefined();
});

test('a name that nobody has is taken only when it can be no password', () => {
  const name = (user_name: string) => of('fu', { user_id: '', user_name }).principal;
  expect(name('admin')).toMatchObject({ type: 'unknown', name: 'admin' });
  expect(name('x@fjord.example')).toMatchObject({ type: 'unknown', email: 'x@fjord.example' });
  expect(JSON.stringify(name('Correct-Horse-1'))).not.toContain('Horse');
});

test('machines are services, known by their client', () => {
  expect(of('sapi', { user_id: 'c1@clients', user_name: '' }).principal).toMatchObject({ type: 'service', uid: 'c1' });
  expect(of('seccft', { user_id: undefined, user_name: undefined, client_id: 'c1' }).principal).toMatchObject({
    type: 'service',
    uid: 'c1',
  });
});

test('sentinels are nothing, and servers place nobody', () => {
  expect(of('ss', { user_agent: 'unknown', ip: '' })).toMatchObject({ user_agent: undefined, ip: undefined, is_presence: false });
  expect(of('seacft').is_presence).toBe(false);
  expect(of('s').is_presence).toBe(true);
});

test.each([
  ['an envelope of somebody else', { data: { type: 's' } }],
  ['a record with a type and a date', { type: 'login', date: '2026-03-02' }],
  ['a list', { log_id: '1', data: [1] }],
])('%s is not taken', (_what, record) => {
  expect(mapper.recognises(record)).toBe(false);
});

test('the tenant of a record is its account', () => {
  expect(mapper.map(fixture('auth0', 'sign-in').input)[0]!.account).toBe('fjord-dev');
  expect(mapper.map(fixture('auth0', 'bare').input)[0]!.account).toBe('acme');
});
