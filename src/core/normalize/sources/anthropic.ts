import type { Activity, EventStatus } from '../../event/index.js';
import { parseTime } from '../../event/time.js';
import type { Mapped, MappedPrincipal, Mapper, Raw, SourceKeys } from '../mapped.js';
import { bool, cleanAction, detail, id, isAddress, list, object, text, texts } from '../record.js';
import { samePrincipal } from '../same-principal.js';
import { ACTS_ON_PEOPLE, effectOf } from './action-table.js';
import { anthropicActivity } from './anthropic-activities.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'activity',
    title: 'Anthropic compliance activity feed',
    token: ['actor.api_key_id', 'actor.admin_api_key_id'],
    address: ['actor.ip_address'],
    user_agent: ['actor.user_agent'],
    note: 'No session is logged. Calls with a key name it by its id.',
  },
];

/** Activity feed of Anthropic's Compliance API. @param account used where a record names no organisation */
export function createAnthropicMapper(account = 'default'): Mapper {
  return {
    vendor: 'anthropic',
    keys: KEYS,
    recognises: (record) => {
      const { type, actor } = record;
      if (typeof type !== 'string' || record['created_at'] === undefined || typeof actor !== 'object' || actor === null) return false;
      const kind = (actor as Raw)['type'];
      return typeof kind === 'string' && kind.endsWith('_actor');
    },
    map: (record) => [mapActivity(record, account)],
  };
}

function mapActivity(record: Raw, account: string): Mapped {
  const actor = object(record['actor']) ?? {};
  const action = cleanAction(text(record['type']) ?? 'unknown');
  const principal = principalOf(actor);
  const said = statusOf(action);
  // whoever typed the address has shown nothing yet
  const status = said === 'unknown' && actor['type'] === UNAUTHENTICATED ? 'interrupted' : said;
  const named = anthropicActivity(action);
  const ended = named === 'other' && KEY_GONE.test(action) ? keyOf(record) : undefined;
  const targets = ended !== undefined ? keyTarget(ended, principal) : ACTS_ON_PEOPLE.has(named) ? targetsOf(record, principal) : undefined;
  // somebody who is not named was taken out: that must not end the sessions of who did it
  const activity = named === 'session_revoke' && targets === undefined && action !== 'session_revoked' ? 'other' : named;
  const key = id(actor['api_key_id']) ?? id(actor['admin_api_key_id']);
  const ip = text(actor['ip_address']);
  const method = activity === 'sign_in' ? /^(sso|magic_link|social)_/.exec(action)?.[1] : undefined;
  return {
    vendor: 'anthropic',
    product: 'activity',
    account: id(record['organization_id']) ?? id(record['organization_uuid']) ?? account,
    id: id(record['id']),
    time: parseTime(record['created_at']),
    action,
    activity,
    status,
    status_detail: text(record['error_code']) ?? text(record['failure_reason']),
    is_presence: principal.type === 'human' && status === 'success' && ip !== undefined,
    principal,
    targets,
    resource: activity === 'session_use' ? resourceOf(record) : undefined,
    token: key === undefined ? undefined : { uid: key, kind: 'api_key' },
    auth: method === undefined ? undefined : { method },
    details:
      ended === undefined ? detailsOf(activity, action, record) : detail(detail(undefined, 'effect', effectOf(action)), 'key_uid', ended),
    ip,
    user_agent: text(actor['user_agent']),
  };
}

/** There is no field for it: the name of the act says how it went. */
function statusOf(action: string): EventStatus {
  if (/_(?:failed|blocked|invalid)$/.test(action)) return 'failure';
  // a sign-in that has begun, a code that is on its way
  if (/_login_initiated$|_code_sent$|^user_(?:requested_magic_link|sent_phone_code)$|launch_initiated$/.test(action)) return 'interrupted';
  return action.endsWith('_attempted') || action.startsWith('user_attempted_') ? 'unknown' : 'success';
}

const UNAUTHENTICATED = 'unauthenticated_user_actor';

function principalOf(actor: Raw): MappedPrincipal {
  const email = text(actor['email_address']);
  const address = email !== undefined && isAddress(email) ? email : undefined;
  switch (actor['type']) {
    case 'user_actor':
      return { type: 'human', uid: id(actor['user_id']), email: address, name: text(actor['name']) };
    case UNAUTHENTICATED: {
      // typed by whom nobody knows yet
      const typed = text(actor['unauthenticated_email_address']);
      return { type: 'unknown', email: typed !== undefined && isAddress(typed) ? typed : undefined };
    }
    case 'api_actor':
    case 'admin_api_key_actor':
      return { type: 'service', uid: id(actor['api_key_id']) ?? id(actor['admin_api_key_id']), name: text(actor['api_key_name']) };
    case 'scim_directory_sync_actor':
      return { type: 'system', uid: id(actor['directory_id']), name: 'directory sync' };
    case 'anthropic_actor':
    case 'system_actor':
      return { type: 'system', name: text(actor['service']) ?? 'anthropic' };
    default: {
      const kind = String(actor['type']);
      return {
        type: /agent/.test(kind) ? 'agent' : /service|workload|federat|key/.test(kind) ? 'service' : 'unknown',
        uid: id(actor['user_id']) ?? id(actor['service_account_id']) ?? id(actor['id']),
        email: address,
        name: text(actor['name']),
      };
    }
  }
}

const KEY_GONE = /_key_(?:deleted|revoked|disabled|archived|expired)$/;

function keyOf(record: Raw): string | undefined {
  return id(record['api_key_id']) ?? id(record['admin_api_key_id']) ?? id(record['scoped_api_key_id']) ?? id(record['service_key_id']);
}

/** Who calls with a key is known by the key alone. */
function keyTarget(uid: string, actor: MappedPrincipal): MappedPrincipal[] | undefined {
  return actor.uid === uid ? undefined : [{ type: 'service', uid }];
}

/** Fields that name the one it was done to; which one depends on the act. */
const TARGET_IDS = ['target_user_id', 'deleted_user_id', 'new_owner_user_id', 'assigned_user_id', 'member_id', 'user_id'] as const;
const TARGET_EMAILS = ['target_user_email', 'deleted_user_email', 'new_owner_email', 'user_email', 'email_address'] as const;

function targetsOf(record: Raw, actor: MappedPrincipal): MappedPrincipal[] | undefined {
  const kind = text(record['target_type']);
  let uid = kind === undefined || /member|user|account/.test(kind) ? id(record['target_id']) : undefined;
  for (const name of TARGET_IDS) uid ??= id(record[name]);
  let email: string | undefined;
  for (const name of TARGET_EMAILS) email ??= text(record[name]);
  if (email !== undefined && !isAddress(email)) email = undefined;
  if (uid === undefined && email === undefined) return undefined;
  const target: MappedPrincipal = { type: kind?.includes('service') ? 'service' : 'human', uid, email };
  return samePrincipal(target, actor) ? undefined : [target];
}

const PRIVILEGED = /owner|admin/i;

function detailsOf(activity: Activity, action: string, record: Raw): Mapped['details'] {
  switch (activity) {
    case 'role_grant': {
      const role = text(record['role']) ?? text(record['new_role']) ?? text(record['role_name']) ?? text(record['role_id']);
      const named = role ?? (action === 'primary_owner_transferred' ? 'primary_owner' : undefined);
      const details = detail(detail(undefined, 'role', named), 'target', id(record['resource_id']) ?? id(record['workspace_id']));
      return named === undefined ? details : detail(details, 'is_privileged', PRIVILEGED.test(named) ? 'true' : undefined);
    }
    case 'api_key': {
      const uid = keyOf(record);
      const name = text(record['api_key_name']) ?? text(record['service_key_name']) ?? text(record['service_name']) ?? text(record['name']);
      const details = detail(detail(detail(undefined, 'effect', effectOf(action)), 'key_uid', uid), 'key_name', name);
      const scopes = texts(record['scopes']);
      return scopes.length === 0 ? details : detail(details, 'scopes', scopes.join(' '));
    }
    case 'policy_change':
      return detail(detail(undefined, 'kind', policyKind(action)), 'effect', toggled(record) ?? effectOf(action));
    case 'oauth_consent':
      return detail(
        detail(undefined, 'app', text(record['mcp_server_name']) ?? text(record['integration_type']) ?? text(record['name'])),
        'app_uid',
        id(record['mcp_server_id']) ?? id(record['integration_id']),
      );
    case 'data_export':
      return detail(undefined, 'kind', action.startsWith('audit_log') ? 'audit_log' : text(record['export_type']));
    case 'session_revoke':
      return action === 'session_revoked'
        ? detail(detail(undefined, 'scope', 'session'), 'session', id(record['session_id']) ?? id(record['revoked_session_id']))
        : undefined;
    case 'session_use': {
      const audience = list(record['audience']).map((one) => text(object(one)?.['type']));
      const isPublic = SHARES.test(action) && audience.some((type) => type === 'public' || type === 'anyone');
      return detail(detail(undefined, 'sharing', audience[0]), 'is_public', isPublic ? 'true' : undefined);
    }
    default:
      return undefined;
  }
}

/** Artifacts, chats, projects, sessions and files each have a member of their own for their id. */
const ITEMS = ['claude_artifact_id', 'claude_chat_id', 'claude_project_id', 'session_share_id', 'claude_file_id'] as const;

function resourceOf(record: Raw): Mapped['resource'] {
  for (const key of ITEMS) {
    const uid = id(record[key]);
    if (uid !== undefined) return { uid };
  }
  return undefined;
}

/** What opens a chat, an artifact or a project to others; whoever looks at one that is open names its audience, too. */
const SHARES = /shar(?:e|ed|ing)(?:_|$)(?!accessed|viewed)|visibility/;

function toggled(record: Raw): string | undefined {
  const on = bool(record['is_enabled']) ?? bool(record['enabled']) ?? bool(record['sso_enforced']);
  return on === undefined ? undefined : on ? 'enabled' : 'disabled';
}

function policyKind(action: string): string | undefined {
  if (/_sso_|federation/.test(action)) return 'federation';
  if (/second_factor/.test(action)) return 'mfa';
  if (/ip_restriction/.test(action)) return 'zone';
  if (/domain/.test(action)) return 'domain';
  if (/directory|jit/.test(action)) return 'provisioning';
  return /rbac/.test(action) ? 'role' : undefined;
}
