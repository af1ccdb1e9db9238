import fc from 'fast-check';
import {
  bool,
  cleanAction,
  cut,
  detail,
  guid,
  id,
  isAddress,
  list,
  number,
  object,
  pair,
  text,
  texts,
  UnsafeInteger,
  word,
} from '../../../src/core/normalize/record.js';

const NOTHINGS = [
  '',
  ' ',
  '-',
  'unknown',
  'Unknown',
  'null',
  'NULL',
  '<null>',
  '(null)',
  'none',
  'N/A',
  'n/a',
  'Not Available',
  'undefined',
  'nil',
];
const ZERO = '00000000-0000-0000-0000-000000000000';

describe('ways of writing nothing', () => {
  test.each([...NOTHINGS, ZERO])('%p is no text and no id', (value) => {
    expect(text(value)).toBeUndefined();
    expect(id(value)).toBeUndefined();
    expect(text(` ${value} `)).toBeUndefined();
  });

  test.each(['nobody', 'unknown@x.example', 'nullify', 'none of it', '--', '0', 'n', 'u.n.known', '<nil>x'])('%p is one', (value) => {
    expect(text(value)).toBe(value);
  });

  test('text is trimmed and keeps its case; other types are none', () => {
    expect(text('  AbC\u00a0')).toBe('AbC');
    expect(text(7)).toBe('7');
    for (const value of [true, null, undefined, {}, []]) expect(text(value)).toBeUndefined();
  });
});

describe('ids', () => {
  test('numbers that a double holds become text, others ask for a lossless parse', () => {
    expect(id(9007199254740991)).toBe('9007199254740991');
    expect(() => id(2 ** 53)).toThrow(UnsafeInteger);
    expect(id(1.5)).toBe('1.5');
  });

  test('a GUID has one spelling, other ids keep theirs', () => {
    expect(guid('C1A5E0D4-2F63-4B8E-9D2A-6A3F90B1C701')).toBe('c1a5e0d4-2f63-4b8e-9d2a-6a3f90b1c701');
    expect(guid('00uAbC')).toBe('00uAbC');
  });
});

describe('values of other types', () => {
  test('bool', () => {
    expect([true, 'True', 'FALSE', '1', '0', 'yes', 1, null].map(bool)).toEqual([
      true,
      true,
      false,
      true,
      false,
      undefined,
      undefined,
      undefined,
    ]);
  });
  test('number', () => {
    expect([1, '2', ' ', '', 'x', Number.NaN, '1e3', null].map(number)).toEqual([
      1,
      2,
      undefined,
      undefined,
      undefined,
      undefined,
      1000,
      undefined,
    ]);
  });
  test('word keeps none', () => {
    expect([word('None'), word(''), word(3)]).toEqual(['none', undefined, undefined]);
  });
  test('objects and lists, also as text', () => {
    expect(object({ a: 1 })).toEqual({ a: 1 });
    expect(object('\r\n {"a":1}')).toEqual({ a: 1 });
    for (const value of ['[1]', 'x', '{"a"', null, 3, [1]]) expect(object(value)).toBeUndefined();
    expect(list('[1,2]')).toEqual([1, 2]);
    expect(list({ a: 1 })).toEqual([{ a: 1 }]);
    expect(list('{"a":1}')).toEqual([{ a: 1 }]);
    for (const value of ['x', '[1', null, 3]) expect(list(value)).toEqual([]);
  });
  test('text that nests deeper than a record may is neither', () => {
    const lists = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(list(lists(200))).toHaveLength(1);
    expect(list(lists(201))).toEqual([]);
    expect(object(`{"a":${lists(200)}}`)).toBeUndefined();
    expect(texts(lists(100_000))).toEqual([]);
  });
  test('a value beside its name', () => {
    expect(pair([null, { Name: 'b', Value: 2 }], 'b')).toBeUndefined();
    expect(pair([{ Name: 'a', Value: 1 }, null, 7, { Name: 'b', Value: 2 }], 'b')).toBe(2);
    expect(pair([{ key: 'a', value: 1 }], 'a')).toBe(1);
    expect(pair([{ Key: 'a', Value: 1 }], 'a')).toBe(1);
    expect(pair([{ name: 'a', value: 1 }], 'a')).toBe(1);
    expect(pair([], 'a')).toBeUndefined();
  });
  test('addresses', () => {
    expect(['a@b', '@b', 'a@', 'a b@c', 'a'].map(isAddress)).toEqual([true, false, false, false, false]);
  });
});

describe('action names', () => {
  test.each([
    ['Add member to role.', 'Add member to role'],
    ['Update application \u2013 Certificates and secrets management ', 'Update application - Certificates and secrets management'],
    ['Ｕser\u00a0 login', 'User login'],
    ['user.session.start', 'user.session.start'],
    [' x ', 'x'],
  ])('%p', (written, clean) => {
    expect(cleanAction(written)).toBe(clean);
    expect(cleanAction(clean)).toBe(clean);
  });

  test('cleaning twice changes nothing more', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => cleanAction(cleanAction(name)) === cleanAction(name)));
  });
});

test('a text is cut, and a shorter one stays', () => {
  expect(cut('abcdef', 3)).toBe('abc');
  expect(cut('abc', 3)).toBe('abc');
});

test('blanks around a value go, however many', () => {
  for (const count of [0, 1, 64, 65, 10_000]) expect(text(`${' '.repeat(count)}value${' '.repeat(count)}`)).toBe('value');
});

test('details are made when there is one', () => {
  expect(detail(undefined, 'role', undefined)).toBeUndefined();
  expect(detail(detail(undefined, 'role', 'a'), 'group', 'b')).toEqual({ role: 'a', group: 'b' });
});
