import { createPingoneMapper } from '../../../../src/core/normalize/sources/pingone.js';
import { fixture } from '../fixtures.js';

const mapper = createPingoneMapper('acme');
const base = fixture('pingone', 'sign-in').input;
const map = (type: string, changes: Record<string, unknown> = {}) => mapper.map({ ...base, action: { type }, ...changes })[0]!;

test.each([
  ['FLOW.UPDATED', 'sign_in'],
  ['FLOW.CREATED', 'other'],
  ['PASSWORD.CHECK_SUCCEEDED', 'sign_in'],
  ['OTP.CHECK_INVALID', 'sign_in'],
  ['SESSION.CREATED', 'sign_in'],
  ['TOKEN.CREATED', 'token_issue'],
  ['USER.ACCESS_ALLOWED', 'session_use'],
  ['PASSWORD.SET', 'credential_change'],
  ['DEVICE.ACTIVATED', 'mfa_change'],
  ['USER.MFA_DISABLED', 'mfa_change'],
  ['GRANT.CREATED', 'oauth_consent'],
  ['GRANT.DELETED', 'other'],
  ['APPLICATION.CREATED', 'oauth_consent'],
  ['SECRET.UPDATED', 'app_credential'],
  ['KEY.CREATED', 'app_credential'],
  ['ROLE_ASSIGNMENT.CREATED', 'role_grant'],
  ['ROLE_ASSIGNMENT.DELETED', 'other'],
  ['IDENTITY_PROVIDER.UPDATED', 'policy_change'],
  ['POLICY.DELETED', 'policy_change'],
  ['ACTION.UPDATED', 'policy_change'],
  ['MFA_SETTINGS.UPDATED', 'policy_change'],
  ['FIDO_POLICY.CREATED', 'policy_change'],
  ['PASSWORD_POLICY.UPDATED', 'policy_change'],
  ['RISK_POLICY_SET.DELETED', 'policy_change'],
  ['AUTHORIZE_SHARED_RULE.CREATED', 'policy_change'],
  ['ENVIRONMENT.UPDATED', 'policy_change'],
  ['ENVIRONMENT.DELETED', 'policy_change'],
  ['RESOURCE.UPDATED', 'policy_change'],
  ['RESOURCE.READ', 'other'],
  ['DAVINCI_FLOW.DEPLOYED', 'policy_change'],
  ['ALERT_CHANNEL.CREATED', 'policy_change'],
  ['ALERT_CHANNEL.DELETED', 'audit_tamper'],
  ['SUBSCRIPTION.DELETED', 'audit_tamper'],
  ['SUBSCRIPTION.CREATED', 'policy_change'],
  ['LINKED_ACCOUNT.CREATED', 'credential_change'],
  ['RISK_EVALUATION.CREATED', 'vendor_risk'],
  ['USER.UPDATED', 'other'],
  ['MEMBER_OF_GROUP.CREATED', 'other'],
  ['AUTHENTICATION.CREATED', 'sign_in'],
  ['DEVICE_AUTHENTICATION.UPDATED', 'sign_in'],
  ['PASSWORD.LOCKED', 'sign_in'],
  ['PASSWORD.UNLOCKED', 'other'],
  ['USER_MFA_ENABLED.UPDATED', 'mfa_change'],
  ['GATEWAY.CREATED', 'policy_change'],
  ['CUSTOM_ADMIN_ROLE.CREATED', 'policy_change'],
  ['AUTHORIZATION_CODE.CREATED', 'token_issue'],
  ['BULK_EXPORT.CREATED', 'data_export'],
  ['RADIUS_SESSION.CREATED', 'sign_in'],
  ['USER.KERBEROS_SUCCEEDED', 'sign_in'],
  ['DEVICE_PAYLOAD.CHECK_SUCCESS', 'sign_in'],
  ['USER.SLO_SUCCESS', 'sign_out'],
  ['KEY.READ', 'session_use'],
  ['ACCOUNT.LINKED', 'credential_change'],
  ['OAUTH_CONSENT.ACCEPTED', 'oauth_consent'],
  ['OAUTH_CONSENT.REVOKED', 'other'],
  ['PUSH_CREDENTIALS.UPDATED', 'app_credential'],
  ['PROVISION_CREDENTIAL.CREATED', 'other'],
  ['ADMIN_CONFIGURATION.UPDATED', 'policy_change'],
  ['IDP_ATTRIBUTE.UPDATED', 'policy_change'],
  ['FLOW_POLICY_ASSIGNMENT.CREATED', 'policy_change'],
  ['PROVISIONING_RULE.UPDATED', 'policy_change'],
  ['PROVISIONING_SYNC.FAILURE', 'other'],
  ['PROVISIONING_GROUP_SYNC.FAILURE', 'other'],
])('%s is %s', (type, activity) => {
  expect(map(type)).toMatchObject({ action: type, activity });
});

test.each(['USER.LOCKED', 'PASSWORD.LOCKED'])('%s is a sign-in that failed', (type) => {
  expect(map(type)).toMatchObject({ activity: 'sign_in', status: 'failure', is_presence: false });
});

test('a factor that could not be paired, and one that its owner never used', () => {
  expect(map('DEVICE.ACTIVATION_OTP_INVALID')).toMatchObject({ activity: 'mfa_change', status: 'failure', details: { change: 'added' } });
  expect(map('USER.SLO_FAILURE')).toMatchObject({ activity: 'sign_out', status: 'failure' });
  expect(map('DEVICE.FRAUD_REPORTED')).toMatchObject({ activity: 'vendor_risk', risk: { level: 'high' }, is_presence: false });
});

const other = { type: 'USER', id: 'u2', name: 'kim@fjord.example' };

test.each([
  ['PASSWORD.RESET', [other], 'recovery'],
  ['PASSWORD.RESET', [], 'credential_change'],
  ['PASSWORD.SET', [other], 'recovery'],
  ['SESSION.DELETED', [other], 'session_revoke'],
  ['USER.DISABLED', [other], 'session_revoke'],
  ['ACCESS_TOKEN.REVOKED', [other], 'session_revoke'],
  ['ACCESS_TOKEN.REVOKED', [], 'other'],
  ['SESSION.DELETED', [], 'sign_out'],
  ['USER.DELETED', [other], 'session_revoke'],
  ['USER.DELETED', [], 'other'],
])('%s of %j is %s', (type, resources, activity) => {
  const mapped = map(type, { resources });
  expect(mapped.activity).toBe(activity);
  expect(mapped.targets?.map(({ uid }) => uid)).toEqual(resources.length > 0 ? ['u2'] : undefined);
});

test.each([
  ['FLOW.UPDATED', { status: 'SUCCESS', description: 'Flow completed with policy Single_Factor' }, 'success'],
  ['FLOW.UPDATED', { status: 'SUCCESS', description: 'Flow failed' }, 'failure'],
  ['PASSWORD.CHECK_FAILED', { status: 'SUCCESS' }, 'failure'],
  ['USER.UPDATED', { status: 'FAILED', description: 'x' }, 'failure'],
  ['FLOW.UPDATED', { status: 'IN_PROGRESS' }, 'interrupted'],
  ['USER.UPDATED', {}, 'unknown'],
])('%s with %j is a %s', (type, result, status) => {
  expect(map(type, { result }).status).toBe(status);
});

test('nobody acts: the person whose password was checked is the one, an environment is the system', () => {
  expect(map('PASSWORD.CHECK_SUCCEEDED', { actors: undefined, resources: [other] }).principal).toMatchObject({ type: 'human', uid: 'u2' });
  expect(map('POLICY.CREATED', { actors: undefined, resources: [{ type: 'SIGN_ON_POLICY', id: 'p' }] }).principal.type).toBe('system');
});

test('the environment is the account, from whatever names it', () => {
  expect(map('POLICY.CREATED', { actors: undefined, resources: [{ type: 'X', environment: { id: 'env-2' } }] }).account).toBe('env-2');
  expect(map('POLICY.CREATED', { actors: undefined, resources: [] }).account).toBe('acme');
});

test('what has no type of act is not taken', () => {
  expect(mapper.recognises({ recordedAt: 'x', action: 'x' })).toBe(false);
  expect(mapper.recognises({ action: { type: 'X' } })).toBe(false);
});
