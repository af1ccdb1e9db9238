import { DamagedInput, incomplete } from '../../../src/runtime/file/damage.js';

const damage = (input: number, lines: number) => ({ input, lines, error: new DamagedInput('SV_INPUT_GZIP', `f${input}.gz`, 'cut short') });

test('an error names its file', () => {
  expect(damage(1, 0).error).toMatchObject({ code: 'SV_INPUT_GZIP', exit: 2, message: 'f1.gz: cut short' });
});

test('all that was not read is named at once, with how much was', () => {
  const error = incomplete([damage(1, 1), damage(3, 20)]);
  expect(error).toMatchObject({ code: 'SV_INPUT_GZIP', exit: 2, message: expect.stringMatching(/^2 inputs were not read to the end/) });
  expect(error.problems).toEqual([
    { file: 'f1.gz', message: 'SV_INPUT_GZIP: cut short; one line of it was read' },
    { file: 'f3.gz', message: 'SV_INPUT_GZIP: cut short; 20 lines of it were read' },
  ]);
  expect(incomplete([damage(2, 0)]).message).toMatch(/^one input was not read/);
});
