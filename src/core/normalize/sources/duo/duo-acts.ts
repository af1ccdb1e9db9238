import type { Activity, EventStatus, PrincipalType } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import { wordTable } from '../../../event/word-table.js';
import type { Mapped, MappedPrincipal, Raw } from '../../mapped.js';
import { cleanAction, clip, detail, id, isAddress, object, text } from '../../record.js';
import { samePrincipal } from '../../same-principal.js';
import { duoActivity, factorChange, isFailure, policyEffect, policyKind } from './duo-actions.js';
import { addressOf, authOf, deviceOf, factorOf, NOTHING, person, RESULTS, timeOf } from './duo-parts.js';

/** An act of an administrator, or an enrolment of a machine for times without a network. */
export function mapAct(record: Raw, account: string): Mapped {
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

export function mapActivity(record: Raw, account: string): Mapped {
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

const ACTORS: Readonly<Record<string, PrincipalType>> = wordTable({
  user: 'human',
  admin: 'human',
  api: 'service',
  application: 'service',
  system: 'system',
  task: 'system',
});

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

/** Telephones and tokens are people`s, and the log does not say whose: never of the administrator who deals with them. */
function onFactor(action: string, about: string | undefined): Mapped['details'] {
  return /^(?:phone|hardtoken|u2f\w*|webauthn\w*)_/.test(action) ? detail(undefined, 'acts_on', about) : undefined;
}

function actDetails(action: string, activity: Activity, about: string | undefined, said: Raw): Mapped['details'] {
  switch (activity) {
    case 'mfa_change':
      return detail(
        detail(
          detail(onFactor(action, about), 'change', factorChange(action, said)),
          'factor',
          factorOf(said['factor']) ?? text(said['type']),
        ),
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
