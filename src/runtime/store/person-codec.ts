import { type Schema, Type } from 'avsc';
import { movePlaces } from '../../core/detect/move-places.js';
import type { PersonState } from '../../core/event/index.js';
import type { Person } from '../../core/state/person.js';
import { personFrom } from '../../core/state/record/read.js';
import { hashOfRules, type RulesInForce, stateOf } from '../../core/state/record/write.js';

/** People as they stand in the changelog. Whoever is read back goes on as if nothing had happened. */
export interface PersonCodec {
  /** Leaves the person as they are: that they fit PERSON_BYTES_MAX is what detect sees to, event by event. */
  encode(person: Person): Uint8Array;
  /** Under other rules than those it was written under, rules that went are forgotten, and what is not settled is judged anew. */
  decode(bytes: Uint8Array): Person;
  /** The same under other rules. */
  under(rules: RulesInForce): PersonCodec;
}

/**
 * @param findingSchema schemas/finding.avsc
 * @param personSchema schemas/person_state.avsc
 * @param rules those in force: no deprecated ones
 */
export function createPersonCodec(findingSchema: unknown, personSchema: unknown, rules: RulesInForce): PersonCodec {
  const registry = {};
  Type.forSchema(findingSchema as Schema, { registry });
  return codecOf(Type.forSchema(personSchema as Schema, { registry }), rules);
}

function codecOf(type: Type, rules: RulesInForce): PersonCodec {
  const judgedBy = hashOfRules(rules);
  const samePlaces = rules.uids.map((_, place) => place);
  const placeOf = (uid: string) => rules.uids.indexOf(uid);
  return {
    encode: (person) => type.toBuffer(toNull(stateOf(person, rules))),
    decode(bytes) {
      const state = toAbsent(type.fromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))) as PersonState;
      const person = personFrom(state, rules);
      if (state.judged_by !== judgedBy) movePlaces(person, samePlaces, placeOf, (finding) => finding);
      return person;
    },
    under: (others) => codecOf(type, others),
  };
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
