import { OKTA_TARGETED, oktaActivity } from '../../../src/core/normalize/okta-event-types.js';

test.each([
  ['user.session.start', 'sign_in'],
  ['user.authentication.auth_via_radius', 'sign_in'],
  ['user.authentication.sso', 'session_use'],
  ['user.session.end', 'sign_out'],
  ['user.session.clear', 'session_revoke'],
  ['user.account.update_password', 'credential_change'],
  ['user.account.reset_password', 'recovery'],
  ['user.mfa.factor.deactivate', 'mfa_change'],
  ['app.oauth2.as.token.grant.refresh_token', 'token_issue'],
  ['app.oauth2.token.grant.id_jag', 'token_issue'],
  ['app.oauth2.as.consent.grant', 'oauth_consent'],
  ['app.oauth2.as.consent.revoke.implicit.user', 'other'],
  ['system.api_token.create', 'api_key'],
  ['user.account.privilege.grant', 'role_grant'],
  ['policy.rule.update', 'policy_change'],
  ['policy.evaluate_sign_on', 'sign_in'],
  ['zone.update', 'policy_change'],
  ['system.idp.lifecycle.activate', 'policy_change'],
  ['system.log_stream.lifecycle.deactivate', 'audit_tamper'],
  ['user.session.context.change', 'vendor_risk'],
  ['security.session.detect_client_roaming', 'vendor_risk'],
  ['user.session.impersonation.initiate', 'impersonation'],
  ['workload_principal.ai_agent.credential.create', 'app_credential'],
  ['device.enrollment.create', 'device_register'],
  ['system.email.delivery', 'other'],
  ['app.oauth2.as.token.revoke', 'other'],
  ['app.oauth2.token.revoke', 'other'],
  ['app.oauth2.as.token.revoke.implicit.user', 'other'],
  ['app.oauth2.token.revoke.implicit.user', 'other'],
  ['device.lifecycle.suspend', 'other'],
  ['device.lifecycle.deactivate', 'other'],
  ['user.account.unlock_by_admin', 'other'],
  ['user.account.unlock_token', 'other'],
  ['user.account.use_token', 'other'],
  ['user.credential.forgot_password', 'other'],
  ['user.mfa.attempt_bypass', 'other'],
  ['user.identity_verification', 'other'],
  ['system.sms.send_password_reset_message', 'other'],
  ['system.voice.send_password_reset_call', 'other'],
  ['system.email.password_reset.sent_message', 'other'],
  ['user.lifecycle.suspend', 'session_revoke'],
  ['user.lifecycle.deactivate', 'session_revoke'],
  ['user.authentication.universal_logout', 'session_revoke'],
  ['user.session.expire', 'session_revoke'],
  ['user.authentication.slo', 'other'],
  ['user.authentication.universal_logout.scheduled', 'other'],
  ['made.up.tomorrow', 'other'],
])('%s is %s', (type, activity) => {
  expect(oktaActivity(type)).toBe(activity);
});

test('what is done to people leaves a trace at them; how they work does not', () => {
  expect(OKTA_TARGETED.has('session_revoke')).toBe(true);
  expect(OKTA_TARGETED.has('session_use')).toBe(false);
});
