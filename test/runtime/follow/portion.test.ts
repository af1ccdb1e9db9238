import { LineReader } from '../../../src/runtime/file/lines.js';
import type { Content } from '../../../src/runtime/follow/content.js';
import { FileChanged, Portion } from '../../../src/runtime/follow/portion.js';

function contentOf(bytes: Uint8Array): Content {
  return { read: async (from, most) => bytes.subarray(from, from + most), release: async () => {} };
}
const of = (text: string, from = 0, end = text.length) => new Portion(contentOf(Buffer.from(text)), from, end).read();

async function linesIn(portion: Portion, limit = 100): Promise<[string, number, boolean][]> {
  const reader = new LineReader(portion.input('x').chunks(), limit);
  const lines: [string, number, boolean][] = [];
  do {
    for (let line = reader.take(); line !== undefined; line = reader.take())
      lines.push([Buffer.from(line.bytes).toString().slice(0, 10), line.length, line.is_too_large]);
  } while (await reader.fill());
  return lines;
}

test('gives its lines as often as they are asked for', async () => {
  const portion = await of('zero\none\ntwo\nthree\n', 5, 13);
  for (let i = 0; i < 2; i++) expect((await linesIn(portion)).map(([line]) => line)).toEqual(['one', 'two']);
  expect(portion.cut()).toEqual({ lines: 2, to: 13 });
});

test('is cut behind a line; a last line without its end counts', async () => {
  const portion = await of('one\ntwo\nthree');
  expect(portion.cut()).toEqual({ lines: 3, to: 13 });
  expect(portion.cut(3)).toEqual({ lines: 3, to: 13 });
  expect(portion.cut(2)).toEqual({ lines: 2, to: 8 });
  expect((await linesIn(portion)).map(([line]) => line)).toEqual(['one', 'two']);
});

test('its digest is of its bytes, however they were read', async () => {
  const text = 'a line of text\n'.repeat(40_000);
  const whole = await of(text);
  const cut = await of(text, 0, text.length);
  cut.cut(1000);
  expect(cut.digest()).toBe((await of(text.slice(0, 15_000))).digest());
  expect(cut.digest()).not.toBe(whole.digest());
  expect(whole.digest()).toMatch(/^[0-9a-f]{16}$/);
});

test('a file that became shorter is told', async () => {
  await expect(of('short', 0, 6)).rejects.toThrow(FileChanged);
});

test('of a line that no record can be as long as only the beginning is held', async () => {
  const MEGABYTE = 1024 * 1024;
  const long = 100 * MEGABYTE;
  const bytes = Buffer.alloc(long + 20, 'x');
  bytes.write('first\nhuge', 0);
  bytes.write('\nlast\n', long);
  const portion = await new Portion(contentOf(bytes), 0, long + 6).read();
  expect(await linesIn(portion)).toEqual([
    ['first', 5, false],
    ['hugexxxxxx', long - 6, true],
    ['last', 4, false],
  ]);
  const held = (portion as unknown as { pieces: (Uint8Array | number)[] }).pieces;
  expect(held.reduce<number>((sum, piece) => sum + (typeof piece === 'number' ? 0 : piece.length), 0)).toBeLessThan(MEGABYTE);
  const again = await new Portion(contentOf(bytes), 6, long + 1).read();
  const digest = again.digest();
  expect(portion.cut(2)).toEqual({ lines: 2, to: long + 1 });
  expect(again.cut()).toEqual({ lines: 1, to: long + 1 });
  expect((await new Portion(contentOf(bytes.subarray(6)), 0, long - 5).read()).digest()).toBe(digest);
});

test('its last bytes, as far as they are held', async () => {
  const text = (portion: Portion, most: number) => Buffer.from(portion.lastBytes(most)).toString();
  const portion = await of('zero\none\ntwo\n', 5);
  expect([text(portion, 4), text(portion, 5), text(portion, 100)]).toEqual(['two\n', '\ntwo\n', 'one\ntwo\n']);
  portion.cut(1);
  expect(text(portion, 100)).toBe('one\n');
  const long = 'a line of text\n'.repeat(40_000);
  expect(text(await of(long), 300_000)).toBe(long.slice(-300_000));
});
