import type { Activity } from '../../../../../src/core/event/index.js';
import { awsDetails, isOther, subjectOf } from '../../../../../src/core/normalize/sources/aws/aws-details.js';

const details = (
  activity: Activity,
  name: string,
  request: Record<string, unknown>,
  response: Record<string, unknown> = {},
  service = 'iam',
) => awsDetails(activity, { service, name, request, response, isOnOther: false }, {});

test('whom a call is about', () => {
  expect(subjectOf('iam', 'CreateAccessKey', { userName: 'tom' })).toMatchObject({ type: 'unknown', uid: 'user/tom' });
  expect(subjectOf('iam', 'DeactivateMFADevice', { userName: 'tom' })?.type).toBe('human');
  expect(subjectOf('iam', 'AttachRolePolicy', { roleName: 'Web' })).toMatchObject({ type: 'service', uid: 'role/Web' });
  expect(subjectOf('iam', 'CreateGroup', { groupName: 'x' })).toBeUndefined();
  expect(subjectOf('sso', 'CreateAccountAssignment', { principalType: 'GROUP', principalId: 'x' })).toBeUndefined();
  expect(subjectOf('sso-directory', 'DisableUser', { userId: 'x' })?.uid).toBe('x');
  expect(subjectOf('identitystore', 'CreateGroupMembership', { memberId: { userId: 'x' } })?.uid).toBe('x');
  expect(subjectOf('cognito-idp', 'AdminSetUserPassword', { userPoolId: 'p', username: 'HIDDEN_DUE_TO_SECURITY_REASONS' })).toBeUndefined();
  expect(subjectOf('cognito-idp', 'AdminSetUserPassword', { userPoolId: 'p', username: 'tom' })?.uid).toBe('p/tom');
  expect(subjectOf('s3', 'PutObject', { userName: 'tom' })).toBeUndefined();
});

test('a person in a role under the name of their user is that user', () => {
  const subject = subjectOf('iam', 'UpdateLoginProfile', { userName: 'tom' });
  expect(isOther(subject, { type: 'human', uid: 'role/Admin/tom', name: 'tom' })).toBe(false);
  expect(isOther(subject, { type: 'human', uid: 'role/Admin/ana', name: 'ana' })).toBe(true);
  expect(isOther(subject, { type: 'service', uid: 'role/tom', name: 'tom' })).toBe(true);
  expect(isOther(undefined, { type: 'human', uid: 'x' })).toBe(false);
});

test.each<[Activity, string, Record<string, unknown>, Record<string, string>]>([
  ['role_grant', 'AddUserToGroup', { userName: 'tom', groupName: 'admins' }, { group: 'admins' }],
  ['role_grant', 'UpdateAssumeRolePolicy', { roleName: 'Web' }, { role: 'Web', change: 'trust' }],
  ['mfa_change', 'ResyncMFADevice', {}, { change: 'changed' }],
  ['credential_change', 'DeleteLoginProfile', {}, { change: 'removed' }],
  ['session_revoke', 'DeleteUser', {}, { change: 'deleted' }],
  ['policy_change', 'UpdateAccountPasswordPolicy', {}, { kind: 'password', effect: 'changed' }],
  [
    'policy_change',
    'CreatePolicyVersion',
    { policyArn: 'arn:aws:iam::444455556666:policy/x' },
    { kind: 'role', effect: 'created', policy: 'x', target: 'arn:aws:iam::444455556666:policy/x' },
  ],
  ['policy_change', 'DeleteUserPermissionsBoundary', { userName: 'tom' }, { kind: 'permissions', effect: 'weakened', target: 'tom' }],
  ['policy_change', 'UpdateGuardrail', { name: 'HIDDEN_DUE_TO_SECURITY_REASONS' }, { kind: 'threat_protection', effect: 'changed' }],
  [
    'policy_change',
    'PutBucketVersioning',
    { bucketName: 'b', VersioningConfiguration: { Status: 'Suspended' } },
    { kind: 'data_protection', effect: 'weakened', target: 'b' },
  ],
  [
    'policy_change',
    'PutBucketLifecycle',
    { bucketName: 'b', LifecycleConfiguration: { Rule: { Status: 'Enabled', Expiration: { Days: 1 } } } },
    { kind: 'data_protection', effect: 'weakened', target: 'b' },
  ],
  [
    'policy_change',
    'PutBucketLifecycle',
    { bucketName: 'b', LifecycleConfiguration: { Rule: [{ Status: 'Disabled', Expiration: { Days: 1 } }, { Expiration: { Days: '7' } }] } },
    { kind: 'data_protection', effect: 'weakened', target: 'b' },
  ],
  [
    'policy_change',
    'PutBucketLifecycle',
    {
      bucketName: 'b',
      LifecycleConfiguration: { Rule: [{ Status: 'Disabled', Expiration: { Days: 1 } }, { Expiration: { Days: 8 } }, {}] },
    },
    { kind: 'data_protection', effect: 'changed', target: 'b' },
  ],
  ['mail_send', 'SendEmail', {}, { kind: 'service' }],
  ['token_issue', 'AssumeRole', { roleArn: 'arn:aws:iam::1:role/Web' }, { kind: 'role', target: 'arn:aws:iam::1:role/Web' }],
  ['token_issue', 'AssumeRoleWithWebIdentity', { roleArn: 'arn:aws:iam::1:role/Web' }, { target: 'arn:aws:iam::1:role/Web' }],
  ['token_issue', 'GetFederationToken', { name: 'tom' }, { kind: 'federated_user' }],
  [
    'policy_change',
    'PutBucketPublicAccessBlock',
    { PublicAccessBlockConfiguration: { BlockPublicAcls: false } },
    { kind: 'sharing', effect: 'weakened' },
  ],
  [
    'policy_change',
    'CreateRoute',
    { routeTableId: 'rtb-1', destinationCidrBlock: '0.0.0.0/0', gatewayId: 'igw-1' },
    { kind: 'network', effect: 'created' },
  ],
  ['policy_change', 'AuthorizeClientVpnIngress', { targetNetworkCidr: '0.0.0.0/0' }, { kind: 'network', effect: 'weakened' }],
  ['policy_change', 'CreateVpc', { cidrBlock: '10.0.0.0/16' }, { kind: 'network', effect: 'created' }],
  ['policy_change', 'ScheduleKeyDeletion', { keyId: 'k' }, { kind: 'data_protection', effect: 'deleted', target: 'k' }],
  ['policy_change', 'CancelKeyDeletion', { keyId: 'k' }, { kind: 'data_protection', effect: 'enabled', target: 'k' }],
  ['policy_change', 'DisableKey', { keyId: 'k' }, { kind: 'data_protection', effect: 'disabled', target: 'k' }],
  ['policy_change', 'PutKeyPolicy', { keyId: 'k' }, { kind: 'sharing', effect: 'changed', target: 'k' }],
  ['policy_change', 'DeleteRecoveryPoint', {}, { kind: 'data_protection', effect: 'deleted' }],
  ['policy_change', 'PutSubscriptionFilter', { logGroupName: 'g' }, { kind: 'audit', effect: 'changed', target: 'g' }],
  [
    'policy_change',
    'ModifyInstanceAttribute',
    { instanceId: 'i-1', userData: '<sensitiveDataRemoved>' },
    { kind: 'startup_script', effect: 'changed', target: 'i-1' },
  ],
  ['policy_change', 'ModifyInstanceAttribute', { instanceId: 'i-1', groupSet: {} }, { kind: 'network', effect: 'changed', target: 'i-1' }],
  ['policy_change', 'Subscribe', { topicArn: 't', protocol: 'email' }, { kind: 'webhook', effect: 'created', target: 't' }],
  ['role_grant', 'CreateRoleAlias', { roleAlias: 'a', roleArn: 'arn:aws:iam::1:role/Web' }, { role: 'arn:aws:iam::1:role/Web' }],
  ['other', 'DeleteAccessKey', { accessKeyId: 'AKIAX', userName: 'tom' }, { key_uid: 'AKIAX', effect: 'deleted', target: 'tom' }],
  ['other', 'UpdateAccessKey', { accessKeyId: 'AKIAX', status: 'Inactive' }, { key_uid: 'AKIAX', effect: 'disabled' }],
  [
    'other',
    'UpdateSigningCertificate',
    { certificateId: 'C1', status: 'Active', userName: 'tom' },
    { key_uid: 'C1', effect: 'enabled', target: 'tom' },
  ],
])('%s %s %j', (activity, name, request, expected) => {
  expect(details(activity, name, request)).toEqual(expected);
});

test('of a key that was made only its id is told', () => {
  const response = {
    serviceSpecificCredential: { serviceSpecificCredentialId: 'ACCAX', servicePassword: 'hunter2', serviceUserName: 'tom' },
  };
  expect(details('api_key', 'CreateServiceSpecificCredential', {}, response)).toEqual({
    kind: 'service_credential',
    effect: 'created',
    key_uid: 'ACCAX',
  });
  expect(details('api_key', 'CreateKeyPair', { keyName: 'k' }, { keyPairId: 'key-1', keyMaterial: 'hunter2' }, 'ec2')).toEqual({
    kind: 'ssh_key',
    effect: 'created',
    key_uid: 'key-1',
    key_name: 'k',
  });
});

test('of what is run and kept it is told what became of it', () => {
  expect(details('session_use', 'DeleteBucket', { bucketName: 'b' }, {}, 's3')).toEqual({
    kind: 'storage',
    effect: 'deleted',
    target: 'b',
  });
  expect(details('session_use', 'InvokeModel', {}, {}, 'bedrock')).toEqual({ kind: 'model', effect: 'created' });
});

test('what is done all day has no details', () => {
  expect(details('session_use', 'GetUser', { userName: 'tom' })).toBeUndefined();
});

test.each([
  ['ses', 'VerifyEmailIdentity', 'sending', 'created'],
  ['ses', 'DeleteIdentity', 'sending', 'deleted'],
  ['events', 'DisableRule', 'audit', 'disabled'],
  ['events', 'DeleteRule', 'audit', 'deleted'],
  ['organizations', 'LeaveOrganization', 'organization', 'deleted'],
  ['account', 'PutAlternateContact', 'organization', 'changed'],
])('%s:%s is of the kind %s: %s', (service, name, kind, effect) => {
  expect(details('policy_change', name, {}, {}, service)).toMatchObject({ kind, effect });
});
