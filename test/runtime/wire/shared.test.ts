import { AvroReader } from '../../../src/runtime/wire/avro-reader.js';
import { Shared } from '../../../src/runtime/wire/shared.js';

/** A text as a record of one field. */
const bytesOf = (text: string) => {
  const bytes = Buffer.from(text);
  return Buffer.concat([
    bytes.length < 64 ? Buffer.of(bytes.length << 1) : Buffer.of(((bytes.length << 1) & 0x7f) | 0x80, bytes.length >> 6),
    bytes,
  ]);
};

function open(max: number) {
  const reader = new AvroReader();
  let made = 0;
  const shared = new Shared<{ text: string }>(
    (r) => {
      made++;
      return { text: r.text() };
    },
    (r) => r.skipText(),
    max,
  );
  const next = (text: string) => {
    const bytes = bytesOf(text);
    reader.start(bytes, 0);
    const value = shared.next(reader);
    reader.end();
    return value;
  };
  return { next, made: () => made };
}

test('equal bytes are one frozen object', () => {
  const { next, made } = open(16);
  const one = next('one');
  expect(one).toEqual({ text: 'one' });
  expect(next('two')).toEqual({ text: 'two' });
  expect(next('one')).toBe(one);
  expect(Object.isFrozen(one)).toBe(true);
  expect(made()).toBe(2);
});

test('of all that came some are kept, and no more than it may keep', () => {
  const { next, made } = open(16);
  const all = Array.from({ length: 200 }, (_, i) => next(`text ${i}`));
  expect(all.map(({ text }, i) => text === `text ${i}`)).not.toContain(false);
  const before = made();
  // backwards, so that what is asked for first does not drive out what is asked for later
  const kept = all.reverse().filter((value) => next(value.text) === value).length;
  expect(kept).toBe(16);
  expect(made() - before).toBe(200 - kept);
});

test('four that share a hash stand beside one another; the oldest goes', () => {
  const { next } = open(4);
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(next);
  expect([next('a'), next('b'), next('c'), next('d')]).toEqual([a, b, c, d]);
  expect(next('d')).toBe(d);
  next('e');
  expect(next('d')).toBe(d);
  expect(next('a')).not.toBe(a);
});

test('bytes above 0x7f', () => {
  const { next } = open(16);
  const one = next('é😀');
  expect(one).toEqual({ text: 'é😀' });
  expect(next('é😀')).toBe(one);
});

test('long ones are not kept', () => {
  const { next, made } = open(16);
  const text = 'x'.repeat(1100);
  expect(next(text)).toEqual({ text });
  expect(next(text)).not.toBe(next(text));
  expect(made()).toBe(3);
});
