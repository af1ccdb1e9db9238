import type { Content } from '../../../src/runtime/follow/content.js';
import { type Cursor, Cursors } from '../../../src/runtime/follow/cursors.js';
import { headLength, headOf } from '../../../src/runtime/follow/head.js';
import { Portion } from '../../../src/runtime/follow/portion.js';

const contentOf = (text: string): Content => ({
  read: async (from, most) => Buffer.from(text).subarray(from, from + most),
  release: async () => {},
});
const TEXT = Array.from({ length: 500 }, (_, i) => `line ${i}\n`).join('');

/** A file that was read up to a place, last from another on. */
async function cursorOf(id: string, text: string, offset: number, from = 0): Promise<Cursor> {
  const portion = await new Portion(contentOf(text), from, offset).read();
  const head = headOf(Buffer.from(text), headLength(offset));
  return { id, path: id, offset, lines: 0, head, last: { from, digest: portion.digest() } };
}
const like = (cursors: Cursors, text: string) => cursors.like(contentOf(text), text.length);

test('knows bytes again that were read, and goes on behind what was read most', async () => {
  const cursors = new Cursors();
  expect(await like(cursors, TEXT)).toBeUndefined();
  const [short, long] = [await cursorOf('a', TEXT, 90), await cursorOf('b', TEXT, 2000, 1500)];
  cursors.set(long);
  cursors.set(short);
  expect(await like(cursors, TEXT)).toBe(long);
  expect(await like(cursors, TEXT.slice(0, 2000))).toBe(long);
  expect(await like(cursors, TEXT.slice(0, 1999))).toBe(short);
});

test('a beginning may become what was read', async () => {
  const cursors = new Cursors();
  cursors.set(await cursorOf('b', TEXT, 2000));
  expect(await like(cursors, TEXT.slice(0, 1999))).toBe('wait');
  expect(await like(cursors, TEXT.slice(0, 100))).toBeUndefined();
});

test('what only begins alike is another file', async () => {
  const cursors = new Cursors();
  cursors.set(await cursorOf('b', TEXT, 2000, 1500));
  expect(await like(cursors, `${TEXT.slice(0, 1600)}${'x'.repeat(1000)}`)).toBeUndefined();
  expect(await like(cursors, `x${TEXT}`)).toBeUndefined();
});

test('what an inode held before is remembered as well', async () => {
  const cursors = new Cursors();
  const [old, same, now] = [await cursorOf('a', TEXT, 1000), await cursorOf('a', TEXT, 2000, 1000), await cursorOf('a', 'other\n', 6)];
  cursors.set(old);
  cursors.set(same);
  expect(cursors.all()).toEqual([same]);
  cursors.retire('a');
  expect([cursors.of('a'), cursors.all()]).toEqual([undefined, [same]]);
  cursors.set(now);
  expect([cursors.of('a'), cursors.all()]).toEqual([now, [same, now]]);
  expect(await like(cursors, TEXT)).toBe(same);
  // as a journal tells it
  const again = new Cursors();
  for (const cursor of [old, same, now]) again.set(cursor);
  expect(again.all()).toEqual([same, now]);
  again.retire('nobody');
});

test('forgets what nobody will ask for', async () => {
  const cursors = new Cursors();
  const [a, b, c] = [await cursorOf('a', TEXT, 1000), await cursorOf('b', TEXT, 1100), await cursorOf('c', TEXT, 1200)];
  for (const cursor of [a, b, c]) cursors.set(cursor);
  cursors.retire('c');
  cursors.keep(new Set([a.last.digest]), (id) => id === 'b' || id === 'c');
  expect(cursors.all()).toEqual([a, b]);
  cursors.keep(new Set(), () => false);
  expect([cursors.all(), await like(cursors, TEXT)]).toEqual([[], undefined]);
});
