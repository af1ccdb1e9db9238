import type { Activity, Auth } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import type { Mapped, MappedPrincipal, Mapper, Raw, SourceKeys } from '../../mapped.js';
import { cleanAction, clip, id, isAddress, object, text, texts } from '../../record.js';
import { samePrincipal } from '../../same-principal.js';
import { ACTS_ON_PEOPLE } from '../action-table.js';
import { rowReader } from '../table-row.js';
import { detailsOf } from './auth0-details.js';
import { type Call, callActivity, riskLevel, typeActivity, typeStatus } from './auth0-types.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'tenant_logs',
    title: 'Auth0 tenant logs',
    session: [{ paths: ['data.details.session_id'], confidence: 'high', note: 'on sign-ins and sign-outs, seldom elsewhere' }],
    token: ['data.details.request.auth.credentials.jti'],
    address: ['data.ip'],
    user_agent: ['data.user_agent'],
    note: 'Exchanges of codes and refresh tokens come from the application`s servers, and name neither session nor token.',
  },
];

const tableRow = rowReader(['data', 'details', 'location_info', 'security_context']);

/** @param account name of the tenant where records do not say it */
export function createAuth0Mapper(account = 'default'): Mapper {
  return {
    vendor: 'auth0',
    keys: KEYS,
    recognises: (record) => dataOf(record) !== undefined,
    map: (record) => {
      const data = dataOf(record);
      return data === undefined ? [] : [mapEvent(data, id(record['log_id']) ?? id(record['log_id_s']), account)];
    },
  };
}

/** The entry itself: streams wrap it with its id, the management API and some collectors do not, and tables make it flat. */
function dataOf(record: Raw): Raw | undefined {
  const data = record['data'];
  if (typeof data === 'object' && data !== null && !Array.isArray(data)) {
    const inner = data as Raw;
    return isEntry(inner) && (record['log_id'] !== undefined || hasOwn(inner)) ? inner : undefined;
  }
  if (record['log_id'] !== undefined && isEntry(record)) return record;
  if (record['log_id_s'] !== undefined && (record['data_type_s'] !== undefined || record['type_s'] !== undefined)) {
    const row = tableRow(record);
    return object(row['data']) ?? row;
  }
  return undefined;
}

function isEntry(data: Raw): boolean {
  return typeof data['type'] === 'string' && data['date'] !== undefined;
}

/** Keys of Auth0's entries, for those that came without an id. */
function hasOwn(data: Raw): boolean {
  return (
    data['log_id'] !== undefined || data['tenant_name'] !== undefined || (data['client_id'] !== undefined && data['details'] !== undefined)
  );
}

function mapEvent(data: Raw, streamId: string | undefined, argument: string): Mapped {
  const details = object(data['details']) ?? NOTHING;
  const request = object(details['request']) ?? NOTHING;
  const auth = object(request['auth']) ?? NOTHING;
  const type = text(data['type']) ?? 'unknown';
  const account = text(data['tenant_name']) ?? text(data['tenant']) ?? argument;
  const call = callOf(type, data, request);
  const answer = object(details['response']);
  const status = callStatus(answer) ?? typeStatus(type);
  const principal = principalOf(type, data, auth);
  let activity = call === undefined ? typeActivity(type) : callActivity(call);
  const targets = call === undefined ? undefined : targetsOf(call, principal);
  // an own password, as a person changes it on a page of the application
  if (activity === 'recovery' && call !== undefined && targets === undefined && call.method === 'patch') activity = 'credential_change';
  const ip = text(data['ip']);
  const session = id(details['session_id']) ?? id(data['session_id']);
  const token = id(object(auth['credentials'])?.['jti']);
  const description = text(data['description']);
  return {
    vendor: 'auth0',
    product: 'tenant_logs',
    account,
    id: streamId ?? id(data['log_id']) ?? id(data['_id']),
    time: parseTime(data['date']),
    time_precision_ms: undefined,
    action: call === undefined ? cleanAction(type) : cleanAction(description ?? type),
    activity,
    status,
    status_detail: status === 'success' ? undefined : description,
    is_presence: principal.type === 'human' && status === 'success' && ip !== undefined && isPlacing(type, request),
    principal,
    targets: ACTS_ON_PEOPLE.has(activity) ? targets : undefined,
    session:
      session === undefined
        ? undefined
        : { uid: session, root_uid: undefined, issuer: `auth0:${account}`, confidence: 'high', created_time: undefined },
    token: token === undefined ? undefined : { uid: token, kind: 'jti' },
    device: undefined,
    client: refOf(id(data['client_id']), text(data['client_name'])),
    app: undefined,
    resource: refOf(undefined, text(data['audience'])),
    auth: authOf(type, activity, data),
    details: detailsOf(activity, type, data, call, answer),
    risk:
      activity === 'vendor_risk'
        ? { level: riskLevel(type), reasons: description === undefined ? [type] : [type, description] }
        : undefined,
    correlation_uid: undefined,
    ja4: text(object(data['security_context'])?.['ja4']),
    ip,
    user_agent: text(data['user_agent']) ?? text(request['userAgent']),
  };
}

const NOTHING: Raw = Object.freeze({});
const CALLS = new Set(['sapi', 'fapi', 'mgmt_api_read']);

function callOf(type: string, data: Raw, request: Raw): Call | undefined {
  if (!CALLS.has(type)) return undefined;
  const path = (text(request['path']) ?? '').split('?', 1)[0] as string;
  return {
    method: (text(request['method']) ?? (type === 'mgmt_api_read' ? 'get' : '')).toLowerCase(),
    path: clip(path, 300)
      .replace(/^\/api(?=\/v2)/, '')
      .replace(/^\/v2/, ''),
    description: text(data['description']) ?? '',
    body: object(request['body']) ?? NOTHING,
  };
}

function callStatus(answer: Raw | undefined): Mapped['status'] | undefined {
  const code = answer?.['statusCode'];
  return typeof code === 'number' && code >= 400 ? 'failure' : undefined;
}

/** A plain word is what sprays try; anything else that is no address may be a password in the wrong field. */
const PLAIN_WORD = /^[a-z]{1,15}$/i;

function principalOf(type: string, data: Raw, auth: Raw): MappedPrincipal {
  const caller = object(auth['user']) ?? NOTHING;
  const uid = id(caller['user_id']) ?? id(data['user_id']) ?? id(auth['subject']);
  const typed = text(data['user_name']);
  const email = [text(caller['email']), typed].find((one) => one !== undefined && isAddress(one));
  if (uid?.endsWith('@clients')) return { type: 'service', uid: uid.slice(0, -'@clients'.length), name: text(data['client_name']) };
  if (uid === undefined && email === undefined && typed === undefined) {
    const client = id(data['client_id']);
    // nobody but an application: it asks for itself, or a machine calls
    const isMachine = type === 'seccft' || type === 'feccft' || CALLS.has(type);
    return isMachine && client !== undefined ? { type: 'service', uid: client, name: text(data['client_name']) } : { type: 'unknown' };
  }
  const name = text(caller['name']) ?? (uid !== undefined || email !== undefined || PLAIN_WORD.test(typed ?? '') ? typed : undefined);
  // a name that Auth0 does not know is nobody's failure
  const isKnown = uid !== undefined || typeStatus(type) === 'success';
  return { type: isKnown ? 'human' : 'unknown', uid, email, name };
}

/** Whom a call was about: the user in its path, or the addresses that it invites. */
function targetsOf({ path, body }: Call, actor: MappedPrincipal): MappedPrincipal[] | undefined {
  const found: MappedPrincipal[] = [];
  const uid = /^\/users\/([^/]+)/.exec(path)?.[1] ?? /^\/organizations\/[^/]+\/members\/([^/]+)/.exec(path)?.[1];
  if (uid !== undefined) found.push({ type: 'human', uid: decoded(uid) });
  for (const one of [...texts(body['users']), ...texts(body['members']), text(body['user_id'])])
    if (one !== undefined) found.push({ type: 'human', uid: one });
  for (const one of [...texts(body['owners']), text(object(body['invitee'])?.['email'])]) {
    if (one !== undefined && isAddress(one)) found.push({ type: 'human', email: one, name: one });
  }
  const others = found.filter((one) => !samePrincipal(one, actor));
  return others.length === 0 ? undefined : others;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** What a person does in a browser; the rest comes from servers of applications or of Auth0. */
const PLACING = new Set(['s', 'scoa', 'slo', 'gd_enrollment_complete']);

function isPlacing(type: string, request: Raw): boolean {
  return PLACING.has(type) || (CALLS.has(type) && text(request['channel']) === 'https://manage.auth0.com/');
}

function refOf(uid: string | undefined, name: string | undefined): { uid: string | undefined; name: string | undefined } | undefined {
  return uid === undefined && name === undefined ? undefined : { uid, name };
}

const PROTOCOLS: readonly (readonly [RegExp, string])[] = [
  [/^[sf]epft$/, 'ropc'],
  [/^[sf]eccft$/, 'client_credentials'],
  [/^(?:[sf]ede|fdea[cz]|fdecc)$/, 'device_code'],
  [/^[sf]ecte$/, 'token_exchange'],
  [/^(?:[sf]e\w*ft|[sf]sa|ciba_\w+)$/, 'oauth2'],
];

function authOf(type: string, activity: Activity, data: Raw): Auth | undefined {
  if (activity !== 'sign_in' && activity !== 'token_issue') return undefined;
  const protocol = PROTOCOLS.find(([pattern]) => pattern.test(type))?.[1];
  const method = text(data['connection']) ?? text(data['strategy']);
  const isMfa = type === 'gd_auth_succeed' ? true : undefined;
  const incoming = type === 'sertft' || type === 'fertft' ? 'refresh_token' : undefined;
  if (protocol === undefined && method === undefined && isMfa === undefined) return undefined;
  return { protocol, method, is_mfa: isMfa, incoming_token: incoming, keep_signed_in: undefined };
}
