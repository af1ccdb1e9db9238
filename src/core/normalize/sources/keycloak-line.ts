import { parseTime } from '../../event/time.js';
import type { Raw } from '../mapped.js';
import { clip } from '../record.js';

const LOGGER = 'org.keycloak.events';
/** Long enough for every event; redirect addresses are the longest values. */
const LONGEST_LINE = 8000;
/** Where the name of the logger stands in a line of text. */
const HEAD = 160;

/**
 * Whether a record carries a line that Keycloak's logging listener wrote: `type=LOGIN, realmId=..., clientId=...`, as a line of the server's log
 * in `message`, or as the message of its JSON log.
 */
export function isKeycloakLine(record: Raw): boolean {
  const message = record['message'];
  if (typeof message !== 'string' || message.length < 20) return false;
  if (loggerOf(record) === LOGGER) return true;
  const head = clip(message, HEAD);
  return head.includes(`[${LOGGER}]`) || ((head.startsWith('type=') || head.startsWith('operationType=')) && head.includes('realmId='));
}

function loggerOf(record: Raw): unknown {
  const log = record['log'];
  // every record of every vendor comes by here: no text is parsed for it
  const nested = typeof log === 'object' && log !== null ? (log as Raw)['logger'] : undefined;
  return record['log.logger'] ?? record['loggerName'] ?? record['logger'] ?? nested;
}

/** Fields of an event itself; what else stands in the line are its details. */
const OWN = new Set([
  'type',
  'realmId',
  'realmName',
  'clientId',
  'userId',
  'sessionId',
  'ipAddress',
  'error',
  'operationType',
  'resourceType',
  'resourcePath',
]);
/** Every part is bounded: a line without an end to its names or quotes must not cost the square of its length. */
const PAIR = /\b([A-Za-z][\w.]{0,60})=(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^,]{0,2000}))(?:,\s{0,9}|$)/g;

/** The event that the line holds, as the event API would give it. A line of another kind gives one without a type. */
export function eventOfKeycloakLine(record: Raw): Raw {
  const line = clip(String(record['message']), LONGEST_LINE);
  const start = Math.max(line.indexOf('type='), 0);
  const admin = line.indexOf('operationType=');
  const event: Record<string, unknown> = {};
  const details: Record<string, unknown> = {};
  for (const [, key, double, single, bare] of line.slice(admin >= 0 ? admin : start).matchAll(PAIR)) {
    if (key === undefined) continue;
    const value = double ?? single ?? bare;
    if (OWN.has(key)) event[key] = value;
    else details[key] = value;
  }
  event['details'] = details;
  event['time'] = record['@timestamp'] ?? record['timestamp'] ?? record['time'] ?? parseTime(line.slice(0, 23));
  if (admin >= 0) {
    event['authDetails'] = {
      realmId: event['realmId'],
      clientId: event['clientId'],
      userId: event['userId'],
      ipAddress: event['ipAddress'],
    };
  }
  return event;
}
