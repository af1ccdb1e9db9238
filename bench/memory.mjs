// npm run bench:memory: what people take in memory when they are kept as bytes, after an hour and more of comings and goings, and how long
// one event makes others wait. People are made once by the engine itself, from a few hundred stories with five sessions each, and put back under
// other names, addresses, devices and ids: so nothing is shared that many real people would not share.
import { createRequire } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { generator } from './records.mjs';

const require = createRequire(import.meta.url);
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    // 2,000,000 people have 10,000,000 sessions; that takes some GB and minutes
    people: { type: 'string', default: '20000' },
    partitions: { type: 'string', default: '4' },
    // events of the churn, by person; an hour of 2,000,000 people at 1,000 events a second are 2
    churn: { type: 'string', default: '2' },
    // objects in all partitions together; the default is the share of 16,384 in 2,000,000
    thawed: { type: 'string' },
  },
});
const people = Number(values.people);
const partitions = Number(values.partitions);
const churn = Number(values.churn);
const thawed = Number(values.thawed ?? Math.max(64, people / 122));
const SESSIONS = 5;
const START = Date.parse('2026-03-02T08:00:00Z');
const HOUR_MS = 3_600_000;

const { createDetect } = require('../dist/core/detect/index.js');
const { createPersonCodec } = require('../dist/runtime/store/person-codec.js');
const { createPeopleStore } = require('../dist/runtime/store/people-store.js');
const { createApp } = require('../dist/app.js');
const { loadConfig } = require('../dist/config/config.js');

const quiet = { warn() {}, info() {}, error() {}, debug() {} };
const { rules } = createApp(loadConfig(undefined, {}), { source: 'auto', now: START, log: quiet });
const { rulesInForce } = require('../dist/core/detect/detectors.js');
const inForce = rulesInForce(rules, 'bench');

const random = generator(20260302);
const hex = (n, width) => (n >>> 0).toString(16).padStart(width, '0');
/** As random as real ones: nothing in it can be told from the person's number. */
const mixed = (n, salt) => {
  let x = Math.imul(n ^ (salt * 0x9e3779b1), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
};
const guid = (n, salt) => {
  const [a, b, c, d] = [1, 2, 3, 4].map((i) => hex(mixed(n, salt * 8 + i), 8));
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-8${c.slice(0, 3)}-${c.slice(3, 7)}${d}`;
};
const TENANT = guid(1, 1);
const PLACES = [
  ['NO', 'Oslo', 'Oslo', 59.9139, 10.7522, 2119, 'Telenor Norge AS', 'access'],
  ['NO', 'Vestland', 'Bergen', 60.3929, 5.3241, 41164, 'Telia Norge AS', 'mobile'],
  ['SE', 'Stockholm', 'Stockholm', 59.3326, 18.0649, 3301, 'Telia Company AB', 'access'],
  ['DE', 'Berlin', 'Berlin', 52.5244, 13.4105, 3320, 'Deutsche Telekom AG', 'access'],
  ['GB', 'England', 'London', 51.5085, -0.1257, 2856, 'British Telecommunications PLC', 'access'],
  ['US', 'New York', 'New York', 40.7143, -74.006, 7922, 'Comcast Cable Communications, LLC', 'access'],
  ['FR', 'Île-de-France', 'Paris', 48.8534, 2.3488, 3215, 'Orange S.A.', 'access'],
  ['NL', 'North Holland', 'Amsterdam', 52.374, 4.8897, 1136, 'KPN B.V.', 'access'],
];
const PROGRAMS = [
  (v) => [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${v}.0.0.0 Safari/537.36 Edg/${v}.0.0.0`,
    'edge',
    'windows',
    'desktop',
  ],
  (v) => [
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${v}.0.0.0 Safari/537.36`,
    'chrome',
    'macos',
    'desktop',
  ],
  (v) => [`Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:${v}.0) Gecko/20100101 Firefox/${v}.0`, 'firefox', 'windows', 'desktop'],
  (v) => [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_${v % 7} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.${v % 7} Mobile/15E148 Safari/604.1`,
    'safari',
    'ios',
    'mobile',
  ],
];

/** The event of a person in one of their sessions. @param n which of all events */
function eventOf(person, session, n, time) {
  const place = PLACES[mixed(person, 11) % PLACES.length];
  // two in three are at home, the others on their phone's network
  const isHome = session % 3 !== 2;
  const prefix = `${80 + (mixed(person, 12) % 12)}.${mixed(person, isHome ? 13 : 14) % 250}.${mixed(person, isHome ? 15 : 16) % 250}`;
  const program = PROGRAMS[session % 3 === 2 ? 3 : mixed(person, 17) % 3];
  const major = 132 + (mixed(person, 18) % 10);
  const [original, family, os, form_factor] = program(major);
  const [country, region, city, lat, long, asn, as_org, as_class] = place;
  const email = `given${mixed(person, 19) % 5000}.family${person}@example.com`;
  const isSignIn = n % 3 === 0;
  return {
    schema_version: 1,
    tenant: 'default',
    uid: `entra:${TENANT}:${guid(n, person)}`,
    time,
    arrival_time: time,
    source: { vendor: 'entra', product: isSignIn ? 'sign_in' : 'non_interactive_sign_in', account: TENANT },
    subject_role: 'actor',
    action: isSignIn ? 'Sign-in activity' : 'Sign-in activity (non-interactive)',
    activity: isSignIn ? 'sign_in' : 'token_issue',
    status: 'success',
    is_presence: true,
    principal: { key: `default/${email}`, type: 'human', uid: guid(person, 21), email, name: `Given Family ${person}` },
    session: { uid: guid(session, person + 7), issuer: `entra:${TENANT}`, confidence: 'high' },
    token: { uid: guid(n, person + 9).slice(0, 22), kind: 'uti', issued_time: time },
    device: isHome ? { uid: guid(person, 22), evidence: 'observed', os, is_managed: true, is_compliant: true } : undefined,
    client: { uid: guid(session % 4, 23), name: 'Office 365 Exchange Online' },
    src_endpoint: {
      ip: `${prefix}.${1 + (mixed(person, 24) % 250)}`,
      class: 'public',
      prefix: `${prefix}.0/24`,
      country,
      region,
      city,
      lat,
      long,
      radius_km: 20,
      asn,
      as_org,
      as_class,
    },
    user_agent: { original, kind: 'browser', family, major, os, form_factor },
    auth: isSignIn ? { protocol: 'oauth2', method: 'Password', is_mfa: true } : undefined,
    enrichment: { geo: 'dbip-2026-06', networks: 'n1', identities: 'i1' },
  };
}

globalThis.gc?.();
const before = process.memoryUsage();
const engines = Array.from({ length: partitions }, () => {
  const codec = createPersonCodec(inForce);
  const store = createPeopleStore({ codec, thawed_people: Math.ceil(thawed / partitions) });
  return { codec, store, detect: createDetect(rules, { config_digest: 'bench' }, store) };
});
const engineOf = (person) => engines[person % partitions];

let n = 0;
let clock = START;
let minute = Math.floor(START / 60_000);
let findings = 0;
/** One event, and the ticks before it. */
function tell(person, session, time) {
  clock = time;
  for (; minute < Math.floor(time / 60_000); minute++)
    for (const { detect } of engines) findings += detect.tick((minute + 1) * 60_000).length;
  findings += engineOf(person).detect.accept(eventOf(person, session, n++, time)).length;
}
const yielded = () => new Promise((resolve) => setImmediate(resolve));

const started = process.cpuUsage();
/** Everybody has a session a day for five days, of three events each. */
for (let day = 0; day < SESSIONS; day++) {
  for (let person = 0; person < people; person++) {
    const at = START + day * 24 * HOUR_MS + (person / people) * 10 * HOUR_MS;
    for (let i = 0; i < 3; i++) tell(person, day, Math.floor(at) + i * 1000);
    if (person % 64 === 63) await yielded();
  }
}
const filled = process.cpuUsage(started);
const sum = (of) => engines.reduce((all, { store }) => all + of(store.stats()), 0);
const atFill = { slabs: sum((s) => s.slab_bytes), used: sum((s) => s.used_bytes) };

/** People come in no order, as from a stream; those who have changed are written in generations, as a runtime does. */
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const churning = process.cpuUsage();
const events = Math.floor(people * churn);
let written = 0;
let bytes = 0;
const from = clock;
for (let i = 0; i < events; i++) {
  const person = Math.floor(random() * people);
  tell(person, SESSIONS - 1 - Math.floor(random() * 2), Math.floor(from + (i / events) * HOUR_MS));
  if (i % 16 !== 15) continue;
  if (i % 512 === 511) {
    for (const { store } of engines) {
      const now = store.mark();
      for (const record of store.flush(now - 2, 16)) {
        written++;
        bytes += record.bytes?.length ?? 0;
      }
    }
  }
  await yielded();
}
delay.disable();
const churned = process.cpuUsage(churning);

globalThis.gc?.();
await yielded();
globalThis.gc?.();
const after = process.memoryUsage();
const sessions = sum((s) => s.sessions);
const round = (value, digits = 0) => Math.round(value * 10 ** digits) / 10 ** digits;
const us = ({ user, system }, count) => round((user + system) / count, 1);
const result = {
  people: sum((s) => s.people),
  sessions,
  events: sum((s) => s.observations),
  // everything that the process has: program, rules, objects, slabs, index
  rss_bytes_per_session: round(after.rss / sessions),
  // what it has more than before the first event
  grown_bytes_per_session: round((after.rss - before.rss) / sessions),
  slab_bytes_per_session: round(sum((s) => s.slab_bytes) / sessions),
  used_bytes_per_session: round(sum((s) => s.used_bytes) / sessions),
  used_bytes_per_person: round(sum((s) => s.used_bytes) / (sum((s) => s.people) - sum((s) => s.thawed))),
  index_bytes_per_person: round(sum((s) => s.index_bytes) / sum((s) => s.people), 1),
  record_bytes_per_person: written === 0 ? undefined : round(bytes / written),
  heap_mb: round(after.heapUsed / 1e6),
  external_mb: round(after.external / 1e6),
  rss_mb: round(after.rss / 1e6),
  thawed: sum((s) => s.thawed),
  common_texts: engines.reduce((all, { codec }) => all + codec.words.size, 0),
  holes_after_fill: round(1 - atFill.used / atFill.slabs, 3),
  holes_after_churn: round(1 - sum((s) => s.used_bytes) / sum((s) => s.slab_bytes), 3),
  fill_us_per_event: us(filled, people * SESSIONS * 3),
  churn_us_per_event: us(churned, events),
  records_written: written,
  event_loop_p99_ms: round(delay.percentile(99) / 1e6, 1),
  event_loop_p999_ms: round(delay.percentile(99.9) / 1e6, 1),
  event_loop_max_ms: round(delay.max / 1e6, 1),
  findings,
};
process.stdout.write(`${values.json ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`);
