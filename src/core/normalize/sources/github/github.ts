import type { Activity, EventStatus, TokenRef, VendorRisk } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import type { Mapped, MappedPrincipal, MappedSession, Mapper, Raw, SourceKeys } from '../../mapped.js';
import { bool, cleanAction, detail, firstText, id, isAddress, list, number, text } from '../../record.js';
import { categoryOf, GITHUB_TARGETED, githubActivity } from './github-actions.js';
import { appOf, githubDetails, isDemotion, isPublic, last } from './github-details.js';
import { isAboutToken, namesItsToken, tokenNumber } from './github-keys.js';
import { githubEntry, githubShapeOf } from './github-shapes.js';
import { isWebhook, mapWebhook } from './github-webhook.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'audit',
    title: 'GitHub audit log of an enterprise or organisation',
    session: [
      { paths: ['actor_session'], confidence: 'medium', note: 'of a server of one`s own, in the web' },
      { paths: ['hashed_token'], confidence: 'low', note: 'the life of a token, which replicas in many places may share' },
    ],
    token: ['hashed_token', 'token_id'],
    address: ['actor_ip'],
    user_agent: ['user_agent'],
    note: 'On github.com nothing tells sessions of the web apart. Addresses are there only after the enterprise switched their disclosure on; until then GitHub`s word for the country (`actor_location.country_code`) is all that places anybody.',
  },
  {
    product: 'webhook',
    title: 'GitHub webhooks',
    note: 'Who did what, without address, client or token; a delivery carries no time of its own.',
  },
];

/**
 * GitHub: audit log (web interface, stream, exports) and webhooks. A login is the id of an actor: it stands in every record, while the number
 * beside it is missing from some of the interfaces.
 * @param account name of the enterprise or organisation where the record names none
 */
export function createGithubMapper(account = 'default'): Mapper {
  return {
    vendor: 'github',
    keys: KEYS,
    recognises: (record) => githubShapeOf(record) !== undefined || isWebhook(record),
    map: (record) => {
      const shape = githubShapeOf(record);
      if (shape !== undefined) return [mapEntry(githubEntry(record, shape), account)];
      return isWebhook(record) ? [mapWebhook(record, account)] : [];
    },
  };
}

/** What is special to an action stood under `data` in the older interface. */
function flat(entry: Raw): Raw {
  const data = entry['data'];
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return entry;
  return { ...(data as Raw), ...entry };
}

function mapEntry(written: Raw, fallback: string): Mapped {
  const entry = flat(written);
  const account = firstOf(entry['business']) ?? firstOf(entry['org']) ?? fallback;
  const action = cleanAction(text(entry['action']) ?? 'unknown');
  const named = githubActivity(action);
  const activity = activityOf(action, named, entry);
  const status = statusOf(action, entry);
  const token = isOthersToken(entry, action) ? undefined : tokenOf(entry);
  const details = githubDetails({ action, activity, entry });
  const access = text(entry['programmatic_access_type']);
  const isMachineUse = access !== undefined || (token !== undefined && !isAboutToken(action));
  const principal = principalOf(entry, action, access, account);
  const app = appOf(entry);
  const ip = text(entry['actor_ip']);
  const country = ip === undefined ? countryOf(entry) : undefined;
  const repo = firstText(entry['repo'], entry['repository']);
  return {
    vendor: 'github',
    product: 'audit',
    account,
    id: id(entry['_document_id']),
    time: parseTime(entry['created_at']) ?? parseTime(entry['@timestamp']) ?? parseTime(entry['at_sign_timestamp']),
    time_precision_ms: undefined,
    action,
    activity,
    status,
    status_detail: undefined,
    is_presence:
      principal.type === 'human' &&
      status === 'success' &&
      (ip !== undefined || country !== undefined) &&
      !isMachineUse &&
      !isServerSide(action) &&
      activity !== 'vendor_risk',
    principal,
    targets: GITHUB_TARGETED.has(activity) || details?.['key_uid'] !== undefined ? targetsOf(entry, action, principal, account) : undefined,
    session: isMachineUse ? sessionOf(token, account) : webSessionOf(entry, account),
    token,
    device: undefined,
    client: isMachineUse && app !== undefined ? app : undefined,
    app: activity === 'oauth_consent' || activity === 'app_credential' ? app : undefined,
    resource: repo === undefined ? undefined : { uid: id(entry['repo_id']), name: repo },
    auth: action.endsWith('.sso_response') ? { protocol: 'saml20' } : undefined,
    details: token?.kind === 'hashed_token' ? detail(details, 'token_uid', tokenNumber(entry)) : details,
    risk: riskOf(action, entry),
    correlation_uid: id(entry['request_id']),
    ja4: undefined,
    ip,
    country,
    user_agent: text(entry['user_agent']),
    network: undefined,
  };
}

/** All that a log without addresses tells of where it was. */
function countryOf(entry: Raw): string | undefined {
  const location = entry['actor_location'];
  return typeof location === 'object' && location !== null ? text((location as Raw)['country_code']) : undefined;
}

/** Some actions name several organisations. */
function firstOf(value: unknown): string | undefined {
  return Array.isArray(value) ? text(list(value)[0]) : text(value);
}

function activityOf(action: string, activity: Activity, entry: Raw): Activity {
  if (isDemotion(action, entry)) return 'other';
  // a place to put what is taken away
  if (action === 'repo.create' && isPublic(entry)) return 'session_use';
  // A token that an app got for somebody who signs in with GitHub; without an app the person made it by hand.
  if (action === 'oauth_access.create' && appOf(entry) !== undefined) return 'token_issue';
  return activity;
}

const INTERRUPTED: ReadonlySet<string> = new Set([
  'user.two_factor_requested',
  'user.device_verification_requested',
  'user.correct_password_from_unrecognized_device',
  'user.correct_password_from_unrecognized_location',
  'user.correct_password_from_unrecognized_device_and_location',
  'user.forgot_password',
  'two_factor_authentication.sign_in_fallback_sms',
  'two_factor_authentication.password_reset_fallback_sms',
  'two_factor_account_recovery.start',
]);

/** The log is of what was done; where it was only tried the name of the action says so. */
function statusOf(action: string, entry: Raw): EventStatus {
  if (INTERRUPTED.has(action)) return 'interrupted';
  if (/failed|failure|rejected_ref_update|unsatisfied/.test(action.slice(0, 150))) return 'failure';
  if (action === 'api.request') return (number(entry['status_code']) ?? 200) >= 400 ? 'failure' : 'success';
  // an answer of the identity provider came; what was in it is not said
  return action.endsWith('.sso_response') ? 'unknown' : 'success';
}

/** Who grants or revokes a token of another's did not show it. */
function isOthersToken(entry: Raw, action: string): boolean {
  if (!namesItsToken(entry, action)) return false;
  const user = text(entry['user']);
  const actor = text(entry['actor']);
  return user !== undefined && actor !== undefined && user !== actor;
}

function tokenOf(entry: Raw): TokenRef | undefined {
  const hash = id(entry['hashed_token']);
  if (hash !== undefined) return { uid: hash, kind: 'hashed_token' };
  const uid = tokenNumber(entry);
  return uid === undefined ? undefined : { uid, kind: 'token_id' };
}

/** A machine's session is the life of its token: replicas share one, so it ties events together and no more. Judged is the token. */
function sessionOf(token: TokenRef | undefined, account: string): MappedSession | undefined {
  if (token === undefined || token.kind !== 'hashed_token') return undefined;
  return { uid: token.uid, issuer: `github:${account}`, confidence: 'low' };
}

/** A server of one's own may number its sessions of the web; what it counts by is not documented. */
function webSessionOf(entry: Raw, account: string): MappedSession | undefined {
  const uid = id(entry['actor_session']);
  return uid === undefined || uid === '0' ? undefined : { uid, issuer: `github:${account}`, confidence: 'medium' };
}

const DEPLOY_KEY = /^deploy[ _]key$/i;

/**
 * Who acts. GitHub says itself who is an agent or a bot, and keeps brackets in logins for apps. A deploy key and the token of an installed app
 * are nobody's; a token, key or app that a person uses in their own name stays that person's act, but places nobody.
 */
function principalOf(entry: Raw, action: string, access: string | undefined, account: string): MappedPrincipal {
  const login = text(entry['actor']);
  if (login === undefined) {
    // what GitHub itself notes of a person names only them
    const user = text(entry['user']);
    return user === undefined ? { type: 'unknown' } : personOf(user, entry['user_id'], account);
  }
  const isKey = DEPLOY_KEY.test(login);
  if (isKey) {
    const key =
      id(entry['hashed_token']) ??
      id(entry['token_id']) ??
      id(entry['deploy_key_fingerprint']) ??
      firstText(entry['repo'], entry['repository']);
    return { type: 'workload', uid: key === undefined ? undefined : `deploy_key:${key}`, name: login };
  }
  const person = personOf(login, entry['actor_id'], account);
  if (bool(entry['actor_is_agent']) === true) person.type = 'agent';
  else if (bool(entry['actor_is_bot']) === true || login.endsWith('[bot]') || isInstallation(access)) person.type = 'service';
  else if (access !== undefined && DEPLOY_KEY.test(access)) person.type = 'workload';
  if (person.type === 'human' && !isAboutIdentity(action)) nameBy(entry, person, account);
  return person;
}

function isInstallation(access: string | undefined): boolean {
  return access !== undefined && /server-to-server|^github[ _]app$/i.test(access);
}

function personOf(login: string, number: unknown, account: string): MappedPrincipal {
  const uid = id(number);
  const aliases = uid === undefined || uid === '0' ? undefined : [`github:${account}:id:${uid}`];
  return { type: 'human', uid: login, name: login, aliases };
}

/** The identity at the organisation's provider ties a login to a person: mostly an address, else an id of its own kind. */
function nameBy(entry: Raw, person: MappedPrincipal, account: string): void {
  for (const value of [entry['external_identity_nameid'], entry['external_identity_username']]) {
    const name = text(value);
    if (name === undefined) continue;
    if (isAddress(name)) person.email ??= name;
    else person.aliases = [...(person.aliases ?? []), `github:${account}:nameid:${name}`];
  }
}

/** These name the identity of whom they are about. */
function isAboutIdentity(action: string): boolean {
  return categoryOf(action) === 'external_identity' || action.endsWith('.revoke_external_identity');
}

function targetsOf(entry: Raw, action: string, actor: MappedPrincipal, account: string): MappedPrincipal[] | undefined {
  const login = text(entry['user']);
  if (login === undefined || login === actor.uid) return undefined;
  const person = personOf(login, entry['user_id'], account);
  if (login.endsWith('[bot]')) person.type = 'service';
  else if (isAboutIdentity(action)) nameBy(entry, person, account);
  return [person];
}

/** Written by GitHub's own machines while something runs that somebody set off. */
function isServerSide(action: string): boolean {
  const category = categoryOf(action);
  return category === 'git' || category === 'api' || (category === 'workflows' && /^(created|completed|prepared)_/.test(last(action)));
}

/** GitHub notes what is odd in the name of the action, without a level. */
function riskOf(action: string, entry: Raw): VendorRisk | undefined {
  if (action === 'user_session.country_change') return { level: 'unknown', reasons: ['country_change'] };
  if (action === 'secret_scanning_alert.create' || action === 'secret_scanning_alert.public_leak') {
    const type = firstText(entry['secret_type_display_name'], entry['secret_type']);
    const reasons = [action.endsWith('public_leak') ? 'secret_leaked' : 'secret_found'];
    if (type !== undefined) reasons.push(type);
    return { level: 'unknown', reasons };
  }
  if (!action.includes('unrecognized') && action !== 'user.new_device_used') return undefined;
  const reasons: string[] = [];
  if (action.includes('device')) reasons.push('unrecognized_device');
  if (action.includes('location')) reasons.push('unrecognized_location');
  return { level: 'low', reasons };
}
