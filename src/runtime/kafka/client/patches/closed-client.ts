import { KafkaJSNonRetriableError } from 'kafkajs';
import { internals } from '../internals.js';
import { isClosed, Sockets } from '../sockets.js';
import { methodOf, type Patch, SILENT } from './patch.js';

interface Connection {
  socketFactory: object;
}

/**
 * kafkajs takes every connection that fails for one that may be had a moment later, and has retries in retries in retries: who waits for brokers
 * that stand still when the client is closed goes on for minutes, and the process with them. Here who is closed is told so once, for good.
 */
export const closedClient: Patch = {
  name: 'connections of a client that is closed',
  async hasDefect() {
    const { Connection } = internals();
    const sockets = new Sockets();
    sockets.close();
    const connection = new Connection({
      host: '127.0.0.1',
      // nobody is asked: the socket is destroyed before it is connected
      port: 1,
      logger: SILENT,
      requestTimeout: 60_000,
      connectionTimeout: 60_000,
      socketFactory: sockets.make,
    });
    const error = await connection.connect().then(
      () => undefined,
      (reason: { retriable?: boolean }) => reason,
    );
    if (error === undefined) throw new Error('a closed client connects');
    return error.retriable !== false;
  },
  apply() {
    const { Connection } = internals();
    const connect = methodOf(Connection.prototype, 'connect');
    Connection.prototype['connect'] = function (this: Connection) {
      return isClosed(this.socketFactory) ? Promise.reject(new KafkaJSNonRetriableError('the client is closed')) : connect.call(this);
    };
  },
};
