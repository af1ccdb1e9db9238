import type { Raw } from '../../mapped.js';
import { respell, spelling } from '../../respell.js';
import { unflatten } from '../../unflatten.js';

/**
 * Okta's event in the ways that collectors write it: Okta's own, keys in another case, and the flat table of the Sentinel connector
 * (`client_userAgent_rawUserAgent_s`: path by underscores, type by the last letter).
 */
const NAMES = spelling([
  'eventType',
  'displayMessage',
  'legacyEventType',
  'published',
  'uuid',
  'severity',
  'version',
  'actor',
  'client',
  'device',
  'target',
  'outcome',
  'result',
  'reason',
  'request',
  'ipChain',
  'ip',
  'transaction',
  'detail',
  'requestApiTokenId',
  'authenticationContext',
  'externalSessionId',
  'rootSessionId',
  'credentialType',
  'credentialProvider',
  'authenticationProvider',
  'alternateId',
  'displayName',
  'detailEntry',
  'id',
  'type',
  'ipAddress',
  'userAgent',
  'rawUserAgent',
  'debugContext',
  'debugData',
  'dtHash',
  'logOnlySecurityData',
  'threatSuspected',
  'privilegeGranted',
  'policyType',
  'oktaDeviceId',
  'signOnMode',
  'grantedScopes',
  'requestedScopes',
  'grantType',
  'clientId',
  'securityContext',
  'isProxy',
  'ipDetails',
  'ipServiceCategories',
  'userBehaviors',
  'os_platform',
  'osPlatform',
]);

type Shape = 'native' | 'other_case' | 'table';

/** How the record writes an Okta event, or undefined when it is none. Cheap: it sees every record of every vendor. */
export function oktaShapeOf(record: Raw): Shape | undefined {
  if (typeof record['eventType'] === 'string') {
    if (record['authenticationcontext'] !== undefined || record['debugcontext'] !== undefined) return 'other_case';
    return isEvent(record['actor'], record) || record['legacyEventType'] !== undefined || record['debugContext'] !== undefined
      ? 'native'
      : undefined;
  }
  if (typeof record['eventtype'] === 'string' || typeof record['EventType'] === 'string') {
    return isEvent(record['actor'] ?? record['Actor'], record) ? 'other_case' : undefined;
  }
  return typeof record['eventType_s'] === 'string' && record['actor_id_s'] !== undefined ? 'table' : undefined;
}

/** An event type alone could be anybody's: Okta's stands beside an actor and at least one of Okta's own sections. */
function isEvent(actor: unknown, record: Raw): boolean {
  if (typeof actor !== 'object' || actor === null) return false;
  if (record['client'] !== undefined || record['outcome'] !== undefined) return true;
  return 'alternateId' in actor || 'alternateid' in actor || 'AlternateId' in actor;
}

/** The event in Okta's own shape. */
export function oktaEvent(record: Raw, shape: Shape): Raw {
  return shape === 'native' ? record : shape === 'table' ? unflatten(record, pathOf) : respell(record, NAMES);
}

/** Paths of the columns seen so far; the columns of a table are few and stay the same. */
const PATHS = new Map<string, readonly string[] | undefined>();
const MOST_PATHS = 2000;

function pathOf(column: string): readonly string[] | undefined {
  if (PATHS.has(column)) return PATHS.get(column);
  const path = /^(.+)_[sdbgt]$/.exec(column)?.[1]?.split('_');
  if (PATHS.size < MOST_PATHS) PATHS.set(column, path);
  return path;
}
