import type { Activity, Auth, Device, EventStatus, NamedRef } from '../../../event/index.js';
import { wordTable } from '../../../event/word-table.js';
import { deviceOs } from '../../device-os.js';
import type { MappedPrincipal, MappedSession } from '../../mapped.js';
import { bool, id, object, text, word } from '../../record.js';
import { type ParameterReader, textOf, textsOf } from './google-parameters.js';
import { profileOf } from './google-people.js';
import type { GoogleActivity } from './google-shapes.js';

/**
 * Google logs no session. What stands for one, best first: the person's device; the app that the person let in, whose session lasts as long as
 * its grant; else the network and region that the person is in.
 */
export function sessionOf(
  activity: GoogleActivity,
  parameter: ParameterReader,
  principal: MappedPrincipal,
  client: NamedRef | undefined,
  device: Device | undefined,
  issuer: string,
  act: Activity,
): MappedSession | undefined {
  if (principal.type === 'system' || word(activity.actor['callerType']) === 'key') return undefined;
  const profile = profileOf(activity.actor);
  // the device outlives every session on it: what is ended is not all that it will ever do
  if (profile === undefined || (act === 'sign_out' && device?.uid !== undefined)) return undefined;
  if (device?.uid !== undefined) return session(`${profile}:${device.uid}`, issuer, 'surrogate');
  if (client?.uid !== undefined && client.uid !== originOf(activity, parameter))
    return session(`${profile}:${client.uid}`, issuer, 'surrogate');
  const asn = textsOf(activity.network['ipAsn'])[0];
  const region = text(activity.network['regionCode']);
  return asn === undefined || region === undefined ? undefined : session(`${profile}:AS${asn}:${region}`, issuer, 'low');
}

function session(uid: string, issuer: string, confidence: MappedSession['confidence']): MappedSession {
  return { uid, root_uid: undefined, issuer, confidence, created_time: undefined };
}

/** The OAuth client of an app, or the project of the app that a file was worked on with. */
export function clientOf(activity: GoogleActivity, parameter: ParameterReader): NamedRef | undefined {
  const application = object(activity.actor['applicationInfo']);
  const uid = id(application?.['oauthClientId']) ?? (activity.app === 'token' ? id(parameter('client_id')) : undefined);
  const name = text(application?.['applicationName']) ?? (activity.app === 'token' ? textOf(parameter('app_name')) : undefined);
  if (uid !== undefined || name !== undefined) return { uid, name };
  const origin = originOf(activity, parameter);
  return origin === undefined ? undefined : { uid: origin, name: undefined };
}

/** The project of an app is no OAuth client: Google's own pages have one as well, and nobody let them in. */
function originOf(activity: GoogleActivity, parameter: ParameterReader): string | undefined {
  return activity.app === 'drive' ? id(parameter('originating_app_id')) : undefined;
}

/** Logs of devices, whose own parameters are about the device that the person has. */
const DEVICE_LOGS: ReadonlySet<string> = new Set(['chrome', 'mobile', 'context_aware_access', 'saml']);
const SYSTEMS: Readonly<Record<string, string>> = wordTable({
  mac: 'macos',
  chrome_os: 'chromeos',
  chromeos: 'chromeos',
  desktop_mac: 'macos',
});

export function deviceOf(activity: GoogleActivity, parameter: ParameterReader): Device | undefined {
  const { device, app } = activity;
  const isOwn = DEVICE_LOGS.has(app);
  const uid = id(device['deviceId']) ?? (isOwn ? ownDevice(parameter) : undefined);
  const name = isOwn ? (textOf(parameter('DEVICE_NAME')) ?? textOf(parameter('DEVICE_MODEL'))) : undefined;
  if (uid === undefined && name === undefined) return undefined;
  const system = text(device['deviceType']) ?? (isOwn ? systemOf(parameter) : undefined);
  return {
    uid,
    evidence: 'observed',
    cookie_uid: undefined,
    name,
    os: system === undefined ? undefined : (SYSTEMS[system.toLowerCase()] ?? deviceOs(system)),
    is_managed: undefined,
    is_compliant: undefined,
  };
}

function ownDevice(parameter: ParameterReader): string | undefined {
  return id(parameter('DIRECTORY_DEVICE_ID')) ?? id(parameter('DEVICE_ID')) ?? id(parameter('CAA_DEVICE_ID')) ?? id(parameter('device_id'));
}

/** `ChromeOS 16033.51.0`, `ANDROID`, `iOS 18.1`: the system and its version. */
function systemOf(parameter: ParameterReader): string | undefined {
  const platform = textOf(parameter('DEVICE_PLATFORM')) ?? textOf(parameter('OS_VERSION')) ?? textOf(parameter('DEVICE_TYPE'));
  return platform?.split(' ')[0];
}

/** Ways to sign in as Google calls them. */
const PROTOCOLS: Readonly<Record<string, string>> = wordTable({ saml: 'saml20', oidc: 'oidc', exchange: 'token_exchange' });
/** Challenges that say nothing, and those that are no factor of the person's own at Google. */
const NO_FACTOR: ReadonlySet<string> = new Set([
  'none',
  'other',
  'password',
  'captcha',
  'saml',
  'oidc',
  'login_location',
  'access_to_preregistered_email',
]);

/** How somebody signed in: the challenges of one sign-in stand in the order in which they were met. */
export function authOf(app: string, status: EventStatus, parameter: ParameterReader): Auth | undefined {
  if (app === 'saml')
    return { protocol: 'saml20', method: undefined, is_mfa: undefined, incoming_token: undefined, keep_signed_in: undefined };
  if (app !== 'login') return undefined;
  const protocol = PROTOCOLS[word(textOf(parameter('login_type'))) ?? ''];
  const methods = [...new Set(textsOf(parameter('login_challenge_method')).map((method) => method.toLowerCase()))];
  const isMfa = status === 'success' ? mfaOf(methods, bool(parameter('is_second_factor'))) : undefined;
  if (protocol === undefined && methods.length === 0 && isMfa === undefined) return undefined;
  return {
    protocol,
    method: methods.length === 0 ? undefined : methods.join(' '),
    is_mfa: isMfa,
    incoming_token: undefined,
    keep_signed_in: undefined,
  };
}

function mfaOf(methods: readonly string[], isSecondFactor: boolean | undefined): boolean | undefined {
  if (isSecondFactor === true || methods.some((method) => !NO_FACTOR.has(method))) return true;
  return methods.includes('password') ? false : undefined;
}
