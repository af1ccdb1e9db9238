import type { Raw } from '../../mapped.js';

/** Slack's entry in the ways that collectors write it: Slack's own, and the flat tables of the Sentinel connectors. */
type Shape = 'native' | 'table';

/** How the record writes an entry, or undefined when it is none. Cheap: it sees every record of every vendor. */
export function slackShapeOf(record: Raw): Shape | undefined {
  if (typeof record['action'] === 'string') {
    const context = record['context'];
    if (!isObject(context)) return undefined;
    const actor = record['actor'];
    const isActor = isObject(actor) && (isObject(actor['user']) || isObject(actor['app']) || typeof actor['type'] === 'string');
    return isActor && (isObject(context['location']) || 'ua' in context || 'ip_address' in context) ? 'native' : undefined;
  }
  return typeof record['action_s'] === 'string' && ('actor_user_id_s' in record || 'context_location_id_s' in record) ? 'table' : undefined;
}

function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The entry in Slack's own shape. */
export function slackEntry(record: Raw, shape: Shape): Raw {
  return shape === 'native' ? record : unflatten(record);
}

const COLUMN = /^([a-z0-9_]+)_[sdbgt]$/i;

/**
 * A row of the Sentinel tables. Underscores join the steps of a path and stand inside names alike, so the first steps are told by what is known
 * of the record.
 */
function unflatten(record: Raw): Raw {
  const out: Record<string, unknown> = {};
  const user: Record<string, unknown> = {};
  const location: Record<string, unknown> = {};
  const context: Record<string, unknown> = { location };
  const details: Record<string, unknown> = {};
  const entity: Record<string, unknown> = {};
  for (const column of Object.keys(record)) {
    if (column.length > 100) continue;
    const value = record[column];
    const name = COLUMN.exec(column)?.[1];
    if (name === undefined || value === '' || value === null || name.includes('__proto__')) continue;
    if (name.startsWith('actor_user_')) user[name.slice(11)] = value;
    else if (name.startsWith('context_location_')) location[name.slice(17)] = value;
    else if (name.startsWith('context_app_')) put(context, 'app', name.slice(12), value);
    else if (name.startsWith('context_')) context[name.slice(8)] = value;
    else if (name.startsWith('details_')) details[name.slice(8)] = value;
    else if (name === 'entity_type') entity['type'] = value;
    else if (name.startsWith('entity_')) {
      const step = name.indexOf('_', 7);
      if (step > 0) put(entity, name.slice(7, step), name.slice(step + 1), value);
    } else if (name === 'id' || name === 'action' || name === 'date_create') out[name] = value;
  }
  out['actor'] = Object.keys(user).length === 0 ? { type: record['actor_type_s'] } : { type: record['actor_type_s'], user };
  out['context'] = context;
  out['details'] = details;
  out['entity'] = entity;
  return out;
}

function put(into: Record<string, unknown>, key: string, name: string, value: unknown): void {
  const inner = Object.hasOwn(into, key) ? into[key] : undefined;
  if (typeof inner === 'object' && inner !== null) (inner as Record<string, unknown>)[name] = value;
  else into[key] = { [name]: value };
}
