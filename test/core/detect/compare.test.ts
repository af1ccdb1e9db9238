import { type CompareSettings, compare, moveBetween } from '../../../src/core/detect/compare.js';
import { FACTORS } from '../../../src/core/detect/factors.js';
import type { Endpoint, NetworkClass, UserAgent } from '../../../src/core/event/index.js';
import { NO_AGENT, type Traits } from '../../../src/core/state/print.js';
import { AGENTS, NO_TRAITS, PLACES } from '../../helpers/world.js';

const SETTINGS: CompareSettings = { points: (name) => FACTORS[name].points, speed_kmh: 900, distance_km: 500 };
const HOUR = 3_600_000;
const HOME = PLACES[0]!;
const EDGE = AGENTS[0]!;

interface Options {
  gap?: number | undefined;
  known?: (endpoint: Endpoint) => boolean;
  withClient?: boolean;
}

function names(before: Partial<Traits>, after: Partial<Traits>, options: Options = {}): string[] {
  const { gap, known = () => false, withClient = true } = options;
  return compare({ ...NO_TRAITS, ...before }, { ...NO_TRAITS, ...after }, gap, SETTINGS, known, withClient).factors.map((f) => f.name);
}

describe('place and network', () => {
  const to = (over: Partial<Endpoint>, from: Partial<Endpoint> = {}, options: Options = {}): string[] =>
    names(
      { endpoint: { ...HOME, ...from }, user_agent: EDGE },
      { endpoint: { ...HOME, prefix: '9.9.9', asn: 99, as_org: 'Other', ...over }, user_agent: EDGE },
      options,
    );

  test('another operator', () => {
    expect(to({})).toEqual(['network_changed']);
  });

  test.each<[string, Partial<Endpoint>]>([
    ['the same prefix', { prefix: HOME.prefix }],
    ['the same operator by number', { asn: HOME.asn }],
    ['the same operator by name', { as_org: HOME.as_org }],
  ])('%s is no change', (_name, over) => {
    expect(to(over)).toEqual([]);
  });

  test('the same operator in another country is a change of country only', () => {
    expect(to({ asn: HOME.asn, country: 'SE' })).toEqual(['country_changed']);
  });

  test('operators without a name or number are not the same', () => {
    expect(to({ as_org: undefined }, { as_org: undefined })).toEqual(['network_changed']);
    expect(to({ asn: undefined }, { asn: undefined })).toEqual([]);
    expect(to({ asn: undefined })).toEqual([]);
    expect(to({}, { asn: undefined })).toEqual([]);
  });

  test('two unknown operators are not one', () => {
    expect(to({ as_class: 'hosting', asn: undefined }, { asn: undefined })).toEqual(['network_hosting']);
  });

  test('the towns of one operator are no journey', () => {
    expect(to({ asn: HOME.asn, lat: 69.73, long: 30.05 }, {}, { gap: HOUR })).toEqual([]);
  });

  test('an unknown country is no change of country', () => {
    expect(to({ country: undefined })).toEqual(['network_changed']);
    expect(to({ country: 'SE' }, { country: undefined })).toEqual(['network_changed']);
    expect(to({ country: 'SE' })).toEqual(['network_changed', 'country_changed']);
  });

  test('what is unknown on either side proves nothing', () => {
    expect(names({ endpoint: HOME }, {})).toEqual([]);
    expect(names({}, { endpoint: HOME })).toEqual([]);
  });

  test("the person's or operator's own egress is no change, wherever it comes out", () => {
    expect(to({ country: 'SE' }, {}, { known: (endpoint) => endpoint.asn === 99 })).toEqual([]);
    expect(to({ country: 'SE' }, {}, { known: (endpoint) => endpoint.asn === HOME.asn })).toEqual(['network_changed', 'country_changed']);
  });

  test.each<[NetworkClass | undefined, string[]]>([
    ['hosting', ['network_rented_abroad', 'country_changed']],
    ['vpn', ['network_hosting']],
    ['tor', ['network_tor']],
    ['relay', []],
    ['satellite', ['network_changed']],
    ['sase', ['network_changed']],
    ['mobile', ['network_changed', 'country_changed']],
    ['education', ['network_changed', 'country_changed']],
    ['access', ['network_changed', 'country_changed']],
    [undefined, ['network_changed', 'country_changed']],
  ])('to a network abroad of class %s', (as_class, expected) => {
    expect(to({ as_class, country: 'SE' })).toEqual(expected);
  });

  test.each<[NetworkClass, string[]]>([
    ['vpn', ['network_changed']],
    ['tor', ['network_changed']],
    ['relay', []],
    ['satellite', ['network_changed']],
    ['sase', ['network_changed']],
    ['hosting', ['network_changed', 'country_changed']],
  ])('from a network abroad of class %s, whose place is nobody’s', (as_class, expected) => {
    expect(to({ country: 'SE' }, { as_class })).toEqual(expected);
  });

  test('from a relay to a server', () => {
    expect(to({ as_class: 'hosting' }, { as_class: 'relay' })).toEqual(['network_hosting']);
    expect(to({ as_class: 'tor' }, { as_class: 'relay' })).toEqual(['network_tor']);
  });

  test.each([13335, 20940, 36183, 54113])('AS%d runs relays, so that its place is nobody’s who may be behind one', (asn) => {
    const safari = { user_agent: AGENTS[3] };
    const edge = { user_agent: AGENTS[0] };
    const there = { ...HOME, asn, as_org: 'Relays', country: 'SE', prefix: '1.2.3' };
    const namesOf = (agent: object) => names({ endpoint: HOME, ...agent }, { endpoint: there, ...agent });
    expect(namesOf(safari)).toEqual(['network_changed']);
    expect(namesOf({})).toEqual(['network_changed']);
    expect(namesOf(edge)).toEqual(['network_changed', 'country_changed']);
    expect(moveBetween({ ...HOME, asn }, PLACES[4]!, HOUR, SETTINGS)).toBeUndefined();
  });

  test('a rented network without a number counts all the same', () => {
    expect(to({ as_class: 'hosting', asn: undefined })).toEqual(['network_hosting']);
  });

  test('both sides are named', () => {
    const { factors } = compare(
      { ...NO_TRAITS, endpoint: HOME },
      { ...NO_TRAITS, endpoint: PLACES[4]! },
      undefined,
      SETTINGS,
      () => false,
      true,
    );
    expect(factors.map(({ name, before, after, points }) => ({ name, before, after, points }))).toEqual([
      { name: 'network_changed', before: 'Telenor (AS2119), Oslo NO', after: 'Singtel (AS9506), Singapore SG', points: 20 },
      { name: 'country_changed', before: 'Telenor (AS2119), Oslo NO', after: 'Singtel (AS9506), Singapore SG', points: 30 },
    ]);
    expect(factors.map(({ text }) => text)).toEqual([
      'The network changed: Telenor (AS2119), Oslo NO before, Singtel (AS9506), Singapore SG now.',
      'The country changed: Oslo NO before, Singapore SG now.',
    ]);
  });
});

describe('phones between Wi-Fi and carrier', () => {
  const phone = (form_factor: UserAgent['form_factor']): UserAgent => ({ original: 'x', kind: 'browser', form_factor });
  const move = (from: NetworkClass, to: NetworkClass, after: Partial<Traits>, over: Partial<Endpoint> = {}): string[] =>
    names(
      { endpoint: { ...HOME, as_class: from }, user_agent: phone('mobile') },
      { endpoint: { ...HOME, prefix: '9.9.9', asn: 99, as_org: 'Other', as_class: to, ...over }, user_agent: phone('mobile'), ...after },
    );

  test('to the carrier, and back', () => {
    expect(move('access', 'mobile', {})).toEqual([]);
    expect(move('mobile', 'access', {})).toEqual([]);
    expect(move('mobile', 'mobile', {})).toEqual([]);
  });

  test('a tablet too', () => {
    expect(move('access', 'mobile', { user_agent: phone('tablet') })).toEqual([]);
  });

  test('a log that names no program is taken to be the same one', () => {
    expect(move('access', 'mobile', { user_agent: undefined })).toEqual([]);
  });

  test('a computer that claims the carrier', () => {
    expect(move('access', 'mobile', { user_agent: phone('desktop') })).toEqual(['network_changed']);
  });

  test('without a carrier on either side', () => {
    expect(move('access', 'access', {})).toEqual(['network_changed']);
  });

  test('abroad', () => {
    expect(move('mobile', 'access', {}, { country: 'SE' })).toEqual(['network_changed', 'country_changed']);
  });

  test('from the carrier to a server', () => {
    expect(move('mobile', 'hosting', {})).toEqual(['network_hosting']);
    expect(move('mobile', 'vpn', {})).toEqual(['network_hosting']);
    expect(move('mobile', 'tor', {})).toEqual(['network_tor']);
  });
});

describe('speed', () => {
  const OSLO = HOME;
  const north = (km: number): Endpoint => ({ ...HOME, prefix: '9.9.9', lat: HOME.lat! + km / 111.195 });

  test('is left out where no gap is given', () => {
    expect(names({ endpoint: OSLO }, { endpoint: PLACES[4]! })).not.toContain('in_session_speed');
    expect(names({ endpoint: OSLO }, { endpoint: PLACES[4]! }, { gap: HOUR })).toContain('in_session_speed');
  });

  test('counts above the limit only', () => {
    // 50 km of radius on both sides, two minutes of clock skew
    const gap = 58 * 60_000;
    expect(moveBetween(OSLO, north(1000), gap, SETTINGS)?.travel.speed_kmh).toBeUndefined();
    expect(moveBetween(OSLO, north(1001.5), gap, SETTINGS)?.travel.speed_kmh).toBe(902);
    expect(moveBetween(OSLO, north(1000), gap, { ...SETTINGS, speed_kmh: 899 })?.travel.speed_kmh).toBe(900);
  });

  test('counts from the least distance on', () => {
    expect(moveBetween(OSLO, north(599), 60_000, SETTINGS)).toBeUndefined();
    expect(moveBetween(OSLO, north(600), 60_000, SETTINGS)?.travel.distance_lower_bound_km).toBe(500);
  });

  test.each<NetworkClass>(['vpn', 'tor', 'relay', 'satellite', 'sase'])('proves nothing from or to a network of class %s', (as_class) => {
    expect(moveBetween(OSLO, { ...PLACES[4]!, as_class }, HOUR, SETTINGS)).toBeUndefined();
    expect(moveBetween({ ...OSLO, as_class }, PLACES[4]!, HOUR, SETTINGS)).toBeUndefined();
  });

  test('proves nothing without places', () => {
    expect(moveBetween(OSLO, { ...PLACES[4]!, lat: undefined }, HOUR, SETTINGS)).toBeUndefined();
  });

  test('counts between networks of no known class', () => {
    expect(moveBetween({ ...OSLO, as_class: undefined }, { ...PLACES[4]!, as_class: undefined }, HOUR, SETTINGS)).toBeDefined();
  });

  test('is told in words', () => {
    expect(moveBetween(OSLO, PLACES[4]!, HOUR / 2, SETTINGS)?.factor).toMatchObject({
      name: 'in_session_speed',
      points: 39,
      before: 'Telenor (AS2119), Oslo NO',
      after: 'Singtel (AS9506), Singapore SG',
      text: expect.stringMatching(/^The session moved at least 9\d{3} km from Oslo NO to Singapore SG in 30 min: 18\d{3} km\/h\.$/),
    });
  });
});

describe('device', () => {
  test.each<[string | undefined, string | undefined, string[]]>([
    ['d1', 'd1', ['same_device']],
    ['d1', 'd2', ['device_replaced']],
    ['d1', 'none', ['device_absent']],
    ['d1', undefined, []],
    [undefined, 'd1', []],
    ['none', 'd1', []],
    ['none', 'none', []],
  ])('%s, then %s', (had, has, expected) => {
    expect(names({ device_uid: had }, { device_uid: has })).toEqual(expected);
  });

  test('a program that names no device is no evidence against another one', () => {
    expect(names({ device_uid: 'd1' }, { device_uid: 'none' }, { withClient: false })).toEqual([]);
    expect(names({ device_uid: 'd1' }, { device_uid: 'd2' }, { withClient: false })).toEqual(['device_replaced']);
  });

  const on = (os: string | undefined, over: Partial<UserAgent> = {}): UserAgent => ({ original: 'x', kind: 'browser', os, ...over });

  test('another operating system', () => {
    expect(names({ user_agent: on('windows') }, { user_agent: on('macos') })).toEqual(['os_changed']);
    expect(names({ user_agent: on('windows') }, { user_agent: on('windows') })).toEqual([]);
    expect(names({ user_agent: on('windows') }, { user_agent: on(undefined) })).toEqual([]);
    expect(names({ user_agent: on(undefined) }, { user_agent: on('windows') })).toEqual([]);
  });

  test('as the vendor names it where the user agent does not', () => {
    expect(names({ device_os: 'windows' }, { device_os: 'macos' })).toEqual(['os_changed']);
    expect(names({ device_os: 'windows' }, { user_agent: on('macos'), device_os: 'windows' })).toEqual(['os_changed']);
    expect(names({ user_agent: on('windows'), device_os: 'macos' }, { device_os: 'windows' })).toEqual([]);
  });

  test('is evidence between two programs as well: one session lives on one machine', () => {
    expect(names({ device_os: 'windows' }, { device_os: 'macos' }, { withClient: false })).toEqual(['os_changed']);
  });

  test('one cookie under two systems is, even then', () => {
    const mac = { device_os: 'macos', cookie_uid: 'c1' };
    const windows = { device_os: 'windows', cookie_uid: 'c1' };
    expect(names(windows, mac)).toEqual(['cookie_two_systems', 'os_changed']);
    expect(names(windows, mac, { withClient: false })).toEqual(['cookie_two_systems', 'os_changed']);
    expect(names(windows, { ...mac, cookie_uid: 'c2' })).toEqual(['os_changed']);
    expect(names({ ...windows, cookie_uid: undefined }, { ...mac, cookie_uid: undefined })).toEqual(['os_changed']);
    expect(names(windows, { ...windows })).toEqual([]);
  });

  test.each<[UserAgent['form_factor'], UserAgent['form_factor'], boolean]>([
    ['desktop', 'mobile', true],
    ['tablet', 'desktop', true],
    ['mobile', 'tablet', false],
    ['desktop', 'server', false],
    ['server', 'mobile', false],
    ['desktop', undefined, false],
    [undefined, 'mobile', false],
  ])('from %s to %s', (was, is, changed) => {
    const found = names({ user_agent: on('windows', { form_factor: was }) }, { user_agent: on('linux', { form_factor: is }) });
    expect(found.includes('form_factor_changed')).toBe(changed);
  });

  test('a form factor without another system is a window size', () => {
    expect(
      names({ user_agent: on('windows', { form_factor: 'desktop' }) }, { user_agent: on('windows', { form_factor: 'tablet' }) }),
    ).toEqual([]);
  });

  describe('a tablet that asks for the desktop page', () => {
    const tablet = { endpoint: HOME, user_agent: on('ios', { family: 'safari', form_factor: 'tablet' }) };
    const desktop = { endpoint: HOME, user_agent: on('macos', { family: 'safari', form_factor: 'desktop' }) };

    test('in a log without addresses', () => {
      expect(names({ ...tablet, endpoint: undefined }, { ...desktop, endpoint: undefined })).toEqual([]);
      expect(names(tablet, { ...desktop, endpoint: undefined })).toEqual(['os_changed', 'form_factor_changed']);
      expect(names({ ...tablet, endpoint: undefined }, desktop)).toEqual(['os_changed', 'form_factor_changed']);
    });

    test('either way', () => {
      expect(names(tablet, desktop)).toEqual([]);
      expect(names(desktop, tablet)).toEqual([]);
    });

    test.each<[string, Partial<Traits>, Partial<Traits>]>([
      ['another browser after', tablet, { ...desktop, user_agent: on('macos', { family: 'chrome', form_factor: 'desktop' }) }],
      ['another browser before', { ...tablet, user_agent: on('ios', { family: 'chrome', form_factor: 'tablet' }) }, desktop],
      ['another address block', tablet, { ...desktop, endpoint: { ...HOME, prefix: '9.9.9' } }],
      ['another pair of systems', tablet, { ...desktop, user_agent: on('windows', { family: 'safari', form_factor: 'desktop' }) }],
      ['from a third system', { ...desktop, user_agent: on('windows', { family: 'safari', form_factor: 'desktop' }) }, tablet],
      ['to a third system', desktop, { ...desktop, user_agent: on('windows', { family: 'safari', form_factor: 'desktop' }) }],
      ['a system that only the vendor names', tablet, { endpoint: HOME, device_os: 'macos' }],
      ['systems that only the vendor names', { endpoint: HOME, device_os: 'ios' }, { endpoint: HOME, device_os: 'macos' }],
      ['from another pair of systems', { ...tablet, user_agent: on('android', { family: 'safari' }) }, desktop],
    ])('is none with %s', (_name, before, after) => {
      expect(names(before, after)).toContain('os_changed');
    });
  });
});

describe('client', () => {
  const browser = (family: string | undefined, major?: number, original = 'x'): UserAgent => ({ original, kind: 'browser', family, major });
  const library: UserAgent = { original: 'python-requests/2', kind: 'library', family: 'python-requests', major: 2 };
  const native: UserAgent = { original: 'Outlook', kind: 'native', family: 'outlook' };
  const of = (was: UserAgent | undefined, is: UserAgent | undefined, withClient = true): string[] =>
    names({ user_agent: was }, { user_agent: is }, { withClient });

  test('a library where something else spoke', () => {
    expect(of(browser('edge'), library)).toEqual(['library_client']);
    expect(of(native, library)).toEqual(['library_client']);
    expect(of(library, { ...library, family: 'curl' })).toEqual([]);
    expect(of(library, browser('edge'))).toEqual([]);
  });

  test('and what it was', () => {
    const text = (was: UserAgent) =>
      compare({ ...NO_TRAITS, user_agent: was }, { ...NO_TRAITS, user_agent: library }, undefined, SETTINGS, () => false, true).factors[0]
        ?.text;
    expect(text(browser('edge', 140))).toBe('A programming library speaks where a browser did: edge 140 before, python-requests 2 now.');
    expect(text(native)).toBe('A programming library speaks where a product did: outlook before, python-requests 2 now.');
  });

  test('another browser', () => {
    expect(of(browser('edge'), browser('firefox'))).toEqual(['browser_changed']);
    expect(of(browser('edge'), browser('edge'))).toEqual([]);
    expect(of(browser('edge'), browser('edge-webview'))).toEqual([]);
    expect(of(browser('edge'), browser(undefined))).toEqual([]);
    expect(of(browser(undefined), browser('edge'))).toEqual([]);
    expect(of(native, browser('edge'))).toEqual([]);
    expect(of(browser('edge'), native)).toEqual([]);
  });

  test('a program that nobody knows where a browser was, whatever it calls itself', () => {
    const unknown: UserAgent = { ...library, kind: 'unknown', family: 'oai-operator' };
    expect(of(browser('edge'), unknown)).toEqual(['program_changed']);
    expect(of(browser(undefined), { ...unknown, family: undefined })).toEqual(['program_changed']);
    expect(of(native, unknown)).toEqual([]);
    expect(of(unknown, browser('edge'))).toEqual([]);
    expect(of(browser('edge'), unknown, false)).toEqual([]);
  });

  test('an older version; one back is a staged roll-out', () => {
    expect(of(browser('edge', 140), browser('edge', 141))).toEqual([]);
    expect(of(browser('edge', 140), browser('edge', 139))).toEqual([]);
    expect(of(browser('edge', 140), browser('edge', 138))).toEqual(['version_backwards']);
    expect(of(browser('edge', 140), browser('edge'))).toEqual([]);
    expect(of(browser('edge'), browser('edge', 1))).toEqual([]);
  });

  test('nothing between two programs, or with a program unknown', () => {
    expect(of(browser('edge'), browser('firefox'), false)).toEqual([]);
    expect(of(undefined, library)).toEqual([]);
    expect(of(browser('edge'), undefined)).toEqual([]);
  });

  test('one back together with another system is a staged roll-out all the same', () => {
    expect(of({ ...browser('edge', 141), os: 'windows' }, { ...browser('edge', 140), os: 'macos' })).toEqual(['os_changed']);
  });

  test('no user agent after none', () => {
    expect(of(browser('edge'), NO_AGENT)).toEqual(['client_absent']);
    expect(of(NO_AGENT, NO_AGENT)).toEqual([]);
  });

  test('the same user agent with another TLS fingerprint', () => {
    const tls = (was: string | undefined, is: string | undefined, original = 'x') =>
      names({ user_agent: browser('edge'), ja4: was }, { user_agent: browser('edge', undefined, original), ja4: is });
    expect(tls('a', 'b')).toEqual(['tls_changed']);
    expect(tls('a', 'a')).toEqual([]);
    expect(tls('a', 'b', 'another text')).toEqual([]);
    expect(tls(undefined, 'b')).toEqual([]);
    expect(tls('a', undefined)).toEqual([]);
  });
});

test('every difference is told with both sides, in a sentence', () => {
  const agent = (family: string, major: number, os: string, form_factor: UserAgent['form_factor']): UserAgent => ({
    original: family,
    kind: 'browser',
    family,
    major,
    os,
    form_factor,
  });
  const told = (before: Partial<Traits>, after: Partial<Traits>) =>
    compare({ ...NO_TRAITS, ...before }, { ...NO_TRAITS, ...after }, undefined, SETTINGS, () => false, true).factors.map(
      ({ name, before: was, after: is, text }) => [name, was, is, text],
    );
  const edge = agent('edge', 140, 'windows', 'desktop');
  const rented = { ...HOME, prefix: '9.9.9', asn: 99, as_org: 'Other', as_class: 'hosting' } as const;
  expect(told({ endpoint: HOME }, { endpoint: rented })).toEqual([
    [
      'network_hosting',
      'Telenor (AS2119), Oslo NO',
      'Other (AS99), hosting, Oslo NO',
      'The network changed to one for rent: Telenor (AS2119), Oslo NO before, Other (AS99), hosting, Oslo NO now.',
    ],
  ]);
  expect(told({ endpoint: HOME }, { endpoint: { ...rented, as_class: 'tor' } })[0]?.[3]).toBe(
    'The network changed to a Tor exit: Telenor (AS2119), Oslo NO before, Other (AS99), tor, Oslo NO now.',
  );
  expect(told({ device_uid: 'd1' }, { device_uid: 'none' })).toEqual([
    ['device_absent', 'd1', 'none', 'The session had the registered device d1; this use of it has none.'],
  ]);
  expect(told({ device_uid: 'd1' }, { device_uid: 'd2' })).toEqual([['device_replaced', 'd1', 'd2', 'Another device: d1 before, d2 now.']]);
  expect(told({ device_uid: 'd1' }, { device_uid: 'd1' })).toEqual([
    ['same_device', 'd1', 'd1', 'The same device d1, observed by the provider itself.'],
  ]);
  const phone = { user_agent: agent('chrome', 140, 'android', 'mobile'), cookie_uid: 'c1' };
  expect(told({ user_agent: edge, cookie_uid: 'c1' }, phone)).toEqual([
    ['cookie_two_systems', 'windows', 'android', 'One device cookie under two operating systems: windows and android.'],
    ['os_changed', 'windows', 'android', 'Another operating system: windows before, android now.'],
    ['form_factor_changed', 'desktop', 'mobile', 'From desktop to mobile.'],
    [
      'browser_changed',
      'edge 140 on windows',
      'chrome 140 on android',
      'Another browser: edge 140 on windows before, chrome 140 on android now.',
    ],
  ]);
  expect(told({ user_agent: edge }, { user_agent: NO_AGENT })[0]?.[3]).toBe(
    'No user agent in a log that always names one: edge 140 on windows before.',
  );
  expect(told({ user_agent: edge }, { user_agent: agent('edge', 138, 'windows', 'desktop') })[0]?.[3]).toBe(
    'The browser became older: edge 140 on windows before, edge 138 on windows now.',
  );
  expect(told({ user_agent: edge, ja4: 'a' }, { user_agent: edge, ja4: 'b' })).toEqual([
    ['tls_changed', 'a', 'b', 'The same user agent with another TLS fingerprint.'],
  ]);
});
