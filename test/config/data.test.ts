import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadLists } from '../../src/config/data.js';
import { PACKAGE_ROOT } from '../../src/config/package-root.js';
import { createEnricher } from '../../src/core/enrich/index.js';
import type { SessionvigilError } from '../../src/errors.js';
import { NO_GEO, NO_NETWORKS } from '../../src/runtime/geo/none.js';

const SHIPPED = join(PACKAGE_ROOT, 'data');

describe('the lists that ship', () => {
  const lists = loadLists();
  const enricher = createEnricher({ geo: NO_GEO, networks: NO_NETWORKS, ...lists });

  test.each([
    ['hosting', 400],
    ['mobile', 150],
    ['satellite', 60],
    ['sase', 20],
    ['vpn', 20],
    ['access', 300],
  ])('hold networks of class %s', (cls, least) => {
    expect([...lists.classes.asns.values()].filter((c) => c === cls).length).toBeGreaterThan(least);
  });

  test('every number belongs to the organisation that is recorded with it', () => {
    const script = join(PACKAGE_ROOT, 'scripts', 'check-network-classes.mjs');
    expect(execFileSync(process.execPath, [script], { encoding: 'utf8' })).toMatch(/ 0 wrong, 0 not in the data\n$/);
  });

  test('numbers that carry relays and tenants alike are in no class', () => {
    for (const asn of [13335, 54113, 20940, 36183]) expect(lists.classes.asns.get(asn)).toBeUndefined();
  });

  test('only what excuses nothing is told by a name', () => {
    expect(new Set(lists.classes.patterns.map((p) => p.class))).toEqual(new Set(['education', 'hosting', 'access']));
  });

  test.each([
    ['40.97.10.1', 'vendor_service'],
    ['52.96.165.18', 'vendor_service'],
    ['20.190.159.4', 'vendor_service'],
    ['52.114.159.33', 'vendor_service'],
    ['2603:10a6:803:e7::13', 'vendor_service'],
    ['2603:10b6:a03:133::11', 'vendor_service'],
    ['2603:1096:400:25::12', 'vendor_service'],
    ['2603:1036:307:4ee1::5', 'vendor_service'],
    ['2a01:111:f403:c112::5', 'vendor_service'],
    ['2a01:111:e400:7a4d::27', 'vendor_service'],
    // where customers' virtual machines live
    ['20.42.65.92', 'public'],
    ['40.69.136.121', 'public'],
    ['52.232.229.242', 'public'],
    ['137.117.35.212', 'public'],
    ['2603:1020:206:5::1', 'public'],
    ['2603:1030:40c:1::1', 'public'],
    ['2a01:111:f100:2000::1', 'public'],
  ])('Microsoft: %s is %s, and public in the logs of others', (ip, cls) => {
    expect(enricher.endpoint(ip, 'm365').class).toBe(cls);
    expect(enricher.endpoint(ip, 'entra').class).toBe(cls);
    expect(enricher.endpoint(ip, 'okta').class).toBe('public');
  });

  test('no service prefix is wider than a /13 or, for what nothing on the Internet announces, a /25', () => {
    for (const { prefix, vendors } of lists.servicePrefixes) {
      expect(prefix.length).toBeGreaterThanOrEqual(prefix.words.length === 1 ? 13 : 25);
      expect(vendors).toEqual(['entra', 'm365']);
    }
  });

  test.each([
    ['04b07795-8ddb-461a-bbee-02f9e1bf7b46', 'cli'],
    ['d3590ed6-52b3-4102-aeff-aad2292ab01c', 'native'],
    ['27922004-5251-4030-b22d-91ecd9a37ea4', 'mail'],
    ['4765445b-32c6-49b0-83e6-1d93765276ca', 'browser'],
    ['okta.b58d5b75-07d4-5f25-bf59-368a1261a405', 'browser'],
  ])('client %s is in the lane %s', (uid, lane) => expect(enricher.client(uid)?.lane).toBe(lane));

  test('clients are known by well-formed ids', () => {
    expect(lists.clients.size).toBeGreaterThanOrEqual(90);
    for (const uid of lists.clients.keys()) expect(uid).toMatch(/^(okta\.)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  });
});

test('each list has a digest of what stands in it, not of how it is laid out', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lists-'));
  try {
    cpSync(SHIPPED, folder, { recursive: true });
    const before = loadLists(folder).digests;
    expect(before).toEqual(loadLists().digests);
    const lists = ['network-classes.json', 'service-prefixes.json', 'relay-prefixes.json', 'tor-exits.json', 'clients.json'];
    expect(Object.keys(before)).toEqual(lists);
    for (const name of lists) {
      const text = readFileSync(join(folder, name), 'utf8');
      writeFileSync(join(folder, name), JSON.stringify(JSON.parse(text), null, 7));
      expect(loadLists(folder).digests).toEqual(before);
      writeFileSync(join(folder, name), text.replace('"date": "20', '"date": "21'));
      expect(loadLists(folder).digests[name]).not.toBe(before[name]);
      writeFileSync(join(folder, name), text);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('a damaged list', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lists-'));
    cpSync(SHIPPED, folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const failure = (): SessionvigilError => {
    try {
      loadLists(folder);
    } catch (e) {
      return e as SessionvigilError;
    }
    throw new Error('was accepted');
  };
  const damage = (file: string, change: (text: string) => string) =>
    writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));

  test('has all its mistakes said, each with its line', () => {
    const head = '{"title": "t", "source": "s", "date": "2026-11-21", "licence": "Apache-2.0",\n';
    writeFileSync(
      join(folder, 'clients.json'),
      `${head}"clients": [\n{"uid": "a", "name": "A", "lane": "cli", "is_first_party": true},\n{"uid": "A", "name": "", "lane": "phone", "is_first_party": "yes"}\n]}`,
    );
    const error = failure();
    expect(error.code).toBe('SV_DATA_INVALID');
    expect(error.message).toContain('clients.json');
    expect(error.problems.map((p) => [p.line, p.path, p.message])).toEqual([
      [4, 'clients.1.uid', expect.stringContaining('stands twice')],
      [4, 'clients.1.name', 'expected a text, found ""'],
      [4, 'clients.1.lane', 'expected one of browser, native, mail, cli, app, found "phone"'],
      [4, 'clients.1.is_first_party', 'expected true or false, found "yes"'],
    ]);
  });

  test.each([
    ['network-classes.json', (t: string) => t.replace('"hosting": [', '"hoster": ['), 'asns.hoster'],
    ['network-classes.json', (t: string) => t.replace('"asns": [', '"asns": ["x", '), 'asns.hosting.0.asns.0'],
    ['network-classes.json', (t: string) => t.replace('128.94.0.0/19', '128.94.0.1/19'), 'prefixes.0.prefix'],
    ['service-prefixes.json', (t: string) => t.replace('13.107.6.152/31', '13.107.6.153/31'), 'services.0.prefixes.0'],
    ['service-prefixes.json', (t: string) => t.replace('"services"', '"service"'), 'services'],
    [
      'relay-prefixes.json',
      (t: string) => t.replace('"prefixes": []', '"prefixes": ["172.224.0.0"]').replace('"licence"', '"license"'),
      'licence',
    ],
    ['tor-exits.json', (t: string) => t.replace('"prefixes": []', '"prefixes": ["example.org"]'), 'prefixes.0'],
  ])('%s', (file, change, path) => {
    damage(file, change);
    const { code, problems } = failure();
    expect([code, problems.map((p) => p.path)]).toEqual(['SV_DATA_INVALID', [path]]);
    expect(problems[0]?.file).toBe(join(folder, file));
    expect(problems[0]?.line).toBeGreaterThan(0);
  });

  test('is no JSON, or not there', () => {
    damage('clients.json', (text) => text.slice(0, 400));
    expect(failure().problems[0]).toMatchObject({ file: join(folder, 'clients.json'), line: expect.any(Number) });
    rmSync(join(folder, 'clients.json'));
    expect(failure()).toMatchObject({ code: 'SV_DATA_INVALID', message: expect.stringContaining('clients.json') });
  });

  test('a list that the operator filled is used', () => {
    damage('relay-prefixes.json', (text) => text.replace('"prefixes": []', '"prefixes": ["172.224.0.0/27", "2a02:26f7:c240:4000::/64"]'));
    const enricher = createEnricher({ geo: NO_GEO, networks: NO_NETWORKS, ...loadLists(folder) });
    expect(enricher.endpoint('172.224.0.9', 'okta').as_class).toBe('relay');
    expect(enricher.endpoint('2a02:26f7:c240:4000::1', 'okta').as_class).toBe('relay');
    expect(enricher.endpoint('172.224.0.32', 'okta').as_class).toBe('unknown');
  });
});
