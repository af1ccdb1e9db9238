import type { Raw } from '../../mapped.js';
import { list, object } from '../../record.js';
import { rowReader } from '../table-row.js';

export type DuoShape = 'authentication' | 'administrator' | 'activity' | 'trust_monitor' | 'telephony' | 'page';

const row = rowReader(['surfaced_auth', 'access_device', 'auth_device', 'application', 'user', 'enabled_by', 'enabled_for', 'location']);

/** Which of Duo's logs a record is of, or undefined when it is none. Cheap: it sees every record of every vendor. */
export function duoShapeOf(record: Raw): DuoShape | undefined {
  // of all answers of the API only a page of logs has this next to it
  if (record['stat'] !== undefined) return record['stat'] === 'OK' && record['response'] !== undefined ? 'page' : undefined;
  if (isTable(record)) return shapeOf(row(record));
  return shapeOf(record);
}

function shapeOf(record: Raw): DuoShape | undefined {
  if (record['activity_id'] !== undefined && record['ts'] !== undefined && isObject(record['action'])) return 'activity';
  if (record['sekey'] !== undefined && record['surfaced_timestamp'] !== undefined) return 'trust_monitor';
  if (record['factor'] !== undefined && record['result'] !== undefined && isAuthentication(record)) return 'authentication';
  if (typeof record['action'] === 'string' && isAdministration(record)) return 'administrator';
  if (record['credits'] !== undefined && record['context'] !== undefined && (record['phone'] !== undefined || record['type'] !== undefined))
    return 'telephony';
  // since some sign-ins name no factor
  return record['txid'] !== undefined && record['event_type'] !== undefined && isObject(record['user']) ? 'authentication' : undefined;
}

/** Columns that a table of Duo's has beside the action, the factor or the key. */
function isTable(record: Raw): boolean {
  if (record['access_device_ip_s'] !== undefined && record['event_type_s'] !== undefined) return true;
  if (record['sekey_s'] !== undefined && record['surfaced_timestamp_d'] !== undefined) return true;
  if (record['credits_d'] !== undefined && record['context_s'] !== undefined) return true;
  return record['action_s'] !== undefined && record['username_s'] !== undefined && record['timestamp_d'] !== undefined;
}

/** A second factor next to what it was for. */
function isAuthentication(record: Raw): boolean {
  if (record['access_device'] !== undefined && (record['event_type'] !== undefined || record['txid'] !== undefined)) return true;
  return record['integration'] !== undefined && record['username'] !== undefined;
}

/** An act of an administrator: next to it the time in both forms, and who did it or to what. */
function isAdministration(record: Raw): boolean {
  if (record['isotimestamp'] === undefined && record['eventtype'] !== 'administrator') return false;
  return (
    record['timestamp'] !== undefined &&
    (record['username'] !== undefined || record['object'] !== undefined || record['description'] !== undefined)
  );
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** The record in Duo's own shape. */
export function duoRecord(record: Raw): Raw {
  return isTable(record) ? row(record) : record;
}

/** The records in an answer of the API: a list, or one under the name of the log. */
export function duoPage(record: Raw): readonly unknown[] {
  const response = record['response'];
  if (Array.isArray(response)) return response;
  const inner = object(response) ?? {};
  return list(inner['authlogs'] ?? inner['items'] ?? inner['events'] ?? inner['logs']);
}
