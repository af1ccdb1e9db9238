// The result as a table for people.

/** @returns lines: what, value, and what design wants first */
export function table(result) {
  const lines = [];
  const line = (name, value, goal = '') => {
    if (value !== undefined) lines.push(`${name.padEnd(44)} ${String(value).padEnd(34)} ${goal}`.trimEnd());
  };
  const ms = (value) => (value === undefined ? undefined : `${value} ms`);
  const s = (value) => (value === undefined ? undefined : `${value} s`);
  const { ratio, latency, rebalance, restore, recovery, soak } = result;
  if (ratio !== undefined) {
    line('records per CPU second to a bare consumer', ratio.ratio_to_bare_consumer, 'goal 0.20');
    line('  warm', ratio.ratio_warm);
    line('  bare consumer', `${ratio.bare_us_per_record} us of CPU a record`);
    for (const [i, pass] of ratio.passes.entries()) {
      line(i === 0 ? '  the service, from a cold start' : '  the service, warm', `${pass.us_per_record} us of CPU a record`);
      line('    by the clock', `${pass.records_per_s} records/s, ${pass.mb_per_s} MB/s`);
      line('    events, findings, transactions', `${pass.events}, ${pass.findings}, ${pass.transactions}`);
    }
    line('  resident at the end', `${ratio.rss_mb} MB`);
  }
  for (const [stage, { us_per_record }] of Object.entries(result.stages ?? {}))
    line(`${stage} alone`, `${us_per_record} us of CPU a record`);
  const latencies = (name, one) => {
    if (one === undefined) return;
    const { p50_ms, p90_ms, p99_ms, max_ms, findings } = one;
    line(name, `${p50_ms}, ${p90_ms}, ${p99_ms}, ${max_ms} ms`, `${findings} findings`);
  };
  if (latency !== undefined) {
    line('latency p50, p99', `${latency.p50_ms}, ${latency.p99_ms} ms`, 'goal 100, 250 ms');
    latencies(`  p50, p90, p99, max at ${latency.rate} records/s`, latency);
    latencies('  with 32 partitions', latency.with_32_partitions);
    line('  share of a core', latency.service_cpu_share);
  }
  if (rebalance !== undefined) {
    line('p99 during a rebalance', ms(result.latency_p99_rebalance_ms));
    latencies('  a process joins', rebalance.rebalance.join);
    latencies('  a process leaves', rebalance.rebalance.leave);
  }
  if (restore !== undefined) {
    line(`restore of ${restore.written_sessions} sessions`, s(restore.restore_s), 'goal 15 s for 1,000,000');
    line('  records', `${restore.records_per_s} /s, ${restore.mb_per_s} MB/s`, `${restore.bytes_per_person} bytes a person`);
    line('  resident', `${restore.rss_mb} MB`);
  }
  if (recovery !== undefined) {
    line('recovery after kill -9, median, worst', `${recovery.recovery_s}, ${recovery.recovery_worst_s} s`, 'goal 5 s');
    line(
      '  stall of the others, median, worst',
      `${recovery.stall_s}, ${recovery.stall_worst_s} s`,
      `goal 1 s; without a kill ${recovery.stall_without_kill_s} s`,
    );
  }
  if (soak !== undefined) {
    line(
      `soak, ${soak.seconds} s at ${soak.rate} records/s`,
      `${soak.rss_mb.first} to ${soak.rss_mb.last} MB`,
      `${soak.rss_slope_mb_per_hour} MB an hour`,
    );
    line('  most lag', soak.most_lag);
    latencies('  latency p50, p90, p99, max', soak);
  }
  line('load of the machine, before and after', `${result.load_before}, ${result.load_after}`);
  return `${lines.join('\n')}\n`;
}
