import type { Raw } from '../../mapped.js';
import { object } from '../../record.js';
import { respell, spelling } from '../../respell.js';
import { unflatten } from '../../unflatten.js';

/**
 * CloudTrail's record in the ways that collectors write it: CloudTrail's own; keys in lower case (Athena, lakes); paths as keys
 * (`userIdentity.arn`); the columns of Sentinel's AWSCloudTrail table; an answer of LookupEvents with the record as text.
 */
export type AwsShape = 'native' | 'other_case' | 'dotted' | 'table' | 'lookup' | 'no_event';

const NAMES = spelling([
  'eventVersion',
  'eventTime',
  'eventSource',
  'eventName',
  'eventType',
  'eventCategory',
  'eventID',
  'sharedEventID',
  'requestID',
  'readOnly',
  'managementEvent',
  'awsRegion',
  'recipientAccountId',
  'sourceIPAddress',
  'userAgent',
  'errorCode',
  'errorMessage',
  'requestParameters',
  'responseElements',
  'additionalEventData',
  'serviceEventDetails',
  'insightDetails',
  'sessionCredentialFromConsole',
  'resources',
  'userIdentity',
  'principalId',
  'accountId',
  'accessKeyId',
  'userName',
  'invokedBy',
  'identityProvider',
  'credentialId',
  'onBehalfOf',
  'userId',
  'identityStoreArn',
  'inScopeOf',
  'issuerType',
  'sessionContext',
  'sessionIssuer',
  'webIdFederationData',
  'federatedProvider',
  'ec2RoleDelivery',
  'sourceIdentity',
  'mfaAuthenticated',
  'creationDate',
]);

/** How the record writes a CloudTrail event, or undefined when it is none. Cheap: it sees every record of every vendor. */
export function awsShapeOf(record: Raw): AwsShape | undefined {
  const source = record['eventSource'];
  if (source !== undefined || record['eventName'] !== undefined) {
    if (record['userIdentity.type'] !== undefined || record['userIdentity.arn'] !== undefined)
      return isEvent(source, record) ? 'dotted' : undefined;
    if (isInsight(record)) return 'no_event';
    return isEvent(source, record) && hasSection(record) ? 'native' : undefined;
  }
  if (typeof record['eventsource'] === 'string') {
    const isOne = isAmazon(record['eventsource']) && typeof record['eventname'] === 'string';
    return isOne && (record['eventversion'] !== undefined || record['useridentity'] !== undefined) ? 'other_case' : undefined;
  }
  if (record['EventTypeName'] !== undefined && typeof record['EventName'] === 'string')
    return isAmazon(record['EventSource']) ? 'table' : undefined;
  if (typeof record['CloudTrailEvent'] === 'string') return 'lookup';
  return isInsight(record) || isDigest(record) ? 'no_event' : undefined;
}

function isAmazon(source: unknown): boolean {
  return typeof source === 'string' && source.length < 200 && source.includes('.amazon');
}

/** One word of Amazon's: the service that was asked, or the kind of the record. */
function isEvent(source: unknown, record: Raw): boolean {
  if (typeof record['eventName'] !== 'string') return false;
  if (isAmazon(source)) return true;
  const type = record['eventType'];
  return typeof type === 'string' && type.startsWith('Aws');
}

function hasSection(record: Raw): boolean {
  return (
    record['userIdentity'] !== undefined ||
    record['eventID'] !== undefined ||
    record['awsRegion'] !== undefined ||
    record['recipientAccountId'] !== undefined
  );
}

/** What CloudTrail says of the rate of calls: of nobody. */
function isInsight(record: Raw): boolean {
  return (
    record['eventType'] === 'AwsCloudTrailInsight' || (record['eventCategory'] === 'Insight' && record['insightDetails'] !== undefined)
  );
}

/** The signed list of the log files of an hour. */
function isDigest(record: Raw): boolean {
  return record['digestS3Object'] !== undefined && record['awsAccountId'] !== undefined;
}

/** The event in CloudTrail's own shape; undefined when the text of it cannot be read. */
export function awsEvent(record: Raw, shape: AwsShape): Raw | undefined {
  switch (shape) {
    case 'native':
      return record;
    case 'other_case':
      return respell(record, NAMES);
    case 'dotted':
      return unflatten(record, (column) => column.split('.'));
    case 'table':
      return fromTable(record);
    case 'lookup': {
      const inner = object(record['CloudTrailEvent']);
      const innerShape = inner === undefined ? undefined : awsShapeOf(inner);
      return innerShape === 'native' ? inner : undefined;
    }
    default:
      return undefined;
  }
}

function fromTable(row: Raw): Raw {
  return {
    eventTime: row['TimeGenerated'],
    eventName: row['EventName'],
    eventSource: row['EventSource'],
    eventType: row['EventTypeName'],
    eventID: row['AwsEventId'],
    sharedEventID: row['SharedEventId'],
    requestID: row['AwsRequestId_'] ?? row['AwsRequestId'],
    recipientAccountId: row['RecipientAccountId'],
    sourceIPAddress: row['SourceIpAddress'],
    userAgent: row['UserAgent'],
    errorCode: row['ErrorCode'],
    errorMessage: row['ErrorMessage'],
    requestParameters: row['RequestParameters'],
    responseElements: row['ResponseElements'],
    additionalEventData: row['AdditionalEventData'],
    serviceEventDetails: row['ServiceEventDetails'],
    resources: row['Resources'],
    userIdentity: {
      type: row['UserIdentityType'],
      principalId: row['UserIdentityPrincipalid'] ?? row['UserIdentityPrincipalId'],
      arn: row['UserIdentityArn'],
      accountId: row['UserIdentityAccountId'],
      userName: row['UserIdentityUserName'],
      accessKeyId: row['UserIdentityAccessKeyId'],
      invokedBy: row['UserIdentityInvokedBy'],
      sessionContext: {
        ec2RoleDelivery: row['EC2RoleDelivery'],
        attributes: { creationDate: row['SessionCreationDate'], mfaAuthenticated: row['SessionMfaAuthenticated'] },
        sessionIssuer: {
          type: row['SessionIssuerType'],
          principalId: row['SessionIssuerPrincipalId'],
          arn: row['SessionIssuerArn'],
          accountId: row['SessionIssuerAccountId'],
          userName: row['SessionIssuerUserName'],
        },
      },
    },
  };
}
