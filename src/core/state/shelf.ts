import { hash53 } from './hash.js';
import type { Person } from './person.js';
import type { RulesInForce } from './record/write.js';

/** People are looked through for what has expired in so many parts, one in each minute: all of them in a day. */
export const SLICES = 1440;

/** Which part a person is in: a function of the key alone, so that what a tick looks at is the same wherever and in whatever order people came. */
export function sliceOf(key: string): number {
  return hash53(key) % SLICES;
}

/**
 * Where a partition's people are kept, by key. A person whom `get`, `put` or an iteration gave out may be looked at and changed until the next call:
 * then a shelf may put them away as bytes, and whoever wants them again asks again.
 */
export interface Shelf {
  readonly size: number;
  /** of all people */
  readonly sessions: number;
  /** events in the stories of all people */
  readonly observations: number;
  /** The person, to be changed: they count as changed from now on. */
  get(key: string): Person | undefined;
  /** Somebody new, or in place of who was there under the key. */
  put(person: Person): void;
  delete(key: string): void;
  /** Everybody, to be looked at and not to be changed, in no order. */
  values(): IterableIterator<Person>;
  /** Everybody, to be changed: given out as they were kept under the rules so far, kept under these from then on. To be iterated to the end. */
  underRules(rules: RulesInForce): IterableIterator<Person>;
  /**
   * Keys of those in a slice who may have something to expire, in the order of their keys. Some may turn out to have nothing.
   * @param oldestPerson last arrival of the latest person who is to go, ms, exclusive
   * @param oldestSession the same of sessions
   */
  due(slice: number, oldestPerson: number, oldestSession: number): string[];
}

/** Is there something to expire? As `due` asks it. */
export function isDue(person: Person, oldestPerson: number, oldestSession: number): boolean {
  if (person.last_arrival_time < oldestPerson) return true;
  for (const { last_arrival_time } of person.sessions) if (last_arrival_time < oldestSession) return true;
  return false;
}

/** A shelf of people as they are: for files, tests and whatever fits into memory. */
export class PlainShelf implements Shelf {
  private readonly slices: (Map<string, Person> | undefined)[] = new Array(SLICES).fill(undefined);
  private readonly count = new Count();
  size = 0;

  get sessions(): number {
    return this.count.sum().sessions;
  }

  get observations(): number {
    return this.count.sum().observations;
  }

  get(key: string): Person | undefined {
    const person = this.slices[sliceOf(key)]?.get(key);
    if (person !== undefined) this.count.open(person);
    return person;
  }

  put(person: Person): void {
    this.delete(person.key);
    const slice = sliceOf(person.key);
    const people = this.slices[slice] ?? new Map<string, Person>();
    this.slices[slice] = people;
    people.set(person.key, person);
    this.size++;
    this.count.add(person);
  }

  delete(key: string): void {
    const people = this.slices[sliceOf(key)];
    const person = people?.get(key);
    if (person === undefined) return;
    people!.delete(key);
    this.size--;
    this.count.remove(person);
  }

  *values(): IterableIterator<Person> {
    for (const people of this.slices) if (people !== undefined) yield* people.values();
  }

  *underRules(): IterableIterator<Person> {
    for (const person of this.values()) {
      this.count.open(person);
      yield person;
    }
  }

  due(slice: number, oldestPerson: number, oldestSession: number): string[] {
    const keys: string[] = [];
    for (const person of this.slices[slice]?.values() ?? []) if (isDue(person, oldestPerson, oldestSession)) keys.push(person.key);
    return keys.sort();
  }
}

/** So many people are given out before those are counted again that were given out before. */
const MOST_OPEN = 1024;

/** Counts what people have without looking at all of them: those who were given out, and may have changed since, are counted when somebody asks. */
class Count {
  private sessions = 0;
  private observations = 0;
  /** not in the sums */
  private readonly opened = new Set<Person>();

  add(person: Person): void {
    if (this.opened.size >= MOST_OPEN) this.sum();
    this.opened.add(person);
  }

  open(person: Person): void {
    if (this.opened.has(person)) return;
    this.add(person);
    this.sessions -= person.sessions.length;
    this.observations -= person.story.tail.length;
  }

  remove(person: Person): void {
    this.open(person);
    this.opened.delete(person);
  }

  sum(): { sessions: number; observations: number } {
    for (const { sessions, story } of this.opened) {
      this.sessions += sessions.length;
      this.observations += story.tail.length;
    }
    this.opened.clear();
    return { sessions: this.sessions, observations: this.observations };
  }
}
