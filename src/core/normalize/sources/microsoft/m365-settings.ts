import type { Raw } from '../../mapped.js';
import { text, word } from '../../record.js';
import type { PolicyEffect } from './conditional-access.js';
import { flagOf, type ParameterReader } from './m365-parameters.js';

/** What a setting is about, by what the operation is called; the first that fits decides. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/transport|connector|remotedomain|journalrule/, 'mail_flow'],
  [/accepteddomain|federateddomain/, 'domain'],
  [/domainfederation/, 'federation'],
  [/protectionalert/, 'alert'],
  [/antiphish|safelinks|safeattachment|malware|contentfilter|connectionfilter|spamfilter|dkim|allowblocklist/, 'mail_protection'],
  [/casmailbox|activesync|mobiledevice|authenticationpolicy|owamailbox|networkaccess|deviceaccess|syncclient|webrequest/, 'client_access'],
  [/sharing|tenantfederation|teamsclientconfiguration|organizationrelationship/, 'sharing'],
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
  ['AllowFederatedUsers', /^true$/],
  ['AllowPublicUsers', /^true$/],
  ['AllowTeamsConsumer', /^true$/],
  ['AllowGuestUser', /^true$/],
];

/** A setting that was changed, and the parameter that opened something, if one did. */
export interface SettingChange {
  kind: string;
  effect: PolicyEffect;
  opened: string | undefined;
}

/** Settings of a site or of Teams that let more people in when they are switched on. */
const LETS_IN = new Set([
  'ShareWithGuests',
  'ShareUsingAnonymousLinks',
  'IsPublic',
  'AllowGuestUser',
  'AllowFederatedUsers',
  'AllowTeamsConsumer',
]);

/**
 * As `settingChange`, for records that list what was changed with its new and old value.
 * @param action cleaned
 */
export function propertyChange(action: string, properties: readonly unknown[]): SettingChange {
  const change = settingChange(action, () => undefined);
  for (const property of properties) {
    const entry = property as Raw | null;
    const name = text(entry?.['Name']);
    if (name === undefined || !LETS_IN.has(name) || !isOn(entry?.['NewValue']) || isOn(entry?.['OldValue'])) continue;
    return { kind: change.kind, effect: 'weakened', opened: name };
  }
  return change;
}

/** Written as True in one setting and as Enabled in the next. */
function isOn(value: unknown): boolean {
  const said = word(text(value));
  return said === 'true' || said === 'enabled';
}

/** @param action cleaned */
export function settingChange(action: string, parameter: ParameterReader): SettingChange {
  const name = action.toLowerCase();
  const kind = KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? 'organisation';
  for (const [opened, value, other] of OPENS) {
    const given = flagOf(parameter(opened));
    if (given !== undefined && value.test(given)) return { kind: other ?? kind, effect: 'weakened', opened };
  }
  if (flagOf(parameter('Enabled')) === 'false' || flagOf(parameter('Disabled')) === 'true')
    return { kind, effect: 'disabled', opened: undefined };
  return { kind, effect: VERBS.find(([pattern]) => pattern.test(name))?.[1] ?? 'changed', opened: undefined };
}
