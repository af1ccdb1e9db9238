import { readFileSync } from 'node:fs';
import { Claims, foldAlias, foldId, mistakeInAlias, mistakeInPerson } from '../../src/config/identity-forms.js';

test.each([
  'ana@example.com',
  'entra:46ad0f7f-6975-4dcf-a7e3-3fd112fc9bb8',
  'entra:i:0h.f|membership|1',
  'okta:acme:00u1',
  'puid:1003200012345678',
])('%s is a form of alias and of person', (id) => {
  expect([mistakeInAlias(id), mistakeInPerson(id)]).toEqual([undefined, undefined]);
});

test.each(['', 'ana', 'entra', 'entra: ', 'okta:acme', 'okta:acme:', 'okta::1', 'okta:acme:1:2', 'puid:xyz', 'm365:1', '__proto__:1'])(
  '"%s" is no form of alias',
  (id) => {
    expect(mistakeInAlias(id)).toContain('expected ');
  },
);

test('a person can have a name of its own, which looks like no id', () => {
  expect([mistakeInPerson('E1234'), mistakeInPerson('Ana Garcia')]).toEqual([undefined, undefined]);
  expect(mistakeInPerson('hr:1234')).toContain('"hr"');
});

test('each form that the documentation shows is one', () => {
  const shown = [...readFileSync('docs/identities.md', 'utf8').matchAll(/^\{"person".*$/gm)].map(([line]) => JSON.parse(line!));
  expect(shown.length).toBeGreaterThan(1);
  for (const { person, aliases } of shown)
    expect([person, ...aliases].map(mistakeInAlias)).toEqual([person, ...aliases].map(() => undefined));
});

test('a login without its organisation is the same in either case, ids within one are not', () => {
  const aliases = ['github:Acme-CI', 'github:Fjord:Acme-CI', 'okta:o:Ab', 'entra:Key', 'A@B.c', 'nobody:Key'];
  expect(aliases.map(foldAlias)).toEqual(['github:acme-ci', 'github:Fjord:Acme-CI', 'okta:o:Ab', 'entra:Key', 'a@b.c', 'nobody:Key']);
});

test('ids that are the same in either case have one spelling', () => {
  expect(['A@B.c', 'PUID:1', 'puid:1003BFFD', 'okta:o:Ab', 'entra:Key', 'Bo'].map(foldId)).toEqual([
    'a@b.c',
    'PUID:1',
    'puid:1003bffd',
    'okta:o:Ab',
    'entra:Key',
    'Bo',
  ]);
});

test('of three who claim one id each is told of the other two', () => {
  const claims = new Claims();
  for (const [i, person] of ['a', 'b', 'c'].entries()) claims.add({ person, aliases: ['entra:1'] }, 10 + i);
  expect(claims.contradictions()).toEqual([
    { line: 10, message: expect.stringContaining('"b" in line 11, "c" in line 12') },
    { line: 11, message: expect.stringContaining('"a" in line 10, "c" in line 12') },
    { line: 12, message: expect.stringContaining('"a" in line 10, "b" in line 11') },
  ]);
});
