import { hash53 } from '../../core/state/hash.js';
import type { Person } from '../../core/state/person.js';
import { hashOfRules, oldestArrival, type RulesInForce, writePerson } from '../../core/state/record/write.js';
import { NEVER } from '../../core/state/session.js';
import { CompactSink, CompactSource } from './compact.js';
import type { Dictionary } from './dictionary.js';
import { formOf, joined, type PersonForm, readHeadOf } from './person-form.js';

/**
 * Version 2 of a person's record, a third of version 1: the same fields in the same order, with times told from the one before, flags and small
 * numbers packed, and what many people have in common said by its number in a dictionary. What is kept in memory is written as it is.
 */
export const COMPACT_VERSION = 2;

/** One in so many people teaches the dictionary: it need not learn fast. */
const TEACHES = 4;
/** Of all people that were ever written here. */
let written = 0;

/** @param words of the partition: whoever reads a record has to have those that it was written with */
export function createCompactForm(rules: RulesInForce, words: Dictionary): PersonForm {
  const judgedBy = hashOfRules(rules);
  return formOf(rules, SOURCE, {
    encode(person) {
      const owner = hash53(person.key);
      const isLearning = ++written % TEACHES === 0;
      HEAD.start(words, 0, owner, isLearning);
      BODY.start(words, lastOfHead(person), owner, isLearning);
      HEAD.int(COMPACT_VERSION);
      HEAD.plain(person.key);
      writePerson(person, rules, judgedBy, HEAD, BODY);
      return joined(HEAD, BODY);
    },
    headOf(bytes) {
      SOURCE.start(bytes, words);
      SOURCE.int();
      return readHeadOf(SOURCE, plain);
    },
  });
}

/** The time that a person's head says last: the body's first is told from it. */
function lastOfHead(person: Person): number {
  const settle = person.next_settle_time === NEVER ? 0 : person.next_settle_time;
  return oldestArrival(person) || settle || person.last_arrival_time;
}

const plain = (from: CompactSource): string => from.plain();

/** Shared by all: nobody is written while another is. */
const HEAD = new CompactSink();
const BODY = new CompactSink();
const SOURCE = new CompactSource();
