import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { harden } from '../../../../../src/runtime/kafka/client/harden.js';
import { internals } from '../../../../../src/runtime/kafka/client/internals.js';
import { SILENT } from '../../../../../src/runtime/kafka/client/patches/patch.js';

let server: Server;
let answers: boolean;
const sockets: Socket[] = [];

beforeAll(async () => {
  await harden();
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (request) => {
      if (!answers) return;
      const answer = Buffer.alloc(8);
      answer.writeInt32BE(4);
      request.copy(answer, 4, 8, 12);
      socket.write(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

test('after a request without an answer the next one goes over another connection', async () => {
  const { Connection, Encoder } = internals();
  const { port } = server.address() as AddressInfo;
  const connection = new Connection({
    host: '127.0.0.1',
    port,
    logger: SILENT,
    requestTimeout: 50,
    connectionTimeout: 5000,
    socketFactory: require('kafkajs/src/network/socketFactory')(),
  });
  const ask = () =>
    connection.send({
      request: { apiKey: 3, apiName: 'Metadata', apiVersion: 0, encode: async () => new Encoder() },
      response: { decode: async () => ({}), parse: async () => 'answered' },
    });
  await connection.connect();
  answers = false;
  await expect(Promise.allSettled([ask(), ask()])).resolves.toMatchObject([
    { status: 'rejected', reason: { name: 'KafkaJSRequestTimeoutError' } },
    { status: 'rejected' },
  ]);
  expect(connection.isConnected()).toBe(false);
  answers = true;
  await connection.connect();
  await expect(ask()).resolves.toBe('answered');
  expect(sockets).toHaveLength(2);
  await connection.disconnect();
});
