import { Doomed, Fenced, type OutRecord, type TransactionalProducer, Unwritable } from '../transport.js';
import { accept, CODE, codeOf, isCoordinatorAway, isFinal, isHopeless, Refused, rightToWrite } from './answers.js';
import type { Broker, Wire } from './wire.js';
import { type Identity, Indefinite, inRounds, know, persist, Sequences, write } from './writing.js';

/** Between which calls a test may end the process. */
export type Step = 'opened' | 'begun' | 'added' | 'sent' | 'committed';

export interface TransactionSettings {
  compression: number;
  /** ms after which the broker aborts a transaction that nobody ends */
  transaction_timeout: number;
  /** ms for the broker's replicas to write */
  produce_timeout: number;
  /** ms for which definite answers are tried again: brokers that restart or load take seconds, a restore takes more */
  patience: number;
  /** ms for which the id is asked for */
  open_patience: number;
  /** waited for; only tests have one */
  onStep?: ((step: Step, id: string) => void | Promise<void>) | undefined;
}

/** The id has another owner, or had: the broker has moved its epoch on, which it also does when a transaction has taken too long. */
const FENCED = new Set<number>([
  CODE.INVALID_PRODUCER_EPOCH,
  CODE.PRODUCER_FENCED,
  CODE.INVALID_PRODUCER_ID_MAPPING,
  CODE.TRANSACTION_COORDINATOR_FENCED,
]);

/**
 * One transaction after the other, each of one call. The protocol that kafkajs speaks cannot tell a late request of one transaction from one of the
 * next: so whatever is not answered ends the producer, and only what the broker has refused is asked again.
 */
export class Transactions implements TransactionalProducer {
  private readonly sequences = new Sequences();
  private readonly known = new Set<string>();
  private isUsable = true;

  private constructor(
    private readonly wire: Wire,
    private readonly identity: Identity & { transactional_id: string },
    private readonly settings: TransactionSettings,
  ) {}

  /** @throws Doomed when the id was not to be had in time; what the broker would refuse for ever, as it is */
  static async open(wire: Wire, id: string, settings: TransactionSettings): Promise<Transactions> {
    try {
      // asked twice, the second answer counts: a late first one fences it, which is found at its first use
      const { producerId, producerEpoch } = await persist(
        wire,
        performance.now() + settings.open_patience,
        10,
        (error, code) => {
          if (code !== CODE.CONCURRENT_TRANSACTIONS) wire.forgetCoordinator('transaction', id);
          return !isHopeless(error);
        },
        async () => {
          const broker = await wire.coordinator('transaction', id);
          const args = { transactionalId: id, transactionTimeout: settings.transaction_timeout };
          const answer = (await wire.ask(broker, 'InitProducerId', args)) as {
            errorCode: number;
            producerId: string;
            producerEpoch: number;
          };
          accept(answer.errorCode, `transactional id ${id}`);
          return answer;
        },
      );
      const identity = {
        transactional_id: id,
        producer_id: producerId,
        epoch: producerEpoch,
        compression: settings.compression,
        timeout: settings.produce_timeout,
      };
      const made = new Transactions(wire, identity, settings);
      await settings.onStep?.('opened', id);
      return made;
    } catch (error) {
      wire.close();
      if (isHopeless(error)) throw error;
      throw new Doomed(`transactional id ${id} was not to be had: ${error}`, { cause: error });
    }
  }

  async commit(records: readonly OutRecord[]): Promise<void> {
    if (!this.isUsable) throw new Doomed('the producer has failed before');
    if (records.length === 0) return;
    // a second call while this one runs is a defect of the caller, and is told so
    this.isUsable = false;
    try {
      await this.transact(records);
      this.isUsable = true;
    } catch (error) {
      throw await this.judge(error);
    }
  }

  private async transact(records: readonly OutRecord[]): Promise<void> {
    const { wire, settings } = this;
    const { transactional_id: id } = this.identity;
    const until = performance.now() + settings.patience;
    const rounds = inRounds(records);
    await this.definite(until, () => know(wire, this.known, rounds[0]!));
    await settings.onStep?.('begun', id);
    await this.coordinated(until, 'AddPartitionsToTxn', { topics: partitionsOf(rounds[0]!) });
    await settings.onStep?.('added', id);
    for (const round of rounds) {
      for (const batch of round) this.sequences.take(batch);
      await write(wire, this.identity, round, { through_silence: false, until });
    }
    await settings.onStep?.('sent', id);
    await this.coordinated(until, 'EndTxn', { transactionResult: true });
    await settings.onStep?.('committed', id);
  }

  /** Before anything was sent, or after a definite answer: may be tried again. */
  private definite<T>(until: number, attempt: () => Promise<T>): Promise<T> {
    return persist(this.wire, until, 10, (error) => !isHopeless(error), attempt);
  }

  private coordinated(until: number, api: 'AddPartitionsToTxn' | 'EndTxn', args: object): Promise<void> {
    const { wire, identity } = this;
    const { transactional_id: id } = identity;
    // the last transaction's markers are written after its end was answered: 2 ms is what a quiet broker takes for them
    return persist(
      wire,
      until,
      2,
      (error, code) => isAgain(error, code),
      async () => {
        let broker: Broker;
        try {
          broker = await wire.coordinator('transaction', id);
        } catch (error) {
          if (isHopeless(error)) throw error;
          throw new NotSent(`the coordinator of ${id} cannot be reached: ${error}`, { cause: error });
        }
        let answer: { errorCode?: number; errors?: { topic: string; partitionErrors: { errorCode: number }[] }[] };
        try {
          answer = (await wire.ask(broker, api, {
            transactionalId: id,
            producerId: identity.producer_id,
            producerEpoch: identity.epoch,
            ...args,
          })) as typeof answer;
        } catch (error) {
          throw isHopeless(error) ? error : new Indefinite(`no answer to ${api} of ${id}: ${error}`, { cause: error });
        }
        const refused = (answer.errors ?? [])
          .flatMap(({ topic, partitionErrors }) => partitionErrors.map(({ errorCode }) => ({ topic, errorCode })))
          .filter(({ errorCode }) => errorCode !== 0);
        // where one is refused, all others are not tried
        const first = refused.find(({ errorCode }) => errorCode !== CODE.OPERATION_NOT_ATTEMPTED) ?? refused[0];
        const code = answer.errorCode ?? first?.errorCode ?? 0;
        if (isCoordinatorAway(code)) wire.forgetCoordinator('transaction', id);
        accept(code, `${api} of ${id}`, first && rightToWrite(code, first.topic));
      },
    );
  }

  /** What the caller is told, after whatever can be undone is undone. */
  private async judge(error: unknown): Promise<Error> {
    const { wire, identity } = this;
    const code = error instanceof Refused ? error.code : undefined;
    const isUnwritable = code === CODE.MESSAGE_TOO_LARGE || code === CODE.RECORD_LIST_TOO_LARGE || code === CODE.INVALID_RECORD;
    const isRefusedForGood = isFinal(codeOf(error));
    if (isUnwritable || isRefusedForGood) {
      // its answer matters to nobody: who fences this producer aborts as well
      await this.coordinated(performance.now() + 1000, 'EndTxn', { transactionResult: false }).catch(() => undefined);
      wire.close();
      // restored and begun anew, it would be refused again
      return isUnwritable ? new Unwritable(`${error}`, { cause: error }) : (error as Error);
    }
    wire.close();
    const reason = `${identity.transactional_id}, epoch ${identity.epoch}: ${error}`;
    return code !== undefined && FENCED.has(code) ? new Fenced(reason, { cause: error }) : new Doomed(reason, { cause: error });
  }

  async close(): Promise<void> {
    this.isUsable = false;
    this.wire.close();
  }
}

/** The request has not left this process. */
class NotSent extends Error {
  override readonly name = 'NotSent';
}

function isAgain(error: unknown, code: number | undefined): boolean {
  if (error instanceof NotSent) return true;
  // the broker says COORDINATOR_NOT_AVAILABLE as well when its own log did not take the change in time, and may take it later
  return (
    error instanceof Refused &&
    (code === CODE.CONCURRENT_TRANSACTIONS || code === CODE.NOT_COORDINATOR || code === CODE.COORDINATOR_LOAD_IN_PROGRESS)
  );
}

function partitionsOf(batches: readonly { topic: string; partition: number }[]): { topic: string; partitions: number[] }[] {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of batches) {
    const partitions = topics.get(topic);
    if (partitions === undefined) topics.set(topic, [partition]);
    else partitions.push(partition);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}
