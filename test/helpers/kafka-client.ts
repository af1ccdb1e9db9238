import { type ClientOptions, createTransport } from '../../src/runtime/kafka/client/kafkajs.js';
import type { ClientLog } from '../../src/runtime/kafka/client/log.js';
import {
  type Assignor,
  EARLIEST,
  type Group,
  type GroupEvents,
  type GroupOptions,
  type InRecord,
  type OutRecord,
  type TopicPartition,
  type Transport,
} from '../../src/runtime/kafka/transport.js';

/** Keeps warnings and what is worse: an operator reads those. */
export class Lines implements ClientLog {
  readonly lines: { level: string; text: string; fields: unknown }[] = [];
  private add(level: string) {
    return (fields: unknown, text?: string) => void this.lines.push({ level, fields, text: text ?? String(fields) });
  }
  debug = () => undefined;
  info = this.add('info') as ClientLog['info'];
  warn = this.add('warn') as ClientLog['warn'];
  error = this.add('error') as ClientLog['error'];
}

export const quiet = new Lines();

export function transportTo(bootstrap: string, options: Partial<ClientOptions> = {}): Promise<Transport> {
  return createTransport({ brokers: bootstrap.split(','), client_id: 'test', log: quiet, ...options });
}

/** Partitions of one number of all topics go together, by number; no stickiness. */
export const byNumber: Assignor = {
  name: 'by-number',
  userData: () => Buffer.from('hello'),
  assign(members, partitions) {
    const ids = members.map((member) => member.id).sort();
    const assigned = new Map<string, TopicPartition[]>(ids.map((id) => [id, []]));
    for (const [topic, count] of partitions)
      for (let partition = 0; partition < count; partition++) assigned.get(ids[partition % ids.length]!)!.push({ topic, partition });
    return assigned;
  },
};

/** A member of a group that writes down all that it is told, and reads on from where it was. */
export class Reader implements GroupEvents {
  readonly group: Group;
  readonly records: InRecord[] = [];
  readonly batches: { at: TopicPartition; count: number; next: number; high: number }[] = [];
  readonly generations: { generation: number; partitions: TopicPartition[] }[] = [];
  readonly heartbeats: number[] = [];
  readonly lostFor: string[] = [];
  readonly failures: unknown[] = [];
  readonly outside: TopicPartition[] = [];
  readonly positions = new Map<string, number>();
  /** told first of everything */
  onAssigned: ((partitions: readonly TopicPartition[]) => void) | undefined;
  onBatch: ((at: TopicPartition, records: readonly InRecord[]) => void) | undefined;

  constructor(
    transport: Transport,
    topics: readonly string[],
    options: Partial<GroupOptions> & { group_id: string },
    private readonly isReading = true,
  ) {
    this.group = transport.group({ topics, assignor: byNumber, events: this, ...options });
  }

  get assignedNow(): string[] {
    return (this.generations.at(-1)?.partitions ?? []).map(keyOf).sort();
  }

  values(): string[] {
    return this.records.map((record) => String(record.value));
  }

  assigned(partitions: readonly TopicPartition[], generation: number): void {
    this.generations.push({ partitions: [...partitions], generation });
    this.onAssigned?.(partitions);
    if (!this.isReading) return;
    for (const at of partitions) this.group.seek({ ...at, offset: this.positions.get(keyOf(at)) ?? EARLIEST });
    this.group.resume(partitions);
  }

  batch(at: TopicPartition, records: readonly InRecord[], next: number, high: number): void {
    this.batches.push({ at, count: records.length, next, high });
    this.records.push(...records);
    this.positions.set(keyOf(at), next);
    this.onBatch?.(at, records);
  }

  heartbeat(sent_at: number): void {
    this.heartbeats.push(sent_at);
  }

  lost(reason: string): void {
    this.lostFor.push(reason);
  }

  failed(error: unknown): void {
    this.failures.push(error);
  }

  outOfRange(at: TopicPartition): void {
    this.outside.push(at);
  }
}

export function keyOf(at: TopicPartition): string {
  return `${at.topic}/${at.partition}`;
}

export function record(topic: string, partition: number, value: string | Buffer, key: string | null = null): OutRecord {
  return { topic, partition, key, value: Buffer.from(value) };
}

export async function createTopics(
  transport: Transport,
  topics: Readonly<Record<string, number>>,
  settings: Record<string, string> = {},
): Promise<void> {
  const admin = await transport.admin();
  await admin.create(Object.entries(topics).map(([topic, partitions]) => ({ topic, partitions, replication: -1, settings })));
  await admin.close();
}
