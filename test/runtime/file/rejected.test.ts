import { createHash } from 'node:crypto';
import { rejectedRecord } from '../../../src/runtime/file/rejected.js';

const line = (bytes: Uint8Array, length = bytes.length) => ({ number: 7, offset: 90, bytes, length, is_too_large: length > bytes.length });
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('tells where it stands and how it begins', () => {
  const bytes = Buffer.from('{"é');
  expect(rejectedRecord(2, line(bytes), { outcome: 'rejected', reason: 'invalid_json' })).toEqual({
    input: 2,
    line: 7,
    offset: 90,
    reason: 'invalid_json',
    bytes: 4,
    sha256: sha256(bytes),
    start: '{"é',
  });
});

test('no token or cookie of it is kept, wherever it stands', () => {
  const secret = 'AbCdEf0123456789xyz';
  for (const text of [
    `{"token":"${secret}"`,
    `{"access_token":"short1" broken`,
    `cookie: a=short1; b=${secret}`,
    `{"x":"${secret.repeat(200)}`,
    `${' '.repeat(190)}${secret}`,
    `${'a b '.repeat(40)}${'"'.repeat(1880)}${secret}${'x'.repeat(300)}`,
  ]) {
    for (const encoding of ['utf8', 'utf16le'] as const) {
      const written = JSON.stringify(rejectedRecord(1, line(Buffer.from(text, encoding)), { outcome: 'rejected', reason: 'invalid_json' }));
      expect(written).not.toMatch(/AbCdEf|short1/);
    }
  }
});

test('what is no text is shown as far as it is', () => {
  expect(rejectedRecord(1, line(Buffer.from([0xff, 0x00, 0x61])), { outcome: 'rejected', reason: 'invalid_utf8' })).toMatchObject({
    start: '\ufffda',
    bytes: 3,
  });
});

test('what is long is cut, and not within a character', () => {
  const long = Buffer.from(`a${'é😀 '.repeat(400)}`);
  const { start, is_truncated, bytes, sha256: hash } = rejectedRecord(1, line(long), { outcome: 'rejected', reason: 'invalid_json' });
  expect([is_truncated, bytes, hash]).toEqual([true, long.length, sha256(long)]);
  expect([...start]).toHaveLength(200);
  expect(long.toString().startsWith(start)).toBe(true);
  const cut = rejectedRecord(1, line(Buffer.from('a b'), 99), { outcome: 'rejected', reason: 'too_large' });
  expect(cut).toMatchObject({ bytes: 99, start: 'a ', is_truncated: true });
  expect(cut.sha256).toBeUndefined();
});

test('a part of a batch', () => {
  expect(rejectedRecord(1, line(Buffer.from('[]')), { outcome: 'events', reason: 'time_missing' })).toMatchObject({
    reason: 'time_missing',
    is_partial: true,
  });
});
