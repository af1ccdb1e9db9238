import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DriftMeter } from '../../src/core/normalize/drift/meter.js';
import { readTopic } from '../../src/runtime/kafka/read-topic.js';
import { ndjson, type OktaAct } from '../cli/okta-record.js';
import { until } from '../cli/until.js';
import { describeWithServers } from '../helpers/servers/describe.js';
import { ServiceProcess, sessionvigil } from './service.js';
import { withKafka } from './with-kafka.js';

const GAUGE = 'sessionvigil_schema_drift_fields';

describeWithServers('fields that a source had before a restart, on Kafka', () => {
  const shared = withKafka('drift-kafka');
  let services: ServiceProcess[] = [];

  afterEach(async () => {
    await Promise.all(services.map((one) => one.kill()));
    services = [];
  });

  function run(): ServiceProcess {
    const service = new ServiceProcess(join(shared.folder, 'c.yml'), '--stage', 'normalize');
    services.push(service);
    return service;
  }

  /** One record an hour; without: the session has another name. */
  async function put(from: number, count: number, isRenamed = false): Promise<void> {
    const acts: OktaAct[] = Array.from({ length: count }, (_, n) => ({ id: `a${from + n}`, at: (from + n) * 60 }));
    const text = ndjson(acts).trimEnd();
    const lines = (isRenamed ? text.replaceAll('externalSessionId', 'sessionReference') : text).split('\n');
    const producer = await shared.transport.producer();
    await producer.send(lines.map((line) => ({ topic: 'raw', partition: 0, key: null, value: Buffer.from(line) })));
    await producer.close();
  }

  async function kindsWritten(): Promise<number> {
    const topic = 'sessionvigil.1.identities';
    const ranges = (await shared.admin.watermarks(topic)).map(({ partition, low, high }) => ({ partition, from: low, to: high }));
    let found = 0;
    const signal = new AbortController().signal;
    await readTopic(shared.transport, { topic, ranges, group_prefix: 'test', signal }, (records) => {
      for (const { key } of records) if (key !== null && DriftMeter.owns(key.toString())) found++;
    });
    return found;
  }

  test('what vanished while nobody ran is found, and still known after a crash', async () => {
    writeFileSync(
      join(shared.folder, 'c.yml'),
      `run: {listen: "127.0.0.1:0"}\ngeo: {database: none}\nkafka:\n  brokers: [${shared.kafka.bootstrap}]\n  partitions: 2\n` +
        `  seat_dir: ${join(shared.folder, 'seats')}\n  sources: [{topic: raw}]\n`,
    );
    const settings = { 'retention.ms': '-1' };
    await shared.admin.create([{ topic: 'raw', partitions: 1, replication: 1, settings }]);
    expect((await sessionvigil('topics', 'create', '--config', join(shared.folder, 'c.yml'))).status).toBe(0);

    await put(0, 60);
    const before = run();
    await before.ready();
    await until(
      async () => (await kindsWritten()) > 0,
      () => `it is written down: ${before.stderr}`,
      60_000,
    );
    expect(await before.metric(GAUGE)).toBe(0);
    expect(await before.stop()).toBe(0);

    await put(60, 40, true);
    const after = run();
    await after.said('has vanished');
    expect(after.log.find(({ msg }) => msg.includes('has vanished'))).toMatchObject({
      level: 'error',
      vendor: 'okta',
      product: 'system_log',
      field: 'authenticationContext.externalSessionId',
      key: 'session',
    });
    await until(async () => (await after.metric(GAUGE, 'change="vanished"', 'key="session"')) === 1, 'it is counted', 60_000);
    const status = JSON.parse((await after.get('/status')).text);
    expect(status.stages.normalize.schema_drift).toMatchObject([
      { field: 'authenticationContext.externalSessionId', appeared: ['authenticationContext.sessionReference'] },
    ]);
    const written = await kindsWritten();
    await until(async () => (await kindsWritten()) >= Math.max(2, written), 'that it is gone is written down', 60_000);
    await after.kill();

    // nothing comes any more, and it says what was found before
    const again = run();
    await again.said('has vanished');
    await until(async () => (await again.metric(GAUGE)) === 1, 'it is counted again', 60_000);
  }, 240_000);
});
