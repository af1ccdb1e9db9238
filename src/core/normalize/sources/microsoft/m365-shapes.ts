import type { Raw } from '../../mapped.js';
import { respell, spelling } from '../../respell.js';

/**
 * The Unified Audit Log in the ways that collectors write it: the Management API's own keys, keys in another case, and the columns of the
 * OfficeActivity table. Rows that carry the record as `AuditData` are unwrapped before.
 */
const NAMES = spelling([
  'Id',
  'CreationTime',
  'Operation',
  'RecordType',
  'Workload',
  'ResultStatus',
  'UserId',
  'UserKey',
  'UserType',
  'OrganizationId',
  'OrganizationName',
  'ClientIP',
  'ClientIPAddress',
  'ActorIpAddress',
  'ObjectId',
  'AppAccessContext',
  'AADSessionId',
  'APIId',
  'ClientAppId',
  'ClientAppName',
  'CorrelationId',
  'UniqueTokenId',
  'IssuedAtTime',
  'SessionId',
  'DeviceId',
  'DeviceDisplayName',
  'IsManagedDevice',
  'Platform',
  'UserAgent',
  'ClientInfoString',
  'ApplicationId',
  'ApplicationDisplayName',
  'AppId',
  'Actor',
  'ActorUserId',
  'Target',
  'Type',
  'DeviceProperties',
  'ExtendedProperties',
  'ModifiedProperties',
  'OperationProperties',
  'OperationCount',
  'Parameters',
  'Name',
  'Value',
  'NewValue',
  'OldValue',
  'ErrorNumber',
  'ErrorCode',
  'LogonError',
  'InterSystemsId',
  'IntraSystemId',
  'LogonType',
  'MailboxOwnerUPN',
  'MailboxGuid',
  'TokenObjectId',
  'TokenTenantId',
  'SendAsUserSmtp',
  'SendOnBehalfOfUserSmtp',
  'Item',
  'ParentFolder',
  'MemberUpn',
  'MemberRights',
  'SourceFileName',
  'SourceRelativeUrl',
  'SiteUrl',
  'TargetUserOrGroupName',
  'TargetUserOrGroupType',
  'EventData',
  'Members',
  'UPN',
  'Role',
  'TeamName',
  'AlertEntityId',
  'AlertId',
  'AlertType',
  'EntityType',
  'Severity',
  'Status',
  'Category',
  'Data',
  'ExternalAccess',
  'DisplayName',
  'ActorInfoString',
  'AddOnName',
  'AppName',
  'AffectedItems',
  'Subject',
  'Folder',
  'NonPIIParameters',
  'Path',
]);

/** [column of OfficeActivity, key of the record]; columns that have the record's own name are not listed. */
const COLUMNS: readonly (readonly [string, string])[] = [
  ['OfficeId', 'Id'],
  ['SourceRecordId', 'Id'],
  ['TimeGenerated', 'CreationTime'],
  ['OfficeWorkload', 'Workload'],
  ['OfficeObjectId', 'ObjectId'],
  ['OrganizationId_', 'OrganizationId'],
  ['UserId_', 'UserId'],
  ['ClientIP_', 'ClientIP'],
  ['Client_IPAddress', 'ClientIPAddress'],
  ['Logon_Type', 'LogonType'],
  ['Event_Data', 'EventData'],
  ['Site_Url', 'SiteUrl'],
  ['AADSessionId', 'SessionId'],
  ['AzureADAppId', 'ClientAppId'],
];

type Shape = 'native' | 'other_case' | 'table' | 'graph';

/** How the record writes an audit record, or undefined when it is none. Cheap: it sees every record of every vendor. */
export function m365ShapeOf(record: Raw): Shape | undefined {
  if (record['CreationTime'] !== undefined)
    return record['Operation'] !== undefined || record['RecordType'] !== undefined ? 'native' : undefined;
  if (record['OfficeWorkload'] !== undefined || record['Type'] === 'OfficeActivity') return 'table';
  if (record['creationtime'] !== undefined || record['creationTime'] !== undefined) {
    return record['operation'] !== undefined || record['recordtype'] !== undefined || record['recordType'] !== undefined
      ? 'other_case'
      : undefined;
  }
  // an exported row whose AuditData could not be read still says who did what
  if (record['CreationDate'] !== undefined && (record['UserIds'] !== undefined || record['AuditData'] !== undefined)) return 'table';
  return record['auditLogRecordType'] !== undefined ? 'graph' : undefined;
}

/** The record in the Management API's own shape. */
export function m365Record(record: Raw, shape: Shape): Raw {
  switch (shape) {
    case 'native':
      return record;
    case 'other_case':
      return respell(record, NAMES);
    case 'table':
      return fromTable(record);
    case 'graph':
      return fromGraph(record);
  }
}

function fromTable(row: Raw): Raw {
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(row)) {
    const value = row[key];
    if (value === '' || value === null || key === '__proto__') continue;
    out[key.endsWith(' [UTC]') ? key.slice(0, -6) : key] = value;
  }
  for (const [column, key] of COLUMNS) if (out[key] === undefined && out[column] !== undefined) out[key] = out[column];
  // the name of the table is no type of an actor or target
  if (out['Type'] === 'OfficeActivity') delete out['Type'];
  // exported rows
  out['CreationTime'] ??= out['CreationDate'];
  out['UserId'] ??= out['UserIds'];
  out['Operation'] ??= out['Operations'];
  out['Id'] ??= out['RecordId'] ?? out['Identity'];
  return out;
}

/** Rows of Microsoft Graph's audit search, should they come without `auditData`. */
function fromGraph(record: Raw): Raw {
  return {
    Id: record['id'],
    CreationTime: record['createdDateTime'],
    Operation: record['operation'],
    RecordType: record['auditLogRecordType'],
    Workload: record['service'],
    OrganizationId: record['organizationId'],
    UserId: record['userPrincipalName'] ?? record['userId'],
    UserKey: record['userId'],
    UserType: record['userType'],
    ClientIP: record['clientIp'],
    ObjectId: record['objectId'],
  };
}
