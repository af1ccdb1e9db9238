import { distanceKm, travelBetween } from '../../../src/core/detect/travel.js';
import type { Endpoint } from '../../../src/core/event/index.js';

const HOUR = 3_600_000;
const at = (lat: number | undefined, long: number | undefined, radius_km?: number): Endpoint => ({ class: 'public', lat, long, radius_km });

describe('great-circle distances', () => {
  // Known values for a sphere of the Earth's mean radius, 6371.0088 km.
  test.each([
    ['London to New York', 51.5074, -0.1278, 40.7128, -74.006, 5570],
    ['Paris to Sydney', 48.8566, 2.3522, -33.8688, 151.2093, 16_960],
    ['Anchorage to Tokyo, over the date line', 61.2181, -149.9003, 35.6762, 139.6503, 5575],
  ])('%s', (_name, aLat, aLong, bLat, bLong, km) => {
    expect(Math.abs(distanceKm(aLat, aLong, bLat, bLong) - km)).toBeLessThan(km * 0.002);
  });

  test('a quarter and a half of the way round', () => {
    expect(distanceKm(0, 0, 0, 90)).toBeCloseTo((Math.PI / 2) * 6371.0088, 6);
    expect(distanceKm(0, 0, 0, 180)).toBeCloseTo(Math.PI * 6371.0088, 6);
    expect(distanceKm(90, 0, -90, 0)).toBeCloseTo(Math.PI * 6371.0088, 6);
    expect(distanceKm(0, 179, 0, -179)).toBeCloseTo((2 / 180) * Math.PI * 6371.0088, 6);
  });

  test('nowhere, and opposite points, without rounding over the edge', () => {
    expect(distanceKm(59.91, 10.75, 59.91, 10.75)).toBe(0);
    expect(distanceKm(12.3, 45.6, -12.3, -134.4)).toBeCloseTo(Math.PI * 6371.0088, 3);
  });

  test('the same both ways', () => {
    expect(distanceKm(10, 20, 30, 40)).toBeCloseTo(distanceKm(30, 40, 10, 20), 9);
  });
});

describe('a journey', () => {
  test('needs both places', () => {
    expect(travelBetween(at(0, 0), at(undefined, 0), HOUR)).toBeUndefined();
    expect(travelBetween(at(0, 0), at(0, undefined), HOUR)).toBeUndefined();
    expect(travelBetween(at(undefined, 0), at(0, 0), HOUR)).toBeUndefined();
    expect(travelBetween(at(0, undefined), at(0, 0), HOUR)).toBeUndefined();
  });

  test('takes both radii off the distance, and two minutes of clock skew onto the gap', () => {
    // a degree of latitude is 111.195 km
    expect(travelBetween(at(0, 0, 50), at(10, 0, 30), HOUR)).toEqual({
      distance_km: 1112,
      distance_lower_bound_km: 1032,
      gap_ms: HOUR,
      speed_kmh: Math.round(1031.95 / (62 / 60)),
      from: 'somewhere',
      to: 'somewhere',
    });
  });

  test('takes a city without a radius for one of 100 km', () => {
    expect(travelBetween(at(0, 0), at(10, 0), HOUR)?.distance_lower_bound_km).toBe(912);
    expect(travelBetween(at(0, 0, 0), at(10, 0), HOUR)?.distance_lower_bound_km).toBe(1012);
  });

  test('is no journey within the radii', () => {
    expect(travelBetween(at(0, 0), at(1, 0), HOUR)).toMatchObject({ distance_lower_bound_km: 0, speed_kmh: 0 });
  });

  test('is as fast backwards in time as forwards', () => {
    expect(travelBetween(at(0, 0), at(10, 0), -HOUR)).toEqual(travelBetween(at(0, 0), at(10, 0), HOUR));
  });

  test('takes a gap below a minute for a minute, since some sources stamp whole minutes', () => {
    const speed = (gap: number) => travelBetween(at(0, 0), at(10, 0), gap)!.speed_kmh;
    expect(speed(0)).toBe(speed(60_000));
    expect(speed(60_000)).toBe(Math.round(911.95 / (3 / 60)));
    expect(speed(61_000)).toBeLessThan(speed(60_000));
  });
});
