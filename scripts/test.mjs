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
  await tests(process.argv.slice(2));
  await stories();
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

async function tests(patterns) {
  console.log('\n> tests');
  const report = join(scratch, 'jest.json');
  const { status } = await node(
    [bin('jest', 'jest'), '--json', `--outputFile=${report}`, ...(isCI ? ['--ci'] : []), ...patterns],
    { CI: isCI ? 'true' : undefined },
    'err',
  );
  const result = readJson(report);
  if (result === undefined) {
    total.failed++;
    console.log('jest came to no result');
    return;
  }
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
