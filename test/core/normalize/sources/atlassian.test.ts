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
  ['app_uninstalled', 'other'],
  ['integration_disconnected', 'other'],
  ['mfa_disabled', 'mfa_change'],
  ['user_enabled_mfa', 'mfa_change'],
  ['user_added_as_org_admin', 'role_grant'],
  ['user_authorized_app', 'oauth_consent'],
  ['mobile_policy_updated', 'policy_change'],
  ['user_logged_out_by_admin', 'other'],
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
  ['Project roles changed', 'role_grant', 'success'],
  ['Customer permissions changed', 'policy_change', 'success'],
  ['SSH key created', 'api_key', 'success'],
  ['SSH key deleted', 'other', 'success'],
  ['Webhook created', 'policy_change', 'success'],
  ['Public link enabled', 'policy_change', 'success'],
  ['User impersonated', 'impersonation', 'success'],
])('%s is %s, %s', (action, activity, status) => {
  expect(act(action)).toMatchObject({ action, activity, status });
});

test.each([
  ['bitbucket.ssh.audit.action.sshkeycreated', 'api_key'],
  ['bitbucket.ssh.audit.action.sshaccesskeygranted.repository', 'api_key'],
  ['bitbucket.ssh.audit.action.sshaccesskeyrevoked.repository', 'other'],
  ['bitbucket.access.tokens.audit.action.accesstokencreated.personal', 'api_key'],
  ['bitbucket.access.tokens.audit.action.accesstokendeleted.personal', 'other'],
  ['bitbucket.service.user.audit.action.usercredentialupdated', 'credential_change'],
  ['bitbucket.webhooks.audit.action.webhookcreated', 'policy_change'],
  ['atlassian.audit.event.action.audit.config.updated', 'audit_tamper'],
  ['atlassian.audit.event.action.audit.search', 'other'],
  ['jira.auditing.user.login.failed', 'sign_in'],
  ['audit.logging.summary.user.created', 'other'],
])('a text in another language is known by its key: %s is %s', (actionI18nKey, activity) => {
  expect(act('x', { type: { action: 'etwas', actionI18nKey }, affectedObjects: [] }).activity).toBe(activity);
});

test('who joins a group that administers is given a role', () => {
  const joined = (group: string) =>
    act('User added to group', {
      affectedObjects: [
        { id: group, name: group, type: 'Group' },
        { id: 'kim', name: 'kim', type: 'User' },
      ],
    });
  expect(joined('jira-administrators')).toMatchObject({
    activity: 'role_grant',
    targets: [{ uid: 'kim' }],
    details: { role: 'jira-administrators', is_privileged: 'true' },
  });
  expect(joined('jira-software-users').activity).toBe('other');
  const cloud = (name: string) =>
    mapper.map({
      summary: 'User added to group',
      category: 'group management',
      created: '2026-03-02T08:15:30Z',
      authorAccountId: 'a1',
      objectItem: { name, typeName: 'GROUP' },
      associatedItems: [{ id: 'kim', name: 'kim', typeName: 'USER' }],
    })[0]!;
  expect(cloud('site-admins')).toMatchObject({ activity: 'role_grant', targets: [{ uid: 'kim' }] });
  expect(cloud('confluence-users').activity).toBe('other');
  const member = { context: [kim, { id: 'g', type: 'groups', attributes: { name: 'org-admins' } }] };
  expect(map('user_added_to_group', member)).toMatchObject({ activity: 'role_grant', targets: [{ uid: 'kim' }] });
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
  [{ id: '10001', name: 'System', type: 'user' }, 'human'],
  [{ id: '10001', name: 'Anonymous', type: 'user' }, 'human'],
  [{ name: 'System', type: 'user' }, 'system'],
])('%j is %s', (author, type) => {
  expect(act('User login successful', { author }).principal.type).toBe(type);
});

test('what people call themselves is not their address, but the log`s own name of somebody without an id may be one', () => {
  const author = { id: '10001', name: 'kim@fjord.example', type: 'user' };
  expect(act('User login successful', { author }).principal).toMatchObject({ uid: '10001', email: undefined });
  expect(act('User login successful', { author: { ...author, id: null } }).principal.email).toBe('kim@fjord.example');
});

test.each([
  { type: 'events', attributes: {} },
  { timestamp: 1, affectedObjects: [] },
  { summary: 'x', category: 'y' },
])('%j is of somebody else', (record) => {
  expect(mapper.recognises(record)).toBe(false);
});
