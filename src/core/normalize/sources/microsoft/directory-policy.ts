import { effectOfChange, type PolicyEffect } from './conditional-access.js';
import type { PropertyReader } from './directory-properties.js';

/** What an operation of the directory changes, by what its name holds; the first that fits decides. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/conditional access/, 'conditional_access'],
  [/named location/, 'named_location'],
  [/federation settings|domain authentication|federated user|desktop sso|pass-?through|connector/, 'federation'],
  [/identity provider/, 'idp'],
  [/certificationbasedauth|publickeyinfrastructure|certificateauthority/, 'certificate_auth'],
  [/directory feature/, 'organisation'],
  [/authentication method|authentication strength|security defaults|mfa/, 'mfa'],
  [/cross-tenant|partner/, 'cross_tenant'],
  [/domain/, 'domain'],
  [/dirsync/, 'directory_sync'],
  [/password/, 'password'],
  [/continuous access/, 'session'],
  [/permission grant/, 'consent'],
  [/authorization policy/, 'authorization'],
  [/role/, 'role'],
  [/device/, 'device'],
  [/company/, 'organisation'],
];

/** Properties that hold a policy as JSON. */
const BODIES = ['ConditionalAccessPolicy', 'PolicyDetail', 'NamedLocation'];
const TRUSTED = /"isTrusted":\s*true|"trusted"/i;

/**
 * What kind of policy a directory operation touched, and what it did to it.
 * @param action cleaned
 */
export function directoryPolicy(action: string, changed: PropertyReader): { kind: string; effect: PolicyEffect } {
  const name = action.toLowerCase();
  const body = BODIES.find((property) => changed(property) !== undefined);
  const before = body === undefined ? undefined : changed(body, 'old');
  const after = body === undefined ? undefined : changed(body, 'new');
  let kind = KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? 'policy';
  // the directory itself calls them just policies
  if (kind === 'policy' && /"Conditions":/.test(after ?? before ?? '')) kind = 'conditional_access';
  if (kind === 'policy' && /"KnownNetworkPolicies":/.test(after ?? before ?? '')) kind = 'named_location';
  if (/^(delete|remove)\b/.test(name)) return { kind, effect: 'deleted' };
  if (name.startsWith('disable ')) return { kind, effect: 'disabled' };
  if (name.startsWith('enable ')) return { kind, effect: 'enabled' };
  if (kind === 'named_location') {
    // a place that is trusted need not give a second factor
    const isTrusted = TRUSTED.test(after ?? '') && !TRUSTED.test(before ?? '');
    return { kind, effect: isTrusted ? 'weakened' : verb(name) };
  }
  return { kind, effect: effectOfChange(before, after) ?? verb(name) };
}

function verb(name: string): PolicyEffect {
  return /^(add|create)\b/.test(name) ? 'created' : 'changed';
}
