import type { Person } from '../../core/state/person.js';
import { type RecordHead, readHead, readPerson } from '../../core/state/record/read.js';
import type { RulesInForce } from '../../core/state/record/write.js';
import { SessionvigilError } from '../../errors.js';
import type { WireSink, WireSource } from './wire.js';

/** One way to write people down: a version of their record, under the rules in force. */
export interface PersonForm {
  encode(person: Person): Buffer;
  /** What stands at the front. @throws SV_STATE_DAMAGED */
  headOf(bytes: Buffer): RecordHead;
  /** Not judged anew, whatever rules it was written under. @throws SV_STATE_DAMAGED */
  decode(bytes: Buffer): { person: Person; head: RecordHead };
}

/** Both, one behind the other, in bytes of their own. Most are small and live as long as a transaction: from the pool, since memory of its own costs more than the encoding. */
export function joined(head: WireSink, body: WireSink): Buffer {
  const bytes = Buffer.allocUnsafe(head.end + body.end);
  head.bytes.copy(bytes, 0, 0, head.end);
  body.bytes.copy(bytes, head.end, 0, body.end);
  return bytes;
}

/** @param readKey when it does not stand there as any other text */
export function readHeadOf<T extends WireSource>(from: T, readKey: (from: T) => string = (one) => one.text()): RecordHead {
  try {
    return readHead(from, readKey(from));
  } catch (cause) {
    throw new SessionvigilError('SV_STATE_DAMAGED', 'the head of a person’s record cannot be read', [], { cause });
  }
}

/** @param source which `headOf` reads from, and that stands behind the head then */
export function formOf(rules: RulesInForce, source: WireSource, { encode, headOf }: Pick<PersonForm, 'encode' | 'headOf'>): PersonForm {
  return {
    encode,
    headOf,
    decode(bytes) {
      const head = headOf(bytes);
      return { head, person: readRest(source, head, rules) };
    },
  };
}

/** The person whose head was read. */
function readRest(from: WireSource, head: RecordHead, rules: RulesInForce): Person {
  let person: Person;
  try {
    person = readPerson(head, from, rules);
  } catch (cause) {
    throw new SessionvigilError('SV_STATE_DAMAGED', `the record of ${head.key} cannot be read`, [], { cause });
  }
  if (from.left !== 0) throw new SessionvigilError('SV_STATE_DAMAGED', `the record of ${head.key} goes on behind its end`);
  return person;
}
