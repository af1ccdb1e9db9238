import { randomUUID } from 'node:crypto';
import { SessionvigilError } from '../../errors.js';
import type { Assignor, InRecord, TopicPartition, Transport } from './transport.js';

export interface Range {
  partition: number;
  /** first offset to be read */
  from: number;
  /** offset after the last */
  to: number;
}

export interface ReadOptions {
  topic: string;
  ranges: readonly Range[];
  /** begins the name of the group, which leaves nothing behind */
  group_prefix: string;
  signal: AbortSignal;
  /** how long nothing may come, ms: longer than a writer's transaction can stay open */
  patience?: number;
}

const PATIENCE_MS = 60_000;

/**
 * Reads parts of a topic once, committed records only, and waits for `take` before it reads on in that partition. A group of its own makes it
 * independent of who else reads.
 * @throws SV_KAFKA_UNREACHABLE when nothing comes
 */
export async function readTopic(
  transport: Pick<Transport, 'group'>,
  { topic, ranges, group_prefix, signal, patience = PATIENCE_MS }: ReadOptions,
  take: (records: readonly InRecord[]) => void | Promise<void>,
): Promise<void> {
  const open = new Map(
    ranges.filter(({ from, to }) => from < to).map(({ partition, from, to }) => [partition, { next: from, to, isBusy: false }]),
  );
  if (open.size === 0) return;
  let timer: NodeJS.Timeout | undefined;
  const settle = { resolve(): void {}, reject(_: unknown): void {} };
  const done = new Promise<void>((resolve, reject) => {
    Object.assign(settle, { resolve, reject });
  });
  const wait = () => {
    clearTimeout(timer);
    const message = `nothing came from ${topic} for ${patience / 1000} s`;
    timer = setTimeout(() => settle.reject(new SessionvigilError('SV_KAFKA_UNREACHABLE', message)), patience);
  };
  const stop = () => settle.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const group = transport.group({
    group_id: `${group_prefix}.${randomUUID()}`,
    topics: [topic],
    assignor: EVERYTHING,
    events: {
      assigned() {
        for (const [partition, { next: offset, isBusy }] of open) {
          group.seek({ topic, partition, offset });
          if (!isBusy) group.resume([{ topic, partition }]);
        }
      },
      batch(at, records, next) {
        const range = open.get(at.partition);
        if (range === undefined || next <= range.next) return;
        const { next: from, to } = range;
        group.pause([at]);
        range.next = next;
        range.isBusy = true;
        const wanted = records.filter(({ offset }) => offset >= from && offset < to);
        const taken = async () => {
          clearTimeout(timer);
          if (wanted.length > 0) await take(wanted);
          wait();
          range.isBusy = false;
          if (next < to) return group.resume([at]);
          open.delete(at.partition);
          if (open.size === 0) settle.resolve();
        };
        taken().catch((error) => settle.reject(error));
      },
      heartbeat() {},
      lost() {},
      failed: (error) => settle.reject(error),
      outOfRange: ({ partition }) => settle.reject(new Error(`${topic}/${partition} was shortened while it was read`)),
    },
  });
  try {
    wait();
    await Promise.race([group.start(), done]);
    await done;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    await group.stop();
  }
}

/** The one member gets all. */
const EVERYTHING: Assignor = {
  name: 'everything',
  userData: () => Buffer.alloc(0),
  assign(members, partitions) {
    const all: TopicPartition[] = [...partitions].flatMap(([topic, count]) =>
      Array.from({ length: count }, (_, partition) => ({ topic, partition })),
    );
    return new Map(members.map(({ id }, i) => [id, i === 0 ? all : []]));
  },
};
