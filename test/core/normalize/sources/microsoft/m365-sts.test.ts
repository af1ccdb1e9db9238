import { createM365Mapper } from '../../../../../src/core/normalize/sources/microsoft/m365.js';
import { fixture } from '../../fixtures.js';

const base = fixture('m365', 'sts-sign-in').input;
function map(changes: Record<string, unknown>, requestType = 'OAuth2:Authorize') {
  return createM365Mapper().map({ ...base, ExtendedProperties: [{ Name: 'RequestType', Value: requestType }], ...changes })[0]!;
}

test.each([
  [{ Operation: 'UserLoggedIn', ErrorNumber: '0' }, 'success'],
  [{ Operation: 'UserLoggedIn', ErrorNumber: undefined }, 'success'],
  [{ Operation: 'UserLoggedIn', ErrorNumber: '50140' }, 'interrupted'],
  [{ Operation: 'UserLoginFailed', ErrorNumber: '50126' }, 'failure'],
  [{ Operation: 'UserLoginFailed', ErrorNumber: '500121' }, 'failure'],
  [{ Operation: 'UserLoginFailed', ErrorNumber: undefined, LogonError: 'InvalidUserNameOrPassword' }, 'failure'],
  [{ Operation: 'UserLoginFailed', ErrorNumber: undefined, LogonError: 'UserStrongAuthEnrollmentRequiredInterrupt' }, 'interrupted'],
  [{ Operation: 'UserLoginFailed', ErrorNumber: '0' }, 'failure'],
])('%j is a %s', (changes, status) => {
  expect(map({ ResultStatus: 'Success', ...changes }).status).toBe(status);
});

test.each([
  ['OAuth2:Authorize', 'sign_in', 'oauth2'],
  ['Login:login', 'sign_in', undefined],
  ['OAuth2:Token', 'token_issue', 'oauth2'],
  ['Saml2:processrequest', 'sign_in', 'saml20'],
  ['OAuth2:Logout', 'sign_out', 'oauth2'],
])('request %s is a %s', (requestType, activity, protocol) => {
  expect(map({}, requestType)).toMatchObject({ activity, details: { request_type: requestType } });
  expect(map({}, requestType).auth?.protocol).toBe(protocol);
});

test.each([
  ['Login:login', {}, 'password'],
  ['Login:login', { Operation: 'UserLoginFailed', ErrorNumber: '50126' }, undefined],
  ['Login:login', { ErrorNumber: '50140' }, undefined],
  ['Login:reprocess', {}, undefined],
  ['OAuth2:Authorize', {}, undefined],
])('request %s of %j has the method %s', (requestType, changes, method) => {
  expect(map({ Operation: 'UserLoggedIn', ErrorNumber: '0', ...changes }, requestType).auth?.method).toBe(method);
});

test('properties that are no list are none', () => {
  expect(map({ ExtendedProperties: '-Name "foo"', DeviceProperties: 'x' })).toMatchObject({ session: undefined, device: undefined });
});
