import type { SessionEvent } from '../../../src/core/event/index.js';
import { DAY, findingsOf, silenceOf, tenDays, useAt } from '../../helpers/uses.js';

const LATER = 10 * DAY;
/** Of a person's own key, used at home in Norway: place 0; abroad are 3 (a cloud), 4 (a network of people) and 5 (a VPN). */
const own = { who: 'person', place: 0 } as const;
const factorsOf = (events: readonly SessionEvent[]) =>
  findingsOf('nhi_egress', events)
    .at(-1)
    ?.factors.map(({ name }) => name);
const why = (events: readonly SessionEvent[]) => silenceOf('nhi_egress', events);
const signIn = (n: number, at: number, place: number, delay = 0) => useAt(n, at, { ...own, place, delay, isSignIn: true });

test('a person`s own key in a country where neither it nor they ever were is odd, whatever the network', () => {
  expect(factorsOf([...tenDays(own), useAt(50, LATER, { ...own, place: 4 })])).toEqual(['egress_abroad']);
  expect(factorsOf([...tenDays(own), useAt(50, LATER, { ...own, place: 3 })])).toEqual(['egress_abroad']);
  expect(factorsOf([...tenDays(own), useAt(50, LATER, { ...own, place: 110 })])).toEqual(['egress_abroad']);
  expect(factorsOf([...tenDays(own), useAt(50, LATER, { ...own, place: 5 })])).toEqual(['egress_abroad', 'egress_hidden']);
  // at home and of one that lives in data centres the country is not asked for
  expect(factorsOf([...tenDays(own), useAt(50, LATER, { ...own, place: 2 })])).toBeUndefined();
  expect(factorsOf([...tenDays({ who: 'person' }), useAt(50, LATER, { ...own, place: 5 })])).toEqual(['egress_new', 'egress_hidden']);
});

test('not where the data on networks are missing', () => {
  const bare = (event: SessionEvent) => ({ ...event, src_endpoint: { ...event.src_endpoint!, asn: undefined, as_class: undefined } });
  expect(factorsOf([...tenDays(own), useAt(50, LATER, { ...own, place: 4 })].map(bare))).toEqual(['egress_new']);
});

test('so is a machine`s that is used where people are', () => {
  expect(factorsOf([...tenDays({ place: 0 }), useAt(50, LATER, { place: 4 })])).toEqual(['egress_abroad']);
  expect(factorsOf([...tenDays({ place: 0 }), useAt(50, LATER, { place: 112 })])).toEqual(['egress_new']);
});

test('not where the person is or was themselves', () => {
  const use = useAt(60, LATER + 60, { ...own, place: 4 });
  expect(factorsOf([...tenDays(own), signIn(50, LATER, 4), use])).toBeUndefined();
  expect(factorsOf([...tenDays(own), signIn(50, LATER - 2 * DAY, 4), signIn(51, LATER - DAY, 0), use])).toBeUndefined();
  // what was done with the key is no word of the person's
  expect(why([...tenDays(own), useAt(50, LATER, { ...own, place: 4 }), useAt(51, LATER + 60, { ...own, place: 4 })])).toBeUndefined();
  // elsewhere, or only afterwards
  expect(factorsOf([...tenDays(own), signIn(50, LATER, 3), use])).toEqual(['egress_abroad']);
  expect(factorsOf([...tenDays(own), use, signIn(61, LATER + 90, 4)])).toEqual(['egress_abroad']);
});

test('a sign-in there that is told late takes back what was said', () => {
  const use = useAt(60, LATER + 60, { ...own, place: 4 });
  const said = findingsOf('nhi_egress', [...tenDays(own), use, signIn(50, LATER, 4, 90)]);
  expect(said.map(({ status }) => status)).toEqual(['new', 'retracted']);
});

test('is silent for the true reason', () => {
  expect(why([...tenDays(own), useAt(50, LATER, { ...own, place: 2 })])).toMatch(/on any of them, and it was used in that country before$/);
  expect(why([...tenDays(own), signIn(50, LATER, 4), useAt(51, LATER + 60, { ...own, place: 4 })])).toMatch(
    /, and the person was in that country/,
  );
  const use = useAt(50, LATER, { ...own, place: 4 });
  const nowhere = { ...use, src_endpoint: { ...use.src_endpoint!, country: undefined } };
  expect(why([...tenDays(own), nowhere])).toMatch(/, and nobody can say whether the country is new to it$/);
  // of what was learned without geographic data no country is new
  const before = tenDays(own).map((event) => ({ ...event, src_endpoint: { ...event.src_endpoint!, country: undefined } }));
  expect(why([...before, use])).toMatch(/, and nobody can say/);
  const unknown = { ...use, src_endpoint: { ...use.src_endpoint!, asn: undefined, prefix: undefined, as_class: undefined } };
  expect(why([...tenDays(own), unknown])).toMatch(/^nobody knows which network/);
  const isOther = { ...useAt(50, LATER, own), src_endpoint: { ...useAt(50, LATER, own).src_endpoint!, as_class: 'mobile' as const } };
  expect(why([...tenDays(own), isOther])).toMatch(/^it is used from that network, and with that program, by habit$/);
  const silent = tenDays().map((event) => ({ ...event, user_agent: undefined }));
  expect(why([...silent, useAt(50, LATER)])).toMatch(/^no program is known of it/);
});
