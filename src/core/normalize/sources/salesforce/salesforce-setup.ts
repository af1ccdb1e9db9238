import type { Activity } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import type { Mapped, Raw } from '../../mapped.js';
import { cleanAction, id, object, text } from '../../record.js';
import { samePrincipal } from '../../same-principal.js';
import { setupDetails, subjectIn, userId } from './salesforce-details.js';
import { person, targetsOf } from './salesforce-people.js';
import { setupActivity } from './setup-actions.js';

export function mapSetup(record: Raw, account: string): Mapped {
  const action = cleanAction(text(record['Action']) ?? 'unknown');
  const section = text(record['Section']);
  const display = text(record['Display']);
  const creator = object(record['CreatedBy']);
  const owner = person(
    userId(record, 'CreatedById') ?? userId(creator ?? {}, 'Id'),
    text(creator?.['Username']) ?? text(creator?.['Email']),
    text(creator?.['Name']),
  );
  // an administrator who was signed in as somebody: the act is theirs, the account is not
  const delegated = text(record['DelegateUser']);
  const principal = delegated === undefined ? owner : person(undefined, delegated, delegated);
  const subject = subjectIn(display);
  let activity = setupActivity(action, section);
  const isOwn = subject !== undefined && samePrincipal(subject, owner);
  if (action === 'changedpassword' && isOwn) activity = 'credential_change';
  const targets = delegated === undefined ? [] : [owner];
  if (subject !== undefined && !isOwn && SETUP_TARGETED.has(activity)) targets.push(subject);
  return {
    vendor: 'salesforce',
    product: 'setup_audit_trail',
    account,
    id: id(record['Id']),
    time: parseTime(record['CreatedDate']),
    time_precision_ms: 1000,
    action,
    activity,
    status: 'success',
    // the text tells new values too, which may be secrets
    status_detail: undefined,
    is_presence: false,
    principal,
    targets: targetsOf(targets, principal),
    details: setupDetails(activity, action, section, display),
  };
}

/** Acts on a person that are put down at that person too. */
const SETUP_TARGETED: ReadonlySet<Activity> = new Set<Activity>([
  'role_grant',
  'recovery',
  'credential_change',
  'mfa_change',
  'session_revoke',
  'impersonation',
  'api_key',
]);
