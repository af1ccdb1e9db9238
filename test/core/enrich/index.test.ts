import { createEnricher, type EnricherOptions } from '../../../src/core/enrich/index.js';
import type { NetworkClasses } from '../../../src/core/enrich/networks.js';
import { type Prefix, parsePrefix } from '../../../src/core/enrich/prefixes.js';
import type { GeoProvider, NetworkProvider } from '../../../src/core/enrich/providers.js';
import type { NetworkClass } from '../../../src/core/event/index.js';

const prefix = (text: string): Prefix => parsePrefix(text)!;

const classes: NetworkClasses = {
  version: '2026-11-21',
  asns: new Map<number, NetworkClass>([
    [64500, 'access'],
    [64501, 'hosting'],
  ]),
  prefixes: [[prefix('198.20.9.0/24'), 'sase']],
  patterns: [{ class: 'education', words: ['universit*'] }],
};

/** counts what it is asked */
function world() {
  const asked = { geo: [] as string[], networks: [] as string[] };
  const geo: GeoProvider = {
    version: 'test places 2026-01-01',
    is_stale: false,
    lookup(ip) {
      asked.geo.push(ip);
      return ip.startsWith('81.')
        ? { country: 'GB', region: 'England', city: 'London', lat: 51.5, long: -0.1, radius_km: 50 }
        : ip.startsWith('82.')
          ? { country: 'FR' }
          : undefined;
    },
  };
  const networks: NetworkProvider = {
    version: 'test networks 2026-01-02',
    lookup(ip) {
      asked.networks.push(ip);
      if (ip.startsWith('81.')) return { asn: 64500, as_org: 'Example Access' };
      if (ip.startsWith('198.')) return { asn: 64501, as_org: 'Example Hosting' };
      if (ip.startsWith('82.')) return { asn: 64502, as_org: 'University of Example' };
      if (ip.startsWith('84.')) return { asn: 64503 };
      return undefined;
    },
  };
  const options: EnricherOptions = {
    geo,
    networks,
    classes,
    servicePrefixes: [
      { prefix: prefix('40.96.0.0/13'), vendors: ['entra', 'm365'] },
      { prefix: prefix('2603:1080::/25'), vendors: ['entra', 'm365'] },
      { prefix: prefix('8.35.185.0/24'), vendors: ['okta'] },
    ],
    relayPrefixes: [prefix('198.20.7.0/24')],
    torPrefixes: [prefix('198.20.8.7')],
    clients: new Map([
      ['04b07795-8ddb-461a-bbee-02f9e1bf7b46', { name: 'Microsoft Azure CLI', lane: 'cli', is_first_party: true, is_admin: false }],
    ]),
  };
  return { asked, options };
}

const ALL = ['ip', 'hostname', 'class', 'prefix', 'country', 'region', 'city', 'lat', 'long', 'radius_km', 'asn', 'as_org', 'as_class'];

describe('an endpoint', () => {
  test('of a public address has its place and network', () => {
    const { options } = world();
    expect({ ...createEnricher(options).endpoint('[81.2.69.142]:443', 'okta') }).toEqual({
      ip: '81.2.69.142',
      class: 'public',
      prefix: '81.2.69.0/24',
      country: 'GB',
      region: 'England',
      city: 'London',
      lat: 51.5,
      long: -0.1,
      radius_km: 50,
      asn: 64500,
      as_org: 'Example Access',
      as_class: 'access',
    });
  });

  test('that is no place on the Internet is not looked up', () => {
    const { asked, options } = world();
    const enricher = createEnricher(options);
    for (const raw of [
      '10.0.0.1',
      '100.64.0.1',
      '127.0.0.1',
      'fe80::1',
      '203.0.113.9',
      '0.0.0.0',
      'mail.example.org',
      'redacted!',
      '40.97.1.1',
    ])
      enricher.endpoint(raw, 'm365');
    expect(asked).toEqual({ geo: [], networks: [] });
  });

  test('keeps the address of a documentation range, and the text that is none', () => {
    const enricher = createEnricher(world().options);
    expect({ ...enricher.endpoint('203.0.113.9', 'okta') }).toEqual({
      ip: '203.0.113.9',
      class: 'documentation',
      prefix: '203.0.113.0/24',
    });
    expect({ ...enricher.endpoint('mail.example.org', 'okta') }).toEqual({ hostname: 'mail.example.org', class: 'hostname' });
    expect({ ...enricher.endpoint('no address', 'okta') }).toEqual({ hostname: 'no address', class: 'invalid' });
  });

  test('has the same fields in the same order, is frozen, and is shared', () => {
    const enricher = createEnricher(world().options);
    for (const raw of ['81.2.69.142', '82.1.1.1', '9.9.9.9', '10.0.0.1', 'mail.example.org', '40.97.1.1', '']) {
      const endpoint = enricher.endpoint(raw, 'entra');
      expect(Object.keys(endpoint)).toEqual(ALL);
      expect(Object.isFrozen(endpoint)).toBe(true);
      expect(enricher.endpoint(raw, 'entra')).toBe(endpoint);
    }
  });
});

describe('a service address counts only in the logs of its own vendors', () => {
  test.each([
    ['40.97.1.1', 'm365', 'vendor_service'],
    ['40.97.1.1', 'entra', 'vendor_service'],
    ['40.97.1.1', 'okta', 'public'],
    ['40.97.1.1', 'slack', 'public'],
    ['2603:10a6:803:e7::13', 'm365', 'vendor_service'],
    ['2603:1020:200::1', 'm365', 'public'],
    ['8.35.185.4', 'okta', 'vendor_service'],
    ['8.35.185.4', 'm365', 'public'],
  ])('%s in %s: %s', (raw, vendor, cls) => {
    const endpoint = createEnricher(world().options).endpoint(raw, vendor);
    expect(endpoint.class).toBe(cls);
    expect(endpoint.ip).toBe(raw);
    expect(endpoint.as_class === undefined).toBe(cls === 'vendor_service');
  });

  test('whoever asked first', () => {
    const enricher = createEnricher(world().options);
    for (const vendor of ['okta', 'm365', 'slack', 'entra', 'okta'])
      expect(enricher.endpoint('40.97.1.1', vendor).class).toBe(vendor === 'm365' || vendor === 'entra' ? 'vendor_service' : 'public');
  });
});

describe('the class of a network', () => {
  test.each([
    ['by number', '198.51.1.1', undefined, 'hosting'],
    ['by name', '82.1.1.1', undefined, 'education'],
    ['unknown when the number is all there is', '84.1.1.1', undefined, 'unknown'],
    ['unknown when nothing is known', '9.9.9.9', undefined, 'unknown'],
    ['by published prefix before number', '198.20.9.9', undefined, 'sase'],
    ['by relay prefix', '198.20.7.9', undefined, 'relay'],
    ['by exit of Tor', '198.20.8.7', undefined, 'tor'],
    ['its neighbour is none', '198.20.8.8', undefined, 'hosting'],
    ['raised by the vendor', '81.2.69.142', 'vpn', 'vpn'],
    ['not lowered by the vendor', '198.51.1.1', 'relay', 'hosting'],
    ['not changed by a vendor who does not know', '198.51.1.1', 'unknown', 'hosting'],
  ] as const)('%s', (_, raw, asserted, expected) => {
    expect(createEnricher(world().options).endpoint(raw, 'okta', asserted).as_class).toBe(expected);
  });

  test("of the operator's own egress is sase, whatever anybody asserts", () => {
    const { options } = world();
    const enricher = createEnricher({ ...options, egress: [{ prefix: prefix('81.2.69.0/24') }, { asn: 64501 }] });
    expect(enricher.endpoint('81.2.69.142', 'okta').as_class).toBe('sase');
    expect(enricher.endpoint('81.2.69.142', 'okta', 'vpn').as_class).toBe('sase');
    expect(enricher.endpoint('198.51.1.1', 'okta').as_class).toBe('sase');
    expect(enricher.endpoint('81.2.70.1', 'okta').as_class).toBe('access');
  });

  test('as asserted for one record does not stay for the next', () => {
    const enricher = createEnricher(world().options);
    const classes = [undefined, 'tor', undefined, 'vpn', 'tor'] as const;
    expect(classes.map((asserted) => enricher.endpoint('81.2.69.142', 'okta', asserted).as_class)).toEqual([
      'access',
      'tor',
      'access',
      'vpn',
      'tor',
    ]);
  });
});

describe('caches', () => {
  test('an address is looked up once, and again when it has been forgotten', () => {
    const { asked, options } = world();
    const enricher = createEnricher({ ...options, cacheSize: 2 });
    for (const raw of ['81.0.0.1', '81.0.0.1', '81.0.0.2', '81.0.0.1', '81.0.0.3', '81.0.0.1', '81.0.0.2']) enricher.endpoint(raw, 'okta');
    expect(asked.geo).toEqual(['81.0.0.1', '81.0.0.2', '81.0.0.3', '81.0.0.2']);
    expect(asked.networks).toEqual(asked.geo);
  });

  test('vendors with the same service prefixes share what is known', () => {
    const { asked, options } = world();
    const enricher = createEnricher(options);
    expect(enricher.endpoint('81.0.0.1', 'm365')).toBe(enricher.endpoint('81.0.0.1', 'entra'));
    expect(enricher.endpoint('81.0.0.1', 'slack')).toBe(enricher.endpoint('81.0.0.1', 'github'));
    expect(asked.geo).toHaveLength(2);
  });

  test('a field of megabytes is answered', () => {
    const enricher = createEnricher(world().options);
    expect(enricher.endpoint('x'.repeat(5_000_000), 'okta').class).toBe('invalid');
    expect(enricher.userAgent(`curl/8.5.0 ${'x'.repeat(5_000_000)}`)).toMatchObject({
      family: 'curl',
      original: expect.stringMatching(/^.{512}$/),
    });
  });

  test('a user agent is read once, shared and frozen; a text that says nothing stays nothing', () => {
    const enricher = createEnricher(world().options);
    const agent = enricher.userAgent('curl/8.5.0');
    expect(agent?.family).toBe('curl');
    expect(Object.isFrozen(agent)).toBe(true);
    expect(enricher.userAgent('curl/8.5.0')).toBe(agent);
    expect([enricher.userAgent('-'), enricher.userAgent('-')]).toEqual([undefined, undefined]);
  });
});

test('a client is known by its published id, in any case', () => {
  const enricher = createEnricher(world().options);
  expect(enricher.client('04B07795-8DDB-461A-BBEE-02F9E1BF7B46')?.lane).toBe('cli');
  expect(enricher.client('04b07795-8ddb-461a-bbee-02f9e1bf7b46')?.name).toBe('Microsoft Azure CLI');
  expect(enricher.client('00000000-8ddb-461a-bbee-02f9e1bf7b46')).toBeUndefined();
});

test('says which data it uses', () => {
  expect(createEnricher(world().options).versions).toEqual({
    geo: 'test places 2026-01-01',
    networks: 'test networks 2026-01-02; classes 2026-11-21',
  });
});
