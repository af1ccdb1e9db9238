import { awsActivity, plainName } from '../../../../../src/core/normalize/sources/aws/aws-event-names.js';

test.each([
  ['signin', 'ConsoleLogin', 'sign_in'],
  ['signin', 'CheckMfa', 'sign_in'],
  ['signin', 'UserAuthentication', 'sign_in'],
  ['signin', 'PasswordRecoveryCompleted', 'recovery'],
  ['signin', 'PasswordUpdated', 'credential_change'],
  ['signin', 'GetSigninToken', 'token_issue'],
  ['sso', 'Authenticate', 'sign_in'],
  ['sso', 'Federate', 'session_use'],
  ['sso', 'Logout', 'sign_out'],
  ['sso', 'GetRoleCredentials', 'token_issue'],
  ['sso', 'CreateAccountAssignment', 'role_grant'],
  ['sso', 'DeleteAccountAssignment', 'other'],
  ['sso', 'CreateApplication', 'oauth_consent'],
  ['sso-oauth', 'CreateToken', 'token_issue'],
  ['sso-directory', 'DeleteMfaDeviceForUser', 'mfa_change'],
  ['sso-directory', 'UpdatePassword', 'recovery'],
  ['sso-directory', 'DisableUser', 'session_revoke'],
  ['sso-directory', 'AddMemberToGroup', 'role_grant'],
  ['sso-directory', 'CreateBearerToken', 'api_key'],
  ['sso-directory', 'EnableExternalIdPConfigurationForDirectory', 'policy_change'],
  ['identitystore', 'CreateGroupMembership', 'role_grant'],
  ['sts', 'AssumeRole', 'token_issue'],
  ['sts', 'AssumeRoleWithSAML', 'token_issue'],
  ['sts', 'GetFederationToken', 'token_issue'],
  ['sts', 'GetCallerIdentity', 'session_use'],
  ['iam', 'CreateAccessKey', 'api_key'],
  ['iam', 'DeleteAccessKey', 'other'],
  ['iam', 'CreateServiceSpecificCredential', 'api_key'],
  ['iam', 'UploadSSHPublicKey', 'api_key'],
  ['iam', 'ChangePassword', 'credential_change'],
  ['iam', 'CreateLoginProfile', 'credential_change'],
  ['iam', 'UpdateLoginProfile', 'recovery'],
  ['iam', 'EnableMFADevice', 'mfa_change'],
  ['iam', 'CreateVirtualMFADevice', 'mfa_change'],
  ['iam', 'DeactivateMFADevice', 'mfa_change'],
  ['iam', 'ListMFADevices', 'session_use'],
  ['iam', 'AttachUserPolicy', 'role_grant'],
  ['iam', 'PutUserPolicy', 'role_grant'],
  ['iam', 'AddUserToGroup', 'role_grant'],
  ['iam', 'UpdateAssumeRolePolicy', 'role_grant'],
  ['iam', 'DetachUserPolicy', 'policy_change'],
  ['iam', 'CreatePolicyVersion', 'policy_change'],
  ['iam', 'CreateSAMLProvider', 'policy_change'],
  ['iam', 'UpdateSAMLProvider', 'policy_change'],
  ['iam', 'CreateOpenIDConnectProvider', 'policy_change'],
  ['iam', 'UpdateAccountPasswordPolicy', 'policy_change'],
  ['iam', 'GetAccountPasswordPolicy', 'session_use'],
  ['ds', 'CreateTrust', 'policy_change'],
  ['ds', 'ResetUserPassword', 'recovery'],
  ['waf', 'DeleteRule', 'policy_change'],
  ['events', 'DeleteRule', 'session_use'],
  ['logs', 'PutRetentionPolicy', 'policy_change'],
  ['ses', 'UpdateAccountSendingEnabled', 'policy_change'],
  ['cognito-idp', 'AdminDisableUser', 'session_revoke'],
  ['cloudshell', 'PutCredentials', 'token_issue'],
  ['cloudshell', 'GetFileDownloadUrls', 'data_export'],
  ['securityhub', 'DeleteInsight', 'audit_tamper'],
  ['securityhub', 'DeleteMembers', 'audit_tamper'],
  ['securityhub', 'BatchUpdateFindings', 'other'],
  ['macie2', 'CreateFindingsFilter', 'audit_tamper'],
  ['macie2', 'DisassociateFromMasterAccount', 'audit_tamper'],
  ['macie2', 'UpdateMacieSession', 'audit_tamper'],
  ['iam', 'DeleteUser', 'session_revoke'],
  ['iam', 'CreateUser', 'other'],
  ['cognito-idp', 'AdminCreateUser', 'other'],
  ['organizations', 'LeaveOrganization', 'policy_change'],
  ['organizations', 'AttachPolicy', 'policy_change'],
  ['organizations', 'DescribeAccount', 'session_use'],
  ['rolesanywhere', 'CreateTrustAnchor', 'policy_change'],
  ['cloudtrail', 'StopLogging', 'audit_tamper'],
  ['cloudtrail', 'DeleteTrail', 'audit_tamper'],
  ['cloudtrail', 'UpdateTrail', 'audit_tamper'],
  ['cloudtrail', 'CreateTrail', 'policy_change'],
  ['cloudtrail', 'LookupEvents', 'session_use'],
  ['config', 'StopConfigurationRecorder', 'audit_tamper'],
  ['guardduty', 'DeleteDetector', 'audit_tamper'],
  ['guardduty', 'ListFindings', 'session_use'],
  ['ec2', 'DeleteFlowLogs', 'audit_tamper'],
  ['ec2', 'AuthorizeSecurityGroupIngress', 'policy_change'],
  ['ec2', 'CreateKeyPair', 'api_key'],
  ['ec2', 'ModifySnapshotAttribute', 'data_export'],
  ['ec2', 'RunInstances', 'session_use'],
  ['ec2', 'GetPasswordData', 'session_use'],
  ['s3', 'GetObject', 'data_export'],
  ['s3', 'PutObject', 'session_use'],
  ['s3', 'PutBucketPolicy', 'policy_change'],
  ['s3', 'GetBucketPolicy', 'session_use'],
  ['s3', 'DeleteBucketPublicAccessBlock', 'policy_change'],
  ['rds', 'StartExportTask', 'data_export'],
  ['rds', 'CopyDBSnapshot', 'data_export'],
  ['dynamodb', 'ExportTableToPointInTime', 'data_export'],
  ['kms', 'PutKeyPolicy', 'policy_change'],
  ['kms', 'Decrypt', 'session_use'],
  ['secretsmanager', 'GetSecretValue', 'session_use'],
  ['secretsmanager', 'PutResourcePolicy', 'policy_change'],
  ['lambda', 'AddPermission', 'policy_change'],
  ['ses', 'SendEmail', 'mail_send'],
  ['cognito-idp', 'AdminSetUserPassword', 'recovery'],
  ['codebuild', 'ImportSourceCredentials', 'app_credential'],
  // names that no table has
  ['newservice', 'DisableQueryLogging', 'audit_tamper'],
  ['newservice', 'DeleteMfaToken', 'mfa_change'],
  ['newservice', 'CreateTeamApiKey', 'api_key'],
  ['newservice', 'ListTeamApiKeys', 'session_use'],
  ['newservice', 'PutShelfResourcePolicy', 'policy_change'],
  ['newservice', 'StartShelfExport', 'data_export'],
  ['newservice', 'ResetAdminPassword', 'app_credential'],
  ['autoscaling', 'PutScalingPolicy', 'session_use'],
  ['newservice', 'Dance', 'session_use'],
])('%s %s is %s', (service, name, activity) => {
  expect(awsActivity(service, name, 'AwsApiCall')).toBe(activity);
});

test('one name is many things: the service tells', () => {
  expect(awsActivity('iam', 'CreateUser', 'AwsApiCall')).toBe('other');
  expect(awsActivity('ecr', 'GetAuthorizationToken', 'AwsApiCall')).toBe('token_issue');
  expect(awsActivity('newservice', 'Logout', 'AwsApiCall')).toBe('session_use');
  expect(awsActivity('rolesanywhere', 'CreateSession', 'AwsApiCall')).toBe('token_issue');
  expect(awsActivity('s3', 'CreateSession', 'AwsApiCall')).toBe('session_use');
});

test('what nobody knows is what its kind of record is', () => {
  expect(awsActivity('signin', 'TomorrowsLogin', 'AwsConsoleSignIn')).toBe('sign_in');
  expect(awsActivity('kms', 'RotateKey', 'AwsServiceEvent')).toBe('other');
  expect(awsActivity('kms', 'RotateKey', undefined)).toBe('session_use');
});

test('Lambda`s date is no part of a name', () => {
  expect(plainName('AddPermission20150331v2')).toBe('AddPermission');
  expect(plainName('CreateFunction20150331')).toBe('CreateFunction');
  expect(plainName('GetObject')).toBe('GetObject');
  expect(plainName('20150331')).toBe('20150331');
});
