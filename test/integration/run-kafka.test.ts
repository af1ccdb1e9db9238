import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Schema, Type } from 'avsc';
import { Kafka, logLevel } from 'kafkajs';
import type { Finding, RevocationCommand } from '../../src/core/event/index.js';
import { readTopic } from '../../src/runtime/kafka/read-topic.js';
import { connectRegistry } from '../../src/runtime/kafka/registry/connect.js';
import { Registry } from '../../src/runtime/kafka/registry/registry.js';
import type { InRecord, OutRecord } from '../../src/runtime/kafka/transport.js';
import { until } from '../cli/until.js';
import { describeWithServers } from '../helpers/servers/describe.js';
import { produce } from '../helpers/servers/jvm-client.mjs';
import { freePort } from '../helpers/servers/ports.mjs';
import { startRegistry } from '../helpers/servers/registry.mjs';
import { DEMO, demo, ServiceProcess, sessionvigil } from './service.js';
import { withKafka } from './with-kafka.js';

describeWithServers('run on Kafka', () => {
  const shared = withKafka('run-kafka', { secure: true });
  let generation = 0;
  let services: ServiceProcess[] = [];

  // every test has topics of its own
  beforeEach(async () => {
    generation++;
    services = [];
    configure();
  });
  afterEach(async () => {
    await Promise.all(services.map((one) => one.kill()));
  });

  const raw = () => `raw-${generation}`;
  const own = (what: string) => `sessionvigil.${generation}.${what}`;
  const configFile = () => join(shared.folder, `c${generation}.yml`);

  function configure(more = '', { bootstrap = shared.kafka.bootstrap, top = '' } = {}): void {
    writeFileSync(
      configFile(),
      `run: {listen: "127.0.0.1:0"}\n${top}kafka:\n  brokers: [${bootstrap}]\n  generation: ${generation}\n  partitions: 2\n  seat_dir: ${join(shared.folder, `seats${generation}`)}\n  sources: [{topic: ${raw()}}]\n${more}`,
    );
  }

  async function makeRaw(partitions = 1): Promise<void> {
    // times of records lie far back
    const settings = { 'retention.ms': '-1', 'max.message.bytes': '2000000' };
    await shared.admin.create([{ topic: raw(), partitions, replication: 1, settings }]);
  }

  async function makeTopics(partitions = 1): Promise<void> {
    await makeRaw(partitions);
    const made = await sessionvigil('topics', 'create', '--config', configFile());
    expect([made.status, made.stderr]).toEqual([0, expect.anything()]);
  }

  function run(...args: string[]): ServiceProcess {
    const service = new ServiceProcess(configFile(), ...args);
    services.push(service);
    return service;
  }

  async function drop(topic: string): Promise<void> {
    const client = new Kafka({ brokers: [shared.kafka.bootstrap], logLevel: logLevel.NOTHING }).admin();
    await client.connect();
    await client.deleteTopics({ topics: [topic] });
    await client.disconnect();
    await until(async () => (await shared.admin.describe([topic])).get(topic) === undefined, 'it is gone');
  }

  async function put(...records: OutRecord[]): Promise<void> {
    const producer = await shared.transport.producer();
    await producer.send(records);
    await producer.close();
  }

  const record = (value: string | Buffer | null, timestamp?: number, partition = 0): OutRecord => ({
    topic: raw(),
    partition,
    key: null,
    value: value === null ? null : Buffer.from(value),
    ...(timestamp === undefined ? {} : { timestamp }),
  });

  async function read(topic: string): Promise<InRecord[]> {
    const records: InRecord[] = [];
    const ranges = (await shared.admin.watermarks(topic)).map(({ partition, low, high }) => ({ partition, from: low, to: high }));
    await readTopic(
      shared.transport,
      { topic, ranges, group_prefix: 'test', signal: new AbortController().signal },
      (found) => void records.push(...found),
    );
    return records;
  }

  const parsed = async <T>(what: string): Promise<T[]> => (await read(own(what))).map(({ value }) => JSON.parse(value!.toString()) as T);
  const letters = async () => (await read(own('dead-letters'))).map(({ headers }) => String(headers['sv-reason']));

  /** Findings as they stand in the end. */
  function last(findings: readonly Finding[]): string[] {
    const standing = new Map<string, Finding>();
    for (const finding of findings) if ((standing.get(finding.uid)?.revision ?? 0) < finding.revision) standing.set(finding.uid, finding);
    return [...standing.values()]
      .map(({ uid, type, level, score, status, principal }) => [uid, type, level, score, status, principal.key].join(' '))
      .sort();
  }
  const orders = (commands: readonly RevocationCommand[]) =>
    commands.map(({ uid, action, target }) => [uid, action, target.vendor, target.user?.email].join(' ')).sort();

  async function replayed(): Promise<{ findings: string[]; commands: string[] }> {
    const out = join(shared.folder, `out${generation}`);
    expect((await sessionvigil('replay', ...DEMO, '--out', out)).status).toBe(0);
    const of = <T>(name: string) =>
      readFileSync(join(out, `${name}.ndjson`), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as T);
    return { findings: last(of<Finding>('findings')), commands: orders(of<RevocationCommand>('revocations')) };
  }

  interface Status {
    ready: boolean;
    stages: Record<string, { partitions: { position: number; lag: number | undefined; queued_bytes: number }[] }>;
  }

  /** Everything is read, judged and answered: looked at twice, since one stage may be about to read what another has just written. */
  async function settled(...of: ServiceProcess[]): Promise<void> {
    let before = '';
    let since = 0;
    await until(
      async () => {
        const statuses = await Promise.all(of.map(async (one) => JSON.parse((await one.get('/status')).text) as Status));
        const partitions = statuses.flatMap(({ stages }) => Object.values(stages).flatMap((stage) => stage.partitions));
        const isIdle = statuses.every(({ ready }) => ready) && partitions.every(({ lag, queued_bytes }) => lag === 0 && queued_bytes === 0);
        const now = JSON.stringify(partitions);
        if (now !== before) since = Date.now();
        before = now;
        return isIdle && Date.now() - since > 1500;
      },
      'all is worked off',
      60_000,
    );
  }

  /** What a stream says that a replay says too: there each command once, as it is in the end; here once more when it has learned something. */
  async function said(): Promise<{ findings: string[]; commands: string[] }> {
    const commands = orders(await parsed<RevocationCommand>('revocations'));
    return { findings: last(await parsed<Finding>('findings')), commands: [...new Set(commands)] };
  }

  const demoInOrder = () => put(...demo().map(({ line, arrival }) => record(line, arrival)));

  test('the demo: what replay says, once, and a second start says nothing again', async () => {
    await makeTopics();
    await demoInOrder();
    const one = run();
    await one.ready();
    expect((await one.get('/readyz')).status).toBe(200);
    expect((await one.get('/healthz')).status).toBe(200);
    await settled(one);
    expect(await said()).toEqual(await replayed());
    // what has to have moved by now
    for (const name of [
      'source_records_total',
      'source_bytes_total',
      'source_events_total',
      'source_events_known_total',
      'source_lag_seconds_count',
      'topic_records_written_total',
      'topic_bytes_written_total',
      'finding_latency_seconds_count',
      'in_flight_limit_bytes',
      'task_chunk_seconds_count',
      'task_commit_seconds_count',
      'transactions_total',
      'partitions',
      'rebalances_total',
      'partitions_moved_total',
      'restore_seconds_count',
      'state_bytes',
      'state_written_total',
      'heartbeats_total',
      'last_heartbeat_time_seconds',
      'ticks_total',
      'incidents',
      'commands_open',
      'ready',
    ])
      expect([name, (await one.metric(`sessionvigil_${name}`)) > 0]).toEqual([name, true]);
    const status = JSON.parse((await one.get('/status')).text);
    expect(status).toMatchObject({ ready: true, in_flight_bytes: 0 });
    expect(status.stages.detect.partitions).toHaveLength(2);
    const before = await read(own('findings'));
    expect(await one.stop()).toBe(0);
    const two = run();
    await two.ready();
    await settled(two);
    expect(await two.stop()).toBe(0);
    expect(await read(own('findings'))).toHaveLength(before.length);
    expect(two.log.some(({ level }) => level === 'error')).toBe(false);
  });

  test('the stages in three processes say the same', async () => {
    await makeTopics();
    await demoInOrder();
    const apart = ['normalize', 'detect', 'respond'].map((stage) => run('--stage', stage));
    await Promise.all(apart.map((one) => one.ready()));
    await settled(...apart);
    // what one has said the next has to read
    await until(async () => (await said()).commands.length >= 2, 'commands are there', 60_000);
    await settled(...apart);
    expect(await said()).toEqual(await replayed());
    expect(await Promise.all(apart.map((one) => one.stop()))).toEqual([0, 0, 0]);
  });

  test('what it cannot start with it says, with a code, and ends', async () => {
    configure();
    const missing = run();
    expect(await missing.ended()).toBe(2);
    expect(missing.stderr).toContain('SV_KAFKA_TOPIC_MISSING');
    await makeTopics();
    configure('  partitions: 3\n'.replace('partitions: 3', 'client_id: me'), { top: '' });
    writeFileSync(configFile(), readFileSync(configFile(), 'utf8').replace('partitions: 2', 'partitions: 3'));
    const wrong = run();
    expect(await wrong.ended()).toBe(2);
    expect(wrong.stderr).toContain('SV_KAFKA_TOPIC_WRONG');
    configure('  sasl: {mechanism: plain, username: mallory, password: guess}\n', { bootstrap: shared.kafka.secure.sasl });
    const denied = run();
    expect(await denied.ended()).toBe(2);
    expect(denied.stderr).toContain('SV_KAFKA_AUTH');
    expect(denied.stderr).not.toContain('guess');
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    configure();
    writeFileSync(configFile(), readFileSync(configFile(), 'utf8').replace('127.0.0.1:0', `127.0.0.1:${port}`));
    const deaf = run();
    expect(await deaf.ended()).toBe(2);
    expect(deaf.stderr).toContain(`SV_LISTEN: cannot listen on 127.0.0.1:${port}: the port is taken`);
    taken.close();
  });

  test('brokers that are not there: it waits, is not ready and not stuck, and ends when it is told to', async () => {
    configure('', { bootstrap: `127.0.0.1:${await freePort()}` });
    const service = run();
    await service.said('trying again');
    expect((await service.get('/healthz')).status).toBe(200);
    expect(await service.get('/readyz')).toEqual({ status: 503, text: 'waiting for Kafka\n' });
    expect(await service.stop()).toBe(0);
  });

  test('a place for its seat that cannot be written is said, and no reason to end', async () => {
    await makeTopics();
    const blocked = join(shared.folder, `file${generation}`);
    writeFileSync(blocked, '');
    writeFileSync(configFile(), readFileSync(configFile(), 'utf8').replace(/seat_dir: .*/, `seat_dir: ${blocked}/seats`));
    const service = run();
    await service.ready();
    await service.said('the seat file cannot be written');
    expect(await service.stop()).toBe(0);
  });

  test('what cannot be mended ends it, with the code, and not with a process that hangs', async () => {
    await makeTopics();
    await demoInOrder();
    const first = run();
    await first.ready();
    await settled(first);
    expect(await first.stop()).toBe(0);
    await drop(own('detect-changelog'));
    await until(
      async () => (await sessionvigil('topics', 'create', '--config', configFile())).stdout.includes('made'),
      'it is made anew',
      60_000,
    );
    const second = run();
    expect(await second.ended()).toBe(2);
    expect(second.stderr).toContain('SV_KAFKA_STATE_CONTRADICTS');
  });

  test('a raw topic that is made anew: who reads it ends, and who starts next, until its entry says that it is another', async () => {
    await makeTopics();
    await demoInOrder();
    const first = run();
    await first.ready();
    await settled(first);
    await drop(raw());
    await makeRaw();
    const again = demo().map(({ line, arrival }) => record(line, arrival));
    await put(...again);
    expect(await first.ended()).toBe(2);
    const before = (await shared.admin.watermarks(own('events'))).map(({ high }) => high);
    // Kafka has forgotten where the group was
    const second = run();
    expect(await second.ended()).toBe(2);
    for (const one of [first, second]) expect(one.stderr).toContain(`SV_KAFKA_SOURCE_RECREATED: ${raw()}`);
    expect((await shared.admin.watermarks(own('events'))).map(({ high }) => high)).toEqual(before);
    configure();
    writeFileSync(configFile(), readFileSync(configFile(), 'utf8').replace(`{topic: ${raw()}}`, `{topic: ${raw()}, generation: 2}`));
    const third = run();
    await third.ready();
    await settled(third);
    expect(await third.metric('sessionvigil_source_records_total')).toBe(again.length);
    expect(await third.metric('sessionvigil_resends_total')).toBe(0);
    expect(await third.stop()).toBe(0);
  });

  test('a configuration that changes counts from then on, by itself and on SIGHUP, and one with a mistake does not', async () => {
    await makeTopics();
    await demoInOrder();
    const service = run();
    await service.ready();
    await settled(service);
    configure('', { top: 'rules: {disabled: [use-after-revocation, session-reuse]}\n' });
    await service.said('configuration read again');
    service.signal('SIGHUP');
    await service.said('configuration read again', 2);
    writeFileSync(configFile(), `${readFileSync(configFile(), 'utf8')}nonsense: 1\n`);
    await service.said('what was in force stays in force');
    expect(await service.metric('sessionvigil_config_refused')).toBe(1);
    expect(await service.stop()).toBe(0);
  });

  test('foreign records: each has its events, its drop reason or its dead letter', async () => {
    await makeTopics(3);
    const lines = demo().map(({ line, arrival }) => ({ line, arrival }));
    let sent = 0;
    const codecs = ['gzip', 'snappy', 'lz4', 'zstd', 'none'];
    for (const [i, codec] of codecs.entries()) {
      const share = lines.filter((_, n) => n % codecs.length === i).map(({ line }) => ({ topic: raw(), key: null, value: line }));
      const odd = [
        { topic: raw(), key: null, value: null },
        { topic: raw(), key: null, value: '' },
        { topic: raw(), key: 'k', value: Buffer.alloc(1_000_000, 'x') },
        { topic: raw(), key: null, value: JSON.stringify({ much: 'y'.repeat(990_000) }) },
        { topic: raw(), key: Buffer.from([0]), value: Buffer.from([0xff, 0xfe]) },
      ];
      sent += (await produce(shared.kafka.bootstrap, [...share, ...odd], { properties: { 'compression.type': codec } })).length;
    }
    // what was taken back was never there
    await produce(shared.kafka.bootstrap, [{ topic: raw(), value: 'taken back' }], { transaction: 'abort' });
    const service = run();
    await service.ready();
    await settled(service);
    expect(await service.metric('sessionvigil_source_records_total')).toBe(sent);
    const dead = await letters();
    expect(dead).toHaveLength(await service.metric('sessionvigil_dead_letters_total'));
    expect(dead.filter((reason) => reason === 'empty_value')).toHaveLength(10);
    expect(await service.metric('sessionvigil_source_records_total', 'outcome="dead"')).toBe(dead.length);
    expect(await service.stop()).toBe(0);
  });

  test('dead letters are sent back after a fix, and count then', async () => {
    await makeTopics();
    configure('', { top: 'input: {max_record_bytes: 1024}\n' });
    await demoInOrder();
    const strict = run();
    await strict.ready();
    await settled(strict);
    expect(await strict.stop()).toBe(0);
    const put_aside = await letters();
    expect(put_aside.length).toBeGreaterThan(100);
    expect(new Set(put_aside)).toEqual(new Set(['too_large']));
    configure();
    const service = run();
    await service.ready();
    const sent = await sessionvigil('dead-letters', 'replay', '--config', configFile());
    expect([sent.status, sent.stdout]).toEqual([0, `sent ${put_aside.length} back: ${put_aside.length} to ${raw()}\n`]);
    await settled(service);
    await until(async () => (await said()).commands.length >= 2, 'commands are there', 60_000);
    const of = (all: readonly string[]) => [...new Set(all.map((line) => line.replace(/^\S+ /, '').replace(/ \d+ \w+ /, ' ')))].sort();
    expect(of((await said()).commands)).toEqual(of((await replayed()).commands));
    expect(await service.stop()).toBe(0);
  });

  test('Avro in and out: it waits for the registry at the start and later, and nothing is skipped', async () => {
    const registry = await startRegistry();
    try {
      const source = `  sources: [{topic: ${raw()}, vendor: okta, format: avro}]\n  registry: {urls: ["${registry.url}"]}\n  output: {format: avro}\n`;
      const asAvro = () => {
        configure(source);
        writeFileSync(configFile(), readFileSync(configFile(), 'utf8').replace(`  sources: [{topic: ${raw()}}]\n`, ''));
      };
      asAvro();
      await makeTopics();
      const okta = demo().filter(({ file }) => file.endsWith('okta.ndjson'));
      const writer = new Registry({
        connect: (signal) => connectRegistry({ urls: [registry.url], tls: { insecure_skip_verify: false } }, signal),
        watch: { asked() {}, trouble() {} },
      });
      const records: OutRecord[] = [];
      for (const { line, arrival } of okta) {
        const value = JSON.parse(line);
        const schema = schemaOf(value, 'Log');
        const id = await writer.register(`log-${createHash('sha256').update(JSON.stringify(schema)).digest('hex')}`, schema);
        const frame = Buffer.alloc(5);
        frame.writeUInt32BE(id, 1);
        records.push(record(Buffer.concat([frame, Type.forSchema(schema as Schema).toBuffer(value)]), arrival));
      }
      await registry.kill();
      await put(...records.slice(0, 50));
      const service = run();
      await service.said('what needs it waits');
      expect((await service.get('/healthz')).status).toBe(200);
      expect((await service.get('/readyz')).text).toMatch(/^registry: /);
      await registry.restart();
      await service.ready();
      await until(async () => (await service.metric('sessionvigil_source_records_total')) === 50, 'half is read', 60_000);
      await registry.kill();
      await put(record(Buffer.from([7, 2, 3])), record(Buffer.concat([Buffer.from([0, 0, 0, 0x7f, 0xff]), Buffer.from('x')])));
      await put(...records.slice(50));
      await until(async () => (await service.get('/readyz')).status === 503, 'it is not ready', 60_000);
      await registry.restart();
      await until(async () => (await service.metric('sessionvigil_source_records_total')) === okta.length + 2, 'the rest is read', 60_000);
      expect((await letters()).sort()).toEqual(['not_confluent_framed', 'schema_unknown']);
      expect(await service.metric('sessionvigil_source_records_total', 'outcome="events"')).toBeGreaterThan(50);
      await until(async () => (await read(own('findings'))).length > 0, 'something is found', 60_000);
      // a zero byte and the id of the schema
      for (const { value } of await read(own('findings'))) expect(value![0]).toBe(0);
      // told to end while it waits for the registry
      await registry.kill();
      await put(record(Buffer.concat([Buffer.from([0, 0, 0, 0x7f, 0xfe]), Buffer.from('x')])));
      await until(async () => (await service.get('/readyz')).status === 503, 'it is not ready', 60_000);
      expect(await service.stop()).toBe(0);
    } finally {
      await registry.stop();
    }
  });

  test('a topic of our own that is deleted: it is named until it is there again', async () => {
    await makeTopics();
    const service = run();
    await service.ready();
    const kafkajs = new Kafka({ brokers: [shared.kafka.bootstrap], logLevel: logLevel.NOTHING }).admin();
    await kafkajs.connect();
    await kafkajs.deleteTopics({ topics: [own('findings')] });
    await kafkajs.disconnect();
    await until(async () => (await service.get('/readyz')).text.includes(own('findings')), 'it is named', 40_000);
    expect((await service.get('/readyz')).status).toBe(503);
    expect((await service.get('/healthz')).status).toBe(200);
    expect((await sessionvigil('topics', 'create', '--config', configFile())).status).toBe(0);
    await until(async () => (await service.get('/readyz')).status === 200, 'it is ready again', 40_000);
    expect(await service.stop()).toBe(0);
  });

  test('a broker that stands still: who is told to end does not wait for it longer than was agreed', async () => {
    configure('  shutdown_grace: 4s\n');
    await makeTopics();
    const service = run();
    await service.ready();
    shared.kafka.pause();
    try {
      expect([0, 2]).toContain(await service.stop());
      // by itself or with the reason, but the last word is its own
      expect(service.stderr).toMatch(/SV_KAFKA_SHUTDOWN_TIMEOUT|"msg":"stopped;/);
      // what follows from the reason is not told once more, group by group
      expect(service.stderr.split('SV_KAFKA_SHUTDOWN_TIMEOUT')[1] ?? '').not.toContain('"level":"warn"');
    } finally {
      shared.kafka.resume();
    }
  });

  test('a broker that goes away and comes back: it waits, and goes on', async () => {
    await makeTopics();
    const all = demo().map(({ line, arrival }) => record(line, arrival));
    await put(...all.slice(0, 200));
    const service = run();
    await service.ready();
    await settled(service);
    await shared.kafka.kill();
    await service.said(/trying again|waiting/);
    // not ready, and no reason to be started anew
    await until(
      async () => (await service.get('/readyz')).text.includes('its group has not answered for'),
      'it says that it is cut off',
      30_000,
    );
    expect((await service.get('/healthz')).status).toBe(200);
    expect(await service.metric('sessionvigil_kafka_errors_total')).toBeGreaterThan(0);
    await shared.kafka.restart();
    await put(...all.slice(200));
    await until(async () => (await service.metric('sessionvigil_source_records_total')) === all.length, 'the rest is read', 60_000);
    await settled(service);
    expect(await said()).toEqual(await replayed());
    expect(await service.stop()).toBe(0);
  });
});

/** An Avro schema that one JSON value fits. */
function schemaOf(value: unknown, name: string): unknown {
  if (value === null) return 'null';
  if (Array.isArray(value)) return { type: 'array', items: value.length === 0 ? 'string' : schemaOf(value[0], `${name}_`) };
  if (typeof value === 'object')
    return {
      type: 'record',
      name,
      fields: Object.entries(value).map(([field, one]) => ({ name: field, type: schemaOf(one, `${name}_${field}`) })),
    };
  if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'double';
  return typeof value === 'boolean' ? 'boolean' : 'string';
}
