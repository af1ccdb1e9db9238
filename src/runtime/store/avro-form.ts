import { hashOfRules, type RulesInForce, writePerson } from '../../core/state/record/write.js';
import { joined, type PersonForm, readHeadOf, readRest } from './person-form.js';
import { WireSink, WireSource } from './wire.js';

/** Version 1 of a person's record: Avro of schemas/person_state.avsc. */
export const AVRO_VERSION = 1;

export function createAvroForm(rules: RulesInForce): PersonForm {
  const judgedBy = hashOfRules(rules);
  const headOf = (bytes: Buffer) => {
    SOURCE.begin(bytes);
    SOURCE.int();
    return readHeadOf(SOURCE);
  };
  return {
    encode(person) {
      HEAD.begin();
      BODY.begin();
      HEAD.int(AVRO_VERSION);
      HEAD.text(person.key);
      writePerson(person, rules, judgedBy, HEAD, BODY);
      return joined(HEAD, BODY);
    },
    headOf,
    decode(bytes) {
      const head = headOf(bytes);
      return { head, person: readRest(SOURCE, head, rules) };
    },
  };
}

/** Shared by all: nobody is written while another is. */
const HEAD = new WireSink();
const BODY = new WireSink();
const SOURCE = new WireSource();
