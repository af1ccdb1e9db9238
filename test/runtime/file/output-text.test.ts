import fs, { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutputText } from '../../../src/runtime/file/output-text.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-text-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('replaces what was there at the end, whole', () => {
  writeFileSync(join(folder, 'm.prom'), 'old');
  const file = OutputText.open(join(folder, 'm.prom'));
  expect(readFileSync(join(folder, 'm.prom'), 'utf8')).toBe('old');
  const close = jest.spyOn(fs, 'closeSync');
  file.commit('new');
  file.discard();
  // its number may belong to another file by then
  expect(close).toHaveBeenCalledTimes(1);
  close.mockRestore();
  expect(readdirSync(folder)).toEqual(['m.prom']);
  expect(readFileSync(join(folder, 'm.prom'), 'utf8')).toBe('new');
});

test('leaves what was there when it never comes to that', () => {
  writeFileSync(join(folder, 'm.prom'), 'old');
  const file = OutputText.open(join(folder, 'm.prom'));
  const full = jest.spyOn(fs, 'writeFileSync').mockImplementation(() => {
    throw Object.assign(new Error('full'), { code: 'ENOSPC' });
  });
  expect(() => file.commit('new')).toThrow(
    expect.objectContaining({ code: 'SV_OUTPUT_WRITE', message: expect.stringContaining('the disk is full') }),
  );
  full.mockRestore();
  file.discard();
  expect(readdirSync(folder)).toEqual(['m.prom']);
  expect(readFileSync(join(folder, 'm.prom'), 'utf8')).toBe('old');
});

test.each([
  ['a folder that is not there', 'nowhere/m.prom', 'no file or directory can be made there'],
  ['a directory of that name', 'taken', 'a directory of this name is in the way'],
  ['a file for a folder', 'file/m.prom', 'a file is in the way'],
])('%s is known when it is opened', (_, name, reason) => {
  mkdirSync(join(folder, 'taken'));
  writeFileSync(join(folder, 'file'), '');
  const path = join(folder, name);
  expect(() => OutputText.open(path)).toThrow(
    expect.objectContaining({ code: 'SV_OUTPUT_WRITE', message: `cannot write ${path}: ${reason}` }),
  );
  expect(readdirSync(folder).sort()).toEqual(['file', 'taken']);
});
