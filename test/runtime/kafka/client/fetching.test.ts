import type { RawRecord } from '../../../../src/runtime/kafka/client/fetched.js';
import { Fetching } from '../../../../src/runtime/kafka/client/fetching.js';
import type { Wire } from '../../../../src/runtime/kafka/client/wire.js';
import { EARLIEST } from '../../../../src/runtime/kafka/transport.js';
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
    {
      partition_bytes: 1000,
      answer_bytes: 1000,
      min_bytes: 1,
      max_wait: 250,
      gather: { bytes: 500, ms: 10 },
      elapsed: () => 0,
      log: quiet,
    },
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

describe('partitions of one broker', () => {
  /** error code by partition; absent: it has a record each time */
  let codes: Map<number, number>;
  let isHeard: boolean;
  let refreshed: number;
  let now: number;
  let answers: Map<number, number>;
  let fetching: Fetching;
  const at = (partition: number) => ({ topic: 't', partition });

  interface Partitions {
    topics: { partitions: { partition: number; fetchOffset?: number }[] }[];
  }

  beforeEach(() => {
    codes = new Map();
    isHeard = true;
    refreshed = 0;
    now = 0;
    answers = new Map();
    const wire = {
      cluster: {
        connect: async () => undefined,
        findBroker: async () => ({ nodeId: 1 }),
        refreshMetadata: async () => {
          refreshed++;
          if (!isHeard) throw new Error('nobody answers');
        },
      },
      leaders: () =>
        new Map([
          [0, 1],
          [1, 1],
        ]),
      ask: async (_: unknown, api: string, { topics }: Partitions) => {
        await new Promise((resolve) => setImmediate(resolve));
        const partitions = topics[0]!.partitions.map(({ partition, fetchOffset }) => {
          const errorCode = codes.get(partition) ?? 0;
          if (api === 'ListOffsets') return { partition, errorCode, offset: '5' };
          const messages = errorCode === 0 ? [{ ...RECORD, offset: String(fetchOffset) }] : [];
          return { partition, errorCode, highWatermark: '9', messages };
        });
        return { responses: [{ topicName: 't', topic: 't', partitions }] };
      },
    } as unknown as Wire;
    const settings = { partition_bytes: 1000, answer_bytes: 1000, min_bytes: 1, max_wait: 250, gather: { bytes: 500, ms: 10 } };
    fetching = new Fetching(
      wire,
      wire,
      { ...settings, elapsed: () => now, log: quiet },
      {
        batch: ({ partition }) => void answers.set(partition, (answers.get(partition) ?? 0) + 1),
        outOfRange: () => undefined,
        failed: (error) => {
          throw error;
        },
      },
    );
    fetching.assign([at(0), at(1)]);
  });
  afterEach(() => fetching.close());

  function begin(offset: number): void {
    for (const partition of [0, 1]) fetching.seek({ ...at(partition), offset });
    fetching.resume([at(0), at(1)]);
  }

  test.each([
    ['its records', 0],
    ['its beginning', EARLIEST],
  ])('one that is refused %s holds up no other, and is read when it is not', async (_, offset) => {
    codes.set(0, 6);
    begin(offset);
    await until(() => (answers.get(1) ?? 0) > 0, 'the other one');
    const [asked, read] = [refreshed, answers.get(1)!];
    await until(() => refreshed > asked + 2, 'it is asked who leads it');
    // in less time than a second or two, which it had to rest before
    expect(answers.get(1)! - read).toBeGreaterThan(20);
    expect(answers.get(0)).toBeUndefined();
    codes.clear();
    await until(() => (answers.get(0) ?? 0) > 0, 'it is read');
  });

  test('for how long nothing was heard of one, and whether it is known who leads it', async () => {
    expect(fetching.unanswered(at(0))).toEqual({ ms: 0, is_outdated: false });
    codes.set(0, 6);
    isHeard = false;
    now = 1000;
    begin(0);
    await until(() => refreshed > 1, 'it is asked who leads it');
    now = 10_000;
    expect(fetching.unanswered(at(0))).toEqual({ ms: 9000, is_outdated: true });
    const before = answers.get(1)!;
    await until(() => answers.get(1)! > before + 1, 'the other one goes on');
    expect(fetching.unanswered(at(1)).ms).toBe(0);
    isHeard = true;
    const asked = refreshed;
    await until(() => refreshed > asked + 3, 'somebody says who leads it');
    expect(fetching.unanswered(at(0))).toEqual({ ms: 9000, is_outdated: false });
    // nothing is asked of it
    fetching.pause([at(0)]);
    expect(fetching.unanswered(at(0)).ms).toBe(0);
    now = 20_000;
    fetching.resume([at(0)]);
    expect(fetching.unanswered(at(0)).ms).toBe(0);
    now = 21_000;
    expect(fetching.unanswered(at(0)).ms).toBe(1000);
    codes.clear();
    await until(() => answers.has(0), 'it is read');
    expect(fetching.unanswered(at(0)).ms).toBe(0);
    expect(fetching.unanswered(at(7)).ms).toBe(0);
  });
});
