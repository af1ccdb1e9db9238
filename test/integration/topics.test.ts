import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { command, lines, type Ran } from '../cli/command.js';
import { describeWithServers } from '../helpers/servers/describe.js';
import { freePort } from '../helpers/servers/ports.mjs';
import { withKafka } from './with-kafka.js';

describeWithServers('topics', () => {
  const shared = withKafka('topics', { secure: true });
  let generation = 0;

  // every test has topics of its own
  beforeEach(() => {
    generation++;
  });

  function topics(what: 'create' | 'check', more = '', args: string[] = [], bootstrap = shared.kafka.bootstrap): Promise<Ran> {
    const file = join(shared.folder, `c${generation}.yml`);
    const sources = more.includes('  sources:') ? '' : `  sources: [{topic: raw-${generation}}]\n`;
    writeFileSync(file, `kafka:\n  brokers: [${bootstrap}]\n  generation: ${generation}\n  partitions: 2\n${sources}${more}`);
    return command(['topics', what, '--config', file, ...args], { terminal: 200 });
  }

  const own = (what: string) => `sessionvigil.${generation}.${what}`;
  const makeRaw = (settings = {}) =>
    shared.admin.create([
      { topic: `raw-${generation}`, partitions: 3, replication: 1, settings: { 'message.timestamp.type': 'LogAppendTime', ...settings } },
    ]);

  test('check says what is missing, create makes it, and then check is content', async () => {
    const missing = await topics('check');
    expect(missing.status).toBe(1);
    expect(missing.stdout).toMatch(new RegExp(`${own('events')} +events +missing`));
    expect(missing.stdout).toContain('`sessionvigil topics create` makes it');
    expect(missing.stderr).toMatch(/^error SV_KAFKA_TOPIC_MISSING: 9 topics are missing\n/);

    const made = await topics('create');
    expect(made.stdout.trimEnd().split('\n')).toHaveLength(8);
    expect(made.stdout).toContain(`made ${own('detect-changelog')} with 2 partitions\n`);
    // the raw topic may come later
    expect(made.status).toBe(0);
    expect(made.stderr).toContain(`error: raw-${generation}: there is no such topic`);

    await makeRaw();
    const content = await topics('check');
    expect(content).toMatchObject({ status: 0, stderr: '' });
    expect(content.stdout).toMatch(new RegExp(`${own('identities')} +identities +2 +1 +ok`));
    expect(content.stdout).toMatch(new RegExp(`raw-${generation} +source +3 +1 +ok`));

    const again = await topics('create');
    expect(again).toMatchObject({ status: 0, stdout: 'every topic of our own was there\n', stderr: '' });
  });

  test('check says of a raw topic that it was made anew, until its entry says so too', async () => {
    await makeRaw();
    await topics('create');
    const client = new Kafka({ brokers: [shared.kafka.bootstrap], logLevel: logLevel.NOTHING }).admin();
    await client.connect();
    // as is left by a topic that was longer
    const partitions = [{ partition: 1, offset: '9' }];
    await client.setOffsets({ groupId: `sessionvigil.${generation}.normalize`, topic: `raw-${generation}`, partitions });
    await client.disconnect();
    const { status, stdout, stderr } = await topics('check');
    expect(status).toBe(1);
    expect(stdout).toMatch(new RegExp(`raw-${generation} +source +3 +1 +1 error`));
    expect(stdout).toContain(
      `error: raw-${generation}: it ends before what was read of it (partitions 1; 1 ends at 0, and was read up to 9)\n`,
    );
    expect(stderr).toMatch(/^error SV_KAFKA_SOURCE_RECREATED: one topic is not as the service needs it\n/);
    const said = await topics('check', `  sources: [{topic: raw-${generation}, generation: 2}]\n`);
    expect(said).toMatchObject({ status: 0, stderr: '' });
  });

  test('the broker took every setting', async () => {
    await topics('create');
    const found = await shared.admin.describe([own('respond-changelog'), own('events')]);
    expect(found.get(own('respond-changelog'))!.settings).toMatchObject({
      'cleanup.policy': 'compact',
      'segment.bytes': '67108864',
      'max.compaction.lag.ms': '600000',
      'min.cleanable.dirty.ratio': '0.2',
      'message.timestamp.type': 'LogAppendTime',
    });
    expect(found.get(own('events'))!.settings).toMatchObject({ 'cleanup.policy': 'delete', 'retention.ms': '604800000' });
  });

  test('what is there is never changed, and what is wrong with it is said with why', async () => {
    await makeRaw({ 'retention.ms': '3600000' });
    await shared.admin.create([
      { topic: own('detect-changelog'), partitions: 5, replication: 1, settings: { 'cleanup.policy': 'delete' } },
    ]);
    const { status, stdout, stderr } = await topics('create');
    expect(status).toBe(1);
    expect(stdout).not.toContain(own('detect-changelog'));
    expect(stdout.trimEnd().split('\n')).toHaveLength(7);
    expect(stderr).toContain(`error: ${own('detect-changelog')}: partitions is 5\n  the number is fixed per generation`);
    expect(stderr).toContain(`error: ${own('detect-changelog')}: cleanup.policy is delete\n`);
    expect(stderr).toContain(`warning: raw-${generation}: retention.ms is 3600000 (1h)`);
    expect(stderr).toMatch(/error SV_KAFKA_TOPIC_WRONG: one topic is not as the service needs it\n/);
    const found = await shared.admin.describe([own('detect-changelog')]);
    expect(found.get(own('detect-changelog'))!.partitions).toHaveLength(5);

    const json = await topics('check', '', ['--json']);
    expect(json.status).toBe(1);
    expect(lines(json.stdout)).toContainEqual(
      expect.objectContaining({ topic: own('detect-changelog'), severity: 'error', key: 'partitions', found: '5' }),
    );
  });

  test('a larger raw topic makes room among the dead letters', async () => {
    await makeRaw({ 'max.message.bytes': '5000000' });
    await topics('create');
    const { settings } = (await shared.admin.describe([own('dead-letters')])).get(own('dead-letters'))!;
    expect(Number(settings['max.message.bytes'])).toBeGreaterThan(5_000_000);
    expect(await topics('check')).toMatchObject({ status: 0, stderr: '' });
  });

  test('more copies than brokers: nothing is made', async () => {
    const { status, stdout, stderr } = await topics('create', '  replication_factor: 3\n');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('kafka.replication_factor is 3, and the cluster has one broker: nothing was made');
    expect((await shared.admin.describe([own('events')])).get(own('events'))).toBeUndefined();
  });

  test('over TLS, with a password from a file', async () => {
    writeFileSync(join(shared.folder, 'pw'), shared.kafka.secure.password);
    const sasl = `  sasl: {mechanism: scram-sha-512, username: ${shared.kafka.secure.user}, password_file: pw}\n`;
    const secured = `  tls: {ca_file: ${shared.kafka.secure.ca_file}}\n${sasl}`;
    expect(await topics('create', secured, [], shared.kafka.secure.sasl_tls)).toMatchObject({ status: 0 });
  });

  test('who is not let in is told so', async () => {
    const sasl = '  sasl: {mechanism: plain, username: mallory, password: guess}\n';
    const wrong = await topics('check', sasl, [], shared.kafka.secure.sasl);
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toMatch(/^error SV_KAFKA_AUTH: no answer from Kafka: /);
    expect(wrong.stderr).not.toContain('guess');
    const stranger = await topics('check', '  tls: {}\n', [], shared.kafka.secure.tls);
    expect(stranger).toMatchObject({ status: 2, stderr: expect.stringMatching(/^error SV_KAFKA_TLS: /) });
  });

  test('a port that expects something else says nothing, and what it may be is told', async () => {
    const { secure } = shared.kafka;
    const tls = `  tls: {ca_file: ${secure.ca_file}}\n`;
    const sasl = `  sasl: {mechanism: plain, username: ${secure.user}, password: ${secure.password}}\n`;
    const cases = [
      [secure.sasl, ''],
      [secure.sasl_tls, tls],
      [shared.kafka.bootstrap, tls],
      [shared.kafka.bootstrap, sasl],
    ] as const;
    // side by side, each with a file of its own: the client tries for a quarter of a minute
    const asked = cases.map(([port, more]) => {
      generation++;
      return topics('check', more, [], port);
    });
    const stderrs = (await Promise.all(asked)).map(({ stderr }) => stderr.split('\n')[0]!);
    expect(stderrs).toEqual([
      expect.stringMatching(
        /^error SV_KAFKA_UNREACHABLE: .*: the port may want TLS, .*, or want SASL, for which kafka\.sasl names nobody$/,
      ),
      expect.stringMatching(/^error SV_KAFKA_UNREACHABLE: .*: the port may want SASL, for which kafka\.sasl names nobody$/),
      expect.stringMatching(/^error SV_KAFKA_UNREACHABLE: .*: the port may be one without TLS, which kafka\.tls asks for$/),
      expect.stringMatching(/^error SV_KAFKA_AUTH: .*; the port may be one without SASL, which kafka\.sasl asks for$/),
    ]);
  });

  test('nobody there, and no section at all', async () => {
    const nobody = await topics('check', '', [], `127.0.0.1:${await freePort()}`);
    expect(nobody).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^error SV_KAFKA_UNREACHABLE: no answer from Kafka: /),
    });
    const none = await command(['topics', 'check']);
    expect(none).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no configuration: a section kafka is needed: the brokers and sources'),
    });
  });
});
