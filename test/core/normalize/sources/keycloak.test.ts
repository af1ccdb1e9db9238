import { createKeycloakMapper } from '../../../../src/core/normalize/sources/keycloak.js';
import { fixture } from '../fixtures.js';

const mapper = createKeycloakMapper('acme');
const base = fixture('keycloak', 'sign-in').input;
const admin = fixture('keycloak', 'role-given').input;
const map = (changes: Record<string, unknown>) => mapper.map({ ...base, ...changes })[0]!;
const act = (changes: Record<string, unknown>) => mapper.map({ ...admin, ...changes })[0]!;

test.each([
  ['LOGIN', {}, 'sign_in', 'success'],
  ['LOGIN_ERROR', {}, 'sign_in', 'failure'],
  ['IDENTITY_PROVIDER_LOGIN', {}, 'sign_in', 'success'],
  ['OAUTH2_DEVICE_AUTH', {}, 'sign_in', 'interrupted'],
  ['USER_DISABLED_BY_TEMPORARY_LOCKOUT', {}, 'sign_in', 'failure'],
  ['CODE_TO_TOKEN', {}, 'token_issue', 'success'],
  ['REFRESH_TOKEN', {}, 'token_issue', 'success'],
  ['REFRESH_TOKEN_ERROR', {}, 'token_issue', 'failure'],
  ['REFRESH_TOKEN_ERROR', { reason: 'Stale token' }, 'vendor_risk', 'failure'],
  ['REFRESH_TOKEN_ERROR', { reason: 'Maximum allowed refresh token reuse exceeded' }, 'vendor_risk', 'failure'],
  ['CLIENT_LOGIN', {}, 'token_issue', 'success'],
  ['TOKEN_EXCHANGE', {}, 'token_issue', 'success'],
  ['TOKEN_EXCHANGE', { impersonator: 'tom' }, 'impersonation', 'success'],
  ['USER_INFO_REQUEST', {}, 'session_use', 'success'],
  ['LOGOUT', {}, 'sign_out', 'success'],
  ['DELETE_ACCOUNT', {}, 'session_revoke', 'success'],
  ['UPDATE_PASSWORD', {}, 'credential_change', 'success'],
  ['UPDATE_CREDENTIAL', { credential_type: 'password' }, 'credential_change', 'success'],
  ['UPDATE_CREDENTIAL', { credential_type: 'webauthn' }, 'mfa_change', 'success'],
  ['REMOVE_CREDENTIAL', { credential_type: 'otp' }, 'mfa_change', 'success'],
  ['FEDERATED_IDENTITY_LINK', {}, 'credential_change', 'success'],
  ['RESET_PASSWORD', {}, 'recovery', 'success'],
  ['SEND_RESET_PASSWORD', {}, 'recovery', 'interrupted'],
  ['UPDATE_TOTP', {}, 'mfa_change', 'success'],
  ['REMOVE_TOTP', {}, 'mfa_change', 'success'],
  ['GRANT_CONSENT', {}, 'oauth_consent', 'success'],
  ['REVOKE_GRANT', {}, 'other', 'success'],
  ['IMPERSONATE', { impersonator: 'tom' }, 'impersonation', 'success'],
])('%s with %j is %s, %s', (type, details, activity, status) => {
  expect(map({ type, details })).toMatchObject({ action: type, activity, status });
});

test('whom another provider vouches for has not come in while the realm knows nobody', () => {
  const first = { type: 'IDENTITY_PROVIDER_FIRST_LOGIN', details: { username: 'ana@fjord.example' } };
  expect(map({ ...first, userId: null })).toMatchObject({
    status: 'interrupted',
    principal: { type: 'unknown', email: 'ana@fjord.example' },
  });
  expect(map(first).status).toBe('success');
});

test.each([
  ['ACTION', 'USER', 'users/u1/reset-password', 'recovery'],
  ['ACTION', 'USER', 'users/u1/execute-actions-email', 'recovery'],
  ['ACTION', 'USER', 'users/u1/reset-password-email', 'recovery'],
  ['ACTION', 'USER', 'users/u1/send-verify-email', 'other'],
  ['ACTION', 'REALM', 'partialExport', 'data_export'],
  ['ACTION', 'USER', 'users/u1/logout', 'session_revoke'],
  ['ACTION', 'USER', 'users/u1/impersonation', 'impersonation'],
  ['DELETE', 'USER', 'users/u1/credentials/c1', 'mfa_change'],
  ['CREATE', 'USER', 'users/u1/federated-identity/other', 'credential_change'],
  ['DELETE', 'USER', 'users/u1', 'session_revoke'],
  ['CREATE', 'USER', 'users/u1', 'other'],
  ['DELETE', 'USER_SESSION', 'sessions/s1', 'session_revoke'],
  ['CREATE', 'CLIENT_ROLE_MAPPING', 'users/u1/role-mappings/clients/c1', 'role_grant'],
  ['DELETE', 'CLIENT_ROLE_MAPPING', 'users/u1/role-mappings/clients/c1', 'other'],
  ['CREATE', 'GROUP_MEMBERSHIP', 'users/u1/groups/g1', 'other'],
  ['UPDATE', 'REALM', 'events/config', 'audit_tamper'],
  ['DELETE', 'REALM', 'admin-events', 'audit_tamper'],
  ['UPDATE', 'REALM', '', 'policy_change'],
  ['UPDATE', 'AUTH_EXECUTION', 'authentication/flows/browser/executions', 'policy_change'],
  ['DELETE', 'IDENTITY_PROVIDER', 'identity-provider/instances/x', 'policy_change'],
  ['CREATE', 'COMPONENT', 'components/c1', 'policy_change'],
  ['CREATE', 'CLIENT', 'clients/c1', 'oauth_consent'],
  ['ACTION', 'CLIENT', 'clients/c1/client-secret', 'app_credential'],
  ['UPDATE', 'CLIENT', 'clients/c1', 'policy_change'],
  ['DELETE', 'CLIENT', 'clients/c1', 'other'],
  ['CREATE', 'CLIENT_INITIAL_ACCESS_MODEL', 'clients-initial-access/x', 'api_key'],
])('%s %s %s is %s', (operationType, resourceType, resourcePath, activity) => {
  expect(act({ operationType, resourceType, resourcePath }).activity).toBe(activity);
});

test('a mail with the link to a new password has reset nothing yet', () => {
  const of = (resourcePath: string) => act({ operationType: 'ACTION', resourceType: 'USER', resourcePath });
  expect(of('users/u1/reset-password-email')).toMatchObject({ status: 'interrupted', targets: [{ uid: 'u1' }] });
  expect(of('users/u1/reset-password').status).toBe('success');
});

test('a role of a group is the group`s', () => {
  expect(act({ resourcePath: 'groups/g1/role-mappings/realm' })).toMatchObject({ details: { group: 'g1' }, targets: undefined });
});

test('what an administrator does to themselves has no target', () => {
  expect(act({ resourcePath: 'users/b2b2b2b2-0000-4000-8000-0000000000b2/role-mappings/realm' }).targets).toBeUndefined();
});

test('the server of an app places nobody', () => {
  expect(map({ type: 'CODE_TO_TOKEN' }).is_presence).toBe(false);
  expect(map({ type: 'REFRESH_TOKEN' }).is_presence).toBe(false);
  expect(map({ details: { grant_type: 'password', username: 'ana@fjord.example' } })).toMatchObject({
    is_presence: false,
    auth: { protocol: 'ropc' },
  });
});

test('the id of a sign-in becomes the session only when it succeeds', () => {
  const details = { code_id: 'c1', username: 'ana@fjord.example' };
  expect(map({ sessionId: undefined, details }).session).toMatchObject({ uid: 'c1', confidence: 'medium' });
  expect(map({ type: 'LOGIN_ERROR', sessionId: undefined, details }).session).toBeUndefined();
  expect(map({ sessionId: 'unknown', details: {} }).session).toBeUndefined();
});

test('a realm is known by its id, else its name, else the configuration', () => {
  expect(map({ realmId: 'r', realmName: 'n' }).account).toBe('r');
  expect(map({ realmId: '00000000-0000-0000-0000-000000000000', realmName: 'n' }).account).toBe('n');
  expect(map({ realmId: null, realmName: '' }).account).toBe('acme');
});

describe('lines', () => {
  const line = fixture('keycloak', 'line-of-text').input['message'] as string;

  test('a line of another logger is not taken', () => {
    expect(mapper.recognises({ message: line.replace('org.keycloak.events', 'org.keycloak.services') })).toBe(false);
    expect(mapper.recognises({ message: 'type=LOGIN, what=ever, long enough' })).toBe(false);
    expect(mapper.recognises({ message: 'short' })).toBe(false);
    expect(mapper.recognises({ message: { type: 'LOGIN' } })).toBe(false);
  });

  test('one without a type makes no event', () => {
    expect(mapper.map({ message: `2026-03-02 08:15:30,123 WARN [org.keycloak.events] ${'nothing to see '.repeat(3)}` })).toEqual([]);
  });

  test.each(['a', '=', '"', 'a=', 'a="', "a='", ',', 'type=LOGIN, realmId='])('a line of forty thousand %j is read at once', (part) => {
    const message = `type=LOGIN, realmId=x, ${part.repeat(40_000)}`;
    expect(mapper.recognises({ message })).toBe(true);
    expect(mapper.map({ message }).length).toBeLessThanOrEqual(1);
  });

  test('the nested name of the logger does as well', () => {
    const message = 'type="LOGOUT", realmId="r", userId="u1", ipAddress="203.0.113.24"';
    expect(mapper.recognises({ message, log: { logger: 'org.keycloak.events' } })).toBe(true);
    expect(mapper.map({ message, loggerName: 'org.keycloak.events', timestamp: '2026-03-02T08:15:30Z' })[0]).toMatchObject({
      activity: 'sign_out',
      principal: { uid: 'u1' },
      time: 1772439330000,
    });
  });
});

test('a record with a realm and no type of Keycloak is not taken', () => {
  expect(mapper.recognises({ realmId: 'x', type: 'login' })).toBe(false);
  expect(mapper.recognises({ realmId: 'x', operationType: 'CREATE' })).toBe(false);
  expect(mapper.recognises({ type: 'LOGIN' })).toBe(false);
});
