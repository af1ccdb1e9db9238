import { type FindInstalled, findInstalled, isWithoutGeo, openGeo } from '../../../src/runtime/geo/open-geo.js';
import { writeMmdb } from './mmdb-file.js';

const open = (database?: string, find?: FindInstalled) => {
  const said: string[] = [];
  const geo = openGeo({ database, log: (message) => said.push(message) }, find);
  return { geo, said };
};

describe('a database that is named', () => {
  const path = writeMmdb({
    type: 'GeoLite2-City',
    built: '2026-10-09T08:00:00Z',
    records: [
      [
        '81.2.69.0/24',
        {
          city: { names: { en: 'London' } },
          country: { iso_code: 'GB' },
          location: { latitude: 51.5142, longitude: -0.0931, accuracy_radius: 10 },
          subdivisions: [{ names: { en: 'England' } }],
        },
      ],
      ['2a02:908::/32', { country: { iso_code: 'DE' }, location: { latitude: 51.3, longitude: 9.49, accuracy_radius: 200 } }],
      ['82.0.0.0/8', {}],
    ],
  });

  test('is the one in use, and says how old it is', () => {
    const { geo, said } = open(path);
    expect([geo.version, geo.is_stale, said]).toEqual(['GeoLite2-City 2026-10-09', false, []]);
    expect(geo.lookup('81.2.69.142')).toEqual({
      country: 'GB',
      region: 'England',
      city: 'London',
      lat: 51.5142,
      long: -0.0931,
      radius_km: 10,
    });
    expect({ ...geo.lookup('2a02:908::1') }).toEqual({ country: 'DE' });
    expect(geo.lookup('82.1.1.1')).toBeUndefined();
    expect(geo.lookup('9.9.9.9')).toBeUndefined();
    expect(geo.lookup('81.2.69.1')).toBe(geo.lookup('81.2.69.2'));
  });

  test('has to be there, and to hold places', () => {
    expect(() => open('/no/such/file.mmdb')).toThrow(expect.objectContaining({ code: 'SV_GEO_UNAVAILABLE' }));
    const asn = writeMmdb({
      type: 'GeoLite2-ASN',
      built: '2026-10-09T08:00:00Z',
      records: [['81.2.69.0/24', { autonomous_system_number: 64500 }]],
    });
    expect(() => open(asn)).toThrow(
      expect.objectContaining({ code: 'SV_GEO_UNAVAILABLE', message: expect.stringContaining('GeoLite2-ASN') }),
    );
  });
});

describe('the data that are installed', () => {
  test('DB-IP, both families', () => {
    const { geo, said } = open();
    expect([geo.version, geo.is_stale, said]).toEqual([expect.stringMatching(/^dbip-city \d{4}-\d\d-\d\d$/), false, []]);
    expect(geo.lookup('81.2.69.142')).toMatchObject({ country: 'GB', city: 'London', radius_km: 100 });
    expect(geo.lookup('2a02:908::1')).toMatchObject({ country: 'DE' });
    expect(geo.lookup('81.2.69.142')!.lat).toBeCloseTo(51.5, 0);
  });

  test('without DB-IP those of geoip-lite, which are old: said once', () => {
    const { geo, said } = open('auto', (name) => (name.includes('dbip') ? undefined : findInstalled(name)));
    expect([geo.version, geo.is_stale]).toEqual(['geoip-lite 1.4.10', true]);
    expect(said).toEqual([expect.stringContaining('2018')]);
    expect(geo.lookup('81.2.69.142')?.country).toBe('GB');
    expect(geo.lookup('203.0.113.1')).toBeUndefined();
    expect(said).toHaveLength(1);
  });

  test('without any, none', () => {
    const { geo, said } = open(undefined, () => undefined);
    expect([geo.version, geo.is_stale, geo.lookup('81.2.69.142')]).toEqual(['none', false, undefined]);
    expect(said).toHaveLength(1);
  });

  test('geoip-lite is not loaded while it is not needed', () => {
    jest.isolateModules(() => {
      let isLoaded = false;
      jest.doMock('geoip-lite', () => {
        isLoaded = true;
        return {};
      });
      const fresh = require('../../../src/runtime/geo/open-geo.js') as typeof import('../../../src/runtime/geo/open-geo.js');
      fresh.openGeo({ log: () => undefined });
      fresh.openGeo({ database: 'none', log: () => undefined });
      expect(isLoaded).toBe(false);
    });
  });
});

test.each<[string, FindInstalled | undefined, boolean]>([
  ['none', undefined, true],
  ['auto', undefined, false],
  ['auto', () => undefined, true],
  ['auto', (name) => (name === 'geoip-lite' ? name : undefined), false],
  ['auto', (name) => (name.includes('ipv4') ? name : undefined), true],
  ['city.mmdb', () => undefined, false],
])('whether places are missing is known without opening them: %s', (database, find, isMissing) => {
  expect(isWithoutGeo(database, find)).toBe(isMissing);
});

test('none is none, without a word', () => {
  const { geo, said } = open('none');
  expect([geo.version, geo.lookup('81.2.69.142'), said]).toEqual(['none', undefined, []]);
});
