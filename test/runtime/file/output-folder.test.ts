import fs, { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutputFolder } from '../../../src/runtime/file/output-folder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-output-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('files appear whole, all at the end', () => {
  const output = OutputFolder.open(join(folder, 'a/b'));
  const file = output.file('x.ndjson');
  file.json({ a: 1 });
  file.write('é'.repeat(300_000));
  expect(readdirSync(join(folder, 'a/b'))).toEqual([expect.stringMatching(/^\.partial-/)]);
  output.file('empty.ndjson');
  output.commit();
  expect(readdirSync(join(folder, 'a/b')).sort()).toEqual(['empty.ndjson', 'x.ndjson']);
  expect(readFileSync(join(folder, 'a/b/x.ndjson'), 'utf8')).toBe(`{"a":1}\n${'é'.repeat(300_000)}`);
});

test('what was there stays until then, and when it never comes to that', () => {
  writeFileSync(join(folder, 'x'), 'old');
  const output = OutputFolder.open(folder);
  output.file('x').write('new');
  expect(readFileSync(join(folder, 'x'), 'utf8')).toBe('old');
  output.discard();
  expect(readdirSync(folder)).toEqual(['x']);
  expect(readFileSync(join(folder, 'x'), 'utf8')).toBe('old');
});

test('a folder made for nothing is taken away', () => {
  const output = OutputFolder.open(join(folder, 'new', 'sub'));
  output.file('x').write('new');
  output.discard();
  expect(existsSync(join(folder, 'new'))).toBe(false);
});

test('discarding after a commit takes nothing away', () => {
  const output = OutputFolder.open(join(folder, 'new'));
  output.file('x').write('new');
  output.commit();
  output.discard();
  expect(readdirSync(join(folder, 'new'))).toEqual(['x']);
});

test.each([
  ['a file system that takes no folders', () => OutputFolder.open('/proc/sessionvigil')],
  ['a file is in the way', () => OutputFolder.open(join(folder, 'file', 'sub'))],
  ['a file has its name', () => OutputFolder.open(join(folder, 'file'))],
  ['a directory has the name of a file', () => OutputFolder.open(folder).file('taken')],
])('%s', (_, act) => {
  writeFileSync(join(folder, 'file'), '');
  mkdirSync(join(folder, 'taken'));
  expect(act).toThrow(expect.objectContaining({ code: 'SV_OUTPUT_WRITE' }));
});

test('a full disk is said, and nothing half-written stays', () => {
  const output = OutputFolder.open(join(folder, 'new'));
  output.file('x').write('new');
  const full = jest.spyOn(fs, 'writeSync').mockImplementation(() => {
    throw Object.assign(new Error('full'), { code: 'ENOSPC' });
  });
  expect(() => output.commit()).toThrow(
    expect.objectContaining({ code: 'SV_OUTPUT_WRITE', message: expect.stringContaining('the disk is full') }),
  );
  full.mockRestore();
  output.discard();
  expect(existsSync(join(folder, 'new'))).toBe(false);
});
