import type { Answer } from '../../../src/core/pipeline.js';
import { Budget } from '../../../src/runtime/budget.js';
import { DefectRate } from '../../../src/runtime/defect-rate.js';
import { PatientAdmin } from '../../../src/runtime/kafka/patient-admin.js';
import type { InRecord, OutRecord, Transport } from '../../../src/runtime/kafka/transport.js';
import { NormalizeStage, type NormalizeStageOptions, type RawSource } from '../../../src/runtime/stages/normalize-stage.js';
import { SourceIds } from '../../../src/runtime/stages/source-ids.js';
import { SourceMarks } from '../../../src/runtime/stages/source-marks.js';
import type { ReadValue } from '../../../src/runtime/stages/source-task.js';
import { createStreamCodec, type Provenance } from '../../../src/runtime/wire/stream-record.js';
import type { MemoryKafka } from '../../helpers/memory-kafka.js';
import { say } from '../../helpers/world.js';

export const TOPICS = { events: 'events', dead_letters: 'dead', identities: 'identities' };
export const codec = createStreamCodec();

/** A raw record of these tests: who it is about, one event for each; or what becomes of it. */
export interface Raw {
  n: number;
  who?: readonly string[];
  fate?: 'drop' | 'reject' | 'throw' | 'part' | 'unwritable';
}

export const raw = (topic: string, partition: number, body: Raw | Buffer | null, timestamp = 0): OutRecord => ({
  topic,
  partition,
  key: null,
  value: body === null || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
  timestamp,
});

export function normalize(record: Uint8Array): Answer {
  const { n, who = [], fate } = JSON.parse(Buffer.from(record).toString()) as Raw;
  if (fate === 'throw') throw new TypeError('a defect');
  if (fate === 'drop') return { outcome: 'dropped', reason: 'blank', events: [] };
  if (fate === 'reject') return { outcome: 'rejected', reason: 'invalid_json', events: [] };
  const part = fate === 'part' ? { reason: 'unknown_source' as const } : {};
  const events = who.map((one) => say({ at: n, n, who: one }));
  if (fate === 'unwritable') events.push({ ...say({ at: n, n }), status: Object as never });
  return { outcome: 'events', ...part, events };
}

/** What a stage was told, and what it says of itself. */
export interface Seen {
  failures: unknown[];
  missed: [string, number, number][];
  /** topics whose positions have expired */
  expired: string[];
  dead: string[];
  answered: number;
}

export interface Extra {
  ids?: NormalizeStageOptions['ids'];
  sources?: readonly (Pick<RawSource, 'topic'> & Partial<RawSource>)[];
  read?: ReadValue;
  budget?: Budget;
  links?: () => OutRecord[];
  absorbs?: NormalizeStageOptions['absorbs'];
  enforced?: NormalizeStageOptions['enforced'];
  now?: () => number;
  partitions?: number;
  commit_interval?: number;
  chunk_records?: number;
  max_record_bytes?: number;
  /** told of the stage before it is started */
  onMade?: (stage: NormalizeStage) => void;
}

export async function stageOn(
  transport: Transport,
  extra: Extra = {},
): Promise<{ stage: NormalizeStage; seen: Seen; admin: PatientAdmin }> {
  const seen: Seen = { failures: [], missed: [], expired: [], dead: [], answered: 0 };
  const rate = new DefectRate('SV_KAFKA_DEFECT_RATE', 1000);
  const { sources = [{ topic: 'raw' }], read = (record) => ({ ok: true, record }) } = extra;
  const admin = new PatientAdmin(() => transport.admin(), { warn: () => undefined });
  const options: NormalizeStageOptions = {
    group_id: 'normalize',
    sources: sources.map((source) => ({ generation: 1, start: 'earliest', read, normalize, ...source })),
    topics: TOPICS,
    partitions: extra.partitions ?? 2,
    links: extra.links ?? (() => []),
    absorbs: extra.absorbs ?? { begin: () => ({ at: 0 }), end: () => [], takeRest: () => [] },
    enforced: extra.enforced ?? (() => undefined),
    chunk_ms: 20,
    chunk_records: extra.chunk_records ?? 5,
    max_record_bytes: extra.max_record_bytes ?? 1000,
    letter_limit: undefined,
    future_tolerance: 600_000,
    elapsed: () => performance.now(),
    now: extra.now ?? (() => 1_000),
    said: {
      partial: (_, reason) => seen.dead.push(`part: ${reason}`),
      answered() {
        seen.answered++;
        rate.passed(1);
      },
      dead: (_, reason) => void seen.dead.push(reason),
      defect: (error) => rate.failed(error),
      chunk() {},
      sent() {},
      failed: (error) => void seen.failures.push(error),
    },
    transport,
    admin,
    ids: extra.ids ?? new SourceIds(() => undefined),
    producer: await transport.producer(),
    codec,
    budget: extra.budget ?? new Budget(100_000),
    commit_interval: extra.commit_interval ?? 5,
    watch: {
      assigned() {},
      heartbeat() {},
      lost() {},
      failed: (error) => void seen.failures.push(error),
      missed: ({ topic, partition }, records) => void seen.missed.push([topic, partition, records]),
      expired: (topic) => void seen.expired.push(topic),
      owns() {},
    },
  };
  const stage = new NormalizeStage(options);
  extra.onMade?.(stage);
  await stage.start();
  return { stage, seen, admin };
}

export interface Written {
  key: string;
  provenance: Provenance;
  partition: number;
  arrival_time: number;
}

/** Events as they stand on the topic. */
export function written(kafka: MemoryKafka): Written[] {
  return kafka.committed('events').flatMap(({ value, key, partition }: InRecord) => {
    const { body, provenance } = codec.decode(value!);
    if (body.kind !== 'event') return [];
    return [{ key: key!.toString(), provenance: provenance!, partition, arrival_time: body.event.arrival_time }];
  });
}

/** Times of the ticks of a partition. */
export function ticks(kafka: MemoryKafka, partition: number): number[] {
  return kafka
    .committed('events')
    .filter((record) => record.partition === partition)
    .flatMap(({ value }) => {
      const { body } = codec.decode(value!);
      return body.kind === 'tick' ? [body.time] : [];
    });
}

/** What detect applies of them, by its own rule: of each raw partition only what is above the highest before. */
export function applied(kafka: MemoryKafka): string[] {
  const marks = new Map<number, SourceMarks>();
  return written(kafka).flatMap(({ provenance, partition, key }) => {
    const mine = marks.get(partition) ?? new SourceMarks();
    marks.set(partition, mine);
    const { topic, partition: from, offset, index } = provenance;
    return typeof mine.meet(provenance, 0) === 'string' ? [`${topic}/${from}/${offset}/${index} ${key}`] : [];
  });
}
