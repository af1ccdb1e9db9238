import { UNREPORTED } from '../../../../src/core/detect/judgement.js';
import { AGENTS } from '../../../helpers/world.js';
import { judged, namesOf, told } from './judged.js';

const CAFE = 6;
const LINUX = 2;
/** The browser of the owner, some versions back. */
const older = (back: number) => ({ user_agent: { ...AGENTS[0]!, original: `edge ${140 - back}`, major: 140 - back } });
const uid = (n: number) => `entra:t:${String(n).padStart(4, '0')}`;

test('what is not worth a word has a score and nothing else', () => {
  const judgements = judged([told({ at: 0, n: 0 }), told({ at: 1, n: 1, place: CAFE })]);
  expect(judgements).toEqual([undefined, { ...UNREPORTED, score: 20 }]);
});

test('both sides are named', () => {
  const [, theft] = judged([told({ at: 0, n: 0 }), told({ at: 1, n: 1, place: CAFE, agent: LINUX })]);
  expect(theft?.score).toBe(80);
  expect(theft?.baseline.map((side) => side.uid)).toEqual([uid(0)]);
  expect(theft?.context).toEqual([]);
  expect(theft?.message).toBe(
    'is used with chrome 140 on linux from NextGenTel (AS15659), Oslo NO, but was known with edge 140 on windows from Telenor (AS2119), Oslo NO',
  );
});

test('what the newcomer did before is no side of it', () => {
  const thief = { place: CAFE, agent: LINUX };
  const last = judged([told({ at: 0, n: 0 }), told({ at: 1, n: 1, ...thief }), told({ at: 2, n: 2, ...thief })])[2];
  expect(last?.baseline.map((side) => side.uid)).toEqual([uid(0)]);
});

test('when the owner comes back, the thief is the one who is named beside what the session is known by', () => {
  const token = 't1';
  const judgements = judged([told({ at: 0, n: 0, token }), told({ at: 1, n: 1, token, place: CAFE }), told({ at: 2, n: 2, token })]);
  expect(judgements[2]?.score).toBe(45);
  expect(judgements[2]?.baseline.map((side) => side.uid)).toEqual([uid(0), uid(1)]);
  expect(judgements[2]?.message).toMatch(/^is used .*NextGenTel.* but was known .*Telenor/);
});

test('of what the newcomer did, only what is looked back at belongs to it: the rest may be in memory or not', () => {
  const thief = { place: CAFE, agent: LINUX };
  const lines = (first: number) => [
    told({ at: 0, n: 0 }),
    told({ at: first, n: 1, ...thief, activity: 'inbox_rule' }),
    told({ at: first + 1, n: 2, ...thief }),
    told({ at: 5000, n: 3, ...thief }),
  ];
  const contextAt = (first: number) =>
    judged(lines(first))
      .at(-1)
      ?.context.map((act) => act.uid);
  const edge = 5000 - 24 * 60;
  expect(contextAt(edge)).toEqual([uid(1)]);
  expect(contextAt(edge - 1)).toEqual([uid(2)]);
  expect(contextAt(edge - 2)).toEqual([]);
});

describe('what else the newcomer did', () => {
  const context = (lines: readonly (readonly [at: number, isThief: boolean, isAct?: boolean])[], parameters = {}) => {
    const events = lines.map(([at, isThief, isAct = false], n) =>
      told({ at, n, ...(isThief ? { place: CAFE, agent: LINUX } : {}), activity: isAct ? 'inbox_rule' : 'session_use' }),
    );
    return judged(events, parameters)
      .at(-1)
      ?.context.map((act) => act.uid);
  };

  test('is its first use and its acts of consequence, in order, and nothing of the owner', () => {
    const lines = [
      [0, false, true],
      [1, true],
      [2, true],
      [3, true, true],
      [4, false, true],
      [5, true, true],
      [6, true],
    ] as const;
    expect(context(lines)).toEqual([uid(1), uid(3), uid(5)]);
  });

  test('is its first use and the latest four of many acts', () => {
    const lines = [[0, false], [1, true], ...[2, 3, 4, 5, 6, 7].map((at) => [at, true, true] as const), [8, true]] as const;
    expect(context(lines)).toEqual([uid(1), uid(4), uid(5), uid(6), uid(7)]);
  });

  test('is looked for from a score of medium on', () => {
    const uses = (back: number) => [
      told({ at: 0, n: 0 }),
      told({ at: 1, n: 1, place: CAFE, over: older(back) }),
      told({ at: 2, n: 2, place: CAFE, over: older(back) }),
    ];
    const [, , low] = judged(uses(0), { report_from: 20 });
    expect(low).toMatchObject({ score: 20, context: [] });
    const [, , medium] = judged(uses(2), { report_from: 20 });
    expect(medium).toMatchObject({ score: 40, context: [{ uid: uid(1) }] });
  });
});

test('a rule may give other points', () => {
  const events = [told({ at: 0, n: 0 }), told({ at: 1, n: 1, place: CAFE, agent: LINUX })];
  expect(judged(events, { points_os_changed: 41 })[1]?.score).toBe(86);
});

test('turns are told in words', () => {
  const turn = (n: number, isOther: boolean) => told({ at: n, n, device: isOther ? 'd2' : 'd1', ...(isOther ? { place: CAFE } : {}) });
  const last = judged([turn(0, false), turn(1, true), turn(2, false), turn(3, true)]).at(-1);
  expect(namesOf(last)).toEqual(['network_changed', 'device_replaced', 'alternation']);
  expect(last?.factors.at(-1)?.text).toBe(
    'They take turns: 3 changes between edge 140 on windows from Telenor (AS2119), Oslo NO and edge 140 on windows from NextGenTel (AS15659), Oslo NO within 60 min.',
  );
});

test('one token that was taken along is not taken along again', () => {
  const product = 'graph_activity';
  const lines = [
    told({ at: 0, n: 0, product, token: 't1' }),
    told({ at: 1, n: 1, product, token: 't1', place: CAFE, agent: LINUX }),
    told({ at: 2, n: 2, product, token: 't1', place: CAFE, agent: LINUX }),
  ];
  expect(judged(lines).map((judgement) => judgement?.score)).toEqual([undefined, 90, 90]);
  expect(namesOf(judged(lines)[2])).toContain('same_token_moved');
});

test('a token that comes back to its owner is looked for up to a day back', () => {
  const product = 'graph_activity';
  const back = (minutes: number) =>
    judged([
      told({ at: 0, n: 0, product, token: 't1' }),
      told({ at: 60, n: 1, product, token: 't1', place: CAFE, agent: LINUX }),
      told({ at: minutes, n: 2, product, token: 't1' }),
    ])[2];
  expect(namesOf(back(24 * 60))).toContain('same_token');
  expect(back(24 * 60 + 1)).toBeUndefined();
});
