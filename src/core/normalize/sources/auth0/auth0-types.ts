import type { Activity, EventStatus } from '../../../event/index.js';
import { clip } from '../../record.js';
import { actionTable } from '../action-table.js';

/** Auth0's type codes by what they mean to a session; calls of the management API (`sapi`, `fapi`) are told apart by what they ask for. */
export const typeActivity = actionTable(
  {
    sign_in: [
      ...[
        's',
        'f',
        'fp',
        'fu',
        'fc',
        'fco',
        'w',
        'scoa',
        'fcoa',
        'scv',
        'fcv',
        'sens',
        'fens',
        'sepft',
        'fepft',
        'fercft',
        'mfar',
        'cls',
        'cs',
      ],
      ...[
        'seoobft',
        'feoobft',
        'seotpft',
        'feotpft',
        'sepotpft',
        'fepotpft',
        'sercft',
        'sepkoobft',
        'sepkotpft',
        'sepkrcft',
        'fepkft',
        'sepkft',
      ],
      ...['sede', 'fede', 'fdeac', 'fdeaz', 'fdecc', 'fpar', 'ciba_start_succeeded', 'ciba_start_failed'],
      ...[
        'gd_start_auth',
        'gd_auth_succeed',
        'gd_auth_failed',
        'gd_auth_rejected',
        'gd_otp_rate_limit_exceed',
        'gd_webauthn_challenge_failed',
      ],
      ...[
        'gd_send_pn',
        'gd_send_pn_failure',
        'gd_send_sms',
        'gd_send_sms_failure',
        'gd_send_voice',
        'gd_send_voice_failure',
        'gd_send_email',
      ],
      ...[
        'gd_auth_email_verification',
        'gd_auth_fail_email_verification',
        'gd_send_email_verification',
        'gd_send_email_verification_failure',
      ],
      ...['passkey_challenge_started', 'passkey_challenge_failed'],
    ],
    token_issue: [
      ...['seacft', 'feacft', 'seccft', 'feccft', 'sertft', 'fertft', 'secte', 'fecte', 'ssa', 'fsa', 'sd', 'fd'],
      ...['ciba_exchange_succeeded', 'ciba_exchange_failed'],
    ],
    session_use: ['mgmt_api_read'],
    sign_out: ['slo', 'flo', 'oidc_backchannel_logout_succeeded', 'oidc_backchannel_logout_failed', 'federated_logout_failed'],
    session_revoke: ['srrt', 'universal_logout_succeeded', 'universal_logout_failed', 'sdu', 'du'],
    credential_change: ['scp', 'fcp', 'sce', 'fce', 'scu', 'fcu', 'scpn', 'fcpn'],
    // a link to a new password that was asked for stands beside those that were used: see INTERRUPTED
    recovery: ['gd_recovery_succeed', 'gd_recovery_failed', 'gd_recovery_rate_limit_exceed', 'scpr', 'fcpr'],
    mfa_change: [
      ...['gd_start_enroll', 'gd_start_enroll_failed', 'gd_enrollment_complete', 'gd_webauthn_enrollment_failed', 'gd_unenroll'],
      ...[
        'gd_update_device_account',
        'gd_user_delete',
        'my_account_authentication_method_succeeded',
        'my_account_authentication_method_failed',
      ],
    ],
    policy_change: [
      'gd_tenant_update',
      'gd_module_switch',
      'ss_sso_success',
      'ss_sso_failure',
      'kms_key_management_success',
      'kms_key_state_changed',
    ],
    vendor_risk: ['ferrt', 'limit_wc', 'limit_mu', 'limit_sul', 'limit_delegation', 'pwd_leak', 'signup_pwd_leak', 'reset_pwd_leak'],
    other: [
      // asked for, sent, checked or made: nobody came in and nothing was reset
      ...['sv', 'fv', 'svr', 'fvr', 'ss', 'fs', 'si', 'fi', 'ublkdu', 'fdu', 'sui', 'fui', 'pla', 'limit_ui', 'api_limit'],
      ...['api_limit_warning', 'sscim', 'fscim', 'organization_member_added', 'resource_cleanup', 'ss_sso_info'],
    ],
  },
  [
    [/^universal_logout/, 'session_revoke'],
    [/logout/, 'sign_out'],
    [/_pwd_leak$|^limit_|_breach/, 'vendor_risk'],
    [/^gd_.*enroll/, 'mfa_change'],
    [/^gd_recovery/, 'recovery'],
    [/^gd_(?:send|auth|start)|^passkey_|^[sf]e(?:p|oob|otp)\w*ft$/, 'sign_in'],
    [/^[sf]e\w{1,6}t(?:e|ft)?$|exchange/, 'token_issue'],
  ],
);

/** Steps in the middle of a sign-in, an enrolment or a reset. */
const INTERRUPTED = new Set([
  ...['mfar', 'cls', 'cs', 'gd_start_auth', 'gd_start_enroll', 'gd_send_pn', 'gd_send_sms', 'gd_send_voice', 'gd_send_email'],
  // nothing is reset before the link is used
  ...['gd_send_email_verification', 'passkey_challenge_started', 'ciba_start_succeeded', 'scpr'],
]);
const FAILURES = new Set([
  'ferrt',
  'gd_auth_rejected',
  'gd_otp_rate_limit_exceed',
  'gd_recovery_rate_limit_exceed',
  'gd_auth_fail_email_verification',
]);
const UNKNOWN = new Set(['w', 'pla', 'api_limit', 'api_limit_warning', 'admin_update_launch', 'depnote']);

/** How it ended, as the code says: codes of failures begin with `f` or end in `failed`. */
export function typeStatus(type: string): EventStatus {
  if (INTERRUPTED.has(type)) return 'interrupted';
  if (FAILURES.has(type) || /^limit_|pwd_leak$|fail(?:ed|ure)$/.test(type)) return 'failure';
  if (UNKNOWN.has(type)) return 'unknown';
  return type.charCodeAt(0) === 102 && !/^(?:flows|forms)_/.test(type) ? 'failure' : 'success';
}

/** What the vendor thinks of it. */
export function riskLevel(type: string): string {
  return type === 'ferrt' || type === 'pwd_leak' || type === 'reset_pwd_leak' ? 'high' : 'medium';
}

/** A call of the management API. */
export interface Call {
  method: string;
  /** without `/api/v2`, ids as they are */
  path: string;
  description: string;
  body: Readonly<Record<string, unknown>>;
}

type Rule = readonly [method: RegExp, path: RegExp, activity: Activity];

const ANY = /^/;
const WRITES = /^(?:post|put|patch)$/;
const DELETES = /^delete$/;

/** What dashboards call the act; it stands even where a collector lost the path. */
const BY_DESCRIPTION: readonly (readonly [RegExp, Activity])[] = [
  [
    /^(?:create|update) a role\b|^(?:assign|add) (?:roles|permissions|users|members)|^create .*\b(?:invitations?|tenant member)/i,
    'role_grant',
  ],
  [/^(?:install|enable).*integration/i, 'oauth_consent'],
  [
    /multi-?factor authentication polic|guardian.*(?:polic|factor)|throttling|brute-?force|breached password|captcha|attack protection|bot detection/i,
    'policy_change',
  ],
  [/trigger bindings|tenant settings|risk assessment|network acl/i, 'policy_change'],
  [/^(?:update|delete|pause).*log stream/i, 'audit_tamper'],
  [/rotate.*(?:secret|credential)/i, 'app_credential'],
  [/^create (?:a )?client ?grant|^update (?:a )?client ?grant/i, 'oauth_consent'],
  [/^create a ?client\b/i, 'oauth_consent'],
  [/password change ticket/i, 'recovery'],
  [/^export users|users? export/i, 'data_export'],
];

const BY_PATH: readonly Rule[] = [
  [/^post$/, /^\/users\/[^/]+\/(?:roles|permissions)$/, 'role_grant'],
  [/^post$/, /^\/roles\/[^/]+\/(?:users|permissions)$/, 'role_grant'],
  [WRITES, /^\/roles(?:\/[^/]+)?$/, 'role_grant'],
  [/^post$/, /^\/organizations\/[^/]+\/(?:members(?:\/[^/]+\/roles)?|invitations)$/, 'role_grant'],
  [WRITES, /^\/tenants\/(?:invitations|members)/, 'role_grant'],
  [DELETES, /^\/users\/[^/]+\/(?:sessions|refresh-tokens)$|^\/(?:sessions|refresh-tokens)\/[^/]+$/, 'session_revoke'],
  [/^post$/, /^\/(?:users|sessions)\/[^/]+\/revoke(?:-access)?$/, 'session_revoke'],
  [DELETES, /^\/users\/[^/]+$/, 'session_revoke'],
  // an account of another provider is a further way in
  [/^post$/, /^\/users\/[^/]+\/identities$/, 'credential_change'],
  [ANY, /^\/users\/[^/]+\/(?:authentication-methods|authenticators|multifactor)/, 'mfa_change'],
  [ANY, /^\/guardian\/(?:enrollments|post-enrollment)/, 'mfa_change'],
  [/^post$/, /^\/users\/[^/]+\/recovery-code-regeneration$|^\/tickets\/password-change$/, 'recovery'],
  [
    WRITES,
    /^\/(?:guardian|attack-protection|anomaly|risk-assessments?|network-acls|tenants\/settings|self-service-profiles)/,
    'policy_change',
  ],
  [DELETES, /^\/(?:network-acls|anomaly|connections|custom-domains|rules|hooks|actions|self-service-profiles)/, 'policy_change'],
  [/^post$/, /^\/connections\/[^/]+\/scim-configuration\/tokens$/, 'api_key'],
  [
    WRITES,
    /^\/(?:connections|custom-domains|actions|rules|rules-configs|hooks|emails\/provider|email\/provider|token-exchange-profiles)/,
    'policy_change',
  ],
  [/^post$/, /^\/organizations\/[^/]+\/enabled_connections/, 'policy_change'],
  [/^(?:patch|put|delete)$/, /^\/log-streams\//, 'audit_tamper'],
  [/^post$/, /^\/clients\/[^/]+\/(?:rotate-secret|credentials)$/, 'app_credential'],
  [/^post$/, /^\/keys\//, 'app_credential'],
  [/^post$/, /^\/clients$|^\/client-grants$|^\/integrations/, 'oauth_consent'],
  [/^patch$/, /^\/client-grants/, 'oauth_consent'],
  [/^(?:patch|put)$/, /^\/clients/, 'policy_change'],
  // and what the page of a sign-in shows and runs
  [WRITES, /^\/(?:resource-servers|prompts|event-streams|branding\/templates|branding\/themes)/, 'policy_change'],
  // what happens is sent on to an address
  [/^post$/, /^\/log-streams$/, 'policy_change'],
  [/^post$/, /^\/blacklists\/tokens$/, 'session_revoke'],
  [/^post$/, /^\/jobs\/users-exports$/, 'data_export'],
  [/^post$/, /^\/device-credentials$/, 'api_key'],
];

/** What dashboards call the rest, for records that a collector took the path out of. Whose sessions were ended only the path says. */
const BY_WORDS: readonly (readonly [RegExp, Activity])[] = [
  [
    /^(?:create|update|delete|deploy) (?:an? |the )?(?:connections?|rule|hook|action|custom domain|email provider|api|resource server)\b/i,
    'policy_change',
  ],
  [/^update (?:a |the )?client\b|^create (?:a )?log stream/i, 'policy_change'],
  [/^(?:create|rotate|revoke|import) .*signing key/i, 'app_credential'],
  [/recovery code/i, 'recovery'],
  [/authentication methods?|multi-?factor|\bmfa\b|guardian enrollment|authenticator/i, 'mfa_change'],
  [/^link (?:a )?user/i, 'credential_change'],
];

/** What a call of the management API did. */
export function callActivity(call: Call): Activity {
  const { path, method, body } = call;
  const description = clip(call.description, 200);
  if (method === 'get' || method === 'head') return 'session_use';
  if (method === 'patch' && /^\/users\/[^/]+$/.test(path)) {
    if ('password' in body) return 'recovery';
    if (body['blocked'] === true) return 'session_revoke';
    return 'email' in body || 'phone_number' in body || 'username' in body ? 'credential_change' : 'other';
  }
  for (const [pattern, activity] of BY_DESCRIPTION) if (pattern.test(description)) return activity;
  for (const [of, where, activity] of BY_PATH) if (of.test(method) && where.test(path)) return activity;
  return path === '' ? (BY_WORDS.find(([pattern]) => pattern.test(description))?.[1] ?? 'other') : 'other';
}

const POLICY_KINDS: readonly (readonly [RegExp, string])[] = [
  [/guardian|multi-?factor|mfa/i, 'mfa'],
  [/attack-protection|anomaly|risk-assessment|throttling|brute|breached|bot|captcha/i, 'threat_protection'],
  [/connections|self-service/i, 'idp'],
  [/domain/i, 'domain'],
  [/log-stream|log stream|event-stream/i, 'webhook'],
  [/network-acl/i, 'zone'],
  [/actions|rules|hooks|trigger/i, 'action'],
  [/email/i, 'mail_flow'],
  [/clients|resource-servers/i, 'app'],
];

export function policyKind({ path, description }: Call): string {
  const both = `${clip(path, 200)} ${clip(description, 200)}`;
  return POLICY_KINDS.find(([pattern]) => pattern.test(both))?.[1] ?? 'tenant';
}

/** What became of a setting: an empty list of policies or a switch that is off asks for less. */
export function policyEffect(call: Call, answer: unknown): string {
  if (call.method === 'delete') return 'deleted';
  if (Array.isArray(answer)) return answer.length === 0 ? 'disabled' : 'enabled';
  if (typeof answer === 'object' && answer !== null) {
    const values = answer as Readonly<Record<string, unknown>>;
    const bindings = values['bindings'];
    if (Array.isArray(bindings) && bindings.length === 0) return 'disabled';
    const enabled = values['enabled'] ?? values['policy'] ?? values['AfterAuthentication'];
    if (enabled === false) return 'disabled';
    if (enabled === true) return 'enabled';
  }
  return call.method === 'post' ? 'created' : 'changed';
}
