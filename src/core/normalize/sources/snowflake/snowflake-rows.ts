import type { PrincipalType } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import type { MappedPrincipal, Raw } from '../../mapped.js';
import { isAddress, text, word } from '../../record.js';

export const SYSTEM_USERS = new Set(['SYSTEM', 'SNOWFLAKE', 'WORKSHEETS_APP_USER']);

export function principalOf(row: Raw, fallback: PrincipalType): MappedPrincipal {
  const name = text(row['USER_NAME']);
  const type = word(row['USER_TYPE']);
  const isSystem = name !== undefined && SYSTEM_USERS.has(name);
  return {
    type: isSystem
      ? 'system'
      : type === undefined
        ? fallback
        : type === 'person'
          ? 'human'
          : type.includes('service')
            ? 'service'
            : fallback,
    uid: name,
    email: name !== undefined && isAddress(name) ? name : undefined,
    name,
  };
}

/** A row of a view, or what a collector says of it where its own column was left out. */
export function timeOf(row: Raw, column: string): number | undefined {
  return (
    parseTime(row[column]) ??
    parseTime(row['CREATED_ON']) ??
    parseTime(row['START_TIME']) ??
    parseTime(row['p_event_time'] ?? row['P_EVENT_TIME'])
  );
}
