import type { Activity } from '../../../event/index.js';
import { formatTime, parseTime } from '../../../event/time.js';
import { wordTable } from '../../../event/word-table.js';
import type { Raw } from '../../mapped.js';
import { bool, detail, firstText, id, list, object, text, texts, word } from '../../record.js';

/** An app, file or channel by its id and name. */
export function refOf(value: unknown): { uid: string | undefined; name: string | undefined } | undefined {
  const app = object(value);
  if (app === undefined) return undefined;
  const uid = id(app['id']);
  const name = text(app['name']);
  return uid === undefined && name === undefined ? undefined : { uid, name };
}

/** The words of a list, of a text of one, or of a text with blanks or commas between. */
export function wordsOf(value: unknown): string[] {
  const plain = text(value);
  return plain !== undefined && plain[0] !== '['
    ? plain
        .slice(0, 1000)
        .split(/[\s,]+/)
        .filter((one) => one !== '')
    : texts(list(value));
}

const ROLES: Readonly<Record<string, string>> = wordTable({
  role_change_to_owner: 'owner',
  role_change_to_admin: 'admin',
  role_change_to_user: 'user',
  role_change_to_guest: 'guest',
  owner_transferred: 'owner',
  primary_owner_transferred: 'primary owner',
  service_owner_transferred: 'service owner',
  app_collaborator_added: 'app collaborator',
});
/** What Slack calls the roles that reach others' accounts, the rules of sign-in or everybody's messages. */
const PRIVILEGED =
  /^(primary owner|service owner|owner|admin|.*\b(roles|users|security|compliance|exports|audit logs|conversation) admin)$/i;

/** The details of an entry: named fields only. @param session the one that it was done in */
export function slackDetails(
  action: string,
  activity: Activity,
  entity: Raw,
  details: Raw,
  time: number | undefined,
  session: string | undefined,
): Record<string, string> | undefined {
  const about = object(entity[word(entity['type']) ?? '']);
  const name = text(about?.['name']);
  switch (activity) {
    case 'role_grant': {
      const role =
        ROLES[action] ?? text(object(entity['role'])?.['name']) ?? firstText(details['role'], details['role_name'], details['type']);
      const found = detail(detail(undefined, 'role', role), 'group', text(object(entity['usergroup'])?.['name']));
      const isPrivileged = role !== undefined && PRIVILEGED.test(role.slice(0, 100));
      const app = refOf(entity['app']);
      return detail(detail(detail(found, 'is_privileged', isPrivileged ? 'true' : undefined), 'app', app?.name), 'app_uid', app?.uid);
    }
    case 'oauth_consent': {
      const app = refOf(entity['app']);
      const scopes = scopesOf(details['new_scopes']) ?? scopesOf(object(entity['app'])?.['scopes']) ?? scopesOf(details['bot_scopes']);
      const found = detail(detail(detail(undefined, 'app', app?.name), 'app_uid', app?.uid), 'scopes', scopes);
      const told = detail(found, 'is_verified', listing(object(entity['app']), details));
      return detail(detail(told, 'kind', 'app'), 'consent_all', action.startsWith('org_app_') ? 'true' : undefined);
    }
    case 'app_credential': {
      const app = refOf(entity['app']);
      return detail(detail(detail(undefined, 'app', app?.name), 'app_uid', app?.uid), 'kind', 'secret');
    }
    case 'api_key':
      return detail(detail(undefined, 'kind', 'api_token'), 'effect', 'created');
    case 'policy_change': {
      const found = detail(detail(undefined, 'kind', policyKind(action)), 'effect', effectOf(action, details));
      const policy = action.startsWith('pref.') ? action.slice(5) : name;
      return detail(
        detail(found, 'policy', policy),
        'target',
        entity['type'] === 'workspace' || entity['type'] === 'enterprise' ? name : undefined,
      );
    }
    case 'audit_tamper':
      return detail(detail(undefined, 'kind', action.startsWith('ekm') ? 'key_log' : 'retention'), 'effect', 'changed');
    case 'data_export':
      return detail(detail(undefined, 'kind', exportKind(action)), 'target', name);
    case 'credential_change':
      return detail(undefined, 'change', 'email');
    case 'recovery':
      return detail(undefined, 'change', 'password');
    case 'vendor_risk': {
      const acted = parseTime(details['action_timestamp']);
      const found = detail(undefined, 'activity_time', acted === undefined || acted === time ? undefined : formatTime(acted));
      return detail(found, 'target', entity['type'] === 'user' ? undefined : name);
    }
    case 'session_revoke':
      return ENDS_ONE.has(action) ? oneSession(id(details['session_id']) ?? session) : undefined;
    case 'session_use':
      return detail(detail(undefined, 'target', name), 'is_public', /public_link_(created|enabled)$/.test(action) ? 'true' : undefined);
    case 'other':
      return detail(undefined, 'target', name);
    default:
      return undefined;
  }
}

/** Slack looks at an app before its directory lists it. One that the organisation made for itself is in none, and nobody`s business. */
function listing(app: Raw | undefined, details: Raw): string | undefined {
  if (bool(details['is_internal_integration']) === true) return undefined;
  const isListed = bool(app?.['is_directory_approved']);
  return isListed === undefined ? undefined : String(isListed);
}

const ENDS_ONE: ReadonlySet<string> = new Set(['user_session_invalidated', 'user_logout_non_compliant_mobile_app_version']);

/** These end one session and leave the others, whether or not Slack says which one it was. */
function oneSession(session: string | undefined): Record<string, string> | undefined {
  return detail(detail(undefined, 'session', session), 'scope', 'session');
}

function scopesOf(value: unknown): string | undefined {
  const scopes = wordsOf(value);
  return scopes.length === 0 ? undefined : scopes.join(' ');
}

const POLICY_KINDS: readonly (readonly [RegExp, string])[] = [
  [/two_factor/, 'mfa'],
  [/sso|idp_|sign_in_with/, 'idp'],
  [/session/, 'session'],
  [/ip_range|unapproved_ip|browser|mobile|desktop|device|intune/, 'device'],
  [/^ekm/, 'encryption'],
  [/dlp/, 'dlp'],
  [/legal_hold/, 'legal_hold'],
  [/barrier/, 'information_barrier'],
  [/retention/, 'retention'],
  [/domain|verified/, 'domain'],
  [/app_|whitelist|allowlist/, 'app_access'],
  [/export/, 'export'],
  [/shared|slack_connect|approved_orgs|converted_to_public|public_file/, 'sharing'],
  [/^role_|who_can|only_admins|guest|permission/, 'role'],
];

function policyKind(action: string): string {
  return POLICY_KINDS.find(([pattern]) => pattern.test(action))?.[1] ?? 'preference';
}

const EFFECTS: readonly (readonly [RegExp, string])[] = [
  [/converted_to_public|exclusion_added/, 'weakened'],
  [/_(created|added|approved)$/, 'created'],
  [/_(deleted|removed|released)$/, 'deleted'],
  [/_(disabled|unenrolled|deactivated|unverified)$/, 'disabled'],
  [/_(enabled|enrolled|reactivated|activated|verified)$/, 'enabled'],
];

/** A preference that was on and is off asks for less; where the new value says no more, it was changed. */
function effectOf(action: string, details: Raw): string {
  const now = word(text(details['new_value']));
  if (action === 'pref.two_factor_auth_changed' || action === 'pref.sso_setting_changed') {
    if (now === 'false' || now === 'off' || now === 'disabled' || details['new_value'] === false) return 'disabled';
    if (now === 'true' || now === 'on' || now === 'enabled' || details['new_value'] === true) return 'enabled';
  }
  return EFFECTS.find(([pattern]) => pattern.test(action))?.[1] ?? 'changed';
}

function exportKind(action: string): string {
  if (action.startsWith('file_')) return 'file';
  if (action.startsWith('canvas_')) return 'canvas';
  if (action.startsWith('audit_logs_')) return 'audit_log';
  return /analytics|csv/.test(action) ? 'report' : 'workspace';
}
