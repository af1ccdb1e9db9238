import { createAsanaMapper } from '../../../../src/core/normalize/sources/asana.js';
import { fixture } from '../fixtures.js';

const mapper = createAsanaMapper('acme');
const base = fixture('asana', 'sign-in').input;
const map = (changes: Record<string, unknown>) => mapper.map({ ...base, ...changes })[0]!;

test.each([
  ['user_login_succeeded', 'sign_in', 'success'],
  ['user_login_failed', 'sign_in', 'failure'],
  ['user_logged_out', 'sign_out', 'success'],
  ['user_deprovisioned', 'session_revoke', 'success'],
  ['user_password_changed', 'credential_change', 'success'],
  ['user_password_reset', 'recovery', 'success'],
  ['user_forgot_password_started', 'recovery', 'interrupted'],
  ['user_password_reset_requested', 'recovery', 'interrupted'],
  ['user_email_updated', 'credential_change', 'success'],
  ['user_sessions_terminated', 'session_revoke', 'success'],
  ['service_account_token_reset', 'api_key', 'success'],
  ['workspace_super_admin_added', 'role_grant', 'success'],
  ['scim_enabled', 'policy_change', 'success'],
  ['workspace_export_requested', 'data_export', 'success'],
  ['user_two_factor_auth_enabled', 'mfa_change', 'success'],
  ['user_two_factor_auth_disabled', 'mfa_change', 'success'],
  ['user_app_authorized', 'oauth_consent', 'success'],
  ['user_app_revoked', 'other', 'success'],
  ['user_personal_access_token_authorized', 'api_key', 'success'],
  ['user_personal_access_token_revoked', 'other', 'success'],
  ['service_account_created', 'api_key', 'success'],
  ['service_account_deleted', 'other', 'success'],
  ['user_workspace_admin_role_changed', 'role_grant', 'success'],
  ['workspace_saml_settings_changed', 'policy_change', 'success'],
  ['workspace_google_sso_settings_changed', 'policy_change', 'success'],
  ['workspace_require_two_factor_auth_disabled', 'policy_change', 'success'],
  ['workspace_password_requirements_changed', 'policy_change', 'success'],
  ['workspace_associated_email_domain_added', 'policy_change', 'success'],
  ['workspace_require_app_approvals_of_type_changed', 'policy_change', 'success'],
  ['workspace_ip_allowlist_disabled', 'policy_change', 'success'],
  ['workspace_announcement_created', 'other', 'success'],
  ['workspace_export_started', 'data_export', 'success'],
  ['search_report_export_started', 'data_export', 'success'],
  ['attachment_downloaded', 'data_export', 'success'],
  ['team_privacy_settings_changed', 'policy_change', 'success'],
  ['project_privacy_settings_changed', 'session_use', 'success'],
  ['task_deleted', 'session_use', 'success'],
])('%s is %s, %s', (event_type, activity, status) => {
  expect(map({ event_type })).toMatchObject({ action: event_type, activity, status });
});

test.each([
  ['workspace_saml_settings_changed', 'required', 'optional', 'weakened'],
  ['workspace_saml_settings_changed', 'optional', 'required', 'changed'],
  ['workspace_password_requirements_changed', 'strong', 'simple', 'weakened'],
  ['workspace_require_two_factor_auth_disabled', undefined, undefined, 'disabled'],
  ['team_privacy_settings_changed', 'private', 'public', 'weakened'],
  ['team_privacy_settings_changed', 'public', 'private', 'changed'],
])('%s from %s to %s: %s', (event_type, old_value, new_value, effect) => {
  expect(map({ event_type, details: { old_value, new_value } }).details).toMatchObject({ effect });
});

test('a domain is not single sign-on because its name has the letters', () => {
  expect(map({ event_type: 'workspace_associated_email_domain_added' }).details).toMatchObject({ kind: 'domain' });
});

test.each([
  ['user', 'human'],
  ['asana', 'system'],
  ['anonymous', 'unknown'],
])('an actor of type %s is %s', (actor_type, type) => {
  expect(map({ actor: { actor_type, gid: '1' } }).principal.type).toBe(type);
});

test('only Asana`s own clients place a person', () => {
  const context = base['context'] as object;
  expect(map({}).is_presence).toBe(true);
  expect(map({ context: { ...context, context_type: 'api' } }).is_presence).toBe(false);
  expect(map({ context: { ...context, client_ip_address: '' } }).is_presence).toBe(false);
});

test('an id keeps all its digits', () => {
  expect(() => map({ gid: 2 ** 60 })).toThrow();
  expect(map({ gid: '12345678901234567890' }).id).toBe('12345678901234567890');
});

test('a row of another vendor is not taken', () => {
  expect(mapper.recognises({ event_type: 'x', event_category: 'y', actor: {} })).toBe(false);
  expect(mapper.recognises({ event_type: 5, event_category: 'y', gid: '1', actor: {} })).toBe(false);
});
