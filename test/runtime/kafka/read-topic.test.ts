import { readTopic } from '../../../src/runtime/kafka/read-topic.js';
import type {
  Group,
  GroupOptions,
  InRecord,
  Position,
  TopicPartition,
  Transport,
  Unanswered,
} from '../../../src/runtime/kafka/transport.js';

/** A group that a test drives by hand. */
class ByHand implements Group {
  options!: GroupOptions;
  readonly positions = new Map<number, number>();
  readonly reading = new Set<number>();
  isStopped = false;
  private begun = (): void => {};
  readonly started = new Promise<void>((resolve) => {
    this.begun = resolve;
  });

  readonly transport: Pick<Transport, 'group'> = {
    group: (options) => {
      this.options = options;
      return this;
    },
  };

  async start(): Promise<void> {
    this.options.events.assigned(
      [0, 1].map((partition) => ({ topic: 't', partition })),
      1,
    );
    this.begun();
  }
  seek({ partition, offset }: Position): void {
    this.positions.set(partition, offset);
  }
  pause(partitions: readonly TopicPartition[]): void {
    for (const { partition } of partitions) this.reading.delete(partition);
  }
  resume(partitions: readonly TopicPartition[]): void {
    for (const { partition } of partitions) this.reading.add(partition);
  }
  isLeaderless(): boolean {
    return false;
  }
  unanswered(): Unanswered {
    return { ms: 0, is_outdated: false };
  }
  async commit(): Promise<void> {
    throw new Error('leaves nothing behind');
  }
  async stop(): Promise<void> {
    this.isStopped = true;
  }

  /** Records of one partition from an offset on, as a fetch gives them. */
  give(partition: number, from: number, count: number, next = from + count): void {
    const records = Array.from({ length: count }, (_, i) => ({ topic: 't', partition, offset: from + i }) as InRecord);
    this.options.events.batch({ topic: 't', partition }, records, next, 100);
  }
}

const signal = new AbortController().signal;
const soon = () => new Promise((resolve) => setImmediate(resolve));

test('reads each range once, whatever a fetch gives, and leaves', async () => {
  const group = new ByHand();
  const taken: string[] = [];
  const ranges = [
    { partition: 0, from: 2, to: 5 },
    { partition: 1, from: 7, to: 7 },
  ];
  const done = readTopic(group.transport, { topic: 't', ranges, group_prefix: 'g', signal }, (records) => {
    for (const { partition, offset } of records) taken.push(`${partition}/${offset}`);
  });
  await group.started;
  expect(group.options.group_id).toMatch(/^g\.[0-9a-f-]{36}$/);
  expect([...group.positions]).toEqual([[0, 2]]);
  // a batch begins where its writer began it; the same may come twice; the last offset is a mark of a transaction
  group.give(0, 0, 4);
  await soon();
  group.give(0, 2, 2);
  group.give(0, 4, 0, 6);
  await done;
  expect(taken).toEqual(['0/2', '0/3']);
  expect(group.isStopped).toBe(true);
});

test('waits for who takes before it reads on, also when the group is shared out anew meanwhile', async () => {
  const group = new ByHand();
  let end = (): void => {};
  const done = readTopic(group.transport, { topic: 't', ranges: [{ partition: 0, from: 0, to: 2 }], group_prefix: 'g', signal }, () => {
    return new Promise<void>((resolve) => {
      end = resolve;
    });
  });
  await group.started;
  expect([...group.reading]).toEqual([0]);
  group.give(0, 0, 1);
  expect([...group.reading]).toEqual([]);
  await group.start();
  expect([...group.reading]).toEqual([]);
  expect(group.positions.get(0)).toBe(1);
  end();
  await soon();
  expect([...group.reading]).toEqual([0]);
  group.give(0, 1, 1);
  end();
  await done;
});

test('what fails while it is taken, or in the group, ends it', async () => {
  const broken = new ByHand();
  const range = { topic: 't', ranges: [{ partition: 0, from: 0, to: 9 }], group_prefix: 'g', signal };
  const first = readTopic(broken.transport, range, () => {
    throw new Error('no room');
  });
  await broken.started;
  broken.give(0, 0, 1);
  await expect(first).rejects.toThrow('no room');
  expect(broken.isStopped).toBe(true);
  const refused = new ByHand();
  const second = readTopic(refused.transport, range, () => {});
  await refused.started;
  refused.options.events.failed(new Error('denied'));
  await expect(second).rejects.toThrow('denied');
});

test('nothing comes, or it is told to stop', async () => {
  const silent = new ByHand();
  const range = { topic: 't', ranges: [{ partition: 0, from: 0, to: 9 }], group_prefix: 'g' };
  await expect(readTopic(silent.transport, { ...range, signal, patience: 5 }, () => {})).rejects.toMatchObject({
    code: 'SV_KAFKA_UNREACHABLE',
  });
  const controller = new AbortController();
  const stopped = new ByHand();
  const reading = readTopic(stopped.transport, { ...range, signal: controller.signal }, () => {});
  await stopped.started;
  controller.abort(new Error('enough'));
  await expect(reading).rejects.toThrow('enough');
  expect([silent.isStopped, stopped.isStopped]).toEqual([true, true]);
});

test('nothing to read asks nobody', async () => {
  const transport = { group: () => fail() };
  await readTopic(transport, { topic: 't', ranges: [{ partition: 0, from: 3, to: 3 }], group_prefix: 'g', signal }, () => {});
});

function fail(): never {
  throw new Error('asked');
}
