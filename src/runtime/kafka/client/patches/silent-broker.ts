import { KafkaJSConnectionError, KafkaJSRequestTimeoutError } from 'kafkajs';
import { internals } from '../internals.js';
import { methodOf, type Patch, SILENT } from './patch.js';

/** ms for the first answer over a connection; less than those who wait for the same broker do. */
export const FIRST_ANSWER = 10_000;

const API_VERSIONS = 18;

/**
 * A broker that stands still (its process is stopped, its disk hangs) is still connected to by its system, and answers nothing. kafkajs takes the next
 * of the list for one that refuses connections, but asks this one again and again, for as long as any request may take: who begins with it finds no
 * other, though all others are well. Here it is as one that cannot be connected to, after a shorter time.
 */
export const silentBroker: Patch = {
  name: 'broker that connects and answers nothing',
  async hasDefect() {
    const { BrokerPool } = internals();
    const connected = async (error: Error) => {
      let tried = 0;
      const connection = { getSupportAuthenticationProtocol: () => false, authenticate: async () => {} };
      const connectionPool = {
        connectionTimeout: 60_000,
        isConnected: () => false,
        getConnection: async () => connection,
        send: () => Promise.reject(error),
        destroy: async () => {},
      };
      const connectionPoolBuilder = {
        build: async () => {
          tried++;
          return connectionPool;
        },
      };
      const pool = new BrokerPool({ connectionPoolBuilder, logger: SILENT, retry: { retries: 0, initialRetryTime: 1 } });
      await pool.connect().then(
        () => {
          throw new Error('it is connected to nothing');
        },
        () => undefined,
      );
      return tried;
    };
    if ((await connected(new KafkaJSConnectionError('tried'))) !== 2)
      throw new Error('no other broker is taken for one that refuses connections');
    const isKept = (await connected(new KafkaJSRequestTimeoutError('tried', {} as never))) < 2;
    return isKept || firstTimeout(60_000) > FIRST_ANSWER;
  },
  apply() {
    const { Broker, RequestQueue } = internals();
    const connect = methodOf(Broker.prototype, 'connect');
    Broker.prototype['connect'] = async function (this: { brokerAddress: string }) {
      try {
        await connect.call(this);
      } catch (error) {
        if (!(error instanceof KafkaJSRequestTimeoutError)) throw error;
        throw new KafkaJSConnectionError(`no answer: ${error.message}`, { broker: this.brokerAddress });
      }
    };
    const create = methodOf(RequestQueue.prototype, 'createSocketRequest');
    RequestQueue.prototype['createSocketRequest'] = function (this: unknown, pushed: { entry: { apiKey: number } }) {
      const request = create.call(this, pushed) as { requestTimeout: number };
      if (pushed.entry.apiKey === API_VERSIONS) request.requestTimeout = Math.min(request.requestTimeout, FIRST_ANSWER);
      return request;
    };
  },
};

/** How long the first request of a connection may take, ms. @param timeout of any request */
function firstTimeout(timeout: number): number {
  const { RequestQueue } = internals();
  const queue = new RequestQueue({ requestTimeout: timeout, logger: SILENT, isConnected: () => false });
  const entry = { apiKey: API_VERSIONS, apiName: 'ApiVersions', apiVersion: 0, correlationId: 0, resolve() {}, reject() {} };
  const { requestTimeout } = queue.createSocketRequest({ entry, expectResponse: true, requestTimeout: 1000, sendRequest() {} });
  queue.destroy();
  if (!(requestTimeout > 0)) throw new Error('a request has no time');
  return requestTimeout;
}
