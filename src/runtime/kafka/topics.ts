import { formatDuration } from '../../config/duration.js';
import type { KafkaConfig } from '../../config/kafka.js';
import { namesOf, OWN_TOPICS, type OwnTopic } from './names.js';
import type { NewTopic } from './transport.js';

/** `error`: the service does not start on it. `warning`: it does, and something can be lost. `note`: worth knowing. */
export type Severity = 'error' | 'warning' | 'note';

/** From where on a value is risky, and from where on the service does not start. */
export type Limits = Readonly<Partial<Record<'warning' | 'error', number>>>;

/** What is said of other values than the one that a new topic gets: of all of them, of those below, or of those above. */
export type Bounds = { otherwise: 'warning' | 'error' } | { least: Limits } | { most: Limits };

/** One setting of a topic. */
export interface Setting {
  key: string;
  /** what a new topic gets */
  value: string;
  /** what goes wrong with another value, in one sentence */
  why: string;
  bounds: Bounds;
}

/** A topic of our own as it should be. */
export interface WantedTopic {
  what: OwnTopic;
  topic: string;
  partitions: number;
  /** -1: as the brokers are set */
  replication: number;
  settings: readonly Setting[];
}

/** What is in a topic, for a person. */
export const HOLDS: Readonly<Record<OwnTopic, string>> = {
  events: 'events of normalize and the ticks of time, by person; detect reads it',
  findings: 'every finding as it is said, in the partition of its person; for you to read',
  candidates: 'every revision of a finding, by tenant; respond reads it',
  revocations: 'revocation commands, by person; for what carries them out',
  dead_letters: 'what could not be read or judged, and receipts of what was sent back',
  identities:
    'who is who across vendors, what fields each log has and which accounts came, as records tell it; ids of raw topics, and where they were begun with last',
  detect_changelog: 'what detect remembers of people, to be restored from',
  respond_changelog: 'what respond remembers of incidents, to be restored from',
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MB = 1024 * 1024;

/** A batch of ours is at most 768 KB, or one record: a person is at most 64 KB, a finding with all its evidence less than 1 MB. */
const BATCH_BYTES = { wanted: 2 * MB, least: MB };
/** Headers and key around the original bytes of a dead letter. */
export const LETTER_MARGIN = 64 * 1024;

/** How bad a value is; undefined when it will do. */
export function judge({ value, bounds }: Pick<Setting, 'value' | 'bounds'>, found: string): Severity | undefined {
  if ('otherwise' in bounds) return found === value ? undefined : bounds.otherwise;
  // of what has a least, -1 is without end
  const is = 'least' in bounds && Number(found) === -1 ? Number.POSITIVE_INFINITY : Number(found);
  const limits = 'least' in bounds ? bounds.least : bounds.most;
  return (['error', 'warning'] as const).find((severity) => {
    const limit = limits[severity];
    return limit !== undefined && ('least' in bounds ? is < limit : is > limit);
  });
}

/** What would be right, for a person: the value of a new topic, and from where on nothing is said. */
export function rightOf({ key, value, bounds }: Setting): string {
  const right = showValue(key, value);
  if ('otherwise' in bounds) return right;
  const [words, { warning, error }] = 'least' in bounds ? (['least', bounds.least] as const) : (['most', bounds.most] as const);
  const limit = String(warning ?? error ?? value);
  return limit === value ? `${right} or ${words === 'least' ? 'more' : 'less'}` : `${right}, at ${words} ${showValue(key, limit)}`;
}

/** With the duration in words, where it is one. */
export function showValue(key: string, value: string): string {
  return key.endsWith('.ms') && /^\d+$/.test(value) && Number(value) <= 10 * 365 * DAY_MS
    ? `${value} (${formatDuration(Number(value))})`
    : value;
}

/** Brokers give max.message.bytes so many by default. */
const DEFAULT_BYTES = MB + 12;

/**
 * Every topic of ours, and of each setting why.
 * @param largest_raw the largest max.message.bytes of the raw topics; of those that are to come, what brokers give by default
 */
export function wantedTopics(kafka: KafkaConfig, largest_raw: number = DEFAULT_BYTES): WantedTopic[] {
  const { topics } = namesOf(kafka);
  const { partitions, replication_factor: replication } = kafka;
  return OWN_TOPICS.map((what) => ({
    what,
    topic: topics[what],
    partitions,
    replication,
    settings: [...KINDS[what](kafka, largest_raw), ...everywhere(kafka)],
  }));
}

const KINDS: Readonly<Record<OwnTopic, (kafka: KafkaConfig, largest_raw: number) => Setting[]>> = {
  events: ({ state_flush }) => [...kept(7 * DAY_MS, neededFor(state_flush.interval), EVENTS_GONE), batches()],
  candidates: () => [...kept(7 * DAY_MS, { error: HOUR_MS, warning: 3 * DAY_MS }, CANDIDATES_GONE), batches()],
  findings: () => [...kept(30 * DAY_MS, { warning: DAY_MS }, OUTPUT_GONE), batches()],
  revocations: () => [...kept(30 * DAY_MS, { warning: DAY_MS }, OUTPUT_GONE), batches()],
  dead_letters: (_, largest_raw) => [...kept(30 * DAY_MS, { warning: 3 * DAY_MS }, LETTERS_GONE), letters(largest_raw)],
  identities: () => [...compacted(), batches()],
  detect_changelog: () => [...compacted(), batches()],
  respond_changelog: () => [...compacted(), batches()],
};

const EVENTS_GONE =
  'a restart reads events again, and an outage has to be shorter than they are kept: what is gone by then is never judged';
const CANDIDATES_GONE = 'what is gone before respond has read it is never answered';
const OUTPUT_GONE = 'who reads it has so long to come back after an outage of their own';
const LETTERS_GONE = 'so long is left to mend what went wrong and send them back';

/** A restart reads so much again, and should not find it gone when it is itself late. */
function neededFor(interval: number): Limits {
  return { error: Math.max(HOUR_MS, 2 * interval), warning: 3 * DAY_MS };
}

function kept(retention: number, least: Limits, why: string): Setting[] {
  return [
    {
      key: 'cleanup.policy',
      value: 'delete',
      why: 'compaction takes away all but the last record of a key: earlier events of a person and earlier findings would be gone',
      bounds: { otherwise: 'error' },
    },
    {
      key: 'retention.ms',
      value: String(retention),
      why,
      bounds: { least },
    },
    {
      key: 'retention.bytes',
      value: '-1',
      why: 'with a bound on size a busy day, which may be that of an attack, ends what time should',
      bounds: { otherwise: 'warning' },
    },
  ];
}

function compacted(): Setting[] {
  return [
    {
      key: 'cleanup.policy',
      value: 'compact',
      why: 'with delete the state of whoever was not seen for the retention is lost; without compact a restore reads everything that ever was',
      bounds: { otherwise: 'error' },
    },
    {
      key: 'segment.bytes',
      value: String(64 * MB),
      why: 'the segment that is written to is never compacted: the larger it is, the more a restore reads twice',
      bounds: { most: { warning: 256 * MB } },
    },
    {
      key: 'max.compaction.lag.ms',
      value: String(10 * 60_000),
      why: 'without it a quiet partition is not compacted for a week, and a restore reads all that was written meanwhile',
      bounds: { most: { warning: 2 * HOUR_MS } },
    },
    {
      key: 'min.cleanable.dirty.ratio',
      value: '0.2',
      why: 'the higher, the more of what a restore reads is old',
      bounds: { most: { warning: 0.5 } },
    },
    {
      key: 'delete.retention.ms',
      value: String(DAY_MS),
      why: 'a restore that takes longer than tombstones are kept can bring back what was forgotten',
      bounds: { least: { warning: HOUR_MS } },
    },
  ];
}

function batches(): Setting {
  return {
    key: 'max.message.bytes',
    value: String(BATCH_BYTES.wanted),
    why: 'what is larger is refused for good, and the service stops since it leaves nothing out',
    bounds: { least: { error: BATCH_BYTES.least } },
  };
}

function letters(largest_raw: number): Setting {
  const least = largest_raw + LETTER_MARGIN;
  return {
    key: 'max.message.bytes',
    value: String(Math.max(BATCH_BYTES.wanted, 2 * least)),
    why: `a record of ${largest_raw} bytes, as a raw topic takes it, would be cut off when it is put aside, and could not be sent back`,
    bounds: { least: { error: BATCH_BYTES.least, warning: least } },
  };
}

function everywhere(kafka: KafkaConfig): Setting[] {
  const least = minInsync(kafka);
  return [
    {
      // Stages take their times from what is in a record. By LogAppendTime retention and compaction count from the writing: by the times of the records
      // a raw archive that is read late would be deleted before detect has seen it, and a timestamp an hour ahead would be refused.
      key: 'message.timestamp.type',
      value: 'LogAppendTime',
      why: 'by CreateTime the retention counts from what a writer says: old records that are read late are deleted before they are judged',
      bounds: { otherwise: 'warning' },
    },
    {
      key: 'unclean.leader.election.enable',
      value: 'false',
      why: 'a broker that has missed records may lead: what was acknowledged and committed disappears',
      bounds: { otherwise: 'error' },
    },
    ...(least === undefined
      ? []
      : [
          {
            key: 'min.insync.replicas',
            value: String(least),
            why: 'with fewer, what counts as written may be on one disk only',
            bounds: { least: { error: least } },
          },
        ]),
  ];
}

/** undefined: as the brokers are set */
export function minInsync({ min_insync_replicas, replication_factor }: KafkaConfig): number | undefined {
  return min_insync_replicas ?? (replication_factor >= 3 ? 2 : undefined);
}

/** As `create` takes it. */
export function newTopic({ topic, partitions, replication, settings }: WantedTopic): NewTopic {
  return { topic, partitions, replication, settings: Object.fromEntries(settings.map(({ key, value }) => [key, value])) };
}
