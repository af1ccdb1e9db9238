import type { Activity } from '../../../event/index.js';
import { wordTable } from '../../../event/word-table.js';
import type { MappedPrincipal, Raw } from '../../mapped.js';
import { bool, clip, detail, id, list, object, text, word } from '../../record.js';
import { samePrincipal } from '../../same-principal.js';
import { accountOf, memberOf } from './gcp-principal.js';
import { gcpWork } from './gcp-works.js';

/** What an entry says of an act beside its method. */
export interface GcpCall {
  service: string;
  method: string;
  payload: Raw;
  request: Raw;
  response: Raw;
  /** labels of the resource */
  labels: Raw;
  metadata: Raw;
}

const NO_SECTION: Raw = Object.freeze({});
type Details = Record<string, string> | undefined;

function section(record: Raw, key: string): Raw {
  return object(record[key]) ?? NO_SECTION;
}

/** A change of one binding: who was given which role, or from whom it was taken. */
interface Delta {
  isAdded: boolean;
  role: string | undefined;
  member: string;
}

/** Of the roles that a policy gives, what changed. Where only the whole policy is logged, all of it counts as given. */
function deltasOf({ payload, request, metadata }: GcpCall): { deltas: Delta[]; isWhole: boolean } {
  const change = object(metadata['datasetChange']) ?? object(metadata['tableChange']) ?? metadata;
  const logged = section(section(payload, 'serviceData'), 'policyDelta')['bindingDeltas'] ?? change['bindingDeltas'];
  const deltas: Delta[] = [];
  if (logged !== undefined && logged !== null) {
    for (const entry of list(logged)) {
      const delta = object(entry);
      const member = text(delta?.['member']);
      if (member !== undefined) deltas.push({ isAdded: word(delta?.['action']) !== 'remove', role: text(delta?.['role']), member });
    }
    return { deltas, isWhole: false };
  }
  for (const entry of list(section(request, 'policy')['bindings'])) {
    const binding = object(entry);
    for (const one of list(binding?.['members'])) {
      const member = text(one);
      if (member !== undefined) deltas.push({ isAdded: true, role: text(binding?.['role']), member });
    }
  }
  return { deltas, isWhole: true };
}

/** The activity of a call whose method alone does not say it. */
export function gcpRefined(activity: Activity | undefined, call: GcpCall): Activity | undefined {
  const { request, metadata, service } = call;
  if (activity === 'role_grant') {
    const audit = list(section(section(call.payload, 'serviceData'), 'policyDelta')['auditConfigDeltas']);
    if (audit.length > 0) return audit.some(isLessLogged) ? 'audit_tamper' : 'policy_change';
    const { deltas, isWhole } = deltasOf(call);
    return !isWhole && deltas.length > 0 && !deltas.some(({ isAdded }) => isAdded) ? 'other' : activity;
  }
  const name = call.method.slice(call.method.lastIndexOf('.') + 1).toLowerCase();
  if (name === 'insertjob') {
    const config = section(section(section(metadata, 'jobChange'), 'job'), 'jobConfig');
    const isExport = word(config['type']) === 'export' || word(section(config, 'queryConfig')['statementType']) === 'export_data';
    return isExport ? 'data_export' : activity;
  }
  if (name === 'setmetadata' || name === 'setcommoninstancemetadata') return touchesSshKeys(metadata) ? 'api_key' : activity;
  if (service === 'compute' && /subnetworks\.(patch|update)$/.test(clip(call.method, 200).toLowerCase()))
    return bool(section(request, 'logConfig')['enable']) === false || bool(request['enableFlowLogs']) === false ? 'audit_tamper' : activity;
  return activity;
}

/** Logs that are no longer kept, or somebody whose acts are no longer in them. */
function isLessLogged(entry: unknown): boolean {
  const delta = object(entry);
  return (word(delta?.['action']) === 'remove') !== (text(delta?.['exemptedMember']) !== undefined);
}

function touchesSshKeys(metadata: Raw): boolean {
  for (const part of ['instanceMetadataDelta', 'instanceMetaData', 'projectMetadataDelta', 'projectMetadata']) {
    const delta = section(metadata, part);
    for (const change of ['addedMetadataKeys', 'modifiedMetadataKeys']) {
      for (const key of list(delta[change])) if (word(key) === 'ssh-keys' || word(key) === 'sshkeys') return true;
    }
  }
  return false;
}

/** The parameter of an act of Google Workspace, which organisations may share with the cloud's log. */
export function parameter(metadata: Raw, name: string): string | undefined {
  if (metadata['event'] === undefined) return undefined;
  for (const entry of list(object(list(metadata['event'])[0])?.['parameter'])) {
    const one = object(entry);
    if (one?.['name'] !== name) continue;
    return text(one['value']) ?? text(list(one['multiStrValue'])[0]) ?? bool(one['boolValue'])?.toString();
  }
  return undefined;
}

/** Whom it was done to. */
export function gcpTargets(call: GcpCall, actor: MappedPrincipal): MappedPrincipal[] | undefined {
  const found: MappedPrincipal[] = [];
  const add = (who: MappedPrincipal | undefined): void => {
    if (who !== undefined && !samePrincipal(who, actor) && !found.some((known) => samePrincipal(known, who))) found.push(who);
  };
  const user = parameter(call.metadata, 'USER_EMAIL') ?? parameter(call.metadata, 'affected_email_address');
  if (user !== undefined) add(accountOf(user));
  for (const { isAdded, member } of deltasOf(call).deltas) if (isAdded && found.length < MOST_TARGETS) add(memberOf(member));
  const invited = text(call.request['member']);
  if (invited !== undefined) add(memberOf(invited));
  if (/serviceaccount/i.test(clip(call.method, 200)) && !/setiam/i.test(clip(call.method, 200))) add(serviceAccountOf(call));
  return found.length === 0 ? undefined : found;
}

const MOST_TARGETS = 100;

/** The service account that a call is about: its address, from wherever it stands. */
function serviceAccountOf({ labels, request, response }: GcpCall): MappedPrincipal | undefined {
  const named = text(labels['email_id']) ?? text(response['email']) ?? fromName(text(response['name'])) ?? fromName(text(request['name']));
  return named?.includes('@') ? accountOf(named) : undefined;
}

/** `projects/fjord/serviceAccounts/robot@fjord.iam.gserviceaccount.com/keys/0a1b` */
function fromName(name: string | undefined): string | undefined {
  return name === undefined ? undefined : /\/serviceAccounts\/([^/]+)/.exec(clip(name, 500))?.[1];
}

/** Roles with which their holder reaches other people, the rules, or everything in a project. */
const PRIVILEGED =
  /^roles\/(owner|editor|iam\.\w*(admin|tokencreator)|iam\.serviceaccountuser|resourcemanager\.\w*admin|orgpolicy\.\w*admin|accesscontextmanager\.\w*admin|securitycenter\.admin|logging\.admin|compute\.osadminlogin|secretmanager\.admin|storage\.admin|bigquery\.admin|cloudkms\.admin)$/i;

/** What the kind of act needs to be weighed. */
export function gcpDetails(activity: Activity, call: GcpCall): Details {
  const { service, method, request, response, metadata, payload } = call;
  const name = method.slice(method.lastIndexOf('.') + 1);
  const resource = text(payload['resourceName']);
  switch (activity) {
    case 'session_use':
      return READS_SECRETS.test(clip(method, 200))
        ? detail(detail(undefined, 'secrets_read', '1'), 'target', text(request['name']) ?? resource)
        : workDetails(service, method, resource);
    case 'vendor_risk':
      return undefined;
    case 'sign_in':
      return detail(
        detail(undefined, 'factor', parameter(metadata, 'login_challenge_method')),
        'target',
        service === 'oslogin' ? resource : undefined,
      );
    case 'token_issue':
      return detail(
        detail(undefined, 'kind', service === 'iamcredentials' ? 'service_account' : undefined),
        'target',
        fromName(text(request['name'])) ?? (resource?.includes('/serviceAccounts/') ? resource : undefined),
      );
    case 'role_grant':
      return roleDetails(call, resource);
    case 'app_credential':
      return detail(keyDetails(call, service === 'sqladmin' || service === 'cloudsql' ? 'secret' : 'key'), 'target', resource);
    case 'api_key':
      return keyDetails(call, /ssh|metadata/i.test(name) ? 'ssh_key' : /hmac/i.test(method.slice(-100)) ? 'access_key' : 'api_token');
    case 'mfa_change':
      return detail(
        detail(undefined, 'change', /disable|unenroll|turnoff|revoke|delete|remove/i.test(name) ? 'removed' : 'added'),
        'factor',
        FACTORS[name],
      );
    case 'credential_change':
      return detail(undefined, 'change', /recovery|email|phone/i.test(name) ? 'recovery_address' : 'password');
    case 'recovery':
      return detail(undefined, 'change', /backup/i.test(name) ? 'factors' : 'password');
    case 'session_revoke':
      return detail(undefined, 'change', /delete/i.test(name) ? 'deleted' : /disable|suspend|archive/i.test(name) ? 'disabled' : undefined);
    case 'policy_change':
      return policyDetails(name, call, resource);
    case 'audit_tamper':
      return detail(detail(detail(undefined, 'kind', auditKind(name)), 'effect', effectOf(name)), 'target', resource);
    case 'data_export':
      return detail(
        detail(undefined, 'kind', /objects\.get|getobject/i.test(clip(method, 200)) ? 'file' : 'report'),
        'target',
        destinationOf(metadata, request) ?? resource,
      );
    case 'mail_forwarding':
      return detail(undefined, 'forward_to', parameter(metadata, 'email_forwarding_destination_address'));
    case 'oauth_consent':
      return detail(
        detail(undefined, 'kind', 'app'),
        'app',
        text(section(request, 'oauthClient')['displayName']) ?? parameter(metadata, 'API_CLIENT_NAME'),
      );
    default:
      if (KEY_METHOD.test(clip(method, 200))) return detail(keyDetails(call, 'key'), 'target', resource);
      return detail(undefined, 'target', text(response['email']) ?? resource);
  }
}

/** Secret Manager gives out a version, the API keys their text, and a cluster its secrets. */
const READS_SECRETS = /\b(?:AccessSecretVersion|GetKeyString|core\.v1\.secrets\.(?:get|list))$/i;

function workDetails(service: string, method: string, resource: string | undefined): Details {
  const work = gcpWork(service, method);
  if (work === undefined) return undefined;
  return detail(detail(detail(undefined, 'kind', work.kind), 'effect', work.effect), 'target', resource);
}

function roleDetails(call: GcpCall, resource: string | undefined): Details {
  const roles: string[] = [];
  const groups: string[] = [];
  const others: string[] = [];
  for (const { isAdded, role, member } of deltasOf(call).deltas) {
    if (!isAdded) continue;
    if (role !== undefined && !roles.includes(role) && roles.length < 20) roles.push(role);
    if (member.startsWith('group:')) groups.push(member.slice(6));
    else if (memberOf(member) === undefined) others.push(member);
  }
  const named =
    roles.length > 0 ? roles.join(' ') : (parameter(call.metadata, 'ROLE_NAME') ?? text(section(call.request, 'roleRef')['name']));
  const isPrivileged =
    roles.some((role) => PRIVILEGED.test(clip(role, 200))) ||
    /owner|cluster-admin|_ADMIN_ROLE/i.test(clip(roles.length > 0 ? '' : (named ?? ''), 200));
  let details = detail(undefined, 'role', named ?? (/ownership/i.test(call.method.slice(-100)) ? 'roles/owner' : undefined));
  details = detail(details, 'is_privileged', isPrivileged || /ownership/i.test(call.method.slice(-100)) ? 'true' : undefined);
  details = detail(details, 'group', groups.length > 0 ? groups.slice(0, 20).join(' ') : parameter(call.metadata, 'GROUP_EMAIL'));
  // everybody, a domain, or all who hold another role
  details = detail(details, 'delegate', others.length > 0 ? others.slice(0, 20).join(' ') : undefined);
  return detail(details, 'target', resource);
}

/** The id of a key is the end of its name; its secret stands in other members, which nobody reads. */
function keyDetails({ method, request, response, payload }: GcpCall, kind: string): Details {
  let details = detail(undefined, 'kind', kind);
  const effect = KEY_METHOD.exec(clip(method, 200))?.[1]?.toLowerCase();
  if (effect !== undefined) details = detail(details, 'effect', `${effect}d`);
  const key = keyIn(response['name']) ?? keyIn(request['name']) ?? keyIn(payload['resourceName']);
  details = detail(details, 'key_uid', key ?? id(section(response, 'metadata')['accessId']));
  return detail(details, 'key_name', text(section(request, 'key')['displayName']));
}

/** What is done to a key of a service account after it was made. */
const KEY_METHOD = /\b(delete|disable|enable)ServiceAccountKey$/i;

function keyIn(value: unknown): string | undefined {
  const name = text(value);
  if (name === undefined || !(name.includes('/keys/') || name.includes('/hmacKeys/'))) return undefined;
  return text(name.slice(name.lastIndexOf('/') + 1));
}

const FACTORS: Readonly<Record<string, string>> = wordTable({
  '2svDisable': '2sv',
  '2svEnroll': '2sv',
  titaniumEnroll: 'advanced_protection',
  titaniumUnenroll: 'advanced_protection',
});

/** What a setting is about, by how its method reads; the first that fits decides. */
const POLICY_KINDS: readonly (readonly [RegExp, string])[] = [
  [/workforce|workloadidentity|sso|saml|identityprovider|oauthidp|trusteddomain|secondarydomain/, 'federation'],
  [
    /firewall|securitypolic|sslpolic|ingressrule|egressrule|networkpolic|accessconfig|networks\.|routes\.|routers\.|vpn\w*gateways\.|vpntunnels\.|interconnects\.|packetmirrorings\.|managedzones\./,
    'network',
  ],
  [/storage\.buckets\./, 'storage'],
  [/serviceperimeter|accesslevel|accesspolic|gcpuseraccess|iapsettings|contextaware/, 'conditional_access'],
  [/orgpolic|constraint|moveproject/, 'organization'],
  [/(create|update|delete|undelete)role$|roles\.\w+$/, 'role'],
  [/strongauth|twostep|2step|mfa/, 'mfa'],
  [/password/, 'password'],
  [/session/, 'session'],
  [/sink|bucket/, 'audit'],
  [/sql/, 'database'],
  [/cryptokeyversion/, 'data_protection'],
];

function policyDetails(name: string, { method, metadata, request }: GcpCall, resource: string | undefined): Details {
  const lower = clip(method, 200).toLowerCase();
  const isAudit = /setiampolic|setiampermission/.test(lower);
  const kind = isAudit ? 'audit' : (POLICY_KINDS.find(([pattern]) => pattern.test(lower))?.[1] ?? 'setting');
  let details = detail(undefined, 'kind', kind);
  details = detail(details, 'effect', isOpened(kind, request) ? 'weakened' : isAudit ? 'changed' : effectOf(name));
  details = detail(details, 'policy', parameter(metadata, 'SETTING_NAME') ?? text(request['constraint']));
  return detail(details, 'target', resource);
}

/** A way in from everywhere. */
function isOpened(kind: string, request: Raw): boolean {
  if (kind !== 'network' || request['alloweds'] === undefined) return false;
  for (const range of list(request['sourceRanges'])) if (range === '0.0.0.0/0' || range === '::/0') return true;
  return false;
}

const EFFECTS: readonly (readonly [RegExp, string])[] = [
  // what was kept out of the log is in it again
  [/^deleteexclusion/i, 'enabled'],
  // a policy that no longer logs who reads data
  [/^setiam/i, 'weakened'],
  [/^(create|insert|add|undelete)/i, 'created'],
  [/^(delete|remove|clear|destroy)|deleted$/i, 'deleted'],
  [/^(disable|turnoff)/i, 'disabled'],
  [/^(enable)/i, 'enabled'],
  [/created$/i, 'created'],
];

function effectOf(name: string): string {
  return EFFECTS.find(([pattern]) => pattern.test(name))?.[1] ?? 'changed';
}

function auditKind(name: string): string {
  const kind = /sink|bucket|exclusion|metric|alert|mute|log/i.exec(name)?.[0]?.toLowerCase();
  return kind === undefined ? 'audit_config' : kind === 'sink' ? 'log_sink' : kind === 'bucket' ? 'log_bucket' : kind;
}

/** Where an object or a database goes to. */
function destinationOf(metadata: Raw, request: Raw): string | undefined {
  return text(metadata['destination']) ?? text(section(section(request, 'body'), 'exportContext')['uri']);
}
