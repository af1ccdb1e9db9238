import type { Mapper, Raw, SourceKeys } from '../../mapped.js';
import { mapAudit } from './gitlab-audit.js';
import { mapRequest } from './gitlab-request.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'audit',
    title: 'GitLab audit events (stream, audit_json.log, interface)',
    token: ['target_details'],
    address: ['ip_address', 'details.ip_address', 'meta.remote_ip'],
    note: 'Neither session nor client is logged, and of tokens those of jobs alone, by the number of the job. Which instance it is stands nowhere: name it under accounts.',
  },
  {
    product: 'request',
    title: 'GitLab logs of requests (production_json.log, api_json.log, auth_json.log)',
    token: ['token_id'],
    address: ['meta.remote_ip', 'remote_ip'],
    user_agent: ['ua'],
    note: 'Paths are read without their query, which can hold a token.',
  },
];

/**
 * GitLab. People and tokens are numbered per instance, and one person works in many top-level groups: the account is what the configuration
 * calls the instance, as no record names it.
 * @param account name of the instance
 */
export function createGitlabMapper(account = 'default'): Mapper {
  return {
    vendor: 'gitlab',
    keys: KEYS,
    recognises: (record) => gitlabShapeOf(record) !== undefined,
    map: (record) => {
      const shape = gitlabShapeOf(record);
      if (shape === 'audit') return [mapAudit(record, account)];
      const mapped = shape === 'request' ? mapRequest(record, account) : undefined;
      return mapped === undefined ? [] : [mapped];
    },
  };
}

/** Which of GitLab's logs the record is of, or undefined when it is of none. Cheap: it sees every record of every vendor. */
export function gitlabShapeOf(record: Raw): 'audit' | 'request' | undefined {
  if (record['author_id'] !== undefined && typeof record['entity_type'] === 'string') return 'audit';
  const detail = record['detail'];
  if (typeof detail === 'object' && detail !== null && typeof (detail as Raw)['custom_message'] === 'string') return 'audit';
  if (typeof record['path'] !== 'string') return undefined;
  if (record['message'] === 'Rack_Attack' || typeof record['meta.caller_id'] === 'string') return 'request';
  if (typeof record['controller'] === 'string' && record['correlation_id'] !== undefined) return 'request';
  if (typeof record['route'] === 'string' && String(record['route']).startsWith('/api/:version')) return 'request';
  const params = record['params'];
  if (!Array.isArray(params)) return undefined;
  const first: unknown = params[0];
  return typeof first === 'object' && first !== null && 'key' in first && 'value' in first ? 'request' : undefined;
}
