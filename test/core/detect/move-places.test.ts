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

test('a rule that is new finds a device that no longer met the rules, though the session looks all alike', () => {
  const detect = createDetect([], OPTIONS);
  const act = { activity: 'role_grant', details: { is_privileged: 'true' } } as const;
  tell(detect, { at: 0, device: 'd1', is_compliant: true }, { at: 10, device: 'd1', is_compliant: false, ...act });
  const rule = bareRule('privileged_context_change');
  expect(said(detect.configure([rule], OPTIONS))).toEqual([`${rule.uid} new`]);
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
  expect(detect.configure([MATCH, COUNT], OPTIONS)).toMatchObject([
    { uid: made!.uid, status: 'updated', revision: 3, config_digest: 'test' },
  ]);
  expect(said(detect.configure([COUNT, MATCH], OPTIONS))).toEqual([]);
});

test('of several that go the strongest goes last, and of several that come back it comes first', () => {
  const rules = [
    named('weak', bareRule('match', { where: { activity: 'inbox_rule' }, score: 30 })),
    named('strong', bareRule('match', { where: { activity: 'inbox_rule' }, score: 70 })),
  ];
  const detect = createDetect(rules, OPTIONS);
  tell(detect, { at: 0, activity: 'inbox_rule' });
  const scores = (findings: readonly Finding[]) => findings.map(({ status, score }) => `${status} ${score}`);
  expect(scores(detect.configure([], OPTIONS))).toEqual(['retracted 30', 'retracted 70']);
  expect(scores(detect.configure(rules, OPTIONS)).sort()).toEqual(['updated 30', 'updated 70']);
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
  expect(said(detect.configure([reuse], OPTIONS))).toEqual(['session-reuse updated']);
});

const HOUR = 60;
const DAY = 24 * HOUR;

test('what stood for good stands again with its rule, of the same arrival', () => {
  const reuse = bareRule('session_reuse');
  const detect = createDetect([reuse, MATCH], OPTIONS);
  const [made] = tell(detect, { at: 0 }, { at: 10, place: 4, agent: 2 });
  tell(detect, { at: 3 * DAY });
  expect(said(detect.configure([MATCH], OPTIONS))).toEqual(['session-reuse retracted']);
  expect(said(tell(detect, { at: 3 * DAY + 1 }))).toEqual([]);
  const [again] = detect.configure([MATCH, reuse], OPTIONS);
  expect(again).toMatchObject({
    uid: made!.uid,
    status: 'updated',
    revision: 3,
    supersedes: 2,
    message: made!.message,
    score: made!.score,
  });
  expect(again!.last_seen_time + again!.lateness_ms).toBe(made!.last_seen_time + made!.lateness_ms);
  expect(detect.configure([reuse, MATCH], OPTIONS)).toEqual([]);
});

test('what is older than a session is remembered stays as it was said, gone or back', () => {
  const at = 8 * DAY + 7 * HOUR;
  const detect = createDetect([COUNT, MATCH], OPTIONS);
  expect(said(tell(detect, { at: -60, activity: 'inbox_rule' }, exported(0), exported(1), exported(2)))).toEqual([
    'rules new',
    'exports new',
  ]);
  tell(detect, { at: at - 1.5 * HOUR });
  expect(said(detect.configure([], OPTIONS))).toEqual(['exports retracted']);
  tell(detect, { at });
  expect(said(detect.configure([COUNT, MATCH], OPTIONS))).toEqual([]);
});

test('people of whom nothing was said are judged at once by a rule that is new or asks for something else, and by no other change', () => {
  const reuse = bareRule('session_reuse');
  const strict = { ...reuse, parameters: { report_from: 100 } };
  const detect = createDetect([MATCH], OPTIONS);
  tell(detect, { at: 0 }, { at: 10, place: 4, agent: 2 });
  expect(said(detect.configure([MATCH, strict], OPTIONS))).toEqual([]);
  expect(said(detect.configure([MATCH, reuse], OPTIONS))).toEqual(['session-reuse new']);
  const other = createDetect([MATCH, reuse], OPTIONS);
  tell(other, { at: 0 });
  const anew = jest.spyOn(other as unknown as { judgeAnew(): void }, 'judgeAnew');
  other.configure([{ ...reuse, title: 'Another title' }, MATCH], OPTIONS);
  expect(anew).not.toHaveBeenCalled();
});

test('what a rule found is kept while it is gone, and its own again when it comes back', () => {
  const detect = createDetect([COUNT, MATCH], OPTIONS);
  tell(detect, exported(0), exported(1), { at: 2, activity: 'inbox_rule' });
  detect.configure([MATCH], OPTIONS);
  expect(facts(detect)).toEqual([-1, -1, 0]);
  detect.configure([], OPTIONS);
  expect(facts(detect)).toEqual([-1, -1, -2]);
  detect.configure([bareRule('session_reuse'), COUNT], OPTIONS);
  expect(facts(detect)).toEqual([1, 1, -2]);
  expect(said(tell(detect, exported(3)))).toEqual(['exports new']);
  expect(said(detect.configure([MATCH], OPTIONS))).toEqual(['exports retracted', 'rules updated']);
  expect(facts(detect)).toEqual([-1, -1, 0, -1]);
});

test('a new rule finds nothing in what came before it', () => {
  const detect = createDetect([MATCH], OPTIONS);
  tell(detect, exported(0), exported(1));
  detect.configure([MATCH, COUNT], OPTIONS);
  expect(tell(detect, exported(2))).toEqual([]);
});
