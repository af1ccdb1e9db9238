import fc from 'fast-check';
import { SliceTable } from '../../../src/runtime/store/slice-table.js';
import { runs } from '../../helpers/runs.js';

/** Few hashes, so that many rows want the same home. */
const steps = fc.array(fc.record({ key: fc.integer({ min: 1, max: 60 }), isGone: fc.boolean(), note: fc.nat() }), {
  maxLength: 200,
  size: 'max',
});
/** The home of this one is the last row, however many there are: whoever finds it taken begins anew at the first. */
const LAST = 0xf174d0af;
const hashOf = (key: number): number => (key % 3 === 0 ? LAST : (key % 7) * 0x2000_0001);

test('is a map', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const table = new SliceTable();
      const map = new Map<number, number>();
      const rowOf = (key: number): number => table.find(hashOf(key), `${key}`, (place, text) => `${place}` === text);
      for (const { key, isGone, note } of all) {
        const row = rowOf(key);
        expect(row >= 0).toBe(map.has(key));
        expect(table.rowOf(hashOf(key), (place) => place === key)).toBe(row);
        if (isGone && row >= 0) {
          table.remove(row);
          map.delete(key);
        } else if (!isGone) {
          if (row >= 0) table.set(row, key, note);
          else table.add(hashOf(key), key, note);
          map.set(key, note);
        }
        if (map.size % 5 !== 0) continue;
        const seen = new Map<number, number>();
        table.visit((place, n) => {
          seen.set(place, n);
        });
        expect(seen).toEqual(map);
        expect(table.size).toBe(map.size);
        expect(new Map([...map.keys()].map((one) => [table.placeAt(rowOf(one)), table.noteAt(rowOf(one))]))).toEqual(map);
      }
    }),
    runs(50),
  );
});

test('takes about 17 bytes a row, and gives back what it does not need', () => {
  const table = new SliceTable();
  const sizes: number[] = [];
  for (let i = 1; i <= 20_000; i++) {
    table.add(Math.imul(i, 0x85eb_ca6b) >>> 0, i, 0);
    if (i > 1000) sizes.push(table.bytes / i);
  }
  expect(sizes.reduce((sum, size) => sum + size, 0) / sizes.length).toBeLessThan(18);
  expect(Math.max(...sizes)).toBeLessThan(20);
  for (let i = 1; i <= 20_000; i++) table.remove(table.rowOf(Math.imul(i, 0x85eb_ca6b) >>> 0, (place) => place === i));
  expect([table.size, table.bytes]).toEqual([0, 0]);
});
