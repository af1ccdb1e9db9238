import { Engine } from '../../../src/core/detect/index.js';
import { resolve } from '../../../src/core/detect/parameters.js';
import { vendorRisk } from '../../../src/core/detect/vendor-risk.js';
import type { Finding, SessionEvent, VendorRisk } from '../../../src/core/event/index.js';
import { bareRule } from '../../helpers/rules.js';
import { type Line, say } from '../../helpers/world.js';

const HOUR = 60;
const DAY = 24 * HOUR;
const HOME = 0;
const SERVER = 3;
const SINGAPORE = 4;
const CAFE = 6;
const CHROME = 2;

type Told = Omit<Line, 'n'> & { over?: Partial<SessionEvent> };

const HIGH: VendorRisk = { level: 'high', reasons: ['anomalousToken'] };
const KNOWN: readonly Told[] = Array.from({ length: 10 }, (_, day) => ({ at: day * DAY, activity: 'sign_in', session: `d${day}` }));
const RULES = [bareRule('session_reuse'), bareRule('impossible_travel', { report_from: 36 }), bareRule('vendor_risk', { report_from: 1 })];

/** What Entra writes of a detection. */
function detection(at: number, details: Record<string, string> = {}, over: Partial<SessionEvent> = {}): Told {
  const blank = { src_endpoint: undefined, user_agent: undefined, action: 'anomalousToken' };
  return { at, activity: 'vendor_risk', product: 'risk', session: '', details, over: { risk: HIGH, ...blank, ...over } };
}

function tell(lines: readonly Told[], rules = RULES): { engine: Engine; findings: Finding[] } {
  const engine = new Engine(rules, { config_digest: 'test' });
  return { engine, findings: lines.flatMap(({ over, ...line }, n) => engine.accept({ ...say({ ...line, n }), ...over })) };
}

const verdicts = (lines: readonly Told[]) => tell(lines).findings.filter(({ type }) => type === 'vendor_risk');
const uidsOf = (findings: readonly Finding[]) => new Set(findings.map(({ uid }) => uid)).size;

test('says whose verdict it is, of which sign-in, with the session', () => {
  const lines: Told[] = [{ at: 0, activity: 'sign_in', session: 's', device: 'd1' }, detection(10, { request_uid: '0000' })];
  expect(verdicts(lines)).toMatchObject([
    {
      message: "alex@example.com is at risk by Entra's own verdict: anomalousToken.",
      session: { uid: 's' },
      evidence: [{ role: 'baseline', event_uid: 'entra:t:0000', device: 'd1 (observed)' }, { role: 'trigger' }],
    },
  ]);
});

test.each([
  ['low', 'vendor_low', 'holds it for a low risk'],
  ['medium', 'vendor_medium', 'holds it for a medium risk'],
  ['high', 'vendor_high', 'holds it for a high risk'],
])('a risk that is %s in words', (level, name, words) => {
  const [finding] = verdicts([detection(10, {}, { risk: { level, reasons: ['anomalousToken'] } })]);
  expect(finding?.factors.map((factor) => [factor.name, factor.text])).toEqual([[name, `Entra ${words}: anomalousToken.`]]);
});

test('of a sign-in that nobody saw', () => {
  const [finding] = verdicts([detection(10, { request_uid: '0000' })]);
  expect(finding?.session).toBeUndefined();
  expect(finding?.evidence).toMatchObject([{ role: 'trigger' }]);
});

test("another vendor's event of that id, a verdict and an attempt in vain are no sign-in of it", () => {
  const others: Told[] = [
    {
      at: 0,
      activity: 'sign_in',
      session: 's',
      over: { uid: 'okta:t:req', source: { vendor: 'okta', product: 'system_log', account: 't' } },
    },
    { at: 1, activity: 'vendor_risk', session: 's', over: { uid: 'entra:t:req' } },
    { at: 2, activity: 'sign_in', session: 's', over: { uid: 'entra:t:req', status: 'failure' } },
  ];
  expect(verdicts([...others, detection(10, { request_uid: 'req' })]).at(-1)?.session).toBeUndefined();
});

describe('one finding', () => {
  test.each<[string, number, Told[]]>([
    ['what is written again of one sign-in', 1, [detection(10, { request_uid: 'x' }), detection(300, { request_uid: 'x' })]],
    ['two sign-ins are two', 2, [detection(10, { request_uid: 'x' }), detection(11, { request_uid: 'y' })]],
    ['the same words on one day', 1, [detection(10), detection(300)]],
    ['the next day is another', 2, [detection(10), detection(17 * HOUR)]],
    [
      'the day is that of the act',
      1,
      [
        detection(10 * HOUR, { activity_time: '2026-03-02T09:00:00.000Z' }),
        detection(30 * HOUR, { activity_time: '2026-03-02T10:00:00.000Z' }),
      ],
    ],
    ['other words are another', 2, [detection(10), detection(11, {}, { action: 'unfamiliarFeatures' })]],
    ['alerts are told by their names', 2, [detection(10, { alert_name: 'Mass download' }), detection(11, { alert_name: 'Unusual mail' })]],
    [
      'whatever is said of one session on one day',
      1,
      [
        { at: 0, activity: 'sign_in', session: 's', risk: HIGH },
        { at: 5, activity: 'token_issue', session: 's', risk: { ...HIGH, reasons: ['other'] } },
        detection(10, { request_uid: '0001' }),
      ],
    ],
    [
      'a sign-in without a session, and the detection that speaks of it',
      1,
      [{ at: 0, activity: 'sign_in', session: '', risk: HIGH }, detection(10, { request_uid: '0000' })],
    ],
  ])('%s', (_what, count, lines) => {
    expect(uidsOf(verdicts(lines))).toBe(count);
  });
});

test('an act that is risky as it happens is told in the words of the vendor', () => {
  const risky = (risk: VendorRisk): Told => ({ at: 0, activity: 'sign_in', risk });
  expect(verdicts([risky({ level: 'high', reasons: ['a', 'b'] })])[0]?.message).toMatch(/: a, b\.$/);
  expect(verdicts([risky({ level: 'high', reasons: [] })])[0]?.message).toMatch(/: sign_in\.$/);
  const used = { ...risky({ level: 'high', reasons: ['a'] }), activity: 'session_use' as const };
  expect(verdicts([used])[0]?.factors.map(({ text }) => text)).toEqual(['Entra holds it for a high risk: a.']);
});

describe('what the person is used to', () => {
  const factorsOf = (lines: readonly Told[], over: Partial<SessionEvent> = {}) => {
    const last: Told = { at: 13 * DAY, activity: 'sign_in', session: 'now', risk: HIGH };
    const said = verdicts([...lines, last].map((line) => ({ ...line, over: { ...over, ...line.over } })));
    return said.at(-1)?.factors.map(({ name }) => name);
  };

  test('speaks for them', () => expect(factorsOf(KNOWN)).toEqual(['vendor_high', 'accustomed']));
  test('not while they are not known well enough', () => expect(factorsOf(KNOWN.slice(3, 8))).toEqual(['vendor_high']));
  test('nor for all who share an account', () => {
    const principal: SessionEvent['principal'] = { key: 'default/alex@example.com', type: 'human', tags: ['shared'] };
    expect(factorsOf(KNOWN, { principal })).toEqual(['vendor_high']);
  });
  test('nor from nowhere', () => {
    const nowhere: Told = { at: 13 * DAY, activity: 'sign_in', session: 'x', risk: HIGH, over: { src_endpoint: undefined } };
    expect(
      verdicts([...KNOWN, nowhere])
        .at(-1)
        ?.factors.map(({ name }) => name),
    ).toEqual(['vendor_high']);
  });
});

test('the vendors have names', () => {
  const by = (vendor: string) => detection(0, {}, { source: { vendor, product: 'x', account: 't' } });
  const named = ['okta', 'm365', 'ping'].map((vendor) => verdicts([by(vendor)])[0]?.message);
  expect(named).toEqual(
    ['Okta', 'Microsoft 365', 'ping'].map((name) => `alex@example.com is at risk by ${name}'s own verdict: anomalousToken.`),
  );
});

describe('held for a stranger', () => {
  const factorsOf = (lines: readonly Told[]) =>
    verdicts(lines)
      .at(-1)
      ?.factors.map(({ name }) => name);
  const stolen: readonly Told[] = [
    { at: 0, activity: 'sign_in', session: 's' },
    { at: 5, activity: 'token_issue', session: 's', place: SERVER, agent: CHROME },
  ];

  test('by a rule of its session', () => {
    expect(factorsOf([...stolen, detection(10, { request_uid: '0001' })])).toEqual(['vendor_high', 'held_for_stranger']);
    expect(factorsOf([...stolen, detection(10, { request_uid: '0000' })])).toEqual(['vendor_high']);
  });

  test('by what is known when the verdict comes, whenever the act was', () => {
    const mailRule: Told = { at: 7, activity: 'inbox_rule', session: 's', place: SINGAPORE };
    const before: Told = { at: 6, activity: 'token_issue', session: 's', place: SINGAPORE };
    const lines = [{ at: 0, activity: 'sign_in', session: 's' } as Told, before, mailRule];
    for (const at of [10, 20 * HOUR]) expect(factorsOf([...lines, detection(at, { request_uid: '0001' })])).toContain('held_for_stranger');
  });

  test('by a journey that nobody makes, in the very act', () => {
    const lines: Told[] = [
      { at: 0, activity: 'sign_in', session: 'a' },
      { at: 60, activity: 'sign_in', session: 'b', place: SINGAPORE, risk: HIGH },
    ];
    expect(factorsOf(lines)).toEqual(['vendor_high', 'held_for_stranger']);
    expect(factorsOf([lines[0]!, { ...lines[1]!, place: CAFE }])).toEqual(['vendor_high']);
    // wherever the rule stands among the others
    const reversed = tell(lines, [...RULES].reverse()).findings.filter(({ type }) => type === 'vendor_risk');
    expect(reversed.at(-1)?.factors.map(({ name }) => name)).toEqual(['vendor_high', 'held_for_stranger']);
  });

  test('a confirmed one needs no more', () => {
    const [finding] = verdicts([detection(10, { risk_state: 'confirmed_compromised' })]);
    expect(finding?.factors.map(({ text }) => text)).toEqual(['Entra has it confirmed: anomalousToken.']);
    expect(factorsOf([...stolen, detection(10, { request_uid: '0001', risk_state: 'confirmed_compromised' })])).toEqual([
      'vendor_confirmed',
    ]);
  });
});

describe('what is learned of it', () => {
  const confirmed = (place: number): Told => ({
    ...detection(13 * DAY, { risk_state: 'confirmed_compromised' }, { src_endpoint: undefined }),
    over: { risk: HIGH, action: 'anomalousToken' },
    place,
  });
  const suspectsAfter = (lines: readonly Told[]) => {
    const { engine } = tell([...lines, { at: 20 * DAY, activity: 'sign_in', session: 'later' }]);
    return [...engine.people.values()][0]!.story.suspects.map(({ prefix }) => prefix);
  };

  test('who is behind the address of a confirmed one is a stranger, unless the person is used to it', () => {
    expect(suspectsAfter([...KNOWN, confirmed(SINGAPORE)])).toEqual(['116.86.4']);
    expect(suspectsAfter([...KNOWN, confirmed(HOME)])).toEqual([]);
    expect(suspectsAfter([...KNOWN, { ...confirmed(HOME), agent: CHROME }])).toEqual([]);
    expect(suspectsAfter([confirmed(SINGAPORE)])).toEqual([]);
  });

  test('a guess, however high, does not tell who it was', () => {
    expect(suspectsAfter([...KNOWN, { ...confirmed(SINGAPORE), details: {} }])).toEqual([]);
  });

  test('the verdict itself teaches nothing', () => {
    const { engine } = tell([...KNOWN, { ...confirmed(SINGAPORE), details: {} }, { at: 20 * DAY, activity: 'sign_in', session: 'later' }]);
    expect([...engine.people.values()][0]!.habits?.country.map(({ value }) => value)).toEqual(['NO']);
  });
});

test('a verdict is heard whatever the vendor did about it, and whoever wrote it', () => {
  const known: Told = { at: 0, activity: 'sign_in', session: '' };
  expect(verdicts([known, detection(10, {}, { status: 'failure' })])).toHaveLength(1);
  expect(verdicts([known, { ...detection(10), role: 'target' }])).toHaveLength(1);
  expect(verdicts([known, detection(10, { acts_on: 'kim@example.com' })])).toEqual([]);
});

test('the detail of a risk is known with it', () => {
  const lines = [detection(10, { risk_state: 'at_risk' }, { status_detail: 'adminConfirmedUserCompromised' })];
  expect(verdicts(lines)[0]?.factors.map(({ name }) => name)).toEqual(['vendor_confirmed']);
});

test('the sum of the detections is said where none of them was', () => {
  const sum = (at: number, over: Partial<SessionEvent> = {}): Told =>
    detection(at, {}, { action: 'Risky user', risk: { level: 'high', reasons: [] }, ...over });
  expect(uidsOf(verdicts([sum(10)]))).toBe(1);
  expect(uidsOf(verdicts([detection(10), sum(20)]))).toBe(1);
  expect(uidsOf(verdicts([sum(10), sum(20), { ...detection(30), details: { request_uid: 'x' } }]))).toBe(2);
  expect(uidsOf(verdicts([detection(10), sum(10 + DAY)]))).toBe(1);
  expect(uidsOf(verdicts([detection(10), sum(11 + DAY)]))).toBe(2);
  const stated = { ...sum(20), details: { risk_state: 'confirmed_compromised' } };
  expect(uidsOf(verdicts([detection(10), stated]))).toBe(2);
});

describe('what it says of an event that it is silent of', () => {
  test.each<[string, Told]>([
    ['the vendor says of it no more than that its risk is low', { at: 0, activity: 'sign_in', risk: { level: 'low', reasons: [] } }],
    ['the verdict is about somebody else, who has an event of their own', detection(0, { acts_on: 'kim@example.com' })],
    ['the vendor took it back, found nothing, or said in sum what its detections said before', detection(0, { risk_state: 'dismissed' })],
  ])('%s', (why, line) => {
    const { engine } = tell([line]);
    const person = [...engine.people.values()][0]!;
    const judge = vendorRisk.create(resolve(vendorRisk.parameters, {}), 0);
    expect(judge.silence?.(engine.personScene(person), 0)).toBe(why);
  });
});
