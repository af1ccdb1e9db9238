import { internals } from '../internals.js';
import { methodOf, type Patch } from './patch.js';

/**
 * Nobody knows whether a request of a transaction was carried out, or still will be. The producer cannot be used any more: only a new producer of
 * the same transactional id fences what may still be on its way.
 */
export class Indefinite extends Error {
  override readonly name = 'Indefinite';
  /** asked by kafkajs before it tries again */
  readonly retriable = false;

  /** @param because what went wrong; not as `cause`, which kafkajs would hand on in place of this */
  constructor(
    message: string,
    readonly because: unknown,
  ) {
    super(message);
  }
}

/** Requests that a transaction is made of. */
const METHODS = ['produce', 'addPartitionsToTxn', 'addOffsetsToTxn', 'txnOffsetCommit', 'endTxn'] as const;

interface Sent {
  transactionalId?: string;
  producerId?: unknown;
  producerEpoch?: unknown;
}
interface ProtocolRequest {
  request: { encode(): Promise<unknown> };
}
interface Pool {
  send(request: ProtocolRequest): Promise<unknown>;
}
interface Broker {
  connectionPool: Pool;
}

/** transactional id -> the producer of it that is doomed, and by what */
const doomed = new Map<string, { producer: string; by: Indefinite }>();

const producerOf = ({ producerId, producerEpoch }: Sent): string => `${producerId}/${producerEpoch}`;

/**
 * In the transaction protocol that kafkajs speaks a transaction has no number of its own: a request of one that was held up on its way can be
 * applied to a later one of the same epoch, which tears or loses it (K27; KIP-890 is the broker's cure). kafkajs sends requests that timed out or
 * whose connection closed again. Now such an error dooms the producer: what was asked fails, and so does all that it is asked for afterwards, at
 * once. What the broker did answer (CONCURRENT_TRANSACTIONS, NOT_LEADER, a coordinator that loads) is tried again as before, and so is what never
 * left this process.
 */
export const indefinite: Patch = {
  name: 'indefinite errors inside transactions',
  async hasDefect() {
    const { Broker, errors } = internals();
    const broker = new Broker({
      connectionPool: {
        host: 'self-test',
        port: 0,
        connectionTimeout: 1000,
        async send({ request }: ProtocolRequest) {
          await request.encode();
          throw new errors['KafkaJSRequestTimeoutError']!('self-test');
        },
      },
      logger: { namespace: () => undefined },
      nodeId: 0,
    });
    broker.lookupRequest = () => () => ({ request: { encode: async () => Buffer.alloc(0) } });
    const of = { transactionalId: 'sessionvigil self-test', producerId: '0', producerEpoch: 0 };
    for (const method of METHODS) {
      const error = await broker[method]({ ...of, topicData: [], topics: [] }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      doomed.delete(of.transactionalId);
      if (error === undefined) throw new Error(`${method} hides an error`);
      if ((error as { retriable?: boolean }).retriable !== false) return true;
    }
    return false;
  },
  apply() {
    const { prototype } = internals().Broker;
    for (const name of METHODS) {
      const original = methodOf(prototype, name);
      prototype[name] = async function (this: Broker, sent: Sent) {
        const id = sent.transactionalId;
        return id === undefined || id === null ? await original.call(this, sent) : await guarded(this, original, name, id, sent);
      };
    }
    const init = methodOf(prototype, 'initProducerId');
    prototype['initProducerId'] = async function (this: Broker, sent: Sent) {
      const made = await init.call(this, sent);
      if (sent.transactionalId !== undefined) doomed.delete(sent.transactionalId);
      return made;
    };
  },
};

async function guarded(broker: Broker, original: (sent: unknown) => unknown, name: string, id: string, sent: Sent): Promise<unknown> {
  const producer = producerOf(sent);
  const before = doomed.get(id);
  if (before?.producer === producer) throw before.by;
  let isOnItsWay = false;
  const pool = broker.connectionPool;
  // the broker as it is, but for noticing that a request was made into bytes: from there on it may be on the wire
  const watched = Object.create(broker, {
    connectionPool: {
      value: Object.create(pool, {
        send: {
          value: (made: ProtocolRequest) =>
            pool.send({
              ...made,
              request: {
                ...made.request,
                encode: () => {
                  isOnItsWay = true;
                  return made.request.encode();
                },
              },
            }),
        },
      }),
    },
  });
  try {
    return await original.call(watched, sent);
  } catch (error) {
    if (!isOnItsWay || isDefinite(error)) throw error;
    const by = new Indefinite(`${name}: ${error instanceof Error ? error.message : String(error)}`, error);
    doomed.set(id, { producer, by });
    throw by;
  }
}

/** The broker has answered: the request is done with. */
function isDefinite(error: unknown): boolean {
  return error instanceof internals().errors['KafkaJSProtocolError']!;
}

/** Whether this is what made kafkajs give up, however it was wrapped. */
export function isIndefinite(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof Indefinite) return true;
  return false;
}
