import { createFindKeys } from '../../../../src/core/normalize/drift/keys.js';

const find = createFindKeys();

test.each([
  ['okta', 'system_log', 'client.ipAddress', 'address'],
  ['okta', 'system_log', 'client', 'address'],
  ['okta', 'system_log', 'authenticationContext', 'session'],
  ['okta', 'system_log', 'client.ipAddressOfOld', 'other'],
  ['okta', 'system_log', 'target', 'token'],
  ['okta', 'system_log', 'published', 'other'],
  ['m365', 'sts', 'DeviceProperties[Name=SessionId].Value', 'session'],
  ['m365', 'sts', 'DeviceProperties[Name=SessionId]', 'session'],
  ['m365', 'sts', 'DeviceProperties[Name=OS]', 'other'],
  ['m365', 'sts', 'DeviceProperties', 'session'],
  // as Azure wraps it, as Graph gives it, and as a collector spells it
  ['entra', 'sign_in', 'properties.sessionId', 'session'],
  ['entra', 'sign_in', 'sessionId', 'session'],
  ['entra', 'sign_in', 'properties', 'session'],
  ['aws', 'cloudtrail', 'useridentity.accesskeyid', 'token'],
  ['github', 'audit', 'properties', 'other'],
])('%s %s: %s is read as %s', (vendor, product, path, key) => {
  expect(find(vendor, product)!(path)).toBe(key);
});

test('of a product that no source has nothing is known', () => {
  expect(find('okta', 'sign_in')).toBeUndefined();
  expect(find('acme', 'system_log')).toBeUndefined();
});
