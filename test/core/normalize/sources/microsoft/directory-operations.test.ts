import { directoryActivity, directoryStatus } from '../../../../../src/core/normalize/sources/microsoft/directory-operations.js';
import { changed, nothing } from '../../changed.js';

test.each([
  ['Update StsRefreshTokenValidFrom Timestamp', 'session_revoke'],
  ['Disable account', 'session_revoke'],
  ['Reset user password', 'recovery'],
  ['Change user password', 'credential_change'],
  ['User registered security info', 'mfa_change'],
  ['Add member to role', 'role_grant'],
  ['Add eligible member to role in PIM completed (permanent)', 'role_grant'],
  ['Add owner to application', 'role_grant'],
  ['Consent to application', 'oauth_consent'],
  ['Add OAuth2PermissionGrant', 'oauth_consent'],
  ['Update application - Certificates and secrets management', 'app_credential'],
  ['Create PublicKeyInfrastructure', 'policy_change'],
  ['Update CertificateAuthority', 'policy_change'],
  ['Set directory feature on tenant', 'policy_change'],
  ['Update conditional access policy', 'policy_change'],
  ['Update authentication methods policy', 'policy_change'],
  ['Set federation settings on domain', 'policy_change'],
  ['Register device', 'device_register'],
  ['Suspicious activity reported', 'vendor_risk'],
  ['Remove member from role', 'other'],
  ['Add member to role request denied (PIM activation)', 'other'],
  ['Add member to role canceled (PIM activation)', 'other'],
  ['Add member to role completed (PIM activation)', 'role_grant'],
  ['Update application', 'other'],
  ['Add user', 'other'],
  ['Admin started password reset', 'recovery'],
  ['Blocked from self-service password reset', 'recovery'],
  ['Update PasswordProfile', 'recovery'],
  ['Unlock user account (self-service)', 'other'],
  ['Self-service password reset flow activity progress', 'recovery'],
  ['Reset password (self-service)', 'recovery'],
  ['Revoke sign-in sessions', 'session_revoke'],
  ['Remove delegated permission grant', 'other'],
  ['POST Tenant.CreateBypassedUser', 'other'],
  ['Add application', 'oauth_consent'],
  ['Delete FIDO2 security key', 'mfa_change'],
  ['Add Windows Hello for Business credential', 'mfa_change'],
  ['Bypass user', 'mfa_change'],
  ['Update per-user multifactor authentication state', 'mfa_change'],
  ['Update the default cross-tenant access setting', 'policy_change'],
  ['Delete partner specific cross-tenant access setting', 'policy_change'],
  ['Add identity provider', 'policy_change'],
  ['Remove partner from company', 'policy_change'],
  ['Disable security defaults', 'policy_change'],
  ['Disable Desktop Sso for a specific domain', 'policy_change'],
  ['Enable Passthrough Authentication', 'policy_change'],
  ['Enable password writeback for directory', 'policy_change'],
  ['Register connector', 'policy_change'],
  ['Disable PIM alert', 'policy_change'],
  ['Triggered PIM alert', 'vendor_risk'],
  ['Download group members - started (bulk)', 'data_export'],
  ['Bulk download users - finished (bulk)', 'data_export'],
  ['Remove app role assignment from service principal', 'other'],
  ['Delete device', 'other'],
])('%s is %s', (action, activity) => {
  expect(directoryActivity(action, nothing, undefined)).toBe(activity);
});

test('a recovery that is under way or was stopped has not been done', () => {
  expect(directoryStatus('Admin started password reset', 'success')).toBe('interrupted');
  expect(directoryStatus('Self-service password reset flow activity progress', 'failure')).toBe('failure');
  expect(directoryStatus('Blocked from self-service password reset', 'success')).toBe('failure');
  expect(directoryStatus('Reset password (self-service)', 'success')).toBe('success');
});

test('an update of a user is what it changed', () => {
  const update = (properties: string) =>
    directoryActivity('Update user', changed({ 'Included Updated Properties': properties }), undefined);
  expect(update('StrongAuthenticationMethod')).toBe('mfa_change');
  expect(update('StrongAuthenticationPhoneAppDetail')).toBe('other');
  expect(update('StsRefreshTokensValidFrom, DisplayName')).toBe('session_revoke');
  expect(update('LastDirSyncTime')).toBe('other');
});

test('a temporary pass is a recovery, whoever calls it security info', () => {
  expect(directoryActivity('Admin registered security info', nothing, 'Admin registered temporary access pass method for user')).toBe(
    'recovery',
  );
  expect(directoryActivity('Admin registered security info', nothing, 'Admin registered phone')).toBe('mfa_change');
});

test('an update of the secrets of an app is one when it adds one', () => {
  const action = 'Update application - Certificates and secrets management';
  const key = (uid: string) => `[KeyIdentifier=${uid},KeyType=Password,KeyUsage=Verify,DisplayName=x]`;
  const update = (after: string | undefined, before: string | undefined) =>
    directoryActivity(action, changed({ KeyDescription: [after, before], 'Included Updated Properties': 'KeyDescription' }), undefined);
  expect(update(key('1'), undefined)).toBe('app_credential');
  expect(update(`${key('1')} ${key('2')}`, key('1'))).toBe('app_credential');
  expect(update(key('1'), `${key('1')} ${key('2')}`)).toBe('other');
  expect(update(undefined, key('1'))).toBe('other');
  // an app that is made without any
  expect(update(undefined, undefined)).toBe('other');
  expect(directoryActivity(action, nothing, undefined)).toBe('app_credential');
});

test('an update of an app that lets another provider speak for it is a credential', () => {
  expect(directoryActivity('Update application', changed({ FederatedIdentityCredentials: '[{"Name":"ci"}]' }), undefined)).toBe(
    'app_credential',
  );
});
