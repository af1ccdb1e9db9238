import { loadReach } from '../../../src/config/reach.js';
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

test('where the wide call is missing, the narrow one is better than none', () => {
  const reach = reachOf({ revoke_session: row('session') });
  expect(ask(reach, 'revoke_user_sessions', all)).toBe('revoke_session');
  expect(ask(reach, 'revoke_user_sessions', { ...all, has_session: false })).toBeUndefined();
});

test('a key that cannot be switched off is ended as a token', () => {
  expect(ask(reachOf({ disable_credential: row('token'), revoke_token: row('user') }), 'disable_credential', all)).toBe(
    'disable_credential',
  );
  expect(ask(reachOf({ revoke_token: row('token') }), 'disable_credential', all)).toBe('revoke_token');
  expect(ask(reachOf({ revoke_user_sessions: row('user') }), 'disable_credential', all)).toBeUndefined();
  expect(ask(reachOf({ revoke_grant: row('client') }), 'disable_credential', all)).toBe('revoke_grant');
  expect(ask(reachOf({ revoke_grant: row('client') }), 'disable_credential', { ...all, has_client: false })).toBeUndefined();
});

test('a call that takes users of one form takes nobody else', () => {
  const reach = reachOf({ mark_user_risky: { ...row('user'), user_form: '^user/' } });
  expect(ask(reach, 'mark_user_risky', { ...all, user: 'user/ana' })).toBe('mark_user_risky');
  expect(ask(reach, 'mark_user_risky', { ...all, user: 'role/Admin/ana' })).toBeUndefined();
  expect(ask(reach, 'mark_user_risky', { ...all, user: undefined })).toBeUndefined();
  expect(ask(reach, 'mark_user_risky', { ...all, has_user: false, user: 'user/ana' })).toBeUndefined();
});

test("the vendor's own calls come before what needs none", () => {
  expect(ask(reachOf({ require_reauth: row('user') }, { step_up: row('user') }), 'step_up', all)).toBe('require_reauth');
  expect(ask(reachOf({}, { step_up: row('user') }), 'step_up', all)).toBe('step_up');
  expect(ask(reachOf({}, { step_up: row('user') }), 'step_up', nothing)).toBeUndefined();
  expect(ask(reachOf({}), 'step_up', all)).toBeUndefined();
});

describe('what the shipped rows say to whoever carries them out', () => {
  const rows = (names: string[]) =>
    names.flatMap((name) =>
      Object.entries(loadReach().vendors[name]!.actions).map(([action, row]) => ({ at: `${name} ${action}`, ...row })),
    );

  test('what stays alive is a thing, and not a condition: without a lifetime the reader sees "until removed" behind it', () => {
    const odd = rows(['okta', 'entra', 'm365']).flatMap(({ at, residual_access }) =>
      residual_access.filter(({ what }) => /\buntil\b|[.;]/.test(what)).map(({ what }) => `${at}: ${what}`),
    );
    expect(odd).toEqual([]);
  });
  test('what concerns guests only says so first', () => {
    const said = rows(['entra']).flatMap(({ residual_access }) => residual_access.filter(({ what }) => what.includes('guest')));
    expect(said).toHaveLength(2);
    for (const { what } of said) expect(what).toMatch(/^if the person is a guest: /);
  });
  test('the same call leaves the same alive', () => {
    const byCall = new Map<string, string>();
    for (const { api, residual_access } of rows(['entra'])) {
      const call = `${api.method} ${api.path}`;
      const lives = JSON.stringify(residual_access.filter(({ what }) => !what.startsWith('what was set up')));
      if (!api.path.includes('{client}')) expect(byCall.get(call) ?? lives).toBe(lives);
      byCall.set(call, lives);
    }
  });
  test('a call that ends nothing, or not what runs, says what to do beside it', () => {
    for (const { at, residual_access, follow_up } of rows(['okta', 'entra'])) {
      const isWeak = /step_up|block_sign_in/.test(at) || residual_access.some(({ what }) => what.includes('ends neither'));
      expect({ at, told: !isWeak || follow_up.length > 0 }).toEqual({ at, told: true });
    }
  });
  test('Okta ends a session by its id on Classic Engine only, whose ids have another form', () => {
    const { follow_up, requires, confirm, session_form } = loadReach().vendors.okta!.actions.revoke_session!;
    expect(['102abc', 'trs1', 'idxabc'].map((id) => new RegExp(session_form!).test(id))).toEqual([true, true, false]);
    expect(follow_up[0]).toContain('GET /api/v1/sessions/{session}');
    expect(requires[0]).toContain('Classic Engine');
    // a wrong id answers 404 from the start
    expect(confirm).toMatch(/200 before.*404 now/);
  });
});
