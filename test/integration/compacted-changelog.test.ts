import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Budget } from '../../src/runtime/budget.js';
import type { InRecord, OutRecord, Transport } from '../../src/runtime/kafka/transport.js';
import { OwnerStage, type StageWatch } from '../../src/runtime/stages/owner-stage.js';
import { POSITION_KEY, positionRecord, readPosition } from '../../src/runtime/stages/position.js';
import type { Standing, Work } from '../../src/runtime/work.js';
import { createTopics, record, transportTo } from '../helpers/kafka-client.js';
import { describeWithServers } from '../helpers/servers/describe.js';
import { type KafkaServers, startKafka } from '../helpers/servers/kafka.mjs';
import { until } from '../helpers/servers/ports.mjs';

/** Knows what it has read of the changelog. */
class Reading implements Work {
  readonly known = new Map<string, string | null>();
  readonly accepted: number[] = [];
  private stored: Standing = { position: 0, replay_from: 0 };
  readonly has_news = false;
  restore(key: Buffer, value: Buffer | null): void {
    if (key.equals(POSITION_KEY)) this.stored = readPosition(value!, 'changelog');
    else this.known.set(key.toString(), value === null ? null : value.toString());
  }
  restored(): Standing {
    return this.stored;
  }
  readonly prepared = 0;

  prepare(): boolean {
    return true;
  }
  accept({ offset }: InRecord): void {
    this.accepted.push(offset);
  }
  undo(): boolean {
    return false;
  }
  take(): OutRecord[] {
    return [];
  }
  committed(): void {}
}

const nothing = () => undefined;
const WATCH: StageWatch = {
  phase: nothing,
  restored: nothing,
  chunk: nothing,
  committed: nothing,
  forgotten: nothing,
  poisoned: nothing,
  failed: (error) => {
    throw error;
  },
  assigned: nothing,
  heartbeat: nothing,
  lost: nothing,
};

/** Of each segment of a partition on the disk: how many records its batches hold, and -1 for a control batch. */
function segmentsOf(folder: string, partition: string): number[][] {
  const at = join(folder, 'data-1', partition);
  const files = readdirSync(at).filter((name) => name.endsWith('.log'));
  return files.sort().map((name) => {
    const bytes = readFileSync(join(at, name));
    const counts: number[] = [];
    for (let from = 0; from + 61 <= bytes.length && bytes.readInt32BE(from + 8) > 0; from += 12 + bytes.readInt32BE(from + 8)) {
      const isControl = (bytes.readInt16BE(from + 21) & 0x20) !== 0;
      counts.push(isControl ? -1 : bytes.readInt32BE(from + 57));
    }
    return counts;
  });
}

/** A broker takes no less. The cleaner does not put segments together that are larger than this. */
const SEGMENT_BYTES = 1 << 20;

describeWithServers('a compacted changelog', () => {
  let kafka: KafkaServers;
  let transport: Transport;

  beforeAll(async () => {
    kafka = await startKafka({ properties: { 'log.cleaner.backoff.ms': 200, 'log.initial.task.delay.ms': 500 } });
    transport = await transportTo(kafka.bootstrap);
  });
  afterAll(async () => {
    await transport?.close();
    await kafka?.stop();
  });

  test('of transactions whose records are gone, with batches that hold nothing, is read to its end', async () => {
    const compact = {
      'cleanup.policy': 'compact',
      'min.cleanable.dirty.ratio': '0.01',
      'segment.bytes': String(SEGMENT_BYTES),
      'delete.retention.ms': '0',
    };
    await createTopics(transport, { changelog: 1 }, compact);
    await createTopics(transport, { in: 1 });
    const plain = await transport.producer();
    await plain.send(Array.from({ length: 20 }, (_, i) => record('in', 0, `${i}`)));

    // each writer's last batch stays when its records are gone, since the broker remembers writers by it
    for (let writer = 0; writer < 12; writer++) {
      const producer = await transport.transactional(`writer-${writer}`);
      for (let round = 0; round < 3; round++)
        await producer.commit([
          record('changelog', 0, `${writer}.${round}`, 'ana'),
          record('changelog', 0, `${writer}.${round}`, 'bo'),
          { topic: 'changelog', partition: 0, key: `gone-${writer}`, value: round === 2 ? null : Buffer.from('x') },
          positionRecord('changelog', 0, { position: 10, replay_from: 5 }),
        ]);
      await producer.close();
    }
    // one that ends its segment, for what comes next does not fit behind it: nothing but itself says where to read on
    const large = Buffer.alloc(SEGMENT_BYTES / 8, 'x');
    for (let i = 0; i < 5; i++) await plain.send([record('changelog', 0, large, `large-${i}`)]);
    const another = await transport.producer();
    await another.send([record('changelog', 0, 'plain', 'ana'), record('changelog', 0, 'plain', 'bo')]);
    await another.close();
    const last = await transport.transactional('last');
    let more = 0;
    await until(
      'a segment ends with a batch that holds nothing',
      async () => {
        // only segments that are full are cleaned
        const news = [record('changelog', 0, `last.${more++}`, 'ana'), record('changelog', 0, `last.${more}`, 'bo')];
        await last.commit([...news, ...[1, 2, 3, 4].map((i) => record('changelog', 0, large, `large-${more}-${i}`))]);
        const segments = segmentsOf(kafka.folder, 'changelog-0');
        return segments.some((counts) => counts.at(-1) === 0 && counts.filter((count) => count === 0).length >= 8);
      },
      { every_ms: 500 },
    );
    await last.close();
    await plain.close();

    const works: Reading[] = [];
    const stage = new OwnerStage({
      name: 'detect',
      group_id: 'g',
      input: 'in',
      changelog: 'changelog',
      transactionalId: (partition) => `tx.${partition}`,
      transport,
      createWork: () => {
        const work = new Reading();
        works.push(work);
        return work;
      },
      budget: new Budget(1 << 20),
      told: async () => -1,
      ids: async () => ({}),
      chunk_ms: 10,
      commit_interval: 50,
      elapsed: () => performance.now(),
      watch: WATCH,
    });
    await stage.start();
    try {
      await until('it is restored and has read on', () => works[0]?.accepted.at(-1) === 19);
    } finally {
      await stage.stop();
    }
    const [work] = works;
    expect(works).toHaveLength(1);
    expect(work!.known.get('ana')).toBe(`last.${more - 1}`);
    expect(work!.known.get('bo')).toBe(`last.${more}`);
    expect([...work!.known].filter(([key, value]) => key.startsWith('gone') && value !== null)).toEqual([]);
    // from where the changelog says, not from the beginning
    expect(work!.accepted).toEqual(Array.from({ length: 15 }, (_, i) => i + 5));
  });
});
