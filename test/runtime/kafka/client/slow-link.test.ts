import type { Transport } from '../../../../src/runtime/kafka/transport.js';
import { createTopics, Reader, record, transportTo } from '../../../helpers/kafka-client.js';
import { type KafkaServers, startKafka } from '../../../helpers/servers/kafka.mjs';
import { freePort, until } from '../../../helpers/servers/ports.mjs';
import { type FaultProxy, startProxy } from '../../../helpers/servers/proxy.mjs';

jest.setTimeout(120_000);

let kafka: KafkaServers;
let proxy: FaultProxy;
let transport: Transport;

beforeAll(async () => {
  const port = await freePort();
  kafka = await startKafka({ advertised: [port] });
  proxy = await startProxy({ port, target: kafka.targets[0]! });
  transport = await transportTo(proxy.address, { request_timeout: 2000 });
});
afterAll(async () => {
  proxy?.limit(Number.POSITIVE_INFINITY);
  await transport?.close();
  await proxy?.stop();
  await kafka?.stop();
});

test('where a full answer takes longer than is waited for it, smaller ones are asked for', async () => {
  await createTopics(transport, { slow: 4 });
  const producer = await transport.producer();
  const value = Buffer.alloc(20_000, 'x');
  for (let i = 0; i < 30; i++) await producer.send([0, 1, 2, 3].map((partition) => record('slow', partition, value)));
  await producer.close();
  const reader = new Reader(transport, ['slow'], { group_id: 'slow' }, false);
  await reader.group.start();
  await until('it is in its group', () => reader.assignedNow.length === 4);
  // a full answer is two megabytes
  proxy.limit(400_000);
  for (const partition of [0, 1, 2, 3]) reader.group.seek({ topic: 'slow', partition, offset: 0 });
  reader.group.resume([0, 1, 2, 3].map((partition) => ({ topic: 'slow', partition })));
  await until('all is read', () => reader.records.length === 120);
  expect(reader.failures).toEqual([]);
  await reader.group.stop();
});
