import type { Mapped } from '../../../../../src/core/normalize/mapped.js';
import { createDuoMapper } from '../../../../../src/core/normalize/sources/duo/duo.js';
import { duoActivity, factorChange, policyEffect } from '../../../../../src/core/normalize/sources/duo/duo-actions.js';
import { fixture } from '../../fixtures.js';

const mapper = createDuoMapper('acme');
const push = fixture('duo', 'push-approved').input;

function authentication(more: Record<string, unknown>): Mapped {
  return mapper.map({ ...push, ...more })[0]!;
}

function act(action: string, description: unknown = {}, more: Record<string, unknown> = {}): Mapped {
  const record = {
    action,
    isotimestamp: '2026-03-02T08:15:30+00:00',
    timestamp: 1772439330,
    username: 'Max Brandt',
    object: 'lena.berg',
    ...more,
  };
  return mapper.map({ ...record, description: JSON.stringify(description) })[0]!;
}

test.each([
  ['admin_login', {}, 'sign_in'],
  ['admin_self_activate', {}, 'other'],
  ['user_lockout', {}, 'session_revoke'],
  ['admin_login_error', {}, 'sign_in'],
  ['admin_2fa_error', { error: 'timed out' }, 'sign_in'],
  ['admin_2fa_error', { error: 'marked as fraudulent' }, 'vendor_risk'],
  ['bypass_create', {}, 'recovery'],
  ['bypass_view', {}, 'recovery'],
  ['bypass_delete', {}, 'other'],
  ['admin_reset_password', {}, 'recovery'],
  ['phone_create', {}, 'mfa_change'],
  ['webauthncredential_delete', {}, 'mfa_change'],
  ['u2ftoken_create', {}, 'mfa_change'],
  ['hardtoken_delete', {}, 'mfa_change'],
  ['user_adminapi_lockout', {}, 'session_revoke'],
  ['user_lockout_cleared', {}, 'other'],
  ['admin_deactivate_duo_push', {}, 'mfa_change'],
  ['update_helpdesk_bypass_codes', {}, 'policy_change'],
  ['passport_config_update', {}, 'policy_change'],
  ['admin_activate_duo_push', {}, 'mfa_change'],
  ['o2fa_user_provisioned', {}, 'mfa_change'],
  ['user_update', { status: 'Bypass' }, 'mfa_change'],
  ['user_update', { phones: '' }, 'mfa_change'],
  ['user_update', { status: 'Disabled' }, 'session_revoke'],
  ['user_update', { notes: 'x' }, 'other'],
  ['group_update', { _status: 'Bypass' }, 'policy_change'],
  ['group_update', { desc: 'x' }, 'other'],
  ['admin_create', {}, 'role_grant'],
  ['admin_update', { role: 'Owner' }, 'role_grant'],
  ['admin_update', {}, 'other'],
  ['policy_update', {}, 'policy_change'],
  ['admin_single_sign_on_update', {}, 'policy_change'],
  ['update_admin_factor_restrictions', {}, 'policy_change'],
  ['azure_directory_update', {}, 'policy_change'],
  ['integration_create', {}, 'oauth_consent'],
  ['integration_skey_view', {}, 'app_credential'],
  ['integration_skey_bulk_view', {}, 'app_credential'],
  ['log_export_start', {}, 'data_export'],
  ['user_create', {}, 'other'],
  ['never_heard_of', {}, 'other'],
])('%s with %j is %s', (action, said, activity) => {
  expect(duoActivity(action, said)).toBe(activity);
  expect(act(action, said).activity).toBe(activity);
});

test.each([
  ['success', 'user_approved', 'sign_in', 'success', true],
  ['success', 'bypass_user', 'sign_in', 'success', false],
  ['success', 'remembered_device', 'sign_in', 'success', false],
  ['denied', 'no_response', 'sign_in', 'failure', undefined],
  ['denied', 'anomalous_push', 'sign_in', 'failure', undefined],
  ['FAILURE', 'Locked out', 'sign_in', 'failure', undefined],
  ['something new', 'x', 'sign_in', 'unknown', undefined],
])('result %s because of %s is %s, %s', (result, reason, activity, status, isMfa) => {
  const mapped = authentication({ result, reason });
  expect(mapped).toMatchObject({ activity, status });
  expect(mapped.auth?.is_mfa).toBe(isMfa);
});

test('what the vendor or the person calls a fraud is a verdict', () => {
  expect(authentication({ result: 'fraud', reason: 'user_marked_fraud' })).toMatchObject({
    activity: 'vendor_risk',
    risk: { level: 'high' },
  });
  expect(authentication({ result: 'denied', reason: 'anomalous_push' }).risk).toEqual({ level: 'high', reasons: ['anomalous_push'] });
  expect(authentication({}).risk).toBeUndefined();
});

test('what became of a factor', () => {
  expect(factorChange('phone_disassociate', {})).toBe('removed');
  expect(factorChange('phone_associate', {})).toBe('added');
  expect(factorChange('user_update', { phones: '' })).toBe('removed');
  expect(factorChange('user_update', { status: 'Bypass' })).toBe('suspended');
  expect(factorChange('send_enroll_code', {})).toBe('required');
});

test('what a change of a setting did', () => {
  expect(policyEffect('policy_create', {})).toBe('created');
  expect(policyEffect('policy_delete', {})).toBe('deleted');
  expect(policyEffect('integration_policy_unassign', {})).toBe('deleted');
  expect(policyEffect('admin_single_sign_on_update', { enforcement_status: 'optional' })).toBe('weakened');
  expect(policyEffect('policy_update', {})).toBe('changed');
});

test('who acts: a person, a directory, the API, the service', () => {
  const type = (username: string) => act('user_update', {}, { username }).principal.type;
  expect(['Max Brandt', 'AD User Sync: DC', 'Azure User Sync: x', 'API', 'Admin API (x)', 'System'].map(type)).toEqual([
    'human',
    'system',
    'system',
    'service',
    'service',
    'system',
  ]);
});

test('an act on oneself has no target', () => {
  expect(act('user_update', { status: 'Bypass' }, { object: 'Max Brandt' }).targets).toBeUndefined();
  expect(act('user_update', { status: 'Bypass' }).targets).toMatchObject([{ name: 'lena.berg' }]);
  expect(act('phone_create', {}, { object: '555-0100' }).targets).toBeUndefined();
});

test('addresses: a port behind them, all zeros, nothing', () => {
  const ip = (value: unknown) => authentication({ access_device: { ip: value } }).ip;
  expect([ip('2001:db8::1#1234'), ip('2001:db8::1p4321'), ip('203.0.113.4'), ip('0.0.0.0'), ip('')]).toEqual([
    '2001:db8::1',
    '2001:db8::1',
    '203.0.113.4',
    undefined,
    undefined,
  ]);
});

test('words for nothing are nothing', () => {
  const mapped = authentication({
    factor: 'not_available',
    trusted_endpoint_status: 'unknown',
    email: '',
    access_device: { ip: '203.0.113.4' },
  });
  expect(mapped.details).toBeUndefined();
  expect(mapped.device).toBeUndefined();
  expect(mapped.auth?.method).toBeUndefined();
});

test('a broken time falls back to the other', () => {
  expect(authentication({ isotimestamp: '2026-03-02T08: 15: 30+00: 00' }).time).toBe(1772439330000);
});

test('telephony and empty pages make no events', () => {
  const calls = {
    context: 'verify',
    credits: 1,
    isotimestamp: '2026-03-02T08:15:30+00:00',
    phone: '+4700000000',
    timestamp: 1772439330,
    type: 'sms',
  };
  for (const record of [calls, { stat: 'OK', response: [] }, { stat: 'OK', response: { authlogs: [] } }]) {
    expect(mapper.recognises(record)).toBe(true);
    expect(mapper.map(record)).toEqual([]);
  }
});

test.each([
  ['an action of somebody else', { action: 'x', timestamp: 1, username: 'x' }],
  ['a result of somebody else', { factor: 'x', result: 'x' }],
  ['an answer that failed', { stat: 'FAIL', response: [] }],
])('%s is not taken', (_what, record) => {
  expect(mapper.recognises(record)).toBe(false);
});
