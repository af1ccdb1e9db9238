import type { Activity } from '../../../event/index.js';
import { wordTable } from '../../../event/word-table.js';

/** GitLab's audit event types by what they mean to a session. What is not named falls to the patterns below. */
const BY_ACTIVITY: Partial<Record<Activity, readonly string[]>> = {
  sign_in: [
    'login',
    'failed_login',
    'omniauth_login_failed',
    'login_failed_with_otp_authentication',
    'login_failed_with_standard_authentication',
    'login_failed_with_webauthn_authentication',
    'smartcard_authentication_created',
    'user_enable_admin_mode',
    'inactive_scim_user_cannot_be_added',
    'ip_restricted_group_accessed',
    'user_access_locked',
  ],
  session_use: [
    'api_request_access_with_scope',
    'job_artifact_downloaded',
    'repository_git_operation',
    'user_authenticated_using_job_token',
    'variable_viewed_api',
    'group_ci_cd_settings_accessed',
    'project_ci_cd_settings_accessed',
    'secrets_manager_read_project_secret',
  ],
  sign_out: ['logout'],
  session_revoke: ['ban_user', 'user_blocked', 'user_deactivate', 'user_destroyed'],
  // a reset of the password may be sent to every address
  credential_change: ['user_password_updated', 'user_email_address_updated', 'user_email_changed_and_user_signed_in', 'email_created'],
  recovery: ['password_reset_requested', 'password_reset_failed'],
  mfa_change: ['user_disable_two_factor', 'user_enable_two_factor', 'unenroll_passkey', 'enroll_passkey'],
  oauth_consent: ['oauth_application_created', 'user_authorized_oauth_application', 'cluster_agent_created'],
  app_credential: [
    'ci_group_variable_created',
    'ci_instance_variable_created',
    'ci_variable_created',
    'ci_group_variable_updated',
    'ci_instance_variable_updated',
    'ci_variable_updated',
    'secrets_manager_create_project_secret',
    'secrets_manager_update_project_secret',
    'oauth_application_secret_renewed',
  ],
  api_key: [
    'add_gpg_key',
    'add_ssh_key',
    'ci_runner_token_reset',
    'cluster_agent_token_created',
    'create_ssh_certificate',
    'deploy_key_added',
    'deploy_token_created',
    'deploy_token_creation_failed',
    'group_access_token_created',
    'group_access_token_creation_failed',
    'group_deploy_token_created',
    'group_deploy_token_creation_failed',
    'personal_access_token_created',
    'personal_access_token_issued',
    'personal_access_token_rotated',
    'project_access_token_created',
    'project_access_token_creation_failed',
  ],
  role_grant: [
    'custom_admin_role_assigned_to_user',
    'group_saml_member_added',
    'group_share_with_group_link_created',
    'group_share_with_group_link_updated',
    'member_created',
    'member_updated',
    'project_group_link_created',
    'project_group_link_updated',
    'saml_group_links_created',
    'change_membership_state',
    'user_admin_status_updated',
    'user_auditor_status_updated',
  ],
  policy_change: [
    'application_setting_updated',
    'allowed_email_domain_updated',
    'enabled_git_access_protocol_updated',
    'enforce_ssh_certificates_updated',
    'environment_unprotected',
    'group_saml_provider_create',
    'group_saml_provider_update',
    'group_visibility_level_updated',
    'project_visibility_level_updated',
    'ip_restrictions_changed',
    'member_role_created',
    'member_role_updated',
    'custom_admin_role_created',
    'custom_admin_role_updated',
    'policy_project_updated',
    'project_namespace_updated',
    'project_security_exclusion_created',
    'secure_ci_job_token_inbound_disabled',
    'secure_ci_job_token_inbound_enabled',
    'secure_ci_job_token_group_added',
    'secure_ci_job_token_project_added',
    'secure_ci_job_token_policies_updated',
    'skip_secret_push_protection',
    'security_policy_access_token_push_bypass',
    'security_policy_merge_request_bypass',
    'security_policy_service_account_push_bypass',
    'security_policy_user_push_bypass',
    'update_mismatched_group_saml_extern_uid',
    // what has to be before somebody's code is taken
    'project_require_password_to_approve_updated',
    'project_only_allow_merge_if_pipeline_succeeds_updated',
    'create_status_check',
    'update_status_check',
    'delete_status_check',
    'external_status_check_url_updated',
    'visibility',
    'webhook_created',
    'webhook_destroyed',
  ],
  device_register: ['ci_runner_created', 'ci_runner_registered'],
  impersonation: ['user_impersonation'],
  data_export: [
    'ci_runner_usage_export',
    'direct_transfer_relation_export_batch_downloaded',
    'direct_transfer_relation_export_downloaded',
    'direct_transfer_relations_export_initiated',
    'group_export_created',
    'project_export_created',
    'project_export_file_download_started',
    'public_repository_download_operation',
    'repository_download_operation',
  ],
  audit_tamper: [
    'destroy_event_streaming_destination',
    'destroy_instance_event_streaming_destination',
    'deleted_group_audit_event_streaming_destination',
    'deleted_instance_audit_event_streaming_destination',
    'update_event_streaming_destination',
    'update_instance_event_streaming_destination',
    'updated_group_audit_event_streaming_destination',
    'updated_instance_audit_event_streaming_destination',
    // a filter lets less through
    'event_type_filters_created',
    'create_http_namespace_filter',
    'created_group_namespace_filter',
    'created_instance_namespace_filter',
    'audit_events_streaming_headers_destroy',
    'audit_events_streaming_headers_update',
    'audit_events_streaming_instance_headers_destroy',
    'audit_events_streaming_instance_headers_update',
  ],
  other: [
    'event_type_filters_deleted',
    'project_description_updated',
    'project_topics_updated',
    'project_name_updated',
    'group_name_updated',
    'group_description_updated',
    'user_name_updated',
    'user_access_unlocked',
    'personal_access_token_revoked',
    'group_access_token_deletion_failed',
    'project_access_token_deletion_failed',
    'member_destroyed',
    // what a policy found, and nobody changed it
    'security_policy_violations_detected',
    'security_policy_violations_resolved',
    'security_policy_merge_request_merged_with_policy_violations',
    'security_policy_pipeline_failed',
    'security_policy_pipeline_skipped',
    'security_policy_limit_exceeded',
    'security_policy_scheduled_scans_not_enforced',
  ],
};

/** From the first to the last: the one that fits decides. */
const PATTERNS: readonly (readonly [RegExp, Activity])[] = [
  [/(streaming_destination|google_cloud_logging_configuration|amazon_s3_configuration)/, 'audit_tamper'],
  [/^audit_events_streaming_\w*headers_/, 'audit_tamper'],
  [/impersonat/, 'impersonation'],
  [/^user_(logged|signed)_in/, 'sign_in'],
  [/^user_(logged|signed)_out/, 'sign_out'],
  [/^(authenticated_with_|login_failed_)/, 'sign_in'],
  [/password_reset/, 'recovery'],
  [/password_(updated|changed)$|^update_password/, 'credential_change'],
  [/^user_\w*(two_factor|otp|webauthn|passkey)|recovery_codes?_(generated|created|regenerated)/, 'mfa_change'],
  [/^(group|project)_\w*(group|project)_link_(created|updated)$/, 'role_grant'],
  [/(two_factor|otp|webauthn|passkey).*(enabled?|disabled?|registered|removed|added|deleted)$/, 'mfa_change'],
  [/(token|key|certificate)_(created|added|issued|rotated)$|^(add|create)_\w+_(token|key)$/, 'api_key'],
  [/(token|key)_(revoked|removed|deleted|destroyed|expired)$|^remove_/, 'other'],
  [/export|_download(ed|_operation)?$/, 'data_export'],
  [
    /(saml|scim_config|two_factor|mfa|ip_restriction|push_rules?_|push_protection|protected_branch|protected_environment|approval_rule|security_policy|security_setting|visibility|access_level_updated|access_tokens?_|ssh_keys|step_up_auth|signups?_|domain)/,
    'policy_change',
  ],
  [/^(allow|prevent|disable|require|enforce|restrict)_\w+_updated$|_(enabled|lock|required|enforced)_updated$/, 'policy_change'],
  [/_setting(s)?_(created|updated|changed)$|compliance_framework|approval\w*_updated$/, 'policy_change'],
  [/^(merge_request|comment|epic|issue|task|test_case|incident|release|deployment|delete_)_?/, 'session_use'],
];

const ACTIVITIES = new Map<string, Activity>();
for (const [activity, types] of Object.entries(BY_ACTIVITY)) for (const type of types) ACTIVITIES.set(type, activity as Activity);

/** A destination that is added sends the log to one more place; one that is changed or taken away is where it is missed. */
const ADDED_DESTINATION = /^create|_created$/;

const LONGEST_TYPE = 150;
const FOUND = new Map<string, Activity>();
const MOST_FOUND = 2000;

/** @param type name of an audit event type */
export function gitlabActivity(type: string): Activity {
  const known = ACTIVITIES.get(type) ?? FOUND.get(type);
  if (known !== undefined) return known;
  if (type.length > LONGEST_TYPE) return 'other';
  let activity = PATTERNS.find(([pattern]) => pattern.test(type))?.[1] ?? 'other';
  if (activity === 'audit_tamper' && ADDED_DESTINATION.test(type)) activity = 'policy_change';
  if (FOUND.size < MOST_FOUND) FOUND.set(type, activity);
  return activity;
}

/** What GitLab writes for people, where its log has no type: the older audit_json.log and its interface. */
const BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [/^(started|stopped) impersonation/i, 'user_impersonation'],
  [/impersonation token/i, 'personal_access_token_created'],
  [/failed to login|login failed|failed login/i, 'login_failed_with_standard_authentication'],
  [/^(signed in|user signed in|logged in)/i, 'login'],
  [/(ask(ed)? for|request(ed)?) (a )?password reset/i, 'password_reset_requested'],
  [/^(created|added|generated) (an? )?(personal access|project access|group access|access|deploy) token/i, 'personal_access_token_created'],
  [/^(created|rotated) .*token/i, 'personal_access_token_created'],
  [/^revoked .*token/i, 'personal_access_token_revoked'],
  [/^(added|created) (an? )?(ssh|deploy|gpg) key/i, 'add_ssh_key'],
  [/^(removed|deleted) (an? )?(ssh|deploy|gpg) key/i, 'remove_ssh_key'],
  [/two[- ]factor.*(disabled|removed)|(disabled|removed) two[- ]factor/i, 'user_disable_two_factor'],
  [/two[- ]factor.*enabled|enabled two[- ]factor/i, 'user_enable_two_factor'],
  [/export file download|export (was )?(created|started|downloaded)/i, 'project_export_file_download_started'],
  [/repository download|download(ed)? (the )?repository/i, 'repository_download_operation'],
  [/admin access|made .* admin|administrator status/i, 'user_admin_status_updated'],
  [/^(blocked|banned) user|user (was )?(blocked|banned)/i, 'user_blocked'],
  [
    /(created|destroyed|updated|deleted|removed) (an? )?(external audit|event streaming|audit event)/i,
    'update_event_streaming_destination',
  ],
  [/runner .*registered|registered .*runner/i, 'ci_runner_registered'],
  [/oauth application (was )?added|oauth access granted/i, 'user_authorized_oauth_application'],
  [/saml/i, 'group_saml_provider_update'],
  [/protected branch|push rule|approval rule/i, 'protected_branch_updated'],
  [/membership|access (was )?(granted|given)/i, 'member_updated'],
  [/password/i, 'user_password_updated'],
];

/** @returns the type that stands for a message, or undefined when none is known */
export function typeOfMessage(message: string): string | undefined {
  const short = message.slice(0, 200);
  return BY_MESSAGE.find(([pattern]) => pattern.test(short))?.[1];
}

/** What was changed, in the older log: `{"change": "access_level", "from": "Guest", "to": "Developer"}`. */
const BY_CHANGE: Readonly<Record<string, string>> = wordTable({
  access_level: 'member_updated',
  admin: 'user_admin_status_updated',
  'admin status': 'user_admin_status_updated',
  auditor: 'user_auditor_status_updated',
  email: 'user_email_address_updated',
  'email address': 'user_email_address_updated',
  notification_email: 'email_confirmation_sent',
  password: 'user_password_updated',
  username: 'user_username_updated',
  name: 'user_name_updated',
  visibility: 'project_visibility_level_updated',
  visibility_level: 'project_visibility_level_updated',
  path: 'project_path_updated',
  namespace: 'project_namespace_updated',
  require_two_factor_authentication: 'group_require_two_factor_authentication_updated',
  two_factor_grace_period: 'group_two_factor_grace_period_updated',
  ip_restrictions: 'ip_restrictions_changed',
});

/** @param change what was changed, by GitLab's own word */
export function typeOfChange(change: string): string {
  return BY_CHANGE[change] ?? BY_CHANGE[change.toLowerCase()] ?? `${change.toLowerCase().replace(/\s+/g, '_')}_updated`;
}

/** Controllers of the web whose acts matter, `<controller>#<action>`; the rest is use of a session. */
const BY_CALLER: Readonly<Record<string, string>> = wordTable({
  'SessionsController#create': 'login',
  'Ldap::OmniauthCallbacksController#ldapmain': 'login',
  'SessionsController#destroy': 'logout',
  'PasswordsController#create': 'password_reset_requested',
  'PasswordsController#update': 'user_password_updated',
  'Profiles::PasswordsController#update': 'user_password_updated',
  'UserSettings::PasswordsController#update': 'user_password_updated',
  'Profiles::PersonalAccessTokensController#create': 'personal_access_token_created',
  'UserSettings::PersonalAccessTokensController#create': 'personal_access_token_created',
  'Profiles::KeysController#create': 'add_ssh_key',
  'UserSettings::SshKeysController#create': 'add_ssh_key',
  'Profiles::TwoFactorAuthsController#create': 'user_enable_two_factor',
  'Profiles::TwoFactorAuthsController#destroy': 'user_disable_two_factor',
  'Profiles::WebauthnRegistrationsController#create': 'user_enable_two_factor',
  'Admin::UsersController#impersonate': 'user_impersonation',
  'Admin::ImpersonationsController#destroy': 'user_impersonation',
  'Oauth::AuthorizationsController#create': 'user_authorized_oauth_application',
  'Projects::RepositoriesController#archive': 'repository_download_operation',
  'ProjectsController#download_export': 'project_export_file_download_started',
});

/** @param caller `SessionsController#create`, as GitLab's logs of requests have it */
export function typeOfCaller(caller: string): string | undefined {
  if (caller.startsWith('OmniauthCallbacksController#')) return 'login';
  return Object.hasOwn(BY_CALLER, caller) ? BY_CALLER[caller] : undefined;
}

/** Acts on a person that leave a trace at that person when somebody else did them. */
export const GITLAB_TARGETED: ReadonlySet<Activity> = new Set<Activity>([
  'session_revoke',
  'credential_change',
  'recovery',
  'mfa_change',
  'role_grant',
  'impersonation',
]);
