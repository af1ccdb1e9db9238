import { COUNTRIES } from '../event/countries.js';
import type { Endpoint } from '../event/index.js';

/**
 * The place of a record that withholds the address and tells the country, as GitHub does until an enterprise switches addresses on. Which network it
 * was nobody knows, nor whether it was a VPN's way out: it is the vendor's word for a country, and is compared with nothing but countries.
 * @param country as the vendor writes it; what is no code of a country (`XX`, Cloudflare's `T1` for Tor) is no place
 */
export function withheldPlace(country: string | undefined): Endpoint | undefined {
  return country === undefined ? undefined : PLACES.get(country.toUpperCase());
}

/** Shared and frozen, as all places are. */
const PLACES: ReadonlyMap<string, Endpoint> = new Map(
  COUNTRIES.map((country) => [
    country,
    Object.freeze({
      ip: undefined,
      hostname: undefined,
      class: 'withheld',
      prefix: undefined,
      country,
      region: undefined,
      city: undefined,
      lat: undefined,
      long: undefined,
      radius_km: undefined,
      asn: undefined,
      as_org: undefined,
      as_class: undefined,
    } satisfies Endpoint),
  ]),
);
