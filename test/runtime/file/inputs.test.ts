import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { findInputs } from '../../../src/runtime/file/inputs.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-inputs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const NO_STDIN = {
  get stdin(): Readable {
    throw new Error('stdin was touched');
  },
};
function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}
async function textOf(name: string, world: { stdin: Readable } = NO_STDIN): Promise<string> {
  const [input] = await findInputs([name], world);
  const parts: Uint8Array[] = [];
  for await (const chunk of input!.chunks()) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

test('a plain file, and how much of it was read', async () => {
  const [input] = await findInputs([write('a', 'one\ntwo\n')], NO_STDIN);
  expect(input!.size).toBe(8);
  let bytes = 0;
  for await (const _ of input!.chunks((n) => {
    bytes += n;
  }));
  expect(bytes).toBe(8);
});

test('gzip is known by its content, whatever the name; several members are one file', async () => {
  const packed = Buffer.concat([gzipSync('one\n'), gzipSync('two\n')]);
  expect(await textOf(write('a.gz', packed))).toBe('one\ntwo\n');
  expect(await textOf(write('a.ndjson', packed))).toBe('one\ntwo\n');
});

test('stdin, plain and gzip, however it is cut', async () => {
  expect(await textOf('-', { stdin: Readable.from([Buffer.from('o'), Buffer.from('ne')]) })).toBe('one');
  const packed = gzipSync('one');
  expect(await textOf('-', { stdin: Readable.from([...packed].map((byte) => Buffer.from([byte]))) })).toBe('one');
  expect(await textOf('-', { stdin: Readable.from([]) })).toBe('');
});

test('an empty file holds nothing, packed or not', async () => {
  expect(await textOf(write('a', ''))).toBe('');
  expect(await textOf(write('a.gz', ''))).toBe('');
});

test('a pipe is a stream: it has no size', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const [input] = await findInputs([pipe], NO_STDIN);
  expect(input!.size).toBeUndefined();
});

test.each([
  ['cut short', () => gzipSync('x'.repeat(1000)).subarray(0, 20)],
  ['changed', () => Buffer.from(gzipSync('hello hello')).fill(0x55, 12, 16)],
  ['no gzip', () => Buffer.from('{"a":1}\n')],
])('a .gz file that is %s', async (_, content) => {
  await expect(textOf(write('a.gz', content()))).rejects.toMatchObject({ code: 'SV_INPUT_GZIP' });
});

test('everything that is wrong is named at once, before anything is read', async () => {
  mkdirSync(join(folder, 'dir'));
  const good = write('good', 'x');
  const names = [good, join(folder, 'nowhere'), join(folder, 'dir/'), join(good, 'below'), '-', '-'];
  await expect(findInputs(names, NO_STDIN)).rejects.toMatchObject({
    code: 'SV_INPUT_MISSING',
    problems: [
      { file: names[1], message: 'no such file' },
      { file: names[2], message: expect.stringContaining(`${join(folder, 'dir')}/*`) },
      { file: names[3], message: 'no such file' },
      { file: '-', message: 'stdin can be read only once' },
    ],
  });
});

test('a directory suggests the files in it', async () => {
  await expect(findInputs([folder], NO_STDIN)).rejects.toMatchObject({
    code: 'SV_INPUT_DIRECTORY',
    message: expect.stringContaining(`${folder}/*`),
  });
});

test('a file that goes away between looking and reading', async () => {
  const file = write('a', 'x');
  const [input] = await findInputs([file], NO_STDIN);
  rmSync(file);
  await expect(input!.chunks().next()).rejects.toMatchObject({ code: 'SV_INPUT_UNREADABLE' });
});

test('leaving early closes the file', async () => {
  const [input] = await findInputs([write('a', 'x'.repeat(600_000))], NO_STDIN);
  const chunks = input!.chunks();
  await chunks.next();
  await chunks.return();
  expect(await chunks.next()).toEqual({ done: true, value: undefined });
});
