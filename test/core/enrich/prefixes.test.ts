import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { parseAddress } from '../../../src/core/enrich/address.js';
import { type Prefix, PrefixTable, parsePrefix } from '../../../src/core/enrich/prefixes.js';

const prefix = (text: string): Prefix => parsePrefix(text)!;
const find = <T>(table: PrefixTable<T>, ip: string): T | undefined => table.find(parseAddress(ip).words);

describe('parsePrefix', () => {
  test.each([
    ['203.0.113.0/24', { words: [0xcb007100], length: 24 }],
    ['0.0.0.0/0', { words: [0], length: 0 }],
    ['203.0.113.7', { words: [0xcb007107], length: 32 }],
    ['2001:db8::/32', { words: [0x20010db8, 0, 0, 0], length: 32 }],
    ['2001:db8::1', { words: [0x20010db8, 0, 0, 1], length: 128 }],
  ])('%s', (text, expected) => expect(parsePrefix(text)).toEqual(expected));

  test.each([
    '203.0.113.1/24',
    '2001:db8::1/64',
    '203.0.113.0/33',
    '2001:db8::/129',
    '203.0.113.0/',
    '203.0.113.0/-1',
    'example.org/24',
    '',
    '::/0/0',
    '::ffff:203.0.113.0/120',
    '::ffff:203.0.113.7',
  ])('%j is none', (text) => expect(parsePrefix(text)).toBeUndefined());
});

describe('PrefixTable', () => {
  const table = new PrefixTable([
    [prefix('198.51.0.0/16'), 'wide'],
    [prefix('198.51.100.0/24'), 'narrow'],
    [prefix('198.51.100.9'), 'one'],
    [prefix('2001:db8::/32'), 'v6'],
    [prefix('2001:db8:0:8000::/49'), 'v6 longer than a word'],
    [prefix('2001:db8:0:1::/64'), 'v6 narrow'],
  ]);

  test.each([
    ['198.51.1.1', 'wide'],
    ['198.51.100.1', 'narrow'],
    ['198.51.100.9', 'one'],
    ['198.52.0.0', undefined],
    ['2001:db8:9::1', 'v6'],
    ['2001:db8:0:9000::1', 'v6 longer than a word'],
    ['2001:db8:0:1:2:3:4:5', 'v6 narrow'],
    ['2001:db9::1', undefined],
    ['not-an-address.example', undefined],
  ])('%s is in %j', (ip, expected) => expect(find(table, ip)).toBe(expected));

  test('an empty table holds nothing', () => expect(find(new PrefixTable([]), '198.51.100.1')).toBeUndefined());

  test('the same as a search through all prefixes', () => {
    const cidr = fc.oneof(
      fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
      fc.tuple(
        fc.ipV6().filter((ip) => !ip.includes('.')),
        fc.integer({ min: 0, max: 128 }),
      ),
    );
    const network = ([ip, length]: [string, number]): string => {
      const kind = ipaddr.parse(ip).kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
      return `${kind.networkAddressFromCIDR(`${ip}/${length}`)}/${length}`;
    };
    fc.assert(
      fc.property(
        fc.array(cidr.map(network), { minLength: 1, maxLength: 12 }),
        fc.oneof(fc.ipV4(), fc.ipV6()),
        fc.nat(),
        (cidrs, other, pick) => {
          const built = new PrefixTable(cidrs.map((text) => [prefix(text), text] as const));
          const inside = cidrs[pick % cidrs.length]!.split('/')[0]!;
          for (const ip of [inside, other]) {
            const address = ipaddr.parse(parseAddress(ip).ip!);
            const holding = cidrs.filter((text) => {
              const range = ipaddr.parseCIDR(text);
              return range[0].kind() === address.kind() && address.match(range);
            });
            const longest = Math.max(-1, ...holding.map((text) => Number(text.split('/')[1])));
            const found = find(built, ip);
            expect(found === undefined ? -1 : Number(found.split('/')[1])).toBe(longest);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
