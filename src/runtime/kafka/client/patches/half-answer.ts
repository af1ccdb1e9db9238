import { EventEmitter } from 'node:events';
import { internals } from '../internals.js';
import { methodOf, type Patch, SILENT } from './patch.js';

interface Connection {
  isConnected(): boolean;
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
}

/** Of the length before an answer, bytes. */
const LENGTH = 4;

/**
 * kafkajs keeps what it has read of an answer when the connection breaks in the middle of it, and takes what comes over the next one for the rest:
 * from then on it reads lengths where there are none, and no request of that connection is answered any more, however often it is opened anew.
 */
export const halfAnswer: Patch = {
  name: 'half an answer of a connection that broke',
  async hasDefect() {
    const { Connection } = internals();
    const connection = new Connection({
      host: 'self-test',
      port: 0,
      logger: SILENT,
      requestTimeout: 60_000,
      connectionTimeout: 60_000,
      socketFactory: ({ onConnect }: { onConnect(): void }) => {
        queueMicrotask(onConnect);
        return Object.assign(new EventEmitter(), { write() {}, unref() {}, end() {} });
      },
    });
    await connection.connect();
    connection.processData(Buffer.from([0, 0, 1, 0, 0, 0]));
    if (!(connection.bytesBuffered > 0)) throw new Error('a connection does not keep what it has read of an answer');
    await connection.disconnect();
    await connection.connect();
    const isKept = connection.bytesBuffered > 0;
    await connection.disconnect();
    return isKept;
  },
  apply() {
    const { Connection } = internals();
    const connect = methodOf(Connection.prototype, 'connect');
    Connection.prototype['connect'] = function (this: Connection) {
      if (!this.isConnected()) {
        this.chunks = [];
        this.bytesBuffered = 0;
        this.bytesNeeded = LENGTH;
      }
      return connect.call(this);
    };
  },
};
