import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ndjson, STOLEN } from './cli/okta-record.js';
import { until } from './cli/until.js';

/** What only a process shows. The program is compiled for it, beside the packages that it needs, so that no stale build is tested. */
const ROOT = join(__dirname, '..');
const BUILT = join(ROOT, 'node_modules', '.cache', `sessionvigil-main-${process.pid}`);
jest.setTimeout(30_000);

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
  return { child, ended, said };
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

describe('run', () => {
  const steps = [STOLEN.slice(0, 3), STOLEN.slice(3, 5), STOLEN.slice(5)];
  let where: string;
  beforeEach(() => {
    where = mkdtempSync(join(folder, 'run-'));
    mkdirSync(join(where, 'in'));
    writeFileSync(
      join(where, 'c.yml'),
      'geo: {database: none, networks_database: none}\nrun: {input: in, output: out, poll_interval: 10ms, listen: none, write_events: true}\n',
    );
  });
  const children: ReturnType<typeof start>[] = [];
  afterEach(async () => {
    for (const { child, ended } of children.splice(0)) {
      child.kill('SIGKILL');
      await ended;
    }
  });
  const service = () => {
    const one = start(['run', '--config', join(where, 'c.yml')]);
    children.push(one);
    return one;
  };
  const out = (name: string) => (existsSync(join(where, 'out', name)) ? readFileSync(join(where, 'out', name), 'utf8') : '');
  const append = (step: number) => appendFileSync(join(where, 'in/a.ndjson'), ndjson(steps[step]!));
  const judged = (count: number) => until(() => out('events.ndjson').split('\n').length > count, `${count} events are written`);
  const committed = (count: number) => until(() => out('journal.ndjson').split('\n').length > count + 1, `${count} chunks are committed`);

  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it well, with everything written', async (signal) => {
    const { child, ended } = service();
    append(0);
    await judged(3);
    child.kill(signal);
    const { status, stderr } = await ended;
    expect([status, stderr]).toEqual([0, expect.stringContaining('stopped; everything that was judged is written')]);
    expect(out('journal.ndjson').trimEnd().split('\n')).toHaveLength(2);
    expect(existsSync(join(where, 'out/run.lock'))).toBe(false);
  });

  test('kill -9 at any moment: after a restart every byte is as if nothing had happened', async () => {
    for (const [i] of steps.entries()) {
      const killed = service();
      append(i);
      // as soon as results are there: the journal may know of them or not
      await judged(steps.slice(0, i + 1).flat().length);
      killed.child.kill('SIGKILL');
      expect((await killed.ended).signal).toBe('SIGKILL');
      const { child, ended, said } = service();
      await until(() => said.stderr.includes('ready'), 'it is ready');
      await committed(i + 1);
      child.kill('SIGTERM');
      expect((await ended).status).toBe(0);
    }
    const results = ['findings', 'revocations', 'events', 'rejected'].map((name) => out(`${name}.ndjson`));
    rmSync(join(where, 'out'), { recursive: true });
    writeFileSync(join(where, 'in/a.ndjson'), '');
    const { child, ended } = service();
    for (const [i] of steps.entries()) {
      append(i);
      await committed(i + 1);
    }
    child.kill('SIGTERM');
    expect((await ended).status).toBe(0);
    expect(['findings', 'revocations', 'events', 'rejected'].map((name) => out(`${name}.ndjson`))).toEqual(results);
    expect(results[0]).not.toBe('');
  }, 60_000);

  test('SIGHUP reads the configuration again', async () => {
    const { child, ended, said } = service();
    await until(() => said.stderr.includes('ready'), 'it is ready');
    child.kill('SIGHUP');
    await until(() => said.stderr.includes('configuration read again'), 'it has read it');
    child.kill('SIGTERM');
    expect((await ended).status).toBe(0);
  });

  test('a second one on the same folder is refused, and takes it over when the first was killed', async () => {
    const first = service();
    await until(() => first.said.stderr.includes('ready'), 'the first is ready');
    const { status, stderr } = await service().ended;
    expect([status, stderr]).toEqual([2, expect.stringContaining('error SV_OUTPUT_LOCKED')]);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = service();
    await until(() => second.said.stderr.includes('ready'), 'the second is ready');
    second.child.kill('SIGTERM');
    expect((await second.ended).status).toBe(0);
  });
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
