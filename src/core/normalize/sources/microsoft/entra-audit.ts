import type { Activity, EventStatus } from '../../../event/index.js';
import type { Mapped, MappedPrincipal, Raw } from '../../mapped.js';
import { cleanAction, guid, list, object, pair, text, word } from '../../record.js';
import { samePrincipal } from '../../same-principal.js';
import { appPrincipal, type DirectoryTarget, directoryDetails, grantedApp } from './directory-details.js';
import { DIRECTORY_TARGETED, directoryActivity, directoryStatus } from './directory-operations.js';
import { type PropertyReader, valueOn } from './directory-properties.js';
import { directoryRecord } from './directory-record.js';
import type { EntraRecord } from './entra-shapes.js';
import { directoryUser } from './entra-user.js';

/** Audit log of the directory: who changed what. */
export function mapAudit(entra: EntraRecord): Mapped {
  const { envelope, properties: p } = entra;
  const action = cleanAction(text(p['activityDisplayName']) ?? text(envelope['operationName']) ?? 'unknown');
  const resources = list(p['targetResources']) as readonly (Raw | null)[];
  const extra = list(p['additionalDetails']);
  const changed = propertyReader(resources, extra);
  const reason = text(p['resultReason']);
  const activity = directoryActivity(action, changed, reason);
  const targets = resources.map(targetOf);
  const initiator = object(p['initiatedBy']);
  const user = object(initiator?.['user']);
  const principal = principalOf(user, object(initiator?.['app']), envelope);
  const details = directoryDetails(activity, action, targets, changed, reason);
  const isRemoval = activity === 'other' && details?.['key_uid'] !== undefined;
  return {
    ...directoryRecord(entra, 'audit'),
    action,
    activity,
    status: directoryStatus(action, statusOf(p['result'] ?? envelope['resultType'])),
    status_detail: reason,
    // the address is that of the caller of the directory's API, often a portal server
    is_presence: false,
    principal,
    targets: DIRECTORY_TARGETED.has(activity) || isRemoval ? principalsOf(targets, activity, changed, principal, isRemoval) : undefined,
    session: undefined,
    token: undefined,
    device: undefined,
    client: undefined,
    app: undefined,
    resource: undefined,
    auth: undefined,
    details,
    risk: undefined,
    ja4: undefined,
    ip: text(envelope['callerIpAddress']) ?? text(user?.['ipAddress']) ?? text(p['ipAddress']) ?? text(pair(extra, 'ipaddr')),
    user_agent: text(p['userAgent']) ?? text(pair(extra, 'User-Agent')),
    network: undefined,
  };
}

function statusOf(result: unknown): EventStatus {
  switch (word(result)) {
    case 'success':
      return 'success';
    case 'failure':
    case 'clienterror':
      return 'failure';
    case 'timeout':
      return 'unknown';
    default:
      return 'unknown';
  }
}

function principalOf(user: Raw | undefined, app: Raw | undefined, envelope: Raw): MappedPrincipal {
  if (user !== undefined) {
    const found = directoryUser(user['id'], user['userPrincipalName'], user['displayName']);
    const agent = word(user['agentType']);
    if (agent !== undefined && agent !== '' && agent !== 'notagentic' && agent !== 'none') found.type = 'agent';
    if (found.uid !== undefined || found.email !== undefined || found.name !== undefined) return found;
  }
  if (app !== undefined) {
    return {
      type: 'service',
      uid: guid(app['servicePrincipalId']) ?? guid(app['appId']),
      name: text(app['displayName']) ?? text(app['servicePrincipalName']),
    };
  }
  return { type: 'unknown', name: text(envelope['identity']) };
}

/** A changed property of any of the objects; some operations, among them those of role management, tell it beside them. */
function propertyReader(resources: readonly (Raw | null)[], extra: readonly unknown[]): PropertyReader {
  return (name, side) => {
    for (const resource of resources) {
      for (const property of list(resource?.['modifiedProperties'])) {
        const entry = property as Raw | null;
        if (entry?.['displayName'] !== name) continue;
        const value = valueOn(side, entry?.['newValue'], entry?.['oldValue']);
        if (value !== undefined) return value;
      }
    }
    return side === 'old' ? undefined : text(pair(extra, name));
  };
}

function targetOf(resource: Raw | null): DirectoryTarget {
  return {
    type: text(resource?.['type'] ?? resource?.['Type']) ?? '',
    uid: guid(resource?.['id']),
    name: text(resource?.['displayName']),
    principal_name: text(resource?.['userPrincipalName']),
  };
}

/** The people and apps among the targets, without the actor. */
function principalsOf(
  targets: readonly DirectoryTarget[],
  activity: Activity,
  changed: PropertyReader,
  actor: MappedPrincipal,
  isRemoval: boolean,
): MappedPrincipal[] | undefined {
  const found: MappedPrincipal[] = [];
  for (const target of targets) {
    if (target.type === 'User') {
      const name = target.principal_name ?? (target.uid === undefined ? target.name : changed('TargetId.UserPrincipalName'));
      const user = directoryUser(target.uid, name, target.name);
      if ((user.uid !== undefined || user.email !== undefined) && !samePrincipal(user, actor)) found.push(user);
    }
  }
  if (activity === 'app_credential' || activity === 'oauth_consent' || isRemoval) {
    const app = grantedApp(targets, changed);
    if (app !== undefined && app.uid !== actor.uid)
      found.push(
        appPrincipal(
          app,
          targets.find(({ uid }) => uid === app.uid),
          changed,
        ),
      );
  }
  // a role can be given to an app
  if (activity === 'role_grant' && found.length === 0) {
    for (const { type, uid, name } of targets) {
      if (type === 'ServicePrincipal' && uid !== undefined && uid !== actor.uid) found.push({ type: 'service', uid, name });
    }
  }
  return found.length === 0 ? undefined : found;
}
