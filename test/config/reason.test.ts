import { readFileSync } from 'node:fs';
import { reasonOf } from '../../src/config/reason.js';

test.each([
  ['/nowhere', 'no such file'],
  [`${__filename}/below`, 'no such file'],
  [__dirname, 'it is a directory'],
])('%s: %s', (path, reason) => {
  try {
    readFileSync(path);
  } catch (cause) {
    expect(reasonOf(cause)).toBe(reason);
  }
  expect.assertions(1);
});

test('what has no words of ours keeps its own', () => {
  expect(reasonOf(Object.assign(new Error('x'), { code: 'EIO' }))).toBe('EIO');
  expect(reasonOf(new Error('x'))).toBe('Error: x');
});
