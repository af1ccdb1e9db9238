import fs, { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Entry, JOURNAL_NAME, Journal } from '../../../src/runtime/follow/journal.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const lengths = (length: number) => ({ 'findings.ndjson': { id: '1:2', length } });
const range = (digest: string) => ({ id: '1:1', path: 'a', from: 0, to: 9, line: 0, lines: 1, head: { length: 9, digest: 'h' }, digest });
const entry = (arrival: number | null, length = 0): Omit<Entry, 'chunk'> => ({
  time: 5,
  arrival,
  config_digest: 'd',
  ranges: [range(`r${arrival}`)],
  outputs: lengths(length),
});
const cursor = { id: '1:1', path: 'a', offset: 9, lines: 1, head: { length: 9, digest: 'h' }, last: { from: 0, digest: 'r' } };

async function open() {
  const entries: Entry[] = [];
  const bases: unknown[] = [];
  const told = { base: (base: unknown) => void bases.push(base), entry: (one: Entry) => void entries.push(one) };
  const journal = await Journal.open(folder, () => lengths(7), told);
  return { journal, entries, bases };
}
const path = () => join(folder, JOURNAL_NAME);
const chunks = (entries: Entry[]) => entries.map(({ chunk, arrival }) => [chunk, arrival]);

test('begins with what the outputs hold already', async () => {
  const { journal, bases } = await open();
  expect([journal.outputs, journal.from, bases]).toEqual([lengths(7), undefined, []]);
  journal.close();
  const again = await open();
  expect(again.bases).toEqual([{ journal: 1, chunk: 0, arrival: null, cursors: [], outputs: lengths(7) }]);
  expect(again.journal.bytes).toBe(readFileSync(path()).length);
  again.journal.close();
});

test('tells every chunk in order, and what was committed last', async () => {
  const { journal } = await open();
  for (const [i, arrival] of [null, 100, 200].entries()) journal.append(entry(arrival, i));
  expect([journal.outputs, journal.from, journal.bytes]).toEqual([lengths(2), 100, readFileSync(path()).length]);
  journal.close();
  const again = await open();
  expect(chunks(again.entries)).toEqual([
    [1, null],
    [2, 100],
    [3, 200],
  ]);
  const read: Entry[] = [];
  for await (const one of again.journal.entries()) read.push(one);
  expect(read).toEqual(again.entries);
  expect([again.journal.outputs, again.journal.from]).toEqual([lengths(2), 100]);
  again.journal.close();
});

describe('a last line that was being written', () => {
  test.each(['{"chunk":2,', `${JSON.stringify({ chunk: 2, ...entry(200) })}`, '\0\0\0\0', 'null\n'])('%j is taken away', async (torn) => {
    const { journal } = await open();
    journal.append(entry(100, 1));
    journal.close();
    appendFileSync(path(), torn);
    const again = await open();
    expect(chunks(again.entries)).toEqual([[1, 100]]);
    again.journal.append(entry(300, 3));
    again.journal.close();
    expect(chunks((await open()).entries)).toEqual([
      [1, 100],
      [2, 300],
    ]);
  });
});

test.each([
  ['nonsense\n{"chunk":1}\n', 'cannot be read at line 1'],
  ['{"journal":2}\n', 'is of version 2; this program reads 1'],
  ['', 'has no first line'],
])('%j is no journal', async (text, message) => {
  writeFileSync(path(), text);
  await expect(open()).rejects.toMatchObject({ code: 'SV_JOURNAL_DAMAGED', message: expect.stringContaining(message) });
});

test('chunks before a time are dropped, the rest stands as it did', async () => {
  const { journal } = await open();
  for (const [i, arrival] of [null, 100, 200, 300, 400].entries()) journal.append(entry(arrival, i));
  let asked: ReadonlySet<string> | undefined;
  await journal.dropBefore(300, (kept) => {
    asked = kept;
    return [cursor];
  });
  expect(asked).toEqual(new Set(['r300', 'r400']));
  expect([journal.from, journal.bytes]).toEqual([300, readFileSync(path()).length]);
  journal.append(entry(500, 5));
  journal.close();
  const again = await open();
  expect(again.bases).toEqual([{ journal: 1, chunk: 3, arrival: 200, cursors: [cursor], outputs: lengths(2) }]);
  expect(chunks(again.entries)).toEqual([
    [4, 300],
    [5, 400],
    [6, 500],
  ]);
  await again.journal.dropBefore(9999, () => []);
  expect(again.journal.from).toBeUndefined();
  again.journal.append(entry(600, 6));
  again.journal.close();
  expect(chunks((await open()).entries)).toEqual([[7, 600]]);
  expect(existsSync(`${path()}.partial`)).toBe(false);
});

test('what cannot be written is said, and what stood there stands', async () => {
  const { journal } = await open();
  journal.append(entry(100, 1));
  const before = readFileSync(path());
  const full = jest.spyOn(fs, 'fsyncSync').mockImplementation(() => {
    throw Object.assign(new Error('x'), { code: 'ENOSPC' });
  });
  await expect(journal.dropBefore(9999, () => [])).rejects.toMatchObject({ code: 'SV_OUTPUT_WRITE' });
  full.mockRestore();
  expect(readFileSync(path())).toEqual(before);
  journal.close();
});
