import type { Activity } from '../../../event/index.js';

/** Slack's audit actions by what they mean to a session. What is not named falls to the patterns below. */
const BY_ACTIVITY: Partial<Record<Activity, readonly string[]>> = {
  sign_in: ['user_login', 'user_login_failed', 'cli_login'],
  sign_out: ['user_logout', 'cli_logout'],
  session_revoke: [
    'user_session_invalidated',
    'user_session_reset_by_admin',
    'bulk_session_reset_by_admin',
    'user_logout_compromised',
    'user_logout_non_compliant_mobile_app_version',
    'user_deactivated',
    'guest_deactivated',
    'guest_expired',
  ],
  credential_change: ['user_email_updated'],
  recovery: ['user_password_reset_requested', 'user_password_reset_slack_security'],
  oauth_consent: [
    'app_approved',
    'app_deployed',
    'app_installed',
    'app_manifest_created',
    'app_manifest_updated',
    'app_resources_added',
    'app_resources_granted',
    'app_scopes_expanded',
    'app_token_preserved',
    'bot_token_upgraded',
    'cli_app_deploy',
    'cli_app_install',
    'org_app_future_workspace_install_enabled',
    'org_app_installed',
    'org_app_upgraded_to_org_install',
    'org_app_workspace_added',
    'seamless_auth_org_update',
    'workflow_app_token_preserved',
  ],
  app_credential: ['app_variable_added'],
  api_key: ['seamless_auth_team_token_created', 'seamless_auth_user_token_created'],
  role_grant: [
    'app_collaborator_added',
    'owner_transferred',
    'permissions_assigned',
    'primary_owner_transferred',
    'role_added_to_usergroup',
    'role_assigned',
    'role_change_to_admin',
    'role_change_to_guest',
    'role_change_to_owner',
    'role_change_to_user',
    'role_modified_on_usergroup',
    'service_owner_transferred',
  ],
  policy_change: [
    'app_removed_from_whitelist',
    'app_restricted',
    'channel_posting_permissions_updated',
    'channel_retention_changed',
    'corporate_exports_approved',
    'corporate_exports_enabled',
    'external_shared_channel_access_upgraded',
    'external_shared_channel_connected',
    'external_shared_channel_reconnected',
    'external_shared_channel_host_transferred',
    'flexible_access_control_set',
    'intune_disabled',
    'intune_enabled',
    'org_verified',
    'org_unverified',
    'organization_channel_audit_export_enabled',
    'organization_domain_changed',
    'organization_verified',
    'organization_unverified',
    'private_channel_converted_to_public',
    'role_created',
    'role_updated',
    'role_deleted',
    'team_authorized_ip_range_set',
    'user_session_settings_changed',
    'workspace_channel_audit_export_enabled',
  ],
  data_export: [
    'canvas_downloaded',
    'export_private_channel_analytics_created',
    'file_download_blocked',
    'file_downloaded',
    'file_downloaded_blocked',
    'workflow_responses_csv_download',
  ],
  audit_tamper: [
    // the log that a customer gets of the use of their own key
    'ekm_logging_config_set',
    'pref.ext_audit_log_retention_duration_changed',
    'pref.ext_audit_log_retention_type_changed',
  ],
  vendor_risk: ['anomaly', 'file_malicious_content_detected'],
  session_use: [
    'audit_logs_records_searched',
    'file_deleted',
    'file_public_link_created',
    'file_public_link_revoked',
    'file_share_blocked_by_type',
    'file_shared',
    'file_upload_blocked_by_type',
    'file_uploaded',
    'private_message_forwarded',
    'record_shared',
    'slack_ai_summary_requested',
  ],
  other: [
    'app_allowlist_rule_matched',
    'native_dlp_rule_action_applied',
    'ekm_slackbot_enroll_notification_sent',
    'ekm_slackbot_logging_notification_sent',
    'ekm_slackbot_rekey_notification_sent',
    'ekm_slackbot_unenroll_notification_sent',
    'pref.dnd_enabled',
    'pref.dnd_start_hour',
    'pref.dnd_end_hour',
    'pref.display_real_names',
    'pref.loading_only_admins',
    'pref.allow_native_gif_picker',
  ],
};

/** From the first to the last: the one that fits decides. */
const PATTERNS: readonly (readonly [RegExp, Activity])[] = [
  [/audit_log.*(retention|deleted|disabled)/, 'audit_tamper'],
  [/_exports?_(\w+_)?(started|completed|downloaded|prepared|created)$/, 'data_export'],
  [/_export_deleted$/, 'other'],
  [/sessions?_(reset|invalidated)|logout_(compromised|non_compliant)/, 'session_revoke'],
  [/^user_password_(reset|changed)/, 'recovery'],
  [/(^|_)role_(assigned|granted|modified|permission_granted)$/, 'role_grant'],
  [/_domain_(claimed|added|removed|changed)$/, 'policy_change'],
  [/two_factor_auth_(enabled|disabled|added|removed|reset)|^user_(mfa|two_factor)/, 'mfa_change'],
  [/^pref\./, 'policy_change'],
  [/^(idp|ekm|barrier|native_dlp|legal_hold|app_allowlist|approved_orgs|domain|intune|slack_connect_invite_routing)_/, 'policy_change'],
  [/^information_barrier|_policy_(created|updated|deleted|added|removed)$/, 'policy_change'],
  [/owner_transferred$/, 'role_grant'],
  [/token_created$/, 'api_key'],
  [/^(user|guest)_channel_(join|leave)$/, 'session_use'],
  [/^(canvas|huddle|message|thread|channel|public_channel|private_channel|workflow|emoji|list|function)_/, 'session_use'],
];

const ACTIVITIES = new Map<string, Activity>();
for (const [activity, actions] of Object.entries(BY_ACTIVITY)) for (const action of actions) ACTIVITIES.set(action, activity as Activity);

const LONGEST_ACTION = 150;
const FOUND = new Map<string, Activity>();
const MOST_FOUND = 2000;

/** @param action as Slack writes it */
export function slackActivity(action: string): Activity {
  const known = ACTIVITIES.get(action) ?? FOUND.get(action);
  if (known !== undefined) return known;
  if (action.length > LONGEST_ACTION) return 'other';
  const activity = PATTERNS.find(([pattern]) => pattern.test(action))?.[1] ?? 'other';
  if (FOUND.size < MOST_FOUND) FOUND.set(action, activity);
  return activity;
}

/** Acts on a person that leave a trace at that person when somebody else did them. */
export const SLACK_TARGETED: ReadonlySet<Activity> = new Set<Activity>([
  'session_revoke',
  'credential_change',
  'recovery',
  'mfa_change',
  'role_grant',
  'vendor_risk',
]);
