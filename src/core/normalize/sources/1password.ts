import type { Activity, Device, EventStatus } from '../../event/index.js';
import { parseTime } from '../../event/time.js';
import { deviceOs } from '../device-os.js';
import type { Mapped, MappedPrincipal, MappedSession, Mapper, Raw, SourceKeys } from '../mapped.js';
import { cleanAction, detail, id, isAddress, object, text } from '../record.js';
import { samePrincipal } from '../same-principal.js';
import { auditActivity, factorChange, policyEffect, policyKind } from './1password-actions.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'sign_in_attempts',
    title: '1Password sign-in attempts',
    session: [{ paths: ['session_uuid'], confidence: 'high' }],
    address: ['client.ip_address'],
    note: 'The app and its version are named without a user agent.',
  },
  {
    product: 'item_usages',
    title: '1Password item usages',
    address: ['client.ip_address'],
    note: 'No session: uses are joined to one by person and address.',
  },
  {
    product: 'audit_events',
    title: '1Password audit events',
    session: [{ paths: ['session.uuid'], confidence: 'high' }],
    device: ['session.device_uuid'],
    address: ['session.ip'],
  },
];

type Shape = 'sign_in' | 'usage' | 'audit' | 'page';

/** @param account name of the account where records do not carry its id */
export function create1PasswordMapper(account = 'default'): Mapper {
  return {
    vendor: '1password',
    keys: KEYS,
    recognises: (record) => shapeOf(record) !== undefined,
    map: (record) => mapRecord(record, account, 0),
  };
}

function mapRecord(record: Raw, account: string, depth: number): Mapped[] {
  switch (shapeOf(record)) {
    case 'sign_in':
      return [mapSignIn(record, account)];
    case 'usage':
      return [mapUsage(record, account)];
    case 'audit':
      return [mapAudit(record, account)];
    case 'page':
      return depth > 0 ? [] : (record['items'] as readonly unknown[]).flatMap((one) => (isObject(one) ? mapRecord(one, account, 1) : []));
    default:
      return [];
  }
}

function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Which of the three logs, by what only it has. */
function shapeOf(record: Raw): Shape | undefined {
  if (record['uuid'] !== undefined && record['timestamp'] !== undefined) {
    if (record['target_user'] !== undefined && record['category'] !== undefined) return 'sign_in';
    if (record['item_uuid'] !== undefined && record['vault_uuid'] !== undefined && record['user'] !== undefined) return 'usage';
    if (typeof record['action'] !== 'string' || record['object_type'] === undefined) return undefined;
    return record['actor_uuid'] !== undefined || record['actor_details'] !== undefined ? 'audit' : undefined;
  }
  return record['cursor'] !== undefined && record['has_more'] !== undefined && Array.isArray(record['items']) ? 'page' : undefined;
}

const SUCCESSES = new Set(['success', 'firewall_reported_success']);

function mapSignIn(record: Raw, argument: string): Mapped {
  const category = text(record['category']) ?? '';
  const type = text(record['type']);
  // the second factor was asked for and not yet shown
  const status: EventStatus = SUCCESSES.has(category)
    ? 'success'
    : type === 'mfa_missing'
      ? 'interrupted'
      : category === ''
        ? 'unknown'
        : 'failure';
  const account = id(record['account_uuid']) ?? argument;
  const client = object(record['client']) ?? NOTHING;
  const principal = person(object(record['target_user']));
  const ip = text(client['ip_address']);
  const session = id(record['session_uuid']);
  return {
    ...clientParts(client),
    vendor: '1password',
    product: 'sign_in_attempts',
    account,
    id: id(record['uuid']),
    time: parseTime(record['timestamp']),
    time_precision_ms: 1000,
    action: cleanAction(type ?? category),
    activity: 'sign_in',
    status,
    status_detail: status === 'success' ? undefined : category,
    is_presence: status === 'success' && principal.type === 'human' && ip !== undefined,
    principal,
    session: session === undefined ? undefined : sessionOf(session, account, undefined),
    auth: authOf(type),
    ip,
  };
}

/** The outcome begins with what was shown, except where a rule spoke before anything was. */
const METHODS = /^(totp|u2f|duo|code|platform_secret|sso|passkey)_/;

function authOf(type: string | undefined): Mapped['auth'] {
  if (type === undefined) return undefined;
  const method = type === 'credentials_ok' || type === 'password_secret_bad' ? 'password' : METHODS.exec(type)?.[1];
  const isMfa = type === 'mfa_ok' ? true : undefined;
  if (method === undefined && isMfa === undefined) return undefined;
  return { protocol: undefined, method, is_mfa: isMfa, incoming_token: undefined, keep_signed_in: undefined };
}

function mapUsage(record: Raw, argument: string): Mapped {
  const action = text(record['action']) ?? 'usage';
  const client = object(record['client']) ?? NOTHING;
  const principal = person(object(record['user']));
  const ip = text(client['ip_address']);
  const activity: Activity = action === 'export' ? 'data_export' : 'session_use';
  const item = detail(undefined, 'target', id(record['item_uuid']));
  return {
    ...clientParts(client),
    vendor: '1password',
    product: 'item_usages',
    account: id(record['account_uuid']) ?? argument,
    id: id(record['uuid']),
    time: parseTime(record['timestamp']),
    time_precision_ms: 1000,
    action: cleanAction(`item ${action}`),
    activity,
    status: 'success',
    status_detail: undefined,
    is_presence: principal.type === 'human' && ip !== undefined,
    principal,
    resource: { uid: id(record['vault_uuid']), name: undefined },
    details:
      activity === 'data_export'
        ? detail(item, 'kind', 'item')
        : detail(detail(item, 'sharing', action === 'share' ? 'link' : undefined), 'secrets_read', SHOWS.has(action) ? '1' : undefined),
    ip,
  };
}

/** What brings the secrets of an item to whoever uses it; records of the first version do not say how. */
const SHOWS: ReadonlySet<string> = new Set(['fill', 'reveal', 'secure-copy', 'enter-item-edit-mode', 'server-fetch', 'usage']);

function mapAudit(record: Raw, argument: string): Mapped {
  const action = text(record['action']) ?? 'unknown';
  const kind = text(record['object_type']) ?? 'unknown';
  const account = id(record['account_uuid']) ?? argument;
  const activity = auditActivity(kind, action);
  const session = object(record['session']);
  const actor = person(object(record['actor_details']));
  const uid = actor.uid ?? id(record['actor_uuid']);
  // what an account of a service does, it does with its token
  const isService = actor.type === 'service' || text(record['actor_type']) === 'service_account';
  const principal: MappedPrincipal = isService ? { ...actor, uid, type: 'service', email: undefined } : { ...actor, uid };
  const ip = text(session?.['ip']);
  const sessionId = id(session?.['uuid']);
  const deviceId = id(session?.['device_uuid']);
  return {
    vendor: '1password',
    product: 'audit_events',
    account,
    id: id(record['uuid']),
    time: parseTime(record['timestamp']),
    time_precision_ms: undefined,
    action: cleanAction(`${kind} ${action}`),
    activity,
    status: 'success',
    status_detail: undefined,
    is_presence: principal.type === 'human' && ip !== undefined,
    principal,
    targets: targetsOf(record, kind, activity, principal),
    session: sessionId === undefined ? undefined : sessionOf(sessionId, account, parseTime(session?.['login_time'])),
    device: deviceId === undefined ? undefined : { ...NO_DEVICE, uid: deviceId },
    details: auditDetails(record, kind, action, activity),
    ip,
  };
}

const NOTHING: Raw = Object.freeze({});
const NO_DEVICE: Device = Object.freeze({
  uid: undefined,
  evidence: 'observed',
  cookie_uid: undefined,
  name: undefined,
  os: undefined,
  is_managed: undefined,
  is_compliant: undefined,
});

function person(user: Raw | undefined): MappedPrincipal {
  const email = text(user?.['email']);
  const address = email !== undefined && isAddress(email) ? email : undefined;
  const kind = text(user?.['user_type']) ?? text(user?.['type']);
  const isService = kind === 'service_account';
  return {
    type: isService ? 'service' : 'human',
    uid: id(user?.['uuid']),
    email: isService ? undefined : address,
    name: text(user?.['name']),
    tags: kind === 'external_user' || kind === 'guest' ? ['guest'] : undefined,
  };
}

function sessionOf(uid: string, account: string, created: number | undefined): MappedSession {
  return { uid, root_uid: undefined, issuer: `1password:${account}`, confidence: 'high', created_time: created };
}

/** The app that asks, and on what it runs; both are told by the app itself. */
function clientParts(client: Raw): Pick<Mapped, 'client' | 'device'> {
  const name = text(client['app_name']);
  const os = deviceOs(client['os_name']);
  return {
    client: name === undefined ? undefined : { uid: undefined, name },
    device: os === undefined ? undefined : { ...NO_DEVICE, evidence: 'claimed', os },
  };
}

const ON_PEOPLE: ReadonlySet<Activity> = new Set<Activity>([
  'session_revoke',
  'recovery',
  'credential_change',
  'mfa_change',
  'role_grant',
  'device_register',
]);

/** The person that is the object, or the one beside a group or a vault. */
function targetsOf(record: Raw, kind: string, activity: Activity, actor: MappedPrincipal): MappedPrincipal[] | undefined {
  if (!ON_PEOPLE.has(activity)) return undefined;
  const isUser = kind === 'user' || kind === 'ec' || kind === 'miguser';
  const isMembership = kind === 'gm' || kind === 'uva';
  if (!isUser && !isMembership && kind !== 'device') return undefined;
  const details = object(record[isUser ? 'object_details' : 'aux_details']);
  const one = person(details);
  const target: MappedPrincipal = { ...one, uid: one.uid ?? id(record[isUser ? 'object_uuid' : 'aux_uuid']) };
  return target.uid === undefined || samePrincipal(target, actor) ? undefined : [target];
}

function auditDetails(record: Raw, kind: string, action: string, activity: Activity): Mapped['details'] {
  const name = text(object(record['object_details'])?.['name']);
  const uid = id(record['object_uuid']);
  switch (activity) {
    case 'role_grant': {
      const info = text(record['aux_info']);
      if (kind === 'gm' || kind === 'group') return detail(detail(undefined, 'group', name ?? uid), 'role', info);
      return detail(detail(undefined, 'role', info), 'target', name ?? uid);
    }
    case 'session_revoke':
      return detail(undefined, 'scope', kind === 'device' || kind === 'dlgdsess' ? 'session' : undefined);
    case 'recovery':
      return detail(undefined, 'change', 'password');
    case 'credential_change':
      return detail(
        undefined,
        'change',
        kind === 'ec' ? 'email' : kind === 'cred' ? 'passkey' : action === 'changemp' ? 'password' : 'secret_key',
      );
    case 'mfa_change':
      return detail(undefined, 'change', factorChange(action));
    case 'policy_change':
      return detail(detail(detail(undefined, 'policy', `${kind} ${action}`), 'kind', policyKind(action)), 'effect', policyEffect(action));
    case 'device_register':
      return detail(detail(undefined, 'device_uid', uid), 'device_name', name);
    case 'api_key':
      return detail(detail(detail(undefined, 'kind', 'service_account'), 'key_uid', uid), 'key_name', name);
    case 'oauth_consent':
      return detail(detail(undefined, 'kind', 'app'), 'app', name ?? kind);
    case 'data_export':
      return detail(detail(undefined, 'kind', kind), 'target', name ?? uid);
    default:
      return detail(undefined, 'target', name ?? uid);
  }
}
