import { gzipSync } from 'node:zlib';
import { compressFrameSync } from 'lz4-napi';
import { CODEC, codecOf, pack, unpack, unzstdSlowly } from '../../../../src/runtime/kafka/client/codecs.js';
import { Oversize } from '../../../../src/runtime/kafka/client/record-batch.js';

const snappyjs = require('snappyjs') as { compress(bytes: Buffer): Buffer };

const text = Buffer.from(Array.from({ length: 30_000 }, (_, i) => `${(i * 7919) % 1000} user${i % 13}@example.com `).join(''));
const MB = 1024 * 1024;

/** A frame of blocks of one byte repeated: 4 bytes each stand for 128 KB. */
function zstdBlocks(count: number, window = 0x38): Buffer {
  const size = 128 * 1024;
  const blocks = Array.from({ length: count }, (_, i) => {
    const head = (size << 3) | (1 << 1) | (i === count - 1 ? 1 : 0);
    return Buffer.from([head & 255, (head >> 8) & 255, head >> 16, 0x61]);
  });
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, window]), ...blocks]);
}

test.each([
  ['gzip', CODEC.gzip],
  ['snappy', CODEC.snappy],
  ['lz4', CODEC.lz4],
])('%s: what is packed is unpacked, up to the limit', async (_, codec) => {
  for (const bytes of [Buffer.alloc(0), Buffer.from('a'), text]) {
    const packed = await pack(codec, bytes);
    expect((await unpack(codec, packed, text.length)).equals(bytes)).toBe(true);
  }
  await expect(unpack(codec, await pack(codec, text), text.length - 1)).rejects.toThrow(Oversize);
  const { compress, decompress } = codecOf(codec, MB);
  expect((await decompress(await compress({ buffer: text }))).equals(text)).toBe(true);
});

test('what is said to hold more than is allowed is not unpacked', async () => {
  const bomb = Buffer.alloc(200 * MB);
  const before = process.memoryUsage().rss;
  await expect(unpack(CODEC.gzip, gzipSync(bomb), MB)).rejects.toThrow('gzip of more than 1048576 bytes');
  await expect(unpack(CODEC.lz4, compressFrameSync(bomb), MB)).rejects.toThrow('lz4 of more than 1048576 bytes');
  await expect(unpack(CODEC.zstd, zstdBlocks(100_000), MB)).rejects.toThrow('zstd of more than 1048576 bytes');
  // a size of 2 GB, and nothing behind it
  await expect(unpack(CODEC.snappy, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x07, 0]), MB)).rejects.toThrow(
    'snappy of more than 1048576 bytes',
  );
  expect(process.memoryUsage().rss - before).toBeLessThan(400 * MB);
});

test('snappy as it is, and in frames of several blocks', async () => {
  expect((await unpack(CODEC.snappy, snappyjs.compress(text))).equals(text)).toBe(true);
  const packed = await pack(CODEC.snappy, text);
  expect(packed.subarray(1, 7).toString()).toBe('SNAPPY');
  expect(packed.readInt32BE(16)).toBeLessThan(packed.length / 2);
  await expect(unpack(CODEC.snappy, packed.subarray(0, -1))).rejects.toThrow('a block of snappy breaks off');
  await expect(unpack(CODEC.snappy, Buffer.from([0xff]))).rejects.toThrow('a block of snappy without its size');
});

describe('lz4', () => {
  /** `abcd`, then the same 21 times more from before it, then `efghi`. */
  const packed = Buffer.concat([
    Buffer.from([0x4f]),
    Buffer.from('abcd'),
    Buffer.from([4, 0, 65]),
    Buffer.from([0x50]),
    Buffer.from('efghi'),
  ]);
  const plain = `${'abcd'.repeat(22)}efghi`;
  const frame = (...blocks: [bytes: Buffer, isPlain?: boolean][]) => {
    const whole = compressFrameSync(Buffer.from('x'));
    const header = whole.subarray(0, 7);
    return Buffer.concat([
      header,
      ...blocks.flatMap(([bytes, isPlain]) => {
        const size = Buffer.alloc(4);
        size.writeUInt32LE(bytes.length + (isPlain ? 2 ** 31 : 0));
        return [size, bytes];
      }),
      Buffer.alloc(4),
    ]);
  };

  test('several blocks, packed and as they are', async () => {
    expect(String(await unpack(CODEC.lz4, frame([packed], [Buffer.from('plain'), true], [packed])))).toBe(`${plain}plain${plain}`);
  });

  test('blocks that look back into the one before, as other clients may write', async () => {
    const first = Buffer.concat([Buffer.from([0x80]), Buffer.from('abcdefgh')]);
    const second = Buffer.concat([Buffer.from([0x04, 8, 0]), Buffer.from([0x50]), Buffer.from('ijklm')]);
    const rest = frame([first], [second]).subarray(7);
    // the last byte of the header is a hash of the two before it: one of 256
    const linked = Array.from({ length: 256 }, (_, hash) => Buffer.concat([Buffer.from([4, 0x22, 0x4d, 0x18, 0x40, 0x40, hash]), rest]));
    const made = await Promise.all(linked.map((bytes) => unpack(CODEC.lz4, bytes).then(String, () => undefined)));
    expect(made.filter((one) => one !== undefined)).toEqual(['abcdefghabcdefghijklm']);
  });

  test('damage', async () => {
    await expect(unpack(CODEC.lz4, Buffer.from('nothing at all'))).rejects.toThrow('no frame of lz4');
    await expect(unpack(CODEC.lz4, frame([Buffer.from([0xff, 0xff, 0xff])]))).rejects.toThrow();
  });
});

describe('zstd', () => {
  test('is read by JavaScript where Node has none', () => {
    const made = unzstdSlowly(zstdBlocks(3), MB);
    expect(made.length).toBe(3 * 128 * 1024);
    expect(made.every((byte) => byte === 0x61)).toBe(true);
    expect(() => unzstdSlowly(zstdBlocks(9), MB)).toThrow(Oversize);
  });

  test('a frame that wants much memory is not given it', () => {
    expect(() => unzstdSlowly(zstdBlocks(1, 0xf8), MB)).toThrow('zstd that looks back 2199023255552 bytes');
  });

  test('damage', () => {
    expect(() => unzstdSlowly(zstdBlocks(3).subarray(0, -2), MB)).toThrow();
    expect(() => unzstdSlowly(Buffer.from('nothing at all'), MB)).toThrow('no frame of zstd');
  });

  test('is written by Node where it can, and else not', async () => {
    const canWrite = 'zstdCompress' in require('node:zlib');
    const packed = pack(CODEC.zstd, text);
    if (canWrite) expect((await unpack(CODEC.zstd, await packed)).equals(text)).toBe(true);
    else await expect(packed).rejects.toMatchObject({ code: 'SV_KAFKA_CLIENT' });
  });
});
