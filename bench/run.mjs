// npm run bench: what the core costs beside a bare JSON.parse of the same records.
// `--json` prints one object; `--records FILE...` takes other seed records than those that ship; `--count`, `--people`, `--rounds` size it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { multiply } from './records.mjs';

/** So many principals have to be live at the end: what the numbers are about. */
const PRINCIPALS = 100_000;
/** Of these people some have only records that no state is kept of. */
const PEOPLE = 108_000;

const here = dirname(fileURLToPath(import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    records: { type: 'boolean', default: false },
    count: { type: 'string', default: '200000' },
    people: { type: 'string', default: String(PEOPLE) },
    rounds: { type: 'string', default: '3' },
  },
});
const files =
  positionals.length > 0 ? positionals : ['okta', 'entra', 'm365'].map((vendor) => join(here, '..', 'demo', `${vendor}.ndjson`));
const count = Number(values.count);
const rounds = Number(values.rounds);

const seeds = files.flatMap((file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line)),
);
const folder = mkdtempSync(join(tmpdir(), 'sessionvigil-bench-'));
try {
  const records = join(folder, 'records.ndjson');
  writeFileSync(records, multiply(seeds, count, Number(values.people)).bytes);
  const stages = ['baseline', 'read', 'map', 'normalize', 'all'];
  const runs = Object.fromEntries(stages.map((stage) => [stage, []]));
  for (let round = 0; round < rounds; round++) {
    for (const stage of stages) {
      if (!values.json) process.stderr.write(`round ${round + 1} of ${rounds}: ${stage}          \r`);
      const text = execFileSync(process.execPath, ['--expose-gc', join(here, 'measure.mjs'), stage, records], { encoding: 'utf8' });
      runs[stage].push(JSON.parse(text));
    }
  }
  report(runs, stages);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function report(runs, stages) {
  const cpu = Object.fromEntries(stages.map((stage) => [stage, median(runs[stage].map((run) => run.cpu_s))]));
  const ratios = runs.all.map((run, i) => run.cpu_s / runs.baseline[i].cpu_s);
  const all = runs.all[runs.all.length - 1];
  const us = (seconds) => Math.round((seconds / count) * 1e8) / 100;
  const summary = {
    ratio_to_json_parse: round2(median(ratios)),
    ratio_min: round2(Math.min(...ratios)),
    ratio_max: round2(Math.max(...ratios)),
    events_per_s: Math.round(all.events / median(runs.all.map((run) => run.wall_s))),
    records_per_cpu_s: Math.round(count / cpu.all),
    bytes_per_session: all.bytes_per_session,
    principals: all.principals,
    sessions: all.sessions,
    records: count,
    record_bytes: Math.round(all.bytes / count),
    findings: all.findings,
    commands: all.commands,
    stages_us_per_record: {
      json_parse_baseline: us(cpu.baseline),
      read: us(cpu.read),
      map: us(cpu.map - cpu.read),
      enrich_and_key: us(cpu.normalize - cpu.map),
      detect_and_respond: us(cpu.all - cpu.normalize),
      all: us(cpu.all),
    },
  };
  // whoever sizes it differently, or brings records of other people, reads how many there are
  const isDefault = positionals.length === 0 && Number(values.people) === PEOPLE && count === 200_000;
  if (isDefault && summary.principals < PRINCIPALS) {
    process.stderr.write(`only ${summary.principals} of ${PRINCIPALS} principals are live at the end: raise PEOPLE in bench/run.mjs\n`);
    process.exitCode = 1;
  }
  if (values.json) {
    process.stdout.write(`${JSON.stringify(summary)}\n`);
    return;
  }
  const line = (name, value) => process.stdout.write(`${name.padEnd(28)} ${value}\n`);
  line('records', `${count} of ${summary.record_bytes} bytes, ${summary.principals} principals and ${summary.sessions} sessions live`);
  line('CPU time against JSON.parse', `${summary.ratio_to_json_parse} (${summary.ratio_min} to ${summary.ratio_max} in ${rounds} rounds)`);
  line('events per second', summary.events_per_s);
  line('bytes per live session', summary.bytes_per_session);
  line('findings, commands', `${summary.findings}, ${summary.commands}`);
  for (const [stage, cost] of Object.entries(summary.stages_us_per_record)) line(`  ${stage}`, `${cost} us per record`);
}

function round2(number) {
  return Math.round(number * 100) / 100;
}
