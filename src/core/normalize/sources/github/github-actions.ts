// However long, one file: one table of actions by what they are.

import type { Activity } from '../../../event/index.js';

/** GitHub's audit actions by what they mean to a session. What is not named falls to the patterns below, else to what its category is. */
const BY_ACTIVITY: Partial<Record<Activity, readonly string[]>> = {
  sign_in: [
    'user.login',
    'user.failed_login',
    'user.new_device_used',
    'user.sign_in_from_unrecognized_device',
    'user.sign_in_from_unrecognized_location',
    'user.sign_in_from_unrecognized_device_and_location',
    'user.correct_password_from_unrecognized_device',
    'user.correct_password_from_unrecognized_location',
    'user.correct_password_from_unrecognized_device_and_location',
    'user.device_verification_requested',
    'user.device_verification_success',
    'user.device_verification_failure',
    'user.two_factor_requested',
    'user.two_factor_challenge_success',
    'user.two_factor_challenge_failure',
    'two_factor_authentication.sign_in_fallback_sms',
    'org.sso_response',
    'business.sso_response',
  ],
  sign_out: ['user.logout'],
  session_revoke: [
    'org.revoke_sso_session',
    'business.revoke_sso_session',
    'org.revoke_external_identity',
    'business.revoke_external_identity',
    'external_identity.deprovision',
    'user.suspend',
    'user.revoke_sessions',
  ],
  // a reset of the password may be sent to every address
  credential_change: ['user.change_password', 'user.add_email'],
  recovery: [
    'user.reset_password',
    // asked for, not done: the status says so
    'user.forgot_password',
    'two_factor_authentication.password_reset_fallback_sms',
    'user.two_factor_recover',
    'org.recovery_code_used',
    'org.recovery_code_failed',
    'business.recovery_code_used',
    'business.recovery_code_failed',
    'account_recovery_token.recover',
    'two_factor_account_recovery.start',
    'two_factor_account_recovery.complete',
    'two_factor_account_recovery.staff_approve',
    'two_factor_account_recovery.two_factor_destroy',
  ],
  mfa_change: [
    'two_factor_authentication.add_factor',
    'two_factor_authentication.remove_factor',
    'two_factor_authentication.enabled',
    'two_factor_authentication.disabled',
    'two_factor_authentication.update_fallback',
    'two_factor_authentication.recovery_codes_regenerated',
    'security_key.register',
    'security_key.remove',
    'passkey.register',
    'passkey.remove',
  ],
  device_register: [
    'trusted_device.register',
    'repo.register_self_hosted_runner',
    'org.register_self_hosted_runner',
    'enterprise.register_self_hosted_runner',
  ],
  oauth_consent: [
    'oauth_authorization.create',
    'oauth_authorization.update',
    'oauth_application.create',
    'oauth_application.unsuspend',
    'org_credential_authorization.grant',
    'org.oauth_app_access_approved',
    'org.oauth_app_access_unblocked',
    'integration.create',
    'integration.unsuspend',
    'integration_installation.create',
    'integration_installation.repositories_added',
    'integration_installation.unsuspend',
    'integration_installation.version_updated',
    'enterprise_installation.create',
  ],
  app_credential: [
    'integration.generate_client_secret',
    'integration.generate_private_key',
    'integration_key.create',
    'oauth_application.generate_client_secret',
    'oauth_application.reset_secret',
    'team_sync_tenant.update_okta_credentials',
  ],
  api_key: [
    'personal_access_token.create',
    'personal_access_token.access_granted',
    'personal_access_token.request_created',
    'personal_access_token.credential_regenerated',
    'personal_access_token.update',
    'oauth_access.create',
    'oauth_access.regenerate',
    'oauth_access.update',
    'public_key.create',
    'public_key.update',
    'public_key.verify',
    'deploy_key.create',
    'git_signing_ssh_public_key.create',
    'gpg_key.create',
    'sandbox.generate_token',
  ],
  role_grant: [
    'business.add_admin',
    'business.add_billing_manager',
    'business.add_support_entitlee',
    'business.invite_admin',
    'business.invite_billing_manager',
    'business.invite_unaffiliated_member',
    'enterprise_role.assign',
    'enterprise_team.add_member',
    'external_group.add_member',
    'external_group.link',
    'integration.manager_added',
    // whoever takes an app over has its secrets
    'integration.transfer',
    'oauth_application.transfer',
    'org.add_billing_manager',
    'org.add_member',
    'org.add_outside_collaborator',
    'org.add_security_manager',
    'org.integration_manager_added',
    'org.invite_member',
    'org.invite_user',
    'org.restore_member',
    'org.update_member',
    'organization_moderators.add_team',
    'organization_moderators.add_user',
    'organization_role.assign',
    'project.update_team_permission',
    'project.update_user_permission',
    'project_collaborator.add',
    'project_collaborator.update',
    'repo.add_member',
    'repo.override_unlock',
    'repo.staff_unlock',
    'repo.temporary_access_granted',
    // whoever takes a repository over owns it
    'repo.transfer',
    'repo.update_member',
    'repository_invitation.accept',
    'repository_invitation.create',
    'successor_invitation.accept',
    'team.add_member',
    'team.add_repository',
    'team.add_to_organization',
    'team.promote_maintainer',
    'team.update_repository_permission',
    'team_group_mapping.create',
    'team_group_mapping.update',
    'user.promote',
  ],
  policy_change: [
    // what a role may do, not who has it
    'enterprise_role.create',
    'enterprise_role.update',
    'organization_role.create',
    'organization_role.update',
    'role.create',
    'role.update',
    // the whole organisation with its rules goes somewhere else
    'business.add_organization',
    'business.remove_organization',
    'org.transfer',
    'org.transfer_outgoing',
    'org.accept_business_invitation',
    'org.update_default_repository_permission',
    'business.update_default_repository_permission',
    'repo.access',
    'repo.actions_enabled',
    'repo.pages_public',
    'gist.visibility_change',
    'project.visibility_public',
    'secret_scanning_push_protection.bypass',
    'secret_scanning_push_protection_request.approve',
    'workflows.bypass_protection_rules',
    'audit_log_streaming.create',
    'org.codespaces_trusted_repo_access_granted',
    'org.codespaces_trusted_repo_access_revoked',
    'copilot.swe_agent_firewall_allowlist_updated',
    'copilot.swe_agent_mcp_config_updated',
    'copilot.swe_agent_repo_enabled',
    'copilot.swe_agent_repo_enablement_updated',
    'copilot.content_exclusion_changed',
    'environment.add_protection_rule',
    'environment.remove_protection_rule',
    'environment.update_protection_rule',
  ],
  session_use: ['codespaces.allow_permissions'],
  impersonation: ['staff.fake_login', 'user.impersonate'],
  data_export: [
    'git.clone',
    'repo.download_zip',
    'repo.transfer_outgoing',
    'repo.transfer_start',
    'migration.create',
    'migration.download',
    'org.audit_log_export',
    'org.audit_log_git_event_export',
    'business.audit_log_export',
    'business.audit_log_git_event_export',
    'user.audit_log_export',
    'codespaces.export_environment',
  ],
  audit_tamper: [
    'audit_log_streaming.destroy',
    'audit_log_streaming.update',
    // the log goes on without the addresses that everything here is placed by
    'org.disable_source_ip_disclosure',
    'business.disable_source_ip_disclosure',
  ],
  vendor_risk: ['user_session.country_change', 'secret_scanning_alert.create', 'secret_scanning_alert.public_leak'],
  other: [
    // one token, key or grant taken away: the person's sessions go on
    'oauth_access.destroy',
    'oauth_access.revoke',
    'oauth_authorization.destroy',
    'org_credential_authorization.deauthorize',
    'org_credential_authorization.revoke',
    'personal_access_token.access_revoked',
    'personal_access_token.credential_revoked',
    'personal_access_token.destroy',
    'personal_access_token.request_cancelled',
    'personal_access_token.request_denied',
    'public_key.delete',
    // asked for, denied or taken back
    'integration_installation_request.create',
    'integration_installation_request.close',
    'org.oauth_app_access_requested',
    'org.oauth_app_access_denied',
    'org.oauth_app_access_blocked',
    'audit_log_streaming.check',
    'repo.change_merge_setting',
    'protected_branch.rejected_ref_update',
    // what a directory's connector does all day
    'external_group.scim_api_failure',
    'external_group.scim_api_success',
    'external_identity.scim_api_failure',
    'external_identity.scim_api_success',
    // not about who may come in
    'restrict_notification_delivery.disable',
    'restrict_notification_delivery.enable',
    'repository_projects_change.disable',
    'repository_projects_change.enable',
    'organization_projects_change.disable',
    'organization_projects_change.enable',
    'team_discussions.disable',
    'team_discussions.enable',
    'workflows.disable_workflow',
    'workflows.enable_workflow',
    'secret_scanning_scan.completed',
  ],
};

/** Categories, the part before the first full stop, that are settings of security all through: rules, lists of addresses, sign-on, scanning. */
const POLICY_CATEGORIES: ReadonlySet<string> = new Set([
  'auto_approve_personal_access_token_requests',
  'business_advanced_security',
  'business_dependabot_alerts',
  'business_dependabot_alerts_new_repos',
  'business_secret_scanning',
  'dependabot_alerts',
  'dependabot_alerts_new_repos',
  'dependabot_repository_access',
  'dependabot_security_updates',
  'dependabot_security_updates_new_repos',
  'enterprise_domain',
  'hook',
  'ip_allow_list',
  'ip_allow_list_entry',
  'mcp_registry',
  'network_configuration',
  'organization_domain',
  'private_repository_forking',
  'protected_branch',
  'required_status_check',
  'repository_branch_protection_evaluation',
  'repository_code_security',
  'repository_ruleset',
  'repository_security_configuration',
  'repository_security_updates',
  'repository_visibility_change',
  'repository_vulnerability_alerts',
  'secret_scanning',
  'secret_scanning_new_repos',
  'security_configuration',
  'security_configuration_default',
  'security_configuration_policy',
  'ssh_certificate_authority',
  'ssh_certificate_requirement',
  'sso_lockdown',
  'sso_redirect',
  'team_sync_tenant',
]);
const POLICY_CATEGORY_STARTS: readonly string[] = [
  'business_secret_scanning_',
  'org_secret_scanning_',
  'repository_secret_scanning_',
  'members_can_',
];

/** From the first to the last: the one that fits decides. Names are short and checked to be plain before they come here. */
const PATTERNS: readonly (readonly [RegExp, Activity])[] = [
  [/impersonat|fake_login/, 'impersonation'],
  [/^audit_log_stream.*(destroy|delete|disable|update|pause)/, 'audit_tamper'],
  [/audit_log.*_export$|_export_|_export$|^migration\.download/, 'data_export'],
  [/recovery_codes_generated$/, 'mfa_change'],
  [/recovery_codes_(viewed|downloaded|printed)$/, 'session_use'],
  [/(saml|oidc|scim|two_factor_(requirement|method)|oauth_app_restrictions|proxy_security_header)/, 'policy_change'],
  [/\.(create|update)_(actions|integration|codespaces|dependabot)_secret$/, 'app_credential'],
  [/^codespaces\.(create|update)_an_(org|repo|user)_secret$/, 'app_credential'],
  // which repositories may run on them
  [/^(org|enterprise|business)\.runner_group_(created|updated|vis\w+_updated|runners_added)$/, 'policy_change'],
  [/^personal_access_token\.(access_restriction|auto_approve|expiration_limit)/, 'policy_change'],
  [/(_policy|_policy_update|_policy_cleared|_settings|_access_settings|_permissions?)(_updated)?$/, 'policy_change'],
  [/(^|[._])(enable|disable|enabled|disabled)(_|$)/, 'policy_change'],
  [/(_|\.)(set|clear)_(default|workflow|actions|disallowed)/, 'policy_change'],
  [/disallowed_two_factor|\.clear_members_can_|^enterprise\.config\./, 'policy_change'],
  [/settings_(updated|changed)$|policy_group_(created|updated|deleted)$/, 'policy_change'],
];

/** Categories of plain work on the platform. */
const WORK: ReadonlySet<string> = new Set([
  'actions_cache',
  'api',
  'artifact',
  'checks',
  'codespaces',
  'commit_comment',
  'discussion',
  'discussion_comment',
  'environment',
  'gist',
  'git',
  'issue',
  'issue_comment',
  'issue_dependencies',
  'merge_queue',
  'packages',
  'project',
  'project_field',
  'project_view',
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
  'release',
  'sub_issues',
  'workflows',
]);

const ACTIVITIES = new Map<string, Activity>();
for (const [activity, actions] of Object.entries(BY_ACTIVITY)) for (const action of actions) ACTIVITIES.set(action, activity as Activity);

/** The longest action that GitHub has is about 100 letters; patterns see no longer ones. */
const LONGEST_ACTION = 150;
/** What came by pattern is kept: actions are a few hundred, and the patterns are dear. */
const FOUND = new Map<string, Activity>();
const MOST_FOUND = 2000;

/** @param action as GitHub writes it: `category.what_happened` */
export function githubActivity(action: string): Activity {
  const known = ACTIVITIES.get(action) ?? FOUND.get(action);
  if (known !== undefined) return known;
  if (action.length > LONGEST_ACTION) return 'other';
  const activity = byPattern(action);
  if (FOUND.size < MOST_FOUND) FOUND.set(action, activity);
  return activity;
}

function byPattern(action: string): Activity {
  const category = categoryOf(action);
  if (POLICY_CATEGORIES.has(category) || POLICY_CATEGORY_STARTS.some((start) => category.startsWith(start))) return 'policy_change';
  if (category === 'sponsors' || category === 'billing' || category === 'marketplace_listing') return 'other';
  for (const [pattern, activity] of PATTERNS) if (pattern.test(action)) return activity;
  return WORK.has(category) ? 'session_use' : 'other';
}

/** `repo` of `repo.add_member`. */
export function categoryOf(action: string): string {
  const dot = action.indexOf('.');
  return dot < 0 ? action : action.slice(0, dot);
}

/** Acts on a person that leave a trace at that person when somebody else did them. */
export const GITHUB_TARGETED: ReadonlySet<Activity> = new Set<Activity>([
  'session_revoke',
  'credential_change',
  'recovery',
  'mfa_change',
  'role_grant',
  'impersonation',
  'device_register',
  'vendor_risk',
]);
