import type { Activity } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import type { Mapped, MappedPrincipal, Raw } from '../../mapped.js';
import { clip, detail, guid, id, number, text, word } from '../../record.js';
import { samePrincipal } from '../../same-principal.js';
import type { EntraRecord } from './entra-shapes.js';
import { trimPadding } from './entra-sign-in.js';
import { directoryUser } from './entra-user.js';

/**
 * Microsoft Graph activity log: one row per API call. Session, device and kind of token are claims under names whose case the transport
 * changes from field to field. The device id travels inside the token, so it is claimed. `location` is the region that served the call.
 */
export function mapGraph(entra: EntraRecord): Mapped {
  const { envelope, properties: p, account } = entra;
  const method = text(p['requestMethod'])?.toUpperCase();
  const path = pathOf(text(p['requestUri']));
  const shown = shownPath(path);
  const activity = activityOf(method ?? 'GET', path);
  const principal = principalOf(p);
  const session = id(p['sessionId']) ?? id(p['c_sid']) ?? id(p['C_Sid']) ?? id(p['c_Sid']) ?? id(p['C_sid']);
  const device = guid(p['deviceId']) ?? guid(p['C_DeviceId']) ?? guid(p['c_deviceid']) ?? guid(p['c_DeviceId']);
  const uti = id(p['signInActivityId']);
  const client = guid(p['appId']);
  const code = number(p['responseStatusCode']) ?? number(envelope['resultSignature']);
  const issued = parseTime(p['tokenIssuedAt']) ?? parseTime(p['C_Iat'] ?? p['c_iat']);
  return {
    vendor: 'entra',
    product: 'graph_activity',
    account,
    id: id(p['requestId']) ?? id(p['operationId']) ?? id(envelope['correlationId']),
    time: parseTime(p['timeGenerated']) ?? parseTime(envelope['time']),
    time_precision_ms: undefined,
    action: method === undefined ? 'Microsoft Graph Activity' : `${method} ${shapeOf(shown)}`,
    activity,
    status: code === undefined ? 'unknown' : code < 400 ? 'success' : 'failure',
    status_detail: code === undefined || code < 400 ? undefined : String(code),
    is_presence: false,
    principal,
    targets: targetsOf(activity, path, principal),
    session:
      session === undefined
        ? undefined
        : { uid: session, root_uid: undefined, issuer: `entra:${account}`, confidence: 'high', created_time: undefined },
    token:
      uti === undefined
        ? undefined
        : { uid: trimPadding(uti), kind: 'uti', is_bound: undefined, is_cae: undefined, issued_time: issued, expires_time: undefined },
    device:
      device === undefined
        ? undefined
        : {
            uid: device,
            evidence: 'claimed',
            cookie_uid: undefined,
            name: undefined,
            os: undefined,
            is_managed: undefined,
            is_compliant: undefined,
          },
    client: client === undefined ? undefined : { uid: client, name: undefined },
    app: undefined,
    resource: GRAPH,
    auth: undefined,
    details: detailsOf(p, activity, method, shown, code),
    risk: undefined,
    correlation_uid: id(p['clientRequestId']) ?? id(envelope['correlationId']),
    ja4: undefined,
    ip: text(p['ipAddress']) ?? text(envelope['callerIpAddress']),
    user_agent: text(p['userAgent']),
    network: undefined,
  };
}

const GRAPH = Object.freeze({ uid: '00000003-0000-0000-c000-000000000000', name: 'Microsoft Graph' });

function principalOf(p: Raw): MappedPrincipal {
  const kind = word(p['C_Idtyp'] ?? p['c_idtyp']);
  const user =
    guid(p['userId']) ?? guid(p['UserPrincipalObjectID']) ?? guid(p['userPrincipalObjectId']) ?? guid(p['user_principal_object_id']);
  if (user !== undefined && kind !== 'app') return directoryUser(user, p['userPrincipalName'], undefined);
  const service = guid(p['servicePrincipalId']) ?? user ?? guid(p['appId']);
  return { type: service === undefined ? 'unknown' : 'service', uid: service };
}

/** Longer paths are read so far. */
const LONGEST_PATH = 1000;

/** Path below the API version, lower case, without query and fragment: ids in it say who or what was reached. */
function pathOf(uri: string | undefined): string {
  if (uri === undefined) return '';
  const host = uri.indexOf('://');
  let start = host < 0 ? 0 : uri.indexOf('/', host + 3);
  if (start < 0) return '/';
  const query = uri.indexOf('?', start);
  const fragment = uri.indexOf('#', start);
  let end = query < 0 ? uri.length : query;
  if (fragment >= 0 && fragment < end) end = fragment;
  if (uri.startsWith('/v1.0/', start) || uri.startsWith('/beta/', start)) start = uri.indexOf('/', start + 1);
  return clip(uri.slice(start, end), LONGEST_PATH).toLowerCase();
}

/** Arguments of a function in a path, to the closing bracket outside quotes or, when the path was cut, to its end. */
const ARGUMENTS = /\((?:'[^']*(?:'|$)|[^')])*\)?/g;

/** The path without what may open something to its reader: arguments of functions, and the encoded link below `/shares`. */
function shownPath(path: string): string {
  let shown = path.includes('%') ? path.replace(/%28/g, '(').replace(/%29/g, ')').replace(/%27/g, "'") : path;
  if (shown.includes('(')) shown = shown.replace(ARGUMENTS, '()');
  return shown.includes('/shares/') ? shown.replace(/\/shares\/[^/]+/g, '/shares/{id}') : shown;
}

/** The shown path with ids left out, so that action names stay few. */
function shapeOf(path: string): string {
  if (path.length === 0) return '/';
  const steps = path.split('/');
  const shaped = steps.map((step) => (/^(?=.*\d)[0-9a-z_=!,.%-]{12,}$|@/.test(step) ? '{id}' : step.replace('()', '(...)')));
  return shaped.slice(0, 8).join('/');
}

/** Calls that change something, by what the path holds; the first that fits decides. */
const WRITES: readonly (readonly [RegExp, Activity])[] = [
  [/revokesigninsessions|invalidateallrefreshtokens/, 'session_revoke'],
  [/temporaryaccesspassmethods|\/resetpassword/, 'recovery'],
  [/\/changepassword/, 'credential_change'],
  [/\/authentication\/\w+methods/, 'mfa_change'],
  [/\/messagerules/, 'inbox_rule'],
  [/\/sendmail$|\/(send|reply|replyall|forward)$/, 'mail_send'],
  [/\/calendarpermissions/, 'mailbox_delegation'],
  [/\/oauth2permissiongrants|\/approleassign(ments|edto)/, 'oauth_consent'],
  [/\/addpassword$|\/addkey$|\/federatedidentitycredentials/, 'app_credential'],
  [/\/directoryroles\/[^/]+\/members|\/rolemanagement\/.*(roleassignment|roleeligibility)|\/owners\/\$ref/, 'role_grant'],
  [/\/identity\/conditionalaccess|\/policies\/|\/domains|\/identityproviders/, 'policy_change'],
];

function activityOf(method: string, path: string): Activity {
  if (method === 'GET' || method === 'HEAD') {
    if (path.endsWith('/content')) return 'data_export';
    return path.includes('/messages') || path.includes('/mailfolders') ? 'mail_access' : 'session_use';
  }
  for (const [pattern, activity] of WRITES) {
    if (!pattern.test(path)) continue;
    return method === 'DELETE' && GIVES.has(activity) ? 'session_use' : activity;
  }
  return 'session_use';
}

/** Acts that give something: a call that deletes it is none of them. */
const GIVES: ReadonlySet<Activity> = new Set<Activity>([
  'recovery',
  'inbox_rule',
  'mailbox_delegation',
  'oauth_consent',
  'app_credential',
  'role_grant',
]);

/** What a call that changes settings is about, by its path; the first that fits decides. */
const POLICIES: readonly (readonly [RegExp, string])[] = [
  [/namedlocations/, 'named_location'],
  [/conditionalaccess/, 'conditional_access'],
  [/federationconfiguration/, 'federation'],
  [/identityproviders/, 'idp'],
  [/authenticationmethods|authenticationstrength|securitydefaults/, 'mfa'],
  [/crosstenant/, 'cross_tenant'],
  [/authorizationpolicy/, 'authorization'],
  [/permissiongrant/, 'consent'],
  [/\/domains/, 'domain'],
];

function withAct(
  details: Record<string, string> | undefined,
  activity: Activity,
  method: string | undefined,
  path: string,
): Record<string, string> | undefined {
  const isDelete = method === 'DELETE';
  switch (activity) {
    case 'policy_change': {
      const found = detail(details, 'kind', POLICIES.find(([pattern]) => pattern.test(path))?.[1] ?? 'policy');
      return detail(found, 'effect', isDelete ? 'deleted' : method === 'POST' ? 'created' : 'changed');
    }
    case 'mfa_change':
      return detail(detail(details, 'change', isDelete ? 'removed' : 'added'), 'factor', /\/authentication\/(\w+)methods/.exec(path)?.[1]);
    case 'recovery':
      return detail(details, 'change', path.includes('temporaryaccesspass') ? 'temporary_pass' : 'password');
    case 'oauth_consent':
      return detail(details, 'kind', path.includes('approle') ? 'application' : 'delegated');
    case 'app_credential':
      return detail(details, 'kind', path.endsWith('/addpassword') ? 'secret' : path.endsWith('/addkey') ? 'certificate' : 'federated');
    case 'role_grant':
      if (path.includes('/owners/')) return detail(details, 'role', 'owner');
      return detail(details, 'assignment', path.includes('eligib') ? 'eligible' : 'active');
    case 'data_export':
      return detail(details, 'kind', 'file');
    default:
      return details;
  }
}

const TARGETED: ReadonlySet<Activity> = new Set<Activity>([
  'session_revoke',
  'recovery',
  'credential_change',
  'mfa_change',
  'inbox_rule',
  'mail_send',
  'mail_access',
  'mailbox_delegation',
]);

/** `/users/<id or address>/...` names somebody; `/me/...` is the caller. */
function targetsOf(activity: Activity, path: string, actor: MappedPrincipal): MappedPrincipal[] | undefined {
  if (!TARGETED.has(activity) || !path.startsWith('/users')) return undefined;
  const named = /^\/users(?:\/|\('?)([^/')]+)/.exec(path)?.[1];
  if (named === undefined) return undefined;
  const address = decode(named);
  const target = address.includes('@') ? directoryUser(undefined, address, undefined) : directoryUser(named, undefined, undefined);
  return samePrincipal(target, actor) ? undefined : [target];
}

function decode(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

function detailsOf(
  p: Raw,
  activity: Activity,
  method: string | undefined,
  path: string,
  code: number | undefined,
): Record<string, string> | undefined {
  let details = detail(undefined, 'request_method', method);
  details = detail(details, 'request_path', path === '' ? undefined : path);
  details = detail(details, 'response_code', code === undefined ? undefined : String(code));
  if (activity === 'session_use' || activity === 'oauth_consent')
    details = detail(details, 'scopes', text(p['scopes']) ?? text(p['roles']));
  return withAct(details, activity, method, path);
}
