import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Finding, RevocationCommand } from './core/event/index.js';
import type { DetectStats, RespondStats } from './core/pipeline.js';
import { KAFKA_METRICS } from './metrics-kafka.js';
import { incidentsOfHigh, type Tally } from './runtime/tally.js';

/** A row of the table. Buckets are those of a histogram: upper bounds, in the metric's unit. */
interface Row {
  type: 'counter' | 'gauge' | 'histogram';
  labels: readonly string[];
  help: string;
  buckets?: readonly number[];
}

/**
 * Every metric there is; docs/metrics.md lists the same rows (a test compares them). Labels come from closed sets, never from people,
 * sessions or addresses.
 */
export const METRICS = {
  sessionvigil_inputs_damaged_total: {
    type: 'counter',
    labels: [],
    help: 'Files and other inputs that could not be read to their end; not on Kafka.',
  },
  sessionvigil_records_total: {
    type: 'counter',
    labels: ['outcome'],
    help: 'Records of files answered, by outcome: events, dropped or rejected. On Kafka: sessionvigil_source_records_total.',
  },
  sessionvigil_records_dropped_total: {
    type: 'counter',
    labels: ['reason'],
    help: 'Records of files that rightly made no event, by reason. On Kafka: sessionvigil_source_dropped_total.',
  },
  sessionvigil_records_rejected_total: {
    type: 'counter',
    labels: ['reason'],
    help: 'Records of files that could not be read, by reason. On Kafka: sessionvigil_dead_letters_total.',
  },
  sessionvigil_records_partial_total: {
    type: 'counter',
    labels: ['reason'],
    help: 'Records with events of which a part made none, by the reason of that part; on Kafka those of which it could not be read.',
  },
  sessionvigil_events_total: { type: 'counter', labels: ['vendor'], help: 'Events made from records, by vendor.' },
  sessionvigil_schema_drift_fields: {
    type: 'gauge',
    labels: ['vendor', 'product', 'change', 'key'],
    help:
      'Fields of a log that vanished or changed type (change) since it was first seen, by what they are read for (key: session, token, device, ' +
      "address, user_agent or other). Processes tell each other: the most of all is the source's.",
  },
  sessionvigil_schema_fields: {
    type: 'gauge',
    labels: ['vendor', 'product'],
    help: 'Fields of a log that are known well enough to be missed, those of each action by themselves.',
  },
  sessionvigil_events_duplicate_total: { type: 'counter', labels: [], help: 'Events that had been seen before and changed nothing.' },
  sessionvigil_events_late_total: {
    type: 'counter',
    labels: [],
    help: 'Events later than the allowed lateness: judged without what is already folded away.',
  },
  sessionvigil_identities: {
    type: 'gauge',
    labels: ['state'],
    help: 'Ids and addresses of which it is known whose they are, by state: linked, or conflict: it was told of two, and stands for itself.',
  },
  sessionvigil_identities_absorbed_total: {
    type: 'counter',
    labels: [],
    help: 'Keys whose memory joined that of another key, since they were found to be one person.',
  },
  sessionvigil_findings_total: {
    type: 'counter',
    labels: ['type', 'level', 'status'],
    help: 'Findings: in a replay by the state of their last revision, in the service every revision as it is written.',
  },
  sessionvigil_suppressed_total: {
    type: 'counter',
    labels: ['by', 'type', 'level'],
    help: 'Findings hidden, by the id of the suppression that hides them.',
  },
  sessionvigil_suppressed_high_total: {
    type: 'counter',
    labels: ['by'],
    help: 'Findings hidden of incidents of which any finding is high or critical.',
  },
  sessionvigil_suppressions: {
    type: 'gauge',
    labels: ['state'],
    help: 'Suppressions, by state: active, expires_soon (within 14 days), expired or not_yet.',
  },
  sessionvigil_commands_total: { type: 'counter', labels: ['action', 'mode'], help: 'Revocation commands.' },
  sessionvigil_principals: { type: 'gauge', labels: [], help: 'People and other principals remembered.' },
  sessionvigil_sessions: { type: 'gauge', labels: [], help: 'Sessions remembered.' },
  sessionvigil_observations: { type: 'gauge', labels: [], help: 'Observations that sessions hold for comparison.' },
  sessionvigil_sessions_evicted_total: { type: 'counter', labels: [], help: 'Sessions forgotten early because a person had too many.' },
  sessionvigil_observations_evicted_total: {
    type: 'counter',
    labels: [],
    help: 'Observations folded away early because a session or person had too many.',
  },
  sessionvigil_memories_evicted_total: {
    type: 'counter',
    labels: [],
    help: 'Findings on record, ends, incidents, habits and past lives forgotten early because a person took more than 64 KB.',
  },
  sessionvigil_sessions_expired_total: { type: 'counter', labels: [], help: 'Sessions forgotten because nobody used them any more.' },
  sessionvigil_principals_expired_total: { type: 'counter', labels: [], help: 'Principals forgotten because they were not seen any more.' },
  sessionvigil_incidents: { type: 'gauge', labels: [], help: 'Incidents that the respond step remembers.' },
  sessionvigil_commands_open: { type: 'gauge', labels: [], help: 'Commands that are neither withdrawn nor replaced.' },
  sessionvigil_incidents_evicted_total: { type: 'counter', labels: [], help: 'Incidents forgotten early to keep memory bounded.' },
  sessionvigil_commands_exhausted_total: {
    type: 'counter',
    labels: [],
    help: 'Proposals not sent because their command was withdrawn or renewed as often as is allowed.',
  },
  sessionvigil_sign_on_waiting_sessions: {
    type: 'gauge',
    labels: [],
    help: "Sessions where single sign-on is enforced (sign_on) that nothing is said of before their identity provider's log has told of the time around them.",
  },
  sessionvigil_sign_on_waiting_seconds: {
    type: 'gauge',
    labels: [],
    help: "Since the one of them that has waited longest began, on the clock by which things are forgotten; 0 when none waits. More than the provider's `wait` by hours: its log is silent or late.",
  },
  sessionvigil_sign_on_missed_sessions_total: {
    type: 'counter',
    labels: [],
    help: 'Sessions that will not be judged by their sign-on: the log of their identity provider was silent, or is late, for longer than state.allowed_lateness.',
  },
  sessionvigil_sign_on_unheard: {
    type: 'gauge',
    labels: ['side', 'entry'],
    help: 'Whether a side of an entry of sign_on was not seen, so that it protects nobody: app (no record of it) or provider (its sign-in log). Processes tell each other: the least of all is right. /status and the log say what was seen.',
  },
  sessionvigil_rules: { type: 'gauge', labels: [], help: 'Rules that judge.' },
  sessionvigil_rules_without_data: {
    type: 'gauge',
    labels: ['state'],
    help: 'Rules that find nothing (blind) or less (dim) since geographic data or data on networks are missing: the log says at the start which.',
  },
  sessionvigil_config_info: { type: 'gauge', labels: ['digest'], help: '1 for the digest of rules, lists, data and limits that judge.' },
  sessionvigil_geo_data_stale: {
    type: 'gauge',
    labels: [],
    help: '1 when the geographic data are years old and carry weak evidence only.',
  },
  sessionvigil_geo_data_time_seconds: {
    type: 'gauge',
    labels: ['data'],
    help: 'When the data in use were made, Unix time, where they say so: geo (places) and networks.',
  },
  sessionvigil_ready: {
    type: 'gauge',
    labels: [],
    help: 'Whether the service has rebuilt its memory and can read and write: what /readyz says.',
  },
  sessionvigil_polls_total: { type: 'counter', labels: [], help: 'Looks at the input folder.' },
  sessionvigil_last_poll_time_seconds: { type: 'gauge', labels: [], help: 'When the input folder was last looked at, Unix time.' },
  sessionvigil_input_files: { type: 'gauge', labels: [], help: 'Files in the input folder that are followed.' },
  sessionvigil_input_unread_bytes: {
    type: 'gauge',
    labels: [],
    help: 'Bytes that were found, unpacked, and are not judged yet: how far the service is behind.',
  },
  sessionvigil_input_bytes_total: { type: 'counter', labels: [], help: 'Bytes of records judged, unpacked.' },
  sessionvigil_chunks_total: { type: 'counter', labels: [], help: 'Chunks of records judged, written and committed.' },
  sessionvigil_chunk_seconds_total: { type: 'counter', labels: [], help: 'Time spent on them.' },
  sessionvigil_arrival_time_seconds: {
    type: 'gauge',
    labels: [],
    help: 'The clock by which things are forgotten, Unix time. Of files it is the latest event time of all records judged; on Kafka the latest arrival or tick in the partition that is furthest behind, and not there where nothing is judged.',
  },
  sessionvigil_journal_bytes: { type: 'gauge', labels: [], help: 'Size of the journal of what was judged.' },
  sessionvigil_rebuild_missing_bytes: {
    type: 'gauge',
    labels: [],
    help: 'Bytes that were judged before the last start and could not be read again: what was only in them is forgotten.',
  },
  sessionvigil_config_reloads_total: {
    type: 'counter',
    labels: ['outcome'],
    help: 'Changes of configuration, rules and lists that were seen, by outcome: done or refused.',
  },
  sessionvigil_config_refused: {
    type: 'gauge',
    labels: [],
    help: '1 while the files hold a mistake and what was in force before stays in force.',
  },
  sessionvigil_data_info: { type: 'gauge', labels: ['geo', 'networks'], help: '1 for the versions of the data in use.' },
  ...KAFKA_METRICS,
} as const satisfies Record<string, Row>;

export type MetricName = keyof typeof METRICS;
type NameOf<T extends Row['type']> = { [N in MetricName]: (typeof METRICS)[N]['type'] extends T ? N : never }[MetricName];
export type Labels = Readonly<Record<string, string>>;

/** The registry with every metric of the table in it; the only place that knows the library. */
export class Metrics {
  readonly registry = new Registry();
  private readonly all = new Map<MetricName, Counter | Gauge | Histogram>();
  private readonly totals = new Map<MetricName, number>();
  private readonly scraped = new Set<() => void>();

  constructor() {
    for (const [name, { type, labels, help, buckets }] of Object.entries<Row>(METRICS)) {
      const options = { name, help, labelNames: [...labels], registers: [this.registry] };
      if (type === 'counter') this.all.set(name as MetricName, new Counter(options));
      else if (type === 'gauge') this.all.set(name as MetricName, new Gauge(options));
      else this.all.set(name as MetricName, new Histogram({ ...options, buckets: [...(buckets ?? [])] }));
    }
  }

  add(name: NameOf<'counter'>, count: number, labels: Labels = {}): void {
    if (count > 0) (this.all.get(name) as Counter).inc(labels, count);
  }

  /** Shows a counter from 0 on: what has never happened can be asked for only if it is there. */
  begin(name: NameOf<'counter'>, labels: Labels): void {
    (this.all.get(name) as Counter).inc(labels, 0);
  }

  set(name: NameOf<'gauge'>, value: number, labels: Labels = {}): void {
    (this.all.get(name) as Gauge).set(labels, value);
  }

  observe(name: NameOf<'histogram'>, value: number, labels: Labels = {}): void {
    (this.all.get(name) as Histogram).observe(labels, value);
  }

  /** A metric that is 1 for what its labels say, and nothing for what they said before. */
  info(name: NameOf<'gauge'>, labels: Labels): void {
    (this.all.get(name) as Gauge).reset();
    this.set(name, 1, labels);
  }

  /** A metric of which there is this and nothing else. */
  only(name: NameOf<'gauge'>, samples: readonly { value: number; labels: Labels }[]): void {
    (this.all.get(name) as Gauge).reset();
    for (const { value, labels } of samples) this.set(name, value, labels);
  }

  /** What the labels name is no longer this process's to tell of: a partition that went elsewhere. */
  forget(name: NameOf<'gauge'>, labels: Labels): void {
    (this.all.get(name) as Gauge).remove(labels);
  }

  /** Calls `look` before every answer, for gauges that say how things stand at that moment. @returns ends that */
  atScrape(look: () => void): () => void {
    this.scraped.add(look);
    return () => this.scraped.delete(look);
  }

  /** Brings a counter to the total that somebody else has counted. */
  private total(name: NameOf<'counter'>, count: number): void {
    this.add(name, count - (this.totals.get(name) ?? 0));
    this.totals.set(name, count);
  }

  records(tally: Tally): void {
    this.add('sessionvigil_records_total', tally.with_events, { outcome: 'events' });
    for (const [reason, n] of Object.entries(tally.dropped)) {
      this.add('sessionvigil_records_total', n, { outcome: 'dropped' });
      this.add('sessionvigil_records_dropped_total', n, { reason });
    }
    for (const [reason, n] of Object.entries(tally.rejected)) {
      this.add('sessionvigil_records_total', n, { outcome: 'rejected' });
      this.add('sessionvigil_records_rejected_total', n, { reason });
    }
    for (const [reason, n] of Object.entries(tally.partial)) this.add('sessionvigil_records_partial_total', n, { reason });
    for (const [vendor, n] of Object.entries(tally.events)) this.add('sessionvigil_events_total', n, { vendor });
  }

  results(findings: readonly Finding[], commands: readonly RevocationCommand[]): void {
    const high = incidentsOfHigh(findings);
    for (const { type, level, status, suppressed, incident_uid } of findings) {
      this.add('sessionvigil_findings_total', 1, { type, level, status });
      if (status !== 'suppressed' || suppressed === undefined) continue;
      this.add('sessionvigil_suppressed_total', 1, { by: suppressed.by, type, level });
      if (high.has(incident_uid)) this.add('sessionvigil_suppressed_high_total', 1, { by: suppressed.by });
    }
    for (const { action, mode } of commands) this.add('sessionvigil_commands_total', 1, { action, mode });
  }

  state(stats: DetectStats, respond: RespondStats): void {
    this.set('sessionvigil_principals', stats.principals);
    this.set('sessionvigil_sessions', stats.sessions);
    this.set('sessionvigil_observations', stats.observations);
    this.waiting(stats.waiting_sessions, waitedSeconds(stats));
    this.total('sessionvigil_sign_on_missed_sessions_total', stats.missed_sessions);
    this.total('sessionvigil_sessions_evicted_total', stats.evicted_sessions);
    this.total('sessionvigil_observations_evicted_total', stats.evicted_observations);
    this.total('sessionvigil_memories_evicted_total', stats.evicted_memories);
    this.total('sessionvigil_sessions_expired_total', stats.expired_sessions);
    this.total('sessionvigil_principals_expired_total', stats.expired_principals);
    this.total('sessionvigil_events_duplicate_total', stats.duplicates);
    this.total('sessionvigil_events_late_total', stats.late_beyond_allowed);
    this.set('sessionvigil_incidents', respond.incidents);
    this.set('sessionvigil_commands_open', respond.open);
    this.total('sessionvigil_incidents_evicted_total', respond.evicted);
    this.total('sessionvigil_commands_exhausted_total', respond.exhausted);
  }

  /** @param seconds that the one that waits longest has waited */
  waiting(sessions: number, seconds: number): void {
    this.set('sessionvigil_sign_on_waiting_sessions', sessions);
    this.set('sessionvigil_sign_on_waiting_seconds', seconds);
  }

  /** The Prometheus text format. */
  text(): Promise<string> {
    for (const look of this.scraped) look();
    return this.registry.metrics();
  }
}

/** How long the session that waits longest for its sign-on has waited, seconds. */
export function waitedSeconds({ waiting_since, clock }: DetectStats): number {
  return waiting_since === undefined ? 0 : Math.max(0, clock - waiting_since) / 1000;
}
