import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lock, ourselves, startOf } from '../../../src/runtime/follow/lock.js';

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
const age = (s: number) => {
  const at = statSync(path()).mtimeMs / 1000 - s;
  utimesSync(path(), at, at);
};
const locked = expect.objectContaining({ code: 'SV_OUTPUT_LOCKED' });
/** A process that has ended, and its number. */
const gone = () => Number(execFileSync(process.execPath, ['-e', 'console.log(process.pid)'], { encoding: 'utf8' }));

test('one at a time', () => {
  const lock = take();
  expect(JSON.parse(readFileSync(path(), 'utf8'))).toEqual({ ...ourselves(), token: expect.any(String) });
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
  expect(JSON.parse(readFileSync(path(), 'utf8'))).toMatchObject(ourselves());
});

test('of another process that runs is held', async () => {
  const other = spawn('sleep', ['60']);
  try {
    const start = startOf(other.pid!);
    leave({ ...ourselves(), pid: other.pid, start });
    expect(take).toThrow(locked);
    // however silent it is
    age(61);
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
  age(61);
  take();
});

test.each([
  ['numbers that count elsewhere', { space: 'elsewhere' }],
  ['no word of where its number counts', { space: undefined }],
])('of another container on a host of this name, with %s, is held until it was silent for a minute', (_, more) => {
  leave({ ...ourselves(), pid: gone(), ...more });
  expect(take).toThrow(locked);
  age(61);
  take();
});

test('one that was lost is neither written by nor released', () => {
  const lock = take();
  lock.check();
  rmSync(path());
  expect(() => lock.check()).toThrow(locked);
  const other = take();
  expect(() => lock.check()).toThrow(expect.objectContaining({ message: expect.stringContaining(`process ${process.pid} on`) }));
  lock.release();
  other.check();
});

test('a folder that cannot be written is said', () => {
  expect(() => Lock.take('/proc', 0)).toThrow(expect.objectContaining({ code: 'SV_OUTPUT_WRITE' }));
});
