import { type Field, HOLDERS, isName, TYPES, type Type } from './field.js';
import type { Kind } from './kind.js';
import { Presence, type PresenceForm } from './presence.js';

/**
 * What is written down of a kind: its fields, each with those below it. Another process, or the next one, goes on from there. Numbers in place of the
 * words of types and holders are places in their lists, which only ever grow.
 */
type FieldForm = readonly [
  name: string,
  holder: number,
  label: string,
  type: number,
  presence: PresenceForm,
  typed: PresenceForm | 0,
  other: number,
  fields: readonly FieldForm[],
];

const VERSION = 1;

export function encodeKind(kind: Kind): string {
  return JSON.stringify({ version: VERSION, record: kind.root.presence.toForm(), fields: formsBelow(kind.root) });
}

function formsBelow({ members }: Field): FieldForm[] {
  return Object.values(members ?? {}).flatMap((fields) => [...fields.values()].map(formOf));
}

function formOf(field: Field): FieldForm {
  const { name, holder, label, type, presence, typed, other } = field;
  return [
    name,
    HOLDERS.indexOf(holder),
    label,
    TYPES.indexOf(type),
    presence.toForm(),
    typed === undefined ? 0 : typed.toForm(),
    other === undefined ? -1 : TYPES.indexOf(other),
    formsBelow(field),
  ];
}

/** Takes what another process knows of a kind. What it does not understand it leaves out. @returns whether something that is gone there is here */
export function joinKind(kind: Kind, text: string): boolean {
  const read = parse(text);
  const record = Presence.fromForm(read?.record);
  if (read === undefined || record === undefined) return false;
  kind.root.presence.join(record);
  return joinBelow(kind, kind.root, read.fields, 0);
}

/** Deeper than any record is followed. */
const MOST_DEPTH = 10;

function joinBelow(kind: Kind, parent: Field, forms: unknown, depth: number): boolean {
  if (!Array.isArray(forms) || depth > MOST_DEPTH) return false;
  let isHere = false;
  for (const form of forms) if (joinField(kind, parent, form, depth)) isHere = true;
  return isHere;
}

function joinField(kind: Kind, parent: Field, form: unknown, depth: number): boolean {
  if (!Array.isArray(form)) return false;
  const [name, holderAt, label, typeAt, presenceForm, typedForm, otherAt, below] = form as [...FieldForm];
  const holder = HOLDERS[holderAt];
  const type: Type | undefined = TYPES[typeAt];
  const presence = Presence.fromForm(presenceForm);
  if (typeof name !== 'string' || typeof label !== 'string' || !isName(name) || holder === undefined || type === undefined) return false;
  if (presence === undefined) return false;
  const known = parent.members?.[holder]?.get(name);
  const field = known ?? kind.add(parent, holder, name, label, type, presence);
  if (field === undefined) return false;
  known?.presence.join(presence);
  const typed = Presence.fromForm(typedForm);
  if (typed !== undefined && field.type === type) {
    if (field.typed === undefined) field.typed = typed;
    else field.typed.join(typed);
    field.other ??= TYPES[otherAt];
  }
  const isBelow = joinBelow(kind, field, below, depth + 1);
  if (field.isGone || field.hasChanged) kind.drifted.add(field);
  else kind.drifted.delete(field);
  return isBelow || (presence.gone_time > 0 && !field.isGone) || (typed !== undefined && typed.gone_time > 0 && !field.hasChanged);
}

function parse(text: string): { record: unknown; fields: unknown } | undefined {
  try {
    const read = JSON.parse(text) as { version?: unknown; record?: unknown; fields?: unknown } | null;
    return read?.version === VERSION ? { record: read.record, fields: read.fields } : undefined;
  } catch {
    return undefined;
  }
}
