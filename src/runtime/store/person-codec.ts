import { movePlaces } from '../../core/detect/move-places.js';
import type { Person } from '../../core/state/person.js';
import { type PersonRead, readPerson } from '../../core/state/record/read.js';
import { hashOfRules, type RulesInForce, writePerson } from '../../core/state/record/write.js';
import { SessionvigilError } from '../../errors.js';
import { WireSink, WireSource } from './wire.js';

/** People as they stand in the changelog: Avro of schemas/person_state.avsc. Whoever is read back goes on as if nothing had happened. */
export interface PersonCodec {
  /** Leaves the person as they are: that they fit PERSON_BYTES_MAX is what detect sees to, event by event. */
  encode(person: Person): Uint8Array;
  /** Under other rules than those it was written under, rules that went are forgotten, and what is not settled is judged anew. */
  decode(bytes: Uint8Array): Person;
  /** The same under other rules. */
  under(rules: RulesInForce): PersonCodec;
}

/** Versions of the contract that this program reads, and that it can be told to write. A later one reads them all for ever. */
export const STATE_VERSIONS: readonly number[] = [1];

export interface CodecOptions {
  /** of the records: that of the oldest program that is to read them. Default: the latest */
  write_version?: number;
}

/**
 * @param rules those in force: no deprecated ones
 * @throws SV_STATE_VERSION when it cannot write the version, and later on reading a record of one that it does not know
 */
export function createPersonCodec(rules: RulesInForce, { write_version = 1 }: CodecOptions = {}): PersonCodec {
  checkVersion(write_version);
  const judgedBy = hashOfRules(rules);
  const samePlaces = rules.uids.map((_, place) => place);
  const placeOf = (uid: string) => rules.uids.indexOf(uid);
  return {
    encode(person) {
      HEAD.begin();
      BODY.begin();
      HEAD.int(write_version);
      writePerson(person, rules, judgedBy, HEAD, BODY);
      const bytes = Buffer.allocUnsafeSlow(HEAD.end + BODY.end);
      HEAD.bytes.copy(bytes, 0, 0, HEAD.end);
      BODY.bytes.copy(bytes, HEAD.end, 0, BODY.end);
      return bytes;
    },
    decode(bytes) {
      const { person, judged_by } = read(bytes, rules);
      if (judged_by !== judgedBy) movePlaces(person, samePlaces, placeOf, (finding) => finding);
      return person;
    },
    under: (others) => createPersonCodec(others, { write_version }),
  };
}

function read(bytes: Uint8Array, rules: RulesInForce): PersonRead {
  SOURCE.begin(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  checkVersion(SOURCE.int());
  try {
    const read = readPerson(SOURCE, rules);
    if (SOURCE.left === 0) return read;
  } catch (cause) {
    throw new SessionvigilError('SV_STATE_DAMAGED', 'the record of a person cannot be read', [], { cause });
  }
  throw new SessionvigilError('SV_STATE_DAMAGED', `the record of a person is longer than what is in it, by ${SOURCE.left} bytes`);
}

function checkVersion(version: number): void {
  if (STATE_VERSIONS.includes(version)) return;
  throw new SessionvigilError(
    'SV_STATE_VERSION',
    `version ${version} of a person's state is not known; known is ${STATE_VERSIONS.join(', ')}`,
  );
}

/** Shared by all: nobody is written while another is. */
const HEAD = new WireSink();
const BODY = new WireSink();
const SOURCE = new WireSource();
