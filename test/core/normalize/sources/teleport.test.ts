import { createTeleportMapper } from '../../../../src/core/normalize/sources/teleport.js';
import { fixture } from '../fixtures.js';

const mapper = createTeleportMapper('acme');
const base = fixture('teleport', 'command').input;
const map = (event: string, changes: Record<string, unknown> = {}) => mapper.map({ ...base, event, ...changes })[0]!;

test.each([
  ['user.login', 'sign_in'],
  ['auth', 'sign_in'],
  ['user.headless_login.approved', 'sign_in'],
  ['cert.create', 'token_issue'],
  ['bot.join', 'token_issue'],
  ['instance.join', 'token_issue'],
  ['session.start', 'session_use'],
  ['session.end', 'session_use'],
  ['db.session.query', 'session_use'],
  ['app.session.chunk', 'session_use'],
  ['kube.request', 'session_use'],
  ['windows.desktop.session.start', 'session_use'],
  ['user.password_change', 'credential_change'],
  ['reset_password_token.create', 'recovery'],
  ['recovery_code.used', 'recovery'],
  ['mfa.add', 'mfa_change'],
  ['mfa.delete', 'mfa_change'],
  ['access_request.create', 'role_grant'],
  ['access_list.member.add', 'role_grant'],
  ['access_list.member.delete', 'other'],
  ['role.created', 'policy_change'],
  ['role.updated', 'policy_change'],
  ['oidc.deleted', 'policy_change'],
  ['github.created', 'policy_change'],
  ['login_rule.create', 'policy_change'],
  ['trusted_cluster.create', 'policy_change'],
  ['auth_preference.update', 'policy_change'],
  ['saml.idp.service.provider.delete', 'policy_change'],
  ['client_ip_restriction.update', 'policy_change'],
  ['discovery_config.create', 'policy_change'],
  ['discovery_config.get', 'other'],
  ['saml.idp.service.provider.create', 'oauth_consent'],
  ['join_token.create', 'api_key'],
  ['device.create', 'device_register'],
  ['scp.download', 'data_export'],
  ['session_recording_config.update', 'audit_tamper'],
  ['cert.generation_mismatch', 'vendor_risk'],
  ['session.rejected', 'session_use'],
  ['plugin.create', 'oauth_consent'],
  ['spiffe.federation.create', 'policy_change'],
  ['external_audit_storage.disable', 'audit_tamper'],
  ['external_audit_storage.enable', 'audit_tamper'],
  ['x11-forward', 'session_use'],
  ['billing.create_card', 'other'],
  ['lock.deleted', 'other'],
])('%s is %s', (event, activity) => {
  expect(map(event)).toMatchObject({ action: event, activity });
});

test.each([
  ['device', 'TV005I', 'device_register'],
  ['device', 'TV006I', 'session_use'],
  ['device', 'TV002I', 'other'],
])('%s with code %s is %s', (event, code, activity) => {
  expect(map(event, { code }).activity).toBe(activity);
});

test.each([
  ['user.create', { roles: ['editor'], name: 'kim' }, 'role_grant'],
  ['user.create', { name: 'kim' }, 'other'],
  ['access_request.update', { state: 'APPROVED' }, 'role_grant'],
  ['access_request.update', { state: 'PROMOTED' }, 'other'],
  ['lock.created', { target: { user: 'kim' } }, 'session_revoke'],
  ['lock.created', { target: { node: 'n1' } }, 'policy_change'],
  ['sftp', { action: 3 }, 'data_export'],
  ['sftp', { action: 1 }, 'session_use'],
])('%s with %j is %s', (event, changes, activity) => {
  expect(map(event, changes).activity).toBe(activity);
});

test.each([
  [{ success: true, code: 'T1000W' }, 'success'],
  [{ success: false, code: 'T1000I' }, 'failure'],
  [{ status: { success: false }, code: 'TV005I' }, 'failure'],
  [{ code: 'T1000I' }, 'success'],
  [{ code: 'T3003S' }, 'success'],
  [{ code: 'TAL001E' }, 'failure'],
  [{ code: 'TDB00W' }, 'failure'],
])('%j is a %s', (changes, status) => {
  expect(map('session.start', changes).status).toBe(status);
});

test('a denied request is no grant', () => {
  expect(map('access_request.update', { state: 'DENIED' })).toMatchObject({ activity: 'role_grant', status: 'failure' });
});

test.each([
  [{ user: 'ana@fjord.example' }, 'human', 'ana@fjord.example'],
  [{ user: 'root' }, 'human', 'root'],
  [{ user: 'bot-ci' }, 'service', 'bot-ci'],
  [{ user: 'ci', user_kind: 2 }, 'service', 'ci'],
  [{ user: '05ff66c9-a948-42f4-af0e-a1b6b0000001.cluster' }, 'system', '05ff66c9-a948-42f4-af0e-a1b6b0000001.cluster'],
  [{ user: undefined, bot_name: 'ci' }, 'service', 'bot-ci'],
  [{ user: undefined, host_id: 'h1', node_name: 'n' }, 'workload', 'h1'],
  [{ user: undefined, updated_by: 'tom' }, 'human', 'tom'],
  [{ user: undefined, reviewer: 'tom' }, 'human', 'tom'],
  [{ user: '-' }, 'unknown', undefined],
])('%j is a %s', (changes, type, uid) => {
  const { principal } = map('session.start', changes);
  expect([principal.type, principal.uid]).toEqual([type, uid]);
});

test('who asks for a certificate in their own name impersonates nobody', () => {
  const own = { user: undefined, identity: { user: 'bot-ci', impersonator: 'bot-ci' } };
  expect(map('cert.create', own)).toMatchObject({
    activity: 'token_issue',
    principal: { type: 'service', uid: 'bot-ci' },
    targets: undefined,
  });
});

test.each([
  ['203.0.113.24:50332', '203.0.113.24:50332'],
  ['2001:db8:::50332', '2001:db8::'],
  ['[2001:db8::1]:50332', '[2001:db8::1]:50332'],
])('%s is %s', (remote, ip) => {
  expect(map('session.start', { 'addr.remote': remote }).ip).toBe(ip);
});

test.each(['T1000I', 'TSPIFFE000I', 'PG001I', 'IG001I', 'WID001I', 'DC003I', 'AUC001I'])('%s is a code of Teleport', (code) => {
  expect(mapper.recognises({ ...base, code })).toBe(true);
});

test('an event whose code is none of Teleport`s is not taken', () => {
  for (const code of ['X1000I', 't1000i', '1000', 'TOO_MUCH', undefined]) expect(mapper.recognises({ ...base, code })).toBe(false);
  expect(mapper.recognises({ ...base, event: { type: 'x' } })).toBe(false);
});
