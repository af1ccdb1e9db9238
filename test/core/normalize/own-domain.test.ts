import { isExternal } from '../../../src/core/normalize/own-domain.js';

const OWN = ['ana@fjord.example', undefined, 'fjord.onmicrosoft.com'];

test.each([
  ['drop@evil.example', 'true'],
  ['TOM@Fjord.EXAMPLE', 'false'],
  ['tom@mail.fjord.example', 'false'],
  ['tom@notfjord.example', 'true'],
  ['tom@fjord.onmicrosoft.com', 'false'],
  ['tom@evil.onmicrosoft.com', 'true'],
  ['tom@fjord.example drop@evil.example', 'true'],
  ['tom@fjord.example /o=Exchange/cn=tom', undefined],
  ['/o=Exchange/cn=tom drop@evil.example', 'true'],
  ['Tom', undefined],
  [undefined, undefined],
])('mail to %s is external: %s', (addresses, external) => {
  expect(isExternal(addresses, OWN)).toBe(external);
});

test('where nothing is known of the owner nothing is said', () => {
  expect(isExternal('drop@evil.example', [undefined, 'ana', 'not a domain'])).toBeUndefined();
});
