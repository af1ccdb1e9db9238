import { egressTest, egressText } from '../../../src/core/declared/egress.js';
import { endpoint } from './an-agent.js';

const nobodys = () => false;

test.each([
  [{ cidr: ['178.62.0.0/16'] }, true],
  [{ cidr: ['178.63.0.0/16'] }, false],
  [{ cidr: ['2001:db8::/32', '178.62.10.20'] }, true],
  [{ asn: [8075, 14061] }, true],
  [{ asn: [8075] }, false],
  [{ network: ['digitalocean'] }, true],
  [{ network: ['Digital'] }, false],
  [{ network_class: ['hosting' as const] }, true],
  [{ network_class: ['access' as const] }, false],
  [{ asn: [8075], network_class: ['hosting' as const] }, true],
])('%j holds a server of DigitalOcean: %s', (egress, isInside) => {
  const test = egressTest(egress, nobodys);
  // asked twice: the answer is kept
  expect([test(endpoint({})), test(endpoint({}))]).toEqual([isInside, isInside]);
});

test.each([undefined, endpoint({ class: 'vendor_service' }), endpoint({ class: 'private' })])('%j says nothing', (one) => {
  expect(egressTest({ asn: [1] }, nobodys)(one)).toBeUndefined();
});

test('an address of which no network is known says nothing where networks are declared', () => {
  const unknown = endpoint({ asn: undefined, as_org: undefined, as_class: 'unknown' });
  expect(egressTest({ asn: [8075] }, nobodys)(unknown)).toBeUndefined();
  expect(egressTest({ cidr: ['10.0.0.0/8'] }, nobodys)(unknown)).toBe(false);
  expect(egressTest({ asn: [8075], cidr: ['178.62.10.0/24'] }, nobodys)(unknown)).toBe(true);
});

test("the organisation's own ways out count when that is said", () => {
  expect([true, false].map((own) => egressTest({ asn: [1], own }, () => true)(endpoint({})))).toEqual([true, false]);
});

test('for people, with an end', () => {
  expect(egressText({ cidr: ['10.0.0.0/8'], asn: [8075], own: true })).toBe("10.0.0.0/8, AS8075, the organisation's own");
  expect(egressText({ asn: [1, 2, 3, 4, 5, 6, 7, 8] })).toBe('AS1, AS2, AS3, AS4, AS5, AS6 and 2 more');
});
