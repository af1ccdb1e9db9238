import pino from 'pino';
import { createReading } from '../../../src/app.js';
import { resolveConfig } from '../../../src/config/config.js';
import { openSchema } from '../../../src/config/schema.js';
import { HeardAccounts } from '../../../src/core/detect/heard.js';
import type { SessionEvent } from '../../../src/core/event/index.js';
import { DriftMeter } from '../../../src/core/normalize/drift/meter.js';
import { VENDORS } from '../../../src/core/normalize/sources/index.js';
import { oktaRecord } from '../../cli/okta-record.js';
import { bytes, FIXTURES } from './fixtures.js';

const loaded = resolveConfig({ file: 'c.yml', text: 'geo: {database: none, networks_database: none}' }, {}, openSchema('config'));

/** A stream of records, and what others are told because of them. */
function streamOf() {
  const told = new Map<string, string>();
  const [meter, heard] = [new DriftMeter(), new HeardAccounts()];
  const { normalizeStream } = createReading(loaded, {
    source: 'auto',
    now: Date.UTC(2027, 0, 1),
    log: pino({ level: 'silent' }),
    onLink: (key, value) => told.set(key, value),
    meter,
    heard,
  });
  return { told, meter, heard, normalize: normalizeStream({ vendor: 'auto' }) };
}

const LONG = 20_000;

/** An address stays one, and what an id begins with stays there. */
const blowUp = (text: string) => (text.includes('@') ? `${'x'.repeat(LONG)}${text}` : `${text}${'x'.repeat(LONG)}`);

/** A copy of a record for each text in it, which is blown up there. */
function* blownUp(value: unknown): Generator<unknown> {
  if (typeof value === 'string') yield blowUp(value);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value))
    for (const changed of blownUp(inner)) yield Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
}

describe('whichever text of a record is blown up, nothing that is made of it is long', () => {
  test.each(VENDORS)('in records of %s', (vendor) => {
    const { told, meter, heard, normalize } = streamOf();
    let made = 0;
    for (const { input, name } of FIXTURES.filter((one) => one.vendor === vendor))
      for (const record of blownUp(input)) {
        const { events } = normalize(bytes(record));
        made += events.length;
        const lengths = [
          ...events.map((event) => JSON.stringify(event).length),
          ...[...told].map(([key, value]) => key.length + value.length),
          ...heard.take(100).map(({ key }) => key.length),
          ...meter.take(100).map(({ key }) => key.length),
        ];
        told.clear();
        if (Math.max(0, ...lengths) >= LONG) throw new Error(`${name}: ${JSON.stringify(record).replace(/x{100,}/, '...')}`);
      }
    expect(made).toBeGreaterThan(0);
  });
});

describe('a link of ids of which one is too long', () => {
  const LARGE = 1_900_000;
  const record = (uid: string, address: string) =>
    oktaRecord({ id: 'e1', at: 0 }).replace('00uana', uid).replace('ana@example.com', address);
  const keyOf = ({ principal: { key } }: SessionEvent) => key;

  test.each([
    ['an id', '0'.repeat(LARGE), 'ana@example.com'],
    ['an address', '00uana', `${'a'.repeat(LARGE)}@example.com`],
    ['both', '0'.repeat(LARGE), `${'a'.repeat(LARGE)}@example.com`],
  ])('is as short as any other, and leads to the same person: %s', (_, uid, address) => {
    const { told, normalize } = streamOf();
    const [event] = normalize(Buffer.from(record(uid, address))).events;
    expect(told.size).toBe(1);
    for (const [key, value] of told) expect(key.length + value.length).toBeLessThan(200);
    // of whom only the id is known
    const [nameless] = normalize(Buffer.from(record(uid, 'unknown'))).events;
    expect(keyOf(nameless!)).toBe(keyOf(event!));
    expect(keyOf(event!).length).toBeLessThan(100);
  });
});
