import type { Dimension, Factor } from '../event/index.js';
import { numberOf, type ParameterSpec, type Parameters } from './parameters.js';

/** A named reason for points. Within a dimension the largest counts, across dimensions they add. */
export interface FactorSpec {
  dimension: Dimension;
  points: number;
  doc: string;
  /** data on addresses without which it is never found, but for what the vendor asserts of an address and what lists of prefixes say */
  needs?: readonly AddressData[];
}

/** Data that an installation may be without: where addresses are, and whose networks they belong to. Named as in the configuration and the events. */
export const ADDRESS_DATA = ['geo', 'networks'] as const;
export type AddressData = (typeof ADDRESS_DATA)[number];

/** Every factor of every detector with its starting points: the table that docs/detection.md prints. */
export const FACTORS = {
  network_changed: {
    dimension: 'place_network',
    points: 20,
    doc: 'another network operator than the session is known from',
    needs: ['networks'],
  },
  network_hosting: {
    dimension: 'place_network',
    points: 25,
    doc: 'the new network rents out servers or hides its users (hosting, VPN)',
    needs: ['networks'],
  },
  network_rented_abroad: {
    dimension: 'place_network',
    points: 38,
    doc: 'the new network rents out servers, in another country than the session is known from',
    needs: ['geo', 'networks'],
  },
  network_tor: { dimension: 'place_network', points: 38, doc: 'the new network is a Tor exit' },
  country_changed: { dimension: 'place_network', points: 30, doc: 'another country than the session is known from', needs: ['geo'] },
  in_session_speed: { dimension: 'place_network', points: 39, doc: 'the session moved faster than a person can', needs: ['geo'] },
  device_replaced: { dimension: 'device', points: 40, doc: 'another observed device id' },
  device_absent: { dimension: 'device', points: 30, doc: 'the session had a registered device, this use of it has none' },
  device_shared: { dimension: 'device', points: 40, doc: 'one device id alternates on two networks with two clients' },
  cookie_two_systems: { dimension: 'device', points: 40, doc: 'one device cookie under two operating systems' },
  os_changed: { dimension: 'device', points: 35, doc: 'another operating system family' },
  form_factor_changed: { dimension: 'device', points: 30, doc: 'phone became computer or the other way round' },
  same_device: { dimension: 'device', points: -25, doc: 'the same device id, observed at the sign-in' },
  library_client: { dimension: 'client', points: 40, doc: 'a programming library where a browser or product spoke' },
  client_absent: { dimension: 'client', points: 25, doc: 'no user agent in a log that always names one' },
  library_new_lane: { dimension: 'client', points: 30, doc: 'a programming library in a session of a person who uses none' },
  uncommon_client: { dimension: 'client', points: 25, doc: 'an administrative OAuth client that this person never used' },
  program_changed: { dimension: 'client', points: 30, doc: 'a program that nobody knows where a browser spoke' },
  browser_changed: { dimension: 'client', points: 25, doc: 'another browser family' },
  version_backwards: { dimension: 'client', points: 20, doc: 'an older version of the same browser' },
  tls_changed: { dimension: 'client', points: 30, doc: 'the same user agent with another TLS fingerprint' },
  alternation: { dimension: 'sequence', points: 40, doc: 'two different clients take turns in one session' },
  alternation_same_client: {
    dimension: 'sequence',
    points: 15,
    doc: 'two networks of people, not of servers or VPNs, take turns with clients that look alike',
  },
  networks_in_an_hour: { dimension: 'sequence', points: 35, doc: 'many networks within an hour', needs: ['networks'] },
  resumed: { dimension: 'sequence', points: 14, doc: 'taken up from a rented server after hours of rest', needs: ['networks'] },
  sensitive_act: { dimension: 'sequence', points: 20, doc: 'the newcomer did what thieves do first' },
  same_token: { dimension: 'token', points: 45, doc: 'one token id back and forth between two different programs, or in two countries' },
  same_token_overlap: {
    dimension: 'token',
    points: 25,
    doc: 'one token id here, there and here again within minutes, with programs that look alike',
  },
  same_token_moved: { dimension: 'token', points: 10, doc: 'one token id moved to another network' },
  compliant_device: {
    dimension: 'device',
    points: -25,
    doc: "the device meets the organisation's rules, as the provider saw it",
  },
  bound_token: { dimension: 'token', points: -20, doc: 'the sign-in was bound to its device by a key' },
  used_after_revocation: { dimension: 'credential', points: 65, doc: 'used after an administrator or policy revoked it' },
  used_after_sign_out: { dimension: 'credential', points: 40, doc: 'used after its person signed out' },
  outlived_recovery: { dimension: 'credential', points: 30, doc: 'older than a recovery by the help desk and still alive' },
  outlived_reset: { dimension: 'credential', points: 25, doc: 'older than a reset of password or factor by somebody else and still alive' },
  outlived_change: { dimension: 'credential', points: 20, doc: "older than the person's own change of password or factor and still alive" },
  outlived_key: { dimension: 'credential', points: 45, doc: 'made with a key that was deleted or switched off, and still alive' },
  impossible_travel: {
    dimension: 'place_network',
    points: 39,
    doc: 'further apart than anybody travels in the time between',
    needs: ['geo'],
  },
  parallel_presence: {
    dimension: 'sequence',
    points: 20,
    doc: 'there and here again, where nobody could have been at both',
    needs: ['geo'],
  },
  country_new: { dimension: 'place_network', points: 30, doc: 'a country that the person is not used to be in', needs: ['geo'] },
  network_new: { dimension: 'place_network', points: 15, doc: 'a network operator that the person is not used to', needs: ['networks'] },
  device_new: { dimension: 'device', points: 20, doc: 'an observed device that the person is not used to, while they have others' },
  program_new: { dimension: 'client', points: 15, doc: 'a program, or a system under it, that the person is not used to' },
  act: {
    dimension: 'sequence',
    points: 39,
    doc: 'what thieves do with an account or a credential; docs/acts.md gives the points of each act',
  },
  by_stranger: { dimension: 'credential', points: 45, doc: 'by somebody whom a rule holds for a stranger' },
  in_stolen_session: {
    dimension: 'credential',
    points: 30,
    doc: 'where a stranger is about, by a log that does not say from where: in the session that they use, or in none that is named',
  },
  privileged: { dimension: 'credential', points: 25, doc: 'in a session with which somebody administers' },
  posture_lost: { dimension: 'device', points: 30, doc: "the device no longer meets the organisation's rules" },
  app_campaign: { dimension: 'sequence', points: 40, doc: 'many people let one new app in within days' },
  app_reaches_far: {
    dimension: 'credential',
    points: 30,
    doc: 'an app may reach mail, files, conversations, code or the directory while nobody is there',
  },
  app_unverified: { dimension: 'client', points: 15, doc: 'the vendor says that nobody has looked at the app or its publisher' },
  matched: { dimension: 'sequence', points: 40, doc: 'an event that the rule describes; the points are its `score`' },
  counted: {
    dimension: 'sequence',
    points: 40,
    doc: 'as many events as the rule asks for, within its timespan; the points are its `score`',
  },
  in_sequence: { dimension: 'sequence', points: 40, doc: 'events in the order that the rule describes; the points are its `score`' },
  network_vpn: { dimension: 'place_network', points: 15, doc: 'a VPN or proxy, of a person who is not used to any', needs: ['networks'] },
  vendor_low: { dimension: 'credential', points: 15, doc: 'a low risk in the eyes of the vendor, or one of unknown height' },
  vendor_medium: { dimension: 'credential', points: 30, doc: 'a medium risk in the eyes of the vendor' },
  vendor_high: { dimension: 'credential', points: 50, doc: 'a high risk in the eyes of the vendor' },
  vendor_confirmed: { dimension: 'credential', points: 70, doc: 'no guess: somebody confirmed it, or the vendor saw a token used twice' },
  held_for_stranger: { dimension: 'sequence', points: 35, doc: "another rule holds the act for somebody else's" },
  accustomed: { dimension: 'place_network', points: -25, doc: 'from a network, in a country and on a device that the person is used to' },
  device_missing: { dimension: 'device', points: 19, doc: "no device id, though nearly all of the person's sign-ins have one" },
  cookie_new: {
    dimension: 'device',
    points: 15,
    doc: "a browser that the provider does not know of the person, though nearly all of the person's sign-ins come from known ones",
  },
  library_sign_in: { dimension: 'client', points: 40, doc: 'a programming library signs in where a person should' },
  active_elsewhere: {
    dimension: 'sequence',
    points: 25,
    doc: 'the person is at another device of theirs, on another network, at the time',
  },
  portal_first: { dimension: 'sequence', points: 10, doc: 'through the portal or the broker, from a network for rent or by a library' },
  factor_missing: { dimension: 'credential', points: 20, doc: 'one factor only, though nearly all of their sign-ins have two' },
  kept_signed_in: { dimension: 'credential', points: 5, doc: 'asked to be kept signed in, which the person never did' },
  device_code_first: { dimension: 'credential', points: 40, doc: 'by a device code, which the person never used' },
  after_recovery: {
    dimension: 'credential',
    points: 15,
    doc: "after somebody else reset the person's password or factors, or gave them a temporary pass",
  },
  resetter_network: { dimension: 'place_network', points: 35, doc: 'from the address block of whoever did the reset' },
  resetter_device: { dimension: 'device', points: 45, doc: 'on the device, or in the browser, of whoever did the reset' },
  egress_new: { dimension: 'place_network', points: 25, doc: 'a network operator that the credential was never used from' },
  egress_prefix_new: {
    dimension: 'place_network',
    points: 10,
    doc: 'an address block that the credential was never used from, which is used from few',
    needs: ['networks'],
  },
  egress_of_people: {
    dimension: 'credential',
    points: 45,
    doc: 'from a network of people, where the credential was only ever used in data centres',
    needs: ['networks'],
  },
  egress_hidden: {
    dimension: 'credential',
    points: 30,
    doc: 'over a VPN or Tor, where the credential was only ever used in data centres, or over a VPN for the first time and in a new country',
    needs: ['networks'],
  },
  egress_unlisted: {
    dimension: 'credential',
    points: 14,
    doc: 'from a network that is in no list, where the credential was only ever used in data centres',
    needs: ['networks'],
  },
  egress_unlisted_wide: {
    dimension: 'credential',
    points: 36,
    doc: 'the same of a credential that was used from very many address blocks, all of data centres',
    needs: ['networks'],
  },
  egress_unlisted_worldwide: {
    dimension: 'credential',
    points: 41,
    doc: 'the same of one that was used in twelve countries and more: in which it never was, nobody can say',
    needs: ['geo', 'networks'],
  },
  egress_country_new: {
    dimension: 'place_network',
    points: 30,
    doc: 'the network that is in no list is in a country in which the credential was never used',
    needs: ['geo', 'networks'],
  },
  egress_abroad: {
    dimension: 'place_network',
    points: 36,
    doc: 'another network operator, in a country in which neither the credential, which is used on networks of people, nor its person ever was',
    needs: ['geo', 'networks'],
  },
  instance_elsewhere: {
    dimension: 'credential',
    points: 40,
    doc: "the role of an instance of EC2 in no network of Amazon's, where it was used before: instances cannot move there",
    needs: ['networks'],
  },
  instance_unlisted: {
    dimension: 'credential',
    points: 20,
    doc: "the same in a network that is in no list: it may be a gateway of the organisation's, through which its instances' traffic is led",
    needs: ['networks'],
  },
  client_new: { dimension: 'client', points: 30, doc: 'a family of programs that the credential was never used with' },
  machine_in_browser: { dimension: 'client', points: 45, doc: "a browser, with a machine's credential or one that only programs show" },
  egress_fan_out: {
    dimension: 'sequence',
    points: 39,
    doc: 'one credential from very many address blocks within an hour, of networks that it was never used from',
  },
  many_repositories: {
    dimension: 'sequence',
    points: 30,
    doc: 'many different repositories are cloned or downloaded within an hour, from a network or with a program that is new to the credential',
  },
  used_after_expiry: { dimension: 'token', points: 45, doc: 'used after it should have expired' },
  key_came_back: { dimension: 'credential', points: 40, doc: 'in use again, long after it was switched off' },
  used_after_key_end: { dimension: 'credential', points: 65, doc: 'used after it was deleted or switched off' },
  undeclared_egress: {
    dimension: 'place_network',
    points: 45,
    doc: 'from outside of where the operator declares that the agent or partner comes from',
  },
  undeclared_tool: { dimension: 'sequence', points: 40, doc: 'an act that is not among those declared for the agent' },
  undeclared_power: {
    dimension: 'sequence',
    points: 65,
    doc: 'an act that changes rights, settings or credentials, and is not among those declared for the agent',
  },
  undeclared_resource: { dimension: 'sequence', points: 40, doc: 'an act on something that is not declared for the agent' },
  undeclared_hours: { dimension: 'sequence', points: 25, doc: 'an act outside of the hours declared for the agent' },
  undeclared_person: { dimension: 'credential', points: 40, doc: 'on behalf of somebody for whom the agent is not declared to act' },
  undeclared_agent: { dimension: 'credential', points: 20, doc: 'an agent acts on behalf of somebody and is not declared' },
  partner_administers: { dimension: 'credential', points: 25, doc: 'somebody administers for a partner' },
  no_sign_on: {
    dimension: 'credential',
    points: 45,
    doc: "a session where single sign-on is enforced, without the person at their identity provider before it, though the provider's log was alive",
  },
  token_renewed: { dimension: 'token', points: 20, doc: 'the provider issued a new token in it after the end' },
} as const satisfies Record<string, FactorSpec>;

export type FactorName = keyof typeof FACTORS;

/** Parameters `points_<factor>` for the factors that a detector uses. */
export function pointParameters(names: readonly FactorName[]): Record<string, ParameterSpec> {
  const specs: Record<string, ParameterSpec> = {};
  for (const name of names) {
    const { points, doc } = FACTORS[name];
    specs[`points_${name}`] = { kind: 'points', default: points, min: -100, max: 100, doc: `points when ${doc}` };
  }
  return specs;
}

const POINTS = 'points_';

/** The points of each factor as a rule's parameters give them, read once: rules ask for them at every event. */
export function readPoints(parameters: Parameters): (name: FactorName) => number {
  const points: Partial<Record<FactorName, number>> = {};
  for (const name of Object.keys(parameters)) {
    if (name.startsWith(POINTS)) points[name.slice(POINTS.length) as FactorName] = numberOf(parameters, name);
  }
  return (name) => {
    const found = points[name];
    if (found === undefined) throw new Error(`no parameter gives points for ${name}`);
    return found;
  };
}

export function factor(name: FactorName, points: number, text: string, before?: string, after?: string): Factor {
  return { name, dimension: FACTORS[name].dimension, points, before, after, text };
}

/** The most that one dimension alone can reach: the highest low score. */
export const ONE_DIMENSION_MAX = 39;

/**
 * Score 0-100 of a set of factors: the largest of each dimension, added; what takes points away is subtracted after that.
 * @param needsTwo a score of medium and above needs two dimensions (not for evidence that is certain by itself)
 */
export function scoreOf(factors: readonly Factor[], needsTwo: boolean): number {
  const best = new Map<Dimension, number>();
  let relief = 0;
  for (const { dimension, points } of factors) {
    if (points < 0) relief = Math.min(relief, points);
    else if (points > (best.get(dimension) ?? 0)) best.set(dimension, points);
  }
  let sum = relief;
  for (const points of best.values()) sum += points;
  if (needsTwo && best.size < 2) sum = Math.min(sum, ONE_DIMENSION_MAX);
  return Math.max(0, Math.min(100, Math.round(sum)));
}
