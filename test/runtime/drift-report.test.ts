import type { Drift } from '../../src/core/normalize/drift/meter.js';
import type { Log } from '../../src/log.js';
import { Metrics } from '../../src/metrics.js';
import { DriftReport, driftInWords } from '../../src/runtime/drift-report.js';

const DAY = 86_400_000;
const SINCE = Date.parse('2026-03-02T08:00:00Z');
const gone: Drift = {
  vendor: 'okta',
  product: 'system_log',
  field: 'client.ipAddress',
  change: 'vanished',
  key: 'address',
  since_time: SINCE,
  found_time: SINCE + 3_600_000,
  share: 0.99961,
  before: 'text',
  actions: ['a', 'b', 'c', 'd', 'e'],
  action_count: 7,
  appeared: ['client.ip'],
};
const changed: Drift = { ...gone, field: 'target', change: 'type_changed', key: 'other', before: 'list', after: 'object', appeared: [] };

function reporting() {
  const said: string[] = [];
  const meter = {
    clock: SINCE,
    drifts: [] as Drift[],
    standing: () => meter.drifts,
    known: () => [{ vendor: 'okta', product: 'p', fields: 7 }],
  };
  const metrics = new Metrics();
  const to = (level: string) => (_: unknown, message: string) => void said.push(`${level}: ${message}`);
  const log = { info: to('info'), warn: to('warn'), error: to('error'), debug() {} } as unknown as Log;
  const report = new DriftReport({ meter, metrics, log });
  const sample = async (change: string) =>
    (await metrics.text()).split('\n').find((line) => line.startsWith('sessionvigil_schema_drift_fields{') && line.includes(change));
  return { report, meter, said, sample, metrics };
}

test('each change is said once, louder when it is a key, and counted while it lasts', async () => {
  const { report, meter, said, sample } = reporting();
  report.look();
  expect(await sample('okta')).toBeUndefined();
  meter.drifts = [gone, changed];
  report.look();
  report.look();
  expect(said).toEqual([
    'error: okta system_log: client.ipAddress (read as the address) has vanished: not seen since 2026-03-02T08:00:00.000Z, in records of a and 6 others; new beside it: client.ip',
    'warn: okta system_log: target has changed its type from list to object: last list at 2026-03-02T08:00:00.000Z, in records of a and 6 others',
  ]);
  expect(await sample('vanished')).toBe(
    'sessionvigil_schema_drift_fields{vendor="okta",product="system_log",change="vanished",key="address"} 1',
  );
  meter.drifts = [changed];
  report.look();
  expect(said.slice(2)).toEqual(['info: okta system_log: client.ipAddress is as it was again']);
  expect(await sample('vanished')).toMatch(/ 0$/);
  expect(await sample('type_changed')).toMatch(/ 1$/);
  meter.drifts = [];
  meter.clock = SINCE + 15 * DAY;
  report.look();
  expect(said.slice(3)).toEqual(['info: okta system_log: target has been so for two weeks and is taken for how it is']);
});

test('fields that are known are counted', async () => {
  const { report, metrics } = reporting();
  report.look();
  expect(await metrics.text()).toContain('sessionvigil_schema_fields{vendor="okta",product="p"} 7');
});

test('the page has times that people read', () => {
  const { report, meter } = reporting();
  meter.drifts = [gone];
  report.look();
  expect(report.status()).toMatchObject([
    { field: 'client.ipAddress', since: '2026-03-02T08:00:00.000Z', found: '2026-03-02T09:00:00.000Z', share: 1 },
  ]);
});

test('a few actions are all named', () => {
  expect(driftInWords({ ...changed, actions: ['a', 'b'], action_count: 2 })).toMatch(/in records of a and 1 other \(b\)$/);
  expect(driftInWords({ ...changed, actions: ['a'], action_count: 1 })).toMatch(/in records of a$/);
});

test.each([
  ['text', 'object', 'mostly it is not read any more'],
  ['object', 'list', 'mostly it is not read any more'],
  ['text', 'number', 'mostly it is read all the same'],
  ['number', 'text', 'mostly it is read all the same'],
  ['list', 'object', 'mostly it is read all the same'],
  ['object', 'text', 'it is read on where the text is JSON'],
  ['list', 'text', 'it is read on where the text is JSON'],
] as const)('of a key that was %s and is %s it is said what that means', (before, after, words) => {
  const drift = { ...changed, key: 'address', before, after, appeared: ['x'] } as const;
  expect(driftInWords({ ...drift, appeared: [...drift.appeared] })).toMatch(new RegExp(`; new beside it: x; ${words}$`));
  // of what is no key nobody reads
  expect(driftInWords({ ...drift, appeared: [], key: 'other' })).not.toContain('read');
});
