import { compressFrameSync } from 'lz4-napi';
import { lz4Size } from '../../../../src/runtime/kafka/client/lz4-size.js';

const texts = {
  empty: '',
  short: 'a',
  repeated: 'ab'.repeat(100_000),
  zeros: '\0'.repeat(3_000_000),
  mixed: Array.from({ length: 20_000 }, (_, i) => `${i * 7919} user${i % 13}@example.com `).join(''),
};

test.each(Object.entries(texts))('%s: exact where it has to be, else no less', (_, text) => {
  const size = Buffer.byteLength(text);
  for (const options of [{}, { contentChecksum: true, blockChecksums: true }]) {
    const bytes = compressFrameSync(Buffer.from(text), options);
    const bound = lz4Size(bytes, Number.POSITIVE_INFINITY);
    expect(bound).toBeGreaterThanOrEqual(size);
    if (bound > size) expect(lz4Size(bytes, bound - 1)).toBe(size);
  }
});

test('what is larger than asked is said to be', () => {
  const bytes = compressFrameSync(Buffer.alloc(50_000_000));
  expect(bytes.length).toBeLessThan(1_000_000);
  expect(lz4Size(bytes, 1_000_000)).toBeGreaterThan(1_000_000);
});

test('what is no frame, or not a whole one', () => {
  const bytes = compressFrameSync(Buffer.from('some text that is long enough'));
  expect(() => lz4Size(Buffer.from('no lz4 here'), 1)).toThrow('no frame of lz4');
  expect(() => lz4Size(bytes.subarray(0, -4), 1)).toThrow('a frame of lz4 breaks off');
  expect(() => lz4Size(bytes.subarray(0, 15), 1)).toThrow('a block of lz4 breaks off');
});
