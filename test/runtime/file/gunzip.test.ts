import { gzipSync } from 'node:zlib';
import { gunzipped } from '../../../src/runtime/file/gunzip.js';

/** What comes out, and the failure at the end; `pace` is waited for after every piece. */
async function unpack(packed: Uint8Array, { size = 1000, pace = async () => {} } = {}): Promise<{ text: string; failure?: unknown }> {
  async function* chunks() {
    for (let at = 0; at < packed.length; at += size) yield packed.subarray(at, at + size);
  }
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of gunzipped(chunks())) {
      pieces.push(piece);
      await pace();
    }
    return { text: Buffer.concat(pieces).toString() };
  } catch (failure) {
    return { text: Buffer.concat(pieces).toString(), failure };
  }
}

/** Text that packs badly, so that damage to a byte of it is damage to a part of it. */
function text(lines: number): string {
  let seed = 7;
  const word = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed.toString(36);
  };
  return Array.from({ length: lines }, (_, i) => `${i} ${word()} ${word()}\n`).join('');
}

test.each([1, 7, 4096, 100_000])('in chunks of %d bytes', async (size) => {
  const whole = text(2000);
  expect(await unpack(gzipSync(whole), { size })).toEqual({ text: whole });
});

test('several members, and padding behind them', async () => {
  const packed = Buffer.concat([gzipSync('one '), gzipSync('two'), Buffer.alloc(5000)]);
  expect((await unpack(packed)).text).toBe('one two');
  expect((await unpack(packed, { size: 10_000 })).text).toBe('one two');
});

test.each([1, 3, 100, 4096, 10_000])('members go on behind padding, in chunks of %d bytes', async (size) => {
  for (const padding of [1, 482, 9000]) {
    const packed = Buffer.concat([gzipSync('one '), Buffer.alloc(padding), gzipSync('two '), gzipSync('three'), Buffer.alloc(padding)]);
    expect(await unpack(packed, { size })).toEqual({ text: 'one two three' });
  }
});

test.each([0, 5])('what stands behind the last member and %d noughts and is no member is damage', async (padding) => {
  const packed = Buffer.concat([gzipSync('one '), Buffer.alloc(padding), Buffer.from('and so on')]);
  const failure = expect.objectContaining({ code: 'Z_DATA_ERROR' });
  expect(await unpack(packed, { size: 1 })).toEqual({ text: 'one ', failure });
  expect(await unpack(packed, { size: 10_000 })).toMatchObject({ failure });
});

test('what packs to nothing does not come at once', async () => {
  const sizes: number[] = [];
  async function* chunks() {
    yield gzipSync(Buffer.alloc(50 << 20));
  }
  let held = 0;
  for await (const piece of gunzipped(chunks())) {
    held += piece.length;
    sizes.push(piece.length);
  }
  expect(held).toBe(50 << 20);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(16 * 1024);
});

describe('damage', () => {
  const whole = text(5000);
  const packed = gzipSync(whole);

  test('cut short: everything that had been packed before comes out', async () => {
    const { text: got, failure } = await unpack(packed.subarray(0, packed.length >> 1));
    expect(failure).toMatchObject({ code: 'Z_BUF_ERROR' });
    expect(whole.startsWith(got)).toBe(true);
    expect(got.length).toBeGreaterThan(whole.length * 0.4);
  });

  test('changed in the middle: the first half comes out, but for the last step', async () => {
    const { text: got, failure } = await unpack(Buffer.from(packed).fill(0xff, packed.length >> 1, (packed.length >> 1) + 200));
    expect(failure).toMatchObject({ code: expect.stringMatching(/^Z_/) });
    expect(whole.startsWith(got.slice(0, whole.length * 0.3))).toBe(true);
    expect(got.length).toBeGreaterThan(whole.length * 0.3);
  });

  test('comes out alike, whoever reads', async () => {
    const damaged = Buffer.from(packed).fill(0xff, packed.length >> 1, (packed.length >> 1) + 200);
    const quick = await unpack(damaged);
    const slow = await unpack(damaged, { pace: () => new Promise((resolve) => setImmediate(resolve)) });
    expect(slow.text).toBe(quick.text);
  });
});

test('what cannot be read fails as it does', async () => {
  async function* chunks() {
    yield gzipSync('one').subarray(0, 5);
    throw new Error('unplugged');
  }
  const read = async () => {
    for await (const _ of gunzipped(chunks()));
  };
  await expect(read()).rejects.toThrow('unplugged');
});
