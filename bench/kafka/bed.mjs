// A real broker, the service's processes on it, and what they say of themselves. Everything ends with `close`, and with this process however it ends.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startKafka } from '../../test/helpers/servers/kafka.mjs';
import { freePort, until } from '../../test/helpers/servers/ports.mjs';
import { Den } from '../../test/helpers/servers/process.mjs';

const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));
const MAIN = join(here, '..', '..', 'dist', 'main.js');
const { createTransport } = require('../../dist/runtime/kafka/client/kafkajs.js');
const { namesOf } = require('../../dist/runtime/kafka/names.js');

/** Ticks of a second in /proc/PID/stat. */
const CLOCK_TICKS = 100;
/** The service reads what is there at once, and the broker must never be what it waits for. */
const BROKER_HEAP = '1g';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

export const say = (text) => process.stderr.write(`${text}\n`);
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @returns the machine's load over the last minute */
export const load = () => Math.round(loadavg()[0] * 100) / 100;

/** @returns the records that ship, parsed */
export function seeds() {
  return ['okta', 'entra', 'm365'].flatMap((vendor) =>
    readFileSync(join(here, '..', '..', 'demo', `${vendor}.ndjson`), 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line)),
  );
}

/** One broker for all parts: each part takes an application of its own, so that they never meet. */
export class Bed {
  #den = new Den('bench');
  #applications = 0;

  static async open() {
    const bed = new Bed();
    say('a broker is started');
    bed.kafka = await startKafka({ heap: BROKER_HEAP });
    bed.transport = await createTransport({ brokers: bed.kafka.bootstrap.split(','), client_id: 'bench', log: quiet });
    bed.admin = await bed.transport.admin();
    return bed;
  }

  get folder() {
    return this.#den.folder;
  }

  /**
   * Topics of their own for one deployment, and its configuration.
   * @param partitions of our topics and of the raw one
   * @param settings more YAML of the section `kafka`, by key
   */
  async application({ partitions = 8, raw_partitions = partitions, settings = {} } = {}) {
    const application_id = `bench${++this.#applications}`;
    const raw = `${application_id}-raw`;
    const kafka = { application_id, generation: 1, partitions, topics: {} };
    await this.admin.create([{ topic: raw, partitions: raw_partitions, replication: 1, settings: { 'retention.ms': '-1' } }]);
    const config = {
      kafka: {
        brokers: [this.kafka.bootstrap],
        application_id,
        partitions,
        replication_factor: 1,
        sources: [{ topic: raw }],
        ...settings,
      },
      log: { level: 'warn' },
    };
    const file = join(this.folder, `${application_id}.yml`);
    writeFileSync(file, JSON.stringify(config));
    await this.run('create', ['topics', 'create', '--config', file]);
    return { application_id, raw, raw_partitions, partitions, file, topics: namesOf(kafka).topics, names: namesOf(kafka) };
  }

  /** A command of ours that ends by itself. */
  async run(name, args) {
    const program = this.#den.program(`${name}-${this.#applications}`, process.execPath, [MAIN, ...args]);
    program.start();
    await until(`${name} ends`, () => !program.isRunning, { every_ms: 20 });
    const words = program.lastWords();
    if (/^error SV_/m.test(words)) throw new Error(words);
  }

  /** A program of the bench in a process of its own. @returns what it printed last, parsed */
  async measure(script, args, node_args = []) {
    const program = this.#den.program(`${script}-${Date.now()}`, process.execPath, [...node_args, join(here, script), ...args]);
    program.start();
    await until(`${script} ends`, () => !program.isRunning, { every_ms: 50, deadline_ms: 600_000 });
    const last = program.lastWords().trim().split('\n').at(-1);
    try {
      return JSON.parse(last);
    } catch {
      throw new Error(`${script} failed:\n${program.lastWords()}`);
    }
  }

  /** One process of the service. @param seat name of a seat of its own that a restart takes again */
  async service(application, { name = 'service', seat, stages, node_args = [] } = {}) {
    const port = await freePort();
    const env = { ...process.env, SESSIONVIGIL_RUN_LISTEN: `127.0.0.1:${port}`, NODE_ENV: 'production' };
    if (seat !== undefined) env.SESSIONVIGIL_KAFKA_SEAT_DIR = join(this.folder, `seat-${application.application_id}-${seat}`);
    const args = [...node_args, MAIN, 'run', '--config', application.file];
    if (stages !== undefined) args.push('--stage', stages);
    const program = this.#den.program(`${application.application_id}-${name}`, process.execPath, args, env);
    return new Running(program, port);
  }

  /** @returns offset after the last record of each partition, summed and by partition */
  async ends(topic) {
    const marks = await this.admin.watermarks(topic);
    return new Map(marks.map(({ partition, high }) => [partition, high]));
  }

  async close() {
    await this.transport?.close().catch(() => {});
    await this.#den.close();
    await this.kafka?.stop();
  }
}

/** A process of the service, as it can be seen from outside. */
export class Running {
  constructor(program, port) {
    this.program = program;
    this.port = port;
  }

  start() {
    this.program.start();
    return this;
  }

  async get(path, timeout = 2000) {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, { signal: AbortSignal.timeout(timeout) });
    return { ok: response.ok, text: await response.text() };
  }

  async status() {
    return JSON.parse((await this.get('/status')).text);
  }

  /** @param every_ms how often it is asked @returns ms until it was ready */
  async ready({ every_ms = 50, deadline_ms = 300_000 } = {}) {
    const began = performance.now();
    await until('the service is ready', async () => (await this.get('/readyz')).ok, {
      every_ms,
      deadline_ms,
      gaveUp: () => (this.program.isRunning ? undefined : `it has ended\n${this.program.lastWords()}`),
    });
    return performance.now() - began;
  }

  /** @returns seconds of CPU time, all threads */
  cpu() {
    const fields = this.#stat();
    return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
  }

  /** @returns bytes */
  rss() {
    const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.program.pid}/status`, 'utf8'));
    return Number(line?.[1] ?? 0) * 1024;
  }

  #stat() {
    const text = readFileSync(`/proc/${this.program.pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  }

  terminate() {
    return this.program.terminate(40_000);
  }

  kill() {
    return this.program.kill();
  }
}

/** @returns what share of the sorted numbers is at most the result */
export function percentile(sorted, share) {
  return sorted.length === 0 ? undefined : sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
}

export function median(numbers) {
  return percentile(
    [...numbers].sort((a, b) => a - b),
    0.5,
  );
}

export const round = (number, digits = 2) => (number === undefined ? undefined : Math.round(number * 10 ** digits) / 10 ** digits);
