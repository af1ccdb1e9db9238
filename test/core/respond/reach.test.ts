import { type Aim, narrowest, type Reach, type ReachRow } from '../../../src/core/respond/reach.js';

const row = (scope_effective: ReachRow['scope_effective']): ReachRow => ({
  scope_effective,
  api: { method: 'POST', path: '/' },
  revokes: [],
  residual_access: [],
  follow_up: [],
  confirm: 'log',
  requires: [],
  source: 's',
  confidence: 'known',
});
const nothing: Aim = { has_user: false, has_session: false, has_token: false, has_client: false };
const all: Aim = { has_user: true, has_session: true, has_token: true, has_client: true };

function reachOf(actions: Reach['everywhere'], everywhere: Reach['everywhere'] = {}): Reach {
  return { version: '2026-01-01', vendors: { v: { title: 'V', actions } }, everywhere, acts: [] };
}
const ask = (reach: Reach, action: Parameters<typeof narrowest>[2], aim: Aim) => narrowest(reach, reach.vendors.v!, action, aim)?.action;

test('each scope needs its own id', () => {
  for (const [scope, aim] of [
    ['token', { has_token: true }],
    ['session', { has_session: true }],
    ['client', { has_client: true }],
    ['user', { has_user: true }],
  ] as const) {
    const reach = reachOf({ mark_user_risky: row(scope) });
    expect(ask(reach, 'mark_user_risky', { ...nothing, ...aim })).toBe('mark_user_risky');
    expect(ask(reach, 'mark_user_risky', { ...all, ...Object.fromEntries(Object.keys(aim).map((k) => [k, false])) })).toBeUndefined();
  }
  expect(ask(reachOf({ mark_user_risky: row('tenant') }), 'mark_user_risky', all)).toBeUndefined();
});

test('narrower comes first, wider only when it must', () => {
  const reach = reachOf({ revoke_token: row('token'), revoke_session: row('session'), revoke_user_sessions: row('user') });
  expect(ask(reach, 'revoke_token', all)).toBe('revoke_token');
  expect(ask(reach, 'revoke_token', { ...all, has_token: false })).toBe('revoke_session');
  expect(ask(reach, 'revoke_session', all)).toBe('revoke_session');
  expect(ask(reach, 'revoke_session', { ...nothing, has_user: true })).toBe('revoke_user_sessions');
  expect(ask(reach, 'revoke_user_sessions', all)).toBe('revoke_user_sessions');
});

test("the vendor's own calls come before what needs none", () => {
  expect(ask(reachOf({ require_reauth: row('user') }, { step_up: row('user') }), 'step_up', all)).toBe('require_reauth');
  expect(ask(reachOf({}, { step_up: row('user') }), 'step_up', all)).toBe('step_up');
  expect(ask(reachOf({}, { step_up: row('user') }), 'step_up', nothing)).toBeUndefined();
  expect(ask(reachOf({}), 'step_up', all)).toBeUndefined();
});
