import { foldAlias } from '../../../src/config/identity-forms.js';
import { canonicalId, namespaceOf } from '../../../src/core/identity/resolve.js';
import { createIdentityTable, type IdentityEntry } from '../../../src/core/identity/table.js';
import type { Mapped, MappedPrincipal } from '../../../src/core/normalize/mapped.js';

const ANA: MappedPrincipal = { type: 'human', uid: 'oid-1', email: 'Ana@Fjord.example', aliases: ['puid:1003'] };

function learnedFrom(principal: MappedPrincipal, given: IdentityEntry[] = []) {
  const table = createIdentityTable(given);
  table.learn('t', { vendor: 'entra', account: 'dir', principal } as Mapped);
  return table;
}
const idOf = (who: MappedPrincipal, table = createIdentityTable()) => canonicalId(who, 'entra', 'dir', 't', table);

test('vendors of one directory share their ids, others do not', () => {
  expect(['entra', 'm365', 'okta'].map((vendor) => namespaceOf(vendor, 'a'))).toEqual(['entra', 'entra', 'okta:a']);
});

test.each<[MappedPrincipal, string | undefined]>([
  [ANA, 'ana@fjord.example'],
  [{ type: 'human', uid: 'oid-1' }, 'entra:oid-1'],
  [{ type: 'unknown', aliases: ['puid:1003'], name: 'x' }, 'puid:1003'],
  [{ type: 'service', name: 'Sync Robot' }, 'entra:sync robot'],
  [{ type: 'unknown' }, undefined],
])('without a table %j is %s', (who, id) => {
  expect(idOf(who)).toBe(id);
});

test.each(['entra:oid-1', 'puid:1003'])('what the operator says of %s wins over the address in the record', (alias) => {
  const table = createIdentityTable([{ person: 'ana@oslo.example', aliases: [alias] }]);
  expect(idOf(ANA, table)).toBe('ana@oslo.example');
  expect(idOf({ ...ANA, email: 'renamed@fjord.example' }, table)).toBe('ana@oslo.example');
});

test('and over what it says of the address itself', () => {
  const given = [
    { person: 'ana@oslo.example', aliases: ['entra:oid-1'] },
    { person: 'tom@oslo.example', aliases: ['ana@fjord.example'] },
  ];
  expect(idOf(ANA, createIdentityTable(given))).toBe('ana@oslo.example');
  expect(idOf({ ...ANA, uid: 'oid-2' }, createIdentityTable(given))).toBe('tom@oslo.example');
});

test('what was learned never wins over the address', () => {
  const renamed = { ...ANA, email: 'renamed@fjord.example' };
  expect(idOf(renamed, learnedFrom(ANA))).toBe('renamed@fjord.example');
  // the operator speaks of an address that was once learned for the id, not of the id
  expect(idOf(renamed, learnedFrom(ANA, [{ person: 'ana@oslo.example', aliases: ['ana@fjord.example'] }]))).toBe('renamed@fjord.example');
  expect(idOf({ type: 'human', uid: 'oid-1' }, learnedFrom(ANA))).toBe('ana@fjord.example');
});

test('the operator`s word for an alias wins over what was learned for the id', () => {
  const table = learnedFrom(ANA, [{ person: 'ana@oslo.example', aliases: ['puid:1003'] }]);
  expect(idOf({ type: 'human', uid: 'oid-1', aliases: ['puid:1003'] }, table)).toBe('ana@oslo.example');
});

test('the operator`s entry of another tenant says nothing', () => {
  const table = createIdentityTable([{ person: 'ana@oslo.example', aliases: ['entra:oid-1'], tenant: 'other' }]);
  expect(idOf(ANA, table)).toBe('ana@fjord.example');
});

test('a login stands for itself in every organisation of its source, a number in none', () => {
  const table = createIdentityTable([{ person: 'acme-ci', aliases: ['github:acme-ci', 'github:42', 'github:fjord:whole'] }]);
  const at = (uid: string, account: string, vendor = 'github') => canonicalId({ type: 'human', uid }, vendor, account, 't', table);
  expect([at('acme-ci', 'fjord'), at('Acme-CI', 'other'), at('whole', 'fjord')]).toEqual(['acme-ci', 'acme-ci', 'acme-ci']);
  expect([at('42', 'fjord'), at('whole', 'other'), at('acme-ci', 'fjord', 'gitlab')]).toEqual([
    'github:fjord:42',
    'github:other:whole',
    'gitlab:fjord:acme-ci',
  ]);
});

test('an id that AWS gives somebody beside their name counts as the operator wrote it', () => {
  const tom: MappedPrincipal = { type: 'human', uid: 'user/tom', name: 'tom', aliases: ['aws:AIDAFJORDTOM000000000'] };
  const at = (alias: string, vendor = 'aws') =>
    canonicalId(tom, vendor, '1111', 't', createIdentityTable([{ person: 'tom@fjord.example', aliases: [foldAlias(alias)] }]));
  expect([at('aws:AIDAFJORDTOM000000000'), at('aws:aidafjordtom000000000')]).toEqual(['tom@fjord.example', 'tom@fjord.example']);
  expect([at('aws:1111:AIDAFJORDTOM000000000'), at('aws:AIDAFJORDANA000000000')]).toEqual(['aws:1111:user/tom', 'aws:1111:user/tom']);
});
