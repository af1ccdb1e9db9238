import { readdirSync } from 'node:fs';
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

test("the digest is of the rules, the operator's lists, the limits and everything under data/", () => {
  const loaded = configured('state: {session_idle: 3d}');
  const { judges } = createApp(loaded, { source: 'auto', now: NOW, log });
  const data = { ...loadLists().digests, 'vendor-reach.json': digestOf(loadReach()) };
  expect(Object.keys(data).sort()).toEqual(readdirSync('data').sort());
  const rules = readRules([]).rules.map(({ rule }) => rule);
  expect(judges().config_digest).toBe(configDigest(rules, { lists: { egress: [] }, suppressions: [], state: loaded.config.state, data }));
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
