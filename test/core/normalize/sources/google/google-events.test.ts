import { googleActivity, productOf } from '../../../../../src/core/normalize/sources/google/google-events.js';
import { parameterReader } from '../../../../../src/core/normalize/sources/google/google-parameters.js';

const act = (app: string, name: string, parameters: object = {}, type?: string) =>
  googleActivity({ app, name, type, parameter: parameterReader(parameters) });

test.each([
  ['login', 'login_success', 'sign_in'],
  ['login', 'login_failure', 'sign_in'],
  ['login', 'login_challenge', 'sign_in'],
  ['login', 'logout', 'sign_out'],
  ['login', 'suspicious_login', 'vendor_risk'],
  ['login', 'account_disabled_password_leak', 'vendor_risk'],
  ['login', 'gov_attack_warning', 'vendor_risk'],
  ['login', 'user_signed_out_due_to_suspicious_session_cookie', 'vendor_risk'],
  ['login', 'risky_sensitive_action_allowed', 'vendor_risk'],
  ['login', 'passkey_enrolled', 'mfa_change'],
  ['login', 'email_forwarding_out_of_domain', 'mail_forwarding'],
  ['login', 'blocked_sender', 'other'],
  ['user_accounts', '2sv_enroll', 'mfa_change'],
  ['user_accounts', 'titanium_unenroll', 'mfa_change'],
  ['user_accounts', 'password_edit', 'credential_change'],
  ['user_accounts', 'recovery_phone_edit', 'credential_change'],
  ['user_accounts', 'email_forwarding_out_of_domain', 'mail_forwarding'],
  // single sign-on is use of the session at Google
  ['saml', 'login_success', 'session_use'],
  ['token', 'authorize', 'oauth_consent'],
  ['token', 'revoke', 'session_revoke'],
  ['token', 'activity', 'session_use'],
  ['drive', 'download', 'data_export'],
  ['drive', 'sync_item_content', 'data_export'],
  ['drive', 'copy', 'data_export'],
  ['drive', 'view', 'session_use'],
  ['drive', 'trash', 'session_use'],
  ['drive', 'change_document_visibility', 'session_use'],
  ['drive', 'change_owner', 'role_grant'],
  ['drive', 'storage_usage_update', 'other'],
  ['calendar', 'export_calendar', 'data_export'],
  ['calendar', 'create_event', 'session_use'],
  ['chat', 'attachment_download', 'data_export'],
  ['chat', 'message_posted', 'session_use'],
  ['meet', 'call_ended', 'session_use'],
  ['vault', 'create_export_end', 'data_export'],
  ['vault', 'delete_export_end', 'other'],
  ['vault', 'remove_hold_end', 'policy_change'],
  ['vault', 'add_collaborator_end', 'role_grant'],
  ['vault', 'view_matter', 'session_use'],
  ['vault', 'view_export', 'session_use'],
  ['vault', 'add_account_to_hold_end', 'policy_change'],
  ['vault', 'search', 'data_export'],
  ['takeout', 'initiated', 'data_export'],
  ['data_studio', 'DATA_EXPORT', 'data_export'],
  ['gcp', 'IMPORT_SSH_PUBLIC_KEY', 'api_key'],
  ['gcp', 'GET_SSH_PUBLIC_KEY', 'session_use'],
  ['gcp', 'DELETE_SSH_PUBLIC_KEY', 'other'],
  ['mobile', 'DEVICE_COMPROMISED_EVENT', 'vendor_risk'],
  ['mobile', 'SUSPICIOUS_ACTIVITY_EVENT', 'vendor_risk'],
  ['mobile', 'DEVICE_SYNC_EVENT', 'other'],
  ['chrome', 'CHROME_OS_LOGIN_FAILURE_EVENT', 'sign_in'],
  ['chrome', 'CHROME_OS_LOGOUT_EVENT', 'sign_out'],
  ['chrome', 'passwordReuseEvent', 'vendor_risk'],
  ['chrome', 'browserCrashEvent', 'other'],
  ['rules', 'rule_match', 'vendor_risk'],
  ['rules', 'label_applied', 'session_use'],
  ['context_aware_access', 'ACCESS_DENY_EVENT', 'session_use'],
  ['groups', 'change_acl_permission', 'policy_change'],
  ['groups', 'join', 'other'],
  ['admin', 'ASSIGN_ROLE', 'role_grant'],
  ['gemini_in_workspace_apps', 'feature_utilization', 'session_use'],
  ['a_log_of_tomorrow', 'something', 'other'],
])('%s %s is %s', (app, name, activity) => {
  expect(act(app, name)).toBe(activity);
});

test('an event of a log that is not listed goes by its words', () => {
  expect(act('login', 'suspicious_device_login')).toBe('vendor_risk');
  expect(act('user_accounts', 'passkey_renamed')).toBe('mfa_change');
  expect(act('gcp', 'CREATE_ACCESS_KEY')).toBe('api_key');
});

test('an owner of a group was given a right, a member was not', () => {
  expect(act('groups_enterprise', 'add_user', { member_role: ['owner', 'member'] })).toBe('role_grant');
  expect(act('groups_enterprise', 'add_user', { member_role: 'MANAGER' })).toBe('role_grant');
  expect(act('groups_enterprise', 'add_user', { member_role: ['member'] })).toBe('other');
  expect(act('admin', 'UPDATE_GROUP_MEMBER', { NEW_VALUE: 'OWNER' })).toBe('role_grant');
  expect(act('admin', 'UPDATE_GROUP_MEMBER', { NEW_VALUE: 'MEMBER' })).toBe('other');
  expect(act('drive', 'shared_drive_membership_change', { added_role: 'organizer' })).toBe('role_grant');
  expect(act('drive', 'shared_drive_membership_change', { added_role: 'editor' })).toBe('session_use');
});

test('an event that stands in another log is known by its type', () => {
  expect(act('calendar', 'add_user', { member_role: 'owner' }, 'moderator_action')).toBe('role_grant');
  expect(act('logout', 'login_success', {}, 'login')).toBe('sign_in');
});

test('a device is registered or taken off under one name', () => {
  expect(act('mobile', 'DEVICE_REGISTER_UNREGISTER_EVENT', { ACCOUNT_STATE: 'REGISTERED' })).toBe('device_register');
  expect(act('mobile', 'DEVICE_REGISTER_UNREGISTER_EVENT', {})).toBe('device_register');
  expect(act('mobile', 'DEVICE_REGISTER_UNREGISTER_EVENT', { ACCOUNT_STATE: 'UNREGISTERED' })).toBe('other');
});

test('a rule that gave no name to its event', () => {
  expect(act('rules', 'rules', { severity: 'HIGH' })).toBe('vendor_risk');
  expect(act('rules', 'rules', {})).toBe('other');
});

test('a log has a name that is known', () => {
  expect(['drive', 'groups_enterprise', 'admin', 'made up', ''].map(productOf)).toEqual([
    'drive',
    'groups',
    'admin',
    'activity',
    'activity',
  ]);
});
