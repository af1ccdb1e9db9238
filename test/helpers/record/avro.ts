import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Schema, Type } from 'avsc';
import type { PersonState } from '../../../src/core/event/index.js';

const schema = (name: string): Schema => JSON.parse(readFileSync(join(__dirname, '../../../schemas', name), 'utf8'));

function personType(): Type {
  const registry = {};
  const finding = schema('finding.avsc') as { fields: { joined?: boolean }[] };
  // what is joined where findings are written for others is no state
  Type.forSchema({ ...finding, fields: finding.fields.filter(({ joined }) => joined !== true) } as Schema, { registry });
  return Type.forSchema(schema('person_state.avsc'), { registry });
}

const TYPE = personType();

export function avroOf(state: PersonState): Buffer {
  return TYPE.toBuffer(toNull(state));
}

export function stateIn(bytes: Uint8Array): PersonState {
  return toAbsent(TYPE.fromBuffer(Buffer.from(bytes))) as PersonState;
}

/** Avro knows null for what the contracts leave out. */
function toNull(value: unknown): unknown {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(toNull);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toNull(inner)]));
}

function toAbsent(value: unknown): unknown {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map(toAbsent);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toAbsent(inner)]));
}
