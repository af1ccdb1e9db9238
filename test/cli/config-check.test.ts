import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { command } from './command.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function check(text: string, env: Record<string, string> = {}) {
  const file = join(folder, 'c.yml');
  writeFileSync(file, text);
  return command(['config', 'check', '--config', file], { env });
}

test('prints what will be used, which can be given back', async () => {
  const { status, stdout, stderr } = await check('tenant: blue\n', { SESSIONVIGIL_STATE_SESSION_IDLE: '3d' });
  expect([status, stderr]).toEqual([0, '']);
  expect(parse(stdout)).toMatchObject({ tenant: 'blue', state: { session_idle: '3d' }, rules: { paths: ['shipped'] } });
  expect((await check(stdout)).stdout).toBe(stdout);
});

test('without a file the defaults are checked', async () => {
  expect(await command(['config', 'check'])).toMatchObject({ status: 0, stderr: '' });
});

test('the environment names the file', async () => {
  writeFileSync(join(folder, 'e.yml'), 'tenant: red\n');
  expect((await command(['config', 'check'], { env: { SESSIONVIGIL_CONFIG: join(folder, 'e.yml') } })).stdout).toContain('tenant: red\n');
});

test.each([
  [
    'a rule that there is not',
    'rules:\n  disabled: [session-resuse]\n',
    /c\.yml:2:14: rules\.disabled\.0: there is no rule "session-resuse"; did you mean "session-reuse"\?/,
  ],
  [
    'a parameter that there is not',
    'rules:\n  overrides:\n    session-reuse: {nothing: 1}\n',
    /c\.yml:3:21: rules\.overrides\.session-reuse\.nothing: session_reuse has no parameter/,
  ],
  ['a database that is not there', 'geo:\n  database: nowhere.mmdb\n', /c\.yml:2:13: geo\.database: there is no file \/.*nowhere\.mmdb/],
])('%s', async (_, text, message) => {
  const { status, stdout, stderr } = await check(text);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});

test('an entry that has expired is no mistake, but it is said', async () => {
  const entry = (expires: string) => `lists: {egress: [{asn: 64500, name: hq, owner: net, reason: office, expires: ${expires}}]}\n`;
  const { status, stderr } = await check(entry('2026-05-31'));
  expect([status, stderr]).toEqual([0, expect.stringContaining('has expired and is left out')]);
  expect((await check(entry('2026-06-02'))).stderr).toBe('');
});

test('data that are switched off are no mistake, but it is said which rules find less', async () => {
  const { status, stderr } = await check('geo: {database: none}\nrules: {disabled: [new-country]}\n');
  expect(status).toBe(0);
  expect(stderr).toMatch(
    /no geographic data \(geo\.database\).*rules that find nothing: impossible-travel, new-network; rules that find less: /,
  );
  expect(stderr).not.toContain('no data on networks');
});

describe('suppressions', () => {
  const ENTRY = '{id: guest, owner: net, reason: r, from: 2026-03-01, expires: 2026-09-01, types: session_reuse, cidr: 203.0.113.0/26}';
  const named = (entry: string) => {
    writeFileSync(join(folder, 's.yml'), `- ${entry}\n`);
    return check('suppressions: {files: [s.yml]}\n');
  };

  test('that hold', async () => {
    const { status, stdout, stderr } = await named(ENTRY);
    expect([status, stderr]).toEqual([0, '']);
    expect(parse(stdout).suppressions).toEqual({ files: [join(folder, 's.yml')] });
  });

  test('that have expired, soon will, or hide what is high: no mistake, but said', async () => {
    expect(await named(ENTRY.replace('2026-09-01', '2026-06-01'))).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('has expired'),
    });
    expect((await named(ENTRY.replace('2026-09-01', '2026-06-15'))).stderr).toContain('expires on 2026-06-15');
    expect((await named(ENTRY.replace('2026-09-01', '2026-06-16'))).stderr).toBe('');
    expect((await named(ENTRY.replace('{', '{max_level: high, '))).stderr).toContain('hides findings up to high');
  });

  test('with mistakes, beside those of the configuration', async () => {
    writeFileSync(join(folder, 's.yml'), `- ${ENTRY.replace('session_reuse', 'sesion_reuse')}\n- {id: b}\n`);
    const { status, stderr } = await check('suppressions: {files: [s.yml, nowhere.yml]}\nlog: {level: loud}\n');
    expect(status).toBe(2);
    expect(stderr).toMatch(/c\.yml:1:31: suppressions\.files\.1: .*nowhere\.yml: no such file/);
    expect(stderr).toMatch(/c\.yml:2:14: log\.level/);
    expect(stderr).toMatch(/s\.yml:1:84: guest\.types\.0: there is no finding type "sesion_reuse"; did you mean "session_reuse"/);
    expect(stderr).toMatch(/s\.yml:2:3: b: "owner" is missing: who answers for the entry/);
  });

  test('that name a rule which cannot be read are not held to it', async () => {
    writeFileSync(join(folder, 's.yml'), `- ${ENTRY.replace('types: session_reuse', 'rules: mine')}\n`);
    const { stderr } = await check('suppressions: {files: [s.yml]}\nrules: {paths: [nowhere]}\n');
    expect(stderr).toMatch(/^error SV_CONFIG_INVALID: the configuration has one mistake\n.*rules\.paths\.0/);
  });
});

describe('every mistake is told in one run', () => {
  const EVERYTHING = `tenant: a/b
geo:
  database: nowhere.mmdb
  networks_database: 5
identities:
  file: nobody.ndjson
rules:
  paths: [shipped, nowhere]
  disabled: [session-resuse, 5]
  overrides:
    session-reuse: {nothing: 1, report_from: high, points_os_changed: {a: 1}}
    session-resue: {report_frm: 1}
    nobody: {}
log: {level: loud}
`;
  const EXPECTED: readonly [string, string][] = [
    ['1:9: tenant', 'expected a name'],
    ['3:13: geo.database', 'there is no file'],
    ['4:22: geo.networks_database', 'expected a text'],
    ['6:9: identities.file', 'no such file'],
    ['8:20: rules.paths.1', 'no such file or directory'],
    ['9:14: rules.disabled.0', 'among those that could be read; did you mean "session-reuse"?'],
    ['9:30: rules.disabled.1', 'expected a text'],
    ['11:21: rules.overrides.session-reuse.nothing', 'has no parameter "nothing"'],
    ['11:46: rules.overrides.session-reuse.report_from', 'expected a whole number from 1 to 100'],
    ['11:71: rules.overrides.session-reuse.points_os_changed', 'expected a whole number of points'],
    ['12:5: rules.overrides.session-resue', 'did you mean "session-reuse"?'],
    ['12:21: rules.overrides.session-resue.report_frm', 'did you mean "report_from"?'],
    ['13:5: rules.overrides.nobody', 'there is no rule "nobody"'],
    ['14:14: log.level', 'is none of'],
  ];

  test('with line, column and what would be right', async () => {
    const { status, stdout, stderr } = await check(EVERYTHING);
    expect([status, stdout]).toEqual([2, '']);
    const [head, ...lines] = stderr.trimEnd().split('\n');
    expect(head).toBe('error SV_CONFIG_INVALID: the configuration has 14 mistakes');
    expect(lines.slice(0, -1)).toEqual(
      EXPECTED.map(([place, words]) => expect.stringMatching(new RegExp(`^  .*c\\.yml:${place}: .*${words.replace(/[?/]/g, '\\$&')}`))),
    );
  });

  test('by the commands that use it, as soon as there is one that stops them', async () => {
    writeFileSync(join(folder, 'c.yml'), EVERYTHING);
    const { status, stderr } = await command(['replay', '--config', join(folder, 'c.yml'), join(folder, 'c.yml')]);
    expect([status, stderr.split('\n')[0]]).toEqual([2, 'error SV_CONFIG_INVALID: the configuration has 14 mistakes']);
  });

  test('also those in the files that it names, each at its own place', async () => {
    writeFileSync(join(folder, 'ids.ndjson'), '{"person":"a"}\nnonsense\n');
    writeFileSync(join(folder, 'rule.yml'), 'uid: rule\ndetector: session_reuse\nparameters: {nothing: 1}\n');
    writeFileSync(join(folder, 'no.mmdb'), 'nothing');
    const { stderr } = await check(
      'geo: {database: no.mmdb}\nidentities: {file: ids.ndjson}\nrules: {paths: [rule.yml], overrides: {rule: {speed_kmh: no}}}\n',
    );
    expect(stderr).toMatch(/c\.yml:1:17: geo\.database: cannot read .*no\.mmdb: it is no MaxMind database/);
    expect(stderr).toMatch(/c\.yml:3:58: rules\.overrides\.rule\.speed_kmh: "no" does not fit/);
    expect(stderr).toMatch(/ids\.ndjson:2:1: not JSON/);
    expect(stderr).toMatch(/rule\.yml:3:14: rules\.rule\.parameters\.nothing: session_reuse has no parameter/);
    expect(stderr).toMatch(/rule\.yml:1:1: rules\.rule: "title" is missing/);
    expect(stderr.indexOf('ids.ndjson:2')).toBeGreaterThan(stderr.indexOf('c.yml:3'));
  });

  test('a key that stands twice, and a list of paths that is none, hide nothing', async () => {
    const { stderr } = await check('tenant: a\ntenant: b\nrules: {paths: nowhere, disabled: [x]}\nlog: {level: loud}\n');
    expect(stderr).toMatch(/c\.yml:2:1: this key stands twice/);
    expect(stderr).toMatch(/c\.yml:3:16: rules\.paths: "nowhere" is a text; expected a list/);
    expect(stderr).toMatch(/c\.yml:3:16: rules\.paths: .*nowhere: no such file or directory/);
    expect(stderr).toMatch(/c\.yml:4:14: log\.level/);
  });

  test('from the environment, beside those of the file', async () => {
    const env = { SESSIONVIGIL_RULES_OVERRIDES: '{nobody: {}, session-reuse: {nothing: {}}}', SESSIONVIGIL_RULES_DISABLED: '[x]' };
    const { stderr } = await check('log: {level: loud}\n', env);
    expect(stderr).toMatch(/environment: SESSIONVIGIL_RULES_OVERRIDES: there is no rule "nobody"/);
    expect(stderr).toMatch(/environment: SESSIONVIGIL_RULES_DISABLED: there is no rule "x"/);
    expect(stderr).toMatch(/c\.yml:1:14: log\.level/);
  });
});

describe('Kafka', () => {
  const SECTION = 'kafka:\n  brokers: [a:9092]\n  sources: [{topic: okta}]\n';

  test('what is dangerous is said, and secrets are not', async () => {
    const { status, stdout, stderr } = await check(`${SECTION}  sasl: {mechanism: plain, username: vigil, password: hush}\n`);
    expect([status, stderr]).toEqual([0, expect.stringContaining('kafka.sasl without kafka.tls')]);
    expect(parse(stdout).kafka.sasl.password).toBe('********');
    expect(stdout + stderr).not.toContain('hush');
  });

  test('a file that it names is there', async () => {
    writeFileSync(join(folder, 'pw'), 'hush');
    const { status, stdout, stderr } = await check(
      `${SECTION}  sasl: {mechanism: plain, username: vigil, password_file: pw}\n  tls: {ca_file: nowhere.pem}\n  registry: {urls: ["https://r"], token_file: .}\n`,
    );
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/has 2 mistakes/);
    expect(stderr).toMatch(/c\.yml:5:18: kafka\.tls\.ca_file: cannot read .*nowhere\.pem: no such file/);
    expect(stderr).toMatch(/c\.yml:6:47: kafka\.registry\.token_file: .* is no file/);
  });
});
