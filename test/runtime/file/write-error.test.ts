import { SessionvigilError } from '../../../src/errors.js';
import { coded } from '../../../src/runtime/file/write-error.js';

const failing = (error: Error) => () =>
  coded('/a/b', () => {
    throw error;
  });

test('what works is what it gives', () => {
  expect(coded('/a/b', () => 5)).toBe(5);
});

test.each([
  ['ENOENT', 'no file or directory can be made there'],
  ['EACCES', 'no permission'],
  ['EIO', 'EIO'],
])('%s has the path and the reason', (code, reason) => {
  expect(failing(Object.assign(new Error('x'), { code }))).toThrow(
    expect.objectContaining({ code: 'SV_OUTPUT_WRITE', exit: 2, message: `cannot write /a/b: ${reason}` }),
  );
});

test('an error of ours keeps its code', () => {
  const error = new SessionvigilError('SV_TIME_INVALID', 'x');
  expect(failing(error)).toThrow(error);
});
