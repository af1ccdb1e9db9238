import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkConfig } from '../../src/config/check-config.js';
import { examineConfig } from '../../src/config/config.js';
import { openSchema } from '../../src/config/schema.js';
import { DETECTORS } from '../../src/core/detect/index.js';
import { SessionvigilError } from '../../src/errors.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-check-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function check(text: string, open: () => void = () => {}, env: Record<string, string> = {}) {
  const read = examineConfig({ file: join(folder, 'c.yml'), text }, env, openSchema('config'));
  const problems = checkConfig(read, { detectors: DETECTORS, open: { database: open, networks_database: open } });
  return problems.map(({ line, path, message }) => [line, path, message]);
}

test('nothing is wrong with nothing', () => {
  expect(check('')).toEqual([]);
});

test('words are no files', () => {
  expect(check('geo: {database: auto, networks_database: none}', () => expect('opened').toBe('left'))).toEqual([]);
});

test('a data file is opened when it is there', () => {
  writeFileSync(join(folder, 'a.mmdb'), '');
  const opened = jest.fn();
  expect(check('geo: {database: a.mmdb, networks_database: b.mmdb}', opened)).toEqual([
    [1, 'geo.networks_database', `there is no file ${join(folder, 'b.mmdb')}`],
  ]);
  expect(opened.mock.calls).toEqual([[join(folder, 'a.mmdb')]]);
});

test('what it says when it is none is the mistake; a defect is a defect', () => {
  writeFileSync(join(folder, 'a.mmdb'), '');
  const throwing = (error: Error) => () => {
    throw error;
  };
  expect(check('geo: {database: a.mmdb}', throwing(new SessionvigilError('SV_GEO_UNAVAILABLE', 'holds nothing')))).toEqual([
    [1, 'geo.database', 'holds nothing'],
  ]);
  expect(() => check('geo: {database: a.mmdb}', throwing(new TypeError('x')))).toThrow(TypeError);
});

test('of unknown rules nothing is said while no rule can be read', () => {
  expect(check('rules: {paths: [nowhere], disabled: [x]}').map(([, path]) => path)).toEqual(['rules.paths.0']);
  expect(check('rules: {paths: [], disabled: [x]}').map(([, path]) => path)).toEqual(['rules.paths']);
});

test('places of paths are counted in the list as it stands', () => {
  expect(check('rules:\n  paths:\n    - 5\n    - shipped\n    - nowhere\n').map(([line, path]) => [line, path])).toEqual([
    [3, 'rules.paths.0'],
    [5, 'rules.paths.2'],
  ]);
});

test('whatever stands where', () => {
  for (const text of [
    '[1]',
    'a',
    'geo: 5',
    'rules: [1]',
    'rules: {overrides: [a], disabled: b}',
    'identities: {file: {}}',
    'rules: {paths: 7}',
  ]) {
    expect(check(text).length).toBeGreaterThan(0);
  }
});

describe('folders of the service', () => {
  test('the input is there', () => {
    mkdirSync(join(folder, 'in'));
    writeFileSync(join(folder, 'file'), '');
    expect(check('run: {input: in, output: out}')).toEqual([]);
    for (const input of ['nowhere', 'file']) {
      expect(check(`run: {input: ${input}}`)).toEqual([[1, 'run.input', `there is no folder ${join(folder, input)}`]]);
    }
  });

  test('the output is not within the input, by whatever way', () => {
    mkdirSync(join(folder, 'in'));
    symlinkSync('in', join(folder, 'link'));
    for (const output of ['in', 'in/out', 'in/a/b', 'link/out', 'out/../in']) {
      expect(check(`run: {input: in, output: ${output}}`)).toEqual([[1, 'run.output', expect.stringContaining('is within run.input')]]);
    }
    for (const output of ['inside', '.', '../x', 'in/../..x']) expect(check(`run: {input: in, output: ${output}}`)).toEqual([]);
  });
});

test('declarations: what is in the file stands there, a file that is not there in the configuration', () => {
  writeFileSync(join(folder, 'agents.yml'), 'agents:\n  - {name: a, owner: x, ids: nobody, egres: {asn: 1}}\n');
  expect(check('declarations: {file: agents.yml}')).toEqual([
    [2, 'agents.a.ids.0', expect.stringContaining('"nobody" is neither an address nor an id')],
    [2, 'agents.a.egres', expect.stringContaining('did you mean "egress"?')],
  ]);
  expect(check('declarations: {file: nowhere.yml}')).toEqual([
    [1, 'declarations.file', `cannot read ${join(folder, 'nowhere.yml')}: no such file`],
  ]);
});
