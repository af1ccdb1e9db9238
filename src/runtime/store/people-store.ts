// However long, one file: what becomes of one person between an object, bytes in memory and a record of the changelog is seen here.

import { hash53 } from '../../core/state/hash.js';
import type { Person } from '../../core/state/person.js';
import { hashOfRules, oldestArrival, type RulesInForce } from '../../core/state/record/write.js';
import { isDue, type Shelf, SLICES } from '../../core/state/shelf.js';
import { SessionvigilError } from '../../errors.js';
import { Changes } from './changes.js';
import { COMPACT_VERSION } from './compact-form.js';
import { type PersonCodec, versionOf } from './person-codec.js';
import { holdsKey, keyAt } from './record-key.js';
import { Slabs } from './slabs.js';
import { SliceTable } from './slice-table.js';

/**
 * The people of one partition, for an engine (`createDetect(rules, options, store)`) and for whoever writes them to a changelog.
 *
 * - To restore: `load` every record of the changelog, in its order; then read the events again from where some of them are older, and hand to the
 *   engine only those of which `isApplied` is false; then `endReplay`.
 * - To write: `flushOne` for people of whom something was said; for the others, from time to time, `const now = mark()`, and later
 *   `flush(now - 1, n)`. Whoever was given out counts as written.
 * - Before what is written, write what `takeWords` gives, and hand it to `loadWords` where it comes: records speak of words by their number.
 * - Records of another version than the one to be written are written anew with the others. `squeeze` makes those small in memory meanwhile.
 * - To undo: drop the store; or, of one event of one person, `keep` before it and `revert` after it.
 */
export interface PeopleStore extends Shelf {
  /**
   * A record of the changelog, which takes the place of an earlier one of the key. Bytes are copied and not decoded.
   * @param bytes null: nobody is there any more
   * @param at offset of the input up to which it is true: events before it are in it
   */
  load(key: string, bytes: Uint8Array | null, at: number): void;
  /** Words of the changelog. @param first number of the first of them @throws SV_STATE_DAMAGED when others lie between */
  loadWords(first: number, words: readonly string[]): void;
  /** Forgets a person as if they had never been loaded: nothing is to be written of it. */
  unload(key: string): void;
  /** Is the event at this offset of the input in the person's loaded record already? Never after `endReplay`. */
  isApplied(key: string, offset: number): boolean;
  /** What `isApplied` knows is forgotten. */
  endReplay(): void;
  /** Begins a generation of changes. @returns its number: people who change first from now on are in it */
  mark(): number;
  /** How many people have changed and are to be written, of those who changed first in this generation or before; of all when it is not given. */
  dirty(generation?: number): number;
  /** The records of at most n of those, who changed first first. Each counts as written when it is given out. Others may change meanwhile. */
  flush(generation: number, atMost: number): IterableIterator<PersonRecord>;
  /** The record of a person as they are now, who counts as written. */
  flushOne(key: string): PersonRecord;
  /** Whoever is remembered under a key, to be put back. It makes bytes of them, so it takes about as long as judging an event of theirs. */
  keep(key: string): Kept;
  /** They are what they were when they were kept, whatever was done to them since, and to be written if they were then. */
  revert(kept: Kept): void;
  /** Somebody who was taken out, as a record that another partition's store can read. */
  pack(person: Person): Buffer;
  /** Whoever another partition's store has packed; not on this shelf. @throws SV_STATE_VERSION, SV_STATE_DAMAGED */
  unpack(bytes: Uint8Array): Person;
  /** Those that were not given out yet, and that what was flushed since may speak of. @returns undefined when there are none */
  takeWords(): { first: number; words: readonly string[] } | undefined;
  /** Makes at most so many of the records small that were loaded in an older version. @returns whether there may be more */
  squeeze(atMost: number): boolean;
  stats(): StoreStats;
}

/** A person at one moment. */
export interface Kept {
  key: string;
  isDirty: boolean;
  /** absent: nobody was there */
  record?: { bytes: Buffer; at: number };
}

/** What is to be written. The bytes are good until the store is asked for anything else. */
export interface PersonRecord {
  key: string;
  /** null: a tombstone */
  bytes: Uint8Array | null;
}

export interface StoreStats {
  people: number;
  /** people who are objects at the moment, */
  thawed: number;
  /** and what their records would take, about */
  thawed_bytes: number;
  /** how often somebody who was bytes became an object, since the store began */
  fetched: number;
  dirty: number;
  /** whose record in the changelog is of another version than is written */
  other_version: number;
  /** of all records in memory */
  used_bytes: number;
  /** of the memory that they are in */
  slab_bytes: number;
  index_bytes: number;
}

/** What a record of version 1 takes, in records of the same person as they are kept in memory: measured 2.2 to 3.4, the more the larger. */
const OLDER_TIMES = 2.5;

/** What an object takes of memory, in records of the same person: measured 8 to 12. */
export const THAWED_TIMES = 10;

export interface StoreOptions {
  codec: PersonCodec;
  /** how much the records of people may take who are objects, which themselves take `THAWED_TIMES` as much, bytes; default 4 MB */
  thawed_bytes?(): number;
  /** how many people may be objects; without it the bytes alone decide */
  thawed_people?: number;
  /** bytes of a slab; default 256 KB */
  slab_bytes?: number;
  /** share of the slabs that may be holes; default 0.1 */
  waste?: number;
}

export function createPeopleStore(options: StoreOptions): PeopleStore {
  return new CompactStore(options);
}

class CompactStore implements PeopleStore {
  private readonly tables: (SliceTable | undefined)[] = new Array(SLICES).fill(undefined);
  private readonly slabs: Slabs;
  private readonly changes = new Changes();
  /** people who are objects, by their place; free places hold undefined */
  private readonly pool: (Thawed | undefined)[] = [];
  private readonly vacant: number[] = [];
  /** where in the pool it is looked next for somebody to freeze */
  private hand = 0;
  private thawedBytes = 0;
  private fetched = 0;
  private codec: PersonCodec;
  /** Somebody is told of other rules, and others were not yet: these are written by those before, for whom they still are what they are. */
  private telling: { before: PersonCodec; told: Thawed } | undefined;
  private readonly mostThawed: number;
  private readonly mostThawedBytes: () => number;
  private isReplaying = true;
  /** whose record in the changelog is of another version than is written */
  private readonly others = new Set<string>();
  /** how many words were loaded or given out */
  private knownWords = 0;
  /** how many records stand in memory in an older version, */
  private unsqueezed = 0;
  /** and in which slice it is looked next for one of them */
  private squeezing = 0;
  /** tombstones that were loaded, and up to where they are true */
  private readonly tombstones = new Map<string, number>();
  size = 0;
  /** of those who are bytes */
  private frozenSessions = 0;
  private frozenObservations = 0;

  constructor(options: StoreOptions) {
    const { codec, thawed_people = Number.POSITIVE_INFINITY, slab_bytes = 256 << 10, waste = 0.1 } = options;
    this.codec = codec;
    this.mostThawed = thawed_people;
    this.mostThawedBytes = options.thawed_bytes ?? (() => 4 << 20);
    this.slabs = new Slabs(slab_bytes, waste, (from, to) => this.moved(from, to));
  }

  get sessions(): number {
    let sum = this.frozenSessions;
    for (const one of this.pool) sum += one?.person.sessions.length ?? 0;
    return sum;
  }

  get observations(): number {
    let sum = this.frozenObservations;
    for (const one of this.pool) sum += one?.person.story.tail.length ?? 0;
    return sum;
  }

  get(key: string): Person | undefined {
    const hash = hash53(key);
    const table = this.tables[hash % SLICES];
    const row = table?.find(hash >>> 0, key, this.isKey) ?? -1;
    if (row < 0) return undefined;
    const place = table!.placeAt(row);
    let one: Thawed;
    if (isThawed(place)) one = this.pool[indexOf(place)]!;
    else {
      const { slabs } = this;
      const from = slabs.offsetOf(place);
      one = { person: this.read(place), hash, at: atIn(slabs.bytesOf(place), from), length: slabs.lengthOf(place), isRecent: true };
      this.count(place, -1);
      this.release(place);
      table!.set(row, this.admit(one), 0);
      this.fetched++;
    }
    one.isRecent = true;
    this.changes.touch(key);
    this.makeRoom(one);
    return one.person;
  }

  put(person: Person): void {
    const { key } = person;
    this.remove(key);
    const hash = hash53(key);
    const one: Thawed = { person, hash, at: 0, length: FIRST_BYTES, isRecent: true };
    this.tableOf(hash).add(hash >>> 0, this.admit(one), 0);
    this.size++;
    this.changes.touch(key);
    this.makeRoom(one);
  }

  delete(key: string): void {
    if (this.remove(key)) this.changes.touch(key);
  }

  *values(): IterableIterator<Person> {
    for (const place of this.places()) yield isThawed(place) ? this.pool[indexOf(place)]!.person : this.read(place);
  }

  *underRules(rules: RulesInForce): IterableIterator<Person> {
    // All become bytes, one after the other: these name rules by their uids, objects by their places.
    const before = this.codec;
    const now = before.under(rules);
    for (const table of this.tables) {
      const keys: string[] = [];
      table?.visit((place) => keys.push(this.keyOf(place)));
      for (const key of keys) {
        this.codec = before;
        const known = this.find(key);
        if (known !== undefined) this.freeze(known);
        // whoever has to make room for it was not told yet
        const person = this.get(key)!;
        this.codec = now;
        const told = this.find(key)!;
        this.telling = { before, told };
        yield person;
        this.freeze(told);
      }
    }
    this.codec = now;
    this.telling = undefined;
  }

  due(slice: number, oldestPerson: number, oldestSession: number): string[] {
    const keys: string[] = [];
    this.tables[slice]?.visit((place, note) => {
      const mayGo = isThawed(place)
        ? isDue(this.pool[indexOf(place)]!.person, oldestPerson, oldestSession)
        : noteIsDue(note, oldestPerson, oldestSession);
      if (mayGo) keys.push(this.keyOf(place));
    });
    return keys.sort();
  }

  load(key: string, bytes: Uint8Array | null, at: number): void {
    if (bytes === null) {
      this.unload(key);
      if (this.isReplaying) this.tombstones.set(key, at);
      return;
    }
    const record = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!holdsKey(record, 0, key)) throw new Error(`the record of ${key} in the changelog is somebody else's`);
    this.seat(key, record, at);
    if (this.others.size > 0) this.others.delete(key);
    if (this.tombstones.size > 0) this.tombstones.delete(key);
    if (this.changes.size > 0) this.changes.clean(key);
    if (versionOf(record) !== this.codec.write_version) {
      this.changes.touch(key);
      this.others.add(key);
    }
  }

  /** Bytes take the place of whoever has the key. */
  private seat(key: string, record: Buffer, at: number): void {
    const head = this.codec.headOf(record);
    const hash = hash53(key);
    const note = noteOf(head.last_arrival_time, head.oldest_arrival_time);
    const table = this.tableOf(hash);
    const row = table.find(hash >>> 0, key, this.isKey);
    if (row >= 0) this.vacate(table.placeAt(row));
    const place = this.store(hash, at, head.session_count, head.event_count, record);
    if (row >= 0) table.set(row, place, note);
    else {
      table.add(hash >>> 0, place, note);
      this.size++;
    }
    this.count(place, 1);
  }

  loadWords(first: number, words: readonly string[]): void {
    try {
      this.codec.words.take(first, words);
    } catch (cause) {
      throw new SessionvigilError('SV_STATE_DAMAGED', `words of the changelog do not fit together: ${(cause as Error).message}`, [], {
        cause,
      });
    }
    this.knownWords = this.codec.words.size;
  }

  takeWords(): { first: number; words: readonly string[] } | undefined {
    const { words, write_version } = this.codec;
    if (write_version !== COMPACT_VERSION || words.size === this.knownWords) return undefined;
    const first = this.knownWords;
    this.knownWords = words.size;
    return { first, words: words.since(first) };
  }

  unload(key: string): void {
    this.remove(key);
    this.tombstones.delete(key);
    this.others.delete(key);
    this.changes.clean(key);
  }

  isApplied(key: string, offset: number): boolean {
    if (!this.isReplaying) return false;
    const place = this.placeOf(key);
    if (place === 0) return offset < (this.tombstones.get(key) ?? 0);
    if (isThawed(place)) return offset < this.pool[indexOf(place)]!.at;
    return offset < atIn(this.slabs.bytesOf(place), this.slabs.offsetOf(place));
  }

  endReplay(): void {
    this.isReplaying = false;
    this.tombstones.clear();
  }

  keep(key: string): Kept {
    const isDirty = this.changes.has(key);
    const place = this.placeOf(key);
    if (place === 0) return { key, isDirty };
    if (!isThawed(place)) {
      const at = atIn(this.slabs.bytesOf(place), this.slabs.offsetOf(place));
      return { key, isDirty, record: { bytes: Buffer.from(this.bytesOf(place)), at } };
    }
    const one = this.pool[indexOf(place)]!;
    return { key, isDirty, record: { bytes: Buffer.from(this.codecOf(one).compact(one.person)), at: one.at } };
  }

  revert({ key, isDirty, record }: Kept): void {
    if (record === undefined) this.remove(key);
    else this.seat(key, record.bytes, record.at);
    if (!isDirty) this.changes.clean(key);
  }

  pack(person: Person): Buffer {
    return this.codec.portable(person);
  }

  unpack(bytes: Uint8Array): Person {
    return this.codec.decode(bytes);
  }

  mark(): number {
    return this.changes.mark();
  }

  dirty(generation?: number): number {
    return this.changes.count(generation);
  }

  *flush(generation: number, atMost: number): IterableIterator<PersonRecord> {
    for (let left = atMost; left > 0; left--) {
      const key = this.changes.first(generation);
      if (key === undefined) return;
      yield this.flushOne(key);
    }
  }

  flushOne(key: string): PersonRecord {
    this.changes.clean(key);
    this.others.delete(key);
    const place = this.placeOf(key);
    if (place === 0) return { key, bytes: null };
    if (isThawed(place)) return { key, bytes: this.weighed(this.pool[indexOf(place)]!) };
    const bytes = this.bytesOf(place);
    if (versionOf(bytes) === this.codec.write_version) return { key, bytes };
    const codec = this.codecOfBytes(bytes);
    return { key, bytes: codec.encode(codec.decode(bytes)) };
  }

  private codecOf(one: Thawed): PersonCodec {
    return this.telling === undefined || this.telling.told === one ? this.codec : this.telling.before;
  }

  private codecOfBytes(bytes: Buffer): PersonCodec {
    const before = this.telling?.before;
    return before !== undefined && before.headOf(bytes).judged_by === hashOfRules(before.rules) ? before : this.codec;
  }

  /** The bytes of somebody who is an object. Who is never frozen would weigh forever what they weighed when they were new. */
  private weighed(one: Thawed): Buffer {
    const bytes = this.codecOf(one).encode(one.person);
    // what is written may be of an older version, which takes more than is kept in memory
    const kept = HEADER + (this.codec.write_version === COMPACT_VERSION ? bytes.length : Math.ceil(bytes.length / OLDER_TIMES));
    this.thawedBytes += kept - one.length;
    one.length = kept;
    return bytes;
  }

  squeeze(atMost: number): boolean {
    for (let left = atMost, slices = 0; this.unsqueezed > 0 && slices <= SLICES; slices++) {
      const table = this.tables[this.squeezing];
      const keys: string[] = [];
      table?.visit((place) => {
        if (keys.length < left && !isThawed(place) && this.isOld(place)) keys.push(this.keyOf(place));
      });
      for (const key of keys) this.squeezeOne(table!, key);
      left -= keys.length;
      if (left === 0) break;
      this.squeezing = (this.squeezing + 1) % SLICES;
    }
    return this.unsqueezed > 0;
  }

  private squeezeOne(table: SliceTable, key: string): void {
    const hash = hash53(key);
    const row = table.find(hash >>> 0, key, this.isKey);
    const place = table.placeAt(row);
    const person = this.read(place);
    const at = atIn(this.slabs.bytesOf(place), this.slabs.offsetOf(place));
    const squeezed = this.store(hash, at, person.sessions.length, person.story.tail.length, this.codec.compact(person));
    // where they were may have moved for it
    this.release(table.placeAt(row));
    table.set(row, squeezed, table.noteAt(row));
  }

  stats(): StoreStats {
    let index = 0;
    for (const table of this.tables) index += table?.bytes ?? 0;
    return {
      people: this.size,
      thawed: this.pool.length - this.vacant.length,
      thawed_bytes: this.thawedBytes,
      fetched: this.fetched,
      dirty: this.dirty(),
      other_version: this.others.size,
      used_bytes: this.slabs.used,
      slab_bytes: this.slabs.allocated,
      index_bytes: index,
    };
  }

  // what becomes of one person

  /** @returns their place as the table has it */
  private admit(one: Thawed): number {
    const index = this.vacant.pop() ?? this.pool.length;
    this.pool[index] = one;
    this.thawedBytes += one.length;
    return placeOfIndex(index);
  }

  private freeze(one: Thawed): void {
    const { person, hash } = one;
    const bytes = this.codecOf(one).compact(person);
    const kept = this.store(hash, one.at, person.sessions.length, person.story.tail.length, bytes);
    const table = this.tableOf(hash);
    const row = table.rowOf(hash >>> 0, (place) => isThawed(place) && this.pool[indexOf(place)] === one);
    const index = indexOf(table.placeAt(row));
    table.set(row, kept, noteOf(person.last_arrival_time, oldestArrival(person)));
    this.count(kept, 1);
    this.leave(index);
  }

  private leave(index: number): void {
    this.thawedBytes -= this.pool[index]!.length;
    this.pool[index] = undefined;
    this.vacant.push(index);
  }

  /** Freezes those who were not asked for since it was looked last. @param inUse never this one */
  private makeRoom(inUse: Thawed): void {
    const { pool } = this;
    const most = this.mostThawedBytes();
    // where there is much less room than before, it is made over many events, so that none waits for all of it
    for (let left = FROZEN_AT_ONCE; left > 0 && pool.length - this.vacant.length > 1; ) {
      if (pool.length - this.vacant.length <= this.mostThawed && this.thawedBytes <= most) return;
      this.hand = (this.hand + 1) % pool.length;
      const one = pool[this.hand];
      if (one === undefined || one === inUse) continue;
      if (one.isRecent) one.isRecent = false;
      else {
        this.freeze(one);
        left--;
      }
    }
  }

  private remove(key: string): boolean {
    const hash = hash53(key);
    const table = this.tables[hash % SLICES];
    const row = table?.find(hash >>> 0, key, this.isKey) ?? -1;
    if (row < 0) return false;
    this.vacate(table!.placeAt(row));
    table!.remove(row);
    this.size--;
    return true;
  }

  /** Nobody stands there any more. The row is the caller's. */
  private vacate(place: number): void {
    if (isThawed(place)) this.leave(indexOf(place));
    else {
      this.count(place, -1);
      this.release(place);
    }
  }

  private store(hash: number, at: number, sessions: number, observations: number, bytes: Uint8Array): number {
    const place = this.slabs.put(HEADER + bytes.length);
    const slab = this.slabs.bytesOf(place);
    const from = this.slabs.offsetOf(place);
    slab.writeUInt32LE(hash >>> 0, from + HASH);
    slab.writeUInt16LE(hash % SLICES, from + SLICE);
    slab.writeUInt16LE(observations, from + OBSERVATIONS);
    slab.writeUInt16LE(sessions, from + SESSIONS);
    slab.writeUIntLE(at, from + AT, 6);
    slab.set(bytes, from + HEADER);
    if (this.isOld(place)) this.unsqueezed++;
    return place;
  }

  private release(place: number): void {
    if (this.isOld(place)) this.unsqueezed--;
    this.slabs.free(place);
  }

  private bytesOf(place: number): Buffer {
    const from = this.slabs.offsetOf(place);
    return this.slabs.bytesOf(place).subarray(from + HEADER, from + this.slabs.lengthOf(place));
  }

  private read(place: number): Person {
    return this.codec.decode(this.bytesOf(place));
  }

  private isOld(place: number): boolean {
    return versionOf(this.slabs.bytesOf(place), this.slabs.offsetOf(place) + HEADER) !== COMPACT_VERSION;
  }

  private count(place: number, times: 1 | -1): void {
    const slab = this.slabs.bytesOf(place);
    const from = this.slabs.offsetOf(place);
    this.frozenSessions += times * slab.readUInt16LE(from + SESSIONS);
    this.frozenObservations += times * slab.readUInt16LE(from + OBSERVATIONS);
  }

  private moved(from: number, to: number): void {
    const slab = this.slabs.bytesOf(to);
    const at = this.slabs.offsetOf(to);
    const table = this.tables[slab.readUInt16LE(at + SLICE)]!;
    const row = table.rowOf(slab.readUInt32LE(at + HASH), (place) => place === from);
    table.set(row, to, table.noteAt(row));
  }

  // where they are

  private tableOf(hash: number): SliceTable {
    const slice = hash % SLICES;
    const table = this.tables[slice] ?? new SliceTable();
    this.tables[slice] = table;
    return table;
  }

  /** 0: there is nobody */
  private placeOf(key: string): number {
    const hash = hash53(key);
    const table = this.tables[hash % SLICES];
    const row = table?.find(hash >>> 0, key, this.isKey) ?? -1;
    return row < 0 ? 0 : table!.placeAt(row);
  }

  private find(key: string): Thawed | undefined {
    const place = this.placeOf(key);
    return isThawed(place) ? this.pool[indexOf(place)] : undefined;
  }

  private readonly isKey = (place: number, key: string): boolean => {
    if (isThawed(place)) return this.pool[indexOf(place)]!.person.key === key;
    return holdsKey(this.slabs.bytesOf(place), this.slabs.offsetOf(place) + HEADER, key);
  };

  private keyOf(place: number): string {
    if (isThawed(place)) return this.pool[indexOf(place)]!.person.key;
    return keyAt(this.slabs.bytesOf(place), this.slabs.offsetOf(place) + HEADER);
  }

  private *places(): IterableIterator<number> {
    for (const table of this.tables) {
      const places: number[] = [];
      table?.visit((place) => places.push(place));
      yield* places;
    }
  }
}

/** A person who is an object at the moment. */
interface Thawed {
  readonly person: Person;
  readonly hash: number;
  readonly at: number;
  /** of their record when it was last known, bytes */
  length: number;
  isRecent: boolean;
}

/** What a record in memory has before the person's bytes: its length, hash, slice, counts, and up to where it is true. */
const HASH = 4;
const SLICE = 8;
const OBSERVATIONS = 10;
const SESSIONS = 12;
const AT = 14;
const HEADER = 20;

/** More than may come in with one event. */
const FROZEN_AT_ONCE = 4;

/** What somebody new is taken to have until they were written once. */
const FIRST_BYTES = 512;

const THAWED = 0x8000_0000;
const isThawed = (place: number): boolean => place >= THAWED;
const indexOf = (place: number): number => place - THAWED;
const placeOfIndex = (index: number): number => index + THAWED;

function atIn(slab: Buffer, from: number): number {
  return slab.readUIntLE(from + AT, 6);
}

/** Seconds from 2000 on: 31 bits are enough until 2068, and who is older than that is looked at. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const NO_SESSIONS = 0x8000_0000;

/** In a row: the earliest of the last arrivals of a person's sessions or, without any, their own; rounded down. */
function noteOf(lastArrival: number, oldestArrival: number | undefined): number {
  return oldestArrival === undefined ? NO_SESSIONS + seconds(lastArrival) : seconds(oldestArrival);
}

function noteIsDue(note: number, oldestPerson: number, oldestSession: number): boolean {
  const isAlone = note >= NO_SESSIONS;
  const time = (isAlone ? note - NO_SESSIONS : note) * 1000 + EPOCH_MS;
  return time < (isAlone ? oldestPerson : Math.max(oldestPerson, oldestSession));
}

function seconds(time: number): number {
  return Math.min(Math.max(0, Math.floor((time - EPOCH_MS) / 1000)), NO_SESSIONS - 1);
}
