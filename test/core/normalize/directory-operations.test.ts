import {
  directoryActivity,
  directoryDetails,
  grantedApp,
  type PropertyReader,
  plainValue,
} from '../../../src/core/normalize/directory-operations.js';

const nothing: PropertyReader = () => undefined;
const changed =
  (values: Record<string, string>): PropertyReader =>
  (name) =>
    values[name];

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
  ['Update conditional access policy', 'policy_change'],
  ['Update authentication methods policy', 'policy_change'],
  ['Set federation settings on domain', 'policy_change'],
  ['Register device', 'device_register'],
  ['Suspicious activity reported', 'vendor_risk'],
  ['Remove member from role', 'other'],
  ['Add user', 'other'],
  ['Admin started password reset', 'other'],
  ['Unlock user account (self-service)', 'other'],
  ['Self-service password reset flow activity progress', 'other'],
  ['Reset password (self-service)', 'recovery'],
  ['Revoke sign-in sessions', 'session_revoke'],
  ['Remove delegated permission grant', 'other'],
  ['POST Tenant.CreateBypassedUser', 'other'],
])('%s is %s', (action, activity) => {
  expect(directoryActivity(action, nothing, undefined)).toBe(activity);
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

test.each([
  ['"User.Read"', 'User.Read'],
  ['["a","b"]', 'a b'],
  ['[true]', 'true'],
  ['"a \\"b\\""', 'a "b"'],
  ['[]', undefined],
  ['""', undefined],
  ['[{"a":1}]', '[{"a":1}]'],
  ['plain', 'plain'],
  ['"half', '"half'],
  ['['.repeat(300) + ']'.repeat(300), undefined],
  [null, undefined],
])('a property value %p is %p', (written, value) => {
  expect(plainValue(written)).toBe(value);
});

test('in a grant the app is not the API', () => {
  const targets = [
    { type: 'ServicePrincipal', uid: 'api', name: 'Microsoft Graph' },
    { type: 'ServicePrincipal', uid: 'app', name: 'Helper' },
  ];
  expect(grantedApp(targets, changed({ 'ServicePrincipal.ObjectID': 'app' }))).toEqual({ uid: 'app', name: 'Helper' });
  expect(grantedApp(targets, nothing)).toEqual({ uid: 'api', name: 'Microsoft Graph' });
  expect(grantedApp([], nothing)).toBeUndefined();
  expect(
    directoryDetails(
      'oauth_consent',
      targets,
      changed({ 'ServicePrincipal.ObjectID': 'app', 'ConsentAction.Permissions': '[] => [[Id: 1, Scope: Mail.Read Mail.Send, x]]' }),
    ),
  ).toEqual({
    app: 'Helper',
    app_uid: 'app',
    target: 'Microsoft Graph',
    scopes: 'Mail.Read Mail.Send',
  });
});
