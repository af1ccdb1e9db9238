import type { FindInstalled } from '../../../src/runtime/geo/open-geo.js';
import { isWithoutNetworks, openNetworks } from '../../../src/runtime/geo/open-networks.js';
import { writeMmdb } from './mmdb-file.js';

const open = (database?: string, find?: FindInstalled) => {
  const said: string[] = [];
  const networks = openNetworks({ database, log: (message) => said.push(message) }, find);
  return { networks, said };
};

describe('a database that is named', () => {
  test('as GeoLite2 and DB-IP lay it out', () => {
    const record = { autonomous_system_number: 64500, autonomous_system_organization: 'Example Access' };
    const path = writeMmdb({
      type: 'GeoLite2-ASN',
      built: '2026-10-09T08:00:00Z',
      records: [
        ['81.2.69.0/24', record],
        ['2a02:908::/32', { autonomous_system_number: 64501 }],
        ['82.0.0.0/8', { name: 'no number' }],
      ],
    });
    const { networks, said } = open(path);
    expect([networks.version, said]).toEqual(['GeoLite2-ASN 2026-10-09', []]);
    expect(networks.lookup('81.2.69.142')).toEqual({ asn: 64500, as_org: 'Example Access' });
    expect(networks.lookup('2a02:908::1')).toEqual({ asn: 64501 });
    expect(networks.lookup('82.1.1.1')).toBeUndefined();
    expect(networks.lookup('9.9.9.9')).toBeUndefined();
  });

  test('as IPinfo lays it out', () => {
    const path = writeMmdb({
      type: 'ipinfo generic_asn_free.mmdb',
      built: '2026-10-09T08:00:00Z',
      records: [['81.2.69.0/24', { asn: 'AS64500', name: 'Example' }]],
    });
    expect(open(path).networks.lookup('81.2.69.142')).toEqual({ asn: 64500, as_org: 'Example' });
  });

  test('has to be there, and to hold networks', () => {
    expect(() => open('/no/such/file.mmdb')).toThrow(expect.objectContaining({ code: 'SV_GEO_UNAVAILABLE' }));
    const city = writeMmdb({ type: 'DBIP-City-Lite', built: '2026-10-09T08:00:00Z', records: [['81.2.69.0/24', { city: 'London' }]] });
    expect(() => open(city)).toThrow(
      expect.objectContaining({ code: 'SV_GEO_UNAVAILABLE', message: expect.stringContaining('DBIP-City-Lite') }),
    );
  });
});

describe('the data that are installed', () => {
  test('both families', () => {
    const { networks, said } = open();
    expect([networks.version, said]).toEqual([expect.stringMatching(/^asn \d{4}-\d\d-\d\d$/), []]);
    expect(networks.lookup('8.8.8.8')).toEqual({ asn: 15169, as_org: 'Google LLC' });
    expect(networks.lookup('2001:4860:4860::8888')?.asn).toBe(15169);
    expect(networks.lookup('10.0.0.1')).toBeUndefined();
    expect(networks.lookup('2603:10a6::1')).toBeUndefined();
  });

  test('without them, none, and a word about it', () => {
    const { networks, said } = open('auto', () => undefined);
    expect([networks.version, networks.lookup('8.8.8.8')]).toEqual(['none', undefined]);
    expect(said).toHaveLength(1);
  });
});

test('none is none, without a word', () => {
  const { networks, said } = open('none');
  expect([networks.version, networks.lookup('8.8.8.8'), said]).toEqual(['none', undefined, []]);
});

test.each<[string, FindInstalled | undefined, boolean]>([
  ['none', undefined, true],
  ['auto', undefined, false],
  ['auto', () => undefined, true],
  ['asn.mmdb', () => undefined, false],
])('whether networks are missing is known without opening them: %s', (database, find, isMissing) => {
  expect(isWithoutNetworks(database, find)).toBe(isMissing);
});
