import type { Activity, EventStatus } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import type { Mapped, MappedPrincipal, MappedSession, Mapper, Raw, SourceKeys } from '../../mapped.js';
import { bool, cleanAction, detail, id, list, number, object, text, word } from '../../record.js';
import { type GcpCall, gcpDetails, gcpRefined, gcpTargets, parameter } from './gcp-details.js';
import { GCP_TARGETED, gcpActivity } from './gcp-methods.js';
import { accountOf, gcpPrincipal } from './gcp-principal.js';
import { gcpEntry, gcpShapeOf } from './gcp-shapes.js';

const TOKEN = ['protoPayload.authenticationInfo.serviceAccountKeyName'];
const ADDRESS = ['protoPayload.requestMetadata.callerIp'];
const USER_AGENT = ['protoPayload.requestMetadata.callerSuppliedUserAgent'];

const KEYS: readonly SourceKeys[] = [
  {
    product: 'admin_activity',
    title: 'Google Cloud audit logs, admin activity',
    token: TOKEN,
    address: ADDRESS,
    user_agent: USER_AGENT,
    note: 'No session: acts are joined to one by person, address and time. The token is the id of a service account`s key, where one was used.',
  },
  {
    product: 'data_access',
    title: 'Google Cloud audit logs, data access',
    session: [
      {
        paths: ['protoPayload.metadata.event[].parameter[name=dusi].value'],
        confidence: 'medium',
        note: 'only in sign-ins of Google Workspace that the organisation shares with its cloud',
      },
    ],
    token: TOKEN,
    address: ADDRESS,
    user_agent: USER_AGENT,
    note: 'Off by default for most services. `private` and `gce-internal-ip` stand where Google keeps an address to itself.',
  },
  {
    product: 'system_event',
    title: 'Google Cloud audit logs, system events',
    note: 'What Google`s own systems did.',
  },
  {
    product: 'policy_denied',
    title: 'Google Cloud audit logs, policy denied',
    address: ADDRESS,
    user_agent: USER_AGENT,
    note: 'Requests that a perimeter or a policy of the organisation refused.',
  },
];

const NO_SECTION: Raw = Object.freeze({});

function section(record: Raw, key: string): Raw {
  return object(record[key]) ?? NO_SECTION;
}

/**
 * Google Cloud audit logs: admin activity, data access, system events and what policies denied, each as an entry of Cloud Logging.
 * @param account what the project is called where an entry does not say it
 */
export function createGcpMapper(account = 'default'): Mapper {
  return {
    vendor: 'gcp',
    keys: KEYS,
    recognises: (record) => gcpShapeOf(record) !== undefined,
    map: (record) => {
      const shape = gcpShapeOf(record);
      return shape === undefined ? [] : [mapEntry(gcpEntry(record, shape), account)];
    },
  };
}

function mapEntry(entry: Raw, fallback: string): Mapped {
  const payload = section(entry, 'protoPayload');
  const authentication = section(payload, 'authenticationInfo');
  const request = section(payload, 'request');
  const caller = section(payload, 'requestMetadata');
  const metadata = section(payload, 'metadata');
  const labels = section(section(entry, 'resource'), 'labels');
  const logName = text(entry['logName']) ?? '';
  const account = accountIn(logName) ?? id(labels['project_id']) ?? id(labels['organization_id']) ?? fallback;
  const product = productOf(logName);

  // an entry without a method still says which permission was asked for
  const action = cleanAction(
    text(payload['methodName']) ?? text(object(list(payload['authorizationInfo'])[0])?.['permission']) ?? 'unknown',
  );
  const serviceName = text(payload['serviceName']) ?? '';
  const service = serviceOf(serviceName);
  const call: GcpCall = { service, method: action, payload, request, response: section(payload, 'response'), labels, metadata };
  const found = gcpRefined(gcpActivity(service, action), call);
  const activity = found ?? (product === 'system_event' ? 'other' : 'session_use');
  const status = statusOf(payload, product, action, metadata);
  const ip = addressOf(caller['callerIp'] ?? caller['callerIP']);
  const principal = principalOf(authentication, metadata, product, ip);
  const key = keyOf(authentication['serviceAccountKeyName']);
  const client = id(section(authentication, 'oauthInfo')['oauthClientId']);
  const session = principal.type === 'human' ? sessionOf(metadata, account) : undefined;
  const details = gcpDetails(activity, call);
  const code = number(section(payload, 'status')['code']);
  const resource = text(payload['resourceName']);
  return {
    vendor: 'gcp',
    product,
    account,
    id: id(entry['insertId']),
    time: parseTime(entry['timestamp']) ?? parseTime(section(caller, 'requestAttributes')['time']) ?? parseTime(entry['receiveTimestamp']),
    time_precision_ms: undefined,
    action,
    activity,
    status,
    status_detail: status === 'failure' ? text(section(payload, 'status')['message']) : undefined,
    is_presence:
      principal.type === 'human' && status === 'success' && ip !== undefined && activity !== 'token_issue' && activity !== 'vendor_risk',
    principal,
    targets:
      GCP_TARGETED.has(activity) || (activity === 'other' && details?.['key_uid'] !== undefined) ? gcpTargets(call, principal) : undefined,
    session,
    token: key === undefined ? undefined : { uid: key, kind: 'service_account_key' },
    device: undefined,
    client: client === undefined ? undefined : { uid: client, name: undefined },
    app: serviceName === '' ? undefined : { uid: serviceName, name: undefined },
    resource: resource === undefined ? undefined : { uid: resource, name: undefined },
    auth: authOf(activity, metadata),
    details: code !== undefined && code !== 0 && activity !== 'session_use' ? detail(details, 'error_code', String(code)) : details,
    risk: activity === 'vendor_risk' ? { level: 'high', reasons: [riskOf(action)] } : undefined,
    correlation_uid: id(section(entry, 'operation')['id']),
    ja4: undefined,
    ip,
    user_agent: text(caller['callerSuppliedUserAgent']),
    network: undefined,
  };
}

/** `projects/fjord/logs/cloudaudit.googleapis.com%2Factivity`: what stands between the first two slashes. */
function accountIn(logName: string): string | undefined {
  const start = logName.indexOf('/');
  if (start < 0) return undefined;
  const end = logName.indexOf('/', start + 1);
  return text(logName.slice(start + 1, end < 0 ? undefined : end));
}

const PRODUCTS: readonly (readonly [string, string])[] = [
  ['data_access', 'data_access'],
  ['system_event', 'system_event'],
  ['policy', 'policy_denied'],
];

function productOf(logName: string): string {
  const log = logName.slice(logName.lastIndexOf('/') + 1);
  return PRODUCTS.find(([end]) => log.endsWith(end))?.[1] ?? 'admin_activity';
}

function serviceOf(name: string): string {
  if (name === 'k8s.io') return 'k8s';
  const dot = name.indexOf('.');
  return dot < 0 ? name : name.slice(0, dot);
}

/** What Google writes where it keeps an address to itself: a request from inside its network, or from one of the project's own. */
const NO_ADDRESSES = new Set(['private', 'gce-internal-ip', 'internal', 'redacted']);

function addressOf(value: unknown): string | undefined {
  const address = text(value);
  return address === undefined || NO_ADDRESSES.has(address.toLowerCase()) ? undefined : address;
}

/** Warnings have no caller: whom they warn of is the subject. What nobody did in a log of the system, the system did. */
function principalOf(authentication: Raw, metadata: Raw, product: string, ip: string | undefined): MappedPrincipal {
  const who = gcpPrincipal(authentication);
  if (who !== undefined) {
    // nobody is anonymous twice: the address tells them apart
    if (who.type === 'unknown' && who.uid === undefined && who.email === undefined && ip !== undefined) who.aliases = [`address:${ip}`];
    return who;
  }
  const affected = parameter(metadata, 'affected_email_address');
  const warned = affected === undefined ? undefined : accountOf(affected);
  if (warned !== undefined) return warned;
  return product === 'system_event' ? { type: 'system', uid: 'google', name: 'Google' } : { type: 'unknown' };
}

/** `//iam.googleapis.com/projects/fjord/serviceAccounts/.../keys/0a1b`: the id at its end. */
function keyOf(value: unknown): string | undefined {
  const name = id(value);
  return name === undefined ? undefined : name.slice(name.lastIndexOf('/') + 1) || undefined;
}

function sessionOf(metadata: Raw, account: string): MappedSession | undefined {
  const uid = metadata['event'] === undefined ? undefined : parameter(metadata, 'dusi');
  return uid === undefined
    ? undefined
    : { uid, root_uid: undefined, issuer: `gcp:${account}`, confidence: 'medium', created_time: undefined };
}

function authOf(activity: Activity, metadata: Raw): Mapped['auth'] {
  if (activity !== 'sign_in') return undefined;
  const method = parameter(metadata, 'login_type');
  const isMfa = bool(parameter(metadata, 'is_second_factor'));
  if (method === undefined && isMfa === undefined) return undefined;
  return {
    protocol: method === 'saml' ? 'saml20' : undefined,
    method,
    is_mfa: isMfa,
    incoming_token: undefined,
    keep_signed_in: undefined,
  };
}

function statusOf(payload: Raw, product: string, action: string, metadata: Raw): EventStatus {
  const status = object(payload['status']);
  const code = number(status?.['code']);
  if (code !== undefined && code !== 0) return 'failure';
  if (product === 'policy_denied' || action.endsWith('loginFailure')) return 'failure';
  if (action.endsWith('loginChallenge')) return challengeOf(word(parameter(metadata, 'login_challenge_status')));
  if (status === undefined && isRefused(payload['authorizationInfo'])) return 'failure';
  const said = bool(section(section(payload, 'response'), 'status')['success'] ?? section(payload, 'response')['success']);
  return said === false ? 'failure' : 'success';
}

function challengeOf(status: string | undefined): EventStatus {
  if (status === undefined) return 'interrupted';
  return status.includes('pass') ? 'success' : 'failure';
}

/** Permissions that were asked for and not given, in an entry that does not say how it ended. */
function isRefused(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  for (const entry of list(value)) if (bool(object(entry)?.['granted']) === false) return true;
  return false;
}

/** The method's own name in words: `accountDisabledPasswordLeak` -> `account disabled password leak`. */
function riskOf(action: string): string {
  const name = action.slice(action.lastIndexOf('.') + 1).slice(0, 100);
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).trim();
}
