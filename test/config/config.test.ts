import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, resolveConfig } from '../../src/config/config.js';
import { printConfig } from '../../src/config/print-config.js';
import { createChecker, openSchema } from '../../src/config/schema.js';
import { DEFAULT_LIMITS } from '../../src/core/state/people.js';
import { type Problem, SessionvigilError } from '../../src/errors.js';

const checker = openSchema('config');
const resolve = (text: string, env: Record<string, string> = {}) => resolveConfig({ file: '/etc/sv/config.yml', text }, env, checker);

function problemsOf(act: () => unknown): readonly Problem[] {
  try {
    act();
  } catch (e) {
    expect(e).toBeInstanceOf(SessionvigilError);
    expect((e as SessionvigilError).code).toBe('SV_CONFIG_INVALID');
    return (e as SessionvigilError).problems;
  }
  throw new Error('expected mistakes');
}

describe('defaults', () => {
  const { config } = loadConfig(undefined, {});

  test('run', () => {
    expect(config).toMatchObject({
      tenant: 'default',
      accounts: { okta: 'default' },
      rules: { paths: ['shipped'] },
      geo: { database: 'auto' },
    });
  });

  test('of the state are those that the state has', () => {
    expect(config.state).toEqual(DEFAULT_LIMITS);
  });

  test('are frozen to the ground', () => {
    expect(Object.isFrozen(config.rules.disabled)).toBe(true);
    expect(Object.isFrozen(config.input)).toBe(true);
  });

  test('an empty file is a configuration', () => {
    expect(resolve('').config).toEqual(config);
    expect(resolve('# nothing yet\n').config).toEqual(config);
  });
});

test('five mistakes are five problems, each where it stands and with what would be right', () => {
  const text = `tenent: acme
input:
  max_record_bytes: big
state:
  session_idle: 7
  sessions_per_person: 2
log: {level: inof}
`;
  expect(problemsOf(() => resolve(text))).toEqual([
    {
      file: '/etc/sv/config.yml',
      line: 1,
      column: 1,
      path: 'tenent',
      message: expect.stringContaining('unknown key "tenent"; did you mean "tenant"?'),
    },
    {
      file: '/etc/sv/config.yml',
      line: 3,
      column: 21,
      path: 'input.max_record_bytes',
      message: '"big" is a text; expected a whole number',
    },
    {
      file: '/etc/sv/config.yml',
      line: 5,
      column: 17,
      path: 'state.session_idle',
      message: '7 is a number; expected a duration such as 30m, 24h or 7d',
    },
    {
      file: '/etc/sv/config.yml',
      line: 6,
      column: 24,
      path: 'state.sessions_per_person',
      message: '2 is out of range; expected 4 to 4096',
    },
    {
      file: '/etc/sv/config.yml',
      line: 7,
      column: 14,
      path: 'log.level',
      message: '"inof" is none of: silent, error, warn, info, debug; did you mean "info"?',
    },
  ]);
});

test.each([
  ['tenants: {okta: x}', /"okta" cannot stand here; expected `<vendor>:<account>`/],
  ['tenant: a/b', /expected a name of at most 64 letters/],
  ['lists: {egress: [{name: a, owner: b, reason: c}]}', /either `cidr` or `asn`/],
  ['lists: {egress: [{asn: 1, cidr: 10.0.0.0/8, name: a, owner: b, reason: c}]}', /either `cidr` or `asn`/],
  ['lists: {egress: [{cidr: 10.0.0.0/40, name: a, owner: b, reason: c}]}', /no address range/],
  ['lists: {egress: [{cidr: 0.0.0.0/0, name: a, owner: b, reason: c}]}', /wider than any organisation/],
  ['lists: {egress: [{cidr: "2000::/3", name: a, owner: b, reason: c}]}', /wider than any organisation/],
  ['lists: {egress: [{asn: 1, name: a, reason: c}]}', /"owner" is missing: Who answers/],
  ['lists: {egress: [{asn: 1, name: a, owner: b, reason: c, expires: 2027-02-30}]}', /no day of the calendar/],
  ['lists: {egress: [{asn: 1, name: a, owner: b, reason: c, expires: soon}]}', /a UTC date such as/],
  ['state: {allowed_lateness: 48h1s}', /longer than habits wait to count; expected 48h or less/],
  ['state: {session_idle: 7d, person_idle: 6d}', /forgotten before their sessions; expected 7d or longer/],
  ['rules: {paths: []}', /too few entries/],
  ['rules: {disabled: [a, a]}', /stands twice/],
  ['rules: {overrides: {session-reuse: {__proto__: 1}}}', /"__proto__" cannot stand here/],
  ['[a]', /it is a list|expected a mapping/],
  ['just a text', /expected a mapping/],
  ['geo: null', /it is empty; expected a mapping/],
  ['a: 1\n  b: 2', /not YAML/],
])('%s', (text, message) => {
  const problems = problemsOf(() => resolve(text));
  expect(problems).toHaveLength(1);
  expect(problems[0]!.message).toMatch(message);
  expect(problems[0]!.line).toBeGreaterThan(0);
});

test('texts become what they mean, paths are relative to the file', () => {
  const { config } = resolve(`geo: {database: city.mmdb, networks_database: none}
identities: {file: ../ids.ndjson}
rules: {paths: [shipped, own]}
lists: {egress: [{asn: 64500, name: hq, owner: net, reason: office, expires: 2027-01-31}]}
state: {session_idle: 1h30m}
`);
  expect(config.geo).toEqual({ database: '/etc/sv/city.mmdb', networks_database: 'none' });
  expect(config.identities.file).toBe('/etc/ids.ndjson');
  expect(config.rules.paths).toEqual(['shipped', '/etc/sv/own']);
  expect(config.lists.egress[0]!.expires).toBe(Date.UTC(2027, 0, 31));
  expect(config.state.session_idle).toBe(5_400_000);
});

describe('the environment', () => {
  test('wins over the file, and its paths are relative to the working folder', () => {
    const env = { SESSIONVIGIL_TENANT: 'blue', SESSIONVIGIL_GEO_DATABASE: 'city.mmdb', SESSIONVIGIL_STATE_PERSON_IDLE: '60d' };
    const { config } = resolve('tenant: red\ngeo: {networks_database: asn.mmdb}\n', env);
    expect(config.tenant).toBe('blue');
    expect(config.geo).toEqual({ database: join(process.cwd(), 'city.mmdb'), networks_database: '/etc/sv/asn.mmdb' });
    expect(config.state.person_idle).toBe(60 * 86_400_000);
  });

  test('its mistakes are named by variable, beside those of the file', () => {
    const problems = problemsOf(() =>
      resolve('log: {level: loud}\n', { SESSIONVIGIL_STATE_SESSION_IDLE: 'never', SESSIONVIGIL_TENANTT: 'x' }),
    );
    expect(problems.map(({ file, path, line }) => ({ file, path, line }))).toEqual([
      { file: 'environment', path: 'SESSIONVIGIL_TENANTT', line: undefined },
      { file: 'environment', path: 'SESSIONVIGIL_STATE_SESSION_IDLE', line: undefined },
      { file: '/etc/sv/config.yml', path: 'log.level', line: 1 },
    ]);
  });

  test('names the file', () => {
    expect(() => loadConfig(undefined, { SESSIONVIGIL_CONFIG: '/nowhere/x.yml' })).toThrow(
      expect.objectContaining({ code: 'SV_CONFIG_MISSING' }),
    );
  });
});

test('what is printed can be given back', () => {
  const text =
    'tenants: {"okta:acme": blue}\nlists: {egress: [{cidr: 203.0.113.0/24, name: hq, owner: net, reason: office, expires: 2027-01-31}]}\n';
  const { config } = resolve(text);
  expect(resolve(printConfig(config, checker.schema)).config).toEqual(config);
});

describe('secrets', () => {
  const withSecret = createChecker({
    type: 'object',
    additionalProperties: false,
    properties: {
      broker: { type: 'object', additionalProperties: false, default: {}, properties: { password: { type: 'string', 'x-secret': true } } },
    },
  } as Parameters<typeof createChecker>[0]);
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sv-secret-'));
    writeFileSync(join(folder, 'pw'), 'hush\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('come from files and are never shown', () => {
    const { config } = resolveConfig({ file: join(folder, 'c.yml'), text: 'broker: {password_file: pw}' }, {}, withSecret);
    expect(config).toEqual({ broker: { password: 'hush' } });
    expect(printConfig(config, withSecret.schema)).toBe('broker:\n  password: "********"\n');
  });

  test('a secret that cannot be read is a mistake where it stands', () => {
    const [problem] = problemsOf(() =>
      resolveConfig({ file: join(folder, 'c.yml'), text: 'broker:\n  password_file: nope' }, {}, withSecret),
    );
    expect(problem).toMatchObject({ line: 2, path: 'broker.password_file', message: expect.stringContaining('no such file') });
  });
});

test('the command line wins over everything, and its mistakes are named by option', () => {
  const option = (name: string, path: string[], value: unknown) => ({ from: 'command line' as const, name, path, value });
  const source = { file: '/etc/sv/config.yml', text: 'tenant: red\n' };
  const env = { SESSIONVIGIL_TENANT: 'blue' };
  expect(resolveConfig(source, env, checker, [option('--tenant', ['tenant'], 'green')]).config.tenant).toBe('green');
  expect(problemsOf(() => resolveConfig(source, env, checker, [option('--tenant', ['tenant'], 'a/b')]))).toEqual([
    { file: 'command line', path: '--tenant', message: expect.stringContaining('expected a name') },
  ]);
});

describe('run', () => {
  test('folders are relative to the file, from elsewhere to the working folder', () => {
    const { config } = resolve('run: {input: logs, output: ../out}', { SESSIONVIGIL_RUN_OUTPUT: 'here' });
    expect(config.run).toEqual({
      input: '/etc/sv/logs',
      output: `${process.cwd()}/here`,
      patterns: ['*.ndjson', '*.ndjson.gz', '*.jsonl', '*.jsonl.gz', '*.json', '*.json.gz', '*.log', '*.log.gz'],
      poll_interval: 1000,
      settle: 60_000,
      listen: '127.0.0.1:9464',
      follow_links: false,
      write_events: false,
    });
  });

  test.each(['none', '0.0.0.0:9464', '[::1]:0', 'localhost:65535'])('%s can be listened on', (listen) => {
    expect(resolve(`run: {listen: "${listen}"}`).config.run.listen).toBe(listen);
  });

  test.each(['9464', ':9464', 'localhost', 'localhost:65536', '::1:80', 'a b:80'])('%s cannot', (listen) => {
    expect(problemsOf(() => resolve(`run: {listen: "${listen}"}`))).toMatchObject([
      { line: 1, path: 'run.listen', message: expect.stringContaining('an address with a port such as 127.0.0.1:9464, or none') },
    ]);
  });

  test('every mistake at once', () => {
    const text = 'run:\n  patterns: [a/b, "*"]\n  poll_interval: 2h\n  retention: 5\n  settle: soon\n  write_event: true\n';
    expect(problemsOf(() => resolve(text)).map(({ line, path }) => [line, path])).toEqual([
      [2, 'run.patterns.0'],
      [3, 'run.poll_interval'],
      [4, 'run.retention'],
      [5, 'run.settle'],
      [6, 'run.write_event'],
    ]);
    expect(problemsOf(() => resolve('run: {poll_interval: 5ms}'))[0]!.message).toBe('"5ms" is out of range; expected 10ms to 1h');
  });
});
