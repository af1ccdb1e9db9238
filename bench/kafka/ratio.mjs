// Records per CPU second: three stages on Kafka in one process, exactly once, beside a bare kafkajs consumer that parses the same topic.
import { multiply } from '../records.mjs';
import { load, median, round, say, seeds, sleep } from './bed.mjs';
import { withhold } from './raw.mjs';

const DAY_MS = 24 * 3600 * 1000;
/** How often it is looked how far the service is, ms. */
const LOOK_MS = 250;
/** Within it the last position is written. */
const COMMIT_MS = 1000;

/**
 * @param options count of records, people, partitions, rounds of the bare consumer, passes: how often the service gets so many records, the
 *   first of which starts cold
 */
export async function measureRatio(bed, { count, people, partitions, rounds, passes, node_args = [] }) {
  const application = await bed.application({ partitions });
  const service = await bed.service(application, { node_args });
  const made = [];
  for (let pass = 0; pass < passes; pass++) {
    // the day that ends now: records that are on time, in the order of their times
    const start = Date.now() - DAY_MS;
    say(`ratio: ${count} records are made`);
    const records = multiply(seeds(), count, people, { start, apart: pass });
    const held = await withhold(bed, application.raw, partitions, records, (i) => Math.floor(start + (i * DAY_MS) / count));
    if (pass === 0) {
      service.start();
      await service.ready();
      // what else a start does is over
      await sleep(COMMIT_MS);
    }
    made.push(await workOff(bed, application, service, held, { count, bytes: records.bytes.length }));
    const { records_per_cpu_s, us_per_record } = made.at(-1);
    say(`ratio: pass ${pass + 1}: ${records_per_cpu_s} records per CPU second, ${us_per_record} us each`);
  }
  const rss_mb = Math.round(service.rss() / 1e6);
  await service.terminate();
  const bare = [];
  for (let i = 0; i < rounds; i++) {
    bare.push(await bed.measure('bare.mjs', [bed.kafka.bootstrap, application.raw, String(count * passes)]));
    say(`ratio: bare consumer: ${Math.round(bare.at(-1).records / bare.at(-1).cpu_s)} records per CPU second`);
  }
  const unit = median(bare.map(({ records, cpu_s }) => records / cpu_s));
  const [cold, ...warm] = made;
  return {
    ratio_to_bare_consumer: round(cold.records_per_cpu_s / unit, 3),
    ratio_warm: warm.length === 0 ? undefined : round(warm.at(-1).records_per_cpu_s / unit, 3),
    bare_records_per_cpu_s: Math.round(unit),
    bare_us_per_record: round(1e6 / unit),
    records: count,
    record_bytes: Math.round(made[0].bytes / count),
    passes: made.map(({ bytes: _, ...pass }) => pass),
    rss_mb,
    load: load(),
  };
}

/** The same records, one stage after the other, each in a process of its own from a cold start: what each takes, without the others in its caches. */
export async function measureStages(bed, { count, people, partitions }) {
  const application = await bed.application({ partitions });
  const start = Date.now() - DAY_MS;
  const records = multiply(seeds(), count, people, { start });
  const held = await withhold(bed, application.raw, partitions, records, (i) => Math.floor(start + (i * DAY_MS) / count));
  await held.release();
  const result = {};
  for (const stage of Object.keys(INPUTS)) {
    // what a start takes is not in it: measured where there is nothing to do
    const service = await bed.service(application, { name: stage, stages: stage });
    const idle = await bed.service(await bed.application({ partitions }), { name: `${stage}-idle`, stages: stage });
    for (const one of [idle, service]) {
      one.start();
      await one.ready();
      while (!(await isDone(bed, one, stage, one === idle ? undefined : INPUTS[stage](application)))) await sleep(LOOK_MS);
      await sleep(COMMIT_MS);
    }
    const cpu_s = service.cpu() - idle.cpu();
    for (const one of [idle, service]) await one.terminate();
    result[stage] = { cpu_s: round(cpu_s), us_per_record: round((cpu_s / count) * 1e6) };
    say(`ratio: ${stage} alone: ${JSON.stringify(result[stage])}`);
  }
  return result;
}

/** What each stage reads. */
const INPUTS = {
  normalize: ({ raw }) => raw,
  detect: ({ topics }) => topics.events,
  respond: ({ topics }) => topics.candidates,
};

/** @param topic none: nothing has to be done */
async function isDone(bed, service, stage, topic) {
  if (topic === undefined) return true;
  const { stages } = await service.status();
  const ends = await bed.ends(topic);
  return [...ends].every(([partition, end]) => stages[stage].partitions.find((one) => one.partition === partition)?.position >= end);
}

/** Until everything that follows from the records is committed. */
async function workOff(bed, application, service, held, { count, bytes }) {
  const before = await countsOf(bed, application, service);
  const cpu = service.cpu();
  const began = performance.now();
  await held.release();
  let normalized;
  for (;;) {
    await sleep(LOOK_MS);
    if (!(await isDone(bed, service, 'normalize', application.raw))) continue;
    normalized ??= { wall_s: (performance.now() - began) / 1000, cpu_s: service.cpu() - cpu };
    if (!(await isDone(bed, service, 'detect', application.topics.events))) continue;
    if (await isDone(bed, service, 'respond', application.topics.candidates)) break;
  }
  const wall_s = (performance.now() - began) / 1000;
  await sleep(COMMIT_MS);
  const cpu_s = service.cpu() - cpu;
  const after = await countsOf(bed, application, service);
  return {
    records_per_cpu_s: Math.round(count / cpu_s),
    us_per_record: round((cpu_s / count) * 1e6),
    cpu_s: round(cpu_s),
    wall_s: round(wall_s),
    records_per_s: Math.round(count / wall_s),
    mb_per_s: round(bytes / 1e6 / wall_s),
    // normalize goes ahead of detect until it has read all
    normalized_after_wall_s: round(normalized.wall_s),
    normalized_after_cpu_s: round(normalized.cpu_s),
    events: after.events - before.events,
    findings: after.findings - before.findings,
    transactions: after.transactions - before.transactions,
    // control records of transactions among them
    changelog_records: after.changelog - before.changelog,
    bytes,
  };
}

async function written(bed, topic) {
  return [...(await bed.ends(topic)).values()].reduce((sum, end) => sum + end, 0);
}

async function countsOf(bed, application, service) {
  const { text } = await service.get('/metrics', 10_000);
  const sum = (name) =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce((total, [, value]) => total + Number(value), 0);
  const committed = (stage) => sum(`sessionvigil_transactions_total\\{stage="${stage}",outcome="committed"\\}`);
  return {
    findings: sum('sessionvigil_findings_total'),
    transactions: committed('detect') + committed('respond'),
    changelog: await written(bed, application.topics.detect_changelog),
    events: await written(bed, application.topics.events),
  };
}
