import type { Activity, Auth, Endpoint, SessionEvent, UserAgent } from '../../src/core/event/index.js';
import type { Traits } from '../../src/core/state/print.js';

/** A small made-up world for property tests: places, programs, and a way to say an event in one line. */

export const T0 = 1_772_438_400_000;
export const MINUTE = 60_000;

function place(
  ip: string,
  country: string,
  city: string,
  lat: number,
  long: number,
  asn: number,
  as_org: string,
  as_class: Endpoint['as_class'],
): Endpoint {
  return {
    ip,
    hostname: undefined,
    class: 'public',
    prefix: ip.split('.').slice(0, 3).join('.'),
    country,
    region: undefined,
    city,
    lat,
    long,
    radius_km: 50,
    asn,
    as_org,
    as_class,
  };
}

export const PLACES: readonly Endpoint[] = [
  place('84.208.20.110', 'NO', 'Oslo', 59.91, 10.75, 2119, 'Telenor', 'access'),
  place('84.208.99.7', 'NO', 'Bergen', 60.39, 5.32, 2119, 'Telenor', 'access'),
  place('77.16.60.1', 'NO', 'Oslo', 59.91, 10.75, 29695, 'Telia Mobil', 'mobile'),
  place('178.62.10.20', 'NL', 'Amsterdam', 52.37, 4.9, 14061, 'DigitalOcean', 'hosting'),
  place('116.86.4.7', 'SG', 'Singapore', 1.29, 103.85, 9506, 'Singtel', 'access'),
  place('193.138.218.5', 'SE', 'Malmo', 55.6, 13.0, 39351, 'Mullvad', 'vpn'),
  place('85.19.7.33', 'NO', 'Oslo', 59.91, 10.75, 15659, 'NextGenTel', 'access'),
  // in the address block of the first place, but somewhere else
  place('84.208.20.200', 'SE', 'Stockholm', 59.33, 18.07, 2119, 'Telenor', 'access'),
  place('185.220.101.4', 'DE', 'Berlin', 52.52, 13.4, 60729, 'Tor exits', 'tor'),
];

function agent(
  kind: UserAgent['kind'],
  family: string,
  major: number | undefined,
  os: string | undefined,
  form_factor: UserAgent['form_factor'],
): UserAgent {
  return { original: `${family}/${major ?? ''} ${os ?? ''}`, kind, family, major, os, form_factor };
}

export const AGENTS: readonly (UserAgent | undefined)[] = [
  agent('browser', 'edge', 140, 'windows', 'desktop'),
  agent('browser', 'edge', 141, 'windows', 'desktop'),
  agent('browser', 'chrome', 140, 'linux', 'desktop'),
  agent('browser', 'safari', 18, 'ios', 'mobile'),
  agent('library', 'python-requests', 2, undefined, undefined),
  agent('native', 'outlook', 16, 'windows', 'desktop'),
  undefined,
];

/** What a use of a session shows when it shows nothing. */
export const NO_TRAITS: Traits = {
  endpoint: undefined,
  user_agent: undefined,
  device_uid: undefined,
  device_os: undefined,
  cookie_uid: undefined,
  ja4: undefined,
};

export interface Line {
  /** minutes after T0 */
  at: number;
  n: number;
  who?: string;
  session?: string;
  place?: number;
  agent?: number;
  activity?: Activity;
  action?: string | undefined;
  product?: string;
  token?: string | undefined;
  device?: string | undefined;
  role?: 'actor' | 'target';
  fresh?: boolean;
  bound?: boolean;
  cookie?: string | undefined;
  /** false: the session id is a guess of low confidence */
  isSure?: boolean;
  /** OAuth client id */
  client?: string | undefined;
  /** minutes from the event to its arrival */
  delay?: number;
  details?: Record<string, string> | undefined;
  /** the vendor's own judgement */
  risk?: { level: string; reasons: string[] } | undefined;
  status?: SessionEvent['status'];
  auth?: Auth | undefined;
  /** of an act of somebody else: from which place, on what device */
  byPlace?: number | undefined;
  byDevice?: string | undefined;
  byCookie?: string | undefined;
  /** of a device that is named */
  is_compliant?: boolean | undefined;
}

export function say(line: Line): SessionEvent {
  const who = line.who ?? 'alex@example.com';
  const isTarget = line.role === 'target';
  const time = T0 + line.at * MINUTE;
  return {
    schema_version: 1,
    tenant: 'default',
    uid: `entra:t:${String(line.n).padStart(4, '0')}`,
    time,
    arrival_time: time + (line.delay ?? 0) * MINUTE,
    source: { vendor: line.product === 'system_log' ? 'okta' : 'entra', product: line.product ?? 'sign_in', account: 't' },
    subject_role: line.role ?? 'actor',
    actor: isTarget
      ? {
          principal: { key: 'default/admin@example.com', type: 'human', email: 'admin@example.com' },
          src_endpoint: line.byPlace === undefined ? undefined : PLACES[line.byPlace],
          device:
            line.byDevice === undefined && line.byCookie === undefined
              ? undefined
              : { uid: line.byDevice, evidence: 'observed', cookie_uid: line.byCookie },
        }
      : undefined,
    action: line.action ?? line.activity ?? 'session_use',
    activity: line.activity ?? 'session_use',
    status: line.status ?? 'success',
    is_presence: !isTarget && line.activity !== 'vendor_risk',
    principal: { key: `default/${who}`, type: 'human', email: who },
    session:
      isTarget || line.session === ''
        ? undefined
        : { uid: line.session ?? 's1', issuer: 'entra:t', confidence: line.isSure === false ? 'low' : 'high' },
    token: line.token === undefined ? undefined : { uid: line.token, kind: 'uti', is_bound: line.bound },
    client: line.client === undefined ? undefined : { uid: line.client },
    device:
      line.device === undefined && line.cookie === undefined
        ? undefined
        : { uid: line.device, evidence: 'observed', cookie_uid: line.cookie, is_compliant: line.is_compliant },
    src_endpoint: isTarget ? undefined : PLACES[line.place ?? 0],
    user_agent: isTarget ? undefined : AGENTS[line.agent ?? 0],
    auth: line.fresh === true ? { method: 'password', ...line.auth } : line.auth,
    details: line.details,
    risk: line.risk,
    enrichment: { geo: 'test', networks: 'test', identities: 'test' },
  };
}
