import type { EventStatus } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import type { Mapped, MappedPrincipal, Raw } from '../../mapped.js';
import { cleanAction, detail, id, isAddress, text, word } from '../../record.js';
import { samePrincipal } from '../../same-principal.js';
import { principalOf, timeOf } from './snowflake-rows.js';
import { type Statement, snowflakeStatement } from './snowflake-statements.js';

/** A row of the history of statements. */
export function mapQuery(row: Raw, account: string): Mapped {
  const type = text(row['QUERY_TYPE'])?.toUpperCase() ?? 'QUERY';
  const statement = snowflakeStatement(type, typeof row['QUERY_TEXT'] === 'string' ? row['QUERY_TEXT'] : '');
  const principal = principalOf(row, 'unknown');
  const target = targetOf(statement.user, principal);
  const uid = id(row['SESSION_ID']);
  const executed = word(row['EXECUTION_STATUS']);
  const status: EventStatus =
    executed === undefined
      ? text(row['ERROR_CODE']) === undefined
        ? 'unknown'
        : 'failure'
      : executed === 'success'
        ? 'success'
        : /fail|incident/.test(executed)
          ? 'failure'
          : 'unknown';
  // a new password for somebody else is a reset
  const activity = statement.activity === 'credential_change' && target !== undefined ? 'recovery' : statement.activity;
  return {
    vendor: 'snowflake',
    product: 'query_history',
    account,
    id: id(row['QUERY_ID']),
    time: timeOf(row, 'START_TIME') ?? parseTime(row['QUERY_START_TIME']) ?? parseTime(row['END_TIME']),
    action: cleanAction(type),
    activity,
    status,
    status_detail: status === 'failure' ? text(row['ERROR_CODE']) : undefined,
    is_presence: false,
    principal,
    targets: target === undefined || activity === 'other' || activity === 'session_use' ? undefined : [target],
    session: uid === undefined ? undefined : { uid, issuer: `snowflake:${account}`, confidence: 'high' },
    resource: databaseOf(row),
    details: statementDetails(statement, activity),
  };
}

function targetOf(name: string | undefined, actor: MappedPrincipal): MappedPrincipal | undefined {
  if (name === undefined) return undefined;
  // names without quotes are kept in capitals
  const uid = isAddress(name) ? name : name.toUpperCase();
  const target: MappedPrincipal = { type: 'unknown', uid, email: isAddress(name) ? name : undefined, name: uid };
  return samePrincipal(target, actor) || actor.uid?.toUpperCase() === uid.toUpperCase() ? undefined : target;
}

function databaseOf(row: Raw): Mapped['resource'] {
  const name = text(row['DATABASE_NAME']);
  return name === undefined ? undefined : { name };
}

export const PRIVILEGED = /ADMIN|OWNERSHIP|MANAGE GRANTS/i;

function statementDetails(statement: Statement, activity: Mapped['activity']): Mapped['details'] {
  const { role, kind, effect, change } = statement;
  switch (activity) {
    case 'role_grant':
      return role === undefined
        ? undefined
        : detail(detail(undefined, 'role', role), 'is_privileged', PRIVILEGED.test(role) ? 'true' : undefined);
    case 'policy_change':
    case 'app_credential':
      return detail(detail(undefined, 'kind', kind), 'effect', effect);
    case 'data_export':
      return detail(undefined, 'kind', kind);
    case 'api_key':
      return detail(detail(detail(undefined, 'kind', kind), 'effect', effect), 'key_name', statement.key_name);
    case 'recovery':
    case 'credential_change':
    case 'mfa_change':
      return detail(undefined, 'change', change);
    case 'other':
      return detail(detail(undefined, 'kind', kind), 'effect', effect);
    case 'session_revoke':
      return detail(undefined, 'change', change);
    default:
      return undefined;
  }
}
