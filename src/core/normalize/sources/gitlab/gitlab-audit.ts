import type { Activity, EventStatus, TokenRef } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import type { Mapped, MappedPrincipal, Raw } from '../../mapped.js';
import { cleanAction, detail, firstText, id, isAddress, object, text } from '../../record.js';
import { GITLAB_TARGETED, gitlabActivity, typeOfChange, typeOfMessage } from './gitlab-actions.js';
import { jobTokenUid } from './gitlab-jobs.js';

const NOTHING: Raw = Object.freeze({});

/** One audit event: streamed and from the interface, with `details`; from audit_json.log, with everything at the top. */
export function mapAudit(record: Raw, account: string): Mapped {
  const details = object(record['details']) ?? object(record['detail']) ?? NOTHING;
  const both = (key: string): unknown => record[key] ?? details[key];
  const message = text(both('custom_message'));
  const type = typeOf(record, details, message);
  const action = cleanAction(type);
  const named = gitlabActivity(action);
  const activity = isTakenAway(named, record, details, message) ? 'other' : named;
  const status = statusOf(action, both);
  const ip = addressOf(record, details);
  const target = targetOf(both);
  const principal = authorOf(record, details, action, status, ip, target);
  const caller = text(both('meta.caller_id')) ?? text(object(record['meta'])?.['caller_id']);
  const path = firstText(record['entity_path'], details['entity_path']);
  const made = detailsOf(action, activity, both, message, path);
  return {
    vendor: 'gitlab',
    product: 'audit',
    account,
    id: id(record['id']),
    time: parseTime(record['created_at']) ?? parseTime(record['time']) ?? parseTime(details['created_at']),
    time_precision_ms: undefined,
    action,
    activity,
    status,
    status_detail: undefined,
    is_presence: isPresence(principal, activity, action, status, ip, caller),
    principal,
    token: jobTokenOf(action, both),
    targets:
      (GITLAB_TARGETED.has(activity) || made?.['key_uid'] !== undefined) && target !== undefined && !isSame(target, principal)
        ? [target]
        : undefined,
    app: undefined,
    resource: resourceOf(record, details, path),
    auth: methodOf(both, action),
    details: made,
    correlation_uid: id(record['correlation_id']),
    ip,
  };
}

/** A program in a job shows the token of the job, which is named by the job alone. */
function jobTokenOf(action: string, both: (key: string) => unknown): TokenRef | undefined {
  const job = action === 'user_authenticated_using_job_token' ? id(both('target_details')) : undefined;
  return job === undefined ? undefined : { uid: jobTokenUid(job), kind: 'job_token' };
}

/** What happened, as a type of event: GitLab's own where it says it, else by what the older log says instead. */
function typeOf(record: Raw, details: Raw, message: string | undefined): string {
  const type = firstText(record['event_type'], record['event_name'], details['event_name']);
  if (type !== undefined && type !== 'audit_operation') return type;
  for (const from of [record, details]) {
    if (text(from['failed_login']) !== undefined) return 'failed_login';
    const change = text(from['change']);
    if (change !== undefined) return typeOfChange(change.slice(0, 100));
    const added = text(from['add']);
    if (added !== undefined)
      return added === 'user_access' ? 'member_created' : added === 'group' ? 'project_created' : `add_${added}`.slice(0, 100);
    const removed = text(from['remove']);
    if (removed !== undefined) return removed === 'user_access' ? 'member_destroyed' : `remove_${removed}`.slice(0, 100);
  }
  if (message !== undefined) return typeOfMessage(message) ?? 'audit_operation';
  if (object(details['custom_message']) !== undefined) return 'repository_git_operation';
  return record['with'] !== undefined || details['with'] !== undefined ? 'login' : 'audit_operation';
}

/** A grant or a key that is taken back gives nothing. */
function isTakenAway(activity: Activity, record: Raw, details: Raw, message: string | undefined): boolean {
  if (activity === 'api_key') return /^(revoked|removed|deleted)/i.test(message ?? '');
  if (activity !== 'role_grant') return false;
  const to = firstText(record['to'], details['to']);
  return to !== undefined && /^(no access|false|none)$/i.test(to.slice(0, 20));
}

/** GitLab has numbers below zero for those who are nobody: not signed in, a deploy key or token, a runner. */
function authorOf(
  record: Raw,
  details: Raw,
  action: string,
  status: EventStatus,
  ip: string | undefined,
  target: MappedPrincipal | undefined,
): MappedPrincipal {
  const uid = id(record['author_id']) ?? id(details['author_id']) ?? id(record['meta.user_id']);
  const name = firstText(record['author_name'], details['author_name'], record['meta.user']);
  // older servers put what was typed there, which may be a password in the wrong field
  const isTyped = firstText(record['failed_login'], details['failed_login']) !== undefined;
  if (uid?.startsWith('-') === true) return nobody(details, record, isTyped ? undefined : name, uid, ip);
  if (uid === undefined && name === undefined) return status === 'interrupted' && target !== undefined ? target : { type: 'unknown' };
  const email = text(details['author_email']);
  return {
    type: action.endsWith('_by_project_bot') ? 'service' : 'human',
    uid,
    email: email !== undefined && isAddress(email) ? email : undefined,
    name,
    aliases: undefined,
  };
}

function nobody(details: Raw, record: Raw, name: string | undefined, uid: string, ip: string | undefined): MappedPrincipal {
  const kind = text(details['author_class']) ?? '';
  const path = firstText(record['entity_path'], details['entity_path'], record['entity_id']);
  if (/deploy|token|runner|job/i.test(kind.slice(0, 100)) && name !== undefined) {
    return { type: 'workload', uid: `${kind}:${path ?? uid}:${name}`, name };
  }
  // whoever is not signed in is an address; one name for all of them would make them one
  return ip === undefined ? { type: 'unknown' } : { type: 'unknown', name, aliases: [`address:${ip}`] };
}

function targetOf(both: (key: string) => unknown): MappedPrincipal | undefined {
  const name = text(both('target_details'));
  if (text(both('target_type')) !== 'User') {
    // a request for a new password names only the address that it was asked for
    return both('target_type') === undefined && name !== undefined && name.length <= 320 && isAddress(name)
      ? { type: 'human', email: name }
      : undefined;
  }
  const uid = id(both('target_id'));
  if (uid === undefined && name === undefined) return undefined;
  // beside an id it is what people call themselves, which may be somebody else's address
  return { type: 'human', uid, email: uid === undefined && name !== undefined && isAddress(name) ? name : undefined, name };
}

function isSame(target: MappedPrincipal, author: MappedPrincipal): boolean {
  return target === author || (target.uid !== undefined && target.uid === author.uid);
}

function addressOf(record: Raw, details: Raw): string | undefined {
  return firstText(record['ip_address'], details['ip_address'], record['meta.remote_ip']) ?? text(object(record['meta'])?.['remote_ip']);
}

function statusOf(action: string, both: (key: string) => unknown): EventStatus {
  if (action === 'password_reset_requested') return 'interrupted';
  if (/failed|cannot_be_added|restricted_group_accessed|access_locked/.test(action.slice(0, 150))) return 'failure';
  return text(both('failed_login')) === undefined ? 'success' : 'failure';
}

/** Most events say nothing of how it was done, in the web or by a token; a sign-in and what a page of the web called do. */
function isPresence(
  principal: MappedPrincipal,
  activity: Activity,
  action: string,
  status: EventStatus,
  ip: string | undefined,
  caller: string | undefined,
): boolean {
  if (principal.type !== 'human' || status !== 'success' || ip === undefined) return false;
  if (caller !== undefined) return caller.indexOf('Controller#') > 0;
  return activity === 'sign_in' && action !== 'user_access_locked';
}

function resourceOf(
  record: Raw,
  details: Raw,
  path: string | undefined,
): { uid: string | undefined; name: string | undefined } | undefined {
  const type = text(record['entity_type']);
  if (type !== 'Project' && type !== 'Group') return undefined;
  const name = path ?? firstText(record['target_details'], details['target_details']);
  return { uid: id(record['entity_id']), name };
}

function methodOf(both: (key: string) => unknown, action: string): { method: string; is_mfa?: boolean } | undefined {
  const method =
    firstText(both('with'), both('failed_login')) ?? /^(?:authenticated|login_failed)_with_(\w+)$/.exec(action.slice(0, 100))?.[1];
  if (method === undefined) return undefined;
  const word = method.toLowerCase();
  return /two_factor|webauthn|otp/.test(word.slice(0, 50)) && !action.includes('failed')
    ? { method: word, is_mfa: true }
    : { method: word };
}

const OWNER = /^(owner|admin|administrator|maintainer)$/i;

function detailsOf(
  action: string,
  activity: Activity,
  both: (key: string) => unknown,
  message: string | undefined,
  path: string | undefined,
): Record<string, string> | undefined {
  const subject = text(both('target_details'));
  switch (activity) {
    case 'role_grant': {
      const role = roleOf(action, both);
      const found = detail(
        detail(undefined, 'role', role),
        'is_privileged',
        role !== undefined && OWNER.test(role.slice(0, 40)) ? 'true' : undefined,
      );
      return detail(detail(found, 'group', action.includes('group_link') ? subject : undefined), 'target', path);
    }
    case 'policy_change':
    case 'audit_tamper': {
      const kind = activity === 'audit_tamper' ? 'log_stream' : policyKind(action);
      const found = detail(detail(undefined, 'kind', kind), 'effect', effectOf(action, both));
      return detail(detail(found, 'change', firstText(both('change'), undefined)), 'target', path);
    }
    case 'api_key': {
      const found = detail(detail(undefined, 'kind', keyKind(action)), 'effect', /rotated|reset/.test(action) ? 'changed' : 'created');
      return detail(detail(found, 'key_uid', tokenIn(action, message)), 'target', path);
    }
    case 'oauth_consent':
      return detail(detail(undefined, 'app', subject), 'kind', action.startsWith('user_authorized') ? 'delegated' : 'app');
    case 'app_credential':
      return detail(detail(undefined, 'kind', 'secret'), 'target', path);
    case 'mfa_change':
      return detail(undefined, 'change', /disable|unenroll|remov|delet/.test(action) ? 'removed' : 'added');
    case 'recovery':
      return detail(undefined, 'change', 'password');
    case 'credential_change':
      return detail(undefined, 'change', action.includes('email') ? 'email' : 'password');
    case 'impersonation':
      return detail(undefined, 'change', /^stopped/i.test(message ?? '') ? 'stopped' : 'started');
    case 'data_export':
      return detail(detail(undefined, 'kind', action.includes('repository') ? 'repository' : 'project'), 'target', path ?? subject);
    case 'session_use': {
      const git = object(both('custom_message'));
      const made = detail(detail(undefined, 'change', text(git?.['action'])), 'target', path);
      return detail(
        made,
        'secrets_read',
        action === 'variable_viewed_api' || action === 'secrets_manager_read_project_secret' ? '1' : undefined,
      );
    }
    case 'other': {
      const uid = TOKEN_GONE.test(action) || /^(revoked|removed|deleted)/i.test(message ?? '') ? tokenIn(action, message) : undefined;
      const found =
        uid === undefined ? undefined : detail(detail(detail(undefined, 'kind', keyKind(action)), 'effect', 'deleted'), 'key_uid', uid);
      return detail(found, 'target', path);
    }
    default:
      return undefined;
  }
}

const TOKEN_GONE = /access_token_(revoked|deleted|expired)$/;

/** GitLab names a token by its number in the words of the message: `Revoked personal access token with id 7`. */
function tokenIn(action: string, message: string | undefined): string | undefined {
  return action.includes('access_token') ? /\bid:? (\d{1,18})\b/.exec((message ?? '').slice(0, 200))?.[1] : undefined;
}

function roleOf(action: string, both: (key: string) => unknown): string | undefined {
  if (action === 'user_admin_status_updated') return 'admin';
  if (action === 'user_auditor_status_updated') return 'auditor';
  return firstText(both('to'), both('as'), both('access_level'));
}

const POLICY_KINDS: readonly (readonly [RegExp, string])[] = [
  [/saml|scim|extern_uid|step_up/, 'idp'],
  [/two_factor|mfa/, 'mfa'],
  [/ip_restriction/, 'ip_allow_list'],
  [/visibility|sharing|forking/, 'visibility'],
  [/protected_branch|push_rule|approval|merge_request|commit/, 'branch_protection'],
  [/secret_push|security/, 'code_security'],
  [/streaming|logging_configuration|s3_configuration/, 'log_stream'],
  [/webhook/, 'webhook'],
  [/domain|signup/, 'domain'],
  [/job_token|environment|runner/, 'ci'],
  [/token|ssh|git_access/, 'app_access'],
  [/role/, 'role'],
];

function policyKind(action: string): string {
  return POLICY_KINDS.find(([pattern]) => pattern.test(action))?.[1] ?? 'setting';
}

function effectOf(action: string, both: (key: string) => unknown): string {
  if (/bypass|skip_|unprotected/.test(action)) return 'weakened';
  const to = text(both('to')) ?? '';
  if (action.includes('visibility')) return /public/i.test(to.slice(0, 20)) ? 'weakened' : 'changed';
  if (/_disabled$/.test(action) || (/require_two_factor/.test(action) && to === 'false')) return 'disabled';
  if (/_enabled$/.test(action)) return 'enabled';
  if (/^create|_created$|_added$/.test(action)) return 'created';
  return /^(delete|destroy|remove)|_(destroyed|deleted|removed)$/.test(action) ? 'deleted' : 'changed';
}

function keyKind(action: string): string {
  if (action.includes('ssh')) return 'ssh_key';
  if (action.includes('gpg')) return 'signing_key';
  if (action.includes('deploy_key')) return 'deploy_key';
  if (action.includes('personal_access_token')) return 'personal_access_token';
  return 'api_token';
}
