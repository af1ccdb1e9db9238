import type { PolicyEffect } from './conditional-access.js';
import { flagOf, type ParameterReader } from './m365-parameters.js';

/** What a setting is about, by what the operation is called; the first that fits decides. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/transport|connector|remotedomain|journalrule/, 'mail_flow'],
  [/accepteddomain/, 'domain'],
  [/antiphish|safelinks|safeattachment|malware|contentfilter|spamfilter|dkim|allowblocklist/, 'mail_protection'],
  [/casmailbox|authenticationpolicy|owamailbox|networkaccess|deviceaccess|syncclient|webrequest/, 'client_access'],
  [/sharing/, 'sharing'],
  [/dlp/, 'dlp'],
  [/applicationaccess/, 'app_access'],
  [/audit/, 'audit'],
];

const VERBS: readonly (readonly [RegExp, PolicyEffect])[] = [
  [/^(new|add)-/, 'created'],
  [/^remove-/, 'deleted'],
  [/^disable-/, 'disabled'],
  [/^enable-/, 'enabled'],
];

/** Parameters that open a door when they have this value, and the kind that they make of the setting, if another. */
const OPENS: readonly (readonly [name: string, value: RegExp, kind?: string])[] = [
  ['AutoForwardEnabled', /^true$/, 'auto_forward'],
  ['AutoForwardingMode', /^on$/i, 'auto_forward'],
  ['PopEnabled', /^true$/],
  ['ImapEnabled', /^true$/],
  ['SmtpClientAuthenticationDisabled', /^false$/],
  ['Allow', /^true$/],
  ['AllowedSenders', /./],
  ['AllowedSenderDomains', /./],
];

/** A setting that was changed, and the parameter that opened something, if one did. */
export interface SettingChange {
  kind: string;
  effect: PolicyEffect;
  opened: string | undefined;
}

/** @param action cleaned */
export function settingChange(action: string, parameter: ParameterReader): SettingChange {
  const name = action.toLowerCase();
  const kind = KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? 'organisation';
  for (const [opened, value, other] of OPENS) {
    const given = flagOf(parameter(opened));
    if (given !== undefined && value.test(given)) return { kind: other ?? kind, effect: 'weakened', opened };
  }
  return { kind, effect: VERBS.find(([pattern]) => pattern.test(name))?.[1] ?? 'changed', opened: undefined };
}
