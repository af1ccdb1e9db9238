import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Transport } from '../../../../../src/runtime/kafka/transport.js';
import { createTopics, record, transportTo } from '../../../../helpers/kafka-client.js';
import { type KafkaServers, startKafka } from '../../../../helpers/servers/kafka.mjs';

jest.setTimeout(120_000);

let kafka: KafkaServers;
/** as a broker whose process was stopped: its system still connects */
let silent: Server;
const sockets: Socket[] = [];
let transport: Transport;

beforeAll(async () => {
  kafka = await startKafka();
  silent = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  transport = await transportTo(`127.0.0.1:${port},${kafka.bootstrap}`, { request_timeout: 1000 });
});
afterAll(async () => {
  await transport?.close();
  for (const socket of sockets) socket.destroy();
  silent?.close();
  await kafka?.stop();
});

test('a broker at the head of the list that connects and answers nothing keeps nobody from the others', async () => {
  const admin = await transport.admin();
  await createTopics(transport, { 'past-silence': 1 });
  const producer = await transport.producer();
  await producer.send([record('past-silence', 0, 'a')]);
  const transactional = await transport.transactional('past-silence');
  await transactional.commit([record('past-silence', 0, 'b')]);
  await expect(admin.ids(['past-silence'])).resolves.toHaveProperty('size', 1);
  const [mark] = await admin.watermarks('past-silence');
  expect(mark!.high).toBeGreaterThanOrEqual(2);
  expect(sockets.length).toBeGreaterThan(0);
});
