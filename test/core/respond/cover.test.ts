import fc from 'fast-check';
import { loadReach } from '../../../src/config/reach.js';
import type { Finding, Proposal, RevocationCommand } from '../../../src/core/event/index.js';
import { createRespond } from '../../../src/core/respond/respond.js';
import { evidence, finding, MINUTE, oktaFinding, T0 } from './findings.js';
import { Ledger } from './ledger.js';
import { steps } from './steps.js';

const reach = loadReach();
const HOUR = 60 * MINUTE;

const ONE: Proposal = { action: 'revoke_session', scope: 'session' };
const ALL: Proposal = { action: 'revoke_user_sessions', scope: 'user' };
const ASK: Proposal = { action: 'step_up', scope: 'user' };
const TELL: Proposal = { action: 'notify_user', scope: 'user' };
const AGAIN: Proposal = { action: 'require_reauth', scope: 'user' };

/** A finding on Ada's Okta session, where one session can be ended alone. */
const of = (uid: string, proposed: Proposal, over: Partial<Finding> = {}) =>
  oktaFinding({ uid, proposed, message: `${uid} speaks.`, ...over });
const gone = (before: Finding): Finding => ({ ...before, revision: before.revision + 1, status: 'retracted' });
const later = (before: Finding, ms: number): Finding => ({ ...before, last_seen_time: before.last_seen_time + ms });
/** of another session of hers, which is another theft */
const second: Partial<Finding> = {
  incident_uid: 'i2',
  session: { uid: 'child-2', root_uid: 'root-2', issuer: 'okta:fjordlight', confidence: 'high' },
};

/** Runs findings through and says what came: the action, and what it takes the place of. */
function tell(...findings: Finding[]): { said: string[]; open: string[]; commands: RevocationCommand[] } {
  const respond = createRespond(reach);
  const ledger = new Ledger();
  const commands = findings.flatMap((one) => {
    const said = respond.accept(one);
    ledger.take(said);
    return said;
  });
  const names = new Map(commands.map(({ uid, action }) => [uid, action]));
  const said = commands.map(({ action, supersedes }) => (supersedes === undefined ? action : `${action} for ${names.get(supersedes)}`));
  return { said, open: ledger.open().map(({ action }) => action), commands };
}

describe('in one incident', () => {
  test.each<[string, Proposal, Proposal]>([
    ['all sessions after one', ONE, ALL],
    ['one session after a step-up', ASK, ONE],
    ['all sessions after a step-up', ASK, ALL],
    ['all sessions after a new sign-in', AGAIN, ALL],
    ['a new sign-in after a step-up', ASK, AGAIN],
    ['a block after a step-up', ASK, { action: 'block_sign_in', scope: 'user' }],
  ])('%s: it takes its place', (_, weak, strong) => {
    const { said, open } = tell(of('a', weak), of('b', strong));
    expect(said).toEqual([weak.action, `${strong.action} for ${weak.action}`]);
    expect(open).toEqual([strong.action]);
    // the other way round it does not come at all
    expect(tell(of('b', strong), of('a', weak)).said).toEqual([strong.action]);
  });
  test.each<[string, Proposal, Proposal]>([
    ['telling the person', ALL, TELL],
    ['holding access', ALL, { action: 'hold_access', scope: 'user' }],
    ['a block of sign-ins', ALL, { action: 'block_sign_in', scope: 'user' }],
  ])('%s is something else and comes beside', (_, one, other) => {
    expect(tell(of('a', one), of('b', other)).open).toEqual([one.action, other.action]);
  });
  test('what is replaced together with another is cancelled, with the reason', () => {
    const block: Proposal = { action: 'block_sign_in', scope: 'user' };
    const two = [of('a', ONE), of('b', block), of('c', ALL)];
    expect(tell(...two).said).toEqual(['revoke_session', 'block_sign_in', 'revoke_user_sessions for revoke_session']);
    const rise = [of('f', ONE), of('a', ASK, second), of('b', ALL, { last_seen_time: T0 + MINUTE })];
    const { said, commands } = tell(...rise);
    expect(said).toEqual(['revoke_session', 'step_up', 'cancel for step_up', 'revoke_user_sessions for revoke_session']);
    expect(commands[2]!.reason).toBe(`Another command does this as well: revoke_user_sessions ${commands[3]!.uid}.`);
    expect(commands[2]!.incident_uid).toBe('i2');
  });
  test('a step-up for another session stays beside the revocation of one', () => {
    const other = of('b', ASK, { session: second.session });
    expect(tell(of('a', ONE), other).open).toEqual(['revoke_session', 'step_up']);
    expect(tell(of('a', ONE), other, of('c', ASK), gone(other)).open).toEqual(['revoke_session']);
    const moved = of('b', ASK, { revision: 2, session: second.session });
    expect(tell(of('a', ONE), of('b', ASK), moved).open).toEqual(['revoke_session', 'step_up']);
  });
  test('two vendors do not overlap', () => {
    expect(tell(of('a', ALL), finding({ uid: 'b', proposed: ALL })).open).toHaveLength(2);
  });
});

describe('nothing is lost', () => {
  test('the narrower comes again when the wider is taken back, as a new order', () => {
    const wide = of('b', ALL);
    const { said, commands } = tell(of('a', ONE), wide, gone(later(wide, 5 * HOUR)));
    expect(said).toEqual([
      'revoke_session',
      'revoke_user_sessions for revoke_session',
      'cancel for revoke_user_sessions',
      'revoke_session',
    ]);
    const [first, , cancel, again] = commands as [RevocationCommand, RevocationCommand, RevocationCommand, RevocationCommand];
    // it can be carried out, but still aims at what it aimed at
    expect(again).toEqual({ ...first, uid: again.uid, time: cancel.time, expires_time: cancel.time + HOUR });
    expect(again.uid).not.toBe(first.uid);
    expect(again.time).toBe(first.time + 5 * HOUR);
  });
  test('what was never sent comes for the first time', () => {
    const wide = of('b', ALL);
    const { said, commands } = tell(wide, of('a', ONE), gone(wide));
    expect(said).toEqual(['revoke_user_sessions', 'cancel for revoke_user_sessions', 'revoke_session']);
    expect(commands[2]).toMatchObject({ attempt: 1, finding_uid: 'a', reason: 'a speaks.' });
    expect(commands[2]!.uid).toBe(tell(of('a', ONE)).commands[0]!.uid);
  });
  test('however often the wider comes and goes, until it is not sent any more', () => {
    const wide = Array.from({ length: 12 }, (_, i) => of('b', ALL, { revision: i + 1, status: i % 2 === 0 ? 'updated' : 'retracted' }));
    const { commands, open } = tell(of('a', ONE), ...wide);
    const narrow = commands.filter(({ action }) => action === 'revoke_session');
    expect(narrow.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1]);
    expect(new Set(narrow.map(({ uid }) => uid)).size).toBe(4);
    expect(commands.filter(({ action }) => action === 'revoke_user_sessions').map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(open).toEqual(['revoke_session']);
    // one that cannot come any more holds nothing back
    const standing = of('b', ALL, { revision: 13, status: 'updated' });
    expect(tell(of('a', ONE), ...wide, standing).open).toEqual(['revoke_session']);
  });
  test('also when the narrower was on its last attempt', () => {
    const flapping = Array.from({ length: 5 }, (_, i) => of('a', ONE, { revision: i + 1, status: i % 2 === 0 ? 'updated' : 'retracted' }));
    const { commands } = tell(...flapping, of('b', ALL), gone(of('b', ALL)));
    expect(commands.slice(-3).map(({ action, attempt }) => [action, attempt])).toEqual([
      ['revoke_user_sessions', 1],
      ['cancel', 1],
      ['revoke_session', 3],
    ]);
  });
  test('what a finding asks for that is spent is counted', () => {
    const respond = createRespond(reach);
    for (let i = 0; i < 9; i++) respond.accept(of('a', ONE, { revision: i + 1, status: i % 2 === 0 ? 'updated' : 'retracted' }));
    expect(respond.stats()).toMatchObject({ open: 0, exhausted: 2 });
  });
  test('a finding that was dealt with brings nothing back, until it speaks again', () => {
    const closed = of('a', ONE, { revision: 2, status: 'closed' });
    const wide = of('b', ALL);
    expect(tell(of('a', ONE), closed).open).toEqual(['revoke_session']);
    expect(tell(of('a', ONE), closed, wide, gone(wide)).open).toEqual([]);
    expect(tell(of('a', ONE), closed, wide, gone(wide), of('a', ONE, { revision: 3 })).open).toEqual(['revoke_session']);
    expect(tell(of('a', ONE), closed, gone(closed)).open).toEqual([]);
    // what happens beside it leaves its command open
    expect(tell(of('a', ONE), closed, of('b', TELL)).open).toEqual(['revoke_session', 'notify_user']);
  });
  test('follow-up of what is not sent goes to the command that stands for it', () => {
    const rule = evidence('okta:fjordlight:r', 'trigger', { action: 'system.api_token.create' });
    const { said, commands } = tell(of('b', ALL), of('a', ONE, { evidence: [rule] }));
    expect(said).toEqual(['revoke_user_sessions', 'revoke_user_sessions']);
    expect(commands[1]).toEqual({ ...commands[0]!, follow_up: [...commands[0]!.follow_up, expect.stringContaining('okta:fjordlight:r')] });
  });
});

describe('incidents of one person', () => {
  test('a later sign-out everywhere does what an earlier command asked for, and names its session', () => {
    const { said, commands } = tell(of('a', ONE), later(of('b', ALL, second), MINUTE));
    expect(said).toEqual(['revoke_session', 'revoke_user_sessions for revoke_session']);
    expect(commands[1]!.follow_up.at(-1)).toBe('See that session root has ended as well (incident i1).');
  });
  test('a later finding is not covered by what was asked for before: that may be done, and the session came after it', () => {
    expect(tell(of('a', ALL), later(of('b', ONE, second), MINUTE)).open).toEqual(['revoke_user_sessions', 'revoke_session']);
    // but the whole again takes the place of the whole before
    expect(tell(of('a', ALL), later(of('b', ALL, second), MINUTE)).said).toEqual([
      'revoke_user_sessions',
      'revoke_user_sessions for revoke_user_sessions',
    ]);
  });
  test('a later revision does not make an earlier command the later one', () => {
    const one = of('a', ALL);
    const two = later(of('b', ALL, second), MINUTE);
    const again = later({ ...one, revision: 2 }, 2 * MINUTE);
    expect(tell(one, two, again, of('c', TELL)).said.slice(2)).toEqual(['notify_user']);
  });
  test('a command names its own session in its target only', () => {
    const one = of('a', ALL);
    const { commands } = tell(one, gone(one), of('b', ALL, { session: second.session }));
    expect(commands[2]!.target.session).toBe('child-2');
    expect(commands[2]!.follow_up).toEqual(commands[0]!.follow_up);
  });
  test('what arrives together makes one command', () => {
    const { said, commands } = tell(of('a', ALL), of('b', ALL, second));
    expect(said).toEqual(['revoke_user_sessions', 'revoke_user_sessions']);
    expect(commands[1]!.follow_up.at(-1)).toBe('See that session root-2 has ended as well (incident i2).');
  });
  test('a question to the person is asked once, and says nothing of sessions that end', () => {
    const { said, commands } = tell(of('a', ASK), later(of('b', ASK, second), MINUTE));
    expect(said).toEqual(['step_up', 'step_up for step_up']);
    expect(commands[1]!.follow_up).toEqual(commands[0]!.follow_up);
  });
  test('of two people, nothing overlaps', () => {
    const bo = { key: 'default/bo@fjordlight.example', type: 'human' as const, email: 'bo@fjordlight.example' };
    expect(tell(of('a', ALL), of('b', ALL, { ...second, principal: bo })).open).toHaveLength(2);
    expect(tell(of('a', ALL), of('b', ALL, { ...second, tenant: 't2' })).open).toHaveLength(2);
  });
});

describe('whatever happens', () => {
  test.each([1, 3])('no command doubles another, every finding is answered, and none stays when all is taken back (%i incidents)', (n) => {
    fc.assert(
      fc.property(steps(n), (findings) => {
        const respond = createRespond(reach);
        const ledger = new Ledger();
        for (const one of findings) {
          ledger.note(one, reach);
          ledger.take(respond.accept(one));
          expect(ledger.doubled()).toEqual([]);
          expect(ledger.unanswered()).toEqual([]);
          expect(ledger.isReached(one.uid)).toBe(true);
          expect(respond.stats().open).toBe(ledger.open().length);
        }
        expect(ledger.mostAttempts()).toBeLessThanOrEqual(3);
        for (const last of ledger.findings()) ledger.take(respond.accept(gone(last)));
        expect(ledger.open()).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  test.each([
    ['of an incident', steps(1)],
    ['that arrive together', steps(3, [0])],
  ])('the order of findings %s changes nothing in what is open', (_, some) => {
    fc.assert(
      fc.property(some, fc.infiniteStream(fc.nat(4)), (findings, choices) => {
        const queues = [...new Set(findings.map(({ uid }) => uid))].map((uid) => findings.filter((one) => one.uid === uid));
        const shuffled: Finding[] = [];
        for (const choice of choices) {
          const filled = queues.filter((queue) => queue.length > 0);
          if (filled.length === 0) break;
          shuffled.push(filled[choice % filled.length]!.shift()!);
        }
        const [straight, crooked] = [findings, shuffled].map((order) => {
          const respond = createRespond(reach);
          const ledger = new Ledger();
          for (const one of order) ledger.take(respond.accept(one));
          return { ledger, exhausted: respond.stats().exhausted };
        });
        // the cap on repetitions depends on how often a command came and went
        fc.pre(straight!.exhausted === 0 && crooked!.exhausted === 0);
        expect(crooked!.ledger.aims()).toEqual(straight!.ledger.aims());
      }),
      { numRuns: 400 },
    );
  });

  test('the same findings lead to the same commands', () => {
    fc.assert(fc.property(steps(3), (findings) => expect(tell(...findings).commands).toEqual(tell(...findings).commands)));
  });
});
