import pino from 'pino';
import { createReading } from '../../../src/app.js';
import { resolveConfig } from '../../../src/config/config.js';
import { openSchema } from '../../../src/config/schema.js';
import { HeardAccounts } from '../../../src/core/detect/heard.js';
import { DriftMeter } from '../../../src/core/normalize/drift/meter.js';
import { bytesOf } from '../../../src/runtime/kafka/client/writing.js';
import type { OutRecord } from '../../../src/runtime/kafka/transport.js';
import { Absorbs } from '../../../src/runtime/stages/absorbs.js';
import { oktaRecord, START } from '../../cli/okta-record.js';
import { until } from '../../cli/until.js';
import { MemoryKafka } from '../../helpers/memory-kafka.js';
import { codec, stageOn, TOPICS } from './normalizing.js';

const MB = 1_000_000;
const MAX_RECORD_BYTES = 4 * 1024 * 1024;
const loaded = resolveConfig({ file: 'c.yml', text: 'geo: {database: none, networks_database: none}' }, {}, openSchema('config'));

const long = (bytes: number, letter = 'x') => letter.repeat(bytes);
const target = (n: number) => ({ id: `00u${n}`, type: 'User', alternateId: `p${n}@example.com`, displayName: `p${n}`, detailEntry: null });

/** A record of Okta with some of its fields as somebody else made them. */
function record(changes: Record<string, unknown>): Buffer {
  return Buffer.from(JSON.stringify({ ...JSON.parse(oktaRecord({ id: 'e1', at: 0 })), ...changes }));
}
const actor = (changes: object) => ({ actor: { ...target(1), ...changes } });
const client = (changes: object) => ({ client: { userAgent: { rawUserAgent: 'UA' }, ipAddress: '81.45.10.20', ...changes } });

const LARGE: readonly [string, Record<string, unknown>][] = [
  ['actor.id', actor({ id: long(3 * MB) })],
  ['actor.alternateId', actor({ alternateId: `${long(3 * MB)}@example.com` })],
  ['actor.displayName', actor({ displayName: long(3 * MB) })],
  ['an address that acts', actor({ type: 'IP address', displayName: long(3 * MB) })],
  ['uuid', { uuid: long(3 * MB) }],
  ['eventType', { eventType: long(3 * MB) }],
  ['session', { authenticationContext: { externalSessionId: long(1.5 * MB), rootSessionId: long(1.5 * MB, 'y') } }],
  ['user agent', client({ userAgent: { rawUserAgent: long(3 * MB) } })],
  ['address', client({ ipAddress: long(3 * MB, '1') })],
  ['20,000 targets', { eventType: 'user.session.clear', target: Array.from({ length: 20_000 }, (_, n) => target(n + 2)) }],
  [
    '20 targets of 150 KB',
    {
      eventType: 'user.session.clear',
      target: Array.from({ length: 20 }, (_, n) => ({ ...target(n + 2), id: long(150_000, `${n % 10}`) })),
    },
  ],
  ['30,000 fields', { debugContext: { debugData: Object.fromEntries(Array.from({ length: 30_000 }, (_, n) => [`key_${n}`, long(50)])) } }],
  ['the name of a field', { debugContext: { debugData: { [long(3 * MB)]: 'x' } } }],
  ['issuer', { authenticationContext: { issuer: { id: long(1.5 * MB), type: long(1.5 * MB) }, externalSessionId: 's' } }],
];

async function written(raw: readonly Partial<OutRecord>[]) {
  const kafka = new MemoryKafka();
  kafka.topic('raw', 1);
  for (const topic of Object.values(TOPICS)) kafka.topic(topic, 2);
  const links: OutRecord[] = [];
  const [meter, heard] = [new DriftMeter(), new HeardAccounts()];
  const tell = (key: string, value = '') => links.push({ topic: TOPICS.identities, partition: 0, key, value: Buffer.from(value) });
  const { normalizeStream, identities } = createReading(loaded, {
    source: 'auto',
    now: START + 60_000,
    log: pino({ level: 'silent' }),
    onLink: (key, value) => {
      tell(key, value);
      absorbs.note(key);
    },
    meter,
    heard,
  });
  const absorbs: Absorbs = new Absorbs({ topic: TOPICS.events, partitions: 2, codec, table: () => identities });
  kafka.write(raw.map((one) => ({ topic: 'raw', partition: 0, key: null, value: null, ...one })));
  const { stage, seen } = await stageOn(kafka.client(), {
    sources: [{ topic: 'raw', normalize: normalizeStream({ vendor: 'okta' }) }],
    max_record_bytes: MAX_RECORD_BYTES,
    absorbs,
    links: () => {
      for (const { key, value } of [...meter.take(10), ...heard.take(10)]) tell(key, value);
      return links.splice(0);
    },
  });
  await until(() => kafka.position('normalize', { topic: 'raw', partition: 0 }) === raw.length, 'all is done');
  await stage.stop();
  expect(seen.failures).toEqual([]);
  const [events, identified, dead] = [TOPICS.events, TOPICS.identities, TOPICS.dead_letters].map((topic) => kafka.committed(topic));
  return { events: events!, identified: identified!, dead: dead!, seen };
}

const most = (records: readonly OutRecord[]) => Math.max(0, ...records.map(bytesOf));

test.each(LARGE)('what is made of one large record fits the topics: %s', async (_, changes) => {
  const value = record(changes);
  expect(value.length).toBeGreaterThan(MB);
  expect(value.length).toBeLessThan(MAX_RECORD_BYTES);
  const { events, identified, dead } = await written([{ value }]);
  expect(dead).toEqual([]);
  expect(events.length).toBeGreaterThan(0);
  expect(identified.length).toBeGreaterThan(0);
  expect(most(events)).toBeLessThan(20_000);
  expect(most(identified)).toBeLessThan(100_000);
});

test('a record that cannot be read is put aside, however long its key and headers are', async () => {
  const value = Buffer.from('{');
  const { dead, seen } = await written([
    { key: Buffer.alloc(3 * MB), value },
    { value, headers: { trace: Buffer.alloc(3 * MB) } },
    { key: Buffer.alloc(3 * MB), value: Buffer.alloc(3 * MB) },
    { key: Buffer.from('k'), value },
  ]);
  expect(seen.dead).toHaveLength(4);
  expect(dead).toHaveLength(4);
  expect(most(dead)).toBeLessThan(2_097_152 - 1024);
  expect(dead.map(({ headers }) => headers['sv-left-out']?.toString())).toEqual(['key', 'headers', 'key', undefined]);
});
