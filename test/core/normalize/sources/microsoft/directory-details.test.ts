import { directoryDetails, grantedApp } from '../../../../../src/core/normalize/sources/microsoft/directory-details.js';
import { changed, nothing } from '../../changed.js';

const API = { type: 'ServicePrincipal', uid: 'api', name: 'Microsoft Graph' };
const APP = { type: 'ServicePrincipal', uid: 'app', name: 'Helper' };
const CLIENT = '5d1c0f6a-2b3c-4d5e-8f60-718293a4b5c6';

test('in a grant the app is not the API', () => {
  expect(grantedApp([API, APP], changed({ 'ServicePrincipal.ObjectID': 'app' }))).toEqual({ uid: 'app', name: 'Helper' });
  expect(grantedApp([API, APP], nothing)).toEqual({ uid: 'api', name: 'Microsoft Graph' });
  expect(grantedApp([], nothing)).toBeUndefined();
  expect(
    directoryDetails(
      'oauth_consent',
      'Add delegated permission grant',
      [API, APP],
      changed({
        'ServicePrincipal.ObjectID': 'app',
        'ConsentAction.Permissions': '[] => [[Id: 1, Scope: Mail.Read Mail.Send, x]]',
        // the names of the API, not of the app
        'TargetId.ServicePrincipalNames': CLIENT,
      }),
      undefined,
    ),
  ).toEqual({ app: 'Helper', app_uid: 'app', kind: 'delegated', target: 'Microsoft Graph', scopes: 'Mail.Read Mail.Send' });
});

test('an app is known by the id under which it signs in', () => {
  const consent = (values: Record<string, string>) =>
    directoryDetails('oauth_consent', 'Consent to application', [APP], changed(values), undefined)?.['app_uid'];
  expect(consent({ 'TargetId.ServicePrincipalNames': `https://helper.example;${CLIENT.toUpperCase()}` })).toBe(CLIENT);
  expect(consent({ AppId: CLIENT })).toBe(CLIENT);
  expect(consent({})).toBe('app');
});

test.each([
  ['Consent to application', {}, 'delegated'],
  ['Consent to application', { 'ConsentContext.IsAppOnly': 'True' }, 'application'],
  ['Add app role assignment to service principal', {}, 'application'],
  ['Add service principal', {}, 'app'],
])('%s %p is of kind %s', (action, values, kind) => {
  expect(directoryDetails('oauth_consent', action, [APP], changed(values), undefined)?.['kind']).toBe(kind);
});

test('a credential: what kind, and which of them is new', () => {
  const described = (uid: string, type: string) => `[KeyIdentifier=${uid},KeyType=${type},KeyUsage=Verify,DisplayName=name of ${uid}]`;
  const details = (action: string, values: Parameters<typeof changed>[0]) =>
    directoryDetails('app_credential', action, [{ type: 'Application', uid: 'object', name: 'Helper' }], changed(values), undefined);
  const known = described('1', 'Password');
  expect(
    details('Update application - Certificates and secrets management', {
      KeyDescription: [`${known} ${described('2', 'AsymmetricX509Cert')}`, known],
    }),
  ).toEqual({ app: 'Helper', app_uid: 'object', kind: 'certificate', key_uid: '2', key_name: 'name of 2' });
  expect(details('Add service principal credentials', { KeyType: 'Password', AppId: CLIENT })).toEqual({
    app: 'Helper',
    app_uid: CLIENT,
    kind: 'secret',
  });
  expect(details('Add federated identity credential', {})?.['kind']).toBe('federated');
  expect(details('Update application', { FederatedIdentityCredentials: '[{"Name":"ci"}]' })?.['kind']).toBe('federated');
});

test.each([
  ['Add member to role', { role: 'Global Administrator', assignment: 'active', is_privileged: 'true' }],
  ['Add eligible member to role in PIM completed (permanent)', { assignment: 'eligible' }],
  ['Add member to role in PIM requested (timebound)', { assignment: 'requested' }],
  ['Add member to role completed (PIM activation)', { assignment: 'activated' }],
])('how a role is held: %s', (action, expected) => {
  const role = { 'Role.DisplayName': 'Global Administrator', 'Role.TemplateId': '62E90394-69F5-4237-9190-012177145E10' };
  expect(directoryDetails('role_grant', action, [], changed(role), undefined)).toMatchObject(expected);
});

test('owners of apps, and the administrator who elevates their access to Azure', () => {
  const app = { type: 'Application', uid: 'object', name: 'Helper' };
  expect(directoryDetails('role_grant', 'Add owner to application', [app], nothing, undefined)).toEqual({
    role: 'owner',
    assignment: 'active',
    app: 'Helper',
  });
  expect(directoryDetails('role_grant', 'The role assignment of user has been elevated', [], nothing, undefined)).toMatchObject({
    role: 'User Access Administrator',
    is_privileged: 'true',
  });
});

test('recoveries: a pass, or a password', () => {
  expect(directoryDetails('recovery', 'Reset user password', [], nothing, undefined)).toEqual({ change: 'password' });
  const pass = { change: 'temporary_pass', factor: 'temporary access pass' };
  expect(directoryDetails('recovery', 'Create Temporary Access Pass method for user', [], nothing, undefined)).toEqual(pass);
  expect(
    directoryDetails('recovery', 'Admin registered security info', [], nothing, 'Admin registered temporary access pass method for user'),
  ).toEqual(pass);
});
