import type { Activity, EventStatus, NamedRef, VendorRisk } from '../../../event/index.js';
import { wordTable } from '../../../event/word-table.js';
import type { Mapped, MappedPrincipal, Mapper, SourceKeys } from '../../mapped.js';
import { bool, cleanAction, id, isAddress, number, text, word } from '../../record.js';
import { samePrincipal } from '../../same-principal.js';
import { isAlert, mapAlert } from './google-alert.js';
import { googleDetails } from './google-details.js';
import { GOOGLE_TARGETED, googleActivity, productOf } from './google-events.js';
import { delegateOf, isOwnMailAct, mailAddress } from './google-mail.js';
import { member, type ParameterReader, textOf, textsOf } from './google-parameters.js';
import { actorOf, targetsOf } from './google-people.js';
import { authOf, clientOf, deviceOf, sessionOf } from './google-session.js';
import { type GoogleActivity, type GoogleEvent, googleShapeOf, readActivity } from './google-shapes.js';

const BY_DEVICE = { paths: ['actor.profileId', 'userDeviceInfo.deviceId'], confidence: 'surrogate' } as const;
const BY_CLIENT = { paths: ['actor.profileId', 'actor.applicationInfo.oauthClientId'], confidence: 'surrogate' } as const;
const BY_NETWORK = {
  paths: ['actor.profileId', 'networkInfo.ipAsn[]', 'networkInfo.regionCode'],
  confidence: 'low',
  note: 'put together: Google logs no session',
} as const;
const ADDRESS = ['ipAddress'] as const;

const KEYS: readonly SourceKeys[] = [
  { product: 'login', title: 'Google Workspace sign-ins', session: [BY_NETWORK], address: ADDRESS },
  {
    product: 'saml',
    title: 'Single sign-on to other apps',
    session: [BY_DEVICE, BY_NETWORK],
    device: ['userDeviceInfo.deviceId'],
    address: ADDRESS,
  },
  {
    product: 'token',
    title: 'OAuth tokens of apps',
    session: [
      {
        paths: ['actor.profileId', 'events[].parameters[name=client_id].value'],
        confidence: 'surrogate',
        note: 'one for each app, as long as its grant',
      },
    ],
    address: ADDRESS,
    note: 'Names the app, never a token.',
  },
  {
    product: 'admin',
    title: 'Admin console and its API',
    session: [BY_DEVICE, BY_CLIENT, BY_NETWORK],
    device: ['userDeviceInfo.deviceId'],
    address: ADDRESS,
  },
  { product: 'user_accounts', title: 'Own accounts', session: [BY_NETWORK], address: ADDRESS },
  { product: 'drive', title: 'Drive', session: [BY_DEVICE, BY_CLIENT, BY_NETWORK], device: ['userDeviceInfo.deviceId'], address: ADDRESS },
  {
    product: 'gmail',
    title: 'Gmail',
    session: [BY_NETWORK],
    address: ADDRESS,
    note: 'The address of a message that came in is its sender`s: nobody is placed by mail.',
  },
  { product: 'groups', title: 'Groups', session: [BY_NETWORK], address: ADDRESS },
  {
    product: 'calendar',
    title: 'Calendar',
    session: [BY_NETWORK],
    address: ADDRESS,
    user_agent: ['events[].parameters[name=user_agent].value'],
  },
  { product: 'meet', title: 'Meet', address: ['events[].parameters[name=ip_address].value'] },
  {
    product: 'mobile',
    title: 'Mobile devices',
    session: [{ paths: ['actor.profileId', 'events[].parameters[name=DEVICE_ID].value'], confidence: 'surrogate' }],
    device: ['events[].parameters[name=DEVICE_ID].value'],
  },
  {
    product: 'chrome',
    title: 'Chrome browsers and ChromeOS',
    session: [{ paths: ['actor.profileId', 'events[].parameters[name=DIRECTORY_DEVICE_ID].value'], confidence: 'surrogate' }],
    device: ['events[].parameters[name=DIRECTORY_DEVICE_ID].value', 'directory_device_id'],
    user_agent: ['user_agent'],
    note: 'The browser`s own connector names its user, not the profile: no session there.',
  },
  { product: 'rules', title: 'Rules that an administrator made', session: [BY_NETWORK], address: ADDRESS },
  { product: 'context_aware_access', title: 'Context-aware access', session: [BY_NETWORK], address: ADDRESS },
  { product: 'alert', title: 'Alert center', address: ['data.loginDetails.ipAddress'], note: 'Names people by address alone.' },
];

/**
 * Google Workspace: activities of the Reports API, as collectors write them, and alerts of the alert center.
 * @param account customer id where the records do not carry it
 */
export function createGoogleMapper(account = 'default'): Mapper {
  return {
    vendor: 'google_workspace',
    keys: KEYS,
    recognises: (record) => googleShapeOf(record) !== undefined || isAlert(record),
    map: (record) => {
      const shape = googleShapeOf(record);
      if (shape === undefined) return isAlert(record) ? [mapAlert(record, account)] : [];
      const activity = readActivity(record, shape);
      return activity.events.map((event) => mapEvent(activity, event, activity.account ?? account));
    },
  };
}

function mapEvent(source: GoogleActivity, event: GoogleEvent, account: string): Mapped {
  const { app, time } = source;
  const { parameter } = event;
  const name = cleanAction(event.name ?? event.type ?? (app === '' ? 'unknown' : app));
  const principal = actorOf(source, parameter);
  const targets = targetsOf(parameter, principal);
  const activity = ownAct(googleActivity({ app, name, type: event.type, parameter }), name, parameter, principal);
  const status = statusOf(app, name, activity, event);
  const client = clientOf(source, parameter);
  const device = deviceOf(source, parameter);
  const session = sessionOf(source, parameter, principal, client, device, `google_workspace:${account}`, activity);
  if (session !== undefined && status === 'success' && opensSession(app, name)) session.created_time = time;
  const isTargeted = targets !== undefined && GOOGLE_TARGETED.has(activity);
  const address = principal.email ?? principal.on_behalf_of?.email;
  const ip = addressOf(source, parameter);
  const details = googleDetails({
    app,
    name,
    activity,
    parameter,
    time,
    actor: address,
    ownerDomain: source.ownerDomain,
  });
  return {
    vendor: 'google_workspace',
    product: productOf(app),
    account,
    id: idOf(source, name, event),
    time,
    time_precision_ms: undefined,
    action: name,
    activity,
    status,
    status_detail: reasonOf(event),
    is_presence: status === 'success' && ip !== undefined && isInPerson(source, name, activity, parameter, principal),
    principal: app === 'gmail' ? mailActor(principal, parameter) : principal,
    targets: isTargeted ? targets : undefined,
    session,
    token: undefined,
    device,
    client,
    app: appOf(app, parameter),
    resource: resourceOf(app, parameter),
    auth: authOf(app, status, parameter),
    details,
    risk: riskOf(app, name, activity, parameter),
    correlation_uid: undefined,
    ja4: undefined,
    ip,
    user_agent: app === 'calendar' || app === 'chrome' ? textOf(parameter('user_agent')) : undefined,
    network: undefined,
  };
}

/**
 * Time, log and qualifier tell one activity from the others. Collectors that make a record of each of its events leave out which one it is, so
 * that its content has to tell.
 */
function idOf({ app, time, qualifier }: GoogleActivity, name: string, { part }: GoogleEvent): string | undefined {
  if (qualifier === undefined) return undefined;
  const key = `${time ?? ''}:${app}:${qualifier}:${name}`;
  return part === undefined ? key : `${key}:${part.slice(0, 16)}`;
}

/** What an administrator resets for somebody is a recovery, for oneself a change. */
function ownAct(activity: Activity, name: string, parameter: ParameterReader, actor: MappedPrincipal): Activity {
  if (activity !== 'recovery') return activity;
  const subject = textOf(parameter('USER_EMAIL'));
  if (subject === undefined || !samePrincipal({ type: 'human', email: subject }, actor)) return activity;
  return name.includes('2SV') || name === 'UNBLOCK_USER_SESSION' ? 'mfa_change' : 'credential_change';
}

function opensSession(app: string, name: string): boolean {
  return (app === 'login' && name === 'login_success') || (app === 'token' && name === 'authorize');
}

const EVENT_STATUSES: Readonly<Record<string, EventStatus>> = wordTable({
  succeeded: 'success',
  succeeded_with_warnings: 'success',
  success: 'success',
  failed: 'failure',
  failure: 'failure',
  skipped: 'failure',
});
const CHALLENGES: ReadonlySet<string> = new Set(['login_challenge', 'login_verification']);

function statusOf(app: string, name: string, activity: Activity, { parameter, status }: GoogleEvent): EventStatus {
  const said = EVENT_STATUSES[word(status['eventStatus']) ?? ''];
  if (said !== undefined) return said;
  // a verdict is given, whatever it says was tried
  if (activity === 'vendor_risk') return 'success';
  if (app === 'gmail') return bool(member(parameter('event_info'), 'success')) === false ? 'failure' : 'success';
  const lower = name.toLowerCase();
  if (CHALLENGES.has(lower)) {
    const result = word(textOf(parameter('login_challenge_status'))) ?? '';
    return result.includes('passed') ? 'success' : result.includes('failed') ? 'failure' : 'interrupted';
  }
  if (app === 'token' && lower === 'request') return 'interrupted';
  if (app === 'context_aware_access') return lower.startsWith('monitor_mode') ? 'success' : 'failure';
  return /_(failure|failed|blocked|denied)(_event)?$/.test(lower) ? 'failure' : 'success';
}

function reasonOf({ parameter, status }: GoogleEvent): string | undefined {
  return (
    text(status['errorMessage']) ??
    textOf(parameter('login_failure_type')) ??
    textOf(parameter('failure_type')) ??
    textOf(parameter('LOGIN_FAILURE_REASON')) ??
    textOf(parameter('login_challenge_status')) ??
    text(status['errorCode'])
  );
}

/** Logs of what people do with their own hands in a browser or an app of Google's. */
const IN_PERSON: ReadonlySet<string> = new Set([
  'login',
  'saml',
  'admin',
  'user_accounts',
  'token',
  'drive',
  'groups',
  'groups_enterprise',
  'calendar',
  'chat',
  'keep',
  'vault',
  'data_studio',
]);
/** Google's own pages for files and sheets, as they name themselves in the Drive log; other apps call from servers of their own. */
const OWN_PAGES: ReadonlySet<string> = new Set(['691301496089', '211604355607']);

function isInPerson(
  { app, actor }: GoogleActivity,
  name: string,
  activity: Activity,
  parameter: ParameterReader,
  principal: MappedPrincipal,
): boolean {
  if (principal.type !== 'human' || activity === 'vendor_risk' || !IN_PERSON.has(app) || actor['applicationInfo'] !== undefined)
    return false;
  switch (app) {
    case 'login':
      // challenges are met on the way in, and a token is exchanged by a program
      return name === 'login_success' && word(textOf(parameter('login_type'))) !== 'exchange';
    case 'token':
      return name === 'authorize';
    case 'drive': {
      const origin = id(parameter('originating_app_id'));
      return (origin === undefined || OWN_PAGES.has(origin)) && !name.includes('sync_') && !name.endsWith('_reconciled');
    }
    case 'calendar': {
      const api = textOf(parameter('api_kind'));
      return api === undefined || api === 'web';
    }
    default:
      return true;
  }
}

/** The export of mail logs has no address but the client's, which is the sender's unless the owner of the mailbox did something. */
function addressOf({ app, ip }: GoogleActivity, parameter: ParameterReader): string | undefined {
  if (app === 'meet') return ip ?? textOf(parameter('ip_address'));
  return app === 'gmail' && ip === undefined && isOwnMailAct(parameter) ? mailAddress(parameter) : ip;
}

/** A delegate works in the mailbox of somebody else, who is named as the actor. */
function mailActor(owner: MappedPrincipal, parameter: ParameterReader): MappedPrincipal {
  const delegate = delegateOf(parameter);
  if (delegate === undefined || !isAddress(delegate) || !isOwnMailAct(parameter)) return owner;
  return { type: 'human', email: delegate };
}

function appOf(app: string, parameter: ParameterReader): NamedRef | undefined {
  const name =
    app === 'saml'
      ? textOf(parameter('application_name'))
      : app === 'context_aware_access'
        ? textOf(parameter('CAA_APPLICATION'))
        : undefined;
  return name === undefined ? undefined : { uid: undefined, name };
}

const RESOURCES: Readonly<Record<string, readonly [uid: string, name: string]>> = wordTable({
  drive: ['doc_id', 'doc_title'],
  calendar: ['calendar_id', 'event_title'],
  chat: ['room_id', 'room_name'],
  meet: ['conference_id', 'meeting_code'],
  keep: ['note_name', 'note_title'],
  vault: ['matter_id', 'resource_name'],
  data_studio: ['ASSET_ID', 'ASSET_NAME'],
});

function resourceOf(app: string, parameter: ParameterReader): NamedRef | undefined {
  const names = RESOURCES[app];
  if (names === undefined) return undefined;
  const uid = id(parameter(names[0]));
  const name = textOf(parameter(names[1]));
  return uid === undefined && name === undefined ? undefined : { uid, name };
}

/** Google gives its warnings no level; a rule has the severity that its author gave it, and says what kind of rule it is. */
function riskOf(app: string, name: string, activity: Activity, parameter: ParameterReader): VendorRisk | undefined {
  if (activity !== 'vendor_risk') {
    return bool(parameter('is_suspicious')) === true ? { level: 'unknown', reasons: ['suspicious'] } : undefined;
  }
  if (app === 'rules') {
    const kind = textOf(parameter('rule_type'));
    const reason = kind !== undefined && /dlp|data/i.test(kind) ? 'DataLossPrevention' : kind;
    return { level: word(textOf(parameter('severity'))) || 'unknown', reasons: reason === undefined ? [name] : [reason] };
  }
  if (/^NOT_COMPROMISED$|^FALSE$/i.test(textOf(parameter('DEVICE_COMPROMISED_STATE')) ?? '')) return { level: 'none', reasons: [name] };
  const attempts = number(parameter('FAILED_PASSWD_ATTEMPTS'));
  const reasons = [
    app === 'chrome' && /dlp|sensitive|dataAccess/i.test(name) ? 'DataLossPrevention' : name,
    ...textsOf(parameter('EVENT_REASON')),
  ];
  return { level: 'unknown', reasons: attempts === undefined ? reasons : [...reasons, `${attempts} attempts`] };
}
