import type { Activity, EventStatus, PrincipalType } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import { wordTable } from '../../../event/word-table.js';
import { deviceOs } from '../../device-os.js';
import type { Mapped, Mapper, Raw, SourceKeys } from '../../mapped.js';
import { bool, cleanAction, detail, id, isAddress, object, text, word } from '../../record.js';
import { mapAudit } from './cloudflare-audit.js';

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
          return [mapAudit(record, 'audit', account)];
        case 'audit_v2':
          return [mapAudit(record, 'audit_v2', account)];
        case 'audit_api':
          return [mapAudit(record, 'audit_api', account)];
        case 'audit_v2_api':
          return [mapAudit(record, 'audit_v2_api', account)];
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

const ACCESS: Readonly<Record<string, Activity>> = wordTable({
  login: 'sign_in',
  logout: 'sign_out',
  warpenrollment: 'device_register',
  warp_enrollment: 'device_register',
});

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
