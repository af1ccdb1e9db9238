import { oktaDetails } from '../../../../../src/core/normalize/sources/okta/okta-details.js';
import { oktaActivity } from '../../../../../src/core/normalize/sources/okta/okta-event-types.js';

type Targets = Parameters<typeof oktaDetails>[1];

function details(action: string, targets: Targets = [], debug = {}, reason?: string) {
  return oktaDetails({ action, activity: oktaActivity(action), debug, reason }, targets);
}

test.each([
  ['system.idp.lifecycle.create', 'idp', 'created'],
  ['event_hook.created', 'webhook', 'created'],
  ['inline_hook.updated', 'webhook', 'changed'],
  ['iam.role.create', 'role', 'created'],
  ['iam.policy.configuration.update', 'authorization', 'changed'],
  ['oauth2.as.updated', 'token', 'changed'],
  ['system.log_stream.lifecycle.create', 'audit', 'created'],
  ['system.agent.ad.create', 'directory_sync', 'created'],
  ['system.idp.lifecycle.activate', 'idp', 'enabled'],
  ['policy.lifecycle.deactivate', 'policy', 'disabled'],
  ['policy.rule.delete', 'policy', 'deleted'],
  ['policy.rule.update', 'policy', 'changed'],
  ['application.policy.sign_on.rule.delete', 'sign_on', 'deleted'],
  ['zone.deactivate', 'zone', 'disabled'],
  ['network_zone.rule.disabled', 'zone', 'disabled'],
  ['system.mfa.factor.deactivate', 'mfa', 'disabled'],
  ['security.authenticator.lifecycle.update', 'mfa', 'changed'],
  ['security.trusted_origin.create', 'trusted_origin', 'created'],
  ['device.assurance.policy.delete', 'device', 'deleted'],
  ['application.lifecycle.update', 'app', 'changed'],
  ['system.feature.enable', 'feature', 'enabled'],
  ['security.attack_protection.settings.update', 'threat_protection', 'changed'],
])('%s is %s, %s', (action, kind, effect) => {
  expect(details(action)).toEqual({ kind, effect });
});

test.each(['app.oauth2.client.read_client_secret', 'system.idp.lifecycle.read_client_secret'])(
  '%s shows a secret and makes none',
  (action) => {
    expect(details(action)).toEqual({ kind: 'secret', change: 'viewed' });
  },
);

test.each(['application.user_membership.show_password', 'pam.secret.reveal', 'pam.server_account.password.reveal'])(
  '%s reads a secret',
  (action) => {
    expect(details(action)).toEqual({ secrets_read: '1' });
  },
);

test.each([
  ['OktaSignOn', 'sign_on'],
  ['Okta:SignOn', 'sign_on'],
  ['ACCESS_POLICY', 'sign_on'],
  ['PASSWORD', 'password'],
  ['MFA_ENROLL', 'mfa'],
  ['IDP_DISCOVERY', 'idp'],
  ['OAuthAuthzPolicy', 'token'],
  ['PROFILE_ENROLLMENT', 'policy'],
])('a policy of type %s is of kind %s', (policyType, kind) => {
  expect(details('policy.rule.update', [{ type: 'PolicyRule' }, { type: 'PolicyEntity', detailEntry: { policyType } }])?.['kind']).toBe(
    kind,
  );
});

test.each([
  ['user.mfa.factor.activate', 'User set up SIGNED_NONCE factor', 'added', 'SIGNED_NONCE'],
  ['user.mfa.factor.deactivate', 'User reset FIDO_WEBAUTHN factor', 'removed', 'FIDO_WEBAUTHN'],
  ['user.mfa.factor.reset_all', undefined, 'reset', undefined],
  ['user.mfa.factor.suspend', undefined, 'suspended', undefined],
  ['user.mfa.factor.unsuspend', undefined, 'resumed', undefined],
  ['user.mfa.factor.update', undefined, 'changed', undefined],
])('%s (%s) is %s %s', (action, reason, change, factor) => {
  expect(details(action, [], {}, reason)).toEqual(factor === undefined ? { change } : { change, factor });
});

test('roles: named by the event, or among the targets', () => {
  expect(details('user.account.privilege.grant', [], { privilegeGranted: 'Super administrator, Read only admin' })).toEqual({
    role: 'Super administrator, Read only admin',
    is_privileged: 'true',
  });
  expect(details('iam.resourceset.bindings.add', [{ type: 'CUSTOM_ROLE', displayName: 'Readers' }])).toEqual({ role: 'Readers' });
});

test('logs, keys, exports, impersonations and apps', () => {
  expect(details('system.log_stream.lifecycle.delete')).toEqual({ kind: 'log_stream', effect: 'deleted' });
  expect(details('event_hook.deactivated')).toEqual({ kind: 'event_hook', effect: 'disabled' });
  expect(details('system.api_token.enable')).toEqual({ kind: 'api_token', effect: 'enabled' });
  expect(details('app.oauth2.credentials.lifecycle.create')).toEqual({ kind: 'secret' });
  expect(details('app.keys.generate')).toEqual({ kind: 'certificate' });
  expect(details('analytics.reports.export.download')).toEqual({ kind: 'report' });
  expect(details('workflows.user.table.export')).toEqual({ kind: 'workflow' });
  expect(details('user.session.impersonation.initiate')).toEqual({ change: 'initiate' });
  expect(details('application.user_membership.add')).toEqual({ kind: 'app_assignment' });
  expect(details('device.desktop_mfa.recovery_pin.generate')).toEqual({ change: 'temporary_pass' });
  expect(details('user.mfa.attempt_bypass')).toEqual({ change: 'bypassed' });
  expect(details('application.user_membership.remove')).toBeUndefined();
});

test('consents: of a person, of an administrator, and apps that are made', () => {
  expect(details('app.oauth2.as.consent.grant', [], { grantedScopes: 'openid,  email' })).toEqual({
    scopes: 'openid email',
    kind: 'delegated',
  });
  expect(details('app.oauth2.admin.consent.grant')).toEqual({ kind: 'delegated', consent_admin: 'true', consent_all: 'true' });
  expect(details('application.lifecycle.create')).toEqual({ kind: 'app' });
});
