import { createEntraMapper } from '../../../../../src/core/normalize/sources/microsoft/entra.js';
import { fixture } from '../../fixtures.js';

const hub = fixture('entra', 'graph-mail').input;
function call(requestMethod: string, path: string, changes: Record<string, unknown> = {}) {
  const properties = { ...(hub['properties'] as object), requestMethod, requestUri: `https://graph.microsoft.com/v1.0${path}`, ...changes };
  return createEntraMapper().map({ ...hub, properties })[0]!;
}
const TOM = 'e2b6f1e5-3074-4c9f-8e3b-7b40a1c2d802';

test.each([
  ['GET', '/me', 'session_use'],
  ['GET', '/me/messages?$search="invoice"', 'mail_access'],
  ['GET', '/users/x@y.example/mailFolders/inbox/messages', 'mail_access'],
  ['GET', '/me/drive/items/01ABC/content', 'data_export'],
  ['POST', '/me/sendMail', 'mail_send'],
  ['POST', '/me/mailFolders/inbox/messageRules', 'inbox_rule'],
  ['POST', '/oauth2PermissionGrants', 'oauth_consent'],
  ['POST', '/servicePrincipals/1/appRoleAssignments', 'oauth_consent'],
  ['POST', '/applications/1/addPassword', 'app_credential'],
  ['POST', `/users/${TOM}/authentication/phoneMethods`, 'mfa_change'],
  ['POST', `/users/${TOM}/authentication/temporaryAccessPassMethods`, 'recovery'],
  ['POST', `/users/${TOM}/revokeSignInSessions`, 'session_revoke'],
  ['POST', '/directoryRoles/1/members/$ref', 'role_grant'],
  ['PATCH', '/identity/conditionalAccess/policies/1', 'policy_change'],
  ['PATCH', '/me', 'session_use'],
])('%s %s is %s', (method, path, activity) => {
  expect(call(method, path).activity).toBe(activity);
});

test.each([
  ['/me/mailFolders/inbox/messageRules/1', 'session_use'],
  ['/oauth2PermissionGrants/1', 'session_use'],
  ['/directoryRoles/1/members/2/$ref', 'session_use'],
  ['/applications/1/federatedIdentityCredentials/2', 'session_use'],
  [`/users/${TOM}/authentication/phoneMethods/1`, 'mfa_change'],
  ['/identity/conditionalAccess/policies/1', 'policy_change'],
])('taking away is not giving: DELETE %s is %s', (path, activity) => {
  expect(call('DELETE', path).activity).toBe(activity);
});

test.each([
  ['POST', `/users/${TOM}/authentication/phoneMethods`, { change: 'added', factor: 'phone' }],
  ['DELETE', `/users/${TOM}/authentication/fido2Methods/1`, { change: 'removed', factor: 'fido2' }],
  ['POST', `/users/${TOM}/authentication/temporaryAccessPassMethods`, { change: 'temporary_pass' }],
  ['POST', `/users/${TOM}/authentication/methods/1/resetPassword`, { change: 'password' }],
  ['POST', '/oauth2PermissionGrants', { kind: 'delegated' }],
  ['POST', '/servicePrincipals/1/appRoleAssignments', { kind: 'application' }],
  ['POST', '/applications/1/addPassword', { kind: 'secret' }],
  ['POST', '/servicePrincipals/1/addKey', { kind: 'certificate' }],
  ['POST', '/applications/1/federatedIdentityCredentials', { kind: 'federated' }],
  ['POST', '/applications/1/owners/$ref', { role: 'owner' }],
  ['POST', '/directoryRoles/1/members/$ref', { assignment: 'active' }],
  ['POST', '/roleManagement/directory/roleEligibilityScheduleRequests', { assignment: 'eligible' }],
  ['PATCH', '/identity/conditionalAccess/policies/1', { kind: 'conditional_access', effect: 'changed' }],
  ['DELETE', '/identity/conditionalAccess/namedLocations/1', { kind: 'named_location', effect: 'deleted' }],
  ['POST', '/domains/fjord.example/federationConfiguration', { kind: 'federation', effect: 'created' }],
  ['PATCH', '/policies/authenticationMethodsPolicy', { kind: 'mfa', effect: 'changed' }],
  ['PATCH', '/policies/tokenLifetimePolicies/1', { kind: 'policy', effect: 'changed' }],
  ['GET', '/me/drive/items/01ABC/content', { kind: 'file' }],
])('what is known of %s %s', (method, path, details) => {
  expect(call(method, path).details).toMatchObject(details);
});

test('names of calls leave ids and queries out', () => {
  expect(call('GET', `/users/${TOM}/messages/AAMkAGI2THVSAAA=?$select=id`).action).toBe('GET /users/{id}/messages/{id}');
  expect(call('GET', '/users/ana@fjord.example').action).toBe('GET /users/{id}');
  expect(call('GET', '/directoryRoles').action).toBe('GET /directoryroles');
});

test.each([
  ['/me/drive/root#token=KEY?x', '/me/drive/root'],
  ["/me/drive/root/delta(token='KEY/a')/items", '/me/drive/root/delta()/items'],
  ["/me/drive/root/delta(token='a)KEY')", '/me/drive/root/delta()'],
  ["/me/drive/root/delta(token='KEY", '/me/drive/root/delta()'],
  ['/me/drive/root/delta%28token=%27KEY%27%29', '/me/drive/root/delta()'],
  ['/shares/u!KEY/driveItem', '/shares/{id}/driveitem'],
  ['/shares/s!KEY', '/shares/{id}'],
])('no key in the path %s gets out', (path, shown) => {
  const mapped = call('GET', path);
  expect(mapped.details?.['request_path']).toBe(shown);
  expect([mapped.action, mapped.details].map((value) => JSON.stringify(value).toLowerCase()).join()).not.toContain('key');
});

test('a call on somebody else has a target, a call on oneself has none', () => {
  expect(call('GET', `/users/${TOM}/messages`).targets).toEqual([expect.objectContaining({ uid: TOM })]);
  expect(call('GET', "/users('tom@fjord.example')/messages").targets).toEqual([expect.objectContaining({ email: 'tom@fjord.example' })]);
  expect(call('GET', '/users/c1a5e0d4-2f63-4b8e-9d2a-6a3f90b1c701/messages').targets).toBeUndefined();
  expect(call('GET', '/me/messages').targets).toBeUndefined();
});

test.each(['sessionId', 'c_sid', 'C_Sid', 'c_Sid', 'C_sid'])('the session under the name %s', (name) => {
  expect(call('GET', '/me', { c_Sid: undefined, [name]: 'S1' }).session?.uid).toBe('S1');
});

test('an application is a service even when it names a user id', () => {
  expect(call('GET', '/users', { C_Idtyp: 'app', servicePrincipalId: 'sp-1' }).principal).toMatchObject({ type: 'service', uid: 'sp-1' });
});

test.each([
  ['no url', '/'],
  ['', 'Microsoft Graph Activity'],
  ['https://graph.microsoft.com', '/'],
])('an address that is none: %p', (requestUri) => {
  expect(() => call('GET', '', { requestUri })).not.toThrow();
});
