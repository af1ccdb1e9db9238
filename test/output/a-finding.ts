import type { Finding, RevocationCommand } from '../../src/core/event/index.js';

const TIME = Date.UTC(2026, 2, 2, 10, 41, 7);

/** A finding as session_reuse makes them, for tests of how it is shown. */
export function aFinding(over: Partial<Finding> = {}): Finding {
  return {
    schema_version: 1,
    tenant: 'default',
    uid: 'f1',
    revision: 1,
    incident_uid: 'i1',
    incident_level: over.level ?? 'high',
    type: 'session_reuse',
    rule: { uid: 'session-reuse', title: 'Session used by somebody else', version: 1 },
    config_digest: '0123456789abcdef',
    level: 'high',
    score: 70,
    status: 'new',
    time: TIME,
    first_seen_time: TIME,
    last_seen_time: TIME,
    trigger_event_uid: 'okta:acme:2',
    lateness_ms: 0,
    principal: { key: 'default/ana@example.com', type: 'human', email: 'ana@example.com' },
    session: { uid: '102abc', issuer: 'okta:acme', confidence: 'high' },
    message: 'The session of ana@example.com goes on from a hosting network in Germany.',
    factors: [
      { name: 'country_changed', dimension: 'place_network', points: 30, text: 'Spain became Germany' },
      { name: 'library_client', dimension: 'client', points: 40, text: 'python-requests where Chrome spoke' },
      { name: 'same_device', dimension: 'device', points: -25, text: 'the same device' },
    ],
    evidence: [
      {
        event_uid: 'okta:acme:2',
        role: 'trigger',
        time: TIME,
        vendor: 'okta',
        action: 'user.authentication.sso',
        src_endpoint: {
          ip: '78.46.0.1',
          class: 'public',
          country: 'DE',
          city: 'Nuremberg',
          asn: 24940,
          as_org: 'Hetzner Online GmbH',
          as_class: 'hosting',
        },
        user_agent: 'python-requests/2.31',
      },
      {
        event_uid: 'okta:acme:1',
        role: 'baseline',
        time: TIME - 6_000_000,
        vendor: 'okta',
        action: 'user.session.start',
        src_endpoint: {
          ip: '81.45.1.2',
          class: 'public',
          country: 'ES',
          city: 'Madrid',
          asn: 3352,
          as_org: 'Telefonica',
          as_class: 'access',
        },
        user_agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Safari/537.36',
        device: 'd1 observed',
      },
    ],
    proposed: { action: 'revoke_session', scope: 'session' },
    ...over,
  };
}

export function aCommand(over: Partial<RevocationCommand> = {}): RevocationCommand {
  return {
    schema_version: 1,
    tenant: 'default',
    uid: 'c1',
    attempt: 1,
    incident_uid: 'i1',
    finding_uid: 'f1',
    time: TIME,
    trigger_time: TIME,
    expires_time: TIME + 3_600_000,
    mode_requested: 'shadow',
    mode: 'shadow',
    action: 'revoke_session',
    target: {
      vendor: 'okta',
      account: 'acme',
      user: { uid: '00u1', email: 'ana@example.com' },
      session: '102abc',
      issued_before_time: TIME,
    },
    scope_requested: 'session',
    scope_effective: 'session',
    residual_access: [{ what: 'access tokens', max_lifetime_s: 3600 }, { what: 'grants' }],
    depends_on: [],
    follow_up: ['look at the grants'],
    reason: 'r',
    evidence: ['okta:acme:2'],
    ...over,
  };
}
