import { wordTable } from '../../../event/word-table.js';
import { deviceOs } from '../../device-os.js';
import type { Mapped, Raw } from '../../mapped.js';
import { place } from '../../place.js';
import { bool, detail, guid, id, list, number, object, pair, text } from '../../record.js';
import { entraStatus } from './entra-codes.js';

/**
 * Sign-ins as the Unified Audit Log has them (record type 15). `ResultStatus` says only that the request was answered; whether the person
 * got in is in the operation and the error number. Session and device stand in lists of name and value, and are missing in about half.
 */
export function completeSts(record: Raw, mapped: Mapped): void {
  const extended = list(record['ExtendedProperties']);
  const device = list(record['DeviceProperties']);
  const requestType = text(pair(extended, 'RequestType'));
  const failed = mapped.action === 'UserLoginFailed';
  const code = number(record['ErrorNumber']) ?? number(record['ErrorCode']);

  if (code !== undefined && code !== 0) mapped.status = entraStatus(code);
  else if (failed) mapped.status = isInterrupt(text(record['LogonError'])) ? 'interrupted' : 'failure';
  mapped.status_detail = text(record['LogonError']) ?? (code === undefined || code === 0 ? undefined : String(code));

  mapped.user_agent = text(pair(extended, 'UserAgent')) ?? mapped.user_agent;
  const session = id(pair(device, 'SessionId')) ?? id(pair(extended, 'SessionId'));
  if (session !== undefined) {
    mapped.session = { uid: session, root_uid: undefined, issuer: `entra:${mapped.account}`, confidence: 'high', created_time: undefined };
  }
  const deviceUid = guid(pair(device, 'Id'));
  if (deviceUid !== undefined) {
    mapped.device = {
      uid: deviceUid,
      evidence: 'observed',
      cookie_uid: undefined,
      name: text(pair(device, 'DisplayName')),
      os: deviceOs(pair(device, 'OS')),
      is_managed: bool(pair(device, 'IsCompliantAndManaged')) ?? bool(pair(device, 'IsManaged')),
      is_compliant: bool(pair(device, 'IsCompliant')) ?? bool(pair(device, 'IsCompliantAndManaged')),
    };
  }
  const client = guid(record['ApplicationId']);
  mapped.client = client === undefined ? undefined : { uid: client, name: undefined };
  const target = object(list(record['Target'])[0]);
  const resource = guid(target?.['ID'] ?? target?.['Id']) ?? guid(place(record['ObjectId']));
  mapped.resource = resource === undefined ? undefined : { uid: resource, name: undefined };
  mapped.app = undefined;

  // a code or refresh token exchanged at the token endpoint needs nobody at the keyboard
  const isExchange = requestType === 'OAuth2:Token' || requestType === 'OAuth2:token';
  const isLogout = requestType !== undefined && /logout/i.test(requestType);
  mapped.activity = isLogout ? 'sign_out' : isExchange && !failed ? 'token_issue' : 'sign_in';
  mapped.is_presence =
    mapped.activity === 'sign_in' && mapped.status === 'success' && mapped.principal.type === 'human' && mapped.ip !== undefined;

  const keep = bool(pair(extended, 'KeepMeSignedIn') ?? pair(extended, 'KMSI'));
  const protocol = protocolOf(requestType);
  // the one step in which a person types a password; all others may go by a session that was already there
  const method = requestType === 'Login:login' && mapped.action === 'UserLoggedIn' && mapped.status === 'success' ? 'password' : undefined;
  if (keep !== undefined || protocol !== undefined || method !== undefined) {
    mapped.auth = { protocol, method, is_mfa: undefined, incoming_token: undefined, keep_signed_in: keep };
  }
  let details = detail(undefined, 'request_type', requestType);
  if (code !== undefined && code !== 0) details = detail(details, 'error_code', String(code));
  mapped.details = detail(details, 'trust_type', trustType(text(pair(device, 'TrustType'))));
}

/** Older records have only the name of the error; interrupts call themselves so. */
function isInterrupt(error: string | undefined): boolean {
  return error !== undefined && /Interrupt|ExternalSecurityChallenge|DelegationDoesNotExist|StrongAuthClientAuthN/i.test(error);
}

function protocolOf(requestType: string | undefined): string | undefined {
  if (requestType === undefined) return undefined;
  if (requestType.startsWith('OAuth2:')) return 'oauth2';
  if (requestType.startsWith('Saml2:')) return 'saml20';
  if (requestType.startsWith('WsFed') || requestType.startsWith('OrgIdWsFederation')) return 'ws_federation';
  return requestType.startsWith('Cmsi:') || !requestType.includes('DeviceAuth') ? undefined : 'device_code';
}

const TRUST_TYPES: Readonly<Record<string, string>> = wordTable({ '0': 'registered', '1': 'joined', '2': 'hybrid_joined' });

function trustType(value: string | undefined): string | undefined {
  return value === undefined ? undefined : (TRUST_TYPES[value] ?? value);
}
