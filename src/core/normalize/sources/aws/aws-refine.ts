import type { Activity } from '../../../event/index.js';
import type { Raw } from '../../mapped.js';
import { bool, clip, list, number, object, text, word } from '../../record.js';

/** What a call asked for, as far as it decides what the call is. */
export interface AwsCall {
  service: string;
  /** without Lambda's date */
  name: string;
  request: Raw;
  response: Raw;
  /** it is about another user or role than the caller */
  isOnOther: boolean;
}

/** Where a topic sends to that is no part of AWS: mailboxes, telephones, servers of whoever says so. */
const LEAVES_AWS = /^(email|sms|https?)/;

/** Given to a user by AWS when it finds that user's key in public. */
const QUARANTINE = 'AWSCompromisedKeyQuarantine';
/** What the console attaches to a role to end the sessions that it has. */
const END_OF_SESSIONS = 'AWSRevokeOlderSessions';

/** The activity of a call whose name alone does not say it: with other parameters the same call takes away what it gives, or gives nothing. */
export function refined(activity: Activity, call: AwsCall): Activity {
  const { service, name, request } = call;
  switch (name) {
    case 'UpdateAccessKey':
    case 'UpdateSSHPublicKey':
      return word(request['status']) === 'inactive' ? 'other' : activity;
    case 'CreateLoginProfile':
    case 'UpdateLoginProfile':
      return call.isOnOther ? 'recovery' : 'credential_change';
    case 'UpdatePassword':
      return activity === 'recovery' && !call.isOnOther ? 'credential_change' : activity;
    case 'AttachUserPolicy':
      return (policyName(request) ?? '').startsWith(QUARANTINE) ? 'vendor_risk' : activity;
    case 'PutUserPolicy':
      if (endsSessions(request)) return 'session_revoke';
      return (policyName(request) ?? '').startsWith(QUARANTINE) ? 'vendor_risk' : activity;
    case 'PutRolePolicy':
      return endsSessions(request) ? 'session_revoke' : activity;
    case 'ModifySnapshotAttribute':
    case 'ModifyImageAttribute':
    case 'ModifyDBSnapshotAttribute':
    case 'ModifyDBClusterSnapshotAttribute':
      return sharedWith(request) === undefined ? 'session_use' : activity;
    case 'ModifyDBInstance':
    case 'ModifyDBCluster':
    case 'CreateDBInstance':
    case 'CreateDBCluster':
    case 'RestoreDBInstanceFromDBSnapshot':
    case 'RestoreDBClusterFromSnapshot':
    case 'RestoreDBInstanceToPointInTime':
    case 'ModifyCluster':
      return database(activity, name, request);
    case 'UpdateDetector':
      return bool(request['enable']) === false ? 'audit_tamper' : 'policy_change';
    case 'PutBucketLogging':
      return logsTo(request) ? 'policy_change' : activity;
    case 'SetQueueAttributes':
      return hasKey(object(request['attributes']), 'policy') ? 'policy_change' : activity;
    case 'SetTopicAttributes':
      return word(request['attributeName']) === 'policy' ? 'policy_change' : activity;
    case 'UpdateStandardsControl':
      return word(request['controlStatus']) === 'disabled' ? 'audit_tamper' : activity;
    case 'ModifyInstanceAttribute':
      return hasKey(request, 'userdata') || hasKey(request, 'groupset') ? 'policy_change' : activity;
    case 'Subscribe':
      return service === 'sns' && LEAVES_AWS.test(word(request['protocol']) ?? '') ? 'policy_change' : activity;
    case 'UpdateClusterConfig':
      return service === 'eks' && request['logging'] !== undefined ? 'audit_tamper' : activity;
    default:
      return activity;
  }
}

/** A policy that refuses whatever was given out before a moment: by the console's name for it, or by what it says. */
function endsSessions(request: Raw): boolean {
  if (policyName(request) === END_OF_SESSIONS) return true;
  for (const entry of list(object(request['policyDocument'])?.['Statement'])) {
    const statement = object(entry);
    if (statement?.['Effect'] !== 'Deny') continue;
    const condition = object(statement['Condition']);
    if (hasKey(object(condition?.['DateLessThan']) ?? object(condition?.['DateLessThanEquals']), 'aws:tokenissuetime')) return true;
  }
  return false;
}

/** A database that everybody reaches, or that no longer resists being deleted, and a new password of its owner: of those only the change of a setting. */
function database(activity: Activity, name: string, request: Raw): Activity {
  if (bool(request['publiclyAccessible']) === true) return 'policy_change';
  if (name.startsWith('Modify') && bool(request['deletionProtection']) === false) return 'policy_change';
  if (name.startsWith('Modify') && hasKey(request, 'masteruserpassword')) return 'app_credential';
  return activity;
}

/** Whether a member is there, its value unread. */
function hasKey(record: Raw | undefined, lower: string): boolean {
  if (record === undefined) return false;
  for (const key in record) if (key.toLowerCase() === lower) return true;
  return false;
}

function logsTo(request: Raw): boolean {
  const status = object(request['BucketLoggingStatus']) ?? object(request['bucketLoggingStatus']);
  return status?.['LoggingEnabled'] !== undefined || status?.['loggingEnabled'] !== undefined;
}

/** The managed policy or the inline one that a call is about. */
export function policyName(request: Raw): string | undefined {
  const arn = text(request['policyArn']) ?? text(request['managedPolicyArn']);
  return arn === undefined ? text(request['policyName']) : arn.slice(arn.lastIndexOf('/') + 1);
}

/** Whom a snapshot or an image was opened to: `all`, or account ids; undefined when to nobody. */
export function sharedWith(request: Raw): string | undefined {
  const found: string[] = [];
  for (const permission of ['createVolumePermission', 'launchPermission']) {
    for (const entry of list(object(object(request[permission])?.['add'])?.['items'])) {
      const item = object(entry);
      const to = text(item?.['group']) ?? text(item?.['userId']) ?? text(item?.['organizationArn']);
      if (to !== undefined) found.push(to);
    }
  }
  for (const value of list(request['valuesToAdd'])) {
    const to = text(value);
    if (to !== undefined) found.push(to);
  }
  return found.length === 0 ? undefined : found.slice(0, 20).join(' ');
}

/** Who means to keep what is in a bucket keeps it longer than a week; who holds it to ransom does not. */
const SOON_DAYS = 7;

/** Does a rule of a bucket's delete what is in it within days? */
export function expiresSoon(request: Raw): boolean {
  for (const entry of list(object(request['LifecycleConfiguration'])?.['Rule'])) {
    const rule = object(entry);
    if (word(rule?.['Status']) === 'disabled') continue;
    const days = number(object(rule?.['Expiration'])?.['Days']);
    if (days !== undefined && days <= SOON_DAYS) return true;
  }
  return false;
}

/** Whether a policy on a resource lets everybody in without a condition. */
export function isForEverybody(request: Raw): boolean {
  const policy =
    object(request['bucketPolicy']) ??
    object(request['resourcePolicy']) ??
    object(request['policy']) ??
    object(object(request['attributes'])?.['Policy']);
  for (const entry of list(policy?.['Statement'])) {
    const statement = object(entry);
    if (statement?.['Effect'] !== 'Allow' || statement['Condition'] !== undefined) continue;
    const principal = statement['Principal'];
    if (principal === '*' || contains(object(principal)?.['AWS'], '*')) return true;
  }
  return (
    text(request['principal']) === '*' ||
    word(request['authType']) === 'none' ||
    word(request['projectVisibility']) === 'public_read' ||
    isPublicAcl(request)
  );
}

const PUBLIC_GROUPS = /public-read|AllUsers|AuthenticatedUsers/;

function isPublicAcl(request: Raw): boolean {
  for (const acl of texts(request['x-amz-acl'])) if (PUBLIC_GROUPS.test(acl)) return true;
  const grants = object(object(request['AccessControlPolicy'])?.['AccessControlList'])?.['Grant'];
  for (const grant of list(grants)) {
    const uri = text(object(object(grant)?.['Grantee'])?.['URI']);
    if (uri !== undefined && PUBLIC_GROUPS.test(clip(uri, 200))) return true;
  }
  return false;
}

/** One text or a list of them: S3 writes headers and single actions both ways. */
export function texts(value: unknown): string[] {
  const found: string[] = [];
  for (const one of Array.isArray(value) ? value : [value]) {
    const name = text(one);
    if (name !== undefined) found.push(name.slice(0, 300));
  }
  return found;
}

function contains(value: unknown, wanted: string): boolean {
  return Array.isArray(value) ? value.includes(wanted) : value === wanted;
}

/** Managed policies with which their holder can take over other people, or reach everything there is. */
const ADMIN_POLICIES = new Set([
  'AdministratorAccess',
  'IAMFullAccess',
  'PowerUserAccess',
  'AWSOrganizationsFullAccess',
  'AWSSSOMasterAccountAdministrator',
  'AWSSSOMemberAccountAdministrator',
  'AWSSSODirectoryAdministrator',
  'AmazonEKSClusterAdminPolicy',
]);

/** Whether what is given reaches other people or everything: by the name of the policy, or by what the inline policy allows. */
export function isPrivilegedGrant(request: Raw): boolean {
  const name = policyName(request);
  if (name !== undefined && ADMIN_POLICIES.has(name)) return true;
  const document = object(request['policyDocument']) ?? object(request['inlinePolicy']);
  for (const entry of list(document?.['Statement'])) {
    const statement = object(entry);
    if (statement?.['Effect'] !== 'Allow') continue;
    for (const action of texts(statement['Action'])) if (action === '*' || action === '*:*' || action === 'iam:*') return true;
  }
  return false;
}
