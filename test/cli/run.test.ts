import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { run } from '../../src/cli/program.js';
import { retentionOf, stagesOf } from '../../src/cli/run.js';
import { command } from './command.js';
import { ndjson, STOLEN } from './okta-record.js';
import { until } from './until.js';

jest.setTimeout(30_000);

let folder: string;
let services: Service[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-run-'));
  mkdirSync(join(folder, 'in'));
  configure();
});
afterEach(async () => {
  for (const service of services) await service.stop();
  services = [];
  rmSync(folder, { recursive: true });
});

const CONFIG = `geo: {database: none, networks_database: none}
run: {input: in, output: out, poll_interval: 10ms, listen: "127.0.0.1:0"}
`;
const configure = (more = '') => writeFileSync(join(folder, 'c.yml'), CONFIG + more);
const out = (name: string) => (existsSync(join(folder, 'out', name)) ? readFileSync(join(folder, 'out', name), 'utf8') : '');

/** The command as the binary runs it, in this process. */
class Service {
  stderr = '';
  isEnded = false;
  readonly ended: Promise<number>;
  private readonly stopping = new AbortController();
  private hungUp = () => {};

  constructor(args: readonly string[] = ['--config', join(folder, 'c.yml')]) {
    const stderr = new PassThrough();
    stderr.on('data', (chunk) => {
      this.stderr += chunk;
    });
    this.ended = run(['run', ...args], {
      stdin: new PassThrough(),
      stdout: new PassThrough(),
      stderr,
      env: {},
      now: Date.now,
      signal: this.stopping.signal,
      onHangup: (act) => {
        this.hungUp = act;
      },
    });
    this.ended.then(() => {
      this.isEnded = true;
    });
    services.push(this);
  }

  hangUp(): void {
    this.hungUp();
  }

  async stop(): Promise<number> {
    this.stopping.abort();
    return this.ended;
  }

  get log(): { level: string; msg: string; [key: string]: unknown }[] {
    return this.stderr
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  }

  said(words: string | RegExp, times = 1): Promise<unknown> {
    const has = ({ msg }: { msg: string }) => (typeof words === 'string' ? msg.includes(words) : words.test(msg));
    return until(() => this.log.filter(has).length >= times, `it says ${words}: ${this.stderr}`);
  }

  async get(path: string, method = 'GET'): Promise<{ status: number; text: string; type: string | null }> {
    await this.said('metrics and health: http');
    const [, url] = /metrics and health: (http:\S+?)"/.exec(this.stderr)!;
    const answer = await fetch(`${url}${path}`, { method });
    return { status: answer.status, text: await answer.text(), type: answer.headers.get('content-type') };
  }

  async metric(line: string): Promise<string | undefined> {
    const { text } = await this.get('/metrics');
    return text.split('\n').find((one) => one.startsWith(line));
  }
}

test('follows a folder, says where everything goes, and ends well when it is told to', async () => {
  const service = new Service();
  await service.said('ready');
  const [first] = service.log.filter(({ level }) => level === 'info');
  expect(first).toMatchObject({ input: join(folder, 'in'), output: join(folder, 'out') });
  writeFileSync(join(folder, 'in/a.ndjson'), ndjson(STOLEN));
  await until(() => out('revocations.ndjson') !== '', 'a command is written');
  expect(JSON.parse(out('findings.ndjson').split('\n')[0]!)).toMatchObject({ type: 'session_reuse' });
  expect(existsSync(join(folder, 'out/events.ndjson'))).toBe(false);
  expect(await service.stop()).toBe(0);
  expect(service.stderr).not.toContain('ana');
  expect(existsSync(join(folder, 'out/run.lock'))).toBe(false);
});

test('the folders can come from the command line', async () => {
  const service = new Service([
    ...['--input', join(folder, 'in'), '--output', join(folder, 'other')],
    ...['--geo', 'none', '--config', join(folder, 'c.yml')],
  ]);
  await service.said('ready');
  expect(existsSync(join(folder, 'other/findings.ndjson'))).toBe(true);
});

test('metrics and health for whoever asks, without people', async () => {
  writeFileSync(join(folder, 'in/a.ndjson'), ndjson(STOLEN));
  const service = new Service();
  await service.said('ready');
  expect(await service.get('/readyz')).toEqual({ status: 200, text: 'ok\n', type: 'text/plain; charset=utf-8' });
  expect(await service.get('/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
  const { text, type } = await service.get('/metrics?x=1');
  expect(type).toBe('text/plain; version=0.0.4; charset=utf-8');
  for (const line of [
    'sessionvigil_ready 1',
    'sessionvigil_records_total{outcome="events"} 6',
    'sessionvigil_chunks_total 1',
    'sessionvigil_input_files 1',
    'sessionvigil_input_unread_bytes 0',
    'sessionvigil_principals 1',
    'sessionvigil_arrival_time_seconds 1772443200',
  ])
    expect(text).toContain(`\n${line}\n`);
  expect(text).not.toMatch(/ana|81\.45/);
  expect(await service.get('/')).toMatchObject({ status: 404, text: 'there are: /metrics /healthz /readyz /status\n' });
  expect(await service.get('/metrics', 'POST')).toMatchObject({ status: 405 });
});

test('an entry of sign_on of which nothing comes is told until it is right', async () => {
  writeFileSync(join(folder, 'c.yml'), `${CONFIG}\nsign_on: [{ app: okta/acme, provider: entra }]\n`);
  writeFileSync(join(folder, 'in/a.ndjson'), ndjson(STOLEN));
  const service = new Service();
  await service.said('sign_on: app okta/acme: no record of okta/acme came, so that nothing is looked at there; there is okta/default');
  await service.said('sign_on: provider entra: no record of entra came');
  await service.said('ready');
  expect(JSON.parse((await service.get('/status')).text).sign_on_unheard).toMatchObject([
    { side: 'app', name: 'okta/acme', why: 'no_account', accounts: ['okta/default'] },
    { side: 'provider', name: 'entra', why: 'no_source' },
  ]);
  const metric = async () => (await service.get('/metrics')).text.match(/(?<=^sessionvigil_sign_on_unheard).*$/gm);
  expect(await metric()).toEqual(['{side="app",entry="okta/acme"} 1', '{side="provider",entry="entra"} 1']);
  writeFileSync(join(folder, 'c.yml'), `${CONFIG}\nsign_on: [{ app: okta/default, provider: entra }]\n`);
  await service.said('sign_on: app okta/acme: it is heard of, or stands there no more');
  expect(await metric()).toEqual(['{side="app",entry="okta/default"} 0', '{side="provider",entry="entra"} 1']);
});

test('nothing is served when nothing is to be', async () => {
  writeFileSync(join(folder, 'c.yml'), CONFIG.replace('"127.0.0.1:0"', 'none'));
  const service = new Service();
  await service.said('ready');
  const [first] = service.log.filter(({ level }) => level === 'info');
  expect(first!.msg).toContain('metrics and health: nowhere');
});

describe('a start that cannot be', () => {
  const start = (text: string) => {
    writeFileSync(join(folder, 'c.yml'), text);
    return command(['run', '--config', join(folder, 'c.yml')]);
  };

  test('folders are needed', async () => {
    const { status, stderr } = await start('tenant: acme\n');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error SV_CONFIG_INVALID: the configuration has 2 mistakes/);
    expect(stderr).toContain('run.input: is needed, or --input; a section kafka');
    expect(stderr).toContain('run.output: is needed, or --output; a section kafka');
  });

  test('the input has to be there, and not to hold the output', async () => {
    const { status, stderr } = await start('run:\n  input: nowhere\n  output: nowhere/out\n');
    expect(status).toBe(2);
    expect(stderr).toContain(`c.yml:2:10: run.input: there is no folder ${join(folder, 'nowhere')}`);
    expect(stderr).toContain('c.yml:3:11: run.output: ');
  });

  test('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const { status, stderr } = await start(CONFIG.replace(':0"', `:${port}"`));
    other.close();
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining(`error SV_LISTEN: cannot listen on 127.0.0.1:${port}: the port is taken`),
    ]);
  });
});

describe('reading the configuration again', () => {
  const RULE = readFileSync('rules/session-theft/session-reuse.yml', 'utf8');
  const SILENT = 'rules: {disabled: [session-reuse]}\n';

  test('a change counts from the next chunk on, and the digest tells', async () => {
    configure(SILENT);
    const service = new Service();
    await service.said('ready');
    writeFileSync(join(folder, 'in/a.ndjson'), ndjson(STOLEN.slice(0, 3)));
    const before = await service.metric('sessionvigil_config_info{');
    configure();
    await service.said(/^configuration read again: \d+ rules judge/);
    appendFileSync(join(folder, 'in/a.ndjson'), ndjson(STOLEN.slice(3)));
    await until(() => out('findings.ndjson') !== '', 'a finding is written');
    const after = await service.metric('sessionvigil_config_info{');
    expect(after).not.toBe(before);
    const [finding] = out('findings.ndjson').split('\n');
    expect(after).toContain(JSON.parse(finding!).config_digest);
    expect(await service.metric('sessionvigil_config_reloads_total')).toBe('sessionvigil_config_reloads_total{outcome="done"} 1');
  });

  test('a mistake changes nothing and is told with its place; when it is corrected all is well', async () => {
    const service = new Service();
    await service.said('ready');
    configure('state: {session_idel: 3d}\n');
    await service.said('what was in force stays in force');
    expect(service.log.filter(({ level }) => level === 'error').map(({ msg }) => msg)).toEqual([
      'SV_CONFIG_INVALID: the configuration has one mistake; what was in force stays in force',
      expect.stringMatching(/c\.yml:3:9: state\.session_idel: unknown key/),
    ]);
    expect(await service.metric('sessionvigil_config_refused')).toBe('sessionvigil_config_refused 1');
    writeFileSync(join(folder, 'in/a.ndjson'), ndjson(STOLEN));
    await until(() => out('findings.ndjson') !== '', 'a finding is written all the same');
    configure();
    await service.said('configuration read again');
    expect(await service.metric('sessionvigil_config_refused')).toBe('sessionvigil_config_refused 0');
  });

  test('a rule in a folder that the configuration names, with a mistake and without', async () => {
    mkdirSync(join(folder, 'rules'));
    const rule = join(folder, 'rules/session-reuse.yml');
    writeFileSync(rule, RULE);
    configure('rules: {paths: [rules]}\n');
    const service = new Service();
    await service.said('ready');
    writeFileSync(rule, RULE.replace('detector: session_reuse', 'detector: session_reeuse'));
    await service.said('there is no detector "session_reeuse"');
    expect(service.log.at(-1)!.msg).toMatch(/session-reuse\.yml:\d+:\d+: rules\.session-reuse\.detector: /);
    writeFileSync(rule, RULE.replace(/^version: .*$/m, 'version: 99'));
    await service.said('configuration read again');
  });

  test('a list of identities counts from the next record on; what was learned is kept', async () => {
    writeFileSync(join(folder, 'people.ndjson'), '');
    writeFileSync(join(folder, 'c.yml'), `${CONFIG.replace('run: {', 'run: {write_events: true, ')}identities: {file: people.ndjson}\n`);
    const service = new Service();
    await service.said('ready');
    const keys = () => [...out('events.ndjson').matchAll(/"key":"(.*?)"/g)].map(([, key]) => key);
    const nameless = (act: (typeof STOLEN)[number]) => ndjson([act]).replace('"alternateId":"ana@example.com"', '"alternateId":null');
    writeFileSync(join(folder, 'in/a.ndjson'), ndjson(STOLEN.slice(0, 1)));
    await until(() => keys().length === 1, 'the first is judged');
    writeFileSync(join(folder, 'people.ndjson'), '{"person":"bo@example.com","aliases":["bo@old.example"]}\n');
    await service.said('configuration read again');
    appendFileSync(join(folder, 'in/a.ndjson'), nameless(STOLEN[1]!));
    await until(() => keys().length === 2, 'the second is judged');
    writeFileSync(join(folder, 'people.ndjson'), '{"person":"ann@example.com","aliases":["ana@example.com"]}\n');
    await service.said('configuration read again', 2);
    appendFileSync(join(folder, 'in/a.ndjson'), nameless(STOLEN[2]!));
    await until(() => keys().length === 3, 'the third is judged');
    expect(keys()).toEqual(['default/ana@example.com', 'default/ana@example.com', 'default/ann@example.com']);
  });

  test('SIGHUP reads all again, changed or not', async () => {
    const service = new Service();
    await service.said('ready');
    service.hangUp();
    await service.said('configuration read again', 1);
    service.hangUp();
    await service.said('configuration read again', 2);
  });

  test('what counts at the start only says so', async () => {
    const service = new Service();
    await service.said('ready');
    writeFileSync(join(folder, 'c.yml'), `${CONFIG.replace('in,', 'elsewhere,')}state: {session_idle: 3d}\n`);
    mkdirSync(join(folder, 'elsewhere'));
    service.hangUp();
    await service.said('what has changed under run and state counts from the next start on');
  });
});

test('reads again what 90 days hold, or as long as a person is remembered when that is longer, or what is asked for', () => {
  const day = 86_400_000;
  const of = (run: object, person_idle: number) =>
    retentionOf({ run, state: { person_idle, allowed_lateness: day } } as Parameters<typeof retentionOf>[0]) / day;
  expect([of({}, 30 * day), of({}, 100 * day), of({ retention: 5 * day }, 30 * day)]).toEqual([90, 101, 5]);
});

describe('a rule that goes', () => {
  const lines = (name: string) =>
    out(name)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  const said = () => lines('findings.ndjson').map(({ rule, revision, status }) => `${rule.uid} ${revision} ${status}`);
  const actions = () => lines('revocations.ndjson').map(({ action }) => action);
  const OFF = 'rules: {disabled: [session-reuse]}\n';
  const service = async () => {
    const started = new Service();
    await started.said('ready');
    return started;
  };
  const found = ['session-reuse 1 new', 'session-reuse 2 updated'];
  const gone = [...found, 'session-reuse 3 retracted'];
  const back = [...gone, 'session-reuse 4 updated', 'session-reuse 5 updated'];

  test('while it runs: what it said is taken back, commands are cancelled, and a restart says nothing again', async () => {
    const first = await service();
    writeFileSync(join(folder, 'in/a.ndjson'), ndjson(STOLEN));
    await until(() => said().length > 1 && actions().length > 0, 'it is found');
    expect(said()).toEqual(found);
    const sent = actions();
    configure(OFF);
    await until(() => actions().length > sent.length, 'it is taken back');
    expect(said()).toEqual(gone);
    expect(lines('findings.ndjson').at(-1).message).toMatch(/Taken back: the rule session-reuse is no longer in force\.$/);
    expect(actions()).toEqual([...sent, 'cancel']);
    await first.stop();
    const written = [out('findings.ndjson'), out('revocations.ndjson')];
    for (let i = 0; i < 2; i++) await (await service()).stop();
    expect([out('findings.ndjson'), out('revocations.ndjson')]).toEqual(written);
  });

  test('while nobody runs: the same at the next start, once', async () => {
    const first = await service();
    writeFileSync(join(folder, 'in/a.ndjson'), ndjson(STOLEN));
    await until(() => said().length > 1 && actions().length > 0, 'it is found');
    await first.stop();
    const sent = actions();
    configure(OFF);
    for (let i = 0; i < 2; i++) {
      await (await service()).stop();
      expect(said()).toEqual(gone);
      expect(actions()).toEqual([...sent, 'cancel']);
    }
    configure();
    for (let i = 0; i < 2; i++) {
      await (await service()).stop();
      expect(said()).toEqual(back);
    }
    expect(actions()).toEqual([...sent, 'cancel', ...sent]);
    // who dropped the cancelled one would take its uid for a repetition
    const orders = lines('revocations.ndjson').filter(({ action }) => action !== 'cancel');
    expect(new Set(orders.map(({ uid }) => uid)).size).toBe(orders.length);
    expect(orders.at(-1)).toMatchObject({ attempt: 2 });
  });

  test('and a rule that comes while nobody runs: what it finds is said, once, as the next revision of what was', async () => {
    configure(OFF);
    const first = await service();
    writeFileSync(join(folder, 'in/a.ndjson'), ndjson(STOLEN));
    await first.said('ready');
    await until(() => existsSync(join(folder, 'out/journal.ndjson')) && out('journal.ndjson').includes('a.ndjson'), 'it is judged');
    await first.stop();
    expect(said()).toEqual([]);
    configure();
    for (let i = 0; i < 2; i++) {
      await (await service()).stop();
      expect(said()).toEqual(found);
      expect(actions().length).toBeGreaterThan(0);
    }
  });

  test('and comes back while it runs: what it said stands again at once, and is ordered anew', async () => {
    const first = await service();
    writeFileSync(join(folder, 'in/a.ndjson'), ndjson(STOLEN));
    await until(() => said().length > 1 && actions().length > 0, 'it is found');
    const sent = actions();
    configure(OFF);
    await until(() => actions().length > sent.length, 'it is taken back');
    configure();
    await until(() => actions().length > sent.length + 1, 'it is ordered anew');
    expect(said()).toEqual([...gone, 'session-reuse 4 updated']);
    expect(lines('revocations.ndjson').at(-1)).toMatchObject({ action: sent.at(-1), attempt: 2 });
    await first.stop();
    const written = [out('findings.ndjson'), out('revocations.ndjson')];
    await (await service()).stop();
    expect([out('findings.ndjson'), out('revocations.ndjson')]).toEqual(written);
  });
});

describe('what asks for something else after a restart', () => {
  const lines = (name: string) =>
    out(name)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  const told = () => lines('findings.ndjson').map(({ revision, status, level }) => `${revision} ${status} ${level}`);
  const orders = () => lines('revocations.ndjson').map(({ action, attempt }) => `${action} ${attempt}`);
  const start = async () => {
    const service = new Service();
    await service.said('ready');
    return service;
  };
  const HIDING = 'suppressions: {files: [s.yml]}\n';
  const EXERCISE = `- {id: exercise, owner: red, reason: an exercise that was agreed, from: 2026-01-01, expires: 2026-12-30, types: session_reuse, principal: ana@example.com, max_level: critical}\n`;

  /** The first part is judged as before, then all is stopped and started with the other, and once more. */
  async function restarted(before: string, after: string): Promise<void> {
    writeFileSync(join(folder, 's.yml'), EXERCISE);
    configure(before);
    writeFileSync(join(folder, 'in/a.ndjson'), ndjson(STOLEN));
    await (await start()).stop();
    configure(after);
    for (let i = 0; i < 2; i++) await (await start()).stop();
  }

  test('a finding that is no longer hidden, and its command', async () => {
    await restarted(HIDING, '');
    expect(lines('suppressed.ndjson').map(({ revision }) => revision)).toEqual([1, 2]);
    expect(told()).toEqual(['3 updated critical']);
    expect(orders()).toEqual(['revoke_session 1']);
  });

  test('one that is hidden from now on, and the end of its command', async () => {
    await restarted('', HIDING);
    expect(told()).toEqual(['1 new medium', '2 updated critical']);
    expect(lines('suppressed.ndjson')).toMatchObject([{ revision: 3, status: 'suppressed' }]);
    expect(orders().at(-1)).toBe('cancel 1');
  });

  test('one whose rule proposes something else', async () => {
    mkdirSync(join(folder, 'rules'));
    const rule = readFileSync('rules/session-theft/session-reuse.yml', 'utf8');
    writeFileSync(join(folder, 'rules/session-reuse.yml'), rule.replace(/^level_cap: .*$/m, 'level_cap: medium'));
    await restarted('', 'rules: {paths: [rules]}\n');
    expect(told().at(-1)).toBe('3 updated medium');
    expect(orders().at(-1)).toBe('step_up 2');
  });
});

describe('--stage', () => {
  test('given twice means both, in the order of the flow', () => {
    expect(stagesOf('respond', stagesOf('normalize'))).toEqual(['normalize', 'respond']);
    expect(stagesOf('respond, detect')).toEqual(['detect', 'respond']);
  });

  test('takes the stages by name', async () => {
    const { status, stderr } = await command(['run', '--stage', 'normalize,guess']);
    expect([status, stderr]).toEqual([2, expect.stringContaining(`"guess": there are normalize, detect, respond`) as string]);
  });

  test('means nothing without Kafka', async () => {
    const args = ['--input', join(folder, 'in'), '--output', join(folder, 'out'), '--stage', 'detect'];
    const service = new Service(args);
    expect(await service.ended).toBe(2);
    expect(service.stderr).toContain('error SV_CLI_USAGE: --stage: stages exist on Kafka only; give a configuration with a section kafka');
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });
});
