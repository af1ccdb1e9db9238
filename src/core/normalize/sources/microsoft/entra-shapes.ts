import type { Raw } from '../../mapped.js';
import { guid, object } from '../../record.js';
import { respell, spelling } from '../../respell.js';

/**
 * Entra's logs in the ways that collectors write them: the diagnostic envelope of Event Hubs (`properties` inside), the bare resource of
 * Microsoft Graph, and the columns of Log Analytics tables (capitalised, nested values as JSON text, some names of their own).
 */
export type EntraKind = 'sign_in' | 'audit' | 'graph' | 'risk' | 'provisioning' | 'no_event';

export interface EntraRecord {
  kind: EntraKind;
  /** category of the diagnostic setting or name of the table; absent in Graph's shape */
  category: string | undefined;
  /** time, result and caller address as the envelope has them */
  envelope: Raw;
  /** the fields of the event, in the vendor's own spelling */
  properties: Raw;
  /** directory id, lower case */
  account: string;
}

const KINDS = new Map<string, EntraKind>([
  ['SignInLogs', 'sign_in'],
  ['NonInteractiveUserSignInLogs', 'sign_in'],
  ['ServicePrincipalSignInLogs', 'sign_in'],
  ['ManagedIdentitySignInLogs', 'sign_in'],
  ['MicrosoftServicePrincipalSignInLogs', 'sign_in'],
  ['ADFSSignInLogs', 'sign_in'],
  ['AuditLogs', 'audit'],
  ['CustomSecurityAttributeAuditLogs', 'audit'],
  ['MicrosoftGraphActivityLogs', 'graph'],
  ['AADGraphActivityLogs', 'graph'],
  ['AzureADGraphActivityLogs', 'graph'],
  ['UserRiskEvents', 'risk'],
  ['RiskyUsers', 'risk'],
  ['ServicePrincipalRiskEvents', 'risk'],
  ['RiskyServicePrincipals', 'risk'],
  ['ProvisioningLogs', 'provisioning'],
  ['NetworkAccessTrafficLogs', 'no_event'],
  ['RemoteNetworkHealthLogs', 'no_event'],
  // names of the same logs as Log Analytics tables
  ['SigninLogs', 'sign_in'],
  ['AADNonInteractiveUserSignInLogs', 'sign_in'],
  ['AADServicePrincipalSignInLogs', 'sign_in'],
  ['AADManagedIdentitySignInLogs', 'sign_in'],
  ['AADUserRiskEvents', 'risk'],
  ['AADRiskyUsers', 'risk'],
  ['AADServicePrincipalRiskEvents', 'risk'],
  ['AADRiskyServicePrincipals', 'risk'],
  ['AADProvisioningLogs', 'provisioning'],
]);

const FIELDS = [
  'id',
  'createdDateTime',
  'userDisplayName',
  'userPrincipalName',
  'userId',
  'userType',
  'appId',
  'appDisplayName',
  'ipAddress',
  'status',
  'clientAppUsed',
  'userAgent',
  'deviceDetail',
  'mfaDetail',
  'correlationId',
  'isInteractive',
  'authenticationProcessingDetails',
  'authenticationDetails',
  'authenticationRequirement',
  'authenticationProtocol',
  'originalTransferMethod',
  'incomingTokenType',
  'uniqueTokenIdentifier',
  'sessionId',
  'tokenProtectionStatusDetails',
  'signInTokenProtectionStatus',
  'riskLevelDuringSignIn',
  'riskLevelAggregated',
  'riskState',
  'riskDetail',
  'riskEventTypes_v2',
  'resourceDisplayName',
  'resourceId',
  'resourceTenantId',
  'homeTenantId',
  'crossTenantAccessType',
  'servicePrincipalId',
  'servicePrincipalName',
  'servicePrincipalCredentialKeyId',
  'federatedCredentialId',
  'managedServiceIdentity',
  'signInEventTypes',
  'agent',
  'activityDisplayName',
  'activityDateTime',
  'loggedByService',
  'operationType',
  'initiatedBy',
  'targetResources',
  'additionalDetails',
  'result',
  'resultReason',
  'requestId',
  'operationId',
  'clientRequestId',
  'requestMethod',
  'requestUri',
  'responseStatusCode',
  'scopes',
  'roles',
  'wids',
  'signInActivityId',
  'tokenIssuedAt',
  'deviceId',
  'timeGenerated',
  'riskType',
  'riskEventType',
  'riskLevel',
  'detectedDateTime',
  'lastUpdatedDateTime',
  'riskLastUpdatedDateTime',
  'additionalInfo',
  'provisioningAction',
  'sourceIdentity',
  'servicePrincipalDisplayName',
  'isGuest',
  'displayName',
  'tenantId',
] as const;

const ENVELOPE_FIELDS = [
  'time',
  'category',
  'operationName',
  'resultType',
  'resultDescription',
  'resultSignature',
  'callerIpAddress',
  'identity',
];
const NAMES = new Map([
  ...spelling([
    ...FIELDS,
    ...ENVELOPE_FIELDS,
    'location',
    'properties',
    'errorCode',
    'failureReason',
    'operatingSystem',
    'isManaged',
    'isCompliant',
    'trustType',
    'modifiedProperties',
    'newValue',
    'oldValue',
    'authMethod',
    'authenticationMethod',
    'authenticationStepDateTime',
    'signInSessionStatus',
    'agentType',
    'provisioningStatusInfo',
  ]),
  ['IPAddress', 'ipAddress'],
]);

/** Exports of a query result write the type or zone of a column behind its name. */
const SUFFIXES = ['', ' [UTC]', '_dynamic', '_string'];

/** Column of a table -> field: most only capitalise, some have a name of their own. */
const COLUMNS = new Map<string, string>();
for (const suffix of SUFFIXES) {
  for (const field of FIELDS) COLUMNS.set(field.charAt(0).toUpperCase() + field.slice(1) + suffix, field);
  COLUMNS.set(`IPAddress${suffix}`, 'ipAddress');
  COLUMNS.set(`LocationDetails${suffix}`, 'location');
  COLUMNS.set(`ResourceIdentity${suffix}`, 'resourceId');
  COLUMNS.set(`RiskEventTypes_V2${suffix}`, 'riskEventTypes_v2');
}
// these are the table's own: the resource that wrote the log and the workspace
for (const suffix of SUFFIXES) {
  COLUMNS.delete(`ResourceId${suffix}`);
  COLUMNS.delete(`TenantId${suffix}`);
}

/** Whether the record is one of Entra's. Cheap: it sees every record of every vendor. */
export function isEntraRecord(record: Raw): boolean {
  const category = record['category'];
  if (typeof category === 'string') {
    const kind = KINDS.get(category);
    const properties = record['properties'];
    // the usual record: a category that only this vendor has, around its properties
    if (kind !== undefined && kind !== 'audit' && typeof properties === 'object' && properties !== null) return true;
    return entraRecord(record) !== undefined;
  }
  return tableKind(record) !== undefined || bareKind(record) !== undefined;
}

/** The shape and fields of an Entra record, or undefined when the record is none. */
export function entraRecord(record: Raw): EntraRecord | undefined {
  const category = record['category'];
  if (typeof category === 'string') {
    const inner = record['properties'];
    if (inner !== undefined && inner !== null) return enveloped(record, category);
    const bare = bareKind(record);
    if (bare !== undefined) return inOwnSpelling(bare, undefined, record, record);
    const kind = KINDS.get(category);
    return kind === undefined || record['time'] === undefined ? undefined : inOwnSpelling(kind, category, record, record);
  }
  const table = tableKind(record);
  if (table !== undefined) return tabular(record, table);
  const bare = bareKind(record);
  return bare === undefined ? undefined : inOwnSpelling(bare, undefined, record, record);
}

function enveloped(record: Raw, category: string): EntraRecord | undefined {
  let envelope = record;
  let properties = object(record['properties']);
  if (properties === undefined) return undefined;
  if (!isOwnSpelling(record, properties)) {
    envelope = respell(record, NAMES);
    properties = object(envelope['properties']) ?? properties;
  }
  const kind = KINDS.get(category) ?? 'audit';
  // other services of the vendor call their logs audit logs too, and name the category after what was changed
  if (kind === 'audit' && !isDirectoryAudit(properties)) return undefined;
  return inOwnSpelling(kind, category, envelope, properties);
}

function isDirectoryAudit(properties: Raw): boolean {
  return (
    properties['activityDisplayName'] !== undefined &&
    (properties['initiatedBy'] !== undefined || properties['targetResources'] !== undefined || properties['loggedByService'] !== undefined)
  );
}

/** Judged by keys that nearly every record has and that hold a capital inside. */
function isOwnSpelling(record: Raw, properties: Raw): boolean {
  if (record['operationName'] === undefined && (record['operationname'] ?? record['calleripaddress']) !== undefined) return false;
  return (
    properties['createdDateTime'] !== undefined ||
    properties['activityDateTime'] !== undefined ||
    properties['requestId'] !== undefined ||
    properties['riskState'] !== undefined ||
    properties['userId'] !== undefined
  );
}

/** What a record without envelope is, by fields that only this log has together. */
function bareKind(record: Raw): EntraKind | undefined {
  if (record['activityDisplayName'] !== undefined) {
    return record['initiatedBy'] !== undefined || record['targetResources'] !== undefined ? 'audit' : undefined;
  }
  if (record['riskLastUpdatedDateTime'] !== undefined) return 'risk';
  if (record['detectedDateTime'] !== undefined && (record['riskEventType'] !== undefined || record['riskType'] !== undefined))
    return 'risk';
  if (record['requestUri'] !== undefined && record['signInActivityId'] !== undefined) return 'graph';
  if (record['createdDateTime'] === undefined || record['status'] === undefined) return undefined;
  if (record['appId'] === undefined && record['appDisplayName'] === undefined) return undefined;
  return record['userPrincipalName'] !== undefined || record['servicePrincipalId'] !== undefined || record['userId'] !== undefined
    ? 'sign_in'
    : undefined;
}

function tableKind(record: Raw): EntraKind | undefined {
  const category = record['Category'];
  const byCategory = typeof category === 'string' ? KINDS.get(category) : undefined;
  if (byCategory !== undefined) return byCategory;
  const type = record['Type'];
  const byType = typeof type === 'string' ? KINDS.get(type) : undefined;
  if (byType !== undefined) return byType;
  if (record['ActivityDisplayName'] !== undefined && record['InitiatedBy'] !== undefined) return 'audit';
  if (record['RequestUri'] !== undefined && record['SignInActivityId'] !== undefined) return 'graph';
  if (record['RiskEventType'] !== undefined && record['DetectedDateTime'] !== undefined) return 'risk';
  if (record['AppDisplayName'] !== undefined && record['UserPrincipalName'] !== undefined && record['CreatedDateTime'] !== undefined)
    return 'sign_in';
  return undefined;
}

function tabular(row: Raw, kind: EntraKind): EntraRecord {
  const properties: Record<string, unknown> = {};
  const columns = Object.keys(row);
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i] as string;
    const field = COLUMNS.get(column);
    // an export can have a column twice, once empty
    if (field !== undefined && (properties[field] === undefined || properties[field] === '')) properties[field] = row[column];
  }
  const envelope: Raw = {
    time: row['TimeGenerated'] ?? row['TimeGenerated [UTC]'],
    operationName: row['OperationName'],
    resultType: row['ResultType'],
    resultDescription: row['ResultDescription'],
    identity: row['Identity'],
    // the table's own TenantId is the workspace
    tenantId: row['AADTenantId'],
    resourceId: row['ResourceId'],
  };
  const category = row['Category'];
  const type = row['Type'];
  const name = typeof category === 'string' && KINDS.has(category) ? category : typeof type === 'string' ? type : undefined;
  return { kind, category: name, envelope, properties, account: accountOf(envelope, properties) };
}

function inOwnSpelling(kind: EntraKind, category: string | undefined, envelope: Raw, properties: Raw): EntraRecord {
  return { kind, category, envelope, properties, account: accountOf(envelope, properties) };
}

/** The directory whose log it is. */
function accountOf(envelope: Raw, properties: Raw): string {
  const named = guid(envelope['tenantId']);
  if (named !== undefined) return named.toLowerCase();
  const path = envelope['resourceId'];
  const inPath = typeof path === 'string' ? /^\/tenants\/([^/]+)\//i.exec(path)?.[1] : undefined;
  const found = inPath ?? guid(properties['tenantId']) ?? guid(properties['resourceTenantId']) ?? guid(properties['homeTenantId']);
  return found?.toLowerCase() ?? 'default';
}
