import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding, RevocationCommand } from '../../src/core/event/index.js';
import { readTopic } from '../../src/runtime/kafka/read-topic.js';
import type { Admin, InRecord, OutRecord, Transport } from '../../src/runtime/kafka/transport.js';
import { until } from '../cli/until.js';
import { transportTo } from '../helpers/kafka-client.js';
import { describeWithServers } from '../helpers/servers/describe.js';
import { produce } from '../helpers/servers/jvm-client.mjs';
import { type KafkaServers, startKafka } from '../helpers/servers/kafka.mjs';
import { freePort } from '../helpers/servers/ports.mjs';
import { DEMO, demo, ServiceProcess, sessionvigil } from './service.js';

describeWithServers('run on Kafka', () => {
  let kafka: KafkaServers;
  let transport: Transport;
  let admin: Admin;
  let folder: string;
  let generation = 0;
  let services: ServiceProcess[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sv-run-kafka-'));
    kafka = await startKafka({ secure: true });
    transport = await transportTo(kafka.bootstrap);
    admin = await transport.admin();
  });
  afterAll(async () => {
    await transport?.close();
    await kafka?.stop();
    rmSync(folder, { recursive: true });
  });
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
  const configFile = () => join(folder, `c${generation}.yml`);

  function configure(more = '', { bootstrap = kafka.bootstrap, top = '' } = {}): void {
    writeFileSync(
      configFile(),
      `run: {listen: "127.0.0.1:0"}\n${top}kafka:\n  brokers: [${bootstrap}]\n  generation: ${generation}\n  partitions: 2\n  seat_dir: ${join(folder, `seats${generation}`)}\n  sources: [{topic: ${raw()}}]\n${more}`,
    );
  }

  async function makeTopics(partitions = 1): Promise<void> {
    // times of records lie far back
    const settings = { 'retention.ms': '-1', 'max.message.bytes': '2000000' };
    await admin.create([{ topic: raw(), partitions, replication: 1, settings }]);
    const made = await sessionvigil('topics', 'create', '--config', configFile());
    expect([made.status, made.stderr]).toEqual([0, expect.anything()]);
  }

  function run(...args: string[]): ServiceProcess {
    const service = new ServiceProcess(configFile(), ...args);
    services.push(service);
    return service;
  }

  async function put(...records: OutRecord[]): Promise<void> {
    const producer = await transport.producer();
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
    const ranges = (await admin.watermarks(topic)).map(({ partition, low, high }) => ({ partition, from: low, to: high }));
    await readTopic(
      transport,
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
    const out = join(folder, `out${generation}`);
    expect((await sessionvigil('replay', ...DEMO, '--out', out)).status).toBe(0);
    const of = <T>(name: string) =>
      readFileSync(join(out, `${name}.ndjson`), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as T);
    return { findings: last(of<Finding>('findings')), commands: orders(of<RevocationCommand>('revocations')) };
  }

  /** Everything is read, judged and answered. */
  async function settled(...of: ServiceProcess[]): Promise<void> {
    const statuses = async () => await Promise.all(of.map(async (one) => JSON.parse((await one.get('/status')).text)));
    const isIdle = async () => {
      const stages = (await statuses()).flatMap(({ ready, stages }) => [
        ready,
        ...Object.values(stages as Record<string, { partitions: { lag?: number; position: number }[] }>),
      ]);
      return stages.every(
        (stage) => stage === true || (typeof stage === 'object' && stage.partitions.every(({ lag }) => lag === 0 || lag === undefined)),
      );
    };
    let before = '';
    await until(
      async () => {
        const now = JSON.stringify((await statuses()).map(({ stages }) => stages));
        const same = now === before;
        before = now;
        await new Promise((resolve) => setTimeout(resolve, 300));
        return same && (await isIdle());
      },
      'all is worked off',
      60_000,
    );
  }

  test('the demo: what replay says, once, whether the stages run together or apart', async () => {
    await makeTopics();
    await put(...demo().map(({ line, arrival }) => record(line, arrival)));
    const one = run();
    await one.ready();
    expect((await one.get('/readyz')).status).toBe(200);
    expect((await one.get('/healthz')).status).toBe(200);
    await settled(one);
    const expected = await replayed();
    const together = {
      findings: last(await parsed<Finding>('findings')),
      commands: orders(await parsed<RevocationCommand>('revocations')),
    };
    console.log((await parsed<RevocationCommand>('revocations')).map((c) => JSON.stringify(c)).join('\n\n'));
    console.log(one.stderr);
    expect({ ...together, commands: [...new Set(together.commands)] }).toEqual(expected);
    console.log((await one.get('/status')).text.slice(0, 3000));
    console.log(
      (await one.get('/metrics')).text
        .split('\n')
        .filter((line) => !line.startsWith('#') && !line.includes('_bucket'))
        .join('\n'),
    );
    const said = (await read(own('findings'))).length;
    expect(await one.stop()).toBe(0);
    console.log(one.stderr);
    const two = run();
    await two.ready();
    await settled(two);
    expect(await two.stop()).toBe(0);
    expect(await read(own('findings'))).toHaveLength(said);
  });
});
