import type { Raw } from './mapped.js';
import { parseRecords } from './read.js';

/**
 * What lies around a record: batches of Event Hubs and APIs, rows with the record as text in one column, and the wrappers that shippers and
 * buses add. Each step yields the records inside, which may be wrapped again.
 */

/** Wrappers inside wrappers are followed this far: bus -> shipper -> batch. */
export const MAX_WRAPPERS = 3;

/** A row of an audit search says in its other columns only what the record says better. Looked for in every record, so cheap. */
export function unwrapRow(record: Raw, lossless: boolean): readonly Raw[] | undefined {
  const inner = record['AuditData'] ?? record['auditData'] ?? record['auditdata'];
  if (inner !== undefined && inner !== null) return recordsIn(inner, lossless);
  const batch = record['records'];
  return Array.isArray(batch) ? objectsIn(batch, lossless) : undefined;
}

/** Members under which a record or a list of them is carried; tried in this order, and only on records that no vendor recognises. */
const CARRIERS = [
  // Event Hubs with another case, CloudTrail's files
  'Records',
  // subscriptions of CloudWatch Logs, answers of CloudTrail's LookupEvents, SNS
  'logEvents',
  'Events',
  'Message',
  // pages of Microsoft Graph
  'value',
  // pages of Google's Reports API
  'items',
  // EventBridge (Okta log streaming)
  'detail',
  // Okta event hooks: {data: {events: [...]}}
  'data',
  'events',
  // pages of Slack
  'entries',
  // Splunk HTTP event collector, Elastic `event.original`
  'event',
  'original',
  // shippers that carry the line as text
  'message',
  '_raw',
  'raw',
  'log',
  'body',
  'payload',
  // diagnostic settings that carry another log's record
  'properties',
] as const;

/** The records that a wrapper carries, or undefined when it carries none that can be read. */
export function unwrapCarrier(record: Raw, lossless: boolean): readonly Raw[] | undefined {
  for (const carrier of CARRIERS) {
    const inner = record[carrier];
    if (inner === undefined || inner === null) continue;
    const records = recordsIn(inner, lossless);
    if (records !== undefined) return records;
  }
  return undefined;
}

function recordsIn(value: unknown, lossless: boolean): readonly Raw[] | undefined {
  if (Array.isArray(value)) {
    const records = objectsIn(value, lossless);
    // a list of plain words carries nothing
    return records.length === 0 ? undefined : records;
  }
  if (typeof value === 'object') return value === null ? undefined : [value as Raw];
  return typeof value === 'string' ? (parseRecords(value, lossless) ?? parseRecords(fromBase64(value), lossless)) : undefined;
}

/** Pub/Sub carries the bytes of a message as base64: `{"` and `[{` begin with these letters. Nothing else is worth decoding. */
const BASE64_JSON = /^(ey[JA]|ew[0o]|W3s)[A-Za-z0-9+/]+={0,2}$/;
const UTF8 = new TextDecoder();

function fromBase64(value: string): string {
  if (!BASE64_JSON.test(value)) return '';
  try {
    return UTF8.decode(Uint8Array.from(atob(value), (byte) => byte.charCodeAt(0)));
  } catch {
    return '';
  }
}

/** The records in a list, those written as text too; what is neither is nothing. */
function objectsIn(values: readonly unknown[], lossless: boolean): readonly Raw[] {
  const records: Raw[] = [];
  for (const value of values) {
    if (typeof value === 'string') for (const record of parseRecords(value, lossless) ?? []) records.push(record);
    else if (typeof value === 'object' && value !== null && !Array.isArray(value)) records.push(value as Raw);
  }
  return records;
}
