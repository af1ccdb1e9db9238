import { createDetect, type DetectOptions, Engine } from '../../../src/core/detect/index.js';
import { noveltyDetectors } from '../../../src/core/detect/novelty.js';
import { resolve } from '../../../src/core/detect/parameters.js';
import type { Endpoint, Finding, SessionEvent } from '../../../src/core/event/index.js';
import { HABITS_PER_KIND } from '../../../src/core/state/habits.js';
import { bareRule } from '../../helpers/rules.js';
import { type Line, PLACES, say } from '../../helpers/world.js';

const HOUR = 60;
const DAY = 24 * HOUR;
const HOME = 0;
const SERVER = 3;
const SINGAPORE = 4;
const CAFE = 6;
const CHROME = 2;

type Told = Omit<Line, 'n'> & { over?: Partial<SessionEvent> };

/** Ten sign-ins at home, a day apart, each in a session of its own. */
const KNOWN: readonly Told[] = Array.from({ length: 10 }, (_, day) => ({ at: day * DAY, activity: 'sign_in', session: `d${day}` }));
const RULES = [
  bareRule('session_reuse'),
  ...['new_country', 'new_network', 'new_device'].map((name) => bareRule(name, { report_from: 15 })),
];

function eventsOf(lines: readonly Told[]): SessionEvent[] {
  const inOrder = [...lines].sort((a, b) => a.at - b.at);
  return inOrder.map(({ over, ...line }, n) => ({ ...say({ place: HOME, ...line, n }), ...over }));
}

function said(lines: readonly Told[], options: Partial<DetectOptions> = {}): Finding[] {
  const detect = createDetect(RULES, { config_digest: 'test', ...options });
  return eventsOf(lines).flatMap((event) => detect.accept(event));
}

const typesOf = (findings: readonly Finding[]) => findings.map(({ type }) => type);

test('says where, and in which session', () => {
  const findings = said([...KNOWN, { at: 13 * DAY, activity: 'sign_in', session: 'away', place: SINGAPORE }]);
  expect(findings).toMatchObject([
    {
      type: 'new_country',
      message: 'alex@example.com was in a country for the first time: Singapore SG.',
      session: { uid: 'away' },
      evidence: [{ role: 'trigger' }],
    },
  ]);
});

test('each kind in words of its own', () => {
  const findings = said([
    ...KNOWN,
    ...[1, 1 + DAY].map((at) => ({ at, activity: 'sign_in' as const, session: 'pc', device: 'd1' })),
    ...away({ place: CAFE, device: 'd2' }),
  ]);
  expect(findings.map(({ message }) => message)).toEqual([
    'alex@example.com came from a network for the first time: NextGenTel (AS15659), Oslo NO.',
    'alex@example.com used a device for the first time: d2.',
  ]);
});

function away(line: Partial<Told>, at = 13 * DAY): Told[] {
  return [{ at, activity: 'sign_in', session: `away ${at}`, place: SINGAPORE, ...line }];
}

test.each([10, 40 * HOUR, 20 * DAY])('once seen it is not new %d minutes later', (minutes) => {
  const findings = said([...KNOWN, ...away({}), ...away({}, 13 * DAY + minutes)]);
  expect(typesOf(findings)).toEqual(['new_country']);
});

test('two countries on one day are two findings', () => {
  const findings = said([...KNOWN, ...away({}), ...away({ place: SERVER }, 13 * DAY + 60)]);
  expect(typesOf(findings)).toEqual(['new_country', 'new_country']);
  expect(new Set(findings.map(({ uid }) => uid)).size).toBe(2);
});

test('an earlier sight on the same day that comes late is the same finding', () => {
  const detect = createDetect(RULES, { config_digest: 'test' });
  const inOrder = eventsOf([...KNOWN, ...away({}), ...away({}, 13 * DAY + 60)]);
  const late = { ...inOrder.at(-2)!, arrival_time: inOrder.at(-1)!.time };
  const findings = [...inOrder.slice(0, -2), inOrder.at(-1)!, late].flatMap((event) => detect.accept(event));
  expect(findings.map(({ trigger_event_uid, status }) => [trigger_event_uid, status])).toEqual([
    [inOrder.at(-1)!.uid, 'new'],
    [late.uid, 'updated'],
  ]);
  expect(new Set(findings.map(({ uid }) => uid)).size).toBe(1);
});

test('what a stranger did is told by the rule that knows of the stranger, and is no sight of the person', () => {
  const theft: Told[] = [
    { at: 13 * DAY, activity: 'sign_in', session: 's', place: HOME },
    { at: 13 * DAY + 5, session: 's', place: SINGAPORE, agent: CHROME },
  ];
  expect(typesOf(said([...KNOWN, ...theft]))).toEqual(['session_reuse']);
  expect(typesOf(said([...KNOWN, ...theft, ...away({}, 13 * DAY + 60)]))).toEqual(['session_reuse', 'new_country']);
  expect(typesOf(said([...KNOWN, ...theft, ...away({}, 20 * DAY)]))).toEqual(['session_reuse', 'new_country']);
});

test('what a rule about the person holds for a stranger’s is told by that rule, wherever it stands among the rules', () => {
  const rules = [bareRule('new_country', { report_from: 15 }), bareRule('session_mint')];
  const atHome: Told = { at: 13 * DAY - 10, activity: 'sign_in', session: 'own' };
  const lines = eventsOf([...[...KNOWN, atHome].map((line) => ({ ...line, device: 'd1' })), ...away({})]);
  for (const ordered of [rules, [...rules].reverse()]) {
    const detect = createDetect(ordered, { config_digest: 'test' });
    expect(typesOf(lines.flatMap((event) => detect.accept(event)))).toEqual(['session_mint']);
  }
});

describe('only where the person was themselves is not new', () => {
  const renewal: Partial<Told> = { activity: 'token_issue', session: 'd9' };
  const call: Partial<Told> = { product: 'graph_activity', session: 'd9', over: { is_presence: false } };
  test.each([
    ['a token was renewed an hour before', renewal, 13 * DAY - HOUR],
    ['a token was renewed, which is settled', renewal, 11 * DAY],
    ['a server called an hour before', call, 13 * DAY - HOUR],
    ['a server called, which is settled', call, 11 * DAY],
  ])('%s', (_, line, at) => {
    expect(typesOf(said([...KNOWN, ...away(line, at), ...away({})]))).toEqual(['new_country']);
    expect(typesOf(said([...KNOWN, ...away(line, at), ...away({ ...line, place: CAFE }, at + 1), ...away({ place: CAFE })]))).toEqual([
      'new_network',
    ]);
  });

  test('what the person keeps from being forgotten, whoever is there', () => {
    const first = away({}, 4 * DAY);
    const days = Array.from({ length: 70 }, (_, day): Told => ({ at: day * DAY, activity: 'sign_in', session: `d${day}` }));
    expect(said([...days, ...first, ...away(renewal, 40 * DAY), ...away({}, 66 * DAY)])).toEqual([]);
    expect(typesOf(said([...days, ...first, ...away({}, 66 * DAY)]))).toEqual(['new_country']);
  });
});

test('an own way out of the organisation is no network and no country', () => {
  expect(said([...KNOWN, ...away({})], { isOperatorEgress: ({ asn }) => asn === PLACES[SINGAPORE]!.asn })).toEqual([]);
});

test('a verdict of a vendor is no sight of the person', () => {
  const verdict: Told = { at: 12 * DAY, activity: 'vendor_risk', session: '', place: SINGAPORE, over: { is_presence: false } };
  expect(typesOf(said([...KNOWN, verdict, ...away({})]))).toEqual(['new_country']);
});

test.each([
  ['settled', 0],
  ['not settled', 12.8 * DAY],
])('to somebody who came from as many networks as are remembered nothing is new: %s', (_, since) => {
  const network = (n: number): Endpoint => ({ ...PLACES[HOME]!, asn: 64_512 + n, prefix: `10.0.${n}` });
  const others = (count: number): Told[] =>
    Array.from({ length: count }, (_x, n) => ({
      at: since + n,
      activity: 'sign_in',
      session: `n${n}`,
      over: { is_presence: false, src_endpoint: network(n) },
    }));
  const last = away({ place: CAFE });
  expect(typesOf(said([...KNOWN, ...others(HABITS_PER_KIND - 2), ...last]))).toEqual(['new_network']);
  expect(said([...KNOWN, ...others(HABITS_PER_KIND - 1), ...last])).toEqual([]);
  // neither home once more nor an event from nowhere is one more of them
  const home: Told = { at: 12.9 * DAY, activity: 'sign_in', session: 'home' };
  const nowhere: Told = { ...home, at: 12.95 * DAY, over: { src_endpoint: undefined } };
  expect(typesOf(said([...KNOWN, ...others(HABITS_PER_KIND - 2), home, nowhere, ...last]))).toEqual(['new_network']);
});

describe('what it says of an event that it is silent of', () => {
  function answerOf(name: string, lines: readonly Told[]) {
    const engine = new Engine(RULES, { config_digest: 'test' });
    for (const event of eventsOf(lines)) engine.accept(event);
    const person = [...engine.people.values()][0]!;
    const detector = noveltyDetectors.find((one) => one.name === name)!;
    const judge = detector.create(resolve(detector.parameters, {}), 0);
    const scene = engine.personScene(person);
    const last = person.story.tail.length - 1;
    return { silence: judge.silence?.(scene, last), judgement: judge.judge(scene, last) };
  }

  const shared: Partial<SessionEvent> = { principal: { key: 'default/alex@example.com', type: 'human', tags: ['shared'] } };
  test.each<[string, string, readonly Told[]]>([
    [
      'new_country',
      'the event does not place the person: a server acted, or the data do not know the address',
      away({ over: { is_presence: false } }),
    ],
    ['new_country', 'a token was renewed, for which nobody has to be there', [...KNOWN, ...away({ activity: 'token_issue' })]],
    ['new_device', 'the log does not tell it', away({ product: 'graph_activity' })],
    ['new_country', 'it was seen of the person before', [...KNOWN, ...away({ place: HOME })]],
    ['new_country', 'shared accounts and machines have no habits of one person', away({ over: shared })],
    ['new_country', 'the person is not known well enough yet', away({})],
    [
      'new_country',
      "its place is not the person's: a VPN, relay, satellite or the organisation's own way out",
      [...KNOWN, ...away({ place: 5 })],
    ],
    [
      'new_network',
      "its place is not the person's: a VPN, relay, satellite or the organisation's own way out, or the country is not theirs: that is for new_country",
      [...KNOWN, ...away({})],
    ],
    [
      'new_country',
      'it was seen of the person before, or they change so often that nothing is new',
      [...KNOWN, ...away({}), ...away({}, 13 * DAY + 1)],
    ],
    [
      'new_country',
      "another rule holds it for a stranger's",
      [...KNOWN, { at: 13 * DAY, session: 's' }, { at: 13 * DAY + 5, session: 's', place: SERVER, agent: CHROME }],
    ],
    ['new_device', 'there is nothing that it could be compared with', [...KNOWN, ...away({ device: 'd1' })]],
  ])('%s: %s', (name, why, lines) => {
    expect(answerOf(name, lines)).toEqual({ silence: why, judgement: undefined });
  });
});

test("what a late end makes a stranger's is taken back, though it was the last that the person did", () => {
  const engine = new Engine(
    ['outlived_reset', 'new_country'].map((name) => bareRule(name, { report_from: 20 })),
    { config_digest: 'test' },
  );
  const late: Told = { at: 12 * DAY, activity: 'recovery', role: 'target', session: '' };
  const lines = eventsOf([
    ...KNOWN,
    { at: 11.9 * DAY, activity: 'sign_in', session: 's' },
    late,
    { at: 13 * DAY, session: 's', place: SINGAPORE, agent: CHROME },
  ]);
  const end = lines.find(({ activity }) => activity === 'recovery')!;
  const inOrder = lines.filter((event) => event !== end);
  const latest = new Map<string, Finding>();
  for (const event of [...inOrder, { ...end, arrival_time: inOrder.at(-1)!.time }]) {
    for (const finding of engine.accept(event)) latest.set(finding.uid, finding);
  }
  expect([...latest.values()].map(({ type, status }) => `${type} ${status}`)).toEqual(['new_country retracted', 'outlived_reset new']);
});

test('of somebody who changes networks all day, no more is asked than it takes to know that', () => {
  const engine = new Engine(RULES, { config_digest: 'test' });
  const network = (i: number): Partial<SessionEvent> => ({
    src_endpoint: { ...PLACES[HOME]!, ip: `90.0.${i}.7`, prefix: `90.0.${i}`, asn: 50_000 + i },
  });
  const alone = Array.from({ length: 60 }, (_, i): Told => ({ at: 13 * DAY + i, activity: 'sign_in', session: '', over: network(i) }));
  for (const event of eventsOf([...KNOWN, ...alone])) engine.accept(event);
  const person = [...engine.people.values()][0]!;
  let asked = 0;
  for (const seen of person.story.tail) {
    const { is_done } = seen;
    Object.defineProperty(seen, 'is_done', {
      get: () => {
        asked++;
        return is_done;
      },
    });
  }
  const judge = noveltyDetectors.find(({ name }) => name === 'new_network')!;
  const judged = judge.create(resolve(judge.parameters, {}), 0);
  const at = person.story.tail.length - 1;
  expect(judged.judge(engine.personScene(person), at)).toBeUndefined();
  expect(asked).toBeLessThanOrEqual(HABITS_PER_KIND);
});
