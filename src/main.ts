#!/usr/bin/env node
import { run, STOPPED } from './cli/program.js';
import { renderError } from './cli/report-error.js';

/** The only file that knows that it is a process: signals, streams, exit status. */

const stop = new AbortController();
let stoppedBy: number | undefined;
let usesStdin = false;

for (const [name, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const) {
  process.on(name, () => {
    // whoever asks twice does not want to wait for a clean end
    if (stoppedBy !== undefined) process.exit(128 + number);
    stoppedBy = 128 + number;
    stop.abort();
    if (usesStdin) process.stdin.destroy();
  });
}
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error) => {
    process.stderr.write(renderError(error));
    process.exit(70);
  });
}
process.stderr.on('error', () => {
  // nobody reads what goes wrong: no reason to stop
});

const io = {
  get stdin() {
    usesStdin = true;
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  now: Date.now,
  peakMemory: () => process.resourceUsage().maxRSS * 1024,
  signal: stop.signal,
  onHangup: (act: () => void) => void process.on('SIGHUP', act),
};

run(process.argv.slice(2), io).then((status) => {
  // what is meant to be stopped ends well when it is
  process.exitCode = status === STOPPED ? (stoppedBy ?? status) : status;
  if (usesStdin) process.stdin.destroy();
});
