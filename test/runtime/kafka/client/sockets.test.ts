import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { asKafkajs, Sockets } from '../../../../src/runtime/kafka/client/sockets.js';
import { until } from '../../../cli/until.js';

/** Not every machine that tests has IPv6. */
const ADDRESS = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1')) ? '::1' : '127.0.0.1';

let server: net.Server;
beforeAll(async () => {
  server = net.createServer().listen(0, ADDRESS);
  await once(server, 'listening');
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
const port = () => (server.address() as AddressInfo).port;

test.each([
  ['kafka.example.com:9092', 'kafka.example.com:9092'],
  ['10.0.0.1:9092', '10.0.0.1:9092'],
  ['[2001:db8::7]:9093', '2001%db8%%7:9093'],
])('%s is given to kafkajs as %s', (broker, given) => {
  expect(asKafkajs(broker)).toBe(given);
});

test('a broker is connected to by its address; closed, nothing stays open and nothing is opened', async () => {
  const sockets = new Sockets();
  const [host] = asKafkajs(net.isIPv6(ADDRESS) ? `[${ADDRESS}]:${port()}` : `${ADDRESS}:${port()}`).split(':');
  const socket = await new Promise<net.Socket>((resolve) => {
    const made: net.Socket = sockets.make({ host: host!, port: port(), onConnect: () => resolve(made) });
    made.on('error', () => undefined);
  });
  expect(socket.remoteAddress).toBe(ADDRESS);
  sockets.close();
  expect(socket.destroyed).toBe(true);
  const late = sockets.make({ host: ADDRESS, port: port(), onConnect: () => undefined });
  late.on('error', () => undefined);
  await until(() => late.destroyed, 'it is closed');
});
