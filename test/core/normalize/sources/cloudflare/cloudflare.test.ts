import { createCloudflareMapper } from '../../../../../src/core/normalize/sources/cloudflare/cloudflare.js';
import { fixture } from '../../fixtures.js';

const mapper = createCloudflareMapper('acme');
const audit = fixture('cloudflare', 'gateway-rule').input;
const access = fixture('cloudflare', 'access-login').input;
const map = (changes: Record<string, unknown>) => mapper.map({ ...audit, ...changes })[0]!;

test.each([
  ['account', 'login', 'sign_in'],
  ['user', 'logout', 'sign_out'],
  ['account', 'token_create', 'api_key'],
  ['account', 'token_roll', 'api_key'],
  ['account', 'token_revoke', 'other'],
  ['user', 'API_key_view', 'api_key'],
  ['user', 'rotate_API_key', 'api_key'],
  ['user', 'tfa_enabled', 'mfa_change'],
  ['account', '2fa_enforced', 'policy_change'],
  ['account', 'require_2fa', 'policy_change'],
  ['user_api_tokens', 'create', 'api_key'],
  ['user_api_tokens', 'delete', 'other'],
  ['access.service_tokens', 'create', 'api_key'],
  ['user', 'change_password', 'credential_change'],
  ['user', 'two_factor_disabled', 'mfa_change'],
  ['user', '2fa_enabled', 'mfa_change'],
  ['account', 'add_member', 'role_grant'],
  ['members', 'update', 'role_grant'],
  ['members', 'delete', 'session_revoke'],
  ['gateway.rule', 'gateway_update', 'policy_change'],
  ['access.application', 'update', 'policy_change'],
  ['access_identity_providers', 'create', 'policy_change'],
  ['logpush job', 'job_delete', 'audit_tamper'],
  ['logpush job', 'job_create', 'policy_change'],
  ['logpush_jobs', 'update', 'audit_tamper'],
  ['user', 'tfa_disabled', 'mfa_change'],
  ['access.user', 'revoke', 'session_revoke'],
  ['firewall.rule', 'delete', 'policy_change'],
  ['rulesets', 'update', 'policy_change'],
  ['mtls_certificates', 'create', 'policy_change'],
  ['DNS_record', 'rec_add', 'other'],
  ['zone', 'purge', 'other'],
  ['zone', 'tls_settings_deployed', 'other'],
])('%s %s is %s', (ResourceType, ActionType, activity) => {
  expect(map({ ResourceType, ActionType })).toMatchObject({ action: ActionType, activity });
});

test.each([
  [true, 'success'],
  ['success', 'success'],
  [false, 'failure'],
  ['failure', 'failure'],
  [undefined, 'unknown'],
])('a result of %s is %s', (ActionResult, status) => {
  expect(map({ ActionResult }).status).toBe(status);
});

test('whoever removes a member known by a number keeps their own sessions', () => {
  expect(map({ ResourceType: 'members', ActionType: 'delete', ResourceID: 'm7' }).details).toMatchObject({ acts_on: 'm7' });
  const named = map({ ResourceType: 'members', ActionType: 'delete', Metadata: { member_email: 'kim@fjord.example' } });
  expect(named).toMatchObject({ activity: 'session_revoke', targets: [{ email: 'kim@fjord.example' }] });
});

test.each([
  ['2023-05-24T02:48:33+09:30', 1684862313000],
  [1684862313, 1684862313000],
  ['1684862313000000000', 1684862313000],
])('the time %s', (CreatedAt, time) => {
  expect(mapper.map({ ...access, CreatedAt })[0]?.time).toBe(time);
});

test('a service token is a service, and places nobody', () => {
  const mapped = mapper.map({ ...access, Email: '', UserUID: '', Connection: 'service_token' })[0]!;
  expect(mapped).toMatchObject({ principal: { type: 'service' }, is_presence: false });
  expect(mapper.map({ ...access, Email: '', UserUID: '', Connection: '' })[0]?.principal.type).toBe('unknown');
});

test('visitors of web sites are known, and no event', () => {
  const visit = { RayID: '1', ClientIP: '203.0.113.24', ClientRequestHost: 'www.fjord.example', EdgeStartTimestamp: 'x' };
  expect(mapper.recognises(visit)).toBe(true);
  expect(mapper.map(visit)).toEqual([]);
});

test('neither a ray nor an action is enough', () => {
  for (const record of [{ RayID: '1' }, { action: { type: 'x' }, actor: {} }, { ActionType: 'x', ActorType: 'user' }, { ray_id: '1' }]) {
    expect(mapper.recognises(record)).toBe(false);
  }
});
