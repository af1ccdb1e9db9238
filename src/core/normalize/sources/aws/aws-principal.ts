import type { MappedPrincipal, Raw } from '../../mapped.js';
import { bool, id, object, text } from '../../record.js';

/** What a record says of the caller beside `userIdentity`. */
export interface AwsCaller {
  identity: Raw;
  /** event source up to its first dot */
  service: string;
  /** CloudTrail says that the credential is one of the console */
  isConsole: boolean;
  additional: Raw;
}

const NO_SECTION: Raw = Object.freeze({});
/** The console writes this for a name that somebody typed and that is nobody's: it may be a password in the wrong field. */
const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';

/** An address that somebody can have mail at. Names of role sessions are chosen by who takes the role: a word with an @ in it is not enough. */
const ADDRESS = /^[^@\s/:]+@[^@\s/:]+\.[a-z]{2,}$/i;
const LONGEST_ADDRESS = 320;

export function addressIn(value: string | undefined): string | undefined {
  return value !== undefined && value.length <= LONGEST_ADDRESS && ADDRESS.test(value) ? value : undefined;
}

/** What stands behind the fifth colon of an ARN: `user/team/ana`, `assumed-role/Deploy/i-0abc`, `root`. */
function resourceOf(arn: string | undefined): string | undefined {
  if (arn === undefined || !arn.startsWith('arn:')) return undefined;
  let at = 3;
  for (let colons = 0; colons < 4; colons++) {
    at = arn.indexOf(':', at + 1);
    if (at < 0) return undefined;
  }
  return arn.slice(at + 1);
}

function last(path: string | undefined): string | undefined {
  return path === undefined ? undefined : text(path.slice(path.lastIndexOf('/') + 1));
}

/**
 * Ids are those that a record about somebody else has as well: it names a user or a role by name, without the path and without the id that
 * `principalId` gives. That one is an alias.
 */
export function userUid(name: string): string {
  return `user/${name}`;
}
export function roleUid(name: string): string {
  return `role/${name}`;
}

/** Who called, as `userIdentity` says. */
export function awsPrincipal(caller: AwsCaller): MappedPrincipal {
  const { identity } = caller;
  const principalId = id(identity['principalId']);
  const accountId = id(identity['accountId']);
  const arn = text(identity['arn']);
  // a reader of sentinels would take `Unknown` for nothing, which it is
  const type = text(identity['type']);
  switch (type) {
    case 'Root':
      return { type: 'human', uid: arn ?? (accountId === undefined ? undefined : `arn:aws:iam::${accountId}:root`), name: accountId };
    case 'IAMUser':
      return iamUser(caller, arn, principalId);
    case 'AssumedRole':
    case 'Role':
      return roleSession(caller, arn, principalId);
    case 'FederatedUser': {
      const name = last(resourceOf(arn)) ?? behindColon(principalId);
      return { type: 'human', uid: name === undefined ? principalId : `federated-user/${name}`, email: addressIn(name), name };
    }
    case 'SAMLUser':
    case 'WebIdentityUser':
      return federated(type, identity, principalId);
    case 'IdentityCenterUser':
      return identityCenterUser(caller, principalId);
    case 'AWSService':
      return service(identity, principalId);
    case 'AWSAccount': {
      // somebody of another account: its own log says who
      const session = behindColon(principalId);
      const email = addressIn(session);
      return { type: email === undefined ? 'unknown' : 'human', uid: principalId ?? accountId, email, name: accountId };
    }
    default:
      break;
  }
  if (type === undefined && identity['invokedBy'] !== undefined && principalId === undefined && arn === undefined)
    return service(identity, undefined);
  const resource = resourceOf(arn);
  if (resource?.startsWith('user/')) return iamUser(caller, arn, principalId);
  if (resource?.startsWith('assumed-role/')) return roleSession(caller, arn, principalId);
  // the portal of Identity Center wrote its users so until 2025
  const name = visible(text(identity['userName']));
  const isPortal = type === undefined && principalId !== undefined && (caller.service.startsWith('sso') || caller.service === 'signin');
  return {
    type: isPortal ? 'human' : 'unknown',
    uid: principalId ?? arn,
    email: addressIn(name),
    name: name ?? accountIfNamed(principalId ?? arn, accountId),
  };
}

/** An account is a name for somebody only beside an id: alone it would make one person of all that is unknown in it. */
function accountIfNamed(uid: string | undefined, accountId: string | undefined): string | undefined {
  return uid === undefined ? undefined : accountId;
}

function visible(name: string | undefined): string | undefined {
  return name === HIDDEN ? undefined : name;
}

function behindColon(principalId: string | undefined): string | undefined {
  const colon = principalId?.indexOf(':') ?? -1;
  return colon < 0 ? undefined : text((principalId as string).slice(colon + 1));
}

function aliasesOf(principalId: string | undefined): string[] | undefined {
  return principalId === undefined ? undefined : [`aws:${principalId}`];
}

/** A user's own long-lived key works in scripts and on servers; at the console, and with a second factor, it is the person. */
function iamUser(
  { identity, isConsole, service: source }: AwsCaller,
  arn: string | undefined,
  principalId: string | undefined,
): MappedPrincipal {
  const name = visible(text(identity['userName'])) ?? last(resourceOf(arn));
  const email = addressIn(name);
  const key = id(identity['accessKeyId']);
  const isKey =
    key !== undefined &&
    !key.startsWith('ASIA') &&
    !isConsole &&
    source !== 'signin' &&
    email === undefined &&
    object(identity['sessionContext']) === undefined;
  const uid = name === undefined ? principalId : userUid(name);
  const type = uid === undefined ? 'unknown' : isKey ? 'service' : 'human';
  return { type, uid, email, name, aliases: uid === principalId ? undefined : aliasesOf(principalId) };
}

/** The user who let a federated user in. */
export function lenderOf(identity: Raw): MappedPrincipal | undefined {
  const issuer = object(object(identity['sessionContext'])?.['sessionIssuer']);
  const name = issuer?.['type'] === 'IAMUser' ? (text(issuer['userName']) ?? last(resourceOf(text(issuer['arn'])))) : undefined;
  if (name === undefined) return undefined;
  return { type: 'unknown', uid: userUid(name), email: addressIn(name), name, aliases: aliasesOf(id(issuer?.['principalId'])) };
}

function roleSession(caller: AwsCaller, arn: string | undefined, principalId: string | undefined): MappedPrincipal {
  const { identity, isConsole } = caller;
  const context = object(identity['sessionContext']) ?? NO_SECTION;
  const issuer = object(context['sessionIssuer']) ?? NO_SECTION;
  const path = resourceOf(arn)?.split('/') ?? [];
  const role = text(issuer['userName']) ?? text(path[1]) ?? text(identity['userName']);
  const session = text(path[2]) ?? behindColon(principalId);
  const behind = onBehalfOf(identity);
  const name = session ?? role;
  const aliases = aliasesOf(id(issuer['principalId']));
  if (isWorkload(identity, context, session)) {
    return {
      type: 'workload',
      uid: role === undefined ? principalId : roleUid(role),
      name: text(issuer['userName']) ?? name,
      on_behalf_of: behind,
      aliases,
    };
  }
  const given = text(context['sourceIdentity']);
  const email = addressIn(given) ?? addressIn(session);
  const issuerArn = text(issuer['arn']) ?? '';
  const isSingleSignOn = role?.startsWith('AWSReservedSSO_') === true || issuerArn.includes('/aws-reserved/sso.amazonaws.com/');
  const isMfa = bool(object(context['attributes'])?.['mfaAuthenticated']) === true;
  if (email !== undefined || given !== undefined || isSingleSignOn || isMfa || isConsole) {
    const uid = personUid(given, isSingleSignOn, role, session);
    return { type: 'human', uid: uid ?? principalId, email, name: session ?? given ?? role, on_behalf_of: behind };
  }
  const isAmazons = issuerArn.includes(':role/aws-service-role/') || role?.startsWith('AWSServiceRoleFor') === true;
  return {
    type: isAmazons ? 'system' : 'service',
    uid: role === undefined ? principalId : roleUid(role),
    name: text(issuer['userName']) ?? name,
    on_behalf_of: behind,
    aliases,
  };
}

/** Who is behind a role goes through all roles with one name: of the source that set it, or of single sign-on. Else the role keeps people apart. */
function personUid(
  given: string | undefined,
  isSingleSignOn: boolean,
  role: string | undefined,
  session: string | undefined,
): string | undefined {
  if (given !== undefined) return `source/${given}`;
  if (session === undefined) return role === undefined ? undefined : roleUid(role);
  if (isSingleSignOn) return `sso/${session}`;
  return role === undefined ? undefined : `${roleUid(role)}/${session}`;
}

/** Machines whose sessions AWS itself names: an instance, a task, a function, a cluster or a job that showed a token of its own. */
function isWorkload(identity: Raw, context: Raw, session: string | undefined): boolean {
  if (context['ec2RoleDelivery'] !== undefined && context['ec2RoleDelivery'] !== null && context['ec2RoleDelivery'] !== '') return true;
  if (session !== undefined && (INSTANCE.test(session) || TASK.test(session))) return true;
  if (text(object(identity['inScopeOf'])?.['issuerType']) !== undefined) return true;
  return isMachineProvider(text(object(context['webIdFederationData'])?.['federatedProvider']));
}

const INSTANCE = /^i-[0-9a-f]{8,17}$/;
const TASK = /^[0-9a-f]{32}$/;

/** Providers of the public and pools of an app's customers let people in; all others vouch for clusters and jobs. */
const PEOPLES = /accounts\.google|facebook|amazon\.com\/oauth|www\.amazon|cognito|login\.microsoftonline|okta|auth0/i;

function isMachineProvider(provider: string | undefined): boolean {
  return provider !== undefined && !PEOPLES.test(provider.slice(0, 300));
}

function federated(type: string, identity: Raw, principalId: string | undefined): MappedPrincipal {
  const name = text(identity['userName']) ?? behindColon(principalId);
  const isMachine = type === 'WebIdentityUser' && isMachineProvider(text(identity['identityProvider']));
  const uid = name === undefined ? principalId : `${type === 'SAMLUser' ? 'saml' : 'web'}/${name}`;
  return { type: isMachine ? 'workload' : 'human', uid, email: isMachine ? undefined : addressIn(name), name };
}

function identityCenterUser({ identity, additional }: AwsCaller, principalId: string | undefined): MappedPrincipal {
  const uid = id(object(identity['onBehalfOf'])?.['userId']) ?? principalId;
  const name = visible(text(identity['userName'])) ?? visible(text(additional['UserName']));
  // before the password is checked the name is what somebody typed
  if (uid === undefined) return { type: 'unknown', email: addressIn(name), name: addressIn(name) };
  return { type: 'human', uid, email: addressIn(name), name };
}

function service(identity: Raw, principalId: string | undefined): MappedPrincipal {
  const name = text(identity['invokedBy']) ?? principalId;
  return { type: 'system', uid: name, name };
}

/** The person for whom a role acts, where Identity Center carries them through. */
function onBehalfOf(identity: Raw): MappedPrincipal | undefined {
  const uid = id(object(identity['onBehalfOf'])?.['userId']);
  return uid === undefined ? undefined : { type: 'human', uid };
}
