import fc from 'fast-check';
import { loadReach } from '../../../src/config/reach.js';
import type { Finding, Level, RevocationCommand } from '../../../src/core/event/index.js';
import { createRespond, RESPOND_DEFAULTS } from '../../../src/core/respond/respond.js';
import { atLevel, evidence, finding, MINUTE, OID, oktaFinding, T0 } from './findings.js';

const reach = loadReach();
const HOUR = 60 * MINUTE;

function run(...findings: Finding[]): RevocationCommand[] {
  const respond = createRespond(reach);
  return findings.flatMap((f) => respond.accept(f));
}
const words = (commands: readonly RevocationCommand[]) => commands.map((c) => c.action);

/** What is left to do after all commands: sent, and neither cancelled nor replaced. */
function open(commands: readonly RevocationCommand[]): RevocationCommand[] {
  const last = new Map(commands.map((c) => [c.uid, c]));
  for (const c of commands) if (c.supersedes !== undefined) last.delete(c.supersedes);
  return [...last.values()].filter((c) => c.action !== 'cancel');
}

describe('a command', () => {
  test('says everything that whoever carries it out must know', () => {
    const [command, ...more] = run(finding());
    expect(more).toEqual([]);
    const row = reach.vendors.entra!.actions.revoke_user_sessions!;
    const arrival = T0 + 2 * MINUTE;
    expect(command).toEqual({
      schema_version: 1,
      tenant: 'default',
      uid: expect.stringMatching(/^[0-9a-f]{32}$/),
      attempt: 1,
      incident_uid: 'i1',
      finding_uid: 'f1',
      time: arrival,
      trigger_time: T0,
      expires_time: arrival + RESPOND_DEFAULTS.command_lifetime_ms,
      mode_requested: 'shadow',
      mode: 'shadow',
      action: 'revoke_user_sessions',
      target: {
        vendor: 'entra',
        account: 'dir-1',
        user: { uid: OID, email: 'ada@fjordlight.example', iss_sub: `https://login.microsoftonline.com/dir-1/v2.0 ${OID}` },
        session: 'sid-1',
        issued_before_time: arrival,
      },
      scope_requested: 'session',
      scope_effective: 'user',
      residual_access: row.residual_access,
      depends_on: [],
      follow_up: row.follow_up,
      reason: 'The session was used from a hosting network after Oslo.',
      evidence: ['entra:dir-1:e0', 'entra:dir-1:e1'],
    });
  });
  test('has the same uid in every run, and another one for another tenant, incident or target', () => {
    const uids = [
      finding(),
      finding(),
      finding({ uid: 'f2' }),
      finding({ last_seen_time: T0 + HOUR }),
      finding({ tenant: 't2' }),
      finding({ incident_uid: 'i2' }),
      oktaFinding(),
    ].map((f) => run(f)[0]!.uid);
    expect(new Set(uids.slice(0, 4)).size).toBe(1);
    expect(new Set(uids).size).toBe(4);
  });
  test('can be given another life', () => {
    const [command] = createRespond(reach, { command_lifetime_ms: MINUTE }).accept(finding());
    expect(command!.expires_time - command!.time).toBe(MINUTE);
  });
  test('is not made without a plan', () => {
    expect(run(finding({ level: 'low' }), finding({ uid: 'f2', proposed: undefined }))).toEqual([]);
  });
});

const secondSession: Partial<Finding> = { session: { uid: 'x', root_uid: 'root-2', issuer: 'okta:fjordlight', confidence: 'high' } };

describe('one command per incident, target and action', () => {
  test('later revisions and other findings of the incident add nothing', () => {
    const commands = run(
      finding(),
      finding({ revision: 2, status: 'updated', score: 95, level: 'critical' }),
      finding({ uid: 'f2', type: 'use_after_revocation' }),
    );
    expect(words(commands)).toEqual(['revoke_user_sessions']);
  });
  test('another incident is another command', () => {
    expect(run(oktaFinding(), oktaFinding({ uid: 'f2', incident_uid: 'i2', ...secondSession })).map((c) => c.incident_uid)).toEqual([
      'i1',
      'i2',
    ]);
  });
  test('two Okta sessions of one incident are two targets', () => {
    expect(run(oktaFinding(), oktaFinding({ uid: 'f2', ...secondSession })).map((c) => c.target.session)).toEqual(['root', 'root-2']);
  });
  test('a later act of the session that needs undoing is added to the same command, which keeps its uid, time and expiry', () => {
    const rule = evidence('m365:dir-1:r', 'trigger', { action: 'New-InboxRule', time: T0 + MINUTE });
    const later = finding({ revision: 2, status: 'updated', last_seen_time: T0 + MINUTE, evidence: [...finding().evidence, rule] });
    const [first, second, ...more] = run(finding(), later, finding({ ...later, revision: 3 }));
    expect(more).toEqual([]);
    expect(second).toEqual({ ...first!, follow_up: [...first!.follow_up, expect.stringContaining('m365:dir-1:r')] });
  });
});

describe('what changes its mind', () => {
  test('a retracted finding cancels its command', () => {
    const [made, cancel, ...more] = run(
      finding(),
      finding({ revision: 2, status: 'retracted', last_seen_time: T0 + MINUTE, message: 'It was a VPN.' }),
    );
    expect(more).toEqual([]);
    expect(cancel).toEqual({
      ...made!,
      uid: expect.stringMatching(/^[0-9a-f]{32}$/),
      time: made!.time + MINUTE,
      trigger_time: T0 + MINUTE,
      expires_time: made!.expires_time + MINUTE,
      supersedes: made!.uid,
      action: 'cancel',
      residual_access: [],
      follow_up: [],
      reason: 'It was a VPN.',
    });
    expect(cancel!.uid).not.toBe(made!.uid);
  });
  test('a cancellation is never older than what it cancels', () => {
    const [made, cancel] = run(finding({ lateness_ms: 10 * MINUTE }), finding({ revision: 2, status: 'retracted', lateness_ms: 0 }));
    expect(cancel!.time).toBe(made!.time);
  });
  test('also after its time has run out: whoever carried it out should know', () => {
    expect(words(run(finding(), finding({ revision: 2, status: 'retracted', last_seen_time: T0 + 5 * HOUR })))).toEqual([
      'revoke_user_sessions',
      'cancel',
    ]);
  });
  test('not while another finding of the incident still wants it', () => {
    const respond = createRespond(reach);
    expect(respond.accept(finding())).toHaveLength(1);
    expect(respond.accept(finding({ uid: 'f2' }))).toEqual([]);
    expect(respond.accept(finding({ revision: 2, status: 'retracted' }))).toEqual([]);
    expect(words(respond.accept(finding({ uid: 'f2', revision: 2, status: 'suppressed' })))).toEqual(['cancel']);
  });
  test('a retraction of what never asked for anything says nothing', () => {
    expect(run(finding({ status: 'retracted' }))).toEqual([]);
    expect(run(finding(), finding({ uid: 'f2', status: 'retracted' }))).toHaveLength(1);
  });
  test('from high to medium: the revocation is cancelled and a step-up takes its place', () => {
    const [revoke, cancel, stepUp] = run(finding(), finding({ revision: 2, ...atLevel('medium') }));
    expect(words([revoke!, cancel!, stepUp!])).toEqual(['revoke_user_sessions', 'cancel', 'step_up']);
    expect([cancel!.supersedes, stepUp!.supersedes]).toEqual([revoke!.uid, undefined]);
  });
  test('from medium to high: the revocation replaces the step-up', () => {
    const [stepUp, revoke, ...more] = run(finding(atLevel('medium')), finding({ revision: 2, ...atLevel('high') }));
    expect(more).toEqual([]);
    expect(words([stepUp!, revoke!])).toEqual(['step_up', 'revoke_user_sessions']);
    expect(revoke!.supersedes).toBe(stepUp!.uid);
  });
  test('from medium to high at a vendor that can end no session: the step-up stays', () => {
    const github = { trigger_event_uid: 'github:fjordlight:e', session: undefined };
    const commands = run(finding({ ...github, ...atLevel('medium') }), finding({ ...github, revision: 2, ...atLevel('high') }));
    expect(words(commands)).toEqual(['step_up']);
    expect(words(open(commands))).toEqual(['step_up']);
  });
  test('a finding that was forgotten and is told anew of a later act is no old revision', () => {
    const DAY = 86_400_000;
    const said = [1, 2, 3].map((revision) => finding({ revision, ...atLevel('high') }));
    const { last_seen_time, evidence } = said[0]!;
    const later = evidence.map((item) => ({ ...item, time: item.time + 4 * DAY }));
    const anew = finding({ revision: 1, ...atLevel('high'), last_seen_time: last_seen_time + 4 * DAY, evidence: later });
    const respond = createRespond(reach);
    expect(words(said.flatMap((one) => respond.accept(one)))).toEqual(['revoke_user_sessions']);
    // the same once more is nothing
    expect(respond.accept(said[0]!)).toEqual([]);
    expect(respond.accept(anew).map(({ action, attempt }) => [action, attempt])).toEqual([['revoke_user_sessions', 2]]);
    expect(respond.accept(anew)).toEqual([]);
    expect(respond.accept(said[2]!)).toEqual([]);
  });
  test('from medium to high, when the revocation is out already: it stays alone', () => {
    const commands = run(finding({ uid: 'f2' }), finding(atLevel('medium')), finding({ revision: 2, ...atLevel('high') }));
    expect(words(commands)).toEqual(['revoke_user_sessions']);
    expect(words(open(commands))).toEqual(['revoke_user_sessions']);
  });
  test('from high to low: cancelled, and nothing instead', () => {
    expect(words(run(finding(), finding({ revision: 2, ...atLevel('low') })))).toEqual(['revoke_user_sessions', 'cancel']);
  });
  test('asked again after a withdrawal it is a new attempt, three at most', () => {
    const flapping = Array.from({ length: 10 }, (_, i) => finding({ revision: i + 1, ...atLevel(i % 2 === 0 ? 'high' : 'low') }));
    const made = run(...flapping).filter((c) => c.action !== 'cancel');
    expect(made.map((c) => c.attempt)).toEqual([1, 2, 3]);
    expect(new Set(made.map((c) => c.uid)).size).toBe(3);
    expect(run(...flapping).filter((c) => c.action === 'cancel')).toHaveLength(3);
  });
  test('an older revision that comes late is ignored, and so is a repeated one', () => {
    expect(run(finding({ revision: 3, ...atLevel('medium') }), finding({ revision: 2 }), finding({ revision: 3 }))).toHaveLength(1);
  });
  test('a finding that is dealt with leaves its command as it is', () => {
    expect(run(finding(), finding({ revision: 2, status: 'closed' }))).toHaveLength(1);
  });
});

describe('order', () => {
  const levels: Level[] = ['low', 'medium', 'high', 'critical'];
  const arbitraryFindings = fc
    .array(
      fc.record({
        uid: fc.constantFrom('f1', 'f2', 'f3', 'f4'),
        okta: fc.boolean(),
        level: fc.constantFrom(...levels),
        retracted: fc.boolean(),
      }),
      { maxLength: 9 },
    )
    .map((rows) => {
      const revisions = new Map<string, number>();
      return rows.map(({ uid, okta, level, retracted }) => {
        const revision = (revisions.get(uid) ?? 0) + 1;
        revisions.set(uid, revision);
        // f2 may even move from one provider's session to the other's
        const of = uid === 'f1' || (uid === 'f2' && okta) ? oktaFinding : finding;
        return of({ uid, revision, status: retracted ? 'retracted' : 'updated', ...atLevel(level) });
      });
    });

  test('findings of an incident in any order leave the same commands open', () => {
    fc.assert(
      fc.property(arbitraryFindings, fc.infiniteStream(fc.nat(3)), (findings, choices) => {
        // another interleaving: the revisions of one finding stay in order, as the stream keeps them
        const queues = [...new Set(findings.map((f) => f.uid))].map((uid) => findings.filter((f) => f.uid === uid));
        const shuffled: Finding[] = [];
        for (const choice of choices) {
          const filled = queues.filter((queue) => queue.length > 0);
          if (filled.length === 0) break;
          shuffled.push(filled[choice % filled.length]!.shift()!);
        }
        const left = (commands: RevocationCommand[]) =>
          open(commands)
            .map((c) => JSON.stringify([c.target.vendor, c.target.session, c.action]))
            .sort();
        const straight = run(...findings);
        const crooked = run(...shuffled);
        // below the cap on repetitions, which is there to break a flapping finding
        fc.pre([...straight, ...crooked].every((c) => c.attempt < 3));
        expect(left(crooked)).toEqual(left(straight));
      }),
      { numRuns: 500 },
    );
  });
  test('no uid stands for two different orders', () => {
    fc.assert(
      fc.property(arbitraryFindings, (findings) => {
        const orders = new Map<string, string>();
        for (const { uid, action, target, attempt } of run(...findings)) {
          const order = JSON.stringify([action, target.vendor, target.session, attempt]);
          expect(orders.get(uid) ?? order).toBe(order);
          orders.set(uid, order);
        }
      }),
    );
  });
});
