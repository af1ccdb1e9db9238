import type { Activity } from '../../../../../src/core/event/index.js';
import {
  isForEverybody,
  isPrivilegedGrant,
  policyName,
  refined,
  sharedWith,
} from '../../../../../src/core/normalize/sources/aws/aws-refine.js';

const call = (name: string, request: Record<string, unknown>, isOnOther = false, service = 'x') => ({
  service,
  name,
  request,
  response: {},
  isOnOther,
});

/** As CloudTrail writes it: a text in a text. */
const older = (Effect: string) =>
  JSON.stringify({
    Statement: [{ Effect, Action: '*', Resource: '*', Condition: { DateLessThan: { 'aws:TokenIssueTime': '2026-03-02T08:00:00Z' } } }],
  });

test.each<[string, Record<string, unknown>, Activity, Activity]>([
  ['UpdateAccessKey', { status: 'Active' }, 'api_key', 'api_key'],
  ['UpdateAccessKey', { status: 'Inactive' }, 'api_key', 'other'],
  ['AttachUserPolicy', { policyArn: 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2' }, 'role_grant', 'vendor_risk'],
  ['AttachUserPolicy', { policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }, 'role_grant', 'role_grant'],
  ['PutRolePolicy', { policyName: 'AWSRevokeOlderSessions' }, 'role_grant', 'session_revoke'],
  ['PutRolePolicy', { policyName: 'more' }, 'role_grant', 'role_grant'],
  ['PutRolePolicy', { policyName: 'incident-7', policyDocument: older('Deny') }, 'role_grant', 'session_revoke'],
  ['PutUserPolicy', { policyName: 'incident-7', policyDocument: older('Deny') }, 'role_grant', 'session_revoke'],
  ['PutRolePolicy', { policyName: 'incident-7', policyDocument: older('Allow') }, 'role_grant', 'role_grant'],
  ['PutRolePolicy', { policyName: 'deny', policyDocument: { Statement: { Effect: 'Deny', Action: '*' } } }, 'role_grant', 'role_grant'],
  ['ModifySnapshotAttribute', { createVolumePermission: { add: { items: [{ group: 'all' }] } } }, 'data_export', 'data_export'],
  ['ModifySnapshotAttribute', { createVolumePermission: { remove: { items: [{ group: 'all' }] } } }, 'data_export', 'session_use'],
  ['ModifyDBSnapshotAttribute', { valuesToAdd: ['777788889999'] }, 'data_export', 'data_export'],
  ['ModifyInstanceAttribute', { userData: '<sensitiveDataRemoved>' }, 'session_use', 'policy_change'],
  ['ModifyInstanceAttribute', { groupSet: { items: [] } }, 'session_use', 'policy_change'],
  ['ModifyInstanceAttribute', { instanceType: { value: 'm7.large' } }, 'session_use', 'session_use'],
  ['ModifyDBInstance', { publiclyAccessible: true }, 'session_use', 'policy_change'],
  ['ModifyDBInstance', { deletionProtection: false }, 'session_use', 'policy_change'],
  ['CreateDBInstance', { deletionProtection: false }, 'session_use', 'session_use'],
  ['ModifyDBInstance', { masterUserPassword: '****' }, 'session_use', 'app_credential'],
  ['ModifyDBInstance', { allocatedStorage: 5 }, 'session_use', 'session_use'],
  ['UpdateDetector', { enable: false }, 'session_use', 'audit_tamper'],
  ['UpdateDetector', { enable: true }, 'session_use', 'policy_change'],
  ['PutBucketLogging', { BucketLoggingStatus: { xmlns: 'x' } }, 'audit_tamper', 'audit_tamper'],
  ['PutBucketLogging', { BucketLoggingStatus: { LoggingEnabled: { TargetBucket: 'x' } } }, 'audit_tamper', 'policy_change'],
  ['SetQueueAttributes', { attributes: { Policy: '{}' } }, 'session_use', 'policy_change'],
  ['SetQueueAttributes', { attributes: { DelaySeconds: '5' } }, 'session_use', 'session_use'],
  ['SetTopicAttributes', { attributeName: 'Policy' }, 'session_use', 'policy_change'],
])('%s %j', (name, request, before, after) => {
  expect(refined(before, call(name, request))).toBe(after);
});

test('whose password it is tells a reset from a change', () => {
  expect(refined('recovery', call('UpdateLoginProfile', {}, true))).toBe('recovery');
  expect(refined('recovery', call('UpdateLoginProfile', {}, false))).toBe('credential_change');
});

test('policies are named without their path', () => {
  expect(policyName({ policyArn: 'arn:aws:iam::aws:policy/job-function/Billing' })).toBe('Billing');
  expect(policyName({ policyName: 'more' })).toBe('more');
  expect(policyName({})).toBeUndefined();
});

test('whom something was opened to', () => {
  expect(sharedWith({ launchPermission: { add: { items: [{ group: 'all' }, { userId: '777788889999' }, null, 3] } } })).toBe(
    'all 777788889999',
  );
  expect(sharedWith({ launchPermission: 'x', valuesToAdd: 3 })).toBeUndefined();
});

test.each([
  [{ bucketPolicy: { Statement: [{ Effect: 'Allow', Principal: '*' }] } }, true],
  [{ bucketPolicy: { Statement: { Effect: 'Allow', Principal: { AWS: ['*'] } } } }, true],
  [{ resourcePolicy: '{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"}}]}' }, true],
  [{ bucketPolicy: { Statement: [{ Effect: 'Deny', Principal: '*' }] } }, false],
  [{ bucketPolicy: { Statement: [{ Effect: 'Allow', Principal: '*', Condition: { StringEquals: {} } }] } }, false],
  [{ bucketPolicy: { Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::444455556666:root' } }] } }, false],
  [{ principal: '*' }, true],
  [{ authType: 'NONE' }, true],
  [{ 'x-amz-acl': ['public-read'] }, true],
  [
    { AccessControlPolicy: { AccessControlList: { Grant: [{ Grantee: { URI: 'http://acs.amazonaws.com/groups/global/AllUsers' } }] } } },
    true,
  ],
  [{ 'x-amz-acl': ['private'] }, false],
  [{}, false],
])('%j is for everybody: %s', (request, is) => {
  expect(isForEverybody(request)).toBe(is);
});

test.each([
  [{ policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }, true],
  [{ policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }, false],
  [{ policyDocument: '{"Statement":[{"Effect":"Allow","Action":["s3:*","iam:*"],"Resource":"*"}]}' }, true],
  [{ policyDocument: '{"Statement":[{"Effect":"Allow","Action":"*"}]}' }, true],
  [{ policyDocument: '{"Statement":[{"Effect":"Deny","Action":"*"}]}' }, false],
  [{ policyDocument: 'no policy' }, false],
])('%j is privileged: %s', (request, is) => {
  expect(isPrivilegedGrant(request)).toBe(is);
});

test('a topic that sends to a mailbox or a server outside is a setting, one that fills a queue is not', () => {
  const subscribed = (protocol: string, service = 'sns') => refined('session_use', call('Subscribe', { protocol }, false, service));
  expect(['email', 'https', 'sms', 'sqs', 'lambda'].map((protocol) => subscribed(protocol))).toEqual([
    ...['policy_change', 'policy_change', 'policy_change'],
    ...['session_use', 'session_use'],
  ]);
  expect(subscribed('email', 'iot')).toBe('session_use');
});
