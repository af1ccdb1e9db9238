import { parseTime } from '../../../event/time.js';
import { wordTable } from '../../../event/word-table.js';
import type { Raw } from '../../mapped.js';
import { bool, id, list, number, object, text, word } from '../../record.js';
import { recordUid } from '../../record-uid.js';
import { columnReader, member, type ParameterReader, parameterReader } from './google-parameters.js';

/** One act of an activity. */
export interface GoogleEvent {
  name: string | undefined;
  type: string | undefined;
  parameter: ParameterReader;
  /** `{eventStatus, errorCode, errorMessage, httpStatusCode}` of newer records */
  status: Raw;
  /** tells this event from the others of its activity, where the collector made a record of each */
  part: string | undefined;
}

/** A record of the Reports API, however it was collected. */
export interface GoogleActivity {
  /** `applicationName`, lower case */
  app: string;
  account: string | undefined;
  time: number | undefined;
  qualifier: string | undefined;
  actor: Raw;
  ip: string | undefined;
  network: Raw;
  device: Raw;
  ownerDomain: string | undefined;
  isAgentic: boolean;
  events: GoogleEvent[];
}

/**
 * `api`: as the Reports API writes it, with its events in a list or one of them apart. `hoisted`: name, type and parameters of one event at
 * the top. `columns`: as a connector hands it to a table, parameters at the top. `table`: the same out of the table, types behind the names.
 * `activity_row`, `mail_row`: rows of the exports to BigQuery. `browser`: what Chrome's own connector sends on.
 */
type Shape = 'api' | 'hoisted' | 'columns' | 'table' | 'activity_row' | 'mail_row' | 'browser';

/** How the record writes an activity of Google Workspace, or undefined when it is none. Cheap: it sees every record of every vendor. */
export function googleShapeOf(record: Raw): Shape | undefined {
  const key = record['id'];
  if (typeof key === 'object' && key !== null) {
    if (typeof (key as Raw)['applicationName'] !== 'string') return undefined;
    return (record['events'] ?? undefined) !== undefined ? 'api' : record['event_name'] !== undefined ? 'columns' : 'hoisted';
  }
  if (typeof record['id_applicationName_s'] === 'string') return 'table';
  if (typeof record['record_type'] === 'string' && record['time_usec'] !== undefined && record['event_name'] !== undefined) {
    return 'activity_row';
  }
  if (isMailRow(record)) return 'mail_row';
  return isBrowserEvent(record) ? 'browser' : undefined;
}

function isBrowserEvent(record: Raw): boolean {
  const client = record['client_type'];
  return typeof client === 'string' && client.startsWith('CHROME_') && typeof record['event'] === 'string' && record['time'] !== undefined;
}

function isMailRow(record: Raw): boolean {
  const info = record['event_info'];
  return typeof info === 'object' && info !== null && 'timestamp_usec' in info && typeof record['message_info'] === 'object';
}

const NOTHING: Raw = Object.freeze({});

export function readActivity(record: Raw, shape: Shape): GoogleActivity {
  switch (shape) {
    case 'table':
      return fromTable(record);
    case 'activity_row':
      return fromActivityRow(record);
    case 'mail_row':
      return fromMailRow(record);
    case 'browser':
      return fromBrowser(record);
    default: {
      const key = record['id'] as Raw;
      return {
        app: word(key['applicationName']) ?? '',
        account: id(key['customerId']),
        time: parseTime(key['time']),
        qualifier: id(key['uniqueQualifier']),
        actor: object(record['actor']) ?? NOTHING,
        ip: text(record['ipAddress']),
        network: object(record['networkInfo']) ?? NOTHING,
        device: object(record['userDeviceInfo']) ?? NOTHING,
        ownerDomain: text(record['ownerDomain']),
        isAgentic: bool(record['isAgenticAction']) === true,
        events: shape === 'api' ? apiEvents(record['events']) : [apart(record, shape)],
      };
    }
  }
}

/** An activity has a few; of empty ones a record could hold a million, each worth a thousand times its length in memory. */
const MOST_EVENTS = 1000;

function apiEvents(events: unknown): GoogleEvent[] {
  const isList = Array.isArray(events) || typeof events === 'string';
  const found: GoogleEvent[] = [];
  for (const entry of list(events)) {
    if (found.length >= MOST_EVENTS) break;
    const event = object(entry);
    if (event !== undefined) found.push(eventOf(event, event['parameters'], isList));
  }
  return found;
}

/** @param isInList its place in the list tells the event from the others, else its content has to */
function eventOf(event: Raw, parameters: unknown, isInList: boolean): GoogleEvent {
  return {
    name: text(event['name']),
    type: text(event['type']),
    parameter: parameterReader(parameters),
    status: object(event['status']) ?? NOTHING,
    part: isInList ? undefined : recordUid({ parameters: parameters ?? null }),
  };
}

function apart(record: Raw, shape: Shape): GoogleEvent {
  if (shape === 'hoisted') return eventOf(record, record['parameters'], false);
  return {
    name: text(record['event_name']),
    type: text(record['event_type']),
    parameter: (name) => (Object.hasOwn(record, name) ? record[name] : undefined),
    status: NOTHING,
    part: recordUid(record),
  };
}

/** Sentinel flattens paths by underscores; the address column has a name of its own there. */
function fromTable(record: Raw): GoogleActivity {
  const column = columnReader(record);
  return {
    app: word(record['id_applicationName_s']) ?? '',
    account: id(column('id_customerId')),
    time: parseTime(column('id_time') ?? record['TimeGenerated']),
    qualifier: id(column('id_uniqueQualifier')),
    actor: {
      email: column('actor_email'),
      profileId: column('actor_profileId'),
      callerType: column('actor_callerType'),
      key: column('actor_key'),
    },
    ip: text(record['IPAddress'] ?? column('ipAddress') ?? column('IPAddress')),
    network: { ipAsn: column('networkInfo_ipAsn'), regionCode: column('networkInfo_regionCode') },
    device: { deviceId: column('userDeviceInfo_deviceId'), deviceType: column('userDeviceInfo_deviceType') },
    ownerDomain: text(column('ownerDomain')),
    isAgentic: bool(column('isAgenticAction')) === true,
    events: [
      {
        name: text(column('event_name')),
        type: text(column('event_type')),
        parameter: column,
        status: NOTHING,
        part: recordUid(record),
      },
    ],
  };
}

/** The export to BigQuery has one row for each event, with its parameters under the name of the log. */
function fromActivityRow(record: Raw): GoogleActivity {
  const app = word(record['record_type']) ?? '';
  return {
    app,
    account: id(record['customer_id']),
    time: parseTime(record['time_usec']),
    qualifier: id(record['unique_identifier']),
    actor: { email: record['email'] },
    ip: text(record['ip_address']),
    network: NOTHING,
    device: NOTHING,
    ownerDomain: text(record['domain_name']),
    isAgentic: false,
    events: [
      {
        name: text(record['event_name']),
        type: text(record['event_type']),
        parameter: parameterReader(object(record[app]) ?? NOTHING),
        status: object(record['status']) ?? NOTHING,
        part: recordUid(record),
      },
    ],
  };
}

/** The export of mail logs names no actor: whoever sent what was sent, else the mailbox that it is in. */
function fromMailRow(record: Raw): GoogleActivity {
  const info = record['event_info'] as Raw;
  const message = object(record['message_info']) ?? NOTHING;
  const isSent = number(info['mail_event_type']) === 1;
  const sender = text(member(message['source'], 'address'));
  const owner = object(list(message['destination'])[0]);
  return {
    app: 'gmail',
    account: undefined,
    time: parseTime(info['timestamp_usec']),
    qualifier: undefined,
    actor: { email: isSent ? sender : (text(owner?.['address']) ?? sender) },
    ip: undefined,
    network: NOTHING,
    device: NOTHING,
    ownerDomain: undefined,
    isAgentic: false,
    events: [{ name: 'delivery', type: 'delivery_type', parameter: parameterReader(record), status: NOTHING, part: undefined }],
  };
}

/** Chrome's connector writes the parameters of the browser log in lower case, and names of events as `passwordReuseEvent`. */
function fromBrowser(record: Raw): GoogleActivity {
  return {
    app: 'chrome',
    account: id(record['customer_id']),
    time: parseTime(record['time']),
    qualifier: id(record['event_id']),
    actor: { email: record['device_user'] },
    ip: text(record['ip_address']),
    network: NOTHING,
    device: NOTHING,
    ownerDomain: undefined,
    isAgentic: false,
    events: [
      {
        name: text(record['event']),
        type: undefined,
        parameter: (name) => record[BROWSER_NAMES[name] ?? name.toLowerCase()],
        status: NOTHING,
        part: undefined,
      },
    ],
  };
}

const BROWSER_NAMES: Readonly<Record<string, string>> = wordTable({
  DEVICE_PLATFORM: 'os_platform',
  EVENT_REASON: 'reason',
  LOGIN_FAILURE_REASON: 'trigger_type',
});
