import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { asKafkajs, Sockets } from '../../../../src/runtime/kafka/client/sockets.js';
import { until } from '../../../cli/until.js';
import { Reader, transportTo } from '../../../helpers/kafka-client.js';

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

test('closed while brokers stand still, whoever waits for them is told, and nobody connects any more', async () => {
  // the system takes connections, and nobody answers
  let connections = 0;
  const standing = net.createServer(() => void connections++).listen(0, '127.0.0.1');
  await once(standing, 'listening');
  const transport = await transportTo(`127.0.0.1:${(standing.address() as AddressInfo).port}`);
  const waiting = [transport.admin(), transport.producer(), transport.transactional('t')].map((asked) => asked.catch(() => 'told'));
  void new Reader(transport, ['raw'], { group_id: 'g' }).group.start();
  await until(() => connections >= 4, 'all wait');
  await transport.close();
  const connect = jest.spyOn(net, 'connect');
  expect(await Promise.all(waiting)).toEqual(['told', 'told', 'told']);
  expect(connect).not.toHaveBeenCalled();
  connect.mockRestore();
  standing.close();
});
