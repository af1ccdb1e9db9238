import type { OutRecord, Producer } from '../transport.js';
import { Unwritable } from '../transport.js';
import { accept, isHopeless } from './answers.js';
import { type ClientLog, Seldom } from './log.js';
import type { Wire } from './wire.js';
import { bytesOf, type Identity, inRounds, know, persist, Sequences, write } from './writing.js';

export interface ProducerSettings {
  compression: number;
  /** ms for the broker's replicas to write */
  produce_timeout: number;
  log: ClientLog;
}

interface Call {
  records: readonly OutRecord[];
  bytes: number;
  resolve(): void;
  reject(error: Error): void;
}

/** What is gathered of waiting callers for one go. */
const MOST_RECORDS = 5000;
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * An idempotent producer with one go at a time: callers that wait go together. A batch keeps its sequence number however often it is sent, and
 * nothing follows it until it is acknowledged, so the broker, which remembers the last five batches of each producer and partition in its log,
 * takes it once: across time-outs, restarts and changes of the leader.
 */
export class OrderedProducer implements Producer {
  private readonly waiting: Call[] = [];
  private readonly sequences = new Sequences();
  private readonly known = new Set<string>();
  private readonly seldom: Seldom;
  private failure: Error | undefined;
  private isBusy = false;

  private constructor(
    private readonly wire: Wire,
    private readonly identity: Identity,
    settings: ProducerSettings,
  ) {
    this.seldom = new Seldom(settings.log, 10_000);
  }

  static async open(wire: Wire, settings: ProducerSettings): Promise<OrderedProducer> {
    const seldom = new Seldom(settings.log, 10_000);
    try {
      const { producerId, producerEpoch } = await persist(
        wire,
        Number.POSITIVE_INFINITY,
        10,
        (error) => {
          seldom.warn({ error: String(error) }, 'no broker gives a producer id: waiting');
          return !isHopeless(error);
        },
        async () => {
          await wire.cluster.connect();
          const broker = await wire.cluster.brokerPool.findConnectedBroker();
          const args = { transactionalId: undefined, transactionTimeout: 60_000 };
          const answer = (await wire.ask(broker, 'InitProducerId', args)) as {
            errorCode: number;
            producerId: string;
            producerEpoch: number;
          };
          accept(answer.errorCode, 'a producer id');
          return answer;
        },
      );
      const identity = {
        transactional_id: undefined,
        producer_id: producerId,
        epoch: producerEpoch,
        compression: settings.compression,
        timeout: settings.produce_timeout,
      };
      return new OrderedProducer(wire, identity, settings);
    } catch (error) {
      wire.close();
      throw error;
    }
  }

  send(records: readonly OutRecord[]): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (records.length === 0) return Promise.resolve();
    let bytes = 0;
    for (const record of records) bytes += bytesOf(record);
    return new Promise((resolve, reject) => {
      this.waiting.push({ records, bytes, resolve, reject });
      if (!this.isBusy) {
        this.isBusy = true;
        // callers of the same turn go together
        queueMicrotask(() => void this.work());
      }
    });
  }

  private async work(): Promise<void> {
    while (this.waiting.length > 0 && this.failure === undefined) {
      const calls = this.gather();
      try {
        await this.go(calls.length === 1 ? calls[0]!.records : calls.flatMap((call) => call.records as OutRecord[]));
      } catch (error) {
        this.fail(error);
        for (const call of calls) call.reject(this.failure!);
        break;
      }
      for (const call of calls) call.resolve();
    }
    this.isBusy = false;
    if (this.failure !== undefined) for (const call of this.waiting.splice(0)) call.reject(this.failure);
  }

  private gather(): Call[] {
    let records = 0;
    let bytes = 0;
    let count = 0;
    for (const call of this.waiting) {
      if (count > 0 && (records + call.records.length > MOST_RECORDS || bytes + call.bytes > MOST_BYTES)) break;
      records += call.records.length;
      bytes += call.bytes;
      count++;
    }
    return this.waiting.splice(0, count);
  }

  private async go(records: readonly OutRecord[]): Promise<void> {
    const { wire } = this;
    for (const round of inRounds(records)) {
      const onRetry = (error: unknown) => {
        const topics = [...new Set(round.map((batch) => batch.topic))];
        this.seldom.warn({ topics, error: String(error) }, 'records cannot be written: waiting');
      };
      for (const batch of round) this.sequences.take(batch);
      await persist(
        wire,
        Number.POSITIVE_INFINITY,
        20,
        (error) => {
          onRetry(error);
          return !isHopeless(error);
        },
        () => know(wire, this.known, round),
      );
      await write(wire, this.identity, round, { through_silence: true, until: Number.POSITIVE_INFINITY, onRetry });
    }
    this.seldom.reset();
  }

  /** What comes after a gap must not be written. */
  private fail(error: unknown): void {
    this.failure = new Unwritable(this.wire.isClosed ? 'the producer is closed' : `${error}`, { cause: error });
    this.wire.close();
  }

  async close(): Promise<void> {
    this.failure ??= new Unwritable('the producer is closed');
    this.wire.close();
  }
}
