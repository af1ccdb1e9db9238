import type { Transport } from '../../../../src/runtime/kafka/transport.js';
import { createTopics, Reader, record, transportTo } from '../../../helpers/kafka-client.js';
import { type KafkaServers, startKafka } from '../../../helpers/servers/kafka.mjs';
import { until } from '../../../helpers/servers/ports.mjs';

jest.setTimeout(120_000);

let kafka: KafkaServers;
let transport: Transport;

beforeAll(async () => {
  kafka = await startKafka();
});
afterAll(() => kafka?.stop());
beforeEach(() => {
  transport = transportTo(kafka.bootstrap);
});
afterEach(() => transport.close());

test('a member joins, reads what a transaction has written, and commits where it is', async () => {
  await createTopics(transport, { 'first-in': 2, 'first-out': 2 });
  const reader = new Reader(transport, ['first-in', 'first-out'], { group_id: 'first' });
  await reader.group.start();
  const producer = await transport.transactional('first.0');
  await producer.commit([record('first-in', 0, 'a', 'k'), record('first-in', 1, 'b'), record('first-out', 1, 'c')]);
  await producer.commit([]);
  await producer.commit([record('first-in', 0, 'd')]);
  await until('all read', () => reader.records.length === 4);
  expect(reader.values().sort()).toEqual(['a', 'b', 'c', 'd']);
  expect(reader.assignedNow).toEqual(['first-in/0', 'first-in/1', 'first-out/0', 'first-out/1']);
  const first = reader.records.find((one) => String(one.value) === 'a');
  expect(first).toMatchObject({ topic: 'first-in', partition: 0, offset: 0, headers: {} });
  expect(String(first?.key)).toBe('k');
  await reader.group.commit([{ topic: 'first-in', partition: 0, offset: 2 }]);
  const admin = await transport.admin();
  await expect(admin.committed('first', 'first-in')).resolves.toEqual([
    { partition: 0, offset: 2 },
    { partition: 1, offset: -1 },
  ]);
  await until('heartbeats', () => reader.heartbeats.length > 1);
  expect(reader.failures).toEqual([]);
});
