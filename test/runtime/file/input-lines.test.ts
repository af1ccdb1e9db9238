import { DamagedInput } from '../../../src/runtime/file/damage.js';
import { InputLines, type InputLinesOptions } from '../../../src/runtime/file/input-lines.js';
import type { Input } from '../../../src/runtime/file/inputs.js';

const OPTIONS: InputLinesOptions = { max_record_bytes: 100, signal: new AbortController().signal };
const broken = new DamagedInput('SV_INPUT_UNREADABLE', 'x', 'the disk');

/** An input of these chunks that fails behind them. */
function input(chunks: readonly string[], failure?: Error): Input {
  return {
    name: 'x',
    size: 1,
    async *chunks() {
      for (const chunk of chunks) yield Buffer.from(chunk);
      if (failure !== undefined) throw failure;
    },
  };
}

async function read(from: Input, options: Partial<InputLinesOptions> = {}) {
  const lines = new InputLines(from, 7, { ...OPTIONS, ...options });
  const texts: string[] = [];
  do {
    for (let line = lines.take(); line !== undefined; line = lines.take()) texts.push(Buffer.from(line.bytes).toString());
  } while (await lines.fill());
  return { texts, damage: lines.damage };
}

test('a whole input has no damage', async () => {
  expect(await read(input(['a\nb', 'c\nd']))).toEqual({ texts: ['a', 'bc', 'd'], damage: undefined });
});

test('a damaged one ends there, with what was left of the last line', async () => {
  expect(await read(input(['a\nb', 'c\nd'], broken))).toEqual({ texts: ['a', 'bc', 'd'], damage: { input: 7, lines: 3, error: broken } });
  expect(await read(input(['a\n'], broken))).toEqual({ texts: ['a'], damage: { input: 7, lines: 1, error: broken } });
  expect(await read(input([], broken))).toEqual({ texts: [], damage: { input: 7, lines: 0, error: broken } });
});

test('what an earlier reading met ends this one too, even when it could go on', async () => {
  for (const lines of [0, 1, 3]) {
    const known = { input: 7, lines, error: broken };
    expect(await read(input(['a\nb\n', 'c\nd\n']), { known })).toEqual({ texts: ['a', 'b', 'c'].slice(0, lines), damage: known });
  }
});

test('what is no damage to the input goes through', async () => {
  await expect(read(input(['a\n'], new Error('a defect')))).rejects.toThrow('a defect');
});

test('told to stop while it reads, it stops: the stream that was taken away is not damaged', async () => {
  const stop = new AbortController();
  const stopping: Input = {
    ...input([]),
    // biome-ignore lint/correctness/useYield: it fails before it has anything
    async *chunks() {
      stop.abort();
      throw broken;
    },
  };
  await expect(read(stopping, { signal: stop.signal })).rejects.toThrow(/abort/);
});
