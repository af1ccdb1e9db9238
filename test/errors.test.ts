import { renderError, renderProblem, renderWarning } from '../src/cli/report-error.js';
import { ERRORS, SessionvigilError } from '../src/errors.js';

test.each(Object.entries(ERRORS))('%s says what to do and has an exit status of ours', (code, { exit, fix }) => {
  expect(code).toMatch(/^SV_[A-Z]+(_[A-Z]+)*$/);
  expect([0, 1, 2, 70]).toContain(exit);
  expect(fix).toMatch(/^[A-Z].+\.$/);
});

test('an error is its code, what happened, every problem, and what to do', () => {
  const error = new SessionvigilError('SV_CONFIG_INVALID', 'the configuration has one mistake', [
    { file: 'c.yml', line: 3, column: 5, path: 'log.level', message: 'wrong' },
  ]);
  expect(renderError(error)).toBe(`error SV_CONFIG_INVALID: the configuration has one mistake
  c.yml:3:5: log.level: wrong
  ${ERRORS.SV_CONFIG_INVALID.fix}
`);
});

test('a warning looks the same under another word', () => {
  expect(renderWarning('SV_INPUT_EMPTY', 'two inputs are empty', [{ file: 'a\u001b', message: 'holds no record' }])).toBe(
    `warning SV_INPUT_EMPTY: two inputs are empty\n  a\u25af: holds no record\n  ${ERRORS.SV_INPUT_EMPTY.fix}\n`,
  );
});

test('what nobody foresaw is a defect, with its stack', () => {
  const text = renderError(new TypeError('x is not a function'));
  expect(text).toMatch(/^error SV_INTERNAL: x is not a function\n {2}TypeError: x is not a function\n/);
});

test('a problem without a place', () => {
  expect(renderProblem({ file: 'environment', path: 'SESSIONVIGIL_X', message: 'no such key' })).toBe(
    'environment: SESSIONVIGIL_X: no such key',
  );
});
