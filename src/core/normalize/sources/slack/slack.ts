import type { EventStatus, VendorRisk } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import type { Mapped, MappedPrincipal, MappedSession, Mapper, Raw, SourceKeys } from '../../mapped.js';
import { cleanAction, id, isAddress, object, text, word } from '../../record.js';
import { samePrincipal } from '../../same-principal.js';
import { SLACK_TARGETED, slackActivity } from './slack-actions.js';
import { refOf, slackDetails, wordsOf } from './slack-details.js';
import { slackEntry, slackShapeOf } from './slack-shapes.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'audit',
    title: 'Slack audit log (Enterprise)',
    session: [{ paths: ['context.session_id'], confidence: 'high', note: 'a number; what Slack ends by itself often has none' }],
    address: ['context.ip_address'],
    user_agent: ['context.ua'],
    note: 'An anomaly gives reasons and no level.',
  },
];

/**
 * Slack audit log of an Enterprise organisation: its interface and the tables of the Sentinel connectors.
 * @param account id of the organisation where the record names none
 */
export function createSlackMapper(account = 'default'): Mapper {
  return {
    vendor: 'slack',
    keys: KEYS,
    recognises: (record) => slackShapeOf(record) !== undefined,
    map: (record) => {
      const shape = slackShapeOf(record);
      return shape === undefined ? [] : [mapEntry(slackEntry(record, shape), account)];
    },
  };
}

const NOTHING: Raw = Object.freeze({});

function mapEntry(entry: Raw, fallback: string): Mapped {
  const context = object(entry['context']) ?? NOTHING;
  const details = object(entry['details']) ?? NOTHING;
  const actor = object(entry['actor']) ?? NOTHING;
  const entity = object(entry['entity']) ?? NOTHING;
  const action = cleanAction(text(entry['action']) ?? 'unknown');
  const account = accountOf(context, actor) ?? fallback;
  const activity = slackActivity(action);
  const status = statusOf(action);
  const principal = principalOf(actor, account);
  const date = entry['date_create'];
  const time = parseTime(date);
  const ip = text(context['ip_address']);
  const through = refOf(context['app']);
  const reasons = activity === 'vendor_risk' ? reasonsOf(action, details) : undefined;
  const about = refOf(entity['app']);
  const session = sessionOf(context, account);
  const userAgent = text(context['ua']);
  return {
    vendor: 'slack',
    product: 'audit',
    account,
    id: id(entry['id']),
    time,
    time_precision_ms: typeof date === 'number' ? 1000 : undefined,
    action,
    activity,
    status,
    status_detail: undefined,
    is_presence:
      principal.type === 'human' &&
      status === 'success' &&
      ip !== undefined &&
      // what a server stores for somebody has neither
      (session !== undefined || userAgent !== undefined) &&
      through === undefined &&
      activity !== 'vendor_risk' &&
      !isSlacksOwn(action),
    principal,
    targets: SLACK_TARGETED.has(activity) ? targetsOf(entity, principal) : undefined,
    session,
    token: undefined,
    device: undefined,
    client: through,
    app: about,
    resource: fileOf(entity),
    auth: undefined,
    details: slackDetails(action, activity, entity, details, time, session?.uid),
    risk: reasons === undefined ? riskOf(action) : { level: 'unknown', reasons },
    correlation_uid: undefined,
    ja4: undefined,
    ip,
    user_agent: userAgent,
    network: reasons?.includes('tor') === true ? { is_tor: true } : undefined,
  };
}

/** The organisation before one of its workspaces: people and sessions are the organisation's. */
function accountOf(context: Raw, actor: Raw): string | undefined {
  const location = object(context['location']);
  const place = id(location?.['id']);
  if (place !== undefined && word(location?.['type']) === 'enterprise') return place;
  const team = id(object(actor['user'])?.['team']);
  return team?.startsWith('E') === true ? team : place;
}

function principalOf(actor: Raw, account: string): MappedPrincipal {
  const user = object(actor['user']);
  if (user !== undefined) return personOf(user);
  const app = object(actor['app']);
  if (app !== undefined) return { type: 'service', uid: id(app['id']), name: text(app['name']) };
  const kind = word(actor['type']);
  if (kind !== 'system' && kind !== 'slack') return { type: 'unknown' };
  return { type: 'system', uid: `slack:${account}`, name: 'Slack' };
}

function personOf(user: Raw): MappedPrincipal {
  const email = text(user['email']);
  return {
    type: 'human',
    uid: id(user['id']),
    email: email !== undefined && isAddress(email) ? email : undefined,
    name: text(user['name']),
  };
}

function targetsOf(entity: Raw, actor: MappedPrincipal): MappedPrincipal[] | undefined {
  const user = object(entity['user']);
  if (user === undefined) return undefined;
  const person = personOf(user);
  return (person.uid === undefined && person.email === undefined) || samePrincipal(person, actor) ? undefined : [person];
}

function sessionOf(context: Raw, account: string): MappedSession | undefined {
  const uid = id(context['session_id']);
  return uid === undefined || uid === '0' ? undefined : { uid, issuer: `slack:${account}`, confidence: 'high' };
}

function fileOf(entity: Raw): { uid: string | undefined; name: string | undefined } | undefined {
  return refOf(entity['file']) ?? refOf(entity['canvas']) ?? refOf(entity['channel']);
}

function statusOf(action: string): EventStatus {
  if (action === 'user_password_reset_requested') return 'interrupted';
  return /failed|failure|blocked/.test(action.slice(0, 150)) ? 'failure' : 'success';
}

/** Slack ends sessions and accounts by itself, in the name of whom it does it to; exports are finished by its machines. */
function isSlacksOwn(action: string): boolean {
  return (
    action === 'user_session_invalidated' ||
    action === 'user_password_reset_slack_security' ||
    action === 'guest_expired' ||
    action.startsWith('user_logout_') ||
    action.endsWith('_completed') ||
    action.endsWith('_prepared')
  );
}

/** Why Slack finds something odd: codes such as `asn`, `ip_address`, `session_fingerprint`, `tor`, and what it says of the address. */
function reasonsOf(action: string, details: Raw): string[] {
  const reasons = wordsOf(details['reason']);
  for (const what of wordsOf(details['ip_address_details'])) if (!reasons.includes(what)) reasons.push(what);
  return reasons.length > 0 ? reasons : [action];
}

/** Slack logs somebody out since it holds their credentials for stolen. */
function riskOf(action: string): VendorRisk | undefined {
  return action === 'user_logout_compromised' ? { level: 'unknown', reasons: ['compromised'] } : undefined;
}
