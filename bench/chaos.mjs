#!/usr/bin/env node
// Two processes of `run` on a real Kafka, a steady producer, and somebody who breaks things:
// `npm run chaos -- --minutes 10 --seed 1 [--rate 500] [--kills 50]`, or `--short` for one of each, in three to five minutes.
// Progress goes to stderr; at the end one JSON object on stdout says what was done and whether everything was said exactly once.
// Ends with 1 when not, or when a process ended on its own.
import { copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { judge } from '../test/helpers/chaos/judge.mjs';
import { Operator } from '../test/helpers/chaos/operator.mjs';
import { startPlant } from '../test/helpers/chaos/plant.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    rate: { type: 'string', default: '500' },
    /** it goes on until so many processes were killed, however long that takes */
    kills: { type: 'string', default: '0' },
    short: { type: 'boolean', default: false },
    /** folder for the processes' logs when something is wrong */
    logs: { type: 'string' },
  },
});
const seed = Number(values.seed);
const began = Date.now();
const log = (text) => process.stderr.write(`${((Date.now() - began) / 1000).toFixed(1).padStart(7)}  ${text}\n`);

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const plant = await startPlant({ root, seed, rate: Number(values.rate), log });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => plant.stop().then(() => process.exit(1)));
let isWell = false;
try {
  const operator = new Operator(plant, seed, log);
  for (const worker of plant.workers) worker.start();
  for (const worker of plant.workers) await worker.ready();
  log('both are ready');
  if (values.short) await oneOfEach(operator);
  else {
    await operator.inject();
    const end = Date.now() + Number(values.minutes) * 60_000;
    while (Date.now() < end || operator.done.kills < Number(values.kills)) await operator.something();
  }
  await plant.endProducing();
  log(`${plant.produced} records are produced`);
  await plant.drained();
  log('all is worked off');
  await plant.endWorkers();
  const { figures, mismatches, told } = await judge(plant);
  log('judged');
  const exits = plant.workers.reduce((sum, { exits }) => sum + exits, 0);
  const { injected, ...done } = operator.done;
  const seconds = Math.round((Date.now() - began) / 1000);
  process.stdout.write(
    `${JSON.stringify({ seed, seconds, ...done, injected, exits, produced: plant.produced, ...figures, mismatches, told }, undefined, 2)}\n`,
  );
  isWell = mismatches === 0 && exits === 0;
} catch (error) {
  log(`${error.stack}`);
  for (const { name, lastWords } of plant.workers) log(`${name} said last:\n${lastWords}`);
} finally {
  if (!isWell && values.logs !== undefined)
    for (const { log_file } of plant.workers) copyFileSync(log_file, join(values.logs, `${seed}-${basename(log_file)}`));
  await plant.stop();
}
process.exitCode = isWell ? 0 : 1;

async function oneOfEach(operator) {
  await operator.inject();
  for (let i = 0; i < 3; i++) await operator.kill();
  await operator.killBoth();
  await operator.late('EndTxn');
  await operator.unheard('EndTxn');
  await operator.late('Produce');
  await operator.cut('to_client');
  await operator.zombie();
  await operator.jitter();
  await operator.slow();
  await operator.killRegistry();
  await operator.killBroker();
}
