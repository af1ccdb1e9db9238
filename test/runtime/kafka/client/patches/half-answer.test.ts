import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { harden } from '../../../../../src/runtime/kafka/client/harden.js';
import { internals } from '../../../../../src/runtime/kafka/client/internals.js';
import { SILENT } from '../../../../../src/runtime/kafka/client/patches/patch.js';

let server: Server;
let breaks = true;
const sockets: Socket[] = [];

beforeAll(async () => {
  await harden();
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (request) => {
      const answer = Buffer.alloc(108);
      answer.writeInt32BE(104);
      request.copy(answer, 4, 8, 12);
      if (breaks) socket.end(answer.subarray(0, 60));
      else socket.write(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

test('what comes after a connection that broke in the middle of an answer is read from its beginning', async () => {
  const { Connection, Encoder } = internals();
  const connection = new Connection({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    logger: SILENT,
    requestTimeout: 500,
    enforceRequestTimeout: true,
    connectionTimeout: 5000,
    socketFactory: require('kafkajs/src/network/socketFactory')(),
  });
  const ask = () =>
    connection.send({
      request: { apiKey: 3, apiName: 'Metadata', apiVersion: 0, encode: async () => new Encoder() },
      response: { decode: async () => ({}), parse: async () => 'answered' },
    });
  await connection.connect();
  await expect(ask()).rejects.toMatchObject({ name: 'KafkaJSConnectionClosedError' });
  breaks = false;
  await connection.connect();
  await expect(ask()).resolves.toBe('answered');
  await connection.disconnect();
});
