import { rejectedRecord } from '../../../src/runtime/file/rejected.js';

const line = (bytes: Uint8Array, length = bytes.length) => ({ number: 7, bytes, length, is_too_large: length > bytes.length });

test('text stays text', () => {
  expect(rejectedRecord(2, line(Buffer.from('{"é')), { outcome: 'rejected', reason: 'invalid_json' })).toEqual({
    input: 2,
    line: 7,
    reason: 'invalid_json',
    bytes: 4,
    original: '{"é',
  });
});

test('what is no text comes as base64', () => {
  expect(rejectedRecord(1, line(Buffer.from([0xff, 0x00])), { outcome: 'rejected', reason: 'invalid_utf8' })).toMatchObject({
    original_base64: '/wA=',
  });
});

test('what is long is cut, and may be cut within a character', () => {
  const long = Buffer.from(`a${'é'.repeat(40_000)}`);
  const { original, is_truncated, bytes } = rejectedRecord(1, line(long), { outcome: 'rejected', reason: 'too_large' });
  expect(is_truncated).toBe(true);
  expect(bytes).toBe(80_001);
  expect(original).toBe(`a${'é'.repeat(32_767)}`);
  expect(rejectedRecord(1, line(Buffer.from('abc'), 99), { outcome: 'rejected', reason: 'too_large' })).toMatchObject({
    bytes: 99,
    original: 'abc',
    is_truncated: true,
  });
});

test('a part of a batch', () => {
  expect(rejectedRecord(1, line(Buffer.from('[]')), { outcome: 'events', reason: 'time_missing' })).toMatchObject({
    reason: 'time_missing',
    is_partial: true,
  });
});
