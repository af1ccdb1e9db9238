import type { GeoPoint } from '../../core/enrich/providers.js';
import type { MmdbRecord } from './mmdb.js';

/** Accuracy of a city for which the data give none, km. */
export const DEFAULT_RADIUS_KM = 100;
/** From this radius on a point says no more than its country: many are the middle of one, put there for want of better. */
export const COUNTRY_RADIUS_KM = 500;

/** What is known of a place, before it is decided how much of it counts. */
export interface RawPlace {
  country?: unknown;
  region?: unknown;
  city?: unknown;
  lat?: unknown;
  long?: unknown;
  radius_km?: unknown;
}

/** Country only without a city or with a radius of 500 km and more; always all fields in the same order. */
export function toPlace(raw: RawPlace): GeoPoint | undefined {
  const country = text(raw.country)?.toUpperCase();
  const radius = number(raw.radius_km, 1, 20_040) ?? DEFAULT_RADIUS_KM;
  // DB-IP adds the quarter: `Groningen (Oosterpoortwijk)`
  const city = text(raw.city)?.replace(/ \([^)]*\)$/, '');
  const lat = number(raw.lat, -90, 90);
  const long = number(raw.long, -180, 180);
  const isPoint = city !== undefined && lat !== undefined && long !== undefined && radius < COUNTRY_RADIUS_KM;
  if (country === undefined && !isPoint) return undefined;
  return {
    country,
    region: text(raw.region),
    city: isPoint ? city : undefined,
    // four decimals are 11 m; the files hold 32-bit floats whose other digits mean nothing
    lat: isPoint ? Math.round(lat * 1e4) / 1e4 : undefined,
    long: isPoint ? Math.round(long * 1e4) / 1e4 : undefined,
    radius_km: isPoint ? radius : undefined,
  };
}

/** Both layouts in use: nested as GeoIP2, GeoLite2 and DB-IP's own files, flat as the npm copies of DB-IP and IPinfo's. */
export function readRecord(record: MmdbRecord): RawPlace {
  const location = record['location'] as MmdbRecord | undefined;
  if (typeof record['country'] === 'object' || typeof location === 'object') {
    const subdivisions = record['subdivisions'] as readonly unknown[] | undefined;
    return {
      country: inner(record['country'], 'iso_code') ?? inner(record['registered_country'], 'iso_code'),
      region: english(subdivisions?.[0]),
      city: english(record['city']),
      lat: location?.['latitude'],
      long: location?.['longitude'],
      radius_km: location?.['accuracy_radius'],
    };
  }
  return {
    country: record['country_code'] ?? record['country'],
    region: record['state1'] ?? record['region'],
    city: record['city'],
    lat: record['latitude'] ?? record['lat'],
    long: record['longitude'] ?? record['lng'],
    radius_km: record['radius'],
  };
}

function inner(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as MmdbRecord)[key] : undefined;
}

function english(value: unknown): unknown {
  return inner(inner(value, 'names'), 'en');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** some files write numbers as text */
function number(value: unknown, min: number, max: number): number | undefined {
  const n = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof n === 'number' && n >= min && n <= max ? n : undefined;
}
