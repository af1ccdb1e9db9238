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

describe('links', () => {
  const under = (...parts: string[]) => join(folder, ...parts);
  beforeEach(() => {
    for (const sub of ['in', 'in/sub', 'out', 'other']) mkdirSync(under(sub));
    for (const name of ['in/a', 'out/rejected', 'other/b']) writeFileSync(under(name), name);
  });
  const look = async (follow_links = false) => {
    const { files, skipped } = await scan(under('in'), { output: under('out'), follow_links });
    return [files.map(({ path }) => path), skipped.map(({ path, reason }) => `${path}: ${reason}`)];
  };
  const refused = (path: string) =>
    `${path}: it is a link to a file that is not in the input folder (run.follow_links: true would read it)`;

  test('lead to files of the folder, and elsewhere when that is asked for', async () => {
    symlinkSync('a', under('in/current'));
    symlinkSync('../../other/b', under('in/sub/b'));
    symlinkSync(under('other'), under('in/folder'));
    symlinkSync('sub', under('in/own'));
    symlinkSync('loop', under('in/loop'));
    expect(await look()).toEqual([
      ['a', 'current'],
      ['folder: it is a link to a folder', 'loop: ELOOP', refused('sub/b')],
    ]);
    expect(await look(true)).toEqual([
      ['a', 'current', 'sub/b'],
      ['folder: it is a link to a folder', 'loop: ELOOP'],
    ]);
  });

  test('never to what is written, nor does another name', async () => {
    symlinkSync('../out/rejected', under('in/r'));
    linkSync(under('out/rejected'), under('in/hard'));
    for (const follow of [false, true])
      expect(await look(follow)).toEqual([['a'], ['hard: it is a file of the output folder', 'r: it is a link into the output folder']]);
  });

  test('a folder of input in the output folder has its files and no others', async () => {
    symlinkSync('a', under('in/current'));
    symlinkSync('../out/rejected', under('in/r'));
    const { files, skipped } = await scan(under('in'), { output: folder, follow_links: true });
    expect(files.map(({ path }) => path)).toEqual(['a', 'current']);
    expect(skipped).toEqual([{ path: 'r', reason: 'it is a link into the output folder' }]);
  });

  test('an output folder in the folder is left out', async () => {
    const { files } = await scan(folder, { output: under('out') });
    expect(files.map(({ path }) => path)).toEqual(['in/a', 'other/b']);
  });
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
    { path: 'b', reason: 'EACCES' },
    { path: 'lost+found', reason: 'EACCES' },
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
