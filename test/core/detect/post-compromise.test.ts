import { Explainer } from '../../../src/core/detect/explain.js';
import { createDetect } from '../../../src/core/detect/index.js';
import type { Rule } from '../../../src/core/detect/rule.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import { allRules, bareRule } from '../../helpers/rules.js';
import { type Line, say } from '../../helpers/world.js';

const DAY = 24 * 60;
const CAFE = 6;
const SERVER = 3;
const LINUX = 2;
const NOWHERE = -1;
const HIDES = { activity: 'inbox_rule', details: { delete_message: 'true' } } as const;
const ACTS: Rule = bareRule('post_compromise', { report_from: 20 });

type Told = Omit<Line, 'n'>;

/** The last word on each finding, by type. */
function tell(lines: readonly Told[], rules: readonly Rule[] = [bareRule('session_reuse'), ACTS]): Finding[] {
  const detect = createDetect(rules, { config_digest: 'test' });
  const latest = new Map<string, Finding>();
  lines.forEach((line, n) => {
    for (const finding of detect.accept(say({ n, ...line }))) latest.set(finding.uid, finding);
  });
  return [...latest.values()];
}

const actsOf = (findings: readonly Finding[]) =>
  findings.filter(({ type, status }) => type === 'post_compromise' && status !== 'retracted');
const uids = ({ evidence }: Finding, role: string) => evidence.filter((item) => item.role === role).map(({ event_uid }) => event_uid);

const THEFT: readonly Told[] = [{ at: 0 }, { at: 5, place: SERVER, agent: LINUX }];

test('says what was done, with what and from where, and names the session', () => {
  const [finding] = actsOf(tell([...THEFT, { at: 10, place: SERVER, agent: LINUX, ...HIDES }]));
  expect(finding).toMatchObject({
    level: 'high',
    score: 28 + 45,
    message:
      'alex@example.com did what thieves do (inbox_rule): a rule keeps mail from its owner`s eyes, with chrome 140 on linux from DigitalOcean (AS14061), hosting, Amsterdam NL.',
    session: { uid: 's1' },
    trigger_event_uid: 'entra:t:0002',
  });
  expect(finding!.factors.map(({ name, after }) => [name, after])).toEqual([
    ['act', 'inbox_rule_hides'],
    ['by_stranger', undefined],
  ]);
  expect(finding!.factors[1]!.text).toBe(
    'By somebody who is held for a stranger: chrome 140 on linux from DigitalOcean (AS14061), hosting, Amsterdam NL.',
  );
});

test('belongs to the incident of the theft, in whatever session it was done, or in none', () => {
  const theirs = { place: SERVER, agent: LINUX, ...HIDES };
  const findings = tell([...THEFT, { at: 10, ...theirs }, { at: 11, ...theirs, session: 's2' }, { at: 12, ...theirs, session: '' }]);
  expect(actsOf(findings).map(({ session, score }) => [session?.uid, score])).toEqual([
    ['s1', 73],
    ['s2', 73],
    [undefined, 73],
  ]);
  expect(new Set(findings.map(({ incident_uid }) => incident_uid)).size).toBe(1);
});

test('an act without an address is told with the stranger who was about, whose session it names when it has none', () => {
  const [finding] = actsOf(tell([...THEFT, { at: 10, place: NOWHERE, agent: 6, product: 'graph_activity', session: '', ...HIDES }]));
  expect(finding).toMatchObject({ score: 28 + 30, session: { uid: 's1' } });
  expect(finding!.factors[1]).toMatchObject({
    name: 'in_stolen_session',
    text: expect.stringMatching(/^In no session .* 5 min before: chrome 140/),
  });
  expect(uids(finding!, 'context')).toEqual(['entra:t:0001']);
});

test('or with the stranger who came after it', () => {
  const [finding] = actsOf(tell([{ at: 0 }, { at: 2, place: NOWHERE, agent: 6, ...HIDES }, { at: 5, place: SERVER, agent: LINUX }]));
  expect(finding!.factors[1]!.text).toMatch(/^In a session that a stranger uses, too, 3 min after: chrome 140/);
});

test('what was done before anybody knew stands beside the event that told of it, with five more of the acts', () => {
  const acts = [1, 2, 3, 4, 5, 6, 7].map((n): Told => ({ at: n, place: CAFE, activity: 'data_export' }));
  const [finding] = actsOf(tell([{ at: 0 }, ...acts, { at: 10, place: CAFE, ...HIDES }, { at: 60, place: CAFE, agent: LINUX }]));
  expect(finding).toMatchObject({ trigger_event_uid: 'entra:t:0009', score: 73 });
  expect(finding!.factors[1]!.text).toMatch(/^By somebody who is held for a stranger, as is known 50 min later: edge 140/);
  expect(uids(finding!, 'context')).toEqual([3, 4, 5, 6, 7, 8].map((n) => `entra:t:000${n}`));
  expect(uids(finding!, 'baseline')).toEqual([]);
});

test('what is held for a stranger’s by hearsay is not for ever: a week later, in a new session, an act there is one of many', () => {
  const later: Told[] = [8, 9].map((day): Told => ({ at: day * DAY, place: SERVER, agent: LINUX, session: `d${day}`, ...HIDES }));
  const findings = actsOf(tell([...THEFT, { at: 10, place: SERVER, agent: LINUX, ...HIDES }, ...later]));
  expect(findings.map(({ session, score }) => [session?.uid, score])).toEqual([
    ['s1', 73],
    ['d8', 28 + 30],
    ['d9', 28 + 30],
  ]);
});

test('of one who sits behind the owner’s own addresses only the print is a stranger’s', () => {
  const owner: Told = { at: 20, ...HIDES };
  const thief: Told = { at: 10, agent: 4, product: 'graph_activity', device: 'd2', cookie: 'c1' };
  const findings = tell([
    { at: 0, device: 'd1', cookie: 'c1' },
    { ...thief, at: 5 },
    { ...thief, ...HIDES, session: 's1' },
    { ...owner, session: 's2' },
  ]);
  expect(findings.find(({ type }) => type === 'session_reuse')?.score).toBeGreaterThanOrEqual(40);
  expect(actsOf(findings).map(({ session, score }) => [session?.uid, score])).toEqual([
    ['s1', 73],
    ['s2', 28],
  ]);
});

test('a stranger whom a rule about the person tells', () => {
  const days = Array.from({ length: 16 }, (_, day): Told => ({ at: day * DAY, activity: 'sign_in', session: `d${day}` }));
  const [finding] = actsOf(
    tell(
      [
        ...days,
        { at: 20 * DAY, session: 's1' },
        { at: 20 * DAY + 5, place: 4, agent: LINUX, session: 's2', ...HIDES },
        { at: 20 * DAY + 6, session: 's1' },
        { at: 20 * DAY + 7, place: 4, session: 's3', ...HIDES },
      ],
      allRules(),
    ).filter(({ session }) => session?.uid === 's3'),
  );
  expect(finding?.factors.map(({ name }) => name)).toContain('by_stranger');
});

test('one whom such a rule tells in the same event, wherever it stands among the rules', () => {
  const days = Array.from({ length: 16 }, (_, day): Told => ({ at: day * DAY, activity: 'sign_in', session: `d${day}` }));
  const there = { place: 4, agent: LINUX } as const;
  const told = [
    ...days,
    { at: 20 * DAY, session: '', ...there, ...HIDES },
    { at: 20 * DAY + 5, session: 's2', activity: 'sign_in', place: 4, agent: 4 } as const,
  ];
  for (const rules of [
    [ACTS, bareRule('session_mint')],
    [bareRule('session_mint'), ACTS],
  ]) {
    const finding = actsOf(tell(told, rules)).at(-1);
    expect(finding).toMatchObject({ trigger_event_uid: 'entra:t:0017' });
    expect(finding?.factors.map(({ name }) => name)).toContain('by_stranger');
  }
});

test('one who is known by nothing but the session that they began', () => {
  const days = Array.from({ length: 10 }, (_, day): Told => ({ at: day * DAY, activity: 'sign_in', session: `d${day}` }));
  const mint: Told = { at: 14 * DAY, activity: 'sign_in', agent: 4, client: '4765445b-32c6-49b0-83e6-1d93765276ca' };
  const findings = tell([...days, mint, { at: 14 * DAY + 10, agent: 4, ...HIDES }], [bareRule('session_mint'), ACTS]);
  expect(actsOf(findings)).toMatchObject([{ score: 73, session: { uid: 's1' } }]);
});

test('acts that the rule ignores say nothing', () => {
  const rules = [bareRule('session_reuse'), bareRule('post_compromise', { ignored_acts: ['inbox_rule_hides'] })];
  expect(actsOf(tell([...THEFT, { at: 10, place: SERVER, agent: LINUX, ...HIDES }], rules))).toEqual([]);
});

test('outside of sessions a day and an address block make one finding', () => {
  const act: Omit<Told, 'at'> = { session: '', activity: 'role_grant', details: { is_privileged: 'true' } };
  const at = [0, 60, 15 * 60, 17 * 60];
  const findings = actsOf(tell([...at.map((minutes): Told => ({ at: minutes, ...act })), { at: 60, place: CAFE, ...act }]));
  expect(findings.map(({ score, first_seen_time, last_seen_time }) => [score, (last_seen_time - first_seen_time) / 60_000])).toEqual([
    [38, 15 * 60],
    [38, 0],
    [38, 0],
  ]);
});

test('what was done to somebody, and what failed, is no act of theirs', () => {
  const act: Told = { at: 10, activity: 'role_grant', details: { is_privileged: 'true' } };
  expect(actsOf(tell([{ at: 0 }, { ...act, role: 'target' }]))).toEqual([]);
  const detect = createDetect([ACTS], { config_digest: 'test' });
  detect.accept(say({ at: 0, n: 0 }));
  expect(detect.accept({ ...say({ ...act, n: 1 }), status: 'failure' })).toEqual([]);
});

describe('of several acts', () => {
  const theirs = { place: SERVER, agent: LINUX } as const;

  test('of equal weight the first is told', () => {
    const acts = ['first', 'second'].map((action, n): Told => ({ at: 10 + n, place: CAFE, action, ...HIDES }));
    const [finding] = actsOf(tell([{ at: 0 }, ...acts, { at: 60, place: CAFE, agent: LINUX }]));
    expect(finding?.message).toContain('(first)');
  });

  test('who did it weighs, too', () => {
    const sendsOut: Told = { at: 3, place: NOWHERE, agent: 6, activity: 'inbox_rule', details: { is_external: 'true' } };
    const [finding] = actsOf(tell([{ at: 0 }, sendsOut, { at: 4, place: CAFE, ...HIDES }, { at: 60, place: CAFE, agent: LINUX }]));
    expect(finding?.score).toBe(28 + 45);
  });

  test('the worst is told, when the act that tells of the stranger belongs to the same finding', () => {
    const [finding] = actsOf(
      tell([{ at: 0 }, { at: 4, place: CAFE, ...HIDES }, { at: 5, place: CAFE, agent: LINUX, activity: 'data_export' }]),
    );
    expect(finding?.score).toBe(28 + 45);
    expect(finding?.factors[1]?.text).toContain('as is known 60 s later');
  });

  test('and each by itself, when it does not', () => {
    const findings = actsOf(
      tell([{ at: 0 }, { at: 4, place: SERVER, session: 's2', ...HIDES }, { at: 5, ...theirs, activity: 'data_export' }]),
    );
    expect(findings.map(({ session, score }) => [session?.uid, score])).toEqual([
      ['s2', 28 + 30],
      ['s1', 15 + 45],
    ]);
  });

  test('the five before the stranger was seen about stand beside one without an address, and nothing twice', () => {
    const acts = [5, 6, 7, 8, 9, 10, 11].map((at): Told => ({ at, ...theirs, ...HIDES }));
    const nowhere: Told = { at: 15, place: NOWHERE, agent: 6, product: 'graph_activity', session: '', ...HIDES };
    const [, finding] = actsOf(tell([{ at: 0 }, ...acts, { at: 12, ...theirs }, nowhere]));
    expect(uids(finding!, 'context')).toEqual([3, 4, 5, 6, 7, 8].map((n) => `entra:t:000${n}`));
    const [, other] = actsOf(tell([{ at: 0 }, ...acts, nowhere]));
    expect(uids(other!, 'context')).toEqual([2, 3, 4, 5, 6, 7].map((n) => `entra:t:000${n}`));
  });

  test.each([
    [DAY, ['entra:t:0001']],
    [DAY + 1, []],
  ])('those of %d minutes before', (later, context) => {
    const act: Told = { at: 5 + later, ...theirs, session: 's2', ...HIDES };
    const findings = actsOf(tell([{ at: 0 }, { at: 5, ...theirs, ...HIDES }, { at: 30, ...theirs }, act]));
    const finding = findings.find(({ session }) => session?.uid === 's2');
    expect(finding?.score).toBe(73);
    expect(uids(finding!, 'context')).toEqual(context);
  });
});

test('a stranger may have no address at all', () => {
  const theirs = { place: NOWHERE, agent: LINUX } as const;
  const [finding] = actsOf(tell([{ at: 0 }, { at: 5, ...theirs }, { at: 10, ...theirs, ...HIDES }]));
  expect(finding).toMatchObject({ score: 73, session: { uid: 's1' } });
});

test('what a stranger does with the account of a machine is told', () => {
  const detect = createDetect([bareRule('session_reuse'), ACTS], { config_digest: 'test' });
  const principal = { key: 'default/build', type: 'service', name: 'build' } as const;
  const lines: Told[] = [...THEFT, { at: 10, place: SERVER, agent: LINUX, ...HIDES }];
  const findings = lines.flatMap((line, n) => detect.accept({ ...say({ n, ...line }), principal }));
  expect(actsOf(findings)).toMatchObject([{ score: 73 }]);
});

test('acts of nobody who is held for a stranger are no incident because of their address', () => {
  const findings = tell(
    [
      { at: 0, ...HIDES },
      { at: 1, session: 's2', ...HIDES },
    ],
    [ACTS],
  );
  expect(new Set(findings.map(({ incident_uid }) => incident_uid)).size).toBe(2);
});

describe('why it is silent', () => {
  /** Of the last event. */
  function why(lines: readonly Told[], over: Partial<SessionEvent> = {}) {
    const explainer = new Explainer([bareRule('session_reuse'), ACTS], { config_digest: 'test' });
    const answers = lines.map((line, n) => explainer.accept({ ...say({ n, ...line }), ...over }).answers);
    return answers.at(-1)?.find(({ detector }) => detector === 'post_compromise')?.silence;
  }

  test('no act', () => expect(why([{ at: 0 }])).toBe('it is none of the acts that thieves do'));
  test('a stranger who did nothing yet', () => expect(why(THEFT)).toBe("no act of the stranger's in the 24 h before it"));
  test.each(['service', 'workload'] as const)('an act of a %s', (type) => {
    const principal = { key: 'default/build', type, name: 'build' };
    expect(why([{ at: 0, ...HIDES }], { principal })).toBe('it is an act of a machine, and no stranger is known');
  });
});
