import type { Activity } from '../../../event/index.js';
import { wordTable } from '../../../event/word-table.js';
import type { Raw } from '../../mapped.js';
import { bool, detail, firstText, id, list, object, text, texts } from '../../record.js';
import { categoryOf } from './github-actions.js';
import { isTakenAway, keyIds } from './github-keys.js';

export interface GithubContext {
  readonly action: string;
  readonly activity: Activity;
  readonly entry: Raw;
}

/**
 * The details of an entry. Only named fields are read: the body and the query of a request, the configuration of a webhook and the text of a
 * key stand in the same record and can hold a secret.
 */
export function githubDetails({ action, activity, entry }: GithubContext): Record<string, string> | undefined {
  let details: Record<string, string> | undefined;
  if (action === 'api.request') {
    details = detail(details, 'request_method', text(entry['request_method']));
    details = detail(details, 'request_path', pathOf(entry));
    details = detail(details, 'response_code', text(entry['status_code']));
  }
  details = detail(details, 'target', targetOf(entry, activity));
  switch (activity) {
    case 'role_grant': {
      const role = roleOf(action, entry);
      details = detail(detail(details, 'role', role), 'group', teamOf(entry));
      if (action.endsWith('.transfer')) details = ofApp(details, entry);
      details = detail(details, 'is_privileged', isPrivileged(action, role) ? 'true' : undefined);
      return detail(details, 'assignment', /\.invite_|invitation\.create$/.test(action) ? 'requested' : undefined);
    }
    case 'policy_change':
    case 'audit_tamper': {
      details = detail(details, 'kind', activity === 'policy_change' ? policyKind(action) : tamperKind(action));
      details = detail(details, 'effect', effectOf(action, entry));
      return detail(details, 'policy', firstText(entry['ruleset_name'], entry['name'], entry['branch']));
    }
    case 'api_key': {
      details = detail(details, 'kind', keyKind(action));
      details = keyDetails(detail(details, 'effect', KEY_EFFECTS[last(action)]), entry, action);
      return detail(detail(details, 'scopes', scopesOf(entry, action)), 'app', text(entry['oauth_application_name']));
    }
    case 'oauth_consent': {
      details = ofApp(details, entry);
      details = detail(details, 'kind', /^(oauth_authorization|org_credential)/.test(action) ? 'delegated' : 'app');
      if (action.startsWith('org_credential')) details = detail(details, 'key_uid', keyIds(entry, action));
      return detail(details, 'scopes', scopesOf(entry, action));
    }
    case 'app_credential': {
      details = ofApp(details, entry);
      return detail(details, 'kind', action.includes('private_key') || action.startsWith('integration_key') ? 'certificate' : 'secret');
    }
    case 'mfa_change':
      return detail(detail(details, 'change', FACTOR_CHANGES[last(action)]), 'factor', factorOf(action, entry));
    case 'recovery':
      return detail(details, 'change', action.includes('password') ? 'password' : 'factors');
    case 'credential_change':
      return detail(details, 'change', 'password');
    case 'data_export':
      return detail(details, 'kind', exportKind(action));
    case 'device_register':
      details = detail(details, 'device_uid', id(entry['runner_id']));
      return detail(details, 'device_name', text(entry['runner_name']));
    case 'impersonation':
      return detail(details, 'change', last(action));
    case 'other':
      if (isTakenAway(action)) return keyDetails(detail(detail(details, 'kind', keyKind(action)), 'effect', 'deleted'), entry, action);
      return detail(details, 'group', teamOf(entry));
    case 'session_use':
      return detail(details, 'is_public', action === 'repo.create' || (action === 'gist.create' && isPublic(entry)) ? 'true' : undefined);
    default:
      return details;
  }
}

/** Can everybody see the repository or gist? */
export function isPublic(entry: Raw): boolean {
  return text(entry['visibility']) === 'public' || bool(entry['public_repo']) === true;
}

function keyDetails(details: Record<string, string> | undefined, entry: Raw, action: string): Record<string, string> | undefined {
  const named = detail(details, 'key_uid', keyIds(entry, action));
  return detail(named, 'key_name', firstText(entry['user_programmatic_access_name'], entry['title']));
}

function ofApp(details: Record<string, string> | undefined, entry: Raw): Record<string, string> | undefined {
  const app = appOf(entry);
  return detail(detail(details, 'app', app?.name), 'app_uid', app?.uid);
}

/** The app that an entry is about or that it was done through, by its own names. */
export function appOf(entry: Raw): { uid: string | undefined; name: string | undefined } | undefined {
  const uid = id(entry['oauth_application_id']) ?? id(entry['integration_id']) ?? id(entry['application_id']);
  const name =
    firstText(entry['oauth_application_name'], entry['oauth_application'], entry['integration']) ?? text(entry['application_name']);
  return uid === undefined && name === undefined ? undefined : { uid: uid === '0' ? undefined : uid, name };
}

export function last(action: string): string {
  return action.slice(action.lastIndexOf('.') + 1);
}

function pathOf(entry: Raw): string | undefined {
  const path = firstText(entry['url_path'], entry['route']);
  if (path === undefined) return undefined;
  const query = path.indexOf('?');
  return query < 0 ? path : path.slice(0, query);
}

const NAMES_REPOSITORY: ReadonlySet<Activity> = new Set<Activity>([
  'data_export',
  'policy_change',
  'role_grant',
  'session_use',
  'vendor_risk',
]);

function targetOf(entry: Raw, activity: Activity): string | undefined {
  return NAMES_REPOSITORY.has(activity) ? firstText(entry['repo'], entry['repository']) : undefined;
}

function teamOf(entry: Raw): string | undefined {
  return firstText(entry['team'], entry['enterprise_team'], entry['group_name']);
}

const OWNER = /^(admin|owner)$/i;

function roleOf(action: string, entry: Raw): string | undefined {
  switch (action) {
    case 'business.add_admin':
    case 'business.invite_admin':
      return 'enterprise owner';
    case 'user.promote':
      return 'site administrator';
    case 'team.promote_maintainer':
      return 'team maintainer';
    case 'repo.transfer':
    case 'integration.transfer':
    case 'oauth_application.transfer':
      return 'owner';
    default:
  }
  const named = firstText(entry['role_name'], entry['organization_role_name'], entry['new_role']);
  if (named !== undefined) return named;
  const permission = bool(entry['permission']) === undefined ? text(entry['permission']) : undefined;
  if (permission !== undefined) return action.startsWith('org.') && OWNER.test(permission) ? 'owner' : permission;
  if (action.startsWith('organization_moderators.')) return 'moderator';
  const manager = /(billing_manager|security_manager|integration_manager|support_entitlee|outside_collaborator)/.exec(action)?.[1];
  return manager?.replace('_', ' ');
}

/** Owners reach everything of an organisation; so do those who manage its security or its apps. */
function isPrivileged(action: string, role: string | undefined): boolean {
  if (/^(repo|team)\.|^(integration|oauth_application)\.transfer$/.test(action)) return false;
  return role !== undefined && /^(owner|admin|enterprise owner|site administrator|security manager|integration manager)$/i.test(role);
}

/** Somebody who was an owner and is one no more was given nothing. */
export function isDemotion(action: string, entry: Raw): boolean {
  if (action !== 'org.update_member' && action !== 'repo.update_member') return false;
  const now = text(entry['permission']);
  const before = firstText(entry['old_permission'], entry['permission_was'], entry['old_repo_permission']);
  return now !== undefined && before !== undefined && OWNER.test(before) && !OWNER.test(now);
}

const POLICY_KINDS: readonly (readonly [RegExp, string])[] = [
  [/saml|oidc|sso_|scim/, 'idp'],
  [/two_factor/, 'mfa'],
  [/ip_allow_list/, 'ip_allow_list'],
  [/protected_branch|ruleset|required_status|branch_protection/, 'branch_protection'],
  [/secret_scanning/, 'secret_scanning'],
  [
    /dependabot|vulnerability|dependency|advanced_security|code_scanning|codeql|code_security|security_configuration|security_updates/,
    'code_security',
  ],
  [/audit_log_stream/, 'log_stream'],
  [/^hook\./, 'webhook'],
  [/oauth_app|personal_access_token|third_party_access/, 'app_access'],
  [/domain/, 'domain'],
  [/ssh_certificate/, 'ssh_certificate'],
  [/copilot|mcp_registry/, 'agent'],
  [/actions|workflow|runner/, 'actions'],
  [/(^|_)role\.|permission|members_can/, 'role'],
  [/^repo\.access|visib|forking|pages/, 'visibility'],
];

function policyKind(action: string): string {
  return POLICY_KINDS.find(([pattern]) => pattern.test(action))?.[1] ?? categoryOf(action);
}

function tamperKind(action: string): string {
  return action.includes('source_ip') ? 'source_ip' : 'log_stream';
}

const EFFECTS: readonly (readonly [RegExp, string])[] = [
  [/bypass|policy_override/, 'weakened'],
  [/\.(create|add|verify|approve|publish)(_|$)|_create$/, 'created'],
  [/\.(destroy|delete|remove)(_|$)|_delete$/, 'deleted'],
  [/(^|[._])(disable|disabled)(_|$)/, 'disabled'],
  [/(^|[._])(enable|enabled)(_|$)/, 'enabled'],
];

function effectOf(action: string, entry: Raw): string {
  // what was for few eyes is for everybody
  if (action === 'repo.access' && text(entry['visibility']) === 'public') return 'weakened';
  if (action === 'repo.pages_public' || action === 'project.visibility_public') return 'weakened';
  if (action === 'gist.visibility_change' && isPublic(entry)) return 'weakened';
  return EFFECTS.find(([pattern]) => pattern.test(action))?.[1] ?? 'changed';
}

function keyKind(action: string): string {
  switch (categoryOf(action)) {
    case 'personal_access_token':
      return 'personal_access_token';
    case 'public_key':
      return 'ssh_key';
    case 'deploy_key':
      return 'deploy_key';
    case 'gpg_key':
    case 'git_signing_ssh_public_key':
      return 'signing_key';
    default:
      return 'api_token';
  }
}

const KEY_EFFECTS: Readonly<Record<string, string>> = wordTable({
  create: 'created',
  request_created: 'created',
  generate_token: 'created',
  access_granted: 'enabled',
  verify: 'enabled',
  update: 'changed',
  regenerate: 'changed',
  credential_regenerated: 'changed',
});

/** Permissions are a list, a text, or a map of what to how far. Scopes of a token that an entry was made with are not what it grants. */
function scopesOf(entry: Raw, action: string): string | undefined {
  const own = action.startsWith('oauth_') ? (entry['token_scopes'] ?? entry['scopes']) : entry['scopes'];
  const plain = text(own);
  if (plain !== undefined && plain[0] !== '[') return plain.split(/[\s,]+/).join(' ');
  const listed = texts(own);
  if (listed.length > 0) return listed.join(' ');
  const permissions = entry['permissions_added'] ?? entry['permissions'];
  const map = object(permissions);
  if (map === undefined) {
    const some = texts(list(permissions));
    return some.length === 0 ? undefined : some.join(' ');
  }
  const found: string[] = [];
  for (const name of Object.keys(map).slice(0, 100)) {
    const level = text(map[name]);
    if (level !== undefined) found.push(`${name}:${level}`);
  }
  return found.length === 0 ? undefined : found.join(' ');
}

const FACTOR_CHANGES: Readonly<Record<string, string>> = wordTable({
  register: 'added',
  add_factor: 'added',
  enabled: 'added',
  remove: 'removed',
  remove_factor: 'removed',
  disabled: 'removed',
  update_fallback: 'changed',
  recovery_codes_regenerated: 'changed',
  recovery_codes_generated: 'changed',
});

function factorOf(action: string, entry: Raw): string | undefined {
  if (action.includes('recovery_codes')) return 'recovery_codes';
  const category = categoryOf(action);
  return category === 'passkey' || category === 'security_key' ? category : text(entry['factor_type']);
}

function exportKind(action: string): string {
  if (action.includes('audit_log')) return 'audit_log';
  if (action.startsWith('migration.')) return 'migration';
  return action.startsWith('git.') || action.startsWith('repo.') || action.startsWith('codespaces.') ? 'repository' : 'report';
}
