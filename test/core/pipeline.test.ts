import { loadReach } from '../../src/config/reach.js';
import { createSuppressor, type SuppressionEntry } from '../../src/core/detect/suppress.js';
import type { Finding, RevocationCommand, SessionEvent } from '../../src/core/event/index.js';
import { type Detect, judge, passTime, type Stages } from '../../src/core/pipeline.js';
import { createRespond } from '../../src/core/respond/respond.js';
import { evidence, finding, MINUTE, T0 } from './respond/findings.js';

const PLACE = { class: 'public' as const, country: 'NO' };
const EVENT = {} as SessionEvent;
const ENTRY: SuppressionEntry = {
  id: 'exercise',
  owner: 'red team',
  reason: 'agreed',
  from: 0,
  expires: Number.MAX_SAFE_INTEGER,
  max_level: 'critical',
  ends: 'both',
  countries: ['NO'],
};

const said = (over: Partial<Finding> = {}): Finding =>
  finding({
    evidence: [
      evidence('entra:dir-1:e0', 'baseline', { src_endpoint: PLACE }),
      evidence('entra:dir-1:e1', 'trigger', { src_endpoint: PLACE }),
    ],
    ...over,
  });

/** Detects what it is told to. */
function detecting(...findings: Finding[]): Detect {
  return {
    accept: () => findings,
    tick: () => findings,
    configure: () => [],
    absorb: () => undefined,
    stats: () => ({}) as ReturnType<Detect['stats']>,
    unjudged: () => [],
  };
}

/** Tells findings one by one, each with the suppressions that are there at the time. */
function tell(...steps: [Finding, readonly SuppressionEntry[]][]) {
  const respond = createRespond(loadReach());
  const findings: Finding[] = [];
  const commands: RevocationCommand[] = [];
  for (const [one, entries] of steps) {
    const stages: Stages = { detect: detecting(one), suppress: createSuppressor(entries), respond };
    judge(EVENT, stages, { finding: (f) => void findings.push(f), command: (c) => void commands.push(c) });
  }
  return { findings, commands, actions: commands.map(({ action }) => action), stats: respond.stats() };
}

const revision = (n: number, over: Partial<Finding> = {}) =>
  said({
    revision: n,
    supersedes: n === 1 ? undefined : n - 1,
    status: n === 1 ? 'new' : 'updated',
    last_seen_time: T0 + n * MINUTE,
    ...over,
  });

test('what is said of an event is said in order: each finding, then its commands', () => {
  const heard: string[] = [];
  const stages = { detect: detecting(said(), said({ uid: 'f2' })), suppress: (f: Finding) => f, respond: createRespond(loadReach()) };
  judge(EVENT, stages, { finding: ({ uid }) => void heard.push(uid), command: ({ action }) => void heard.push(action) });
  expect(heard).toEqual(['f1', 'revoke_user_sessions', 'f2']);
});

test('what is said as time passes goes the same way', () => {
  const heard: string[] = [];
  const stages = { detect: detecting(said()), suppress: createSuppressor([ENTRY]), respond: createRespond(loadReach()) };
  passTime(1, stages, { finding: ({ status }) => void heard.push(status), command: ({ action }) => void heard.push(action) });
  expect(heard).toEqual(['suppressed']);
});

test('a finding that has been said stays said when respond fails', () => {
  const heard: string[] = [];
  const respond = {
    ...createRespond(loadReach()),
    accept() {
      throw new Error('a defect');
    },
  };
  const stages = { detect: detecting(said()), suppress: (f: Finding) => f, respond };
  expect(() => judge(EVENT, stages, { finding: ({ uid }) => void heard.push(uid), command: () => {} })).toThrow('a defect');
  expect(heard).toEqual(['f1']);
});

describe('a hidden finding', () => {
  test('is kept, leads to nothing, and respond remembers nothing of it', () => {
    const { findings, actions, stats } = tell([revision(1), [ENTRY]], [revision(2), [ENTRY]]);
    expect(findings.map(({ status }) => status)).toEqual(['suppressed', 'suppressed']);
    expect(actions).toEqual([]);
    expect(stats).toMatchObject({ incidents: 0, open: 0 });
  });

  test('that was open before takes its command back, and the cancellation says by what', () => {
    const { commands, stats } = tell([revision(1), []], [revision(2), [ENTRY]]);
    expect(commands).toMatchObject([
      { action: 'revoke_user_sessions' },
      { action: 'cancel', supersedes: commands[0]!.uid, reason: 'Hidden by exercise (red team): agreed' },
    ]);
    expect(stats.open).toBe(0);
  });

  test('leaves alone what another finding of the incident asks for', () => {
    const { actions, stats } = tell([revision(1), []], [revision(1, { uid: 'f2' }), []], [revision(2), [ENTRY]]);
    expect(actions).toEqual(['revoke_user_sessions']);
    expect(stats.open).toBe(1);
  });

  test('that comes into sight leads to its command', () => {
    const low = { ...ENTRY, max_level: 'medium' as const };
    const grown = tell([revision(1, { level: 'medium' }), [low]], [revision(2), [low]]);
    expect(grown.findings.map(({ status }) => status)).toEqual(['suppressed', 'updated']);
    expect(grown.actions).toEqual(['revoke_user_sessions']);
    expect(tell([revision(1), []], [revision(2), [ENTRY]], [revision(3), []]).actions).toEqual([
      'revoke_user_sessions',
      'cancel',
      'revoke_user_sessions',
    ]);
  });

  test('cannot be brought back by an older revision', () => {
    expect(tell([revision(1), []], [revision(3), [ENTRY]], [revision(2), []]).actions).toEqual(['revoke_user_sessions', 'cancel']);
  });

  test('that is taken back leads to nothing more', () => {
    const { actions, findings } = tell([revision(1), []], [revision(2), [ENTRY]], [revision(3, { status: 'retracted' }), [ENTRY]]);
    expect(actions).toEqual(['revoke_user_sessions', 'cancel']);
    expect(findings.at(-1)).toMatchObject({ status: 'retracted' });
  });
});
