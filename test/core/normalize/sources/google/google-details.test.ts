import type { Activity } from '../../../../../src/core/event/index.js';
import { googleDetails } from '../../../../../src/core/normalize/sources/google/google-details.js';
import { parameterReader } from '../../../../../src/core/normalize/sources/google/google-parameters.js';

const details = (app: string, name: string, activity: Activity, parameters: object) =>
  googleDetails({
    app,
    name,
    activity,
    parameter: parameterReader(parameters),
    time: undefined,
    actor: 'ingrid@fjord.example',
    ownerDomain: 'fjord.example',
  });

test('mail that leaves the organisation, stays in it, or goes nobody knows where', () => {
  const monitor = (to: string) =>
    details('admin', 'CREATE_EMAIL_MONITOR', 'mail_forwarding', { USER_EMAIL: 'ola@fjord.example', EMAIL_MONITOR_DEST_EMAIL: to });
  expect(monitor('x@harbour.example')).toMatchObject({
    forward_to: 'x@harbour.example',
    is_external: 'true',
    mailbox: 'ola@fjord.example',
  });
  expect(monitor('x@fjord.example')).toMatchObject({ is_external: 'false' });
  expect(details('admin', 'CREATE_GMAIL_SETTING', 'mail_forwarding', { SETTING_NAME: 'EMAIL_ROUTE' })).toEqual({
    kind: 'transport_rule',
    rule_name: 'EMAIL_ROUTE',
  });
});

test.each([
  ['_SEED_ADMIN_ROLE', 'true'],
  ['_HELP_DESK_ADMIN_ROLE', 'true'],
  ['Reports reader', undefined],
])('role %s', (role, isPrivileged) => {
  expect(details('admin', 'ASSIGN_ROLE', 'role_grant', { ROLE_NAME: role })?.['is_privileged']).toBe(isPrivileged);
});

test('a role that was made was given to nobody yet', () => {
  expect(details('admin', 'CREATE_ROLE', 'role_grant', { ROLE_NAME: '_SEED_ADMIN_ROLE' })).toEqual({
    role: '_SEED_ADMIN_ROLE',
    change: 'role created',
  });
});

test.each([
  ['2sv_enroll', 'added', '2-step verification'],
  ['2sv_disable', 'removed', '2-step verification'],
  ['passkey_removed', 'removed', 'passkey'],
  ['SECURITY_KEY_REGISTERED_FOR_USER', 'added', 'security_key'],
  ['titanium_unenroll', 'removed', 'advanced_protection'],
  ['USER_PUT_IN_TWO_STEP_VERIFICATION_GRACE_PERIOD', 'suspended', '2-step verification'],
])('factor: %s', (name, change, factor) => {
  expect(details('admin', name, 'mfa_change', {})).toEqual({ change, factor });
});

test.each([
  ['drive', 'download', 'file'],
  ['drive', 'sync_item_content', 'sync'],
  ['admin', 'CUSTOMER_TAKEOUT_CREATED', 'takeout'],
  ['admin', 'REQUEST_MAILBOX_DUMP', 'mailbox'],
  ['admin', 'DOWNLOAD_USERLIST_CSV', 'report'],
  ['admin', 'CREATE_DATA_TRANSFER_REQUEST', 'transfer'],
  ['vault', 'create_export_end', 'search'],
])('%s %s takes out: %s', (app, name, kind) => {
  expect(details(app, name, 'data_export', {})).toEqual({ kind });
});

test('what is logged is switched off', () => {
  const off = details('admin', 'CHANGE_LOGIN_ACTIVITY_TRACE', 'audit_tamper', { NEW_VALUE: 'false' });
  expect(off).toEqual({ kind: 'log', effect: 'disabled' });
  expect(details('admin', 'CHANGE_LOGIN_ACTIVITY_TRACE', 'audit_tamper', { NEW_VALUE: 'on' })).toMatchObject({ effect: 'enabled' });
  expect(details('admin', 'CHANGE_LOGIN_ACTIVITY_TRACE', 'audit_tamper', { NEW_VALUE: 'new' })).toMatchObject({ effect: 'changed' });
});

test('values of settings stay in the log', () => {
  const found = details('admin', 'CHANGE_APPLICATION_SETTING', 'policy_change', {
    SETTING_NAME: 'x',
    OLD_VALUE: 'hunter1',
    NEW_VALUE: 'hunter2',
  });
  expect(JSON.stringify(found)).not.toContain('hunter');
});
