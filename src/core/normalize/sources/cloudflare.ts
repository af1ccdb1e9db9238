import type { Activity, EventStatus, PrincipalType } from '../../event/index.js';
import { parseTime } from '../../event/time.js';
import { deviceOs } from '../device-os.js';
import type { Mapped, MappedPrincipal, Mapper, Raw, SourceKeys } from '../mapped.js';
import { bool, cleanAction, clip, detail, id, isAddress, object, text, word } from '../record.js';
import { ACTS_ON_PEOPLE, effectOf } from './action-table.js';
import { cloudflareActivity } from './cloudflare-actions.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'access',
    title: 'Cloudflare Access requests',
    address: ['IPAddress', 'ip_address'],
    note: 'Only sign-ins to applications, each known by its request. No session and no user agent.',
  },
  {
    product: 'audit',
    title: 'Cloudflare account audit log',
    token: ['ActorTokenID', 'actor.token_id'],
    address: ['ActorIP', 'ActorIPAddress', 'actor.ip', 'actor.ip_address'],
    user_agent: ['raw.user_agent', 'Raw.user_agent'],
    note: 'Client and token only in the second version of the log.',
  },
  {
    product: 'gateway',
    title: 'Cloudflare Gateway traffic',
    device: ['DeviceID'],
    address: ['SourceIP'],
    user_agent: ['UserAgent'],
    note: 'What a device sends by itself too, so it places nobody.',
  },
  { product: 'posture', title: 'Cloudflare device posture', device: ['DeviceID'] },
];

type Shape = 'access' | 'access_api' | 'audit' | 'audit_v2' | 'audit_api' | 'audit_v2_api' | 'gateway' | 'posture' | 'traffic';

/** Access, Gateway and the account of Cloudflare, as Logpush and the API give them. @param account used where a record names none */
export function createCloudflareMapper(account = 'default'): Mapper {
  return {
    vendor: 'cloudflare',
    keys: KEYS,
    recognises: (record) => shapeOf(record) !== undefined,
    map: (record) => {
      switch (shapeOf(record)) {
        case 'access':
          return [mapAccess(record, account)];
        case 'access_api':
          return [mapAccess(fromAccessApi(record), account)];
        case 'audit':
          return [mapAudit(fromLogpush(record), account)];
        case 'audit_v2':
          return [mapAudit(fromLogpushV2(record), account)];
        case 'audit_api':
          return [mapAudit(fromApi(record), account)];
        case 'audit_v2_api':
          return [mapAudit(fromApiV2(record), account)];
        case 'gateway':
        case 'posture':
          return [mapDevice(record, account)];
        // visitors of the web sites that it serves: nobody who could be named
        default:
          return [];
      }
    },
  };
}

function shapeOf(record: Raw): Shape | undefined {
  if (record['RayID'] !== undefined) {
    if (record['Allowed'] !== undefined && record['AppDomain'] !== undefined) return 'access';
    return record['ClientRequestHost'] !== undefined || record['EdgeStartTimestamp'] !== undefined ? 'traffic' : undefined;
  }
  if (record['ActionType'] !== undefined && record['ActorType'] !== undefined) {
    if (record['AuditLogID'] !== undefined) return 'audit_v2';
    return record['When'] !== undefined && record['OwnerID'] !== undefined ? 'audit' : undefined;
  }
  if (record['ray_id'] !== undefined) return record['app_domain'] !== undefined ? 'access_api' : undefined;
  if (record['PostureCheckName'] !== undefined) return record['DeviceID'] !== undefined ? 'posture' : undefined;
  if (record['Datetime'] !== undefined && record['PolicyID'] !== undefined && record['DeviceID'] !== undefined) return 'gateway';
  const action = record['action'];
  if (typeof action !== 'object' || action === null || typeof record['actor'] !== 'object' || record['resource'] === undefined) {
    return undefined;
  }
  if (record['when'] !== undefined && record['owner'] !== undefined) return 'audit_api';
  return (action as Raw)['time'] !== undefined && object(record['account']) !== undefined ? 'audit_v2_api' : undefined;
}

/** The API spells in its own way what Logpush pushes. */
function fromAccessApi(record: Raw): Raw {
  return {
    Action: record['action'],
    Allowed: record['allowed'],
    AppDomain: record['app_domain'],
    AppUUID: record['app_uid'],
    Connection: record['connection'],
    CreatedAt: record['created_at'],
    Email: record['user_email'],
    IPAddress: record['ip_address'],
    RayID: record['ray_id'],
    UserUID: record['user_uid'] ?? record['user_id'],
    ServiceTokenID: record['service_token_id'],
  };
}

const ACCESS: Readonly<Record<string, Activity>> = {
  login: 'sign_in',
  logout: 'sign_out',
  warpenrollment: 'device_register',
  warp_enrollment: 'device_register',
};

function mapAccess(record: Raw, account: string): Mapped {
  const action = cleanAction(text(record['Action']) ?? 'login');
  const activity = ACCESS[action.toLowerCase()] ?? 'session_use';
  const allowed = bool(record['Allowed']);
  const email = text(record['Email']);
  const address = email !== undefined && isAddress(email) ? email : undefined;
  const connection = word(record['Connection']);
  const uid = id(record['UserUID']);
  const token = id(record['ServiceTokenID']);
  const isService = token !== undefined || (address === undefined && /service|token|certificate|cert/.test(connection ?? ''));
  const status: EventStatus = allowed === undefined ? 'unknown' : allowed ? 'success' : 'failure';
  const ip = text(record['IPAddress']);
  const app = id(record['AppUUID']);
  const type: PrincipalType = isService ? 'service' : address === undefined && uid === undefined ? 'unknown' : 'human';
  return {
    vendor: 'cloudflare',
    product: 'access',
    account: id(record['AccountID']) ?? account,
    id: id(record['RayID']),
    time: parseTime(record['CreatedAt']),
    time_precision_ms: 1000,
    action,
    activity,
    status,
    is_presence: type === 'human' && status === 'success' && ip !== undefined,
    principal: {
      type,
      uid: isService ? (token ?? uid) : uid,
      email: address,
      name: isService ? text(record['ServiceTokenName']) : undefined,
    },
    app: app === undefined && text(record['AppDomain']) === undefined ? undefined : { uid: app, name: text(record['AppDomain']) },
    auth:
      connection === undefined
        ? undefined
        : { protocol: connection === 'saml' ? 'saml20' : connection === 'oidc' ? 'oidc' : undefined, method: connection },
    ip,
  };
}

/** An entry of the account's audit log, whichever of its four spellings it came in. */
interface Entry {
  id: unknown;
  account: unknown;
  time: unknown;
  action: unknown;
  result: unknown;
  actor: { type: unknown; id: unknown; email: unknown; ip: unknown; token: unknown; context: unknown };
  resource: { type: unknown; id: unknown };
  metadata: Raw;
  agent: unknown;
}

function fromLogpush(record: Raw): Entry {
  return {
    id: record['ID'],
    account: record['OwnerID'],
    time: record['When'],
    action: record['ActionType'],
    result: record['ActionResult'],
    actor: {
      type: record['ActorType'],
      id: record['ActorID'],
      email: record['ActorEmail'],
      ip: record['ActorIP'],
      token: undefined,
      context: record['Interface'],
    },
    resource: { type: record['ResourceType'], id: record['ResourceID'] },
    metadata: object(record['Metadata']) ?? {},
    agent: undefined,
  };
}

function fromLogpushV2(record: Raw): Entry {
  return {
    id: record['AuditLogID'],
    account: record['AccountID'],
    time: record['ActionTimestamp'],
    action: record['ActionType'],
    result: record['ActionResult'],
    actor: {
      type: record['ActorType'],
      id: record['ActorID'],
      email: record['ActorEmail'],
      ip: record['ActorIPAddress'],
      token: record['ActorTokenID'],
      context: record['ActorContext'],
    },
    resource: { type: record['ResourceType'] ?? record['ResourceProduct'], id: record['ResourceID'] },
    metadata: {},
    agent: object(record['Raw'])?.['user_agent'],
  };
}

function fromApi(record: Raw): Entry {
  const action = object(record['action']) ?? {};
  const actor = object(record['actor']) ?? {};
  const resource = object(record['resource']) ?? {};
  return {
    id: record['id'],
    account: object(record['owner'])?.['id'],
    time: record['when'],
    action: action['type'],
    result: action['result'],
    actor: { type: actor['type'], id: actor['id'], email: actor['email'], ip: actor['ip'], token: undefined, context: record['interface'] },
    resource: { type: resource['type'], id: resource['id'] },
    metadata: object(record['metadata']) ?? {},
    agent: undefined,
  };
}

function fromApiV2(record: Raw): Entry {
  const action = object(record['action']) ?? {};
  const actor = object(record['actor']) ?? {};
  const resource = object(record['resource']) ?? {};
  return {
    id: record['id'],
    account: object(record['account'])?.['id'],
    time: action['time'],
    action: action['type'],
    result: action['result'],
    actor: {
      type: actor['type'],
      id: actor['id'],
      email: actor['email'],
      ip: actor['ip_address'],
      token: actor['token_id'],
      context: actor['context'],
    },
    resource: { type: resource['type'] ?? resource['product'], id: resource['id'] },
    metadata: {},
    agent: object(record['raw'])?.['user_agent'],
  };
}

const ACTORS: Readonly<Record<string, PrincipalType>> = {
  user: 'human',
  admin: 'system',
  cloudflare_admin: 'system',
  system: 'system',
  account: 'service',
  token: 'service',
};

function mapAudit(entry: Entry, account: string): Mapped {
  const action = cleanAction(text(entry.action) ?? 'unknown');
  const resource = text(entry.resource.type) ?? '';
  const activity = cloudflareActivity(`${spelled(resource)} ${spelled(action)}`);
  const said = bool(entry.result);
  const result = word(entry.result);
  const status: EventStatus =
    said === true || result === 'success'
      ? 'success'
      : said === false || (result !== undefined && /fail|denied|error/.test(result))
        ? 'failure'
        : 'unknown';
  const email = text(entry.actor.email);
  const type = ACTORS[word(entry.actor.type) ?? ''] ?? 'unknown';
  const principal: MappedPrincipal = {
    type,
    uid: id(entry.actor.id),
    email: email !== undefined && isAddress(email) ? email : undefined,
    name: type === 'system' ? 'cloudflare' : undefined,
  };
  const targets = ACTS_ON_PEOPLE.has(activity) ? memberOf(entry.metadata, principal) : undefined;
  let details = auditDetails(activity, action, resource, entry);
  // a member who is known by a number only: that must not end the sessions of who did it
  if (activity === 'session_revoke' && targets === undefined) details = detail(details, 'acts_on', id(entry.resource.id));
  const token = id(entry.actor.token);
  const ip = text(entry.actor.ip);
  const isByHand = token === undefined && !/api|token|oauth/.test(word(entry.actor.context) ?? '');
  return {
    vendor: 'cloudflare',
    product: 'audit',
    account: id(entry.account) ?? account,
    id: id(entry.id),
    time: parseTime(entry.time),
    action,
    activity,
    status,
    is_presence: type === 'human' && status === 'success' && ip !== undefined && isByHand,
    principal,
    targets,
    token: token === undefined ? undefined : { uid: token, kind: 'api_token' },
    resource: resource === '' ? undefined : { uid: id(entry.resource.id), name: resource },
    details,
    ip,
    user_agent: text(entry.agent),
  };
}

function spelled(name: string): string {
  return clip(name, 100)
    .toLowerCase()
    .replace(/[\s.:/-]+/g, '_');
}

function memberOf(metadata: Raw, actor: MappedPrincipal): MappedPrincipal[] | undefined {
  const email =
    text(metadata['member_email']) ?? text(metadata['user_email']) ?? text(metadata['email']) ?? text(metadata['invited_email']);
  if (email === undefined || !isAddress(email) || email.toLowerCase() === actor.email?.toLowerCase()) return undefined;
  return [{ type: 'human', email }];
}

function auditDetails(activity: Activity, action: string, resource: string, entry: Entry): Mapped['details'] {
  const { metadata } = entry;
  switch (activity) {
    case 'api_key':
      return detail(
        detail(
          detail(
            detail(undefined, 'kind', /service/.test(resource) ? 'service_token' : 'api_token'),
            'effect',
            action.toLowerCase().endsWith('view') ? undefined : effectOf(action),
          ),
          'key_uid',
          id(metadata['token_tag']) ?? id(metadata['token_id']),
        ),
        'key_name',
        text(metadata['token_name']),
      );
    case 'policy_change':
      return detail(
        detail(
          detail(undefined, 'policy', text(metadata['name']) ?? text(metadata['app_name']) ?? action),
          'kind',
          resource === '' ? undefined : resource,
        ),
        'effect',
        effectOf(action),
      );
    case 'audit_tamper':
      return detail(detail(undefined, 'kind', 'log_stream'), 'effect', effectOf(action));
    case 'role_grant':
      return detail(undefined, 'role', text(metadata['role']) ?? text(metadata['role_name']) ?? text(metadata['new_role']));
    case 'mfa_change':
      return detail(
        undefined,
        'change',
        /delet|remov|disabl/.test(action) ? 'removed' : /add|creat|enabl/.test(action) ? 'added' : 'changed',
      );
    default:
      return undefined;
  }
}

/** What a device sent through Gateway, or how it stood a check: the agent on it signs it with the device's own key. */
function mapDevice(record: Raw, account: string): Mapped {
  const isPosture = record['PostureCheckName'] !== undefined;
  const email = text(record['Email']);
  const uid = id(record['UserID']) ?? id(record['UserUID']);
  const address = email !== undefined && isAddress(email) ? email : undefined;
  const passed = bool(record['PostureEvaluatedResult']);
  const action = isPosture ? 'posture_check' : cleanAction(text(record['Action']) ?? 'request');
  const device = id(record['DeviceID']);
  const isRefused = isPosture ? passed === false : /^(?:block|deny|isolate)/i.test(action);
  return {
    vendor: 'cloudflare',
    product: isPosture ? 'posture' : 'gateway',
    account: id(record['AccountID']) ?? account,
    id: isPosture ? undefined : id(record['RequestID']),
    time: parseTime(record['Datetime']) ?? parseTime(record['Timestamp']),
    action,
    activity: isPosture ? 'other' : 'session_use',
    status: isRefused ? 'failure' : 'success',
    is_presence: false,
    principal: { type: address === undefined && uid === undefined ? 'unknown' : 'human', uid, email: address },
    device:
      device === undefined
        ? undefined
        : { uid: device, evidence: 'observed', name: text(record['DeviceName']), os: deviceOs(record['DeviceType']), is_compliant: passed },
    details: detail(undefined, 'policy', text(record['PolicyName']) ?? text(record['PostureCheckName'])),
    ip: text(record['SourceIP']),
    user_agent: text(record['UserAgent']),
  };
}
