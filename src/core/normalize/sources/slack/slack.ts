import type { Activity, EventStatus, VendorRisk } from '../../../event/index.js';
import { formatTime, parseTime } from '../../../event/time.js';
import type { Mapped, MappedPrincipal, MappedSession, Mapper, Raw, SourceKeys } from '../../mapped.js';
import { cleanAction, detail, firstText, id, isAddress, list, object, text, texts, word } from '../../record.js';
import { samePrincipal } from '../../same-principal.js';
import { SLACK_TARGETED, slackActivity } from './slack-actions.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'audit',
    title: 'Slack audit log (Enterprise)',
    session: [{ paths: ['context.session_id'], confidence: 'high', note: 'a number; what Slack ends by itself often has none' }],
    address: ['context.ip_address'],
    user_agent: ['context.ua'],
    note: 'An anomaly gives reasons and no level.',
  },
];

/**
 * Slack audit log of an Enterprise organisation: its interface and the tables of the Sentinel connectors.
 * @param account id of the organisation where the record names none
 */
export function createSlackMapper(account = 'default'): Mapper {
  return {
    vendor: 'slack',
    keys: KEYS,
    recognises: (record) => slackShapeOf(record) !== undefined,
    map: (record) => {
      const shape = slackShapeOf(record);
      return shape === undefined ? [] : [mapEntry(shape === 'native' ? record : unflatten(record), account)];
    },
  };
}

type Shape = 'native' | 'table';

/** How the record writes an entry, or undefined when it is none. Cheap: it sees every record of every vendor. */
export function slackShapeOf(record: Raw): Shape | undefined {
  if (typeof record['action'] === 'string') {
    const context = record['context'];
    if (!isObject(context)) return undefined;
    const actor = record['actor'];
    const isActor = isObject(actor) && (isObject(actor['user']) || isObject(actor['app']) || typeof actor['type'] === 'string');
    return isActor && (isObject(context['location']) || 'ua' in context || 'ip_address' in context) ? 'native' : undefined;
  }
  return typeof record['action_s'] === 'string' && ('actor_user_id_s' in record || 'context_location_id_s' in record) ? 'table' : undefined;
}

function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const NOTHING: Raw = Object.freeze({});

function mapEntry(entry: Raw, fallback: string): Mapped {
  const context = object(entry['context']) ?? NOTHING;
  const details = object(entry['details']) ?? NOTHING;
  const actor = object(entry['actor']) ?? NOTHING;
  const entity = object(entry['entity']) ?? NOTHING;
  const action = cleanAction(text(entry['action']) ?? 'unknown');
  const account = accountOf(context, actor) ?? fallback;
  const activity = slackActivity(action);
  const status = statusOf(action);
  const principal = principalOf(actor, account);
  const date = entry['date_create'];
  const time = parseTime(date);
  const ip = text(context['ip_address']);
  const through = refOf(context['app']);
  const reasons = activity === 'vendor_risk' ? reasonsOf(action, details) : undefined;
  const about = refOf(entity['app']);
  const session = sessionOf(context, account);
  const userAgent = text(context['ua']);
  return {
    vendor: 'slack',
    product: 'audit',
    account,
    id: id(entry['id']),
    time,
    time_precision_ms: typeof date === 'number' ? 1000 : undefined,
    action,
    activity,
    status,
    status_detail: undefined,
    is_presence:
      principal.type === 'human' &&
      status === 'success' &&
      ip !== undefined &&
      // what a server stores for somebody has neither
      (session !== undefined || userAgent !== undefined) &&
      through === undefined &&
      activity !== 'vendor_risk' &&
      !isSlacksOwn(action),
    principal,
    targets: SLACK_TARGETED.has(activity) ? targetsOf(entity, principal) : undefined,
    session,
    token: undefined,
    device: undefined,
    client: through,
    app: about,
    resource: fileOf(entity),
    auth: undefined,
    details: detailsOf(action, activity, entity, details, time, session?.uid),
    risk: reasons === undefined ? riskOf(action) : { level: 'unknown', reasons },
    correlation_uid: undefined,
    ja4: undefined,
    ip,
    user_agent: userAgent,
    network: reasons?.includes('tor') === true ? { is_tor: true } : undefined,
  };
}

/** The organisation before one of its workspaces: people and sessions are the organisation's. */
function accountOf(context: Raw, actor: Raw): string | undefined {
  const location = object(context['location']);
  const place = id(location?.['id']);
  if (place !== undefined && word(location?.['type']) === 'enterprise') return place;
  const team = id(object(actor['user'])?.['team']);
  return team?.startsWith('E') === true ? team : place;
}

function principalOf(actor: Raw, account: string): MappedPrincipal {
  const user = object(actor['user']);
  if (user !== undefined) return personOf(user);
  const app = object(actor['app']);
  if (app !== undefined) return { type: 'service', uid: id(app['id']), name: text(app['name']) };
  const kind = word(actor['type']);
  if (kind !== 'system' && kind !== 'slack') return { type: 'unknown' };
  return { type: 'system', uid: `slack:${account}`, name: 'Slack' };
}

function personOf(user: Raw): MappedPrincipal {
  const email = text(user['email']);
  return {
    type: 'human',
    uid: id(user['id']),
    email: email !== undefined && isAddress(email) ? email : undefined,
    name: text(user['name']),
  };
}

function targetsOf(entity: Raw, actor: MappedPrincipal): MappedPrincipal[] | undefined {
  const user = object(entity['user']);
  if (user === undefined) return undefined;
  const person = personOf(user);
  return (person.uid === undefined && person.email === undefined) || samePrincipal(person, actor) ? undefined : [person];
}

function sessionOf(context: Raw, account: string): MappedSession | undefined {
  const uid = id(context['session_id']);
  return uid === undefined || uid === '0' ? undefined : { uid, issuer: `slack:${account}`, confidence: 'high' };
}

function refOf(value: unknown): { uid: string | undefined; name: string | undefined } | undefined {
  const app = object(value);
  if (app === undefined) return undefined;
  const uid = id(app['id']);
  const name = text(app['name']);
  return uid === undefined && name === undefined ? undefined : { uid, name };
}

function fileOf(entity: Raw): { uid: string | undefined; name: string | undefined } | undefined {
  return refOf(entity['file']) ?? refOf(entity['canvas']) ?? refOf(entity['channel']);
}

function statusOf(action: string): EventStatus {
  if (action === 'user_password_reset_requested') return 'interrupted';
  return /failed|failure|blocked/.test(action.slice(0, 150)) ? 'failure' : 'success';
}

/** Slack ends sessions and accounts by itself, in the name of whom it does it to; exports are finished by its machines. */
function isSlacksOwn(action: string): boolean {
  return (
    action === 'user_session_invalidated' ||
    action === 'user_password_reset_slack_security' ||
    action === 'guest_expired' ||
    action.startsWith('user_logout_') ||
    action.endsWith('_completed') ||
    action.endsWith('_prepared')
  );
}

/** Why Slack finds something odd: codes such as `asn`, `ip_address`, `session_fingerprint`, `tor`, and what it says of the address. */
function reasonsOf(action: string, details: Raw): string[] {
  const reasons = wordsOf(details['reason']);
  for (const what of wordsOf(details['ip_address_details'])) if (!reasons.includes(what)) reasons.push(what);
  return reasons.length > 0 ? reasons : [action];
}

function wordsOf(value: unknown): string[] {
  const plain = text(value);
  return plain !== undefined && plain[0] !== '['
    ? plain
        .slice(0, 1000)
        .split(/[\s,]+/)
        .filter((one) => one !== '')
    : texts(list(value));
}

/** Slack logs somebody out since it holds their credentials for stolen. */
function riskOf(action: string): VendorRisk | undefined {
  return action === 'user_logout_compromised' ? { level: 'unknown', reasons: ['compromised'] } : undefined;
}

const ROLES: Readonly<Record<string, string>> = {
  role_change_to_owner: 'owner',
  role_change_to_admin: 'admin',
  role_change_to_user: 'user',
  role_change_to_guest: 'guest',
  owner_transferred: 'owner',
  primary_owner_transferred: 'primary owner',
  service_owner_transferred: 'service owner',
  app_collaborator_added: 'app collaborator',
};
/** What Slack calls the roles that reach others' accounts, the rules of sign-in or everybody's messages. */
const PRIVILEGED =
  /^(primary owner|service owner|owner|admin|.*\b(roles|users|security|compliance|exports|audit logs|conversation) admin)$/i;

function detailsOf(
  action: string,
  activity: Activity,
  entity: Raw,
  details: Raw,
  time: number | undefined,
  session: string | undefined,
): Record<string, string> | undefined {
  const about = object(entity[word(entity['type']) ?? '']);
  const name = text(about?.['name']);
  switch (activity) {
    case 'role_grant': {
      const role =
        ROLES[action] ?? text(object(entity['role'])?.['name']) ?? firstText(details['role'], details['role_name'], details['type']);
      const found = detail(detail(undefined, 'role', role), 'group', text(object(entity['usergroup'])?.['name']));
      const isPrivileged = role !== undefined && PRIVILEGED.test(role.slice(0, 100));
      const app = refOf(entity['app']);
      return detail(detail(detail(found, 'is_privileged', isPrivileged ? 'true' : undefined), 'app', app?.name), 'app_uid', app?.uid);
    }
    case 'oauth_consent': {
      const app = refOf(entity['app']);
      const scopes = scopesOf(details['new_scopes']) ?? scopesOf(object(entity['app'])?.['scopes']) ?? scopesOf(details['bot_scopes']);
      const found = detail(detail(detail(undefined, 'app', app?.name), 'app_uid', app?.uid), 'scopes', scopes);
      return detail(detail(found, 'kind', 'app'), 'consent_all', action.startsWith('org_app_') ? 'true' : undefined);
    }
    case 'app_credential': {
      const app = refOf(entity['app']);
      return detail(detail(detail(undefined, 'app', app?.name), 'app_uid', app?.uid), 'kind', 'secret');
    }
    case 'api_key':
      return detail(detail(undefined, 'kind', 'api_token'), 'effect', 'created');
    case 'policy_change': {
      const found = detail(detail(undefined, 'kind', policyKind(action)), 'effect', effectOf(action, details));
      const policy = action.startsWith('pref.') ? action.slice(5) : name;
      return detail(
        detail(found, 'policy', policy),
        'target',
        entity['type'] === 'workspace' || entity['type'] === 'enterprise' ? name : undefined,
      );
    }
    case 'audit_tamper':
      return detail(detail(undefined, 'kind', action.startsWith('ekm') ? 'key_log' : 'retention'), 'effect', 'changed');
    case 'data_export':
      return detail(detail(undefined, 'kind', exportKind(action)), 'target', name);
    case 'credential_change':
      return detail(undefined, 'change', 'email');
    case 'recovery':
      return detail(undefined, 'change', 'password');
    case 'vendor_risk': {
      const acted = parseTime(details['action_timestamp']);
      const found = detail(undefined, 'activity_time', acted === undefined || acted === time ? undefined : formatTime(acted));
      return detail(found, 'target', entity['type'] === 'user' ? undefined : name);
    }
    case 'session_revoke':
      return ENDS_ONE.has(action) ? oneSession(id(details['session_id']) ?? session) : undefined;
    case 'session_use':
    case 'other':
      return detail(undefined, 'target', name);
    default:
      return undefined;
  }
}

const ENDS_ONE: ReadonlySet<string> = new Set(['user_session_invalidated', 'user_logout_non_compliant_mobile_app_version']);

/** These end one session and leave the others, whether or not Slack says which one it was. */
function oneSession(session: string | undefined): Record<string, string> | undefined {
  return detail(detail(undefined, 'session', session), 'scope', 'session');
}

function scopesOf(value: unknown): string | undefined {
  const scopes = wordsOf(value);
  return scopes.length === 0 ? undefined : scopes.join(' ');
}

const POLICY_KINDS: readonly (readonly [RegExp, string])[] = [
  [/two_factor/, 'mfa'],
  [/sso|idp_|sign_in_with/, 'idp'],
  [/session/, 'session'],
  [/ip_range|unapproved_ip|browser|mobile|desktop|device|intune/, 'device'],
  [/^ekm/, 'encryption'],
  [/dlp/, 'dlp'],
  [/legal_hold/, 'legal_hold'],
  [/barrier/, 'information_barrier'],
  [/retention/, 'retention'],
  [/domain|verified/, 'domain'],
  [/app_|whitelist|allowlist/, 'app_access'],
  [/export/, 'export'],
  [/shared|slack_connect|approved_orgs|converted_to_public|public_file/, 'sharing'],
  [/^role_|who_can|only_admins|guest|permission/, 'role'],
];

function policyKind(action: string): string {
  return POLICY_KINDS.find(([pattern]) => pattern.test(action))?.[1] ?? 'preference';
}

const EFFECTS: readonly (readonly [RegExp, string])[] = [
  [/converted_to_public|exclusion_added/, 'weakened'],
  [/_(created|added|approved)$/, 'created'],
  [/_(deleted|removed|released)$/, 'deleted'],
  [/_(disabled|unenrolled|deactivated|unverified)$/, 'disabled'],
  [/_(enabled|enrolled|reactivated|activated|verified)$/, 'enabled'],
];

/** A preference that was on and is off asks for less; where the new value says no more, it was changed. */
function effectOf(action: string, details: Raw): string {
  const now = word(text(details['new_value']));
  if (action === 'pref.two_factor_auth_changed' || action === 'pref.sso_setting_changed') {
    if (now === 'false' || now === 'off' || now === 'disabled' || details['new_value'] === false) return 'disabled';
    if (now === 'true' || now === 'on' || now === 'enabled' || details['new_value'] === true) return 'enabled';
  }
  return EFFECTS.find(([pattern]) => pattern.test(action))?.[1] ?? 'changed';
}

function exportKind(action: string): string {
  if (action.startsWith('file_')) return 'file';
  if (action.startsWith('canvas_')) return 'canvas';
  if (action.startsWith('audit_logs_')) return 'audit_log';
  return /analytics|csv/.test(action) ? 'report' : 'workspace';
}

const COLUMN = /^([a-z0-9_]+)_[sdbgt]$/i;

/**
 * A row of the Sentinel tables. Underscores join the steps of a path and stand inside names alike, so the first steps are told by what is known
 * of the record.
 */
function unflatten(record: Raw): Raw {
  const out: Record<string, unknown> = {};
  const user: Record<string, unknown> = {};
  const location: Record<string, unknown> = {};
  const context: Record<string, unknown> = { location };
  const details: Record<string, unknown> = {};
  const entity: Record<string, unknown> = {};
  for (const column of Object.keys(record)) {
    if (column.length > 100) continue;
    const value = record[column];
    const name = COLUMN.exec(column)?.[1];
    if (name === undefined || value === '' || value === null) continue;
    if (name.startsWith('actor_user_')) user[name.slice(11)] = value;
    else if (name.startsWith('context_location_')) location[name.slice(17)] = value;
    else if (name.startsWith('context_app_')) put(context, 'app', name.slice(12), value);
    else if (name.startsWith('context_')) context[name.slice(8)] = value;
    else if (name.startsWith('details_')) details[name.slice(8)] = value;
    else if (name === 'entity_type') entity['type'] = value;
    else if (name.startsWith('entity_')) {
      const step = name.indexOf('_', 7);
      if (step > 0) put(entity, name.slice(7, step), name.slice(step + 1), value);
    } else if (name === 'id' || name === 'action' || name === 'date_create') out[name] = value;
  }
  out['actor'] = Object.keys(user).length === 0 ? { type: record['actor_type_s'] } : { type: record['actor_type_s'], user };
  out['context'] = context;
  out['details'] = details;
  out['entity'] = entity;
  return out;
}

function put(into: Record<string, unknown>, key: string, name: string, value: unknown): void {
  if (key === '__proto__' || name === '__proto__') return;
  const inner = Object.hasOwn(into, key) ? into[key] : undefined;
  if (typeof inner === 'object' && inner !== null) (inner as Record<string, unknown>)[name] = value;
  else into[key] = { [name]: value };
}
