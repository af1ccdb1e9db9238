import type { Activity, Auth, EventStatus, NamedRef } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import type { Mapped, MappedPrincipal, MappedSession, Mapper, Raw, SourceKeys } from '../../mapped.js';
import { bool, cleanAction, detail, id, list, object, text, word } from '../../record.js';
import { awsDetails, isOther, subjectOf } from './aws-details.js';
import { AWS_TARGETED, awsActivity, plainName } from './aws-event-names.js';
import { awsPrincipal, lenderOf } from './aws-principal.js';
import { refined } from './aws-refine.js';
import { awsEvent, awsShapeOf } from './aws-shapes.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'cloudtrail',
    title: 'AWS CloudTrail',
    session: [
      {
        paths: ['userIdentity.principalId', 'userIdentity.sessionContext.attributes.creationDate'],
        confidence: 'high',
        note: 'medium for programs, of which many may take one role in one second',
      },
      { paths: ['userIdentity.credentialId'], confidence: 'high', note: 'Identity Center, while signing in and in its portal' },
    ],
    token: ['userIdentity.accessKeyId'],
    address: ['sourceIPAddress'],
    user_agent: ['userAgent'],
    note: 'A user`s own key has no session. Where a service of AWS acts for somebody, its name stands in place of the address. Signing in to the console has no session yet; `sourceIdentity` names the person behind roles.',
  },
];

const NO_SECTION: Raw = Object.freeze({});
/** CloudTrail tells seconds. */
const PRECISION_MS = 1000;
const LONGEST_NAME = 200;
/** A key of a user, which may lie in any script, whoever it is named after. */
const LONG_LIVED = 'AKIA';

/**
 * AWS CloudTrail: calls, sign-ins to the console and to Identity Center, data events, and what services report. Rates of calls (insights) and
 * digests of log files are known, and no events.
 * @param account what the account is called where a record does not say it
 */
export function createAwsMapper(account = 'default'): Mapper {
  return {
    vendor: 'aws',
    keys: KEYS,
    recognises: (record) => awsShapeOf(record) !== undefined,
    map: (record) => {
      const shape = awsShapeOf(record);
      const event = shape === undefined ? undefined : awsEvent(record, shape);
      return event === undefined ? [] : withLender(mapEvent(event, account), event);
    },
  };
}

/**
 * A federated user is somebody else than the user whose key let them in, and lives on when that key is taken away: what they do is told of that user, too, as
 * a use of the key for a while that was given to them.
 */
function withLender(mapped: Mapped, event: Raw): Mapped[] {
  const identity = section(event, 'userIdentity');
  const lender = identity['type'] === 'FederatedUser' ? lenderOf(identity) : undefined;
  if (lender === undefined || mapped.token === undefined) return [mapped];
  const { vendor, product, account, id, time, time_precision_ms, action, status, token, app, ip, user_agent } = mapped;
  const use = { vendor, product, account, id, time, time_precision_ms, action, status, token, app, ip, user_agent };
  return [mapped, { ...use, activity: 'session_use', is_presence: false, principal: lender }];
}

function section(record: Raw, key: string): Raw {
  return object(record[key]) ?? NO_SECTION;
}

function mapEvent(event: Raw, fallback: string): Mapped {
  const identity = section(event, 'userIdentity');
  const additional = section(event, 'additionalEventData');
  const request = section(event, 'requestParameters');
  const response = section(event, 'responseElements');
  const action = cleanAction(text(event['eventName']) ?? 'unknown');
  const source = text(event['eventSource']) ?? '';
  const service = serviceOf(source);
  const name = plainName(action.slice(0, LONGEST_NAME));
  const account = id(event['recipientAccountId']) ?? id(identity['accountId']) ?? fallback;

  const invokedBy = text(identity['invokedBy']);
  const isConsole =
    bool(event['sessionCredentialFromConsole']) === true || invokedBy === CONSOLE || name === 'ConsoleLogin' || name === 'SwitchRole';
  const principal = awsPrincipal({ identity, service, isConsole, additional });
  const subject = subjectOf(service, name, request);
  const isOnOther = isOther(subject, principal);
  const call = { service, name, request, response, isOnOther };
  const activity = refined(awsActivity(service, name, text(event['eventType'])), call);
  const status = statusOf(event, name, response);
  const ip = addressOf(event['sourceIPAddress']);
  const userAgent = text(event['userAgent']);
  const code = text(event['errorCode']);
  const key = id(identity['accessKeyId']);
  const isQuarantine = activity === 'vendor_risk';
  const details = awsDetails(activity, call, additional);
  return {
    vendor: 'aws',
    product: 'cloudtrail',
    account,
    id: id(event['sharedEventID']) ?? id(event['eventID']),
    time: parseTime(event['eventTime']) ?? parseTime(event['@timestamp']) ?? parseTime(event['p_event_time']),
    time_precision_ms: PRECISION_MS,
    action,
    activity,
    status,
    status_detail: code ?? (activity === 'sign_in' ? text(event['errorMessage']) : undefined),
    is_presence:
      principal.type === 'human' &&
      status === 'success' &&
      activity !== 'token_issue' &&
      isAddress(ip) &&
      (isConsole || key?.startsWith(LONG_LIVED) !== true) &&
      !isServers(invokedBy, userAgent),
    principal,
    targets: isOnOther && (AWS_TARGETED.has(activity) || details?.['key_uid'] !== undefined) ? [subject as MappedPrincipal] : undefined,
    session: sessionOf(identity, account, principal),
    token: key === undefined ? undefined : { uid: key, kind: 'access_key_id' },
    device: undefined,
    client: undefined,
    app: appOf(source),
    resource: resourceOf(event['resources']),
    auth: authOf(name, activity, identity, additional),
    details: withCode(details, activity, code),
    risk: isQuarantine ? { level: 'high', reasons: ['access key found in public'] } : undefined,
    correlation_uid: id(additional['AuthWorkflowID']) ?? id(event['requestID']),
    ja4: undefined,
    ip,
    user_agent: userAgent,
    network: undefined,
  };
}

/** Stands in `invokedBy` and as the user agent of what people do at the console. */
const CONSOLE = 'signin.amazonaws.com';

/** `iam.amazonaws.com`, `monitoring.amazonaws.com.cn`, `signin.aws.amazon.com`: what stands before the first dot. */
function serviceOf(source: string): string {
  const dot = source.indexOf('.');
  return dot < 0 ? source : source.slice(0, dot);
}

/** References of the services seen so far: a few hundred, the same for every record. */
const APPS = new Map<string, NamedRef>();
const MOST_APPS = 1000;

function appOf(source: string): NamedRef | undefined {
  if (source === '') return undefined;
  const known = APPS.get(source);
  if (known !== undefined) return known;
  const app: NamedRef = { uid: source, name: undefined };
  if (APPS.size < MOST_APPS) APPS.set(source, app);
  return app;
}

function resourceOf(resources: unknown): NamedRef | undefined {
  if (resources === undefined || resources === null || resources === '') return undefined;
  for (const entry of list(resources)) {
    const arn = text(object(entry)?.['ARN']) ?? text(object(entry)?.['arn']);
    if (arn !== undefined) return { uid: arn, name: undefined };
  }
  return undefined;
}

/** Sign-ins say in a member of their own how they ended, all else by an error. */
function statusOf(event: Raw, name: string, response: Raw): EventStatus {
  const said = word(response[name]) ?? word(section(event, 'serviceEventDetails')[name]);
  // asked for the next factor: the person has not shown it yet
  if (name === 'CredentialChallenge' && said !== 'failure') return 'interrupted';
  if (said === 'failure') return 'failure';
  return text(event['errorCode']) === undefined ? 'success' : 'failure';
}

/** What AWS does by itself has a name of its own in place of an address. */
function addressOf(value: unknown): string | undefined {
  const address = text(value);
  if (address === undefined) return undefined;
  const first = address.charCodeAt(0) | 32;
  return first === 97 && /^aws[ .]internal$/i.test(address) ? undefined : address;
}

/** Host names of services stand where addresses stand. */
function isAddress(ip: string | undefined): boolean {
  return ip !== undefined && !ip.endsWith('.com') && !ip.endsWith('.cn') && !ip.endsWith('.aws');
}

/** Programs of the console that call with the person's address and credential. */
const CONSOLES = /^(console|signin|[a-z0-9-]+\.console|console\.[a-z0-9-]+)\.(amazonaws|aws\.amazon)\.com$/;
const SERVICE = /^([a-z0-9-]+\.)+(amazonaws\.com(\.cn)?|internal)$/i;

/** Does a server of AWS act for the caller? */
function isServers(invokedBy: string | undefined, userAgent: string | undefined): boolean {
  if (invokedBy !== undefined && invokedBy !== CONSOLE) return true;
  if (userAgent === undefined || userAgent.length > 100) return false;
  if (userAgent === 'AWS Internal') return true;
  return SERVICE.test(userAgent) && !CONSOLES.test(userAgent);
}

function sessionOf(identity: Raw, account: string, principal: MappedPrincipal): MappedSession | undefined {
  const owner = id(identity['accountId']) ?? account;
  const begun = text(section(section(identity, 'sessionContext'), 'attributes')['creationDate']);
  const principalId = id(identity['principalId']);
  if (begun !== undefined && principalId !== undefined) {
    return {
      uid: `${principalId}/${begun}`,
      root_uid: undefined,
      issuer: `aws:${owner}`,
      confidence: principal.type === 'human' ? 'high' : 'medium',
      created_time: parseTime(begun),
    };
  }
  const credential = id(identity['credentialId']);
  if (credential === undefined) return undefined;
  return { uid: credential, root_uid: undefined, issuer: `aws:${owner}`, confidence: 'high', created_time: undefined };
}

function authOf(name: string, activity: Activity, identity: Raw, additional: Raw): Auth | undefined {
  const protocol =
    additional['SamlProviderArn'] !== undefined || name === 'AssumeRoleWithSAML'
      ? 'saml20'
      : name === 'AssumeRoleWithWebIdentity'
        ? 'oidc'
        : undefined;
  const device = name === 'StartDeviceAuthorization' ? 'device_code' : protocol;
  const method = activity === 'sign_in' ? text(additional['CredentialType'])?.toLowerCase() : undefined;
  const isMfa = isMfaOf(activity, identity, additional);
  if (device === undefined && method === undefined && isMfa === undefined) return undefined;
  return { protocol: device, method, is_mfa: isMfa, incoming_token: undefined, keep_signed_in: undefined };
}

/** Whether a second factor was asked is known here of users of the account; of those who come from a provider only that provider knows. */
function isMfaOf(activity: Activity, identity: Raw, additional: Raw): boolean | undefined {
  if (bool(section(section(identity, 'sessionContext'), 'attributes')['mfaAuthenticated']) === true) return true;
  if (activity !== 'sign_in') return undefined;
  const used = usedMfa(additional['MFAUsed']) ?? (text(additional['CredentialType'])?.includes(',') === true ? true : undefined);
  const type = identity['type'];
  return used === true || type === 'IAMUser' || type === 'Root' ? used : undefined;
}

function usedMfa(value: unknown): boolean | undefined {
  const used = word(value);
  return used === 'yes' ? true : used === 'no' ? false : undefined;
}

/** Of what is looked at all day the code alone would make a table for each refusal. */
function withCode(
  details: Record<string, string> | undefined,
  activity: Activity,
  code: string | undefined,
): Record<string, string> | undefined {
  return code === undefined || activity === 'session_use' ? details : detail(details, 'error_code', code);
}
