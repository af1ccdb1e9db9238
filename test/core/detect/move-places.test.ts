import { createDetect } from '../../../src/core/detect/index.js';
import type { Rule } from '../../../src/core/detect/rule.js';
import type { Finding } from '../../../src/core/event/index.js';
import type { Detect } from '../../../src/core/pipeline.js';
import { peopleOf } from '../../helpers/codec.js';
import { bareRule } from '../../helpers/rules.js';
import { type Line, say } from '../../helpers/world.js';

const OPTIONS = { config_digest: 'test' };
const named = (uid: string, rule: Rule): Rule => ({ ...rule, uid });
const EXPORTS = { where: { activity: 'data_export' }, at_least: 3 };
const COUNT = named('exports', { ...bareRule('count'), parameters: EXPORTS });
const MATCH = named('rules', bareRule('match', { where: { activity: 'inbox_rule' } }));

let n = 0;
const tell = (detect: Detect, ...lines: Omit<Line, 'n'>[]): Finding[] => lines.flatMap((line) => detect.accept(say({ ...line, n: n++ })));
const exported = (at: number) => ({ at, activity: 'data_export' }) as const;
const said = (findings: readonly Finding[]): string[] => findings.map(({ rule, status }) => `${rule.uid} ${status}`);

const facts = (detect: Detect): number[] =>
  [...peopleOf(detect).values()].flatMap(({ story }) => story.tail.flatMap(({ more }) => (more?.facts ?? []).map(({ rule }) => rule)));

test('what a rule found in events stays found, wherever the rule stands now', () => {
  const detect = createDetect([COUNT, MATCH], OPTIONS);
  tell(detect, exported(0), exported(1), { at: 2, activity: 'inbox_rule' });
  detect.configure([MATCH, bareRule('session_reuse'), COUNT], OPTIONS);
  expect(facts(detect)).toEqual([2, 2, 1]);
  expect(said(tell(detect, exported(3)))).toEqual(['exports new']);
});

test('a finding outlives a reload of the same rules', () => {
  const detect = createDetect([COUNT, MATCH], OPTIONS);
  expect(said(tell(detect, exported(0), exported(1), exported(2), { at: 2, activity: 'inbox_rule' }))).toEqual([
    'exports new',
    'rules new',
  ]);
  expect(detect.configure([COUNT, MATCH], OPTIONS)).toEqual([]);
  expect(tell(detect, { at: 3 })).toEqual([]);
});

test('a threshold that was raised holds for what can still be judged anew', () => {
  const detect = createDetect([COUNT], OPTIONS);
  tell(detect, exported(0), exported(1), exported(2));
  expect(said(detect.configure([{ ...COUNT, parameters: { ...EXPORTS, at_least: 4 } }], OPTIONS))).toEqual(['exports retracted']);
  expect(tell(detect, { at: 3 })).toEqual([]);
  expect(said(tell(detect, exported(4)))).toEqual(['exports updated']);
});

test('what a rule said is taken back when it goes, says why, and goes on where it ended when it comes back', () => {
  const detect = createDetect([COUNT, MATCH], OPTIONS);
  const [made] = tell(detect, exported(0), exported(1), exported(2));
  const gone = detect.configure([MATCH], { config_digest: 'other' });
  expect(gone).toMatchObject([
    { uid: made!.uid, status: 'retracted', revision: 2, config_digest: 'other', incident_level: 'informational' },
  ]);
  expect(gone[0]!.message).toBe(`${made!.message} Taken back: the rule exports is no longer in force.`);
  expect(detect.configure([MATCH], OPTIONS)).toEqual([]);
  expect(detect.configure([], OPTIONS)).toEqual([]);
  expect(detect.configure([MATCH, COUNT], OPTIONS)).toEqual([]);
  expect(tell(detect, exported(3), exported(4))).toEqual([]);
  expect(tell(detect, exported(5))).toMatchObject([{ uid: made!.uid, status: 'updated', revision: 3 }]);
});

test('of a session too, and also when it can no longer change', () => {
  const detect = createDetect([bareRule('session_reuse'), MATCH], OPTIONS);
  const day = 24 * 60;
  const [made] = tell(detect, { at: 0 }, { at: 10, place: 4, agent: 2 });
  expect(made).toMatchObject({ type: 'session_reuse', status: 'new' });
  tell(detect, { at: 3 * day });
  expect(detect.configure([MATCH], OPTIONS)).toMatchObject([{ uid: made!.uid, status: 'retracted', revision: 2 }]);
});

test('what the rules in force say otherwise of a session is said at once', () => {
  const reuse = bareRule('session_reuse');
  const detect = createDetect([reuse], OPTIONS);
  const [made] = tell(detect, { at: 0 }, { at: 10, place: 4, agent: 2 });
  const strict = { ...reuse, parameters: { report_from: made!.score + 1 } };
  expect(said(detect.configure([strict], OPTIONS))).toEqual(['session-reuse retracted']);
  expect(said(detect.configure([reuse], OPTIONS))).toEqual([]);
});

test('with a rule goes what it found', () => {
  const detect = createDetect([COUNT, MATCH], OPTIONS);
  tell(detect, exported(0), { at: 2, activity: 'inbox_rule' });
  detect.configure([MATCH], OPTIONS);
  expect(facts(detect)).toEqual([0]);
  detect.configure([], OPTIONS);
  expect(facts(detect)).toEqual([]);
  expect([...peopleOf(detect).values()][0]?.story.tail.map(({ more }) => more?.facts)).toEqual([undefined, undefined]);
});

test('a new rule finds nothing in what came before it', () => {
  const detect = createDetect([MATCH], OPTIONS);
  tell(detect, exported(0), exported(1));
  detect.configure([MATCH, COUNT], OPTIONS);
  expect(tell(detect, exported(2))).toEqual([]);
});
