import { loadLists } from '../../../src/config/data.js';
import { readRules } from '../../../src/config/rules.js';
import { ADDRESS_DATA, type AddressData, FACTORS, type FactorSpec } from '../../../src/core/detect/factors.js';
import { DETECTORS } from '../../../src/core/detect/index.js';
import { runStory } from '../../../src/core/detect/run-story.js';
import { sightWithout } from '../../../src/core/detect/sight.js';
import type { StoryPlace } from '../../../src/core/detect/story.js';
import { parseUserAgent } from '../../../src/core/enrich/client.js';
import { bareRule } from '../../helpers/rules.js';

const { clients } = loadLists();
const tools = { userAgent: parseUserAgent, laneOfClient: (uid: string) => clients.get(uid)?.lane };
const rules = readRules(['rules'], DETECTORS).rules.map(({ rule }) => rule);

/** What is known of an address without the data. */
const WITHOUT: Record<AddressData, (place: StoryPlace) => StoryPlace> = {
  geo: ({ country: _, region: _r, city: _c, lat: _l, long: _g, radius_km: _k, ...place }) => place,
  networks: ({ asn: _, as_org: _o, as_class: _c, ...place }) => place,
};

/** Factors of all that the stories of all rules find, however little it weighs, and which rules find anything. */
function found(known: (place: StoryPlace) => StoryPlace): { factors: Set<string>; rules: Set<string> } {
  const all = { factors: new Set<string>(), rules: new Set<string>() };
  for (const one of rules) {
    const rule = { ...one, parameters: { ...one.parameters, report_from: 1 } };
    const places = Object.fromEntries(Object.entries(rule.tests.places ?? {}).map(([name, place]) => [name, known(place)]));
    for (const story of rule.tests.stories) {
      for (const { factors } of runStory(rule, { ...rule.tests, places }, story, tools).findings) {
        all.rules.add(rule.uid);
        for (const { name } of factors) all.factors.add(name);
      }
    }
  }
  return all;
}

/** Found on top of other factors alone, by what a vendor asserts or a list of prefixes says of an address, or for the person. */
const BY_THE_WAY: Record<AddressData, string[]> = {
  geo: ['active_elsewhere'],
  networks: ['network_tor', 'same_token_overlap', 'uncommon_client', 'same_token_moved', 'accustomed'],
};

const all = found((place) => place);

describe.each(ADDRESS_DATA)('without %s, told by the stories of all rules', (missing) => {
  const less = found(WITHOUT[missing]);

  test('what needs the data is not found, and what is not found needs them', () => {
    const needs = (name: string) => ((FACTORS as Record<string, FactorSpec>)[name]!.needs ?? []).includes(missing);
    expect([...less.factors].filter(needs)).toEqual([]);
    expect([...all.factors].filter((name) => !less.factors.has(name) && !needs(name))).toEqual(BY_THE_WAY[missing]);
  });

  test('rules that are said to find nothing find nothing', () => {
    const { blind } = sightWithout([missing], rules);
    expect(blind.filter((uid) => less.rules.has(uid))).toEqual([]);
    expect(blind.length).toBeGreaterThan(0);
  });
});

test('by rule: nothing, less or as much', () => {
  const some = [bareRule('impossible_travel'), bareRule('nhi_egress'), bareRule('app_consent'), bareRule('new_network')];
  expect(sightWithout([], some)).toEqual({ blind: [], dim: [] });
  expect(sightWithout(['geo'], some)).toEqual({ blind: ['impossible-travel', 'new-network'], dim: ['nhi-egress'] });
  expect(sightWithout(['networks'], some)).toEqual({ blind: ['new-network'], dim: ['nhi-egress'] });
  expect(sightWithout(['geo'], [{ ...some[0]!, status: 'deprecated' }])).toEqual({ blind: [], dim: [] });
});

test('what a rule gives no points for it does not miss', () => {
  const none = { points_egress_country_new: 0, points_egress_abroad: 0, points_egress_unlisted_worldwide: 0 };
  expect(sightWithout(['geo'], [bareRule('nhi_egress', none)])).toEqual({ blind: [], dim: [] });
});
