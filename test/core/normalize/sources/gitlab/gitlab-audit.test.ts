import { mapAudit } from '../../../../../src/core/normalize/sources/gitlab/gitlab-audit.js';

const base = {
  time: '2026-03-02T08:15:30.250Z',
  author_id: 17,
  author_name: 'Ana Lind',
  entity_id: 29,
  entity_type: 'Project',
  entity_path: 'fjord/harbour',
  ip_address: '203.0.113.24',
};
const map = (change: object) => mapAudit({ ...base, ...change }, 'here');

test.each([
  [{ event_type: 'member_created' }, 'member_created', 'role_grant'],
  [{ event_name: 'member_created' }, 'member_created', 'role_grant'],
  [{ details: { change: 'access_level', to: 'Owner' } }, 'member_updated', 'role_grant'],
  [{ details: { change: 'access_level', to: 'No access' } }, 'member_updated', 'other'],
  [{ add: 'user_access', as: 'Owner' }, 'member_created', 'role_grant'],
  [{ remove: 'user_access' }, 'member_destroyed', 'other'],
  [{ failed_login: 'STANDARD' }, 'failed_login', 'sign_in'],
  [{ with: 'ldap' }, 'login', 'sign_in'],
  [{ details: { custom_message: { action: 'git-upload-pack' } } }, 'repository_git_operation', 'session_use'],
  [{ custom_message: 'Started Impersonation' }, 'user_impersonation', 'impersonation'],
  [{ event_type: 'audit_operation', custom_message: 'Added SSH key' }, 'add_ssh_key', 'api_key'],
  [{ custom_message: 'something new' }, 'audit_operation', 'other'],
])('%j is %s', (change, action, activity) => {
  expect(map(change)).toMatchObject({ action, activity, account: 'here' });
});

test.each([
  ['nobody who is signed in', { author_id: -1, author_name: 'An unauthenticated user' }, 'unknown', undefined],
  [
    'a deploy token',
    { author_id: -2, author_name: 'ci', details: { author_class: 'DeployToken' } },
    'workload',
    'DeployToken:fjord/harbour:ci',
  ],
  ['a bot of a project', { event_type: 'issue_created_by_project_bot' }, 'service', '17'],
  ['a person', {}, 'human', '17'],
])('%s', (_name, change, type, uid) => {
  const { principal } = map(change);
  expect([principal.type, principal.uid]).toEqual([type, uid]);
});

test('who is not signed in is their address, and without one nobody: not one person of that name', () => {
  const nobody = { author_id: -1, author_name: 'An unauthenticated user' };
  expect(map(nobody).principal.aliases).toEqual(['address:203.0.113.24']);
  expect(map({ ...nobody, ip_address: '' }).principal).toEqual({ type: 'unknown' });
});

test('what somebody typed who is not known is not told', () => {
  const failed = map({ event_type: 'login_failed_with_standard_authentication', author_id: -1, target_details: 'hunter2' });
  expect(JSON.stringify(failed)).not.toContain('hunter2');
});

test('what was typed is not told by older servers, either', () => {
  const failed = map({ author_id: -1, author_name: 'hunter2', failed_login: 'STANDARD', target_details: 'hunter2' });
  expect(failed.status).toBe('failure');
  expect(JSON.stringify(failed)).not.toContain('hunter2');
});

test('what people call themselves is not their address', () => {
  const other = { target_type: 'User', target_id: 18, target_details: 'ana@fjord.example' };
  expect(map({ event_type: 'user_disable_two_factor', ...other }).targets).toMatchObject([{ uid: '18', email: undefined }]);
  expect(map({ event_type: 'user_disable_two_factor', ...other, target_id: null }).targets).toMatchObject([{ email: 'ana@fjord.example' }]);
});

test('presence: a sign-in, or what a page of the web called', () => {
  expect(map({ with: 'standard' }).is_presence).toBe(true);
  expect(map({ with: 'standard', ip_address: null }).is_presence).toBe(false);
  expect(map({ event_type: 'member_created' }).is_presence).toBe(false);
  expect(map({ event_type: 'member_created', 'meta.caller_id': 'Groups::GroupMembersController#create' }).is_presence).toBe(true);
  expect(map({ event_type: 'member_created', 'meta.caller_id': 'POST /api/:version/groups/:id/members' }).is_presence).toBe(false);
});

test('whom it was done to has it too', () => {
  const other = { target_type: 'User', target_id: 18, target_details: 'Tom Okafor' };
  expect(map({ event_type: 'user_disable_two_factor', ...other }).targets).toMatchObject([{ uid: '18', name: 'Tom Okafor' }]);
  expect(map({ event_type: 'user_disable_two_factor', ...other, target_id: 17 }).targets).toBeUndefined();
  expect(map({ event_type: 'merge_request_merged', ...other }).targets).toBeUndefined();
});

test('a new password that was asked for is nobody`s act but about the address', () => {
  const asked = mapAudit({ detail: { custom_message: 'Ask for password reset', target_details: 'tom@fjord.example' } }, 'here');
  expect(asked).toMatchObject({ activity: 'recovery', status: 'interrupted', principal: { email: 'tom@fjord.example' } });
});
