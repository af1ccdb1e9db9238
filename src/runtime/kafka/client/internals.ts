import { SessionvigilError } from '../../../errors.js';

/**
 * What we rely on of the inside of kafkajs, in one place. Only things that can be changed where they stand are patched (prototypes, objects that
 * are asked for their methods at every call), so it does not matter who loads kafkajs first. All shapes are those of 2.2.4.
 */

/** A record as kafkajs hands it on. */
export interface Message {
  magicByte?: number;
  attributes?: number;
  /** ms, decimal */
  timestamp: string;
  /** decimal */
  offset: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, Buffer | string | null | (Buffer | string | null)[]>;
  isControlRecord: boolean;
  batchContext?: unknown;
}

export interface FetchedPartition {
  partition: number;
  errorCode: number;
  highWatermark: string;
  lastStableOffset: string;
  lastStartOffset?: string;
  abortedTransactions: { producerId: string; firstOffset: string }[];
  preferredReadReplica?: number;
  messages: Message[];
}

export interface FetchResponse {
  throttleTime: number;
  clientSideThrottleTime?: number;
  errorCode?: number;
  sessionId?: number;
  responses: { topicName: string; partitions: FetchedPartition[] }[];
}

type Method = (this: never, ...parameters: never[]) => unknown;
// biome-ignore lint/suspicious/noExplicitAny: the insides of kafkajs have no types; each patch says what it uses of them
type Any = any;

/** Classes, as far as a patch replaces methods on their prototype. */
interface Class {
  new (...parameters: Any[]): Any;
  prototype: Record<string, Method | undefined> & Record<string, Any>;
}

export interface Codec {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>;
  decompress(bytes: Buffer): Promise<Buffer>;
}

export interface Internals {
  version: string;
  Client: Class;
  RequestQueue: Class;
  Connection: Class;
  Broker: Class;
  ConsumerGroup: Class;
  Runner: Class;
  groupMessagesPerPartition(options: Any): Record<string, unknown[]>;
  createSendMessages(options: object): (request: object) => Promise<{ topicName: string; partition: number }[]>;
  createRetry(
    options?: object,
  ): (work: (bail: (error: unknown) => void, count: number, ms: number) => Promise<unknown>) => Promise<unknown>;
  errors: Record<string, new (...parameters: Any[]) => Error & { retriable?: boolean; type?: string }>;
  createErrorFromCode(code: number): Error & { type: string; retriable: boolean };
  codecs: Record<number, () => Codec>;
  /** by version */
  fetchResponses: Record<number, { decode(bytes: Buffer): Promise<FetchResponse>; parse: unknown }>;
  oldMessages(decoder: unknown, size: number): Promise<Message[]>;
  Decoder: Class;
  Encoder: Class;
  encodeBatch(options: object): Promise<{ buffer: Buffer }>;
  encodeRecord(options: object): unknown;
}

/** Versions of Fetch from which on there are record batches, as far as kafkajs speaks them. */
export const FETCH_VERSIONS = [4, 5, 7, 8, 11] as const;

let loaded: Internals | undefined;

/** @throws SV_KAFKA_CLIENT when the installed kafkajs has no such inside */
export function internals(): Internals {
  if (loaded !== undefined) return loaded;
  try {
    loaded = {
      version: require('kafkajs/package.json').version,
      Client: require('kafkajs').Kafka,
      RequestQueue: require('kafkajs/src/network/requestQueue'),
      Connection: require('kafkajs/src/network/connection'),
      Broker: require('kafkajs/src/broker'),
      ConsumerGroup: require('kafkajs/src/consumer/consumerGroup'),
      Runner: require('kafkajs/src/consumer/runner'),
      groupMessagesPerPartition: require('kafkajs/src/producer/groupMessagesPerPartition'),
      createSendMessages: require('kafkajs/src/producer/sendMessages'),
      createRetry: require('kafkajs/src/retry'),
      errors: require('kafkajs/src/errors'),
      createErrorFromCode: require('kafkajs/src/protocol/error').createErrorFromCode,
      codecs: require('kafkajs/src/protocol/message/compression').Codecs,
      fetchResponses: {
        4: require('kafkajs/src/protocol/requests/fetch/v4/response'),
        5: require('kafkajs/src/protocol/requests/fetch/v5/response'),
        7: require('kafkajs/src/protocol/requests/fetch/v7/response'),
        8: require('kafkajs/src/protocol/requests/fetch/v8/response'),
        11: require('kafkajs/src/protocol/requests/fetch/v11/response'),
      },
      oldMessages: require('kafkajs/src/protocol/messageSet/decoder'),
      Decoder: require('kafkajs/src/protocol/decoder'),
      Encoder: require('kafkajs/src/protocol/encoder'),
      encodeBatch: require('kafkajs/src/protocol/recordBatch/v0').RecordBatch,
      encodeRecord: require('kafkajs/src/protocol/recordBatch/record/v0'),
    };
    return loaded;
  } catch (cause) {
    throw new SessionvigilError('SV_KAFKA_CLIENT', `the installed kafkajs is not what this program was made for: ${reasonOf(cause)}`, [], {
      cause,
    });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.split('\n')[0]! : String(error);
}
