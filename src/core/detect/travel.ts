import type { Endpoint, Travel } from '../event/index.js';
import { placeName } from './names.js';

/** Mean radius of the Earth (IUGG R1), km. */
const EARTH_KM = 6371.0088;
/** Half the way round: nobody is ever further away, km. */
export const FARTHEST_KM = Math.ceil(Math.PI * EARTH_KM);
/** Clocks of two log sources differ by up to this; added to every gap. */
const CLOCK_SKEW_MS = 120_000;
/** Gaps below this are taken as this: some sources stamp whole minutes. */
const SMALLEST_GAP_MS = 60_000;
/** Radius of a city without one: the field's default, km. */
const DEFAULT_RADIUS_KM = 100;

/** Great-circle distance, km (haversine). */
export function distanceKm(aLat: number, aLong: number, bLat: number, bLong: number): number {
  const rad = Math.PI / 180;
  const dLat = (bLat - aLat) * rad;
  const dLong = (bLong - aLong) * rad;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(aLat * rad) * Math.cos(bLat * rad) * Math.sin(dLong / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The journey between two points, or undefined when the data cannot place both. @param gapMs absolute time between them */
export function travelBetween(from: Endpoint, to: Endpoint, gapMs: number): Travel | undefined {
  if (from.lat === undefined || from.long === undefined || to.lat === undefined || to.long === undefined) return undefined;
  const distance = distanceKm(from.lat, from.long, to.lat, to.long);
  const lower = Math.max(0, distance - (from.radius_km ?? DEFAULT_RADIUS_KM) - (to.radius_km ?? DEFAULT_RADIUS_KM));
  const hours = (Math.max(Math.abs(gapMs), SMALLEST_GAP_MS) + CLOCK_SKEW_MS) / 3_600_000;
  return {
    distance_km: Math.round(distance),
    distance_lower_bound_km: Math.round(lower),
    gap_ms: Math.abs(gapMs),
    speed_kmh: Math.round(lower / hours),
    from: placeName(from),
    to: placeName(to),
  };
}
