import fc from 'fast-check';
import type { Action, Finding } from '../../../src/core/event/index.js';
import { evidence, finding, MINUTE, oktaFinding, T0 } from './findings.js';

const HOUR = 60 * MINUTE;

const ACTIONS: Action[] = [
  'revoke_session',
  'revoke_user_sessions',
  'step_up',
  'require_reauth',
  'block_sign_in',
  'mark_user_risky',
  'notify_user',
  'hold_access',
  'revoke_token',
];
const SESSIONS = [0, 1, 2].map((n) => ({
  uid: `child-${n}`,
  root_uid: `root-${n >> 1}`,
  issuer: 'okta:fjordlight',
  confidence: 'high' as const,
}));

/** Findings of Ada at two vendors, five of them, which say now this and now that. */
export function steps(incidents: number, waits: number[] = [0, 0, MINUTE, 40 * MINUTE, 2 * HOUR]): fc.Arbitrary<Finding[]> {
  return fc
    .array(
      fc.record({
        n: fc.nat(4),
        action: fc.constantFrom(...ACTIONS),
        session: fc.constantFrom(0, 1, 2),
        isEntra: fc.boolean(),
        fate: fc.constantFrom('asks', 'asks', 'asks', 'low', 'retracted', 'suppressed'),
        wait: fc.constantFrom(...waits),
      }),
      { maxLength: 24 },
    )
    .map((rows) => {
      const revisions = new Map<number, number>();
      let time = T0;
      return rows.map(({ n, action, session, isEntra, fate, wait }) => {
        time += wait;
        const revision = (revisions.get(n) ?? 0) + 1;
        revisions.set(n, revision);
        return (isEntra ? finding : oktaFinding)({
          uid: `f${n}`,
          incident_uid: `i${n % incidents}`,
          revision,
          last_seen_time: time,
          level: fate === 'low' ? 'low' : 'high',
          status: fate === 'retracted' || fate === 'suppressed' ? fate : 'updated',
          ...(isEntra ? {} : { session: SESSIONS[session] }),
          proposed: { action, scope: 'user' },
        });
      });
    });
}

const LIFE = {
  people: 3,
  findings: 6,
  maxLength: 40,
  actions: ['revoke_session', ...ACTIONS] as Action[],
  waits: [0, 0, MINUTE, MINUTE, 40 * MINUTE, 2 * HOUR, 9 * HOUR],
};

/** One person's, with more that overlaps, and in quick succession. */
export const DENSE: Partial<typeof LIFE> = {
  people: 1,
  maxLength: 60,
  actions: ['revoke_user_sessions', 'require_reauth', 'revoke_session', 'revoke_session', 'step_up'],
  waits: [0, 0, 0, MINUTE, MINUTE, 40 * MINUTE],
};

/**
 * The same of several people over hours and days, with tokens and acts; some findings are dealt with, come again, are about something late, or
 * come after others that arrived later, as they do from several partitions.
 */
export function lives(options: Partial<typeof LIFE> = {}): fc.Arbitrary<Finding[]> {
  const { people, findings, maxLength, actions, waits } = { ...LIFE, ...options };
  return fc
    .array(
      fc.record({
        who: fc.nat(people - 1),
        n: fc.nat(findings - 1),
        action: fc.constantFrom(...actions),
        session: fc.constantFrom(0, 1, 2),
        isEntra: fc.boolean(),
        fate: fc.constantFrom('asks', 'asks', 'asks', 'asks', 'low', 'retracted', 'suppressed', 'closed', 'stale'),
        wait: fc.constantFrom(...waits),
        late: fc.constantFrom(0, 0, 0, HOUR),
        behind: fc.constantFrom(0, 0, 0, MINUTE, 50 * MINUTE),
        acts: fc.nat(3),
        words: fc.constantFrom(1, 1, 1, 30),
      }),
      { maxLength },
    )
    .map((rows) => {
      const revisions = new Map<string, number>();
      let now = T0;
      return rows.map(({ who, n, action, session, isEntra, fate, wait, late, behind, acts, words }) => {
        now += wait;
        const time = now - behind;
        const uid = `f${who}-${n}`;
        const revision = (revisions.get(uid) ?? 0) + Number(fate !== 'stale');
        revisions.set(uid, revision);
        const vendor = isEntra ? 'entra:dir-1' : 'okta:fjordlight';
        const base = (isEntra ? finding : oktaFinding)();
        return {
          ...base,
          uid,
          incident_uid: `i${who}-${n % 3}`,
          revision,
          principal: { ...base.principal, key: `default/p${who}@fjordlight.example`, email: `p${who}@fjordlight.example` },
          last_seen_time: time - late,
          lateness_ms: 2 * MINUTE + late,
          level: fate === 'low' ? 'low' : 'high',
          status: fate === 'retracted' || fate === 'suppressed' || fate === 'closed' ? fate : 'updated',
          ...(isEntra ? {} : { session: SESSIONS[session] }),
          ...(n === 5 ? { token: { uid: `token-${session}`, kind: 'access_token' } } : {}),
          message: 'somebody else '.repeat(words),
          evidence: Array.from({ length: acts }, (_, i) =>
            evidence(`${vendor}:${n}-${i}`, 'context', {
              action: isEntra ? 'Register device' : 'system.api_token.create',
              time: time - late,
            }),
          ),
          proposed: { action, scope: 'user' },
        };
      });
    });
}
