// A cold process until it is ready again: a changelog of many people who have each been written several times.
import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';
import { AGENTS, okta, oktaApp, opaque, PLACES, person } from '../../demo/shapes.mjs';
import { until } from '../../test/helpers/servers/ports.mjs';
import { load, median, round, say, sleep } from './bed.mjs';
import { client } from './raw.mjs';

const require = createRequire(import.meta.url);
const { createApp } = require('../../dist/app.js');
const { loadConfig } = require('../../dist/config/config.js');
const { partitionOf } = require('../../dist/runtime/kafka/murmur2.js');
const { inForceOf } = require('../../dist/runtime/service.js');
const { positionRecord } = require('../../dist/runtime/stages/position.js');
const { wordsRecords } = require('../../dist/runtime/stages/words.js');
const { openPersonCodec } = require('../../dist/runtime/store/open-codecs.js');

const TOPIC = kafkajs.ConfigResourceTypes.TOPIC;
const HOUR_MS = 3_600_000;
/** People who were really lived through; all others are like one of them under another name. */
const MODELS = 200;
/** Bytes of one call. */
const SEND_BYTES = 4 * 1024 * 1024;
/** Before a person's bytes: the offset of the input up to which they are true, as detect-work.ts writes it. */
const AT_BYTES = 6;
/** Of each session: where it is used, hours after it began. */
const USES = [
  [0, 'home'],
  [0.5, 'office'],
  [1, 'office'],
  [4, 'home'],
];

/** @param options people, sessions of each, churn: how often each stands in the changelog, partitions, times: restores that are measured */
export async function measureRestore(bed, { people, sessions, churn, partitions, times, node_args = [] }) {
  const application = await bed.application({ partitions });
  await keepAll(bed, application.topics.detect_changelog);
  const written = await writeChangelog(bed, application, { people, sessions, churn });
  const runs = [];
  for (let i = 0; i < times; i++) {
    const service = await bed.service(application, { name: `restore-${i}`, node_args });
    const began = performance.now();
    service.start();
    await service.ready({ every_ms: 20 });
    const seconds = (performance.now() - began) / 1000;
    const cpu_s = service.cpu();
    const rss_mb = Math.round(service.rss() / 1e6);
    // figures are brought up to date once a second
    await sleep(1500);
    const { text } = await service.get('/metrics', 30_000);
    const value = (name) => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1]);
    const restored = value('sessionvigil_restore_records_total\\{stage="detect",from="changelog"\\}');
    runs.push({
      seconds: round(seconds),
      cpu_s: round(cpu_s),
      records: Number.isNaN(restored) ? undefined : restored,
      records_per_s: Math.round(written.records / seconds),
      people: value('sessionvigil_principals'),
      sessions: value('sessionvigil_sessions'),
      rss_mb,
    });
    say(`restore: ${JSON.stringify(runs.at(-1))}`);
    // a profile is written at a clean end
    await (node_args.length > 0 ? service.terminate() : service.kill());
  }
  const seconds = median(runs.map((run) => run.seconds));
  return {
    restore_s: round(seconds),
    ...written,
    records_per_s: Math.round(written.records / seconds),
    mb_per_s: round(written.mb / seconds, 1),
    rss_mb: median(runs.map((run) => run.rss_mb)),
    cpu_s: median(runs.map((run) => run.cpu_s)),
    runs,
    load: load(),
  };
}

/** Compaction would leave less to read than is meant to be measured. */
async function keepAll(bed, topic) {
  const admin = client(bed).admin();
  await admin.connect();
  let resources;
  await until(`settings of ${topic}`, async () => {
    ({ resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: TOPIC, name: topic }] }));
    return true;
  });
  // whatever is not named goes back to the default
  const own = resources[0].configEntries
    .filter(({ isDefault }) => !isDefault)
    .map(({ configName, configValue }) => ({ name: configName, value: configValue }));
  const entries = own.filter(({ name }) => name !== 'min.compaction.lag.ms' && name !== 'max.compaction.lag.ms');
  const lag = [{ name: 'min.compaction.lag.ms', value: String(24 * HOUR_MS) }];
  await admin.alterConfigs({ validateOnly: false, resources: [{ type: TOPIC, name: topic, configEntries: [...entries, ...lag] }] });
  await admin.disconnect();
}

async function writeChangelog(bed, application, { people, sessions, churn }) {
  const loaded = loadConfig(application.file, {});
  const now = Date.now();
  const app = createApp(loaded, { source: 'auto', now, log: { debug() {}, info() {}, warn() {}, error() {} } });
  const codecs = Array.from({ length: application.partitions }, () => ({ codec: openPersonCodec(inForceOf(app)), words: 0 }));
  const models = live(app, sessions, now);
  const topic = application.topics.detect_changelog;
  const producer = await bed.transport.producer();
  let records = [];
  let held = 0;
  let bytes = 0;
  let count = 0;
  const flush = async () => {
    // words before whoever is written with them
    const words = [];
    for (const [partition, one] of codecs.entries()) {
      const { codec, words: first } = one;
      words.push(...wordsRecords(topic, partition, { first, words: codec.words.since(first) }));
      one.words = codec.words.size;
    }
    await producer.send([...words, ...records]);
    records = [];
    held = 0;
  };
  for (let round = 0; round < churn; round++) {
    say(`restore: ${people} people are written, ${round + 1} of ${churn}`);
    for (let i = 0; i < people; i++) {
      const one = models[i % models.length];
      rename(one, i);
      const { key } = one.person;
      const partition = partitionOf(key, application.partitions);
      const state = codecs[partition].codec.encode(one.person);
      const value = Buffer.alloc(AT_BYTES + state.length);
      value.set(state, AT_BYTES);
      records.push({ topic, partition, key, value });
      held += value.length;
      bytes += value.length + key.length;
      count++;
      if (held >= SEND_BYTES) await flush();
    }
  }
  const { clock, last_tick } = app.detect.standing();
  for (let partition = 0; partition < application.partitions; partition++)
    records.push(positionRecord(topic, partition, { position: 0, replay_from: 0, skipped: [], since: { clock, last_tick, marks: {} } }));
  await flush();
  await producer.close();
  return { written_sessions: people * sessions, records: count, mb: round(bytes / 1e6, 1), bytes_per_person: Math.round(bytes / count) };
}

/** People as they are after some days, each with so many sessions that are used from two places. */
function live(app, sessions, now) {
  const models = [];
  for (let i = 0; i < MODELS; i++) {
    const who = person(`model${i}`, `Model ${i}`);
    for (let session = 0; session < sessions; session++) {
      const began = now - (sessions - session) * 24 * HOUR_MS + i * 1000;
      for (const [after, where] of USES) {
        const time = Math.floor(began + after * HOUR_MS);
        const event = after === 0 ? 'user.session.start' : 'user.authentication.sso';
        const place = where === 'home' ? PLACES.home_ingrid : PLACES.office_oslo;
        const ids = { session: `102${opaque(22, who.login, session)}`, root: `idx${opaque(22, who.login, session)}` };
        const target = after === 0 ? undefined : oktaApp('Workday');
        const record = okta({ time, who, place, agent: AGENTS.edge_windows, event, cookie: `${who.login}-edge`, target, ...ids });
        for (const made of app.normalize(Buffer.from(JSON.stringify(record))).events) {
          made.arrival_time = made.time;
          app.detect.accept(made);
        }
      }
    }
  }
  for (const one of app.detect.people.values()) models.push({ person: one, sessions: one.sessions.map(({ ref, uid }) => ({ ref, uid })) });
  return models;
}

/** The same life under another name: sessions are looked up by their ids, people by their keys. */
function rename({ person: one, sessions }, i) {
  const name = `person${String(i).padStart(7, '0')}@fjordlight.example`;
  one.key = `default/${name}`;
  one.principal = { ...one.principal, key: one.key, email: name, name: `Person ${i}` };
  const tail = i.toString(36).padStart(6, '0');
  for (const [at, session] of one.sessions.entries()) {
    const { ref, uid } = sessions[at];
    const other = (id) => `${id.slice(0, -6)}${tail}`;
    session.uid = other(uid);
    session.ref = { ...ref, uid: other(ref.uid), ...(ref.root_uid === undefined ? {} : { root_uid: other(ref.root_uid) }) };
    session.principal = one.principal;
  }
}
