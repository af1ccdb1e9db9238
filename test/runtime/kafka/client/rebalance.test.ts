import type { Transport } from '../../../../src/runtime/kafka/transport.js';
import { createTopics, Reader, record, transportTo } from '../../../helpers/kafka-client.js';
import { type KafkaServers, startKafka } from '../../../helpers/servers/kafka.mjs';
import { freePort, until } from '../../../helpers/servers/ports.mjs';
import { startProxy } from '../../../helpers/servers/proxy.mjs';

jest.setTimeout(120_000);

let kafka: KafkaServers;
let proxy: Awaited<ReturnType<typeof startProxy>>;
const transports: Transport[] = [];

beforeAll(async () => {
  const port = await freePort();
  kafka = await startKafka({ advertised: [port] });
  proxy = await startProxy({ port, target: kafka.targets[0]! });
});
afterAll(async () => {
  for (const transport of transports) await transport.close();
  await proxy?.stop();
  await kafka?.stop();
});

async function transport(address = kafka.bootstrap): Promise<Transport> {
  const made = await transportTo(address);
  transports.push(made);
  return made;
}

test('who waits for others to join reads on and commits', async () => {
  const here = await transport();
  await createTopics(here, { waiting: 2 });
  const one = new Reader(here, ['waiting'], { group_id: 'waiting' });
  await one.group.start();
  const late = new Reader(await transport(proxy.address), ['waiting'], { group_id: 'waiting' });
  await late.group.start();
  await until('both in', () => one.assignedNow.length === 1 && late.assignedNow.length === 1);
  const generation = one.generations.at(-1)!.generation;

  // the late one hears of the rebalance and asks to join again, but that does not arrive
  const held = proxy.hold('JoinGroup');
  const third = new Reader(await transport(), ['waiting'], { group_id: 'waiting' });
  const joining = third.group.start();
  await held.reached();
  const writer = await here.producer();
  const mine = one.generations.at(-1)!.partitions[0]!;
  for (let i = 0; i < 50; i++) {
    await writer.send([record('waiting', mine.partition, `v${i}`)]);
    await until('read', () => one.records.length === i + 1, { every_ms: 5 });
  }
  expect(one.generations.at(-1)!.generation).toBe(generation);
  // the answer, good or not, does not wait for the rebalance
  await one.group.commit([{ ...mine, offset: 50 }]).catch((error: Error) => expect(error.message).toMatch(/REBALANCE_IN_PROGRESS|27/));
  expect(one.generations.at(-1)!.generation).toBe(generation);

  held.release();
  await joining;
  await until('all in', () => one.generations.at(-1)!.generation > generation && third.generations.length > 0);
  expect(one.values()).toHaveLength(50);
  expect([one, late, third].flatMap((reader) => reader.failures)).toEqual([]);
});
