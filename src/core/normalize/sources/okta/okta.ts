import type { Activity, Auth, Device, EventStatus, NamedRef, PrincipalType, TokenRef, VendorRisk } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import { wordTable } from '../../../event/word-table.js';
import { deviceOs } from '../../device-os.js';
import type { Mapped, MappedPrincipal, MappedSession, Mapper, Raw, SourceKeys } from '../../mapped.js';
import { bool, cleanAction, clip, id, isAddress, list, object, text, texts, word } from '../../record.js';
import { samePrincipal } from '../../same-principal.js';
import { oktaDetails } from './okta-details.js';
import { endsOneSession, withEnd } from './okta-ends.js';
import { OKTA_TARGETED, oktaActivity } from './okta-event-types.js';
import { oktaEvent, oktaShapeOf } from './okta-shapes.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'system_log',
    title: 'Okta System Log',
    session: [
      { paths: ['authenticationContext.rootSessionId'], confidence: 'high' },
      { paths: ['authenticationContext.externalSessionId'], confidence: 'high', note: 'low when it begins with trs: a call or a job' },
    ],
    root: 'authenticationContext.rootSessionId',
    token: ['transaction.detail.requestApiTokenId', 'target[].detailEntry.hash'],
    device: ['device.id', 'debugContext.debugData.dtHash'],
    address: ['client.ipAddress', 'request.ipChain[].ip'],
    user_agent: ['client.userAgent.rawUserAgent'],
    note: 'The org is not in the records: name it under accounts. Tokens are named by their hash.',
  },
];

/**
 * Okta System Log. The log does not say which org it is of: the account is what the configuration gives, so that ids stay stable.
 * @param account name of the org
 */
export function createOktaMapper(account = 'default'): Mapper {
  const issuer = `okta:${account}`;
  return {
    vendor: 'okta',
    keys: KEYS,
    recognises: (record) => oktaShapeOf(record) !== undefined,
    map: (record) => {
      const shape = oktaShapeOf(record);
      return shape === undefined ? [] : [mapEvent(oktaEvent(record, shape), account, issuer)];
    },
  };
}

/** Types of actors that are OAuth clients. */
const CLIENT_APPS: ReadonlySet<string> = new Set(['publicclientapp', 'publicclientappentity']);

const NO_SECTION: Raw = Object.freeze({});

function section(record: Raw, key: string): Raw {
  return object(record[key]) ?? NO_SECTION;
}

function mapEvent(event: Raw, account: string, issuer: string): Mapped {
  const actor = section(event, 'actor');
  const client = section(event, 'client');
  const auth = section(event, 'authenticationContext');
  const outcome = section(event, 'outcome');
  const debug = section(section(event, 'debugContext'), 'debugData');
  const security = section(event, 'securityContext');
  const transaction = section(event, 'transaction');
  const targets = list(event['target']) as readonly (Raw | null)[];

  const action = cleanAction(text(event['eventType']) ?? 'unknown');
  const time = parseTime(event['published']);
  const status = statusOf(action, outcome['result']);
  const principal = principalOf(actor, status);
  const activity = activityOf(action, principal, targets);
  const session = sessionOf(auth, issuer, principal.type);
  if (session !== undefined && action === 'user.session.start' && status === 'success') session.created_time = time;
  const apiToken = id(section(transaction, 'detail')['requestApiTokenId']);
  const ip = text(client['ipAddress']) ?? firstHop(event);
  const reason = text(outcome['reason']);
  const details = oktaDetails({ action, activity, debug, reason }, targets);
  const userAgent = text(section(client, 'userAgent')['rawUserAgent']);
  const clientUid =
    id(client['id']) ?? text(debug['clientId']) ?? (CLIENT_APPS.has(word(actor['type']) ?? '') ? id(actor['id']) : undefined);
  return {
    vendor: 'okta',
    product: 'system_log',
    account,
    id: id(event['uuid']),
    time,
    time_precision_ms: undefined,
    action,
    activity,
    status,
    status_detail: reason,
    is_presence:
      principal.type === 'human' &&
      status === 'success' &&
      ip !== undefined &&
      apiToken === undefined &&
      session?.confidence !== 'low' &&
      transaction['type'] !== 'JOB' &&
      !isBackEnd(userAgent, clientUid),
    principal,
    targets: isTargeted(activity, principal) || isKeys(activity, details) ? targetsOf(targets, principal) : undefined,
    session,
    token: apiToken === undefined ? tokenOf(targets) : { uid: apiToken, kind: isSignInByApp(debug) ? 'app_token' : 'api_token' },
    device: deviceOf(event['device'], debug),
    client: clientUid === undefined ? undefined : { uid: clientUid, name: clientName(actor, clientUid) },
    app: appOf(targets),
    resource: undefined,
    auth: authOf(action, status, auth, debug),
    details: endsOneSession(action) ? withEnd(details, action, session, targets, targetsOf(targets, principal) !== undefined) : details,
    risk: riskOf(debug, security),
    correlation_uid: id(transaction['id']),
    ja4: undefined,
    ip,
    user_agent: userAgent,
    network: networkOf(security, debug),
  };
}

/** What became of an API token is told to its owner, where the event names one beside the token. */
function isKeys(activity: Activity, details: Mapped['details']): boolean {
  return activity === 'other' && details?.['key_uid'] !== undefined;
}

/** A person's own sign-in is theirs alone; one that Okta or a client made names the person as its target. */
function isTargeted(activity: Activity, principal: MappedPrincipal): boolean {
  if ((activity === 'sign_in' || activity === 'token_issue') && principal.type === 'human') return false;
  return OKTA_TARGETED.has(activity);
}

/** An application's server signs a person in with its own token, and passes on the person's address and browser: the token is not theirs. */
function isSignInByApp(debug: Raw): boolean {
  return text(debug['requestUri'])?.startsWith('/api/v1/authn') === true;
}

/** A code, push or link that goes out shows that somebody knows the password, or the name alone where that is enough to be asked, and not who. */
const ASKS = /^system\.(?:push|sms|voice|email)\.(?:send_|[\w.]{1,80}\.sent_message$)/;

/** A person who refuses a push does so with success; the sign-in that asked for it fails. */
function isDenial(action: string): boolean {
  return action.startsWith('user.mfa.okta_verify.deny_push');
}

const STATUSES: Readonly<Record<string, EventStatus>> = wordTable({
  SUCCESS: 'success',
  ALLOW: 'success',
  FAILURE: 'failure',
  DENY: 'failure',
  RATE_LIMIT: 'failure',
  CHALLENGE: 'interrupted',
  ABANDONED: 'interrupted',
  UNANSWERED: 'interrupted',
});

function statusOf(action: string, result: unknown): EventStatus {
  if (isDenial(action)) return 'failure';
  const status = (typeof result === 'string' ? STATUSES[result.toUpperCase()] : undefined) ?? 'unknown';
  // that a code went out is no success of whoever asked for it, from wherever they did
  return status !== 'failure' && ASKS.test(action) ? 'interrupted' : status;
}

const PRINCIPAL_TYPES: Readonly<Record<string, PrincipalType>> = wordTable({
  user: 'human',
  systemprincipal: 'system',
  publicclientapp: 'service',
  publicclientappentity: 'service',
  confidentialclientapp: 'service',
  client: 'service',
  oauthclient: 'service',
  oauth2client: 'service',
  appinstance: 'service',
  serviceclient: 'service',
  agent: 'service',
  workloadprincipal: 'workload',
  aiagent: 'agent',
  ai_agent: 'agent',
});

const OKTA_SYSTEM = 'system@okta.com';

/**
 * A name that somebody typed and that Okta does not know may be a password in the wrong field: only what is an address is taken from it, or a
 * plain word such as `admin`, which is what sprays try and no policy lets anybody have for a password.
 */
const PLAIN_WORD = /^[a-z]{1,15}$/i;
const TYPED_ADDRESS = /^[^@\s]+@[^@\s]+\.[a-z]{2,}$/i;
const LONGEST_ADDRESS = 320;

function isTypedAddress(value: string): boolean {
  return value.length <= LONGEST_ADDRESS && TYPED_ADDRESS.test(value);
}

function principalOf(actor: Raw, status: EventStatus): MappedPrincipal {
  const kind = word(actor['type']) ?? '';
  const alternate = text(actor['alternateId']);
  const name = text(actor['displayName']);
  // before anybody is known the address acts
  if (kind === 'ip address') return { type: 'unknown', name, aliases: name === undefined ? undefined : [`address:${name}`] };
  const uid = id(actor['id']);
  let type = PRINCIPAL_TYPES[kind] ?? 'unknown';
  if (alternate !== undefined && alternate.toLowerCase() === OKTA_SYSTEM) type = 'system';
  // a sign-in under a name that Okta does not know has no id: nobody's failure
  if (type === 'human' && uid === undefined) type = 'unknown';
  if (type === 'unknown' && uid === undefined && status !== 'success') {
    const typed = alternate !== undefined && isTypedAddress(alternate) ? alternate : undefined;
    return { type, uid, email: typed, name: typed ?? [alternate, name].find((word) => word !== undefined && PLAIN_WORD.test(word)) };
  }
  const isPerson = type === 'human' || type === 'unknown';
  const email = isPerson && alternate !== undefined && isAddress(alternate) ? alternate : undefined;
  return { type, uid, email, name: name ?? alternate };
}

/** A reset of all factors by somebody else is a recovery, by oneself a change of factors. */
function activityOf(action: string, principal: MappedPrincipal, targets: readonly (Raw | null)[]): Activity {
  const activity = oktaActivity(action);
  const byOther =
    action === 'user.mfa.factor.reset_all' || action === 'user.account.update_password' ? targetsOf(targets, principal) : undefined;
  return byOther === undefined ? activity : 'recovery';
}

/**
 * The root id groups the sessions of one login and stays the same through its phases, so it is the key; without it the session's own id.
 * `trs` marks transient sessions of API calls and jobs.
 */
function sessionOf(auth: Raw, issuer: string, type: PrincipalType): MappedSession | undefined {
  const root = id(auth['rootSessionId']);
  const uid = root ?? id(auth['externalSessionId']);
  if (uid === undefined) return undefined;
  const confidence = uid.startsWith('trs') || type === 'system' ? 'low' : 'high';
  return { uid, root_uid: root, issuer, confidence, created_time: undefined };
}

function firstHop(event: Raw): string | undefined {
  const chain = list(section(event, 'request')['ipChain']);
  return text((chain[0] as Raw | null | undefined)?.['ip']);
}

/** Calls of Okta's own servers and consoles, which come from Okta's addresses. */
function isBackEnd(userAgent: string | undefined, clientUid: string | undefined): boolean {
  return (userAgent?.startsWith('Okta-Integrations') ?? false) || (clientUid?.startsWith('okta.') ?? false);
}

function clientName(actor: Raw, uid: string): string | undefined {
  return id(actor['id']) === uid ? text(actor['displayName']) : undefined;
}

function targetsOf(targets: readonly (Raw | null)[], actor: MappedPrincipal): MappedPrincipal[] | undefined {
  let found: MappedPrincipal[] | undefined;
  for (const target of targets) {
    if (target?.['type'] !== 'User') continue;
    const alternate = text(target?.['alternateId']);
    const principal: MappedPrincipal = {
      type: 'human',
      uid: id(target?.['id']),
      email: alternate !== undefined && isAddress(alternate) ? alternate : undefined,
      name: text(target?.['displayName']),
    };
    if (
      (principal.uid === undefined && (principal.email === undefined || !isTypedAddress(principal.email))) ||
      samePrincipal(principal, actor)
    )
      continue;
    if (found === undefined) found = [principal];
    else found.push(principal);
  }
  return found;
}

/** Token events name tokens by their hash; the token itself is not in the log. */
function tokenOf(targets: readonly (Raw | null)[]): TokenRef | undefined {
  for (const target of targets) {
    const entry = target?.['detailEntry'];
    if (typeof entry !== 'object' || entry === null) continue;
    const hash = id((entry as Raw)['hash']);
    if (hash === undefined) continue;
    const kind = word(target?.['type']);
    return { uid: hash, kind: kind?.includes('token') ? kind : 'hashed_token', expires_time: parseTime((entry as Raw)['expires']) };
  }
  return undefined;
}

function deviceOf(value: unknown, debug: Raw): Device | undefined {
  const device = object(value);
  const cookie = id(debug['dtHash']);
  const uid = id(device?.['id']);
  const name = text(device?.['name']);
  if (uid === undefined && cookie === undefined && name === undefined) return undefined;
  return {
    uid,
    evidence: 'observed',
    cookie_uid: cookie,
    name,
    os: deviceOs(device?.['os_platform'] ?? device?.['platform'] ?? device?.['osPlatform']),
    is_managed: bool(device?.['managed']),
    is_compliant: undefined,
  };
}

function appOf(targets: readonly (Raw | null)[]): NamedRef | undefined {
  for (const target of targets) {
    if (target?.['type'] === 'AppInstance') return { uid: id(target?.['id']), name: text(target?.['displayName']) };
  }
  return undefined;
}

const PROTOCOLS: Readonly<Record<string, string>> = wordTable({
  'saml 2.0': 'saml20',
  saml_2_0: 'saml20',
  'openid connect': 'oidc',
  openid_connect: 'oidc',
  'ws-federation': 'ws_federation',
  ws_federation: 'ws_federation',
  'secure web authentication': 'swa',
  authorization_code: 'oauth2',
  refresh_token: 'oauth2',
  client_credentials: 'client_credentials',
  password: 'ropc',
  'urn:ietf:params:oauth:grant-type:device_code': 'device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange': 'token_exchange',
});

function authOf(action: string, status: EventStatus, auth: Raw, debug: Raw): Auth | undefined {
  const mode = word(debug['signOnMode']) ?? word(debug['grantType']);
  const protocol = mode === undefined ? undefined : PROTOCOLS[mode];
  const method = word(text(auth['credentialType']) ?? text(debug['factor']) ?? text(auth['credentialProvider']));
  const isMfa = action === 'user.authentication.auth_via_mfa' && status === 'success' ? true : undefined;
  if (protocol === undefined && method === undefined && isMfa === undefined) return undefined;
  return { protocol, method, is_mfa: isMfa, incoming_token: undefined, keep_signed_in: undefined };
}

/** These texts are some hundred characters long; patterns are run over them. */
function clipped(value: unknown): unknown {
  return typeof value === 'string' ? clip(value, 2000) : value;
}

/** Okta's risk is text of the form `{level=HIGH, reasons=A, B}`, and behaviours of the form `{New Device=POSITIVE, ...}`. */
function riskOf(debug: Raw, security: Raw): VendorRisk | undefined {
  let level: string | undefined;
  let reasons: string[] | undefined;
  const risk = clipped(debug['risk'] ?? security['risk']);
  if (typeof risk === 'string') {
    level = /level=(\w+)/.exec(risk)?.[1];
    const named = /reasons=(.*?)(?:, \w+=|\}|$)/.exec(risk)?.[1];
    if (named !== undefined) reasons = named.split(', ');
  } else if (typeof risk === 'object' && risk !== null) {
    level = text((risk as Raw)['level']);
    reasons = texts((risk as Raw)['reasons']);
  }
  const shadow = clipped(debug['logOnlySecurityData']);
  if (level === undefined && typeof shadow === 'string') level = /"level":"(\w+)"/.exec(shadow)?.[1];
  const behaviours = clipped(debug['behaviors']) ?? shadow;
  if (typeof behaviours === 'string' && behaviours.includes('POSITIVE')) {
    reasons ??= [];
    for (const match of behaviours.matchAll(/([A-Z][\w -]*)"?[=:]"?POSITIVE/g)) reasons.push(match[1] as string);
  }
  if (debug['threatSuspected'] === 'true' || debug['threatSuspected'] === true) {
    reasons ??= [];
    reasons.push('threat suspected');
  }
  if (level === undefined && reasons === undefined) return undefined;
  return { level: level?.toLowerCase() ?? 'unknown', reasons: reasons ?? [] };
}

function networkOf(security: Raw, debug: Raw): Mapped['network'] {
  const tunnels = debug['tunnels'];
  const categories = object(security['ipDetails'])?.['ipServiceCategories'];
  let isTor = false;
  let isVpn = false;
  let isProxy = bool(security['isProxy']) === true;
  if (tunnels !== undefined && tunnels !== null) [isTor, isVpn, isProxy] = withServices(list(tunnels), isTor, isVpn, isProxy);
  if (categories !== undefined && categories !== null) [isTor, isVpn, isProxy] = withServices(list(categories), isTor, isVpn, isProxy);
  return isTor || isVpn || isProxy ? { is_tor: isTor, is_vpn: isVpn, is_proxy: isProxy } : undefined;
}

function withServices(services: readonly unknown[], tor: boolean, vpn: boolean, proxy: boolean): [boolean, boolean, boolean] {
  for (const service of services) {
    const type = word((service as Raw | null)?.['type']) ?? '';
    if (type.includes('tor')) tor = true;
    else if (type.includes('vpn')) vpn = true;
    else if (type.includes('proxy')) proxy = true;
  }
  return [tor, vpn, proxy];
}
