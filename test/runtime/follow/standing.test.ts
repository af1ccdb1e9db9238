import type { Finding } from '../../../src/core/event/index.js';
import { Standing } from '../../../src/runtime/follow/standing.js';
import { aFinding } from '../../output/a-finding.js';

const TIME = aFinding().last_seen_time;
const RULE = aFinding().rule.uid;
const revision = (n: number, over: Partial<Finding> = {}) =>
  aFinding({ lateness_ms: 0, revision: n, supersedes: n === 1 ? undefined : n - 1, status: n === 1 ? 'new' : 'updated', ...over });
const all = () => true;
const none = () => false;

test('what is said follows what was said', () => {
  const standing = new Standing();
  expect(standing.follow(revision(1))).toEqual(revision(1));
  standing.note(revision(3), all);
  expect(standing.follow(revision(1))).toMatchObject({ revision: 4, supersedes: 3, status: 'updated' });
  expect(standing.follow(revision(3, { status: 'retracted' }))).toMatchObject({ revision: 4, supersedes: 3, status: 'retracted' });
  expect(standing.follow(revision(4))).toEqual(revision(4));
  expect(standing.follow(revision(1, { uid: 'another' }))).toMatchObject({ revision: 1, status: 'new' });
});

test('of a rule that is gone what was said last is taken back, unless it was or is old', () => {
  const standing = new Standing();
  const judges = (rule: string) => rule !== RULE;
  standing.note(revision(1), judges);
  standing.note(revision(2), judges);
  standing.note(revision(1, { uid: 'back' }), judges);
  standing.note(revision(2, { uid: 'back', status: 'retracted' }), judges);
  standing.note(revision(1, { uid: 'other', rule: { ...aFinding().rule, uid: 'other' } }), judges);
  expect(standing.withdrawals(TIME + 5, 'now', TIME)).toMatchObject([
    { uid: revision(1).uid, revision: 3, status: 'retracted', lateness_ms: 5, config_digest: 'now' },
  ]);
  expect(standing.withdrawals(TIME + 5, 'now', TIME + 1)).toEqual([]);
  standing.note(revision(3, { status: 'retracted' }), judges);
  expect(standing.withdrawals(TIME + 5, 'now', TIME)).toEqual([]);
});

const SINCE = { fresh: TIME, back: TIME - 100 };
/** What is news of what a rebuild found. */
function newsOf(standing: Standing, ...found: Finding[]): string[] {
  for (const finding of found) standing.found(finding, SINCE);
  return standing.news(TIME + 10).map(({ uid, revision }) => `${uid} ${revision}`);
}

test('what nobody holds is news: in the order of its arrival, when it is recent and stands', () => {
  const standing = new Standing();
  standing.note(revision(1, { uid: 'held' }), all);
  standing.note(revision(2, { uid: 'taken', status: 'retracted' }), all);
  standing.note(revision(2, { uid: 'long ago', status: 'retracted' }), all);
  const found = ['held', 'fresh', 'explained', 'late', 'taken', 'long ago'].map((uid) => revision(1, { uid }));
  found[3] = revision(1, { uid: 'late', last_seen_time: TIME - 1 });
  found[4] = revision(1, { uid: 'taken', last_seen_time: TIME - 100 });
  found[5] = revision(1, { uid: 'long ago', last_seen_time: TIME - 101 });
  const more = [revision(2, { uid: 'fresh', lateness_ms: 5 }), revision(2, { uid: 'explained', status: 'retracted' })];
  expect(newsOf(standing, ...found, ...more)).toEqual(['taken 1', 'fresh 1', 'fresh 2']);
  expect(newsOf(standing)).toEqual([]);
});

test('what is old is not even kept until it is asked for', () => {
  const standing = new Standing();
  for (let i = 0; i < 3; i++) standing.found(revision(1, { uid: `old ${i}`, last_seen_time: TIME - 1 }), SINCE);
  for (let i = 0; i < 3; i++) standing.found(revision(1, { uid: `fresh ${i}` }), SINCE);
  expect((standing as unknown as { rebuilt: Map<string, Finding[]> }).rebuilt.size).toBe(3);
});

describe('what is held is news when it asks for something else', () => {
  const hidden = (until_time: number): Partial<Finding> => ({
    status: 'suppressed',
    suppressed: { by: 'trip', owner: 'soc', reason: 'a trip', until_time, hides_high: false },
  });
  const weak: Partial<Finding> = { score: 60, level: 'medium', proposed: { action: 'step_up', scope: 'user' } };
  const strong: Partial<Finding> = { score: 90, level: 'critical', proposed: { action: 'revoke_session', scope: 'session' } };
  const capped: Partial<Finding> = { ...strong, level: 'high' };
  const answered: Partial<Finding> = { ...strong, proposed: { action: 'revoke_user_sessions', scope: 'user' } };
  const silent: Partial<Finding> = { ...strong, proposed: undefined };
  test.each<[string, Partial<Finding>, Partial<Finding>, boolean]>([
    ['as it was', strong, strong, false],
    ['no longer hidden', { ...strong, ...hidden(TIME + 11) }, strong, true],
    ['no longer hidden, and weaker', { ...strong, ...hidden(TIME + 11) }, weak, true],
    ['hidden by what has expired since', { ...strong, ...hidden(TIME + 10) }, strong, false],
    ['still hidden, by another', { ...strong, ...hidden(TIME + 11) }, { ...answered, ...hidden(TIME + 20) }, false],
    ['hidden now', strong, { ...strong, ...hidden(TIME + 11) }, true],
    ['hidden now that it is weaker', strong, { ...weak, ...hidden(TIME + 11) }, false],
    ['another level', strong, capped, true],
    ['another answer', strong, answered, true],
    ['no answer', strong, silent, true],
    ['an answer', silent, strong, true],
    ['stronger', weak, strong, true],
    ['weaker', strong, weak, false],
  ])('%s', (_, told, found, isNews) => {
    const standing = new Standing();
    standing.note(revision(4, told), all);
    expect(newsOf(standing, revision(1, found), revision(2, found))).toEqual(isNews ? [`${revision(1).uid} 2`] : []);
  });
});

test('what the journal forgets is forgotten', () => {
  const standing = new Standing();
  standing.note(revision(3), none);
  standing.forget(TIME);
  expect(standing.follow(revision(1))).toMatchObject({ revision: 4 });
  standing.forget(TIME + 1);
  expect(standing.follow(revision(1))).toMatchObject({ revision: 1 });
});
