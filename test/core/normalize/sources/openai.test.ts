import { createOpenaiMapper } from '../../../../src/core/normalize/sources/openai.js';
import { fixture } from '../fixtures.js';

const mapper = createOpenaiMapper('acme');
const base = fixture('openai', 'sign-in').input;
const map = (changes: Record<string, unknown>) => mapper.map({ ...base, ...changes })[0]!;

test.each([
  ['login.succeeded', 'sign_in', 'success'],
  ['login.failed', 'sign_in', 'failure'],
  ['logout.succeeded', 'sign_out', 'success'],
  ['api_key.created', 'api_key', 'success'],
  ['api_key.updated', 'api_key', 'success'],
  ['api_key.deleted', 'other', 'success'],
  ['service_account.created', 'api_key', 'success'],
  ['role.assignment.created', 'role_grant', 'success'],
  ['role.assignment.deleted', 'other', 'success'],
  ['role.created', 'policy_change', 'success'],
  ['ip_allowlist.updated', 'policy_change', 'success'],
  ['ip_allowlist.config.activated', 'policy_change', 'success'],
  ['scim.enabled', 'policy_change', 'success'],
  ['organization.updated', 'policy_change', 'success'],
  ['certificates.deactivated', 'policy_change', 'success'],
  ['external_key.registered', 'policy_change', 'success'],
  ['workload_identity_provider.created', 'policy_change', 'success'],
  ['invite.sent', 'other', 'success'],
  ['project.archived', 'other', 'success'],
  ['rate_limit.updated', 'other', 'success'],
])('%s is %s, %s', (type, activity, status) => {
  expect(map({ type })).toMatchObject({ action: type, activity, status });
});

test('a person who gets no role gets nothing', () => {
  expect(map({ type: 'user.updated', 'user.updated': { id: 'user-1' } }).activity).toBe('other');
  expect(map({ type: 'user.updated', 'user.updated': { id: 'user-1', changes_requested: { role: 'owner' } } })).toMatchObject({
    activity: 'role_grant',
    details: { role: 'owner', is_privileged: 'true' },
    targets: [{ uid: 'user-1' }],
  });
});

test('the payload stands under the name of the act, with dots or without', () => {
  for (const key of ['role.assignment.created', 'role_assignment_created']) {
    const payload = {
      id: 'role_assignment_role-api-organization-reader__api-organization__o_u',
      principal_id: 'user-2',
      principal_type: 'user',
    };
    expect(map({ type: 'role.assignment.created', [key]: payload })).toMatchObject({
      details: { role: 'api-organization-reader' },
      targets: [{ uid: 'user-2' }],
    });
  }
});

test('a key acts for its person or its service account, and is no presence', () => {
  const user = { type: 'api_key', api_key: { id: 'key-1', type: 'user', user: { id: 'user-1', email: 'ana@fjord.example' } } };
  expect(map({ actor: user })).toMatchObject({
    principal: { type: 'human', email: 'ana@fjord.example' },
    token: { uid: 'key-1', kind: 'api_key' },
    is_presence: false,
  });
  const service = { type: 'api_key', api_key: { id: 'key-2', type: 'service_account', service_account: { id: 'sa-1' } } };
  expect(map({ actor: service }).principal).toMatchObject({ type: 'service', uid: 'sa-1' });
  expect(map({ actor: { type: 'api_key', api_key: { id: 'key-3' } } }).principal).toMatchObject({ type: 'service', uid: 'key-3' });
});

test('nobody and nowhere', () => {
  const mapped = map({ actor: null });
  expect(mapped).toMatchObject({ principal: { type: 'unknown' }, is_presence: false, account: 'acme' });
  expect(mapped.ip).toBeUndefined();
});

test.each([
  { type: 'login.succeeded', effective_at: 1 },
  { effective_at: 1, actor: {} },
  { type: 'login.succeeded', actor: {} },
])('%j is of somebody else', (record) => {
  expect(mapper.recognises(record)).toBe(false);
});
