import { isWebhook, mapWebhook } from '../../../../../src/core/normalize/sources/github/github-webhook.js';

const repository = { full_name: 'fjord/harbour', owner: { login: 'fjord' }, updated_at: '2026-03-02T08:15:30Z' };
const sender = { login: 'ana-lind', type: 'User' };

test.each([
  [{ action: 'created', comment: {}, issue: {} }, 'comment.created', 'session_use'],
  [{ action: 'opened', pull_request: {} }, 'pull_request.opened', 'session_use'],
  [{ action: 'completed', workflow_job: {} }, 'workflow_job.completed', 'session_use'],
  [{ action: 'publicized' }, 'repository.publicized', 'policy_change'],
  [{ action: 'privatized' }, 'repository.privatized', 'policy_change'],
  [{ action: 'deleted', installation: { app_slug: 'tide' } }, 'installation.deleted', 'other'],
  [{ action: 'create', alert: { affected_range: '< 2' } }, 'repository_vulnerability_alert.create', 'other'],
  [{ action: 'created', key: { id: 1 } }, 'deploy_key.created', 'api_key'],
  [{ action: 'deleted', rule: {} }, 'branch_protection_rule.deleted', 'policy_change'],
  [{ action: 'created', alert: { secret_type: 'x' } }, 'secret_scanning_alert.created', 'vendor_risk'],
  [{ action: 'created', alert: { dependency: {} } }, 'dependabot_alert.created', 'session_use'],
  [{ action: 'added', installation: { app_slug: 'tide' }, repositories_added: [] }, 'installation_repositories.added', 'oauth_consent'],
  [{ action: 'added', member: { login: 'tom' }, team: { name: 'admins' } }, 'member.added', 'role_grant'],
])('%j is %s', (record, action, activity) => {
  expect(mapWebhook({ repository, sender, ...record }, 'default')).toMatchObject({
    action,
    activity,
    account: 'fjord',
    is_presence: false,
  });
});

test('a delivery about members names the member', () => {
  const record = { action: 'member_added', membership: { user: { login: 'tom-okafor' } }, organization: { login: 'fjord' }, sender };
  expect(isWebhook(record)).toBe(true);
  expect(mapWebhook(record, 'default')).toMatchObject({
    action: 'organization.member_added',
    activity: 'role_grant',
    targets: [{ uid: 'tom-okafor' }],
  });
});

test('without a sender whoever opened it did it; nobody is made up for the rest', () => {
  const by = (record: object) => mapWebhook({ repository, ...record }, 'default').principal;
  expect(by({ action: 'opened', issue: { user: { login: 'tom-okafor', type: 'User' } } })).toMatchObject({
    type: 'human',
    uid: 'tom-okafor',
  });
  expect(by({ action: 'closed', issue: { user: { login: 'tom-okafor' } } })).toEqual({ type: 'unknown' });
  expect(by({ action: 'completed', sender: { login: 'github-actions[bot]' }, workflow_run: {} }).type).toBe('service');
});
