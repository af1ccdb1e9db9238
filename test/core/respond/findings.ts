import type { Evidence, Finding, Level } from '../../../src/core/event/index.js';

export const T0 = Date.UTC(2026, 2, 2, 9, 0);
/** Ada's ids at Entra and at Okta. */
export const OID = '6b1f0c52-9a37-4f0e-8d1c-2f5f3a7c9e11';
export const OKTA_ID = '00u1ada2bcd3efg4hij5';
export const MINUTE = 60_000;

/** A finding on Ada's Entra session with a high level; what a test is about goes on top. */
export function finding(over: Partial<Finding> = {}): Finding {
  return {
    schema_version: 1,
    tenant: 'default',
    uid: 'f1',
    revision: 1,
    incident_uid: 'i1',
    incident_level: 'high',
    type: 'session_reuse',
    rule: { uid: 'session-reuse', title: 'Session used by somebody else', version: 1 },
    config_digest: 'd',
    level: 'high',
    score: 80,
    status: 'new',
    time: T0,
    first_seen_time: T0,
    last_seen_time: T0,
    trigger_event_uid: 'entra:dir-1:e1',
    lateness_ms: 2 * MINUTE,
    principal: { key: 'default/ada@fjordlight.example', type: 'human', uid: OID, email: 'ada@fjordlight.example' },
    session: { uid: 'sid-1', issuer: 'entra:dir-1', confidence: 'high' },
    message: 'The session was used from a hosting network after Oslo.',
    factors: [],
    evidence: [evidence('entra:dir-1:e0', 'baseline'), evidence('entra:dir-1:e1', 'trigger')],
    proposed: { action: 'revoke_session', scope: 'session' },
    ...over,
  };
}

export function evidence(event_uid: string, role: Evidence['role'], over: Partial<Evidence> = {}): Evidence {
  return { event_uid, role, time: T0, vendor: event_uid.split(':')[0]!, action: 'Sign-in activity', ...over };
}

/** On Ada's Okta session, which has a root. */
export function oktaFinding(over: Partial<Finding> = {}): Finding {
  return finding({
    trigger_event_uid: 'okta:fjordlight:e1',
    principal: { key: 'default/ada@fjordlight.example', type: 'human', uid: OKTA_ID, email: 'ada@fjordlight.example' },
    session: { uid: 'child', root_uid: 'root', issuer: 'okta:fjordlight', confidence: 'high' },
    evidence: [evidence('okta:fjordlight:e1', 'trigger', { action: 'user.authentication.sso' })],
    ...over,
  });
}

/** What a detector would propose at this level with a response of `high: revoke_session, medium: step_up`. */
export function atLevel(level: Level): Pick<Finding, 'level' | 'proposed'> {
  if (level === 'high' || level === 'critical') return { level, proposed: { action: 'revoke_session', scope: 'session' } };
  return { level, proposed: level === 'medium' ? { action: 'step_up', scope: 'user' } : undefined };
}
