/**
 * What the service on Kafka counts, beside the table in metrics.ts. Labels come from closed sets: `source` is a raw topic of the configuration,
 * `topic` one of those or one of our own, `partition` a number of a topic; `stage` is normalize, detect or respond.
 */

/** From a network's round trip to a chunk that waits for a slow disk, seconds. */
const WORK_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;
/** From a warm start to reading a large partition anew, seconds. */
const RESTORE_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 120, 300, 600] as const;
/** From what a vendor streams to what Microsoft's unified audit log delivers a day late and more, seconds. */
const DELIVERY_SECONDS = [1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800] as const;
/** From one chunk to a catch-up after an outage, seconds. Design section 8 wants 0.1 at p50 and 0.25 at p99, then 0.04 and 0.1. */
const ANSWER_SECONDS = [0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800, 7200] as const;

export const KAFKA_METRICS = {
  // what comes in
  sessionvigil_source_records_total: {
    type: 'counter',
    labels: ['source', 'outcome'],
    help: 'Records of a raw topic that were answered, by outcome: events, dropped or dead.',
  },
  sessionvigil_source_bytes_total: { type: 'counter', labels: ['source'], help: 'Bytes of those records, keys and values.' },
  sessionvigil_source_dropped_total: {
    type: 'counter',
    labels: ['source', 'reason'],
    help: 'Records of a raw topic that rightly made no event, by reason.',
  },
  sessionvigil_source_missed_total: {
    type: 'counter',
    labels: ['source'],
    help: 'Records of a raw topic that were deleted before they were read: its retention is too short for how long the service was away.',
  },
  sessionvigil_source_events_total: { type: 'counter', labels: ['source'], help: 'Events made of the records of a raw topic.' },
  sessionvigil_source_events_known_total: {
    type: 'counter',
    labels: ['source', 'field'],
    help: 'Those of them that say their session, device or network. A share of a source that falls to 0 is a source gone blind.',
  },
  sessionvigil_source_lag_seconds: {
    type: 'histogram',
    labels: ['source'],
    buckets: DELIVERY_SECONDS,
    help: "From an event's time to its arrival in Kafka: the vendor's and the shipper's delay, not ours.",
  },
  sessionvigil_source_silence_seconds: {
    type: 'gauge',
    labels: ['source'],
    help: "Since this process took a record of a raw topic, or the topic itself when none came yet; the least of all processes is the source's.",
  },
  sessionvigil_dead_letters_total: {
    type: 'counter',
    labels: ['source', 'stage', 'reason'],
    help: 'Records put aside because they could not be read or judged, by the raw topic that they came from.',
  },
  sessionvigil_defects_total: {
    type: 'counter',
    labels: ['stage'],
    help: 'Records on which a step of the program failed, each in the dead letters, and people whom rules that have changed could not judge anew, or on whom a tick failed. More than 1 % stop the process.',
  },
  sessionvigil_events_forwarded_total: {
    type: 'counter',
    labels: [],
    help: 'Events that came under a key of their person that another one stands for by now, and were sent on to it.',
  },
  sessionvigil_resends_total: {
    type: 'counter',
    labels: ['source'],
    help: 'Events that normalize wrote once more after a failure, recognised by their source offset and left out.',
  },
  // what goes out
  sessionvigil_topic_records_written_total: { type: 'counter', labels: ['topic'], help: 'Records written to a topic of our own.' },
  sessionvigil_topic_bytes_written_total: { type: 'counter', labels: ['topic'], help: 'Bytes of those, keys and values.' },
  sessionvigil_finding_latency_seconds: {
    type: 'histogram',
    labels: [],
    buckets: ANSWER_SECONDS,
    help: 'From the arrival in Kafka of the record that triggered a finding to the commit that makes the finding readable: our delay.',
  },
  sessionvigil_ticks_total: { type: 'counter', labels: [], help: 'Ticks read: the passing of time, one a minute and partition.' },
  // how far behind
  sessionvigil_consumer_lag_records: {
    type: 'gauge',
    labels: ['stage', 'topic', 'partition'],
    help: 'Records of an input partition that this process owns and has not worked off, those that wait in its queue too.',
  },
  sessionvigil_queue_bytes: {
    type: 'gauge',
    labels: ['stage'],
    help: 'Bytes of records that were read and wait for their turn.',
  },
  sessionvigil_in_flight_bytes: { type: 'gauge', labels: [], help: 'Bytes of records between reading and writing, of all stages.' },
  sessionvigil_in_flight_limit_bytes: {
    type: 'gauge',
    labels: [],
    help: 'What they may be at most: kafka.max_in_flight_bytes.',
  },
  sessionvigil_partitions_paused: {
    type: 'gauge',
    labels: ['stage'],
    help: 'Input partitions that are not read on because too much of them waits.',
  },
  sessionvigil_partitions_unanswered: {
    type: 'gauge',
    labels: ['stage'],
    help: 'Partitions of which nothing could be read for eight seconds, with no leader or no answer of it: what is known of their lag is old.',
  },
  // the work
  sessionvigil_task_chunk_seconds: {
    type: 'histogram',
    labels: ['stage'],
    buckets: WORK_SECONDS,
    help: 'Time spent on a chunk of records, without its commit.',
  },
  sessionvigil_task_commit_seconds: {
    type: 'histogram',
    labels: ['stage'],
    buckets: WORK_SECONDS,
    help: 'Time until what a chunk led to was committed.',
  },
  sessionvigil_transactions_total: {
    type: 'counter',
    labels: ['stage', 'outcome'],
    help: 'Transactions, by outcome: committed, aborted, fenced by another owner, or doomed (the outcome is not known; the partition is restored).',
  },
  // owning and restoring
  sessionvigil_partitions: {
    type: 'gauge',
    labels: ['stage', 'state'],
    help: 'Partitions that this process owns, by state: restoring, running or waiting.',
  },
  sessionvigil_rebalances_total: { type: 'counter', labels: ['stage'], help: 'Times that partitions were shared out anew.' },
  sessionvigil_partitions_moved_total: {
    type: 'counter',
    labels: ['stage', 'direction'],
    help: 'Partitions that came to this process or left it at that, by direction: gained or lost.',
  },
  sessionvigil_restore_seconds: {
    type: 'histogram',
    labels: ['stage'],
    buckets: RESTORE_SECONDS,
    help: 'Time until the state of a partition was back.',
  },
  sessionvigil_restore_records_total: {
    type: 'counter',
    labels: ['stage', 'from'],
    help: 'Records read for that, from the changelog or, after what it holds, from the input once more: changelog or input.',
  },
  sessionvigil_state_bytes: {
    type: 'gauge',
    labels: ['stage'],
    help: 'Bytes of state in memory, of the partitions that this process owns, about: records and their index as they are, and of people who are objects because they were just seen ten times their records.',
  },
  sessionvigil_people_fetched_total: {
    type: 'counter',
    labels: [],
    help: 'People who were bytes and became objects because an event came for them. Many beside the events that are judged: kafka.state_objects_bytes is small for those who are in use.',
  },
  sessionvigil_state_other_version: {
    type: 'gauge',
    labels: [],
    help: 'People whose record in the changelog is of another version than kafka.state_write_version. Before an older program may read it, none are left.',
  },
  sessionvigil_state_written_total: {
    type: 'counter',
    labels: ['stage', 'reason'],
    help: 'People written to the changelog, by reason: said (a finding), flush (changed for long enough) or expired.',
  },
  // the cluster
  sessionvigil_heartbeats_total: { type: 'counter', labels: ['stage'], help: 'Heartbeats that the group accepted.' },
  sessionvigil_last_heartbeat_time_seconds: {
    type: 'gauge',
    labels: ['stage'],
    help: 'When the last of them was accepted, Unix time. A minute without one means that the group stands still.',
  },
  sessionvigil_kafka_errors_total: {
    type: 'counter',
    labels: ['kind'],
    help: 'Requests to the brokers that got no answer, by kind: network, timeout, auth or other. Tried again unless the process stops.',
  },
  sessionvigil_registry_requests_total: {
    type: 'counter',
    labels: ['outcome'],
    help: 'Questions to the schema registry, by outcome: found, unknown (dead letters) or failed (asked again).',
  },
} as const;
