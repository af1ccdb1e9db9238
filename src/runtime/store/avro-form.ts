import { hashOfRules, type RulesInForce, writePerson } from '../../core/state/record/write.js';
import { formOf, joined, type PersonForm, readHeadOf } from './person-form.js';
import { WireSink, WireSource } from './wire.js';

/** Version 1 of a person's record: Avro of schemas/person_state.avsc. */
export const AVRO_VERSION = 1;

export function createAvroForm(rules: RulesInForce): PersonForm {
  const judgedBy = hashOfRules(rules);
  return formOf(rules, SOURCE, {
    encode(person) {
      HEAD.begin();
      BODY.begin();
      HEAD.int(AVRO_VERSION);
      HEAD.text(person.key);
      writePerson(person, rules, judgedBy, HEAD, BODY);
      return joined(HEAD, BODY);
    },
    headOf(bytes) {
      SOURCE.begin(bytes);
      SOURCE.int();
      return readHeadOf(SOURCE);
    },
  });
}

/** Shared by all: nobody is written while another is. */
const HEAD = new WireSink();
const BODY = new WireSink();
const SOURCE = new WireSource();
