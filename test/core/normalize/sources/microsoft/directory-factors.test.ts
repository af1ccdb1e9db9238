import { factorChange } from '../../../../../src/core/normalize/sources/microsoft/directory-factors.js';
import { changed, nothing } from '../../changed.js';

test.each([
  ['User registered security info', 'User registered Mobile Phone SMS', 'added', 'Mobile Phone SMS'],
  ['User registered all required security info', 'User registered all required security info.', 'added', undefined],
  [
    'User deleted security info',
    'User deleted Authenticator App with Notification and Code',
    'removed',
    'Authenticator App with Notification and Code',
  ],
  ['Admin registered security info', 'Admin registered phone method for user', 'added', 'phone'],
  ['Admin deleted security info', undefined, 'removed', undefined],
  ['Admin updated security info', 'Admin updated an email method for user', 'changed', 'email'],
  ['User changed default security info', 'User changed the default security info for phone', 'default', undefined],
  ['Add FIDO2 security key', undefined, 'added', 'fido2 security key'],
  ['Delete FIDO2 security key(s)', undefined, 'removed', 'fido2 security key'],
  ['Register TOTP secret', undefined, 'added', 'totp secret'],
  ['Disable Strong Authentication', undefined, 'removed', undefined],
  ['Enable Strong Authentication', undefined, 'required', undefined],
  ['Update per-user multifactor authentication state', undefined, 'changed', undefined],
  ['Bypass user', undefined, 'bypassed', undefined],
  ['Delete all available strong authentication devices', undefined, 'reset', undefined],
])('%s (%s) is %s %s', (action, reason, change, factor) => {
  expect(factorChange(action, nothing, reason)).toEqual({ change, factor });
});

const methods = (...types: (number | string)[]) => JSON.stringify(types.map((MethodType, i) => ({ MethodType, Default: i === 0 })));

test.each([
  ['the first', methods(6), '[]', 'added', 'PhoneAppNotification'],
  ['one beside another', methods(6, 1), methods(6), 'added', 'TwoWaySms'],
  ['one more of the same', methods(6, 6), methods(6), 'added', 'PhoneAppNotification'],
  ['another in its place', methods(5), methods(6), 'added', 'OneWaySms'],
  ['one of two', methods(6), methods(6, 7), 'removed', 'PhoneAppOTP'],
  ['all', undefined, methods(6, 7), 'removed', 'PhoneAppNotification PhoneAppOTP'],
  ['another preferred', methods(7, 6), methods(6, 7), 'default', 'PhoneAppOTP'],
  ['a method that has a name', methods('Passkey'), undefined, 'added', 'Passkey'],
])('an update of the methods of a user: %s', (_name, after, before, change, factor) => {
  expect(factorChange('Update user', changed({ StrongAuthenticationMethod: [after, before] }), undefined)).toEqual({ change, factor });
});

test('an update of what is demanded of a user, and of the number to call', () => {
  const update = (name: string, after: string | undefined, before: string | undefined) =>
    factorChange('Update user', changed({ [name]: [after, before] }), undefined);
  expect(update('StrongAuthenticationRequirement', '[{"State":1}]', undefined)).toEqual({ change: 'required', factor: undefined });
  expect(update('StrongAuthenticationRequirement', undefined, '[{"State":1}]')).toEqual({ change: 'removed', factor: undefined });
  expect(update('StrongAuthenticationUserDetails', '[{"PhoneNumber":"+47 1"}]', undefined)).toEqual({ change: 'added', factor: 'phone' });
  expect(update('StrongAuthenticationUserDetails', '[{"PhoneNumber":"+47 2"}]', '[{"PhoneNumber":"+47 1"}]')).toEqual({
    change: 'changed',
    factor: 'phone',
  });
  expect(factorChange('Update user', nothing, undefined)).toEqual({ change: 'changed', factor: undefined });
});
