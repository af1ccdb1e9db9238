import { parameterReader } from '../../../../../src/core/normalize/sources/google/google-parameters.js';
import { settingChange } from '../../../../../src/core/normalize/sources/google/google-policy.js';

const change = (name: string, parameters: object = {}) => settingChange(name, parameterReader(parameters));

test.each<[string, object, string, string]>([
  ['ENFORCE_STRONG_AUTHENTICATION', { OLD_VALUE: 'true', NEW_VALUE: 'false' }, 'mfa', 'disabled'],
  ['ENFORCE_STRONG_AUTHENTICATION', { OLD_VALUE: 'false', NEW_VALUE: 'true' }, 'mfa', 'enabled'],
  ['TOGGLE_SSO_ENABLED', { NEW_VALUE: 'true' }, 'federation', 'enabled'],
  ['CHANGE_ASSOCIATION_SETTING', {}, 'organisation', 'changed'],
  ['ADD_TRUSTED_DOMAINS', { DOMAIN_NAME: 'harbour.example' }, 'domain', 'weakened'],
  ['ADD_TO_TRUSTED_OAUTH2_APPS', { OAUTH2_APP_NAME: 'x' }, 'app_access', 'weakened'],
  ['REMOVE_FROM_TRUSTED_OAUTH2_APPS', { OAUTH2_APP_NAME: 'x' }, 'app_access', 'deleted'],
  ['ADD_TO_BLOCKED_OAUTH2_APPS', { OAUTH2_APP_NAME: 'x' }, 'app_access', 'created'],
  ['WEAK_PROGRAMMATIC_LOGIN_SETTINGS_CHANGED', { OLD_VALUE: 'DENIED', NEW_VALUE: 'ENABLED' }, 'client_access', 'weakened'],
  ['SESSION_CONTROL_SETTINGS_CHANGE', { REAUTH_SETTING_OLD: '1 hour', REAUTH_SETTING_NEW: 'NEVER' }, 'session', 'disabled'],
  ['CHANGE_CAA_APP_ASSIGNMENTS', { APPLICATION_NAME: 'Gmail' }, 'conditional_access', 'changed'],
  ['CHANGE_CHROME_OS_PUBLIC_SESSION_SETTING', { SETTING_NAME: 'x' }, 'device_management', 'changed'],
  ['DELETE_GMAIL_SETTING', { SETTING_NAME: 'SPAM_CONTROL' }, 'mail_protection', 'deleted'],
])('%s %p: %s, %s', (name, parameters, kind, effect) => {
  expect(change(name, parameters)).toEqual({ kind, effect });
});

const setting = (name: string, before: string | undefined, after: string) =>
  change('CHANGE_APPLICATION_SETTING', { SETTING_NAME: name, OLD_VALUE: before, NEW_VALUE: after });

test('what protects is switched off, what opens is switched on', () => {
  expect(setting('Password Management - Enforce strong password', 'on', 'off')).toEqual({ kind: 'password', effect: 'disabled' });
  expect(setting('Password Management - Enable password reuse', 'false', 'true')).toEqual({ kind: 'password', effect: 'weakened' });
  expect(setting('DelayedDeliverySettings disable_delayed_delivery_for_suspicious_email', undefined, 'true')).toEqual({
    kind: 'mail_protection',
    effect: 'weakened',
  });
  expect(setting('Enable external sharing', 'true', 'false')).toEqual({ kind: 'sharing', effect: 'changed' });
});

test('shown to more people is weakened, to fewer is not', () => {
  const calendar = (before: string, after: string) =>
    change('CHANGE_CALENDAR_SETTING', { SETTING_NAME: 'SHARING_OUTSIDE_DOMAIN', OLD_VALUE: before, NEW_VALUE: after }).effect;
  expect(calendar('READ_ONLY_ACCESS', 'READ_WRITE_ACCESS')).toBe('weakened');
  expect(calendar('READ_WRITE_ACCESS', 'READ_ONLY_ACCESS')).toBe('changed');
  expect(calendar('DEFAULT', 'READ_ONLY_ACCESS')).toBe('changed');
});
