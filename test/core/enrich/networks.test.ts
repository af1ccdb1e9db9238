import { createNetworkClassifier, type NetworkClasses, raised } from '../../../src/core/enrich/networks.js';
import { NETWORK_CLASS, type NetworkClass } from '../../../src/core/event/index.js';

const classes: NetworkClasses = {
  version: '2026-11-21',
  asns: new Map<number, NetworkClass>([
    [64500, 'mobile'],
    [64501, 'hosting'],
  ]),
  prefixes: [],
  patterns: [
    { class: 'education', words: ['universit*', 'institute of technology'] },
    { class: 'hosting', words: ['cloud*', 'data center*', 'colo', 's.c.*'] },
    { class: 'access', words: ['telecom*', 'cable*'] },
  ],
};

describe('a network is classed', () => {
  const classOf = createNetworkClassifier(classes);
  test.each([
    ['by its number before its name', 64500, 'Cloud University', 'mobile'],
    ['by a word of its name', 1, 'Example Cloudworks LLC', 'hosting'],
    ['by several words', 1, 'EXAMPLE DATA CENTERS INC', 'hosting'],
    ['by a word that has to end there', 1, 'Example Colo', 'hosting'],
    ['as education before anything else', 1, 'Universitas Cloud Telecom', 'education'],
    ['by text, not by pattern: a full stop is one', 1, 's.c. example', 'hosting'],
    ['unknown when the name speaks of both', 1, 'Telecom Cloud SA', 'unknown'],
    ['unknown when the word goes on', 1, 'Republic of Colombia', 'unknown'],
    ['unknown when the word starts elsewhere', 1, 'Soundcloud', 'unknown'],
    ['unknown when a full stop stands for something else', 1, 'sicily example', 'unknown'],
    ['unknown without a name', 1, undefined, 'unknown'],
    ['the same the second time', 1, 'Example Cloudworks LLC', 'hosting'],
  ])('%s', (_, asn, org, expected) => expect(classOf(asn, org)).toBe(expected));
});

describe('what a vendor asserts raises the class and never lowers it', () => {
  test.each<[NetworkClass, NetworkClass | undefined, NetworkClass]>([
    ['unknown', 'relay', 'relay'],
    ['access', 'vpn', 'vpn'],
    ['mobile', 'relay', 'relay'],
    ['hosting', 'relay', 'hosting'],
    ['sase', 'relay', 'sase'],
    ['sase', 'vpn', 'vpn'],
    ['vpn', 'tor', 'tor'],
    ['tor', 'vpn', 'tor'],
    ['education', 'access', 'education'],
    ['vpn', undefined, 'vpn'],
  ])('%s, asserted %s: %s', (known, asserted, expected) => expect(raised(known, asserted)).toBe(expected));

  test('nothing is above tor, and what is known already changes nothing', () => {
    for (const cls of NETWORK_CLASS) {
      expect(raised('tor', cls)).toBe('tor');
      expect(raised(cls, cls)).toBe(cls);
      expect(raised(cls, 'unknown')).toBe(cls);
    }
  });
});
