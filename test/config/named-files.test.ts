import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examineConfig } from '../../src/config/config.js';
import { namedFiles, stateOf } from '../../src/config/named-files.js';
import { SHIPPED_RULES } from '../../src/config/package-root.js';
import { openSchema } from '../../src/config/schema.js';

const named = (text: string) => namedFiles(examineConfig({ file: '/etc/sv/c.yml', text }, {}, openSchema('config')));

test('everything that a configuration names, as absolute paths', () => {
  const text = `rules: {paths: [ours, shipped]}
suppressions: {files: [quiet.yml]}
identities: {file: people.ndjson}
geo: {database: /data/city.mmdb, networks_database: none}
`;
  expect(named(text)).toEqual(['/etc/sv/ours', SHIPPED_RULES, '/etc/sv/quiet.yml', '/etc/sv/people.ndjson', '/data/city.mmdb']);
});

test('nothing named is the rules that ship', () => {
  expect(named('')).toEqual([SHIPPED_RULES]);
});

test('mistakes name nothing', () => {
  expect(named('rules: {paths: 5}\nidentities: [x]\ngeo: {database: 7}\nsuppressions: {files: [{}, ""]}')).toEqual([]);
});

describe('the state of files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sv-named-'));
    mkdirSync(join(folder, 'rules/sub'), { recursive: true });
    writeFileSync(join(folder, 'rules/sub/a.yml'), 'a');
    writeFileSync(join(folder, 'c.yml'), 'c');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test.each([
    ['a file is written', () => writeFileSync(join(folder, 'c.yml'), 'cc')],
    [
      'a file is replaced',
      () => {
        writeFileSync(join(folder, 'd'), 'd');
        renameSync(join(folder, 'd'), join(folder, 'c.yml'));
      },
    ],
    ['a file goes', () => rmSync(join(folder, 'c.yml'))],
    ['a file comes', () => writeFileSync(join(folder, 'later'), '')],
    ['a file in a folder is written', () => writeFileSync(join(folder, 'rules/sub/a.yml'), 'ab')],
    ['a file comes into a folder', () => writeFileSync(join(folder, 'rules/sub/b.yml'), '')],
  ] as const)('is another when %s', (_, act) => {
    const paths = [join(folder, 'c.yml'), join(folder, 'rules'), join(folder, 'later')];
    const before = stateOf(paths);
    expect(stateOf(paths)).toBe(before);
    act();
    expect(stateOf(paths)).not.toBe(before);
  });
});
