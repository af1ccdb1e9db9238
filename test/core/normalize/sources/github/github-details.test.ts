import type { Activity } from '../../../../../src/core/event/index.js';
import { githubDetails } from '../../../../../src/core/normalize/sources/github/github-details.js';

const of = (action: string, activity: Activity, entry: Record<string, unknown> = {}) => githubDetails({ action, activity, entry });

test.each([
  ['org.disable_saml', 'idp', 'disabled'],
  ['org.enable_two_factor_requirement', 'mfa', 'enabled'],
  ['ip_allow_list_entry.create', 'ip_allow_list', 'created'],
  ['protected_branch.destroy', 'branch_protection', 'deleted'],
  ['protected_branch.policy_override', 'branch_protection', 'weakened'],
  ['repository_secret_scanning.disable', 'secret_scanning', 'disabled'],
  ['audit_log_streaming.create', 'log_stream', 'created'],
  ['hook.destroy', 'webhook', 'deleted'],
  ['org.update_actions_settings', 'actions', 'changed'],
  ['ssh_certificate_authority.create', 'ssh_certificate', 'created'],
])('%s: %s %s', (action, kind, effect) => {
  expect(of(action, 'policy_change')).toMatchObject({ kind, effect });
});

test('a repository that is made public is open to more, one that is made private is not', () => {
  expect(of('repo.access', 'policy_change', { visibility: 'public' })).toMatchObject({ kind: 'visibility', effect: 'weakened' });
  expect(of('repo.access', 'policy_change', { visibility: 'private' })).toMatchObject({ effect: 'changed' });
});

test.each([
  ['business.add_admin', {}, 'enterprise owner', 'true'],
  ['org.add_member', { permission: 'admin' }, 'owner', 'true'],
  ['org.add_member', { permission: 'read' }, 'read', undefined],
  ['org.add_security_manager', {}, 'security manager', 'true'],
  ['repo.add_member', { permission: 'admin' }, 'admin', undefined],
  ['integration.transfer', {}, 'owner', undefined],
  ['org.update_member', { permission: false }, undefined, undefined],
])('%s %j gives %s', (action, entry, role, is_privileged) => {
  const details = of(action, 'role_grant', entry) ?? {};
  expect([details['role'], details['is_privileged']]).toEqual([role, is_privileged]);
});

test('an app that goes to another owner is named', () => {
  const details = of('oauth_application.transfer', 'role_grant', { oauth_application_id: 7, oauth_application_name: 'Tide' });
  expect(details).toEqual({ role: 'owner', app: 'Tide', app_uid: '7' });
});

test('who is only asked to join holds nothing yet', () => {
  expect(of('business.invite_admin', 'role_grant')).toMatchObject({ assignment: 'requested' });
  expect(of('org.add_member', 'role_grant', { user: 'x' })?.['assignment']).toBeUndefined();
});

test('permissions in each form; never those of the token that an entry was made with', () => {
  const scopes = (action: string, entry: object) => of(action, 'oauth_consent', entry as Record<string, unknown>)?.['scopes'];
  expect(scopes('integration_installation.create', { permissions: { contents: 'write' } })).toBe('contents:write');
  expect(scopes('integration_installation.create', { permissions: ['contents'] })).toBe('contents');
  expect(scopes('integration_installation.create', { token_scopes: 'repo' })).toBeUndefined();
  expect(scopes('oauth_authorization.create', { token_scopes: 'repo,read:org' })).toBe('repo read:org');
});

test('a path without its query', () => {
  expect(of('api.request', 'session_use', { url_path: '/user?token=hunter2', query_string: 'hunter2' })).toEqual({ request_path: '/user' });
});
