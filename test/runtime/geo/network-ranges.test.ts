import fc from 'fast-check';
import { formatIPv6, parseAddress } from '../../../src/core/enrich/address.js';
import { readNetworkRanges } from '../../../src/runtime/geo/network-ranges.js';

const read = (v4: string, v6 = '') => readNetworkRanges(Buffer.from(v4), Buffer.from(v6));

describe('ranges of IPv4', () => {
  const lookup = read(
    '16777216,16777471,64500,"Example, Inc."\n16778240,16779263,64501,Example ""Two""\r\n3325256704,3325256959,64500,Example again\n',
  );

  test.each([
    ['1.0.0.0', { asn: 64500, as_org: 'Example, Inc.' }],
    ['1.0.0.255', { asn: 64500, as_org: 'Example, Inc.' }],
    ['0.255.255.255', undefined],
    ['1.0.1.0', undefined],
    ['1.0.4.0', { asn: 64501, as_org: 'Example ""Two""' }],
    ['1.0.7.255', { asn: 64501, as_org: 'Example ""Two""' }],
    ['1.0.8.0', undefined],
    ['198.51.100.7', { asn: 64500, as_org: 'Example, Inc.' }],
    ['255.255.255.255', undefined],
  ])('%s', (ip, expected) => expect(lookup(ip)).toEqual(expected));

  test('the answer is shared and frozen', () => {
    expect(lookup('1.0.0.1')).toBe(lookup('198.51.100.7'));
    expect(Object.isFrozen(lookup('1.0.0.1'))).toBe(true);
  });

  test('a quoted quotation mark, a name that is missing, a last line without an end', () => {
    expect(read('1,2,7,"Example ""Three"", Ltd"')('0.0.0.1')?.as_org).toBe('Example "Three", Ltd');
    expect(read('1,2,7,')('0.0.0.1')).toEqual({ asn: 7 });
  });
});

describe('ranges of IPv6', () => {
  const lookup = read(
    '',
    [
      '2001::,2001::ffff:ffff:ffff:ffff:ffff:ffff,1,One',
      '2001:4:112::,2001:4:112:ffff:ffff:ffff:ffff:ffff,2,Two',
      '2001:db8:0:5::,2001:db8:0:6:ffff:ffff:ffff:ffff,3,Three',
      '2a00:1:2:3:4::,2a00:1:2:3:ffff:ffff:ffff:ffff,4,Four',
    ].join('\n'),
  );

  test.each([
    ['2001::1', 1],
    ['2001:0:ffff::1', 1],
    ['2001:1::1', undefined],
    ['2001:4:111:ffff::1', undefined],
    ['2001:4:112::', 2],
    ['2001:4:112:ffff:ffff:ffff:ffff:ffff', 2],
    ['2001:4:113::', undefined],
    ['2001:db8:0:4:ffff::', undefined],
    ['2001:db8:0:5::1', 3],
    ['2001:db8:0:6:ffff::', 3],
    ['2001:db8:0:7::', undefined],
    ['2a00:1:2:3::9', 4],
    ['2000::', undefined],
    ['ffff::', undefined],
    ['no address', undefined],
  ])('%s', (ip, asn) => expect(lookup(ip)?.asn).toBe(asn));
});

test('without data nothing is known', () => {
  const lookup = read('');
  expect([lookup('1.2.3.4'), lookup('2001::1')]).toEqual([undefined, undefined]);
});

test('the same as a search through all ranges', () => {
  const cuts = fc.uniqueArray(fc.nat(0xffffffff), { minLength: 2, maxLength: 24 }).map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(cuts, fc.nat(0xffffffff), (list, value) => {
      const ranges = [];
      for (let i = 0; i + 1 < list.length; i += 2) ranges.push({ from: list[i]!, to: list[i + 1]! - 1, asn: i + 1 });
      const lookup4 = read(ranges.map((r) => `${r.from},${r.to},${r.asn},Example`).join('\n'));
      const six = (n: number, low: number) => formatIPv6(0x20010000, n, low, low);
      const lookup6 = read('', ranges.map((r) => `${six(r.from, 0)},${six(r.to, 0xffffffff)},${r.asn},Example`).join('\n'));
      for (const n of [value, ...list]) {
        const expected = ranges.find((r) => r.from <= n && n <= r.to)?.asn;
        expect(lookup4(`${n >>> 24}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`)?.asn).toBe(expected);
        expect(lookup6(parseAddress(six(n, 7)).ip!)?.asn).toBe(expected);
      }
    }),
  );
});
