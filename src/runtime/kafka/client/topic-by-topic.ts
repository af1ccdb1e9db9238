import { isFinal } from './answers.js';
import type { ProtocolRequest } from './wire.js';

/** What is used of kafkajs's brokers, and of the pool that makes them. */
export interface Pool {
  createBroker(options: object): Asked;
}

interface Asked {
  lookupRequest(key: number, versions: unknown): (args: object) => ProtocolRequest;
  metadata(topics: readonly string[]): Promise<unknown>;
}

interface Metadata {
  topicMetadata: { topicErrorCode: number; topic: string }[];
}

/**
 * kafkajs refuses metadata whole when one of the topics asked for is refused, as one is that was deleted: where the leaders of all others have moved to
 * is not heard of any more either. Here what is said of a topic holds for that topic alone: one that is refused is left out, unless it would be for ever,
 * as where a right is missing.
 * @returns topic -> the broker's answer, of those that were left out when they were asked for last
 */
export function topicByTopic(pool: Pool): ReadonlyMap<string, number> {
  const refused = new Map<string, number>();
  const createBroker = pool.createBroker.bind(pool);
  pool.createBroker = (options) => {
    const broker = createBroker(options);
    const { metadata } = broker;
    // it knows its requests only when it is connected: they are looked up at every call
    const lookupRequest: Asked['lookupRequest'] = (key, versions) => (args) => {
      const made = broker.lookupRequest(key, versions)(args);
      const parse = async (decoded: unknown) => made.response.parse(withoutRefused(decoded as Metadata, refused));
      return { ...made, response: { decode: made.response.decode, parse } };
    };
    broker.metadata = (topics) => metadata.call(Object.create(broker, { lookupRequest: { value: lookupRequest } }), topics);
    return broker;
  };
  return refused;
}

function withoutRefused(decoded: Metadata, refused: Map<string, number>): Metadata {
  const topicMetadata = decoded.topicMetadata.filter(({ topic, topicErrorCode }) => {
    const isKept = topicErrorCode === 0 || isFinal(topicErrorCode);
    if (isKept) refused.delete(topic);
    else refused.set(topic, topicErrorCode);
    return isKept;
  });
  return { ...decoded, topicMetadata };
}
