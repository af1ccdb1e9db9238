import { readRules } from '../../../src/config/rules.js';
import { DETECTORS, Engine } from '../../../src/core/detect/index.js';
import { parseUserAgent } from '../../../src/core/enrich/client.js';
import type { Endpoint, Finding, SessionEvent } from '../../../src/core/event/index.js';
import { STATE_VERSIONS } from '../../../src/runtime/store/person-codec.js';
import { ownCodec } from '../../helpers/codec.js';
import { isUnder } from '../../helpers/machines.js';

const { rules } = readRules(['rules'], DETECTORS);
const shipped = rules.map(({ rule }) => rule);

const START = Date.UTC(2026, 2, 2, 8);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Thirty regions of three clouds, each with address blocks by the dozen. */
const CLOUDS = [
  { asn: 16509, as_org: 'Amazon', net: 3 },
  { asn: 8075, as_org: 'Microsoft', net: 20 },
  { asn: 396982, as_org: 'Google', net: 34 },
];
const COUNTRIES = ['US', 'IE', 'DE', 'SG', 'JP', 'BR', 'IN', 'AU', 'CA', 'ZA'];
const REGIONS = Array.from({ length: 30 }, (_, n) => ({ ...CLOUDS[n % 3]!, region: n, country: COUNTRIES[Math.floor(n / 3)]! }));

function endpoint(ip: string, country: string, asn: number, as_org: string, as_class: Endpoint['as_class']): Endpoint {
  return { ip, class: 'public', prefix: ip.split('.').slice(0, 3).join('.'), country, asn, as_org, as_class };
}

/** From one of many hosts of a region. */
function runner(run: number): Endpoint {
  const { net, region, country, asn, as_org } = REGIONS[(run * 7) % REGIONS.length]!;
  return endpoint(`${net}.${region}.${(run * 13) % 40}.${run % 250}`, country, asn, as_org, 'hosting');
}

const home = endpoint('84.208.20.110', 'NO', 2119, 'Telenor', 'access');
const agents = ['aws-cli/2.15.30 Python/3.11.8', 'Boto3/1.34.50 md/Botocore#1.34.50', 'APN/1.0 HashiCorp/1.0 Terraform/1.7.4'].map(
  (raw) => parseUserAgent(raw)!,
);

function use(n: number, time: number, src_endpoint: Endpoint, more: Partial<SessionEvent> = {}): SessionEvent {
  return {
    schema_version: 1,
    tenant: 'default',
    uid: `aws:1:${n}`,
    time,
    arrival_time: time,
    source: { vendor: 'aws', product: 'cloudtrail', account: '1' },
    subject_role: 'actor',
    action: 'PutObject',
    activity: 'session_use',
    status: 'success',
    is_presence: false,
    principal: { key: 'default/aws:1:user/ci', type: 'service', uid: 'user/ci', name: 'ci' },
    token: { uid: 'AKIAIOSFODNN7EXAMPLE', kind: 'access_key_id' },
    src_endpoint,
    user_agent: agents[n % agents.length],
    enrichment: { geo: 'test', networks: 'test', identities: 'test' },
    ...more,
  };
}

const RUNS = 10_000;

describe.each([
  ['within a day', 8_000],
  ['within ten days', 86_000],
  ['within two months', 520_000],
])('10,000 runs of a CI %s', (_, step) => {
  const engine = new Engine(shipped, { config_digest: 'test' });
  const said: Finding[] = [];
  for (let n = 0; n < RUNS; n++) said.push(...engine.accept(use(n, START + n * step, runner(n))));

  test('from thirty regions of three clouds, with one key, raise nothing', () => {
    expect(said).toEqual([]);
    const [person] = engine.people.values();
    // what is remembered of them is little, and no event is held but the latest of the key
    expect(person!.story.tail.length).toBeLessThanOrEqual(1);
    expect(person!.habits!.use.length).toBeLessThan(60);
    expect(isUnder(person!, 8 * 1024)).toBe(true);
  });

  test('the same key, once, from a network of people is high', () => {
    const findings = engine.accept(use(RUNS, START + RUNS * step, home));
    expect(findings.map(({ type, level, token, proposed }) => ({ type, level, token, proposed }))).toEqual([
      {
        type: 'nhi_egress',
        level: 'high',
        token: { uid: 'AKIAIOSFODNN7EXAMPLE', kind: 'access_key_id' },
        proposed: { action: 'disable_credential', scope: 'token' },
      },
    ]);
  });

  test('and the runs that follow raise nothing more', () => {
    const more: Finding[] = [];
    for (let n = 1; n <= 200; n++) more.push(...engine.accept(use(RUNS + n, START + (RUNS + n) * step, runner(n))));
    expect(more).toEqual([]);
  });
});

const unlisted = {
  us: endpoint('192.71.30.20', 'US', 64502, 'Prairie Net', 'unknown'),
  no: endpoint('192.71.20.20', 'NO', 64501, 'Fjordnett', 'unknown'),
};

test.each([
  // what a low finding says is learned: of the first days nobody knows where the key belongs
  ['within a day', 8_000, ['low 39', undefined]],
  ['within ten days', 86_000, ['medium 61', 'high 66']],
])('10,000 runs of a CI %s; the same key, once, from a network that is in no list', (_, step, levels) => {
  const engine = new Engine(shipped, { config_digest: 'test' });
  for (let n = 0; n < RUNS; n++) engine.accept(use(n, START + n * step, runner(n)));
  const said = [unlisted.us, unlisted.no].map((where, day) => engine.accept(use(RUNS + day, START + RUNS * step + day * 24 * HOUR, where)));
  expect(said.map((findings) => findings.map(({ level, score }) => `${level} ${score}`))).toEqual(
    levels.map((level) => (level === undefined ? [] : [level])),
  );
  // who reads it is told that nobody knows what the network is for
  for (const finding of said.flat()) {
    expect(finding.message).toMatch(/, in no list, /);
    expect(finding.factors.some(({ text }) => text.startsWith('The network is in no list'))).toBe(true);
  }
});

test('10,000 runs of a CI in fifteen countries; the same key, once, from a network that is in no list, in whatever country', () => {
  const countries = [...COUNTRIES, 'SE', 'FR', 'KR', 'IT', 'AE'];
  const engine = new Engine(shipped, { config_digest: 'test' });
  const said: Finding[] = [];
  for (let n = 0; n < RUNS; n++) {
    const where = runner(n);
    said.push(...engine.accept(use(n, START + n * 86_000, { ...where, country: countries[Number(where.ip!.split('.')[1]) % 15]! })));
  }
  expect(said).toEqual([]);
  const [one, two] = [unlisted.us, unlisted.no].map((where, day) =>
    engine.accept(use(RUNS + day, START + RUNS * 86_000 + day * 24 * HOUR, where)),
  );
  for (const findings of [one!, two!]) {
    expect(findings.map(({ level, score }) => `${level} ${score}`)).toEqual(['high 66']);
    expect(findings[0]!.factors.map(({ name }) => name)).toEqual(['egress_new', 'egress_unlisted_worldwide']);
  }
});

test('a service that moves to a small hoster, which is in no list, is a low finding a day until that is a habit', () => {
  const engine = new Engine(shipped, { config_digest: 'test' });
  const agent = { user_agent: agents[0] };
  const aws = endpoint('52.95.10.20', 'US', 16509, 'Amazon', 'hosting');
  for (let n = 0; n < 40; n++) expect(engine.accept(use(n, START + n * 6 * HOUR, aws, agent))).toEqual([]);
  const said: Finding[] = [];
  for (let n = 40; n < 160; n++) said.push(...engine.accept(use(n, START + n * 6 * HOUR, unlisted.us, agent)));
  expect(new Set(said.map(({ level }) => level))).toEqual(new Set(['low']));
  const days = new Set(said.map(({ last_seen_time }) => Math.floor((last_seen_time - START) / (24 * HOUR))));
  expect([...days]).toEqual([10, 11, 12, 13]);
});

test('role sessions of jobs, each with a key of its own, raise nothing either; one of them at somebody`s home does', () => {
  const engine = new Engine(shipped, { config_digest: 'test' });
  const role = (n: number, where: Endpoint) => {
    const time = START + n * 5 * MINUTE;
    return use(n, time, where, {
      principal: { key: 'default/aws:1:role/deploy', type: 'workload', uid: 'role/deploy', name: 'deploy' },
      token: { uid: `ASIA${n}`, kind: 'access_key_id' },
      session: { uid: `AROA:${n}`, issuer: 'aws:1', confidence: 'high', created_time: time - MINUTE },
    });
  };
  const said: Finding[] = [];
  for (let n = 0; n < 2_500; n++) said.push(...engine.accept(role(n, runner(n))));
  expect(said).toEqual([]);
  const [finding] = engine.accept(role(2_500, home));
  expect(finding).toMatchObject({ type: 'nhi_egress', level: 'high', token: { uid: 'ASIA2500' } });
  // a session for each job would be all that is remembered of it
  expect([...engine.people.values()].map(({ sessions }) => sessions.length)).toEqual([0]);
});

test('the operator`s own way out is always fine', () => {
  const engine = new Engine(shipped, { config_digest: 'test', isOperatorEgress: ({ asn }) => asn === 2119 });
  for (let n = 0; n < 200; n++) engine.accept(use(n, START + n * HOUR, runner(n)));
  expect(engine.accept(use(200, START + 200 * HOUR, home))).toEqual([]);
});

test('what failed is no use, and what is tried in vain teaches nothing', () => {
  const engine = new Engine(shipped, { config_digest: 'test' });
  for (let n = 0; n < 200; n++) engine.accept(use(n, START + n * HOUR, runner(n)));
  for (let n = 200; n < 240; n++) expect(engine.accept(use(n, START + n * HOUR, home, { status: 'failure' }))).toEqual([]);
  expect(engine.accept(use(400, START + 400 * HOUR, home))).toMatchObject([{ level: 'high' }]);
});

test('a thief who stays is never what the key is used to', () => {
  const engine = new Engine(shipped, { config_digest: 'test' });
  for (let n = 0; n < 200; n++) engine.accept(use(n, START + n * HOUR, runner(n)));
  const days = new Set<number>();
  for (let n = 0; n < 13 * 6; n++) {
    const time = START + (200 + n * 4) * HOUR;
    for (const { last_seen_time } of engine.accept(use(1000 + n, time, home))) days.add(Math.floor(last_seen_time / (24 * HOUR)));
  }
  // a finding a day, for all of the thirteen days
  expect(days.size).toBeGreaterThanOrEqual(13);
});

test('tokens of jobs by the thousand, each of its own, take little', () => {
  const engine = new Engine(shipped, { config_digest: 'test' });
  for (let n = 0; n < 2_000; n++) {
    const job = {
      source: { vendor: 'github', product: 'audit', account: 'o' },
      principal: { key: 'default/github:o:github-actions[bot]', type: 'service' as const, name: 'github-actions[bot]' },
      token: { uid: `hash${n}`, kind: 'hashed_token' },
      session: { uid: `hash${n}`, issuer: 'github:o', confidence: 'low' as const },
    };
    expect(engine.accept(use(n, START + n * MINUTE, runner(n), job))).toEqual([]);
  }
  const [person] = engine.people.values();
  expect(person!.story.tail.length).toBeLessThanOrEqual(16);
  expect(isUnder(person!, 20 * 1024)).toBe(true);
});

test.each([
  [
    'gcp/activity',
    { uid: '0a1b2c3d', kind: 'service_account_key' },
    { action: 'CreateServiceAccountKey', activity: 'api_key', details: { kind: 'service_account_key', effect: 'created' } },
  ],
  [
    'github/audit',
    { uid: 'c2hhMjU2', kind: 'hashed_token' },
    { action: 'org.update_member', activity: 'role_grant', details: { role: 'admin', is_privileged: 'true' } },
  ],
] as const)('what two rules say of one use of a key by a stranger is one incident: %s', (where, token, act) => {
  const [vendor, product] = where.split('/') as [string, string];
  const its = { source: { vendor, product, account: '1' }, token, user_agent: agents[0] };
  const aws = endpoint('52.95.10.20', 'US', 16509, 'Amazon', 'hosting');
  const told = (isLate: boolean) => {
    const engine = new Engine(shipped, { config_digest: 'test' });
    for (let n = 0; n < 40; n++) expect(engine.accept(use(n, START + n * 6 * HOUR, aws, its))).toEqual([]);
    const first = use(40, START + 250 * HOUR, home, its);
    const deed = use(41, START + 250 * HOUR + MINUTE, home, { ...its, ...act });
    const findings = (isLate ? [deed, { ...first, arrival_time: deed.arrival_time + MINUTE }] : [deed]).flatMap((one) =>
      engine.accept(one),
    );
    expect([...new Set(findings.map(({ type }) => type))].sort()).toEqual(['nhi_egress', 'post_compromise']);
    return new Set(findings.map(({ incident_uid }) => incident_uid)).size;
  };
  expect([told(false), told(true)]).toEqual([1, 1]);
});

describe('an act of consequence from another cloud', () => {
  const its = { user_agent: agents[0] };
  const aws = endpoint('52.95.10.20', 'US', 16509, 'Amazon', 'hosting');
  const other = endpoint('178.62.10.20', 'NL', 14061, 'DigitalOcean', 'hosting');
  const act = { ...its, action: 'CreateAccessKey', activity: 'api_key', details: { kind: 'access_key', effect: 'created' } } as const;
  const told = (where: Endpoint, before: Partial<SessionEvent> = its) => {
    const engine = new Engine(shipped, { config_digest: 'test' });
    for (let n = 0; n < 40; n++) expect(engine.accept(use(n, START + n * 6 * HOUR, aws, n % 4 === 0 ? before : its))).toEqual([]);
    const acts = [0, 1, 2].map((n) => use(100 + n, START + 250 * HOUR + n * MINUTE, where, act));
    return acts.flatMap((one) => engine.accept(one));
  };

  test('is one finding: what it lifts alone is not held for a stranger`s once more', () => {
    expect(told(other).map(({ type, level, score }) => ({ type, level, score }))).toEqual([
      { type: 'nhi_egress', level: 'medium', score: 53 },
    ]);
  });

  test('says what was done, and that it is no habit', () => {
    const [finding] = told(other);
    expect(finding!.message).toMatch(/ \(CreateAccessKey\), /);
    expect(finding!.factors.find(({ name }) => name === 'act')).toMatchObject({
      before: undefined,
      after: 'api_token_made',
      text: expect.stringMatching(/which it does not do by habit: CreateAccessKey/),
    });
  });

  test.each(['renamed_act', 'constructor'])('says nothing when it was held under a name that is none by now: %s', (name) => {
    const engine = new Engine(shipped, { config_digest: 'test' });
    for (let n = 0; n < 40; n++) engine.accept(use(n, START + n * 6 * HOUR, aws, its));
    expect(engine.accept(use(100, START + 250 * HOUR, unlisted.us, act)).map(({ type }) => type)).toContain('nhi_egress');
    for (const { story } of engine.people.values()) {
      for (const { more } of story.tail)
        if (more?.facts !== undefined)
          more.facts = more.facts.map((fact) => ({ ...fact, value: fact.value.replace(/\napi_token_made$/, `\n${name}`) }));
    }
    // what comes late has it judged again
    const again = engine.accept({ ...use(101, START + 249 * HOUR, other, its), arrival_time: START + 251 * HOUR });
    const finding = again.find(({ type, trigger_event_uid }) => type === 'nhi_egress' && trigger_event_uid === 'aws:1:100');
    expect(finding?.factors.map((one) => one.name)).not.toContain('act');
    expect(finding?.revision).toBe(2);
  });

  test('is a stranger`s where the whole is high, and then one incident', () => {
    const findings = told(unlisted.us);
    expect(new Set(findings.map(({ type }) => type))).toEqual(new Set(['nhi_egress', 'post_compromise']));
    expect(new Set(findings.map(({ incident_uid }) => incident_uid)).size).toBe(1);
  });

  test('says nothing of whoever does it every day', () => {
    expect(told(other, act)).toEqual([]);
  });

  test('says nothing of whoever does eight other kinds of acts', () => {
    const kinds = [
      { activity: 'app_credential' },
      { activity: 'role_grant', details: { is_privileged: 'true' } },
      { activity: 'role_grant' },
      { activity: 'policy_change', details: { kind: 'mfa' } },
      { activity: 'policy_change', details: { kind: 'webhook', effect: 'created' } },
      { activity: 'other', details: { kind: 'account', effect: 'created' } },
      { activity: 'session_use', details: { secrets_read: '1' } },
      { activity: 'impersonation' },
    ] as const;
    const last = (count: number) => {
      const engine = new Engine(shipped, { config_digest: 'test' });
      for (let n = 0; n < 80; n++) engine.accept(use(n, START + n * 3 * HOUR, aws, { ...its, ...kinds[n % count]! }));
      return engine.accept(use(100, START + 250 * HOUR, other, act)).length;
    };
    expect([last(7), last(8)]).toEqual([1, 0]);
  });
});

test.each([
  ['the act alone', 0],
  ['a use before it', 1],
  ['a use before it, which is told late', 2],
])('an act with a person`s own token abroad is told once, by what the token is used to: %s', (_, how) => {
  const person = { key: 'default/alex@example.com', type: 'human', email: 'alex@example.com' } as const;
  const its = { source: { vendor: 'github', product: 'audit', account: 'o' }, principal: person, user_agent: agents[0] };
  const own = { ...its, token: { uid: 'c2hhMjU2', kind: 'hashed_token' } };
  const abroad = endpoint('83.52.10.20', 'ES', 3352, 'Telefonica', 'access');
  const engine = new Engine(shipped, { config_digest: 'test' });
  for (let n = 0; n < 40; n++) {
    const there = { ...its, token: undefined, activity: 'sign_in', is_presence: true } as const;
    expect(engine.accept(use(2 * n, START + n * 6 * HOUR, home, own))).toEqual([]);
    expect(engine.accept(use(2 * n + 1, START + n * 6 * HOUR + MINUTE, home, there))).toEqual([]);
  }
  const time = START + 250 * HOUR;
  const before = use(100, time, abroad, own);
  const act = { ...own, action: 'deploy_key.create', activity: 'api_key', details: { kind: 'deploy_key', effect: 'created' } } as const;
  const deed = use(101, time + MINUTE, abroad, act);
  const late = { ...before, arrival_time: deed.arrival_time + MINUTE };
  const told = [[deed], [before, deed], [deed, late]][how]!.flatMap((one) => engine.accept(one));
  const last = [...new Map(told.map((finding) => [finding.uid, finding])).values()];
  expect(last.map(({ type, level }) => `${type} ${level}`)).toEqual(['nhi_egress medium']);
});

describe.each(STATE_VERSIONS)('a key whose countries an earlier version did not learn, in a record of version %i', (version) => {
  const DAY = 24 * HOUR;
  const options = { config_digest: 'test' };
  /** Ten days in ten countries; then, by the version of today, in one alone. @param days of these */
  const after = (days: number): Engine => {
    const before = new Engine(shipped, options);
    for (let n = 0; n < 1000; n++) before.accept(use(n, START + n * 864_000, runner(n)));
    const codec = ownCodec(shipped, version);
    const engine = new Engine(shipped, options);
    for (const person of before.people.values()) {
      person.habits!.use = person.habits!.use.filter(({ value }) => value.split(' ')[1] !== 'country');
      engine.people.put(codec.decode(codec.encode(person)));
    }
    engine.resume(before.standing());
    const { asn, as_org, net } = CLOUDS[0]!;
    for (let n = 0; n < days * 10; n++)
      expect(
        engine.accept(use(1000 + n, START + 10 * DAY + n * 8_640_000, endpoint(`${net}.1.1.9`, 'IE', asn, as_org, 'hosting'))),
      ).toEqual([]);
    return engine;
  };
  const factors = (days: number, where: Endpoint) =>
    after(days)
      .accept(use(9999, START + (10 + days) * DAY, where))
      .flatMap((finding) => finding.factors.map(({ name }) => name));

  test.each([1, 3, 5, 6.9])('is in no new country %f days later, wherever it is', (days) => {
    expect(factors(days, unlisted.us)).toEqual(['egress_new', 'egress_unlisted_wide']);
  });

  test('is when they were learned for a week', () => {
    expect(factors(7.1, unlisted.no)).toContain('egress_country_new');
    expect(factors(7.1, { ...unlisted.no, country: 'IE' })).not.toContain('egress_country_new');
  });
});
