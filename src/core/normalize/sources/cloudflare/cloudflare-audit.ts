import type { Activity, EventStatus, PrincipalType } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import { wordTable } from '../../../event/word-table.js';
import type { Mapped, MappedPrincipal, Raw } from '../../mapped.js';
import { bool, cleanAction, clip, detail, id, isAddress, object, text, word } from '../../record.js';
import { ACTS_ON_PEOPLE, effectOf } from '../action-table.js';
import { cloudflareActivity } from './cloudflare-actions.js';

/** An entry of the account's audit log, whichever of its four spellings it came in. */
interface Entry {
  id: unknown;
  account: unknown;
  time: unknown;
  action: unknown;
  result: unknown;
  actor: { type: unknown; id: unknown; email: unknown; ip: unknown; token: unknown; context: unknown };
  resource: { type: unknown; id: unknown };
  metadata: Raw;
  agent: unknown;
}

function fromLogpush(record: Raw): Entry {
  return {
    id: record['ID'],
    account: record['OwnerID'],
    time: record['When'],
    action: record['ActionType'],
    result: record['ActionResult'],
    actor: {
      type: record['ActorType'],
      id: record['ActorID'],
      email: record['ActorEmail'],
      ip: record['ActorIP'],
      token: undefined,
      context: record['Interface'],
    },
    resource: { type: record['ResourceType'], id: record['ResourceID'] },
    metadata: object(record['Metadata']) ?? {},
    agent: undefined,
  };
}

function fromLogpushV2(record: Raw): Entry {
  return {
    id: record['AuditLogID'],
    account: record['AccountID'],
    time: record['ActionTimestamp'],
    action: record['ActionType'],
    result: record['ActionResult'],
    actor: {
      type: record['ActorType'],
      id: record['ActorID'],
      email: record['ActorEmail'],
      ip: record['ActorIPAddress'],
      token: record['ActorTokenID'],
      context: record['ActorContext'],
    },
    resource: { type: record['ResourceType'] ?? record['ResourceProduct'], id: record['ResourceID'] },
    metadata: {},
    agent: object(record['Raw'])?.['user_agent'],
  };
}

function fromApi(record: Raw): Entry {
  const action = object(record['action']) ?? {};
  const actor = object(record['actor']) ?? {};
  const resource = object(record['resource']) ?? {};
  return {
    id: record['id'],
    account: object(record['owner'])?.['id'],
    time: record['when'],
    action: action['type'],
    result: action['result'],
    actor: { type: actor['type'], id: actor['id'], email: actor['email'], ip: actor['ip'], token: undefined, context: record['interface'] },
    resource: { type: resource['type'], id: resource['id'] },
    metadata: object(record['metadata']) ?? {},
    agent: undefined,
  };
}

function fromApiV2(record: Raw): Entry {
  const action = object(record['action']) ?? {};
  const actor = object(record['actor']) ?? {};
  const resource = object(record['resource']) ?? {};
  return {
    id: record['id'],
    account: object(record['account'])?.['id'],
    time: action['time'],
    action: action['type'],
    result: action['result'],
    actor: {
      type: actor['type'],
      id: actor['id'],
      email: actor['email'],
      ip: actor['ip_address'],
      token: actor['token_id'],
      context: actor['context'],
    },
    resource: { type: resource['type'] ?? resource['product'], id: resource['id'] },
    metadata: {},
    agent: object(record['raw'])?.['user_agent'],
  };
}

const ACTORS: Readonly<Record<string, PrincipalType>> = wordTable({
  user: 'human',
  admin: 'system',
  cloudflare_admin: 'system',
  system: 'system',
  account: 'service',
  token: 'service',
});

/** The four spellings of the account's audit log: two versions, each as Logpush pushes it and as the API answers. */
export type AuditShape = 'audit' | 'audit_v2' | 'audit_api' | 'audit_v2_api';

const ENTRIES: Readonly<Record<AuditShape, (record: Raw) => Entry>> = {
  audit: fromLogpush,
  audit_v2: fromLogpushV2,
  audit_api: fromApi,
  audit_v2_api: fromApiV2,
};

export function mapAudit(record: Raw, shape: AuditShape, account: string): Mapped {
  const entry = ENTRIES[shape](record);
  const action = cleanAction(text(entry.action) ?? 'unknown');
  const resource = text(entry.resource.type) ?? '';
  const activity = cloudflareActivity(`${spelled(resource)} ${spelled(action)}`);
  const said = bool(entry.result);
  const result = word(entry.result);
  const status: EventStatus =
    said === true || result === 'success'
      ? 'success'
      : said === false || (result !== undefined && /fail|denied|error/.test(result))
        ? 'failure'
        : 'unknown';
  const email = text(entry.actor.email);
  const type = ACTORS[word(entry.actor.type) ?? ''] ?? 'unknown';
  const principal: MappedPrincipal = {
    type,
    uid: id(entry.actor.id),
    email: email !== undefined && isAddress(email) ? email : undefined,
    name: type === 'system' ? 'cloudflare' : undefined,
  };
  const targets = ACTS_ON_PEOPLE.has(activity) ? memberOf(entry.metadata, principal) : undefined;
  let details = auditDetails(activity, action, resource, entry);
  // a member who is known by a number only: that must not end the sessions of who did it
  if (activity === 'session_revoke' && targets === undefined) details = detail(details, 'acts_on', id(entry.resource.id));
  const token = id(entry.actor.token);
  const ip = text(entry.actor.ip);
  const isByHand = token === undefined && !/api|token|oauth/.test(word(entry.actor.context) ?? '');
  return {
    vendor: 'cloudflare',
    product: 'audit',
    account: id(entry.account) ?? account,
    id: id(entry.id),
    time: parseTime(entry.time),
    action,
    activity,
    status,
    is_presence: type === 'human' && status === 'success' && ip !== undefined && isByHand,
    principal,
    targets,
    token: token === undefined ? undefined : { uid: token, kind: 'api_token' },
    resource: resource === '' ? undefined : { uid: id(entry.resource.id), name: resource },
    details,
    ip,
    user_agent: text(entry.agent),
  };
}

function spelled(name: string): string {
  return clip(name, 100)
    .toLowerCase()
    .replace(/[\s.:/-]+/g, '_');
}

function memberOf(metadata: Raw, actor: MappedPrincipal): MappedPrincipal[] | undefined {
  const email =
    text(metadata['member_email']) ?? text(metadata['user_email']) ?? text(metadata['email']) ?? text(metadata['invited_email']);
  if (email === undefined || !isAddress(email) || email.toLowerCase() === actor.email?.toLowerCase()) return undefined;
  return [{ type: 'human', email }];
}

/** What a token is after it was changed. */
const STATUSES: Readonly<Record<string, string>> = wordTable({
  active: 'enabled',
  disabled: 'disabled',
  deleted: 'deleted',
  expired: 'disabled',
});
const TOKEN_GONE = / token_(?:revoke|delete)\w*$|tokens? (?:delete|revoke)$/;

/** The first version of the log names a token beside the account; in the second it is the resource itself. */
function tokenOf({ metadata, resource }: Entry): string | undefined {
  const named = id(metadata['token_tag']) ?? id(metadata['token_id']);
  return named ?? (/api_tokens?$/.test(spelled(text(resource.type) ?? '')) ? id(resource.id) : undefined);
}

function auditDetails(activity: Activity, action: string, resource: string, entry: Entry): Mapped['details'] {
  const { metadata } = entry;
  switch (activity) {
    case 'api_key':
      return detail(
        detail(
          detail(
            detail(undefined, 'kind', /service/.test(resource) ? 'service_token' : 'api_token'),
            'effect',
            action.toLowerCase().endsWith('view') ? undefined : (STATUSES[word(metadata['new_token_status']) ?? ''] ?? effectOf(action)),
          ),
          'key_uid',
          tokenOf(entry),
        ),
        'key_name',
        text(metadata['token_name']),
      );
    case 'other': {
      const uid = TOKEN_GONE.test(`${spelled(resource)} ${spelled(action)}`) ? tokenOf(entry) : undefined;
      if (uid === undefined) return undefined;
      const ended = detail(detail(detail(undefined, 'kind', 'api_token'), 'effect', 'deleted'), 'key_uid', uid);
      return detail(ended, 'key_name', text(metadata['token_name']));
    }
    case 'policy_change':
      return detail(
        detail(
          detail(undefined, 'policy', text(metadata['name']) ?? text(metadata['app_name']) ?? action),
          'kind',
          resource === '' ? undefined : resource,
        ),
        'effect',
        effectOf(action),
      );
    case 'audit_tamper':
      return detail(detail(undefined, 'kind', 'log_stream'), 'effect', effectOf(action));
    case 'role_grant':
      return detail(undefined, 'role', text(metadata['role']) ?? text(metadata['role_name']) ?? text(metadata['new_role']));
    case 'mfa_change':
      return detail(
        undefined,
        'change',
        /delet|remov|disabl/.test(action) ? 'removed' : /add|creat|enabl/.test(action) ? 'added' : 'changed',
      );
    default:
      return undefined;
  }
}
