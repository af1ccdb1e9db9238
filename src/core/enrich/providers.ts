import type { Endpoint, Enrichment, Lane, NetworkClass, UserAgent } from '../event/index.js';

/** Where an address is, as far as the data say. `lat`/`long` are absent when only the country is known. */
export interface GeoPoint {
  country?: string | undefined;
  region?: string | undefined;
  city?: string | undefined;
  lat?: number | undefined;
  long?: number | undefined;
  radius_km?: number | undefined;
}

/** Geographic data behind one face; implementations do I/O when they are opened, never in `lookup`. */
export interface GeoProvider {
  /** e.g. `dbip-city 2026-06-05`; rides on every event */
  readonly version: string;
  /** true when the data are years old and may only carry weak evidence */
  readonly is_stale: boolean;
  /** @param ip canonical IPv4 or IPv6 */
  lookup(ip: string): GeoPoint | undefined;
}

/** Network number and organisation of an address. */
export interface NetworkProvider {
  readonly version: string;
  /** @param ip canonical IPv4 or IPv6 */
  lookup(ip: string): { asn: number; as_org?: string | undefined } | undefined;
}

/** What we know about an OAuth client by its published id. */
export interface KnownClient {
  name: string;
  lane: Lane;
  is_first_party: boolean;
  /** a portal or module with which people administer, and do nothing else */
  is_admin: boolean;
}

/** Turns a vendor's raw values into our enriched ones. Results are shared, frozen objects: never change them. */
export interface Enricher {
  readonly versions: Omit<Enrichment, 'identities'>;
  /** @param raw address field as logged; @param vendor whose log it is, since service prefixes hold only in their own vendor's logs */
  endpoint(raw: string, vendor: string, asserted?: NetworkClass | undefined): Endpoint;
  /** undefined when the string says nothing about the client */
  userAgent(raw: string): UserAgent | undefined;
  /** undefined for a client id that is in no list */
  client(uid: string): KnownClient | undefined;
  /** @param uid an OAuth client as logged */
  isAdminClient(uid: string): boolean;
}
