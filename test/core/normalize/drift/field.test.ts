import { dropRare, Field, isName, labelOf, typeOf } from '../../../../src/core/normalize/drift/field.js';
import { Presence } from '../../../../src/core/normalize/drift/presence.js';

test.each([
  ['x', 'text'],
  [0, 'number'],
  [false, 'boolean'],
  [[0], 'list'],
  [{ a: null }, 'object'],
  ['', undefined],
  [' - ', undefined],
  ['N/A', undefined],
  [null, undefined],
  [undefined, undefined],
  [[], undefined],
  [{}, undefined],
  [({} as { toString: unknown }).toString, undefined],
])('%j is %s', (value, type) => {
  expect(typeOf(value)).toBe(type);
});

test.each(['ipAddress', 'C_DeviceId', '@timestamp', 'sha256', 'user.name', 'x-forwarded-for', '_id', '$type', 'Role.DisplayName'])(
  '%s is a name',
  (key) => expect(isName(key)).toBe(true),
);

test.each([
  'ana@example.com',
  '198.51.100.7',
  'user12345',
  '00u1abc',
  'Ana Silva',
  '0f0e1d2c-3b4a-5968-7786-95a4b3c2d1e0',
  'ab0f0e1d-abab-bbbb-acac-abababababab',
  'deadbeefdeadbeef',
  'x'.repeat(65),
  '',
])('%s is none', (key) => expect(isName(key)).toBe(false));

test.each([
  [{ Name: 'a', Value: 1 }, 'Name'],
  [{ key: 'a', value: 1 }, 'key'],
  [{ Name: 'a', OldValue: 1 }, 'Name'],
  [{ name: 'client_id', boolValue: true }, 'name'],
  [{ name: 'Ana', type: 'User' }, undefined],
  [{ Name: 1, Value: 1 }, undefined],
  [{}, undefined],
])('a list of %j calls its names %s', (entry, label) => {
  expect(labelOf(entry)).toBe(label);
});

test('paths are written as in docs/sources.md', () => {
  const root = new Field('', new Presence(1), 'object', undefined, 'object');
  const list = new Field('DeviceProperties', new Presence(1), 'list', root, 'object');
  const pair = new Field('SessionId', new Presence(1), 'object', list, 'pairs', 'Name');
  expect(new Field('Value', new Presence(1), 'text', pair, 'object').path).toBe('DeviceProperties[Name=SessionId].Value');
  expect(new Field('id', new Presence(1), 'text', list, 'list').path).toBe('DeviceProperties[].id');
});

test('what is in few records makes room, with what is below it', () => {
  const field = (name: string, seen: number, of: number) => {
    const made = new Field(name, new Presence(1), 'object', undefined, 'object');
    Object.assign(made.presence, { seen, of });
    return made;
  };
  const rare = field('rare', 3, 100);
  rare.members = { object: new Map([['below', field('below', 1, 1)]]) };
  const fields = new Map([rare, field('often', 4, 100)].map((one) => [one.name, one]));
  expect(dropRare(fields)).toBe(2);
  expect([...fields.keys()]).toEqual(['often']);
});
