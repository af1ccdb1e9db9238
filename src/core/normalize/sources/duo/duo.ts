import type { Activity, Auth, Device, EventStatus, PrincipalType } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import { deviceOs } from '../../device-os.js';
import type { Mapped, MappedPrincipal, Mapper, Raw, SourceKeys } from '../../mapped.js';
import { cleanAction, clip, detail, id, isAddress, list, object, text } from '../../record.js';
import { samePrincipal } from '../../same-principal.js';
import { duoActivity, factorChange, isFailure, policyEffect, policyKind } from './duo-actions.js';
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

const NOTHING: Raw = Object.freeze({});

const RESULTS: Readonly<Record<string, EventStatus>> = {
  success: 'success',
  allow: 'success',
  denied: 'failure',
  failure: 'failure',
  deny: 'failure',
  fraud: 'failure',
  error: 'failure',
};
/** Reasons for which no second factor was asked, or none that the person showed. */
const UNASKED = /bypass|remembered|trusted|allow|policy|not_required|unenrolled/i;

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

/** No factor is a word in this log. */
function factorOf(value: unknown): string | undefined {
  const factor = text(value);
  return factor === 'not_available' ? undefined : factor?.toLowerCase().replaceAll(' ', '_');
}

function authOf(factor: string | undefined, status: EventStatus, reason: string | undefined): Auth | undefined {
  if (factor === undefined && reason === undefined) return undefined;
  const isMfa = status !== 'success' ? undefined : !(reason !== undefined && UNASKED.test(clip(reason, 100)));
  return { protocol: undefined, method: factor, is_mfa: isMfa, incoming_token: undefined, keep_signed_in: undefined };
}

/** An act of an administrator, or an enrolment of a machine for times without a network. */
function mapAct(record: Raw, account: string): Mapped {
  const action = cleanAction(text(record['action']) ?? 'unknown');
  const said = object(record['description']) ?? NOTHING;
  const isOffline = action.startsWith('o2fa_');
  const activity = duoActivity(action, said);
  const about = text(record['object']);
  const who = text(record['username']);
  const address = text(said['email']);
  const isSignIn = activity === 'sign_in' || activity === 'vendor_risk';
  const principal = actorOf(who, isSignIn && address !== undefined && isAddress(address) ? address : undefined, about);
  const status: EventStatus = isFailure(action) ? 'failure' : 'success';
  const ip = addressOf(said['ip_address']);
  return {
    vendor: 'duo',
    product: isOffline ? 'offline_enrollment' : 'administrator',
    account,
    id: undefined,
    time: timeOf(record),
    time_precision_ms: 1000,
    action,
    activity,
    status,
    status_detail: status === 'failure' ? (text(said['error']) ?? text(said['message'])) : undefined,
    is_presence: action === 'admin_login' && principal.type === 'human' && ip !== undefined,
    principal,
    targets: targetOf(action, activity, about, said, principal),
    device: isOffline
      ? {
          uid: undefined,
          evidence: 'observed',
          cookie_uid: undefined,
          name: text(said['hostname']),
          os: undefined,
          is_managed: undefined,
          is_compliant: undefined,
        }
      : undefined,
    auth: isSignIn ? authOf(factorOf(said['factor']), status, undefined) : undefined,
    details: actDetails(action, activity, about, said),
    risk: activity === 'vendor_risk' ? { level: 'high', reasons: [text(said['error']) ?? action] } : undefined,
    ip,
    user_agent: text(said['user_agent']),
  };
}

function mapActivity(record: Raw, account: string): Mapped {
  const actor = object(record['actor']) ?? NOTHING;
  const target = object(record['target']) ?? NOTHING;
  const act = object(record['action']) ?? NOTHING;
  const device = object(record['access_device']) ?? NOTHING;
  const action = cleanAction(text(act['name']) ?? 'unknown');
  const said = object(target['details']) ?? object(act['details']) ?? NOTHING;
  const activity = duoActivity(action, said);
  const outcome = text(object(record['outcome'])?.['result'])?.toLowerCase();
  const status = (outcome === undefined ? undefined : RESULTS[outcome]) ?? (isFailure(action) ? 'failure' : 'success');
  const type = ACTORS[text(actor['type'])?.toLowerCase() ?? ''] ?? 'human';
  const principal = { ...person(actor['key'], actor['name'], object(actor['details'])?.['email']), type };
  const ip = addressOf(object(device['ip'])?.['address'] ?? device['ip']);
  const about = text(target['name']);
  const isUser = text(target['type'])?.toLowerCase().startsWith('user') === true;
  const other = isUser ? person(target['key'], target['name'], said['email']) : undefined;
  const application = object(record['application']);
  return {
    vendor: 'duo',
    product: 'activity',
    account,
    id: id(record['activity_id']),
    time: parseTime(record['ts']),
    time_precision_ms: undefined,
    action,
    activity,
    status,
    status_detail: undefined,
    is_presence: type === 'human' && status === 'success' && ip !== undefined,
    principal,
    targets: other !== undefined && ON_PEOPLE.has(activity) && !samePrincipal(other, principal) ? [other] : undefined,
    device: deviceOf(device, undefined),
    app: application === undefined ? undefined : { uid: id(application['key']), name: text(application['name']) },
    details: actDetails(action, activity, about, said),
    ip,
  };
}

const ACTORS: Readonly<Record<string, PrincipalType>> = {
  user: 'human',
  admin: 'human',
  api: 'service',
  application: 'service',
  system: 'system',
  task: 'system',
};

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
    risk: { level: String(record['priority_event']) === 'true' ? 'high' : 'medium', reasons: reasons.length === 0 ? [kind] : reasons },
    correlation_uid: id(record['sekey']),
    ip: addressOf(device['ip']),
  };
}

/** Both forms stand in most records; collectors broke the one or the other. */
function timeOf(record: Raw): number | undefined {
  return parseTime(record['isotimestamp']) ?? parseTime(record['timestamp']);
}

/** An address with a port behind `#` or `p`, which is in no other log; all zeros when Duo does not know it. */
function addressOf(value: unknown): string | undefined {
  const address = text(value);
  if (address === undefined || address === '0.0.0.0') return undefined;
  return address.includes(':') ? clip(address, 100).replace(/[#p]\d{1,5}$/, '') : address;
}

function person(key: unknown, name: unknown, email: unknown): MappedPrincipal {
  const called = text(name);
  const address = [text(email), called].find((one) => one !== undefined && isAddress(one));
  return { type: 'human', uid: id(key), email: address, name: called };
}

/** Directories write their own name and what they do; the API and the service themselves go by one word. */
function actorOf(who: string | undefined, address: string | undefined, about: string | undefined): MappedPrincipal {
  if (who === undefined) {
    // told without an actor: put down to whom or what it is about
    if (address !== undefined) return { type: 'human', email: address, name: address };
    return { type: 'unknown', email: about !== undefined && isAddress(about) ? about : undefined, name: about };
  }
  const begin = clip(who, 60);
  const type = /^(?:[\w ]{1,30} )?sync: |^system$/i.test(begin) ? 'system' : /^(?:admin )?api\b/i.test(begin) ? 'service' : 'human';
  return { type, email: address ?? (isAddress(who) ? who : undefined), name: who };
}

/** Acts whose object is a person, not a telephone, a group or an application. */
const ON_USERS = /^(?:user_|bypass_|regen_|send_enroll|resend_enroll)/;
const ON_ADMINS = /^admin_(?:create|update|delete|reset|send_reset|activation_create)/;
const ON_PEOPLE: ReadonlySet<Activity> = new Set<Activity>(['recovery', 'mfa_change', 'role_grant', 'credential_change', 'session_revoke']);

function targetOf(
  action: string,
  activity: Activity,
  about: string | undefined,
  said: Raw,
  actor: MappedPrincipal,
): MappedPrincipal[] | undefined {
  if (!ON_PEOPLE.has(activity) || !(ON_USERS.test(action) || ON_ADMINS.test(action))) return undefined;
  const address = [about, text(said['email'])].find((one) => one !== undefined && isAddress(one));
  if (about === undefined && address === undefined) return undefined;
  const target: MappedPrincipal = { type: 'human', uid: id(said['user_id']), email: address, name: about };
  const isSelf = samePrincipal(target, actor) || (about !== undefined && about === actor.name);
  return isSelf ? undefined : [target];
}

function actDetails(action: string, activity: Activity, about: string | undefined, said: Raw): Mapped['details'] {
  switch (activity) {
    case 'mfa_change':
      return detail(
        detail(detail(undefined, 'change', factorChange(action, said)), 'factor', factorOf(said['factor']) ?? text(said['type'])),
        'target',
        about,
      );
    case 'recovery':
      return detail(detail(undefined, 'change', action.startsWith('bypass') ? 'temporary_pass' : 'password'), 'target', about);
    case 'role_grant': {
      const role = text(said['role']) ?? text(said['new_role']);
      const privileged = role !== undefined && /owner|administrator|user manager|help ?desk/i.test(role) ? 'true' : undefined;
      return detail(detail(undefined, 'role', role), 'is_privileged', privileged);
    }
    case 'policy_change':
      return detail(detail(detail(undefined, 'policy', about), 'kind', policyKind(action)), 'effect', policyEffect(action, said));
    case 'oauth_consent':
      return detail(detail(undefined, 'kind', text(said['type']) ?? 'app'), 'app', about);
    case 'app_credential':
      return detail(detail(detail(undefined, 'kind', 'secret'), 'change', action.includes('view') ? 'viewed' : 'changed'), 'app', about);
    case 'sign_in':
      return detail(undefined, 'factor', factorOf(said['factor']));
    case 'credential_change':
      return detail(undefined, 'change', 'email' in said ? 'email' : 'password');
    case 'data_export':
      return detail(detail(undefined, 'kind', 'report'), 'target', about);
    case 'vendor_risk':
      return detail(undefined, 'alert_name', action);
    default:
      return detail(undefined, 'target', about);
  }
}

function named(name: string | undefined): { uid: undefined; name: string } | undefined {
  return name === undefined ? undefined : { uid: undefined, name };
}

function deviceOf(device: Raw, trust: unknown): Device | undefined {
  const uid = id(device['epkey']);
  const name = text(device['hostname']);
  const os = deviceOs(device['os']);
  const trusted = text(trust);
  const isManaged = trusted === 'trusted' ? true : trusted === 'not trusted' ? false : undefined;
  if (uid === undefined && name === undefined && os === undefined && isManaged === undefined) return undefined;
  return { uid, evidence: 'observed', cookie_uid: undefined, name, os, is_managed: isManaged, is_compliant: undefined };
}
