import { type Transport, Unwritable } from '../../../../src/runtime/kafka/transport.js';
import { createTopics, record, transportTo } from '../../../helpers/kafka-client.js';
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

interface Found {
  partition: number;
  value: Buffer | null;
}

async function found(topic: string, partition: number): Promise<string[]> {
  const all = (await allCommitted(kafka.bootstrap, [topic])) as Found[];
  return all.filter((one) => one.partition === partition).map((one) => String(one.value));
}

const upTo = (count: number) => [...Array(count).keys()].map((i) => `v${i}`);

test('calls that overlap arrive in order, and each resolves when its records are there', async () => {
  await createTopics(transport, { order: 2 });
  const producer = await transport.producer();
  await Promise.all(upTo(2000).map((value, i) => producer.send([record('order', i % 2, value), record('order', 1 - (i % 2), value)])));
  expect(await found('order', 0)).toEqual(upTo(2000));
  expect(await found('order', 1)).toEqual(upTo(2000));
});

test('a record that is too large is named, and nothing is written after it', async () => {
  await createTopics(transport, { large: 1 });
  const producer = await transport.producer();
  await producer.send([record('large', 0, 'before')]);
  const huge = producer.send([record('large', 0, Buffer.alloc(2_000_000), 'the-key')]);
  const after = producer.send([record('large', 0, 'after')]);
  await expect(huge).rejects.toThrow(/large\/0.*with 2000031 bytes, 7 of them its key: the broker answers MESSAGE_TOO_LARGE/);
  await expect(huge).rejects.not.toThrow(/the-key/);
  await expect(after).rejects.toThrow(Unwritable);
  await expect(producer.send([record('large', 0, 'later')])).rejects.toThrow(Unwritable);
  expect(await found('large', 0)).toEqual(['before']);
});

test('requests that time out and arrive late, or of which the answer is lost, are written once and in order', async () => {
  await createTopics(transport, { late: 1 });
  const behind = await transportTo(proxy.address, { request_timeout: 500 });
  const producer = await behind.producer();
  const sent: string[] = [];
  const send = (value: string) => {
    sent.push(value);
    return producer.send([record('late', 0, value)]);
  };
  await send('first');
  for (let i = 0; i < 6; i++) {
    const held = proxy.hold('Produce', i % 2 === 0 ? {} : { side: 'response' });
    const one = send(`a${i}`);
    await held.reached();
    await one;
    await send(`b${i}`);
    if (i % 3 === 2) held.discard();
    else held.release();
    await send(`c${i}`);
  }
  expect(await found('late', 0)).toEqual(sent);
  await behind.close();
});

test('through kills of the broker everything arrives, once and in order', async () => {
  await createTopics(transport, { kills: 2 });
  const producer = await transport.producer();
  let count = 0;
  let isOver = false;
  const writing = (async () => {
    while (!isOver) {
      await Promise.all([0, 1, 2].map((i) => producer.send([record('kills', 0, `v${count + i}`), record('kills', 1, `v${count + i}`)])));
      count += 3;
    }
  })();
  for (let i = 0; i < 2; i++) {
    const before = count;
    await until('under way', () => count > before + 50);
    await kafka.kill();
    await kafka.restart();
  }
  const before = count;
  await until('under way again', () => count > before + 50);
  isOver = true;
  await writing;
  expect(await found('kills', 0)).toEqual(upTo(count));
  expect(await found('kills', 1)).toEqual(upTo(count));
});
