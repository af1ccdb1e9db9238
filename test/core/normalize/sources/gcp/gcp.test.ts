import { createGcpMapper } from '../../../../../src/core/normalize/sources/gcp/gcp.js';
import { fixture } from '../../fixtures.js';

const mapper = createGcpMapper('fallback');
const entry = fixture('gcp', 'firewall-opened').input;
const payload = entry['protoPayload'] as Record<string, unknown>;
const map = (more: Record<string, unknown>, inner: Record<string, unknown> = {}) =>
  mapper.map({ ...entry, ...more, protoPayload: { ...payload, ...inner } })[0]!;

test.each([
  ['projects/fjord/logs/cloudaudit.googleapis.com%2Factivity', 'fjord', 'admin_activity'],
  ['organizations/1020/logs/cloudaudit.googleapis.com%2Fdata_access', '1020', 'data_access'],
  ['folders/30/logs/cloudaudit.googleapis.com%2Fsystem_event', '30', 'system_event'],
  ['billingAccounts/0A-1B/logs/cloudaudit.googleapis.com%2Fpolicy', '0A-1B', 'policy_denied'],
  ['projects/fjord', 'fjord', 'admin_activity'],
])('%s is %s, %s', (logName, account, product) => {
  expect(map({ logName })).toMatchObject({ account, product });
});

test('without a log the project of the resource counts, else the configuration`s word', () => {
  expect(map({ logName: undefined }).account).toBe('fjord-shop');
  expect(map({ logName: undefined, resource: {} }).account).toBe('fallback');
});

test.each([
  [{ status: { code: 7 } }, 'failure'],
  [{ status: { code: 0 } }, 'success'],
  [{ status: {}, authorizationInfo: [{ granted: false }] }, 'success'],
  [{ status: undefined, authorizationInfo: [{ granted: false }] }, 'failure'],
  [{ status: undefined, authorizationInfo: [{ granted: true }] }, 'success'],
  [{ status: undefined, authorizationInfo: undefined }, 'success'],
  [{ status: { message: 'OK' } }, 'success'],
])('%j is %s', (inner, status) => {
  expect(map({}, inner).status).toBe(status);
});

test.each([
  ['203.0.113.24', '203.0.113.24', true],
  ['2001:db8::7', '2001:db8::7', true],
  ['private', undefined, false],
  ['gce-internal-ip', undefined, false],
  ['', undefined, false],
])('address %p', (callerIp, ip, isPresence) => {
  const found = map({}, { requestMetadata: { callerIp } });
  expect([found.ip, found.is_presence]).toEqual([ip, isPresence]);
});

test('the address is found in either spelling', () => {
  expect(map({}, { requestMetadata: { callerIP: '203.0.113.24' } }).ip).toBe('203.0.113.24');
});

test('an entry without a method is called by the permission that it asked for', () => {
  const found = map({}, { methodName: undefined, authorizationInfo: [{ granted: true, permission: 'iam.roles.update' }] });
  expect(found).toMatchObject({ action: 'iam.roles.update', activity: 'policy_change' });
});

test('what the system did without a caller, the system did', () => {
  expect(map({ logName: 'projects/p/logs/cloudaudit.googleapis.com%2Fsystem_event' }, { authenticationInfo: {} }).principal.type).toBe(
    'system',
  );
  expect(map({}, { authenticationInfo: {} }).principal).toEqual({ type: 'unknown' });
});

test('an answered challenge is told by its answer', () => {
  const challenge = fixture('gcp', 'workspace-challenge').input;
  const answered = (value: string) => {
    const copy = structuredClone(challenge) as { protoPayload: { metadata: { event: { parameter: object[] }[] } } };
    copy.protoPayload.metadata.event[0]!.parameter.push({ name: 'login_challenge_status', value });
    return mapper.map(copy as never)[0]?.status;
  };
  expect(answered('Challenge Passed')).toBe('success');
  expect(answered('incorrect_answer_entered')).toBe('failure');
});
