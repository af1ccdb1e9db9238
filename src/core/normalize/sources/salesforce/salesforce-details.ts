import type { Activity } from '../../../event/index.js';
import type { MappedPrincipal, Raw } from '../../mapped.js';
import { clip, detail, id, isAddress, text } from '../../record.js';
import { factorChange } from './setup-actions.js';

type Details = Record<string, string> | undefined;

/** Words for the fields of both kinds of records: log files write `REPORT_ID`, events `ReportId`. */
export type Read = (file: string, event: string) => string | undefined;

/** What a monitoring event or a row of a log file says beside who and where. */
export function monitoringDetails(activity: Activity, type: string, read: Read): Details {
  const app = read('CONNECTED_APP_NAME', 'ConnectedAppName') ?? read('APP_NAME', 'AppName');
  const appUid = read('CONNECTED_APP_ID', 'ConnectedAppId');
  const entity = read('ENTITY_NAME', 'QueriedEntities');
  switch (activity) {
    case 'session_use':
      return withApp(detail(detail(undefined, 'target', entity ?? pageOf(read)), 'file_count', rowsOf(read)), app, appUid);
    case 'data_export': {
      const kind = type.startsWith('Report')
        ? 'report'
        : type.startsWith('BulkApi')
          ? 'bulk'
          : /file|document|content/i.test(type)
            ? 'file'
            : 'export';
      const target = read('REPORT_ID', 'ReportId') ?? entity ?? read('FILE_NAME', 'FileName') ?? read('ENTITY_ID', 'DocumentId');
      return withApp(detail(detail(detail(undefined, 'kind', kind), 'target', target), 'file_count', rowsOf(read)), app, appUid);
    }
    case 'oauth_consent': {
      const scopes = read('OAUTH_SCOPES', 'OauthScopes')
        ?.split(/[\s,]+/)
        .join(' ');
      return withApp(detail(detail(undefined, 'kind', 'app'), 'scopes', scopes), app, appUid);
    }
    case 'role_grant':
      return detail(detail(undefined, 'role', names(read('PARENT_NAME', 'ParentNameList'))), 'change', read('OPERATION', 'Operation'));
    case 'session_revoke':
      // one grant of one app went
      return withApp(detail(undefined, 'scope', 'session'), app, appUid);
    case 'token_issue':
    case 'sign_in':
      return withApp(detail(undefined, 'factor', read('VERIFICATION_METHOD', 'VerificationMethod')), app, appUid);
    case 'vendor_risk':
      return detail(undefined, 'alert_name', type);
    case 'sign_out':
    case 'other':
      return withApp(undefined, app, appUid);
    default:
      return undefined;
  }
}

function withApp(details: Details, app: string | undefined, uid: string | undefined): Details {
  return detail(detail(details, 'app', app), 'app_uid', uid);
}

/** A list as text, without its brackets. */
function names(list: string | undefined): string | undefined {
  return list?.replace(/[[\]"]/g, '');
}

function rowsOf(read: Read): string | undefined {
  return read('ROWS_PROCESSED', 'RowsProcessed') ?? read('RECORDS_PROCESSED', 'RecordsProcessed') ?? read('ROW_COUNT', 'RowsReturned');
}

/** The path of a page, without its query, which may carry a session. */
function pageOf(read: Read): string | undefined {
  const page = read('PAGE_URL', 'PageUrl') ?? read('URI', 'Uri');
  return page?.split('?', 1)[0];
}

/** Sets of permissions and profiles that reach everybody's records or the rules. */
const PRIVILEGED =
  /system administrator|modify all data|view all data|manage users|author apex|customize application|manage (?:profiles|roles|auth|encryption|internal users)|assign permission sets|password policies/i;

/** What an entry of the Setup Audit Trail says; its text is for people and has one form for each action. */
export function setupDetails(activity: Activity, action: string, section: string | undefined, display: string | undefined): Details {
  const said = display === undefined ? undefined : clip(display, 500);
  switch (activity) {
    case 'role_grant': {
      const role = said === undefined ? undefined : roleIn(said);
      const privileged = said !== undefined && PRIVILEGED.test(said) ? 'true' : undefined;
      return detail(detail(undefined, 'role', role), 'is_privileged', privileged);
    }
    case 'mfa_change':
      return detail(detail(undefined, 'change', factorChange(action)), 'factor', said === undefined ? undefined : factorIn(said));
    case 'recovery':
      return detail(undefined, 'change', action.includes('TempCode') ? 'temporary_pass' : 'password');
    case 'credential_change':
      return detail(undefined, 'change', /email|username/i.test(action) ? 'email' : /phone/i.test(action) ? 'phone' : 'password');
    case 'policy_change':
      return detail(detail(detail(undefined, 'policy', section), 'kind', kindOf(action, section)), 'effect', effectOf(action));
    case 'audit_tamper':
      return detail(detail(undefined, 'kind', 'event_log'), 'effect', effectOf(action));
    case 'oauth_consent':
      return detail(
        detail(undefined, 'kind', 'app'),
        'app',
        said === undefined ? undefined : /(?:connected app|package:?) (.{1,80}?)(?: to Salesforce|$)/i.exec(said)?.[1],
      );
    case 'app_credential':
      return detail(undefined, 'kind', /certificate/i.test(action) ? 'certificate' : 'secret');
    case 'api_key':
      return detail(undefined, 'kind', 'api_token');
    case 'data_export':
      return detail(undefined, 'kind', 'export');
    case 'impersonation':
      return detail(undefined, 'change', action.startsWith('loginas') ? 'granted' : 'initiate');
    default:
      return detail(undefined, 'change', section);
  }
}

function roleIn(said: string): string | undefined {
  const set = /permission set(?: group| license)? ([^:]{1,100}): assigned/i.exec(said)?.[1];
  return set ?? /changed permission set ([^:]{1,100}):/i.exec(said)?.[1] ?? /from .{1,80} to (.{1,80})$/.exec(said)?.[1];
}

function factorIn(said: string): string | undefined {
  return /^(time-based token|security key|salesforce authenticator|temporary verification code)/i.exec(said)?.[1]?.toLowerCase();
}

function kindOf(action: string, section: string | undefined): string {
  const both = `${clip(action, 200)} ${section ?? ''}`;
  if (/password/i.test(both)) return 'password';
  if (/mfa|2fa|u2f|twofactor/i.test(both)) return 'mfa';
  if (/saml|sso|single sign-on|identityprovider|authprovider|auth\. provider|serviceprovider|federat/i.test(both)) return 'idp';
  if (/ip(?:range|whitelist|allowlist)|network access/i.test(both)) return 'zone';
  if (/domain/i.test(both)) return 'domain';
  if (/session/i.test(both)) return 'session';
  if (/application|connected app|connectedapp/i.test(both)) return 'app';
  return 'sign_on';
}

function effectOf(action: string): string {
  if (/OffOn$|^enable|Enable(?:d)?$|on$/.test(action) && !/OnOff$/.test(action)) return 'enabled';
  if (/OnOff$|^disable|Disable(?:d)?$|off$/i.test(action)) return 'disabled';
  if (/^delete|Deleted$/i.test(action)) return 'deleted';
  return /^(?:insert|create|add)|Created(?:Enabled|Disabled)?$/i.test(action) ? 'created' : 'changed';
}

/** Whom an entry of the trail is about: an id or an address in its text. A bare name is nobody: two people may have it. */
export function subjectIn(display: string | undefined): MappedPrincipal | undefined {
  if (display === undefined) return undefined;
  const said = clip(display, 500);
  const uid = id(/UserID: \[(005\w{12}(?:\w{3})?)\]/.exec(said)?.[1]);
  const address = uid === undefined ? /\bfor (?:user )?(\S{1,120}@\S{1,120}?)(?=[,;]?(?:\s|$))/i.exec(said)?.[1] : undefined;
  if (uid !== undefined) return { type: 'human', uid: longId(uid), aliases: aliasOf(longId(uid)) };
  return address !== undefined && isAddress(address) ? { type: 'human', email: address, name: address } : undefined;
}

const SUFFIX_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/**
 * An id in its long form. Salesforce writes 15 characters that differ in case, or those and three more that say which of them are capitals;
 * logs use both, and the same person must not be two.
 */
export function longId(short: string): string {
  if (short.length !== 15) return short;
  let suffix = '';
  for (let part = 0; part < 3; part++) {
    let bits = 0;
    for (let i = 0; i < 5; i++) {
      const code = short.charCodeAt(part * 5 + i);
      if (code >= 65 && code <= 90) bits |= 1 << i;
    }
    suffix += SUFFIX_LETTERS[bits];
  }
  return short + suffix;
}

/** The id of a person in a record: the long form where it is written, else made from the short one. */
export function userId(record: Raw, ...fields: readonly string[]): string | undefined {
  let short: string | undefined;
  for (const field of fields) {
    const value = text(record[field]);
    if (value?.length === 18) return value;
    short ??= value;
  }
  return short === undefined ? undefined : longId(short);
}

/** The id of a person is one in all organisations, and not all logs say of which organisation they are: by this they meet. */
export function aliasOf(uid: string | undefined): string[] | undefined {
  return uid?.startsWith('005') ? [`salesforce:${uid}`] : undefined;
}
