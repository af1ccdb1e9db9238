import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Summary } from '../../src/output/summary.js';
import { sum } from '../../src/runtime/tally.js';
import { command, lines } from './command.js';
import { oktaRecord, START } from './okta-record.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-bad-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const good = (id: string) => Buffer.from(oktaRecord({ id, at: 1 }));
const dated = (time: string) => Buffer.from(oktaRecord({ id: time, at: 0 }).replace(new Date(START).toISOString(), time));
const deep = (levels: number) => Buffer.from(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);

/** What stands in a file -> what it is answered with. */
const BAD: readonly [string, Uint8Array, string][] = [
  ['truncated JSON', good('t').subarray(0, 200), 'rejected invalid_json'],
  ['a line of 5 MB', Buffer.alloc(5 << 20, 0x61), 'rejected too_large'],
  ['10,000 levels of nesting', deep(10_000), 'rejected too_deep'],
  ['10,000 levels that never close', Buffer.from('['.repeat(10_000)), 'rejected too_deep'],
  [
    'bytes that are no UTF-8',
    Buffer.concat([good('u').subarray(0, 50), Buffer.from([0xc3, 0x28]), good('u').subarray(50)]),
    'rejected invalid_utf8',
  ],
  ['the year 2100', dated('2100-01-01T00:00:00.000Z'), 'rejected time_out_of_range'],
  ['the year 1970', dated('1970-01-01T00:00:01.000Z'), 'rejected time_out_of_range'],
  ['an unknown vendor', Buffer.from('{"vendor":"nobody","user":"x"}'), 'rejected unknown_source'],
  ['a number', Buffer.from('42'), 'rejected not_an_object'],
  ['null', Buffer.from('null'), 'rejected not_an_object'],
  ['a blank line', Buffer.from('   '), 'dropped blank'],
  ['an empty list', Buffer.from('{"records":[]}'), 'dropped empty_batch'],
  [
    'keys named __proto__',
    Buffer.from(`{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},${oktaRecord({ id: 'p', at: 1 }).slice(1)}`),
    'events',
  ],
];

const file = (entries: readonly (readonly [string, Uint8Array, string])[]) =>
  Buffer.concat(entries.flatMap(([, bytes], i) => [bytes, Buffer.from('\n'), good(`good${i}`), Buffer.from('\n')]));

test.each(BAD)('%s', async (_, bytes, expected) => {
  const input = write('bad.ndjson', Buffer.concat([good('before'), Buffer.from('\n'), bytes, Buffer.from('\n'), good('after')]));
  const { status, stdout } = await command(['normalize', '--geo', 'none', input]);
  expect(status).toBe(0);
  const [before, bad, after] = lines<{ outcome: string; reason?: string }>(stdout);
  expect([before!.outcome, after!.outcome]).toEqual(['events', 'events']);
  expect([bad!.outcome, bad!.reason].join(' ').trim()).toMatch(new RegExp(`^${expected}`));
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

test('in a replay the rest is processed, and every record is answered once', async () => {
  const out = join(folder, 'out');
  const { status } = await command(['replay', '--geo', 'none', '--out', out, write('bad.ndjson', file(BAD))]);
  expect(status).toBe(0);
  const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;
  const { records, dropped, rejected } = summary;
  expect(records.read).toBe(2 * BAD.length);
  expect(records.with_events + records.dropped + records.rejected).toBe(records.read);
  expect([sum(dropped), sum(rejected)]).toEqual([records.dropped, records.rejected]);
  expect(records.with_events).toBe(BAD.length + 1);
  const kept = lines<{ line: number; reason: string; start: string; is_truncated?: boolean }>(
    readFileSync(join(out, 'rejected.ndjson'), 'utf8'),
  );
  expect(kept).toHaveLength(records.rejected);
  expect(kept.every(({ start }) => start.length <= 400)).toBe(true);
  expect(kept.find(({ reason }) => reason === 'too_large')?.is_truncated).toBe(true);
  expect(readFileSync(join(out, 'rejected.ndjson')).length).toBeLessThan(500_000);
});

test.each<[string, (at: string) => string[], number, RegExp]>([
  ['a directory', (at) => ['replay', at], 2, /^error SV_INPUT_DIRECTORY: .*\/\*\n/],
  ['a missing file', (at) => ['replay', join(at, 'nowhere')], 2, /^error SV_INPUT_MISSING: /],
  ['a damaged archive', (at) => ['normalize', '--geo', 'none', join(at, 'damaged.gz')], 2, /^error SV_INPUT_GZIP: /],
  [
    'a rule with three mistakes',
    (at) => ['rules', 'lint', join(at, 'wrong.yml')],
    1,
    /^error SV_RULE_INVALID: 3 mistakes in the rules\n( {2}.*wrong\.yml:\d+:\d+: rules\.wrong\..*\n){3} {2}\S/,
  ],
  [
    'the same where it is to judge',
    (at) => ['replay', '--rules', join(at, 'wrong.yml'), join(at, 'empty')],
    2,
    /^error SV_RULE_INVALID: 3 mistakes in the rules\n/,
  ],
  ['the same in a list', (at) => ['rules', 'list', join(at, 'wrong.yml')], 2, /^error SV_RULE_INVALID: 3 mistakes in the rules\n/],
  ['the same in a test', (at) => ['rules', 'test', join(at, 'wrong.yml')], 1, /^error SV_RULE_INVALID: 3 mistakes in the rules\n/],
  [
    'a configuration with five',
    (at) => ['config', 'check', '--config', join(at, 'config.yml')],
    2,
    /^error SV_CONFIG_INVALID: the configuration has 5 mistakes\n( {2}.*config\.yml:\d+:\d+: .*\n){5} {2}\S/,
  ],
  [
    'a configuration that is not there',
    (at) => ['replay', '--config', join(at, 'nowhere'), join(at, 'empty')],
    2,
    /^error SV_CONFIG_MISSING: /,
  ],
  [
    'identities that are none',
    (at) => ['normalize', '--identities', join(at, 'wrong.yml'), join(at, 'empty')],
    2,
    /^error SV_IDENTITIES_INVALID: /,
  ],
  [
    'a database that is not there',
    (at) => ['normalize', '--geo', join(at, 'nowhere.mmdb'), join(at, 'empty')],
    2,
    /^error SV_GEO_UNAVAILABLE: /,
  ],
  [
    'results where nothing can be made',
    (at) => ['replay', '--out', '/proc/xx', join(at, 'empty')],
    2,
    /^error SV_OUTPUT_WRITE: cannot write \/proc\/xx: no file or directory can be made there\n {2}Check that /,
  ],
  [
    'metrics where nothing can be made',
    (at) => ['replay', '--metrics', join(at, 'none/m.prom'), '--out', join(at, 'out'), join(at, 'empty')],
    2,
    /^error SV_OUTPUT_WRITE: cannot write .*m\.prom: no file or directory can be made there\n/,
  ],
  ['rules that are not there', (at) => ['rules', 'test', join(at, 'nowhere')], 2, /^error SV_RULE_MISSING: /],
  ['a time that is none', (at) => ['replay', '--now', 'yesterday', join(at, 'empty')], 2, /^error SV_TIME_INVALID: /],
])('%s', async (_, args, status, message) => {
  mkdirSync(folder, { recursive: true });
  write('empty', '');
  write('damaged.gz', 'no gzip');
  write('config.yml', 'tenent: a\nlog: {level: loud}\nstate: {session_idle: 7}\ninput: {max_record_bytes: 1}\ngeo: []\n');
  const shipped = readFileSync(join(__dirname, '../../rules/revocation/use-after-sign-out.yml'), 'utf8');
  write(
    'wrong.yml',
    shipped
      .replace(/^uid: .*/m, 'uid: wrong')
      .replace(/^status: .*/m, 'status: good')
      .replace(/^level_cap: .*/m, 'level_cap: 5')

      .replace(/^runbook:/m, 'runbok:'),
  );
  const ran = await command(args(folder));
  expect(ran.stderr).toMatch(message);
  expect([ran.status, ran.stdout]).toEqual([status, '']);
  // nothing was begun
  expect(readdirSync(folder).sort()).toEqual(['config.yml', 'damaged.gz', 'empty', 'wrong.yml']);
});

describe('an empty input is a warning with its code, and no error', () => {
  test.each([
    ['replay', 'a file', ''],
    ['replay', 'an archive', gzipSync('')],
    ['normalize', 'a file', ''],
  ])('%s of %s', async (name, _, content) => {
    const empty = write('empty.gz', content);
    const { status, stdout, stderr } = await command([name, '--geo', 'none', empty]);
    expect([status, stdout]).toEqual([0, '']);
    expect(stderr).toContain(`warning SV_INPUT_EMPTY: ${empty} is empty\n  A warning only`);
    if (name === 'replay') expect(stderr).toMatch(/^records {3}0 read.*\nempty {5}input 1 \(SV_INPUT_EMPTY\)$/m);
  });

  test('stdin', async () => {
    const { status, stderr } = await command(['replay', '--geo', 'none', '-']);
    expect([status, stderr]).toEqual([0, expect.stringContaining('warning SV_INPUT_EMPTY: - is empty')]);
  });

  test('among others, which are processed; blank lines are records that were dropped, not nothing', async () => {
    const out = join(folder, 'out');
    const files = [write('one', ''), write('full', oktaRecord({ id: 'x', at: 1 })), write('blank', '\n'), write('two', '')];
    const { stderr } = await command(['replay', '--geo', 'none', '--out', out, ...files]);
    expect(stderr).toContain(`warning SV_INPUT_EMPTY: 2 of 4 inputs are empty\n  ${files[0]}: is empty\n  ${files[3]}: is empty\n`);
    const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;
    expect(summary).toMatchObject({ empty: [1, 4], records: { read: 2, with_events: 1 } });
  });
});
