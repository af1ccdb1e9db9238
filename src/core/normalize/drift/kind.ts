import type { Raw } from '../mapped.js';
import { dropRare, Field, type Holder, isFull, isName, labelOf, type Type, typeOf } from './field.js';
import { GONE, Presence } from './presence.js';

/** What is different for so long is how it is, ms: nobody mended it, so it was meant. */
export const ACCEPTED_MS = 14 * 86_400_000;

/** Bounds of what is looked at in one record, and kept of one kind of records. */
const MOST_DEPTH = 8;
const MOST_ENTRIES = 16;
const MOST_PAIRS = 64;
const MOST_NAMES = 2048;
const MOST_FIELDS = 400;
/** It is looked for new names in the first records, and then in one of so many. */
const YOUNG = 32;
const NAMES_EVERY = 8;

/** Fields of all kinds together, so that these are bounded too. */
export interface Room {
  used: number;
  readonly most: number;
}

/** Records that are alike: of one log of a vendor, and of one action. What a sign-in always has says nothing of a sign-out. */
export class Kind {
  /** stands for the record */
  readonly root: Field;
  /** fields that are not as they were */
  readonly drifted = new Set<Field>();
  private size = 0;
  /** names that may still be looked at in this record */
  private names = 0;
  private looks = 0;
  /** Something is missing that is seldom missed: the next records are worth a look. */
  isSuspect = false;

  constructor(
    first: number,
    private readonly room: Room,
  ) {
    this.root = new Field('', new Presence(first), 'object', undefined, 'object');
  }

  /** @returns whether something is not any more as it was, or is so again */
  look(record: Raw, time: number): boolean {
    // what is new can wait; what is not there any more cannot
    this.names = this.looks < YOUNG || this.looks % NAMES_EVERY === 0 ? MOST_NAMES : 0;
    this.looks++;
    this.isSuspect = false;
    this.root.presence.hit(time);
    return this.visit(this.root, 'object', [record], time, 0);
  }

  /** Takes what has been different for long for how it is. @returns whether there was something */
  settle(now: number): boolean {
    let isNews = false;
    for (const field of this.drifted) {
      const isOut = !isAttached(field);
      if (!isOut && field.isGone && now - field.presence.gone_time >= ACCEPTED_MS) this.remove(field);
      else if (!isOut && field.hasChanged && now - field.typed!.gone_time >= ACCEPTED_MS) {
        this.grow(1 - field.count());
        field.accept();
      } else if (!isOut) continue;
      this.drifted.delete(field);
      isNews = true;
    }
    return isNews;
  }

  /** Every field, those that hold others before what they hold. */
  *fields(from = this.root): Generator<Field> {
    for (const members of Object.values(from.members ?? {}))
      for (const field of members.values()) {
        yield field;
        yield* this.fields(field);
      }
  }

  /** A field that another process knows of. @returns undefined when there is no room */
  add(parent: Field, holder: Holder, name: string, label: string, type: Type, presence: Presence): Field | undefined {
    const fields = membersOf(parent, holder);
    if (isFull(fields)) this.grow(-dropRare(fields));
    if (isFull(fields) || this.size >= MOST_FIELDS || this.room.used >= this.room.most) return undefined;
    const field = new Field(name, presence, type, parent, holder, label);
    fields.set(name, field);
    this.grow(1);
    return field;
  }

  /** Nothing of it is kept. */
  clear(): void {
    this.grow(-this.size);
    this.root.members = undefined;
    this.drifted.clear();
  }

  private remove(field: Field): void {
    field.parent!.members![field.holder]!.delete(field.name);
    this.grow(-field.count());
  }

  private grow(by: number): void {
    this.size += by;
    this.room.used += by;
  }

  private visit(parent: Field, holder: Holder, objects: readonly Raw[], time: number, depth: number, label = ''): boolean {
    const fields = membersOf(parent, holder);
    let isNews = false;
    const single = objects.length === 1 ? objects[0]! : undefined;
    for (const field of fields.values()) {
      const found = single === undefined ? valuesOf(objects, field.name) : single[field.name];
      const type = single === undefined ? (found as Values | undefined)?.type : typeOf(found);
      if (type === undefined) {
        if (this.miss(field, time)) isNews = true;
      } else if (this.meet(field, type, single === undefined ? (found as Values).values : found, single !== undefined, time, depth))
        isNews = true;
    }
    if (this.names <= 0) return isNews;
    for (const object of objects) {
      for (const name in object) {
        if (--this.names < 0) return isNews;
        if (fields.has(name)) continue;
        // the name of a pair is always there
        if (parent.holder === 'pairs' && name === parent.label) continue;
        const type = typeOf(object[name]);
        if (type === undefined || !isName(name)) continue;
        const field = this.add(parent, holder, name, label, type, new Presence(time));
        if (field !== undefined) this.meet(field, type, object[name], true, time, depth);
      }
    }
    return isNews;
  }

  private miss(field: Field, time: number): boolean {
    const isNews = field.presence.miss(time);
    if (isNews) this.drifted.add(field);
    else if (field.presence.isSurprising) this.isSuspect = true;
    return isNews;
  }

  private meet(
    field: Field,
    type: Type,
    /** one, or those of several objects */
    found: unknown,
    isOne: boolean,
    time: number,
    depth: number,
  ): boolean {
    let isNews = field.hit(type, time);
    if (isNews) this.drifted.add(field);
    else if (this.drifted.size > 0 && this.drifted.has(field) && !field.isGone && !field.hasChanged) {
      this.drifted.delete(field);
      isNews = true;
    }
    if (field.typed?.isSurprising === true) this.isSuspect = true;
    if (depth >= MOST_DEPTH || (type !== 'object' && type !== 'list')) return isNews;
    const values = isOne ? [found] : (found as unknown[]);
    if (type === 'object') return this.visit(field, 'object', values as Raw[], time, depth + 1) || isNews;
    const entries = entriesOf(values as unknown[][]);
    if (entries.length === 0) return isNews;
    const label = labelOf(entries[0]!);
    if (label === undefined) return this.visit(field, 'list', entries.slice(0, MOST_ENTRIES), time, depth + 1) || isNews;
    return this.visit(field, 'pairs', [byName(entries, label)], time, depth + 1, label) || isNews;
  }
}

/** The values that a member has in the objects that may have it: one in an object, several in the entries of a list. */
interface Values {
  /** of the first; those of other types are left out */
  type: Type;
  values: unknown[];
}

function valuesOf(objects: readonly Raw[], name: string): Values | undefined {
  let found: Values | undefined;
  for (const object of objects) {
    const value = object[name];
    const type = typeOf(value);
    if (type === undefined) continue;
    if (found === undefined) found = { type, values: [value] };
    else if (type === found.type && found.values.length < MOST_ENTRIES) found.values.push(value);
  }
  return found;
}

function entriesOf(lists: readonly (readonly unknown[])[]): Raw[] {
  const entries: Raw[] = [];
  for (const list of lists)
    for (const entry of list) {
      if (typeof entry === 'object' && entry !== null && !Array.isArray(entry)) entries.push(entry as Raw);
      if (entries.length === MOST_PAIRS) return entries;
    }
  return entries;
}

function byName(entries: readonly Raw[], label: string): Raw {
  const named: Record<string, Raw> = Object.create(null);
  for (const entry of entries) {
    const name = entry[label];
    if (typeof name === 'string') named[name] ??= entry;
  }
  return named;
}

function membersOf(parent: Field, holder: Holder): Map<string, Field> {
  parent.members ??= {};
  let fields = parent.members[holder];
  if (fields === undefined) {
    fields = new Map();
    parent.members[holder] = fields;
  }
  return fields;
}

function isAttached(field: Field): boolean {
  const { parent, holder, name } = field;
  return parent === undefined || (parent.members?.[holder]?.get(name) === field && isAttached(parent));
}

/** Whether enough is known of a field to say that it is gone. */
export function isKnown({ presence: { seen, first, last } }: Field): boolean {
  return seen >= GONE.least_seen && last - first >= GONE.least_known_ms.always;
}
