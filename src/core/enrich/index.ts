import type { Endpoint, NetworkClass, UserAgent } from '../event/index.js';
import { type Address, parseAddress } from './address.js';
import { MAX_USER_AGENT, parseUserAgent } from './client.js';
import { createNetworkClassifier, type NetworkClasses, raised } from './networks.js';
import { type Prefix, PrefixTable } from './prefixes.js';
import type { Enricher, GeoProvider, KnownClient, NetworkProvider } from './providers.js';
import { Recent } from './recent.js';

/** A vendor's own service: its addresses stand in these vendors' logs where a person's should. */
export interface ServicePrefix {
  prefix: Prefix;
  vendors: readonly string[];
}

/** A network of the operator's own: a prefix or a network number. */
export interface Egress {
  prefix?: Prefix | undefined;
  asn?: number | undefined;
}

export interface EnricherOptions {
  geo: GeoProvider;
  networks: NetworkProvider;
  classes: NetworkClasses;
  servicePrefixes: readonly ServicePrefix[];
  relayPrefixes: readonly Prefix[];
  torPrefixes?: readonly Prefix[];
  /** class `sase` whatever anybody else says of them; entries that end are the detectors' business, since here nothing has a time */
  egress?: readonly Egress[];
  /** client id, lower case -> what is known of it */
  clients: ReadonlyMap<string, KnownClient>;
  /** addresses kept of each group of vendors, and user agents; default 20,000 */
  cacheSize?: number;
}

/** no address field is longer; a longer one is answered without being kept, or a record could fill the cache with megabytes */
const MAX_CACHED_ADDRESS = 128;

/** Vendors whose logs share the same service prefixes share a cache; one for each class that a vendor asserts, made when first needed. */
interface Group {
  services: PrefixTable<true>;
  plain: Recent<Endpoint>;
  asserted: Map<NetworkClass, Recent<Endpoint>>;
}

/**
 * Builds the enricher: pure look-ups behind caches. What it answers is shared and frozen. Without a hit an address costs its grammar,
 * one geographic and one network look-up; with one, a hash of the raw text.
 */
export function createEnricher(options: EnricherOptions): Enricher {
  const { geo, networks, classes, clients } = options;
  const max = options.cacheSize ?? 20_000;
  const classOf = createNetworkClassifier(classes);
  const byPrefix = new PrefixTable<NetworkClass>([
    ...classes.prefixes,
    ...options.relayPrefixes.map((p) => [p, 'relay'] as const),
    ...(options.torPrefixes ?? []).map((p) => [p, 'tor'] as const),
  ]);
  const egress = new PrefixTable<true>((options.egress ?? []).flatMap((e) => (e.prefix === undefined ? [] : [[e.prefix, true] as const])));
  const adminClients = new Set([...clients].filter(([, { is_admin }]) => is_admin).map(([uid]) => uid));
  const egressAsns = new Set((options.egress ?? []).flatMap((e) => (e.asn === undefined ? [] : [e.asn])));
  const { groupOf, other } = groupVendors(options.servicePrefixes, max);
  /** false: the text says nothing */
  const agents = new Recent<UserAgent | false>(max);

  function networkClass(
    address: Address,
    asn: number | undefined,
    org: string | undefined,
    asserted: NetworkClass | undefined,
  ): NetworkClass {
    if (egress.find(address.words) !== undefined || (asn !== undefined && egressAsns.has(asn))) return 'sase';
    return raised(byPrefix.find(address.words) ?? (asn === undefined ? 'unknown' : classOf(asn, org)), asserted);
  }

  function resolve(raw: string, services: PrefixTable<true>, asserted: NetworkClass | undefined): Endpoint {
    const address = parseAddress(raw);
    if (address.class !== 'public' || address.ip === undefined) return endpointOf(address, address.class);
    if (services.find(address.words) !== undefined) return endpointOf(address, 'vendor_service');
    const network = networks.lookup(address.ip);
    const place = geo.lookup(address.ip);
    return Object.freeze({
      ip: address.ip,
      hostname: undefined,
      class: 'public',
      prefix: address.prefix,
      country: place?.country,
      region: place?.region,
      city: place?.city,
      lat: place?.lat,
      long: place?.long,
      radius_km: place?.radius_km,
      asn: network?.asn,
      as_org: network?.as_org,
      as_class: networkClass(address, network?.asn, network?.as_org, asserted),
    });
  }

  return {
    versions: Object.freeze({ geo: geo.version, networks: `${networks.version}; classes ${classes.version}` }),
    endpoint(raw, vendor, asserted) {
      const group = groupOf.get(vendor) ?? other;
      let cache = group.plain;
      if (asserted !== undefined && asserted !== 'unknown') {
        cache = group.asserted.get(asserted) ?? new Recent<Endpoint>(max);
        group.asserted.set(asserted, cache);
      }
      const hit = cache.get(raw);
      if (hit !== undefined) return hit;
      const endpoint = resolve(raw, group.services, asserted);
      if (raw.length <= MAX_CACHED_ADDRESS) cache.set(raw, endpoint);
      return endpoint;
    },
    userAgent(raw) {
      // a blank in front makes the engine copy the part that is kept, instead of keeping megabytes alive behind it
      const text = raw.length > MAX_USER_AGENT ? ` ${raw.slice(0, MAX_USER_AGENT)}`.slice(1) : raw;
      const hit = agents.get(text);
      if (hit !== undefined) return hit === false ? undefined : hit;
      const agent = parseUserAgent(text);
      agents.set(text, agent === undefined ? false : Object.freeze(agent));
      return agent;
    },
    isAdminClient: (uid) => adminClients.has(uid),
    client: (uid) => clients.get(uid) ?? clients.get(uid.toLowerCase()),
  };
}

/** An endpoint that is no place on the Internet: all fields, in the same order as for a public one. */
function endpointOf(address: Address, cls: Endpoint['class']): Endpoint {
  return Object.freeze({
    ip: address.ip,
    hostname: address.hostname,
    class: cls,
    prefix: address.prefix,
    country: undefined,
    region: undefined,
    city: undefined,
    lat: undefined,
    long: undefined,
    radius_km: undefined,
    asn: undefined,
    as_org: undefined,
    as_class: undefined,
  });
}

function groupVendors(prefixes: readonly ServicePrefix[], max: number): { groupOf: Map<string, Group>; other: Group } {
  const create = (own: readonly ServicePrefix[]): Group => ({
    services: new PrefixTable<true>(own.map((p) => [p.prefix, true] as const)),
    plain: new Recent<Endpoint>(max),
    asserted: new Map(),
  });
  const groupOf = new Map<string, Group>();
  const byContent = new Map<string, Group>();
  for (const vendor of new Set(prefixes.flatMap((p) => p.vendors))) {
    const own = prefixes.filter((p) => p.vendors.includes(vendor));
    const content = own.map((p) => prefixes.indexOf(p)).join();
    const group = byContent.get(content) ?? create(own);
    byContent.set(content, group);
    groupOf.set(vendor, group);
  }
  return { groupOf, other: create([]) };
}
