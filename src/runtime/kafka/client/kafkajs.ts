import { type ISocketFactory, Kafka, logLevel } from 'kafkajs';
import type { Admin, Group, GroupOptions, Producer, TransactionalProducer, Transport } from '../transport.js';
import { TopicAdmin } from './admin.js';
import { type GroupSettings, Membership } from './group.js';
import { harden } from './harden.js';
import { leaveSeat } from './leave-group.js';
import { kafkajsLog } from './log.js';
import { OrderedProducer } from './producers.js';
import { asKafkajs, Sockets } from './sockets.js';
import { type Step, Transactions } from './transactions.js';
import { type ConnectionOptions, Wire } from './wire.js';

export interface ClientOptions extends ConnectionOptions {
  /** kafkajs's number of the codec that records are written with; 0, the default: none */
  compression?: number | undefined;
  /** most bytes that a batch, and a response, may unpack to; default 64 MB. One number for the whole process */
  most_unpacked?: number | undefined;
  /** ms without a heartbeat until the partitions go to others; default 15 s */
  session_timeout?: number | undefined;
  /** ms; default 1 s */
  heartbeat_interval?: number | undefined;
  /** ms; default 1 min */
  growth_interval?: number | undefined;
  /** ms; default 30 s */
  rebalance_timeout?: number | undefined;
  /** ms until the broker aborts what nobody ends; default 30 s */
  transaction_timeout?: number | undefined;
  /** the broker answers a fetch with at least so many bytes, or after max_wait ms; default 1 and 250 */
  min_bytes?: number | undefined;
  max_wait?: number | undefined;
  /** a clock that nobody sets, ms */
  elapsed?: (() => number) | undefined;
  /** called and waited for between the calls of a transaction; for tests that end the process there */
  onStep?: ((step: Step, transactional_id: string) => void | Promise<void>) | undefined;
}

/** Kafka by kafkajs 2.2.4, of which the protocol and the connections are used, and the admin. See wire.ts for what is not, and why. */
export async function createTransport(options: ClientOptions): Promise<Transport> {
  await harden({ most_unpacked: options.most_unpacked });
  const request_timeout = options.request_timeout ?? 30_000;
  const compression = options.compression ?? 0;
  const open = new Set<Wire | Sockets>();
  const members = new Set<{ close(): Promise<unknown> }>();
  const connect = (timeout = request_timeout): Wire => {
    const wire = new Wire({ ...options, request_timeout: timeout }, () => open.delete(wire));
    open.add(wire);
    return wire;
  };
  const group_settings: GroupSettings = {
    session_timeout: options.session_timeout ?? 15_000,
    heartbeat_interval: options.heartbeat_interval ?? 1000,
    growth_interval: options.growth_interval ?? 60_000,
    rebalance_timeout: options.rebalance_timeout ?? 30_000,
    fetch: {
      answer_bytes: 8 * 1024 * 1024,
      min_bytes: options.min_bytes ?? 1,
      max_wait: options.max_wait ?? 250,
      gather: GATHER,
    },
    elapsed: options.elapsed ?? (() => performance.now()),
    log: options.log,
  };
  return {
    async admin(): Promise<Admin> {
      const sockets = new Sockets();
      const { ssl, sasl } = options.security?.() ?? {};
      const kafka = new Kafka({
        brokers: options.brokers.map(asKafkajs),
        clientId: options.client_id,
        ...(ssl === undefined ? {} : { ssl }),
        ...(sasl === undefined ? {} : { sasl: sasl as never }),
        connectionTimeout: options.connection_timeout ?? 5000,
        requestTimeout: request_timeout,
        enforceRequestTimeout: true,
        socketFactory: sockets.make as ISocketFactory,
        retry: ADMIN_RETRY,
        logLevel: logLevel.ERROR,
        logCreator: kafkajsLog((fields, text) => options.log.debug(fields, text)),
      });
      const wire = connect();
      open.add(sockets);
      const made: TopicAdmin = new TopicAdmin(kafka.admin({ retry: ADMIN_RETRY }), wire, () => {
        wire.close();
        sockets.close();
        open.delete(sockets);
        members.delete(made);
      });
      members.add(made);
      await made.connect();
      return made;
    },
    producer: (): Promise<Producer> => OrderedProducer.open(connect(), { compression, produce_timeout: request_timeout, log: options.log }),
    transactional: (id): Promise<TransactionalProducer> =>
      Transactions.open(connect(), id, {
        compression,
        transaction_timeout: options.transaction_timeout ?? 30_000,
        produce_timeout: request_timeout,
        patience: 10_000,
        open_patience: 30_000,
        onStep: options.onStep,
      }),
    group(of: GroupOptions): Group {
      // who does not answer a heartbeat is given up while the session still lives
      const timeout = Math.min(request_timeout, Math.floor(group_settings.session_timeout / 2));
      const group: Membership = new Membership(connect(timeout), connect(timeout), connect(timeout), of, group_settings, () =>
        members.delete(member),
      );
      const member = { close: () => group.stop() };
      members.add(member);
      return group;
    },
    async leaveSeat(group_id: string, seat_file: string): Promise<void> {
      const wire = connect();
      try {
        await leaveSeat(wire, group_id, seat_file);
      } finally {
        wire.close();
      }
    },
    async close(patience = LEAVING): Promise<void> {
      // members leave their groups, which takes their connections; then all others are cut
      let late: NodeJS.Timeout | undefined;
      const isOver = new Promise<void>((resolve) => {
        late = setTimeout(resolve, patience);
      });
      await Promise.race([Promise.allSettled([...members].map(async (one) => one.close())), isOver]);
      clearTimeout(late);
      members.clear();
      for (const one of open) one.close();
      open.clear();
    },
  };
}

/** As long as somebody has who ends without a word of how long it may take, ms. */
const LEAVING = 5000;

/** At a thousand records a second an answer brings ten instead of five or fewer: a quarter less CPU for the process, and p99 a quarter lower. */
const GATHER = { bytes: 64 * 1024, ms: 10 };

/** Written out: kafkajs has other defaults under NODE_ENV=test. And few: what it tries again it does not stop when it is told to end. */
const ADMIN_RETRY = { initialRetryTime: 50, multiplier: 1.5, maxRetryTime: 1000, factor: 0.2, retries: 3 };
