import type { Activity, Auth, Device, EventStatus, NamedRef, TokenRef, VendorRisk } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import { wordTable } from '../../../event/word-table.js';
import { deviceOs } from '../../device-os.js';
import type { Mapped, MappedPrincipal, Raw } from '../../mapped.js';
import { bool, cleanAction, detail, guid, id, list, number, object, pair, text, texts, word } from '../../record.js';
import { entraStatus } from './entra-codes.js';
import type { EntraRecord } from './entra-shapes.js';
import { directoryUser } from './entra-user.js';

/** How the sign-in came about; decides who the principal is and whether a person sat there. */
type Kind = 'interactive' | 'non_interactive' | 'service_principal' | 'managed_identity' | 'first_party';

const KIND_OF_CATEGORY: Readonly<Record<string, Kind>> = wordTable({
  SignInLogs: 'interactive',
  SigninLogs: 'interactive',
  ADFSSignInLogs: 'interactive',
  NonInteractiveUserSignInLogs: 'non_interactive',
  AADNonInteractiveUserSignInLogs: 'non_interactive',
  ServicePrincipalSignInLogs: 'service_principal',
  AADServicePrincipalSignInLogs: 'service_principal',
  ManagedIdentitySignInLogs: 'managed_identity',
  AADManagedIdentitySignInLogs: 'managed_identity',
  MicrosoftServicePrincipalSignInLogs: 'first_party',
});
const PRODUCTS: Readonly<Record<Kind, string>> = {
  interactive: 'sign_in',
  non_interactive: 'non_interactive_sign_in',
  service_principal: 'service_principal_sign_in',
  managed_identity: 'managed_identity_sign_in',
  first_party: 'service_principal_sign_in',
};

export function mapSignIn(entra: EntraRecord): Mapped {
  const { envelope, properties: p, account } = entra;
  const kind = kindOf(entra.category, p);
  const time = parseTime(p['createdDateTime']) ?? parseTime(envelope['time']) ?? firstStep(p);
  const code = errorCode(envelope, p);
  const status: EventStatus = code === undefined ? 'unknown' : entraStatus(code);
  const principal = principalOf(kind, p, envelope);
  const protocol = protocolOf(p['authenticationProtocol']);
  const session = id(p['sessionId']);
  const ip = text(p['ipAddress']) ?? text(envelope['callerIpAddress']);
  const activity = activityOf(kind, protocol, p);
  const client: NamedRef | undefined = namedRef(guid(p['appId']), text(p['appDisplayName']));
  // a federated sign-in has no OAuth client: what is named is the app that was reached
  const isFederated = protocol === 'saml20' || protocol === 'ws_federation';
  return {
    vendor: 'entra',
    product: PRODUCTS[kind],
    account,
    id: id(p['id']),
    time,
    time_precision_ms: undefined,
    action: cleanAction(text(envelope['operationName']) ?? 'Sign-in activity'),
    activity,
    status,
    status_detail: status === 'success' ? undefined : reasonOf(envelope, p, code),
    // a password grant is a program's that knows the password
    is_presence: activity === 'sign_in' && protocol !== 'ropc' && status === 'success' && principal.type === 'human' && ip !== undefined,
    principal,
    targets: undefined,
    session:
      session === undefined
        ? undefined
        : { uid: session, root_uid: undefined, issuer: `entra:${account}`, confidence: 'high', created_time: undefined },
    token: tokenOf(p, time),
    device: deviceOf(p['deviceDetail']),
    client: isFederated ? undefined : client,
    app: isFederated ? client : undefined,
    resource: namedRef(guid(p['resourceId']), text(p['resourceDisplayName'])),
    auth: authOf(p, status, protocol),
    details: detailsOf(p, account, code),
    risk: riskOf(p),
    correlation_uid: id(p['correlationId']) ?? id(envelope['correlationId']),
    ja4: undefined,
    ip,
    user_agent: text(p['userAgent']),
    network: undefined,
  };
}

/** Exports that lost the time column still have that of the first step. */
function firstStep(p: Raw): number | undefined {
  return parseTime(object(list(p['authenticationDetails'])[0])?.['authenticationStepDateTime']);
}

function kindOf(category: string | undefined, p: Raw): Kind {
  const known = category === undefined ? undefined : KIND_OF_CATEGORY[category];
  if (known !== undefined) return known === 'interactive' && bool(p['isInteractive']) === false ? 'non_interactive' : known;
  const types = list(p['signInEventTypes']);
  if (types.includes('managedIdentity')) return 'managed_identity';
  if (types.includes('servicePrincipal')) return 'service_principal';
  if (types.includes('nonInteractiveUser')) return 'non_interactive';
  if (guid(p['userId']) === undefined && text(p['userPrincipalName']) === undefined && guid(p['servicePrincipalId']) !== undefined) {
    return 'service_principal';
  }
  return bool(p['isInteractive']) === false ? 'non_interactive' : 'interactive';
}

/** Device code and password grants are a person's act even where the vendor files them under non-interactive. */
function activityOf(kind: Kind, protocol: string | undefined, p: Raw): Activity {
  if (kind === 'interactive') return 'sign_in';
  if (kind !== 'non_interactive') return 'token_issue';
  if (protocol === 'ropc') return 'sign_in';
  return protocol === 'device_code' && word(p['incomingTokenType']) !== 'refreshtoken' ? 'sign_in' : 'token_issue';
}

function errorCode(envelope: Raw, p: Raw): number | undefined {
  const status = p['status'];
  const inner = typeof status === 'object' || typeof status === 'string' ? number(object(status)?.['errorCode']) : undefined;
  if (inner !== undefined) return inner;
  const outer = envelope['resultType'];
  const parsed = number(outer);
  if (parsed !== undefined) return parsed;
  return word(outer) === 'success' ? 0 : undefined;
}

function reasonOf(envelope: Raw, p: Raw, code: number | undefined): string | undefined {
  const reason = text(object(p['status'])?.['failureReason']);
  // "Other." is what the vendor writes for an interrupt
  if (reason !== undefined && reason !== 'Other.' && reason !== 'Other') return reason;
  return text(envelope['resultDescription']) ?? (code === undefined ? undefined : String(code));
}

function principalOf(kind: Kind, p: Raw, envelope: Raw): MappedPrincipal {
  if (kind === 'service_principal' || kind === 'managed_identity' || kind === 'first_party') {
    const type = kind === 'managed_identity' ? 'workload' : kind === 'first_party' ? 'system' : 'service';
    const app = guid(p['appId']);
    const uid = guid(p['servicePrincipalId']);
    return {
      type: isAgent(p) ? 'agent' : type,
      uid: uid ?? app,
      // what is done to the application in the directory names it by this one
      aliases: uid === undefined || app === undefined ? undefined : [`entra:${app}`],
      name: text(p['servicePrincipalName']) ?? text(p['appDisplayName']),
    };
  }
  const user = directoryUser(p['userId'], p['userPrincipalName'], text(p['userDisplayName']) ?? text(envelope['identity']));
  if (isAgent(p)) user.type = 'agent';
  const isGuest = word(p['userType']) === 'guest' || word(p['crossTenantAccessType']) === 'b2bcollaboration';
  if (isGuest && user.tags === undefined) user.tags = ['guest'];
  if (word(p['crossTenantAccessType']) === 'serviceprovider') user.tags = [...(user.tags ?? []), 'partner'];
  return user;
}

function isAgent(p: Raw): boolean {
  const agent = p['agent'];
  if (agent === undefined || agent === null) return false;
  const type = word(object(agent)?.['agentType']);
  return type !== undefined && type !== '' && type !== 'notagentic' && type !== 'none' && type !== 'unknownfuturevalue';
}

const PROTOCOLS: Readonly<Record<string, string>> = wordTable({
  oauth2: 'oauth2',
  ropc: 'ropc',
  rpoc: 'ropc',
  wsfederation: 'ws_federation',
  saml20: 'saml20',
  devicecode: 'device_code',
  authenticationtransfer: 'authentication_transfer',
  nativeauth: 'native_auth',
});

function protocolOf(value: unknown): string | undefined {
  const protocol = word(value);
  return protocol === undefined ? undefined : PROTOCOLS[protocol];
}

/** The words of Microsoft's enumerations in ours: `primaryRefreshToken` is primary_refresh_token. */
function snakeCase(value: unknown): string | undefined {
  const plain = text(value);
  return plain === undefined ? undefined : plain.replace(/[A-Z]/g, (letter, at) => (at > 0 ? '_' : '') + letter.toLowerCase());
}

function tokenOf(p: Raw, time: number | undefined): TokenRef | undefined {
  const uti = id(p['uniqueTokenIdentifier']);
  if (uti === undefined) return undefined;
  const protection = object(p['tokenProtectionStatusDetails'])?.['signInSessionStatus'] ?? p['signInTokenProtectionStatus'];
  const bound = word(protection);
  const processing = list(p['authenticationProcessingDetails']);
  return {
    uid: trimPadding(uti),
    kind: 'uti',
    is_bound: bound === 'bound' ? true : bound === 'unbound' ? false : undefined,
    is_cae: bool(pair(processing, 'Is CAE Token') ?? pair(processing, 'IsCAEToken')),
    issued_time: time,
    expires_time: undefined,
  };
}

/** Some logs keep the padding of the base64 token id, others drop it. */
export function trimPadding(uti: string): string {
  let end = uti.length;
  while (end > 0 && uti.charCodeAt(end - 1) === 61) end--;
  return uti.slice(0, end);
}

function deviceOf(value: unknown): Device | undefined {
  const device = object(value);
  if (device === undefined) return undefined;
  const uid = guid(device['deviceId']);
  const name = text(device['displayName']);
  if (uid === undefined && name === undefined) return undefined;
  return {
    uid,
    evidence: 'observed',
    cookie_uid: undefined,
    name,
    os: deviceOs(device['operatingSystem']),
    is_managed: bool(device['isManaged']),
    is_compliant: bool(device['isCompliant']),
  };
}

function namedRef(uid: string | undefined, name: string | undefined): NamedRef | undefined {
  return uid === undefined && name === undefined ? undefined : { uid, name };
}

function authOf(p: Raw, status: EventStatus, protocol: string | undefined): Auth | undefined {
  const incoming = snakeCase(p['incomingTokenType']);
  const method = methodOf(p);
  const requirement = word(p['authenticationRequirement']);
  let isMfa: boolean | undefined;
  if (status === 'success') {
    const note = text(object(p['status'])?.['additionalDetails']);
    if (requirement === 'multifactorauthentication' || note?.startsWith('MFA')) isMfa = true;
    else if (requirement === 'singlefactorauthentication') isMfa = false;
  }
  if (protocol === undefined && incoming === undefined && method === undefined && isMfa === undefined) return undefined;
  return { protocol, method, is_mfa: isMfa, incoming_token: incoming, keep_signed_in: undefined };
}

/** The strongest statement: the method that answered a second factor, else the first that succeeded, in the vendor's words. */
function methodOf(p: Raw): string | undefined {
  const second = text(object(p['mfaDetail'])?.['authMethod']);
  if (second !== undefined) return second.toLowerCase();
  let method: string | undefined;
  for (const step of list(p['authenticationDetails'])) {
    if (typeof step !== 'object' || step === null) continue;
    const name = text((step as Raw)['authenticationMethod']);
    if (name === undefined || bool((step as Raw)['succeeded']) === false) continue;
    // the steps stand in their order: whatever comes after the password answered a second factor
    if (method === undefined || method === 'previously satisfied' || method === 'password') method = name.toLowerCase();
  }
  return method;
}

function detailsOf(p: Raw, account: string, code: number | undefined): Record<string, string> | undefined {
  let details: Record<string, string> | undefined;
  if (code !== undefined && code !== 0) details = detail(details, 'error_code', String(code));
  details = detail(details, 'trust_type', text(object(p['deviceDetail'])?.['trustType']));
  details = detail(details, 'transfer_method', snakeCase(p['originalTransferMethod']));
  details = detail(details, 'credential_uid', guid(p['servicePrincipalCredentialKeyId']) ?? id(p['federatedCredentialId']));
  const home = guid(p['homeTenantId']);
  if (home !== undefined && home !== account && home !== guid(p['resourceTenantId'])) details = detail(details, 'home_tenant', home);
  return details;
}

/** `hidden` is what a directory without the licence sees. */
function riskOf(p: Raw): VendorRisk | undefined {
  const during = word(p['riskLevelDuringSignIn']);
  const level = during === undefined || during === 'hidden' || during === '' ? undefined : during;
  const reasons = texts(p['riskEventTypes_v2'] ?? p['riskEventTypes']);
  const state = snakeCase(p['riskState']);
  const isKnown = state !== undefined && state !== 'hidden';
  if ((level === undefined || level === 'none') && reasons.length === 0 && !isKnown) return undefined;
  if (isKnown) reasons.push(state);
  return { level: level ?? 'unknown', reasons };
}
