import fs, { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { OutputFolder } from '../../../src/runtime/file/output-folder.js';
import { SortedOutput, type SortKey } from '../../../src/runtime/file/sorted-output.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-sorted-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Item {
  time: number;
  uid: number | string;
  more?: string;
}
const never = new AbortController().signal;
const keyOf = ({ time, uid }: Item): SortKey => [time, uid];
const scratch = () => readdirSync(folder).flatMap((name) => (name.startsWith('.partial-') ? readdirSync(join(folder, name)) : []));

/** Writes the items with so much room, and gives the lines back. */
async function written(items: readonly Item[], most?: number): Promise<Item[]> {
  const output = OutputFolder.open(folder);
  const file = new SortedOutput(output, 'x.ndjson', most);
  for (const item of items) file.json(keyOf(item), item);
  await file.finish(never);
  expect(scratch()).toEqual(['x.ndjson']);
  output.commit();
  expect(readdirSync(folder)).toEqual(['x.ndjson']);
  const text = readFileSync(join(folder, 'x.ndjson'), 'utf8');
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Item]));
}

test('lines come in order, held or put aside', async () => {
  const items: Item[] = [
    { time: 3, uid: 'a' },
    { time: -1, uid: 'z' },
    { time: 3, uid: 'B' },
    { time: 20, uid: 'a' },
    { time: 3, uid: 'ä\t"\n\ud83d\ude00' },
  ];
  const sorted = [1, 2, 0, 4, 3].map((i) => items[i]);
  for (const most of [undefined, 1, 300]) expect(await written(items, most)).toEqual(sorted);
  expect(await written([])).toEqual([]);
});

test('numbers are compared as numbers', async () => {
  expect(
    (
      await written(
        [12, 2, 100].map((uid) => ({ time: 1, uid })),
        1,
      )
    ).map(({ uid }) => uid),
  ).toEqual([2, 12, 100]);
});

test('any order of arrival and any room give the same bytes', async () => {
  const item = fc.record({ time: fc.integer({ min: 0, max: 3 }), uid: fc.string({ maxLength: 2 }), more: fc.string() });
  await fc.assert(
    fc.asyncProperty(fc.array(item, { maxLength: 30 }), fc.nat(2000), fc.infiniteStream(fc.nat()), async (items, most, ranks) => {
      const order = items.map((one) => ({ one, rank: ranks.next().value as number }));
      const shuffled = order.sort((a, b) => a.rank - b.rank).map(({ one }) => one);
      expect(await written(shuffled, most)).toEqual(await written(items));
    }),
    { numRuns: 50 },
  );
});

test('more runs than are merged at once', async () => {
  const items = Array.from({ length: 300 }, (_, i): Item => ({ time: (i * 7919) % 300, uid: `u${i}`, more: 'x'.repeat(i) }));
  expect(await written(items, 1)).toEqual([...items].sort((a, b) => a.time - b.time));
});

test('no more is held than there is room for', () => {
  const output = OutputFolder.open(folder);
  const file = new SortedOutput(output, 'x.ndjson', 10_000);
  for (let i = 0; i < 100; i++) file.json([i, 'u'], 'x'.repeat(1000));
  expect(scratch().length).toBeGreaterThanOrEqual(1 + 10);
  output.discard();
});

describe('when something fails', () => {
  function half(): { output: OutputFolder; file: SortedOutput } {
    const output = OutputFolder.open(join(folder, 'new'));
    const file = new SortedOutput(output, 'x.ndjson', 1);
    for (let i = 0; i < 5; i++) file.json([i, 'u'], i);
    return { output, file };
  }

  test('told to stop, it leaves nothing behind', async () => {
    const { output, file } = half();
    await expect(file.finish(AbortSignal.abort())).rejects.toThrow(/abort/);
    output.discard();
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });

  test('a full disk is said, while putting aside and while merging', async () => {
    const { output, file } = half();
    const full = jest.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    });
    const said = expect.objectContaining({ code: 'SV_OUTPUT_WRITE', message: expect.stringContaining('the disk is full') });
    expect(() => file.json([9, 'u'], 9)).toThrow(said);
    full.mockRestore();
    await file.finish(never);
    const again = jest.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    });
    expect(() => output.commit()).toThrow(said);
    again.mockRestore();
    output.discard();
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });

  test('a run that cannot be read is said', async () => {
    const { output, file } = half();
    const bad = jest.spyOn(fs, 'readSync').mockImplementation(() => {
      throw Object.assign(new Error('disk'), { code: 'EIO' });
    });
    await expect(file.finish(never)).rejects.toMatchObject({ code: 'SV_OUTPUT_WRITE' });
    bad.mockRestore();
    output.discard();
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });
});
