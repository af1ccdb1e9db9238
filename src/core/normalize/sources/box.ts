import type { Activity, EventStatus, VendorRisk } from '../../event/index.js';
import { parseTime } from '../../event/time.js';
import type { Mapped, MappedPrincipal, Mapper, Raw, SourceKeys } from '../mapped.js';
import { cleanAction, detail, id, isAddress, number, object, text } from '../record.js';
import { samePrincipal } from '../same-principal.js';
import { boxActivity, isRefused, policyEffect, policyKind } from './box-events.js';
import { rowReader } from './table-row.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'events',
    title: 'Box enterprise events',
    session: [{ paths: ['session_id'], confidence: 'high', note: 'Box fills it on some events only' }],
    token: ['additional_details.access_token_identifier'],
    address: ['ip_address'],
    note: 'No user agent: the app or service is named. Who is not signed in acts under one id for all.',
  },
];

const tableRow = rowReader(['source', 'created_by', 'action_by', 'additional_details', 'shield_alert', 'parent', 'owned_by']);

/** @param account name of the enterprise where records do not carry its id */
export function createBoxMapper(account = 'default'): Mapper {
  return {
    vendor: 'box',
    keys: KEYS,
    recognises: (record) => isEvent(record) || isTableRow(record) || isPage(record),
    map: (record) => {
      if (isEvent(record)) return [mapEvent(record, account)];
      if (isTableRow(record)) return [mapEvent(tableRow(record), account)];
      return (record['entries'] as readonly unknown[]).flatMap((one) => (isObject(one) && isEvent(one) ? [mapEvent(one, account)] : []));
    },
  };
}

function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEvent(record: Raw): boolean {
  const type = record['event_type'];
  if (typeof type !== 'string') return false;
  if (record['type'] === 'event')
    return isObject(record['created_by']) || record['event_id'] !== undefined || record['source'] !== undefined;
  return (
    isObject(record['created_by']) &&
    record['created_at'] !== undefined &&
    (record['event_id'] !== undefined || record['source'] !== undefined)
  );
}

function isTableRow(record: Raw): boolean {
  return record['event_type_s'] !== undefined && (record['created_by_login_s'] !== undefined || record['created_by_id_s'] !== undefined);
}

/** An answer of the API, of which an empty one is no record either. */
function isPage(record: Raw): boolean {
  return Array.isArray(record['entries']) && record['next_stream_position'] !== undefined;
}

/** Everybody who is not signed in. */
const ANONYMOUS = '2';

function mapEvent(record: Raw, argument: string): Mapped {
  const type = cleanAction(text(record['event_type']) ?? 'unknown');
  const extra = object(record['additional_details']) ?? NOTHING;
  const creator = object(record['created_by']) ?? NOTHING;
  const source = object(record['source']) ?? NOTHING;
  const alert = object(extra['shield_alert']);
  const account = id(object(creator['enterprise'])?.['id']) ?? id(record['enterprise_id']) ?? argument;
  const activity = boxActivity(type);
  const status: EventStatus = isRefused(type) ? 'failure' : 'success';
  const ip = addressOf(record['ip_address']);
  const principal = principalOf(creator, ip, activity === 'vendor_risk');
  const session = id(record['session_id']);
  const token = id(extra['access_token_identifier']);
  const service = text(extra['service_name']);
  return {
    vendor: 'box',
    product: 'events',
    account,
    id: id(record['event_id']),
    time: parseTime(record['created_at']),
    time_precision_ms: 1000,
    action: type,
    activity,
    status,
    status_detail: undefined,
    is_presence: principal.type === 'human' && status === 'success' && ip !== undefined && isPlacing(type, activity, service),
    principal,
    targets: targetsOf(activity, source, alert, principal),
    session:
      session === undefined
        ? undefined
        : { uid: session, root_uid: undefined, issuer: `box:${account}`, confidence: 'high', created_time: undefined },
    token: token === undefined ? undefined : { uid: token, kind: 'access_token' },
    client: service === undefined && extra['service_id'] === undefined ? undefined : { uid: id(extra['service_id']), name: service },
    resource: activity === 'session_use' || activity === 'data_export' ? itemOf(source) : undefined,
    details: detailsOf(type, activity, source, extra, alert),
    risk: activity === 'vendor_risk' ? riskOf(type, alert) : undefined,
    ip,
  };
}

const NOTHING: Raw = Object.freeze({});

function addressOf(value: unknown): string | undefined {
  const address = text(value);
  return address === 'Unknown IP' ? undefined : address;
}

/** Accounts that Box makes for applications have addresses in its own domain. */
const SERVICES = /@boxdevedition\.com$/i;

/** @param isVerdict Box itself speaks where nobody is named */
function principalOf(creator: Raw, ip: string | undefined, isVerdict: boolean): MappedPrincipal {
  const uid = id(creator['id']);
  const login = text(creator['login']);
  const name = text(creator['name']);
  if (uid === ANONYMOUS && login === undefined) {
    if (isVerdict) return { type: 'system', uid, name };
    // all who are not signed in share this id: the address is who acts
    return ip === undefined ? { type: 'unknown' } : { type: 'unknown', name, aliases: [`address:${ip}`] };
  }
  const email = login !== undefined && isAddress(login) ? login : undefined;
  const type = login !== undefined && SERVICES.test(login) ? 'service' : uid === undefined && email === undefined ? 'unknown' : 'human';
  return { type, uid, email: type === 'service' ? undefined : email, name: name ?? login };
}

const ON_PEOPLE: ReadonlySet<Activity> = new Set<Activity>([
  'role_grant',
  'session_revoke',
  'mfa_change',
  'credential_change',
  'device_register',
]);

/** Whom it was about: the user that is its object, or the one whom an alert names. */
function targetsOf(activity: Activity, source: Raw, alert: Raw | undefined, actor: MappedPrincipal): MappedPrincipal[] | undefined {
  const about = activity === 'vendor_risk' ? object(alert?.['user']) : ON_PEOPLE.has(activity) ? userIn(source) : undefined;
  if (about === undefined) return undefined;
  const login = text(about['login']) ?? text(about['email']) ?? text(about['user_email']);
  const target: MappedPrincipal = {
    type: 'human',
    uid: id(about['id']) ?? id(about['user_id']),
    email: login !== undefined && isAddress(login) ? login : undefined,
    name: text(about['name']) ?? text(about['user_name']) ?? login,
  };
  const isNobody = target.uid === undefined && target.email === undefined;
  return isNobody || samePrincipal(target, actor) ? undefined : [target];
}

function userIn(source: Raw): Raw | undefined {
  return source['type'] === 'user' || source['user_id'] !== undefined ? source : object(source['user']);
}

/** A person in Box's own apps; programs of others act for them from elsewhere. */
function isPlacing(type: string, activity: Activity, service: string | undefined): boolean {
  if (activity === 'sign_in') return type !== 'ADMIN_LOGIN' || service === undefined;
  if (activity !== 'session_use' && activity !== 'data_export') return false;
  return service === undefined || service.startsWith('Box ');
}

function itemOf(source: Raw): Mapped['resource'] {
  const uid = id(source['item_id']) ?? id(source['file_id']) ?? id(source['folder_id']) ?? id(source['id']);
  const name = nameOf(source);
  return uid === undefined && name === undefined ? undefined : { uid, name };
}

function nameOf(source: Raw): string | undefined {
  return text(source['name']) ?? text(source['item_name']) ?? text(source['file_name']) ?? text(source['folder_name']);
}

function detailsOf(type: string, activity: Activity, source: Raw, extra: Raw, alert: Raw | undefined): Mapped['details'] {
  const item = nameOf(source);
  switch (activity) {
    case 'session_use':
    case 'data_export': {
      const shared =
        text(object(extra['shared_link'])?.['access']) ?? text(extra['access_level']) ?? text(object(source['shared_link'])?.['access']);
      const target = detail(detail(undefined, 'target', item), 'sharing', shared);
      if (activity === 'data_export') return detail(target, 'kind', 'file');
      return detail(target, 'is_public', shared === 'open' && SHARES.test(type) ? 'true' : undefined);
    }
    case 'role_grant': {
      const role = text(extra['role']) ?? text(extra['new_role']) ?? text(extra['admin_role']);
      const group = text(extra['group_name']) ?? (type.startsWith('GROUP_') ? item : undefined);
      const given = detail(detail(undefined, 'role', role), 'group', group);
      return detail(
        detail(given, 'is_privileged', type === 'CHANGE_ADMIN_ROLE' ? 'true' : undefined),
        'target',
        source['type'] === 'user' ? undefined : item,
      );
    }
    case 'session_revoke':
      return detail(undefined, 'scope', type === 'DELETE_USER' ? undefined : 'session');
    case 'mfa_change':
      return detail(undefined, 'change', type.startsWith('DISABLE') ? 'removed' : 'added');
    case 'credential_change':
      return detail(undefined, 'change', type.includes('EMAIL') ? 'email' : 'password');
    case 'oauth_consent':
    case 'app_credential': {
      const app = text(extra['app_name']) ?? text(object(extra['application'])?.['name']) ?? item;
      const named = detail(detail(undefined, 'app', app), 'app_uid', id(extra['client_id']) ?? id(extra['app_id']));
      return detail(named, 'kind', activity === 'app_credential' ? 'certificate' : 'app');
    }
    case 'policy_change':
      return detail(detail(detail(undefined, 'policy', item ?? type), 'kind', policyKind(type)), 'effect', policyEffect(type));
    case 'device_register':
      return detail(detail(undefined, 'device_name', text(extra['device_name']) ?? item), 'device_uid', id(extra['device_id']));
    case 'impersonation':
      return detail(undefined, 'change', 'granted');
    case 'vendor_risk':
      return detail(undefined, 'alert_name', text(alert?.['rule_category']) ?? text(alert?.['rule_name']) ?? type);
    case 'sign_in':
    case 'token_issue':
      return detail(undefined, 'app', text(extra['service_name']));
    default:
      return detail(undefined, 'target', item);
  }
}

/** Makes or widens a link; all else that is done to an item shows the link that it has. */
const SHARES = /^(?:ITEM_)?SHARED?(?:_CREATE|_UPDATE)?$/;

function riskOf(type: string, alert: Raw | undefined): VendorRisk {
  const score = number(alert?.['risk_score']);
  const priority = text(alert?.['priority'])?.toLowerCase();
  const level = priority ?? (score === undefined ? 'medium' : score >= 70 ? 'high' : score >= 40 ? 'medium' : 'low');
  const reasons = [text(alert?.['rule_category']) ?? type];
  const said = text(object(alert?.['alert_summary'])?.['description']);
  if (said !== undefined) reasons.push(said);
  return { level, reasons };
}
