import { createNotionMapper } from '../../../../src/core/normalize/sources/notion.js';
import { fixture } from '../fixtures.js';

const mapper = createNotionMapper('acme');
const base = fixture('notion', 'sign-in').input['event'] as Record<string, unknown>;
const map = (changes: Record<string, unknown>) => mapper.map({ event: { ...base, ...changes } })[0]!;
const member = { id: 'm1', object: 'user', type: 'person', person: { email: 'kim@fjord.example' } };

test.each([
  ['user.login', 'sign_in', 'success'],
  ['user.login_failed', 'sign_in', 'failure'],
  ['user.logout', 'sign_out', 'success'],
  ['user.settings.login_method.password_added', 'credential_change', 'success'],
  ['user.settings.login_method.mfa_totp_updated', 'mfa_change', 'success'],
  ['user.settings.login_method.passkey_added', 'mfa_change', 'success'],
  ['user.settings.preferred_name_updated', 'other', 'success'],
  ['workspace.scim_token_generated', 'api_key', 'success'],
  ['workspace.scim_token_revoked', 'other', 'success'],
  ['workspace.content_exported', 'data_export', 'success'],
  ['workspace.audit_log_exported', 'data_export', 'success'],
  ['workspace.members_exported', 'data_export', 'success'],
  ['page.exported', 'data_export', 'success'],
  ['file.downloaded', 'data_export', 'success'],
  ['workspace.settings.enforce_saml_sso_config_updated', 'policy_change', 'success'],
  ['workspace.settings.public_homepage_added', 'policy_change', 'success'],
  ['teamspace.settings.allow_guests_setting_updated', 'policy_change', 'success'],
  ['workspace.integration_added', 'oauth_consent', 'success'],
  ['page.permissions.guest_role_added', 'role_grant', 'success'],
  ['page.permissions.guest_role_removed', 'session_use', 'success'],
  ['page.permissions.integration_role_added', 'oauth_consent', 'success'],
  ['page.permissions.integration_role_removed', 'session_use', 'success'],
  ['page.permissions.member_role_added', 'session_use', 'success'],
  ['workspace.domain_claimed', 'policy_change', 'success'],
  ['page.viewed', 'session_use', 'success'],
  ['page.deleted', 'session_use', 'success'],
  ['workspace.permissions.member_added', 'other', 'success'],
])('%s is %s, %s', (type, activity, status) => {
  expect(map({ type, details: {} })).toMatchObject({ action: type, activity, status });
});

test.each([
  ['teamspace.permissions.member_role_updated', { member, new_role: 'owner' }, 'role_grant'],
  ['teamspace.permissions.member_role_updated', { member, new_role: 'member' }, 'other'],
  ['workspace.permissions.member_role_updated', { member, new_role: 'workspace_owner' }, 'role_grant'],
  ['teamspace.permissions.member_added', { member, role: 'owner' }, 'role_grant'],
  ['teamspace.permissions.member_added', { member, role: 'member' }, 'other'],
])('%s with %j is %s', (type, details, activity) => {
  expect(map({ type, details }).activity).toBe(activity);
});

test('a guest of a page is given something, and no power over others', () => {
  const given = map({ type: 'page.permissions.guest_role_added', details: { entity: member, new_permission: 'full_access' } });
  expect(given).toMatchObject({ activity: 'role_grant', targets: [{ uid: 'm1' }], details: { role: 'full_access' } });
  expect(given.details).not.toHaveProperty('is_privileged');
});

test('two addresses are two people, whatever their ids', () => {
  const actor = { id: 'm1', object: 'user', type: 'person', person: { email: 'ana@fjord.example' } };
  const type = 'teamspace.permissions.member_role_updated';
  expect(map({ type, actor, details: { member, new_role: 'owner' } }).targets).toMatchObject([{ email: 'kim@fjord.example' }]);
  const self = { ...actor, person: { email: 'KIM@fjord.example' } };
  expect(map({ type, actor: self, details: { member, new_role: 'owner' } }).targets).toBeUndefined();
});

test('who removes somebody that is not named keeps their own sessions', () => {
  expect(map({ type: 'workspace.permissions.member_removed', details: {} }).activity).toBe('other');
  expect(map({ type: 'workspace.permissions.member_removed', details: { member } })).toMatchObject({
    activity: 'session_revoke',
    targets: [{ uid: 'm1', email: 'kim@fjord.example' }],
  });
});

test.each([
  ['person', 'human'],
  ['bot', 'service'],
  ['custom_agent', 'agent'],
  ['something', 'unknown'],
])('an actor of type %s is %s', (type, expected) => {
  expect(map({ actor: { ...(base['actor'] as object), type } }).principal.type).toBe(expected);
});

test('an envelope without an event of Notion is not taken', () => {
  for (const record of [{ event: 'user.login' }, { event: { type: 'user.login' } }, { event: { ...base, type: 'login' } }, {}]) {
    expect(mapper.recognises(record)).toBe(false);
    expect(mapper.map(record)).toEqual([]);
  }
});
