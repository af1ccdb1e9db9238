import { isPrivilegedRole } from '../../../../../src/core/normalize/sources/microsoft/privileged-roles.js';

test.each([
  ['62e90394-69f5-4237-9190-012177145e10', undefined, true],
  [undefined, 'Global Administrator', true],
  [undefined, 'Company Administrator', true],
  [undefined, 'Super administrator, Read only admin', true],
  [undefined, 'Application administrator (all)', true],
  [undefined, 'Help Desk Administrator (Group: Oslo)', true],
  [undefined, 'ApplicationImpersonation', true],
  [undefined, 'Read-only administrator', false],
  [undefined, 'Report administrator', false],
  ['4a5d8f65-41da-4de4-8968-e035b65339cf', 'Reports Reader', false],
  ['toString', undefined, false],
  [undefined, undefined, false],
])('%s %s: %s', (uid, name, isPrivileged) => {
  expect(isPrivilegedRole(uid, name)).toBe(isPrivileged);
});
