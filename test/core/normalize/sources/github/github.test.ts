import type { Mapped } from '../../../../../src/core/normalize/mapped.js';
import { createGithubMapper } from '../../../../../src/core/normalize/sources/github/github.js';
import { fixture } from '../../fixtures.js';

const mapper = createGithubMapper('argument');
const map = (change: object): Mapped => mapper.map({ ...fixture('github', 'sign-in').input, ...change })[0] as Mapped;
const withToken = { programmatic_access_type: 'Personal access token (classic)', hashed_token: 'abc=' };

test.each([
  ['the enterprise', {}, 'fjord-inc'],
  ['else the organisation', { business: '' }, 'fjord'],
  ['the first of several', { business: null, org: ['north', 'south'] }, 'north'],
  ['else what the configuration says', { business: undefined, org: undefined }, 'argument'],
])('the account is %s', (_name, change, account) => {
  expect(map(change).account).toBe(account);
});

describe('who acts', () => {
  test.each([
    ['a person', {}, 'human'],
    ['a person with a token of their own', withToken, 'human'],
    ['a person through an app', { programmatic_access_type: 'GitHub App user-to-server token', hashed_token: 'x=' }, 'human'],
    ['an installed app', { programmatic_access_type: 'GitHub App server-to-server token' }, 'service'],
    ['what GitHub calls a bot', { actor_is_bot: true }, 'service'],
    ['a login that only apps can have', { actor: 'dependabot[bot]' }, 'service'],
    ['what GitHub calls an agent, though it is a bot too', { actor_is_bot: true, actor_is_agent: true }, 'agent'],
    ['a deploy key', { programmatic_access_type: 'deploy_key' }, 'workload'],
  ])('%s', (_name, change, type) => {
    expect(map(change).principal.type).toBe(type);
  });

  test('nobody is named: no principal, whom a fallback stands for', () => {
    expect(map({ actor: '', user: '', external_identity_nameid: '' }).principal).toEqual({ type: 'unknown' });
  });

  test('deploy keys are not one', () => {
    const uids = ['a=', 'b='].map((hashed_token) => map({ actor: 'deploy_key', hashed_token }).principal.uid);
    expect(new Set(uids).size).toBe(2);
    expect(map({ actor: 'deploy_key', repo: 'fjord/harbour' }).principal.uid).toBe('deploy_key:fjord/harbour');
  });

  test('the identity at the provider is never taken for that of a machine', () => {
    expect(map({ actor_is_bot: true }).principal.email).toBeUndefined();
  });

  test('zero is no number of a person', () => {
    expect(map({ actor_id: '0' }).principal.aliases).toBeUndefined();
  });
});

describe('presence', () => {
  test.each([
    ['a person in the web', {}, true],
    ['a token', withToken, false],
    ['no address and no country', { actor_ip: undefined, actor_location: undefined }, false],
    ['no address, but a country', { actor_ip: undefined, actor_location: { country_code: 'NO' } }, true],
    ['git', { action: 'git.push' }, false],
    ['a run that somebody set off', { action: 'workflows.completed_workflow_run' }, false],
    ['a failure', { action: 'user.failed_login' }, false],
    ['a bot', { actor_is_bot: true }, false],
  ])('%s', (_name, change, is) => {
    expect(map(change).is_presence).toBe(is);
  });
});

test('the life of a token is a session that nothing is judged by; the web has none', () => {
  expect(map({}).session).toBeUndefined();
  expect(map(withToken).session).toMatchObject({ uid: 'abc=', confidence: 'low' });
  expect(map({ ...withToken, actor_is_bot: true }).session).toMatchObject({ uid: 'abc=', confidence: 'low' });
  expect(map({ actor_session: 77 }).session).toMatchObject({ uid: '77', confidence: 'medium' });
});

test('the token of somebody else that is granted or revoked was not shown by who did it', () => {
  const about = { action: 'personal_access_token.access_revoked', hashed_token: 'abc=' };
  expect(map({ ...about, user: 'tom-okafor' }).token).toBeUndefined();
  expect(map({ ...about, user: 'ana-lind' }).token).toEqual({ uid: 'abc=', kind: 'hashed_token' });
  expect(map({ ...about, user: 'ana-lind' }).session).toBeUndefined();
});

test.each([
  ['user.login', {}, 'success'],
  ['user.failed_login', {}, 'failure'],
  ['user.two_factor_challenge_failure', {}, 'failure'],
  ['user.forgot_password', {}, 'interrupted'],
  ['org.sso_response', {}, 'unknown'],
  ['api.request', { status_code: 200 }, 'success'],
  ['api.request', { status_code: '403' }, 'failure'],
  ['protected_branch.rejected_ref_update', {}, 'failure'],
])('%s %j: %s', (action, more, status) => {
  expect(map({ action, ...more }).status).toBe(status);
});

test('a time is that of the act, wherever it stands', () => {
  expect(map({}).time).toBe(1772439330250);
  expect(map({ created_at: undefined }).time).toBe(1772439331150);
  expect(map({ created_at: undefined, '@timestamp': undefined, at_sign_timestamp: '2026-03-02 08:15:30.250' }).time).toBe(1772439330250);
});

test.each([
  ['org.update_member', { permission: 'admin', old_permission: 'read' }, 'role_grant'],
  ['org.update_member', { permission: 'read', old_permission: 'admin' }, 'other'],
  ['org.update_member', {}, 'role_grant'],
  ['oauth_access.create', {}, 'api_key'],
  ['oauth_access.create', { oauth_application_id: 7 }, 'token_issue'],
])('%s %j is %s', (action, more, activity) => {
  expect(map({ action, user: 'tom-okafor', ...more }).activity).toBe(activity);
});

test('whom it was done to has it too, who did it to themselves has it once', () => {
  expect(map({ action: 'org.add_member', user: 'tom-okafor' }).targets).toMatchObject([{ uid: 'tom-okafor' }]);
  expect(map({ action: 'org.add_member', user: 'ana-lind' }).targets).toBeUndefined();
  expect(map({ action: 'pull_request.create_review_request', user: 'tom-okafor' }).targets).toBeUndefined();
});

describe('recognition', () => {
  const is = (record: object) => mapper.recognises(record as Record<string, unknown>);

  test.each([
    ['the audit log', fixture('github', 'sign-in').input],
    ['of little: an action, an actor and a time', { action: 'pull_request.merge', actor: 'ana-lind', created_at: 1772439330250 }],
    ['a webhook without a sender', { action: 'opened', issue: {}, repository: { full_name: 'fjord/harbour' } }],
    ['a webhook with a sender and no more', { action: 'revoked', sender: { login: 'ana-lind', node_id: 'MDQ6' } }],
  ])('%s', (_name, record) => {
    expect(is(record)).toBe(true);
  });

  test.each([
    ['an action of one word', { action: 'update', actor_id: 1, created_at: '2026-03-02T08:15:30Z' }],
    ['an actor that is an object', { action: 'pref.sso_setting_changed', actor: { type: 'user' }, org: 'x' }],
    ['a webhook of somebody else', { actor: { nickname: 'ana' }, repository: { full_name: 'fjord/harbour' }, push: {} }],
    ['a sentence', { action: 'User signed in. Welcome', actor: 'ana', created_at: 1772439330250 }],
  ])('not %s', (_name, record) => {
    expect(is(record)).toBe(false);
  });
});
