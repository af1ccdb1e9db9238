import { mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { contentOf, inspectGzip, looksGzip } from '../../../src/runtime/follow/content.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-content-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** does not repeat, and does not pack well */
const TEXT = Array.from({ length: 40_000 }, (_, i) => `${i} ${(i * 2654435761) % 4294967296}\n`).join('');

function put(name: string, bytes: string | Uint8Array): { file: string; id: string } {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  const { dev, ino } = statSync(file, { bigint: true });
  return { file, id: `${dev}:${ino}` };
}

describe.each([
  ['plain', false],
  ['packed', true],
] as const)('%s', (_, isGzip) => {
  const packed = (text: string) => (isGzip ? gzipSync(text) : text);
  const read = async (content: ReturnType<typeof contentOf>, from: number, most: number) =>
    Buffer.from(await content.read(from, most)).toString();

  test('is read anywhere, forwards and backwards, released or not', async () => {
    const { file, id } = put('a', packed(TEXT));
    const content = contentOf(file, id, isGzip);
    for (const [from, most] of [
      [0, 10],
      [100_000, 50_000],
      [150_000, 7],
      [120_000, 60_000],
      [5, 300_000],
    ] as const)
      expect(await read(content, from, most)).toBe(TEXT.slice(from, from + most));
    await content.release(200_000);
    expect(await read(content, 200_000, 20)).toBe(TEXT.slice(200_000, 200_020));
    expect(await read(content, 3, 20)).toBe(TEXT.slice(3, 23));
    expect(await read(content, TEXT.length - 5, 100)).toBe(TEXT.slice(-5));
    expect(await read(content, TEXT.length + 5, 100)).toBe('');
    await content.release(TEXT.length);
    expect(await read(content, 0, 4)).toBe(TEXT.slice(0, 4));
    await content.release();
  });

  test('of another file that has its name, or of none, is nothing', async () => {
    const { file, id } = put('a', packed(TEXT));
    const other = put('b', packed('other'));
    renameSync(other.file, file);
    expect(await read(contentOf(file, id, isGzip), 0, 10)).toBe('');
    expect(await read(contentOf(join(folder, 'nowhere'), id, isGzip), 0, 10)).toBe('');
  });
});

test('an archive that breaks off ends there', async () => {
  const bytes = gzipSync(TEXT);
  const { file, id } = put('a.gz', bytes.subarray(0, bytes.length / 2));
  const content = contentOf(file, id, true);
  const some = Buffer.from(await content.read(0, TEXT.length)).toString();
  expect(some.length).toBeGreaterThan(50_000);
  expect(TEXT.startsWith(some)).toBe(true);
  const { length, damage } = await inspectGzip(file);
  expect(damage).toMatchObject({ code: 'SV_INPUT_GZIP' });
  expect(length).toBe(some.lastIndexOf('\n') + 1);
});

test('a whole archive is as long as what is in it', async () => {
  expect(await inspectGzip(put('a.gz', Buffer.concat([gzipSync(TEXT), gzipSync('more')])).file)).toEqual({ length: TEXT.length + 4 });
});

test('gzip by its name or its first bytes', async () => {
  const look = (name: string, bytes: string | Uint8Array) => {
    const { file, id } = put(name, bytes);
    return looksGzip(file, id);
  };
  expect(await Promise.all([look('a.gz', ''), look('b', gzipSync('')), look('c', 'text'), look('d', '')])).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
