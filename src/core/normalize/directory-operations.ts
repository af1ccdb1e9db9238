import type { Activity } from '../event/index.js';
import { isTooDeep } from './read.js';
import { clip, detail, guid, isAddress, text } from './record.js';

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
  recovery: [
    'reset user password',
    'reset password',
    'reset password (by admin)',
    'reset password (self-service)',
    'admin registered temporary access pass method for user',
    'create temporary access pass method for user',
    'update temporary access pass method for user',
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
    'confirm user compromised',
    'admin confirmed user compromised',
    'confirmaccountcompromised',
  ],
};

const ACTIVITIES = new Map<string, Activity>();
for (const [activity, names] of Object.entries(BY_ACTIVITY)) for (const name of names) ACTIVITIES.set(name, activity as Activity);

/** A changed property of the object: its new value, plain, or undefined. */
export type PropertyReader = (name: string) => string | undefined;

/**
 * What a directory operation is. An update of a user says only in its changed properties whether it touched factors or ended sessions.
 * @param action cleaned
 */
export function directoryActivity(action: string, changed: PropertyReader, reason: string | undefined): Activity {
  const name = action.toLowerCase();
  const known = ACTIVITIES.get(name);
  if (known === 'mfa_change' && name.startsWith('admin ') && /temporary access pass/i.test(reason ?? '')) return 'recovery';
  if (known !== undefined) return known;
  if (name.includes('member to role') && name.startsWith('add ')) return 'role_grant';
  if (/^(add|update|delete|create|set|remove|reset) .*\bpolicy\b/.test(name)) return 'policy_change';
  if (name === 'update user') {
    const properties = changed('Included Updated Properties') ?? '';
    // the phone app's own counters change at every use and mean nothing
    if (/StrongAuthentication(Method|Requirement|UserDetails)/.test(properties)) return 'mfa_change';
    if (properties.includes('StsRefreshTokensValidFrom')) return 'session_revoke';
  }
  return 'other';
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

/** One object that the operation touched. */
export interface DirectoryTarget {
  /** User, ServicePrincipal, Application, Group, Role, Device, Policy, ... */
  type: string;
  uid: string | undefined;
  name: string | undefined;
  /** of users */
  principal_name?: string | undefined;
}

/** The details of a directory operation. */
export function directoryDetails(
  activity: Activity,
  targets: readonly DirectoryTarget[],
  changed: PropertyReader,
): Record<string, string> | undefined {
  let details: Record<string, string> | undefined;
  const first = targets[0];
  switch (activity) {
    case 'role_grant': {
      const role = targets.find((target) => target.type === 'Role');
      details = detail(details, 'role', changed('Role.DisplayName') ?? role?.name);
      details = detail(details, 'role_uid', changed('Role.TemplateId') ?? changed('TemplateId') ?? changed('RoleDefinitionOriginId'));
      details = detail(details, 'group', changed('Group.DisplayName') ?? named(targets, 'Group'));
      details = detail(details, 'app', named(targets, 'Application') ?? named(targets, 'ServicePrincipal'));
      return details;
    }
    case 'oauth_consent': {
      const app = grantedApp(targets, changed);
      details = detail(details, 'app', app?.name);
      details = detail(details, 'app_uid', changed('ServicePrincipal.AppId') ?? app?.uid);
      if (first !== undefined && first.uid !== app?.uid) details = detail(details, 'target', nameOf(first));
      details = detail(details, 'scopes', scopesOf(changed));
      details = detail(details, 'consent_admin', changed('ConsentContext.IsAdminConsent')?.toLowerCase());
      const type = changed('DelegatedPermissionGrant.ConsentType');
      const all =
        changed('ConsentContext.OnBehalfOfAll')?.toLowerCase() ?? (type === undefined ? undefined : String(type === 'AllPrincipals'));
      return detail(details, 'consent_all', all);
    }
    case 'app_credential':
      details = detail(details, 'app', nameOf(first));
      return detail(details, 'app_uid', first?.uid);
    case 'device_register': {
      const device = targets.find((target) => target.type === 'Device') ?? first;
      details = detail(details, 'device_uid', guid(changed('TargetId.DeviceId')) ?? device?.uid);
      return detail(details, 'device_name', device?.name);
    }
    case 'policy_change':
      return detail(details, 'policy', nameOf(first) ?? first?.uid);
    case 'mfa_change':
    case 'recovery':
    case 'credential_change':
    case 'session_revoke':
      return detail(details, 'change', changed('Included Updated Properties'));
    case 'vendor_risk':
      return undefined;
    default:
      details = detail(details, 'group', changed('Group.DisplayName'));
      return detail(details, 'target', first?.principal_name ?? nameOf(first));
  }
}

/**
 * The app that a consent or credential is for. In a grant the first object is the API whose scopes are given, and the app that gets them
 * stands in the changed properties.
 */
export function grantedApp(
  targets: readonly DirectoryTarget[],
  changed: PropertyReader,
): { uid: string; name: string | undefined } | undefined {
  const granted = guid(changed('ServicePrincipal.ObjectID'));
  if (granted === undefined) {
    const app = targets.find((target) => target.type === 'ServicePrincipal' || target.type === 'Application');
    return app?.uid === undefined ? undefined : { uid: app.uid, name: app.name };
  }
  const named = changed('ServicePrincipal.DisplayName') ?? targets.find((target) => target.uid === granted)?.name;
  return { uid: granted, name: named };
}

function nameOf(target: DirectoryTarget | undefined): string | undefined {
  return target?.name;
}

function named(targets: readonly DirectoryTarget[], type: string): string | undefined {
  return targets.find((target) => target.type === type)?.name;
}

/** Scopes of a consent: in a property of their own, or inside the text that describes the grant. */
function scopesOf(changed: PropertyReader): string | undefined {
  const plain = changed('DelegatedPermissionGrant.Scope') ?? changed('AppRole.Value');
  if (plain !== undefined) return plain.trim();
  const described = changed('ConsentAction.Permissions');
  if (described === undefined) return undefined;
  // the text after `=>` is the state after the consent
  const after = clip(described.slice(described.indexOf('=>') + 1), 10_000);
  const scopes = new Set<string>();
  for (const match of after.matchAll(/Scope: ?([^,\]]+)/g)) for (const scope of (match[1] as string).trim().split(/\s+/)) scopes.add(scope);
  return scopes.size === 0 ? undefined : [...scopes].join(' ');
}

/** A property value without its JSON dressing: `"\"User.Read\""`, `"[\"a\"]"` and `["a"]` are plain text in our words. */
export function plainValue(value: unknown): string | undefined {
  const raw = text(value);
  if (raw === undefined) return undefined;
  const first = raw.charCodeAt(0);
  if (first !== 34 && first !== 91) return raw;
  // most are a plain text in quotes
  if (first === 34 && raw.indexOf('"', 1) === raw.length - 1 && raw.indexOf('\\') < 0) return text(raw.slice(1, -1));
  if (isTooDeep(raw)) return undefined;
  try {
    const parsed: unknown = JSON.parse(raw);
    if (Array.isArray(parsed)) {
      if (parsed.some((item) => typeof item === 'object' && item !== null)) return raw;
      return text(parsed.map(String).join(' '));
    }
    return typeof parsed === 'string' ? text(parsed) : raw;
  } catch {
    return raw;
  }
}

/** Whether the logged name of a user target is an address. */
export function targetAddress(target: DirectoryTarget): string | undefined {
  return target.principal_name !== undefined && isAddress(target.principal_name) ? target.principal_name : undefined;
}
