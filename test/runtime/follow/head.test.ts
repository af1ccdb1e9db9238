import { hasHead, headLength, headOf } from '../../../src/runtime/follow/head.js';

test('a head is as long as one of a few lengths, or as what there is', () => {
  expect([0, 10, 63, 64, 100, 128, 1023, 1024, 9_999_999].map(headLength)).toEqual([0, 10, 63, 64, 64, 128, 512, 1024, 1024]);
});

test('tells beginnings from others', () => {
  const head = headOf(Buffer.from('a line and more'), 6);
  expect(head).toEqual({ length: 6, digest: expect.stringMatching(/^[0-9a-f]{16}$/) });
  expect([hasHead(Buffer.from('a line'), head), hasHead(Buffer.from('a linen'), head)]).toEqual([true, true]);
  expect([hasHead(Buffer.from('a lie'), head), hasHead(Buffer.from('a lime'), head)]).toEqual([false, false]);
});
