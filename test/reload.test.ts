import fs, { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import pino from 'pino';
import { type AppOptions, createJudgement } from '../src/app.js';
import { readConfig } from '../src/config/config.js';
import { SHIPPED_RULES } from '../src/config/package-root.js';
import { Metrics } from '../src/metrics.js';
import { Reload } from '../src/reload.js';

const DAY = 86_400_000;
const START = Date.UTC(2026, 2, 2);
let folder: string;
let now: number;
let said: { level: string; msg: string }[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-reload-'));
  now = START;
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = () => join(folder, 'c.yml');
const configure = (text: string) => writeFileSync(file(), `geo: {database: none, networks_database: none}\n${text}`);
const words = (level: string) => said.filter((line) => line.level === level).map(({ msg }) => msg);

function reloading(readAgain?: () => never) {
  const log = pino(
    { level: 'info', base: null, formatters: { level: (level) => ({ level }) } },
    { write: (line: string) => void said.push(JSON.parse(line)) },
  );
  const app: Pick<AppOptions, 'source' | 'clock' | 'log' | 'warned'> = { source: 'auto', log, warned: new Set() };
  const read = () => readConfig(file(), {});
  const { config, locate } = read();
  const loaded = { config: config!, locate };
  const first = { loaded, judgement: createJudgement(loaded, { ...app, now }) };
  const metrics = new Metrics();
  // of the data that are missing at the start; a change says it no more
  const isOfData = ({ msg }: { msg: string }) => /^no (geographic data|data on networks) /.test(msg);
  expect(said.filter(isOfData)).toHaveLength(2);
  said = said.filter((line) => !isOfData(line));
  let reads = 0;
  const reading = () => (readAgain !== undefined && reads++ > 0 ? readAgain() : read());
  const reload = new Reload({ file: file(), read: reading, first, app, now: () => now, elapsed: () => now, settle: 1000, metrics });
  return { reload, first: first.judgement, metrics, log };
}

test('a change counts once nobody has written for a while', () => {
  configure('');
  const { reload } = reloading();
  expect(reload.look()).toBeUndefined();
  configure('rules: {disabled: [session-reuse]}\n');
  expect(reload.look()).toBeUndefined();
  now += 900;
  configure('rules: {disabled: [session-reuse]} # and more\n');
  expect(reload.look()).toBeUndefined();
  now += 900;
  expect(reload.look()).toBeUndefined();
  now += 100;
  const judgement = reload.look()!;
  expect(judgement.rules.map(({ uid }) => uid)).not.toContain('session-reuse');
  expect(reload.look()).toBeUndefined();
});

test('what is taken back in time was no change', () => {
  configure('');
  const { reload } = reloading();
  writeFileSync(join(folder, 'later'), '');
  now += 2000;
  expect(reload.look()).toBeUndefined();
  expect(said).toEqual([]);
});

test('a mistake leaves everything as it was and is told once', async () => {
  configure('');
  const { reload, metrics } = reloading();
  configure('log: {level: loud}\nidentities: {file: nowhere}\n');
  reload.ask();
  expect([reload.look(), reload.look()]).toEqual([undefined, undefined]);
  expect(words('error')).toEqual([
    'SV_CONFIG_INVALID: the configuration has 2 mistakes; what was in force stays in force',
    expect.stringContaining('c.yml:2:14: log.level: '),
    expect.stringContaining('c.yml:3:20: identities.file: '),
  ]);
  expect(await metrics.text()).toContain('sessionvigil_config_reloads_total{outcome="refused"} 1');
});

test('what is declared of agents counts once it has changed; a mistake in it changes nothing', () => {
  const declare = (text: string) =>
    writeFileSync(join(folder, 'agents.yml'), `agents:\n  - {name: a, owner: x, ids: a@b.example${text}}\n`);
  const look = (reload: Reload) => {
    reload.look();
    now += 1000;
    return reload.look();
  };
  declare('');
  configure('declarations: {file: agents.yml}\n');
  const { reload, first } = reloading();
  declare(', egress: {asn: 8075}');
  const judgement = look(reload)!;
  expect(judgement.detecting.declared!.agentNamed('a', 'default')!.declaration.egress).toEqual({ asn: [8075] });
  expect(judgement.detecting.config_digest).not.toBe(first.detecting.config_digest);
  declare(', egress: {asn: none}');
  expect(look(reload)).toBeUndefined();
  expect(words('error').at(-1)).toMatch(/agents.yml:2:57: agents.a.egress.asn.0: /);
  // whoever answers for it judges nothing
  writeFileSync(join(folder, 'agents.yml'), 'agents:\n  - {name: a, owner: y, ids: a@b.example, egress: {asn: 8075}}\n');
  expect(look(reload)!.detecting.config_digest).toBe(judgement.detecting.config_digest);
});

describe('a folder of rules that cannot be read is refused and told, and it goes on', () => {
  const rules = () => join(folder, 'rules');
  const ONE = readdirSync(SHIPPED_RULES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yml'))
    .map((name) => join(SHIPPED_RULES, name))[0]!;
  const start = () => {
    mkdirSync(rules());
    cpSync(ONE, join(rules(), basename(ONE)));
    configure('rules: {paths: [rules]}\n');
    return reloading();
  };
  const look = (reload: Reload) => {
    reload.look();
    now += 1000;
    return reload.look();
  };

  test.each<[string, () => void, () => void, string]>([
    [
      'a link that leads nowhere',
      () => symlinkSync('nowhere.yml', join(rules(), 'x.yml')),
      () => unlinkSync(join(rules(), 'x.yml')),
      'no such file',
    ],
    [
      'a link that leads to itself',
      () => symlinkSync('x.yml', join(rules(), 'x.yml')),
      () => unlinkSync(join(rules(), 'x.yml')),
      'it is a link that leads back to itself',
    ],
    [
      'the folder itself in a circle',
      () => {
        renameSync(rules(), `${rules()}.old`);
        symlinkSync('rules', rules());
      },
      () => {
        unlinkSync(rules());
        renameSync(`${rules()}.old`, rules());
      },
      'it is a link that leads back to itself',
    ],
    ['gone', () => renameSync(rules(), `${rules()}.old`), () => renameSync(`${rules()}.old`, rules()), 'no such file or directory'],
  ])('%s', async (_, breaks, mends, reason) => {
    const { reload, metrics } = start();
    breaks();
    expect(look(reload)).toBeUndefined();
    expect(words('error').join('\n')).toContain(reason);
    expect(await metrics.text()).toContain('sessionvigil_config_refused 1');
    mends();
    expect(look(reload)).toBeDefined();
    expect(await metrics.text()).toContain('sessionvigil_config_refused 0');
  });

  test('links to folders, in a circle too, change nothing', () => {
    const { reload } = start();
    for (const name of ['a', 'b']) symlinkSync('.', join(rules(), name));
    expect(look(reload)).toBeDefined();
  });

  test('a mounted ConfigMap, which keeps its versions under names with dots, is read once', () => {
    const { reload } = start();
    renameSync(rules(), join(folder, 'found'));
    mkdirSync(rules());
    renameSync(join(folder, 'found'), join(rules(), '..1'));
    symlinkSync('..1', join(rules(), '..data'));
    for (const name of readdirSync(join(rules(), '..1'))) symlinkSync(join('..data', name), join(rules(), name));
    expect(look(reload)).toBeDefined();
  });

  test('without permission, or taken away while it is read', () => {
    const { reload } = start();
    const { readdirSync } = fs;
    for (const code of ['EACCES', 'ENOENT']) {
      jest.spyOn(fs, 'readdirSync').mockImplementation(((path: string, ...rest: []) => {
        if (path === rules()) throw Object.assign(new Error('x'), { code, syscall: 'scandir', path });
        return readdirSync(path, ...rest);
      }) as typeof readdirSync);
      expect(look(reload)).toBeUndefined();
      jest.restoreAllMocks();
    }
    expect(words('error')).toHaveLength(4);
    expect(look(reload)).toBeDefined();
  });

  test('what the system says while the configuration is read', () => {
    configure('');
    const { reload } = reloading(() => {
      throw Object.assign(new Error('x'), { code: 'EIO', syscall: 'read', path: '/c.yml' });
    });
    reload.ask();
    expect(reload.look()).toBeUndefined();
    expect(words('error')).toEqual(['SV_CONFIG_INVALID: /c.yml cannot be read: EIO; what was in force stays in force']);
  });
});

test('a file that a mistaken configuration names is watched: it may be what has to be corrected', () => {
  configure('');
  const { reload } = reloading();
  configure('identities: {file: people.ndjson}\n');
  reload.ask();
  expect(reload.look()).toBeUndefined();
  writeFileSync(join(folder, 'people.ndjson'), '{"person":"ana@example.com"}\n');
  reload.look();
  now += 1000;
  expect(reload.look()!.identities.links).toBe(1);
});

test('an entry that expires is left out from then on', () => {
  configure('lists: {egress: [{cidr: 203.0.113.0/24, name: hq, owner: net, reason: office, expires: 2026-03-05}]}\n');
  const { reload, first } = reloading();
  expect(first.egress).toHaveLength(1);
  now = START + 3 * DAY - 1;
  expect(reload.look()).toBeUndefined();
  now++;
  const judgement = reload.look()!;
  expect(judgement.egress).toEqual([]);
  expect(judgement.detecting.config_digest).not.toBe(first.detecting.config_digest);
  expect(reload.look()).toBeUndefined();
});

test('limits and folders stay as they were at the start, and so does the digest', () => {
  configure('state: {session_idle: 3d}\n');
  const { reload, first, log } = reloading();
  configure('state: {session_idle: 5d}\nrun: {poll_interval: 2s}\nlog: {level: warn}\n');
  reload.ask();
  const judgement = reload.look()!;
  expect(judgement.detecting.config_digest).toBe(first.detecting.config_digest);
  expect(judgement.detecting.limits).toMatchObject({ session_idle: 3 * DAY });
  expect(words('warn')).toEqual(['what has changed under run and state counts from the next start on']);
  expect(log.level).toBe('warn');
});

test('of an entry that has expired it is said once, however often all is read, and when it expires meanwhile', () => {
  const entry = (id: string, expires: number) =>
    `- {id: ${id}, owner: soc, reason: trip, from: 2026-01-01, expires: ${new Date(expires).toISOString().slice(0, 10)}, types: new_country, asn: 2119}\n`;
  writeFileSync(join(folder, 's.yml'), entry('old', START - DAY) + entry('soon', START + 2 * DAY));
  configure('suppressions: {files: [s.yml]}\n');
  const { reload } = reloading();
  const expired = () => words('warn').filter((word) => word.includes('has expired'));
  expect(expired()).toHaveLength(1);
  for (let i = 0; i < 3; i++) {
    reload.ask();
    expect(reload.look()).toBeDefined();
  }
  expect(expired()).toHaveLength(1);
  expect(reload.look()).toBeUndefined();
  now += 2 * DAY;
  expect(reload.look()).toBeDefined();
  expect(expired()[1]).toContain('"soon"');
  expect(reload.look()).toBeUndefined();
  expect(expired()).toHaveLength(2);
});
