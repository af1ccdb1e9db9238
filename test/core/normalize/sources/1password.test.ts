import type { Mapped } from '../../../../src/core/normalize/mapped.js';
import { create1PasswordMapper } from '../../../../src/core/normalize/sources/1password.js';
import { auditActivity } from '../../../../src/core/normalize/sources/1password-actions.js';
import { fixture } from '../fixtures.js';

const mapper = create1PasswordMapper('acme');
const map = (name: string, more: Record<string, unknown> = {}): Mapped => mapper.map({ ...fixture('1password', name).input, ...more })[0]!;

test.each([
  ['user', 'suspend', 'session_revoke'],
  ['ssotkn', 'sdvcsso', 'device_register'],
  ['user', 'dealldev', 'session_revoke'],
  ['device', 'delete', 'session_revoke'],
  ['user', 'beginr', 'recovery'],
  ['user', 'completr', 'recovery'],
  ['user', 'changemp', 'credential_change'],
  ['user', 'changesk', 'credential_change'],
  ['ec', 'complete', 'credential_change'],
  ['user', 'disblmfa', 'mfa_change'],
  ['user', 'enblmfa', 'mfa_change'],
  ['account', 'disblmfa', 'policy_change'],
  ['account', 'disblduo', 'policy_change'],
  ['account', 'updatfw', 'policy_change'],
  ['account', 'vrfydmn', 'policy_change'],
  ['sso', 'chngasso', 'policy_change'],
  ['gm', 'join', 'role_grant'],
  ['gm', 'role', 'role_grant'],
  ['gm', 'leave', 'other'],
  ['uva', 'grant', 'role_grant'],
  ['gva', 'grant', 'role_grant'],
  ['uva', 'revoke', 'other'],
  ['sa', 'create', 'api_key'],
  ['satoken', 'create', 'api_key'],
  ['slackapp', 'create', 'oauth_consent'],
  ['vault', 'export', 'data_export'],
  ['report', 'export', 'data_export'],
  ['item', 'update', 'session_use'],
  ['items', 'somethingnew', 'session_use'],
  ['device', 'reauth', 'device_register'],
  ['provsn', 'create', 'policy_change'],
  ['user', 'create', 'other'],
  ['sub', 'update', 'other'],
])('%s %s is %s', (object, action, activity) => {
  expect(auditActivity(object, action)).toBe(activity);
});

test.each([
  ['success', 'credentials_ok', 'success'],
  ['firewall_reported_success', 'ip_blocked', 'success'],
  ['credentials_failed', 'password_secret_bad', 'failure'],
  ['mfa_failed', 'totp_bad', 'failure'],
  ['mfa_failed', 'mfa_missing', 'interrupted'],
  ['sso_failed', 'sso_user_mismatch', 'failure'],
  ['firewall_failed', 'anonymous_blocked', 'failure'],
])('a sign-in %s (%s) is %s', (category, type, status) => {
  expect(map('sign-in', { category, type })).toMatchObject({ activity: 'sign_in', status, is_presence: status === 'success' });
});

test('one device or all of them', () => {
  expect(map('devices-ended').details).toBeUndefined();
  expect(map('devices-ended', { object_type: 'device', action: 'delete' }).details).toEqual({ scope: 'session' });
});

test('an act on oneself has no target, one beside a group has its member', () => {
  expect(map('own-password').targets).toBeUndefined();
  expect(map('group-joined').targets).toMatchObject([{ email: 'lena.berg@fjord.example' }]);
});

test('nothing is nothing', () => {
  expect(map('sign-in', { session_uuid: '', client: { ip_address: '', app_name: '' } })).toMatchObject({
    session: undefined,
    ip: undefined,
    client: undefined,
    is_presence: false,
  });
});

test('the account of a record is its account', () => {
  expect([map('sign-in').account, map('firewall').account]).toEqual(['acme', 'ACC46KAPROEJLCK674RHSAY5FJ']);
});

test.each([
  ['an act of somebody else', { uuid: 'u', timestamp: 't', action: 'x', object_type: 'y' }],
  ['a usage of somebody else', { uuid: 'u', timestamp: 't', item_uuid: 'x' }],
  ['a list of items', { items: [] }],
])('%s is not taken', (_what, record) => {
  expect(mapper.recognises(record)).toBe(false);
});
