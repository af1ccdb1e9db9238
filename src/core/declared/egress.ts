import { parseAddress } from '../enrich/address.js';
import { PrefixTable, parsePrefix } from '../enrich/prefixes.js';
import type { Endpoint } from '../event/index.js';
import type { DeclaredEgress } from './declarations.js';

/**
 * Whether an address lies in what is declared; undefined when it says nothing of where somebody is: a private address, one of a vendor's own service,
 * none at all, or, where networks are declared, one of which the data know no network.
 */
export type EgressTest = (endpoint: Endpoint | undefined) => boolean | undefined;

/** Is it one of the operator's own ways out? */
export type IsOwn = (endpoint: Endpoint) => boolean;

/** Compiled once. Endpoints are shared objects, so each is looked at once. */
export function egressTest(egress: DeclaredEgress, isOwn: IsOwn): EgressTest {
  const { cidr = [], asn = [], network = [], network_class = [], own = false } = egress;
  const prefixes = new PrefixTable<true>(cidr.map((text) => [parsePrefix(text)!, true] as const));
  const asns = new Set(asn);
  const names = new Set(network.map((name) => name.toLowerCase()));
  const classes = new Set<string | undefined>(network_class);
  const known = new WeakMap<Endpoint, boolean>();
  const needsNetwork = asns.size + names.size + classes.size > 0;
  const isIn = (endpoint: Endpoint): boolean => {
    const { ip, asn: number, as_org, as_class } = endpoint;
    return (
      (number !== undefined && asns.has(number)) ||
      (as_class !== undefined && classes.has(as_class)) ||
      (as_org !== undefined && names.has(as_org.toLowerCase())) ||
      (prefixes.size > 0 && ip !== undefined && prefixes.find(parseAddress(ip).words) !== undefined) ||
      (own && isOwn(endpoint))
    );
  };
  return (endpoint) => {
    if (endpoint?.class !== 'public') return undefined;
    let isInside = known.get(endpoint);
    if (isInside === undefined) {
      isInside = isIn(endpoint);
      known.set(endpoint, isInside);
    }
    return !isInside && needsNetwork && endpoint.asn === undefined ? undefined : isInside;
  };
}

const SHOWN = 6;

/** `203.0.113.0/24, AS8075`, for people. */
export function egressText({ cidr = [], asn = [], network = [], network_class = [], own = false }: DeclaredEgress): string {
  const all = [...cidr, ...asn.map((number) => `AS${number}`), ...network, ...network_class, ...(own ? ["the organisation's own"] : [])];
  return all.length <= SHOWN ? all.join(', ') : `${all.slice(0, SHOWN).join(', ')} and ${all.length - SHOWN} more`;
}
