import fc from 'fast-check';
import { type Line, LineReader } from '../../../src/runtime/file/lines.js';

async function* chunksOf(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part;
}

async function readAll(reader: LineReader): Promise<Line[]> {
  const lines: Line[] = [];
  do {
    for (let line = reader.take(); line !== undefined; line = reader.take()) lines.push(line);
  } while (await reader.fill());
  return lines;
}

async function texts(limit: number, ...parts: (string | Uint8Array)[]): Promise<string[]> {
  return (await readAll(new LineReader(chunksOf(...parts), limit))).map((line) => Buffer.from(line.bytes).toString());
}

test.each<[string, string[], string[]]>([
  ['line feeds', ['a\nb\n'], ['a', 'b']],
  ['carriage returns before them', ['a\r\nb\r\n'], ['a', 'b']],
  ['a last line without an end', ['a\nb'], ['a', 'b']],
  ['blank lines', ['\n\na\n\n'], ['', '', 'a', '']],
  ['nothing', [], []],
  ['an empty chunk', ['', 'a', '', '\n'], ['a']],
  ['a line over several chunks', ['ab', 'cd', 'ef\ng', 'h'], ['abcdef', 'gh']],
  ['an end cut in two', ['a\r', '\nb\r', '\n'], ['a', 'b']],
  ['a carriage return within', ['a\rb\n'], ['a\rb']],
  ['a byte order mark', ['\ufeffa\n\ufeffb\n'], ['a', '\ufeffb']],
])('%s', async (_, parts, expected) => {
  expect(await texts(100, ...parts)).toEqual(expected);
});

test('a byte order mark cut in two', async () => {
  expect(await texts(100, Buffer.from([0xef]), Buffer.from([0xbb, 0xbf, 0x61]))).toEqual(['a']);
});

test('bytes that are no text are passed on as they are', async () => {
  const [line] = await readAll(new LineReader(chunksOf(Buffer.from([0xff, 0xfe, 10])), 100));
  expect([...line!.bytes]).toEqual([0xff, 0xfe]);
});

describe('the limit', () => {
  test.each([
    ['at it', 'x'.repeat(10), false],
    ['at it, with a carriage return', `${'x'.repeat(10)}\r`, false],
    ['one over', 'x'.repeat(11), true],
  ])('%s', async (_, text, isTooLarge) => {
    for (const parts of [[`${text}\nnext\n`], [...`${text}\nnext\n`]]) {
      const lines = await readAll(new LineReader(chunksOf(...parts), 10));
      expect(lines.map((line) => [line.number, line.is_too_large])).toEqual([
        [1, isTooLarge],
        [2, false],
      ]);
      expect(lines[0]!.length).toBe(text.replace('\r', '').length);
    }
  });

  test('a line of any length is counted, not held', async () => {
    const piece = Buffer.alloc(1 << 20, 0x61);
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 3000; i++) yield piece;
      yield Buffer.from('\nb');
    }
    const before = process.memoryUsage().arrayBuffers;
    const [long, next] = await readAll(new LineReader(endless(), 1 << 20));
    expect(long).toMatchObject({ number: 1, length: 3000 * (1 << 20), is_too_large: true });
    expect(long!.bytes.length).toBe(4096);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 << 20);
    expect(Buffer.from(next!.bytes).toString()).toBe('b');
  });
});

test('however the bytes are cut, the lines are the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom('a', 'bc', '\n', '\r\n', '\r', '{"x":1}')), fc.array(fc.nat(6)), async (words, cuts) => {
      const text = words.join('');
      const parts: string[] = [];
      let at = 0;
      for (const cut of cuts) {
        parts.push(text.slice(at, at + cut));
        at += cut;
      }
      parts.push(text.slice(at));
      const expected = text.split('\n').map((line) => line.replace(/\r$/, ''));
      if (text === '' || text.endsWith('\n')) expected.pop();
      expect(await texts(1000, ...parts)).toEqual(expected);
    }),
  );
});
