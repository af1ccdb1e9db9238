import type { Activity, Auth, EventStatus, TokenRef } from '../../event/index.js';
import { parseTime } from '../../event/time.js';
import { wordTable } from '../../event/word-table.js';
import type { Mapped, MappedPrincipal, MappedSession, Mapper, Raw, SourceKeys } from '../mapped.js';
import { bool, cleanAction, clip, detail, id, isAddress, object, text } from '../record.js';
import { samePrincipal } from '../same-principal.js';
import { ACTS_ON_PEOPLE } from './action-table.js';
import { eventOfKeycloakLine, isKeycloakLine } from './keycloak-line.js';
import { keycloakActivity, keycloakAdminActivity } from './keycloak-types.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'user_event',
    title: 'Keycloak user events',
    session: [
      { paths: ['sessionId'], confidence: 'high' },
      { paths: ['details.code_id'], confidence: 'medium', note: 'older servers name the session only so, at its sign-in' },
    ],
    token: ['details.refresh_token_id', 'details.token_id'],
    address: ['ipAddress'],
    note: 'The session survives refreshes. A refresh is sent by the client, so it places nobody. No user agent unless a listener adds it.',
  },
  {
    product: 'admin_event',
    title: 'Keycloak admin events',
    address: ['authDetails.ipAddress'],
    note: 'What was set is not read: it can hold passwords and secrets.',
  },
];

/** Events of Keycloak, from its API, a listener or its log. @param account used where a record names no realm */
export function createKeycloakMapper(account = 'default'): Mapper {
  return {
    vendor: 'keycloak',
    keys: KEYS,
    recognises: (record) => isEvent(record) || isKeycloakLine(record),
    map: (record) => {
      const event = isEvent(record) ? record : eventOfKeycloakLine(record);
      const realm = id(event['realmId']) ?? id(event['realmName']) ?? account;
      if (text(event['operationType']) !== undefined) return [mapAdmin(event, realm)];
      return typeof event['type'] === 'string' ? [mapUser(event, realm)] : [];
    },
  };
}

/** `LOGIN`, or `access.LOGIN` as one listener writes it. */
const TYPE = /^(?:access\.)?[A-Z][A-Z0-9_]+$/;

function isEvent(record: Raw): boolean {
  if (record['realmId'] === undefined && record['realmName'] === undefined) return false;
  const type = record['type'];
  if (typeof type === 'string' && type.length < 80 && TYPE.test(type)) return true;
  return typeof record['operationType'] === 'string' && record['authDetails'] !== undefined;
}

function mapUser(event: Raw, realm: string): Mapped {
  const details = object(event['details']) ?? {};
  const auth = object(event['authDetails']) ?? {};
  const action = cleanAction(String(event['type']).replace('access.', ''));
  const kind = action.replace(/_ERROR$/, '');
  const error = text(event['error']) ?? text(details['error']);
  const subject = principalOf(event, auth, details, kind);
  const said = statusOf(action, kind, error);
  // another provider vouches for somebody who is none of the realm yet, whatever address they have there
  const status = said === 'success' && subject.type === 'unknown' && kind.startsWith('IDENTITY_PROVIDER_') ? 'interrupted' : said;
  const reason = text(details['reason']);
  const activity = userActivity(kind, status, error, reason, details);
  const impersonator = text(details['impersonator']);
  const isImpersonated = activity === 'impersonation' && impersonator !== undefined;
  const principal: MappedPrincipal = isImpersonated
    ? { type: 'human', email: isAddress(impersonator) ? impersonator : undefined, name: impersonator }
    : subject;
  const session = sessionOf(event, auth, details, kind, status, realm);
  const time = parseTime(event['time']) ?? parseTime(event['@timestamp']);
  if (session !== undefined && kind === 'LOGIN' && status === 'success') session.created_time = time;
  const ip = text(event['ipAddress']) ?? text(auth['ipAddress']);
  const client = id(event['clientId']) ?? id(auth['clientId']);
  return {
    vendor: 'keycloak',
    product: 'user_event',
    account: realm,
    id: id(event['id']) ?? id(event['uid']),
    time,
    action,
    activity,
    status,
    status_detail: error === undefined ? reason : reason === undefined ? error : `${error}: ${reason}`,
    is_presence:
      status === 'success' &&
      principal.type === 'human' &&
      ip !== undefined &&
      IN_PERSON.test(kind) &&
      text(details['grant_type']) !== 'password',
    principal,
    targets: isImpersonated && !samePrincipal(subject, principal) ? [subject] : undefined,
    // the session of an impersonation is the other person's
    session: isImpersonated ? undefined : session,
    token: tokenOf(details),
    client: client === undefined ? undefined : { uid: client },
    auth: authOf(kind, details),
    details: userDetails(activity, kind, details, session, client),
    correlation_uid: isImpersonated ? session?.uid : id(details['code_id']),
    ip,
    risk: activity === 'vendor_risk' ? { level: 'high', reasons: ['refresh token used again'] } : undefined,
  };
}

/** Done in the person's own browser; tokens are fetched and refreshed by the app's server. */
const IN_PERSON =
  /^(?:LOGIN|LOGOUT|REGISTER|UPDATE_\w+|REMOVE_\w+|GRANT_CONSENT|RESET_PASSWORD|IDENTITY_PROVIDER_\w*LOGIN|IMPERSONATE|DELETE_ACCOUNT)$/;
/** More of the sign-in, or of the reset, is to come. */
const MIDDLE = /^(?:RESTART_AUTHENTICATION|CUSTOM_REQUIRED_ACTION|OAUTH2_DEVICE_AUTH|SEND_RESET_PASSWORD)$/;

function statusOf(action: string, kind: string, error: string | undefined): EventStatus {
  if (action !== kind || error !== undefined || kind.includes('LOCKOUT')) return 'failure';
  return MIDDLE.test(kind) ? 'interrupted' : 'success';
}

/** How Keycloak says that a refresh token was shown a second time. */
const REUSE = /stale token|reuse exceeded|refresh token reuse|already used/i;

function userActivity(kind: string, status: EventStatus, error: string | undefined, reason: string | undefined, details: Raw): Activity {
  if (status === 'failure' && kind === 'REFRESH_TOKEN' && REUSE.test(clip(`${reason} ${error}`, 300))) return 'vendor_risk';
  if (kind === 'UPDATE_CREDENTIAL' || kind === 'REMOVE_CREDENTIAL') {
    const factor = text(details['credential_type']);
    return factor === undefined || factor === 'password' ? 'credential_change' : 'mfa_change';
  }
  // a token exchanged for one of somebody else, a sign-in as somebody else
  if ((kind === 'TOKEN_EXCHANGE' || kind === 'LOGIN') && text(details['impersonator']) !== undefined) return 'impersonation';
  return keycloakActivity(kind);
}

const SERVICE_ACCOUNT = 'service-account-';

function principalOf(event: Raw, auth: Raw, details: Raw, kind: string): MappedPrincipal {
  const uid = id(event['userId']) ?? id(auth['userId']);
  const name = text(details['username']) ?? text(auth['username']) ?? text(event['username']);
  if (kind === 'CLIENT_LOGIN' || name?.startsWith(SERVICE_ACCOUNT) === true) {
    return { type: 'service', uid: uid ?? id(event['clientId']), name: name ?? text(event['clientId']) };
  }
  const email = text(details['email']) ?? name;
  const address = email !== undefined && isAddress(email) ? email : undefined;
  // typed, and known to nobody
  if (uid === undefined) return { type: 'unknown', email: address };
  return { type: 'human', uid, email: address, name };
}

function sessionOf(event: Raw, auth: Raw, details: Raw, kind: string, status: EventStatus, realm: string): MappedSession | undefined {
  const uid = id(event['sessionId']) ?? id(auth['sessionId']);
  const issuer = `keycloak:${realm}`;
  if (uid !== undefined) return { uid, issuer, confidence: 'high' };
  // the id of the sign-in becomes that of the session, when it succeeds
  const code = status === 'success' && (kind === 'LOGIN' || kind === 'CODE_TO_TOKEN') ? id(details['code_id']) : undefined;
  return code === undefined ? undefined : { uid: code, issuer, confidence: 'medium' };
}

function tokenOf(details: Raw): TokenRef | undefined {
  const refresh = id(details['refresh_token_id']);
  if (refresh !== undefined) return { uid: refresh, kind: 'refresh_token' };
  const token = id(details['token_id']);
  return token === undefined ? undefined : { uid: token, kind: 'access_token' };
}

function authOf(kind: string, details: Raw): Auth | undefined {
  const grant = text(details['grant_type']);
  const said = text(details['auth_method']);
  const protocol =
    kind.startsWith('OAUTH2_DEVICE') || grant === 'urn:ietf:params:oauth:grant-type:device_code'
      ? 'device_code'
      : grant === 'password'
        ? 'ropc'
        : grant === 'client_credentials'
          ? 'client_credentials'
          : said === 'saml'
            ? 'saml20'
            : said === 'openid-connect'
              ? 'oidc'
              : undefined;
  const method = text(details['credential_type']) ?? text(details['identity_provider']) ?? text(details['client_auth_method']);
  const incoming = grant === 'refresh_token' || kind === 'REFRESH_TOKEN' ? 'refresh_token' : undefined;
  const kept = bool(details['remember_me']);
  if (protocol === undefined && method === undefined && incoming === undefined && kept === undefined) return undefined;
  return { protocol, method, incoming_token: incoming, keep_signed_in: kept };
}

function userDetails(
  activity: Activity,
  kind: string,
  details: Raw,
  session: MappedSession | undefined,
  client: string | undefined,
): Mapped['details'] {
  switch (activity) {
    case 'oauth_consent':
      return detail(detail(undefined, 'app_uid', client), 'scopes', text(details['scope']));
    case 'token_issue':
      return detail(undefined, 'scopes', text(details['scope']));
    case 'mfa_change':
      return detail(
        detail(undefined, 'change', kind.startsWith('REMOVE') ? 'removed' : 'added'),
        'factor',
        text(details['credential_type']) ?? (kind.endsWith('TOTP') ? 'otp' : undefined),
      );
    case 'credential_change':
      return detail(
        undefined,
        'change',
        /FEDERATED|LINK/.test(kind) ? 'identity_provider_link' : kind.includes('EMAIL') ? 'email' : 'password',
      );
    case 'recovery':
      return detail(undefined, 'change', 'password');
    case 'sign_out':
      return detail(undefined, 'session', session?.uid);
    case 'session_revoke':
      return kind === 'USER_SESSION_DELETED' ? detail(detail(undefined, 'scope', 'session'), 'session', session?.uid) : undefined;
    default:
      return undefined;
  }
}

/** A path is some ids and words long; patterns are run over it. */
const LONGEST_PATH = 500;

function mapAdmin(event: Raw, realm: string): Mapped {
  const auth = object(event['authDetails']) ?? {};
  const operation = text(event['operationType']) ?? 'UNKNOWN';
  const type = text(event['resourceType']) ?? text(event['resourceTypeAsString']) ?? '';
  const path = clip(text(event['resourcePath']) ?? '', LONGEST_PATH);
  const activity = keycloakAdminActivity(`${operation} ${type} ${path}`);
  const error = text(event['error']);
  const uid = id(auth['userId']);
  const name = text(auth['username']);
  const principal: MappedPrincipal = {
    type: name?.startsWith(SERVICE_ACCOUNT) === true ? 'service' : 'human',
    uid,
    email: name !== undefined && isAddress(name) ? name : undefined,
    name,
  };
  const client = id(auth['clientId']);
  return {
    vendor: 'keycloak',
    product: 'admin_event',
    account: realm,
    id: id(event['id']) ?? id(event['uid']),
    time: parseTime(event['time']) ?? parseTime(event['@timestamp']),
    action: cleanAction(`${operation} ${type}`.trim()),
    activity,
    // nothing is reset before the link of the mail is used
    status: error !== undefined ? 'failure' : activity === 'recovery' && path.endsWith('-email') ? 'interrupted' : 'success',
    status_detail: error,
    // the administration is called by scripts as well as by people, and nothing tells them apart
    is_presence: false,
    principal,
    targets: ACTS_ON_PEOPLE.has(activity) ? adminTargets(path, principal) : undefined,
    client: client === undefined ? undefined : { uid: client },
    details: adminDetails(activity, operation, type, path),
    ip: text(auth['ipAddress']),
  };
}

function adminTargets(path: string, actor: MappedPrincipal): MappedPrincipal[] | undefined {
  const uid = id(/^users\/([^/]+)/.exec(path)?.[1]);
  const target: MappedPrincipal = { type: 'human', uid };
  return uid === undefined || samePrincipal(target, actor) ? undefined : [target];
}

const EFFECTS: Readonly<Record<string, string>> = wordTable({ CREATE: 'created', DELETE: 'deleted' });
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^IDENTITY_PROVIDER/, 'idp'],
  [/^AUTH_|^AUTHENTICATOR|^REQUIRED_ACTION/, 'sign_on'],
  [/^USER_FEDERATION|^COMPONENT/, 'federation'],
  [/ROLE$/, 'role'],
  [/^CLIENT/, 'app'],
];

function adminDetails(activity: Activity, operation: string, type: string, path: string): Mapped['details'] {
  const effect = EFFECTS[operation] ?? 'changed';
  switch (activity) {
    case 'policy_change': {
      const kind = KINDS.find(([pattern]) => pattern.test(type))?.[1];
      return detail(detail(detail(undefined, 'policy', path === '' ? type : path), 'kind', kind), 'effect', effect);
    }
    case 'audit_tamper':
      return detail(detail(undefined, 'kind', 'event_log'), 'effect', effect);
    case 'role_grant':
      return detail(undefined, 'group', id(/^groups\/([^/]+)/.exec(path)?.[1]));
    case 'app_credential':
      return detail(
        detail(undefined, 'kind', path.includes('certificates') ? 'certificate' : 'secret'),
        'app_uid',
        id(/^clients\/([^/]+)/.exec(path)?.[1]),
      );
    case 'data_export':
      return detail(undefined, 'kind', 'all');
    case 'oauth_consent':
      return detail(undefined, 'app_uid', id(/^clients\/([^/]+)/.exec(path)?.[1]));
    case 'recovery':
      return detail(undefined, 'change', 'password');
    case 'mfa_change':
      return detail(undefined, 'change', 'removed');
    case 'session_revoke': {
      const one = id(/^sessions\/([^/]+)/.exec(path)?.[1]);
      return one === undefined ? undefined : detail(detail(undefined, 'scope', 'session'), 'session', one);
    }
    default:
      return undefined;
  }
}
