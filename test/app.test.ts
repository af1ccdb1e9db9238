import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { checkConfig, createApp, createReading, createStoryteller, readRules } from '../src/app.js';
import { examineConfig, resolveConfig } from '../src/config/config.js';
import { loadLists } from '../src/config/data.js';
import { configDigest, digestOf } from '../src/config/digest.js';
import { loadReach } from '../src/config/reach.js';
import { openSchema } from '../src/config/schema.js';
import type { SessionEvent } from '../src/core/event/index.js';
import { ndjson, type OktaAct, oktaRecord, START } from './cli/okta-record.js';

const NOW = START + 30 * 86_400_000;
const log = pino({ level: 'silent' });
const configured = (text: string) =>
  resolveConfig({ file: 'c.yml', text: `geo: {database: none, networks_database: none}\n${text}` }, {}, openSchema('config'));
const app = (text = '') => createApp(configured(text), { source: 'auto', now: NOW, log });
const bytes = (act: OktaAct) => Buffer.from(oktaRecord(act));

test('a record goes through all stages', () => {
  const { normalize, detect, respond, judges } = app();
  const { events } = normalize(bytes({ id: 'a', at: 0 }));
  expect(events).toHaveLength(1);
  expect(detect.accept(events[0]!)).toEqual([]);
  expect(detect.stats()).toMatchObject({ principals: 1, sessions: 1 });
  expect(respond.accept).toBeInstanceOf(Function);
  expect(judges()).toMatchObject({ config_digest: expect.stringMatching(/^[0-9a-f]{16}$/), identities: 'none' });
});

test('data say when they were made, where they do', async () => {
  const loaded = resolveConfig({ file: 'c.yml', text: 'geo: {networks_database: none}' }, {}, openSchema('config'));
  const { metrics, judges } = createApp(loaded, { source: 'auto', now: NOW, log });
  const day = /\d{4}-\d\d-\d\d$/.exec(String((judges() as { geo: string }).geo))![0];
  const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('sessionvigil_geo_data_time_seconds{'));
  expect(lines).toEqual([`sessionvigil_geo_data_time_seconds{data="geo"} ${Date.parse(day) / 1000}`]);
});

test('data that are missing are said with the rules that find less without them, once, and counted', async () => {
  const warn = jest.fn();
  const warned = new Set<string>();
  const options = { source: 'auto', now: NOW, log: { ...log, warn } as unknown as typeof log, warned } as const;
  const { metrics } = createApp(configured(''), options);
  createApp(configured(''), options);
  expect(warn.mock.calls.map(([, message]) => message)).toEqual([
    expect.stringMatching(
      /^no geographic data \(geo\.database\): .*find nothing: impossible-travel, new-country.*find less: .*session-reuse/,
    ),
    expect.stringMatching(/^no data on networks \(geo\.networks_database\): .*find less: .*nhi-egress/),
  ]);
  const states = (await metrics.text()).match(/^sessionvigil_rules_without_data.*$/gm)!;
  expect(states).toEqual([expect.stringMatching(/"blind"\} [1-9]/), expect.stringMatching(/"dim"\} [1-9]/)]);
});

test("the digest is of the rules, the operator's lists, the limits and everything under data/", () => {
  const loaded = configured('state: {session_idle: 3d}');
  const { judges } = createApp(loaded, { source: 'auto', now: NOW, log });
  const data = { ...loadLists().digests, 'vendor-reach.json': digestOf(loadReach()) };
  expect(Object.keys(data).sort()).toEqual(readdirSync('data').sort());
  const all = readRules([]).rules.map(({ rule }) => rule);
  // where single sign-on is enforced nowhere, rules that ask for it do not judge
  const rules = all.filter(({ uid }) => uid !== 'session-without-sign-on');
  expect(rules).toHaveLength(all.length - 1);
  expect(judges().config_digest).toBe(
    configDigest(rules, { lists: { egress: [] }, sign_on: [], suppressions: [], state: loaded.config.state, data }),
  );
});

test('what is learned reaches the next record, and its version the event', () => {
  const { normalize, learn, identities } = createReading(configured(''), { source: 'auto', now: NOW, log });
  const nameless = Buffer.from(oktaRecord({ id: 'a', at: 0 }).replace('"alternateId":"ana@example.com"', '"alternateId":null'));
  expect(normalize(nameless).events[0]!.principal.key).toBe('default/okta:default:00uana');
  learn(bytes({ id: 'b', at: 1 }));
  const [event] = normalize(nameless).events;
  expect(event!.principal.key).toBe('default/ana@example.com');
  expect(event!.enrichment.identities).toBe(identities.version);
});

test('nothing that cannot be read can be learned from', () => {
  const { learn, identities } = createReading(configured(''), { source: 'auto', now: NOW, log });
  for (const text of ['', 'nonsense', '{}', '[]', 'null']) learn(Buffer.from(text));
  expect(identities.links).toBe(0);
});

describe("the operator's own networks", () => {
  const entry = (where: string, more = '') => `lists: {egress: [{${where}, name: hq, owner: net, reason: office${more}}]}`;
  const endpoint = (text: string, ip: string) =>
    (app(text).normalize(bytes({ id: 'a', at: 0, ip })).events[0] as SessionEvent).src_endpoint;

  test('are known by prefix, in both families', () => {
    expect(endpoint(entry('cidr: 81.45.10.0/24'), '81.45.10.20')?.as_class).toBe('sase');
    expect(endpoint(entry('cidr: 81.45.10.0/24'), '81.45.11.20')?.as_class).not.toBe('sase');
    expect(endpoint(entry('cidr: "2a02:9000::/24"'), '2a02:9000::1')?.as_class).toBe('sase');
  });

  test('count for nothing once they have expired', () => {
    expect(endpoint(entry('cidr: 81.45.10.0/24', ', expires: 2026-04-02'), '81.45.10.20')?.as_class).toBe('sase');
    expect(endpoint(entry('cidr: 81.45.10.0/24', ', expires: 2026-04-01'), '81.45.10.20')?.as_class).not.toBe('sase');
  });
});

test('tenants by vendor account', () => {
  const { normalize } = app('tenant: rest\naccounts: {okta: acme}\ntenants: {"okta:acme": blue, "entra:x": red}');
  expect(normalize(bytes({ id: 'a', at: 0 })).events[0]).toMatchObject({ tenant: 'blue', source: { account: 'acme' } });
});

test('limits of the state are those of the configuration', () => {
  const { normalize, detect } = app('state: {sessions_per_person: 4}');
  const acts = Array.from({ length: 10 }, (_, i): OktaAct => ({ id: `e${i}`, at: i, session: `s${i}` }));
  for (const line of ndjson(acts).trim().split('\n')) for (const event of normalize(Buffer.from(line)).events) detect.accept(event);
  expect(detect.stats()).toMatchObject({ sessions: 4, evicted_sessions: 6 });
});

test('what a configuration names has to be there', () => {
  const check = (text: string) =>
    checkConfig(
      examineConfig({ file: 'c.yml', text: `geo: {database: none, networks_database: none}\n${text}` }, {}, openSchema('config')),
    );
  const mistakes = (...paths: string[]) =>
    expect.objectContaining({ code: 'SV_CONFIG_INVALID', problems: paths.map((path) => expect.objectContaining({ path })) });
  expect(check('tenant: blue').tenant).toBe('blue');
  expect(() => check('identities: {file: nowhere}\nrules: {paths: [nowhere]}')).toThrow(mistakes('identities.file', 'rules.paths.0'));
});

test('stories are told with the lists of production', () => {
  const { rules } = readRules([]);
  const tell = createStoryteller();
  const { rule } = rules[0]!;
  expect(tell(rule, rule.tests.stories[0]!)).toMatchObject({ passed: true, message: '' });
});

test('a story knows an app by its published name', () => {
  const { rule } = readRules([]).rules.find(({ rule: { uid } }) => uid === 'session-reuse')!;
  const story = rule.tests.stories.find(({ outcome }) => outcome === 'fires')!;
  const through = (app: string) => ({ ...story, outcome: 'suppressed' as const, steps: story.steps.map((step) => ({ ...step, app })) });
  const door = { id: 'cli', owner: 'o', reason: 'r', from: 0, expires: 1, max_level: 'critical', ends: 'both' } as const;
  const hiding = { ...rule, suppress: [{ ...door, app: ['Microsoft Azure CLI'] }] };
  const tell = createStoryteller();
  const isHidden = (app: string) => tell(hiding, through(app)).findings.some(({ status }) => status === 'suppressed');
  expect(isHidden('04B07795-8ddb-461a-bbee-02f9e1bf7b46')).toBe(true);
  expect(isHidden('1950a258-227b-4e31-a9cf-717495945fc2')).toBe(false);
});

describe('suppressions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sv-app-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const ENTRY = '- {id: guest, owner: net, reason: r, from: 2026-03-01, expires: 2026-09-01, types: session_reuse, cidr: 203.0.113.0/26}\n';
  const hiding = (text: string) => {
    writeFileSync(join(folder, 's.yml'), text);
    return app(`suppressions: {files: [${join(folder, 's.yml')}]}`);
  };

  test('are in force, and in the digest', () => {
    const { hiding: found, judges } = hiding(ENTRY);
    expect(found.entries).toMatchObject([{ id: 'guest' }]);
    expect(judges().config_digest).not.toBe(app().judges().config_digest);
    expect(judges().config_digest).not.toBe(hiding(ENTRY.replace('guest', 'other')).judges().config_digest);
  });

  test('are counted by their state', async () => {
    const states = async (text: string) => (await hiding(text).metrics.text()).match(/^sessionvigil_suppressions\{.*$/gm);
    const of = (active: number, expired: number) => [
      `sessionvigil_suppressions{state="active"} ${active}`,
      'sessionvigil_suppressions{state="expires_soon"} 0',
      `sessionvigil_suppressions{state="expired"} ${expired}`,
      'sessionvigil_suppressions{state="not_yet"} 0',
    ];
    expect(await states(ENTRY)).toEqual(of(1, 0));
    expect(await states(ENTRY + ENTRY.replace('guest', 'old').replace('2026-09-01', '2026-03-20'))).toEqual(of(1, 1));
  });

  test('with a mistake stop everything', () => {
    expect(() => hiding(ENTRY.replace('owner', 'ownr'))).toThrow(expect.objectContaining({ code: 'SV_SUPPRESSIONS_INVALID' }));
  });
});
