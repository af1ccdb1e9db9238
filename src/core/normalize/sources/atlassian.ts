import type { Activity, EventStatus } from '../../event/index.js';
import { parseTime } from '../../event/time.js';
import type { Mapped, MappedPrincipal, Mapper, Raw, SourceKeys } from '../mapped.js';
import { cleanAction, clip, detail, id, isAddress, list, object, text, word } from '../record.js';
import { samePrincipal } from '../same-principal.js';
import { ACTS_ON_PEOPLE, actionTable, effectOf } from './action-table.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'organization',
    title: 'Atlassian organization audit log',
    address: ['attributes.location.ip'],
    note: 'No session and no user agent.',
  },
  {
    product: 'server',
    title: 'Jira, Confluence and Bitbucket audit log (Data Center)',
    address: ['source'],
    note: 'No session and no user agent. An act is known by the key of its text.',
  },
  { product: 'cloud', title: 'Jira and Confluence audit log (Cloud)', address: ['remoteAddress'], note: 'No session and no user agent.' },
];

/** Names of acts: of the organization as they are, of the products as they are written for people, in lower case. */
const activityOf = actionTable(
  {
    sign_in: ['user_login', 'user_logged_in', 'user_login_failed', 'user login successful', 'user login failed'],
    sign_out: ['user_logged_out', 'user_logout', 'user logout'],
    impersonation: ['user_logged_in_as_user'],
    session_revoke: [
      'user_deactivated',
      'user_removed_from_org',
      'user_sessions_reset',
      'user deleted',
      'user deactivated',
      'user removed',
    ],
    credential_change: ['user_password_changed', 'user_email_changed', 'user changed password', 'usercredentialupdated'],
    recovery: ['user_password_reset', 'user_password_reset_by_admin'],
    other: ['user created', 'user removed from group', 'group created', 'group deleted', 'audit log search performed'],
  },
  [
    [/log(?:ged)?[_ -]?in[_ -]as|impersonat/, 'impersonation'],
    [/permission scheme/, 'policy_change'],
    [/workflow|field configuration|issue type/, 'other'],
    [/log(?:in|ged[_ ]in)|authentication ?(?:success|succeeded|fail)/, 'sign_in'],
    [/logged[_ ]out[_ ]by/, 'session_revoke'],
    [/log(?:out|ged[_ ]out)/, 'sign_out'],
    [/session.*(?:revoked|reset|terminated)|(?:user|member).*(?:deactivated|suspended)/, 'session_revoke'],
    [/password.*reset|reset.*password/, 'recovery'],
    [/password.*(?:changed|updated)/, 'credential_change'],
    [/(?:two[_ -]?step|2fa|mfa).*(?:polic|requir|enforc)/, 'policy_change'],
    [/two[_ -]?step|2fa|(?:^|[_ ])mfa(?:[_ ]|$)/, 'mfa_change'],
    [
      /(?:api[_ ]?(?:key|token)|access[_ ]?(?:token|key)|personal.*token|(?:ssh|gpg)[_ ]?(?:access[_ ]?)?key|scim.*(?:token|key)).*(?:created|added|generated|rotated|granted)/,
      'api_key',
    ],
    [/(?<!un|de)authori[sz]ed[_ ](?:an?[_ ])?(?:\w+[_ ])?app/, 'oauth_consent'],
    [
      /(?:app|add-?on|plugin|integration|oauth|connected).*(?<!un|dis|de)(?:installed|added|authori[sz]ed|connected|created|enabled)/,
      'oauth_consent',
    ],
    [
      /(?:role|admin|permission|access).*(?:granted|assigned|added|given)|global permission (?:added|granted)|user_granted|promoted|(?:added|made)[_ ](?:as|to)[_ ](?:\w+[_ ])?admin|project roles? changed/,
      'role_grant',
    ],
    [/^retention[_ .]updated$/, 'audit_tamper'],
    [/audit.*(?:config\w*|retention|coverage|setting\w*).*(?:changed|updated|deleted)|audit.*deleted/, 'audit_tamper'],
    [/export|backup|download/, 'data_export'],
    [
      /saml|sso|single sign|identity provider|identity_provider|domain|ip[_ ]?allow|(?:allow|white)[_ ]?list|polic(?:y|ies)[_ ](?:created|updated|changed|deleted|removed|enabled|disabled)|security|secret[_ ]?scanning|external[_ ]user|crowd|directory|webhook|visibility|branch[_ ]?(?:permission|restriction)|restriction[_ ]?(?:created|deleted|updated|removed)|customer permissions? changed|base ?url ?changed/,
      'policy_change',
    ],
    [
      /(?:settings?|configuration|permission scheme|anonymous[_ ]?access|public[_ ]?(?:access|link)).*(?:changed|updated|enabled|disabled|added)/,
      'policy_change',
    ],
  ],
);

/** Audit logs of Atlassian's organizations and products. @param account name of the organisation or server */
export function createAtlassianMapper(account = 'default'): Mapper {
  return {
    vendor: 'atlassian',
    keys: KEYS,
    recognises: (record) => shapeOf(record) !== undefined,
    map: (record) => {
      switch (shapeOf(record)) {
        case 'organization':
          return [mapOrganization(record, account)];
        case 'server':
          return [mapServer(record, account)];
        case 'cloud':
          return [mapCloud(record, account)];
        default:
          return [];
      }
    },
  };
}

function shapeOf(record: Raw): 'organization' | 'server' | 'cloud' | undefined {
  const attributes = record['attributes'];
  if (typeof attributes === 'object' && attributes !== null) {
    const { action, time, actor } = attributes as Raw;
    return record['type'] === 'events' && typeof action === 'string' && time !== undefined && actor !== undefined
      ? 'organization'
      : undefined;
  }
  if (record['timestamp'] !== undefined && record['affectedObjects'] !== undefined)
    return actOf(record) === undefined ? undefined : 'server';
  if (typeof record['summary'] !== 'string' || typeof record['category'] !== 'string') return undefined;
  return record['created'] !== undefined || record['creationDate'] !== undefined ? 'cloud' : undefined;
}

/** What was done, under the name of the API or that of the file. */
function actOf(record: Raw): Raw | undefined {
  const type = object(record['type']) ?? object(record['auditType']);
  return type !== undefined && typeof type['action'] === 'string' ? type : undefined;
}

const ADDED_TO_GROUP = /added[_ ]to[_ ](?:user[_ ])?group|group[_ ]membership[_ ]added/;
/** Groups whose members administer a product or the site. */
const ADMINISTERS = /admin/i;

/** A group is a role where its members administer. */
function inGroup(activity: Activity, name: string, group: string | undefined): Activity {
  if (!ADDED_TO_GROUP.test(name)) return activity;
  return group !== undefined && ADMINISTERS.test(group) ? 'role_grant' : 'other';
}

/** The end of the key of a text, for names that are not in English: `bitbucket.ssh.audit.action.sshkeycreated`. */
function keyed(activity: Activity, key: string | undefined): Activity {
  if (activity !== 'other' || key === undefined) return activity;
  const end = /(?:\.action|\.summary|^jira\.auditing)\.([\w.]{1,100})$/.exec(clip(key, 200))?.[1];
  return end === undefined ? activity : activityOf(end.toLowerCase().replaceAll('.', ' '));
}

function statusOf(name: string): EventStatus {
  return /fail|denied|rejected|unsuccessful/.test(name) ? 'failure' : 'success';
}

/** Beside an id the name is what people call themselves: somebody else's address, or `System`, if they like. */
function person(uid: string | undefined, name: string | undefined, email: string | undefined, kind: string | undefined): MappedPrincipal {
  const word = uid === undefined ? name?.toLowerCase() : undefined;
  const address = email ?? (uid === undefined ? name : undefined);
  const isSystem = kind === 'system' || uid === '-1' || word === 'system';
  const isNobody = kind === 'anonymous' || uid === '-2' || word === 'anonymous';
  return {
    type: isSystem ? 'system' : isNobody || (uid === undefined && address === undefined) ? 'unknown' : kind === 'app' ? 'service' : 'human',
    uid: isNobody ? undefined : uid,
    email: address !== undefined && isAddress(address) ? address : undefined,
    name: isNobody ? undefined : name,
  };
}

function finish(mapped: Mapped, target: MappedPrincipal | undefined, name: string, role: string | undefined): Mapped {
  const { activity, principal } = mapped;
  const other = target === undefined || samePrincipal(target, principal) ? undefined : target;
  // somebody who is not named was taken out: that must not end the sessions of who did it
  if (activity === 'session_revoke' && other === undefined && principal.type !== 'system') mapped.activity = 'other';
  else if (ACTS_ON_PEOPLE.has(activity) && other !== undefined) mapped.targets = [other];
  // a new password for somebody else is a reset
  if (activity === 'credential_change' && other !== undefined) mapped.activity = 'recovery';
  if (activity === 'role_grant') {
    mapped.details = detail(
      detail(undefined, 'role', role),
      'is_privileged',
      role !== undefined && /admin|owner/i.test(role) ? 'true' : undefined,
    );
  } else if (activity === 'policy_change') {
    mapped.details = detail(detail(undefined, 'policy', name), 'effect', effectOf(name));
  } else if (activity === 'audit_tamper') {
    mapped.details = detail(detail(undefined, 'kind', 'audit_log'), 'effect', effectOf(name));
  }
  return mapped;
}

function mapOrganization(record: Raw, account: string): Mapped {
  const attributes = object(record['attributes']) ?? {};
  const actor = object(attributes['actor']) ?? {};
  const action = cleanAction(text(attributes['action']) ?? 'unknown');
  const name = action.toLowerCase();
  const ip = text(object(attributes['location'])?.['ip']);
  const principal = person(id(actor['id']), text(actor['name']), text(actor['email']), word(actor['type']));
  const status = statusOf(name);
  let target: MappedPrincipal | undefined;
  let role: string | undefined;
  let group: string | undefined;
  for (const entry of list(attributes['context']) as readonly (Raw | null)[]) {
    const inner = object(entry?.['attributes']) ?? {};
    const kind = word(entry?.['type']) ?? '';
    if (kind.includes('user') || kind.includes('account'))
      target ??= person(id(entry?.['id']), text(inner['name']), text(inner['email']), undefined);
    else if (kind.includes('role')) role ??= text(inner['name']) ?? id(entry?.['id']);
    else if (kind.includes('group')) group ??= text(inner['name']);
  }
  return finish(
    {
      vendor: 'atlassian',
      product: 'organization',
      account,
      id: id(record['id']),
      time: parseTime(attributes['time']),
      action,
      activity: inGroup(activityOf(name), name, group),
      status,
      is_presence: principal.type === 'human' && status === 'success' && ip !== undefined,
      principal,
      ip,
    },
    target,
    action,
    role ?? group,
  );
}

function mapServer(record: Raw, account: string): Mapped {
  const act = actOf(record) ?? {};
  const author = object(record['author']) ?? {};
  const action = cleanAction(text(act['action']) ?? 'unknown');
  const name = action.toLowerCase();
  const principal = person(id(author['id']), text(author['name']), undefined, word(author['type']));
  const ip = text(record['source'])?.split(',')[0]?.trim();
  const status = statusOf(name);
  const at = object(record['timestamp']);
  let target: MappedPrincipal | undefined;
  let group: string | undefined;
  for (const entry of list(record['affectedObjects']) as readonly (Raw | null)[]) {
    const kind = word(entry?.['type']);
    if (kind === 'user') target ??= person(id(entry?.['id']), text(entry?.['name']), undefined, undefined);
    else if (kind === 'group') group ??= text(entry?.['name']);
  }
  return finish(
    {
      vendor: 'atlassian',
      product: 'server',
      account: text(record['system']) ?? account,
      id: id(record['id']),
      time: at === undefined ? parseTime(record['timestamp']) : parseTime(at['epochSecond']),
      time_precision_ms: at === undefined ? undefined : 1000,
      action,
      activity: inGroup(keyed(activityOf(name), text(act['actionI18nKey'])), name, group),
      status,
      is_presence: principal.type === 'human' && status === 'success' && ip !== undefined && word(record['method']) === 'browser',
      principal,
      ip,
    },
    target,
    action,
    group,
  );
}

function mapCloud(record: Raw, account: string): Mapped {
  const author = object(record['author']);
  const item = object(record['objectItem']) ?? object(record['affectedObject']) ?? {};
  const action = cleanAction(text(record['summary']) ?? 'unknown');
  const name = action.toLowerCase();
  const uid = id(record['authorAccountId']) ?? id(author?.['accountId']) ?? id(record['authorKey']);
  const shown = text(author?.['displayName']);
  const principal = person(uid, shown, undefined, uid === undefined && shown === undefined ? 'system' : word(author?.['type']));
  const ip = text(record['remoteAddress']);
  const status = statusOf(name);
  const beside = list(record['associatedItems'] ?? record['associatedObjects']) as readonly (Raw | null)[];
  const who = [item, ...beside].find((one) => kindOf(one) === 'user');
  const group = [item, ...beside].find((one) => kindOf(one) === 'group');
  const target = who === undefined || who === null ? undefined : person(id(who['id']), text(who['name']), undefined, undefined);
  return finish(
    {
      vendor: 'atlassian',
      product: 'cloud',
      account,
      id: id(record['id']),
      time: parseTime(record['created']) ?? parseTime(record['creationDate']),
      action,
      activity: inGroup(activityOf(name), name, text(group?.['name'])),
      status,
      is_presence: principal.type === 'human' && status === 'success' && ip !== undefined,
      principal: principal.type === 'system' && principal.name === undefined ? { type: 'system', name: 'atlassian' } : principal,
      ip,
    },
    target,
    action,
    text(group?.['name']),
  );
}

function kindOf(item: Raw | null): string {
  return word(item?.['typeName']) ?? word(item?.['objectType']) ?? '';
}
