import { type ActiveRule, evaluateSession, judgeOne, type Strongest } from '../../../src/core/detect/evaluate.js';
import { DETECTORS } from '../../../src/core/detect/index.js';
import type { Scene } from '../../../src/core/detect/judgement.js';
import { resolve } from '../../../src/core/detect/parameters.js';
import { addMark, type Mark, markOf } from '../../../src/core/state/marks.js';
import { newPerson } from '../../../src/core/state/person.js';
import { allRules } from '../../helpers/rules.js';
import { MINUTE, say, T0 } from '../../helpers/world.js';
import { sessionOf, told } from './session-reuse/judged.js';

const CAFE = 6;
const LINUX = 2;

const rules: ActiveRule[] = allRules().flatMap((rule, index) => {
  const detector = DETECTORS[rule.detector]!;
  if (detector.scope !== 'session') return [];
  const judge = detector.create(resolve(detector.parameters, {}), index);
  return { rule, index, judge, report_from: 40, isNeutral: detector.isNeutral === true };
});

type Step = 'owner' | 'thief' | 'act';

/** A session of one event a minute. */
function sceneOf(steps: readonly Step[], marks: Mark[] = []): Scene {
  const events = steps.map((step, n) =>
    told({ at: n, n, ...(step === 'owner' ? {} : { place: CAFE, agent: LINUX }), activity: step === 'act' ? 'inbox_rule' : 'session_use' }),
  );
  const person = newPerson(events[0]!);
  person.marks = [];
  for (const mark of marks) addMark(person.marks, mark);
  return { person, session: sessionOf(events), isOperatorEgress: () => false };
}

test('a session that only ever was used alike is not looked at', () => {
  const scene = sceneOf(['owner', 'owner']);
  expect(evaluateSession(scene, rules, 1)).toEqual({ strongest: [], isComplete: false });
  expect(scene.session.tail.map(({ scores }) => scores)).toEqual([[], []]);
});

test('every event has the score that each rule gave it', () => {
  const scene = sceneOf(['owner', 'thief', 'owner', 'thief']);
  evaluateSession(scene, rules, -1);
  expect(scene.session.tail.map(({ scores }) => scores)).toEqual([
    [0, 0, 0, 0, 0, 0],
    [80, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0],
    [100, 0, 0, 0, 0, 0],
  ]);
});

test('all that is not settled is judged anew when asked for, and when what came before was not judged', () => {
  expect(evaluateSession(sceneOf(['owner', 'thief']), rules, -1).isComplete).toBe(true);
  const scene = sceneOf(['owner', 'thief', 'thief']);
  expect(evaluateSession(scene, rules, 2).isComplete).toBe(true);
  expect(evaluateSession(scene, rules, 2).isComplete).toBe(false);
  expect(evaluateSession(scene, rules, 1).isComplete).toBe(true);
});

test('of judgements that are equally strong the first triggers, and the first begins', () => {
  const { strongest } = evaluateSession(sceneOf(['owner', 'thief', 'thief', 'act', 'act']), rules, -1);
  expect(strongest).toHaveLength(1);
  expect(strongest[0]).toMatchObject({ first_time: T0 + MINUTE, trigger: { uid: 'entra:t:0003' }, judgement: { score: 100 } });
  expect(strongest[0]?.acts.map(({ uid }) => uid)).toEqual(['entra:t:0003', 'entra:t:0004']);
  const [plain] = evaluateSession(sceneOf(['owner', 'thief', 'thief']), rules, -1).strongest;
  expect(plain).toMatchObject({ trigger: { uid: 'entra:t:0001' }, acts: [] });
});

test('what was worth reporting begins with the first such event and was last seen with the last', () => {
  const { strongest } = evaluateSession(sceneOf(['owner', 'thief', 'owner', 'thief', 'thief', 'owner']), rules, -1);
  expect(strongest[0]).toMatchObject({ first_time: T0 + MINUTE, last_time: T0 + 4 * MINUTE });
});

test('an end counts for what came after it', () => {
  const mark = markOf(say({ at: 1, n: 9, activity: 'session_revoke', role: 'target' }))!;
  const scene = sceneOf(['owner', 'owner', 'owner'], [mark]);
  scene.session.tail[2]!.time += 100 * MINUTE;
  const { strongest, isComplete } = evaluateSession(scene, rules, -1);
  expect(isComplete).toBe(true);
  expect(strongest.map(({ active, judgement }) => [active.rule.detector, judgement.score])).toEqual([['use_after_revocation', 65]]);
});

test('a judgement is reported from the rule’s least score on', () => {
  const scene = sceneOf(['owner', 'thief']);
  evaluateSession(scene, rules, -1);
  const reported = (report_from: number): number => {
    const strongest: Strongest[] = [];
    expect(judgeOne(scene, { ...rules[0]!, report_from }, 1, strongest)).toBe(80);
    return strongest.length;
  };
  expect([79, 80, 81].map(reported)).toEqual([1, 1, 0]);
});
