import { plainValue, valueOn } from '../../../../../src/core/normalize/sources/microsoft/directory-properties.js';

test.each([
  ['"User.Read"', 'User.Read'],
  ['["a","b"]', 'a b'],
  ['[true]', 'true'],
  ['"a \\"b\\""', 'a "b"'],
  ['[]', undefined],
  ['""', undefined],
  ['[{"a":1}]', '[{"a":1}]'],
  ['plain', 'plain'],
  ['"half', '"half'],
  ['['.repeat(300) + ']'.repeat(300), undefined],
  [null, undefined],
])('a property value %p is %p', (written, value) => {
  expect(plainValue(written)).toBe(value);
});

test('a value on one side or, without a side, the one that is there', () => {
  expect([
    valueOn(undefined, '"a"', '"b"'),
    valueOn(undefined, '[]', '"b"'),
    valueOn('new', '[]', '"b"'),
    valueOn('old', '"a"', '"b"'),
  ]).toEqual(['a', 'b', undefined, 'b']);
});
