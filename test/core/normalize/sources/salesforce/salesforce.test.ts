import type { Mapped } from '../../../../../src/core/normalize/mapped.js';
import { createSalesforceMapper } from '../../../../../src/core/normalize/sources/salesforce/salesforce.js';
import { longId, subjectIn } from '../../../../../src/core/normalize/sources/salesforce/salesforce-details.js';
import { setupActivity } from '../../../../../src/core/normalize/sources/salesforce/setup-actions.js';
import { fixture } from '../../fixtures.js';

const mapper = createSalesforceMapper('acme');
const login = fixture('salesforce', 'login').input;

function row(type: string, more: Record<string, unknown> = {}): Mapped {
  return mapper.map({ ...login, EVENT_TYPE: type, ...more })[0]!;
}

function event(type: string, more: Record<string, unknown> = {}): Mapped {
  const input = { EventIdentifier: 'e1', EventDate: '2026-03-02T08:15:30Z', UserId: '0057Q00000LenaAQAR', attributes: { type }, ...more };
  expect(mapper.recognises(input)).toBe(true);
  return mapper.map(input)[0]!;
}

test.each([
  ['Login', 'sign_in'],
  ['Logout', 'sign_out'],
  ['LoginAs', 'impersonation'],
  ['ReportExport', 'data_export'],
  ['Report', 'session_use'],
  ['DocumentAttachmentDownloads', 'data_export'],
  ['BulkApi2', 'data_export'],
  ['API', 'session_use'],
  ['RestApi', 'session_use'],
  ['URI', 'session_use'],
  ['OAuthTokenIssued', 'token_issue'],
  ['OAuthTokenRevoked', 'session_revoke'],
  ['PackageInstall', 'oauth_consent'],
  ['SessionHijackingEventStore', 'vendor_risk'],
  ['CredentialStuffingEventStore', 'vendor_risk'],
  ['LoginAnomalyEventStore', 'vendor_risk'],
  ['SomeNewAnomalyEventStore', 'vendor_risk'],
  ['TransactionSecurity', 'vendor_risk'],
  ['ApexTrigger', 'other'],
  ['NeverHeardOf', 'other'],
])('a row of type %s is %s', (type, activity) => {
  expect(row(type).activity).toBe(activity);
});

test.each([
  ['BulkApi2', { OPERATION_TYPE: 'insert' }, 'session_use'],
  ['BulkApiResultEventStore', { OPERATION_TYPE: 'queryAll' }, 'data_export'],
  ['ContentTransfer', { TRANSACTION_TYPE: 'VersionDownloadAction' }, 'data_export'],
  ['ConnectedAppUsageEventStore', { CONNECTION_TYPE: 'oauth_authorization' }, 'oauth_consent'],
  ['ConnectedAppUsageEventStore', { CONNECTION_TYPE: 'api' }, 'session_use'],
  ['Login', { URI: '/services/oauth2/token' }, 'token_issue'],
])('%s with %j is %s', (type, more, activity) => {
  expect(row(type, more).activity).toBe(activity);
});

test.each([
  ['LoginEventStream', {}, 'sign_in'],
  ['ReportEvent', { Operation: 'ReportRunFromLightning' }, 'session_use'],
  ['ReportEvent', { Operation: 'ReportExported' }, 'data_export'],
  ['BulkApiResultEvent', { Query: 'SELECT Id FROM Lead' }, 'data_export'],
  ['ApiEventStream', { Operation: 'Query' }, 'session_use'],
  ['FileEvent', { FileAction: 'UI_DOWNLOAD' }, 'data_export'],
  ['FileEvent', { FileAction: 'UPLOAD' }, 'session_use'],
  ['PermissionSetEvent', { Operation: 'AssignedToUser' }, 'role_grant'],
  ['PermissionSetEvent', { Operation: 'UnassignedFromUser' }, 'other'],
  ['ApiAnomalyEventStore', {}, 'vendor_risk'],
  ['GuestUserAnomalyEvent', {}, 'vendor_risk'],
  ['IdentityVerificationEvent', {}, 'sign_in'],
])('an event %s with %j is %s', (type, more, activity) => {
  expect(event(type, more).activity).toBe(activity);
});

test.each([
  [{ CurrentUserAgent: 'x', Score: 1 }, 'SessionHijackingEvent'],
  [{ DelegatedUsername: 'max@fjord.example' }, 'LoginAsEvent'],
  [{ ReportId: '00O' }, 'ReportEvent'],
  [{ Query: 'SELECT', Client: 'x' }, 'ApiEvent'],
  [{ Query: 'SELECT' }, 'BulkApiResultEvent'],
  [{ SecurityEventData: '[]', Report: '00O', Score: 1 }, 'ReportAnomalyEvent'],
  [{ SecurityEventData: '[]', Uri: '/x', Score: 1 }, 'ApiAnomalyEvent'],
  [{ SessionKey: 'abc' }, 'LogoutEvent'],
])('an event without the name of its type: %j is a %s', (more, type) => {
  expect(event('', { attributes: undefined, ...more }).action).toBe(type);
});

test.each([
  ['PermSetAssign', 'Manage Users', 'role_grant'],
  ['changedprofileforuser', 'Manage Users', 'role_grant'],
  ['PermSetUnassign', 'Manage Users', 'other'],
  ['SetupEntityAccessAudit_Profile_ApexClass_EnabledCustom', 'Manage Users', 'role_grant'],
  ['resetpassword', 'Manage Users', 'recovery'],
  ['resetpasswordforuser', 'Manage Users', 'recovery'],
  ['loginasgranted', undefined, 'impersonation'],
  ['loginasmodifiedtosupport', undefined, 'impersonation'],
  ['insertTwoFactorTempCode', 'Manage Users', 'recovery'],
  ['insertTwoFactorWebAuthN', undefined, 'mfa_change'],
  ['deleteAuthenticatorPairing', 'Manage Users', 'mfa_change'],
  ['changedemail', 'Manage Users', 'credential_change'],
  ['frozeuser', 'Manage Users', 'session_revoke'],
  ['suOrgAdminLogin', 'Manage Users', 'impersonation'],
  ['suOrgAdminLogout', 'Manage Users', 'other'],
  ['loginasgrantedtosfdc', undefined, 'impersonation'],
  ['insertConnectedApplication', 'Connected Apps', 'oauth_consent'],
  ['deleteConnectedApplication', 'Connected Apps', 'other'],
  ['changeApplicationPkceRequired', 'Application', 'policy_change'],
  ['insertApplicationCertificate', 'Remote Access', 'app_credential'],
  ['passwordexpiry', 'Password Policies', 'policy_change'],
  ['loginIpRange', 'Manage Users', 'policy_change'],
  ['samlConfigCreated', 'Single Sign-On Settings', 'policy_change'],
  ['disableRequireLoginFromOrgDomain', 'My Domain', 'policy_change'],
  ['neverSeenBefore', 'Session Settings', 'policy_change'],
  ['PermSetCreate', 'Manage Users', 'policy_change'],
  ['PermSetUnassign', 'Manage Users', 'other'],
  ['dataExportScheduled', 'Data Export', 'data_export'],
  ['eventLogGenerationEnabledOnOff', undefined, 'audit_tamper'],
  ['createdCF', 'Customize Accounts', 'other'],
])('in Setup %s (%s) is %s', (action, section, activity) => {
  expect(setupActivity(action, section)).toBe(activity);
});

test('a status is what the log says, in each of its words', () => {
  expect(row('Login', { LOGIN_STATUS: 'LOGIN_ERROR_USER_LOCKED_OUT' }).status).toBe('failure');
  expect(row('Login', { LOGIN_STATUS: 'LOGIN_ERROR_COMPUTER_ACTIVATION_REQUIRED' }).status).toBe('interrupted');
  expect(row('RestApi', { REQUEST_STATUS: '', STATUS_CODE: '403' }).status).toBe('failure');
  expect(row('RestApi', { REQUEST_STATUS: 'S', STATUS_CODE: '200' }).status).toBe('success');
  expect(row('OAuthTokenRefreshFailed', { REQUEST_STATUS: '' }).status).toBe('failure');
  expect(event('LoginEvent', { Status: 'Invalid Password' }).status).toBe('failure');
  expect(event('LoginEvent', { Status: 'Success', PolicyOutcome: 'TwoFAInitiated' }).status).toBe('interrupted');
});

test('sentinels are nothing', () => {
  const mapped = row('Login', {
    SESSION_KEY: '',
    LOGIN_KEY: '',
    SOURCE_IP: '',
    CLIENT_IP: 'Salesforce.com IP',
    API_VERSION: '9998.0',
    BROWSER_TYPE: '9999',
  });
  expect(mapped).toMatchObject({ session: undefined, ip: undefined, user_agent: undefined, is_presence: false });
  expect(JSON.stringify(mapped)).not.toContain('9998');
});

test('nobody is placed by a program or by a sign-in that failed', () => {
  expect(row('Login').is_presence).toBe(true);
  expect(row('Login', { URI: '/services/Soap/u/60.0' }).is_presence).toBe(false);
  expect(row('Login', { LOGIN_STATUS: 'LOGIN_ERROR_INVALID_PASSWORD' }).is_presence).toBe(false);
  expect(row('RestApi').is_presence).toBe(false);
  expect(event('LoginEvent', { Status: 'Success', SourceIp: '203.0.113.4', LoginType: 'Remote Access 2.0' }).is_presence).toBe(false);
});

test('types of users: people, the platform, guests, partners', () => {
  expect(row('URI', { USER_TYPE: 'AutomatedProcess' }).principal.type).toBe('system');
  expect(row('URI', { USER_TYPE: 'CloudIntegrationUser' }).principal.type).toBe('service');
  expect(row('URI', { USER_TYPE: 'Guest' }).principal).toMatchObject({ type: 'unknown', tags: ['guest'] });
  expect(row('URI', { USER_TYPE: 'PowerPartner' }).principal).toMatchObject({ type: 'human', tags: ['partner'] });
});

test('columns in each spelling are one row', () => {
  const long = { USER_ID_DERIVED: '0057Q00000LenaAQAR', EVENT_TYPE: 'URI', TIMESTAMP_DERIVED: '2026-03-02T08:15:30Z', SESSION_KEY: 'abc' };
  const spelt = (key: (name: string) => string) => Object.fromEntries(Object.entries(long).map(([name, value]) => [key(name), value]));
  const words = spelt((name) => name.toLowerCase().replace(/(?:^|_)([a-z])/g, (_all, letter: string) => letter.toUpperCase()));
  const small = spelt((name) => name.toLowerCase());
  for (const record of [words, small]) expect(mapper.map(record)[0]).toMatchObject({ activity: 'session_use', session: { uid: 'abc' } });
});

test('a short id becomes the long one, which stays', () => {
  expect(longId('0055j000000utlP')).toBe('0055j000000utlPAAQ');
  expect(longId('0057Q00000LenaA')).toBe('0057Q00000LenaAQAR');
  expect(longId('0057Q00000LenaAQAR')).toBe('0057Q00000LenaAQAR');
  expect(row('URI', { USER_ID_DERIVED: undefined, USER_ID: '0057Q00000LenaA' }).principal.uid).toBe('0057Q00000LenaAQAR');
});

test('whom the trail is about: an id or an address, never a bare name', () => {
  expect(subjectIn('For user tom@fjord.example, the User Verified Email status changed')).toMatchObject({ email: 'tom@fjord.example' });
  expect(subjectIn('Deactivated user Tom Okafor (UserID: [0057Q00000TomOk])')).toEqual({
    type: 'human',
    uid: '0057Q00000TomOkQAJ',
    aliases: ['salesforce:0057Q00000TomOkQAJ'],
  });
  expect(subjectIn('Reset password for user Tom Okafor')).toBeUndefined();
  expect(subjectIn(undefined)).toBeUndefined();
});

test('an own new password is a change, one for somebody else a recovery', () => {
  const entry = {
    Action: 'changedpassword',
    Section: 'Manage Users',
    CreatedById: '0057Q00000LenaAQAR',
    CreatedDate: '2026-03-02T08:15:30Z',
  };
  const change = (Display: string) => mapper.map({ ...entry, Display })[0]!;
  expect(change('Set new password (UserID: [0057Q00000LenaA])').activity).toBe('credential_change');
  expect(change('Set new password (UserID: [0057Q00000TomOk])')).toMatchObject({
    activity: 'recovery',
    targets: [{ uid: '0057Q00000TomOkQAJ' }],
  });
});

test.each([
  ['Snowflake sign-ins', { EVENT_TYPE: 'LOGIN', EVENT_ID: 1, USER_NAME: 'X', CLIENT_IP: '203.0.113.4', REPORTED_CLIENT_TYPE: 'JDBC' }],
  ['an event of somebody else', { event_type: 'login', organization_id: 'org-1', created_at: 'x' }],
  ['a bare payload', { payload: { id: 1 } }],
  ['an action of somebody else', { Action: 'Allow', CreatedAt: 'x' }],
])('%s are not taken', (_what, record) => {
  expect(mapper.recognises(record)).toBe(false);
});

test('the header of a table is no record', () => {
  expect(mapper.map({ event_type: 'EVENT_TYPE', timestamp_derived: 'TIMESTAMP_DERIVED', organization_id: 'ORGANIZATION_ID' })).toEqual([]);
});
