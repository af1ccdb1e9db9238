import type { Activity } from '../../../../../src/core/event/index.js';
import { refOf, slackDetails, wordsOf } from '../../../../../src/core/normalize/sources/slack/slack-details.js';

const of = (action: string, activity: Activity, entity: object = {}, details: object = {}) =>
  slackDetails(action, activity, entity as Record<string, unknown>, details as Record<string, unknown>, undefined, undefined);

test.each([
  ['pref.two_factor_auth_changed', { new_value: 'false' }, 'mfa', 'disabled'],
  ['pref.two_factor_auth_changed', { new_value: true }, 'mfa', 'enabled'],
  ['pref.two_factor_auth_changed', {}, 'mfa', 'changed'],
  ['idp_configuration_deleted', {}, 'idp', 'deleted'],
  ['intune_disabled', {}, 'device', 'disabled'],
  ['ekm_unenrolled', {}, 'encryption', 'disabled'],
  ['native_dlp_rule_deactivated', {}, 'dlp', 'disabled'],
  ['legal_hold_policy_exclusion_added', {}, 'legal_hold', 'weakened'],
  ['private_channel_converted_to_public', {}, 'sharing', 'weakened'],
])('%s %j: %s %s', (action, details, kind, effect) => {
  expect(of(action, 'policy_change', {}, details)).toMatchObject({ kind, effect });
});

test.each([
  ['role_change_to_owner', {}, 'owner', 'true'],
  ['role_change_to_guest', {}, 'guest', undefined],
  ['service_owner_transferred', {}, 'service owner', 'true'],
  ['role_assigned', { role: 'Users Admin' }, 'Users Admin', 'true'],
  ['role_assigned', { role: 'Message Activity Manager' }, 'Message Activity Manager', undefined],
])('%s %j gives %s', (action, details, role, is_privileged) => {
  const found = of(action, 'role_grant', {}, details) ?? {};
  expect([found['role'], found['is_privileged']]).toEqual([role, is_privileged]);
});

test('an app that Slack has looked at, and one of the organisation`s own, which it never will', () => {
  const app = { id: 'A1', is_directory_approved: false };
  expect(of('app_installed', 'oauth_consent', { app })).toMatchObject({ is_verified: 'false' });
  expect(of('app_installed', 'oauth_consent', { app: { ...app, is_directory_approved: true } })).toMatchObject({ is_verified: 'true' });
  expect(of('app_installed', 'oauth_consent', { app }, { is_internal_integration: true })).not.toHaveProperty('is_verified');
});

test('what an app may do now, before what it could do', () => {
  const app = { id: 'A1', name: 'Tide', scopes: ['chat:write'] };
  expect(of('app_installed', 'oauth_consent', { type: 'app', app })).toEqual({
    app: 'Tide',
    app_uid: 'A1',
    scopes: 'chat:write',
    kind: 'app',
  });
  expect(of('app_scopes_expanded', 'oauth_consent', { app }, { new_scopes: ['admin'] })).toMatchObject({ scopes: 'admin' });
  expect(of('org_app_installed', 'oauth_consent', { app })).toMatchObject({ consent_all: 'true' });
});

test('words and references of nothing are nothing', () => {
  expect([wordsOf(undefined), wordsOf(''), wordsOf('a, b'), wordsOf('["a"]')]).toEqual([[], [], ['a', 'b'], ['a']]);
  expect([refOf(undefined), refOf({ id: '', name: '-' }), refOf({ id: 'A' })]).toEqual([
    undefined,
    undefined,
    { uid: 'A', name: undefined },
  ]);
});
