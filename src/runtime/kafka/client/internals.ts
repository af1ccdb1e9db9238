import { SessionvigilError } from '../../../errors.js';

/**
 * What we change of the inside of kafkajs, in one place. Only things that can be changed where they stand are patched (prototypes, objects that are
 * asked for their methods at every call), so it does not matter who loads kafkajs first. All shapes are those of 2.2.4.
 */

/** A record as kafkajs hands it on: 64-bit numbers are texts. */
export interface Message {
  magicByte?: number;
  attributes?: number;
  /** ms */
  timestamp: string;
  offset: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, Buffer | null | (Buffer | null)[]>;
  isControlRecord: boolean;
  batchContext?: unknown;
}

export interface DecodedPartition {
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
  responses: { topicName: string; partitions: DecodedPartition[] }[];
}

// biome-ignore lint/suspicious/noExplicitAny: the insides of kafkajs have no types; each patch says what it uses of them
type Any = any;

/** Of which a patch replaces methods. */
interface Class {
  new (...parameters: Any[]): Any;
  prototype: Record<string, Any>;
}

export interface Codec {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>;
  decompress(bytes: Buffer): Promise<Buffer>;
}

export interface Internals {
  version: string;
  Broker: Class;
  BrokerPool: Class;
  RequestQueue: Class;
  Connection: Class;
  SaslAuthenticator: Class;
  /** by the number in a batch's attributes */
  codecs: Record<number, () => Codec>;
  /** by version */
  fetchResponses: Record<number, { decode(bytes: Buffer): Promise<FetchResponse>; parse: unknown }>;
  /** of all versions */
  metadataResponses: { parse(decoded: unknown): Promise<unknown> }[];
  /** reads the formats before record batches */
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
      Broker: require('kafkajs/src/broker'),
      BrokerPool: require('kafkajs/src/cluster/brokerPool'),
      RequestQueue: require('kafkajs/src/network/requestQueue'),
      Connection: require('kafkajs/src/network/connection'),
      SaslAuthenticator: require('kafkajs/src/broker/saslAuthenticator'),
      codecs: require('kafkajs/src/protocol/message/compression').Codecs,
      fetchResponses: {
        4: require('kafkajs/src/protocol/requests/fetch/v4/response'),
        5: require('kafkajs/src/protocol/requests/fetch/v5/response'),
        7: require('kafkajs/src/protocol/requests/fetch/v7/response'),
        8: require('kafkajs/src/protocol/requests/fetch/v8/response'),
        11: require('kafkajs/src/protocol/requests/fetch/v11/response'),
      },
      metadataResponses: [0, 1, 2, 3, 4, 5, 6].map((version) => require(`kafkajs/src/protocol/requests/metadata/v${version}/response`)),
      oldMessages: require('kafkajs/src/protocol/messageSet/decoder'),
      Decoder: require('kafkajs/src/protocol/decoder'),
      Encoder: require('kafkajs/src/protocol/encoder'),
      encodeBatch: require('kafkajs/src/protocol/recordBatch/v0').RecordBatch,
      encodeRecord: require('kafkajs/src/protocol/recordBatch/record/v0'),
    };
    return loaded;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new SessionvigilError('SV_KAFKA_CLIENT', `the installed kafkajs is not what this program was made for: ${reason}`, [], { cause });
  }
}
