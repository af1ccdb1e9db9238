import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { describeWithServers } from '../helpers/servers/describe';
import { allCommitted, produce } from '../helpers/servers/jvm-client.mjs';
import { type KafkaServers, startKafka } from '../helpers/servers/kafka.mjs';
import { until } from '../helpers/servers/ports.mjs';
import { startRegistry } from '../helpers/servers/registry.mjs';

/** The servers that other integration tests stand on do what their notes say, on the real thing. */

/** One try of everything, so that a failure is seen and not mended. */
function client(brokers: string, more: Partial<KafkaConfig> = {}): Kafka {
  return new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING, retry: { retries: 0 }, requestTimeout: 2_000, ...more });
}

async function brokersSeen(kafka: Kafka): Promise<number> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return (await admin.describeCluster()).brokers.length;
  } finally {
    await admin.disconnect();
  }
}

async function makeTopic(kafka: KafkaServers, topic: string, numPartitions = 1, settings: Record<string, string> = {}): Promise<void> {
  const admin = client(kafka.bootstrap).admin();
  await admin.connect();
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  await admin.createTopics({ topics: [{ topic, numPartitions, configEntries }], waitForLeaders: true });
  await admin.disconnect();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describeWithServers('one broker', () => {
  let kafka: KafkaServers;
  beforeAll(async () => {
    kafka = await startKafka({ properties: { 'message.max.bytes': 4_000_000 } });
  });
  afterAll(() => kafka?.stop());

  test('killed and started again it has its address and its data', async () => {
    await makeTopic(kafka, 'kept');
    await produce(kafka.bootstrap, [{ topic: 'kept', value: 'before' }], { properties: { acks: 'all' } });
    const { bootstrap } = kafka;
    await kafka.kill();
    await expect(brokersSeen(client(bootstrap))).rejects.toThrow(/ECONNREFUSED/);
    await kafka.restart();
    expect(kafka.bootstrap).toBe(bootstrap);
    await produce(bootstrap, [{ topic: 'kept', value: 'after' }]);
    expect((await allCommitted(bootstrap, ['kept'])).map((record) => String(record.value))).toEqual(['before', 'after']);
  });

  test('a clean restart is another process on the same data', async () => {
    const before = kafka.nodes[0]?.pid;
    await kafka.restart();
    expect(kafka.nodes[0]?.pid).not.toBe(before);
    expect((await allCommitted(kafka.bootstrap, ['kept'])).length).toBe(2);
  });

  test('paused it takes connections and answers nothing; resumed it answers', async () => {
    kafka.pause();
    await expect(brokersSeen(client(kafka.bootstrap))).rejects.toThrow(/timed out/);
    kafka.resume();
    await until('an answer', async () => (await brokersSeen(client(kafka.bootstrap))) === 1);
  });

  test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])(
    "Java's producer writes with %s: no keys, no values, empty and large ones",
    async (compression) => {
      const topic = `from-java-${compression}`;
      await makeTopic(kafka, topic, 2);
      const large = Buffer.alloc(1024 * 1024, 'session');
      const records = [
        { topic, value: 'no key' },
        { topic, key: 'k', value: '', headers: { h: 'v' } },
        { topic, key: 'k', value: null },
        { topic, partition: 1, value: large },
      ];
      const went = await produce(kafka.bootstrap, records, { properties: { 'compression.type': compression } });
      const found = await allCommitted(kafka.bootstrap, [topic]);
      for (const [i, { partition, offset }] of went.entries()) {
        const read = found.find((one) => one.partition === partition && one.offset === offset);
        expect({ key: read?.key?.toString() ?? null, length: read?.value?.length ?? null }).toEqual({
          key: records[i]?.key ?? null,
          length: records[i]?.value?.length ?? null,
        });
      }
      expect(found).toHaveLength(4);
      expect(found.find((one) => one.value?.length === 0)?.headers).toEqual({ h: Buffer.from('v') });
      expect(found.find((one) => one.value?.length === large.length)?.value?.equals(large)).toBe(true);
    },
  );

  test("Java's consumer sees what was committed and not what was aborted", async () => {
    await makeTopic(kafka, 'transactions');
    await produce(kafka.bootstrap, [{ topic: 'transactions', value: 'aborted' }], { transaction: 'abort' });
    await produce(kafka.bootstrap, [{ topic: 'transactions', value: 'committed' }], { transaction: 'commit' });
    expect((await allCommitted(kafka.bootstrap, ['transactions'])).map((record) => String(record.value))).toEqual(['committed']);
  });

  test('what Java cannot do is an error', async () => {
    await expect(produce(kafka.bootstrap, [{ topic: 'nowhere', value: 'x' }], { properties: { 'max.block.ms': 500 } })).rejects.toThrow(
      /nowhere/,
    );
  });
});

describeWithServers('what happens around a broker', () => {
  test('it ends with the process that started it, and its folder goes', async () => {
    const script = `import { startKafka } from './kafka.mjs';
      const kafka = await startKafka();
      // a broker that runs ends by itself when its folder goes
      kafka.pause();
      console.log(JSON.stringify({ pid: kafka.nodes[0].pid, folder: kafka.folder }));
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: join(__dirname, '../helpers/servers'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    for await (const text of parent.stdout.setEncoding('utf8')) {
      said += text;
      if (said.includes('\n')) break;
    }
    const { pid, folder } = JSON.parse(said);
    expect(isAlive(pid)).toBe(true);
    expect(existsSync(folder)).toBe(true);
    parent.kill('SIGKILL');
    await until('the end of the broker', () => !isAlive(pid) && !existsSync(folder));
  });

  test('one that cannot start says why, and leaves nothing', async () => {
    const properties = { 'num.network.threads': 'many' };
    await expect(startKafka({ properties })).rejects.toThrow(/num\.network\.threads/);
  });
});

describeWithServers('three brokers', () => {
  let kafka: KafkaServers;
  beforeAll(async () => {
    kafka = await startKafka({ brokers: 3, secure: true });
  });
  afterAll(() => kafka?.stop());

  test('with one dead, replicated records go on; it comes back', async () => {
    await makeTopic(kafka, 'replicated', 1, { 'min.insync.replicas': '2' });
    const properties = { acks: 'all' };
    await produce(kafka.bootstrap, [{ topic: 'replicated', value: 'three' }], { properties });
    await kafka.nodes[0]?.kill();
    await produce(kafka.bootstrap, [{ topic: 'replicated', value: 'two' }], { properties });
    await kafka.nodes[0]?.restart();
    expect(await brokersSeen(client(kafka.bootstrap))).toBe(3);
    expect((await allCommitted(kafka.bootstrap, ['replicated'])).map((record) => String(record.value))).toEqual(['three', 'two']);
  });

  test('TLS, with and without a certificate of the client', async () => {
    const { tls, mutual_tls, ca_file, client: own } = kafka.secure;
    const ca = [readFileSync(ca_file)];
    const pair = { cert: readFileSync(own.cert_file), key: readFileSync(own.key_file) };
    expect(await brokersSeen(client(tls, { ssl: { ca } }))).toBe(3);
    await expect(brokersSeen(client(tls, { ssl: true }))).rejects.toThrow(/certificate/);
    expect(await brokersSeen(client(mutual_tls, { ssl: { ca, ...pair } }))).toBe(3);
    await expect(brokersSeen(client(mutual_tls, { ssl: { ca } }))).rejects.toThrow(/certificate/);
  });

  test.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('SASL %s', async (mechanism) => {
    const { sasl, sasl_tls, user: username, password, ca_file } = kafka.secure;
    // one type for three mechanisms
    const as = (password: string) => ({ mechanism, username, password }) as Extract<KafkaConfig['sasl'], { mechanism: 'plain' }>;
    expect(await brokersSeen(client(sasl, { sasl: as(password) }))).toBe(3);
    expect(await brokersSeen(client(sasl_tls, { sasl: as(password), ssl: { ca: [readFileSync(ca_file)] } }))).toBe(3);
    await expect(brokersSeen(client(sasl, { sasl: as('wrong') }))).rejects.toThrow(/uthentication failed/);
  });

  test('SASL OAUTHBEARER', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const iat = Math.floor(Date.now() / 1000);
    const token = (exp: number) => `${part({ alg: 'none' })}.${part({ sub: kafka.secure.user, iat, exp })}.`;
    const as = (value: string) => ({ mechanism: 'oauthbearer' as const, oauthBearerProvider: async () => ({ value }) });
    expect(await brokersSeen(client(kafka.secure.sasl, { sasl: as(token(iat + 600)) }))).toBe(3);
    await expect(brokersSeen(client(kafka.secure.sasl, { sasl: as(token(iat - 600)) }))).rejects.toThrow();
  });
});

describeWithServers('a registry', () => {
  test('answers, and keeps its schemas and ids when killed', async () => {
    const registry = await startRegistry();
    try {
      const schema = JSON.stringify({ type: 'record', name: 'Login', fields: [{ name: 'user', type: 'string' }] });
      const answer = await fetch(`${registry.url}/subjects/raw-value/versions`, {
        method: 'POST',
        headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
        body: JSON.stringify({ schema }),
      });
      const { id } = (await answer.json()) as { id: number };
      const read = async () => ((await (await fetch(`${registry.url}/schemas/ids/${id}`)).json()) as { schema: string }).schema;
      expect(JSON.parse(await read())).toEqual(JSON.parse(schema));
      expect((await fetch(`${registry.url}/schemas/ids/${id + 1000}`)).status).toBe(404);
      await registry.kill();
      await expect(read()).rejects.toThrow();
      await registry.restart();
      expect(JSON.parse(await read())).toEqual(JSON.parse(schema));
    } finally {
      await registry.stop();
    }
  });
});
