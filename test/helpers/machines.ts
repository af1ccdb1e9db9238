import type { Person } from '../../src/core/state/person.js';
import { weigh } from '../../src/core/state/record/weigh.js';

/** Does a person take less than so many bytes as a record? */
export function isUnder(person: Person, bytes: number): boolean {
  return weigh(person, { uids: [], sessions: 0, digest: '' }).total < bytes;
}
