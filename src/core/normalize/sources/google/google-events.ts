import type { Activity } from '../../../event/index.js';
import { clip } from '../../record.js';
import { adminActivity } from './google-admin-events.js';
import { mailActivity } from './google-mail.js';
import { member, type ParameterReader, textOf, textsOf } from './google-parameters.js';

type Names = Partial<Record<Activity, readonly string[]>>;

/** What people do at their own account; the login log and the log of user accounts both write it. */
const ACCOUNT: Names = {
  sign_in: ['login_success', 'login_failure', 'login_challenge', 'login_verification'],
  sign_out: ['logout'],
  credential_change: ['password_edit', 'recovery_email_edit', 'recovery_phone_edit', 'recovery_secret_qa_edit'],
  mfa_change: [
    '2sv_enroll',
    '2sv_disable',
    '2sv_unenroll',
    'passkey_enrolled',
    'passkey_removed',
    'titanium_enroll',
    'titanium_unenroll',
    'security_key_enroll',
    'security_key_unenroll',
  ],
  mail_forwarding: ['email_forwarding_out_of_domain'],
  vendor_risk: [
    'suspicious_login',
    'suspicious_login_less_secure_app',
    'suspicious_programmatic_login',
    'gov_attack_warning',
    'risky_sensitive_action_allowed',
    'risky_sensitive_action_blocked',
    'user_signed_out_due_to_suspicious_session_cookie',
    'account_disabled_generic',
    'account_disabled_hijacked',
    'account_disabled_password_leak',
    'account_disabled_spamming',
    'account_disabled_spamming_through_relay',
  ],
};

/** Single sign-on to an app is use of the session at Google, not a sign-in there. */
const SAML: Names = { session_use: ['login_success', 'login_failure'] };

const TOKEN: Names = {
  oauth_consent: ['authorize', 'request'],
  // the app's session lasts as long as the grant
  session_revoke: ['revoke'],
  session_use: ['activity'],
};

const DRIVE: Names = {
  data_export: [
    'download',
    'export',
    'copy',
    'source_copy',
    'email_as_attachment',
    'download_forms_response',
    'download_video_caption',
    'sync_item_content',
  ],
  role_grant: ['change_owner'],
  other: ['storage_usage_update', 'change_owner_hierarchy_reconciled'],
};

/** Both logs of groups; who is a member follows the directory's own way: a member is no role, an owner is one. */
const GROUPS: Names = {
  policy_change: [
    'change_acl_permission',
    'add_security_setting',
    'change_security_setting',
    'change_security_setting_state',
    'remove_security_setting',
  ],
  role_grant: ['add_service_account_permission'],
};

const MOBILE: Names = {
  device_register: ['device_register_unregister_event'],
  vendor_risk: ['device_compromised_event', 'failed_password_attempts_event', 'suspicious_activity_event', 'risk_signal_updated_event'],
};

const CHROME: Names = {
  sign_in: ['chrome_os_login_event', 'chrome_os_login_failure_event', 'chrome_os_login_logout_event'],
  sign_out: ['chrome_os_logout_event'],
  session_use: [
    'chromeos_affiliated_lock_success',
    'chromeos_affiliated_unlock_success',
    'chromeos_affiliated_unlock_failure',
    'chrome_os_crd_host_started',
    'chrome_os_crd_client_connected',
    'chrome_os_crd_client_disconnected',
  ],
  credential_change: ['password_changed'],
  vendor_risk: [
    'password_reuse',
    'password_reuse_event',
    'password_breach',
    'password_breach_event',
    'malware_transfer',
    'malware_transfer_event',
    'dangerous_download_event',
    'unsafe_site_visit',
    'unsafe_site_visit_event',
    'bad_navigation_event',
    'suspicious_url_event',
    'dlp_event',
    'data_access_control_event',
    'url_navigation_interstitial_event',
    'sensitive_data_transfer',
    'sensitive_data_event',
  ],
};

const RULES: Names = {
  vendor_risk: ['rule_match', 'rule_trigger', 'rules'],
  session_use: ['label_applied', 'label_field_value_changed', 'label_removed'],
};

const CLOUD: Names = {
  api_key: ['import_ssh_public_key', 'update_ssh_public_key'],
  session_use: ['get_ssh_public_key', 'get_login_profile'],
};

const CALENDAR: Names = { data_export: ['export_calendar'], other: ['notification_triggered'] };
const CHAT: Names = { data_export: ['attachment_download'] };
const STUDIO: Names = { data_export: ['data_export', 'download_report', 'schedule_email', 'export'] };
const TAKEOUT: Names = { other: ['deleted', 'delete', 'expired'] };
const ACCESS: Names = { session_use: ['access_deny_event', 'access_deny_internal_error_event', 'monitor_mode_access_deny_event'] };

/** One log: what its events are, by name, by pattern, and what any other is. */
interface Log {
  names: ReadonlyMap<string, Activity>;
  patterns: readonly (readonly [RegExp, Activity])[];
  rest: Activity;
}

function log(names: Names, rest: Activity, patterns: Log['patterns'] = []): Log {
  const map = new Map<string, Activity>();
  for (const [activity, all] of Object.entries(names)) for (const name of all) map.set(name, activity as Activity);
  return { names: map, patterns, rest };
}

const ACCOUNT_LOG = log(ACCOUNT, 'other', [
  [/^(suspicious|risky)_|_warning$|^account_disabled|suspicious/, 'vendor_risk'],
  [/^login/, 'sign_in'],
  [/^logout/, 'sign_out'],
  [/passkey|2sv|titanium|security_key|authenticator|backup_code/, 'mfa_change'],
  [/password|^recovery_/, 'credential_change'],
  [/forwarding/, 'mail_forwarding'],
]);
const GROUPS_LOG = log(GROUPS, 'other');
const VAULT_LOG = log({}, 'session_use', [
  [/^view/, 'session_use'],
  [/(delete|cancel|remove)\w*export|export\w*(delete|cancel)/, 'other'],
  [/export|download|(^|_)(search|count)(_|$)/, 'data_export'],
  [/collaborator|permission/, 'role_grant'],
  [/retention|hold/, 'policy_change'],
]);

/** By `applicationName`; a log that is not named is of no special meaning. */
const LOGS: ReadonlyMap<string, Log> = new Map([
  ['login', ACCOUNT_LOG],
  ['user_accounts', ACCOUNT_LOG],
  ['saml', log(SAML, 'session_use')],
  ['token', log(TOKEN, 'session_use')],
  ['drive', log(DRIVE, 'session_use')],
  ['groups', GROUPS_LOG],
  ['groups_enterprise', GROUPS_LOG],
  ['mobile', log(MOBILE, 'other', [[/compromised|suspicious|risk/, 'vendor_risk']])],
  ['chrome', log(CHROME, 'other', [[/malware|phish|unsafe|password_(reuse|breach)|dangerous/, 'vendor_risk']])],
  ['rules', log(RULES, 'other')],
  ['gcp', log(CLOUD, 'other', [[/^(create|import|add|upload).*key/, 'api_key']])],
  ['calendar', log(CALENDAR, 'session_use')],
  ['chat', log(CHAT, 'session_use')],
  ['data_studio', log(STUDIO, 'session_use')],
  ['looker_studio', log(STUDIO, 'session_use')],
  ['takeout', log(TAKEOUT, 'data_export')],
  ['context_aware_access', log(ACCESS, 'session_use')],
  ['vault', VAULT_LOG],
  ['keep', log({}, 'session_use')],
  ['meet', log({}, 'session_use')],
  ['classroom', log({}, 'session_use')],
  ['gplus', log({}, 'session_use')],
  ['currents', log({}, 'session_use')],
  ['tasks', log({}, 'session_use')],
  ['contacts', log({ data_export: ['export'] }, 'session_use')],
  ['assignments', log({}, 'session_use')],
  ['gemini_in_workspace_apps', log({}, 'session_use')],
  ['gemini_for_workspace', log({}, 'session_use')],
  ['ldap', log({}, 'sign_in', [[/search|unbind/, 'session_use']])],
]);

/** Types of events that stand in another log than their own, as some exports mix them. */
const BY_TYPE: ReadonlyMap<string, Log> = new Map([
  ['moderator_action', GROUPS_LOG],
  ['account_warning', ACCOUNT_LOG],
  ['login', ACCOUNT_LOG],
  ['2sv_change', ACCOUNT_LOG],
]);

/**
 * The log as the event names it: one of those that are known here, so that a record cannot make names up. Both logs of groups are one.
 * @param app lower case
 */
export function productOf(app: string): string {
  if (app === 'groups_enterprise') return 'groups';
  return app === 'admin' || app === 'gmail' || LOGS.has(app) ? app : 'activity';
}

const OWNER = /\b(owner|manager|organizer)\b/i;
const LONGEST_VALUE = 200;

/** What is asked of an event to tell what it is. */
export interface Act {
  /** `applicationName`, lower case */
  app: string;
  /** cleaned */
  name: string;
  type: string | undefined;
  parameter: ParameterReader;
}

/** What an event means to a session. */
export function googleActivity({ app, name, type, parameter }: Act): Activity {
  if (app === 'admin') return ownerAdded(parameter, name) ?? adminActivity(name, textOf(parameter('SETTING_NAME')));
  if (app === 'gmail') return mailActivity(member(parameter('event_info'), 'mail_event_type'), name);
  const lower = snake(clip(name, LONGEST_VALUE));
  const own = LOGS.get(app);
  const known = own?.names.get(lower);
  if (known !== undefined) return refined(known, app, lower, parameter);
  const byType = type === undefined ? undefined : BY_TYPE.get(type.toLowerCase());
  const found = byType?.names.get(lower);
  if (found !== undefined) return found;
  const group = byType === GROUPS_LOG || own === GROUPS_LOG ? groupActivity(lower, parameter) : undefined;
  if (group !== undefined) return group;
  for (const [pattern, activity] of own?.patterns ?? []) if (pattern.test(lower)) return activity;
  if (app === 'drive' && lower === 'shared_drive_membership_change' && isOwner(parameter('added_role'))) return 'role_grant';
  return own?.rest ?? 'other';
}

/** `passwordReuseEvent` in the words of the others. */
function snake(name: string): string {
  return (/^[a-z]+[A-Z]/.test(name) ? name.replace(/[A-Z]/g, (letter) => `_${letter}`) : name).toLowerCase();
}

function refined(activity: Activity, app: string, name: string, parameter: ParameterReader): Activity {
  // registered and taken off is one event with a state
  if (name === 'device_register_unregister_event' && /^UNREGISTERED/i.test(textOf(parameter('ACCOUNT_STATE')) ?? '')) return 'other';
  // a state of the rule engine that no rule stands behind
  if (app === 'rules' && name === 'rules' && parameter('severity') === undefined && parameter('triggered_actions') === undefined)
    return 'other';
  return activity;
}

function isOwner(value: unknown): boolean {
  return textsOf(value).some((role) => OWNER.test(clip(role, LONGEST_VALUE)));
}

/** To own or manage a group is a right over its other members; to be in it is none. */
function groupActivity(name: string, parameter: ParameterReader): Activity | undefined {
  if (!/^(add_(user|member|member_role)|update_group_member|change_member_role)$/.test(name)) return undefined;
  return isOwner(parameter('member_role')) ? 'role_grant' : 'other';
}

function ownerAdded(parameter: ParameterReader, name: string): Activity | undefined {
  return name === 'UPDATE_GROUP_MEMBER' && isOwner(parameter('NEW_VALUE')) ? 'role_grant' : undefined;
}

/** Acts that leave a trace at the person that they were done to. */
export const GOOGLE_TARGETED: ReadonlySet<Activity> = new Set<Activity>([
  'session_revoke',
  'credential_change',
  'recovery',
  'mfa_change',
  'mail_forwarding',
  'mailbox_delegation',
  'role_grant',
  'device_register',
  'vendor_risk',
  'data_export',
  'impersonation',
]);
