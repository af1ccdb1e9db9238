import { samePrincipal } from '../../../src/core/normalize/same-principal.js';

const who = (uid?: string, email?: string) => ({ type: 'human' as const, uid, email });

test('the same id or address is the same principal', () => {
  expect(samePrincipal(who('1', 'a@b'), who('1', 'c@d'))).toBe(true);
  expect(samePrincipal(who('1', 'A@b'), who('2', 'a@B'))).toBe(true);
  expect(samePrincipal(who('1'), who('2'))).toBe(false);
  expect(samePrincipal(who(), who())).toBe(false);
  expect(samePrincipal(who('1'), who(undefined, 'a@b'))).toBe(false);
});
