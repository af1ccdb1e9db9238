import type { Activity } from '../../../event/index.js';
import { wordTable } from '../../../event/word-table.js';
import type { MappedPrincipal, Raw } from '../../mapped.js';
import { bool, clip, detail, id, list, object, text, word } from '../../record.js';
import { samePrincipal } from '../../same-principal.js';
import { addressIn, roleUid, userUid } from './aws-principal.js';
import { type AwsCall, expiresSoon, isForEverybody, isPrivilegedGrant, policyName, sharedWith } from './aws-refine.js';
import { awsWork } from './aws-works.js';

const NO_SECTION: Raw = Object.freeze({});

type Details = Record<string, string> | undefined;

/** A user or role that a call is about. Users of Identity Center and of user pools have ids of their own kind. */
export function subjectOf(service: string, name: string, request: Raw): MappedPrincipal | undefined {
  if (service === 'iam') {
    const user = text(request['userName']);
    if (user !== undefined)
      return { type: PERSONAL.test(name) ? 'human' : 'unknown', uid: userUid(user), email: addressIn(user), name: user };
    const role = text(request['roleName']);
    return role === undefined ? undefined : { type: 'service', uid: roleUid(role), name: role };
  }
  if (service === 'sso') {
    const uid = word(request['principalType']) === 'user' ? id(request['principalId']) : undefined;
    return uid === undefined ? undefined : { type: 'human', uid };
  }
  if (service === 'sso-directory' || service === 'identitystore') {
    const uid = id(request['userId']) ?? id(object(request['memberId'])?.['userId']) ?? id(object(request['member'])?.['memberId']);
    return uid === undefined ? undefined : { type: 'human', uid };
  }
  if (service === 'cognito-idp' || service === 'ds' || service === 'workmail') {
    const user = text(request['username']) ?? text(request['userName']) ?? text(request['userId']);
    if (user === undefined || user.startsWith('HIDDEN_')) return undefined;
    const pool = text(request['userPoolId']) ?? text(request['directoryId']) ?? text(request['organizationId']) ?? service;
    return { type: 'human', uid: `${pool}/${user}`, email: addressIn(user), name: user };
  }
  return undefined;
}

/** Acts that only make sense on an account that a person signs in to. */
const PERSONAL = /LoginProfile|MFA|Password/;

/** Whether a call is about somebody else. A role session under the name of a user is taken for that user, whose own password or key it changes. */
export function isOther(subject: MappedPrincipal | undefined, actor: MappedPrincipal): boolean {
  if (subject === undefined || samePrincipal(subject, actor)) return false;
  return !(actor.type === 'human' && subject.name !== undefined && subject.name === actor.name);
}

/** What the kind of act needs to be weighed. */
export function awsDetails(activity: Activity, call: AwsCall, additional: Raw): Details {
  const { name, request } = call;
  switch (activity) {
    case 'session_use':
      return secretsDetails(call) ?? workDetails(call);
    case 'mail_send':
      return detail(undefined, 'kind', 'service');
    case 'sign_in':
      return detail(undefined, 'factor', text(additional['CredentialType']) ?? text(additional['MFAIdentifier']));
    case 'token_issue':
      return detail(
        detail(
          detail(undefined, 'kind', LENDING[name]),
          'target',
          text(request['roleArn']) ?? text(request['switchTo']) ?? text(additional['SwitchTo']),
        ),
        'issued_key_uid',
        id(object(call.response['credentials'])?.['accessKeyId']),
      );
    case 'role_grant':
      return roleDetails(name, request);
    case 'api_key':
      return keyDetails(call);
    case 'mfa_change':
      return detail(detail(undefined, 'change', factorChange(name)), 'factor', factorOf(name));
    case 'credential_change':
      return detail(undefined, 'change', /Email/.test(name) ? 'email' : name.startsWith('Delete') ? 'removed' : 'password');
    case 'recovery':
      return detail(undefined, 'change', 'password');
    case 'session_revoke':
      return detail(undefined, 'change', name.startsWith('Delete') ? 'deleted' : name.startsWith('Disable') ? 'disabled' : undefined);
    case 'policy_change':
      return policyDetails(call);
    case 'audit_tamper':
      return detail(detail(detail(undefined, 'kind', auditKind(call.service)), 'effect', effectOf(name)), 'target', targetOf(request));
    case 'data_export':
      return detail(detail(detail(undefined, 'kind', exportKind(name)), 'sharing', sharedWith(request)), 'target', targetOf(request));
    case 'app_credential':
      return detail(detail(undefined, 'kind', 'secret'), 'target', targetOf(request));
    case 'vendor_risk':
      return detail(undefined, 'policy', policyName(request));
    case 'oauth_consent':
      return detail(detail(undefined, 'kind', 'app'), 'app', shown(request['name']) ?? shown(request['applicationArn']));
    default:
      return otherDetails(call);
  }
}

/** How many secrets a call gives out, which are looked for before all other reading: there is much of it. */
function secretsRead({ service, name, request }: AwsCall): number {
  if (service === 'secretsmanager') {
    if (name === 'GetSecretValue') return 1;
    return name === 'BatchGetSecretValue' ? Math.max(1, list(request['secretIdList']).length) : 0;
  }
  if (service === 'ssm' && name.startsWith('GetParameter') && bool(request['withDecryption']) === true)
    return Math.max(1, list(request['names']).length);
  return service === 'ec2' && name === 'GetPasswordData' ? 1 : 0;
}

function secretsDetails(call: AwsCall): Details {
  const read = secretsRead(call);
  if (read === 0) return undefined;
  const { request } = call;
  const target = targetOf(request) ?? shown(request['path']) ?? text(list(request['names'])[0]) ?? text(list(request['secretIdList'])[0]);
  return detail(detail(undefined, 'secrets_read', String(read)), 'target', target);
}

/** Whose keys a key makes for itself. What takes the word of a provider is a sign-in, and `SwitchRole` is a person's at the console. */
const LENDING: Readonly<Record<string, string>> = wordTable({
  AssumeRole: 'role',
  AssumeRoot: 'root',
  GetFederationToken: 'federated_user',
});

function workDetails({ service, name, request }: AwsCall): Details {
  const work = awsWork(service, name);
  if (work === undefined) return undefined;
  return detail(detail(detail(undefined, 'kind', work.kind), 'effect', work.effect), 'target', targetOf(request));
}

function roleDetails(name: string, request: Raw): Details {
  let details = detail(undefined, 'role', roleNameOf(name, request));
  details = detail(details, 'is_privileged', isPrivilegedGrant(request) ? 'true' : undefined);
  details = detail(details, 'group', text(request['groupName']) ?? text(request['groupId']));
  return detail(details, 'change', name === 'UpdateAssumeRolePolicy' ? 'trust' : undefined);
}

function roleNameOf(name: string, request: Raw): string | undefined {
  const policy = policyName(request) ?? text(request['permissionSetArn']);
  if (policy !== undefined) return policy;
  // a profile, a database or a cluster is given the role; a trust policy says who may take it
  return name === 'AddUserToGroup'
    ? undefined
    : (text(request['roleName']) ?? text(request['roleArn']) ?? text(object(request['iamInstanceProfile'])?.['name']));
}

const KEY_KINDS: readonly (readonly [RegExp, string])[] = [
  [/^Send\w*SSHPublicKey/, 'temporary_ssh_key'],
  [/SSH|Ssh|KeyPair/, 'ssh_key'],
  [/Certificate/, 'certificate'],
  [/ServiceSpecific/, 'service_credential'],
  [/AccessKey/, 'access_key'],
  [/Activation/, 'activation'],
];

function keyDetails({ name, request, response }: AwsCall): Details {
  const key =
    object(response['accessKey']) ??
    object(response['sSHPublicKey']) ??
    object(response['serviceSpecificCredential']) ??
    object(response['certificate']) ??
    NO_SECTION;
  let details = detail(undefined, 'kind', KEY_KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? 'api_token');
  details = detail(details, 'effect', name.startsWith('Update') ? 'enabled' : 'created');
  details = detail(
    details,
    'key_uid',
    id(key['accessKeyId']) ??
      id(key['sSHPublicKeyId']) ??
      id(key['serviceSpecificCredentialId']) ??
      id(key['certificateId']) ??
      keyIn(request) ??
      id(response['keyPairId']),
  );
  if (name.startsWith('Send')) return detail(details, 'target', text(request['instanceId']));
  return detail(details, 'key_name', text(request['keyName']) ?? text(request['name']));
}

/** The key that a call names. */
function keyIn(request: Raw): string | undefined {
  return (
    id(request['accessKeyId']) ??
    id(request['sSHPublicKeyId']) ??
    id(request['serviceSpecificCredentialId']) ??
    id(request['certificateId'])
  );
}

/** What became of it. Looking at it, or at when it was used, does nothing. */
function keyEffect(name: string, request: Raw): string | undefined {
  if (name.startsWith('Delete')) return 'deleted';
  const status = name.startsWith('Update') ? word(request['status']) : undefined;
  return status === 'inactive' ? 'disabled' : status === 'active' ? 'enabled' : undefined;
}

function factorChange(name: string): string | undefined {
  if (/^(Deactivate|Delete)/.test(name)) return 'removed';
  if (/^(Enable|Create|Complete|Associate|Verify)/.test(name)) return 'added';
  return /^(Resync|Update|Set|AdminSet)/.test(name) ? 'changed' : undefined;
}

function factorOf(name: string): string | undefined {
  return /Virtual|Software/.test(name) ? 'totp' : /WebAuthn/.test(name) ? 'webauthn' : undefined;
}

/** What a setting is about, by how its event name reads; the first that fits decides. */
const POLICY_KINDS: readonly (readonly [RegExp, string])[] = [
  [/PasswordPolicy/, 'password'],
  [/SAML|OpenID|ExternalIdP|TokenIssuer|IdentityProvider|AssociateDirectory|DisassociateDirectory|StartSSO/, 'federation'],
  [/TrustAnchor|Crl$|^(Create|Update|Enable|Disable)Profile$/, 'certificate_auth'],
  [/Mfa|MFA|SsoConfiguration|SSOConfiguration|UserPool|RiskConfiguration/, 'mfa'],
  [/^(Create|Set)(PolicyVersion|DefaultPolicyVersion)$/, 'role'],
  [/SecurityGroup|NetworkAcl|Firewall|RuleGroup|WebACL|PublicPorts|SerialConsole/, 'network'],
  [/V(pc|PC|pn)|Route(Table\w*)?$|InternetGateway|CustomerGateway|InstanceConnectEndpoint|ManagedPrefixList|TrafficMirror/, 'network'],
  [/^Subscribe$/, 'webhook'],
  [/SubscriptionFilter$/, 'audit'],
  [/IPSet|ThreatIntel|Filter$|Detector|Guardrail|ImageScanning/, 'threat_protection'],
  [
    /Organization|Handshake|PolicyType|AWSServiceAccess|CloseAccount|AccountAlias|RootCredentials|RootSessions|AlternateContact|ContactInformation/,
    'organization',
  ],
  [/Region|TokenServicePreferences/, 'region'],
  [/Trail|Logging|FlowLogs|DeliveryChannel|ConfigurationRecorder|EventDataStore|ActivityStream|InsightSelectors/, 'audit'],
  [/Encryption|Versioning|Lifecycle|Replication|ObjectLock|MetadataOptions|MetadataDefaults/, 'data_protection'],
  [
    /^(Enable|Disable)Key(Rotation)?$|KeyDeletion$|KeyMaterial$|Backups?$|Backup(Plan|Selection|Vault|VaultLockConfiguration)$|RecoveryPoint/,
    'data_protection',
  ],
  [/DomainTransfer|TransferDomain|DomainNameservers/, 'domain_transfer'],
  [/(User|Role|Group)Policy$|PermissionSet|PermissionsBoundary|^(Create|Delete|Put)Policy(Version)?$/, 'permissions'],
];

/** Services whose settings are all of one kind. */
const KINDS_OF_SERVICES: Readonly<Record<string, string>> = wordTable({
  organizations: 'organization',
  events: 'audit',
  ses: 'sending',
});

function policyDetails({ service, name, request }: AwsCall): Details {
  const kind = KINDS_OF_SERVICES[service] ?? POLICY_KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? kindOfResource(name, request);
  let details = detail(undefined, 'kind', kind);
  details = detail(details, 'effect', isWeakened(name, request, kind) ? 'weakened' : effectOf(name));
  details = detail(
    details,
    'policy',
    policyName(request) ?? shown(request['sAMLProviderArn']) ?? shown(request['url']) ?? shown(request['policyId']),
  );
  return detail(details, 'target', targetOf(request));
}

function kindOfResource(name: string, request: Raw): string {
  // what an instance does as it starts
  if (name === 'ModifyInstanceAttribute') return request['groupSet'] === undefined ? 'startup_script' : 'network';
  return name.includes('DB') && bool(request['publiclyAccessible']) !== true ? 'data_protection' : 'sharing';
}

const ANYWHERE = /"(0\.0\.0\.0\/0|::\/0)"/;

/** Does the record itself show that more is let in, or less is kept? */
function isWeakened(name: string, request: Raw, kind: string): boolean {
  if (kind === 'sharing') {
    if (name.includes('PublicAccessBlock')) return name.startsWith('Delete') || opensBlock(request);
    return bool(request['publiclyAccessible']) === true || isForEverybody(request);
  }
  // a route to everywhere is every subnet's way out, and what is mirrored is let in nowhere
  if (kind === 'network' && /^(Authorize|Create|Replace|Modify|Open)/.test(name) && !/Route$|TrafficMirror/.test(name))
    return ANYWHERE.test(clip(JSON.stringify(request), 20_000));
  if (kind === 'data_protection') return bool(request['deletionProtection']) === false || suspends(request) || expiresSoon(request);
  return name.includes('PermissionsBoundary') && name.startsWith('Delete');
}

function opensBlock(request: Raw): boolean {
  const block = object(request['PublicAccessBlockConfiguration']) ?? object(request['publicAccessBlockConfiguration']) ?? NO_SECTION;
  for (const key in block) if (bool(block[key]) === false) return true;
  return false;
}

function suspends(request: Raw): boolean {
  const versioning = object(request['VersioningConfiguration']);
  return word(versioning?.['Status']) === 'suspended' || word(versioning?.['MfaDelete']) === 'disabled';
}

const EFFECTS: readonly (readonly [RegExp, string])[] = [
  [/^(Create|Import|Add|Invite|Register|Subscribe|Verify)/, 'created'],
  [/^(Delete|Remove|Detach|Leave|Close|ScheduleKeyDeletion)/, 'deleted'],
  [/^(Disable|Stop|Disassociate|Archive|Deregister|BatchDisable)/, 'disabled'],
  [/^(Enable|Start|Associate|Attach|Accept|CancelKeyDeletion)/, 'enabled'],
];

function effectOf(name: string): string {
  return EFFECTS.find(([pattern]) => pattern.test(name))?.[1] ?? 'changed';
}

const AUDIT_KINDS: Readonly<Record<string, string>> = wordTable({
  cloudtrail: 'trail',
  ec2: 'flow_log',
  config: 'recorder',
  guardduty: 'detector',
  securityhub: 'detector',
  macie2: 'detector',
  inspector2: 'detector',
  detective: 'detector',
  'access-analyzer': 'detector',
  logs: 'log_group',
  monitoring: 'alarm',
  route53resolver: 'query_log',
  s3: 'access_log',
});

function auditKind(service: string): string {
  return AUDIT_KINDS[service] ?? 'log';
}

function exportKind(name: string): string {
  if (/Snapshot|Image/.test(name)) return 'snapshot';
  if (/^(Get|Select)Object|Download/.test(name)) return 'file';
  return name === 'PutBucketReplication' ? 'sync' : 'report';
}

function otherDetails({ name, request, response }: AwsCall): Details {
  const details = detail(detail(undefined, 'group', text(request['groupName'])), 'target', targetOf(request));
  const key = keyIn(request) ?? id(object(response['serviceSpecificCredential'])?.['serviceSpecificCredentialId']);
  if (key === undefined) return details;
  return detail(detail(details, 'key_uid', key), 'effect', keyEffect(name, request));
}

/** Parameters that name what is acted on; the first that is there counts. None of them holds a secret. */
const TARGETS = [
  'trailName',
  'bucketName',
  'userName',
  'roleName',
  'groupName',
  'policyArn',
  'policyName',
  'snapshotId',
  'imageId',
  'dBSnapshotIdentifier',
  'dBClusterSnapshotIdentifier',
  'dBInstanceIdentifier',
  'dBClusterIdentifier',
  'functionName',
  'secretId',
  'keyId',
  'groupId',
  'networkAclId',
  'detectorId',
  'logGroupName',
  'configurationRecorderName',
  'repositoryName',
  'queueUrl',
  'topicArn',
  'tableArn',
  'instanceId',
  'resourceArn',
  'name',
] as const;

/** What AWS hides is not there. */
function shown(value: unknown): string | undefined {
  const found = text(value);
  return found?.startsWith('HIDDEN_') || found?.startsWith('<sensitive') ? undefined : found;
}

function targetOf(request: Raw): string | undefined {
  for (const key of TARGETS) {
    const value = shown(request[key]);
    if (value === undefined) continue;
    const object = key === 'bucketName' ? text(request['key']) : undefined;
    return object === undefined ? value : `${value}/${object}`;
  }
  return undefined;
}
