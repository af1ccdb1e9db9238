import { Kafka, type KafkaConfig, logLevel, type Producer } from 'kafkajs';
import { describeWithServers } from '../helpers/servers/describe';
import { allCommitted } from '../helpers/servers/jvm-client.mjs';
import { type KafkaServers, startKafka } from '../helpers/servers/kafka.mjs';
import { freePort, until } from '../helpers/servers/ports.mjs';
import { type FaultProxy, startProxy } from '../helpers/servers/proxy.mjs';

/** The proxy does to a real client and a real broker what its note says, and to nobody else. */
describeWithServers('a proxy between client and broker', () => {
  let kafka: KafkaServers;
  let proxy: FaultProxy;
  const open: Producer[] = [];

  beforeAll(async () => {
    const port = await freePort();
    kafka = await startKafka({ advertised: [port] });
    proxy = await startProxy({ port, target: kafka.targets[0] as string });
    const admin = client({ brokers: [kafka.bootstrap] }).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'log', numPartitions: 1 }], waitForLeaders: true });
    await admin.disconnect();
  });
  afterEach(async () => {
    proxy.heal();
    proxy.accept();
    proxy.delay(0);
    proxy.limit(Number.POSITIVE_INFINITY);
    await Promise.all(open.splice(0).map((one) => one.disconnect().catch(() => {})));
  });
  afterAll(async () => {
    await proxy?.stop();
    await kafka?.stop();
  });

  /** One try of everything, and little patience. */
  function client(more: Partial<KafkaConfig> = {}): Kafka {
    return new Kafka({ brokers: [proxy.address], logLevel: logLevel.NOTHING, retry: { retries: 0 }, requestTimeout: 1_500, ...more });
  }

  async function writer(transactionalId?: string): Promise<Producer> {
    // with a transactional id kafkajs asks for all in-sync replicas by itself
    const producer = client().producer({ ...(transactionalId === undefined ? {} : { transactionalId }), maxInFlightRequests: 1 });
    open.push(producer);
    await producer.connect();
    return producer;
  }

  const one = (value: string) => ({ topic: 'log', messages: [{ value, partition: 0 }] });
  const committed = async () => (await allCommitted(kafka.bootstrap, ['log'])).map((record) => String(record.value));

  async function elapsed(work: () => Promise<unknown>): Promise<number> {
    const start = performance.now();
    await work();
    return performance.now() - start;
  }

  test('clients that begin at it stay with it', async () => {
    const before = proxy.requests('Produce');
    await (await writer()).send(one('through'));
    expect(proxy.requests('Produce')).toBe(before + 1);
    expect(proxy.connections).toBeGreaterThan(0);
    expect(await committed()).toContain('through');
  });

  test('an EndTxn held beyond the request timeout arrives when its client is gone', async () => {
    const producer = await writer('late');
    const transaction = await producer.transaction();
    await transaction.send(one('late'));
    const held = proxy.hold('EndTxn');
    await expect(transaction.commit()).rejects.toThrow(/timed out/);
    await held.reached();
    await producer.disconnect();
    await held.abandoned();
    // an open transaction: readers of what is committed see nothing of it
    expect(await committed()).not.toContain('late');
    held.release();
    await until('the late commit', async () => (await committed()).includes('late'));
  });

  test('an EndTxn that is thrown away never arrives: the next epoch aborts', async () => {
    const producer = await writer('lost');
    const transaction = await producer.transaction();
    await transaction.send(one('lost'));
    const held = proxy.hold('EndTxn');
    const outcome = expect(transaction.commit()).rejects.toThrow();
    await held.reached();
    held.discard();
    await outcome;
    const next = await (await writer('lost')).transaction();
    await next.send(one('next'));
    await next.commit();
    const values = await committed();
    expect(values).toContain('next');
    expect(values).not.toContain('lost');
  });

  test('an answer held back: the broker has done what the client takes for failed', async () => {
    const producer = await writer('unheard');
    const transaction = await producer.transaction();
    await transaction.send(one('unheard'));
    const held = proxy.hold('EndTxn', { side: 'response' });
    await expect(transaction.commit()).rejects.toThrow(/timed out/);
    expect(held.held).toBe(1);
    await until('the commit', async () => (await committed()).includes('unheard'));
    held.release();
  });

  test('what was sent first over one connection can arrive after what was sent later over another', async () => {
    const [first, second] = [await writer(), await writer()];
    const held = proxy.hold('Produce');
    const sent = first.send(one('sent first'));
    await held.reached();
    await second.send(one('sent second'));
    held.release();
    await sent;
    const values = await committed();
    expect(values.indexOf('sent second')).toBeGreaterThanOrEqual(0);
    expect(values.indexOf('sent first')).toBeGreaterThan(values.indexOf('sent second'));
  });

  test('delay is spent each way', async () => {
    const producer = await writer();
    await producer.send(one('warm'));
    proxy.delay(200);
    expect(await elapsed(() => producer.send(one('delayed')))).toBeGreaterThanOrEqual(395);
  });

  test('a slow link takes its time for the bytes', async () => {
    const producer = await writer();
    await producer.send(one('warm'));
    proxy.limit(100_000);
    expect(await elapsed(() => producer.send(one('x'.repeat(80_000))))).toBeGreaterThanOrEqual(750);
  });

  test('cut towards the client: the broker hears, the client does not; healed it goes on', async () => {
    const producer = await writer();
    await producer.send(one('warm'));
    proxy.cut('to_client');
    await expect(producer.send(one('half-open'))).rejects.toThrow(/timed out/);
    expect(await committed()).toContain('half-open');
    proxy.heal();
    await (await writer()).send(one('healed'));
    expect(await committed()).toContain('healed');
  });

  test('cut towards the broker: it hears nothing until healed', async () => {
    const producer = await writer();
    await producer.send(one('warm'));
    proxy.cut('to_broker');
    await expect(producer.send(one('unsaid'))).rejects.toThrow(/timed out/);
    expect(await committed()).not.toContain('unsaid');
    proxy.heal();
    await until('what was on its way', async () => (await committed()).includes('unsaid'));
  });

  test('dropped connections are errors, new ones work; refused ones do not until accepted', async () => {
    const producer = await writer();
    await producer.send(one('warm'));
    const held = proxy.hold('Produce');
    const outcome = expect(producer.send(one('dropped'))).rejects.toThrow();
    await held.reached();
    proxy.drop();
    held.release();
    await outcome;
    await (await writer()).send(one('after the drop'));
    proxy.refuse();
    await expect(writer()).rejects.toThrow();
    proxy.accept();
    await (await writer()).send(one('accepted'));
    const values = await committed();
    expect(values).toEqual(expect.arrayContaining(['after the drop', 'accepted']));
    expect(values).not.toContain('dropped');
  });

  test('a proxy that does not parse passes bytes', async () => {
    const blind = await startProxy({ target: kafka.bootstrap, parse: false });
    const admin = client({ brokers: [blind.address] }).admin();
    await admin.connect();
    expect((await admin.describeCluster()).brokers).toHaveLength(1);
    await admin.disconnect();
    expect(() => blind.hold('Fetch')).toThrow(/parse/);
    await blind.stop();
  });
});
