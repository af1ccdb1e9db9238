import { checkDeclarations, foldedAs, withLists } from '../../src/config/check-declarations.js';

const at = (path: readonly (string | number)[]) => ({ file: 'f', line: 1, path: path.join('.') });

test('one stands for a list of one, wherever several may stand', () => {
  expect(withLists({ agents: [{ name: 'a', ids: 'x', egress: { asn: 1, own: true }, hours: { days: 'mon', zone: 'UTC' } }] })).toEqual({
    agents: [{ name: 'a', ids: ['x'], egress: { asn: [1], own: true }, hours: [{ days: ['mon'], zone: 'UTC' }] }],
  });
  expect(withLists({ agents: [{ ids: null }, 'x', 7] })).toEqual({ agents: [{ ids: null }, 'x', 7] });
});

test.each([
  null,
  undefined,
  'x',
  7,
  [],
  { agents: 'x' },
  { agents: [null, 'x', 7, []] },
  { agents: [{ ids: [7, null], egress: 'x', hours: [7] }] },
])('looks past %j, which the schema names', (value) => {
  expect(checkDeclarations(value, at).filter(({ message }) => !message.startsWith('it'))).toEqual([]);
});

test('a name is one declaration`s, whatever its kind and tenant', () => {
  const told = checkDeclarations(
    { agents: [{ name: 'a', tenant: 'one', ids: ['a@b.example'] }], partners: [{ name: 'a', tenant: 'two', ids: ['c@d.example'] }] },
    at,
  );
  expect(told).toMatchObject([{ path: 'partners.0.name' }]);
});

test('the same id twice in one declaration is no contradiction', () => {
  expect(checkDeclarations({ agents: [{ name: 'a', ids: ['a@b.example', 'A@b.example'] }] }, at)).toEqual([]);
});

test('ids are spelt as records have them', () => {
  expect([foldedAs('ids', 'A@B.example'), foldedAs('clients', 'AbC'), foldedAs('domains', 'B.Example')]).toEqual([
    'a@b.example',
    'AbC',
    'b.example',
  ]);
});
