import { CODE } from '../../../../src/runtime/kafka/client/answers.js';
import { OrderedProducer } from '../../../../src/runtime/kafka/client/producers.js';
import { Transactions } from '../../../../src/runtime/kafka/client/transactions.js';
import type { Api, Wire } from '../../../../src/runtime/kafka/client/wire.js';
import { toldError } from '../../../../src/runtime/kafka/told-error.js';
import { Doomed, Unwritable } from '../../../../src/runtime/kafka/transport.js';
import { quiet, record } from '../../../helpers/kafka-client.js';

/** One broker that answers well, but for what is refused. */
function broker(refusals: Partial<Record<Api | 'Metadata', number>>): { wire: Wire; asked: string[] } {
  const asked: string[] = [];
  const broker = { nodeId: 1 };
  const answer = (api: Api, args: { transactionResult?: boolean }) => {
    asked.push(args.transactionResult === false ? 'abort' : api);
    const errorCode = refusals[api] ?? 0;
    if (api === 'Produce') return { topics: [{ topicName: 'out', partitions: [{ partition: 0, errorCode }] }] };
    // of the others the broker says that they were not tried
    const others = errorCode === 0 ? 0 : CODE.OPERATION_NOT_ATTEMPTED;
    if (api === 'AddPartitionsToTxn')
      return {
        errors: [
          { topic: 'before', partitionErrors: [{ partition: 0, errorCode: others }] },
          { topic: 'out', partitionErrors: [{ partition: 0, errorCode }] },
        ],
      };
    return { errorCode, producerId: '1', producerEpoch: 0 };
  };
  const wire = {
    isClosed: false,
    cluster: {
      connect: async () => undefined,
      refreshMetadata: async () => undefined,
      findBroker: async () => broker,
      brokerPool: { findConnectedBroker: async () => broker },
    },
    follow: async () => {
      const code = refusals.Metadata;
      if (code !== undefined) throw Object.assign(new Error('not said of which'), { name: 'KafkaJSProtocolError', code });
    },
    leaders: () => new Map([[0, 1]]),
    coordinator: async () => broker,
    forgetCoordinator: () => undefined,
    ask: async (_: unknown, api: Api, args: object) => answer(api, args),
    close() {
      wire.isClosed = true;
    },
  };
  return { wire: wire as unknown as Wire, asked };
}

const failureOf = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => {
      throw new Error('it went well');
    },
    (error: Error) => error,
  );
const told = (error: unknown) => toldError(error, { brokers: ['b:1'], act: 'ended' }) as { code?: string; message: string };

const written = async (wire: Wire) => {
  const producer = await OrderedProducer.open(wire, { compression: 0, produce_timeout: 1000, log: quiet });
  await producer.send([record('out', 0, 'x')]);
};
const committed = async (wire: Wire, patience = 60_000) => {
  const settings = { compression: 0, produce_timeout: 1000, transaction_timeout: 1000, patience, open_patience: patience };
  const producer = await Transactions.open(wire, 'the-id', settings);
  await producer.commit([record('out', 0, 'x')]);
};

const { TOPIC_AUTHORIZATION_FAILED, TRANSACTIONAL_ID_AUTHORIZATION_FAILED, CLUSTER_AUTHORIZATION_FAILED } = CODE;
const ON_TOPIC = 'the right Write and Describe on the topic out is missing';
const ON_ID = 'the right Write and Describe on the transactional id is missing';
const ON_CLUSTER = 'the right IdempotentWrite on the cluster is missing';

test.each([
  ['Metadata', TOPIC_AUTHORIZATION_FAILED, ON_TOPIC],
  ['Produce', TOPIC_AUTHORIZATION_FAILED, ON_TOPIC],
  ['InitProducerId', CLUSTER_AUTHORIZATION_FAILED, ON_CLUSTER],
])('who may not write is told which right is missing: %s', async (api, code, right) => {
  const error = await failureOf(written(broker({ [api]: code }).wire));
  expect(told(error)).toMatchObject({ code: 'SV_KAFKA_DENIED', message: expect.stringContaining(right) });
});

test.each([
  ['Metadata', TOPIC_AUTHORIZATION_FAILED, ON_TOPIC],
  ['AddPartitionsToTxn', TOPIC_AUTHORIZATION_FAILED, ON_TOPIC],
  ['AddPartitionsToTxn', TRANSACTIONAL_ID_AUTHORIZATION_FAILED, ON_ID],
  ['Produce', TOPIC_AUTHORIZATION_FAILED, ON_TOPIC],
  ['EndTxn', TRANSACTIONAL_ID_AUTHORIZATION_FAILED, ON_ID],
  ['InitProducerId', TRANSACTIONAL_ID_AUTHORIZATION_FAILED, ON_ID],
])('in a transaction that is no failure which passes: %s, %i', async (api, code, right) => {
  const { wire, asked } = broker({ [api]: code });
  const error = await failureOf(committed(wire));
  expect(error).not.toBeInstanceOf(Doomed);
  expect(error).not.toBeInstanceOf(Unwritable);
  expect(told(error)).toMatchObject({ code: 'SV_KAFKA_DENIED', message: expect.stringContaining(right) });
  // who reads what is committed does not wait for it to time out
  if (api === 'Produce') expect(asked.at(-1)).toBe('abort');
  expect(wire.isClosed).toBe(true);
});

test('of several topics at once the broker does not say which', async () => {
  const { wire } = broker({ Metadata: TOPIC_AUTHORIZATION_FAILED });
  const producer = await OrderedProducer.open(wire, { compression: 0, produce_timeout: 1000, log: quiet });
  const error = await failureOf(producer.send([record('out', 0, 'x'), record('more', 0, 'x')]));
  expect(told(error).message).toContain('the right Write and Describe on one of the topics out, more is missing');
});

test('what passes dooms, as before', async () => {
  const { wire } = broker({ Produce: CODE.NOT_ENOUGH_REPLICAS });
  expect(await failureOf(committed(wire, 0))).toBeInstanceOf(Doomed);
});

test.each([
  ['SV_KAFKA_RECORD_TOO_LARGE', 'Produce', CODE.MESSAGE_TOO_LARGE],
  ['SV_KAFKA_RECORD_TOO_LARGE', 'Produce', CODE.RECORD_LIST_TOO_LARGE],
  ['SV_KAFKA_AUTH', 'InitProducerId', CODE.SASL_AUTHENTICATION_FAILED],
  ['SV_KAFKA_REFUSED', 'Produce', CODE.INVALID_TOPIC],
  ['SV_KAFKA_REFUSED', 'Metadata', CODE.INVALID_TOPIC],
  ['SV_KAFKA_REFUSED', 'Produce', CODE.INVALID_RECORD],
  ['SV_KAFKA_REFUSED', 'InitProducerId', CODE.UNSUPPORTED_VERSION],
])('%s: %s is answered with %i', async (expected, api, code) => {
  expect(told(await failureOf(written(broker({ [api]: code }).wire))).code).toBe(expected);
  expect(told(await failureOf(committed(broker({ [api]: code }).wire))).code).toBe(expected);
});

test('a transaction that takes longer than the brokers allow', async () => {
  const { wire } = broker({ InitProducerId: CODE.INVALID_TRANSACTION_TIMEOUT });
  expect(told(await failureOf(committed(wire)))).toMatchObject({ code: 'SV_KAFKA_REFUSED' });
});
