// One measurement in a process of its own, so that nothing is warm: `node --expose-gc measure.mjs STAGE RECORDS`.
// Prints one JSON object. CPU time is the process's, collection included; opening geographic data and reading the records is not in it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const [stage, file] = process.argv.slice(2);

/** Longest time that counts as now: the records' last day is over. */
const NOW = Date.parse('2026-03-04T00:00:00Z');

/** Records that are normalized before they are judged, as a runtime does with what it is handed at once: each stage's code and data stay warm. */
const CHUNK = 256;

const bytes = readFileSync(file);
const starts = [0];
for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) starts.push(at + 1);
const count = starts.length - 1;

const run = prepare(stage);
globalThis.gc?.();
const wall = process.hrtime.bigint();
const cpu = process.cpuUsage();
for (let i = 0; i < count; i++) run.record(bytes.subarray(starts[i], starts[i + 1] - 1));
run.last?.();
const spent = process.cpuUsage(cpu);
const seconds = Number(process.hrtime.bigint() - wall) / 1e9;
const result = { stage, records: count, bytes: bytes.length, cpu_s: (spent.user + spent.system) / 1e6, wall_s: seconds, ...run.finish?.() };
process.stdout.write(`${JSON.stringify(result)}\n`);

function prepare(name) {
  if (name === 'baseline') {
    return { record: (line) => JSON.parse(line.toString('utf8')) };
  }
  const { loadConfig } = require('../dist/config/config.js');
  const { createApp } = require('../dist/app.js');
  const { createMapper } = require('../dist/core/normalize/index.js');
  const { readRecord } = require('../dist/core/normalize/read.js');
  if (name === 'read') return { record: (line) => void readRecord(line) };
  if (name === 'map') {
    const map = createMapper();
    return { record: (line) => void map(line) };
  }
  const quiet = { warn() {}, info() {}, error() {}, debug() {} };
  const app = createApp(loadConfig(undefined, {}), { source: 'auto', now: NOW, log: quiet });
  if (name === 'normalize') return { record: (line) => void app.normalizeOnce(line) };

  let events = 0;
  let findings = 0;
  let commands = 0;
  let clock = 0;
  let minute = 0;
  let app2 = app;
  let chunk = [];
  let held = 0;
  const judge = () => {
    const judged = chunk;
    chunk = [];
    held = 0;
    for (const event of judged) {
      if (event.time > clock) clock = event.time;
      event.arrival_time = clock;
      events++;
      if (clock - minute >= 60_000) {
        minute = clock;
        app2.detect.tick(clock);
      }
      for (const finding of app2.detect.accept(event)) {
        findings++;
        commands += app2.respond.accept(finding).length;
      }
    }
  };
  return {
    record(line) {
      for (const event of app2.normalizeOnce(line).events) chunk.push(event);
      if (++held === CHUNK) judge();
    },
    last: judge,
    finish() {
      const state = app2.detect.stats();
      globalThis.gc?.();
      const held = process.memoryUsage();
      // What the people take: the heap with them less the heap without.
      app2 = { ...app2, detect: undefined };
      app.detect = undefined;
      globalThis.gc?.();
      const without = process.memoryUsage();
      const people = held.heapUsed + held.external - without.heapUsed - without.external;
      return {
        events,
        findings,
        commands,
        ...state,
        people_bytes: people,
        bytes_per_session: Math.round(people / Math.max(1, state.sessions)),
      };
    },
  };
}
