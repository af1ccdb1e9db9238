// From when a raw record was due to be sent until the finding that it led to is read by a reader of what is committed.
import { load, round, say, sleep } from './bed.mjs';
import { Findings, Sender, Thefts } from './stream.mjs';

/** Code that is hot is compiled, and people are known: not measured, s. */
const WARM_UP_S = 20;
/** A rebalance counts until so long after it was over, ms. */
const AFTER_MS = 3000;

/** @param options rate records per second, seconds, people, partitions; isRebalancing: a second process joins and leaves in the middle */
export async function measureLatency(bed, { rate, seconds, people, partitions, isRebalancing = false, warm_up_s = WARM_UP_S }) {
  const application = await bed.application({ partitions });
  const service = (await bed.service(application, { name: 'first' })).start();
  await service.ready();
  const sender = new Sender(bed, application.raw, partitions, new Thefts(people), rate);
  const findings = new Findings(bed, application, sender.due);
  await findings.start();
  await sender.start();
  say(`latency: ${rate} records/s, ${partitions} partitions, ${seconds} s after ${warm_up_s} s`);
  await sleep(warm_up_s * 1000);
  const from = performance.now();
  const cpu = service.cpu();
  let rebalance;
  if (isRebalancing) {
    await sleep((seconds * 1000) / 4);
    rebalance = await joinAndLeave(bed, application, (seconds * 1000) / 4);
  }
  await sleep(Math.max(0, from + seconds * 1000 - performance.now()));
  const to = performance.now();
  const used = service.cpu() - cpu;
  const lag = lagOf(await service.status());
  await sender.stop();
  await sleep(2000);
  await findings.stop();
  await service.terminate();
  if (findings.failure !== undefined) throw findings.failure;
  const during =
    rebalance === undefined
      ? undefined
      : rebalance.map(([begin, end]) => ({ seconds: round((end - begin) / 1000, 1), ...findings.latency(begin, end) }));
  return {
    partitions,
    rate,
    seconds,
    ...findings.latency(from, to),
    rebalance: during === undefined ? undefined : { join: during[0], leave: during[1] },
    failed_sends: sender.failed,
    lag_at_end: lag,
    service_cpu_share: round(used / ((to - from) / 1000)),
    load: load(),
  };
}

async function joinAndLeave(bed, application, stay_ms) {
  const joined = performance.now();
  const second = (await bed.service(application, { name: 'second' })).start();
  await second.ready();
  const settled = performance.now() + AFTER_MS;
  say('latency: a second process has joined');
  await sleep(Math.max(AFTER_MS, stay_ms));
  const left = performance.now();
  await second.terminate();
  say('latency: and left');
  await sleep(AFTER_MS);
  return [
    [joined, settled],
    [left, performance.now()],
  ];
}

/** Records that are not worked off, of all stages. */
export function lagOf({ stages }) {
  return Object.fromEntries(
    Object.entries(stages).map(([stage, { partitions }]) => [stage, partitions.reduce((sum, { lag }) => sum + (lag ?? 0), 0)]),
  );
}
