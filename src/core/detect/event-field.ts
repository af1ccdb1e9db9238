import { OS_FAMILIES, osFamily } from '../enrich/os-family.js';
import { COUNTRIES, countryMeant } from '../event/countries.js';
import { EVENT_FIELDS, type FieldSpec as EventField } from '../event/fields.generated.js';
import type { SessionEvent } from '../event/index.js';
import { DETAILS } from '../normalize/details.js';
import { VENDORS } from '../normalize/sources/index.js';

/** The least and the most that a number can be, both included. */
export interface NumberRange {
  least: number;
  most: number;
  isWhole: boolean;
}

/** What can stand in a field. */
export interface FieldSpec extends EventField {
  range?: NumberRange;
  /** of a word that is none of `words`: which one was meant, where no other is near enough */
  wordMeant?: (written: string) => string | undefined;
  /** what the words are, for people, where they are too many to name */
  wordsAre?: string;
}

/** Fields that hold one of a few words though the schema leaves them open, by the end of their path. */
const CLOSED: Readonly<Record<string, FieldSpec>> = {
  'source.vendor': { kind: 'text', words: VENDORS },
  'src_endpoint.country': { kind: 'text', words: COUNTRIES, wordMeant: countryMeant, wordsAre: 'country code of ISO 3166' },
  'user_agent.os': { kind: 'text', words: OS_FAMILIES, wordMeant: osFamily },
  'device.os': { kind: 'text', words: OS_FAMILIES, wordMeant: osFamily },
};

/** Numbers that are not any whole one from nought on. */
const RANGES: Readonly<Record<string, NumberRange>> = {
  'src_endpoint.lat': { least: -90, most: 90, isWhole: false },
  'src_endpoint.long': { least: -180, most: 180, isWhole: false },
  'src_endpoint.asn': { least: 0, most: 2 ** 32 - 1, isWhole: true },
};
const COUNTS: NumberRange = { least: 0, most: Number.MAX_SAFE_INTEGER, isWhole: true };

/** `details` has texts by names that differ with the activity. */
const MAP_FIELD = 'details.';

/** What stands in a field of an event, by its path; undefined when there is no such field. */
export function fieldSpec(field: string): FieldSpec | undefined {
  if (Object.hasOwn(EVENT_FIELDS, field)) {
    const name = field.replace(/^actor\./, '');
    const spec = EVENT_FIELDS[field]!;
    return spec.kind === 'number' ? { ...spec, range: RANGES[name] ?? COUNTS } : (CLOSED[name] ?? spec);
  }
  return field.startsWith(MAP_FIELD) && Object.hasOwn(DETAILS, field.slice(MAP_FIELD.length)) ? { kind: 'text' } : undefined;
}

/** Does the field hold an address, as it is written once it was read: without a port, in its shortest form? */
export function isAddressField(field: string): boolean {
  return field === 'src_endpoint.ip' || field === 'actor.src_endpoint.ip';
}

/** Every field that can be named. */
export function allFields(): string[] {
  return [...Object.keys(EVENT_FIELDS), ...Object.keys(DETAILS).map((name) => MAP_FIELD + name)];
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
