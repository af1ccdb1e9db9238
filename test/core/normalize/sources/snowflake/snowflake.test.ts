import { createMapper } from '../../../../../src/core/normalize/index.js';
import { createSnowflakeMapper } from '../../../../../src/core/normalize/sources/snowflake/snowflake.js';
import { snowflakeStatement } from '../../../../../src/core/normalize/sources/snowflake/snowflake-statements.js';
import { bytes, fixture } from '../../fixtures.js';

const mapper = createSnowflakeMapper('acme');
const login = fixture('snowflake', 'sign-in').input;
const query = fixture('snowflake', 'unload').input;
const map = (record: Record<string, unknown>) => mapper.map(record)[0]!;

test.each([
  [
    'CREATE',
    "create or replace secret s type = password password = 'x'",
    { activity: 'app_credential', kind: 'secret', effect: 'created' },
  ],
  ['CREATE', 'CREATE NOTIFICATION INTEGRATION n', { activity: 'policy_change', kind: 'notification_integration', effect: 'created' }],
  ['UNLOAD', "COPY INTO '@s/data.csv' FROM (SELECT 1)", { activity: 'data_export', kind: 'unload' }],
  ['UNLOAD', "copy into 's3://bucket/x' from t", { activity: 'data_export', kind: 'unload' }],
  // a load, whatever it is called
  ['UNLOAD', 'COPY INTO mytable FROM @mystage', { activity: 'session_use' }],
  ['GET_FILES', "GET @s/data.csv 'file:///tmp'", { activity: 'data_export', kind: 'file' }],
  ['GET_FILES', "GET '@~/worksheet_data/metadata' 'file:///'", { activity: 'session_use' }],
  ['CREATE', 'CREATE OR REPLACE TEMP STAGE s', { activity: 'data_export', kind: 'stage' }],
  ['CREATE', "CREATE STAGE s URL='s3://x'", { activity: 'data_export', kind: 'stage' }],
  ['CREATE', 'CREATE STAGE s', { activity: 'session_use' }],
  ['CREATE', 'CREATE SHARE out', { activity: 'data_export', kind: 'share' }],
  ['GRANT', 'GRANT ROLE ACCOUNTADMIN TO USER kim', { activity: 'role_grant', role: 'ACCOUNTADMIN', user: 'kim' }],
  ['GRANT', 'GRANT ROLE a TO ROLE b', { activity: 'role_grant', role: 'a', user: undefined }],
  ['GRANT', 'GRANT SELECT ON TABLE t TO SHARE out', { activity: 'data_export', kind: 'share' }],
  ['GRANT', 'GRANT OWNERSHIP ON DATABASE d TO ROLE r', { activity: 'role_grant', role: 'OWNERSHIP' }],
  ['CALL', 'CALL SYSTEM$ABORT_SESSION(7)', { activity: 'session_revoke', change: 'session' }],
  ['REVOKE', 'REVOKE ROLE a FROM USER kim', { activity: 'other' }],
  ['CREATE_USER', "CREATE USER kim PASSWORD='x'", { activity: 'other', user: 'kim' }],
  ['DROP_USER', 'DROP USER IF EXISTS kim', { activity: 'session_revoke', user: 'kim' }],
  ['ALTER_USER', 'ALTER USER kim SET DISABLED=TRUE', { activity: 'session_revoke', user: 'kim' }],
  ['ALTER_USER', 'ALTER USER kim SET DISABLED = FALSE', { activity: 'other', user: 'kim' }],
  ['ALTER_USER', "ALTER USER kim SET PASSWORD='x'", { activity: 'credential_change', user: 'kim', change: 'password' }],
  ['ALTER_USER', 'ALTER USER kim RESET PASSWORD', { activity: 'recovery', user: 'kim' }],
  ['ALTER_USER', "ALTER USER kim SET RSA_PUBLIC_KEY='MII'", { activity: 'api_key', kind: 'rsa_public_key' }],
  ['ALTER_USER', 'ALTER USER kim ADD PAT t', { activity: 'api_key', key_name: 't' }],
  ['ALTER_USER', 'ALTER USER kim SET MINS_TO_BYPASS_MFA = 30', { activity: 'mfa_change', change: 'removed' }],
  ['ALTER_USER', 'ALTER USER kim UNSET NETWORK_POLICY', { activity: 'policy_change' }],
  ['CREATE', 'CREATE SECURITY INTEGRATION i TYPE = SAML2', { activity: 'policy_change', kind: 'security_integration', effect: 'created' }],
  ['ALTER_ACCOUNT', 'ALTER ACCOUNT SET NETWORK_POLICY = p', { activity: 'policy_change', kind: 'account', effect: 'changed' }],
  ['DROP', 'DROP NETWORK POLICY p', { activity: 'policy_change', kind: 'network_policy', effect: 'deleted' }],
  ['DROP', 'drop masking policy p', { activity: 'policy_change', kind: 'masking_policy' }],
  [
    'ALTER_TABLE_MODIFY_COLUMN',
    'ALTER TABLE t MODIFY COLUMN iban UNSET MASKING POLICY',
    { activity: 'policy_change', kind: 'masking_policy', effect: 'deleted' },
  ],
  ['ALTER', 'alter view v drop all row access policies', { activity: 'policy_change', kind: 'row_access_policy', effect: 'deleted' }],
  ['ALTER', 'ALTER TABLE t MODIFY COLUMN iban SET MASKING POLICY p', { activity: 'session_use' }],
  ['CREATE', 'CREATE FAILOVER GROUP g OBJECT_TYPES = DATABASES ALLOWED_ACCOUNTS = o.a', { activity: 'data_export', kind: 'share' }],
  ['ALTER', 'ALTER DATABASE d ENABLE REPLICATION TO ACCOUNTS o.a', { activity: 'data_export', kind: 'share' }],
  ['ALTER', 'ALTER DATABASE d RENAME TO e', { activity: 'session_use' }],
  ['SELECT', 'SELECT * FROM grants', { activity: 'session_use' }],
  ['SELECT', '-- GRANT ROLE x\n/* y */ SELECT 1', { activity: 'session_use' }],
  ['SELECT', "SELECT 'ALTER USER kim SET PASSWORD'", { activity: 'session_use' }],
  ['GRANT', '-- why\nGRANT ROLE SYSADMIN TO USER kim', { activity: 'role_grant', role: 'SYSADMIN' }],
])('%s: %s', (type, text, expected) => {
  expect(snowflakeStatement(type, text)).toMatchObject(expected);
});

test('an odd statement of any length is answered at once', () => {
  for (const part of ['--', '/*', ' ', 'GRANT ', 'SET ', '"', 'ALTER USER ']) {
    expect(snowflakeStatement('ALTER_USER', part.repeat(100_000)).activity).toBeDefined();
  }
});

test('a new password for oneself is no reset', () => {
  const own = { ...query, QUERY_TYPE: 'ALTER_USER', QUERY_TEXT: "alter user tom_okafor set password = 'x'" };
  expect(map(own)).toMatchObject({ activity: 'credential_change', targets: undefined });
  expect(map({ ...own, QUERY_TEXT: "alter user kim set password = 'x'" })).toMatchObject({
    activity: 'recovery',
    targets: [{ uid: 'KIM' }],
  });
});

test.each([
  [{ IS_SUCCESS: 'YES' }, 'success'],
  [{ IS_SUCCESS: 'NO' }, 'failure'],
  [{ IS_SUCCESS: true }, 'unknown'],
])('%j is a %s', (changes, status) => {
  expect(map({ ...login, ...changes }).status).toBe(status);
});

test.each([
  [{ FIRST_AUTHENTICATION_FACTOR: 'PASSWORD' }, 'human'],
  [{ FIRST_AUTHENTICATION_FACTOR: 'RSA_KEYPAIR' }, 'unknown'],
  [{ FIRST_AUTHENTICATION_FACTOR: 'PROGRAMMATIC_ACCESS_TOKEN' }, 'service'],
  [{ FIRST_AUTHENTICATION_FACTOR: 'PASSWORD', USER_TYPE: 'LEGACY_SERVICE' }, 'service'],
  [{ FIRST_AUTHENTICATION_FACTOR: 'RSA_KEYPAIR', USER_TYPE: 'PERSON' }, 'human'],
  [{ USER_NAME: 'SNOWFLAKE' }, 'system'],
])('%j is a %s', (changes, type) => {
  expect(map({ ...login, ...changes }).principal.type).toBe(type);
});

test('a program that shows a person`s password places nobody', () => {
  expect(map(login).is_presence).toBe(true);
  expect(map({ ...login, FIRST_AUTHENTICATION_FACTOR: 'PASSWORD', REPORTED_CLIENT_TYPE: 'JDBC_DRIVER' }).is_presence).toBe(false);
});

test('the id of a session beyond 2^53 keeps all its digits', () => {
  const line = JSON.stringify({ ...query, SESSION_ID: 'ID' }).replace('"ID"', '9007199254740993');
  expect(createMapper()(bytes(line)).records[0]?.mapped[0]?.session?.uid).toBe('9007199254740993');
});

test('a grant that was taken back gives nothing', () => {
  const grant = fixture('snowflake', 'grant-row').input;
  expect(map({ ...grant, DELETED_ON: '2026-03-02T08:15:30Z' })).toMatchObject({ action: 'REVOKE', activity: 'other' });
});

test('a role that gets a right is nobody, and not the user of its name', () => {
  const grant = fixture('snowflake', 'grant-row').input;
  const [target] = map({ ...grant, GRANTED_TO: 'ROLE', GRANTEE_NAME: 'PUBLIC' }).targets ?? [];
  expect(target).toEqual({ type: 'unknown', aliases: ['snowflake:acme:role:PUBLIC'], name: 'PUBLIC' });
});

test.each([
  { USER_NAME: 'x', EVENT_TYPE: 'Login', LOGIN_KEY: 'k' },
  { USER_NAME: 'x', EVENT_TYPE: 'UniqueQuery', QUERY_ID: 'q' },
  { USER_NAME: 'x' },
  { user_name: 'x', is_success: true },
  { GRANTEE_NAME: 'x' },
])('%j is of somebody else', (record) => {
  expect(mapper.recognises(record)).toBe(false);
});
