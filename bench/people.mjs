// npm run bench:people: memory over a long stream, and what two people beyond all measure cost the rest.
// A million records of 20,000 people over ten days; among them somebody with 10,000 sessions and a shared account with 5,000 addresses.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { multiplied } from './records.mjs';

const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    count: { type: 'string', default: '1000000' },
    people: { type: 'string', default: '20000' },
    days: { type: 'string', default: '10' },
    // the same stream without the two, to compare what a record of everybody else costs
    'without-giants': { type: 'boolean', default: false },
  },
});
const count = Number(values.count);
const people = Number(values.people);
const days = Number(values.days);
const hasGiants = !values['without-giants'];
const START = Date.parse('2026-03-02T00:00:00Z');
const MANY_SESSIONS = { who: 'sessions@example.com', sessions: 10_000, addresses: 3 };
const MANY_ADDRESSES = { who: 'shared@example.com', sessions: 12, addresses: 5_000 };
/** One record in so many is one of each of the two. */
const EVERY = 25;
const PRINTS = 10;

const { loadConfig } = require('../dist/config/config.js');
const { createApp } = require('../dist/app.js');
const { createPersonCodec } = require('../dist/runtime/store/person-codec.js');
const quiet = { warn() {}, info() {}, error() {}, debug() {} };
const app = createApp(loadConfig(undefined, {}), { source: 'auto', now: START + (days + 1) * 86_400_000, log: quiet });
const seeds = ['okta', 'entra', 'm365'].flatMap((vendor) =>
  readFileSync(join(here, '..', 'demo', `${vendor}.ndjson`), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line)),
);

let clock = 0;
let minute = 0;
let findings = 0;
function judge(event) {
  if (event.time > clock) clock = event.time;
  event.arrival_time = clock;
  for (; minute < Math.floor(clock / 60_000); minute = minute === 0 ? Math.floor(clock / 60_000) : minute + 1) {
    if (minute > 0) findings += app.detect.tick(minute * 60_000).length;
  }
  for (const finding of app.detect.accept(event)) {
    findings++;
    app.respond.accept(app.suppress(finding));
  }
}

/** One event of a giant, shaped as one that was seen: another person, session and address. */
function giant(event, { who, sessions, addresses }, n) {
  const uid = `${event.uid}-${who}-${n}`;
  const a = n % addresses;
  const endpoint = {
    ...event.src_endpoint,
    ip: `84.${a >> 8}.${a & 255}.7`,
    prefix: `84.${a >> 8}.${a & 255}.0/24`,
    asn: 1000 + (a % 400),
  };
  return {
    ...event,
    uid,
    principal: { key: `default/${who}`, type: 'human', email: who, tags: who.startsWith('shared') ? ['shared'] : undefined },
    session: { uid: `s${n % sessions}`, issuer: 'okta:bench', confidence: 'high' },
    src_endpoint: endpoint,
  };
}

const heap = [];
const started = process.cpuUsage();
let i = 0;
let giants = 0;
let model;
for (const line of multiplied(seeds, count, people, { days })) {
  for (const event of app.normalize(line.subarray(0, line.length - 1)).events) {
    judge(event);
    if (model === undefined && event.src_endpoint?.class === 'public' && event.is_presence) model = event;
  }
  i++;
  if (hasGiants && model !== undefined && i % EVERY === 0) {
    const at = { ...model, time: clock, uid: `giant:${i}` };
    judge(giant(at, MANY_SESSIONS, giants));
    judge(giant(at, MANY_ADDRESSES, giants));
    giants++;
  }
  if (i % Math.floor(count / PRINTS) === 0) {
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    heap.push(Math.round(heapUsed / 1e6));
    if (!values.json) {
      const { principals, sessions, observations } = app.detect.stats();
      process.stdout.write(
        `${String(i).padStart(8)} records  heap ${heap.at(-1)} MB  rss ${Math.round(rss / 1e6)} MB  ${principals} principals  ${sessions} sessions  ${observations} events held\n`,
      );
    }
  }
}
const cpu = process.cpuUsage(started);
const codec = createPersonCodec({ uids: app.detect.bench.uids, sessions: app.detect.bench.sessions.length, digest: '' });
const sizes = [...app.detect.people.values()].map((person) => [codec.encode(person).length, person.key]).sort((a, b) => b[0] - a[0]);
const result = {
  records: count,
  people,
  giant_events: 2 * giants,
  heap_mb: heap,
  max_rss_mb: Math.round(process.resourceUsage().maxRSS / 1000),
  cpu_s: Math.round((cpu.user + cpu.system) / 1e4) / 100,
  largest_person_bytes: sizes[0]?.[0],
  largest_person: sizes[0]?.[1],
  median_person_bytes: sizes[sizes.length >> 1]?.[0],
  findings,
  ...app.detect.stats(),
};
process.stdout.write(`${values.json ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`);
