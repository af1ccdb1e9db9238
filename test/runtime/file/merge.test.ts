import fc from 'fast-check';
import { mergeSorted, type Sorted } from '../../../src/runtime/file/merge.js';

interface Item {
  key: number;
  name: string;
}

/** A source that has to read after every few items. */
function source(keys: readonly number[], name: string, chunk = 2): Sorted<Item> {
  let given = 0;
  let read = 0;
  return {
    take: () => (given < read ? { key: keys[given]!, name: `${name}${given++}` } : undefined),
    fill: async () => {
      read = Math.min(keys.length, read + chunk);
      return given < read;
    },
  };
}

async function merged(...sources: Sorted<Item>[]): Promise<Item[]> {
  const items: Item[] = [];
  await mergeSorted(
    sources,
    (a, b) => (a.key === b.key ? 0 : a.key - b.key),
    (item) => items.push(item),
  );
  return items;
}

test('by key; equal keys by source, then as they stand', async () => {
  const items = await merged(
    source([1, 3, 3, 9], 'a'),
    source([], 'b'),
    source([3, 3, 4], 'c'),
    source([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 1], 'd'),
  );
  expect(items.map((item) => item.name)).toEqual(['d0', 'd1', 'a0', 'd2', 'a1', 'a2', 'c0', 'c1', 'c2', 'a3']);
});

test('nothing', async () => {
  expect(await merged()).toEqual([]);
  expect(await merged(source([], 'a'))).toEqual([]);
});

test('is a stable sort', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fc.nat(20)), { maxLength: 6 }), fc.integer({ min: 1, max: 4 }), async (lists, chunk) => {
      const sorted = lists.map((list) => [...list].sort((a, b) => a - b));
      const items = await merged(...sorted.map((keys, i) => source(keys, `${i}.`, chunk)));
      const expected = sorted.flatMap((keys, i) => keys.map((key, j) => ({ key, name: `${i}.${j}` })));
      expected.sort((a, b) => a.key - b.key);
      expect(items).toEqual(expected);
    }),
  );
});

test('a failing source fails the merge', async () => {
  const broken: Sorted<Item> = { take: () => undefined, fill: () => Promise.reject(new Error('disk')) };
  await expect(merged(source([1], 'a'), broken)).rejects.toThrow('disk');
});

test('ends before an item that is the end, whatever comes after it', async () => {
  const names: string[] = [];
  await mergeSorted(
    [source([1, 5, 2], 'a'), source([3, 4], 'b')],
    (a, b) => a.key - b.key,
    ({ name }) => void names.push(name),
    ({ key }) => key >= 4,
  );
  expect(names).toEqual(['a0', 'b0']);
});
