import type { Activity } from '../../../event/index.js';
import { formatTime, parseTime } from '../../../event/time.js';
import type { Mapped, MappedPrincipal, Raw } from '../../mapped.js';
import { cleanAction, detail, id, isAddress, list, object, text, texts, word } from '../../record.js';

/** Whether the record is an alert of the alert center, which is another API than the Reports API. */
export function isAlert(record: Raw): boolean {
  if (typeof record['alertId'] !== 'string' || typeof record['customerId'] !== 'string') return false;
  const data = record['data'];
  return typeof data === 'object' && data !== null && typeof record['type'] === 'string' && typeof record['source'] === 'string';
}

/** Alerts about the service, not about anybody in the organisation. */
const SERVICE_ALERTS = /outage|app ?maker|google operations|service update/i;

/** An alert: Google's verdict, most often about one person. Each change of an alert is an event of its own. */
export function mapAlert(record: Raw, fallbackAccount: string): Mapped {
  const data = object(record['data']) ?? {};
  const metadata = object(record['metadata']) ?? {};
  const time = parseTime(record['updateTime']) ?? parseTime(metadata['updateTime']) ?? parseTime(record['createTime']);
  const uid = id(record['alertId']);
  const type = text(record['type']);
  const source = text(record['source']);
  const people = peopleOf(data);
  const [first, ...others] = people;
  const login = object(data['loginDetails']);
  const activity: Activity = SERVICE_ALERTS.test(`${type ?? ''} ${source ?? ''}`) ? 'other' : 'vendor_risk';
  return {
    vendor: 'google_workspace',
    product: 'alert',
    account: accountOf(record['customerId']) ?? fallbackAccount,
    id: uid === undefined || time === undefined ? uid : `${uid}@${time}`,
    time,
    time_precision_ms: undefined,
    action: cleanAction(type ?? 'Alert'),
    activity,
    // the verdict was given; whether it holds is in the risk state
    status: 'success',
    status_detail: undefined,
    is_presence: false,
    principal: first ?? { type: 'system', uid: 'alert_center', name: 'Google Workspace alert center' },
    targets: others.length === 0 ? undefined : others,
    session: undefined,
    token: undefined,
    device: undefined,
    client: undefined,
    app: undefined,
    resource: undefined,
    auth: undefined,
    details: activity === 'other' ? undefined : detailsOf(record, data, metadata, time),
    risk:
      activity === 'other' ? undefined : { level: word(metadata['severity']) || 'unknown', reasons: source === undefined ? [] : [source] },
    correlation_uid: uid,
    ja4: undefined,
    ip: text(login?.['ipAddress']),
    user_agent: undefined,
    network: undefined,
  };
}

/** The Reports API writes the same customer with a C in front. */
function accountOf(value: unknown): string | undefined {
  const customer = id(value);
  return customer?.startsWith('0') ? `C${customer}` : customer;
}

const MOST_PEOPLE = 50;

/** Whom the alert is about, best first; an act of an administrator is about that one. */
function peopleOf(data: Raw): MappedPrincipal[] {
  const found: MappedPrincipal[] = [];
  const add = (value: unknown): void => {
    const email = text(value);
    if (email === undefined || !isAddress(email) || found.length >= MOST_PEOPLE) return;
    if (!found.some((one) => one.email === email)) found.push({ type: 'human', email });
  };
  add(data['email']);
  add(data['actorEmail']);
  add(object(data['ruleViolationInfo'])?.['triggeringUserEmail']);
  for (const email of texts(data['affectedUserEmails'])) add(email);
  for (const message of list(data['messages'])) add((message as Raw | null)?.['recipient']);
  add(object(data['superAdminPasswordResetEvent'])?.['userEmail']);
  return found;
}

function detailsOf(record: Raw, data: Raw, metadata: Raw, time: number | undefined): Record<string, string> | undefined {
  const name = text(data['title']) ?? text(data['ruleName']) ?? text(data['name']) ?? text(object(data['ruleInfo'])?.['displayName']);
  let details = detail(undefined, 'alert_name', name ?? text(record['type']));
  details = detail(details, 'risk_state', word(metadata['status']) || undefined);
  const started = parseTime(object(data['loginDetails'])?.['loginTime']) ?? parseTime(record['startTime']);
  return started === undefined || started === time ? details : detail(details, 'activity_time', formatTime(started));
}
