import type { Activity, EventStatus, TokenRef } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import type { Mapped, MappedPrincipal, Raw } from '../../mapped.js';
import { cleanAction, detail, firstText, id, isAddress, list, number, object, pair, text, texts } from '../../record.js';
import { gitlabActivity, typeOfCaller } from './gitlab-actions.js';
import { endedJob, jobTokenUid } from './gitlab-jobs.js';

/**
 * One request as GitLab's own logs have it: of the web, of its interface for programs, and those that were held back. A page that nobody who is
 * known asked for places and changes nobody: it makes no event.
 */
export function mapRequest(record: Raw, account: string): Mapped | undefined {
  const path = pathOf(record);
  const caller = callerOf(record, path);
  const type = caller === undefined ? undefined : typeOfCaller(caller);
  const isHeldBack = record['message'] === 'Rack_Attack';
  const activity: Activity = type === undefined ? (isHeldBack ? 'sign_in' : 'session_use') : gitlabActivity(type);
  const user = userOf(record);
  if (user === undefined && activity === 'session_use') return undefined;
  const code = number(record['status']);
  const status = statusOf(type, code, isHeldBack);
  const token = tokenOf(record);
  const ip = addressOf(record);
  const asked = activity === 'recovery' ? askedFor(record) : undefined;
  // told without anybody who asked: put down to whom it is about
  const isAboutOne = user === undefined && ip === undefined;
  const isProgram = token !== undefined || (path?.startsWith('/api/') ?? false) || (caller?.startsWith('Repositories::') ?? false);
  let details = detail(undefined, 'request_method', firstText(record['method'], record['request_method']));
  details = detail(details, 'request_path', path);
  details = detail(details, 'response_code', code === undefined ? undefined : String(code));
  const job = user === undefined || isHeldBack ? undefined : endedJob(record, path);
  if (job !== undefined) details = detail(detail(detail(details, 'kind', 'job_token'), 'effect', 'deleted'), 'key_uid', jobTokenUid(job));
  if (activity === 'recovery') details = detail(details, 'change', 'password');
  if (activity === 'mfa_change') details = detail(details, 'change', caller?.endsWith('#destroy') === true ? 'removed' : 'added');
  return {
    vendor: 'gitlab',
    product: 'request',
    account,
    id: undefined,
    time: parseTime(record['time']),
    time_precision_ms: undefined,
    action: cleanAction(isHeldBack ? `throttled ${text(record['matched']) ?? ''}` : (caller ?? type ?? 'request')),
    activity: job !== undefined ? 'other' : isHeldBack && user !== undefined ? 'session_use' : activity,
    status,
    status_detail: isHeldBack ? text(record['matched']) : undefined,
    is_presence: user !== undefined && status === 'success' && ip !== undefined && !isProgram,
    principal: user ?? (isAboutOne ? asked?.[0] : undefined) ?? { type: 'unknown' },
    targets: isAboutOne ? asked?.slice(1) : asked,
    token,
    resource: undefined,
    auth: undefined,
    details,
    correlation_uid: id(record['correlation_id']),
    ip,
    user_agent: text(record['ua']),
  };
}

/** Without its query, where tokens stand in the open. */
function pathOf(record: Raw): string | undefined {
  const path = text(record['path']);
  if (path === undefined) return undefined;
  const query = path.indexOf('?');
  return query < 0 ? path : path.slice(0, query);
}

function callerOf(record: Raw, path: string | undefined): string | undefined {
  const caller = text(record['meta.caller_id']) ?? text(object(record['meta'])?.['caller_id']);
  if (caller !== undefined) return caller;
  const controller = text(record['controller']);
  if (controller !== undefined) return `${controller}#${text(record['action']) ?? ''}`;
  const isPost = (text(record['method']) ?? 'POST') === 'POST';
  if (path === '/users/password' && isPost) return 'PasswordsController#create';
  if (path === '/users/sign_in' && isPost) return 'SessionsController#create';
  return undefined;
}

function userOf(record: Raw): MappedPrincipal | undefined {
  const meta = object(record['meta']);
  const uid = id(record['user_id']) ?? id(record['meta.user_id']) ?? id(meta?.['user_id']);
  const name = firstText(record['username'], record['meta.user'], meta?.['user']);
  return uid === undefined && name === undefined ? undefined : { type: 'human', uid, name };
}

function tokenOf(record: Raw): TokenRef | undefined {
  const uid = id(record['token_id']);
  if (uid === undefined) return undefined;
  const kind = text(record['token_type']) ?? 'api_token';
  return {
    uid,
    kind: kind
      .slice(0, 100)
      .replace(/([a-z])([A-Z])/g, '$1_$2')
      .toLowerCase(),
  };
}

/** The address that GitLab itself took for the client's; behind it stand those of the proxies. */
function addressOf(record: Raw): string | undefined {
  const own = firstText(record['meta.remote_ip'], object(record['meta'])?.['remote_ip']);
  if (own !== undefined) return own;
  const all = text(record['remote_ip']);
  const comma = all?.indexOf(',') ?? -1;
  return comma < 0 ? all : text(all?.slice(0, comma));
}

/** A form that is sent back after a sign-in comes with 200; one that let somebody in leads on. */
function statusOf(type: string | undefined, code: number | undefined, isHeldBack: boolean): EventStatus {
  if (isHeldBack) return 'failure';
  if (type === 'password_reset_requested') return 'interrupted';
  if (code === undefined) return 'unknown';
  if (code >= 400) return 'failure';
  return type === 'login' && code === 200 ? 'failure' : 'success';
}

/** Whom a new password was asked for: one address, and a list of them where somebody tries to have it sent elsewhere too. */
function askedFor(record: Raw): MappedPrincipal[] | undefined {
  const params = list(record['params']);
  const user = object(pair(params, 'user')) ?? object(record['user']);
  const asked = user?.['email'];
  const single = text(asked);
  const emails = (single === undefined ? texts(asked) : [single]).filter((email) => email.length <= 320 && isAddress(email));
  return emails.length === 0 ? undefined : emails.slice(0, 10).map((email) => ({ type: 'human', email }));
}
