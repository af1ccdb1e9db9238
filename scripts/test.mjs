#!/usr/bin/env node
// Everything that has to hold before a change goes in, in the order in which it fails fastest. Streams what it runs, stops at nothing, and
// ends with one line for the whole. `npm test -- PATTERN...` hands patterns to jest.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'sessionvigil-test-'));
const isCI = process.env.CI !== undefined && process.env.CI !== '' && process.env.CI !== 'false';
const total = { passed: 0, failed: 0, skipped: 0 };
/** files of tests that the patterns have found */
let matched = 0;
/** the program that runs now, to be stopped with us */
let running;

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    running?.kill(signal);
    rmSync(scratch, { recursive: true, force: true });
    process.exit(signal === 'SIGINT' ? 130 : 143);
  });
}

try {
  await check('generated types', ['scripts/generate-types.mjs', '--check']);
  await check('types', [bin('typescript', 'tsc'), '--noEmit', '-p', 'tsconfig.test.json']);
  await check('lint', [bin('@biomejs/biome', 'biome'), 'check', '--error-on-warnings', '.']);
  await check('build', [bin('typescript', 'tsc'), '-p', 'tsconfig.json']);
  const patterns = process.argv.slice(2);
  await tests('tests', [...patterns, '--maxWorkers=100%', '--testPathIgnorePatterns=/test/integration/']);
  await stories();
  // one file after the other: they start servers
  if (await servers()) await tests('tests on real servers', [...patterns, '--runInBand', '--roots=<rootDir>/test/integration']);
  if (matched === 0) {
    total.failed++;
    console.log('no test has been found');
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

const isSkipFailure = isCI && total.skipped > 0;
if (isSkipFailure) console.log('a skipped test counts as a failure here');
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || isSkipFailure ? 1 : 0;

/** A step that passes or fails as a whole. */
async function check(name, args) {
  console.log(`\n> ${name}`);
  if ((await node(args)).status === 0) total.passed++;
  else {
    total.failed++;
    console.log(`${name}: failed`);
  }
}

/** @returns {Promise<boolean>} whether tests on real servers make sense: the jars are there, or the tests will say what is missing */
async function servers() {
  console.log('\n> servers for tests');
  const { status } = await node(['test/helpers/servers/fetch.mjs']);
  if (status === 0) total.passed++;
  else if (status !== 3) {
    total.failed++;
    console.log('servers for tests: cannot be fetched, so nothing runs on them');
    return false;
  }
  return true;
}

/**
 * @param {string} name
 * @param {readonly string[]} args for jest, patterns first (some of its options take all that follows). That no test matches is no mistake here, since
 *   tests run in two parts
 */
async function tests(name, args) {
  console.log(`\n> ${name}`);
  const report = join(scratch, `${name.replaceAll(' ', '-')}.json`);
  const { status } = await node(
    [bin('jest', 'jest'), '--json', `--outputFile=${report}`, '--passWithNoTests', ...(isCI ? ['--ci'] : []), ...args],
    { CI: isCI ? 'true' : undefined },
    'err',
  );
  const result = readJson(report);
  if (result === undefined) {
    total.failed++;
    console.log(`${name}: jest came to no result`);
    return;
  }
  matched += result.numTotalTestSuites;
  total.passed += result.numPassedTests;
  total.skipped += result.numPendingTests + result.numTodoTests;
  // a suite that cannot even be loaded has no tests to fail
  total.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  if (status !== 0 && result.numFailedTests + result.numRuntimeErrorTestSuites === 0) total.failed++;
}

async function stories() {
  console.log('\n> stories of the rules');
  const { status, output } = await node(['dist/main.js', 'rules', 'test', '--json'], {}, 'both');
  let failed = 0;
  for (const line of output.split('\n').filter((text) => text.startsWith('{'))) {
    const rule = JSON.parse(line);
    total.passed += rule.passed;
    failed += rule.failed.length;
  }
  total.failed += failed;
  if (status !== 0 && failed === 0) total.failed++;
}

/**
 * Runs a program of Node's, its output streaming.
 * @param {'none' | 'err' | 'both'} streams err: what it writes to stdout is a copy of a file and not shown; both: shown, and given back
 */
function node(args, env = {}, streams = 'none') {
  const stdout = streams === 'none' ? 'inherit' : streams === 'err' ? 'ignore' : 'pipe';
  return new Promise((resolve) => {
    running = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', stdout, 'inherit'] });
    let output = '';
    running.stdout?.setEncoding('utf8').on('data', (text) => {
      output += text;
      process.stdout.write(text);
    });
    running.on('close', (status) => {
      running = undefined;
      resolve({ status: status ?? 1, output });
    });
  });
}

/** Path of the program that a package brings. */
function bin(name, program) {
  const folder = join(root, 'node_modules', name);
  const { bin: programs } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof programs === 'string' ? programs : programs[program]);
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
