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

type Part = Readonly<Record<string, unknown>>;

/** Reads a field by its path. @param field one that there is: nothing here looks out for what every object has */
export function readerOf(field: string): (event: SessionEvent) => unknown {
  const [first, second, ...more] = field.split('.') as [keyof SessionEvent, string?, ...string[]];
  if (second === undefined) return (event) => event[first];
  if (more.length === 0) return (event) => (event[first] as Part | undefined)?.[second];
  return (event) => {
    let value = (event[first] as Part | undefined)?.[second];
    for (const key of more) value = (value as Part | undefined)?.[key];
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
