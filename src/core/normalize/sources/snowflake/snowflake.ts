import type { EventStatus, PrincipalType } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import type { Mapped, MappedPrincipal, Mapper, Raw, SourceKeys } from '../../mapped.js';
import { cleanAction, detail, id, isAddress, object, text, word } from '../../record.js';
import { mapQuery, PRIVILEGED } from './snowflake-query.js';
import { principalOf, SYSTEM_USERS, timeOf } from './snowflake-rows.js';

const SESSION = { paths: ['SESSION_ID'], confidence: 'high' } as const;
const KEYS: readonly SourceKeys[] = [
  {
    product: 'login_history',
    title: 'Snowflake LOGIN_HISTORY',
    address: ['CLIENT_IP'],
    user_agent: ['REPORTED_CLIENT_TYPE'],
    note: 'A sign-in has no session yet; its event id stands in SESSIONS.',
  },
  {
    product: 'sessions',
    title: 'Snowflake SESSIONS',
    session: [SESSION],
    root: 'LOGIN_EVENT_ID',
    user_agent: ['CLIENT_ENVIRONMENT.USER_AGENT', 'CLIENT_APPLICATION_ID'],
    note: 'The address is that of the sign-in which the root names.',
  },
  {
    product: 'query_history',
    title: 'Snowflake QUERY_HISTORY and ACCESS_HISTORY',
    session: [SESSION],
    note: 'No address. What a statement does is read from its beginning; its text is not kept, as it can hold passwords.',
  },
  {
    product: 'grants',
    title: 'Snowflake GRANTS_TO_USERS and GRANTS_TO_ROLES',
    note: 'Who granted is a role; the person who used it is in the query history.',
  },
  { product: 'data_transfer', title: 'Snowflake DATA_TRANSFER_HISTORY', note: 'Nobody is named: data went to another region or cloud.' },
];

type Product = 'login_history' | 'sessions' | 'query_history' | 'grants' | 'data_transfer';

/** Rows of Snowflake's ACCOUNT_USAGE views. @param account used where a row names no account */
export function createSnowflakeMapper(account = 'default'): Mapper {
  return {
    vendor: 'snowflake',
    keys: KEYS,
    recognises: (record) => productOf(record) !== undefined || isRespelled(record),
    map: (record) => {
      const row = productOf(record) === undefined ? columnsOf(record) : record;
      const where = id(row['ACCOUNT_LOCATOR']) ?? id(row['ACCOUNT_NAME']) ?? account;
      switch (productOf(row)) {
        case 'login_history':
          return [mapLogin(row, where)];
        case 'sessions':
          return [mapSession(row, where)];
        case 'query_history':
          return [mapQuery(row, where)];
        case 'grants':
          return [mapGrant(row, where)];
        case 'data_transfer':
          return [mapTransfer(row, where)];
        default:
          return [];
      }
    },
  };
}

function productOf(row: Raw): Product | undefined {
  if (row['USER_NAME'] !== undefined) {
    if (row['LOGIN_EVENT_ID'] !== undefined && row['SESSION_ID'] !== undefined) return 'sessions';
    if (row['IS_SUCCESS'] !== undefined && text(row['EVENT_TYPE']) !== undefined) return 'login_history';
    // rows of Salesforce have a user and a type of event too
    const isQuery = row['QUERY_TYPE'] !== undefined || row['QUERY_TEXT'] !== undefined || row['QUERY_ID'] !== undefined;
    if (isQuery && text(row['EVENT_TYPE']) === undefined) return 'query_history';
    return undefined;
  }
  if (row['GRANTEE_NAME'] !== undefined) return row['GRANTED_BY'] !== undefined || row['GRANTED_TO'] !== undefined ? 'grants' : undefined;
  return row['TRANSFER_TYPE'] !== undefined && row['BYTES_TRANSFERRED'] !== undefined ? 'data_transfer' : undefined;
}

/** Exports in lower case, and tables of Log Analytics, which add the type to every name. */
function isRespelled(record: Raw): boolean {
  if (record['USER_NAME_s'] !== undefined) return record['IS_SUCCESS_s'] !== undefined || record['QUERY_TYPE_s'] !== undefined;
  if (record['user_name'] !== undefined) {
    return (
      (record['is_success'] !== undefined && record['reported_client_type'] !== undefined) ||
      (record['query_id'] !== undefined && record['warehouse_name'] !== undefined) ||
      (record['login_event_id'] !== undefined && record['session_id'] !== undefined)
    );
  }
  return record['grantee_name'] !== undefined && record['granted_by'] !== undefined && record['granted_to'] !== undefined;
}

/** The row under the names that Snowflake gives its columns; empty ones are absent. */
function columnsOf(record: Raw): Raw {
  const row: Record<string, unknown> = {};
  for (const key in record) {
    const value = record[key];
    if (value === '' || value === null) continue;
    row[key.replace(/_[sdgtb]$/, '').toUpperCase()] = value;
  }
  return row;
}

/** Factors that a person shows, and those of programs; a key pair is used by both. */
const BY_PERSON = /^(?:password|saml2?_assertion|username_password\w*|passkey|external_browser|id_token|.*webauthn|.*mfa)/;
const BY_PROGRAM = /workload_identity|programmatic|oauth_client|service/;
/** Where a person sits; drivers run anywhere. */
const BY_HAND = /^(?:snowflake_ui|snowsight|snowsql|snowflake_cli|snowflake ui)/;

function mapLogin(row: Raw, account: string): Mapped {
  const factor = word(row['FIRST_AUTHENTICATION_FACTOR']);
  const second = text(row['SECOND_AUTHENTICATION_FACTOR']);
  const type: PrincipalType =
    factor === undefined
      ? 'unknown'
      : BY_PROGRAM.test(factor)
        ? 'service'
        : BY_PERSON.test(factor) || second !== undefined
          ? 'human'
          : 'unknown';
  const principal = principalOf(row, type);
  const action = cleanAction(text(row['EVENT_TYPE']) ?? 'LOGIN');
  const success = word(row['IS_SUCCESS']);
  const status: EventStatus = success === 'yes' || success === 'true' ? 'success' : success === undefined ? 'unknown' : 'failure';
  const ip = text(row['CLIENT_IP']);
  const client = text(row['REPORTED_CLIENT_TYPE']);
  const isKnown = client !== undefined && client !== 'OTHER';
  const version = text(row['REPORTED_CLIENT_VERSION']);
  return {
    vendor: 'snowflake',
    product: 'login_history',
    account,
    id: id(row['EVENT_ID']),
    time: timeOf(row, 'EVENT_TIMESTAMP'),
    action,
    activity: /logout/i.test(action) ? 'sign_out' : 'sign_in',
    status,
    status_detail: text(row['ERROR_MESSAGE']) ?? text(row['ERROR_CODE']),
    is_presence:
      status === 'success' && principal.type === 'human' && ip !== undefined && (second !== undefined || BY_HAND.test(word(client) ?? '')),
    principal,
    auth:
      factor === undefined ? undefined : { protocol: protocolOf(factor), method: factor, is_mfa: second === undefined ? undefined : true },
    details: detail(undefined, 'error_code', text(row['ERROR_CODE'])),
    // what SESSIONS call LOGIN_EVENT_ID
    correlation_uid: id(row['EVENT_ID']),
    ip,
    user_agent: isKnown ? (version === undefined ? client : `${client}/${version}`) : undefined,
  };
}

function protocolOf(factor: string): string | undefined {
  if (factor.includes('saml')) return 'saml20';
  if (factor.includes('oauth')) return 'oauth2';
  return undefined;
}

function mapSession(row: Raw, account: string): Mapped {
  const uid = id(row['SESSION_ID']);
  const login = id(row['LOGIN_EVENT_ID']);
  const time = timeOf(row, 'CREATED_ON');
  const environment = object(row['CLIENT_ENVIRONMENT']);
  const client = text(row['CLIENT_APPLICATION_ID']) ?? text(environment?.['APPLICATION']);
  const agent =
    text(environment?.['USER_AGENT']) ??
    text(environment?.['userAgent']) ??
    text(environment?.['BROWSER_USER_AGENT']) ??
    agentText(row['CLIENT_ENVIRONMENT']);
  const method = word(row['AUTHENTICATION_METHOD']);
  return {
    vendor: 'snowflake',
    product: 'sessions',
    account,
    id: uid === undefined ? undefined : `session:${uid}`,
    time,
    action: 'SESSION',
    activity: 'session_use',
    status: 'success',
    is_presence: false,
    principal: principalOf(row, method !== undefined && BY_PERSON.test(method) ? 'human' : 'unknown'),
    session:
      uid === undefined ? undefined : { uid, root_uid: login, issuer: `snowflake:${account}`, confidence: 'high', created_time: time },
    auth: method === undefined ? undefined : { method },
    correlation_uid: login,
    user_agent: agent ?? client,
  };
}

/** Some clients write no JSON there but their name. */
function agentText(value: unknown): string | undefined {
  const written = text(value);
  return written?.startsWith('Mozilla/') === true ? written : undefined;
}

function mapGrant(row: Raw, account: string): Mapped {
  const by = text(row['GRANTED_BY']);
  const to = word(row['GRANTED_TO']);
  const name = text(row['GRANTEE_NAME']);
  const role = text(row['ROLE']) ?? text(row['PRIVILEGE']);
  const on = text(row['NAME']);
  const deleted = parseTime(row['DELETED_ON']);
  const actor: MappedPrincipal =
    by === undefined || SYSTEM_USERS.has(by) ? { type: 'system', name: by ?? 'SNOWFLAKE' } : { type: 'unknown', name: by };
  const target: MappedPrincipal | undefined =
    name === undefined
      ? undefined
      : to === 'user'
        ? { type: 'unknown', uid: name, email: isAddress(name) ? name : undefined, name }
        : // a role is nobody, but what it gets everybody in it has
          { type: 'unknown', aliases: [`snowflake:${account}:role:${name}`], name };
  const details = detail(detail(undefined, 'role', role), 'target', on);
  // where the row says only who has got something, its name says what
  const told = role ?? name;
  return {
    vendor: 'snowflake',
    product: 'grants',
    account,
    id: undefined,
    time: deleted ?? timeOf(row, 'CREATED_ON'),
    action: deleted === undefined ? 'GRANT' : 'REVOKE',
    activity: deleted === undefined ? 'role_grant' : 'other',
    status: 'success',
    is_presence: false,
    principal: actor,
    targets: target === undefined ? undefined : [target],
    details: told !== undefined && PRIVILEGED.test(told) && deleted === undefined ? detail(details, 'is_privileged', 'true') : details,
  };
}

function mapTransfer(row: Raw, account: string): Mapped {
  const to = [text(row['TARGET_CLOUD']), text(row['TARGET_REGION'])].filter((part) => part !== undefined).join(' ');
  return {
    vendor: 'snowflake',
    product: 'data_transfer',
    account,
    id: undefined,
    time: timeOf(row, 'START_TIME'),
    action: cleanAction(text(row['TRANSFER_TYPE']) ?? 'TRANSFER'),
    activity: 'data_export',
    status: 'success',
    is_presence: false,
    principal: { type: 'system', name: 'SNOWFLAKE' },
    details: detail(detail(undefined, 'kind', 'transfer'), 'target', to === '' ? undefined : to),
  };
}
