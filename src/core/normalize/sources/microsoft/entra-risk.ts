import type { EventStatus } from '../../../event/index.js';
import { formatTime, parseTime } from '../../../event/time.js';
import type { Mapped, MappedPrincipal, Raw } from '../../mapped.js';
import { bool, detail, guid, id, list, object, pair, text, texts, word } from '../../record.js';
import type { EntraRecord } from './entra-shapes.js';
import { directoryUser } from './entra-user.js';

/**
 * Identity protection: detections (one per suspicious act) and risky users or service principals (their state now). The event is the
 * verdict, so its time is when the vendor gave or last changed it; detections come minutes to days after the act, whose time is a detail.
 */
export function mapRisk(entra: EntraRecord): Mapped {
  const { envelope, properties: p, account } = entra;
  const stateTime = parseTime(p['riskLastUpdatedDateTime']);
  const updated = stateTime ?? parseTime(p['lastUpdatedDateTime']);
  const isState = stateTime !== undefined || entra.category === 'RiskyUsers' || entra.category === 'RiskyServicePrincipals';
  const acted = parseTime(p['activityDateTime']);
  const time = updated ?? parseTime(p['detectedDateTime']) ?? acted ?? parseTime(envelope['time']);
  const kind = text(p['riskEventType']) ?? text(p['riskType']);
  const info = list(p['additionalInfo']);
  const uid = id(p['id']);
  return {
    vendor: 'entra',
    product: 'risk',
    account,
    // a risky user's id is the user's, and a detection keeps its own: each change of either is an event of its own
    id: uid !== undefined && updated !== undefined ? `${uid}@${updated}` : uid,
    time,
    time_precision_ms: undefined,
    action: kind ?? text(envelope['operationName']) ?? 'Risky user',
    activity: 'vendor_risk',
    status: STATUS,
    status_detail: text(p['riskDetail']),
    is_presence: false,
    principal: principalOf(p, isState, uid),
    targets: undefined,
    session: undefined,
    token: undefined,
    device: undefined,
    client: undefined,
    app: undefined,
    resource: undefined,
    auth: undefined,
    details: detailsOf(p, acted, time),
    risk: { level: levelOf(p['riskLevel']), reasons: reasonsOf(kind, info) },
    correlation_uid: id(p['correlationId']),
    ja4: undefined,
    ip: text(p['ipAddress']) ?? text(envelope['callerIpAddress']),
    user_agent: text(pair(info, 'userAgent')),
    network: undefined,
  };
}

/** The verdict was given; whether it holds is in the risk state. */
const STATUS: EventStatus = 'success';

function principalOf(p: Raw, isState: boolean, uid: string | undefined): MappedPrincipal {
  const service = guid(p['servicePrincipalId']);
  const name = text(p['servicePrincipalDisplayName']) ?? text(p['servicePrincipalName']);
  if (service !== undefined || name !== undefined) return { type: 'service', uid: service ?? guid(p['appId']), name };
  const isUser = p['userPrincipalName'] !== undefined || p['userId'] !== undefined || p['userDisplayName'] !== undefined;
  if (isState && !isUser) return { type: 'service', uid: guid(uid), name: text(p['displayName']) };
  const user = directoryUser(p['userId'] ?? (isState ? uid : undefined), p['userPrincipalName'], p['userDisplayName']);
  if ((word(p['userType']) === 'guest' || bool(p['isGuest']) === true) && user.tags === undefined) user.tags = ['guest'];
  return user;
}

/** Without the licence the level is hidden; a verdict without a level is still one. */
function levelOf(value: unknown): string {
  const level = word(value);
  return level === undefined || level === '' || level === 'hidden' ? 'unknown' : level;
}

function reasonsOf(kind: string | undefined, info: readonly unknown[]): string[] {
  const reasons = kind === undefined ? [] : [kind];
  return [...reasons, ...texts(pair(info, 'riskReasons'))];
}

function detailsOf(p: Raw, acted: number | undefined, time: number | undefined): Record<string, string> | undefined {
  let details: Record<string, string> | undefined;
  if (acted !== undefined && acted !== time) details = detail(details, 'activity_time', formatTime(acted));
  const state = text(p['riskState']);
  details = detail(
    details,
    'risk_state',
    state?.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
  details = detail(details, 'request_uid', id(p['requestId']));
  return detail(details, 'change', text(object(p['history'])?.['activity']));
}
