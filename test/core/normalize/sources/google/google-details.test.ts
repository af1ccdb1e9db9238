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

describe('somebody outside is let at a file, a drive or a calendar', () => {
  const shared = (name: string, parameters: object, app = 'drive') => details(app, name, 'session_use', parameters)?.['is_external'];
  const access = (more: object) =>
    shared('change_user_access', { target_user: 'buyer@harbour.example', old_value: ['none'], new_value: ['can_view'], ...more });

  test('by the domain, where Google does not say it', () => {
    expect(access({})).toBe('true');
    expect(access({ visibility: 'shared_externally', visibility_change: 'none' })).toBe('true');
    expect(access({ target_user: 'tom@fjord.example' })).toBeUndefined();
    expect(access({ target_user: 'tom@oslo.fjord.example', visibility: 'people_with_link' })).toBeUndefined();
    // the owner's own organisation, of a file that is not ours
    expect(access({ owner: 'sales@harbour.example' })).toBeUndefined();
  });

  test('Google knows better: all domains of the organisation, and those whose names are left out', () => {
    expect(access({ target_user: 'kai@sound.example', visibility: 'shared_internally' })).toBeUndefined();
    expect(access({ target_user: 'redacted', visibility: 'shared_externally', visibility_change: 'external' })).toBe('true');
    expect(access({ target_user: 'redacted', visibility: 'shared_externally' })).toBeUndefined();
  });

  test('what is taken away, or was had before, lets nobody in', () => {
    expect(access({ old_value: ['can_edit'], new_value: ['none'], visibility_change: 'internal' })).toBeUndefined();
    expect(access({ old_value: ['can_view'], new_value: ['can_edit'] })).toBeUndefined();
    expect(access({ new_value: undefined })).toBeUndefined();
  });

  test('a whole domain, a shared drive, a calendar', () => {
    const domain = (target_domain: string) =>
      shared('change_document_access_scope', { target_domain, old_value: ['none'], new_value: ['can_view'] });
    expect([domain('harbour.example'), domain('fjord.example'), domain('all')]).toEqual(['true', undefined, undefined]);
    const drive = (membership_change_type: string) =>
      shared('shared_drive_membership_change', { membership_change_type, target: 'buyer@harbour.example', added_role: 'editor' });
    expect([drive('add_to_shared_drive'), drive('remove_from_shared_drive')]).toEqual(['true', undefined]);
    const calendar = (access_level: string) =>
      shared('change_calendar_acls', { access_level, grantee_email: 'buyer@harbour.example' }, 'calendar');
    expect([calendar('read'), calendar('freebusy'), calendar('none')]).toEqual(['true', undefined, undefined]);
  });

  test('another act on the same file is none', () => {
    expect(
      shared('change_acl_editors', { old_value: ['owner'], new_value: ['owner', 'writers'], visibility: 'shared_externally' }),
    ).toBeUndefined();
    expect(
      shared('change_document_visibility', {
        visibility_change: 'external',
        new_value: ['people_with_link'],
        visibility: 'people_with_link',
      }),
    ).toBeUndefined();
  });
});
