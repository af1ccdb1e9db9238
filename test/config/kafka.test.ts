import { resolveConfig } from '../../src/config/config.js';
import { type KafkaConfig, SASL_MECHANISMS, warningsOfKafka } from '../../src/config/kafka.js';
import { printConfig } from '../../src/config/print-config.js';
import { openSchema } from '../../src/config/schema.js';
import { SOURCES } from '../../src/core/normalize/sources/index.js';
import { SessionvigilError } from '../../src/errors.js';
import { STATE_VERSIONS } from '../../src/runtime/store/person-codec.js';

const checker = openSchema('config');
const resolve = (text: string, env: Record<string, string> = {}) =>
  resolveConfig({ file: '/etc/sv/config.yml', text }, env, checker).config;

/** A section that holds, with something added to it. */
const section = (added = '', sources = '[{topic: okta}]') =>
  `kafka:\n  brokers: [a:9092]\n  sources: ${sources}\n${added === '' ? '' : `  ${added}\n`}`;

/** `line:column path: message` of every mistake. */
function mistakes(text: string, env: Record<string, string> = {}): string[] {
  try {
    resolve(text, env);
  } catch (error) {
    if (!(error instanceof SessionvigilError)) throw error;
    return error.problems.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
  }
  return [];
}

test('without the section there is none', () => {
  expect(resolve('').kafka).toBeUndefined();
});

test('brokers and one source are enough', () => {
  expect(resolve(section()).kafka).toEqual({
    brokers: ['a:9092'],
    client_id: 'sessionvigil',
    application_id: 'sessionvigil',
    generation: 1,
    partitions: 8,
    replication_factor: -1,
    sources: [{ topic: 'okta', vendor: 'auto', format: 'json', generation: 1, start: 'earliest' }],
    topics: {},
    output: { format: 'json' },
    session_timeout: 15_000,
    max_in_flight_bytes: 64 * 1024 * 1024,
    state_objects_bytes: 256 * 1024 * 1024,
    commit_interval: 1000,
    state_flush: { events: 5000, interval: 300_000 },
    shutdown_grace: 25_000,
  } satisfies KafkaConfig);
});

test('everything can come from the environment', () => {
  const env = {
    SESSIONVIGIL_KAFKA_BROKERS: '[a:9092, "[::1]:9093"]',
    SESSIONVIGIL_KAFKA_SOURCES: '[{topic: okta, vendor: okta}]',
    SESSIONVIGIL_KAFKA_TLS_ENABLED: 'true',
    SESSIONVIGIL_KAFKA_SASL_MECHANISM: 'plain',
    SESSIONVIGIL_KAFKA_SASL_USERNAME: 'vigil',
    SESSIONVIGIL_KAFKA_SASL_PASSWORD: 'hush',
  };
  const config = resolve('', env);
  expect(config.kafka).toMatchObject({
    brokers: ['a:9092', '[::1]:9093'],
    tls: { enabled: true },
    sasl: { username: 'vigil', password: 'hush' },
  });
  expect(printConfig(config, checker.schema)).not.toContain('hush');
});

test('a secret that changes while the service runs stays in its file', () => {
  const { kafka } = resolve(section('sasl: {mechanism: plain, username: vigil, password_file: secrets/pw}'));
  expect(kafka!.sasl).toEqual({ mechanism: 'plain', username: 'vigil', password_file: '/etc/sv/secrets/pw' });
});

test('a section tls means TLS', () => {
  expect(resolve(section('tls: {ca_file: ca.pem}')).kafka!.tls).toEqual({
    enabled: true,
    ca_file: '/etc/sv/ca.pem',
    insecure_skip_verify: false,
  });
});

test('what is printed can be given back', () => {
  const config = resolve(
    section(
      'tls: {}\n  sasl: {mechanism: oauthbearer, token_file: t}\n  registry: {urls: ["https://r"], token_file: t}\n  state_write_version: 2\n  seat_dir: seats',
      '[{topic: a, vendor: okta, account: acme, tenant: blue, format: avro, generation: 2, start: latest}]',
    ),
  );
  expect(resolve(printConfig(config, checker.schema))).toEqual(config);
});

test('the versions of people that can be written are those that there are', () => {
  const wanted = STATE_VERSIONS.join(' or ');
  for (let version = 0; version <= Math.max(...STATE_VERSIONS) + 1; version++) {
    const said = `4:24 kafka.state_write_version: ${version} is out of range; expected ${wanted}`;
    expect(mistakes(section(`state_write_version: ${version}`))).toEqual(STATE_VERSIONS.includes(version) ? [] : [said]);
  }
});

describe('every mistake at its place', () => {
  test.each([
    ['kafka: {}', ['1:1 kafka: "brokers" is missing', '1:1 kafka: "sources" is missing']],
    ['kafka: {brokers: [kafka], sources: [{topic: a}]}', ['1:19 kafka.brokers.0: "kafka" does not fit; expected a host with a port']],
    ['kafka: {brokers: ["a:0"], sources: [{topic: a}]}', ['1:19 kafka.brokers.0']],
    ['kafka: {brokers: ["a:65536"], sources: [{topic: a}]}', ['1:19 kafka.brokers.0']],
    ['kafka: {brokers: [a:1, a:1], sources: [{topic: a}]}', ['kafka.brokers.0: the same entry stands twice']],
    [section('', '[{topic: "a*"}]'), ['3:21 kafka.sources.0.topic: "a*" does not fit; expected the name of a topic']],
    [section('', '[{topic: ".."}]'), ['3:21 kafka.sources.0.topic']],
    [
      section('', '[{vendor: octa}]'),
      ['kafka.sources.0: "topic" is missing', `"octa" is none of: ${SOURCES.join(', ')}; did you mean "okta"?`],
    ],
    [
      section('', '[{topic: a}, {topic: b}, {topic: a}]'),
      ['3:45 kafka.sources.2.topic: "a" is what kafka.sources.0 reads already; expected another'],
    ],
    [section('', '[{topic: sessionvigil.1.events}]'), ['"sessionvigil.1.events" is a topic of our own']],
    [section('', '[{topic: sessionvigil.4.dead-letters}]'), ['is a topic of another generation of this deployment']],
    [section('topics: {findings: f}', '[{topic: f}]'), ['kafka.sources.0.topic: "f" is what kafka.topics.findings names']],
    [section('topics: {findings: f, revocations: f}'), ['4:38 kafka.topics.revocations: "f" is what kafka.topics.findings names']],
    [section('topics: {findings: sessionvigil.1.events}'), ['kafka.topics.findings: "sessionvigil.1.events" is a topic of our own']],
    [section('', '[{topic: a, tenant: a/b}]'), ['kafka.sources.0.tenant: "a/b" does not fit; expected a name of at most 64 letters']],
    [section('', '[{topic: a, vendor: entra, account: x}]'), ['3:39 kafka.sources.0.account: records of entra say themselves']],
    [section('', '[{topic: a, format: avro}]'), ['3:32 kafka.sources.0.format: "avro" needs kafka.registry']],
    [section('output: {format: avro}'), ['kafka.output.format: "avro" needs kafka.registry']],
    [section('replication_factor: 0'), ['0 does not fit; expected 1 to 7, or -1']],
    [section('replication_factor: 2\n  min_insync_replicas: 3'), ['5:24 kafka.min_insync_replicas: 3 of 2 copies can never have a record']],
    [section('partitions: 0'), ['0 is out of range; expected 1 to 1024']],
    [section('session_timeout: 5s'), ['"5s" is out of range; expected 6s to 5m']],
    [section('state_flush: {interval: 2d}'), ['kafka.state_flush.interval: "2d" is out of range; expected 1s to 1d']],
    [section('application_id: a/b'), ['kafka.application_id: "a/b" does not fit']],
    [section('sasl: {username: a}'), ['kafka.sasl: "mechanism" is missing']],
    [section('sasl: {mechanism: scram}'), ['"scram" is none of: plain, scram-sha-256']],
    [section('sasl: {mechanism: plain}'), ['4:9 kafka.sasl: plain needs username and password_file']],
    [section('sasl: {mechanism: plain, username: a, password: b, password_file: c}'), ['kafka.sasl.password_file: password is given too']],
    [
      section('sasl: {mechanism: plain, username: a, password: b, aws_region: eu-west-1}'),
      ['kafka.sasl.aws_region: is of no use with plain'],
    ],
    [section('sasl: {mechanism: oauthbearer}'), ['oauthbearer needs token_file, or token_endpoint and client_id and client_secret_file']],
    [section('sasl: {mechanism: oauthbearer, client_id: a}'), ['oauthbearer needs token_endpoint and client_secret_file']],
    [section('sasl: {mechanism: oauthbearer, client_id: a, token_file: b}'), ['oauthbearer takes token_file, or token_endpoint']],
    [section('sasl: {mechanism: msk-iam, aws_region: eu-central-1}'), ['msk-iam works over TLS only']],
    [section('sasl: {mechanism: msk-iam, aws_region: eu-central-1}\n  tls: {enabled: false}'), ['msk-iam works over TLS only']],
    [section('sasl: {mechanism: msk-iam, aws_region: Frankfurt}\n  tls: {}'), ['expected a region such as eu-central-1']],
    [section('tls: {cert_file: a}'), ['4:9 kafka.tls.cert_file: a certificate is worth nothing without its key']],
    [section('tls: {key_file: a}'), ['kafka.tls.key_file: a key is worth nothing without its certificate']],
    [section('tls: {key_passphrase_file: a}'), ['kafka.tls: a passphrase is worth nothing without its key']],
    [section('registry: {urls: []}'), ['kafka.registry.urls: too few entries']],
    [section('registry: {urls: [registry:8081]}'), ['expected a URL such as']],
    [section('registry: {urls: ["https://a:b@r"]}'), ['kafka.registry.urls.0: holds a name or password']],
    [section('registry: {urls: ["https://r"], username: a}'), ['a name and a password go together; expected password_file']],
    [section('registry: {urls: ["https://r"], username: a, password: b, token: c}'), ['a token, or a name and a password: one of the two']],
  ])('%s', (text, expected) => {
    const found = mistakes(text);
    expect(found).toHaveLength(expected.length);
    for (const part of expected) expect(found).toContainEqual(expect.stringContaining(part));
  });

  test('at once, beside those elsewhere', () => {
    const text = `${section('min_insync_replicas: 2\n  replication_factor: 1\n  tls: {cert: x}\n  sasl: {mechanism: plain}', '[{topic: a}, {topic: a}]')}log: {level: loud}\n`;
    expect(mistakes(text).map((line) => line.split(' ')[1])).toEqual([
      'kafka.sources.1.topic:',
      'kafka.min_insync_replicas:',
      'kafka.tls.cert:',
      'kafka.sasl:',
      'log.level:',
    ]);
  });

  test('a value of the wrong shape hides nothing and breaks nothing', () => {
    for (const text of [
      'kafka: 5',
      'kafka: [a]',
      section('sasl: 5\n  tls: [a]\n  topics: x\n  registry: 3'),
      section('', 'okta'),
      section('', '[5]'),
    ])
      expect(mistakes(text).length).toBeGreaterThan(0);
  });
});

test.each(SASL_MECHANISMS)('%s holds with what it needs', (mechanism) => {
  const needed = {
    plain: 'username: a, password_file: b',
    'scram-sha-256': 'username: a, password: b',
    'scram-sha-512': 'username: a, password_file: b',
    oauthbearer: 'token_endpoint: "https://login", client_id: a, client_secret_file: b, scope: kafka',
    'msk-iam': 'aws_region: us-gov-west-1',
  }[mechanism];
  expect(mistakes(section(`sasl: {mechanism: ${mechanism}, ${needed}}\n  tls: {}`))).toEqual([]);
});

test.each([
  ['sasl: {mechanism: plain, username: a, password: b}', /kafka\.sasl without kafka\.tls: the password goes over the network/],
  ['sasl: {mechanism: plain, username: a, password: b}\n  tls: {enabled: false}', /kafka\.sasl without kafka\.tls/],
  ['sasl: {mechanism: scram-sha-256, username: a, password: b}', /a weak password can be guessed/],
  ['tls: {insecure_skip_verify: true}', /insecure_skip_verify/],
  ['replication_factor: 1', /with one disk all state is lost/],
  ['replication_factor: 1\n  min_insync_replicas: 1', /with one disk all state is lost/],
  ['replication_factor: 2\n  min_insync_replicas: 2', /with one broker away nothing can be written/],
  ['replication_factor: 3\n  min_insync_replicas: 1', /may be on one disk only/],
  ['registry: {urls: ["http://r"], token_file: a}', /use https/],
  ['registry: {urls: ["https://r"], tls: {insecure_skip_verify: true}}', /can give any schema/],
  ['seat_dir: seats\nrun: {input: a, output: b}', /run\.input and run\.output: not looked at/],
])('said, and no mistake: %s', (added, warning) => {
  expect(warningsOfKafka(resolve(section(added)))).toEqual([expect.stringMatching(warning)]);
});

test('nothing is said of what is in order, or is not there', () => {
  const added = 'sasl: {mechanism: plain, username: a, password: b}\n  tls: {}\n  replication_factor: 3\n  min_insync_replicas: 2';
  expect(warningsOfKafka(resolve(section(added)))).toEqual([]);
  expect(warningsOfKafka(resolve('run: {input: a}'))).toEqual([]);
});
