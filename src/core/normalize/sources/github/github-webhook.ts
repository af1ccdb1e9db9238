import type { Activity, PrincipalType } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import { wordTable } from '../../../event/word-table.js';
import type { Mapped, MappedPrincipal, Raw } from '../../mapped.js';
import { bool, cleanAction, detail, firstText, id, object, text, word } from '../../record.js';

/** Members that a delivery is about, most telling first; the kind of event is in a header that no collector keeps, so they name it. */
const SUBJECTS = [
  'workflow_job',
  'workflow_run',
  'check_run',
  'check_suite',
  'review',
  'comment',
  'pull_request',
  'issue',
  'discussion',
  'release',
  'deployment_status',
  'deployment',
  'membership',
  'member',
  'team',
  'personal_access_token_request',
  'repository_ruleset',
  'rule',
  'alert',
  'key',
  'hook',
  'package',
  'label',
  'milestone',
  'repositories_added',
  'installation',
  'pages',
  'commits',
  'ref_type',
  'repository',
  'organization',
] as const;
const NAMES: Readonly<Partial<Record<(typeof SUBJECTS)[number], string>>> = {
  review: 'pull_request_review',
  rule: 'branch_protection_rule',
  key: 'deploy_key',
  hook: 'meta',
  membership: 'organization',
  repositories_added: 'installation_repositories',
  pages: 'gollum',
  commits: 'push',
  ref_type: 'ref',
};

/** A delivery of a webhook: objects for the repository or the organisation, and whoever sent it. Others' have their `actor` as an object. */
export function isWebhook(record: Raw): boolean {
  if (typeof record['actor'] === 'object' && record['actor'] !== null) return false;
  const repository = record['repository'];
  if (isObject(repository) && typeof repository['full_name'] === 'string') return true;
  if (isObject(repository) && record['p_log_type'] === 'GitHub.Webhook') return true;
  const sender = record['sender'];
  if (!isObject(sender) || typeof sender['login'] !== 'string') return false;
  return isObject(record['organization']) || isObject(record['installation']) || typeof sender['node_id'] === 'string';
}

function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What deliveries say of acts that the audit log has under other names. */
const ACTIVITIES: Readonly<Record<string, Activity>> = wordTable({
  'member.added': 'role_grant',
  'member.edited': 'role_grant',
  'membership.added': 'role_grant',
  'organization.member_added': 'role_grant',
  'organization.member_invited': 'role_grant',
  'team.added_to_repository': 'role_grant',
  'repository.transferred': 'role_grant',
  'installation.created': 'oauth_consent',
  'installation.new_permissions_accepted': 'oauth_consent',
  'installation.unsuspend': 'oauth_consent',
  'installation_repositories.added': 'oauth_consent',
  'personal_access_token_request.approved': 'api_key',
  'personal_access_token_request.created': 'api_key',
  'deploy_key.created': 'api_key',
  'branch_protection_rule.created': 'policy_change',
  'branch_protection_rule.edited': 'policy_change',
  'branch_protection_rule.deleted': 'policy_change',
  'repository_ruleset.created': 'policy_change',
  'repository_ruleset.edited': 'policy_change',
  'repository_ruleset.deleted': 'policy_change',
  'repository.publicized': 'policy_change',
  'repository.privatized': 'policy_change',
  'meta.deleted': 'policy_change',
  'secret_scanning_alert.created': 'vendor_risk',
  'secret_scanning_alert.publicly_leaked': 'vendor_risk',
  'github_app_authorization.revoked': 'other',
  'installation.deleted': 'other',
  'installation.suspend': 'other',
  'installation_repositories.removed': 'other',
  'repository_vulnerability_alert.create': 'other',
  'repository_vulnerability_alert.dismiss': 'other',
  'repository_vulnerability_alert.resolve': 'other',
});
const ABOUT_OTHERS: readonly string[] = ['member', 'membership', 'organization'];

/** One delivery. It places nobody: a server of GitHub's sends it, and no address or client of the person is in it. */
export function mapWebhook(record: Raw, fallback: string): Mapped {
  const repository = object(record['repository']);
  const subject = SUBJECTS.find((name) => record[name] !== undefined && record[name] !== null);
  const event = eventOf(subject, record);
  const act = text(record['action']);
  const action = cleanAction(act === undefined ? event : `${event}.${act}`);
  const account =
    text(object(record['enterprise'])?.['slug']) ??
    text(object(record['organization'])?.['login']) ??
    text(object(object(record['installation'])?.['account'])?.['login']) ??
    text(object(repository?.['owner'])?.['login']) ??
    fallback;
  const activity = ACTIVITIES[action] ?? 'session_use';
  const about = subject === undefined ? undefined : object(record[subject]);
  const principal = senderOf(record, act, about);
  const name = text(repository?.['full_name']);
  return {
    vendor: 'github',
    product: 'webhook',
    account,
    id: undefined,
    time: timeOf(about) ?? (activity === 'session_use' ? timeOf(repository) : undefined),
    time_precision_ms: 1000,
    action,
    activity,
    status: 'success',
    is_presence: false,
    principal,
    targets: ABOUT_OTHERS.includes(event) && activity === 'role_grant' ? memberOf(record, principal) : undefined,
    app: activity === 'oauth_consent' ? installed(record) : undefined,
    resource: name === undefined ? undefined : { uid: id(repository?.['id']), name },
    details: detail(detailsOf(action, activity, record, repository), 'target', name),
    risk: activity === 'vendor_risk' ? { level: 'unknown', reasons: ['secret_found'] } : undefined,
  };
}

/** Alerts of all kinds come under one member; what is in it tells them apart. A delivery with a sender and no more is about the sender's app. */
function eventOf(subject: (typeof SUBJECTS)[number] | undefined, record: Raw): string {
  if (subject === undefined) return 'github_app_authorization';
  if (subject !== 'alert') return NAMES[subject] ?? subject;
  const alert = object(record['alert']);
  if (alert?.['secret_type'] !== undefined) return 'secret_scanning_alert';
  if (alert?.['dependency'] !== undefined || alert?.['security_advisory'] !== undefined) return 'dependabot_alert';
  return alert?.['affected_range'] === undefined ? 'code_scanning_alert' : 'repository_vulnerability_alert';
}

function detailsOf(action: string, activity: Activity, record: Raw, repository: Raw | undefined): Mapped['details'] {
  if (activity === 'role_grant') return group(record);
  if (action === 'repository.publicized') return detail(detail(undefined, 'kind', 'visibility'), 'effect', 'weakened');
  const isPublic = action === 'repository.created' && bool(repository?.['private']) === false;
  return detail(undefined, 'is_public', isPublic ? 'true' : undefined);
}

function group(record: Raw): Record<string, string> | undefined {
  return detail(undefined, 'group', text(object(record['team'])?.['name']));
}

function installed(record: Raw): { uid: string | undefined; name: string | undefined } | undefined {
  const installation = object(record['installation']);
  return installation === undefined ? undefined : { uid: id(installation['app_id']), name: text(installation['app_slug']) };
}

function timeOf(about: Raw | undefined): number | undefined {
  if (about === undefined) return undefined;
  const updated = parseTime(about['updated_at']);
  return updated ?? parseTime(about['completed_at']) ?? parseTime(about['created_at']);
}

/** The one who did it: the sender, else whoever made what it is about, when that is what happened, or pushed. */
function senderOf(record: Raw, act: string | undefined, about: Raw | undefined): MappedPrincipal {
  const author = act === 'opened' || act === 'created' || act === 'submitted' ? about?.['user'] : undefined;
  for (const holder of [record['sender'], author]) {
    const who = object(holder);
    const login = text(who?.['login']);
    if (login !== undefined) return { type: typeOf(who?.['type'], login), uid: login, name: login };
  }
  const pusher = firstText(object(record['pusher'])?.['name'], undefined);
  return pusher === undefined ? { type: 'unknown' } : { type: typeOf(undefined, pusher), uid: pusher, name: pusher };
}

function typeOf(type: unknown, login: string): PrincipalType {
  return word(type) === 'bot' || login.endsWith('[bot]') ? 'service' : 'human';
}

function memberOf(record: Raw, actor: MappedPrincipal): MappedPrincipal[] | undefined {
  const who = object(record['member']) ?? object(object(record['membership'])?.['user']) ?? object(record['user']);
  const login = text(who?.['login']);
  return login === undefined || login === actor.uid ? undefined : [{ type: typeOf(who?.['type'], login), uid: login, name: login }];
}
