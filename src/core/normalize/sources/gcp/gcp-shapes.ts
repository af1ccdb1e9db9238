import type { Raw } from '../../mapped.js';
import { object } from '../../record.js';
import { respell, spelling } from '../../respell.js';

/**
 * An entry of Google Cloud's audit logs in the ways that collectors write it: the entry itself; keys in lower case; a row of an export to
 * BigQuery (`protopayload_auditlog`, with parts as text); the payload alone; the columns of Sentinel's GCPAuditLogs table.
 */
export type GcpShape = 'native' | 'other_case' | 'bigquery' | 'payload' | 'table';

const NAMES = spelling([
  'insertId',
  'logName',
  'timestamp',
  'receiveTimestamp',
  'severity',
  'resource',
  'labels',
  'operation',
  'protoPayload',
  'serviceName',
  'methodName',
  'resourceName',
  'authenticationInfo',
  'authorizationInfo',
  'requestMetadata',
  'serviceData',
  'metadata',
  'status',
  'request',
  'response',
  'principalEmail',
  'principalSubject',
  'serviceAccountKeyName',
  'serviceAccountDelegationInfo',
  'firstPartyPrincipal',
  'oauthInfo',
  'oauthClientId',
  'callerIp',
  'callerSuppliedUserAgent',
  'policyDelta',
  'bindingDeltas',
  'auditConfigDeltas',
]);

/** How the record writes an entry, or undefined when it is none. Cheap: it sees every record of every vendor. */
export function gcpShapeOf(record: Raw): GcpShape | undefined {
  const payload = record['protoPayload'];
  if (payload !== undefined) return isAudit(payload) ? 'native' : undefined;
  if (record['protopayload_auditlog'] !== undefined) return 'bigquery';
  if (record['protopayload'] !== undefined) return isAudit(record['protopayload']) ? 'other_case' : undefined;
  if (record['GCPResourceName'] !== undefined || (record['LogName'] !== undefined && record['MethodName'] !== undefined))
    return record['InsertId'] !== undefined && record['ServiceName'] !== undefined ? 'table' : undefined;
  if (typeof record['methodName'] !== 'string') return undefined;
  const service = record['serviceName'];
  const isGoogles = typeof service === 'string' && (service.endsWith('.googleapis.com') || service === 'k8s.io');
  return isGoogles && record['authenticationInfo'] !== undefined ? 'payload' : undefined;
}

/** Entries of other logs carry other things there. */
function isAudit(value: unknown): boolean {
  const payload = object(value);
  if (payload === undefined) return false;
  const type = payload['@type'] ?? payload['at_sign_type'] ?? payload['at_type'];
  if (typeof type === 'string') return type.includes('AuditLog');
  return (
    payload['methodName'] !== undefined ||
    payload['methodname'] !== undefined ||
    payload['authenticationInfo'] !== undefined ||
    payload['authorizationInfo'] !== undefined
  );
}

/** The entry in Google's own shape. */
export function gcpEntry(record: Raw, shape: GcpShape): Raw {
  switch (shape) {
    case 'native':
      // some collectors lower the keys around the payload and leave those inside
      return record['logName'] === undefined && record['logname'] !== undefined ? respell(record, NAMES) : record;
    case 'other_case':
      return respell(record, NAMES);
    case 'bigquery':
      return fromBigQuery(record);
    case 'payload':
      return { ...record, protoPayload: record };
    default:
      return fromTable(record);
  }
}

function fromBigQuery(row: Raw): Raw {
  const payload = object(row['protopayload_auditlog']) ?? {};
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(row)) if (key !== '__proto__') out[key] = row[key];
  out['protoPayload'] = {
    serviceName: payload['serviceName'],
    methodName: payload['methodName'],
    resourceName: payload['resourceName'],
    authenticationInfo: payload['authenticationInfo'],
    authorizationInfo: payload['authorizationInfo'],
    requestMetadata: payload['requestMetadata'],
    status: payload['status'],
    request: payload['requestJson'] ?? payload['request'],
    response: payload['responseJson'] ?? payload['response'],
    metadata: payload['metadataJson'] ?? payload['metadata'],
    serviceData: payload['servicedata_v1_iam'] ?? payload['serviceData'],
  };
  return out;
}

function fromTable(row: Raw): Raw {
  const project = row['ProjectId'];
  return {
    insertId: row['InsertId'],
    logName: row['LogName'],
    timestamp: row['Timestamp'] ?? row['TimeGenerated'],
    severity: row['Severity'],
    resource: { type: row['GCPResourceType'], labels: { project_id: project } },
    protoPayload: {
      serviceName: row['ServiceName'],
      methodName: row['MethodName'],
      resourceName: row['GCPResourceName'],
      authenticationInfo: object(row['AuthenticationInfo']) ?? { principalEmail: row['PrincipalEmail'] },
      authorizationInfo: row['AuthorizationInfo'],
      requestMetadata: row['RequestMetadata'],
      status: row['Status'],
      request: row['Request'],
      response: row['Response'],
      metadata: row['Metadata'],
      serviceData: row['ServiceData'],
    },
  };
}
