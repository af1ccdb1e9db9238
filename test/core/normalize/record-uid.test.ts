import { recordUid } from '../../../src/core/normalize/record-uid.js';

test('the same record has the same id however its members are ordered; another has another', () => {
  expect(recordUid({ a: 1, b: 2 })).toBe(recordUid({ b: 2, a: 1 }));
  expect(recordUid({ a: 1, b: 2 })).not.toBe(recordUid({ a: 1, b: 3 }));
  expect(recordUid({ a: 1 })).toMatch(/^[0-9a-f]{32}$/);
});
