import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadIdentities } from '../../src/config/identities.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-identities-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function load(text: string) {
  const file = join(folder, 'people.ndjson');
  writeFileSync(file, text);
  return loadIdentities(file);
}

test('one person per line', () => {
  const text = '\ufeff{"person":"ana@example.com","aliases":["entra:1","okta:acme:2"]}\r\n\n{"person":"bo","tenant":"blue"}\n';
  expect(load(text)).toEqual([
    { person: 'ana@example.com', aliases: ['entra:1', 'okta:acme:2'] },
    { person: 'bo', aliases: [], tenant: 'blue' },
  ]);
  expect(load('')).toEqual([]);
});

test('every line that is wrong is named', () => {
  const wrong = [
    'nonsense',
    '[]',
    '{}',
    '{"person":""}',
    '{"person":"a","aliases":"b"}',
    '{"person":"a","aliases":[1]}',
    '{"person":"a","alias":[]}',
    '{"person":"a","tenant":1}',
    '{"persn":"a","aliases":"b","tenant":1}',
  ];
  let problems: unknown;
  try {
    load(wrong.join('\n'));
  } catch (error) {
    expect(error).toMatchObject({ code: 'SV_IDENTITIES_INVALID' });
    problems = (error as { problems: { line: number; message: string }[] }).problems.map(({ line, message }) => [line, message]);
  }
  expect(problems).toEqual([
    [1, expect.stringContaining('not JSON')],
    [2, expect.stringContaining('expected an object')],
    [3, expect.stringContaining('"person" is missing')],
    [4, expect.stringContaining('"person" is missing')],
    [5, expect.stringContaining('"aliases" must be a list')],
    [6, expect.stringContaining('"aliases" must be a list')],
    [7, expect.stringContaining('unknown key "alias"')],
    [8, expect.stringContaining('"tenant" must be')],
    [9, expect.stringContaining('unknown key "persn"; did you mean "person"?')],
    [9, expect.stringContaining('"aliases" must be a list')],
    [9, expect.stringContaining('"tenant" must be')],
  ]);
});

test('some other file is not listed line by line to its end', () => {
  const attempt = () => load('x\n'.repeat(10_000));
  expect(attempt).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('its first 50 mistakes are'),
      problems: Array.from({ length: 50 }, () => expect.anything()),
    }),
  );
});

test('a file that is not there', () => {
  expect(() => loadIdentities(join(folder, 'nowhere'))).toThrow(expect.objectContaining({ code: 'SV_IDENTITIES_INVALID' }));
});
