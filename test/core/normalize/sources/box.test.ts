import type { Mapped } from '../../../../src/core/normalize/mapped.js';
import { createBoxMapper } from '../../../../src/core/normalize/sources/box.js';

const mapper = createBoxMapper('acme');
const LENA = { type: 'user', id: '11', name: 'Lena Berg', login: 'lena.berg@fjord.example' };

function of(event_type: string, more: Record<string, unknown> = {}): Mapped {
  const record = { type: 'event', event_id: 'e1', created_at: '2026-03-02T00:15:30-08:00', created_by: LENA, ip_address: '203.0.113.4' };
  return mapper.map({ ...record, event_type, ...more })[0]!;
}

test.each([
  ['LOGIN', 'sign_in', 'success'],
  ['ADMIN_LOGIN', 'sign_in', 'success'],
  ['FAILED_LOGIN', 'sign_in', 'failure'],
  ['DEVICE_TRUST_CHECK_FAILED', 'sign_in', 'failure'],
  ['ADD_LOGIN_ACTIVITY_DEVICE', 'sign_in', 'success'],
  ['REMOVE_LOGIN_ACTIVITY_DEVICE', 'session_revoke', 'success'],
  ['ADD_DEVICE_ASSOCIATION', 'device_register', 'success'],
  ['USER_AUTHENTICATE_OAUTH2_ACCESS_TOKEN_CREATE', 'token_issue', 'success'],
  ['OAUTH2_ACCESS_TOKEN_REVOKE', 'session_revoke', 'success'],
  ['CHANGE_ADMIN_ROLE', 'role_grant', 'success'],
  ['CHANGE_FOLDER_PERMISSION', 'role_grant', 'success'],
  ['APPLICATION_PUBLIC_KEY_ADDED', 'app_credential', 'success'],
  ['ENTERPRISE_APP_AUTHORIZATION_UPDATE', 'oauth_consent', 'success'],
  ['ENABLE_TWO_FACTOR_AUTH', 'mfa_change', 'success'],
  ['ACCESS_GRANTED', 'impersonation', 'success'],
  ['ACCESS_REVOKED', 'other', 'success'],
  ['DOWNLOAD', 'data_export', 'success'],
  ['ITEM_DOWNLOAD', 'data_export', 'success'],
  ['ITEM_SYNC', 'data_export', 'success'],
  ['MULTI_FACTOR_AUTH_DISABLE', 'mfa_change', 'success'],
  ['USER_PASSWORD_RESET', 'recovery', 'success'],
  ['ITEM_SHARED_CREATE', 'session_use', 'success'],
  ['PREVIEW', 'session_use', 'success'],
  ['DELETE', 'session_use', 'success'],
  ['SHIELD_ALERT', 'vendor_risk', 'success'],
  ['CONTENT_WORKFLOW_SHARING_POLICY_VIOLATION', 'vendor_risk', 'success'],
  ['CONTENT_WORKFLOW_ABNORMAL_DOWNLOAD_ACTIVITY', 'vendor_risk', 'success'],
  ['SHIELD_EXTERNAL_COLLAB_INVITE_BLOCKED', 'session_use', 'failure'],
  ['EXTERNAL_COLLAB_SECURITY_SETTINGS', 'policy_change', 'success'],
  ['CONTENT_WORKFLOW_POLICY_ADD', 'policy_change', 'success'],
  ['NEW_USER', 'other', 'success'],
  ['SOMETHING_NEW', 'other', 'success'],
  ['ITEM_SOMETHING_NEW', 'session_use', 'success'],
])('%s is %s, %s', (type, activity, status) => {
  expect(of(type)).toMatchObject({ activity, status });
});

test('who is not signed in is the address, and nobody without one', () => {
  const anonymous = { created_by: { type: 'user', id: '2', name: 'Unknown User' } };
  expect(of('PREVIEW', anonymous).principal).toEqual({ type: 'unknown', name: 'Unknown User', aliases: ['address:203.0.113.4'] });
  expect(of('PREVIEW', { ...anonymous, ip_address: 'Unknown IP' })).toMatchObject({ principal: { type: 'unknown' }, ip: undefined });
  expect(of('PREVIEW', { ...anonymous, ip_address: '' }).principal).toEqual({ type: 'unknown' });
});

test('an alert is put down to whom it is about', () => {
  const additional_details = {
    shield_alert: { rule_category: 'Suspicious Sessions', risk_score: 70, user: { id: 12, email: 'tom@fjord.example' } },
  };
  expect(of('SHIELD_ALERT', { additional_details })).toMatchObject({
    risk: { level: 'high', reasons: ['Suspicious Sessions'] },
    targets: [{ uid: '12', email: 'tom@fjord.example' }],
  });
  const own = JSON.stringify({ shield_alert: { risk_score: 10, user: { email: 'Lena.Berg@fjord.example' } } });
  expect(of('SHIELD_ALERT', { additional_details: own })).toMatchObject({ risk: { level: 'low' }, targets: undefined });
});

test('accounts of applications are services', () => {
  const app = { type: 'user', id: '13', name: 'Sync', login: 'AutomationUser_1_x@boxdevedition.com' };
  expect(of('UPLOAD', { created_by: app }).principal).toMatchObject({ type: 'service', uid: '13', email: undefined });
});

test('people are placed by Box`s own apps and not by those of others', () => {
  expect(of('DOWNLOAD').is_presence).toBe(true);
  expect(of('DOWNLOAD', { additional_details: { service_name: 'Box Drive' } }).is_presence).toBe(true);
  expect(of('DOWNLOAD', { additional_details: { service_name: 'Quote Sync' } }).is_presence).toBe(false);
  expect(of('FAILED_LOGIN').is_presence).toBe(false);
});

test('times have an offset of their own', () => {
  expect(of('LOGIN').time).toBe(1772439330000);
});

test.each([
  ['an event of somebody else', { event_type: 'LOGIN', created_at: 'x' }],
  ['entries alone', { entries: [] }],
])('%s is not taken', (_what, record) => {
  expect(mapper.recognises(record)).toBe(false);
});

test('an empty page makes no event', () => {
  expect(mapper.map({ chunk_size: 0, entries: [], next_stream_position: 1 })).toEqual([]);
});
