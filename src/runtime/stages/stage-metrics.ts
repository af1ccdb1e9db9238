import type { DetectStats, RespondStats } from '../../core/pipeline.js';
import type { Log } from '../../log.js';
import { type Metrics, waitedSeconds } from '../../metrics.js';
import type { DefectRate } from '../defect-rate.js';
import type { Stage } from '../kafka/names.js';
import type { SourceMetrics } from '../kafka/source-metrics.js';
import type { OutRecord } from '../kafka/transport.js';
import { THAWED_TIMES } from '../store/people-store.js';
import type { Work } from '../work.js';
import { type DetectSaid, DetectWork } from './detect-work.js';
import type { NormalizeStage, NormalizeStageOptions } from './normalize-stage.js';
import type { OwnerStage, StageWatch } from './owner-stage.js';
import { RespondWork, type RespondWorkOptions } from './respond-work.js';
import type { SourceSaid } from './source-task.js';

export interface StageMetricsOptions {
  metrics: Metrics;
  log: Log;
  elapsed(): number;
  now(): number;
  failed(error: unknown): void;
}

/** Ten heartbeats: so long without one, the brokers are away, ms. */
const SILENT_MS = 10_000;
/** Those who are objects are counted one by one, which takes milliseconds of everything else: not more often than this. */
const PEOPLE_MS = 5000;

/** Says in metrics and in the log what happens in the stages. */
export class StageMetrics {
  /** when each stage's last heartbeat was accepted, ms */
  private readonly heard = new Map<Stage, number>();
  /** what was counted of each task's work so far */
  private readonly counted = new WeakMap<Work, DetectStats | RespondStats>();

  constructor(private readonly options: StageMetricsOptions) {
    // 0 would be a clock that stands: a process that judges nothing has none
    options.metrics.forget('sessionvigil_arrival_time_seconds', {});
  }

  /** A stage hears nothing of the brokers. */
  get isSilent(): boolean {
    const now = this.options.elapsed();
    return [...this.heard.values()].some((at) => now - at > SILENT_MS);
  }

  watch(stage: 'detect' | 'respond', rate: DefectRate): StageWatch {
    const { metrics, log } = this.options;
    return {
      ...this.membership(stage),
      phase: (task, phase) => log.debug({ stage, partition: task.partition, phase }, `${stage}/${task.partition}: ${phase}`),
      restored: (task, { records, replayed, seconds }) => {
        metrics.observe('sessionvigil_restore_seconds', seconds, { stage });
        metrics.add('sessionvigil_restore_records_total', records, { stage, from: 'changelog' });
        metrics.add('sessionvigil_restore_records_total', replayed, { stage, from: 'input' });
        const { partition } = task;
        const text = `${stage}/${partition}: restored in ${seconds.toFixed(1)} s from ${records} records and ${replayed} events read again`;
        log.info({ stage, partition, records, replayed, seconds }, text);
      },
      chunk: (_, records, seconds) => {
        metrics.observe('sessionvigil_task_chunk_seconds', seconds, { stage });
        rate.passed(records);
      },
      committed: (_, records, seconds) => {
        metrics.observe('sessionvigil_task_commit_seconds', seconds, { stage });
        metrics.add('sessionvigil_transactions_total', 1, { stage, outcome: 'committed' });
        this.written(records);
      },
      forgotten: (task, error) => {
        if (error.name === 'Fenced' || error.name === 'Doomed')
          metrics.add('sessionvigil_transactions_total', 1, { stage, outcome: error.name.toLowerCase() });
        const { partition } = task;
        log.warn({ stage, partition, error: error.message }, `${stage}/${partition}: is restored (${error.message})`);
      },
      poisoned: (task, { offset }, error) => {
        metrics.add('sessionvigil_defects_total', 1, { stage });
        const { partition } = task;
        log.error(
          { stage, partition, offset, err: error },
          `${stage}/${partition}: a defect at offset ${offset}; the record goes to the dead letters`,
        );
        rate.failed(error);
      },
    };
  }

  normalize(sources: SourceMetrics): NormalizeStageOptions['watch'] {
    const { log, metrics } = this.options;
    const watch = this.membership('normalize');
    return {
      ...watch,
      missed: ({ topic, partition }, records) => {
        metrics.add('sessionvigil_source_missed_total', records, { source: topic });
        log.error(
          { code: 'SV_KAFKA_INPUT_LOST', topic, partition, records },
          `${topic}/${partition}: ${records} records were deleted before they were read`,
        );
      },
      expired: (topic) =>
        log.warn(
          { topic },
          `${topic}: the brokers have forgotten how far it was read (offsets.retention.minutes); it is read on from where it is known to have been, and ` +
            'what comes again is recognised',
        ),
      owns: (topics) => sources.own(topics),
    };
  }

  sources(sources: SourceMetrics, rate: DefectRate): SourceSaid {
    const { metrics, log } = this.options;
    const stage = 'normalize';
    return {
      answered: (topic, { outcome, reason, events }, { key, value }) => {
        const bytes = (key?.length ?? 0) + (value?.length ?? 0);
        sources.count(topic, { outcome: outcome === 'rejected' ? 'dead' : outcome, reason, events, bytes });
        rate.passed(1);
      },
      dead: (topic, reason, { key, value }) => {
        sources.count(topic, { outcome: 'dead', reason, events: [], bytes: (key?.length ?? 0) + (value?.length ?? 0) });
        rate.passed(1);
      },
      partial: (source, reason) => {
        metrics.add('sessionvigil_records_partial_total', 1, { reason });
        metrics.add('sessionvigil_dead_letters_total', 1, { source, stage, reason });
      },
      defect: (error) => {
        metrics.add('sessionvigil_defects_total', 1, { stage });
        log.error({ stage, err: error }, 'normalize: a defect; the record goes to the dead letters');
        rate.failed(error);
      },
      chunk: (_, seconds) => metrics.observe('sessionvigil_task_chunk_seconds', seconds, { stage }),
      sent: (records) => this.written(records),
      failed: (error) => this.options.failed(error),
    };
  }

  detect(): DetectSaid {
    const { metrics, log, now } = this.options;
    return {
      committed: (findings, arrivals) => {
        metrics.results(findings, []);
        const wall = now();
        for (const arrival of arrivals) metrics.observe('sessionvigil_finding_latency_seconds', Math.max(0, wall - arrival) / 1000);
      },
      people: (reason, count) => metrics.add('sessionvigil_state_written_total', count, { stage: 'detect', reason }),
      dead: (reason, source) => metrics.add('sessionvigil_dead_letters_total', 1, { source, stage: 'detect', reason }),
      duplicate: (source) => metrics.add('sessionvigil_resends_total', 1, { source }),
      tick: () => metrics.add('sessionvigil_ticks_total', 1),
      absorbed: (what) => {
        if (what === 'inherited') metrics.add('sessionvigil_identities_absorbed_total', 1);
      },
      forwarded: () => metrics.add('sessionvigil_events_forwarded_total', 1),
      untold: (error, isFirst) => {
        metrics.add('sessionvigil_defects_total', 1, { stage: 'detect' });
        const text =
          'detect: a defect in judging somebody anew by the rules in force; what they say of the past waits for the next event of theirs';
        if (isFirst) log.error({ stage: 'detect', err: error }, text);
      },
      passed_by: (error, isFirst) => {
        metrics.add('sessionvigil_defects_total', 1, { stage: 'detect' });
        const text = 'detect: a defect in what the passing of time does to somebody; they are judged with their next event';
        if (isFirst) log.error({ stage: 'detect', err: error }, text);
      },
    };
  }

  respond(): RespondWorkOptions['said'] {
    const { metrics } = this.options;
    return {
      committed: (commands) => metrics.results([], commands),
      dead: (reason) => metrics.add('sessionvigil_dead_letters_total', 1, { source: 'none', stage: 'respond', reason }),
    };
  }

  /** Brings the figures of a stage up to date. */
  owner(stage: Stage, owner: OwnerStage): void {
    const { metrics } = this.options;
    const { partitions } = owner.status();
    const states = { restoring: 0, running: 0, waiting: 0 };
    let queued = 0;
    let paused = 0;
    let unanswered = 0;
    for (const { partition, phase, lag, queued_bytes, is_paused, unanswered_seconds } of partitions) {
      if (is_paused) paused++;
      if (unanswered_seconds > 0) unanswered++;
      states[phase === 'running' || phase === 'waiting' ? phase : 'restoring']++;
      queued += queued_bytes;
      if (lag !== undefined)
        metrics.set('sessionvigil_consumer_lag_records', lag, { stage, topic: owner.input, partition: String(partition) });
    }
    this.forgetLags(
      stage,
      partitions.map(({ partition }) => `${owner.input}\n${partition}`),
    );
    for (const [state, count] of Object.entries(states)) metrics.set('sessionvigil_partitions', count, { stage, state });
    metrics.set('sessionvigil_queue_bytes', queued, { stage });
    metrics.set('sessionvigil_partitions_paused', paused, { stage });
    metrics.set('sessionvigil_partitions_unanswered', unanswered, { stage });
    if (stage === 'detect' && this.options.elapsed() - this.people_at >= PEOPLE_MS) this.people(owner);
    if (stage === 'respond') this.incidents(owner);
  }

  raw(normalize: NormalizeStage): void {
    const { metrics } = this.options;
    const stage = 'normalize';
    const { partitions } = normalize.status();
    let queued = 0;
    let paused = 0;
    let unanswered = 0;
    for (const { topic, partition, lag, queued_bytes, is_paused, unanswered_seconds } of partitions) {
      queued += queued_bytes;
      if (is_paused) paused++;
      if (unanswered_seconds > 0) unanswered++;
      metrics.set('sessionvigil_consumer_lag_records', lag, { stage, topic, partition: String(partition) });
    }
    this.forgetLags(
      stage,
      partitions.map(({ topic, partition }) => `${topic}\n${partition}`),
    );
    metrics.set('sessionvigil_partitions', partitions.length, { stage, state: 'running' });
    metrics.set('sessionvigil_queue_bytes', queued, { stage });
    metrics.set('sessionvigil_partitions_paused', paused, { stage });
    metrics.set('sessionvigil_partitions_unanswered', unanswered, { stage });
  }

  bytes(in_flight: number, isReady: boolean): void {
    const { metrics } = this.options;
    metrics.set('sessionvigil_in_flight_bytes', in_flight);
    metrics.set('sessionvigil_ready', isReady ? 1 : 0);
  }

  /** when people were counted last, on the clock of `elapsed` */
  private people_at = Number.NEGATIVE_INFINITY;
  private readonly lagged = new Map<Stage, string[]>();

  /** Of partitions that others own now there is nothing to be said here. */
  private forgetLags(stage: Stage, owned: string[]): void {
    const now = new Set(owned);
    for (const one of this.lagged.get(stage) ?? []) {
      const [topic = '', partition = ''] = one.split('\n');
      if (!now.has(one)) this.options.metrics.forget('sessionvigil_consumer_lag_records', { stage, topic, partition });
    }
    this.lagged.set(stage, owned);
  }

  private people(owner: OwnerStage): void {
    const { metrics, elapsed } = this.options;
    this.people_at = elapsed();
    let [principals, sessions, observations, bytes, other_version, waiting, waited] = [0, 0, 0, 0, 0, 0, 0];
    let clock = Number.POSITIVE_INFINITY;
    for (const work of owner.works()) {
      if (!(work instanceof DetectWork)) continue;
      const { store, detect } = work.stats();
      const more = this.since(work, { ...detect, fetched: store.fetched });
      metrics.add('sessionvigil_sessions_evicted_total', more('evicted_sessions'));
      metrics.add('sessionvigil_observations_evicted_total', more('evicted_observations'));
      metrics.add('sessionvigil_memories_evicted_total', more('evicted_memories'));
      metrics.add('sessionvigil_sessions_expired_total', more('expired_sessions'));
      metrics.add('sessionvigil_principals_expired_total', more('expired_principals'));
      metrics.add('sessionvigil_people_fetched_total', more('fetched'));
      metrics.add('sessionvigil_sign_on_missed_sessions_total', more('missed_sessions'));
      metrics.add('sessionvigil_events_duplicate_total', more('duplicates'));
      metrics.add('sessionvigil_events_late_total', more('late_beyond_allowed'));
      principals += store.people;
      sessions += detect.sessions;
      observations += detect.observations;
      bytes += store.slab_bytes + store.index_bytes + store.thawed_bytes * THAWED_TIMES;
      other_version += store.other_version;
      waiting += detect.waiting_sessions;
      waited = Math.max(waited, waitedSeconds(detect));
      if (detect.clock > 0) clock = Math.min(clock, detect.clock);
    }
    // of the partition that is furthest behind: of the others nobody has to be told
    if (clock < Number.POSITIVE_INFINITY) metrics.set('sessionvigil_arrival_time_seconds', clock / 1000);
    else metrics.forget('sessionvigil_arrival_time_seconds', {});
    metrics.set('sessionvigil_state_other_version', other_version);
    metrics.waiting(waiting, waited);
    metrics.set('sessionvigil_principals', principals);
    metrics.set('sessionvigil_sessions', sessions);
    metrics.set('sessionvigil_observations', observations);
    metrics.set('sessionvigil_state_bytes', bytes, { stage: 'detect' });
  }

  private incidents(owner: OwnerStage): void {
    const { metrics } = this.options;
    let [incidents, open, bytes] = [0, 0, 0];
    for (const work of owner.works()) {
      if (!(work instanceof RespondWork)) continue;
      const stats = work.stats();
      incidents += stats.incidents;
      open += stats.open;
      bytes += stats.bytes;
      const more = this.since(work, stats);
      metrics.add('sessionvigil_incidents_evicted_total', more('evicted'));
      metrics.add('sessionvigil_commands_exhausted_total', more('exhausted'));
    }
    metrics.set('sessionvigil_incidents', incidents);
    metrics.set('sessionvigil_commands_open', open);
    metrics.set('sessionvigil_state_bytes', bytes, { stage: 'respond' });
  }

  /** What a work has counted since it was last asked; what it counts begins with it. */
  private since<Stats extends DetectStats | RespondStats>(work: Work, stats: Stats): (what: keyof Stats) => number {
    const before = this.counted.get(work) as Stats | undefined;
    this.counted.set(work, stats);
    return (what) => (stats[what] as number) - ((before?.[what] as number | undefined) ?? 0);
  }

  private membership(stage: Stage): Pick<StageWatch, 'assigned' | 'heartbeat' | 'lost' | 'failed'> {
    const { metrics, log, now, elapsed } = this.options;
    let before = 0;
    this.heard.set(stage, Number.NEGATIVE_INFINITY);
    return {
      assigned: (partitions, generation) => {
        metrics.add('sessionvigil_rebalances_total', 1, { stage });
        metrics.add('sessionvigil_partitions_moved_total', Math.max(0, partitions - before), { stage, direction: 'gained' });
        metrics.add('sessionvigil_partitions_moved_total', Math.max(0, before - partitions), { stage, direction: 'lost' });
        before = partitions;
        log.info({ stage, partitions, generation }, `${stage}: ${partitions} partitions in generation ${generation}`);
      },
      heartbeat: () => {
        this.heard.set(stage, elapsed());
        metrics.add('sessionvigil_heartbeats_total', 1, { stage });
        metrics.set('sessionvigil_last_heartbeat_time_seconds', now() / 1000, { stage });
      },
      lost: (reason) => log.warn({ stage, reason }, `${stage}: out of its group (${reason})`),
      failed: (error) => this.options.failed(error),
    };
  }

  private written(records: readonly OutRecord[]): void {
    const { metrics } = this.options;
    const topics = new Map<string, { records: number; bytes: number }>();
    for (const { topic, key, value } of records) {
      const sum = topics.get(topic) ?? { records: 0, bytes: 0 };
      sum.records++;
      sum.bytes += (key?.length ?? 0) + (value?.length ?? 0);
      topics.set(topic, sum);
    }
    for (const [topic, sum] of topics) {
      metrics.add('sessionvigil_topic_records_written_total', sum.records, { topic });
      metrics.add('sessionvigil_topic_bytes_written_total', sum.bytes, { topic });
    }
  }
}
