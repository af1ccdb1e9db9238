import type { Activity, Auth, Device, EventStatus } from '../../event/index.js';
import { parseTime } from '../../event/time.js';
import { wordTable } from '../../event/word-table.js';
import type { Mapped, MappedPrincipal, MappedSession, Mapper, Raw, SourceKeys } from '../mapped.js';
import { bool, cleanAction, detail, id, isAddress, list, object, text, texts } from '../record.js';
import { samePrincipal } from '../same-principal.js';
import { ACTS_ON_PEOPLE, effectOf } from './action-table.js';
import { teleportActivity } from './teleport-events.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'audit',
    title: 'Teleport audit events',
    session: [
      { paths: ['sid'], confidence: 'high', note: 'one session on a server, cluster, database or app; a sign-in has none' },
      { paths: ['session_id'], confidence: 'medium', note: 'at the SAML identity provider' },
    ],
    token: ['serial_number'],
    device: ['device.device_id', 'trusted_device.device_id'],
    address: ['addr.remote', 'identity.client_ip'],
    user_agent: ['user_agent'],
    note: 'Commands, queries and request bodies are not read.',
  },
];

/** Audit events of Teleport. @param account used where a record names no cluster */
export function createTeleportMapper(account = 'default'): Mapper {
  return {
    vendor: 'teleport',
    keys: KEYS,
    recognises: (record) => {
      const { event, code } = record;
      return typeof event === 'string' && typeof code === 'string' && CODE.test(code) && record['time'] !== undefined;
    },
    map: (record) => [mapEvent(record, account)],
  };
}

/** `T1000I`, `TDB02W`, `TSPIFFE000I`, of later things `PG001I`: what it is about, a number, and how it went. */
const CODE = /^(?:T[A-Z]{0,10}|PG|IG|WID|CJ|DC|UT|SRE|AUC|AUV)\d{1,5}[A-Z]{1,2}$/;

function mapEvent(record: Raw, account: string): Mapped {
  const action = cleanAction(text(record['event']) ?? 'unknown');
  const code = text(record['code']);
  const identity = object(record['identity']);
  const status = statusOf(record, action, code);
  const principal = principalOf(record, identity);
  const impersonated = impersonatedBy(identity, principal);
  const activity = impersonated === undefined ? refine(teleportActivity(action, code), record, action, status) : 'impersonation';
  const cluster = text(record['cluster_name']) ?? account;
  const ip = remote(record['addr.remote']) ?? remote(object(record['addr'])?.['remote']) ?? text(identity?.['client_ip']);
  const time = parseTime(record['time']);
  const session = sessionOf(record, cluster);
  if (session !== undefined && status === 'success' && action.endsWith('session.start')) session.created_time = time;
  const serial = id(record['serial_number']);
  const reason = text(record['error']) ?? text(record['message']);
  return {
    vendor: 'teleport',
    product: 'audit',
    account: cluster,
    id: id(record['uid']),
    time,
    action,
    activity,
    status: activity === 'role_grant' && DENIED.test(text(record['state']) ?? '') ? 'failure' : status,
    status_detail: status === 'success' ? undefined : reason,
    is_presence: status === 'success' && principal.type === 'human' && ip !== undefined && IN_PERSON.has(action),
    principal,
    targets: impersonated === undefined ? targetsOf(activity, action, record, principal) : [impersonated],
    session,
    token: serial === undefined ? undefined : { uid: serial, kind: 'certificate' },
    device: deviceOf(record),
    resource: resourceOf(record),
    auth: authOf(record, action, status),
    details: detailsOf(activity, action, record),
    risk: activity === 'vendor_risk' ? { level: 'high', reasons: ['certificate was renewed in two places'] } : undefined,
    correlation_uid: action.startsWith('access_request') ? id(record['id']) : undefined,
    ip,
    user_agent: text(record['user_agent']),
  };
}

/** Begun by a person at their own client; the remote address of a desktop's session is the desktop. */
const IN_PERSON = new Set(['user.login', 'session.start', 'session.join', 'app.session.start', 'user.password_change', 'mfa.add']);
const DENIED = /denied|rejected/i;

/** `success` where it is logged; else the last letter of the code: I for information, W and E for what went wrong. */
function statusOf(record: Raw, action: string, code: string | undefined): EventStatus {
  const said = bool(record['success']) ?? bool(object(record['status'])?.['success']);
  if (said !== undefined) return said ? 'success' : 'failure';
  if (action === 'mfa_auth_challenge.create') return 'interrupted';
  const last = code?.at(-1);
  // S is for stopped
  return last === 'I' || last === 'S' ? 'success' : last === 'W' || last === 'E' ? 'failure' : 'unknown';
}

/** An address and its port, which has no brackets around it where the address ends in colons: `2001:db8:::3022`. */
function remote(value: unknown): string | undefined {
  const written = text(value);
  const colons = written?.lastIndexOf(':::') ?? -1;
  return colons < 0 ? written : written?.slice(0, colons + 2);
}

/** What a user record calls its kind. */
const BOT_KIND = 2;

function principalOf(record: Raw, identity: Raw | undefined): MappedPrincipal {
  const bot = text(record['bot_name']) ?? text(identity?.['bot_name']);
  const name =
    text(identity?.['impersonator']) ??
    userName(record) ??
    text(identity?.['user']) ??
    text(record['updated_by']) ??
    text(record['reviewer']);
  if (name !== undefined) {
    const isBot =
      record['user_kind'] === BOT_KIND || record['user_kind'] === 'USER_KIND_BOT' || bot !== undefined || name.startsWith('bot-');
    // an agent of the cluster acts under its host's id: `<host id>.<cluster>`
    const isHost = HOST.test(name);
    return {
      type: isBot ? 'service' : isHost ? 'system' : 'human',
      uid: name,
      email: isBot || isHost || !isAddress(name) ? undefined : name,
      name,
    };
  }
  if (bot !== undefined) return { type: 'service', uid: `bot-${bot}`, name: bot };
  const host = id(record['host_id']);
  if (host !== undefined) return { type: 'workload', uid: host, name: text(record['node_name']) ?? text(record['role']) };
  const attributes = object(record['attributes']);
  const claimed = text(attributes?.['email']);
  // a sign-in through a provider that gave nobody a role here
  if (claimed !== undefined && isAddress(claimed)) return { type: 'unknown', email: claimed };
  // what a machine calls itself at the provider that vouches for it
  const subject = id(attributes?.['sub']);
  if (subject !== undefined) return { type: 'workload', uid: subject };
  const role = text(record['role']);
  if (role !== undefined) return { type: 'system', name: role };
  const device = object(record['device']);
  const uid = id(device?.['device_id']);
  return uid === undefined ? { type: 'unknown' } : { type: 'unknown', aliases: [`device:${uid}`], name: text(device?.['asset_tag']) };
}

/** Events of devices wrap the name in an object. */
function userName(record: Raw): string | undefined {
  return text(record['user']) ?? text(object(record['user'])?.['user']);
}

const HOST = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?:\.|$)/;

/** A certificate for somebody else: the record names who asked for it. */
function impersonatedBy(identity: Raw | undefined, actor: MappedPrincipal): MappedPrincipal | undefined {
  if (text(identity?.['impersonator']) === undefined) return undefined;
  const name = text(identity?.['user']);
  if (name === undefined || name === actor.uid) return undefined;
  return { type: name.startsWith('bot-') ? 'service' : 'human', uid: name, email: isAddress(name) ? name : undefined, name };
}

/** Opening, reading and writing are numbers of the file protocol. */
const SFTP_READ = 3;

function refine(activity: Activity, record: Raw, action: string, status: EventStatus): Activity {
  if (action === 'sftp' && record['action'] === SFTP_READ) return 'data_export';
  if (action === 'scp' && text(record['action'])?.includes('download') === true) return 'data_export';
  if (action === 'access_request.update') return /approved|denied/i.test(text(record['state']) ?? '') ? 'role_grant' : 'other';
  // a person's roles are given with the person, and changed by writing all of them
  if ((action === 'user.create' || action === 'user.update') && status === 'success' && texts(record['roles']).length > 0)
    return 'role_grant';
  if (action === 'lock.created' && object(record['target']) !== undefined && lockedUser(record) === undefined) return 'policy_change';
  return activity;
}

function lockedUser(record: Raw): string | undefined {
  return text(object(record['target'])?.['user']);
}

function user(name: string): MappedPrincipal {
  return { type: name.startsWith('bot-') ? 'service' : 'human', uid: name, email: isAddress(name) ? name : undefined, name };
}

function targetsOf(activity: Activity, action: string, record: Raw, actor: MappedPrincipal): MappedPrincipal[] | undefined {
  if (!ACTS_ON_PEOPLE.has(activity)) return undefined;
  const names: string[] = [];
  if (action.startsWith('lock.')) {
    const locked = lockedUser(record) ?? text(record['name']);
    if (locked !== undefined && lockedUser(record) !== undefined) names.push(locked);
  } else if (action.startsWith('user.') || action.startsWith('reset_password_token') || action.startsWith('recovery_token')) {
    const named = text(record['name']);
    if (named !== undefined) names.push(named);
  } else if (action.startsWith('access_list.member')) {
    for (const member of list(record['members'])) {
      const named = text((member as Raw | null)?.['member_name']);
      if (named !== undefined) names.push(named);
    }
  }
  const targets = names.map(user).filter((target) => !samePrincipal(target, actor));
  return targets.length === 0 ? undefined : targets;
}

function sessionOf(record: Raw, cluster: string): MappedSession | undefined {
  const issuer = `teleport:${cluster}`;
  const sid = id(record['sid']);
  if (sid !== undefined) return { uid: sid, issuer, confidence: 'high' };
  const provider = id(record['session_id']);
  return provider === undefined ? undefined : { uid: provider, issuer, confidence: 'medium' };
}

const DEVICE_OS: Readonly<Record<string, string>> = wordTable({ 1: 'linux', 2: 'macos', 3: 'windows' });

function deviceOf(record: Raw): Device | undefined {
  const device = object(record['trusted_device']) ?? object(record['device']);
  const uid = id(device?.['device_id']);
  if (uid === undefined) return undefined;
  // it is known by a key that it cannot give away
  return { uid, evidence: 'observed', name: text(device?.['asset_tag']), os: DEVICE_OS[text(device?.['os_type']) ?? ''] };
}

function resourceOf(record: Raw): Mapped['resource'] {
  const name =
    text(record['server_hostname']) ??
    text(record['db_service']) ??
    text(record['app_name']) ??
    text(record['kubernetes_cluster']) ??
    text(record['desktop_name']);
  const uid = id(record['server_id']);
  return name === undefined && uid === undefined ? undefined : { uid, name };
}

function authOf(record: Raw, action: string, status: EventStatus): Auth | undefined {
  const method = text(record['method']);
  const factor = object(record['mfa_device']);
  if (method === undefined || !/login|join|auth/.test(action)) return undefined;
  return {
    protocol: method === 'saml' ? 'saml20' : method === 'oidc' ? 'oidc' : undefined,
    method,
    is_mfa: factor !== undefined && status === 'success' ? true : undefined,
  };
}

const PRIVILEGED = /admin|editor|owner/i;

function detailsOf(activity: Activity, action: string, record: Raw): Mapped['details'] {
  switch (activity) {
    case 'sign_in':
      return detail(undefined, 'factor', text(object(record['mfa_device'])?.['mfa_device_type']));
    case 'role_grant': {
      const roles = texts(record['roles']).join(' ');
      const details = detail(
        detail(undefined, 'role', roles === '' ? undefined : roles),
        'is_privileged',
        PRIVILEGED.test(roles) ? 'true' : undefined,
      );
      const asked = action === 'access_request.create' ? 'requested' : action === 'access_request.update' ? 'activated' : undefined;
      return detail(
        detail(details, 'assignment', asked),
        'group',
        action.startsWith('access_list') ? (text(record['access_list_name']) ?? text(record['name'])) : undefined,
      );
    }
    case 'policy_change':
    case 'audit_tamper': {
      const effect = effectOf(action);
      if (activity === 'audit_tamper') return detail(detail(undefined, 'kind', 'session_recording'), 'effect', effect);
      return detail(detail(detail(undefined, 'policy', text(record['name'])), 'kind', policyKind(action)), 'effect', effect);
    }
    case 'mfa_change':
      return detail(
        detail(undefined, 'change', action.endsWith('delete') ? 'removed' : 'added'),
        'factor',
        text(object(record['mfa_device'])?.['mfa_device_type']) ?? text(record['mfa_device_type']),
      );
    case 'recovery':
      return detail(undefined, 'change', action.startsWith('reset_password') ? 'password' : 'factors');
    case 'api_key':
      return detail(detail(undefined, 'kind', action.startsWith('bot') ? 'bot' : 'join_token'), 'effect', effectOf(action));
    case 'oauth_consent':
      return detail(undefined, 'app', text(record['name']));
    case 'data_export':
      return detail(detail(undefined, 'kind', 'file'), 'target', text(record['path']) ?? text(record['file_path']));
    case 'device_register':
      return detail(
        detail(undefined, 'device_uid', id(object(record['device'])?.['device_id'])),
        'device_name',
        text(object(record['device'])?.['asset_tag']),
      );
    default:
      return undefined;
  }
}

function policyKind(action: string): string | undefined {
  if (action.startsWith('saml.idp')) return 'app';
  if (/^(?:oidc|saml|github)/.test(action)) return 'idp';
  if (action.startsWith('role')) return 'role';
  if (action.startsWith('trusted_cluster')) return 'federation';
  if (action.startsWith('client_ip_restriction')) return 'ip_allow_list';
  return /^(?:auth_preference|login_rule)/.test(action) ? 'sign_on' : undefined;
}
