import type { Finding, RevocationCommand } from '../../../src/core/event/index.js';
import { Standing } from '../../../src/runtime/follow/standing.js';
import { aFinding } from '../../output/a-finding.js';

const TIME = aFinding().last_seen_time;
const RULE = aFinding().rule.uid;
const revision = (n: number, over: Partial<Finding> = {}) =>
  aFinding({ lateness_ms: 0, revision: n, supersedes: n === 1 ? undefined : n - 1, status: n === 1 ? 'new' : 'updated', ...over });
const command = (finding_uid: string) => ({ uid: `c-${finding_uid}`, finding_uid }) as RevocationCommand;
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

test('of a rule that is gone what was said last is taken back, unless it was', () => {
  const standing = new Standing();
  const judges = (rule: string) => rule !== RULE;
  standing.note(revision(1), judges);
  standing.note(revision(2), judges);
  standing.note(revision(1, { uid: 'back' }), judges);
  standing.note(revision(2, { uid: 'back', status: 'retracted' }), judges);
  standing.note(revision(1, { uid: 'other', rule: { ...aFinding().rule, uid: 'other' } }), judges);
  expect(standing.withdrawals(TIME + 5, 'now')).toMatchObject([
    { uid: revision(1).uid, revision: 3, status: 'retracted', lateness_ms: 5, config_digest: 'now' },
  ]);
  standing.note(revision(3, { status: 'retracted' }), judges);
  expect(standing.withdrawals(TIME + 5, 'now')).toEqual([]);
});

test('what nobody holds is news: with its commands, in its order, when it is recent and stands', () => {
  const standing = new Standing();
  standing.note(revision(1, { uid: 'held' }), all);
  standing.note(revision(2, { uid: 'taken', status: 'retracted' }), all);
  const { listener } = standing;
  for (const uid of ['held', 'taken', 'fresh', 'explained', 'old']) {
    listener.finding(revision(1, { uid, last_seen_time: uid === 'old' ? TIME - 1 : TIME }));
    listener.command(command(uid));
  }
  listener.finding(revision(2, { uid: 'explained', status: 'retracted' }));
  const told = standing.news(TIME).map((one) => ('finding' in one ? one.finding.uid : one.command.uid));
  expect(told).toEqual(['taken', 'c-taken', 'fresh', 'c-fresh']);
  expect(standing.news(TIME)).toEqual([]);
});

test('what the journal forgets is forgotten', () => {
  const standing = new Standing();
  standing.note(revision(3), none);
  standing.forget(TIME);
  expect(standing.follow(revision(1))).toMatchObject({ revision: 4 });
  standing.forget(TIME + 1);
  expect(standing.follow(revision(1))).toMatchObject({ revision: 1 });
});
