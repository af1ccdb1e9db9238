import { hash53 } from './hash.js';

/** As long as ids are that vendors write: GUIDs, and an issuer before them. */
const LONGEST = 80;

/**
 * An id that is only ever compared, at a bounded length: a longer one is its hash. Among a person's thousand, two have the same one with a
 * chance below 1 in 10^10.
 */
export function shortId(id: string): string {
  return id.length <= LONGEST ? id : `#${hash53(id).toString(36)}`;
}
