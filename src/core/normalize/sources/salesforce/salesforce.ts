import type { Activity, Device, EventStatus, VendorRisk } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import { deviceOs } from '../../device-os.js';
import type { Mapped, MappedPrincipal, MappedSession, Mapper, Raw, SourceKeys } from '../../mapped.js';
import { cleanAction, clip, id, number, text } from '../../record.js';
import { monitoringDetails, type Read, userId } from './salesforce-details.js';
import { eventTypeOf, IN_PAGES, typeActivity } from './salesforce-event-types.js';
import { delegate, eventPrincipal, impactedBy, rowPrincipal, targetsOf } from './salesforce-people.js';
import { mapSetup } from './salesforce-setup.js';
import { guessType, logFileRow, monitoringEvent, salesforceShapeOf } from './salesforce-shapes.js';
import { eventStatus, rowStatus } from './salesforce-status.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'event_log_file',
    title: 'Salesforce event log files',
    session: [
      { paths: ['SESSION_KEY'], confidence: 'high' },
      { paths: ['LOGIN_KEY'], confidence: 'high', note: 'on rows of sign-ins, which come before the session' },
    ],
    root: 'LOGIN_KEY',
    address: ['SOURCE_IP', 'CLIENT_IP'],
    user_agent: ['BROWSER_TYPE'],
    note: 'LOGIN_KEY ties all rows of one sign-in. Four-part versions of browsers are scrubbed as if they were addresses.',
  },
  {
    product: 'event_monitoring',
    title: 'Salesforce real-time event monitoring',
    session: [
      { paths: ['SessionKey'], confidence: 'high' },
      { paths: ['LoginKey'], confidence: 'high', note: 'at sign-ins, which come before the session' },
    ],
    root: 'LoginKey',
    address: ['SourceIp'],
    user_agent: ['UserAgent', 'CurrentUserAgent'],
    note: 'The organisation is not in these events: name it under accounts by its id of 15 characters, as log files have it. Sign-ins name the browser and no user agent.',
  },
  {
    product: 'setup_audit_trail',
    title: 'Salesforce Setup Audit Trail',
    note: 'Neither session nor address: acts are joined to a session by person and time.',
  },
];

/** @param account name of the organisation where records do not carry its id */
export function createSalesforceMapper(account = 'default'): Mapper {
  return {
    vendor: 'salesforce',
    keys: KEYS,
    recognises: (record) => salesforceShapeOf(record) !== undefined,
    map: (record) => {
      const shape = salesforceShapeOf(record);
      if (shape === undefined) return [];
      if (shape === 'setup') return [mapSetup(record, account)];
      if (shape === 'event') return [mapMonitoring(record, account)];
      const row = logFileRow(record);
      // the first line of a CSV that somebody took for a record
      return row['EVENT_TYPE'] === 'EVENT_TYPE' ? [] : [mapRow(row, account)];
    },
  };
}

/** What both logs of monitoring have, under two spellings. */
interface Parts {
  product: string;
  account: string;
  id: string | undefined;
  time: number | undefined;
  action: string;
  type: string;
  status: EventStatus;
  reason: string | undefined;
  principal: MappedPrincipal;
  targets: MappedPrincipal[] | undefined;
  login: string | undefined;
  session: string | undefined;
  ip: string | undefined;
  isProgram: boolean;
  user_agent: string | undefined;
  read: Read;
}

function mapRow(row: Raw, argument: string): Mapped {
  const action = cleanAction(text(row['EVENT_TYPE']) ?? 'unknown');
  const type = eventTypeOf(action);
  const organization = text(row['ORGANIZATION_ID']);
  const time = parseTime(row['TIMESTAMP_DERIVED']) ?? parseTime(row['TIMESTAMP']) ?? parseTime(row['LOGIN_TIME']);
  const person = rowPrincipal(row);
  const admin =
    type === 'LoginAs' ? delegate(row['DELEGATED_USER_NAME'], userId(row, 'DELEGATED_USER_ID_DERIVED', 'DELEGATED_USER_ID')) : undefined;
  const request = id(row['REQUEST_ID']) ?? id(row['EVENT_IDENTIFIER']);
  return complete({
    product: 'event_log_file',
    account: organization === undefined ? argument : organization.slice(0, 15),
    // one request writes several rows, also of one type
    id: request === undefined ? undefined : `${request}/${action}/${text(row['TIMESTAMP']) ?? text(row['TIMESTAMP_DERIVED']) ?? ''}`,
    time,
    action,
    type,
    status: rowStatus(row, type),
    reason: text(row['LOGIN_STATUS']) ?? text(row['EXCEPTION_TYPE']) ?? text(row['STATUS']),
    principal: admin ?? person,
    targets: admin === undefined ? undefined : [person],
    login: id(row['LOGIN_KEY']),
    session: id(row['SESSION_KEY']),
    ip: addressOf(row['SOURCE_IP']) ?? addressOf(row['CLIENT_IP']) ?? addressOf(row['IP_ADDRESS']),
    isProgram: type === 'Login' && (text(row['URI'])?.startsWith('/services/') ?? false),
    user_agent: agentOf(row['BROWSER_TYPE']) ?? agentOf(row['USER_AGENT']),
    read: (file) => text(row[file]),
  });
}

function mapMonitoring(record: Raw, argument: string): Mapped {
  const { event, type: named } = monitoringEvent(record);
  const action = cleanAction(named ?? guessType(event));
  const type = eventTypeOf(action);
  const person = eventPrincipal(event);
  const admin = type === 'LoginAs' ? delegate(event['DelegatedUsername'], undefined) : undefined;
  const impacted = type === 'PermissionSet' ? impactedBy(event) : undefined;
  const outcome = text(event['PolicyOutcome']);
  const api = text(event['ApiType']);
  const login = text(event['LoginType']);
  return complete({
    product: 'event_monitoring',
    account: argument,
    id: id(event['EventIdentifier']) ?? id(event['Id']),
    time: parseTime(event['EventDate']) ?? parseTime(event['LoginTime']) ?? parseTime(event['CreatedDate']),
    action,
    type,
    status: eventStatus(event, outcome),
    reason: outcome ?? text(event['Status']) ?? text(event['Remarks']),
    principal: admin ?? person,
    targets: admin === undefined ? impacted : [person],
    login: id(event['LoginKey']),
    session: id(event['SessionKey']),
    ip: addressOf(event['SourceIp']) ?? addressOf(event['CurrentIp']),
    // who signs in by an API or hands a token to an app is not placed by it
    isProgram: api !== undefined || (login !== undefined && /^remote access|api|oauth|partner product/i.test(clip(login, 100))),
    user_agent: agentOf(event['UserAgent']) ?? agentOf(event['CurrentUserAgent']),
    read: (_file, field) => text(event[field]),
  });
}

function complete(parts: Parts): Mapped {
  const { type, principal, account, status, ip, read } = parts;
  const activity = activityOf(type, status, read);
  const isHuman = principal.type === 'human';
  return {
    vendor: 'salesforce',
    product: parts.product,
    account,
    id: parts.id,
    time: parts.time,
    time_precision_ms: undefined,
    action: parts.action,
    activity,
    status,
    status_detail: status === 'success' ? undefined : parts.reason,
    is_presence:
      isHuman &&
      status === 'success' &&
      ip !== undefined &&
      !parts.isProgram &&
      (activity === 'sign_in' ? type === 'Login' || type === 'LoginHistory' : IN_PAGES.has(type) && activity !== 'vendor_risk'),
    principal,
    targets: targetsOf(parts.targets, principal),
    session: sessionOf(parts, activity, status),
    token: undefined,
    device: deviceOf(read),
    client: refOf(read('CLIENT_ID', 'ClientId'), read('CLIENT_NAME', 'Client')),
    app: refOf(read('CONNECTED_APP_ID', 'ConnectedAppId'), read('CONNECTED_APP_NAME', 'Application')),
    resource: undefined,
    auth: authOf(activity, read),
    details: monitoringDetails(activity, type, read),
    risk: activity === 'vendor_risk' ? riskOf(type, read) : undefined,
    correlation_uid: read('REQUEST_ID', 'RequestIdentifier') ?? read('LOGIN_HISTORY_ID', 'LoginHistoryId'),
    ja4: undefined,
    ip,
    user_agent: parts.user_agent,
  };
}

/** Some types are more than one act. */
function activityOf(type: string, status: EventStatus, read: Read): Activity {
  const activity = typeActivity(type);
  const operation = read('OPERATION_TYPE', 'Operation') ?? read('OPERATION', 'FileAction') ?? read('FILE_ACTION', 'Operation');
  switch (type) {
    case 'Report':
      return /export|api/i.test(operation ?? '') || read('EXPORT_FILE_FORMAT', 'ExportFileFormat') !== undefined ? 'data_export' : activity;
    case 'BulkApi':
    case 'BulkApi2':
    case 'BulkApiRequest':
    case 'BulkApiResult':
      return /^(?:insert|update|upsert|delete|harddelete)$/i.test(operation ?? '') ? 'session_use' : activity;
    case 'File':
    case 'ContentTransfer':
      return /download|export/i.test(operation ?? read('TRANSACTION_TYPE', 'FileAction') ?? '') ? 'data_export' : activity;
    case 'PermissionSet':
      return /unassign|disabled|removed|revoked/i.test(operation ?? '') ? 'other' : activity;
    case 'ConnectedAppUsage': {
      const kind = read('CONNECTION_TYPE', 'ConnectionType') ?? '';
      return /revo/i.test(kind)
        ? 'session_revoke'
        : /authori[sz]ation|consent|install/i.test(kind)
          ? 'oauth_consent'
          : /refresh|token/i.test(kind)
            ? 'token_issue'
            : activity;
    }
    case 'Login':
      // apps that renew their access sign in as well
      return read('URI', 'Uri') === '/services/oauth2/token' && status === 'success' ? 'token_issue' : activity;
    default:
      return activity;
  }
}

function sessionOf({ login, session, account, time }: Parts, activity: Activity, status: EventStatus): MappedSession | undefined {
  const uid = session ?? login;
  // a sign-in that failed opened nothing
  if (uid === undefined || (activity === 'sign_in' && session === undefined && status === 'failure')) return undefined;
  return {
    uid,
    root_uid: login,
    issuer: `salesforce:${account}`,
    confidence: 'high',
    created_time: activity === 'sign_in' && session === undefined && status === 'success' ? time : undefined,
  };
}

/** Salesforce's own servers sign in for a person by this word. */
function addressOf(value: unknown): string | undefined {
  const address = text(value);
  return address === 'Salesforce.com IP' ? undefined : address;
}

/** Log files name clients by number in most types, and in quotes in some. */
function agentOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const plain = value.length > 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
  const agent = text(plain);
  return agent === undefined || /^[\d.]+$/.test(clip(agent, 20)) ? undefined : agent;
}

function deviceOf(read: Read): Device | undefined {
  const uid = read('DEVICE_ID', 'DeviceId');
  const os = deviceOs(read('OS_NAME', 'Platform') ?? read('PLATFORM', 'OsName'));
  if (uid === undefined && os === undefined) return undefined;
  // an app says of itself on what it runs
  return {
    uid,
    evidence: 'claimed',
    cookie_uid: undefined,
    name: read('DEVICE_MODEL', 'DeviceModel'),
    os,
    is_managed: undefined,
    is_compliant: undefined,
  };
}

function refOf(uid: string | undefined, name: string | undefined): { uid: string | undefined; name: string | undefined } | undefined {
  return uid === undefined && name === undefined ? undefined : { uid, name };
}

const PROTOCOLS: readonly (readonly [RegExp, string])[] = [
  [/saml/i, 'saml20'],
  [/remote access|oauth/i, 'oauth2'],
  [/openid|third.?party sso|auth.*provider/i, 'oidc'],
];

function authOf(activity: Activity, read: Read): Mapped['auth'] {
  if (activity !== 'sign_in' && activity !== 'token_issue') return undefined;
  const login = read('LOGIN_TYPE', 'LoginType');
  const method = read('AUTHENTICATION_METHOD_REFERENCE', 'AuthMethodReference') ?? read('VERIFICATION_METHOD', 'VerificationMethod');
  const protocol = login === undefined ? undefined : PROTOCOLS.find(([pattern]) => pattern.test(clip(login, 100)))?.[1];
  const isMfa = read('SESSION_LEVEL', 'SessionLevel') === 'HIGH_ASSURANCE' ? true : undefined;
  if (protocol === undefined && method === undefined && isMfa === undefined) return undefined;
  return { protocol, method, is_mfa: isMfa, incoming_token: undefined, keep_signed_in: undefined };
}

/** Scores are parts of one in some events, of a hundred in others. */
function riskOf(type: string, read: Read): VendorRisk {
  const score = number(read('SCORE', 'Score'));
  const hundred = score === undefined ? undefined : score <= 1 ? score * 100 : score;
  const level = hundred === undefined ? 'unknown' : hundred >= 70 ? 'high' : hundred >= 40 ? 'medium' : 'low';
  const summary = read('SUMMARY', 'Summary');
  return { level, reasons: summary === undefined ? [type] : [type, summary] };
}
