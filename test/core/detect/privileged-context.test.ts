import { Explainer } from '../../../src/core/detect/explain.js';
import { createDetect } from '../../../src/core/detect/index.js';
import type { Rule } from '../../../src/core/detect/rule.js';
import type { Finding } from '../../../src/core/event/index.js';
import { allRules, bareRule } from '../../helpers/rules.js';
import { type Line, say } from '../../helpers/world.js';

const DAY = 24 * 60;
const CAFE = 6;
const LINUX = 2;
const GRANT = { activity: 'role_grant', details: { is_privileged: 'true' } } as const;
const RULE = bareRule('privileged_context_change');

type Told = Omit<Line, 'n'>;

function tell(lines: readonly Told[], rules: readonly Rule[] = [RULE], limits = {}): Finding[] {
  const detect = createDetect(rules, { config_digest: 'test', limits });
  const latest = new Map<string, Finding>();
  lines.forEach((line, n) => {
    for (const finding of detect.accept(say({ n, ...line }))) latest.set(finding.uid, finding);
  });
  return [...latest.values()].filter(({ status }) => status !== 'retracted');
}

/** Known at home for three weeks. */
const KNOWN = Array.from({ length: 20 }, (_, day): Told => ({ at: day * DAY, activity: 'sign_in', session: `d${day}` }));
/** One working day: at home, a role is given, then to the café. */
const outing = (day: number): Told[] => [
  { at: day * DAY, session: `o${day}`, activity: 'sign_in' },
  { at: day * DAY + 10, session: `o${day}`, ...GRANT },
  { at: day * DAY + 60, session: `o${day}`, place: CAFE, activity: 'session_use' },
];

test('says who administers and how, and from where it is used now, against where it began', () => {
  const [finding] = tell([...KNOWN, ...outing(21)]);
  expect(finding).toMatchObject({
    score: 20 + 25,
    message:
      "alex@example.com's entra session with which somebody administers (role_grant) is now used with edge 140 on windows from NextGenTel (AS15659), Oslo NO.",
  });
  expect(finding!.factors[1]!.text).toBe('Somebody administers in this session: role_grant, 50 min before.');
  expect(finding!.evidence.map(({ role, event_uid }) => [role, event_uid])).toEqual([
    ['baseline', 'entra:t:0021'],
    ['trigger', 'entra:t:0022'],
  ]);
});

test('says when it is the act itself', () => {
  const [finding] = tell([{ at: 0 }, { at: 10, agent: LINUX, ...GRANT }]);
  expect(finding!.factors.at(-1)!.text).toBe('Somebody administers in this session: role_grant, in this very act.');
});

test('has nothing to say while all that can be said is that it is the same device', () => {
  const explainer = new Explainer([RULE], { config_digest: 'test' });
  const told: Told[] = [
    { at: 0, device: 'd1', activity: 'sign_in' },
    { at: 10, device: 'd1', agent: 1, ...GRANT },
  ];
  const answers = told.map((line, n) => explainer.accept(say({ n, ...line })).answers[0]);
  expect(answers.map((answer) => answer?.judgement)).toEqual([undefined, undefined]);
  expect(answers.map((answer) => answer?.silence)).toEqual([
    'nobody administered in this session in the 8 h before',
    'it is used as it was from the beginning, by what counts',
  ]);
});

test('accuses nobody: what it speaks of teaches habits, and the café is soon the person’s own', () => {
  const days = [21, 22, 23, 24, 25, 26, 27];
  expect(tell([...KNOWN, ...days.flatMap(outing)]).map(({ session }) => session?.uid)).toEqual(['o21', 'o22', 'o23', 'o24']);
});

test('an act in such a session is not one of a stranger', () => {
  const rules = allRules().filter(({ detector }) => !['match', 'count'].includes(detector));
  const findings = tell([...KNOWN, ...outing(21), { at: 21 * DAY + 70, session: 'o21', place: CAFE, ...GRANT }], rules);
  expect(findings.map(({ type }) => type)).toEqual(['privileged_context_change']);
});

test('of a device that falls short the use at which it still met the rules is the other side', () => {
  const device: Omit<Told, 'at'> = { device: 'd1', activity: 'sign_in' };
  const [finding] = tell([
    { at: 0, ...device, is_compliant: true },
    { at: 10, ...device, ...GRANT },
    { at: 30, ...device, is_compliant: false },
  ]);
  expect(finding).toMatchObject({ score: 30 + 25 });
  expect(finding!.factors[0]!.text).toBe('The device d1 met the rules 30 min before, and no longer does.');
  expect(finding!.evidence.map(({ role, event_uid }) => [role, event_uid])).toEqual([
    ['baseline', 'entra:t:0000'],
    ['trigger', 'entra:t:0002'],
  ]);
});

test('the device of one print, in whatever order its records come', () => {
  const meets = { at: 0, n: 0, device: 'd1', activity: 'sign_in', is_compliant: true } as const;
  const grant = { at: 5, n: 1, device: 'd1', ...GRANT };
  const fails = { at: 10, n: 2, device: 'd1', activity: 'sign_in', is_compliant: false } as const;
  const orders = [
    [meets, grant, fails],
    [fails, grant, meets],
    [fails, meets, grant],
    [grant, fails, meets],
  ];
  for (const order of orders) {
    const detect = createDetect([RULE], { config_digest: 'test' });
    const said = order.flatMap((line) => detect.accept({ ...say(line), arrival_time: say(fails).time }));
    expect(said.at(-1)).toMatchObject({ score: 55, trigger_event_uid: 'entra:t:0002' });
  }
});

test('a life of the session is one finding', () => {
  const lives: Told[] = [
    { at: 0 },
    { at: 10, ...GRANT },
    { at: 20, agent: LINUX },
    { at: 30, activity: 'sign_out', agent: LINUX },
    { at: 40, ...GRANT },
    { at: 50, agent: LINUX },
    { at: 60, agent: LINUX },
    { at: 70, activity: 'sign_out', agent: LINUX },
    { at: 80, ...GRANT },
    { at: 90, agent: LINUX },
  ];
  expect(tell(lives)).toHaveLength(3);
});

const names = (findings: readonly Finding[]) => findings.map(({ factors }) => factors.map(({ name }) => name));

test('the act may be the first of the session, and the session faster than anybody travels', () => {
  expect(
    names(
      tell([
        { at: 0, ...GRANT },
        { at: 10, place: 4 },
      ]),
    ),
  ).toEqual([['country_changed', 'in_session_speed', 'privileged']]);
});

test.each(['sign_in', 'token_issue', 'session_use'] as const)('a console may be opened by %s', (activity) => {
  const console: Told = { at: 10, activity, details: { is_admin_surface: 'true' } };
  expect(names(tell([{ at: 0 }, console, { at: 20, agent: LINUX }]))).toEqual([['os_changed', 'browser_changed', 'privileged']]);
});

test('an act of which the log shows nothing is none of an administrator', () => {
  expect(tell([{ at: 0 }, { at: 10, activity: 'role_grant' }, { at: 20, agent: LINUX }])).toEqual([]);
});

test('to whoever is used to a network, but not known well enough, no other is news', () => {
  expect(tell([...KNOWN.slice(0, 5), ...outing(9)])).toEqual([]);
});

describe('the posture', () => {
  const meets = { at: 0, device: 'd1', activity: 'sign_in', is_compliant: true } as const;
  const grant = { at: 10, device: 'd1', ...GRANT } as const;
  const fails = { at: 8 * 60, device: 'd1', activity: 'sign_in', is_compliant: false } as const;

  test('of the last eight hours', () => {
    expect(names(tell([meets, grant, fails]))).toEqual([['posture_lost', 'privileged']]);
    expect(tell([meets, grant, { ...fails, at: 8 * 60 + 1 }])).toEqual([]);
  });

  test('of the moment before', () => {
    expect(
      names(
        tell([
          { ...grant, at: 0 },
          { ...meets, at: 5 },
          { ...fails, at: 10 },
        ]),
      ),
    ).toEqual([['posture_lost', 'privileged']]);
  });

  test('of the same device', () => {
    expect(tell([{ ...fails, at: 0 }, { ...meets, at: 5, device: 'd2' }, grant, fails])).toEqual([]);
  });

  test('not of a browser alone, which its cookie tells', () => {
    const cookie = { device: undefined, cookie: 'c1' };
    expect(tell([meets, grant, fails].map((line) => ({ ...line, ...cookie })))).toEqual([]);
  });
});

describe('is compared with the beginning', () => {
  test('of its own kind of program', () => {
    expect(tell([...KNOWN, { at: 21 * DAY, ...GRANT }, { at: 21 * DAY + 10, agent: 5, place: CAFE }])).toEqual([]);
  });

  test('though that is not held one by one any more', () => {
    const few = { observations_per_session: 4 };
    const cafe = Array.from({ length: 6 }, (_, n): Told => ({ at: 21 * DAY + 10 + n, place: CAFE }));
    const told = (agent: number): Told[] => [
      ...KNOWN,
      { at: 21 * DAY, agent, activity: 'sign_in' },
      ...cafe,
      { at: 21 * DAY + 30, place: CAFE, ...GRANT },
    ];
    expect(names(tell(told(0), [RULE], few))).toEqual([['network_changed', 'privileged']]);
    expect(tell(told(5), [RULE], few)).toEqual([]);
  });
});
