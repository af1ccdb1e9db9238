import type { Activity, EventStatus, PrincipalType } from '../../event/index.js';
import { parseTime } from '../../event/time.js';
import { wordTable } from '../../event/word-table.js';
import type { Mapped, MappedPrincipal, Mapper, Raw, SourceKeys } from '../mapped.js';
import { cleanAction, detail, id, isAddress, list, object, text, word } from '../record.js';
import { samePrincipal } from '../same-principal.js';
import { ACTS_ON_PEOPLE, actionTable, effectOf } from './action-table.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'audit',
    title: 'Asana audit log',
    address: ['context.client_ip_address'],
    user_agent: ['context.user_agent'],
    note: 'No session and no token is logged; an app is known by its name.',
  },
];

const activityOf = actionTable(
  {
    sign_in: ['user_login_succeeded', 'user_login_failed'],
    sign_out: ['user_logged_out'],
    session_revoke: ['user_deprovisioned', 'user_sessions_revoked', 'workspace_all_users_logged_out'],
    credential_change: ['user_password_changed', 'user_email_changed', 'workspace_force_password_reset'],
    // the link was asked for: see statusOf
    recovery: ['user_password_reset', 'user_forgot_password_started'],
    mfa_change: ['user_two_factor_auth_enabled', 'user_two_factor_auth_disabled'],
    oauth_consent: ['user_app_authorized', 'team_harvest_integration_enabled'],
    // a service account is made with a token
    api_key: ['user_personal_access_token_authorized', 'service_account_created', 'service_account_token_created'],
    role_grant: ['user_workspace_admin_role_changed', 'user_division_admin_role_changed'],
    policy_change: [
      'team_privacy_settings_changed',
      'custom_role_created',
      'custom_role_updated',
      'custom_role_deleted',
      'role_permission_changed',
    ],
    data_export: ['attachment_downloaded'],
    session_use: ['project_share_link_enabled', 'project_view_link_enabled', 'project_privacy_settings_changed', 'attachment_uploaded'],
    other: ['workspace_announcement_created', 'workspace_announcement_removed', 'team_harvest_integration_disabled'],
  },
  [
    [/_export_(?:started|completed|created|requested)$|_exported$|_downloaded$/, 'data_export'],
    [/login_(?:succeeded|failed)$|_2fa_failed$/, 'sign_in'],
    [/^user_.*(?:sessions?_(?:terminated|revoked|ended|reset)|logged_out_of_all)/, 'session_revoke'],
    [/^user_.*(?:reset_password|password_reset|forgot_password)/, 'recovery'],
    [/^user_.*email.*_(?:changed|updated)$/, 'credential_change'],
    [/^user_.*(?:two_factor|multi_factor|_mfa_)/, 'mfa_change'],
    [/admin_role_changed$|_role_(?:granted|assigned)$|_admin_added$/, 'role_grant'],
    [/token_(?:authorized|created|generated|rotated|reset)$/, 'api_key'],
    [/app_(?:authorized|installed|approved)$|integration_enabled$/, 'oauth_consent'],
    [/^(?:workspace|domain|division|scim)_(?:.*_)?(?:changed|enabled|disabled|added|removed|updated)$/, 'policy_change'],
    // use of what the workspace is for
    [/^(?:task|project|portfolio|goal|attachment|section|story|message|comment|template)_/, 'session_use'],
  ],
);

/**
 * Audit log of Asana. Some records name the workspace and some another object, so none decides what the organisation is called.
 * @param account name of the organisation
 */
export function createAsanaMapper(account = 'default'): Mapper {
  return {
    vendor: 'asana',
    keys: KEYS,
    recognises: (record) =>
      typeof record['event_type'] === 'string' &&
      typeof record['event_category'] === 'string' &&
      record['gid'] !== undefined &&
      typeof record['actor'] === 'object',
    map: (record) => [mapEvent(record, account)],
  };
}

function statusOf(action: string): EventStatus {
  if (/_failed$|_denied$/.test(action)) return 'failure';
  // nothing is reset before the link is used
  return /forgot_password|_requested$/.test(action) && activityOf(action) === 'recovery' ? 'interrupted' : 'success';
}

/** Where a person sits in front of Asana itself; `api` and `email` are servers. */
const FIRST_PARTY = new Set(['web', 'desktop', 'mobile']);

function mapEvent(record: Raw, account: string): Mapped {
  const actor = object(record['actor']) ?? {};
  const context = object(record['context']) ?? {};
  const resource = object(record['resource']) ?? {};
  const details = object(record['details']) ?? {};
  const action = cleanAction(text(record['event_type']) ?? 'unknown');
  let activity = activityOf(action);
  const role = text(details['new_value']) ?? text(details['role']);
  if (activity === 'role_grant' && role !== undefined && ORDINARY.test(role)) activity = 'other';
  const status = statusOf(action);
  const principal = principalOf(actor, context);
  const ip = text(context['client_ip_address']);
  const app = text(context['oauth_app_name']);
  const isPerson = text(resource['resource_type']) === 'user';
  return {
    vendor: 'asana',
    product: 'audit',
    account,
    id: id(record['gid']),
    time: parseTime(record['created_at']),
    action,
    activity,
    status,
    status_detail: text(details['error']) ?? text(details['reason']),
    is_presence:
      principal.type === 'human' && status === 'success' && ip !== undefined && FIRST_PARTY.has(word(context['context_type']) ?? ''),
    principal,
    targets: isPerson && ACTS_ON_PEOPLE.has(activity) && !action.startsWith('service_account') ? targetsOf(resource, principal) : undefined,
    client: app === undefined ? undefined : { name: app },
    resource: isPerson ? undefined : { uid: id(resource['gid']), name: text(resource['name']) },
    auth: authOf(activity, details),
    details: detailsOf(activity, action, resource, details, role),
    ip,
    user_agent: text(context['user_agent']),
  };
}

/** What a person's role falls back to: nothing was given. */
const ORDINARY = /^(?:member|user|guest|none|no_access|false|limited.*)$/i;

const TYPES: Readonly<Record<string, PrincipalType>> = wordTable({
  user: 'human',
  external_administrator: 'human',
  asana: 'system',
  asana_support: 'system',
  service_account: 'service',
  app: 'service',
  ai: 'agent',
});

function principalOf(actor: Raw, context: Raw): MappedPrincipal {
  const email = text(actor['email']);
  const isService = word(context['api_authentication_method']) === 'service_account';
  return {
    type: isService ? 'service' : (TYPES[word(actor['actor_type']) ?? ''] ?? 'unknown'),
    uid: id(actor['gid']),
    email: !isService && email !== undefined && isAddress(email) ? email : undefined,
    name: text(actor['name']),
  };
}

function targetsOf(resource: Raw, actor: MappedPrincipal): MappedPrincipal[] | undefined {
  const email = text(resource['email']);
  const target: MappedPrincipal = {
    type: 'human',
    uid: id(resource['gid']),
    email: email !== undefined && isAddress(email) ? email : undefined,
    name: text(resource['name']),
  };
  if ((target.uid === undefined && target.email === undefined) || samePrincipal(target, actor)) return undefined;
  return [target];
}

function authOf(activity: Activity, details: Raw): Mapped['auth'] {
  if (activity !== 'sign_in') return undefined;
  const method = word(text(list(details['method'])[0]) ?? text(details['method']));
  return method === undefined ? undefined : { protocol: method === 'saml' ? 'saml20' : undefined, method };
}

function detailsOf(activity: Activity, action: string, resource: Raw, details: Raw, role: string | undefined): Mapped['details'] {
  const name = text(resource['name']);
  switch (activity) {
    case 'role_grant':
      return role === undefined
        ? undefined
        : detail(detail(undefined, 'role', role), 'is_privileged', /admin/i.test(role) ? 'true' : undefined);
    case 'policy_change':
      return detail(detail(detail(undefined, 'policy', action), 'kind', policyKind(action)), 'effect', effectFrom(action, details));
    case 'mfa_change':
      return detail(undefined, 'change', action.endsWith('disabled') ? 'removed' : 'added');
    case 'api_key': {
      const made = detail(undefined, 'kind', action.startsWith('service_account') ? 'service_account' : 'personal_access_token');
      return detail(
        detail(made, 'effect', 'created'),
        'key_name',
        text(details['name']) ?? (action.startsWith('service') ? name : undefined),
      );
    }
    case 'oauth_consent':
      return detail(undefined, 'app', text(details['app_name']) ?? text(details['name']));
    case 'data_export':
      return detail(detail(undefined, 'kind', action === 'attachment_downloaded' ? 'file' : 'report'), 'target', name);
    case 'session_use':
      if (action.endsWith('link_enabled')) return detail(detail(detail(undefined, 'sharing', 'link'), 'is_public', 'true'), 'target', name);
      return detail(detail(undefined, 'sharing', text(details['new_value'])), 'target', name);
    case 'recovery':
      return detail(undefined, 'change', 'password');
    default:
      return undefined;
  }
}

/** Values of a setting that ask for less than others. */
const WEAK = /^(?:off|optional|simple|none|disabled|false|everyone|anyone|public)$/i;

function effectFrom(action: string, details: Raw): string {
  const before = text(details['old_value']);
  const now = text(details['new_value']) ?? word(details['new_value']);
  if (now !== undefined && WEAK.test(now) && action.endsWith('_changed') && (before === undefined || !WEAK.test(before))) return 'weakened';
  return effectOf(action);
}

function policyKind(action: string): string | undefined {
  if (action.endsWith('_privacy_settings_changed')) return 'visibility';
  if (/_sso_|saml/.test(action)) return 'federation';
  if (/two_factor/.test(action)) return 'mfa';
  if (/password/.test(action)) return 'password';
  if (/email_domain|trusted_domain/.test(action)) return 'domain';
  if (/ip_allowlist|ip_range/.test(action)) return 'zone';
  if (/session_duration/.test(action)) return 'session';
  return /app_approval|app_admin|access_token/.test(action) ? 'app' : undefined;
}
