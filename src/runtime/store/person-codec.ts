import { movePlaces } from '../../core/detect/move-places.js';
import type { Person } from '../../core/state/person.js';
import type { RecordHead } from '../../core/state/record/read.js';
import { hashOfRules, type RulesInForce } from '../../core/state/record/write.js';
import { SessionvigilError } from '../../errors.js';
import { AVRO_VERSION, createAvroForm } from './avro-form.js';
import { COMPACT_VERSION, createCompactForm } from './compact-form.js';
import { Dictionary } from './dictionary.js';
import type { PersonForm } from './person-form.js';

/** People of one partition as bytes. Whoever is read back goes on as if nothing had happened. */
export interface PersonCodec {
  /** those in force: no deprecated ones */
  readonly rules: RulesInForce;
  /** of the records that are written */
  readonly write_version: number;
  /** that records of version 2 speak of; the same under other rules */
  readonly words: Dictionary;
  /** Leaves the person as they are: that they fit PERSON_BYTES_MAX is what detect sees to, event by event. */
  encode(person: Person): Buffer;
  /** A record that stands for itself, for whoever has other words: version 1. */
  portable(person: Person): Buffer;
  /** The same, as it is kept in memory: version 2, the smallest. */
  compact(person: Person): Buffer;
  /**
   * Of any version. Under other rules than those it was written under, rules that went are forgotten, and what is not settled is judged anew.
   * @throws SV_STATE_VERSION, SV_STATE_DAMAGED
   */
  decode(bytes: Uint8Array): Person;
  /** What a record says at its front. @throws as `decode` does */
  headOf(bytes: Uint8Array): RecordHead;
  under(rules: RulesInForce): PersonCodec;
}

/** Versions of the contract that this program reads, and that it can be told to write. A later one reads them all for ever. */
export const STATE_VERSIONS: readonly number[] = [AVRO_VERSION, COMPACT_VERSION];

export interface CodecOptions {
  /** of the records: that of the oldest program that is to read them. Default: the latest */
  write_version?: number;
  /** of the partition; default: none yet */
  words?: Dictionary;
}

/** @throws SV_STATE_VERSION when it cannot write the version */
export function createPersonCodec(
  rules: RulesInForce,
  { write_version = COMPACT_VERSION, words = new Dictionary() }: CodecOptions = {},
): PersonCodec {
  const judgedBy = hashOfRules(rules);
  const avro = createAvroForm(rules);
  const compact = createCompactForm(rules, words);
  const formOf = (version: number): PersonForm => {
    if (version === COMPACT_VERSION) return compact;
    if (version === AVRO_VERSION) return avro;
    const known = STATE_VERSIONS.join(', ');
    throw new SessionvigilError('SV_STATE_VERSION', `version ${version} of a person's state is not known; known are ${known}`);
  };
  const own = formOf(write_version);
  const placeOf = (uid: string) => rules.uids.indexOf(uid);
  return {
    rules,
    write_version,
    words,
    encode: (person) => own.encode(person),
    portable: (person) => avro.encode(person),
    compact: (person) => compact.encode(person),
    decode(bytes) {
      const { head, person } = formOf(versionOf(bytes)).decode(bufferOf(bytes));
      if (head.judged_by !== judgedBy) {
        const samePlaces = rules.uids.map((_, place) => place);
        movePlaces(person, samePlaces, placeOf, (finding) => finding);
      }
      return person;
    },
    headOf: (bytes) => formOf(versionOf(bytes)).headOf(bufferOf(bytes)),
    under: (others) => createPersonCodec(others, { write_version, words }),
  };
}

/** Of a record: its first number, which takes one byte. @param at where it begins */
export function versionOf(bytes: Uint8Array, at = 0): number {
  const first = bytes[at]!;
  return (first >>> 1) ^ -(first & 1);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
