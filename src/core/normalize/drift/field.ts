import type { Raw } from '../mapped.js';
import { isGuid, text } from '../record.js';
import { Presence } from './presence.js';

export const TYPES = ['text', 'number', 'boolean', 'list', 'object'] as const;
export type Type = (typeof TYPES)[number];

/** What the members of a field stand in. `pairs` is a list of names with values, in which each name is a member. */
export const HOLDERS = ['object', 'list', 'pairs'] as const;
export type Holder = (typeof HOLDERS)[number];

/** Members of one object that are followed; of more, those go that are in few records. */
const MOST_MEMBERS = 64;
const RARE = 1 / 32;
const LONGEST_NAME = 64;

/** One place in the records of a kind, with what is below it. A member is measured by the records in which its holder was there. */
export class Field {
  /** of the values, whether they are of the type that is the norm; absent as long as all were */
  typed: Presence | undefined;
  /** another type than the norm, as it came last */
  other: Type | undefined;
  members: Partial<Record<Holder, Map<string, Field>>> | undefined;

  constructor(
    readonly name: string,
    readonly presence: Presence,
    /** the norm */
    public type: Type,
    readonly parent: Field | undefined,
    readonly holder: Holder,
    /** what the vendor calls the name in a pair */
    readonly label = '',
  ) {}

  /** As docs/sources.md writes paths. */
  get path(): string {
    const { parent, name } = this;
    const before = parent === undefined ? '' : parent.path;
    if (this.holder === 'pairs') return `${before}[${this.label}=${name}]`;
    if (this.holder === 'list') return `${before}[].${name}`;
    return before === '' ? name : `${before}.${name}`;
  }

  get isGone(): boolean {
    return this.presence.gone_time > 0;
  }

  get hasChanged(): boolean {
    return this.typed !== undefined && this.typed.gone_time > 0;
  }

  /** @returns whether its type is found to be another one by this value */
  hit(type: Type, time: number): boolean {
    let isNews = false;
    if (type === this.type) this.typed?.hit(time);
    else {
      this.typed ??= Presence.always(this.presence);
      this.other = type;
      isNews = this.typed.miss(time);
    }
    this.presence.hit(time);
    return isNews;
  }

  /** What it is now is what it should be. */
  accept(): void {
    this.type = this.other ?? this.type;
    this.typed = undefined;
    this.other = undefined;
    this.members = undefined;
  }

  /** @returns how many there are, itself among them */
  count(): number {
    let count = 1;
    if (this.members !== undefined)
      for (const fields of Object.values(this.members)) for (const one of fields.values()) count += one.count();
    return count;
  }
}

/** Makes room among the members of one object. @returns how many fields went, those below them too */
export function dropRare(fields: Map<string, Field>): number {
  let dropped = 0;
  for (const [name, field] of fields) {
    if (field.presence.share >= RARE || field.isGone) continue;
    fields.delete(name);
    dropped += field.count();
  }
  return dropped;
}

export function isFull(fields: ReadonlyMap<string, Field>): boolean {
  return fields.size >= MOST_MEMBERS;
}

/** The type of a value; undefined for all ways of saying nothing, and for what every object inherits. */
export function typeOf(value: unknown): Type | undefined {
  switch (typeof value) {
    case 'string':
      return text(value) === undefined ? undefined : 'text';
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'object':
      if (value === null) return undefined;
      if (Array.isArray(value)) return value.length === 0 ? undefined : 'list';
      for (const _ in value) return 'object';
      return undefined;
    default:
      return undefined;
  }
}

const NAME = /^[A-Za-z_$@][\w.:/$-]*$/;
/** A number or a hash inside a name: what is called so is one of many. */
const ID_IN_NAME = /\d{5}|[0-9a-f]{16}/i;

/** Whether a key is a name that a vendor gave: ids, addresses and names of people can be keys too, and are nobody's business. */
export function isName(key: string): boolean {
  return key.length <= LONGEST_NAME && NAME.test(key) && !ID_IN_NAME.test(key) && !isGuid(key) && key.indexOf('@', 1) < 0;
}

const LABELS = ['Name', 'name', 'Key', 'key'] as const;

/** How a list of names with values calls the name; undefined when it is another list. */
export function labelOf(entry: Raw): string | undefined {
  for (const label of LABELS) {
    if (typeof entry[label] !== 'string') continue;
    for (const key in entry) if (key !== label && VALUE.test(key)) return label;
  }
  return undefined;
}

const VALUE = /value$/i;
