import type { Activity, EventStatus } from '../../../event/index.js';
import { addsCredential, addsFederatedCredential } from './directory-credentials.js';
import type { PropertyReader } from './directory-properties.js';

/**
 * Operations of the Entra directory by what they mean to a session. The directory writes each act twice, into Entra's audit log and into the
 * Unified Audit Log, with names that differ only in what `cleanAction` evens out. Keys are lower case.
 */
const BY_ACTIVITY: Partial<Record<Activity, readonly string[]>> = {
  credential_change: [
    'change user password',
    'change password (self-service)',
    'set force change user password',
    'create application password for user',
    'user changed password',
  ],
  // secrets of devices that the directory keeps
  session_use: ['recover device local administrator password', 'read bitlocker key'],
  recovery: [
    'reset user password',
    'reset password',
    'reset password (by admin)',
    'reset password (self-service)',
    'admin registered temporary access pass method for user',
    'create temporary access pass method for user',
    'update temporary access pass method for user',
    'update passwordprofile',
    // under way: the status says so
    'admin started password reset',
    'self-service password reset flow activity progress',
    'blocked from self-service password reset',
  ],
  mfa_change: [
    'user registered security info',
    'user registered all required security info',
    'user deleted security info',
    'user updated security info',
    'user changed default security info',
    'admin registered security info',
    'admin deleted security info',
    'admin updated security info',
    'disable strong authentication',
    'enable strong authentication',
    'add users strong authentication phone app detail',
    'remove users strong authentication phone app detail',
    'set user oath token metadata enabled',
    'delete all available strong authentication devices',
    'update per-user multifactor authentication state',
    'bypass user',
    'register totp secret',
    'add fido2 security key',
    'delete fido2 security key(s)',
    'add passkey (device-bound)',
    'delete passkey (device-bound)',
    'add passkey (device-bound) security key',
    'delete passkey (device-bound) security key',
    'add passwordless phone sign-in credential',
    'delete passwordless phone sign-in credential',
    'add windows hello for business credential',
    'delete windows hello for business credential',
    'add platform credential',
    'delete platform credential',
  ],
  session_revoke: [
    'update stsrefreshtokenvalidfrom timestamp',
    'revoke sign in sessions',
    'revoke sign-in sessions',
    'revoke user sign-in sessions',
    'invalidate all refresh tokens for a user',
    'disable account',
    'delete user',
  ],
  oauth_consent: [
    'consent to application',
    'restore consent',
    'grant contextual consent to application',
    'add delegated permission grant',
    'add oauth2permissiongrant',
    'update oauth2permissiongrant',
    'add app role assignment to service principal',
    'add app role assignment grant to service principal',
    'add application',
    'add service principal',
    'approve admin consent request',
    'add permission grant policy',
  ],
  app_credential: [
    'add service principal credentials',
    'update application - certificates and secrets management',
    'create application - certificates and secrets management',
    'update service principal - certificates and secrets management',
    'update external secrets',
    'add federated identity credential',
    'upload secret into policy key',
    'upload certificate to policy key',
    'upload key to policy key',
    'generate key',
  ],
  role_grant: [
    'add scoped member to role',
    'add role assignment to role definition',
    'add eligibleroleassignment to roledefinition',
    'add owner to application',
    'add owner to service principal',
    'add owner to group',
    'add entitlement management role assignment',
    'add role from template',
    'user has elevated their access to user access administrator for their azure resources',
    'the role assignment of user has been elevated',
  ],
  policy_change: [
    'add conditional access policy',
    'update conditional access policy',
    'delete conditional access policy',
    'add named location',
    'update named location',
    'delete named location',
    'update continuous access evaluation',
    'update security defaults',
    'add policy',
    'update policy',
    'delete policy',
    'add policy to service principal',
    'add policy to application',
    'update authorization policy',
    'authentication methods policy update',
    'authentication methods policy reset',
    'create authentication strength policy',
    'update authentication strength policy',
    'delete authentication strength policy',
    'set domain authentication',
    'set federation settings on domain',
    'add unverified domain',
    'add verified domain',
    'verify domain',
    'verify email verified domain',
    'update domain',
    'remove verified domain',
    'remove unverified domain',
    'set dirsyncenabled flag',
    'set dirsync feature',
    'set password policy',
    'set company information',
    'update company settings',
    'create company settings',
    'add certificationbasedauthconfiguration',
    'delete certificationbasedauthconfiguration',
    'set directory feature on tenant',
    'add partner to company',
    'promote company to partner',
    'set partnership',
    'add a partner to cross-tenant access setting',
    'update a partner cross-tenant access setting',
    'update the company default cross-tenant access setting',
    'create a partner cross-tenant identity sync setting',
    'create identity provider',
    'update identity provider',
    'delete identity provider',
    'set device registration policies',
    'disable pim alert',
    'mfa service policy',
    'register connector',
    'update tenant settings',
    'add role definition',
    'update role definition',
    'update role setting in pim',
    'convert federated user to managed',
    'update permission grant policy',
  ],
  device_register: [
    'register device',
    'add device',
    'add registered owner to device',
    'add registered users to device',
    'pre-create device',
  ],
  vendor_risk: [
    'fraud reported - no action taken',
    'fraud reported - user is blocked for mfa',
    'suspicious activity reported',
    'triggered pim alert',
    'confirm user compromised',
    'admin confirmed user compromised',
    'confirmaccountcompromised',
  ],
};

/** Names that come in many forms, by what is in them; the first that fits decides. */
const BY_PATTERN: readonly (readonly [RegExp, Activity])[] = [
  [/^(add|update|delete|create|set|remove|reset) .*\bpolicy\b/, 'policy_change'],
  [
    /^(add|update|delete|create|set|remove|reset|enable|disable) .*\b(cross-tenant|identity provider|security defaults|desktop sso|pass-?through authentication|password writeback|partner)\b/,
    'policy_change',
  ],
  // whose certificates sign in
  [/\b(publickeyinfrastructure|certificateauthority)$/, 'policy_change'],
  [/^(add|update|delete|register|remove) .*\b(fido2|passkey|windows hello|phone sign-in|oath)\b/, 'mfa_change'],
  [/^(bulk )?download .*\(bulk\)$/, 'data_export'],
];

const ACTIVITIES = new Map<string, Activity>();
for (const [activity, names] of Object.entries(BY_ACTIVITY)) for (const name of names) ACTIVITIES.set(name, activity as Activity);

/**
 * What a directory operation is. An update of a user says only in its changed properties whether it touched factors or ended sessions, an
 * update of an app's secrets whether one was added or taken away.
 * @param action cleaned
 */
export function directoryActivity(action: string, changed: PropertyReader, reason: string | undefined): Activity {
  const name = action.toLowerCase();
  const known = ACTIVITIES.get(name);
  if (known === 'mfa_change' && name.startsWith('admin ') && /temporary access pass/i.test(reason ?? '')) return 'recovery';
  if (known === 'app_credential' && !addsCredential(changed)) return 'other';
  if (known !== undefined) return known;
  // a role that is asked for may be refused
  if (name.includes('member to role') && name.startsWith('add '))
    return /\b(denied|cancell?ed|expired)\b/.test(name) ? 'other' : 'role_grant';
  if (name === 'update application') return addsFederatedCredential(changed) ? 'app_credential' : 'other';
  if (name === 'update user') {
    const properties = changed('Included Updated Properties') ?? '';
    // the phone app's own counters change at every use and mean nothing
    if (/StrongAuthentication(Method|Requirement|UserDetails)/.test(properties)) return 'mfa_change';
    if (properties.includes('StsRefreshTokensValidFrom')) return 'session_revoke';
  }
  return BY_PATTERN.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
}

/** Steps of a recovery that reset nothing, which the log writes as if they had succeeded: what they were instead. */
const UNDONE = new Map<string, EventStatus>([
  ['admin started password reset', 'interrupted'],
  ['self-service password reset flow activity progress', 'interrupted'],
  ['blocked from self-service password reset', 'failure'],
]);

/**
 * @param action cleaned
 * @param told what the record says of the result
 */
export function directoryStatus(action: string, told: EventStatus): EventStatus {
  return told === 'success' ? (UNDONE.get(action.toLowerCase()) ?? told) : told;
}

/** Acts that leave a trace at the person, app or credential that they were done to. */
export const DIRECTORY_TARGETED: ReadonlySet<Activity> = new Set<Activity>([
  'credential_change',
  'recovery',
  'mfa_change',
  'session_revoke',
  'oauth_consent',
  'app_credential',
  'role_grant',
  'device_register',
  'vendor_risk',
  'impersonation',
]);
