import { EVENT_FIELDS, type FieldSpec } from '../event/fields.generated.js';
import type { SessionEvent } from '../event/index.js';
import { DETAILS } from '../normalize/details.js';

export type { FieldSpec } from '../event/fields.generated.js';

/** `details` has texts by names that differ with the activity. */
const MAP_FIELD = 'details.';

/** What stands in a field of an event, by its path; undefined when there is no such field. */
export function fieldSpec(field: string): FieldSpec | undefined {
  if (Object.hasOwn(EVENT_FIELDS, field)) return EVENT_FIELDS[field];
  return field.startsWith(MAP_FIELD) && Object.hasOwn(DETAILS, field.slice(MAP_FIELD.length)) ? { kind: 'text' } : undefined;
}

/** Reads a field by its path. */
export function readerOf(field: string): (event: SessionEvent) => unknown {
  const keys = field.split('.');
  if (keys.length === 1) return (event) => event[field as keyof SessionEvent];
  return (event) => {
    let value: unknown = event;
    for (const key of keys) {
      if (value === undefined || value === null) return undefined;
      value = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
    }
    return value;
  };
}

/** Why there is no such field, and which one was probably meant: one that ends as it does. */
export function fieldProblem(field: string): string {
  const last = field.split('.').at(-1)!;
  const near = Object.keys(EVENT_FIELDS).filter((name) => name.split('.').at(-1) === last && !name.startsWith('actor.'));
  const meant = near.length === 0 ? '' : `; perhaps ${near.slice(0, 3).join(' or ')}`;
  return `an event has no field \`${field}\`${meant}; docs/fields.md lists them`;
}
