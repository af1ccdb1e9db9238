import type { Device, EventStatus, NamedRef, TokenRef } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import { deviceOs } from '../../device-os.js';
import type { Mapped, MappedSession, Mapper, Raw, SourceKeys } from '../../mapped.js';
import { place } from '../../place.js';
import { bool, cleanAction, clip, detail, guid, id, object, text, word } from '../../record.js';
import { trimPadding } from './entra-sign-in.js';
import { completeAlert } from './m365-alert.js';
import { completeCmdlet } from './m365-cmdlet.js';
import { completeDirectory } from './m365-directory.js';
import { completeFiles, isBrowser } from './m365-files.js';
import { completeMailbox } from './m365-mailbox.js';
import { exportKind, m365Activity } from './m365-operations.js';
import { m365Principal } from './m365-principal.js';
import { type Family, familyOf } from './m365-record-types.js';
import { m365Record, m365ShapeOf } from './m365-shapes.js';
import { completeSts } from './m365-sts.js';
import { completeTeams } from './m365-teams.js';

const CONTEXT_SESSION = { paths: ['AppAccessContext.AADSessionId'], confidence: 'high' } as const;
const EXCHANGE_SESSION = {
  paths: ['SessionId'],
  confidence: 'medium',
  note: 'the same id in most records, and something else in some',
} as const;

const KEYS: readonly SourceKeys[] = [
  {
    product: 'sts',
    title: 'Unified Audit Log, sign-ins of Entra',
    session: [{ paths: ['DeviceProperties[Name=SessionId].Value'], confidence: 'high' }],
    device: ['DeviceProperties[Name=Id].Value'],
    address: ['ActorIpAddress'],
    user_agent: ['ExtendedProperties[Name=UserAgent].Value'],
  },
  {
    product: 'exchange',
    title: 'Unified Audit Log, mailboxes',
    session: [CONTEXT_SESSION, EXCHANGE_SESSION],
    token: ['AppAccessContext.UniqueTokenId'],
    address: ['ClientIPAddress'],
    user_agent: ['ClientInfoString'],
    note: 'The address is Microsoft`s own where a server acts for the person.',
  },
  {
    product: 'sharepoint',
    title: 'Unified Audit Log, SharePoint, OneDrive, Teams and what else is in it',
    session: [CONTEXT_SESSION],
    token: ['AppAccessContext.UniqueTokenId'],
    address: ['ClientIP'],
    user_agent: ['UserAgent'],
  },
  {
    product: 'exchange_admin',
    title: 'Unified Audit Log, Exchange administration',
    session: [EXCHANGE_SESSION],
    address: ['ClientIP'],
  },
  {
    product: 'directory',
    title: 'Unified Audit Log, directory',
    user_agent: ['ExtendedProperties[Name=additionalDetails].Value.User-Agent'],
  },
];

/** Microsoft 365 Unified Audit Log. What all workloads share is read here; a file for each family of records completes it. */
export function createM365Mapper(): Mapper {
  return { vendor: 'm365', keys: KEYS, recognises: (record) => m365ShapeOf(record) !== undefined || isMessageTrace(record), map: mapM365 };
}

/** The message trace of Exchange Online: known, but mail flow places and changes nobody. */
function isMessageTrace(record: Raw): boolean {
  return record['MessageTraceId'] !== undefined && record['SenderAddress'] !== undefined;
}

const COMPLETE: Readonly<Partial<Record<Family, (record: Raw, mapped: Mapped) => void>>> = {
  sts: completeSts,
  directory: completeDirectory,
  cmdlet: completeCmdlet,
  mailbox: completeMailbox,
  files: completeFiles,
  teams: completeTeams,
  alert: completeAlert,
};

function mapM365(input: Raw): Mapped[] {
  const shape = m365ShapeOf(input);
  if (shape === undefined) return [];
  const record = m365Record(input, shape);
  const workload = word(text(record['Workload']));
  const action = cleanAction(text(record['Operation']) ?? `RecordType ${text(record['RecordType']) ?? 'unknown'}`);
  const family = familyOf(record['RecordType'], workload, action);
  const mapped = base(record, action, family, workload);
  COMPLETE[family]?.(record, mapped);
  if (mapped.activity === 'data_export' && mapped.details?.['kind'] === undefined) {
    mapped.details = detail(mapped.details, 'kind', exportKind(action));
  }
  return [mapped];
}

/** The fields that mean the same in all workloads. */
function base(record: Raw, action: string, family: Family, workload: string | undefined): Mapped {
  const account = guid(record['OrganizationId'])?.toLowerCase() ?? 'default';
  const context = object(record['AppAccessContext']);
  const principal = m365Principal(record);
  const ip = addressOf(record);
  const userAgent = text(record['UserAgent']);
  const status = statusOf(record['ResultStatus']);
  const time = parseTime(record['CreationTime']);
  return {
    vendor: 'm365',
    product: productOf(family, workload),
    account,
    id: id(record['Id']),
    time,
    // the log cuts times to the second, except in a few newer workloads
    time_precision_ms: time === undefined || time % 1000 === 0 ? 1000 : undefined,
    action,
    activity: m365Activity(action) ?? (family === 'cmdlet' || family === 'directory' || family === 'notice' ? 'other' : 'session_use'),
    status,
    status_detail: undefined,
    is_presence: principal.type === 'human' && status === 'success' && ip !== undefined && isBrowser(userAgent),
    principal,
    targets: undefined,
    session: sessionOf(record, context, account),
    token: tokenOf(context),
    device: deviceOf(record),
    client: clientOf(record, context),
    app: workload === undefined ? undefined : { uid: undefined, name: text(record['Workload']) },
    resource: undefined,
    auth: undefined,
    details: detail(undefined, 'target', place(record['ObjectId'])),
    risk: undefined,
    correlation_uid: id(record['InterSystemsId']) ?? id(context?.['CorrelationId']) ?? id(record['CorrelationId']),
    ja4: undefined,
    ip,
    user_agent: userAgent,
    network: undefined,
  };
}

const PRODUCTS: Readonly<Partial<Record<Family, string>>> = {
  sts: 'sts',
  directory: 'directory',
  cmdlet: 'exchange_admin',
  mailbox: 'exchange',
  teams: 'teams',
  alert: 'alerts',
};

function productOf(family: Family, workload: string | undefined): string {
  const product = PRODUCTS[family];
  if (product !== undefined) return product;
  return workload === undefined ? 'general' : clip(workload, 60).replace(/\W+/g, '_');
}

/** A missing result is a success: most workloads write one only when it is not. */
function statusOf(value: unknown): EventStatus {
  if (typeof value === 'boolean') return value ? 'success' : 'failure';
  switch (word(value)) {
    case undefined:
    case '':
    case 'success':
    case 'succeeded':
    case 'true':
    case 'partiallysucceeded':
      return 'success';
    case 'failed':
    case 'failure':
    case 'false':
    case 'fail':
    case 'error':
    case 'denied':
      return 'failure';
    default:
      return 'unknown';
  }
}

/** Directory session first; Exchange's own `SessionId` is the same id in most records, and something else in some. */
function sessionOf(record: Raw, context: Raw | undefined, account: string): MappedSession | undefined {
  const directory = id(context?.['AADSessionId']);
  const uid = directory ?? id(record['SessionId']);
  if (uid === undefined) return undefined;
  const confidence = directory === undefined ? 'medium' : 'high';
  return { uid, root_uid: undefined, issuer: `entra:${account}`, confidence, created_time: undefined };
}

function tokenOf(context: Raw | undefined): TokenRef | undefined {
  const uti = id(context?.['UniqueTokenId']);
  if (uti === undefined) return undefined;
  return {
    uid: trimPadding(uti),
    kind: 'uti',
    is_bound: undefined,
    is_cae: undefined,
    issued_time: parseTime(context?.['IssuedAtTime']),
    expires_time: undefined,
  };
}

/** A device id in a resource log is a claim of the token. */
function deviceOf(record: Raw): Device | undefined {
  const uid = guid(record['DeviceId']);
  // SharePoint writes the address here when it knows no device
  const named = text(record['DeviceDisplayName']);
  const name = named !== undefined && looksNumeric(named) ? undefined : named;
  if (uid === undefined && name === undefined) return undefined;
  return {
    uid,
    evidence: 'claimed',
    cookie_uid: undefined,
    name,
    os: deviceOs(record['Platform']),
    is_managed: bool(record['IsManagedDevice']),
    is_compliant: undefined,
  };
}

function clientOf(record: Raw, context: Raw | undefined): NamedRef | undefined {
  const uid = guid(context?.['ClientAppId']) ?? guid(record['ClientAppId']) ?? guid(record['ApplicationId']) ?? guid(record['AppId']);
  const name = text(context?.['ClientAppName']) ?? text(record['ApplicationDisplayName']);
  return uid === undefined && name === undefined ? undefined : { uid, name };
}

/**
 * The client's address. Mailbox records have the client in `ClientIPAddress` and sometimes a server in `ClientIP`; a value that is no address
 * at all gives way to the next.
 */
function addressOf(record: Raw): string | undefined {
  const client = text(record['ClientIPAddress']);
  if (client !== undefined && looksNumeric(client)) return client;
  const other = text(record['ClientIP']) ?? text(record['ActorIpAddress']);
  if (other === undefined) return client;
  return client === undefined || looksNumeric(other) ? other : client;
}

/** Digits, hex letters, dots, colons, brackets and a port: not a host name or a remark. */
function looksNumeric(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    const isHex = (code >= 48 && code <= 58) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);
    // . [ ]
    if (!isHex && code !== 46 && code !== 91 && code !== 93) return false;
  }
  return true;
}
