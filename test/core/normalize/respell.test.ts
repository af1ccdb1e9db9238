import { respell, spelling } from '../../../src/core/normalize/respell.js';

const names = spelling(['userId', 'UserAgent', 'details']);

test('known keys get the vendor`s spelling at every level, others stay', () => {
  expect(respell({ userid: 1, UserId: 2, userAgent: 3, Details: [{ useragent: 4, other: 5 }] }, names)).toEqual({
    userId: 2,
    UserAgent: 3,
    details: [{ UserAgent: 4, other: 5 }],
  });
});

test('the exact spelling wins over another one beside it', () => {
  expect(respell({ userid: 1, userId: 2 }, names)).toEqual({ userId: 2 });
});

test('a record that needs no change is the same object', () => {
  const record = { userId: 1, details: [{ UserAgent: 2 }, null, 'x'] };
  expect(respell(record, names)).toBe(record);
});

test('__proto__ is left out and changes no prototype', () => {
  const record = JSON.parse('{"__proto__":{"x":1},"userid":1}');
  const out = respell(record, names);
  expect(out['userId']).toBe(1);
  expect(Object.getPrototypeOf(out)).toBe(Object.prototype);
});
