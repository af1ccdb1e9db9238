import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Finding, RevocationCommand, SessionEvent } from '../../src/core/event/index.js';
import type { Summary } from '../../src/output/summary.js';
import { OutputFolder } from '../../src/runtime/file/output-folder.js';
import { command, lines, NOW, type World } from './command.js';
import { ndjson, oktaRecord, START, STOLEN } from './okta-record.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-replay-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}
const replay = (args: string[], world: World = {}) => command(['replay', '--geo', 'none', ...args], world);
const read = (dir: string, name: string) => readFileSync(join(folder, dir, name), 'utf8');

test('a stolen session is a finding on stdout, with its summary on stderr', async () => {
  const { status, stdout, stderr } = await replay([write('a', ndjson(STOLEN))]);
  expect(status).toBe(0);
  const [finding, ...rest] = lines<Finding>(stdout);
  expect(rest).toEqual([]);
  expect(finding).toMatchObject({
    type: 'session_reuse',
    principal: { key: 'default/ana@example.com' },
    session: { uid: '102ana' },
    status: expect.stringMatching(/new|updated/),
  });
  expect(finding!.evidence.map((item) => item.event_uid)).toEqual(expect.arrayContaining(['okta:default:thief2']));
  expect(stderr).toContain('records   6 read: 6 with events\n');
  expect(stderr).toContain('findings  1 (');
});

test('ordinary work is silence', async () => {
  const { status, stdout } = await replay([write('a', ndjson(STOLEN.filter(({ id }) => id.startsWith('a'))))]);
  expect([status, stdout]).toEqual([0, '']);
});

describe('suppressions', () => {
  const HIDING = `- id: exercise
  owner: red team
  reason: agreed
  from: 2026-03-01
  expires: 2026-03-20
  types: session_reuse
  principal: ana@example.com
  cidr: [81.45.10.0/24, 78.46.90.10]
  max_level: critical
- {id: nobody, owner: soc, reason: r, from: 2026-03-01, expires: 2026-07-01, types: new_country, countries: [SE]}
`;
  const hidden = async (entries: string, ...args: string[]) => {
    write('s.yml', entries);
    const config = write('c.yml', 'suppressions: {files: [s.yml]}\n');
    const out = join(folder, 'hidden');
    const ran = await replay(['--config', config, '--out', out, '--metrics', join(folder, 'm'), ...args, write('a', ndjson(STOLEN))]);
    return { ...ran, summary: JSON.parse(read('hidden', 'summary.json')) as Summary };
  };

  test('what is hidden leads to nothing, and is kept with what hid it', async () => {
    const { status, stdout, stderr, summary } = await hidden(HIDING);
    expect([status, stdout, read('hidden', 'findings.ndjson'), read('hidden', 'revocations.ndjson')]).toEqual([0, '', '', '']);
    expect(lines<Finding>(read('hidden', 'suppressed.ndjson'))).toMatchObject([
      {
        status: 'suppressed',
        suppressed: { by: 'exercise', owner: 'red team', reason: 'agreed', until_time: Date.UTC(2026, 2, 20), hides_high: true },
        evidence: expect.arrayContaining([expect.objectContaining({ event_uid: 'okta:default:thief2' })]),
      },
    ]);
    expect(summary.suppressions).toEqual({
      hidden: [{ by: 'exercise', owner: 'red team', findings: 1, highest: expect.stringMatching(/high|critical/), of_high_incidents: 1 }],
      above: [],
      unused: ['nobody'],
    });
    for (const words of [
      'hidden    by exercise (red team): 1, highest ',
      'warning   exercise (red team) hides one',
      'unused    nobody: ',
    ]) {
      expect(stderr).toContain(`\n${words}`);
    }
    expect(stderr).toContain('has expired and hides nothing that arrives now');
    expect(readFileSync(join(folder, 'm'), 'utf8')).toMatch(
      /^sessionvigil_suppressed_total\{by="exercise",type="session_reuse",level="\w+"\} 1$/m,
    );
    expect(readFileSync(join(folder, 'm'), 'utf8')).toContain('sessionvigil_suppressions{state="expired"} 1\n');
    expect(readFileSync(join(folder, 'm'), 'utf8')).toContain('sessionvigil_suppressions{state="not_yet"} 0\n');
  });

  test('what is above the level of its entry stays in sight, and the entry is named', async () => {
    const { stdout, stderr, summary } = await hidden(HIDING.replace('max_level: critical', 'max_level: medium'));
    expect(lines<Finding>(stdout)).toHaveLength(1);
    expect(summary.suppressions.above).toMatchObject([{ by: 'exercise', findings: 1 }]);
    expect(stderr).toContain('\nshown     one finding that exercise (red team) means');
  });

  test('an entry that was not in force when it arrived hides nothing', async () => {
    const { stdout } = await hidden(HIDING.replace('from: 2026-03-01', 'from: 2026-03-03'));
    expect(lines<Finding>(stdout)).toHaveLength(1);
  });

  test('the table says how many are hidden', async () => {
    expect((await hidden(HIDING, '--format', 'table')).stdout).toMatch(
      /^No findings\.\none finding hidden by suppressions, highest \w+\n$/,
    );
  });
});

describe('the folder of results', () => {
  const NAMES = ['events.ndjson', 'findings.ndjson', 'rejected.ndjson', 'revocations.ndjson', 'summary.json', 'suppressed.ndjson'];

  test('holds everything, whole', async () => {
    const { status, stdout } = await replay(['--out', join(folder, 'out'), write('a', `${ndjson(STOLEN)}\nbroken\n`)]);
    expect(status).toBe(0);
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(NAMES);
    expect(read('out', 'findings.ndjson')).toBe(stdout);
    expect(lines<SessionEvent>(read('out', 'events.ndjson')).map((e) => [e.uid, e.arrival_time])).toEqual(
      STOLEN.map(({ id, at }) => [`okta:default:${id}`, START + at * 60_000]),
    );
    const [revocation] = lines<RevocationCommand>(read('out', 'revocations.ndjson'));
    expect(revocation).toMatchObject({ mode: 'shadow', target: { vendor: 'okta' } });
    expect(lines(read('out', 'rejected.ndjson'))).toMatchObject([{ input: 1, line: 8, reason: 'invalid_json', bytes: 6, start: 'broken' }]);
    const summary = JSON.parse(read('out', 'summary.json')) as Summary;
    expect(summary.records).toEqual({ read: 8, with_events: 6, dropped: 1, rejected: 1 });
    expect(summary.findings.open).toBe(1);
  });

  test('two runs write the same bytes, wherever the files are and whatever the clock says', async () => {
    const text = `${ndjson(STOLEN)}\nbroken\n`;
    await replay(['--out', join(folder, 'one'), write('a', text)]);
    await replay(['--out', join(folder, 'two'), write('b.gz', gzipSync(text))], { now: NOW + 86_400_000, terminal: 100 });
    for (const name of NAMES) expect(read('two', name)).toBe(read('one', name));
    for (const name of NAMES) expect(read('one', name)).not.toContain(folder);
  });

  test('files are merged by time, and the order in which they are named decides only between equals', async () => {
    const halves = [STOLEN.filter((_, i) => i % 2 === 0), STOLEN.filter((_, i) => i % 2 === 1)].map((acts, i) =>
      write(`h${i}`, ndjson(acts)),
    );
    await replay(['--out', join(folder, 'whole'), write('a', ndjson(STOLEN))]);
    await replay(['--out', join(folder, 'parts'), ...halves]);
    await replay(['--out', join(folder, 'turned'), ...halves.toReversed()]);
    for (const name of NAMES) {
      expect(read('parts', name)).toBe(read('whole', name));
      expect(read('turned', name)).toBe(read('whole', name));
    }
  });

  test('events stand by time and uid, whatever the order of arrival; rejected records by input and line', async () => {
    const unordered = ndjson([
      { id: 'z', at: 0 },
      { id: 'y', at: 50 },
      { id: 'late', at: 10 },
    ]);
    const late = write('late', `${unordered}\nbroken\n`);
    const [twin, plain] = [write('twin', `broken\n${ndjson([{ id: 'b', at: 50 }])}`), write('plain', ndjson([{ id: 'a', at: 50 }]))];
    const orders = [
      [late, twin, plain],
      [plain, twin, late],
      [twin, late, plain],
    ];
    const written: string[] = [];
    for (const [i, order] of orders.entries()) {
      await replay(['--out', join(folder, `out${i}`), ...order]);
      written.push(read(`out${i}`, 'events.ndjson'));
    }
    expect(lines<SessionEvent>(written[0]!).map(({ uid }) => uid.split(':')[2])).toEqual(['z', 'late', 'a', 'b', 'y']);
    expect(written.slice(1)).toEqual([written[0], written[0]]);
    expect(lines(read('out0', 'rejected.ndjson'))).toMatchObject([
      { input: 1, line: 5 },
      { input: 2, line: 1 },
    ]);
  });

  test('a second run replaces the first, a failed one touches nothing', async () => {
    const out = join(folder, 'out');
    await replay(['--out', out, write('a', ndjson(STOLEN))]);
    const before = read('out', 'findings.ndjson');
    const config = write('c.yml', 'log: {level: loud}');
    expect((await replay(['--out', out, '--config', config, write('b', '')])).status).toBe(2);
    const defect = jest.spyOn(OutputFolder.prototype, 'commit').mockImplementation(() => {
      throw new Error('a defect');
    });
    expect((await replay(['--out', out, write('b', '')])).status).toBe(70);
    defect.mockRestore();
    expect(readdirSync(out).sort()).toEqual(NAMES);
    expect(read('out', 'findings.ndjson')).toBe(before);
    await replay(['--out', out, write('c', '')]);
    expect(read('out', 'findings.ndjson')).toBe('');
  });

  test('told to stop, it leaves nothing behind', async () => {
    const stop = AbortSignal.abort();
    const env = { SESSIONVIGIL_LOG_LEVEL: 'error' };
    const { status, stderr } = await replay(['--out', join(folder, 'out'), write('a', ndjson(STOLEN))], { signal: stop, env });
    expect([status, stderr]).toEqual([130, '']);
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });
});

describe('a damaged archive', () => {
  // enough of it that some of it comes out
  const long = ndjson([...STOLEN, ...Array.from({ length: 200 }, (_, i) => ({ id: `long${i}`, at: 100 + i }))]);
  const packed = gzipSync(long);
  const half = packed.length >> 1;
  const DAMAGED: readonly [string, Uint8Array, number][] = [
    ['truncated', packed.subarray(0, half), 60],
    ['corrupt', Buffer.from(packed).fill(0xff, half, half + 100), 40],
    ['no archive', Buffer.from('{}\n'), 0],
  ];

  test.each(DAMAGED)('%s: what stands before is judged, other files too, and this is said', async (_, bytes, least) => {
    const other = write('other', ndjson([{ id: 'other', at: 1 }]));
    const bad = write('bad.gz', bytes);
    const { status, stdout, stderr } = await replay(['--out', join(folder, 'out'), '--metrics', join(folder, 'm'), bad, other, bad]);
    expect(status).toBe(2);
    expect(lines(stdout)).toHaveLength(least === 0 ? 0 : 1);
    const summary = JSON.parse(read('out', 'summary.json')) as Summary;
    const [first, second, ...rest] = summary.damaged;
    expect(rest).toEqual([]);
    expect(first).toEqual({ input: 1, code: 'SV_INPUT_GZIP', lines: expect.any(Number) });
    expect(second).toEqual({ ...first, input: 3 });
    expect(first!.lines).toBeGreaterThanOrEqual(least);
    expect(summary.records.read).toBe(2 * first!.lines + 1);
    expect(lines<SessionEvent>(read('out', 'events.ndjson')).map((event) => event.uid)).toContain('okta:default:other');
    expect(stderr).toContain(`damaged   input 1 after ${first!.lines} lines (SV_INPUT_GZIP)`);
    expect(stderr).toMatch(/^error SV_INPUT_GZIP: 2 inputs were not read to the end/m);
    expect(stderr).toContain(`  ${bad}: SV_INPUT_GZIP: `);
    expect(readFileSync(join(folder, 'm'), 'utf8')).toContain('sessionvigil_inputs_damaged_total 2\n');
  });

  test('the line that the cut went through is rejected, so that every line is answered', async () => {
    await replay(['--out', join(folder, 'out'), write('bad.gz', packed.subarray(0, half))]);
    const { damaged, records } = JSON.parse(read('out', 'summary.json')) as Summary;
    expect(lines(read('out', 'rejected.ndjson'))).toMatchObject([{ input: 1, line: damaged[0]!.lines, reason: 'invalid_json' }]);
    expect(records).toMatchObject({ read: damaged[0]!.lines, rejected: 1 });
  });

  test('from stdin too', async () => {
    const { status, stderr } = await replay(['-'], { stdin: packed.subarray(0, half) });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^ {2}-: SV_INPUT_GZIP: damaged gzip: .*; \d+ lines of it were read$/m);
  });
});

describe('how findings are shown', () => {
  test('a terminal gets a table in its width and colours, unless told otherwise', async () => {
    const file = write('a', ndjson(STOLEN));
    const table = (await replay([file], { terminal: 90 })).stdout;
    expect(table.startsWith('\u001b[')).toBe(true);
    expect(table).toContain('ana@example.com');
    expect(table).toContain('Commands (shadow');
    expect((await replay([file], { terminal: 90, env: { NO_COLOR: '1' } })).stdout).not.toContain('\u001b');
    expect(lines((await replay(['--format', 'ndjson', file], { terminal: 90 })).stdout)).toHaveLength(1);
  });

  test('a pipe gets NDJSON, unless told otherwise', async () => {
    const { stdout } = await replay(['--format', 'table', write('a', ndjson(STOLEN))]);
    expect(stdout).toContain('  why ');
    expect(stdout).not.toContain('\u001b');
  });
});

test('stdin, packed or not', async () => {
  const [plain, packed] = [await replay(['-'], { stdin: ndjson(STOLEN) }), await replay(['-'], { stdin: gzipSync(ndjson(STOLEN)) })];
  expect(lines(plain.stdout)).toHaveLength(1);
  expect(packed.stdout).toBe(plain.stdout);
});

describe('people whom stdin names by an id alone', () => {
  const nameless = oktaRecord({ id: '1', at: 0 }).replace('"alternateId":"ana@example.com"', '"alternateId":null');
  const text = `${nameless}\n${oktaRecord({ id: '2', at: 1 })}\n`;
  const NOTE = 'note      one event from stdin or a pipe: the person is named by an id alone';

  test('are in the summary, with what to do', async () => {
    const { status, stderr } = await replay(['--out', join(folder, 'out'), '-'], { stdin: text });
    expect([status, stderr.includes(NOTE)]).toEqual([0, true]);
    expect((JSON.parse(read('out', 'summary.json')) as Summary).events).toMatchObject({ total: 2, unlinked: 1 });
  });

  test('are not when the operator, or a file beside it, says who they are', async () => {
    const identities = write('ids', '{"person":"ana@example.com","aliases":["okta:default:00uana"]}\n');
    expect((await replay(['--identities', identities, '-'], { stdin: text })).stderr).not.toContain('note');
    expect((await replay([write('a', oktaRecord({ id: '3', at: 1 })), '-'], { stdin: text })).stderr).not.toContain('note');
    expect((await replay([write('b', nameless)])).stderr).not.toContain('note');
  });
});

test('metrics for the textfile collector', async () => {
  await replay(['--metrics', join(folder, 'm.prom'), write('a', `${ndjson(STOLEN)}x\n`)]);
  const text = readFileSync(join(folder, 'm.prom'), 'utf8');
  expect(text).toContain('sessionvigil_records_total{outcome="events"} 6\n');
  expect(text).toContain('sessionvigil_records_rejected_total{reason="invalid_json"} 1\n');
  expect(text).toMatch(/sessionvigil_findings_total\{type="session_reuse",level="\w+",status="\w+"\} 1\n/);
  expect(text).toContain('sessionvigil_rules ');
});

test('rules can be left out, and their values overridden', async () => {
  const file = write('a', ndjson(STOLEN));
  const by = async (yaml: string) => lines<Finding>((await replay(['--config', write('c.yml', yaml), file])).stdout);
  const [plain] = await by('');
  const [capped] = await by('rules: {overrides: {session-reuse: {points_os_changed: 10}}}');
  expect(await by('rules: {disabled: [session-reuse]}')).toEqual([]);
  expect(capped?.config_digest).not.toBe(plain!.config_digest);
});

describe('rules that are named stand in place of those that ship', () => {
  const SHIPPED = readFileSync('rules/revocation/use-after-sign-out.yml', 'utf8');
  const mine = () => {
    mkdirSync(join(folder, 'mine'));
    write('mine/my-rule.yml', SHIPPED.replace(/^uid: .*/m, 'uid: my-rule'));
    return join(folder, 'mine');
  };

  test('the help and the summary say so', async () => {
    const args = ['--rules', mine(), '--out', join(folder, 'out'), write('a', ndjson(STOLEN))];
    const { stdout, stderr } = await replay(args);
    expect(stdout).toBe('');
    expect(stderr).toContain(`\nrules     1 from ${join(folder, 'mine')}; those that ship do not judge: name shipped too`);
    // summary.json holds no paths
    expect((JSON.parse(read('out', 'summary.json')) as Summary).judged_by).toMatchObject({ rules: 1, rules_shipped: 0 });
    expect(read('out', 'summary.json')).not.toContain(folder);
    const help = (await command(['replay', '--help'])).stdout.replace(/\s+/g, ' ');
    expect(help).toContain('--rules <path> rule file or folder, in place of the rules that ship');
  });

  test('unless both are named', async () => {
    const { stdout, stderr } = await replay(['--rules', 'shipped', '--rules', mine(), write('a', ndjson(STOLEN))]);
    expect(lines(stdout)).toHaveLength(1);
    expect(stderr).toMatch(/\nrules {5}\d+ shipped, 1 from .*mine\n/);
  });
});

describe("the operator's own networks", () => {
  const expiring = (expires: string) =>
    write('c.yml', `lists: {egress: [{cidr: 78.46.90.0/24, name: hq, owner: net, reason: office, expires: ${expires}}]}\n`);

  test('an entry that has expired counts for nothing and says so', async () => {
    const file = write('a', '');
    const { stderr } = await replay(['--config', expiring('2026-05-31'), file]);
    expect(stderr).toContain('has expired and is left out');
    expect((await replay(['--config', expiring('2026-06-02'), file])).stderr).not.toContain('expired');
  });

  test('judge with the digest', async () => {
    const digest = async (args: string[]) =>
      /judged by \d+ rules \((\w+)\)/.exec((await replay([...args, write('a', oktaRecord({ id: 'x', at: 0 }))])).stderr)![1];
    expect(await digest(['--config', expiring('2027-01-01')])).not.toBe(await digest([]));
    expect(await digest(['--config', expiring('2026-01-01')])).toBe(await digest([]));
  });
});

test('a record without a time moves nothing, neither its own file nor another', async () => {
  const timeless = oktaRecord({ id: 't', at: 0 }).replace('"published"', '"unpublished"');
  const [march, april] = [write('a', `${timeless}\n${ndjson(STOLEN)}`), write('b', oktaRecord({ id: 'later', at: 40_000 }))];
  await replay(['--out', join(folder, 'out'), march, april]);
  expect(lines<SessionEvent>(read('out', 'events.ndjson')).map((e) => e.arrival_time)).toEqual(
    [...STOLEN.map(({ at }) => at), 40_000].map((at) => START + at * 60_000),
  );
  expect(lines(read('out', 'rejected.ndjson'))).toMatchObject([{ input: 1, line: 1, reason: 'time_missing' }]);
});

test('late records are named', async () => {
  const acts = Array.from({ length: 200 }, (_, i) => ({ id: `x${i}`, at: -i * 60 }));
  const { stderr } = await replay([write('a', ndjson([{ id: 'first', at: 0, type: 'user.session.start' }, ...acts]))]);
  expect(stderr).toContain('tac FILE');
});
