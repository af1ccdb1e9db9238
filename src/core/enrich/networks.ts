import type { NetworkClass } from '../event/index.js';
import type { Prefix } from './prefixes.js';

/** What data/network-classes.json says, checked. */
export interface NetworkClasses {
  /** date of the list */
  version: string;
  asns: ReadonlyMap<number, NetworkClass>;
  /** published prefixes that say more than the number of the network around them */
  prefixes: readonly (readonly [Prefix, NetworkClass])[];
  /** words of organisation names, for numbers in no list; lower case, a trailing `*` stands for the rest of the word */
  patterns: readonly { readonly class: NetworkClass; readonly words: readonly string[] }[];
}

/**
 * How much a class says against the person being where the address is. What a vendor asserts may raise the class, never lower it:
 * an asserted proxy does not excuse a hoster's address.
 */
const RANK: Readonly<Record<NetworkClass, number>> = {
  unknown: 0,
  access: 1,
  education: 1,
  mobile: 1,
  satellite: 1,
  relay: 2,
  sase: 3,
  hosting: 4,
  vpn: 5,
  tor: 6,
};

/** The higher of what the lists say and what the vendor asserts. */
export function raised(known: NetworkClass, asserted: NetworkClass | undefined): NetworkClass {
  return asserted !== undefined && RANK[asserted] > RANK[known] ? asserted : known;
}

/**
 * Class of a network by number, else by its organisation's name. A name never makes a network mobile, satellite, sase or relay, since
 * those excuse a change of address; education is more telling than the rest, and a name that speaks of hosting and of access says nothing.
 */
export function createNetworkClassifier(classes: NetworkClasses): (asn: number, org: string | undefined) => NetworkClass {
  const patterns = classes.patterns.map((p) => ({ class: p.class, test: wordTest(p.words) }));
  const byName = (org: string): NetworkClass => {
    const name = org.toLowerCase();
    const hits = patterns.filter((p) => p.test.test(name)).map((p) => p.class);
    if (hits.includes('education')) return 'education';
    return hits.length === 1 ? hits[0]! : 'unknown';
  };
  /** the names of some 90,000 organisations do not change while the process runs */
  const named = new Map<string, NetworkClass>();
  return (asn, org) => {
    const listed = classes.asns.get(asn);
    if (listed !== undefined) return listed;
    if (org === undefined) return 'unknown';
    let cls = named.get(org);
    if (cls === undefined) {
      cls = byName(org);
      named.set(org, cls);
    }
    return cls;
  };
}

function wordTest(words: readonly string[]): RegExp {
  const alternatives = words.map((word) => {
    const text = word.replace(/\*$/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return word.endsWith('*') ? text : `${text}(?![a-z0-9])`;
  });
  return new RegExp(`(?<![a-z0-9])(?:${alternatives.join('|')})`);
}
