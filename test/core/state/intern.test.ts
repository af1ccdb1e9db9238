import { createInterner } from '../../../src/core/state/intern.js';

test('gives back what it was given', () => {
  const interned = createInterner();
  for (const text of ['a', 'b', 'a', '']) expect(interned(text)).toBe(text);
});

test('a flood of words costs no memory: beyond twenty thousand it begins anew', () => {
  const clear = jest.spyOn(Map.prototype, 'clear');
  const interned = createInterner();
  for (let i = 0; i < 20_000; i++) interned(`w${i}`);
  expect(clear).not.toHaveBeenCalled();
  interned('w5');
  expect(clear).not.toHaveBeenCalled();
  expect(interned('one more')).toBe('one more');
  expect(clear).toHaveBeenCalledTimes(1);
  clear.mockRestore();
});
