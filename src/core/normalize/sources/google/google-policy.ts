import { clip, word } from '../../record.js';
import type { PolicyEffect } from '../microsoft/conditional-access.js';
import { type ParameterReader, textOf } from './google-parameters.js';

/** What a setting is about, by the words of its event, its own name and the service it belongs to; the first that fits decides. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/chrome_os/, 'device_management'],
  [/two_step|2-step|2sv|strong_auth|security_key|passkey|titanium|advanced protection/, 'mfa'],
  [/(^|[_ ])sso([_ ]|$)|saml|open_id|_idp_|identity provider|inbound_/, 'federation'],
  [/context_aware|caa_|_caa|access_level|access level/, 'conditional_access'],
  [/weak_programmatic|less secure|imap|\bpop\b|pop access/, 'client_access'],
  [/session|reauth/, 'session'],
  [/password/, 'password'],
  [/ip_whitelist/, 'zone'],
  [/trusted_domain|domain_alias|secondary_domain|primary_domain|domain_name/, 'domain'],
  [/primary_admin/, 'role'],
  [
    /oauth|api_access|api_client|third_party|app_access|apps access|marketplace|whitelist|allowlist|third-party|on_device_access/,
    'app_access',
  ],
  [/forward/, 'auto_forward'],
  [/spam|phish|malware|spoof|attachment|sandbox|delayed_?delivery|predelivery|suspicious|safety|bypass|blocked_sender/, 'mail_protection'],
  [/gmail|email_|relay|route|gateway|compliance|ews_/, 'mail_flow'],
  [/dlp|data protection/, 'dlp'],
  [/sharing|external|visibility|docs|sites|drive/, 'sharing'],
  [/alert|rule/, 'alert'],
  [/group|_acl_|security_setting|acl_permission/, 'group'],
  [/chrome|mobile|device/, 'device_management'],
  [/hold|retention/, 'retention'],
];

/** Events whose name says that less is asked for from now on, whatever the values are. */
const OPENS =
  /^(UNBLOCK_|TRUST_|ALLOW_SERVICE|REMOVE_FROM_BLOCKED|ADD_APPLICATION_TO_WHITELIST|ADD_MOBILE_APPLICATION_TO_WHITELIST|ADD_TRUSTED_DOMAINS|SIGN_IN_ONLY_)|^(MULTIPLE_)?ADD_TO_(TRUSTED|CAA_EXEMPT)/;

const VERBS: readonly (readonly [RegExp, PolicyEffect])[] = [
  [/^(CREATE|ADD|INSERT|MULTIPLE_ADD)_/, 'created'],
  [/^(DELETE|REMOVE|UNTRUST|DISALLOW)_/, 'deleted'],
];

const ON = new Set(['true', 'on', 'enabled', 'enable', 'yes', 'enforced', 'allowed']);
const OFF = new Set(['false', 'off', 'disabled', 'disable', 'no', 'not_enforced', 'unenforced', 'never']);

/** Settings that open something when they are on: what a thief switches on, where others are switched off. */
const OPENS_WHEN_ON =
  /weak_programmatic|less secure|disable_|\bdisable\b|bypass|reuse|external|outside|anyone|public|imap|\bpop\b|forward|outbound_relay|access_to_all_apis|whitelist|allowlist|non_admin_user_password_recovery/;

/** How far something is open to others, from less to more. */
const OPENNESS: readonly RegExp[] = [
  /^(no_access|none|private|disabled|off|not_allowed|sharing_not_allowed)$/,
  /^(show_only_free_?busy|free_?busy\w*)$/,
  /^(read_only_access|read_only|view\w*|sharing_not_allowed_but_may_receive_files|internal_only|all_in_domain_can_\w+|all_members_can_\w+)$/,
  /^(read_write_access|read_write|edit\w*|sharing_allowed_with_warning\w*)$/,
  /^(manage_access|sharing_allowed\w*|anyone_can_\w+|public\w*|all)$/,
];

export interface SettingChange {
  kind: string;
  effect: PolicyEffect;
}

const LONGEST = 300;

/** What became of a setting, from the words of its event and its old and new value; the values themselves stay in the log. */
export function settingChange(name: string, parameter: ParameterReader): SettingChange {
  const setting = clip(
    `${name} ${textOf(parameter('SETTING_NAME')) ?? ''} ${textOf(parameter('APPLICATION_NAME')) ?? ''}`,
    LONGEST,
  ).toLowerCase();
  return {
    kind: KINDS.find(([pattern]) => pattern.test(setting))?.[1] ?? 'organisation',
    effect: effectOf(clip(name, LONGEST).toUpperCase(), setting, parameter),
  };
}

function effectOf(name: string, setting: string, parameter: ParameterReader): PolicyEffect {
  if (OPENS.test(name)) return 'weakened';
  const before = word(textOf(parameter('OLD_VALUE')) ?? textOf(parameter('REAUTH_SETTING_OLD')));
  const after = word(textOf(parameter('NEW_VALUE')) ?? textOf(parameter('REAUTH_SETTING_NEW')));
  const wider = openness(after) > openness(before) && openness(before) >= 0;
  if (wider) return 'weakened';
  if (after !== undefined && before !== after) {
    const opensWhenOn = OPENS_WHEN_ON.test(setting);
    if (ON.has(after)) return opensWhenOn ? 'weakened' : 'enabled';
    if (OFF.has(after)) return opensWhenOn ? 'changed' : 'disabled';
  }
  return VERBS.find(([pattern]) => pattern.test(name))?.[1] ?? 'changed';
}

function openness(value: string | undefined): number {
  return value === undefined || value.length > LONGEST ? -1 : OPENNESS.findIndex((pattern) => pattern.test(value));
}
