import { createAnthropicMapper } from '../../../../src/core/normalize/sources/anthropic.js';
import { anthropicActivity } from '../../../../src/core/normalize/sources/anthropic-activities.js';
import { fixture } from '../fixtures.js';

const mapper = createAnthropicMapper('acme');
const base = fixture('anthropic', 'sign-in').input;
const map = (changes: Record<string, unknown>) => mapper.map({ ...base, ...changes })[0]!;

test('whoever types an address has shown nothing yet', () => {
  const attempted = { type: 'user_attempted_magic_link_verification' };
  const nobody = { type: 'unauthenticated_user_actor', unauthenticated_email_address: 'ana@fjord.example' };
  expect(map({ ...attempted, actor: nobody })).toMatchObject({
    activity: 'sign_in',
    status: 'interrupted',
    principal: { type: 'unknown' },
  });
  expect(map(attempted).status).toBe('unknown');
});

test.each([
  ['sso_login_succeeded', 'sign_in', 'success'],
  ['org_hipaa_self_serve_enabled', 'policy_change', 'success'],
  ['claude_pubsec_identity_configured', 'policy_change', 'success'],
  ['sso_login_failed', 'sign_in', 'failure'],
  ['magic_link_login_initiated', 'sign_in', 'interrupted'],
  ['some_new_login_succeeded', 'sign_in', 'success'],
  ['user_logged_out', 'sign_out', 'success'],
  ['service_key_created', 'api_key', 'success'],
  ['platform_api_key_created', 'api_key', 'success'],
  ['scoped_api_key_updated', 'api_key', 'success'],
  ['tunnel_token_minted', 'api_key', 'success'],
  ['service_key_revoked', 'other', 'success'],
  ['admin_api_key_deleted', 'other', 'success'],
  ['role_assignment_granted', 'role_grant', 'success'],
  ['role_assignment_revoked', 'other', 'success'],
  ['rbac_role_assigned', 'role_grant', 'success'],
  ['claude_user_role_updated', 'role_grant', 'success'],
  ['rbac_role_updated', 'policy_change', 'success'],
  ['org_sso_connection_deleted', 'policy_change', 'success'],
  ['org_ip_restriction_deleted', 'policy_change', 'success'],
  ['org_domain_verified', 'policy_change', 'success'],
  ['org_directory_sync_deleted', 'policy_change', 'success'],
  ['mcp_tool_policy_updated', 'policy_change', 'success'],
  ['mcp_server_created', 'oauth_consent', 'success'],
  ['mcp_server_deleted', 'other', 'success'],
  ['integration_user_connected', 'oauth_consent', 'success'],
  ['integration_user_disconnected', 'other', 'success'],
  ['org_data_export_completed', 'data_export', 'success'],
  ['audit_log_export_accessed', 'data_export', 'success'],
  ['org_members_exported', 'data_export', 'success'],
  ['org_user_role_updated', 'role_grant', 'success'],
  ['integration_org_enabled', 'oauth_consent', 'success'],
  ['claude_file_downloaded', 'data_export', 'success'],
  ['platform_data_retention_updated', 'policy_change', 'success'],
  ['claude_chat_settings_updated', 'session_use', 'success'],
  ['claude_chat_viewed', 'session_use', 'success'],
  ['claude_chat_access_failed', 'session_use', 'failure'],
  ['platform_spend_limit_deleted', 'other', 'success'],
  ['org_user_invite_sent', 'other', 'success'],
])('%s is %s, %s', (type, activity, status) => {
  expect(map({ type })).toMatchObject({ action: type, activity, status });
});

test.each([
  ['user_actor', 'human'],
  ['unauthenticated_user_actor', 'unknown'],
  ['api_actor', 'service'],
  ['admin_api_key_actor', 'service'],
  ['scim_directory_sync_actor', 'system'],
  ['anthropic_actor', 'system'],
  ['managed_agent_actor', 'agent'],
  ['service_account_actor', 'service'],
  ['surprise_actor', 'unknown'],
])('%s is %s', (type, expected) => {
  expect(map({ actor: { type } }).principal.type).toBe(expected);
});

test('what is no address is no address, and nothing is no value', () => {
  const actor = { type: 'user_actor', email_address: 'ana', user_id: 'unknown', ip_address: '-', user_agent: '' };
  expect(map({ actor })).toMatchObject({ principal: { type: 'human' }, is_presence: false });
  const mapped = map({ actor });
  expect([mapped.principal.email, mapped.principal.uid, mapped.ip, mapped.user_agent]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('the organisation is the record`s, else the configuration`s', () => {
  expect(map({}).account).toBe('org_01Fjord');
  expect(map({ organization_id: null, organization_uuid: undefined }).account).toBe('acme');
});

test('who removes somebody that is not named keeps their own sessions', () => {
  expect(map({ type: 'org_user_deleted' })).toMatchObject({ activity: 'other', targets: undefined });
  expect(map({ type: 'org_user_deleted', deleted_user_id: 'user_01X' })).toMatchObject({
    activity: 'session_revoke',
    targets: [{ uid: 'user_01X' }],
  });
});

test.each(['session_revoked', 'user_session_revoked', 'user_sessions_terminated', 'user_revoked_session'])(
  '%s is session_revoke',
  (type) => {
    expect(anthropicActivity(type)).toBe('session_revoke');
  },
);

test('a role of oneself has no target', () => {
  expect(map({ type: 'role_assignment_granted', target_id: 'user_01Ana', target_type: 'user' }).targets).toBeUndefined();
  // what got the role is no person
  expect(map({ type: 'role_assignment_granted', target_id: 'group_1', target_type: 'group' }).targets).toBeUndefined();
});

test.each([
  { type: 'sso_login_succeeded', created_at: '2026-03-02T08:15:30Z' },
  { type: 'x', actor: { type: 'session' }, created_at: '2026-03-02T08:15:30Z' },
  { actor: { type: 'user_actor' }, created_at: '2026-03-02T08:15:30Z' },
])('%j is of somebody else', (record) => {
  expect(mapper.recognises(record)).toBe(false);
});
