import type { CommandTarget, Endpoint, Evidence, Principal, ResidualAccess, RevocationCommand } from '../core/event/index.js';
import { isUnlisted } from '../core/state/usage.js';
import { clean } from './text.js';

/** UTC to the second: `2026-03-02 10:41:07Z`. */
export function timeInWords(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

export function whoInWords({ email, name, key }: Principal): string {
  return clean(email ?? name ?? key);
}

/** `81.45.1.2 Madrid, ES, AS3352 TELEFONICA, access`; where nobody knows what the network is for, `in no list`. */
export function placeInWords(endpoint: Endpoint | undefined): string {
  if (endpoint === undefined) return 'no address';
  const { ip, hostname, city, country, asn, as_org, as_class } = endpoint;
  const where = [city, country].filter((word) => word !== undefined).join(', ');
  const network = asn === undefined ? as_org : `AS${asn}${as_org === undefined ? '' : ` ${as_org}`}`;
  const words = [
    where,
    network,
    isUnlisted(endpoint) ? 'in no list' : as_class === 'unknown' ? undefined : as_class,
    endpoint.class === 'public' ? undefined : endpoint.class.replace('_', ' '),
  ];
  return clean(`${ip ?? hostname ?? 'no address'}  ${words.filter((word) => word !== undefined && word !== '').join(', ')}`.trimEnd());
}

export function evidenceInWords({ time, vendor, action, src_endpoint }: Evidence): string {
  return `${timeInWords(time)}  ${clean(`${vendor} ${action}`)}  ${placeInWords(src_endpoint)}`;
}

/** Whose access it is: `okta acme ana@example.org`. */
export function targetInWords({ vendor, account, user }: CommandTarget): string {
  const words = [vendor, account === 'default' ? undefined : account, user.email ?? user.uid];
  return clean(words.filter((word) => word !== undefined).join(' '));
}

/** When it was made and until when it may be carried out. */
export function termInWords({ time, expires_time }: RevocationCommand): string {
  return `${timeInWords(time)}, expires ${timeInWords(expires_time)}`;
}

/** What was asked for, and what the vendor makes of it when that is wider. */
export function scopeInWords({ scope_requested, scope_effective }: RevocationCommand): string {
  return scope_requested === scope_effective ? scope_effective : `${scope_effective} (asked: ${scope_requested})`;
}

/** `access tokens (up to 60 min)` */
export function residualInWords({ what, max_lifetime_s }: ResidualAccess): string {
  return clean(`${what} (${max_lifetime_s === undefined ? 'until removed' : `up to ${lifetimeInWords(max_lifetime_s)}`})`);
}

function lifetimeInWords(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
