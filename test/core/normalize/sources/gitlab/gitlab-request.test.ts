import { mapRequest } from '../../../../../src/core/normalize/sources/gitlab/gitlab-request.js';
import { fixture } from '../../fixtures.js';

const page = fixture('gitlab', 'web-page').input;
const map = (change: object) => mapRequest({ ...page, 'meta.caller_id': undefined, ...change }, 'here');
const nobody = { user_id: undefined, username: undefined, 'meta.user': undefined, 'meta.user_id': undefined };

test('a page that nobody who is known asked for makes no event', () => {
  expect(map(nobody)).toBeUndefined();
  expect(map({})).toMatchObject({ activity: 'session_use', is_presence: true });
});

test.each([
  ['let in', 302, 'success'],
  ['sent back', 200, 'failure'],
  ['refused', 422, 'failure'],
])('a sign-in that was %s', (_name, status, expected) => {
  const signIn = { controller: 'SessionsController', action: 'create', method: 'POST', path: '/users/sign_in', status };
  expect(map(signIn)).toMatchObject({ activity: 'sign_in', status: expected });
});

test('tokens, and clients of git, place nobody', () => {
  expect(map({ token_id: 5, token_type: 'PersonalAccessToken' })).toMatchObject({
    is_presence: false,
    token: { uid: '5', kind: 'personal_access_token' },
  });
  expect(map({ controller: 'Repositories::GitHttpController', action: 'info_refs' })?.is_presence).toBe(false);
});

test('the client`s address is the first of the chain', () => {
  expect(map({ remote_ip: '203.0.113.9, 10.0.0.1' })?.ip).toBe('203.0.113.9');
  expect(map({ remote_ip: '203.0.113.9, 10.0.0.1', 'meta.remote_ip': '203.0.113.8' })?.ip).toBe('203.0.113.8');
});

test('queries, parameters and places to go on to are not read', () => {
  const mapped = map({ path: '/a?private_token=hunter2', params: [{ key: 'x', value: 'hunter2' }], location: 'https://x/#hunter2' });
  expect(JSON.stringify(mapped)).not.toContain('hunter2');
});

test('a new password that nobody known asked for is put down to whom it is for', () => {
  const params = [{ key: 'user', value: { email: ['kim@fjord.example', 'mal@outside.example'] } }];
  const asked = mapRequest({ path: '/users/password', params }, 'acme');
  expect(asked).toMatchObject({
    activity: 'recovery',
    status: 'interrupted',
    is_presence: false,
    principal: { email: 'kim@fjord.example' },
    targets: [{ email: 'mal@outside.example' }],
  });
  const from = mapRequest({ path: '/users/password', params, remote_ip: '203.0.113.7' }, 'acme');
  expect(from).toMatchObject({
    principal: { type: 'unknown' },
    targets: [{ email: 'kim@fjord.example' }, { email: 'mal@outside.example' }],
  });
});
