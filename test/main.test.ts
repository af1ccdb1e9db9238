import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ndjson, STOLEN } from './cli/okta-record.js';

/** What only a process shows. The program is compiled for it, beside the packages that it needs, so that no stale build is tested. */
const ROOT = join(__dirname, '..');
const BUILT = join(ROOT, 'node_modules', '.cache', `sessionvigil-main-${process.pid}`);
let folder: string;

beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', join(ROOT, 'tsconfig.json'), '--outDir', BUILT], {
    stdio: 'inherit',
  });
  folder = mkdtempSync(join(tmpdir(), 'sv-main-'));
}, 60_000);
afterAll(() => {
  rmSync(BUILT, { recursive: true, force: true });
  rmSync(folder, { recursive: true });
});

function start(args: string[]) {
  const child = spawn(process.execPath, [join(BUILT, 'main.js'), ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] },
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    said.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.stderr += chunk;
  });
  child.stdin.on('error', () => {});
  const ended = new Promise<{ status: number | null; signal: string | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (status, signal) => resolve({ status, signal, ...said }));
  });
  return { child, ended };
}

test('a file in, findings out', async () => {
  const file = join(folder, 'a.ndjson');
  writeFileSync(file, ndjson(STOLEN));
  const { status, stdout, stderr } = await start(['replay', '--geo', 'none', file]).ended;
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ type: 'session_reuse' });
  expect(stderr).toContain('findings  1');
});

test('an error is on stderr, with its status', async () => {
  const { status, stdout, stderr } = await start(['replay', join(folder, 'nowhere')]).ended;
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^error SV_INPUT_MISSING/);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s while it reads stops it cleanly', async (signal, expected) => {
  const { child, ended } = start(['normalize', '--geo', 'none', '-']);
  child.stdin.write(ndjson(STOLEN).repeat(100));
  // it answers, so it is in the middle of its work
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill(signal);
  const { status, stderr } = await ended;
  expect([status, stderr]).toEqual([expected, '']);
});

test('a reader that goes away is no error', async () => {
  const { child, ended } = start(['normalize', '--geo', 'none', '-']);
  const text = ndjson(STOLEN).repeat(500);
  child.stdout.once('data', () => child.stdout.destroy());
  const feed = () => {
    while (child.exitCode === null && child.stdin.writable && child.stdin.write(text));
  };
  child.stdin.on('drain', feed);
  feed();
  const { status, stderr } = await ended;
  expect([status, stderr]).toEqual([0, '']);
});
