import type { SessionEvent } from '../../../src/core/event/index.js';
import { Metrics } from '../../../src/metrics.js';
import { SourceMetrics } from '../../../src/runtime/kafka/source-metrics.js';

let metrics: Metrics;
let elapsed: number;
let sources: SourceMetrics;
beforeEach(() => {
  metrics = new Metrics();
  elapsed = 1000;
  sources = new SourceMetrics(metrics, () => elapsed);
});

/** Lines of one source, without the prefix. */
async function linesOf(source: string): Promise<string[]> {
  const lines = (await metrics.text()).split('\n').filter((line) => line.includes(`source="${source}"`) && !line.includes('_lag_seconds'));
  return lines.map((line) => line.replace('sessionvigil_', '').replace(`source="${source}",`, '').replace(`{source="${source}"}`, ''));
}

const OKTA: SessionEvent['source'] = { vendor: 'okta', product: 'system_log', account: 'acme' };
const event = (over: Partial<SessionEvent>): SessionEvent => ({ source: OKTA, time: 0, arrival_time: 0, ...over }) as SessionEvent;
const FULL = event({
  session: { uid: 's', issuer: 'okta:acme', confidence: 'high' },
  device: { uid: 'd', evidence: 'observed' },
  src_endpoint: { ip: '203.0.113.7', class: 'public' },
});

test('records by what became of them, and what their events say', async () => {
  sources.own(['okta']);
  sources.count('okta', { outcome: 'events', events: [FULL, event({ device: { evidence: 'claimed', os: 'windows' } })], bytes: 100 });
  sources.count('okta', { outcome: 'dropped', reason: 'blank', events: [], bytes: 3 });
  sources.count('okta', { outcome: 'dead', reason: 'invalid_json', events: [], bytes: 7 });
  const wanted = [
    'source_records_total{outcome="events"} 1',
    'source_records_total{outcome="dropped"} 1',
    'source_records_total{outcome="dead"} 1',
    'source_dropped_total{reason="blank"} 1',
    'dead_letters_total{stage="normalize",reason="invalid_json"} 1',
    'source_bytes_total 110',
    'source_events_total 2',
    'source_events_known_total{field="session"} 1',
    'source_events_known_total{field="device"} 1',
    'source_events_known_total{field="network"} 1',
    'source_silence_seconds 0',
  ];
  expect((await linesOf('okta')).sort()).toEqual(wanted.sort());
  // told once, however often it is asked for
  expect((await linesOf('okta')).sort()).toEqual(wanted.sort());
});

test('a source that says nothing of sessions has a share of 0, not none', async () => {
  sources.own(['blind']);
  sources.count('blind', { outcome: 'events', events: [event({})], bytes: 1 });
  expect(await linesOf('blind')).toEqual(
    expect.arrayContaining([
      'source_events_total 1',
      'source_events_known_total{field="session"} 0',
      'source_events_known_total{field="network"} 0',
    ]),
  );
});

test('silence grows until a record comes, and is told by who owns the source', async () => {
  sources.own(['okta', 'entra']);
  elapsed += 30_000;
  sources.count('okta', { outcome: 'dropped', reason: 'blank', events: [], bytes: 1 });
  elapsed += 5000;
  expect(await linesOf('okta')).toContain('source_silence_seconds 5');
  expect(await linesOf('entra')).toContain('source_silence_seconds 35');
  sources.own(['okta']);
  expect((await linesOf('entra')).join()).not.toContain('silence');
  // of a record that was still under way when the source went, nothing is concluded
  sources.count('entra', { outcome: 'dropped', reason: 'blank', events: [], bytes: 1 });
  expect((await linesOf('entra')).join()).not.toContain('silence');
  // whoever gets it begins to wait then
  sources.own(['okta', 'entra']);
  expect(await linesOf('entra')).toContain('source_silence_seconds 0');
});

test("from the event's time to its arrival; a clock that is ahead is no delay", async () => {
  const counted = (time: number, arrival_time: number) =>
    sources.count('okta', { outcome: 'events', events: [event({ time, arrival_time })], bytes: 1 });
  counted(0, 20_000);
  counted(5000, 0);
  const text = await metrics.text();
  expect(text).toContain('sessionvigil_source_lag_seconds_bucket{le="1",source="okta"} 1');
  expect(text).toContain('sessionvigil_source_lag_seconds_bucket{le="30",source="okta"} 2');
  expect(text).toContain('sessionvigil_source_lag_seconds_sum{source="okta"} 20');
});

test('what was counted last is told at the end', async () => {
  sources.own(['okta']);
  sources.count('okta', { outcome: 'events', events: [], bytes: 1 });
  sources.close();
  expect(await linesOf('okta')).toContain('source_records_total{outcome="events"} 1');
  expect((await linesOf('okta')).join()).not.toContain('silence');
});

test('events by vendor, whichever topics they come from', async () => {
  const entra = event({ source: { vendor: 'entra', product: 'sign_in', account: 't' } });
  sources.count('mixed', { outcome: 'events', events: [event({}), entra], bytes: 1 });
  sources.count('okta', { outcome: 'events', events: [event({})], bytes: 1 });
  const text = await metrics.text();
  expect(text).toContain('sessionvigil_events_total{vendor="okta"} 2\n');
  expect(text).toContain('sessionvigil_events_total{vendor="entra"} 1\n');
});
