import { createEntraMapper } from '../../../../../src/core/normalize/sources/microsoft/entra.js';
import { createM365Mapper } from '../../../../../src/core/normalize/sources/microsoft/m365.js';
import { fixture } from '../../fixtures.js';

const SERVICE = '5d1c0f6a-2b3c-4d5e-8f60-718293a4b5c6';

test('a role can be given to an app, in both logs', () => {
  const { properties, ...envelope } = fixture('entra', 'role-grant').input as { properties: object };
  const targetResources = [{ id: SERVICE, type: 'ServicePrincipal', displayName: 'nightly-export', modifiedProperties: [] }];
  const expected = [{ type: 'service', uid: SERVICE, name: 'nightly-export' }];
  expect(createEntraMapper().map({ ...envelope, properties: { ...properties, targetResources } })[0]!.targets).toEqual(expected);

  const Target = [
    { ID: `ServicePrincipal_${SERVICE}`, Type: 2 },
    { ID: 'nightly-export', Type: 1 },
  ];
  expect(createM365Mapper().map({ ...fixture('m365', 'directory-role').input, Target })[0]!.targets).toEqual(expected);
});

test('role management tells the template of a role beside the objects', () => {
  expect(fixture('entra', 'eligible-role').expected[0]).toMatchObject({ details: { role_uid: '29232cdf-9323-42fd-ade2-1d097af3e4de' } });
});
