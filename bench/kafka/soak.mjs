// A long time at a steady rate: memory, lag and latency.
import { load, round, say, sleep } from './bed.mjs';
import { lagOf } from './latency.mjs';
import { Findings, Sender, Thefts } from './stream.mjs';

/** The first part is left out of the slope: caches fill, code is compiled. */
const WARM_UP_SHARE = 0.25;

/** @param options rate records per second, seconds, every_s between two looks, people, at_work of them at a time (0: all take turns), partitions */
export async function soak(bed, { rate, seconds, every_s, people, at_work, partitions }) {
  const application = await bed.application({ partitions });
  const service = (await bed.service(application)).start();
  await service.ready();
  const sender = new Sender(bed, application.raw, partitions, new Thefts(people, 'p', at_work), rate);
  const findings = new Findings(bed, application, sender.due);
  await findings.start();
  await sender.start();
  say(`soak: ${rate} records/s for ${seconds} s`);
  const began = performance.now();
  const samples = [];
  while (performance.now() - began < seconds * 1000) {
    await sleep(Math.min(every_s * 1000, seconds * 1000));
    const now = performance.now();
    const sample = {
      s: Math.round((now - began) / 1000),
      rss_mb: Math.round(service.rss() / 1e6),
      cpu_s: round(service.cpu()),
      lag: lagOf(await service.status()),
      p99_ms: findings.latency(now - 2 * every_s * 1000, now - 2000).p99_ms,
      load: load(),
    };
    samples.push(sample);
    say(`soak: ${JSON.stringify(sample)}`);
  }
  await sender.stop();
  await sleep(1000);
  await findings.stop();
  await service.terminate();
  const steady = samples.filter(({ s }) => s >= seconds * WARM_UP_SHARE);
  return {
    ...{ rate, seconds, people, at_work },
    rss_mb: { first: steady[0]?.rss_mb, last: steady.at(-1)?.rss_mb, most: Math.max(...samples.map((one) => one.rss_mb)) },
    rss_slope_mb_per_hour: round(slope(steady.map(({ s, rss_mb }) => [s / 3600, rss_mb])), 1),
    most_lag: Math.max(...steady.map(({ lag }) => Object.values(lag).reduce((sum, one) => sum + one, 0))),
    ...findings.latency(began + seconds * 1000 * WARM_UP_SHARE, began + seconds * 1000),
    failed_sends: sender.failed,
    samples,
    load: load(),
  };
}

/** Of the line that fits best. */
function slope(points) {
  const n = points.length;
  if (n < 2) return undefined;
  const mean = (at) => points.reduce((sum, point) => sum + point[at], 0) / n;
  const [x, y] = [mean(0), mean(1)];
  return points.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0) / points.reduce((sum, [a]) => sum + (a - x) ** 2, 0);
}
