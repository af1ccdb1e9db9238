import type { VendorRisk } from '../../event/index.js';
import { parseTime } from '../../event/time.js';
import { wordTable } from '../../event/word-table.js';
import type { Mapped, MappedPrincipal, Mapper, Raw, SourceKeys } from '../mapped.js';
import { cleanAction, clip, detail, id, isAddress, list, number, object, text, texts } from '../record.js';
import { samePrincipal } from '../same-principal.js';
import { ASSIGNMENTS, NAMES, OF_FACTORS, ON_PEOPLE, policyKind, typeActivity, typeEffect, typeStatus } from './onelogin-events.js';
import { rowReader } from './table-row.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'events',
    title: 'OneLogin events',
    token: ['client_id'],
    device: ['risk_cookie_id', 'browser_fingerprint'],
    address: ['ipaddr'],
    user_agent: ['user_agent'],
    note: 'No session is logged. The token of a call of the API is named by the credential that it was made with.',
  },
];

const tableRow = rowReader([]);

/** @param account name of the account where records do not carry its id */
export function createOneLoginMapper(account = 'default'): Mapper {
  return {
    vendor: 'onelogin',
    keys: KEYS,
    recognises: (record) => isEvent(record) || isTableRow(record) || isColumns(record),
    map: (record) => [mapEvent(isEvent(record) ? record : isTableRow(record) ? tableRow(record) : fromColumns(record), account)],
  };
}

/** A number of a type next to who or where, in OneLogin's own words. */
function isEvent(record: Raw): boolean {
  if (record['event_type_id'] === undefined) return false;
  return (
    record['actor_user_id'] !== undefined ||
    record['actor_user_name'] !== undefined ||
    record['actor_system'] !== undefined ||
    record['ipaddr'] !== undefined ||
    (record['account_id'] !== undefined && (record['user_id'] !== undefined || record['created_at'] !== undefined)) ||
    (record['user_id'] !== undefined && record['user_name'] !== undefined)
  );
}

function isTableRow(record: Raw): boolean {
  return (record['event_type_id_d'] !== undefined || record['event_type_id_s'] !== undefined) && record['actor_user_name_s'] !== undefined;
}

/** A row of the newer table: OneLogin's words as capitalised columns, of which only the id and the time have other names. */
function isColumns(record: Raw): boolean {
  return record['EventTypeId'] !== undefined && (record['Ipaddr'] !== undefined || record['ActorUserName'] !== undefined);
}

const COLUMNS: ReadonlyMap<string, string> = new Map([
  ['EventId', 'id'],
  ['TimeGenerated', 'event_timestamp'],
  ...[
    ...[
      'account_id',
      'actor_system',
      'actor_user_id',
      'actor_user_name',
      'app_id',
      'app_name',
      'custom_message',
      'event_type_id',
      'ipaddr',
    ],
    ...['notes', 'policy_name', 'role_id', 'role_name', 'user_id', 'user_name', 'user_attributes_email'],
  ].map((key) => [key.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()), key] as const),
]);

function fromColumns(record: Raw): Raw {
  const out: Record<string, unknown> = {};
  for (const column of Object.keys(record)) {
    const key = COLUMNS.get(column);
    // an empty column is how a table says that there is none
    if (key !== undefined && record[column] !== '') out[key] = record[column];
  }
  return out;
}

function mapEvent(record: Raw, argument: string): Mapped {
  const type = text(record['event_type_id']) ?? 'unknown';
  const account = id(record['account_id']) ?? argument;
  const subject = person(record['user_id'], record['user_name'], emailOf(record));
  const principal = actorOf(record, subject);
  const status = typeStatus(type);
  const isOther = isNamed(subject) && !samePrincipal(subject, principal) && !(subject.uid === undefined && subject.name === principal.name);
  const named = typeActivity(type);
  // a password that somebody else set was reset
  const activity = named === 'credential_change' && isOther ? 'recovery' : OF_FACTORS.has(type) && isNamed(subject) ? 'mfa_change' : named;
  const cookie = id(record['risk_cookie_id']) ?? id(record['browser_fingerprint']);
  const client = id(record['client_id']);
  const ip = text(record['ipaddr']);
  const risk = riskOf(record);
  const notes = text(record['notes']);
  return {
    vendor: 'onelogin',
    product: 'events',
    account,
    id: id(record['uuid']) ?? id(record['id']) ?? id(object(record['create'])?.['_id']),
    time: parseTime(record['event_timestamp']) ?? parseTime(record['created_at']),
    time_precision_ms: 1000,
    action: cleanAction(NAMES[type] ?? `event_type_${type}`),
    activity,
    status,
    status_detail: status === 'success' ? undefined : (text(record['error_description']) ?? notes),
    is_presence: principal.type === 'human' && status === 'success' && ip !== undefined && client === undefined && isPlacing(type),
    principal,
    targets: isOther && ON_PEOPLE.has(activity) ? [subject] : undefined,
    token: client === undefined ? undefined : { uid: client, kind: 'api_credential' },
    device:
      cookie === undefined
        ? undefined
        : {
            uid: undefined,
            evidence: 'observed',
            cookie_uid: cookie,
            name: undefined,
            os: undefined,
            is_managed: undefined,
            is_compliant: undefined,
          },
    app: refOf(id(record['app_id']), text(record['app_name'])),
    auth: activity === 'sign_in' ? authOf(notes, status) : undefined,
    details: detailsOf(type, activity, record, isOther ? subject : undefined),
    risk,
    ip,
    user_agent: text(record['user_agent']),
  };
}

function isNamed(who: MappedPrincipal): boolean {
  return who.uid !== undefined || who.email !== undefined;
}

/** Beside an id the name is what people are called, which may be somebody else's address; without one it is what somebody typed. */
function person(key: unknown, name: unknown, email: string | undefined): MappedPrincipal {
  const uid = id(key);
  const called = text(name);
  const typed = uid === undefined && called !== undefined && isAddress(called) ? called : undefined;
  return { type: 'human', uid, email: email ?? typed, name: called };
}

/** Collectors join what they know of the person that the event is about. */
function emailOf(record: Raw): string | undefined {
  const email = text(record['user_attributes_email']) ?? text(object(record['user_attributes'])?.['email']);
  return email !== undefined && isAddress(email) ? email : undefined;
}

/** Who did it; where nobody is named a system, or else whom it is about. Whoever assumed the actor's account is behind it. */
function actorOf(record: Raw, subject: MappedPrincipal): MappedPrincipal {
  const uid = id(record['actor_user_id']);
  const name = text(record['actor_user_name']);
  const system = text(record['actor_system']);
  if (uid === undefined && name === undefined) return system === undefined ? subject : { type: 'system', name: system };
  const isSame = uid !== undefined ? uid === subject.uid : name === subject.name;
  const actor = isSame ? { ...subject, name: name ?? subject.name } : person(uid, name, undefined);
  const assuming = id(record['assuming_acting_user_id']);
  // the one who really acts; the account is only worn
  return assuming === undefined || assuming === uid ? actor : { type: 'human', uid: assuming, on_behalf_of: actor };
}

/** What a person does in a browser themselves. */
const PLACING = new Set(['5', '7', '8', '11', '22', '140', '3', '1010', '1608']);

function isPlacing(type: string): boolean {
  return PLACING.has(type);
}

function refOf(uid: string | undefined, name: string | undefined): { uid: string | undefined; name: string | undefined } | undefined {
  return uid === undefined && name === undefined ? undefined : { uid, name };
}

/** `Authentication method: Login App. Transitions: username -> password -> otp.` */
function authOf(notes: string | undefined, status: string): Mapped['auth'] {
  if (notes === undefined) return undefined;
  const begin = clip(notes, 300);
  const method = /authentication method: ([\w ]{1,40})/i.exec(begin)?.[1]?.trim();
  const isMfa = status === 'success' && /-> ?(?:otp|mfa|push|totp|webauthn|protect|sms|security key)/i.test(begin) ? true : undefined;
  if (method === undefined && isMfa === undefined) return undefined;
  return { protocol: undefined, method, is_mfa: isMfa, incoming_token: undefined, keep_signed_in: undefined };
}

/** OneLogin's score of a sign-in: 0 to 100, in thirds. */
function riskOf(record: Raw): VendorRisk | undefined {
  const score = number(record['risk_score']);
  const reasons = Array.isArray(record['risk_reasons']) ? texts(list(record['risk_reasons'])) : splitReasons(text(record['risk_reasons']));
  if (score === undefined || score === 0) return reasons.length === 0 ? undefined : { level: score === 0 ? 'none' : 'unknown', reasons };
  return { level: score > 66 ? 'high' : score > 33 ? 'medium' : 'low', reasons };
}

function splitReasons(said: string | undefined): string[] {
  return said === undefined ? [] : clip(said, 500).split(/[,;] ?/);
}

/** What became of a factor; all others took it away. */
const FACTOR_CHANGES: Readonly<Record<string, string>> = wordTable({
  ...{ 22: 'added', 40: 'resumed', 170: 'added', 171: 'changed', 537: 'added', 538: 'added', 540: 'added' },
  ...{ 1244: 'added', 1245: 'changed', 1602: 'changed', 1604: 'changed', 3026: 'changed' },
});

/** Privileges are over the account itself, roles are over apps. */
const OVER_THE_ACCOUNT: ReadonlySet<string> = new Set(['70', '72', '151', '9040', '2106', '2107', '2110', '2111']);

function detailsOf(type: string, activity: Mapped['activity'], record: Raw, other: MappedPrincipal | undefined): Mapped['details'] {
  const app = detail(detail(undefined, 'app', text(record['app_name'])), 'app_uid', id(record['app_id']));
  const factor = text(record['otp_device_name']);
  switch (activity) {
    case 'session_use':
      // a secure note is kept as a password is
      return type === '87' ? detail(app, 'secrets_read', '1') : app;
    case 'sign_out':
      return app;
    case 'sign_in':
      return detail(detail(app, 'policy', text(record['policy_name'])), 'factor', factor);
    case 'mfa_change':
      return detail(
        detail(undefined, 'change', FACTOR_CHANGES[type] ?? 'removed'),
        'factor',
        factor ?? text(record['authentication_factor_description']),
      );
    case 'credential_change':
      return detail(undefined, 'change', 'password');
    case 'recovery':
      return detail(undefined, 'change', type === '1100' ? 'temporary_pass' : 'password');
    case 'role_grant': {
      const role = text(record['role_name']) ?? text(record['privilege_name']);
      const privileged = OVER_THE_ACCOUNT.has(type) ? 'true' : undefined;
      return detail(
        detail(detail(detail(app, 'role', role), 'role_uid', id(record['role_id'])), 'is_privileged', privileged),
        'group',
        text(record['group_name']),
      );
    }
    case 'oauth_consent':
      return detail(app, 'kind', ASSIGNMENTS.includes(type) ? 'app_assignment' : 'app');
    case 'policy_change': {
      const policy = text(record['policy_name']) ?? text(record['trusted_idp_name']) ?? text(record['custom_message']);
      return detail(detail(detail(undefined, 'policy', policy), 'kind', policyKind(type)), 'effect', typeEffect(type));
    }
    case 'api_key':
      return detail(detail(undefined, 'kind', 'api_token'), 'effect', typeEffect(type));
    case 'app_credential':
      return type === '240' ? detail(detail(app, 'kind', 'secret'), 'change', 'viewed') : detail(app, 'kind', 'certificate');
    case 'audit_tamper':
      return detail(detail(undefined, 'kind', 'log_stream'), 'effect', typeEffect(type));
    case 'data_export':
      return detail(undefined, 'kind', type === '244' || type === '245' ? 'report' : 'export');
    case 'impersonation':
      return detail(undefined, 'change', 'initiate');
    case 'other':
      return detail(detail(app, 'role', text(record['role_name'])), 'target', other?.name);
    default:
      return undefined;
  }
}
