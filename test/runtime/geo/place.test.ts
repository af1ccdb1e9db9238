import { readRecord, toPlace } from '../../../src/runtime/geo/place.js';

const LONDON = { country: 'GB', region: 'England', city: 'London', lat: 51.51430130004883, long: -0.09122440218925476 };

describe('a place', () => {
  test('with a city is a point, with 100 km around it when the data give no radius', () => {
    expect(toPlace(LONDON)).toEqual({ country: 'GB', region: 'England', city: 'London', lat: 51.5143, long: -0.0912, radius_km: 100 });
    expect(toPlace({ ...LONDON, radius_km: 20 })?.radius_km).toBe(20);
    expect(toPlace({ ...LONDON, radius_km: 499 })?.lat).toBe(51.5143);
  });

  test.each([
    ['without a city', { ...LONDON, city: '' }],
    ['with a radius of 500 km', { ...LONDON, radius_km: 500 }],
    ['with a radius of 1000 km', { ...LONDON, radius_km: 1000 }],
    ['without a point', { ...LONDON, lat: undefined }],
    ['with a point that is none', { ...LONDON, lat: 91 }],
    ['with half a point', { ...LONDON, long: 'east' }],
  ])('%s is a country', (_, raw) => {
    expect({ ...toPlace(raw) }).toEqual({ country: 'GB', region: 'England' });
  });

  test('loses the quarter that DB-IP adds to a city', () =>
    expect(toPlace({ ...LONDON, city: 'Groningen (Oosterpoortwijk)' })?.city).toBe('Groningen'));
  test('of which nothing is known is none', () => expect(toPlace({ country: '', city: '' })).toBeUndefined());
  test('has all fields in the same order', () => {
    const keys = ['country', 'region', 'city', 'lat', 'long', 'radius_km'];
    expect(Object.keys(toPlace(LONDON)!)).toEqual(keys);
    expect(Object.keys(toPlace({ country: 'gb' })!)).toEqual(keys);
    expect(toPlace({ country: 'gb' })?.country).toBe('GB');
  });
});

describe('layouts', () => {
  test('nested: GeoIP2, GeoLite2, DB-IP', () =>
    expect(
      readRecord({
        city: { names: { en: 'Boxford', de: 'Boxford' } },
        country: { iso_code: 'GB' },
        location: { latitude: 51.75, longitude: -1.25, accuracy_radius: 200 },
        subdivisions: [{ iso_code: 'ENG', names: { en: 'England' } }],
      }),
    ).toEqual({ country: 'GB', region: 'England', city: 'Boxford', lat: 51.75, long: -1.25, radius_km: 200 }));

  test('nested, with nothing but the country of registration', () =>
    expect({ ...readRecord({ registered_country: { iso_code: 'US' }, location: {} }) }).toEqual({ country: 'US' }));

  test('flat: the npm copies of DB-IP', () =>
    expect(
      readRecord({
        city: 'London',
        country_code: 'GB',
        latitude: 51.5,
        longitude: -0.1,
        postcode: '',
        state1: 'England',
        state2: '',
        timezone: '',
      }),
    ).toEqual({ country: 'GB', region: 'England', city: 'London', lat: 51.5, long: -0.1 }));

  test('flat, numbers as text: IPinfo', () =>
    expect(toPlace(readRecord({ country: 'GB', city: 'London', region: 'England', lat: '51.50853', lng: '-0.12574' }))).toEqual({
      country: 'GB',
      region: 'England',
      city: 'London',
      lat: 51.5085,
      long: -0.1257,
      radius_km: 100,
    }));
});
