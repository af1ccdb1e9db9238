import type { Activity } from '../../../event/index.js';
import { formatTime, parseTime } from '../../../event/time.js';
import { wordTable } from '../../../event/word-table.js';
import { isExternal } from '../../own-domain.js';
import { bool, clip, detail, id, text, word } from '../../record.js';
import { mailDetails } from './google-mail.js';
import { member, type ParameterReader, textOf, textsOf } from './google-parameters.js';
import { settingChange } from './google-policy.js';

/** What the details of an event are made of. */
export interface GoogleContext {
  app: string;
  /** cleaned */
  name: string;
  activity: Activity;
  parameter: ParameterReader;
  time: number | undefined;
  /** address of the one who acts */
  actor: string | undefined;
  ownerDomain: string | undefined;
}

type Details = Record<string, string> | undefined;

/** What the kind of act needs to be weighed. Only named parameters are read: others may hold anything. */
export function googleDetails(context: GoogleContext): Details {
  const { app, name, activity, parameter } = context;
  if (app === 'gmail') return mailDetails(activity, parameter, context.actor);
  switch (activity) {
    case 'sign_in':
      return detail(undefined, 'factor', factorOf(parameter));
    case 'session_use':
      return useDetails(context);
    case 'session_revoke':
      return revokeDetails(name, parameter);
    case 'credential_change':
      return detail(undefined, 'change', /password|asp/i.test(name) ? 'password' : /rename/i.test(name) ? 'address' : 'recovery');
    case 'recovery':
      return detail(undefined, 'change', RECOVERIES[name.toUpperCase()] ?? 'password');
    case 'mfa_change':
      return factorChange(name);
    case 'mail_forwarding':
      return forwardDetails(context);
    case 'mailbox_delegation':
      return detail(undefined, 'delegate', textOf(parameter('NEW_VALUE')) ?? textOf(parameter('DELEGATE_EMAIL')));
    case 'mail_access':
      return detail(detail(undefined, 'logon_type', 'admin'), 'target', textOf(parameter('INVESTIGATION_DATA_SOURCE')));
    case 'oauth_consent':
      return consentDetails(name, parameter);
    case 'app_credential':
      return detail(undefined, 'kind', /certificate/i.test(name) ? 'certificate' : 'secret');
    case 'api_key':
      return detail(
        detail(undefined, 'kind', /ssh/i.test(name) ? 'ssh_key' : /token/i.test(name) ? 'enrollment_token' : 'api_token'),
        'effect',
        'created',
      );
    case 'role_grant':
      return roleDetails(context);
    case 'policy_change': {
      const { kind, effect } = settingChange(name, parameter);
      const policy = textOf(parameter('SETTING_NAME')) ?? textOf(parameter('USER_DEFINED_SETTING_NAME')) ?? subjectOf(parameter);
      return detail(detail(detail(undefined, 'policy', policy), 'kind', kind), 'effect', effect);
    }
    case 'device_register':
      return detail(detail(undefined, 'device_uid', id(parameter('DEVICE_ID'))), 'device_name', textOf(parameter('DEVICE_MODEL')));
    case 'data_export':
      return exportDetails(context);
    case 'audit_tamper':
      return tamperDetails(name, parameter);
    case 'vendor_risk':
      return riskDetails(context);
    default:
      return otherDetails(parameter);
  }
}

/** The last challenge that the person answered, which is the strongest: a password comes first. */
function factorOf(parameter: ParameterReader): string | undefined {
  const methods = textsOf(parameter('login_challenge_method'));
  return methods[methods.length - 1];
}

/** The person or group that was given access. */
function granteeOf(parameter: ParameterReader): string | undefined {
  return textOf(parameter('target_user')) ?? textOf(parameter('target')) ?? textOf(parameter('grantee_email'));
}

/** Visibility and with whom, of an act that changes who sees a file. */
function sharingOf(parameter: ParameterReader): string | undefined {
  const change = textOf(parameter('visibility_change'));
  const scope = textOf(parameter('visibility')) ?? textOf(parameter('access_level'));
  const target = granteeOf(parameter) ?? textOf(parameter('target_domain'));
  if (change === undefined && target === undefined) return undefined;
  return [change === 'external' ? 'external' : undefined, scope, target].filter((part) => part !== undefined).join(' ') || undefined;
}

/** How far those may come who do not sign in. */
const EVERYBODY: ReadonlySet<string> = new Set(['people_with_link', 'public_on_the_web', 'public_in_the_web', 'anyone_with_link']);
/** As whom Google Calendar lists everybody. */
const PUBLIC_CALENDAR = '__public_principal__@public.calendar.google.com';

/** Did this act open it to everybody? What was open before stays in the visibility of every later event. */
function isForEverybody(app: string, name: string, parameter: ParameterReader): boolean {
  const now = word(textOf(parameter('new_value')));
  if (app === 'calendar')
    return textOf(parameter('grantee_email')) === PUBLIC_CALENDAR && word(textOf(parameter('access_level'))) !== 'none';
  if (!/visibility/.test(name)) return false;
  const before = word(textOf(parameter('old_value'))) ?? word(textOf(parameter('old_visibility')));
  return EVERYBODY.has(now ?? word(textOf(parameter('visibility'))) ?? '') && (before === undefined || !EVERYBODY.has(before));
}

/** How far a file reaches that nobody outside sees: Google knows all domains of the organisation, the log shows some. */
const INSIDE: ReadonlySet<string> = new Set(['private', 'shared_internally', 'people_within_domain_with_link', 'public_in_the_domain']);

/** Did this act give somebody access who had none? What follows from a folder above is not asked: who moved it, is. */
function givesAccess(name: string, parameter: ParameterReader): boolean {
  switch (name) {
    case 'change_user_access':
    case 'change_document_access_scope':
      return !isNothing(parameter('new_value')) && isNothing(parameter('old_value'));
    case 'shared_drive_membership_change':
    case 'team_drive_membership_change':
      return word(textOf(parameter('membership_change_type')))?.startsWith('add_') ?? false;
    case 'change_calendar_acls':
      return !/^(none|freebusy)?$/.test(word(textOf(parameter('access_level'))) ?? '');
    default:
      return false;
  }
}

/** No right at all. */
function isNothing(value: unknown): boolean {
  return textsOf(value).every((right) => word(right) === 'none');
}

/** Was somebody outside the organisation let at it by this act? */
function isForOutsiders({ name, parameter, actor, ownerDomain }: GoogleContext): boolean {
  if (!givesAccess(name, parameter)) return false;
  if (word(textOf(parameter('visibility_change'))) === 'external') return true;
  if (INSIDE.has(word(textOf(parameter('visibility'))) ?? '')) return false;
  const domain = textOf(parameter('target_domain'));
  const address = granteeOf(parameter) ?? (domain === undefined ? undefined : `@${domain}`);
  return isExternal(address, [actor, ownerDomain, textOf(parameter('owner'))]) === 'true';
}

const isSharing = (name: string): boolean => /acl|access|visibility|membership|owner|settings_change|publish/.test(name);

function useDetails(context: GoogleContext): Details {
  const { app, name, parameter } = context;
  if (app === 'admin')
    return detail(detail(undefined, 'is_admin_surface', 'true'), 'target', textOf(parameter('INVESTIGATION_DATA_SOURCE')));
  if (app === 'saml') return detail(undefined, 'app', textOf(parameter('application_name')));
  if (app === 'token') return appDetails(parameter);
  if (app === 'context_aware_access') {
    const levels = textsOf(parameter('CAA_ACCESS_LEVEL_UNSATISFIED'));
    const details = detail(undefined, 'app', textOf(parameter('CAA_APPLICATION')));
    return detail(details, 'policy', levels.length === 0 ? undefined : levels.join(', '));
  }
  if (app === 'drive' || app === 'calendar' || app === 'data_studio' || app === 'keep') {
    if (!isSharing(name)) return undefined;
    const details = detail(undefined, 'sharing', sharingOf(parameter));
    if (isForEverybody(app, name, parameter)) return detail(details, 'is_public', 'true');
    return detail(details, 'is_external', isForOutsiders(context) ? 'true' : undefined);
  }
  return undefined;
}

/** The OAuth client of a token event. */
function appDetails(parameter: ParameterReader): Details {
  return detail(detail(undefined, 'app', textOf(parameter('app_name'))), 'app_uid', id(parameter('client_id')));
}

/** One app's tokens, or those on one device, end with the grant; the person's other sessions go on. */
function revokeDetails(name: string, parameter: ParameterReader): Details {
  const upper = name.toUpperCase();
  if (upper === 'REVOKE') return detail(detail(appDetails(parameter), 'scope', 'session'), 'key_uid', id(parameter('client_id')));
  if (!upper.startsWith('REVOKE_3LO')) return undefined;
  // the tokens of one device end with it; those that the app has elsewhere go on
  const key = upper.includes('DEVICE') ? undefined : id(parameter('APP_ID'));
  return detail(detail(detail(undefined, 'scope', 'session'), 'app_uid', id(parameter('APP_ID'))), 'key_uid', key);
}

const RECOVERIES: Readonly<Record<string, string>> = wordTable({
  VIEW_TEMP_PASSWORD: 'temporary_pass',
  GENERATE_2SV_SCRATCH_CODES: 'factors',
  UNBLOCK_USER_SESSION: 'factors',
});

const FACTORS: readonly (readonly [RegExp, string])[] = [
  [/passkey/, 'passkey'],
  [/security_key/, 'security_key'],
  [/scratch_codes|backup_code/, 'backup_codes'],
  [/titanium/, 'advanced_protection'],
];

function factorChange(name: string): Details {
  const lower = name.toLowerCase();
  const change = /grace_period/.test(lower)
    ? 'suspended'
    : /disable|unenroll|remove|revoke|turn_off|delete/.test(lower)
      ? 'removed'
      : 'added';
  return detail(
    detail(undefined, 'change', change),
    'factor',
    FACTORS.find(([pattern]) => pattern.test(lower))?.[1] ?? '2-step verification',
  );
}

/** Setting values hold addresses among other things, and some collectors make links of them. */
const ADDRESS = /[^\s<>()[\]"',;:=]+@[^\s<>()[\]"',;:=]+\.[a-z]{2,}/gi;
const LONGEST_VALUE = 1000;

function addressesIn(value: unknown): string | undefined {
  const found = new Set(clip(textsOf(value).join(' '), LONGEST_VALUE).match(ADDRESS) ?? []);
  return found.size === 0 ? undefined : [...found].join(' ');
}

function forwardDetails({ app, name, parameter, actor, ownerDomain }: GoogleContext): Details {
  const target =
    addressesIn(parameter('email_forwarding_destination_address')) ??
    addressesIn(parameter('EMAIL_MONITOR_DEST_EMAIL')) ??
    addressesIn(parameter('NEW_VALUE'));
  const details = detail(undefined, 'forward_to', target);
  // the name of the event says it
  if (name.toLowerCase().includes('out_of_domain')) return detail(detail(details, 'kind', 'mailbox'), 'is_external', 'true');
  const owner = textOf(parameter('USER_EMAIL'));
  const isOneMailbox = app !== 'admin' || owner !== undefined;
  const withKind = detail(detail(details, 'kind', isOneMailbox ? 'mailbox' : 'transport_rule'), 'mailbox', owner);
  const named = isOneMailbox
    ? withKind
    : detail(withKind, 'rule_name', textOf(parameter('USER_DEFINED_SETTING_NAME')) ?? textOf(parameter('SETTING_NAME')));
  return detail(named, 'is_external', isExternal(target, [actor, owner, ownerDomain, textOf(parameter('DOMAIN_NAME'))]));
}

/** Scopes stand in a list, or beside the products that they reach. */
export function scopesOf(parameter: ParameterReader): string | undefined {
  let scopes = textsOf(parameter('scope'));
  if (scopes.length === 0) scopes = textsOf(parameter('API_SCOPES'));
  if (scopes.length === 0) {
    const data = parameter('scope_data');
    if (Array.isArray(data)) scopes = data.flatMap((one) => textsOf(member(one, 'scope_name')));
  }
  return scopes.length === 0 ? undefined : scopes.join(' ');
}

function consentDetails(name: string, parameter: ParameterReader): Details {
  if (name === 'AUTHORIZE_API_CLIENT_ACCESS') {
    // delegation over the whole domain: the app acts as anybody
    let details = detail(detail(undefined, 'kind', 'application'), 'scopes', scopesOf(parameter));
    details = detail(details, 'app_uid', id(parameter('API_CLIENT_NAME')));
    return detail(detail(details, 'consent_all', 'true'), 'consent_admin', 'true');
  }
  if (name === 'ADD_APPLICATION') {
    const details = detail(detail(undefined, 'kind', 'app'), 'app', textOf(parameter('APPLICATION_NAME')));
    return detail(detail(details, 'app_uid', id(parameter('APP_ID'))), 'consent_admin', 'true');
  }
  const granted = detail(detail(appDetails(parameter), 'kind', 'delegated'), 'scopes', scopesOf(parameter));
  // asked for is not given
  return name === 'request' ? granted : detail(granted, 'key_uid', id(parameter('client_id')));
}

/** Roles that Google ships and that reach other people's accounts, the rules of sign-in, or everybody's mail and files. */
const PRIVILEGED = new Set([
  '_seed_admin_role',
  '_super_admin_role',
  '_user_management_admin_role',
  '_help_desk_admin_role',
  '_groups_admin_role',
  '_service_admin_role',
  '_services_admin_role',
  '_security_admin_role',
  '_mobile_admin_role',
  '_directory_sync_admin_role',
  '_vault_admin_role',
  'super admin',
  'super administrator',
]);

function roleDetails({ app, name, parameter }: GoogleContext): Details {
  if (app === 'drive' || name === 'TRANSFER_DOCUMENT_OWNERSHIP') {
    const to = textOf(parameter('new_owner')) ?? textOf(parameter('target')) ?? textOf(parameter('NEW_VALUE'));
    const role = textOf(parameter('added_role')) ?? 'owner';
    return detail(detail(detail(undefined, 'role', role), 'delegate', to), 'target', textOf(parameter('doc_title')));
  }
  if (name === 'GRANT_ADMIN_PRIVILEGE') return detail(detail(undefined, 'role', 'super administrator'), 'is_privileged', 'true');
  const roles = textsOf(parameter('ROLE_NAME'));
  if (roles.length === 0) roles.push(...textsOf(parameter('member_role')));
  const role = roles.length > 0 ? roles.join(', ') : (textOf(parameter('NEW_VALUE')) ?? textOf(parameter('PRIVILEGE_NAME')));
  let details = detail(detail(undefined, 'role', role), 'role_uid', id(parameter('ROLE_ID')));
  if (/^(CREATE|UPDATE)_ROLE$|^ADD_PRIVILEGE$/.test(name)) {
    // the role itself, which nobody was given
    return detail(details, 'change', name === 'CREATE_ROLE' ? 'role created' : (textOf(parameter('PRIVILEGE_NAME')) ?? 'role changed'));
  }
  if (roles.some((one) => PRIVILEGED.has(one.toLowerCase()))) details = detail(details, 'is_privileged', 'true');
  return detail(details, 'group', groupOf(parameter));
}

const EXPORTS: readonly (readonly [RegExp, string])[] = [
  [/takeout/, 'takeout'],
  [/mailbox_dump/, 'mailbox'],
  [/data_transfer/, 'transfer'],
  [/sync_/, 'sync'],
];

function exportDetails({ app, name, parameter }: GoogleContext): Details {
  const lower = name.toLowerCase();
  const kind =
    EXPORTS.find(([pattern]) => pattern.test(lower))?.[1] ??
    (app === 'vault' ? 'search' : app === 'takeout' ? 'takeout' : app === 'drive' || app === 'chat' ? 'file' : 'report');
  let details = detail(undefined, 'kind', kind);
  details = detail(details, 'mailbox', kind === 'mailbox' ? textOf(parameter('USER_EMAIL')) : undefined);
  const target = textOf(parameter('doc_title')) ?? textOf(parameter('DESTINATION_USER_EMAIL')) ?? textOf(parameter('resource_name'));
  return detail(details, 'target', target);
}

function tamperDetails(name: string, parameter: ParameterReader): Details {
  const kind = name.startsWith('ALERT') ? 'alert' : 'log';
  const after = textOf(parameter('NEW_VALUE'));
  const isOn = /^(on|enabled)$/i.test(after ?? '') ? true : bool(after);
  const effect =
    kind === 'alert'
      ? 'deleted'
      : isOn === false || /^(off|disabled)$/i.test(after ?? '')
        ? 'disabled'
        : isOn === true
          ? 'enabled'
          : 'changed';
  return detail(detail(detail(undefined, 'kind', kind), 'effect', effect), 'policy', textOf(parameter('SETTING_NAME')));
}

function riskDetails({ name, parameter, time }: GoogleContext): Details {
  const rules = textsOf(parameter('rule_name'));
  let details = detail(undefined, 'alert_name', rules.length > 0 ? rules.join(', ') : undefined);
  const signedIn = parseTime(parameter('login_timestamp'));
  if (signedIn !== undefined && signedIn !== time) details = detail(details, 'activity_time', formatTime(signedIn));
  const state = textOf(parameter('DEVICE_COMPROMISED_STATE')) ?? (name.endsWith('_blocked') ? 'blocked' : undefined);
  details = detail(details, 'risk_state', state?.toLowerCase());
  return detail(details, 'change', textOf(parameter('sensitive_action_name')));
}

function otherDetails(parameter: ParameterReader): Details {
  const details = detail(undefined, 'group', groupOf(parameter));
  return detail(details, 'role', textOf(parameter('ROLE_NAME')) ?? textOf(parameter('member_role')));
}

function groupOf(parameter: ParameterReader): string | undefined {
  return textOf(parameter('GROUP_EMAIL')) ?? textOf(parameter('group_email')) ?? textOf(parameter('group_id'));
}

/** What a policy event is about when it names no setting. */
function subjectOf(parameter: ParameterReader): string | undefined {
  for (const name of ['RULE_NAME', 'ALERT_NAME', 'OAUTH2_APP_NAME', 'OAUTH2_SERVICE_NAME', 'APPLICATION_NAME', 'SERVICE_NAME']) {
    const found = textOf(parameter(name));
    if (found !== undefined) return found;
  }
  return groupOf(parameter) ?? text(parameter('DOMAIN_NAME'));
}
