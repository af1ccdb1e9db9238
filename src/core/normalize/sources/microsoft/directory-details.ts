import type { Activity } from '../../../event/index.js';
import type { MappedPrincipal } from '../../mapped.js';
import { clip, detail, guid, isGuid } from '../../record.js';
import { addedCredential, removedCredentials } from './directory-credentials.js';
import { factorChange } from './directory-factors.js';
import { directoryPolicy } from './directory-policy.js';
import type { PropertyReader } from './directory-properties.js';
import { isPrivilegedRole } from './privileged-roles.js';

/** One object that a directory operation touched. */
export interface DirectoryTarget {
  /** User, ServicePrincipal, Application, Group, Role, Device, Policy, ... */
  type: string;
  uid: string | undefined;
  name: string | undefined;
  /** of users */
  principal_name?: string | undefined;
}

/**
 * The details of a directory operation.
 * @param action cleaned
 * @param reason what the log says of the result, for people
 */
export function directoryDetails(
  activity: Activity,
  action: string,
  targets: readonly DirectoryTarget[],
  changed: PropertyReader,
  reason: string | undefined,
): Record<string, string> | undefined {
  let details: Record<string, string> | undefined;
  const first = targets[0];
  switch (activity) {
    case 'role_grant':
      return ofRole(action, targets, changed);
    case 'oauth_consent':
      return ofConsent(action, targets, changed);
    case 'app_credential': {
      const { kind, uid, name } = addedCredential(action, changed);
      details = detail(details, 'app', first?.name);
      details = detail(details, 'app_uid', clientIdOf(changed) ?? first?.uid);
      details = detail(details, 'kind', kind);
      details = detail(details, 'key_uid', uid);
      details = detail(details, 'ended_key_uid', removedCredentials(changed)?.uids);
      return detail(details, 'key_name', name);
    }
    case 'session_use':
      return detail(detail(details, 'secrets_read', '1'), 'target', first?.name);
    case 'device_register': {
      const device = targets.find((target) => target.type === 'Device') ?? first;
      details = detail(details, 'device_uid', guid(changed('TargetId.DeviceId')) ?? device?.uid);
      return detail(details, 'device_name', device?.name);
    }
    case 'policy_change': {
      const { kind, effect } = directoryPolicy(action, changed);
      details = detail(details, 'policy', first?.name ?? first?.uid);
      details = detail(details, 'kind', kind);
      return detail(details, 'effect', effect);
    }
    case 'mfa_change': {
      const { change, factor } = factorChange(action, changed, reason);
      return detail(detail(details, 'change', change), 'factor', factor);
    }
    case 'recovery':
      return /temporary access pass/i.test(action) || /temporary access pass/i.test(reason ?? '')
        ? detail(detail(details, 'change', 'temporary_pass'), 'factor', 'temporary access pass')
        : detail(details, 'change', 'password');
    case 'credential_change':
    case 'session_revoke':
      return detail(details, 'change', changed('Included Updated Properties'));
    case 'vendor_risk':
      return undefined;
    default: {
      const removed = first?.type === 'User' ? undefined : removedCredentials(changed);
      if (removed !== undefined) return ofRemoval(removed, first, changed);
      details = detail(details, 'group', changed('Group.DisplayName'));
      return detail(details, 'target', first?.principal_name ?? first?.name);
    }
  }
}

function ofRemoval(
  { kind, uids, name }: NonNullable<ReturnType<typeof removedCredentials>>,
  app: DirectoryTarget | undefined,
  changed: PropertyReader,
): Record<string, string> | undefined {
  let details = detail(undefined, 'app', app?.name);
  details = detail(details, 'app_uid', clientIdOf(changed) ?? app?.uid);
  details = detail(details, 'kind', kind);
  details = detail(details, 'effect', 'deleted');
  return detail(detail(details, 'key_uid', uids), 'key_name', name);
}

/**
 * The app that an operation on an application was done to, as the one that signs in: an application in the directory has an id of its own, and its
 * service principals are known by that under which it signs in.
 */
export function appPrincipal(
  { uid, name }: { uid: string; name: string | undefined },
  target: DirectoryTarget | undefined,
  changed: PropertyReader,
): MappedPrincipal {
  const client = target?.type === 'Application' && target.uid === uid ? clientIdOf(changed) : undefined;
  return { type: 'service', uid: client ?? uid, name };
}

function ofRole(action: string, targets: readonly DirectoryTarget[], changed: PropertyReader): Record<string, string> | undefined {
  const name = action.toLowerCase();
  const elevated = name.includes('elevated');
  const isOwner = name.startsWith('add owner');
  const role = elevated
    ? 'User Access Administrator'
    : isOwner
      ? 'owner'
      : (changed('Role.DisplayName') ?? targets.find((target) => target.type === 'Role')?.name);
  const uid = changed('Role.TemplateId') ?? changed('TemplateId') ?? changed('RoleDefinitionOriginId');
  let details = detail(undefined, 'role', role);
  details = detail(details, 'role_uid', uid);
  details = detail(details, 'assignment', assignmentOf(name));
  details = detail(details, 'is_privileged', isPrivilegedRole(uid?.toLowerCase(), role) ? 'true' : undefined);
  details = detail(details, 'group', changed('Group.DisplayName') ?? named(targets, 'Group'));
  return detail(details, 'app', named(targets, 'Application') ?? named(targets, 'ServicePrincipal'));
}

function assignmentOf(name: string): string {
  if (name.includes('requested')) return 'requested';
  if (name.includes('eligible')) return 'eligible';
  return name.includes('pim activation') ? 'activated' : 'active';
}

function ofConsent(action: string, targets: readonly DirectoryTarget[], changed: PropertyReader): Record<string, string> | undefined {
  const first = targets[0];
  const app = grantedApp(targets, changed);
  const isGrantOfApi = changed('ServicePrincipal.ObjectID') !== undefined;
  const uid = changed('ServicePrincipal.AppId') ?? (isGrantOfApi ? undefined : clientIdOf(changed)) ?? app?.uid;
  let details = detail(undefined, 'app', app?.name);
  details = detail(details, 'app_uid', uid);
  details = detail(details, 'kind', consentKind(action, changed));
  if (first !== undefined && first.uid !== app?.uid) details = detail(details, 'target', first.name);
  details = detail(details, 'scopes', scopesOf(changed));
  details = detail(details, 'consent_admin', changed('ConsentContext.IsAdminConsent')?.toLowerCase());
  const type = changed('DelegatedPermissionGrant.ConsentType');
  const all = changed('ConsentContext.OnBehalfOfAll')?.toLowerCase() ?? (type === undefined ? undefined : String(type === 'AllPrincipals'));
  return detail(details, 'consent_all', all);
}

function consentKind(action: string, changed: PropertyReader): string {
  const name = action.toLowerCase();
  if (name === 'add service principal' || name === 'add application') return 'app';
  if (name.includes('app role assignment') || changed('ConsentContext.IsAppOnly')?.toLowerCase() === 'true') return 'application';
  return 'delegated';
}

/**
 * The id under which the app signs in, which is not that of its object in the directory: said as such, or the first of the names of its service
 * principal that is an id.
 */
function clientIdOf(changed: PropertyReader): string | undefined {
  const said = guid(changed('AppId') ?? changed('AppPrincipalId'));
  if (said !== undefined) return said;
  const names = changed('TargetId.ServicePrincipalNames');
  return names === undefined ? undefined : guid(clip(names, 2000).split(';').find(isGuid));
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
  const name = changed('ServicePrincipal.DisplayName') ?? targets.find((target) => target.uid === granted)?.name;
  return { uid: granted, name };
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
