import { loadReach } from '../../../src/config/reach.js';
import type { Finding, Proposal, RevocationCommand } from '../../../src/core/event/index.js';
import { isOutlived, seenTime } from '../../../src/core/respond/renewal.js';
import { createRespond } from '../../../src/core/respond/respond.js';
import { evidence, finding, MINUTE, oktaFinding, T0 } from './findings.js';

const reach = loadReach();
const HOUR = 60 * MINUTE;

const ONE: Proposal = { action: 'revoke_session', scope: 'session' };
const ALL: Proposal = { action: 'revoke_user_sessions', scope: 'user' };
const ASK: Proposal = { action: 'step_up', scope: 'user' };

const of = (uid: string, proposed: Proposal, ms = 0, over: Partial<Finding> = {}) =>
  oktaFinding({ uid, proposed, message: `${uid} speaks.`, lateness_ms: 0, last_seen_time: T0 + ms, ...over });
const again = (before: Finding, ms: number, over: Partial<Finding> = {}): Finding => ({
  ...before,
  revision: before.revision + 1,
  status: 'updated',
  last_seen_time: T0 + ms,
  ...over,
});
/** another theft from the same person */
const second: Partial<Finding> = {
  incident_uid: 'i2',
  session: { uid: 'child-2', root_uid: 'root-2', issuer: 'okta:fjordlight', confidence: 'high' },
};

function run(...findings: Finding[]): { commands: RevocationCommand[]; exhausted: number } {
  const respond = createRespond(reach);
  const commands = findings.flatMap((one) => respond.accept(one));
  return { commands, exhausted: respond.stats().exhausted };
}
const brief = (commands: readonly RevocationCommand[]) =>
  commands.map(({ action, attempt, time }) => `${action} ${attempt} at ${(time - T0) / MINUTE}`);

describe('evidence that the theft goes on', () => {
  test.each<[string, Finding]>([
    ['a later revision of the same finding', again(of('a', ONE), 2 * HOUR)],
    ['another finding of the incident', of('b', ONE, 2 * HOUR)],
    [
      'a later act that the finding names',
      again(of('a', ONE), 0, { evidence: [evidence('okta:o:x', 'context', { time: T0 + 2 * HOUR })] }),
    ],
  ])('after the command has expired: %s makes the next attempt, which reaches it', (_, later) => {
    const { commands } = run(of('a', ONE), later);
    const [first, next, ...more] = commands as [RevocationCommand, RevocationCommand];
    expect(more).toEqual([]);
    expect(next).toEqual({
      ...first,
      uid: expect.stringMatching(/^[0-9a-f]{32}$/),
      attempt: 2,
      finding_uid: later.uid,
      supersedes: first.uid,
      time: T0 + 2 * HOUR,
      trigger_time: T0 + 2 * HOUR,
      expires_time: T0 + 3 * HOUR,
      target: { ...first.target, issued_before_time: T0 + 2 * HOUR },
      reason: later.message,
      evidence: later.evidence.map(({ event_uid }) => event_uid),
    });
    expect(next.uid).not.toBe(first.uid);
  });
  test('while the command is open: only what is half an hour later', () => {
    const first = of('a', ONE);
    expect(brief(run(first, again(first, 29 * MINUTE)).commands)).toEqual(['revoke_session 1 at 0']);
    expect(brief(run(first, of('b', ONE, 29 * MINUTE)).commands)).toEqual(['revoke_session 1 at 0']);
    expect(brief(run(first, again(first, 30 * MINUTE)).commands)).toEqual(['revoke_session 1 at 0', 'revoke_session 2 at 30']);
  });
  test('what came late, but was before the command, is answered by it', () => {
    const old = of('b', ONE, -MINUTE, { lateness_ms: 5 * HOUR });
    expect(brief(run(of('a', ONE), old).commands)).toEqual(['revoke_session 1 at 0']);
    const after = of('b', ONE, MINUTE, { lateness_ms: 5 * HOUR });
    expect(brief(run(of('a', ONE), after).commands)).toEqual(['revoke_session 1 at 0', 'revoke_session 2 at 301']);
  });
  test('what the person did before says nothing of the thief', () => {
    const baseline = [evidence('okta:o:x', 'baseline', { time: T0 + 2 * HOUR })];
    expect(run(of('a', ONE), again(of('a', ONE), 0, { evidence: baseline })).commands).toHaveLength(1);
  });
  test('said again every hour for a day it makes three attempts, and then only counts', () => {
    const first = of('a', ONE);
    const { commands, exhausted } = run(
      first,
      ...Array.from({ length: 24 }, (_, i) => again({ ...first, revision: i + 1 }, (i + 1) * HOUR)),
    );
    expect(brief(commands)).toEqual(['revoke_session 1 at 0', 'revoke_session 2 at 60', 'revoke_session 3 at 120']);
    expect(commands.slice(1).map(({ supersedes }) => supersedes)).toEqual(commands.slice(0, 2).map(({ uid }) => uid));
    expect(exhausted).toBe(22);
  });
  test('said again and again within the half hour it stays quiet', () => {
    const first = of('a', ONE);
    expect(run(first, ...Array.from({ length: 29 }, (_, i) => again({ ...first, revision: i + 1 }, (i + 1) * MINUTE)))).toMatchObject({
      commands: [{ attempt: 1 }],
      exhausted: 0,
    });
  });
  test('after a renewal the last command is the one that a retraction cancels', () => {
    const { commands } = run(
      of('a', ONE),
      again(of('a', ONE), 2 * HOUR),
      again(of('a', ONE), 3 * HOUR, { revision: 3, status: 'retracted' }),
    );
    expect(commands.map(({ action }) => action)).toEqual(['revoke_session', 'revoke_session', 'cancel']);
    expect(commands[2]!.supersedes).toBe(commands[1]!.uid);
  });
  test('a new attempt carries all follow-up that the one before had', () => {
    const act = evidence('okta:fjordlight:t', 'context', { action: 'system.api_token.create' });
    const { commands } = run(of('a', ONE, 0, { evidence: [act] }), of('b', ONE, 2 * HOUR));
    expect(commands[1]!.follow_up).toEqual(commands[0]!.follow_up);
    expect(commands[1]!.follow_up.at(-1)).toContain('okta:fjordlight:t');
  });
  test('it names the session that the evidence is about', () => {
    const other = finding({
      uid: 'b',
      last_seen_time: T0 + 2 * HOUR,
      session: { uid: 'sid-2', issuer: 'entra:dir-1', confidence: 'high' },
    });
    const { commands } = run(finding(), other);
    expect(commands.map(({ target }) => target.session)).toEqual(['sid-1', 'sid-2']);
    expect(commands[1]!.follow_up.at(-1)).toBe('See that session sid-1 has ended as well (incident i1).');
  });
  test('a finding that was dealt with and speaks again renews as well', () => {
    const closed = again(of('a', ONE), 0, { status: 'closed' });
    expect(brief(run(of('a', ONE), closed, again(of('a', ONE), 2 * HOUR, { revision: 3 })).commands)).toEqual([
      'revoke_session 1 at 0',
      'revoke_session 2 at 120',
    ]);
  });
});

describe('when another command answers the finding', () => {
  test('in the same incident that one is renewed, with the new reason, and does not shrink', () => {
    const { commands } = run(of('a', ALL), of('b', ONE), of('b', ONE, 2 * HOUR, { revision: 2 }));
    expect(brief(commands)).toEqual(['revoke_user_sessions 1 at 0', 'revoke_user_sessions 2 at 120']);
    expect(commands[1]).toMatchObject({ finding_uid: 'b', scope_requested: 'user', supersedes: commands[0]!.uid });
  });
  test('also by a finding that speaks for the first time', () => {
    expect(brief(run(of('a', ALL), of('b', ASK, 2 * HOUR)).commands)).toEqual([
      'revoke_user_sessions 1 at 0',
      'revoke_user_sessions 2 at 120',
    ]);
  });
  test('also when the finding that asked for it was dealt with', () => {
    const wide = of('a', ALL);
    const { commands } = run(wide, again(wide, 0, { status: 'closed' }), of('b', ONE, 2 * HOUR));
    expect(brief(commands)).toEqual(['revoke_user_sessions 1 at 0', 'revoke_user_sessions 2 at 120']);
  });
  test('what comes back aims at the latest evidence of its own', () => {
    const wide = of('b', ALL);
    const { commands } = run(of('a', ONE), wide, again(of('a', ONE), 2 * HOUR), again(wide, 2 * HOUR + MINUTE, { status: 'retracted' }));
    expect(brief(commands).at(-1)).toBe('revoke_session 1 at 121');
    expect(commands.at(-1)!.target.issued_before_time).toBe(T0 + 2 * HOUR);
  });
  test('what was held back by a finding that was dealt with comes for what was seen now', () => {
    const closed = again(of('a', ONE), 0, { status: 'closed' });
    const wide = of('b', ALL);
    const gone = again(wide, MINUTE, { status: 'retracted' });
    const { commands } = run(of('a', ONE), closed, wide, gone, again(of('a', ONE), 2 * HOUR, { revision: 3 }));
    expect(brief(commands).at(-1)).toBe('revoke_session 1 at 120');
    expect(commands.at(-1)!.target.issued_before_time).toBe(T0 + 2 * HOUR);
  });
  test('what comes back for an old act that was told late still aims at what it aimed at', () => {
    const fall = of('b', ONE, 0, { revision: 2, lateness_ms: 2 * HOUR });
    const { commands } = run(of('a', ONE), of('b', ALL), fall);
    expect(brief(commands).at(-1)).toBe('revoke_session 1 at 120');
    expect(commands.at(-1)!.target.issued_before_time).toBe(T0);
  });
  test('a command that another would stand for from now on is renewed when that one is too old as well', () => {
    const ended = of('v', ONE, 10 * MINUTE);
    const held = of('w', ASK, 10 * MINUTE, { incident_uid: 'i2' });
    const { commands } = run(of('a', ASK, 0, { session: second.session }), ended, held, again(ended, 2 * HOUR, { proposed: ASK }));
    expect(brief(commands)).toEqual(['step_up 1 at 0', 'revoke_session 1 at 10', 'cancel 1 at 120', 'step_up 2 at 120']);
  });
  test('in another incident that one may be done: its own comes', () => {
    const other = of('b', ALL, MINUTE, second);
    const { commands } = run(of('a', ONE), other, again(of('a', ONE), 2 * HOUR));
    expect(brief(commands)).toEqual(['revoke_session 1 at 0', 'revoke_user_sessions 1 at 1', 'revoke_session 2 at 120']);
    expect(brief(run(of('a', ONE), other, again(of('a', ONE), 20 * MINUTE)).commands)).toHaveLength(2);
  });
  test('two thefts from one person that both go on: three attempts each', () => {
    const findings = Array.from({ length: 20 }, (_, i) => [
      of('a', ALL, i * HOUR, { revision: i + 1 }),
      of('b', ALL, i * HOUR + 5 * MINUTE, { ...second, revision: i + 1 }),
    ]).flat();
    const { commands } = run(...findings);
    expect(commands.map(({ incident_uid, attempt }) => `${incident_uid} ${attempt}`)).toEqual([
      'i1 1',
      'i2 1',
      'i1 2',
      'i1 3',
      'i2 2',
      'i2 3',
    ]);
    expect(commands.slice(1).map(({ supersedes }) => supersedes)).toEqual(commands.slice(0, 5).map(({ uid }) => uid));
  });
  test('a renewed command does what others of the person asked for before it', () => {
    const { commands } = run(of('a', ALL), of('b', ONE, 10 * MINUTE, second), again(of('a', ALL), 2 * HOUR));
    expect(commands.map(({ action }) => action)).toEqual(['revoke_user_sessions', 'revoke_session', 'cancel', 'revoke_user_sessions']);
    expect(commands[2]!.reason).toBe(`Another command does this as well: revoke_user_sessions ${commands[3]!.uid}.`);
    expect(commands[3]!.follow_up.at(-1)).toBe('See that session root-2 has ended as well (incident i2).');
  });
  test('a wider one that comes for the first time is not held back by what is spent', () => {
    const first = of('a', ONE);
    const spent = [first, again(first, HOUR), again({ ...first, revision: 2 }, 2 * HOUR), again({ ...first, revision: 3 }, 3 * HOUR)];
    expect(brief(run(...spent, of('b', ALL, 4 * HOUR)).commands).at(-1)).toBe('revoke_user_sessions 1 at 240');
  });
});

describe('when a command is outlived', () => {
  const [command] = createRespond(reach).accept(finding({ lateness_ms: 0 })) as [RevocationCommand];
  test.each<[string, number, number, boolean]>([
    ['seen before it, whenever it arrives', 0, 9 * HOUR, false],
    ['seen after it, in time', 1, HOUR, false],
    ['seen after it, arriving when it has expired', 1, HOUR + 1, true],
    ['seen short of half an hour after it', 30 * MINUTE - 1, HOUR, false],
    ['seen half an hour after it', 30 * MINUTE, 30 * MINUTE, true],
  ])('%s', (_, seen, arrival, is) => {
    expect(isOutlived(command, T0 + seen, T0 + arrival)).toBe(is);
  });
  test('the half hour counts from when it was sent', () => {
    const returned = { ...command, time: T0 + 5 * HOUR, expires_time: T0 + 6 * HOUR };
    expect(isOutlived(returned, T0 + 5 * HOUR + MINUTE, T0 + 5 * HOUR + MINUTE)).toBe(false);
    expect(isOutlived(returned, T0 + 5 * HOUR + 30 * MINUTE, T0 + 5 * HOUR + 30 * MINUTE)).toBe(true);
  });
  test('the latest act counts, not what the person did before', () => {
    const items = [
      evidence('e:d:1', 'baseline', { time: T0 + 9 }),
      evidence('e:d:2', 'context', { time: T0 + 5 }),
      evidence('e:d:3', 'trigger'),
    ];
    expect(seenTime(finding({ evidence: items }))).toBe(T0 + 5);
    expect(seenTime(finding({ evidence: [] }))).toBe(T0);
  });
});
