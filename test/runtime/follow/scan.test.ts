import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nameMatcher, scan } from '../../../src/runtime/follow/scan.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-scan-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('files of all subfolders in the order of their paths, nothing that starts with a dot', async () => {
  for (const sub of ['b', 'b/c', '.git']) mkdirSync(join(folder, sub));
  for (const name of ['z', 'b/a', 'b/c/x', '.hidden', '.git/y']) writeFileSync(join(folder, name), name);
  symlinkSync('z', join(folder, 'link'));
  symlinkSync('nowhere', join(folder, 'dead'));
  const { files: found } = await scan(folder);
  expect(found.map(({ path }) => path)).toEqual(['b/a', 'b/c/x', 'link', 'z']);
  expect(found[2]).toMatchObject({ id: found[3]!.id, size: 1 });
  expect(found[0]!.changed).toBeGreaterThan(0);
});

test('the same file under two names has one id, another file another', async () => {
  writeFileSync(join(folder, 'a'), '');
  writeFileSync(join(folder, 'b'), '');
  linkSync(join(folder, 'a'), join(folder, 'c'));
  const [a, b, c] = (await scan(folder)).files;
  expect(a!.id).toBe(c!.id);
  expect(a!.id).not.toBe(b!.id);
});

test('what may not be looked into is left out and told, the rest is there', async () => {
  for (const sub of ['lost+found', 'b']) mkdirSync(join(folder, sub));
  for (const name of ['z', 'b/a', 'b/c']) writeFileSync(join(folder, name), name);
  const { readdir, stat } = promises;
  const denied = Object.assign(new Error('denied'), { code: 'EACCES' });
  const isDenied = (path: unknown, part: string) => String(path).startsWith(join(folder, part));
  jest
    .spyOn(promises, 'readdir')
    .mockImplementation(((path: string, ...rest: []) =>
      isDenied(path, 'lost+found') ? Promise.reject(denied) : readdir(path, ...rest)) as typeof readdir);
  jest
    .spyOn(promises, 'stat')
    .mockImplementation(((path: string, ...rest: []) =>
      isDenied(path, 'b/') ? Promise.reject(denied) : stat(path, ...rest)) as typeof stat);
  const { files, skipped } = await scan(folder);
  jest.restoreAllMocks();
  expect(files.map(({ path }) => path)).toEqual(['z']);
  expect(skipped).toEqual([
    { path: 'lost+found', reason: 'EACCES' },
    { path: 'b', reason: 'EACCES' },
  ]);
});

test('a folder that is not there is an error', async () => {
  await expect(scan(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('patterns are of names, whatever the folder', () => {
  const matches = nameMatcher(['*.ndjson', 'log?.[x]']);
  expect(['a.ndjson', 'b/.c.ndjson', 'log1.[x]'].map(matches)).toEqual([true, true, true]);
  expect(['a.ndjson.1', 'andjson', 'a.ndjson/b', 'log.[x]', 'log12.[x]', 'log1.x'].map(matches)).toEqual(Array(6).fill(false));
});
