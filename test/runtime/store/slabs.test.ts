import fc from 'fast-check';
import { Slabs } from '../../../src/runtime/store/slabs.js';
import { runs } from '../../helpers/runs.js';

/** Slabs with what ought to be in them: each record is filled with a number of its own. */
class Filled {
  readonly records = new Map<number, { place: number; length: number }>();
  readonly slabs: Slabs;
  private count = 0;

  constructor(slabBytes: number, waste: number) {
    this.slabs = new Slabs(slabBytes, waste, (from, to) => {
      const record = [...this.records.values()].find(({ place }) => place === from);
      record!.place = to;
    });
  }

  put(length: number): void {
    const place = this.slabs.put(length);
    const at = this.slabs.offsetOf(place);
    this.slabs.bytesOf(place).fill(++this.count & 0xff, at + 4, at + length);
    this.records.set(this.count, { place, length });
  }

  free(pick: number): void {
    const all = [...this.records.keys()];
    const one = all[pick % all.length];
    if (one === undefined) return;
    this.slabs.free(this.records.get(one)!.place);
    this.records.delete(one);
  }

  check(): void {
    let used = 0;
    for (const [number, { place, length }] of this.records) {
      used += (length + 3) & -4;
      if (this.slabs.lengthOf(place) !== length) throw new Error(`record ${number} has another length`);
      const at = this.slabs.offsetOf(place);
      const bytes = this.slabs.bytesOf(place).subarray(at + 4, at + length);
      if (!bytes.equals(Buffer.alloc(length - 4, number & 0xff))) throw new Error(`record ${number} is not what was put`);
    }
    expect(this.slabs.used).toBe(used);
  }
}

const steps = fc.array(fc.oneof(fc.record({ put: fc.integer({ min: 4, max: 120 }) }), fc.record({ free: fc.nat() })), {
  maxLength: 300,
  size: 'max',
});

test('what was put is there until it is freed, wherever it was moved', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const filled = new Filled(256, 0.2);
      all.forEach((step, n) => {
        if ('put' in step) filled.put(step.put);
        else filled.free(step.free);
        if (n % 10 === 0) filled.check();
      });
      filled.check();
    }),
    runs(50),
  );
});

test('records so large that much is left behind each are put, and moved, to an end', () => {
  const filled = new Filled(256, 0.1);
  for (let i = 0; i < 60; i++) {
    filled.put(140);
    if (i % 3 === 2) filled.free(i * 7919);
    filled.check();
  }
  expect(filled.records.size).toBe(40);
});

test('holes stay few, whatever goes', () => {
  const filled = new Filled(4096, 0.1);
  for (let i = 0; i < 400; i++) filled.put(100 + (i % 60));
  for (let i = 0; i < 4000; i++) {
    filled.free(i * 7919);
    filled.put(100 + (i % 60));
  }
  const { used, allocated, moved_bytes } = filled.slabs;
  // of full slabs a tenth, the one that is written, one that is not worth its emptying, two in reserve, and ends of slabs that nothing fits into
  expect(allocated).toBeLessThan((used / 0.9) * 1.04 + 4 * 4096);
  expect(moved_bytes).toBeGreaterThan(0);
  filled.check();
  for (let left = filled.records.size; left > 0; left--) filled.free(left);
  expect(filled.slabs.used).toBe(0);
  expect(filled.slabs.allocated).toBeLessThanOrEqual(3 * 4096);
});

test('a record larger than a slab has no place', () => {
  const { slabs } = new Filled(256, 0.2);
  expect(slabs.put(256)).toBe(1);
  expect(() => slabs.put(257)).toThrow(RangeError);
});
