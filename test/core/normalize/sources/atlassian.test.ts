import { createAtlassianMapper } from '../../../../src/core/normalize/sources/atlassian.js';
import { fixture } from '../fixtures.js';

const mapper = createAtlassianMapper('acme');
const base = fixture('atlassian', 'sign-in').input;
const server = fixture('atlassian', 'server-log-changed').input;
const map = (action: string, changes: Record<string, unknown> = {}) =>
  mapper.map({ ...base, attributes: { ...(base['attributes'] as object), action, ...changes } })[0]!;
const act = (action: string, changes: Record<string, unknown> = {}) => mapper.map({ ...server, type: { action }, ...changes })[0]!;
const kim = { id: 'kim', type: 'users', attributes: { email: 'kim@fjord.example' } };

test.each([
  ['user_login', 'sign_in'],
  ['user_logged_out', 'sign_out'],
  ['user_logged_in_as_user', 'impersonation'],
  ['user_password_reset', 'recovery'],
  ['api_key_created', 'api_key'],
  ['scim_token_generated', 'api_key'],
  ['api_key_deleted', 'other'],
  ['app_installed', 'oauth_consent'],
  ['user_role_granted', 'role_grant'],
  ['saml_configuration_updated', 'policy_change'],
  ['domain_claimed', 'policy_change'],
  ['ip_allowlist_updated', 'policy_change'],
  ['authentication_policy_updated', 'policy_change'],
  ['mfa_enforcement_enabled', 'policy_change'],
  ['two_step_verification_disabled', 'mfa_change'],
  ['audit_log_exported', 'data_export'],
  ['page_viewed', 'other'],
])('%s is %s', (action, activity) => {
  expect(map(action)).toMatchObject({ action, activity });
});

test.each([
  ['User login successful', 'sign_in', 'success'],
  ['User login failed', 'sign_in', 'failure'],
  ['Global permission granted', 'role_grant', 'success'],
  ['Global permission requested', 'other', 'success'],
  ['Permission scheme added to project', 'policy_change', 'success'],
  ['Personal access token created', 'api_key', 'success'],
  ['Personal access token deleted', 'other', 'success'],
  ['Audit Log configuration updated', 'audit_tamper', 'success'],
  ['Audit Log search performed', 'other', 'success'],
  ['User added to group', 'other', 'success'],
  ['Plugin enabled', 'oauth_consent', 'success'],
  ['Space exported', 'data_export', 'success'],
  ['Workflow scheme added to project', 'other', 'success'],
])('%s is %s, %s', (action, activity, status) => {
  expect(act(action)).toMatchObject({ action, activity, status });
});

test('who removes somebody that is not named keeps their own sessions', () => {
  expect(map('user_deactivated').activity).toBe('other');
  expect(map('user_deactivated', { context: [kim] })).toMatchObject({
    activity: 'session_revoke',
    targets: [{ email: 'kim@fjord.example' }],
  });
});

test('a password of somebody else is reset, one`s own is changed', () => {
  expect(map('user_password_changed').activity).toBe('credential_change');
  expect(map('user_password_changed', { context: [kim] }).activity).toBe('recovery');
});

test.each([
  [{ id: '-1', name: 'System', type: 'system' }, 'system'],
  [{ id: '-2', name: 'Anonymous', type: 'user' }, 'unknown'],
  [{ id: '10001', name: 'ana', type: 'user' }, 'human'],
])('%j is %s', (author, type) => {
  expect(act('User login successful', { author }).principal.type).toBe(type);
});

test.each([
  { type: 'events', attributes: {} },
  { timestamp: 1, affectedObjects: [] },
  { summary: 'x', category: 'y' },
])('%j is of somebody else', (record) => {
  expect(mapper.recognises(record)).toBe(false);
});
