import fc from 'fast-check';
import { levelOf, rankOf } from '../../../src/core/detect/levels.js';
import {
  createSuppressor,
  createWouldHide,
  ENDS,
  isInForce,
  mayHideHigh,
  type SuppressionEntry,
  wasInForce,
} from '../../../src/core/detect/suppress.js';
import { type Endpoint, type Evidence, type Finding, LEVEL } from '../../../src/core/event/index.js';
import { runs } from '../../helpers/runs.js';
import { PLACES } from '../../helpers/world.js';
import { aFinding } from '../../output/a-finding.js';

const TIME = aFinding().last_seen_time;
const DAY = 86_400_000;

function anEntry(over: Partial<SuppressionEntry> = {}): SuppressionEntry {
  return {
    id: 'guest',
    owner: 'netops',
    reason: 'one Wi-Fi, two lines',
    from: TIME - DAY,
    expires: TIME + DAY,
    max_level: 'medium',
    ends: 'both',
    types: ['session_reuse'],
    ...over,
  };
}

const [OSLO, BERGEN, , AMSTERDAM, SINGAPORE, MALMO] = PLACES as [Endpoint, Endpoint, Endpoint, Endpoint, Endpoint, Endpoint];
const NOWHERE = undefined;

function event(role: Evidence['role'], src_endpoint: Endpoint | undefined, over: Partial<Evidence> = {}): Evidence {
  return {
    event_uid: `e-${role}`,
    role,
    time: TIME,
    vendor: 'entra',
    action: 'a',
    src_endpoint,
    ...(role === 'context' ? { of: 'e-trigger' } : {}),
    ...over,
  };
}

/** A finding of two ends. */
function between(baseline: Endpoint | undefined, trigger: Endpoint | undefined, more: readonly Evidence[] = []): Finding {
  return aFinding({ level: 'medium', evidence: [event('baseline', baseline), ...more, event('trigger', trigger)] });
}

const hides = (entry: Partial<SuppressionEntry>, finding: Finding, nameOfClient?: (uid: string) => string | undefined) =>
  createSuppressor([anEntry(entry)], nameOfClient)(finding).status === 'suppressed';

describe('what is hidden', () => {
  test('says by what, whose it is, why and until when', () => {
    const finding = between(OSLO, BERGEN);
    expect(createSuppressor([anEntry({ countries: ['NO'] })])(finding)).toEqual({
      ...finding,
      status: 'suppressed',
      suppressed: { by: 'guest', owner: 'netops', reason: 'one Wi-Fi, two lines', until_time: TIME + DAY, hides_high: false },
    });
  });

  test('is the same finding when nothing hides it', () => {
    const finding = between(OSLO, AMSTERDAM);
    expect(createSuppressor([])(finding)).toBe(finding);
    expect(createSuppressor([anEntry({ countries: ['NO'] })])(finding)).toBe(finding);
  });

  test('the first entry is named', () => {
    const entries = ['a', 'b', 'c'].map((id) => anEntry({ id, countries: id === 'a' ? ['NL'] : ['NO'] }));
    expect(createSuppressor(entries)(between(OSLO, BERGEN)).suppressed?.by).toBe('b');
  });

  test.each(['retracted', 'closed', 'suppressed'] as const)('%s stays so', (status) => {
    const finding = { ...between(OSLO, BERGEN), status };
    expect(createSuppressor([anEntry({ countries: ['NO'] })])(finding)).toBe(finding);
  });
});

describe('when', () => {
  // known an hour after it happened
  const late = { ...between(OSLO, BERGEN), lateness_ms: 3_600_000 };
  const arrival = TIME + 3_600_000;

  test.each([
    [{ from: arrival }, true],
    [{ from: arrival + 1 }, false],
    [{ expires: arrival + 1 }, true],
    [{ expires: arrival }, false],
  ])('it arrives counts: %j', (period, isHidden) => {
    expect(hides({ countries: ['NO'], ...period }, late)).toBe(isHidden);
    expect(isInForce(anEntry(period), arrival)).toBe(isHidden);
  });

  test('an entry was in force at some time between two', () => {
    const entry = anEntry({ from: 10, expires: 20 });
    expect(
      [
        [0, 9],
        [0, 10],
        [12, 13],
        [19, 30],
        [20, 30],
      ].map(([first, last]) => wasInForce(entry, first!, last!)),
    ).toEqual([false, true, true, true, false]);
  });
});

describe('level', () => {
  test.each(LEVEL.flatMap((max_level) => LEVEL.map((level) => [max_level, level] as const)))('up to %s: %s', (max_level, level) => {
    const finding = { ...between(OSLO, BERGEN), level };
    const entry = anEntry({ countries: ['NO'], max_level });
    const after = createSuppressor([entry])(finding);
    const isHidden = rankOf(level) <= rankOf(max_level);
    expect(after.status).toBe(isHidden ? 'suppressed' : 'new');
    expect(after.suppressed?.hides_high).toBe(isHidden ? level === 'high' || level === 'critical' : undefined);
    expect(createWouldHide([entry])(finding)).toEqual(isHidden ? [] : [entry]);
    expect(mayHideHigh(entry)).toBe(max_level === 'high' || max_level === 'critical');
  });

  test('an entry would hide only what it means, and what is in sight', () => {
    const entry = anEntry({ countries: ['NO'], max_level: 'low' });
    const of = createWouldHide([entry]);
    expect(of(between(OSLO, AMSTERDAM))).toEqual([]);
    expect(of({ ...between(OSLO, BERGEN), status: 'retracted' })).toEqual([]);
    expect(of({ ...between(OSLO, BERGEN), lateness_ms: 2 * DAY })).toEqual([]);
  });
});

test('of which rule, type and tenant', () => {
  const finding = between(OSLO, BERGEN);
  const where = { countries: ['NO'] };
  expect(hides({ ...where, rules: ['session-reuse'] }, finding)).toBe(true);
  expect(hides({ ...where, rules: ['other'] }, finding)).toBe(false);
  expect(hides({ ...where, types: ['token_reuse', 'session_reuse'] }, finding)).toBe(true);
  expect(hides({ ...where, types: ['token_reuse'] }, finding)).toBe(false);
  expect(hides({ ...where, tenant: 'default' }, finding)).toBe(true);
  expect(hides({ ...where, tenant: 'blue' }, finding)).toBe(false);
});

describe('of whom', () => {
  const ana = between(OSLO, BERGEN);
  const machine = { ...ana, principal: { key: 'default/okta:acme:0oa1', type: 'service' as const } };

  test.each([
    ['default/ana@example.com', true],
    ['DEFAULT/Ana@Example.com', true],
    ['ana@example.com', true],
    ['*@example.com', true],
    ['*@Example.com', true],
    ['blue/ana@example.com', false],
    ['na@example.com', false],
    ['*@ample.com', false],
    ['*@sub.example.com', false],
  ])('%s', (word, isMeant) => {
    expect(hides({ principal: [word] }, ana)).toBe(isMeant);
    expect(hides({ principal: ['bo@example.org', word] }, ana)).toBe(isMeant);
  });

  test('by the address in the key when the record gave none, and a machine by its key', () => {
    expect(hides({ principal: ['*@example.com'] }, { ...ana, principal: { key: 'default/ana@example.com', type: 'human' } })).toBe(true);
    expect(hides({ principal: ['*@example.com'] }, { ...ana, principal: { ...ana.principal, key: 'default/entra:1' } })).toBe(true);
    expect(hides({ principal: ['default/okta:acme:0oa1'] }, machine)).toBe(true);
    expect(hides({ principal: ['*@example.com'] }, machine)).toBe(false);
  });
});

describe('through which app', () => {
  const through = (trigger: string | undefined, ...acts: (string | undefined)[]) =>
    aFinding({
      level: 'medium',
      evidence: [
        event('baseline', OSLO, { client_uid: 'another' }),
        ...acts.map((client_uid) => event('context', OSLO, { client_uid })),
        event('trigger', OSLO, { client_uid: trigger }),
      ],
    });
  const names = (uid: string) => (uid === 'C1' ? 'Backup Tool' : undefined);

  test('all that is held against somebody', () => {
    expect(hides({ app: ['c1'] }, through('C1'))).toBe(true);
    expect(hides({ app: ['c1', 'c2'] }, through('c1', 'c2'))).toBe(true);
    expect(hides({ app: ['c1'] }, through('c1', 'c2'))).toBe(false);
    expect(hides({ app: ['c1'] }, through('c1', undefined))).toBe(false);
    expect(hides({ app: ['c1'] }, through(undefined))).toBe(false);
  });

  test('of two uses before one may be the stranger’s', () => {
    const back = (before: string) => {
      const finding = through('c1');
      return { ...finding, evidence: [event('baseline', AMSTERDAM, { client_uid: before }), ...finding.evidence] };
    };
    expect(hides({ app: ['c1'] }, back('c1'))).toBe(false);
    expect(hides({ app: ['c1', 'another'] }, back('c1'))).toBe(true);
    expect(hides({ app: ['c1', 'another'] }, back('c2'))).toBe(false);
    const ended = through('c1');
    expect(hides({ app: ['c1'] }, { ...ended, evidence: [event('baseline', NOWHERE), ...ended.evidence] })).toBe(true);
  });

  test('by its published name', () => {
    expect(hides({ app: ['backup tool'] }, through('C1'), names)).toBe(true);
    expect(hides({ app: ['backup tool'] }, through('c2'), names)).toBe(false);
    expect(hides({ app: [''] }, through('c2'), names)).toBe(false);
  });
});

describe('where', () => {
  test.each<[string, Partial<SuppressionEntry>, boolean]>([
    ['a range of addresses', { cidr: ['84.208.0.0/16'] }, true],
    ['one of several', { cidr: ['10.0.0.0/8', '84.208.20.0/24', '84.208.99.7'] }, true],
    ['a range for one of them', { cidr: ['84.208.20.0/24'] }, false],
    ['a range of the other family', { cidr: ['2001:db8::/32'] }, false],
    ['a network', { asn: [2119] }, true],
    ['another network', { asn: [2120] }, false],
    ['a network by name', { network: ['TELENOR'] }, true],
    ['part of a name', { network: ['Tele'] }, false],
    ['a class', { network_class: ['mobile', 'access'] }, true],
    ['another class', { network_class: ['mobile'] }, false],
    ['a country', { countries: ['NO'] }, true],
    ['another country', { countries: ['SE'] }, false],
    ['all of them', { cidr: ['84.208.0.0/16'], asn: [2119], network: ['Telenor'], network_class: ['access'], countries: ['NO'] }, true],
    ['all but one', { cidr: ['84.208.0.0/16'], asn: [2119], network: ['Telenor'], network_class: ['vpn'], countries: ['NO'] }, false],
  ])('%s', (_, entry, isThere) => {
    expect(hides(entry, between(OSLO, BERGEN))).toBe(isThere);
  });

  test('a pair of countries, in either direction', () => {
    const pair = { countries: ['NO', 'SE'] };
    expect(hides(pair, between(OSLO, MALMO))).toBe(true);
    expect(hides(pair, between(MALMO, OSLO))).toBe(true);
    expect(hides(pair, between(MALMO, SINGAPORE))).toBe(false);
  });

  test('what is said of places has to hold of the same address', () => {
    // one is in Norway, the other is Mullvad
    expect(hides({ countries: ['NO'], network: ['Mullvad'], ends: 'one' }, between(OSLO, MALMO))).toBe(false);
  });

  test('an address without what is asked for is not there', () => {
    const bare: Endpoint = { class: 'hostname', hostname: 'gate.example.com' };
    const all = [{ cidr: ['0.0.0.0/0'] }, { asn: [1] }, { network: ['x'] }, { network_class: ['access'] as const }, { countries: ['NO'] }];
    for (const entry of all) expect(hides(entry, between(bare, bare))).toBe(false);
  });
});

describe('which ends', () => {
  const at = { countries: ['NO'] };
  const table: [string, Finding, { both: boolean; trigger: boolean; one: boolean }][] = [
    ['both there', between(OSLO, BERGEN), { both: true, trigger: true, one: true }],
    ['what came is there', between(AMSTERDAM, OSLO), { both: false, trigger: true, one: true }],
    ['what was known is there', between(OSLO, AMSTERDAM), { both: false, trigger: false, one: true }],
    ['neither', between(SINGAPORE, AMSTERDAM), { both: false, trigger: false, one: false }],
    ['what was known is nowhere', between(NOWHERE, OSLO), { both: false, trigger: true, one: true }],
    ['what came is nowhere', between(OSLO, NOWHERE), { both: false, trigger: false, one: true }],
    ['both nowhere', between(NOWHERE, NOWHERE), { both: false, trigger: false, one: false }],
    ['an act of the newcomer elsewhere', between(OSLO, BERGEN, [event('context', AMSTERDAM)]), { both: false, trigger: false, one: true }],
    ['an act of the newcomer nowhere', between(OSLO, BERGEN, [event('context', NOWHERE)]), { both: false, trigger: false, one: true }],
    ['an act of the newcomer there', between(OSLO, BERGEN, [event('context', OSLO)]), { both: true, trigger: true, one: true }],
    [
      'an end of the session, which has no place',
      between(OSLO, BERGEN, [event('baseline', NOWHERE)]),
      { both: true, trigger: true, one: true },
    ],
    [
      'there, elsewhere and back: the trigger may be the owner’s',
      between(OSLO, BERGEN, [event('baseline', AMSTERDAM)]),
      { both: false, trigger: false, one: false },
    ],
    [
      'known from two places elsewhere',
      between(SINGAPORE, BERGEN, [event('baseline', AMSTERDAM)]),
      { both: false, trigger: true, one: true },
    ],
    [
      'known from two places, and seen in neither',
      between(OSLO, SINGAPORE, [event('baseline', AMSTERDAM)]),
      { both: false, trigger: false, one: false },
    ],
    ['no evidence at all', aFinding({ level: 'medium', evidence: [] }), { both: false, trigger: false, one: false }],
  ];
  test.each(table)('%s', (_, finding, expected) => {
    expect(Object.fromEntries(ENDS.map((ends) => [ends, hides({ ...at, ends }, finding)]))).toEqual(expected);
  });
});

describe('whatever the entries and the finding', () => {
  const some = <T>(...values: readonly T[]) => fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 }), { nil: undefined });
  const entries = fc.array(
    fc
      .record({
        id: fc.constantFrom('a', 'b', 'c', 'd'),
        from: fc.integer({ min: -3, max: 1 }).map((days) => TIME + days * DAY),
        days: fc.integer({ min: 1, max: 4 }),
        max_level: fc.constantFrom(...LEVEL),
        ends: fc.constantFrom(...ENDS),
        types: some('session_reuse', 'token_reuse'),
        principal: some('*@example.com', 'bo@example.com'),
        app: some('c1', 'c2'),
        cidr: some('84.208.0.0/16', '178.62.10.20'),
        network_class: some<Endpoint['as_class'] & string>('access', 'hosting'),
        countries: some('NO', 'NL', 'SE'),
      })
      .map(({ days, from, ...rest }) => {
        const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
        return anEntry({ ...given, from, expires: from + days * DAY });
      }),
    { maxLength: 5 },
  );
  const events = fc.array(
    fc.record({
      role: fc.constantFrom<Evidence['role']>('baseline', 'trigger', 'context'),
      place: fc.option(fc.constantFrom(...PLACES), { nil: undefined }),
      client_uid: fc.option(fc.constantFrom('c1', 'c2'), { nil: undefined }),
    }),
    { maxLength: 4 },
  );
  const findings = fc
    .record({
      events,
      score: fc.integer({ min: 0, max: 100 }),
      status: fc.constantFrom<Finding['status']>('new', 'updated', 'updated', 'retracted', 'closed'),
      type: fc.constantFrom('session_reuse', 'token_reuse'),
      lateness_ms: fc.integer({ min: 0, max: 2 * DAY }),
    })
    .map(({ events: all, score, ...rest }) =>
      aFinding({
        ...rest,
        score,
        level: levelOf(score, 'critical'),
        evidence: all.map(({ role, place, client_uid }) => event(role, place, { client_uid })),
      }),
    );

  test('nothing but status and suppressed ever changes, and the finding that came in never does', () => {
    fc.assert(
      fc.property(entries, findings, (all, finding) => {
        const before = structuredClone(finding);
        const { status, suppressed, ...rest } = createSuppressor(all)(finding);
        const { status: was, suppressed: _, ...expected } = finding;
        expect(rest).toEqual(expected);
        expect(finding).toEqual(before);
        expect(status === was || status === 'suppressed').toBe(true);
        expect(suppressed === undefined).toBe(status === was);
      }),
      runs(300),
    );
  });

  test('what hides is in force, and may hide as high as that', () => {
    fc.assert(
      fc.property(entries, findings, (all, finding) => {
        const { suppressed } = createSuppressor(all)(finding);
        if (suppressed === undefined) return;
        const able = all.filter(
          (entry) => isInForce(entry, finding.last_seen_time + finding.lateness_ms) && rankOf(finding.level) <= rankOf(entry.max_level),
        );
        expect(able.map(({ id, expires }) => [id, expires])).toContainEqual([suppressed.by, suppressed.until_time]);
      }),
      runs(300),
    );
  });

  test('in another order another entry may be named, but the same is hidden', () => {
    fc.assert(
      fc.property(entries, findings, (all, finding) => {
        const [one, other] = [all, all.toReversed()].map((order) => createSuppressor(order)(finding));
        expect(other!.status).toBe(one!.status);
        expect(other!.suppressed?.hides_high).toBe(one!.suppressed?.hides_high);
      }),
      runs(300),
    );
  });

  test('another condition never hides more', () => {
    fc.assert(
      fc.property(entries, findings, (all, finding) => {
        for (const entry of all) {
          const isHidden = createSuppressor([entry])(finding).status === 'suppressed';
          const narrower = { ...entry, countries: (entry.countries ?? ['NO', 'NL', 'SE']).slice(1) };
          if (entry.ends === 'both' && !isHidden) expect(createSuppressor([narrower])(finding).status).not.toBe('suppressed');
          for (const ends of ENDS) {
            // both is the narrowest
            const isHiddenBoth = createSuppressor([{ ...entry, ends: 'both' }])(finding).status === 'suppressed';
            if (isHiddenBoth) expect(createSuppressor([{ ...entry, ends }])(finding).status).toBe('suppressed');
          }
        }
      }),
      runs(200),
    );
  });
});
