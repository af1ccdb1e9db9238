import { appendFileSync, mkdtempSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Normalize } from '../../../src/core/pipeline.js';
import { type ChunkOptions, nextChunk, type Range } from '../../../src/runtime/follow/chunk.js';
import { Cursors } from '../../../src/runtime/follow/cursors.js';
import { Files } from '../../../src/runtime/follow/files.js';
import { scan } from '../../../src/runtime/follow/scan.js';

let folder: string;
let files: Files;
let cursors: Cursors;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-chunk-'));
  cursors = new Cursors();
  const told = { damaged: () => {}, unfinished: () => {}, replaced: () => {} };
  files = new Files({ folder, patterns: ['*'], poll_interval: 0, settle: 1e12, cursors, told, beat: () => {} });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A record is its time, of three digits; `-` has none. */
const normalize: Normalize = (record) => {
  const text = Buffer.from(record).toString();
  const time = Number(text);
  return Number.isNaN(time) ? { outcome: 'dropped', events: [] } : { outcome: 'events', events: [{ time, uid: text } as never] };
};
const put = (name: string, ...times: (number | string)[]) => writeFileSync(join(folder, name), times.map((time) => `${time}\n`).join(''));
const look = async () => files.update((await scan(folder)).files, { wall: Date.now(), elapsed: 0 });

async function next(more: Partial<ChunkOptions> = {}): Promise<Range[]> {
  const { signal } = new AbortController();
  return nextChunk({ files, cursors, normalize, max_record_bytes: 100, signal, ...more });
}

/** What is in a chunk, file by file; it counts as judged. */
async function take(more: Partial<ChunkOptions> = {}): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { id, path, from, to, line, lines, head, digest, portion } of await next(more)) {
    const bytes: Uint8Array[] = [];
    for await (const piece of portion.input(path).chunks()) bytes.push(piece);
    found[path] = Buffer.concat(bytes).toString().trimEnd().replaceAll('\n', ' ');
    cursors.set({ id, path, offset: to, lines: line + lines, head, last: { from, digest } });
  }
  return found;
}

test('everything, when it is not much', async () => {
  put('b', 100, 300);
  put('a', 200);
  await look();
  expect(await take()).toEqual({ a: '200', b: '100 300' });
  expect(await take()).toEqual({});
  appendFileSync(join(folder, 'a'), '400\n5');
  await look();
  const [range] = await next();
  expect(range).toMatchObject({ path: 'a', from: 4, to: 8, line: 1, lines: 1 });
});

test('the part that happened first, when it is too much', async () => {
  put('a', 100, 103, 104, 900);
  put('b', 101, 102, 105, 106);
  put('c', 800);
  await look();
  expect(await take({ most_bytes: 14 })).toEqual({ a: '100 103', b: '101 102' });
  expect(await take({ most_bytes: 14 })).toEqual({ a: '104', b: '105 106', c: '800' });
  expect(await take({ most_bytes: 14 })).toEqual({ a: '900' });
});

test('a late record goes with those around it, one without a time too', async () => {
  put('a', 200, 100, '-', 201, 300);
  put('b', '-', 250, 400);
  await look();
  expect(await take({ most_bytes: 20 })).toEqual({ a: '200 100 - 201', b: '- 250' });
});

test('of many files those that happened first', async () => {
  for (let i = 0; i < 9; i++) put(`f${9 - i}`, 100 + i * 10, 105 + i * 10);
  await look();
  const most = { most_files: 2, most_bytes: 1000 };
  // up to where the next file begins
  expect(await take(most)).toEqual({ f9: '100 105', f8: '110 115' });
  expect(await take(most)).toEqual({ f7: '120 125', f6: '130 135' });
  put('x', 90);
  await look();
  expect(await take(most)).toEqual({ f5: '140 145', x: '90' });
});

test('of many files that overlap no record goes before one of a file that has to wait', async () => {
  put('a', 100, 400);
  put('b', 200, 500);
  put('c', 300, 600);
  await look();
  const most = { most_files: 2, most_bytes: 1000 };
  expect(await take(most)).toEqual({ a: '100', b: '200' });
  expect(await take(most)).toEqual({ a: '400', c: '300' });
  expect(await take(most)).toEqual({ b: '500', c: '600' });
});

test.each([undefined, { most_bytes: 5 }, { most_files: 1 }])(
  'what has changed since the folder was looked at is left for the next look: %j',
  async (more) => {
    put('a', 100, 101);
    put('b', 102, 103);
    put('c', 104, 105);
    await look();
    truncateSync(join(folder, 'a'), 3);
    unlinkSync(join(folder, 'b'));
    expect(Object.keys(await take(more))).toEqual(['c']);
  },
);

test('a file that was cut and written anew since is not read where the old one ended', async () => {
  put('a', 100, 101);
  await look();
  await take();
  appendFileSync(join(folder, 'a'), '102\n');
  await look();
  put('a', 200, 201, 202, 203);
  expect(await next()).toEqual([]);
  await look();
  expect(await take()).toEqual({ a: '200 201 202 203' });
});

test('of many archives none is unpacked from its beginning for every chunk', async () => {
  const count = 8;
  const lines = 20_000;
  for (let i = 0; i < count; i++) {
    const text = Array.from({ length: lines }, (_, at) => `${100 + ((at * count + i) * 800) / (lines * count)}\n`).join('');
    writeFileSync(join(folder, `${i}.gz`), gzipSync(text));
  }
  await look();
  const opened = jest.spyOn(promises, 'open');
  let chunks = 0;
  for (;;) {
    const ranges = await next({ most_files: 3, most_bytes: 20_000 });
    if (ranges.length === 0) break;
    chunks++;
    for (const { id, path, from, to, line, lines, head, digest } of ranges) {
      cursors.set({ id, path, offset: to, lines: line + lines, head, last: { from, digest } });
      await files.get(id)!.content.release(to);
    }
    if (chunks === 40) break;
  }
  expect(chunks).toBe(40);
  expect(opened.mock.calls.length).toBeLessThanOrEqual(count);
  opened.mockRestore();
  for (const { content } of files.all) await content.release();
});

test('of a line that is too long in an archive little is held, and nothing is put together', async () => {
  const long = Buffer.alloc(40 * 1024 * 1024, 'x');
  writeFileSync(join(folder, 'a.gz'), gzipSync(Buffer.concat([Buffer.from('100\n'), long, Buffer.from('\n101\n')])));
  await look();
  const concat = jest.spyOn(Buffer, 'concat');
  const [range] = await next();
  const sizes = concat.mock.results.map(({ value }) => (value as Buffer).length);
  concat.mockRestore();
  expect(range).toMatchObject({ from: 0, to: long.length + 5, lines: 2 });
  expect(Math.max(0, ...sizes)).toBeLessThan(1024 * 1024);
  for (const { content } of files.all) await content.release();
  const held = (range!.portion as unknown as { pieces: (Uint8Array | number)[] }).pieces;
  const buffers = new Set(held.map((piece) => (typeof piece === 'number' ? undefined : piece.buffer)));
  expect([...buffers].reduce((sum, buffer) => sum + (buffer?.byteLength ?? 0), 0)).toBeLessThan(2 * 1024 * 1024);
});

test('stops when it is told to', async () => {
  put('a', 100);
  await look();
  await expect(next({ signal: AbortSignal.abort() })).rejects.toThrow('aborted');
});
