import type { Raw } from '../../mapped.js';

/**
 * GitHub's audit record in the ways that collectors write it: GitHub's own; with what is special to an action under `data`, as its older
 * interface answers; and the flat table of the Sentinel connector (`actor_location_country_code_s`), whose last letter is the type.
 */
type Shape = 'native' | 'table';

/** Keys that GitHub's audit log has and few others: one of them must stand beside the action. */
const SIGNS = [
  'org',
  'business',
  'actor_location',
  '_document_id',
  'repo',
  'programmatic_access_type',
  'operation_type',
  'external_identity_nameid',
  'request_access_security_header',
] as const;

/** How the record writes an entry of the audit log, or undefined when it is none. Cheap: it sees every record of every vendor. */
export function githubShapeOf(record: Raw): Shape | undefined {
  const action = record['action'];
  if (typeof action === 'string') return isEntry(record, action) ? 'native' : undefined;
  const column = record['action_s'];
  if (typeof column !== 'string' || column.indexOf('.') < 0) return undefined;
  return typeof record['actor_s'] === 'string' && (typeof record['org_s'] === 'string' || typeof record['business_s'] === 'string')
    ? 'table'
    : undefined;
}

/** Others have an action too: GitHub's is `category.act` beside an actor that is a plain name. */
function isEntry(record: Raw, action: string): boolean {
  const { actor } = record;
  if (actor !== undefined && actor !== null && typeof actor !== 'string') return false;
  if (record['p_log_type'] === 'GitHub.Audit') return true;
  const isDotted = action.indexOf('.') > 0 && action.indexOf(' ') < 0;
  for (const sign of SIGNS) {
    const value = record[sign];
    // webhooks have objects under the names of the organisation and the repository
    if (value === undefined || value === null) continue;
    if (typeof value === 'string' || sign === 'actor_location' || Array.isArray(value)) return isDotted || typeof actor === 'string';
  }
  return isDotted && typeof actor === 'string' && (typeof record['@timestamp'] === 'number' || typeof record['created_at'] === 'number');
}

/** The entry in GitHub's own shape. */
export function githubEntry(record: Raw, shape: Shape): Raw {
  return shape === 'native' ? record : fromColumns(record);
}

const COLUMN = /^(.+)_[sdbgt]$/;

function fromColumns(record: Raw): Raw {
  const out: Record<string, unknown> = {};
  for (const column of Object.keys(record)) {
    if (column.length > 100) continue;
    const name = COLUMN.exec(column)?.[1];
    if (name === undefined || name.includes('__proto__')) continue;
    if (name === 'actor_location_country_code') out['actor_location'] = { country_code: record[column] };
    else if (name === 'document_id') out['_document_id'] = record[column];
    else if (name === 'timestamp') out['@timestamp'] = record[column];
    else if (name.startsWith('data_')) out[name.slice(5)] ??= record[column];
    else out[name] = record[column];
  }
  return out;
}
