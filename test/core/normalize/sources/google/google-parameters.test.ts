import {
  columnReader,
  member,
  parameterReader,
  textOf,
  textsOf,
} from '../../../../../src/core/normalize/sources/google/google-parameters.js';

test('a parameter has one of several forms', () => {
  const read = parameterReader([
    { name: 'a', value: 'x' },
    { name: 'b', intValue: '7' },
    { name: 'c', boolValue: false },
    { name: 'd', multiValue: ['x', '', 'y'] },
    { name: 'e', multiIntValue: ['1', '2'] },
    { name: 'f', messageValue: { parameter: [{ name: 'g', value: 'z' }] } },
    null,
  ]);
  expect([read('a'), read('b'), read('c')]).toEqual(['x', '7', false]);
  expect(textsOf(read('d'))).toEqual(['x', 'y']);
  expect(textsOf(read('e'))).toEqual(['1', '2']);
  expect(member(read('f'), 'g')).toBe('z');
  expect(read('h')).toBeUndefined();
});

test('a map of names, a list as text, and nothing at all', () => {
  expect(parameterReader({ a: ['x'] })('a')).toEqual(['x']);
  expect(parameterReader({ a: 'x' })('constructor')).toBeUndefined();
  expect(parameterReader('[{"name":"a","value":"x"}]')('a')).toBe('x');
  expect(parameterReader(undefined)('a')).toBeUndefined();
  expect(parameterReader(7)('a')).toBeUndefined();
  expect(member({ a: { b: 'c' } }, 'a')).toEqual({ b: 'c' });
  expect(member('text', 'a')).toBeUndefined();
});

test('columns of a table carry their type behind the name', () => {
  const read = columnReader({ USER_EMAIL_s: 'a@fjord.example', is_suspicious_b: true, login_type_s: '' });
  expect(read('USER_EMAIL')).toBe('a@fjord.example');
  expect(read('is_suspicious')).toBe(true);
  expect(read('login_type')).toBeUndefined();
});

test('one value or many, and sentinels are neither', () => {
  expect(textsOf('password')).toEqual(['password']);
  expect(textsOf('["password","google_prompt"]')).toEqual(['password', 'google_prompt']);
  expect(textsOf('[a](mailto:a)')).toEqual(['[a](mailto:a)']);
  expect(textsOf(['none', 'unknown', '-'])).toEqual([]);
  expect(textOf(['', 'b'])).toBe('b');
  expect(textOf('UNKNOWN')).toBeUndefined();
});
