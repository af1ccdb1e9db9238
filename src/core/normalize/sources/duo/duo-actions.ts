import type { Activity } from '../../../event/index.js';
import type { Raw } from '../../mapped.js';
import { clip, text } from '../../record.js';
import { actionTable } from '../action-table.js';

/** What administrators do, by Duo's names; the administrator log and the activity log share them. */
const byName = actionTable(
  {
    sign_in: ['admin_login', 'admin_login_error', 'admin_2fa_error', 'admin_lockout'],
    session_use: ['admin_account_switch', 'adminapi_request_ip_denied'],
    recovery: ['bypass_create', 'bypass_view', 'admin_reset_password', 'admin_send_reset_password_email'],
    credential_change: ['activation_set_password', 'admin_update_password'],
    mfa_change: [
      ...['phone_create', 'phone_associate', 'phone_delete', 'phone_disassociate', 'phone_update', 'phone_activation_code_regenerated'],
      ...[
        'phone_new_sms_passcode',
        'hardtoken_associate',
        'hardtoken_disassociate',
        'u2ftoken_create',
        'u2ftoken_delete',
        'u2f_create',
        'u2f_delete',
      ],
      ...[
        'webauthncredential_create',
        'webauthncredential_delete',
        'webauthncredential_rename',
        'regen_mobile',
        'regen_sms',
        'deregister_devices',
      ],
      ...['admin_activate_duo_push', 'admin_reactivates_duo_push', 'admin_rectivates_duo_push', 'send_enroll_code', 'resend_enroll_codes'],
      ...['hardtoken_create', 'hardtoken_delete', 'hardtoken_resync', 'hardtoken_update'],
      ...['user_bulk_enroll', 'user_bulk_activate', 'o2fa_user_provisioned', 'o2fa_user_deprovisioned', 'o2fa_user_reenrolled'],
    ],
    role_grant: ['admin_create', 'admin_activation_create', 'administrative_unit_admin_add', 'admin_unit_assign_admin'],
    policy_change: [
      ...[
        'policy_create',
        'policy_update',
        'policy_delete',
        'policy_prioritize',
        'integration_policy_assign',
        'integration_policy_unassign',
      ],
      ...['integration_group_policy_add', 'integration_group_policy_remove', 'integration_update', 'admin_single_sign_on_create'],
      ...[
        'admin_single_sign_on_update',
        'admin_single_sign_on_cert_update',
        'update_admin_factor_restrictions',
        'admin_factor_restrictions',
      ],
      ...['admin_factor_restrictions_update', 'customer_update', 'updated_risk_profile', 'accepted_dtm_opt_in', 'update_admin_settings'],
    ],
    oauth_consent: ['integration_create', 'application_install'],
    app_credential: [
      ...['integration_skey_view', 'integration_skey_bulk_view', 'integration_skey_reset', 'integration_skey_regenerate'],
      ...['management_system_view_token', 'management_system_view_password'],
    ],
    session_revoke: [
      'user_delete',
      'admin_delete',
      'user_lockout',
      'user_adminapi_lockout',
      'user_not_enrolled_lockout',
      'admin_lockout_by_admin',
      'forget_remembered_devices',
      'trusted_session_revoke',
    ],
    data_export: ['log_export_start', 'log_export_complete', 'log_export_failure', 'report_download', 'user_export'],
    vendor_risk: ['trust_monitor_event', 'user_marked_fraud'],
    other: [
      ...[
        'bypass_delete',
        'bypass_detele',
        'user_create',
        'user_pending_delete',
        'user_restore',
        'user_import',
        'user_update',
        'admin_update',
      ],
      ...['group_create', 'group_delete', 'group_update'],
      ...[
        'integration_delete',
        'application_uninstall',
        'activation_begin',
        'activation_complete',
        'admin_activation_delete',
        'credits_update',
      ],
      // an administrator takes the account that somebody else made for them
      ...['user_lockout_cleared', 'admin_unlock', 'admin_self_activate'],
    ],
  },
  [
    [/^admin_(?:login|2fa)/, 'sign_in'],
    [/skey|secret|view_(?:token|password)/, 'app_credential'],
    [/^bypass_create|reset_password/, 'recovery'],
    [/^(?:phone|u2f\w*|webauthn\w*|token|desktoptoken|passkey|hardtoken|o2fa)_|_duo_push$/, 'mfa_change'],
    [/export|download_report/, 'data_export'],
    [
      /policy|passport|remembered_device|lockout_config|password_(?:length|complexity)|bypass_codes$|single_sign_on|sso|factor_restriction|saml|risk_profile|trusted_endpoint|management_system|ldap|(?:ad|azure|entra)_directory|^directory_/,
      'policy_change',
    ],
    [/^admin_(?:create|role|unit)/, 'role_grant'],
  ],
);

/** Only the name of an act says that it failed. */
export function isFailure(action: string): boolean {
  return /error|fail|denied|^admin_lockout$/.test(clip(action, 100));
}

/**
 * What an act is. Updates of users, groups and administrators say in their description what changed, as the fields that got a new value.
 * @param said the description, as it was parsed
 */
export function duoActivity(action: string, said: Raw): Activity {
  switch (action) {
    case 'user_update': {
      const status = text(said['status'])?.toLowerCase();
      // in bypass nobody asks for a second factor any more
      if (status === 'bypass') return 'mfa_change';
      if (status === 'disabled' || status === 'locked out') return 'session_revoke';
      return 'phones' in said || 'hardtokens' in said || 'tokens' in said || 'u2ftokens' in said ? 'mfa_change' : 'other';
    }
    case 'group_update':
      return text(said['_status'] ?? said['status'])?.toLowerCase() === 'bypass' ? 'policy_change' : 'other';
    case 'admin_update':
      if ('role' in said || 'administrative_units' in said) return 'role_grant';
      if ('password' in said || 'is_temporary_password' in said || 'email' in said) return 'credential_change';
      if ('phone' in said || 'hardtoken' in said) return 'mfa_change';
      return text(said['status'])?.toLowerCase() === 'disabled' ? 'session_revoke' : 'other';
    case 'admin_2fa_error':
      return /fraud/i.test(clip(JSON.stringify(said['error'] ?? said['message'] ?? ''), 300)) ? 'vendor_risk' : 'sign_in';
    default:
      return byName(action);
  }
}

/** What became of a factor, by the name of the act and the fields that changed. */
export function factorChange(action: string, said: Raw): string {
  if (text(said['status'])?.toLowerCase() === 'bypass') return 'suspended';
  if (/delete|disassociate|deregister|deprovision/.test(action) || (action === 'user_update' && text(said['phones']) === undefined))
    return 'removed';
  // asked for, and not there yet
  if (/send_enroll|bulk_enroll/.test(action)) return 'required';
  return /create|associate|activate|provisioned|enroll/.test(action) ? 'added' : 'changed';
}

/** What a change of a setting did. */
export function policyEffect(action: string, said: Raw): string {
  if (text(said['_status'])?.toLowerCase() === 'bypass' || text(said['enforcement_status'])?.toLowerCase() === 'optional')
    return 'weakened';
  if (/delete|remove|unassign/.test(action)) return 'deleted';
  return /create|assign$|_add/.test(action) ? 'created' : 'changed';
}

export function policyKind(action: string): string {
  if (/single_sign_on|sso|saml/.test(action)) return 'idp';
  if (/factor|group_update/.test(action)) return 'mfa';
  if (/directory/.test(action)) return 'directory';
  if (/integration/.test(action)) return 'app';
  return /risk_profile|dtm/.test(action) ? 'threat_protection' : 'sign_on';
}
