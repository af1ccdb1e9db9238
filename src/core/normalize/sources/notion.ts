import type { Activity, EventStatus, PrincipalType } from '../../event/index.js';
import { parseTime } from '../../event/time.js';
import { wordTable } from '../../event/word-table.js';
import type { Mapped, MappedPrincipal, Mapper, Raw, SourceKeys } from '../mapped.js';
import { cleanAction, detail, id, isAddress, object, text, word } from '../record.js';
import { samePrincipal } from '../same-principal.js';
import { ACTS_ON_PEOPLE, actionTable, effectOf } from './action-table.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'audit',
    title: 'Notion audit log',
    address: ['event.ip_address', 'ip_address'],
    note: 'Neither session nor token nor user agent is logged, and no address where it is about who may see a page.',
  },
];

const activityOf = actionTable(
  {
    sign_in: ['user.login', 'user.login_failed', 'user.login.failed'],
    sign_out: ['user.logout'],
    session_revoke: ['workspace.permissions.member_removed', 'user.deleted', 'user.suspended', 'user.sessions_ended'],
    credential_change: ['user.settings.email_updated'],
    api_key: ['workspace.scim_token_generated'],
    role_grant: ['workspace.permissions.member_role_updated', 'teamspace.permissions.member_role_updated'],
    other: ['workspace.scim_token_revoked', 'user.settings.preferred_name_updated', 'user.settings.profile_photo_updated'],
  },
  [
    [/^user\.login/, 'sign_in'],
    [/^user\.log(?:ged_)?out/, 'sign_out'],
    [/(?:force_?log_?out|sessions?_(?:ended|revoked|terminated|reset)|logged_out_by|log_?out_all)/, 'session_revoke'],
    [/(?:mfa|passkey|totp|two_step|backup_code)/, 'mfa_change'],
    [/^user\.settings\.login_method\./, 'credential_change'],
    [/password_reset/, 'recovery'],
    [/token_(?:generated|created)$|api_key.*created$/, 'api_key'],
    [/(?:export(?:ed|_started|_requested)|downloaded)$/, 'data_export'],
    [/(?:integration|connection|bot|app)s?[._](?:added|installed|created|connected|authorized|approved|user_connected)$/, 'oauth_consent'],
    [/member_role_(?:updated|changed)$|[._]owner_added$|role_(?:granted|assigned)$/, 'role_grant'],
    // an app reaches more than before
    [/^(?:page|database|data_source)\.permissions\.(?:integration|bot|api)_role_(?:added|updated)$/, 'oauth_consent'],
    // somebody from outside
    [/^(?:page|database|data_source)\.permissions\.guest_role_(?:added|updated)$/, 'role_grant'],
    [/^(?:page|database|data_source|collection|form)\.permissions?\./, 'session_use'],
    [/^(?:page|database|data_source|comment|file|form|collection)\./, 'session_use'],
    [
      /(?:domain|saml|sso|scim|allow_?list|security|public_homepage)[\w.]*_(?:added|removed|updated|enabled|disabled|verified|claimed)$/,
      'policy_change',
    ],
    [/\bsettings\./, 'policy_change'],
    [/impersonat/, 'impersonation'],
  ],
);

/** Audit log of Notion, as its webhooks send it: the event under `event`, or bare. @param account used where a record names no workspace */
export function createNotionMapper(account = 'default'): Mapper {
  return {
    vendor: 'notion',
    keys: KEYS,
    recognises: (record) => eventOf(record) !== undefined,
    map: (record) => {
      const event = eventOf(record);
      return event === undefined ? [] : [mapEvent(event, account)];
    },
  };
}

function eventOf(record: Raw): Raw | undefined {
  const inner = record['event'];
  const event = typeof inner === 'object' && inner !== null ? (inner as Raw) : record;
  return event['workspace_id'] !== undefined && event['timestamp'] !== undefined && isDotted(event['type']) && 'actor' in event
    ? event
    : undefined;
}

function isDotted(type: unknown): boolean {
  return typeof type === 'string' && type.indexOf('.') > 0;
}

function mapEvent(event: Raw, account: string): Mapped {
  const action = cleanAction(text(event['type']) ?? 'unknown');
  // older records carry the details under the name of the act
  const details = object(event['details']) ?? object(event[action]) ?? {};
  const role = word(details['new_role']) ?? word(details['role']) ?? word(details['new_permission']);
  const named = refine(activityOf(action), action, role);
  const status: EventStatus = /fail|denied/.test(action) ? 'failure' : 'success';
  const principal = principalOf(object(event['actor']) ?? {});
  const targets = ACTS_ON_PEOPLE.has(named) ? targetsOf(details, principal) : undefined;
  // somebody who is not named was taken out: that must not end the sessions of who did it
  const activity = named === 'session_revoke' && targets === undefined && !action.startsWith('user.') ? 'other' : named;
  const ip = text(event['ip_address']);
  const method = activity === 'sign_in' ? word(details['authType'] ?? details['auth_type']) : undefined;
  return {
    vendor: 'notion',
    product: 'audit',
    account: id(event['workspace_id']) ?? account,
    id: id(event['id']),
    time: parseTime(event['timestamp']),
    action,
    activity,
    status,
    is_presence: principal.type === 'human' && status === 'success' && ip !== undefined && word(event['platform']) !== 'api',
    principal,
    targets,
    resource: resourceOf(details),
    auth: method === undefined ? undefined : { protocol: method === 'saml' ? 'saml20' : undefined, method },
    details: detailsOf(activity, action, details, role),
    ip,
  };
}

/** Roles by which people run a workspace or teamspace. */
const OWNING = /owner|admin/;

function refine(activity: Activity, action: string, role: string | undefined): Activity {
  if (role === undefined) return activity;
  // what a guest may do with a page is given to somebody outside, however little
  if (activity === 'role_grant') return OWNING.test(role) || action.includes('.guest_role_') ? activity : 'other';
  return action.endsWith('.member_added') && OWNING.test(role) ? 'role_grant' : activity;
}

const TYPES: Readonly<Record<string, PrincipalType>> = wordTable({
  person: 'human',
  bot: 'service',
  integration: 'service',
  agent: 'agent',
  custom_agent: 'agent',
  workspace: 'system',
  scim: 'system',
  automation: 'system',
  notion: 'system',
});

function principalOf(actor: Raw): MappedPrincipal {
  const person = object(actor['person']);
  const email = text(person?.['email']) ?? text(actor['email']);
  return {
    type: TYPES[word(actor['type']) ?? ''] ?? 'unknown',
    uid: id(actor['id']),
    email: email !== undefined && isAddress(email) ? email : undefined,
    name: text(person?.['name']) ?? text(actor['name']),
  };
}

/** Exports for others to see put one id in place of all; the address then tells people apart. */
function isSelf(target: MappedPrincipal, actor: MappedPrincipal): boolean {
  if (target.email !== undefined && actor.email !== undefined && target.email.toLowerCase() !== actor.email.toLowerCase()) return false;
  return samePrincipal(target, actor);
}

function targetsOf(details: Raw, actor: MappedPrincipal): MappedPrincipal[] | undefined {
  for (const key of ['member', 'entity', 'user', 'target']) {
    const who = object(details[key]);
    if (who === undefined || who['object'] !== 'user') continue;
    const target = principalOf(who);
    if ((target.uid === undefined && target.email === undefined) || isSelf(target, actor)) continue;
    return [target];
  }
  return undefined;
}

function resourceOf(details: Raw): Mapped['resource'] {
  const target = object(details['target']);
  if (target === undefined || target['object'] === 'user') return undefined;
  const uid = id(target['page_id']) ?? id(target['database_id']) ?? id(target['id']);
  const name = text(target['name']);
  return uid === undefined && name === undefined ? undefined : { uid, name };
}

function detailsOf(activity: Activity, action: string, details: Raw, role: string | undefined): Mapped['details'] {
  switch (activity) {
    case 'role_grant':
      return detail(
        detail(detail(undefined, 'role', role), 'is_privileged', role !== undefined && !OWNING.test(role) ? undefined : 'true'),
        'group',
        text(object(details['target'])?.['name']),
      );
    case 'policy_change': {
      const state = word(details['state'] ?? details['new_state']);
      const isOpened = action.endsWith('public_homepage_added') || (ALLOWS.test(action) && state === 'enabled');
      const effect = isOpened ? 'weakened' : state === 'enabled' || state === 'disabled' ? state : effectOf(action);
      return detail(detail(detail(undefined, 'policy', action), 'kind', policyKind(action)), 'effect', effect);
    }
    case 'api_key':
      return detail(detail(undefined, 'kind', action.includes('scim') ? 'scim_token' : 'api_token'), 'effect', 'created');
    case 'mfa_change':
      return detail(undefined, 'change', /remov|delet|disabl/.test(action) ? 'removed' : /add|enabl/.test(action) ? 'added' : 'changed');
    case 'credential_change':
      return detail(undefined, 'change', /email/.test(action) ? 'email' : /password/.test(action) ? 'password' : undefined);
    case 'data_export':
      return detail(undefined, 'kind', /audit/.test(action) ? 'audit_log' : /^workspace\./.test(action) ? 'workspace' : 'file');
    case 'session_use':
      if (!action.includes('.permissions.')) return undefined;
      return detail(
        detail(undefined, 'sharing', text(details['page_audience']) ?? action),
        'is_public',
        PUBLISHES.test(action) ? 'true' : undefined,
      );
    case 'oauth_consent':
      return detail(
        undefined,
        'app',
        text(details['integration_name']) ?? text(object(details['target'])?.['name']) ?? text(details['name']),
      );
    default:
      return undefined;
  }
}

/** A page for everybody on the web. */
const PUBLISHES = /shared_to_public\w*_(?:added|updated)$|published_to_web$/;
/** Settings that let others in when they are on. */
const ALLOWS = /allow_(?:guests|public|publish|sharing|external)\w*_updated$/;

function policyKind(action: string): string | undefined {
  if (/saml|_sso_/.test(action)) return 'federation';
  if (/scim/.test(action)) return 'provisioning';
  if (/domain/.test(action)) return 'domain';
  return /guest|sharing|public|export|publish/.test(action) ? 'sharing' : undefined;
}
