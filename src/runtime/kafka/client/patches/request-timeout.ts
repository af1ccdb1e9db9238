import { EventEmitter } from 'node:events';
import { internals } from '../internals.js';
import { methodOf, type Patch, SILENT } from './patch.js';

const TIMED_OUT = 'sessionvigil:timed-out';

interface Connection {
  requestQueue: EventEmitter;
  socket?: { destroy(error: Error): void };
}

/**
 * A request that is not answered in time leaves kafkajs's connection as it is. When the other end is gone without a word (a host that died, a
 * firewall that forgot), every later request waits its whole time as well, until the system gives the connection up after a quarter of an hour.
 * A broker answers in order, so behind a request that it does not answer nothing comes: the connection is closed, the next request opens another.
 */
export const requestTimeout: Patch = {
  name: 'connection on which a request timed out',
  async hasDefect() {
    const { Connection } = internals();
    let isClosed = false;
    const socket = Object.assign(new EventEmitter(), {
      write() {},
      unref() {},
      end() {
        isClosed = true;
      },
      destroy() {
        isClosed = true;
      },
    });
    const connection = new Connection({
      host: 'self-test',
      port: 0,
      logger: SILENT,
      requestTimeout: 60_000,
      connectionTimeout: 60_000,
      socketFactory: ({ onConnect }: { onConnect(): void }) => {
        queueMicrotask(onConnect);
        return socket;
      },
    });
    await connection.connect();
    const entry = { apiKey: 3, apiName: 'Metadata', apiVersion: 0, correlationId: 0, resolve() {}, reject() {} };
    connection.requestQueue.push({ entry, expectResponse: true, sendRequest() {} });
    connection.requestQueue.inflight.get(0).timeoutRequest();
    connection.requestQueue.destroy();
    return !isClosed;
  },
  apply() {
    const { RequestQueue, Connection } = internals();
    const create = methodOf(RequestQueue.prototype, 'createSocketRequest');
    RequestQueue.prototype['createSocketRequest'] = function (this: EventEmitter, pushed: unknown) {
      const request = create.call(this, pushed) as { timeoutHandler(): void };
      const timeout = request.timeoutHandler;
      request.timeoutHandler = () => {
        timeout();
        this.emit(TIMED_OUT);
      };
      return request;
    };
    const connect = methodOf(Connection.prototype, 'connect');
    Connection.prototype['connect'] = function (this: Connection) {
      if (this.requestQueue.listenerCount(TIMED_OUT) === 0)
        this.requestQueue.on(TIMED_OUT, () => this.socket?.destroy(new Error('a request was not answered in time')));
      return connect.call(this);
    };
  },
};
