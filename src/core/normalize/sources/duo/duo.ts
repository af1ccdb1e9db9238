import type { Activity } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import type { Mapped, Mapper, Raw, SourceKeys } from '../../mapped.js';
import { bool, cleanAction, detail, id, list, object, text } from '../../record.js';
import { mapAct, mapActivity } from './duo-acts.js';
import { addressOf, authOf, deviceOf, factorOf, NOTHING, person, RESULTS, timeOf } from './duo-parts.js';
import { duoPage, duoRecord, duoShapeOf } from './duo-shapes.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'authentication',
    title: 'Duo authentication log',
    device: ['access_device.epkey'],
    address: ['access_device.ip', 'ip'],
    note: 'A second factor for a sign-in elsewhere: the session is at the provider that asked. Browsers are named without a user agent.',
  },
  {
    product: 'administrator',
    title: 'Duo administrator log',
    address: ['description.ip_address'],
    note: 'Administrators are known by their name, and only their sign-ins have an address. The account is in none of Duo`s logs but one: name it under accounts.',
  },
  { product: 'activity', title: 'Duo activity log', address: ['access_device.ip.address'] },
  { product: 'offline_enrollment', title: 'Duo offline enrolment log', user_agent: ['description.user_agent'] },
  {
    product: 'trust_monitor',
    title: 'Duo Trust Monitor',
    device: ['surfaced_auth.access_device.epkey'],
    address: ['surfaced_auth.access_device.ip'],
  },
];

/** @param account name of the account: the logs do not agree on how to call it, and most do not say it */
export function createDuoMapper(account = 'default'): Mapper {
  return {
    vendor: 'duo',
    keys: KEYS,
    recognises: (record) => duoShapeOf(record) !== undefined,
    map: (record) => mapRecord(record, account, 0),
  };
}

function mapRecord(record: Raw, account: string, depth: number): Mapped[] {
  const shape = duoShapeOf(record);
  const own = duoRecord(record);
  switch (shape) {
    case 'authentication':
      return [mapAuthentication(own, account)];
    case 'administrator':
      return [mapAct(own, account)];
    case 'activity':
      return [mapActivity(own, account)];
    case 'trust_monitor':
      return [mapVerdict(own, account)];
    case 'page':
      return depth > 0 ? [] : duoPage(record).flatMap((one) => (isRecord(one) ? mapRecord(one, account, 1) : []));
    default:
      // what a call or message cost: it names a telephone and nobody
      return [];
  }
}

function isRecord(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapAuthentication(record: Raw, account: string): Mapped {
  const device = object(record['access_device']) ?? NOTHING;
  const user = object(record['user']) ?? NOTHING;
  const application = object(record['application']);
  const type = text(record['event_type']);
  const result = text(record['result'])?.toLowerCase() ?? '';
  const reason = text(record['reason']);
  const status = RESULTS[result] ?? 'unknown';
  const factor = factorOf(record['factor']);
  const isFraud = result === 'fraud' || reason === 'user_marked_fraud';
  const activity: Activity = isFraud ? 'vendor_risk' : type === 'enrollment' ? 'mfa_change' : 'sign_in';
  const ip = addressOf(device['ip']) ?? addressOf(record['ip']);
  return {
    vendor: 'duo',
    product: 'authentication',
    account,
    id: id(record['txid']),
    time: timeOf(record),
    time_precision_ms: undefined,
    action: cleanAction(isFraud ? 'fraud' : (type ?? 'authentication')),
    activity,
    status,
    status_detail: reason,
    is_presence: status === 'success' && ip !== undefined,
    principal: person(user['key'], user['name'] ?? record['username'], record['email']),
    device: deviceOf(device, record['trusted_endpoint_status']),
    app: application === undefined ? named(text(record['integration'])) : { uid: id(application['key']), name: text(application['name']) },
    auth: activity === 'sign_in' ? authOf(factor, status, reason) : undefined,
    details: detail(
      activity === 'mfa_change'
        ? detail(undefined, 'change', 'added')
        : activity === 'vendor_risk'
          ? detail(undefined, 'alert_name', 'fraud')
          : undefined,
      'factor',
      activity === 'vendor_risk' ? undefined : factor,
    ),
    risk: isFraud || reason === 'anomalous_push' ? { level: 'high', reasons: [reason ?? result] } : undefined,
    correlation_uid: undefined,
    ip,
  };
}

/** The vendor's verdict on a sign-in, or on somebody being let in without a factor. */
function mapVerdict(record: Raw, account: string): Mapped {
  const judged = object(record['surfaced_auth']) ?? NOTHING;
  const device = object(judged['access_device']) ?? NOTHING;
  const user = object(judged['user']) ?? NOTHING;
  const kind = text(record['type']) ?? 'auth';
  const giver = object(record['enabled_by']);
  const given = object(record['enabled_for']);
  const isBypass = kind === 'bypass_status' && giver !== undefined;
  const reasons: string[] = [];
  for (const one of [...list(record['explanations']), ...list(record['priority_reasons'])]) {
    const reason = text((one as Raw | null)?.['type']) ?? text((one as Raw | null)?.['label']);
    if (reason !== undefined && !reasons.includes(reason)) reasons.push(reason);
  }
  const time = parseTime(judged['isotimestamp']) ?? parseTime(judged['timestamp']);
  return {
    vendor: 'duo',
    product: 'trust_monitor',
    account,
    // one key stands for all sightings of one event
    id: undefined,
    time: parseTime(record['surfaced_timestamp']) ?? time,
    time_precision_ms: undefined,
    action: cleanAction(`trust_monitor_${kind}`),
    activity: 'vendor_risk',
    status: 'success',
    status_detail: text(record['state']),
    is_presence: false,
    principal: isBypass ? person(giver['key'], giver['name'], undefined) : person(user['key'], user['name'], judged['email']),
    targets: isBypass && given !== undefined ? [person(given['key'], given['name'], undefined)] : undefined,
    device: deviceOf(device, judged['trusted_endpoint_status']),
    app: isRecord(judged['application']) ? { uid: id(judged['application']['key']), name: text(judged['application']['name']) } : undefined,
    details: detail(detail(undefined, 'alert_name', kind), 'request_uid', id(judged['txid'])),
    risk: { level: bool(record['priority_event']) === true ? 'high' : 'medium', reasons: reasons.length === 0 ? [kind] : reasons },
    correlation_uid: id(record['sekey']),
    ip: addressOf(device['ip']),
  };
}

function named(name: string | undefined): { uid: undefined; name: string } | undefined {
  return name === undefined ? undefined : { uid: undefined, name };
}
