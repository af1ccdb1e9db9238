import { type Pool, topicByTopic } from '../../../../src/runtime/kafka/client/topic-by-topic.js';

const CreateBroker = require('kafkajs/src/broker') as new (options: object) => ReturnType<Pool['createBroker']>;
const { parse } = require('kafkajs/src/protocol/requests/metadata/v0/response') as { parse(decoded: unknown): Promise<unknown> };
const logger = { namespace: () => logger };

let answer: Record<string, number>;

/** kafkajs's broker on connections that answer at once: topics and what is said of them. */
function brokerOf(pool: { createBroker(options: object): ReturnType<Pool['createBroker']> }): ReturnType<Pool['createBroker']> {
  const send = async ({ response }: { response: { parse(decoded: unknown): Promise<unknown> } }) =>
    response.parse({
      brokers: [],
      topicMetadata: Object.entries(answer).map(([topic, topicErrorCode]) => ({ topic, topicErrorCode, partitionMetadata: [] })),
    });
  const broker = pool.createBroker({ connectionPool: { host: 'h', port: 1, connectionTimeout: 1, send }, logger });
  // as it is when it has connected
  broker.lookupRequest = () => () => ({ request: {}, response: { decode: async () => undefined, parse } }) as never;
  return broker;
}

const topicsOf = async (broker: ReturnType<Pool['createBroker']>) =>
  ((await broker.metadata(Object.keys(answer))) as { topicMetadata: { topic: string }[] }).topicMetadata.map(({ topic }) => topic);

test('kafkajs by itself refuses all for one that is missing', async () => {
  answer = { a: 0, gone: 3 };
  await expect(topicsOf(brokerOf({ createBroker: (options) => new CreateBroker(options) }))).rejects.toMatchObject({ code: 3 });
});

test('one that is missing is left out and told, until it is there', async () => {
  const pool: Pool = { createBroker: (options) => new CreateBroker(options) };
  const refused = topicByTopic(pool);
  const broker = brokerOf(pool);
  answer = { a: 0, gone: 3 };
  expect(await topicsOf(broker)).toEqual(['a']);
  expect([...refused]).toEqual([['gone', 3]]);
  answer = { b: 0 };
  expect(await topicsOf(broker)).toEqual(['b']);
  expect([...refused.keys()]).toEqual(['gone']);
  answer = { gone: 0 };
  expect(await topicsOf(broker)).toEqual(['gone']);
  expect([...refused]).toEqual([]);
});

test('a right that is missing is told of, and not waited for', async () => {
  const pool: Pool = { createBroker: (options) => new CreateBroker(options) };
  topicByTopic(pool);
  answer = { a: 0, secret: 29 };
  await expect(topicsOf(brokerOf(pool))).rejects.toMatchObject({ code: 29 });
});
