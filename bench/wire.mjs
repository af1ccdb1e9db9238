// node --expose-gc bench/wire.mjs: what an event costs to bring to bytes and back, beside JSON and beside avsc with the same schema.
// Events are those of the bench records through normalize, so that people, addresses and clients vary as they do there.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { multiply } from './records.mjs';

const require = createRequire(import.meta.url);
const { loadConfig } = require('../dist/config/config.js');
const { createApp } = require('../dist/app.js');
const { createStreamCodec } = require('../dist/runtime/wire/stream-record.js');
const avro = require('avsc');

const COUNT = Number(process.argv[2] ?? 60_000);
const here = dirname(fileURLToPath(import.meta.url));
const seeds = ['okta', 'entra', 'm365'].flatMap((vendor) =>
  readFileSync(join(here, '..', 'demo', `${vendor}.ndjson`), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line)),
);
const quiet = { warn() {}, info() {}, error() {}, debug() {} };
const app = createApp(loadConfig(undefined, {}), { source: 'auto', now: Date.parse('2026-03-04T00:00:00Z'), log: quiet });
const { bytes, ends } = multiply(seeds, COUNT, COUNT >> 1);
const records = [];
for (let i = 0, start = 0; i < COUNT; start = ends[i++]) {
  const { events } = app.normalize(bytes.subarray(start, ends[i] - 1));
  events.forEach((event, index) => {
    records.push({
      provenance: { topic: 'raw.entra', partition: i % 8, generation: 1, offset: 1_000_000 + i, index },
      body: { kind: 'event', event },
    });
  });
}

const read = (name) => JSON.parse(readFileSync(join(here, '../schemas', name), 'utf8'));
const registry = {};
avro.Type.forSchema(read('event.avsc'), { registry });
const type = avro.Type.forSchema(read('stream_record.avsc'), { registry, wrapUnions: 'auto' });
const toNull = (value) => {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(toNull);
  if (value === null || typeof value !== 'object') return value;
  const copy = {};
  for (const key in value) copy[key] = toNull(value[key]);
  return copy;
};
const forAvsc = records.map(({ provenance, body }) => ({ provenance, body: { 'io.sessionvigil.SessionEvent': toNull(body.event) } }));

const codec = createStreamCodec();
const encoded = records.map((record) => codec.encode(record));
const json = records.map((record) => Buffer.from(JSON.stringify(record)));
const size = (list) => Math.round(list.reduce((sum, { length }) => sum + length, 0) / list.length);
console.log(`${records.length} events; bytes each: avro ${size(encoded)}, json ${size(json)}`);

measure('encode, this codec', records, (record) => codec.encode(record));
measure('encode, avsc (nulls already there)', forAvsc, (record) => type.toBuffer(record));
measure('encode, JSON', records, (record) => Buffer.from(JSON.stringify(record)));
measure('decode, this codec, cold', encoded, createStreamCodec().decode, 1);
measure('decode, this codec', encoded, codec.decode);
measure('decode, avsc (nulls stay)', encoded, (value) => type.fromBuffer(value.subarray(1)));
measure('decode, JSON', json, (value) => JSON.parse(value.toString('utf8')));

/**
 * Two figures, microseconds of CPU an event, collection included, the best of some rounds: over all events, so that nothing is in the caches of
 * the processor, and over the first few thousand, as a stage has them that works in chunks.
 */
function measure(name, list, work, rounds = 5) {
  const few = list.slice(0, 3000);
  const all = best(list, work, rounds);
  const warm = rounds === 1 ? undefined : best(few, work, rounds * 20);
  console.log(`${name.padEnd(38)} ${all.toFixed(2)} us${warm === undefined ? '' : `, in chunks ${warm.toFixed(2)} us`}`);
}

function best(list, work, rounds) {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    if (list.length > 3000) globalThis.gc?.();
    const before = process.cpuUsage();
    for (let i = 0; i < list.length; i++) work(list[i]);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / list.length);
  }
  return least;
}
