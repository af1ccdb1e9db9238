import { isIP, isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { formatIPv6, parseAddress, parseIPv4, parseIPv6 } from '../../../src/core/enrich/address.js';

describe('the address grammar', () => {
  test.each([
    // as logged, ip, hostname, class, prefix
    ['10.11.12.13', '10.11.12.13', undefined, 'private', '10.11.12.0/24'],
    ['10.11.12.13:12345', '10.11.12.13', undefined, 'private', '10.11.12.0/24'],
    ['[10.11.12.13]', '10.11.12.13', undefined, 'private', '10.11.12.0/24'],
    ['[10.11.12.13]:12345', '10.11.12.13', undefined, 'private', '10.11.12.0/24'],
    ['::ffff:10.11.12.13', '10.11.12.13', undefined, 'private', '10.11.12.0/24'],
    ['::FFFF:0A0B:0C0D', '10.11.12.13', undefined, 'private', '10.11.12.0/24'],
    ['[::ffff:81.2.69.142]:12345', '81.2.69.142', undefined, 'public', '81.2.69.0/24'],
    ['2001:db8::abcd', '2001:db8::abcd', undefined, 'documentation', '2001:db8::/64'],
    ['[2001:DB8::ABCD]', '2001:db8::abcd', undefined, 'documentation', '2001:db8::/64'],
    ['[2001:db8::abcd]:12345', '2001:db8::abcd', undefined, 'documentation', '2001:db8::/64'],
    ['2a02:0908:0000:0001:0:0:0:5', '2a02:908:0:1::5', undefined, 'public', '2a02:908:0:1::/64'],
    ['fe80::1%eth0', 'fe80::1', undefined, 'link_local', 'fe80::/64'],
    ['[fe80::1%25en0]:443', 'fe80::1', undefined, 'link_local', 'fe80::/64'],
    ['192.168.7.9%3', '192.168.7.9', undefined, 'private', '192.168.7.0/24'],
    [' 81.2.69.142\r\n', '81.2.69.142', undefined, 'public', '81.2.69.0/24'],
    ['localhost', undefined, 'localhost', 'loopback', undefined],
    ['localhost:8080', undefined, 'localhost', 'loopback', undefined],
    ['[localhost]:8080', undefined, 'localhost', 'loopback', undefined],
    ['Desk-7.corp.local', undefined, 'desk-7.corp.local', 'hostname', undefined],
    ['[desk-7.corp.local]:445', undefined, 'desk-7.corp.local', 'hostname', undefined],
    ['logs.example.org.', undefined, 'logs.example.org', 'hostname', undefined],
    ['MBX01 (81.2.69.142)', '81.2.69.142', undefined, 'public', '81.2.69.0/24'],
    ['[MBX01 (2001:db8::7)]', '2001:db8::7', undefined, 'documentation', '2001:db8::/64'],
    ['MBX01 (10.900.0.1)', undefined, 'mbx01', 'hostname', undefined],
    ['[MBX01 (10.900.0.1)]', undefined, 'mbx01', 'hostname', undefined],
    ['MBX01 (15.20.4065.028)\r\n', undefined, 'mbx01', 'hostname', undefined],
    ['AWS Internal', undefined, 'AWS Internal', 'invalid', undefined],
    ['1.1.1.1.1', undefined, '1.1.1.1.1', 'invalid', undefined],
    ['01.2.3.4', undefined, '01.2.3.4', 'invalid', undefined],
    ['300.1.1.1', undefined, '300.1.1.1', 'invalid', undefined],
    ['1.2.3.4:99999999', undefined, '1.2.3.4:99999999', 'invalid', undefined],
    ['...', undefined, '...', 'invalid', undefined],
    ['[1.2.3.4', undefined, '[1.2.3.4', 'invalid', undefined],
    ['[1.2.3.4]x', undefined, '[1.2.3.4]x', 'invalid', undefined],
    ['()', undefined, '()', 'invalid', undefined],
    ['::1:2:3:4:5:6:7:8', undefined, '::1:2:3:4:5:6:7:8', 'invalid', undefined],
    ['<null>', undefined, undefined, 'invalid', undefined],
    ['null', undefined, undefined, 'invalid', undefined],
    ['-', undefined, undefined, 'invalid', undefined],
    ['', undefined, undefined, 'invalid', undefined],
  ])('%j', (raw, ip, hostname, cls, prefix) => {
    const { words, ...read } = parseAddress(raw);
    expect(read).toEqual({ ip, hostname, class: cls, prefix });
    expect(words).toHaveLength(ip === undefined ? 0 : isIP(ip) === 4 ? 1 : 4);
  });

  test.each([
    ['8.8.8.8', 'public'],
    ['172.15.255.255', 'public'],
    ['172.16.0.0', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['192.168.0.0', 'private'],
    ['192.169.0.0', 'public'],
    ['192.0.0.8', 'private'],
    ['198.17.255.255', 'public'],
    ['198.18.0.1', 'private'],
    ['198.19.255.255', 'private'],
    ['198.20.0.0', 'public'],
    ['100.63.255.255', 'public'],
    ['100.64.0.0', 'cgnat'],
    ['100.127.255.255', 'cgnat'],
    ['100.128.0.0', 'public'],
    ['127.8.8.8', 'loopback'],
    ['169.254.0.1', 'link_local'],
    ['169.253.0.1', 'public'],
    ['192.0.2.1', 'documentation'],
    ['198.51.100.255', 'documentation'],
    ['203.0.113.7', 'documentation'],
    ['203.0.112.7', 'public'],
    ['0.0.0.0', 'invalid'],
    ['223.255.255.255', 'public'],
    ['224.0.0.1', 'invalid'],
    ['255.255.255.255', 'invalid'],
    ['::', 'invalid'],
    ['::1', 'loopback'],
    ['::2', 'invalid'],
    ['::1.2.3.4', 'invalid'],
    ['64:ff9b::81.2.69.142', 'public'],
    ['64:ff9b::10.0.0.1', 'private'],
    ['fc00::1', 'private'],
    ['fdff::1', 'private'],
    ['fe7f::1', 'invalid'],
    ['fe80::1', 'link_local'],
    ['febf::1', 'link_local'],
    ['fec0::1', 'private'],
    ['ff02::1', 'invalid'],
    ['2001:db8:ffff::1', 'documentation'],
    ['2001:db9::1', 'public'],
    ['3fff:fff::1', 'documentation'],
    ['3fff:1000::1', 'public'],
    ['2000::', 'public'],
    ['4000::', 'invalid'],
    ['1fff::', 'invalid'],
  ])('%s is %s, and keeps its address', (raw, cls) => {
    const address = parseAddress(raw);
    expect(address.class).toBe(cls);
    expect(address.ip).toBeDefined();
    expect(address.prefix).toBeDefined();
  });

  test('what is too long for an address is not looked at, and not kept whole', () => {
    const { ip, hostname, class: cls } = parseAddress(`${'a'.repeat(5_000_000)}.example.org`);
    expect([ip, hostname?.length, cls]).toEqual([undefined, 253, 'invalid']);
  });
});

const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
const words = fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 });
/** texts that are nearly addresses, so that both answers come up */
const nearly = fc.oneof(
  fc.string({ unit: fc.constantFrom('0', '1', '9', 'f', 'F', 'g', ':', '.', '::', '255', '256'), maxLength: 24 }),
  fc.ipV4(),
  fc.ipV6(),
  fc.string({ maxLength: 20 }),
);

describe('properties', () => {
  test('IPv4: valid for the same texts as for node, with the same number as ipaddr.js reads', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        const value = parseIPv4(text, 0, text.length);
        expect(value >= 0).toBe(isIPv4(text));
        if (value >= 0) expect(value).toBe(new DataView(Uint8Array.from(ipaddr.IPv4.parse(text).toByteArray()).buffer).getUint32(0));
      }),
      { numRuns: 3000 },
    );
  });

  test('IPv6: valid for the same texts as for node', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        fc.pre(!text.includes('%'));
        expect(parseIPv6(text) !== undefined).toBe(isIPv6(text));
      }),
      { numRuns: 3000 },
    );
  });

  test('IPv6: written as ipaddr.js writes RFC 5952, whatever the spelling', () => {
    fc.assert(
      fc.property(words, fc.boolean(), fc.boolean(), (parts, padded, upper) => {
        const spelled = parts.map((p) => p.toString(16).padStart(padded ? 4 : 1, '0')).join(':');
        const read = parseIPv6(upper ? spelled.toUpperCase() : spelled)!;
        const canonical = formatIPv6(...(read as [number, number, number, number]));
        expect(canonical).toBe(ipaddr.IPv6.parse(spelled).toRFC5952String());
        expect(parseIPv6(canonical)).toEqual(read);
      }),
      { numRuns: 2000 },
    );
  });

  test('decoration changes nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(65535), fc.constantFrom('', ' ', '\r\n'), (ip, port, blank) => {
        const plain = parseAddress(ip);
        const variants = [`[${ip}]`, `[${ip}]:${port}`, `${ip}${blank}`, `SERVER (${ip})`, `[SERVER (${ip})]`];
        if (isIPv4(ip)) variants.push(`${ip}:${port}`, `::ffff:${ip}`, `[::ffff:${ip}]:${port}`);
        for (const variant of variants) expect(parseAddress(variant)).toEqual(plain);
      }),
    );
  });

  test('reading what was read gives the same, and a prefix holds its own address', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (ip) => {
        const address = parseAddress(ip);
        expect(parseAddress(address.ip!)).toEqual(address);
        expect(ipaddr.parse(address.ip!).match(ipaddr.parseCIDR(address.prefix!))).toBe(true);
      }),
    );
  });

  test('only what no registry sets aside is public', () => {
    const special = new Set([
      'private',
      'loopback',
      'linkLocal',
      'carrierGradeNat',
      'broadcast',
      'unspecified',
      'multicast',
      'uniqueLocal',
    ]);
    fc.assert(
      fc.property(
        fc.oneof(
          octets.map((o) => o.join('.')),
          fc.ipV6(),
        ),
        (ip) => {
          const canonical = parseAddress(ip);
          if (special.has(ipaddr.process(canonical.ip!).range())) expect(canonical.class).not.toBe('public');
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('no text throws', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => void parseAddress(text)),
      { numRuns: 2000 },
    );
  });
});
