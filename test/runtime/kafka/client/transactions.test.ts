import { Doomed, EARLIEST, Fenced, type Transport, Unwritable } from '../../../../src/runtime/kafka/transport.js';
import { createTopics, Reader, record, transportTo } from '../../../helpers/kafka-client.js';
import { allCommitted } from '../../../helpers/servers/jvm-client.mjs';
import { type KafkaServers, startKafka } from '../../../helpers/servers/kafka.mjs';
import { freePort, until } from '../../../helpers/servers/ports.mjs';
import { startProxy } from '../../../helpers/servers/proxy.mjs';

jest.setTimeout(180_000);

let kafka: KafkaServers;
let transport: Transport;
let proxy: Awaited<ReturnType<typeof startProxy>>;

beforeAll(async () => {
  const port = await freePort();
  kafka = await startKafka({ advertised: [port] });
  proxy = await startProxy({ port, target: kafka.targets[0]! });
});
afterAll(async () => {
  await proxy?.stop();
  await kafka?.stop();
});
beforeEach(async () => {
  transport = await transportTo(kafka.bootstrap);
});
afterEach(() => transport.close());

/** What Java's reader of committed records finds. */
async function committed(topic: string): Promise<string[]> {
  return (await allCommitted(kafka.bootstrap, [topic])).map((one: { value: Buffer | null }) => String(one.value));
}

test('one after the other, as fast as they come, all of them and in order', async () => {
  await createTopics(transport, { many: 2 });
  const producer = await transport.transactional('many');
  for (let i = 0; i < 100; i++) await producer.commit([record('many', 0, `a${i}`), record('many', 1, `b${i}`)]);
  const values = await committed('many');
  const numbers = [...Array(100).keys()];
  expect(values.filter((value) => value.startsWith('a'))).toEqual(numbers.map((i) => `a${i}`));
  expect(values.filter((value) => value.startsWith('b'))).toEqual(numbers.map((i) => `b${i}`));
});

test('who opens the same id fences the one before, also in the middle of its transaction', async () => {
  await createTopics(transport, { fenced: 1 });
  let middle: (() => Promise<void>) | undefined;
  const slow = await transportTo(kafka.bootstrap, { onStep: async (step) => (step === 'sent' ? middle?.() : undefined) });
  const first = await slow.transactional('fenced');
  await first.commit([record('fenced', 0, 'first')]);
  middle = async () => {
    middle = undefined;
    const second = await transport.transactional('fenced');
    await second.commit([record('fenced', 0, 'second')]);
  };
  await expect(first.commit([record('fenced', 0, 'torn')])).rejects.toThrow(Fenced);
  await expect(first.commit([record('fenced', 0, 'after')])).rejects.toThrow(Doomed);
  expect(await committed('fenced')).toEqual(['first', 'second']);
  await slow.close();
});

test('more than a request holds goes in several, in one transaction', async () => {
  await createTopics(transport, { big: 2 });
  const producer = await transport.transactional('big');
  const values = [...Array(60).keys()];
  await producer.commit(values.flatMap((i) => [record('big', 0, Buffer.alloc(100_000, i)), record('big', 1, `small${i}`)]));
  const reader = new Reader(transport, ['big'], { group_id: 'big' });
  await reader.group.start();
  await until('all read', () => reader.records.length === 120);
  const of = (partition: number) => reader.records.filter((one) => one.partition === partition);
  expect(of(0).map((one) => one.value![0])).toEqual(values);
  expect(of(1).map((one) => String(one.value))).toEqual(values.map((i) => `small${i}`));
});

test('a record that is too large is named, and nothing of its transaction is seen', async () => {
  await createTopics(transport, { large: 1 });
  const producer = await transport.transactional('large');
  const huge = producer.commit([record('large', 0, 'small'), record('large', 0, Buffer.alloc(2_000_000), 'the-key')]);
  await expect(huge).rejects.toThrow(Unwritable);
  await expect(huge).rejects.toThrow(/large\/0.*2000\d\d\d bytes, 7 of them its key: the broker answers MESSAGE_TOO_LARGE/);
  await expect(producer.commit([record('large', 0, 'after')])).rejects.toThrow(Doomed);
  // aborted at once: who reads does not wait for the transaction to time out
  const next = await transport.transactional('other');
  await next.commit([record('large', 0, 'next')]);
  expect(await committed('large')).toEqual(['next']);
});

test.each(['EndTxn', 'AddPartitionsToTxn', 'Produce'] as const)(
  'a %s that is held back dooms its producer, and is harmless when it comes after all',
  async (api) => {
    const topic = `held-${api}`;
    await createTopics(transport, { [topic]: 1 });
    const behind = await transportTo(proxy.address, { request_timeout: 1000 });
    const producer = await behind.transactional(topic);
    await producer.commit([record(topic, 0, 'before')]);
    const held = proxy.hold(api);
    const lost = producer.commit([record(topic, 0, 'lost')]);
    lost.catch(() => undefined);
    await held.reached();
    await expect(lost).rejects.toThrow(Doomed);
    const next = await behind.transactional(topic);
    await next.commit([record(topic, 0, 'one')]);
    let release: Promise<void> | undefined;
    // the late request arrives in the middle of another transaction of the same id
    const middle = await transportTo(kafka.bootstrap, {
      onStep: async (step) => {
        if (step !== 'sent' || release !== undefined) return;
        held.release();
        release = new Promise((resolve) => setTimeout(resolve, 300));
        await release;
      },
    });
    const last = await middle.transactional(topic);
    await last.commit([record(topic, 0, 'two')]);
    await last.commit([record(topic, 0, 'three')]);
    expect(await committed(topic)).toEqual(['before', 'one', 'two', 'three']);
    await behind.close();
    await middle.close();
  },
);

test('an answer that is lost dooms; what was committed is there, once', async () => {
  await createTopics(transport, { unheard: 1 });
  const behind = await transportTo(proxy.address, { request_timeout: 1000 });
  const producer = await behind.transactional('unheard');
  const held = proxy.hold('EndTxn', { side: 'response' });
  await expect(producer.commit([record('unheard', 0, 'done')])).rejects.toThrow(Doomed);
  held.discard();
  const next = await behind.transactional('unheard');
  await next.commit([record('unheard', 0, 'next')]);
  expect(await committed('unheard')).toEqual(['done', 'next']);
  await behind.close();
});

test('through a restart of the broker: each commit is there or its producer is doomed, and never twice', async () => {
  await createTopics(transport, { restart: 1 });
  let producer = await transport.transactional('restart');
  const acknowledged: string[] = [];
  const unknown: string[] = [];
  let isOver = false;
  const writing = (async () => {
    for (let i = 0; !isOver || acknowledged.length < 20; i++) {
      try {
        await producer.commit([record('restart', 0, `v${i}`)]);
        acknowledged.push(`v${i}`);
      } catch (error) {
        if (!(error instanceof Doomed)) throw error;
        unknown.push(`v${i}`);
        for (;;) {
          try {
            producer = await transport.transactional('restart');
            break;
          } catch (again) {
            if (!(again instanceof Doomed)) throw again;
          }
        }
      }
    }
  })();
  await until('under way', () => acknowledged.length > 10);
  await kafka.kill();
  await kafka.restart();
  isOver = true;
  await writing;
  const values = await committed('restart');
  expect(new Set(values).size).toBe(values.length);
  expect(values.filter((value) => !unknown.includes(value))).toEqual(acknowledged);
});

test('a reader of committed records waits for what an open transaction has written, and reads on when it is given up', async () => {
  await createTopics(transport, { open: 1 });
  const torn = await transportTo(kafka.bootstrap, {
    onStep: (step) => (step === 'sent' ? Promise.reject(new Error('ended here')) : undefined),
  });
  const producer = await torn.transactional('open');
  await expect(producer.commit([record('open', 0, 'torn')])).rejects.toThrow(Doomed);
  await (await transport.producer()).send([record('open', 0, 'behind it')]);
  const reader = new Reader(transport, ['open'], { group_id: 'open' });
  await reader.group.start();
  await until('heartbeat', () => reader.heartbeats.length > 1);
  expect(reader.records).toEqual([]);
  await transport.transactional('open');
  await until('read on', () => reader.records.length > 0);
  expect(reader.values()).toEqual(['behind it']);
  reader.group.seek({ topic: 'open', partition: 0, offset: EARLIEST });
  await until('read again', () => reader.records.length === 2);
  expect(reader.values()).toEqual(['behind it', 'behind it']);
  await torn.close();
});
