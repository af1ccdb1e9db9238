// npm run bench:kafka: what the service does on a real broker, which it starts itself (Java 17 or later, see CONTRIBUTING.md).
// `-- --json` prints one object, otherwise a table; progress is on stderr. `--only ratio,restore` runs some parts; the other options size them.
import { parseArgs } from 'node:util';
import { Bed, load, say } from './kafka/bed.mjs';
import { measureLatency } from './kafka/latency.mjs';
import { measureRatio, measureStages } from './kafka/ratio.mjs';
import { measureRecovery } from './kafka/recovery.mjs';
import { table } from './kafka/report.mjs';
import { measureRestore } from './kafka/restore.mjs';
import { soak } from './kafka/soak.mjs';

/** soak takes long, stages tells where CPU time goes: they run only when they are asked for */
const DEFAULT_PARTS = ['ratio', 'latency', 'rebalance', 'restore', 'recovery'];
const PARTS = [...DEFAULT_PARTS, 'stages', 'soak'];

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string', default: DEFAULT_PARTS.join(',') },
    partitions: { type: 'string', default: '8' },
    // folder for CPU profiles of the service in ratio and restore; bench/kafka/profile.mjs reads them
    profile: { type: 'string' },
    // ratio: records, their people, runs of the bare consumer, how often the service gets so many (the first from a cold start)
    count: { type: 'string', default: '200000' },
    people: { type: 'string', default: '108000' },
    rounds: { type: 'string', default: '3' },
    passes: { type: 'string', default: '2' },
    // latency and rebalance: records a second, how long (60 is quick), how long before it is measured, people of the stream
    rate: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '300' },
    'warm-up': { type: 'string', default: '20' },
    'stream-people': { type: 'string', default: '20000' },
    // restore: people, sessions of each, how often each is in the changelog, restores
    'restore-people': { type: 'string', default: '200000' },
    sessions: { type: 'string', default: '5' },
    churn: { type: 'string', default: '3' },
    restores: { type: 'string', default: '3' },
    // recovery
    kills: { type: 'string', default: '6' },
    // until a restart reads as many events again as it ever will: kafka.state_flush.events of each partition
    'recovery-warm-up': { type: 'string', default: '100' },
    'recovery-rate': { type: 'string', default: '500' },
    // soak: how long; records a second, without it half of what ratio measured; its people, and how many of them are at work at a time, a record a
    // second each (0: all take turns, and nobody is ever found among those who are objects when they are more)
    'soak-seconds': { type: 'string', default: '1200' },
    'soak-every': { type: 'string', default: '10' },
    'soak-rate': { type: 'string' },
    'soak-people': { type: 'string', default: '100000' },
    'soak-at-work': { type: 'string' },
  },
});
const parts = values.only.split(',');
for (const part of parts) {
  if (PARTS.includes(part)) continue;
  say(`no part ${part}; there are ${PARTS.join(', ')}`);
  process.exit(2);
}
const number = (name) => {
  const value = Number(values[name]);
  if (Number.isFinite(value) && value >= 0) return value;
  say(`--${name} ${values[name]}: not a number`);
  process.exit(2);
};
const partitions = number('partitions');
const streaming = { rate: number('rate'), people: number('stream-people'), warm_up_s: number('warm-up') };
/** The other rates of p99, for a minute each at most. */
const seconds = number('seconds');
const short = Math.min(60, seconds);

const node_args = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
const run = {
  ratio: (bed) =>
    measureRatio(bed, {
      count: number('count'),
      people: number('people'),
      partitions,
      rounds: number('rounds'),
      passes: number('passes'),
      node_args,
    }),
  stages: (bed) => measureStages(bed, { count: number('count'), people: number('people'), partitions }),
  latency: async (bed) => ({
    ...(await measureLatency(bed, { ...streaming, partitions, seconds })),
    with_32_partitions: await measureLatency(bed, { ...streaming, partitions: 32, seconds: short }),
  }),
  rebalance: (bed) => measureLatency(bed, { ...streaming, partitions, seconds: short, isRebalancing: true }),
  restore: (bed) =>
    measureRestore(bed, {
      people: number('restore-people'),
      sessions: number('sessions'),
      churn: number('churn'),
      partitions,
      times: number('restores'),
      node_args,
    }),
  recovery: (bed) =>
    measureRecovery(bed, {
      rate: number('recovery-rate'),
      partitions,
      // everybody comes by every ten seconds, so that there are thefts from the beginning
      people: Math.min(number('stream-people'), 10 * number('recovery-rate')),
      kills: number('kills'),
      warm_up_s: number('recovery-warm-up'),
    }),
  soak: (bed, done) => {
    const rate = values['soak-rate'] === undefined ? halfOf(done.ratio) : number('soak-rate');
    return soak(bed, {
      rate,
      seconds: number('soak-seconds'),
      every_s: number('soak-every'),
      people: number('soak-people'),
      at_work: values['soak-at-work'] === undefined ? rate : number('soak-at-work'),
      partitions,
    });
  },
};

const began = load();
const bed = await Bed.open();
// the guards of bed.mjs end all that was started; half a measurement is none
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => bed.close().finally(() => process.exit(130)));
const done = {};
try {
  for (const part of parts) done[part] = await run[part](bed, done);
} finally {
  await bed.close();
}
const { ratio, latency, restore, recovery } = done;
const result = {
  ratio_to_bare_consumer: ratio?.ratio_to_bare_consumer,
  latency_p50_ms: latency?.p50_ms,
  latency_p99_ms: latency?.p99_ms,
  latency_p99_rebalance_ms: worst(done.rebalance?.rebalance),
  latency_p99_32_partitions_ms: latency?.with_32_partitions.p99_ms,
  restore_1m_s: restore?.restore_s,
  recovery_s: recovery?.recovery_s,
  recovery_stall_s: recovery?.stall_s,
  load_before: began,
  load_after: load(),
  ...done,
};
process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : table(result));

function halfOf(ratio) {
  if (ratio !== undefined) return Math.floor(ratio.passes.at(-1).records_per_s / 2);
  say('soak: half of what? --soak-rate N, or ratio before it');
  process.exit(2);
}

function worst(rebalance) {
  if (rebalance === undefined) return undefined;
  const all = [rebalance.join.p99_ms, rebalance.leave.p99_ms].filter((ms) => ms !== undefined);
  return all.length === 0 ? undefined : Math.max(...all);
}
