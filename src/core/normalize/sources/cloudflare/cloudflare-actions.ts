import { actionTable } from '../action-table.js';

/**
 * Acts in a Cloudflare account by what they mean to a session: `<resource type> <action>`, both lower case with blanks, dots and dashes as `_`.
 * The older log has telling actions, the newer one only create, update, delete and view.
 */
export const cloudflareActivity = actionTable({}, [
  // a person at the dashboard
  [/ (?:login|login_success|login_failed|failed_login|2fa_login|login_with\w*|two_factor_(?:challenge|login)\w*)$/, 'sign_in'],
  [/ logout$/, 'sign_out'],
  [
    / \w*(?:revoke_sessions?|sessions?_(?:revoked?|delete\w*|invalidate\w*)|logout_all|revoke_user)$|session\w* (?:delete|revoke)$/,
    'session_revoke',
  ],
  // what everybody has to have, before what one person has
  [
    / \w*(?:2fa|mfa|tfa|two_factor)\w*_(?:enforce\w*|require\w*)$| (?:set_|un)?(?:enforce|require)\w*_(?:2fa|mfa|tfa|two_factor)\w*$/,
    'policy_change',
  ],
  [
    / (?:\w*2fa\w*|\w*tfa_\w*|\w*two_factor\w*|\w*mfa\w*|\w*totp\w*|\w*security_key\w*|\w*webauthn\w*|\w*recovery_codes?\w*)$|^(?:two_factor|mfa|2fa)\w* /,
    'mfa_change',
  ],
  [/ \w*(?:password_reset|reset_password|forgot_password)\w*$/, 'recovery'],
  [
    / \w*(?:change_password|password_change|update_password|password_update|change_email|email_change|update_email)\w*$/,
    'credential_change',
  ],
  // who may read a key may take it along
  [
    / api_key_(?:view|create\w*|change\w*|reset|roll|regenerate)$| (?:rotate|roll|create|change|reset|view)_api_key$| \w*(?:origin_ca_key|service_key)_(?:view|create|roll)$/,
    'api_key',
  ],
  [
    / token_(?:create|update|roll|rolled|verify_create)$|^\w*(?:api_)?tokens? (?:create|update|roll|rotate)$|service_token\w* (?:create|refresh|rotate|roll|renew)|service_tokens? create/,
    'api_key',
  ],
  [/ (?:token|api_key)_(?:revoke|delete)\w*$|tokens? (?:delete|revoke)$/, 'other'],
  [
    /^(?:oauth|oauth_client|authorized_app|installed_app|app)\w* (?:create|authorize|install|grant|add)\w*$| (?:oauth_authorize|app_install|oauth_grant)\w*$/,
    'oauth_consent',
  ],
  // the log of the account itself; a new job sends it to one more place
  [/logpush\w* (?:job_)?create$/, 'policy_change'],
  [/logpush\w* (?:job_)?(?:delete|disable|update|stop)\w*$| (?:logpush_)?job_(?:delete|update|disable)$/, 'audit_tamper'],
  [
    / \w*(?:member_remove|remove_member|delete_member|member_delete|user_remove|user_delete)\w*$|^\w*members? (?:delete|remove)$/,
    'session_revoke',
  ],
  [
    / \w*(?:add_member|member_add|invite_member|member_invite|member_create|role_(?:change|update|add|assign)\w*|change_role|update_member|member_update|membership_\w+)$|^\w*(?:members?|user_groups?_members?|role_assignments?|permission_groups?) (?:create|update|add|invite)$/,
    'role_grant',
  ],
  [/ \w*export\w*$|^\w*export\w* create$|logpull|zone_file_export| rec_export/, 'data_export'],
  [/^access_user\w* (?:revoke|logout)\w*$/, 'session_revoke'],
  // zero trust: who gets where, and how they show who they are
  [
    /^\w*(?:access|gateway|identity|idp|sso|saml|zero_trust|teams|posture|warp|tunnel|devices?_polic|scim|organi[sz]ation|ip_access|allow_?list|ip_list|dlp|casb|firewall|waf|ruleset|rate_limit|page_shield|mtls|turnstile|zone_lockdown|user_agent_blocking)\w* /,
    'policy_change',
  ],
  [
    / (?:gateway|access|idp|identity_provider|sso|saml|teams|tunnel|device_posture|firewall|ip_access|zone_lockdown)_?\w*$/,
    'policy_change',
  ],
  [/ \w*(?:enforce|require)\w*$|^account settings? |^account \w*settings?\w*$/, 'policy_change'],
]);
