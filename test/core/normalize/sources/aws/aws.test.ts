import { createAwsMapper } from '../../../../../src/core/normalize/sources/aws/aws.js';
import { fixture } from '../../fixtures.js';

const mapper = createAwsMapper('fallback');
const call = fixture('aws', 'single-sign-on-console').input;
const identity = call['userIdentity'] as Record<string, unknown>;
const map = (more: Record<string, unknown>) => mapper.map({ ...call, ...more })[0]!;

test('digests and rates are known, and no events', () => {
  for (const record of [
    { awsAccountId: '444455556666', digestS3Object: 'x', digestStartTime: '2026-03-02T08:15:30Z' },
    { eventType: 'AwsCloudTrailInsight', eventCategory: 'Insight', insightDetails: { eventName: 'AttachUserPolicy' } },
  ]) {
    expect(mapper.recognises(record)).toBe(true);
    expect(mapper.map(record)).toEqual([]);
  }
});

test('the account is the one that the record was delivered to', () => {
  expect(map({ recipientAccountId: '777788889999' }).account).toBe('777788889999');
  expect(map({ recipientAccountId: undefined }).account).toBe('444455556666');
  expect(map({ recipientAccountId: undefined, userIdentity: { type: 'IAMUser', userName: 'tom' } }).account).toBe('fallback');
});

test('an event of several accounts has one id', () => {
  expect(map({ sharedEventID: 'shared' }).id).toBe('shared');
  expect(map({ sharedEventID: '' }).id).toBe(call['eventID']);
});

test.each([
  ['their own address', {}, true],
  ['IPv6', { sourceIPAddress: '2001:db8::7' }, true],
  ['the console`s front', { userAgent: 'console.amazonaws.com' }, true],
  [
    'the console, in older records',
    { userAgent: 'signin.amazonaws.com', userIdentity: { ...identity, invokedBy: 'signin.amazonaws.com' } },
    true,
  ],
  ['AWS inside', { sourceIPAddress: 'AWS Internal' }, false],
  ['AWS inside, as some write it', { sourceIPAddress: 'aws.internal' }, false],
  ['a service', { sourceIPAddress: 'cloudformation.amazonaws.com' }, false],
  ['for a service', { userIdentity: { ...identity, invokedBy: 'cloudformation.amazonaws.com' } }, false],
  ['a service`s program', { userAgent: 'athena.amazonaws.com' }, false],
  ['a program of AWS inside', { userAgent: 'AWS Internal' }, false],
  ['no address', { sourceIPAddress: undefined }, false],
  [
    'a long-lived key',
    {
      sessionCredentialFromConsole: undefined,
      userIdentity: { type: 'IAMUser', userName: 'ana@fjord.example', accessKeyId: 'AKIAFJORDEXAMPLE00001' },
    },
    false,
  ],
  ['refused', { errorCode: 'AccessDenied' }, false],
  ['a token', { eventSource: 'sts.amazonaws.com', eventName: 'AssumeRole' }, false],
])('%s places somebody: %s', (_name, more, is) => {
  expect(map(more).is_presence).toBe(is);
});

test('an address of AWS itself is none', () => {
  expect(map({ sourceIPAddress: 'AWS Internal' }).ip).toBeUndefined();
  expect(map({ sourceIPAddress: 'cloudformation.amazonaws.com' }).ip).toBe('cloudformation.amazonaws.com');
});

test.each([
  [{ eventName: 'ConsoleLogin', responseElements: { ConsoleLogin: 'Failure' } }, 'failure'],
  [{ eventName: 'ConsoleLogin', responseElements: { ConsoleLogin: 'Success' } }, 'success'],
  [{ eventName: 'PasswordUpdated', responseElements: { PasswordUpdated: 'Failure' } }, 'failure'],
  [{ eventName: 'CredentialVerification', serviceEventDetails: { CredentialVerification: 'Failure' } }, 'failure'],
  [{ eventName: 'CredentialChallenge', serviceEventDetails: { CredentialChallenge: 'Success' } }, 'interrupted'],
  [{ errorCode: 'AccessDenied' }, 'failure'],
  [{ errorCode: '' }, 'success'],
])('%j is %s', (more, status) => {
  expect(map(more).status).toBe(status);
});

test('without an id of the caller or a beginning there is no session', () => {
  expect(map({ userIdentity: { ...identity, principalId: '' } }).session).toBeUndefined();
  expect(map({ userIdentity: { ...identity, sessionContext: {} } }).session).toBeUndefined();
  expect(map({ userIdentity: { ...identity, sessionContext: undefined, accessKeyId: '' } }).token).toBeUndefined();
});

test('a new key in one session is the same session', () => {
  const other = map({ userIdentity: { ...identity, accessKeyId: 'ASIAFJORDOTHER0000001' } });
  expect(other.session?.uid).toBe(map({}).session?.uid);
  expect(other.token?.uid).not.toBe(map({}).token?.uid);
});

test('a second factor that another provider asked for is not denied', () => {
  const federated = fixture('aws', 'console-sign-in-federated').input;
  expect(mapper.map(federated)[0]?.auth?.is_mfa).toBeUndefined();
  expect(mapper.map(fixture('aws', 'console-sign-in-failed').input)[0]?.auth?.is_mfa).toBe(false);
});

test('time is told in seconds', () => {
  expect(map({}).time_precision_ms).toBe(1000);
  expect(map({ eventTime: undefined, '@timestamp': '2026-03-02T08:15:30Z' }).time).toBe(map({}).time);
});
