import { PassThrough, Readable, Writable } from 'node:stream';
import { run } from '../../src/cli/program.js';
import { command } from './command.js';

test.each<[string[], RegExp]>([
  [[], /no command given; there are: run, replay, normalize/],
  [['reply'], /unknown command 'reply' \(Did you mean replay\?\)|unknown command 'reply'.*replay/],
  [['rules'], /no command given/],
  [['rules', 'lnt'], /unknown command 'lnt'/],
  [['replay'], /missing required argument 'file'/],
  [['replay', '--ot', 'x', 'f'], /unknown option '--ot' \(Did you mean --out\?\)/],
  [['replay', '--source', 'oktaa', 'f'], /Allowed choices are auto, 1password, .*okta/],
  [['replay', '--format', 'xml', 'f'], /Allowed choices are table, ndjson/],
  [['normalize', '-', '-'], /stdin can be read only once/],
])('%j is bad usage, coded and with what would be right', async (args, message) => {
  const { status, stdout, stderr } = await command(args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^error SV_CLI_USAGE: /);
  expect(stderr).toMatch(message);
});

test.each([
  ['--help'],
  ['replay', '--help'],
  ['normalize', '--help'],
  ['rules', 'test', '--help'],
  ['config', 'check', '--help'],
  ['help', 'replay'],
])('help: %s', async (...args) => {
  const { status, stdout, stderr } = await command(args);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Usage: sessionvigil/);
});

test.each([['--help'], ['replay', '--help'], ['normalize', '--help'], ['config', 'check', '--help']])(
  'help of %s has examples',
  async (...args) => {
    expect((await command(args)).stdout).toMatch(/Examples?:\n {2}\S/);
  },
);

test('the version is that of the package', async () => {
  expect((await command(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('a reader that goes away ends the command quietly', async () => {
  const stdout = new PassThrough({ highWaterMark: 1 });
  stdout.once('data', () => stdout.destroy(Object.assign(new Error('gone'), { code: 'EPIPE' })));
  const stderr = new PassThrough();
  // endless input: only the reader's end can stop this
  async function* endless() {
    for (;;) yield Buffer.from('\n'.repeat(10_000));
  }
  const io = { stdin: Readable.from(endless()), stdout, stderr, env: {}, now: () => 0, signal: new AbortController().signal };
  expect(await run(['normalize', '--geo', 'none', '-'], io)).toBe(0);
  expect(stderr.read()).toBeNull();
});

test('an output that cannot be written is an error', async () => {
  const stdout = new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error('full'), { code: 'ENOSPC' })) });
  const stderr = new PassThrough();
  const io = { stdin: Readable.from([Buffer.from('\n')]), stdout, stderr, env: {}, now: () => 0, signal: new AbortController().signal };
  expect(await run(['normalize', '--geo', 'none', '-'], io)).toBe(2);
  expect(stderr.read().toString()).toMatch(/^error SV_OUTPUT_WRITE: cannot write to standard output: ENOSPC\n/);
});
