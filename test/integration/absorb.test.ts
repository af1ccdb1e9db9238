import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, RevocationCommand } from '../../src/core/event/index.js';
import { readTopic } from '../../src/runtime/kafka/read-topic.js';
import type { InRecord } from '../../src/runtime/kafka/transport.js';
import { createStreamCodec } from '../../src/runtime/wire/stream-record.js';
import { ndjson, type OktaAct, STOLEN } from '../cli/okta-record.js';
import { until } from '../cli/until.js';
import { describeWithServers } from '../helpers/servers/describe.js';
import { ServiceProcess, sessionvigil } from './service.js';
import { withKafka } from './with-kafka.js';

/** On different partitions of two. */
const ID = 'default/okta:default:00uana';
const ADDRESS = 'default/ana@example.com';

describeWithServers('a link that is learned late, on Kafka', () => {
  const shared = withKafka('absorb-kafka');
  let services: ServiceProcess[] = [];

  afterEach(async () => {
    await Promise.all(services.map((one) => one.kill()));
    services = [];
  });

  const config = () => join(shared.folder, 'c.yml');

  function run(...args: string[]): ServiceProcess {
    const service = new ServiceProcess(config(), ...args);
    services.push(service);
    return service;
  }

  async function put(acts: readonly OktaAct[], namesAddress: boolean): Promise<void> {
    const producer = await shared.transport.producer();
    const lines = ndjson(acts).trimEnd().split('\n');
    await producer.send(
      lines.map((line) => ({
        topic: 'raw',
        partition: 0,
        key: null,
        value: Buffer.from(namesAddress ? line : line.replaceAll('ana@example.com', 'unknown')),
      })),
    );
    await producer.close();
  }

  async function read(what: string): Promise<InRecord[]> {
    const topic = `sessionvigil.1.${what}`;
    const records: InRecord[] = [];
    const ranges = (await shared.admin.watermarks(topic)).map(({ partition, low, high }) => ({ partition, from: low, to: high }));
    const signal = new AbortController().signal;
    await readTopic(shared.transport, { topic, ranges, group_prefix: 'test', signal }, (found) => void records.push(...found));
    return records;
  }
  const parsed = async <T>(what: string) => (await read(what)).map(({ value }) => JSON.parse(value!.toString()) as T);

  test('a theft under the id goes on under the address, once, though who hands it over and who takes it are killed', async () => {
    writeFileSync(
      config(),
      `run: {listen: "127.0.0.1:0"}\ngeo: {database: none}\nkafka:\n  brokers: [${shared.kafka.bootstrap}]\n  partitions: 2\n` +
        `  seat_dir: ${join(shared.folder, 'seats')}\n  sources: [{topic: raw}]\n`,
    );
    const settings = { 'retention.ms': '-1', 'max.message.bytes': '2000000' };
    await shared.admin.create([{ topic: 'raw', partitions: 1, replication: 1, settings }]);
    expect((await sessionvigil('topics', 'create', '--config', config())).status).toBe(0);
    await put(STOLEN, false);
    const first = run();
    const told = await until(
      async () => {
        const [findings, commands] = [await parsed<Finding>('findings'), await parsed<RevocationCommand>('revocations')];
        return commands.length > 0 && findings.length > 0 ? { findings, commands } : undefined;
      },
      'a command',
      60_000,
    );
    expect(new Set(told.findings.map(({ principal }) => principal.key))).toEqual(new Set([ID]));

    // the first record with both: the process is gone while the state is on its way
    await put([{ id: 'a5', at: 85 }], true);
    const codec = createStreamCodec();
    const bodies = async () => (await read('events')).map(({ value }) => codec.decode(value!).body);
    const kinds = async () => (await bodies()).map(({ kind }) => kind);
    await until(async () => (await kinds()).includes('absorb'), 'normalize says it', 60_000);
    await first.kill();
    const second = run('--stage', 'detect');
    await until(async () => (await kinds()).includes('inherit'), 'it is handed over', 60_000);
    await second.kill();
    run();
    const uids = new Set(told.findings.map(({ uid }) => uid));
    const moved = await until(
      async () => {
        const findings = (await parsed<Finding>('findings')).filter(({ principal }) => principal.key === ADDRESS);
        return new Set(findings.map(({ uid }) => uid)).size >= uids.size ? findings : undefined;
      },
      'it is said under the address',
      60_000,
    );
    expect(new Set(moved.map(({ uid }) => uid))).toEqual(uids);
    // and what follows is that person's
    await put([{ id: 'a6', at: 90 }], false);
    const last = await until(
      async () => (await bodies()).find((body) => body.kind === 'event' && body.event.uid.endsWith(':a6')),
      'it is read',
      60_000,
    );
    expect(last).toMatchObject({ event: { principal: { key: ADDRESS } } });
    const all = await parsed<Finding>('findings');
    const revisions = all.map(({ uid, revision }) => `${uid} ${revision}`);
    expect(new Set(revisions).size).toBe(revisions.length);
    expect((await kinds()).filter((kind) => kind === 'inherit')).toHaveLength(1);
    expect(await parsed<RevocationCommand>('revocations')).toEqual(told.commands);
    expect(await read('dead-letters')).toEqual([]);
  }, 240_000);
});
