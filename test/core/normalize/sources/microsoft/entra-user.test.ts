import { directoryUser } from '../../../../../src/core/normalize/sources/microsoft/entra-user.js';

test('a person has an id in lower case, an address, a name', () => {
  expect(directoryUser('C1A5E0D4-2F63-4B8E-9D2A-6A3F90B1C701', 'Ana@fjord.example', 'Ana')).toEqual({
    type: 'human',
    uid: 'c1a5e0d4-2f63-4b8e-9d2a-6a3f90b1c701',
    email: 'Ana@fjord.example',
    name: 'Ana',
  });
});

test.each([
  ['kim_partner.example#EXT#@fjord.onmicrosoft.com', 'kim@partner.example'],
  ['kim_lee_partner.example#ext#@fjord.onmicrosoft.com', 'kim_lee@partner.example'],
])('a guest is known by the address of home: %s', (principalName, email) => {
  expect(directoryUser('1', principalName, undefined)).toMatchObject({ email, name: principalName, tags: ['guest'] });
});

test('what is no address is a name', () => {
  expect(directoryUser(undefined, 'fjord\\ana', undefined)).toEqual({
    type: 'human',
    uid: undefined,
    email: undefined,
    name: 'fjord\\ana',
  });
  expect(directoryUser('1', 'Not Available', null)).toMatchObject({ email: undefined, name: undefined });
});
