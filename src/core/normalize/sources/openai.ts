import type { Activity, EventStatus } from '../../event/index.js';
import { parseTime } from '../../event/time.js';
import type { Mapped, MappedPrincipal, Mapper, Raw, SourceKeys } from '../mapped.js';
import { cleanAction, clip, detail, id, isAddress, object, text, texts } from '../record.js';
import { samePrincipal } from '../same-principal.js';
import { ACTS_ON_PEOPLE, actionTable, effectOf } from './action-table.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'audit',
    title: 'OpenAI audit log',
    token: ['actor.api_key.id'],
    address: ['actor.session.ip_address'],
    user_agent: ['actor.session.user_agent'],
    note: 'No session id is logged, and of a key neither address nor client: an event of one names the key by its tracking id.',
  },
];

const activityOf = actionTable(
  {
    sign_in: ['login.succeeded', 'login.failed'],
    sign_out: ['logout.succeeded', 'logout.failed'],
    session_revoke: ['user.deleted'],
    // a service account is made with a key
    api_key: ['api_key.created', 'api_key.updated', 'service_account.created'],
    role_grant: ['role.assignment.created', 'role.bound_to_resource', 'user.added', 'user.updated', 'checkpoint.permission.created'],
    policy_change: ['organization.updated', 'role.created', 'role.updated', 'role.deleted', 'role.unbound_from_resource'],
    other: ['service_account.updated', 'service_account.deleted', 'api_key.deleted', 'role.assignment.deleted'],
  },
  [
    [/^(?:login|mfa)\./, 'sign_in'],
    [/^logout\./, 'sign_out'],
    [/^(?:api_key|.*_key|.*token)\.created$/, 'api_key'],
    [
      /^(?:ip_allowlist|scim|sso|saml|domain|certificates?|external_key|tunnel|workload_identity\w*|.*policy|.*settings)\./,
      'policy_change',
    ],
    [/^(?:connector|integration|app|oauth\w*|mcp\w*)\.(?:created|added|installed|authorized|connected|enabled)/, 'oauth_consent'],
    [/export(?:ed)?\b/, 'data_export'],
  ],
);

/** Audit log of the OpenAI platform. The organisation is not in its records. @param account name of the organisation */
export function createOpenaiMapper(account = 'default'): Mapper {
  return {
    vendor: 'openai',
    keys: KEYS,
    recognises: (record) => {
      if (record['effective_at'] === undefined || typeof record['type'] !== 'string') return false;
      return typeof record['actor'] === 'object' || record['object'] === 'organization.audit_log';
    },
    map: (record) => [mapEvent(record, account)],
  };
}

/** `t13d1516h2_8daaf6152771_b186095e22b6` is one; what is longer is none. */
const LONGEST_JA4 = 64;

function mapEvent(record: Raw, account: string): Mapped {
  const actor = object(record['actor']) ?? {};
  const session = object(actor['session']) ?? {};
  const key = object(actor['api_key']);
  const action = cleanAction(text(record['type']) ?? 'unknown');
  const payload = object(record[action]) ?? object(record[action.replaceAll('.', '_')]) ?? {};
  const role = roleOf(action, payload);
  let activity = activityOf(action);
  // a change of a person that names no role gives none
  if (action.startsWith('user.') && activity === 'role_grant' && role === undefined) activity = 'other';
  const status: EventStatus = action.endsWith('.failed') ? 'failure' : 'success';
  const principal = principalOf(key, session);
  const targets = ACTS_ON_PEOPLE.has(activity) ? targetsOf(action, payload, principal) : undefined;
  // somebody who is not named was taken out: that must not end the sessions of who did it
  if (activity === 'session_revoke' && targets === undefined && id(payload['id']) === undefined) activity = 'other';
  const ip = text(session['ip_address']);
  const ja4 = text(session['ja4']);
  const keyUid = id(key?.['id']);
  return {
    vendor: 'openai',
    product: 'audit',
    account,
    id: id(record['id']),
    time: parseTime(record['effective_at']),
    time_precision_ms: 1000,
    action,
    activity,
    status,
    status_detail: text(payload['error_code']) ?? text(payload['error_message']),
    is_presence: principal.type === 'human' && key === undefined && status === 'success' && ip !== undefined,
    principal,
    targets,
    token: keyUid === undefined ? undefined : { uid: keyUid, kind: 'api_key' },
    resource: projectOf(record['project']),
    details: detailsOf(activity, action, payload, role),
    ja4: ja4 !== undefined && ja4.length <= LONGEST_JA4 ? ja4 : undefined,
    ip,
    user_agent: text(session['user_agent']),
  };
}

/** Who holds a key acts through it: a person`s key is a credential of the person, a service account is somebody else. */
function principalOf(key: Raw | undefined, session: Raw): MappedPrincipal {
  const service = object(key?.['service_account']);
  if (key !== undefined && (service !== undefined || key['type'] === 'service_account')) {
    return { type: 'service', uid: id(service?.['id']) ?? id(key['id']), name: text(service?.['name']) };
  }
  const user = object(key?.['user']) ?? object(session['user']);
  const email = text(user?.['email']);
  const uid = id(user?.['id']);
  if (uid === undefined && email === undefined) return key === undefined ? { type: 'unknown' } : { type: 'service', uid: id(key['id']) };
  return { type: 'human', uid, email: email !== undefined && isAddress(email) ? email : undefined, name: text(user?.['name']) };
}

function projectOf(value: unknown): Mapped['resource'] {
  const project = object(value);
  return project === undefined ? undefined : { uid: id(project['id']), name: text(project['name']) };
}

/** A role assignment's id names the role: `role_assignment_role-<role>__<resource type>__<resource>_<principal>`. */
const ASSIGNED = /^role_assignment_role-(.+?)__/;

function roleOf(action: string, payload: Raw): string | undefined {
  const data = object(payload['data']) ?? object(payload['changes_requested']);
  const named = text(payload['role_id']) ?? text(payload['role']) ?? text(data?.['role']) ?? text(data?.['role_id']);
  if (named !== undefined || !action.startsWith('role.assignment')) return named;
  return ASSIGNED.exec(clip(text(payload['id']) ?? '', 300))?.[1];
}

function targetsOf(action: string, payload: Raw, actor: MappedPrincipal): MappedPrincipal[] | undefined {
  const isUser = action.startsWith('user.');
  const kind = text(payload['principal_type']);
  if (!isUser && kind !== undefined && kind !== 'user' && kind !== 'service_account') return undefined;
  const uid = isUser ? id(payload['id']) : id(payload['principal_id']);
  if (uid === undefined) return undefined;
  const target: MappedPrincipal = { type: kind === 'service_account' ? 'service' : 'human', uid };
  return samePrincipal(target, actor) ? undefined : [target];
}

const PRIVILEGED = /owner|admin/i;

function detailsOf(activity: Activity, action: string, payload: Raw, role: string | undefined): Mapped['details'] {
  switch (activity) {
    case 'role_grant': {
      const group = payload['principal_type'] === 'group' ? id(payload['principal_id']) : undefined;
      const details = detail(detail(detail(undefined, 'role', role), 'target', id(payload['resource_id'])), 'group', group);
      return role === undefined ? details : detail(details, 'is_privileged', PRIVILEGED.test(role) ? 'true' : undefined);
    }
    case 'api_key': {
      const data = object(payload['data']) ?? object(payload['changes_requested']);
      const isService = action.startsWith('service_account');
      const details = detail(
        detail(detail(undefined, 'kind', isService ? 'service_account' : 'api_key'), 'effect', effectOf(action)),
        'key_uid',
        isService ? undefined : id(payload['id']),
      );
      const scopes = texts(data?.['scopes']);
      const named = detail(details, 'key_name', text(data?.['name']) ?? text(data?.['title']));
      return scopes.length === 0 ? named : detail(named, 'scopes', scopes.join(' '));
    }
    case 'policy_change': {
      const first = object(Array.isArray(payload['configs']) ? payload['configs'][0] : undefined);
      const name = text(payload['name']) ?? text(payload['role_name']) ?? text(first?.['name']);
      return detail(detail(detail(undefined, 'kind', policyKind(action)), 'effect', effectOf(action)), 'policy', name);
    }
    default:
      return undefined;
  }
}

function policyKind(action: string): string {
  const subject = action.slice(0, Math.max(action.indexOf('.'), 0));
  if (subject === 'ip_allowlist') return 'zone';
  if (subject === 'scim') return 'provisioning';
  return subject;
}
