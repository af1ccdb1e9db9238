import { adminActivity } from '../../../../../src/core/normalize/sources/google/google-admin-events.js';

test.each([
  ['ASSIGN_ROLE', 'role_grant'],
  ['GRANT_ADMIN_PRIVILEGE', 'role_grant'],
  ['GRANT_DELEGATED_ADMIN_PRIVILEGES', 'role_grant'],
  ['CREATE_ROLE', 'role_grant'],
  ['UNASSIGN_ROLE', 'other'],
  ['REVOKE_ADMIN_PRIVILEGE', 'other'],
  ['AUTHORIZE_API_CLIENT_ACCESS', 'oauth_consent'],
  ['ADD_APPLICATION', 'oauth_consent'],
  ['REMOVE_API_CLIENT_ACCESS', 'other'],
  ['TURN_OFF_2_STEP_VERIFICATION', 'mfa_change'],
  ['UNENROLL_USER_FROM_STRONG_AUTH', 'mfa_change'],
  ['UNENROLL_USER_FROM_TITANIUM', 'mfa_change'],
  ['PASSKEY_REVOKED', 'mfa_change'],
  ['GENERATE_2SV_SCRATCH_CODES', 'recovery'],
  ['UNBLOCK_USER_SESSION', 'recovery'],
  ['CHANGE_PASSWORD', 'recovery'],
  ['CHANGE_RECOVERY_EMAIL', 'credential_change'],
  ['REVOKE_ASP', 'credential_change'],
  ['RESET_SIGNIN_COOKIES', 'session_revoke'],
  ['REVOKE_3LO_TOKEN', 'session_revoke'],
  ['SUSPEND_USER', 'session_revoke'],
  ['UNSUSPEND_USER', 'other'],
  ['ENFORCE_STRONG_AUTHENTICATION', 'policy_change'],
  ['TOGGLE_SSO_ENABLED', 'policy_change'],
  ['CHANGE_SSO_SETTINGS', 'policy_change'],
  ['ADD_TRUSTED_DOMAINS', 'policy_change'],
  ['ADD_TO_TRUSTED_OAUTH2_APPS', 'policy_change'],
  ['MULTIPLE_ADD_TO_BLOCKED_OAUTH2_APPS', 'policy_change'],
  ['CHANGE_CAA_APP_ASSIGNMENTS', 'policy_change'],
  ['CHANGE_APPLICATION_SETTING', 'policy_change'],
  ['CREATE_DATA_TRANSFER_REQUEST', 'data_export'],
  ['CUSTOMER_TAKEOUT_CREATED', 'data_export'],
  ['CUSTOMER_TAKEOUT_SUCCEEDED', 'data_export'],
  ['REQUEST_MAILBOX_DUMP', 'data_export'],
  ['DOWNLOAD_USERLIST_CSV', 'data_export'],
  ['CREATE_EMAIL_MONITOR', 'mail_forwarding'],
  ['MAIL_ROUTING_DESTINATION_ADDED', 'mail_forwarding'],
  ['ALERT_CENTER_BATCH_DELETE_ALERTS', 'audit_tamper'],
  ['ALERT_CENTER_VIEW', 'session_use'],
  ['SECURITY_INVESTIGATION_QUERY', 'session_use'],
  ['SECURITY_INVESTIGATION_CONTENT_ACCESS', 'mail_access'],
  ['REGENERATE_OAUTH_CONSUMER_SECRET', 'app_credential'],
  ['CREATE_ENROLLMENT_TOKEN', 'api_key'],
  ['MOBILE_DEVICE_APPROVE', 'device_register'],
  ['MOBILE_DEVICE_WIPE', 'other'],
  ['CREATE_USER', 'other'],
  ['ADD_GROUP_MEMBER', 'other'],
  ['CREATE_BUILDING', 'other'],
  ['USER_LICENSE_ASSIGNMENT', 'other'],
])('%s is %s', (name, activity) => {
  expect(adminActivity(name, undefined)).toBe(activity);
});

test.each([
  ['CREATE_SIGNING_KEY', 'api_key'],
  ['INBOUND_SSO_PROFILE_CREATED', 'policy_change'],
  ['CHANGE_KEEP_SETTING', 'policy_change'],
  ['CUSTOMER_TAKEOUT_FAILED', 'data_export'],
  ['DOWNLOAD_SOMETHING_NEW', 'data_export'],
  ['SECURITY_INVESTIGATION_EXPORT_RESULTS', 'data_export'],
  ['ADD_MAIL_DELEGATE', 'mailbox_delegation'],
  ['SOMETHING_ELSE', 'other'],
])('an event that is not listed: %s is %s', (name, activity) => {
  expect(adminActivity(name, undefined)).toBe(activity);
});

test('a setting that routes mail forwards it, but not when it goes away', () => {
  for (const setting of ['EMAIL_ROUTE', 'UNIFIED_MAIL_ROUTING', 'ALIAS_TABLE', 'MESSAGE_SECURITY_RULE']) {
    expect(adminActivity('CREATE_GMAIL_SETTING', setting)).toBe('mail_forwarding');
    expect(adminActivity('CHANGE_APPLICATION_SETTING', setting)).toBe('mail_forwarding');
    expect(adminActivity('DELETE_GMAIL_SETTING', setting)).toBe('policy_change');
  }
  expect(adminActivity('CHANGE_GMAIL_SETTING', 'SPAM_CONTROL')).toBe('policy_change');
});

test('a setting of what is logged is about the log', () => {
  expect(adminActivity('CHANGE_APPLICATION_SETTING', 'Sharing of log data with Google Cloud')).toBe('audit_tamper');
  expect(adminActivity('CHANGE_APPLICATION_SETTING', 'Audit log sharing')).toBe('audit_tamper');
  expect(adminActivity('CHANGE_APPLICATION_SETTING', 'Catalog sharing')).toBe('policy_change');
});
