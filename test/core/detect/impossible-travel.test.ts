import fc from 'fast-check';
import { impossibleTravel } from '../../../src/core/detect/impossible-travel.js';
import { createDetect, type DetectOptions } from '../../../src/core/detect/index.js';
import type { Judgement } from '../../../src/core/detect/judgement.js';
import { resolve } from '../../../src/core/detect/parameters.js';
import type { Endpoint, Finding, NetworkClass, SessionEvent } from '../../../src/core/event/index.js';
import { learn, newHabits } from '../../../src/core/state/habits.js';
import { observe } from '../../../src/core/state/observation.js';
import { newPerson, type Person } from '../../../src/core/state/person.js';
import { newPrint, traitsOf } from '../../../src/core/state/print.js';
import { newSession, type Session } from '../../../src/core/state/session.js';
import { standingFindings } from '../../helpers/oracle.js';
import { bareRule } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { byArrival } from '../../helpers/stories.js';
import { type Line, MINUTE, say, T0 } from '../../helpers/world.js';

const HOUR = 60;
const DAY = 24 * HOUR;

function place(
  city: string,
  country: string,
  lat: number,
  long: number,
  asn: number,
  ip: string,
  as_class: NetworkClass = 'access',
): Endpoint {
  const prefix = ip.split(/[.:]/).slice(0, 3).join('.');
  return { ip, class: 'public', prefix, country, city, lat, long, radius_km: 50, asn, as_org: `AS of ${city}`, as_class };
}

const OSLO = place('Oslo', 'NO', 59.91, 10.75, 2119, '84.208.20.110');
const CAFE = place('Oslo', 'NO', 59.91, 10.75, 15659, '85.19.7.33');
const TROMSO = place('Tromso', 'NO', 69.65, 18.96, 2119, '84.212.10.20');
const BERLIN_V6 = place('Berlin', 'DE', 52.52, 13.4, 2119, '2001:4640:10:20::5');
const STOCKHOLM = place('Stockholm', 'SE', 59.33, 18.07, 3301, '90.224.10.20');
const COPENHAGEN = place('Copenhagen', 'DK', 55.68, 12.57, 3292, '87.48.10.20');
const SINGAPORE = place('Singapore', 'SG', 1.29, 103.85, 9506, '116.86.4.7');
const SINGAPORE_2 = place('Singapore', 'SG', 1.29, 103.85, 4773, '118.200.10.20');
const LAGOS = place('Lagos', 'NG', 6.52, 3.38, 37076, '102.88.10.20');
const VPN = place('New York', 'US', 40.71, -74.0, 39351, '193.138.218.5', 'vpn');
const NAMELESS = { ...place('', 'SG', 1.29, 103.85, 9506, '116.87.4.7'), city: undefined };

type Told = Omit<Line, 'n' | 'place'> & { from: Endpoint; geo?: string; over?: Partial<SessionEvent> };

function eventOf({ from, geo, over, ...line }: Told, n: number): SessionEvent {
  const event = say({ ...line, n });
  return { ...event, src_endpoint: from, enrichment: { ...event.enrichment, geo: geo ?? 'test' }, ...over };
}

/** What the rule says of a story, in order of arrival; every event has a session of its own unless it names one. */
function said(lines: readonly Told[], options: Partial<DetectOptions> = {}, rules = [bareRule('impossible_travel', { report_from: 20 })]) {
  const detect = createDetect(rules, { config_digest: 'test', ...options });
  return lines.flatMap((line, n) => detect.accept(eventOf({ session: `own ${n}`, ...line }, n)));
}

const open = (findings: readonly Finding[]) => {
  const latest = new Map(findings.map((finding) => [finding.uid, finding]));
  return [...latest.values()].filter(({ status }) => status !== 'retracted');
};

describe('what a finding says', () => {
  test('where, when, how far and how fast', () => {
    const [finding] = said([
      { at: 0, from: OSLO },
      { at: 60, from: SINGAPORE },
    ]);
    expect(finding?.message).toBe('alex@example.com was at Oslo NO and 60 min later at Singapore SG, at least 9956 km away.');
    expect(finding?.travel).toEqual({
      distance_km: 10056,
      distance_lower_bound_km: 9956,
      gap_ms: 3_600_000,
      speed_kmh: 9635,
      from: 'Oslo NO',
      to: 'Singapore SG',
    });
    expect(finding?.factors.map(({ text }) => text)).toEqual([
      'At least 9956 km in 60 min, 9635 km/h: AS of Oslo (AS2119), Oslo NO before, AS of Singapore (AS9506), Singapore SG then.',
    ]);
  });

  test('that somebody is back, and how near', () => {
    const lines = [
      { at: 0, from: OSLO },
      { at: 60, from: SINGAPORE },
    ];
    const back = (from: Endpoint) => said([...lines, { at: 90, from }]).at(-1);
    expect(back(CAFE)?.message).toMatch(/ at Singapore SG, at least 9956 km away, and 30 min later at Oslo NO again\.$/);
    expect(back(STOCKHOLM)?.message).toMatch(/ away, and 30 min later at Stockholm SE\.$/);
    expect(back(CAFE)?.factors[1]?.text).toBe('At Oslo NO again 30 min later.');
    expect(back(STOCKHOLM)?.factors[1]?.text).toBe('At Stockholm SE within reach of Oslo NO 30 min later.');
  });

  test('both sides, and what told it', () => {
    const findings = said([
      { at: 0, from: OSLO },
      { at: 60, from: SINGAPORE },
      { at: 90, from: OSLO },
    ]);
    const roles = findings.map(({ evidence }) => evidence.map(({ role, src_endpoint }) => `${role} ${src_endpoint?.city}`));
    expect(roles).toEqual([
      ['baseline Oslo', 'trigger Singapore'],
      // the first alone would have made it, by its own past
      ['baseline Oslo', 'baseline Singapore', 'baseline Oslo', 'context Singapore', 'trigger Oslo'],
    ]);
  });
});

describe('one finding', () => {
  const names = (findings: readonly Finding[]) => open(findings).map(({ travel }) => `${travel?.from}~${travel?.to}`);

  test('of a thief in Singapore while the owner flies from Oslo to Stockholm', () => {
    const lines = [OSLO, SINGAPORE, STOCKHOLM].map((from, n) => ({ at: n * HOUR, from }));
    expect(names(said(lines))).toEqual(['Oslo NO~Singapore SG']);
  });

  test('of both working for hours side by side', () => {
    const lines = Array.from({ length: 40 }, (_, n) => ({ at: n * 10, from: n % 2 === 0 ? OSLO : LAGOS, session: `s${n % 2}` }));
    expect(said(lines)).toHaveLength(2 + 1 + 6); // new, stronger, Lagos after both, and once an hour that it goes on
    expect(open(said(lines))).toHaveLength(1);
  });

  test('whichever place comes first, on the day of the earlier event', () => {
    const uid = (from: Endpoint, to: Endpoint, at: number) =>
      said([
        { at, from },
        { at: at + 60, from: to },
      ])[0]?.uid;
    expect(uid(OSLO, LAGOS, 0)).toBe(uid(LAGOS, OSLO, 0));
    expect(uid(OSLO, LAGOS, 0)).not.toBe(uid(OSLO, SINGAPORE, 0));
    // T0 is eight in the morning
    expect(uid(OSLO, LAGOS, 0)).toBe(uid(OSLO, LAGOS, 16 * HOUR - 1));
    expect(uid(OSLO, LAGOS, 0)).not.toBe(uid(OSLO, LAGOS, 16 * HOUR));
  });

  test('of one place, by its point where it has no city', () => {
    const bare = { ...NAMELESS, radius_km: 100 };
    const uid = (to: Endpoint) =>
      said([
        { at: 0, from: OSLO },
        { at: 60, from: to },
      ])[0]?.uid; // prettier-ignore
    expect(uid(bare)).toBe(uid({ ...bare, lat: 1.3, long: 104.4 }));
    expect(uid(bare)).not.toBe(uid({ ...bare, lat: 1.6 }));
    expect(uid(bare)).not.toBe(uid({ ...bare, long: 104.6 }));
  });

  test('and one incident with what its session is found to do', () => {
    const rules = [bareRule('session_reuse', { report_from: 36 }), bareRule('impossible_travel', { report_from: 36 })];
    const findings = said(
      [
        { at: 0, from: OSLO, session: 's1' },
        { at: 60, from: SINGAPORE, session: 's1', agent: 2 },
        { at: 70, from: OSLO, session: 's2' },
      ],
      {},
      rules,
    );
    expect(new Set(findings.map(({ type }) => type))).toEqual(new Set(['session_reuse', 'impossible_travel']));
    expect(new Set(findings.map(({ incident_uid }) => incident_uid)).size).toBe(1);
  });
});

describe('no place', () => {
  test.each([
    ['the first', OSLO],
    ['the second', SINGAPORE],
  ])('is a way out of the operator: %s', (_, egress) => {
    const lines = [
      { at: 0, from: OSLO },
      { at: 60, from: SINGAPORE },
    ];
    expect(said(lines, { isOperatorEgress: (endpoint) => endpoint === egress })).toEqual([]);
    expect(said(lines, { isOperatorEgress: () => false })).toHaveLength(1);
  });

  test('is one without coordinates', () => {
    for (const gap of [{ lat: undefined }, { long: undefined }]) {
      const lost = { ...SINGAPORE, ...gap };
      expect(
        said([
          { at: 0, from: OSLO },
          { at: 60, from: lost },
        ]),
      ).toEqual([]);
    }
  });

  test('is one without city and radius', () => {
    const story = (from: Endpoint) =>
      said([
        { at: 0, from: OSLO },
        { at: 60, from },
      ]); // prettier-ignore
    expect(story({ ...NAMELESS, radius_km: undefined })).toEqual([]);
    expect(story({ ...NAMELESS, radius_km: 499 })).toHaveLength(1);
    expect(story({ ...SINGAPORE, radius_km: undefined })).toHaveLength(1);
  });

  test.each(['service', 'workload', 'agent', 'unknown'] as const)('has a %s', (type) => {
    const over = { principal: { key: 'default/x', type } };
    expect(
      said([
        { at: 0, from: OSLO, over },
        { at: 60, from: SINGAPORE, over },
      ]),
    ).toEqual([]);
  });
});

test('a city of one name in another region is another', () => {
  const portland = (region: string, lat: number, long: number, ip: string) => ({ ...place('Portland', 'US', lat, long, 7922, ip), region });
  const oregon = portland('Oregon', 45.52, -122.68, '98.1.2.3');
  const maine = { ...portland('Maine', 43.66, -70.26, '98.9.2.3'), asn: 701 };
  expect(
    said([
      { at: 0, from: oregon },
      { at: 60, from: maine },
    ]),
  ).toHaveLength(1); // prettier-ignore
  expect(
    said([
      { at: 0, from: oregon },
      { at: 60, from: { ...maine, region: 'Oregon' } },
    ]),
  ).toEqual([]); // prettier-ignore
});

describe('over weeks', () => {
  const days = (n: number, line: Omit<Told, 'at'>, at = 0): Told[] =>
    Array.from({ length: n }, (_, day) => ({ at: at + day * DAY, activity: 'sign_in', ...line }));
  const inTime = (lines: readonly Told[]) => [...lines].sort((a, b) => a.at - b.at);

  test("a far place that nobody minds becomes the person's", () => {
    const story = inTime([
      ...days(30, { from: OSLO }),
      ...days(30, { from: OSLO }, 2 * HOUR),
      ...days(20, { from: SINGAPORE }, 10 * DAY + HOUR),
    ]);
    const findings = open(said(story));
    // four days of it that nobody minds, and it is theirs: nothing here told of a stranger for sure
    expect(findings).toHaveLength(4);
    expect(findings.every(({ score }) => score === 59)).toBe(true);
  });

  test('a way out that is new and always there becomes one, and then there is peace', () => {
    // to the office's far gateway in the morning, never back on the same day
    const story = inTime([...days(30, { from: OSLO }), ...days(20, { from: LAGOS }, 10 * DAY + HOUR)]);
    const found = open(said(story)).map(({ last_seen_time }) => Math.floor((last_seen_time - T0) / (DAY * MINUTE)));
    expect(found).toEqual([10, 11, 12, 13]);
  });
});

describe('who is the stranger', () => {
  const judge = impossibleTravel.create(resolve(impossibleTravel.parameters, {}), 0);
  /** The last judgement of a person who was at these places, an hour apart. */
  function judged(
    places: readonly Endpoint[],
    habits: Person['habits'] = undefined,
  ): (Judgement & { who: string | undefined }) | undefined {
    const person = personAt(places.map((from, n) => ({ at: n * HOUR, from, session: `s${n}` })));
    person.habits = habits;
    const judgement = judge.judge({ person, isOperatorEgress: () => false }, places.length - 1);
    return judgement && { ...judgement, who: judgement.session?.uid };
  }

  test('nobody can tell, of a person of whom nothing is known', () => {
    expect(judged([OSLO, SINGAPORE])).toMatchObject({ who: 's1', stranger: undefined });
    expect(judged([OSLO, SINGAPORE, OSLO])).toMatchObject({ who: 's1', stranger: undefined });
  });

  test('the one who is not where the person is used to be', () => {
    expect(judged([OSLO, SINGAPORE], usual(OSLO))).toMatchObject({ who: 's1', stranger: { prefix: SINGAPORE.prefix } });
    expect(judged([SINGAPORE, OSLO], usual(OSLO))).toMatchObject({ who: 's0', stranger: { prefix: SINGAPORE.prefix } });
    expect(judged([OSLO, SINGAPORE, OSLO], usual(OSLO))).toMatchObject({ who: 's1', stranger: { prefix: SINGAPORE.prefix } });
  });

  test('the one in between, when the person is back where they are used to be', () => {
    expect(judged([STOCKHOLM, SINGAPORE, OSLO], usual(OSLO))).toMatchObject({ who: 's1', stranger: { prefix: SINGAPORE.prefix } });
  });

  test('the one on whose device somebody is elsewhere a moment later is not', () => {
    const person = personAt([
      { at: 0, from: OSLO, session: 's1' },
      { at: 60, from: SINGAPORE, session: 's2', device: 'd1' },
      { at: 70, from: OSLO, session: 's3', device: 'd1' },
    ]);
    const judgement = judge.judge({ person, isOperatorEgress: () => false }, 2);
    expect(judgement?.factors.at(-1)).toMatchObject({ name: 'same_device', text: 'The same device at both places: d1.' });
  });

  test('the one in a stolen session, which the owner is not in', () => {
    const person = personAt([
      { at: 0, from: OSLO, session: 's1' },
      { at: 60, from: SINGAPORE, session: 's1' },
      { at: 70, from: OSLO, session: 's2' },
    ]);
    const judgement = judge.judge({ person, isOperatorEgress: () => false }, 2);
    expect(judgement?.session?.uid).toBe('s1');
    expect(judgement?.factors.map(({ name }) => name)).toEqual(['impossible_travel']);
  });

  test('never all of a session, which may have been stolen', () => {
    expect(judged([OSLO, SINGAPORE], usual(OSLO))?.stranger?.session).toBeUndefined();
  });

  test('nobody, when the person is used to both', () => {
    expect(judged([OSLO, SINGAPORE], usual(OSLO, SINGAPORE))).toBeUndefined();
    expect(judged([OSLO, SINGAPORE, OSLO], usual(OSLO, SINGAPORE))).toBeUndefined();
  });

  test('the one in between two that the person is used to, however far apart these are', () => {
    const between = judged([OSLO, LAGOS, SINGAPORE], usual(OSLO, SINGAPORE));
    expect(between?.travel).toMatchObject({ from: 'Oslo NO', to: 'Lagos NG' });
    expect(between?.message).toMatch(/ and 60 min later at Singapore SG$/);
    const unknown = judged([STOCKHOLM, LAGOS, SINGAPORE], usual(SINGAPORE));
    expect(unknown?.travel).toMatchObject({ from: 'Lagos NG', to: 'Singapore SG' });
    expect(unknown?.factors.map(({ name }) => name)).toEqual(['impossible_travel']);
  });

  test('the one far from everywhere that an operator may have placed its addresses', () => {
    expect(judged([OSLO, TROMSO, SINGAPORE])?.travel).toMatchObject({ from: 'Tromso NO', to: 'Singapore SG' });
    expect(judged([OSLO, TROMSO, STOCKHOLM])).toBeUndefined();
  });

  test('a third place is compared with the latest of those that the person is used to, and not with the thief', () => {
    const third = judged([OSLO, SINGAPORE, LAGOS], usual(OSLO));
    expect(third?.travel).toMatchObject({ from: 'Oslo NO', to: 'Lagos NG', gap_ms: 2 * HOUR * MINUTE });
    expect(judged([OSLO, SINGAPORE, LAGOS])?.travel?.from).toBe('Singapore SG');
    expect(judged([OSLO, COPENHAGEN, SINGAPORE, LAGOS], usual(OSLO, COPENHAGEN))?.travel?.from).toBe('Copenhagen DK');
  });

  test('the stay of a thief ends where a network begins that the person is used to', () => {
    const here = judged([SINGAPORE, SINGAPORE_2, OSLO], usual(OSLO, SINGAPORE));
    expect(here).toMatchObject({ who: 's1', stranger: { prefix: SINGAPORE_2.prefix } });
    expect(here?.factors.map(({ name }) => name)).toEqual(['impossible_travel']);
  });
});

describe('why it is silent', () => {
  const judge = impossibleTravel.create(resolve(impossibleTravel.parameters, {}), 0);
  const why = (lines: readonly Told[], change: (person: Person) => void = () => undefined) => {
    const person = personAt(lines);
    change(person);
    const scene = { person, isOperatorEgress: () => false };
    expect(judge.judge(scene, lines.length - 1)).toBeUndefined();
    return judge.silence?.(scene, lines.length - 1);
  };
  const then = (...places: Endpoint[]): Told[] => places.map((from, n) => ({ at: n * 10, from, session: `s${n}` }));
  const server = { is_presence: false };

  test.each<[string, readonly Told[]]>([
    ['the event does not place the person: a server acted, or the data do not know the address', [{ at: 0, from: OSLO, over: server }]],
    ["its place is not the person's, or too coarse: AS of New York (AS39351), vpn, New York US", then(OSLO, VPN)],
    ['nothing placed the person in the 22.2 h before', then(VPN, OSLO)],
    ['Oslo NO 10 min before: the same place', then(OSLO, CAFE)],
    ['Oslo NO 10 min before, in the same session: that is for session_reuse', then(OSLO, LAGOS).map((line) => ({ ...line, session: 's' }))],
    ['Oslo NO 10 min before, by another version of the geographic data', [...then(OSLO), { at: 10, from: LAGOS, geo: 'b' }]],
    ['Oslo NO 10 min before, at the same operator, whose addresses move about', then(OSLO, TROMSO)],
    ['Oslo NO 10 min before: at least 316 km, 1582 km/h; told from 500 km and above 900 km/h', then(OSLO, STOCKHOLM)],
    ['Tromso NO 10 min before: the operator there has addresses that are placed nearer, too', then(OSLO, TROMSO, CAFE)],
  ])('%s', (text, lines) => {
    expect(why(lines)).toBe(text);
  });

  test('no one body belongs to it', () => {
    const shared = (person: Person) => {
      person.principal = { ...person.principal, tags: ['shared'] };
    };
    expect(why(then(OSLO, LAGOS), shared)).toBe('no one body belongs to a shared account or a machine');
  });

  test('the person is used to both', () => {
    const text = why(then(OSLO, LAGOS), (person) => {
      person.habits = usual(OSLO, LAGOS);
    });
    expect(text).toBe('Oslo NO 10 min before: the person is used to both networks');
  });
});

/** Habits of somebody who was there on two days, ten days ago. */
function usual(...places: Endpoint[]): Person['habits'] {
  const habits = newHabits();
  for (const from of places) {
    for (const day of [-10, -9]) {
      const event = eventOf({ at: day * DAY, from }, 0);
      learn(habits, observe(event, newPrint('browser', traitsOf(event))));
    }
  }
  return habits;
}

function personAt(lines: readonly Told[]): Person {
  const events = lines.map(eventOf);
  const person = newPerson(events[0]!);
  const sessions = new Map<string, Session>();
  person.story.tail = events.map((event) => {
    const ref = event.session;
    const session = ref && (sessions.get(ref.uid) ?? newSession(event, ref, (text) => text));
    if (session !== undefined) sessions.set(session.uid, session);
    return observe(event, newPrint('browser', traitsOf(event)), session);
  });
  return person;
}

const PLACES = [OSLO, CAFE, TROMSO, BERLIN_V6, STOCKHOLM, COPENHAGEN, SINGAPORE, SINGAPORE_2, LAGOS, VPN] as const;

const journeys = fc
  .tuple(fc.subarray([...PLACES], { minLength: 2, maxLength: 4 }), fc.integer({ min: 0, max: 11 }))
  .chain(([places, days]) =>
    fc
      .array(
        fc.record({
          day: fc.integer({ min: 0, max: days }),
          minute: fc.integer({ min: 0, max: 300 }),
          from: fc.constantFrom(...places),
          session: fc.constantFrom('s1', 's2', 's3', ''),
          activity: fc.constantFrom<NonNullable<Line['activity']>>('sign_in', 'session_use', 'session_use'),
          agent: fc.constantFrom(0, 0, 2),
          device: fc.option(fc.constantFrom('d1', 'd2'), { nil: undefined }),
          geo: fc.constantFrom('a', 'a', 'a', 'b'),
          delay: fc.constantFrom(0, 0, 5, 60, 119),
        }),
        { minLength: 2, maxLength: 18 },
      )
      .map((all) => all.map(({ day, minute, ...line }) => ({ ...line, at: day * DAY + minute }))),
  );

test('a judgement knows nothing of what comes later, nor of what lies further back than it looks', () => {
  const judge = impossibleTravel.create(resolve(impossibleTravel.parameters, {}), 0);
  const scene = (lines: readonly Told[]) => ({ person: personAt(lines), isOperatorEgress: () => false });
  const answer = (lines: readonly Told[], at: number) => {
    const judgement = judge.judge(scene(lines), at);
    return judgement && { ...judgement, session: judgement.session?.uid };
  };
  fc.assert(
    fc.property(journeys, (unordered) => {
      const lines = [...unordered].sort((a, b) => a.at - b.at);
      lines.forEach((line, at) => {
        const whole = answer(lines, at);
        expect(answer(lines.slice(0, at + 1), at)).toEqual(whole);
        const near = lines.filter((other) => other.at * MINUTE >= line.at * MINUTE - judge.lookBack);
        const withoutUids = (judgement: typeof whole) =>
          judgement && { ...judgement, baseline: judgement.baseline.map(({ time }) => time) };
        expect(withoutUids(answer(near, near.indexOf(line)))).toEqual(withoutUids(whole));
      });
    }),
    runs(150),
  );
});

test('it says what the slow model says, however late the records come', () => {
  const rules = [bareRule('session_reuse'), bareRule('impossible_travel', { report_from: 1, learning_sign_ins: 3, learning_days: 5 })];
  const limits = { allowed_lateness: 120 * MINUTE, session_idle: 30 * DAY * MINUTE };
  fc.assert(
    fc.property(journeys, (lines) => {
      const events = byArrival(lines.map(eventOf));
      const detect = createDetect(rules, { config_digest: 'test', limits });
      const stands = open(events.flatMap((event) => detect.accept(event)));
      const text = (f: Finding) => `${f.type} ${f.principal.key} ${f.session?.uid} ${f.level} ${f.score} ${f.uid}`;
      expect(stands.map(text).sort()).toEqual(standingFindings(rules, events));
    }),
    runs(500),
  );
});
