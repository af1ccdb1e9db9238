import type { Raw } from '../../mapped.js';
import { clip, object, text } from '../../record.js';
import { rowReader } from '../table-row.js';

/** The three logs of Salesforce, which have no key in common. */
export type SalesforceShape = 'log_file' | 'event' | 'setup';

const row = rowReader([]);

/** What the record is, or undefined when it is none of Salesforce's. Cheap: it sees every record of every vendor. */
export function salesforceShapeOf(record: Raw): SalesforceShape | undefined {
  if (typeof record['EVENT_TYPE'] === 'string') return isLogFileRow(record) ? 'log_file' : undefined;
  if (record['EventType'] !== undefined && (record['TimestampDerived'] !== undefined || record['UserIdDerived'] !== undefined))
    return 'log_file';
  if (record['event_type'] !== undefined || record['event_type_s'] !== undefined) return isTableRow(record) ? 'log_file' : undefined;
  if (record['EventIdentifier'] !== undefined && record['EventDate'] !== undefined) return 'event';
  if (record['Action'] !== undefined) return isSetup(record) ? 'setup' : undefined;
  if (record['LoginHistoryId'] !== undefined || record['LoginTime'] !== undefined) return isLoginHistory(record) ? 'event' : undefined;
  return payloadOf(record) === undefined ? undefined : 'event';
}

/** Snowflake's views of sign-ins have `EVENT_TYPE` as well, and none of these. */
function isLogFileRow(record: Raw): boolean {
  return (
    record['TIMESTAMP_DERIVED'] !== undefined ||
    record['LOGIN_KEY'] !== undefined ||
    record['SESSION_KEY'] !== undefined ||
    record['USER_ID_DERIVED'] !== undefined ||
    record['LOGIN_STATUS'] !== undefined ||
    record['RECORD_OWNER'] !== undefined ||
    isOrganization(record['ORGANIZATION_ID'])
  );
}

/** Rows of collectors that write keys in lower case; `event_type` alone could be anybody's. */
function isTableRow(record: Raw): boolean {
  return (
    record['timestamp_derived'] !== undefined ||
    record['timestamp_derived_t'] !== undefined ||
    record['timestamp_derived_s'] !== undefined ||
    record['user_id_derived'] !== undefined ||
    record['user_id_derived_s'] !== undefined ||
    (record['login_key'] !== undefined && record['session_key'] !== undefined) ||
    isOrganization(record['organization_id']) ||
    isOrganization(record['organization_id_s'])
  );
}

/** Ids of organisations begin so; other vendors have an `organization_id` too. */
function isOrganization(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('00D') && (value.length === 15 || value.length === 18);
}

function isSetup(record: Raw): boolean {
  if (typeof record['Action'] !== 'string' || record['CreatedDate'] === undefined) return false;
  return record['CreatedById'] !== undefined || (record['CreatedBy'] !== undefined && record['Display'] !== undefined);
}

function isLoginHistory(record: Raw): boolean {
  return record['LoginType'] !== undefined && record['UserId'] !== undefined && record['SourceIp'] !== undefined;
}

/** What subscribers of the event bus get: `{schema, payload, event}`, alone or as `data` beside the channel. */
function payloadOf(record: Raw): Raw | undefined {
  const payload = record['payload'] ?? (record['data'] as Raw | null | undefined)?.['payload'];
  if (typeof payload !== 'object' || payload === null) return undefined;
  return 'EventIdentifier' in payload && 'EventDate' in payload ? (payload as Raw) : undefined;
}

/** The columns of a log file under their own names, whatever the collector made of them. */
export function logFileRow(record: Raw): Raw {
  if (record['EVENT_TYPE'] !== undefined) return record;
  const plain = record['event_type'] === undefined && record['EventType'] === undefined ? row(record) : record;
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(plain)) out[columnOf(key)] = plain[key];
  return out;
}

/** Columns seen so far: a log file has some dozen, and they stay the same. */
const COLUMNS = new Map<string, string>();
const MOST_COLUMNS = 2000;

/** `session_key` and `SessionKey` are `SESSION_KEY`. */
function columnOf(key: string): string {
  const known = COLUMNS.get(key);
  if (known !== undefined) return known;
  const column = clip(key, 100)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase();
  if (COLUMNS.size < MOST_COLUMNS) COLUMNS.set(key, column);
  return column;
}

/** A monitoring event and the name of its type, where the envelope or the record says it. */
export function monitoringEvent(record: Raw): { event: Raw; type: string | undefined } {
  const payload = payloadOf(record);
  const event = payload ?? record;
  const attributes = object(event['attributes']);
  const channel = text(record['channel']) ?? text(object(record['data'])?.['channel']);
  const named = text(attributes?.['type']) ?? channel?.slice(channel.lastIndexOf('/') + 1) ?? text(event['EventType']);
  return { event, type: named };
}

/** A field that only one type of event has, for records that come without the name of their type; from the rarest to the most common. */
const TELLING: readonly (readonly [string, string])[] = [
  ['CurrentUserAgent', 'SessionHijackingEvent'],
  ['PreviousUserAgent', 'SessionHijackingEvent'],
  ['AcceptLanguage', 'CredentialStuffingEvent'],
  ['TotalControllerEvents', 'GuestUserAnomalyEvent'],
  ['SoqlCommands', 'GuestUserAnomalyEvent'],
  ['DelegatedUsername', 'LoginAsEvent'],
  ['LoginAsCategory', 'LoginAsEvent'],
  ['ImpactedUserIds', 'PermissionSetEvent'],
  ['PermissionType', 'PermissionSetEvent'],
  ['VerificationMethod', 'IdentityVerificationEvent'],
  ['SamlEntityUrl', 'IdentityProviderEvent'],
  ['SsoType', 'IdentityProviderEvent'],
  ['FileAction', 'FileEvent'],
  ['ListViewId', 'ListViewEvent'],
  ['ReportId', 'ReportEvent'],
  ['ExportFileFormat', 'ReportEvent'],
  ['PageStartTime', 'LightningUriEvent'],
  ['RecordId', 'UriEvent'],
  ['LoginType', 'LoginEvent'],
  ['LoginUrl', 'LoginEvent'],
  ['LoginTime', 'LoginEvent'],
];

/** The type of an event that does not say it, by the fields that it has. */
export function guessType(event: Raw): string {
  if (event['SecurityEventData'] !== undefined && event['CurrentIp'] === undefined) {
    if (event['Report'] !== undefined) return 'ReportAnomalyEvent';
    if (event['Operation'] !== undefined || event['QueriedEntities'] !== undefined || event['Uri'] !== undefined) return 'ApiAnomalyEvent';
  }
  for (const [field, type] of TELLING) if (event[field] !== undefined) return type;
  if (event['Score'] !== undefined) return 'AnomalyEvent';
  if (event['Query'] !== undefined)
    return event['Operation'] === undefined && event['Client'] === undefined ? 'BulkApiResultEvent' : 'ApiEvent';
  if (event['ApiType'] !== undefined || event['QueriedEntities'] !== undefined) return 'ApiEvent';
  return 'LogoutEvent';
}
