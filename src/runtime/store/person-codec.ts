import { movePlaces } from '../../core/detect/move-places.js';
import type { Person } from '../../core/state/person.js';
import { type RecordHead, readHead, readPerson } from '../../core/state/record/read.js';
import { hashOfRules, type RulesInForce, writePerson } from '../../core/state/record/write.js';
import { SessionvigilError } from '../../errors.js';
import { WireSink, WireSource } from './wire.js';

/** People as bytes. Whoever is read back goes on as if nothing had happened. */
export interface PersonCodec {
  /** Leaves the person as they are: that they fit PERSON_BYTES_MAX is what detect sees to, event by event. */
  encode(person: Person): Uint8Array;
  /** Under other rules than those it was written under, rules that went are forgotten, and what is not settled is judged anew. */
  decode(bytes: Uint8Array): Person;
  /** The same under other rules. */
  under(rules: RulesInForce): PersonCodec;
}

/** Those of the changelog: Avro of schemas/person_state.avsc. */
export interface ChangelogCodec extends PersonCodec {
  readonly rules: RulesInForce;
  under(rules: RulesInForce): ChangelogCodec;
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
export function createPersonCodec(rules: RulesInForce, { write_version = 1 }: CodecOptions = {}): ChangelogCodec {
  checkVersion(write_version);
  const judgedBy = hashOfRules(rules);
  return {
    rules,
    encode(person) {
      HEAD.begin();
      BODY.begin();
      HEAD.int(write_version);
      HEAD.text(person.key);
      writePerson(person, rules, judgedBy, HEAD, BODY);
      return joined(HEAD, BODY);
    },
    decode(bytes) {
      begin(bytes);
      return readRest(SOURCE, readHeadOf(SOURCE), rules, judgedBy);
    },
    under: (others) => createPersonCodec(others, { write_version }),
  };
}

/** What a record of the changelog says at its front. @throws as `decode` does */
export function headOf(bytes: Uint8Array): RecordHead {
  begin(bytes);
  return readHeadOf(SOURCE);
}

/** @param key when it was read already */
export function readHeadOf(from: WireSource, key?: string): RecordHead {
  try {
    return readHead(from, key);
  } catch (cause) {
    throw new SessionvigilError('SV_STATE_DAMAGED', 'the head of a person’s record cannot be read', [], { cause });
  }
}

function begin(bytes: Uint8Array): void {
  SOURCE.begin(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  checkVersion(SOURCE.int());
}

/** Both, one behind the other, in bytes of their own. Most are small and live as long as a transaction: from the pool, since memory of its own costs more than the encoding. */
export function joined(head: WireSink, body: WireSink): Buffer {
  const bytes = Buffer.allocUnsafe(head.end + body.end);
  head.bytes.copy(bytes, 0, 0, head.end);
  body.bytes.copy(bytes, head.end, 0, body.end);
  return bytes;
}

/** The person whose head was read. Under other rules than those that judged them they are to be judged anew. */
export function readRest(from: WireSource, head: RecordHead, rules: RulesInForce, judgedBy: number): Person {
  let person: Person;
  try {
    person = readPerson(head, from, rules);
  } catch (cause) {
    throw new SessionvigilError('SV_STATE_DAMAGED', `the record of ${head.key} cannot be read`, [], { cause });
  }
  if (from.left !== 0) throw new SessionvigilError('SV_STATE_DAMAGED', `the record of ${head.key} goes on behind its end`);
  const placeOf = (uid: string) => rules.uids.indexOf(uid);
  if (head.judged_by !== judgedBy) {
    const samePlaces = rules.uids.map((_, place) => place);
    movePlaces(person, samePlaces, placeOf, (finding) => finding);
  }
  return person;
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
