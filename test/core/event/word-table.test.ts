import { wordTable } from '../../../src/core/event/word-table.js';

test('a table knows its own words alone', () => {
  const table = wordTable({ allow: 'success' });
  expect(table['allow']).toBe('success');
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) expect(table[name]).toBeUndefined();
});
