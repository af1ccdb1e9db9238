import {
  GITLAB_TARGETED,
  gitlabActivity,
  typeOfCaller,
  typeOfChange,
  typeOfMessage,
} from '../../../../../src/core/normalize/sources/gitlab/gitlab-actions.js';

test.each([
  ['authenticated_with_password', 'sign_in'],
  ['email_created', 'credential_change'],
  ['delete_status_check', 'policy_change'],
  ['project_require_password_to_approve_updated', 'policy_change'],
  ['security_policy_update', 'policy_change'],
  ['security_policy_violations_detected', 'other'],
  ['group_access_token_deletion_failed', 'other'],
  ['authenticated_with_group_saml', 'sign_in'],
  ['login_failed_with_otp_authentication', 'sign_in'],
  ['omniauth_login_failed', 'sign_in'],
  ['user_blocked', 'session_revoke'],
  ['user_password_updated', 'credential_change'],
  ['user_email_address_updated', 'credential_change'],
  ['password_reset_requested', 'recovery'],
  ['user_disable_two_factor', 'mfa_change'],
  ['user_enable_two_factor', 'mfa_change'],
  ['user_authorized_oauth_application', 'oauth_consent'],
  ['oauth_application_created', 'oauth_consent'],
  ['ci_variable_created', 'app_credential'],
  ['personal_access_token_created', 'api_key'],
  ['project_access_token_created', 'api_key'],
  ['group_deploy_token_created', 'api_key'],
  ['cluster_agent_token_created', 'api_key'],
  ['add_ssh_key', 'api_key'],
  ['deploy_key_added', 'api_key'],
  ['member_created', 'role_grant'],
  ['member_updated', 'role_grant'],
  ['user_admin_status_updated', 'role_grant'],
  ['custom_admin_role_assigned_to_user', 'role_grant'],
  ['group_saml_provider_update', 'policy_change'],
  ['group_require_two_factor_authentication_updated', 'policy_change'],
  ['ip_restrictions_changed', 'policy_change'],
  ['project_visibility_level_updated', 'policy_change'],
  ['protected_branch_removed', 'policy_change'],
  ['project_push_rules_reject_unsigned_commits_updated', 'policy_change'],
  ['application_setting_updated', 'policy_change'],
  ['skip_secret_push_protection', 'policy_change'],
  ['prevent_forking_outside_group_updated', 'policy_change'],
  ['create_event_streaming_destination', 'policy_change'],
  ['amazon_s3_configuration_created', 'policy_change'],
  ['destroy_event_streaming_destination', 'audit_tamper'],
  ['google_cloud_logging_configuration_deleted', 'audit_tamper'],
  ['user_impersonation', 'impersonation'],
  ['project_export_file_download_started', 'data_export'],
  ['repository_download_operation', 'data_export'],
  ['ci_runner_registered', 'device_register'],
  ['repository_git_operation', 'session_use'],
  ['merge_request_merged', 'session_use'],
  ['personal_access_token_revoked', 'other'],
  ['deploy_key_removed', 'other'],
  ['member_destroyed', 'other'],
  ['project_description_updated', 'other'],
  ['user_logged_in', 'sign_in'],
  ['user_signed_out', 'sign_out'],
  ['user_enrolled_webauthn', 'mfa_change'],
  ['two_factor_recovery_codes_generated', 'mfa_change'],
  ['group_two_factor_grace_period_updated', 'policy_change'],
  ['group_invite_via_group_link_created', 'role_grant'],
  ['audit_events_streaming_headers_create', 'audit_tamper'],
  ['event_type_filters_deleted', 'other'],
  ['made_up_tomorrow', 'other'],
])('%s is %s', (type, activity) => {
  expect(gitlabActivity(type)).toBe(activity);
});

test.each([
  ['Started Impersonation', 'user_impersonation'],
  ['Signed in with STANDARD authentication', 'login'],
  ['Failed to login with STANDARD authentication', 'login_failed_with_standard_authentication'],
  ['Ask for password reset', 'password_reset_requested'],
  ['Created personal access token with id 4', 'personal_access_token_created'],
  ['Revoked personal access token with id 4', 'personal_access_token_revoked'],
  ['Added SSH key', 'add_ssh_key'],
  ['Disabled two-factor authentication', 'user_disable_two_factor'],
  ['Export file download started', 'project_export_file_download_started'],
  ['Repository Download Started', 'repository_download_operation'],
  ['hello world', undefined],
])('"%s" is %s', (message, type) => {
  expect(typeOfMessage(message)).toBe(type);
});

test.each([
  ['access_level', 'role_grant'],
  ['visibility', 'policy_change'],
  ['password', 'credential_change'],
  ['email address', 'credential_change'],
  ['admin', 'role_grant'],
  ['name', 'other'],
])('a change of %s is %s', (change, activity) => {
  expect(gitlabActivity(typeOfChange(change))).toBe(activity);
});

test.each([
  ['SessionsController#create', 'sign_in'],
  ['OmniauthCallbacksController#saml', 'sign_in'],
  ['SessionsController#destroy', 'sign_out'],
  ['Admin::UsersController#impersonate', 'impersonation'],
  ['UserSettings::PersonalAccessTokensController#create', 'api_key'],
  ['Oauth::AuthorizationsController#create', 'oauth_consent'],
])('%s is %s', (caller, activity) => {
  expect(gitlabActivity(typeOfCaller(caller) ?? '')).toBe(activity);
});

test('most pages are use, whatever their names', () => {
  expect(typeOfCaller('DashboardController#activity')).toBeUndefined();
  expect(typeOfCaller('constructor')).toBeUndefined();
  expect(GITLAB_TARGETED.has('impersonation')).toBe(true);
});
