import { mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Archive } from '../../../src/runtime/follow/archive.js';
import { contentOf } from '../../../src/runtime/follow/content.js';
import { headLength, headOf } from '../../../src/runtime/follow/head.js';
import type { JudgedRange } from '../../../src/runtime/follow/journal.js';
import { Portion } from '../../../src/runtime/follow/portion.js';
import { scan } from '../../../src/runtime/follow/scan.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-archive-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const TEXT = Array.from({ length: 300 }, (_, i) => `line ${i}\n`).join('');
const path = (name: string) => join(folder, name);

/** What the journal would keep of a part of a file. */
async function judged(name: string, from: number, to: number): Promise<JudgedRange> {
  const { id } = (await scan(folder)).files.find((seen) => seen.path === name)!;
  const portion = await new Portion(contentOf(path(name), id, false), from, to).read();
  return { id, path: name, from, to, line: 0, lines: 0, head: headOf(Buffer.from(TEXT), headLength(to)), digest: portion.digest() };
}

async function find(range: JudgedRange): Promise<string | undefined> {
  const archive = await Archive.open(folder, (await scan(folder)).files);
  const portion = await archive.find(range);
  await archive.close();
  if (portion === undefined) return undefined;
  let text = '';
  for await (const bytes of portion.input('x').chunks()) text += Buffer.from(bytes).toString();
  return text;
}

test.each([
  ['where they were', () => {}],
  ['in a file that grew', () => writeFileSync(path('a'), 'more\n', { flag: 'a' })],
  ['under another name', () => renameSync(path('a'), path('z.old'))],
  [
    'in a copy, when the file was cut',
    () => {
      writeFileSync(path('copy'), TEXT);
      truncateSync(path('a'));
    },
  ],
  [
    'in a copy, when the file was written anew and begins alike',
    () => {
      writeFileSync(path('copy'), TEXT);
      writeFileSync(path('a'), TEXT.slice(0, 1100) + 'x'.repeat(5000));
    },
  ],
  [
    'in an archive',
    () => {
      writeFileSync(path('a.gz'), gzipSync(TEXT));
      rmSync(path('a'));
    },
  ],
])('finds bytes %s', async (_, act) => {
  writeFileSync(path('a'), TEXT);
  const ranges = [await judged('a', 0, 64), await judged('a', 64, 2000), await judged('a', 2000, TEXT.length)];
  act();
  expect(await Promise.all(ranges.map(find))).toEqual([TEXT.slice(0, 64), TEXT.slice(64, 2000), TEXT.slice(2000)]);
});

test.each([
  ['gone', () => rmSync(path('a'))],
  ['cut', () => truncateSync(path('a'), 1500)],
  ['others by now', () => writeFileSync(path('a'), TEXT.replace('line 200', 'LINE 200'))],
])('bytes that are %s are not found', async (_, act) => {
  writeFileSync(path('a'), TEXT);
  const range = await judged('a', 64, 2000);
  act();
  expect(await find(range)).toBeUndefined();
});
