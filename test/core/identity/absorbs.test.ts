import { moveOf, RenamedIds, renamedBetween } from '../../../src/core/identity/absorbs.js';
import { createIdentityTable, type IdentityTable } from '../../../src/core/identity/table.js';

const learn = (table: IdentityTable, uid: string, email: string, tenant = 'default') =>
  table.learn(tenant, { vendor: 'okta', account: 'acme', principal: { type: 'human', uid, email } } as never);

function learning() {
  const renamed = new RenamedIds();
  const table = createIdentityTable([], undefined, (key) => renamed.note(key));
  return { renamed, table };
}

test('an id that was learned to be somebody’s gives up its key, once', () => {
  const { renamed, table } = learning();
  learn(table, '00u1', 'Ada@x.example');
  learn(table, '00u1', 'ada@x.example');
  expect(renamed.take(table)).toEqual([{ from: 'default/okta:acme:00u1', into: 'default/ada@x.example' }]);
  expect(renamed.take(table)).toEqual([]);
});

test('an id in conflict stands for itself, whether the link was told before or not', () => {
  const { renamed, table } = learning();
  learn(table, '00u1', 'ada@x.example');
  learn(table, '00u1', 'bob@x.example');
  expect(renamed.take(table)).toEqual([{ from: 'default/okta:acme:00u1', into: undefined }]);
});

test('an address that the operator gives to somebody leads there', () => {
  const table = createIdentityTable([{ person: 'ada', aliases: ['ada@x.example'] }]);
  learn(table, '00u1', 'ada@x.example');
  expect(moveOf({ tenant: 'default', id: 'okta:acme:00u1' }, table)).toEqual({ from: 'default/okta:acme:00u1', into: 'default/ada' });
  expect(moveOf({ tenant: 'default', id: 'ada' }, table)).toEqual({ from: 'default/ada', into: undefined });
});

test('what the operator says at first, and otherwise than before', () => {
  const first = createIdentityTable([
    { person: 'ada@x.example', aliases: ['okta:acme:00u1'] },
    { person: 'bob', aliases: ['bob@x.example'], tenant: 'emea' },
  ]);
  expect(renamedBetween(undefined, first, ['default', 'emea'])).toEqual([
    { tenant: 'default', id: 'okta:acme:00u1' },
    { tenant: 'emea', id: 'okta:acme:00u1' },
    { tenant: 'emea', id: 'bob@x.example' },
  ]);
  learn(first, '00u2', 'bob@x.example', 'emea');
  const next = createIdentityTable([{ person: 'ada@x.example', aliases: ['okta:acme:00u1'] }], first);
  // an id that was learned is an address’s again, and that is no longer the operator’s person
  expect(renamedBetween(first, next, ['default', 'emea'])).toEqual([
    { tenant: 'emea', id: 'bob@x.example' },
    { tenant: 'emea', id: 'bob' },
    { tenant: 'emea', id: 'okta:acme:00u2' },
  ]);
  expect(renamedBetween(next, createIdentityTable([{ person: 'ada@x.example', aliases: ['okta:acme:00u1'] }], next), ['default'])).toEqual(
    [],
  );
});
