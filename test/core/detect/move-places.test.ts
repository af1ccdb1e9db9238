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
  detect.configure([COUNT, MATCH], OPTIONS);
  expect(tell(detect, { at: 3 })).toEqual([]);
});

test('a threshold that was raised holds for what can still be judged anew', () => {
  const detect = createDetect([COUNT], OPTIONS);
  tell(detect, exported(0), exported(1), exported(2));
  detect.configure([{ ...COUNT, parameters: { ...EXPORTS, at_least: 4 } }], OPTIONS);
  expect(said(tell(detect, { at: 3 }))).toEqual(['exports retracted']);
  expect(said(tell(detect, exported(4)))).toEqual(['exports updated']);
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
