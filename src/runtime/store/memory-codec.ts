import { hash53 } from '../../core/state/hash.js';
import type { Person } from '../../core/state/person.js';
import { hashOfRules, oldestArrival, type RulesInForce, writePerson } from '../../core/state/record/write.js';
import { NEVER } from '../../core/state/session.js';
import { CompactSink, CompactSource } from './compact.js';
import { Dictionary } from './dictionary.js';
import { joined, type PersonCodec, readHeadOf, readRest } from './person-codec.js';

/** One in so many people teaches the dictionary: it need not learn fast. */
const TEACHES = 4;

/** Shared by all partitions: what people have in common they have in all of them. */
const DICTIONARY = new Dictionary();
/** And these by all codecs: nobody is written while another is. */
const HEAD = new CompactSink(DICTIONARY);
const BODY = new CompactSink(DICTIONARY);
const SOURCE = new CompactSource(DICTIONARY);
let written = 0;

/**
 * People as bytes for the memory of this process, which no other can read. Like a record of the changelog they begin with a version, 0, and the key.
 */
export function createMemoryCodec(rules: RulesInForce): PersonCodec {
  const judgedBy = hashOfRules(rules);
  return {
    encode(person) {
      const owner = hash53(person.key);
      const isLearning = ++written % TEACHES === 0;
      HEAD.start(0, owner, isLearning);
      BODY.start(lastOfHead(person), owner, isLearning);
      HEAD.int(0);
      HEAD.plain(person.key);
      writePerson(person, rules, judgedBy, HEAD, BODY);
      return joined(HEAD, BODY);
    },
    decode(bytes) {
      SOURCE.begin(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      SOURCE.int();
      const key = SOURCE.plain();
      return readRest(SOURCE, readHeadOf(SOURCE, key), rules, judgedBy);
    },
    under: createMemoryCodec,
  };
}

/** The time that a person's head says last: the body's first is told from it. */
function lastOfHead(person: Person): number {
  const settle = person.next_settle_time === NEVER ? 0 : person.next_settle_time;
  return oldestArrival(person) || settle || person.last_arrival_time;
}

/** How many texts all people have in common so far. */
export function commonTexts(): number {
  return DICTIONARY.size;
}
