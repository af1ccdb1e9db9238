import type { Activity, EventStatus } from '../../event/index.js';
import { parseTime } from '../../event/time.js';
import { deviceOs } from '../device-os.js';
import type { Mapped, MappedPrincipal, Mapper, Raw, SourceKeys } from '../mapped.js';
import { cleanAction, clip, detail, id, isAddress, object, text } from '../record.js';
import { samePrincipal } from '../same-principal.js';
import { ACTS_ON_PEOPLE, actionTable } from './action-table.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'activity',
    title: 'Zoom sign-ins and sign-outs',
    address: ['ip_address'],
    user_agent: ['client_type'],
    note: 'No session is logged.',
  },
  {
    product: 'operation',
    title: 'Zoom operation log',
    note: 'Neither session nor address: what was done is a text for people, of which the beginning is read.',
  },
  { product: 'webhook', title: 'Zoom webhooks', note: 'Neither session nor address. Meetings, calls and recordings are not read.' },
];

/** Operation log, activity report and webhooks of Zoom. @param account used where a record names none */
export function createZoomMapper(account = 'default'): Mapper {
  return {
    vendor: 'zoom',
    keys: KEYS,
    recognises: (record) => shapeOf(record) !== undefined,
    map: (record) => {
      switch (shapeOf(record)) {
        case 'operation':
          return [mapOperation(record, account)];
        case 'activity':
          return [mapActivity(record, account)];
        case 'webhook':
          return mapWebhook(record, account);
        default:
          return [];
      }
    },
  };
}

function shapeOf(record: Raw): 'operation' | 'activity' | 'webhook' | undefined {
  if (typeof record['operation_detail'] === 'string') return record['category_type'] !== undefined ? 'operation' : undefined;
  if (record['client_type'] !== undefined && record['email'] !== undefined) {
    const type = record['type'];
    return typeof type === 'string' && SIGNED.test(type) ? 'activity' : undefined;
  }
  const { event, payload } = record;
  if (typeof event !== 'string' || typeof payload !== 'object' || payload === null || !EVENT.test(clip(event, 100))) return undefined;
  return (payload as Raw)['object'] !== undefined ? 'webhook' : undefined;
}

const SIGNED = /^sign[ _-]?(?:in|out)$/i;
const EVENT = /^(?:user|account|app|meeting|webinar|recording|phone|zoomroom|chat_message|chat_channel|endpoint|team_chat)\.[a-z_.]+$/;

function person(email: string | undefined, uid?: string | undefined, name?: string | undefined): MappedPrincipal {
  const address = email !== undefined && isAddress(email) ? email : undefined;
  return { type: 'human', uid, email: address, name: name ?? (address === undefined ? email : undefined) };
}

function mapActivity(record: Raw, account: string): Mapped {
  const type = cleanAction(text(record['type']) ?? 'unknown');
  const client = text(record['client_type']);
  const version = text(record['version']);
  const ip = text(record['ip_address']);
  return {
    vendor: 'zoom',
    product: 'activity',
    account: id(record['account_id']) ?? account,
    id: undefined,
    time: parseTime(record['time']),
    action: type,
    activity: /out$/i.test(type) ? 'sign_out' : 'sign_in',
    status: 'success',
    is_presence: ip !== undefined,
    principal: person(text(record['email'])),
    ip,
    user_agent: client === undefined ? undefined : version === undefined ? client : `${client} ${version}`,
  };
}

/** What an operation is, by `<category> <action>: <detail>`; its beginning is enough. */
const LONGEST_DETAIL = 500;
const operationActivity = actionTable({}, [
  [
    /^\S*\s?(?:user|role|admin)[^:]*: (?:change role|.*\brole\b.* to )|: (?:assign|change)\w* role|^role .*: (?:add|assign).*(?:member|user)/i,
    'role_grant',
  ],
  [/^user[^:]*(?:delete|deactivate|unlink)|^user[^:]*: (?:delete|deactivate|unlink|disassociate) /i, 'session_revoke'],
  [/: .*(?:log|sign) ?out (?:all|of all)|: .*(?:revoke|reset)\w* (?:sdk |sso )?(?:token|session)/i, 'session_revoke'],
  [/^user.*: .*reset.*password/i, 'recovery'],
  [/^user.*: .*(?:change|update|edit)\w* (?:login )?(?:password|email)/i, 'credential_change'],
  [/^user.*: .*(?:two[- ]factor|2fa|authenticat(?:or|ion) device)/i, 'mfa_change'],
  [/: .*(?:generat|regenerat|creat|add)\w* .*(?:api key|api secret|client secret|jwt|token)\b/i, 'api_key'],
  [
    /^(?:app|marketplace|integration)\w*[^:]*(?:add|install|approve|enable)|: (?:install|approve|authorize|add)\w* (?:app|integration)\b/i,
    'oauth_consent',
  ],
  [/\bexport\b|\bdownload\b/i, 'data_export'],
  [/^role /i, 'policy_change'],
  [/^(?:account|security|user group|group|im group|sso|single sign|domain|associated domain|vanity|billing security)\b/i, 'policy_change'],
  [/sign[- ]in|single sign|saml|\bsso\b|passcode|password requirement|associated domain/i, 'policy_change'],
]);

const EMAIL = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/;
const ROLE = /\bfrom ([^:]{1,60}) to ([^:]{1,60}?)(?:\s+-\s|$)/i;
const PRIVILEGED = /owner|admin/i;

function mapOperation(record: Raw, account: string): Mapped {
  const category = text(record['category_type']) ?? '';
  const verb = text(record['action']) ?? '';
  const said = clip(text(record['operation_detail']) ?? '', LONGEST_DETAIL);
  const principal = person(text(record['operator']));
  const named = operationActivity(`${category} ${verb}: ${said}`);
  const about = EMAIL.exec(said)?.[0];
  const target = about === undefined ? undefined : person(about);
  const change = ROLE.exec(said);
  const role = named === 'role_grant' ? change?.[2]?.trim() : undefined;
  let activity = named;
  // a role that gives nothing, and a removal that names nobody
  if (activity === 'role_grant' && role !== undefined && /^(?:member|user|none)$/i.test(role)) activity = 'other';
  if (activity === 'session_revoke' && target === undefined) activity = 'other';
  return {
    vendor: 'zoom',
    product: 'operation',
    account: id(record['account_id']) ?? account,
    id: undefined,
    time: parseTime(record['time']),
    time_precision_ms: 1000,
    action: cleanAction(`${category} ${verb}`.trim()),
    activity,
    status: 'success',
    is_presence: false,
    principal,
    targets: target === undefined || !ACTS_ON_PEOPLE.has(activity) || samePrincipal(target, principal) ? undefined : [target],
    details: operationDetails(activity, said, role, change?.[2]),
  };
}

function operationDetails(activity: Activity, said: string, role: string | undefined, now: string | undefined): Mapped['details'] {
  const setting = said.split(':')[0]?.trim();
  switch (activity) {
    case 'role_grant':
      return role === undefined
        ? undefined
        : detail(detail(undefined, 'role', role), 'is_privileged', PRIVILEGED.test(role) ? 'true' : undefined);
    case 'policy_change': {
      const value = now?.trim().toLowerCase();
      const effect = value === 'off' ? 'disabled' : value === 'on' ? 'enabled' : 'changed';
      return detail(detail(detail(undefined, 'policy', setting === '' ? undefined : setting), 'kind', policyKind(said)), 'effect', effect);
    }
    case 'recovery':
      return detail(undefined, 'change', 'password');
    default:
      return undefined;
  }
}

function policyKind(said: string): string | undefined {
  if (/saml|single sign|\bsso\b|sign-in methods/i.test(said)) return 'federation';
  if (/two[- ]factor|2fa/i.test(said)) return 'mfa';
  if (/password requirement/i.test(said)) return 'password';
  if (/passcode|meeting/i.test(said)) return 'meeting';
  return /domain/i.test(said) ? 'domain' : undefined;
}

const webhookActivity = actionTable({
  sign_in: ['user.signed_in'],
  sign_out: ['user.signed_out'],
  session_revoke: ['user.deactivated', 'user.deleted', 'user.disassociated'],
  role_grant: ['account.owner_transferred'],
  policy_change: ['account.settings_updated'],
  oauth_consent: ['app.authorized', 'app.installed'],
  session_use: ['user.settings_updated', 'user.updated', 'user.presence_status_updated'],
});

function mapWebhook(record: Raw, account: string): Mapped[] {
  const action = cleanAction(text(record['event']) ?? 'unknown');
  const payload = object(record['payload']) ?? {};
  const subject = object(payload['object']) ?? {};
  // meetings and calls say who was in them, not what somebody did with a session
  if (!/^(?:user|account|app)\./.test(action)) return [];
  const who = person(text(subject['email']), id(subject['id']), nameOf(subject));
  const operator = text(payload['operator']);
  const isSigned = action === 'user.signed_in' || action === 'user.signed_out';
  const principal = isSigned || operator === undefined ? who : person(operator, id(payload['operator_id']));
  const activity = webhookActivity(action);
  const client = text(subject['client_type']);
  const status: EventStatus = 'success';
  return [
    {
      vendor: 'zoom',
      product: 'webhook',
      account: id(payload['account_id']) ?? account,
      id: undefined,
      time: parseTime(record['event_ts']) ?? parseTime(payload['time_stamp']) ?? parseTime(subject['date_time']),
      action,
      activity,
      status,
      is_presence: false,
      principal,
      targets: !ACTS_ON_PEOPLE.has(activity) || samePrincipal(who, principal) ? undefined : [who],
      device: client === undefined ? undefined : { evidence: 'claimed', os: deviceOs(client) },
    },
  ];
}

function nameOf(subject: Raw): string | undefined {
  const name = [text(subject['first_name']), text(subject['last_name'])].filter((part) => part !== undefined).join(' ');
  return name === '' ? undefined : name;
}
