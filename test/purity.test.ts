import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The core is pure because a lint rule says so; this says that the rule bites, and that it says why. */
const ROOT = join(__dirname, '..');
const BIOME = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-purity-'));
  // a project of its own with our rules, so that the violations never stand in ours
  const config = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8'));
  delete config.$schema;
  writeFileSync(join(folder, 'biome.json'), JSON.stringify({ ...config, root: true }));
  mkdirSync(join(folder, 'scripts'));
  cpSync(join(ROOT, 'scripts/no-random.grit'), join(folder, 'scripts/no-random.grit'));
  for (const path of ['src/core/event', 'src/core/detect', 'src/runtime']) mkdirSync(join(folder, path), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

function lint(path: string, text: string): string {
  writeFileSync(join(folder, path), text);
  try {
    execFileSync(process.execPath, [BIOME, 'lint', '--max-diagnostics=100', path], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
    return '';
  } catch (error) {
    return (error as { stdout: string; stderr: string }).stderr + (error as { stdout: string }).stdout;
  } finally {
    rmSync(join(folder, path));
  }
}

const VIOLATIONS: readonly [string, string, RegExp][] = [
  ['the clock', 'export const t = Date.now();', /event and arrival time ride on the event/],
  ['the clock under another name', 'const D = Date;\nexport const t = new D();', /event and arrival time ride on the event/],
  ['the clock by brackets', "export const t = Date['now']();", /event and arrival time ride on the event/],
  ['the other clock', 'export const t = performance.now();', /reads no clock/],
  ['a timer', 'setTimeout(() => {}, 1);', /no timers/],
  ['the process', 'export const e = process.env;', /knows no process/],
  ['the global object', 'export const d = globalThis;', /no global state/],
  ['Buffer', "export const b = Buffer.from('');", /Uint8Array/],
  ['the network', "export const f = fetch('x');", /does no I\/O/],
  ['random values', 'export const c = crypto.randomUUID();', /differ from run to run/],
  ['chance', 'export const r = Math.random();', /leaves nothing to chance/],
  ['chance by brackets', "export const r = Math['random']();", /leaves nothing to chance/],
  ['chance taken apart', 'const { random } = Math;\nexport const r = random();', /leaves nothing to chance/],
  ['the console', "console.log('x');", /console/],
  ['a file', "import { readFileSync } from 'node:fs';\nexport const f = readFileSync;", /does no I\/O/],
  ['a file, late', "export const f = import('fs');", /does no I\/O/],
  ['require', "export const f = require('node:fs');", /require/],
  ['a broker', "import k from 'kafkajs';\nexport { k };", /knows no broker/],
  ['a logger', "import pino from 'pino';\nexport { pino };", /does not log/],
  ['metrics', "import p from 'prom-client';\nexport { p };", /does not count/],
  ['a database', "import m from 'maxmind';\nexport { m };", /opens no database/],
  ['the command line', "import c from 'commander';\nexport { c };", /knows no command line/],
  ['YAML', "import y from 'yaml';\nexport { y };", /reads no files/],
  ['the runtime', "import { x } from '../../runtime/tally.js';\nexport { x };", /point inwards/],
  ['the configuration', "import { x } from '../../config/config.js';\nexport { x };", /point inwards/],
  ['the application', "import { x } from '../../app.js';\nexport { x };", /point inwards/],
];

test.each(VIOLATIONS)('%s', (_, text, why) => {
  expect(lint('src/core/detect/a.ts', `${text}\n`).replace(/\s+/g, ' ')).toMatch(why);
});

test('what is pure passes', () => {
  expect(lint('src/core/detect/a.ts', 'export const a = (x: number) => Math.max(x, 1);\n')).toBe('');
});

test('outside the core the same is allowed', () => {
  expect(
    lint('src/runtime/a.ts', "import { readFileSync } from 'node:fs';\n\nexport const t = [Date.now(), Math.random(), readFileSync];\n"),
  ).toBe('');
});

test('one file of the core may turn texts into times, and nothing else', () => {
  expect(lint('src/core/event/time.ts', 'export const t = new Date(0).toISOString();\n')).toBe('');
  expect(lint('src/core/event/time.ts', "import { readFileSync } from 'node:fs';\n\nexport const t = readFileSync;\n")).not.toBe('');
});
