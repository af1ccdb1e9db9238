import { METRICS, Metrics } from '../src/metrics.js';
import { aCommand, aFinding } from './output/a-finding.js';

test.each(Object.entries(METRICS))('%s keeps to the conventions', (name, { type, labels, help }) => {
  expect(name).toMatch(/^sessionvigil_[a-z]+(_[a-z]+)*$/);
  expect(name.endsWith('_total')).toBe(type === 'counter');
  expect(help).toMatch(/^[A-Z1].+\.$/);
  // closed sets only: nothing that grows with people, sessions or addresses
  for (const label of labels)
    expect([
      'outcome',
      'reason',
      'vendor',
      'type',
      'level',
      'status',
      'action',
      'mode',
      'digest',
      'geo',
      'networks',
      'by',
      'state',
      'source',
      'topic',
      'partition',
      'stage',
      'field',
      'direction',
      'from',
      'kind',
      'data',
      'product',
      'change',
      'key',
      'side',
      // as many as the configuration names
      'entry',
    ]).toContain(label);
});

test.each(Object.entries(METRICS).filter(([, { type }]) => type === 'histogram'))('%s has buckets that rise', (name, row) => {
  const { buckets } = row as unknown as { buckets: readonly number[] };
  expect(buckets).toEqual([...new Set(buckets)].sort((a, b) => a - b));
  expect(name).toMatch(/_seconds$/);
});

test('a histogram counts by bucket', async () => {
  const metrics = new Metrics();
  metrics.observe('sessionvigil_task_chunk_seconds', 0.03, { stage: 'detect' });
  metrics.observe('sessionvigil_task_chunk_seconds', 7, { stage: 'detect' });
  const lines = (await metrics.text()).split('\n');
  for (const line of [
    'sessionvigil_task_chunk_seconds_bucket{le="0.025",stage="detect"} 0',
    'sessionvigil_task_chunk_seconds_bucket{le="0.05",stage="detect"} 1',
    'sessionvigil_task_chunk_seconds_bucket{le="+Inf",stage="detect"} 2',
    'sessionvigil_task_chunk_seconds_sum{stage="detect"} 7.03',
  ])
    expect(lines).toContain(line);
});

test('a partition that went elsewhere is not told of any more', async () => {
  const metrics = new Metrics();
  const labels = (partition: string) => ({ stage: 'detect', topic: 'events', partition });
  metrics.set('sessionvigil_consumer_lag_records', 5, labels('0'));
  metrics.set('sessionvigil_consumer_lag_records', 6, labels('1'));
  metrics.forget('sessionvigil_consumer_lag_records', labels('0'));
  expect((await metrics.text()).match(/^sessionvigil_consumer_lag_records\{.*$/gm)).toEqual([
    'sessionvigil_consumer_lag_records{stage="detect",topic="events",partition="1"} 6',
  ]);
});

test('what stands at the moment of the scrape is looked up then, as long as it is wanted', async () => {
  const metrics = new Metrics();
  let bytes = 1;
  const end = metrics.atScrape(() => metrics.set('sessionvigil_in_flight_bytes', bytes++));
  expect(await metrics.text()).toContain('\nsessionvigil_in_flight_bytes 1\n');
  expect(await metrics.text()).toContain('\nsessionvigil_in_flight_bytes 2\n');
  end();
  expect(await metrics.text()).toContain('\nsessionvigil_in_flight_bytes 2\n');
});

test('what is hidden, by what hides it', async () => {
  const metrics = new Metrics();
  const suppressed = { by: 'guest', owner: 'netops', reason: 'r', until_time: 1, hides_high: false };
  const hidden = { status: 'suppressed', level: 'low', suppressed } as const;
  metrics.results([aFinding(), aFinding({ uid: 'f2', ...hidden }), aFinding({ uid: 'f3', incident_uid: 'i2', ...hidden })], []);
  const lines = (await metrics.text()).split('\n');
  expect(lines).toContain('sessionvigil_findings_total{type="session_reuse",level="low",status="suppressed"} 2');
  expect(lines).toContain('sessionvigil_suppressed_total{by="guest",type="session_reuse",level="low"} 2');
  // the first finding, in sight, is high and of the same incident as the second
  expect(lines).toContain('sessionvigil_suppressed_high_total{by="guest"} 1');
});

test('a replay in the text format', async () => {
  const metrics = new Metrics();
  metrics.records({
    records: 4,
    with_events: 1,
    dropped: { blank: 1 },
    rejected: { invalid_json: 1, too_large: 1 },
    partial: { no_subject: 3 },
    events: { okta: 2 },
    first_time: 1,
    last_time: 2,
    unlinked: 0,
  });
  metrics.results([aFinding(), aFinding({ uid: 'f2' })], [aCommand()]);
  metrics.state(
    {
      principals: 1,
      sessions: 2,
      observations: 3,
      evicted_sessions: 4,
      evicted_observations: 5,
      evicted_memories: 0,
      expired_principals: 6,
      expired_sessions: 7,
      duplicates: 8,
      late_beyond_allowed: 9,
      waiting_sessions: 3,
      missed_sessions: 18,
      waiting_since: 60_000,
      clock: 3_660_000,
    },
    { incidents: 10, seats: 11, open: 12, bytes: 13, expired: 14, evicted: 15, evicted_open: 16, exhausted: 17 },
  );
  metrics.set('sessionvigil_geo_data_stale', 1);
  const lines = (await metrics.text()).split('\n');
  for (const line of [
    'sessionvigil_records_total{outcome="events"} 1',
    'sessionvigil_records_total{outcome="rejected"} 2',
    'sessionvigil_records_dropped_total{reason="blank"} 1',
    'sessionvigil_records_rejected_total{reason="too_large"} 1',
    'sessionvigil_records_partial_total{reason="no_subject"} 3',
    'sessionvigil_events_total{vendor="okta"} 2',
    'sessionvigil_findings_total{type="session_reuse",level="high",status="new"} 2',
    'sessionvigil_commands_total{action="revoke_session",mode="shadow"} 1',
    'sessionvigil_principals 1',
    'sessionvigil_sessions 2',
    'sessionvigil_observations 3',
    'sessionvigil_sign_on_waiting_sessions 3',
    'sessionvigil_sign_on_waiting_seconds 3600',
    'sessionvigil_sign_on_missed_sessions_total 18',
    'sessionvigil_sessions_evicted_total 4',
    'sessionvigil_observations_evicted_total 5',
    'sessionvigil_principals_expired_total 6',
    'sessionvigil_sessions_expired_total 7',
    'sessionvigil_events_duplicate_total 8',
    'sessionvigil_events_late_total 9',
    'sessionvigil_incidents 10',
    'sessionvigil_commands_open 12',
    'sessionvigil_incidents_evicted_total 15',
    'sessionvigil_commands_exhausted_total 17',
    'sessionvigil_geo_data_stale 1',
  ])
    expect(lines).toContain(line);
});

test('what is in force is told once, whatever was before', async () => {
  const metrics = new Metrics();
  metrics.info('sessionvigil_config_info', { digest: 'a' });
  metrics.info('sessionvigil_config_info', { digest: 'b' });
  expect((await metrics.text()).match(/^sessionvigil_config_info.*$/gm)).toEqual(['sessionvigil_config_info{digest="b"} 1']);
});

test('what the steps have counted is not counted twice', async () => {
  const metrics = new Metrics();
  const stats = {
    principals: 1,
    sessions: 1,
    observations: 1,
    evicted_sessions: 3,
    evicted_observations: 0,
    evicted_memories: 0,
    expired_principals: 0,
    expired_sessions: 0,
    duplicates: 2,
    late_beyond_allowed: 0,
    waiting_sessions: 0,
    missed_sessions: 0,
    clock: 0,
  };
  const respond = { incidents: 0, seats: 0, open: 0, bytes: 0, expired: 0, evicted: 1, evicted_open: 0, exhausted: 0 };
  metrics.state(stats, respond);
  metrics.state({ ...stats, duplicates: 5 }, respond);
  const text = await metrics.text();
  for (const line of ['sessions_evicted_total 3', 'events_duplicate_total 5', 'incidents_evicted_total 1'])
    expect(text).toContain(`\nsessionvigil_${line}\n`);
});
