import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lock, ourselves } from '../../../src/runtime/follow/lock.js';

let folder: string;
const held: Lock[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-lock-'));
});
afterEach(() => {
  for (const lock of held.splice(0)) lock.release();
  rmSync(folder, { recursive: true });
});

const path = () => join(folder, 'run.lock');
function take(): Lock {
  const lock = Lock.take(folder, Date.now());
  held.push(lock);
  return lock;
}
const leave = (holder: unknown) => writeFileSync(path(), typeof holder === 'string' ? holder : JSON.stringify(holder));
const locked = expect.objectContaining({ code: 'SV_OUTPUT_LOCKED' });
/** A process that has ended, and its number. */
const gone = () => Number(execFileSync(process.execPath, ['-e', 'console.log(process.pid)'], { encoding: 'utf8' }));

test('one at a time', () => {
  const lock = take();
  expect(JSON.parse(readFileSync(path(), 'utf8'))).toEqual({ pid: process.pid, host: hostname(), start: expect.any(String) });
  expect(take).toThrow(locked);
  lock.release();
  expect(existsSync(path())).toBe(false);
  take();
  expect(readdirSync(folder)).toEqual(['run.lock']);
});

test.each([
  ['of a process that is gone', () => leave({ ...ourselves(), pid: gone() })],
  ['of a process whose number another has by now', () => leave({ ...ourselves(), start: 'earlier' })],
  ['of one that was killed before it was written', () => leave('')],
])('%s counts for nothing', (_, before) => {
  before();
  take();
  expect(JSON.parse(readFileSync(path(), 'utf8'))).toEqual(ourselves());
});

test('of another process that runs is held', async () => {
  const other = spawn('sleep', ['60']);
  try {
    leave({ pid: other.pid, host: hostname() });
    expect(take).toThrow(locked);
  } finally {
    other.kill('SIGKILL');
    await new Promise((resolve) => other.once('close', resolve));
  }
  take();
});

test('of another machine is held until it was silent for a minute', () => {
  leave({ pid: 1, host: 'elsewhere' });
  expect(take).toThrow(locked);
  const { mtimeMs } = statSync(path());
  utimesSync(path(), mtimeMs / 1000 - 61, mtimeMs / 1000 - 61);
  take();
});

test('a folder that cannot be written is said', () => {
  expect(() => Lock.take('/proc', 0)).toThrow(expect.objectContaining({ code: 'SV_OUTPUT_WRITE' }));
});
