import { actionTable, effectOf } from '../../../../src/core/normalize/sources/action-table.js';

const activity = actionTable({ sign_in: ['login'], other: ['login.looks_like_it'] }, [
  [/^login/, 'sign_in'],
  [/export/, 'data_export'],
]);

test.each([
  ['login', 'sign_in'],
  // a name of the table wins over a pattern
  ['login.looks_like_it', 'other'],
  ['login.by.moonlight', 'sign_in'],
  // the first pattern that fits
  ['login_export', 'sign_in'],
  ['weekly_export', 'data_export'],
  ['anything', 'other'],
  ['constructor', 'other'],
])('%s is %s', (name, expected) => {
  expect(activity(name)).toBe(expected);
  // and again, from memory
  expect(activity(name)).toBe(expected);
});

test('only the beginning of a name is looked at', () => {
  expect(activity(`${'x'.repeat(300)} export`)).toBe('other');
});

test('names that are made up for every record are still answered', () => {
  for (let i = 0; i < 1500; i++) expect(activity(`export ${i}`)).toBe('data_export');
});

test.each([
  ['org_ip_restriction_created', 'created'],
  ['trusted_domain_added', 'created'],
  ['SUBSCRIPTION.DELETED', 'deleted'],
  ['workspace_2fa_disabled', 'disabled'],
  // not "activated"
  ['sso_connection_deactivated', 'disabled'],
  ['sso_connection_activated', 'enabled'],
  ['settings_updated', 'changed'],
])('%s has %s it', (name, effect) => {
  expect(effectOf(name)).toBe(effect);
});
