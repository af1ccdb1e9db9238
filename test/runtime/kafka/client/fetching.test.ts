import type { RawRecord } from '../../../../src/runtime/kafka/client/fetched.js';
import { Fetching } from '../../../../src/runtime/kafka/client/fetching.js';
import type { Wire } from '../../../../src/runtime/kafka/client/wire.js';
import { until } from '../../../cli/until.js';
import { quiet } from '../../../helpers/kafka-client.js';

interface Asked {
  maxWaitTime: number;
  minBytes: number;
}

/** A broker with one partition, which answers when a test says so. */
class Broker {
  private readonly waiting: { asked: Asked; answer(messages: RawRecord[]): void }[] = [];

  readonly wire = {
    cluster: { findBroker: async () => ({ nodeId: 1 }) },
    leaders: () => new Map([[0, 1]]),
    ask: (_: unknown, __: string, asked: Asked) =>
      new Promise((resolve) => {
        const answer = (messages: RawRecord[]) =>
          resolve({ responses: [{ topicName: 't', partitions: [{ partition: 0, errorCode: 0, highWatermark: '9', messages }] }] });
        this.waiting.push({ asked, answer });
      }),
  } as unknown as Wire;

  /** @returns how long it is to wait, and for how many bytes, before it has answered with the records at these offsets */
  async answers(...offsets: number[]): Promise<Asked> {
    await until(() => this.waiting.length > 0, 'a fetch');
    const { asked, answer } = this.waiting.shift()!;
    answer(offsets.map((offset) => ({ ...RECORD, offset: String(offset) })));
    const { maxWaitTime, minBytes } = asked;
    return { maxWaitTime, minBytes };
  }
}

const RECORD = { timestamp: '1', key: null, value: Buffer.from('v'), headers: {}, isControlRecord: false };

test('while records come they are gathered; what comes after a silence is brought at once', async () => {
  const broker = new Broker();
  const resting = { ...broker.wire, ask: () => new Promise(() => undefined) } as unknown as Wire;
  const delivered: number[] = [];
  const fetching = new Fetching(
    broker.wire,
    resting,
    { partition_bytes: 1000, answer_bytes: 1000, min_bytes: 1, max_wait: 250, gather: { bytes: 500, ms: 10 }, log: quiet },
    {
      batch: (_, { records }) => delivered.push(...records.map(({ offset }) => offset)),
      outOfRange: () => undefined,
      failed: (error) => {
        throw error;
      },
    },
  );
  const at = { topic: 't', partition: 0 };
  fetching.assign([at]);
  fetching.seek({ ...at, offset: 0 });
  fetching.resume([at]);
  const patient = { maxWaitTime: 250, minBytes: 1 };
  const gathering = { maxWaitTime: 10, minBytes: 500 };
  expect(await broker.answers(0)).toEqual(patient);
  expect(await broker.answers(1, 2)).toEqual(gathering);
  expect(await broker.answers()).toEqual(gathering);
  expect(await broker.answers()).toEqual(patient);
  expect(await broker.answers(3)).toEqual(patient);
  expect(await broker.answers()).toEqual(gathering);
  fetching.close();
  expect(delivered).toEqual([0, 1, 2, 3]);
});
