import type net from 'node:net';
import type tls from 'node:tls';
import { accept } from './answers.js';
import { type ClientLog, kafkajsLog } from './log.js';
import { oneSocketAtATime } from './one-socket.js';
import { asKafkajs, Sockets } from './sockets.js';
import { type Pool, topicByTopic } from './topic-by-topic.js';

/**
 * kafkajs from its protocol up to its cluster: connections, authentication, metadata, encoding and decoding. Its producer and consumer above that
 * are not used, since what they do after an error cannot be changed from outside: the producer sends again what may still be on its way, and
 * passes over a partition whose leader has moved to a broker that has answered already; the consumer sleeps when all is paused, beats only while it
 * fetches, and goes to a default position when it has lost its own.
 */
export interface Broker {
  nodeId: number;
  lookupRequest(key: number, versions: unknown): (args: object) => ProtocolRequest;
  connectionPool: { host: string; port: number; pool: Connection[] };
  /** by the number of the API; null before it is connected */
  versions: Readonly<Record<number, { minVersion: number; maxVersion: number }>> | null;
}

interface Connection {
  socket?: net.Socket;
  isConnected(): boolean;
  connect(): Promise<unknown>;
  send(request: ProtocolRequest): Promise<unknown>;
}

export interface ProtocolRequest {
  request: { apiKey: number; apiVersion?: number; apiName?: string; encode(): Promise<{ buffer: Buffer }> };
  response: { decode(raw: Buffer): Promise<unknown>; parse(data: unknown): Promise<unknown> };
  requestTimeout?: number;
}

interface Cluster {
  targetTopics: Set<string>;
  connect(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  findBroker(of: { nodeId: number | string }): Promise<Broker>;
  findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number | null }[];
  brokerPool: Pool & { findConnectedBroker(): Promise<Broker>; metadata: unknown };
}

const createCluster = require('kafkajs/src/cluster') as new (options: object) => Cluster;
const { createLogger } = require('kafkajs/src/loggers') as { createLogger(options: object): unknown };
const { requests } = require('kafkajs/src/protocol/requests') as { requests: Record<string, unknown> };
const API_KEYS = require('kafkajs/src/protocol/requests/apiKeys') as Record<string, number>;

export type Api =
  | 'AddPartitionsToTxn'
  | 'EndTxn'
  | 'Fetch'
  | 'GroupCoordinator'
  | 'Heartbeat'
  | 'InitProducerId'
  | 'JoinGroup'
  | 'LeaveGroup'
  | 'ListOffsets'
  | 'Metadata'
  | 'OffsetCommit'
  | 'OffsetFetch'
  | 'Produce'
  | 'SyncGroup';

/** Why there was no answer. */
export type Failure = 'network' | 'timeout' | 'auth' | 'other';

/** How a connection is protected. Asked again for every client, so that files which were replaced are read again. */
export interface Security {
  ssl?: tls.ConnectionOptions | undefined;
  /** as kafkajs takes it */
  sasl?: object | undefined;
}

export interface ConnectionOptions {
  /** host:port */
  brokers: readonly string[];
  client_id: string;
  security?: (() => Security) | undefined;
  log: ClientLog;
  /** told of each request that got no answer */
  failed?: ((kind: Failure) => void) | undefined;
  /** ms until a request without an answer has failed; default 30 s */
  request_timeout?: number | undefined;
  /** ms; default 5 s */
  connection_timeout?: number | undefined;
}

/**
 * Written out, since kafkajs has other defaults under NODE_ENV=test, and few: whoever uses a wire tries again by themselves, for as long as
 * they want and only what may be tried again.
 */
const RETRY = { initialRetryTime: 20, multiplier: 1.5, maxRetryTime: 500, factor: 0.2, retries: 6 };
/** Metadata are asked for anew when an answer says so, and after this long, ms. */
const METADATA_AGE = 300_000;

/** The connections of one client: sockets that are its own, and can be cut off without waiting for answers. */
export class Wire {
  readonly cluster: Cluster;
  private readonly sockets = new Sockets();
  private readonly coordinators = new Map<string, number>();
  private readonly refused: ReadonlyMap<string, number>;
  isClosed = false;

  constructor(
    private readonly options: ConnectionOptions,
    private readonly onClose: () => void = () => undefined,
  ) {
    const { ssl, sasl } = options.security?.() ?? {};
    const log = kafkajsLog((fields, text) => {
      if (!this.isClosed) options.log.debug(fields, text);
    });
    oneSocketAtATime();
    this.cluster = new createCluster({
      logger: createLogger({ level: 2, logCreator: log }),
      socketFactory: this.sockets.make,
      brokers: options.brokers.map(asKafkajs),
      ssl,
      sasl,
      clientId: options.client_id,
      connectionTimeout: options.connection_timeout ?? 5000,
      authenticationTimeout: 10_000,
      reauthenticationThreshold: 10_000,
      requestTimeout: options.request_timeout ?? 30_000,
      enforceRequestTimeout: true,
      metadataMaxAge: METADATA_AGE,
      retry: RETRY,
      allowAutoTopicCreation: false,
      // one after the other on each connection: what is sent later arrives later
      maxInFlightRequests: null,
      isolationLevel: 1,
    });
    this.refused = topicByTopic(this.cluster.brokerPool);
  }

  /**
   * Knows the topics from now on. One that goes later is waited for: it has no leaders then.
   * @throws when one of them is missing or nobody answers
   */
  async follow(topics: readonly string[]): Promise<void> {
    const { cluster, refused } = this;
    await cluster.connect();
    const added = topics.filter((topic) => !cluster.targetTopics.has(topic));
    await cluster.addMultipleTargetTopics(topics);
    const missing = added.filter((topic) => refused.has(topic));
    // asked for anew when it is to be followed again
    for (const topic of missing) cluster.targetTopics.delete(topic);
    for (const topic of missing) accept(refused.get(topic)!, `where the partitions of ${topic} are`);
  }

  /** partition -> node id of its leader; as last heard of */
  leaders(topic: string): Map<number, number> {
    const leaders = new Map<number, number>();
    for (const { partitionId, leader } of this.cluster.findTopicPartitionMetadata(topic)) leaders.set(partitionId, leader ?? -1);
    return leaders;
  }

  /** Who is in charge of a group or a transactional id, connected. */
  async coordinator(kind: 'group' | 'transaction', id: string): Promise<Broker> {
    const known = this.coordinators.get(kind + id);
    if (known !== undefined) {
      try {
        return await this.cluster.findBroker({ nodeId: known });
      } catch (error) {
        this.coordinators.delete(kind + id);
        throw error;
      }
    }
    await this.cluster.connect();
    const any = await this.cluster.brokerPool.findConnectedBroker();
    const answer = (await this.ask(any, 'GroupCoordinator', { groupId: id, coordinatorType: kind === 'group' ? 0 : 1 })) as {
      errorCode: number;
      coordinator: { nodeId: number };
    };
    accept(answer.errorCode, `who coordinates ${kind} ${id}`);
    if (this.cluster.brokerPool.metadata === null) await this.cluster.refreshMetadata();
    const { nodeId } = answer.coordinator;
    const broker = await this.cluster.findBroker({ nodeId });
    this.coordinators.set(kind + id, nodeId);
    return broker;
  }

  forgetCoordinator(kind: 'group' | 'transaction', id: string): void {
    this.coordinators.delete(kind + id);
  }

  /**
   * One request, and its answer as decoded: error codes in it are for the caller. What this throws is indefinite: the request may be on its way,
   * or have been done.
   * @param body in place of what kafkajs would make of the arguments
   */
  async ask(broker: Broker, api: Api, args: object, body?: Buffer): Promise<unknown> {
    if (this.isClosed) throw new Error('the client is closed');
    const made = broker.lookupRequest(API_KEYS[api]!, requests[api])(args);
    const request = body === undefined ? made.request : { ...made.request, encode: async () => ({ buf: body, buffer: body }) };
    // fetches wait at the broker, which takes the requests of a connection one by one: they have one of their own
    return this.send(broker, { ...made, request, response: { decode: made.response.decode, parse: asDecoded } }, api === 'Fetch' ? 1 : 0);
  }

  /** The same of a request that kafkajs does not make. @param line connection of the broker's that it goes by */
  async send(broker: Broker, request: ProtocolRequest, line = 0): Promise<unknown> {
    if (this.isClosed) throw new Error('the client is closed');
    const connection = broker.connectionPool.pool[line]!;
    try {
      if (!connection.isConnected()) await connection.connect();
      return await connection.send(request);
    } catch (error) {
      if (!this.isClosed) this.options.failed?.(failureOf(error));
      // answers come in order: behind one that does not come there is none, and the other end may be gone without a word
      if ((error as Error).name === 'KafkaJSRequestTimeoutError')
        connection.socket?.destroy(new Error('a request was not answered in time'));
      throw error;
    }
  }

  /** Ends all connections at once; whoever waits for an answer gets an error. */
  close(): void {
    this.isClosed = true;
    this.onClose();
    this.sockets.close();
  }
}

function failureOf(error: unknown): Failure {
  const { name } = error as Error;
  if (name === 'KafkaJSRequestTimeoutError') return 'timeout';
  if (name.startsWith('KafkaJSConnection')) return 'network';
  return name.startsWith('KafkaJSSASL') ? 'auth' : 'other';
}

const asDecoded = async (data: unknown) => data;

/** Waits, but not longer than until it is woken. */
export class Nap {
  private wakeUp: (() => void) | undefined;

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake(), ms);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  wake(): void {
    this.wakeUp?.();
    this.wakeUp = undefined;
  }
}
