// @ts-check
/**
 * A whole plant to break things in: a broker, a registry, a proxy for each of two processes of `run`, and a steady producer of raw records, of which
 * some are in Avro.
 *
 *   const plant = await startPlant({ root, seed: 1, rate: 500, log });
 *   await plant.workers[0].kill(); await plant.workers[0].start();
 *   await plant.endProducing(); await plant.drained(); await plant.endWorkers();
 *   const verdict = await judge(plant);                     // judge.mjs
 *   await plant.stop();
 *
 * Needs `dist` as `npm run build` makes it.
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startKafka } from '../servers/kafka.mjs';
import { freePort, until } from '../servers/ports.mjs';
import { Den } from '../servers/process.mjs';
import { startProxy } from '../servers/proxy.mjs';
import { startRegistry } from '../servers/registry.mjs';
import { AvroWriter } from './avro.mjs';
import { rawRecords, templates } from './records.mjs';

/** Of our own topics, and raw topics with one each. */
export const PARTITIONS = 8;
/** The least that is allowed, so that a zombie has not long to wait. */
export const SESSION_TIMEOUT_MS = 6000;
/** A request without an answer is given up early, or every story of a lost answer takes half a minute. */
const REQUEST_TIMEOUT_MS = 2500;
/** Records that are sent together. */
const BATCH = 50;

/**
 * @typedef {object} PlantOptions
 * @property {string} root of the package
 * @property {number} seed of the records
 * @property {number} rate records a second
 * @property {(text: string) => void} log
 */

/** @param {PlantOptions} options */
export async function startPlant(options) {
  const plant = new Plant(options);
  try {
    await plant.start();
  } catch (error) {
    await plant.stop();
    throw error;
  }
  return plant;
}

export class Plant {
  #den = new Den('chaos');
  #options;
  /** @type {any} */
  #dist;
  /** @type {any} */
  #producer;
  /** @type {AvroWriter | undefined} */
  #avro;
  #isProducing = false;
  /** @type {Promise<void>} */
  #producing = Promise.resolve();
  /** @type {unknown} */
  #failure;

  /** @param {PlantOptions} options */
  constructor(options) {
    this.#options = options;
    /** @type {import('../servers/kafka.mjs').KafkaServers} */
    this.kafka = /** @type {any} */ (undefined);
    /** @type {import('../servers/proxy.mjs').FaultProxy[]} one for each worker */
    this.proxies = [];
    /** @type {Worker[]} */
    this.workers = [];
    /** ms, when it was started */
    this.start_time = Date.now();
    /** raw records that are acknowledged */
    this.produced = 0;
    this.root = options.root;
    /** @type {import('../servers/registry.mjs').RegistryServer} */
    this.registry = /** @type {any} */ (undefined);
    /** raw topics, each a tenant's; the last one is in Avro */
    this.sources = [...tenants(options.root)].map((tenant, i) => ({
      topic: `raw-${tenant}`,
      tenant,
      format: i < PARTITIONS - 1 ? 'json' : 'avro',
    }));
  }

  /** Called by `startPlant`. */
  async start() {
    const { root } = this.#options;
    const require = createRequire(join(root, 'package.json'));
    this.#dist = require('./dist/runtime/kafka/client/kafkajs.js');
    const ports = [await freePort(), await freePort()];
    this.registry = await startRegistry();
    this.kafka = await startKafka({ advertised: ports });
    for (const [i, port] of ports.entries()) this.proxies.push(await startProxy({ port, target: this.kafka.targets[i] ?? '' }));
    this.transport = await this.#dist.createTransport({ brokers: [this.kafka.bootstrap], client_id: 'chaos', log: QUIET });
    const admin = await this.transport.admin();
    const settings = { 'message.timestamp.type': 'LogAppendTime' };
    await admin.create(this.sources.map(({ topic }) => ({ topic, partitions: 1, replication: 1, settings })));
    await admin.close();
    await run(process.execPath, [join(root, 'dist/main.js'), 'topics', 'create', '--config', this.configFile('judge')]);
    for (const [i, proxy] of this.proxies.entries()) {
      const port = await freePort();
      const file = this.configFile(`w${i}`, { brokers: proxy.address, port, version: 1 + (i % 2) });
      this.workers.push(new Worker(this.#den, `w${i}`, join(root, 'test/helpers/chaos/worker.cjs'), file, port));
    }
    this.#avro = new AvroWriter({ root, url: this.registry.url, subject: 'raw' });
    for (const line of templates(root)) await this.#avro.learn(line);
    this.#producer = await this.transport.producer();
    this.#isProducing = true;
    this.#producing = this.#produce().catch((error) => {
      this.#failure = error;
    });
  }

  /**
   * A configuration, written down. One process writes people in the version before the latest, as in an upgrade: whoever has a partition next goes on
   * from what the other wrote.
   * @param {string} name @param {{ brokers?: string; port?: number; version?: number }} [of] @returns {string} its file
   */
  configFile(name, { brokers = this.kafka.bootstrap, port, version = 2 } = {}) {
    const file = join(this.#den.folder, `${name}.yml`);
    const sources = this.sources.map((one) => `    - {topic: ${one.topic}, tenant: ${one.tenant}, format: ${one.format}}\n`).join('');
    const lines = [
      `run: {listen: ${port === undefined ? 'none' : `127.0.0.1:${port}`}}`,
      'kafka:',
      `  brokers: [${brokers}]`,
      `  registry: {urls: ['${this.registry.url}']}`,
      `  partitions: ${PARTITIONS}`,
      `  session_timeout: ${SESSION_TIMEOUT_MS}ms`,
      `  state_write_version: ${version}`,
      '  state_flush: {events: 2000, interval: 10s}',
      `  seat_dir: ${join(this.#den.folder, `seats-${name}`)}`,
      '  sources:',
    ];
    writeFileSync(file, `${lines.join('\n')}\n${sources}`);
    return file;
  }

  /** Steadily: what could not be written for a while is not made up for. */
  async #produce() {
    const { root, seed, rate } = this.#options;
    const records = rawRecords({ root, seed, start: this.start_time });
    while (this.#isProducing) {
      const began = performance.now();
      const batch = [];
      for (let i = 0; i < BATCH; i++) {
        const { copy, value, template } = records.next().value;
        const { topic = '', format } = this.sources[copy % this.sources.length] ?? {};
        const isAvro = format === 'avro' && template !== undefined;
        batch.push({ topic, partition: 0, key: null, value: isAvro ? this.#avro?.encode(String(value), template) : value });
      }
      await this.#producer.send(batch);
      this.produced += BATCH;
      const rest = (BATCH / rate) * 1000 - (performance.now() - began);
      if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
    }
  }

  async endProducing() {
    this.#isProducing = false;
    await this.#producing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Resolves when all processes together own everything and have worked it off. @param {number} [deadline_ms] */
  async drained(deadline_ms = 180_000) {
    let before = '';
    let quiet_since = 0;
    await until(
      'all is worked off',
      async () => {
        const states = await Promise.all(this.workers.map((worker) => worker.status()));
        const stages = ['normalize', 'detect', 'respond'].map((name) => states.flatMap((state) => state.stages?.[name]?.partitions ?? []));
        const stands = JSON.stringify(stages.map((all) => all.map((one) => [one.topic, one.partition, one.position]).sort()));
        const isDone = stages.every(
          (all) => all.length === PARTITIONS && all.every((one) => (one.phase ?? 'running') === 'running' && !one.lag),
        );
        if (!isDone || stands !== before) {
          before = stands;
          quiet_since = Date.now();
        }
        return Date.now() - quiet_since > QUIET_MS;
      },
      { deadline_ms, every_ms: 250 },
    );
  }

  /** One ends cleanly, and has written down all that it knows; the other is killed, and what it knows has to be worked out again. */
  async endWorkers() {
    const [first, second] = this.workers;
    // at once: neither is to take over from the other
    await Promise.all([first?.terminate(), second?.kill()]);
  }

  /** Ends everything and removes what it left. */
  async stop() {
    this.#isProducing = false;
    await Promise.all(this.proxies.map((proxy) => proxy.stop()));
    this.#avro?.close();
    await this.transport?.close();
    await this.#den.close();
    await this.registry?.stop();
    await this.kafka?.stop();
  }
}

/** Nobody has moved for so long: longer than a fetch waits, and a commit. */
const QUIET_MS = 3000;

/** A process of `run`. */
export class Worker {
  #program;
  #env;
  #port;
  /** it was meant to end */
  #isExpected = true;

  /** @param {Den} den @param {string} name @param {string} entry @param {string} config @param {number} port */
  constructor(den, name, entry, config, port) {
    this.name = name;
    this.#port = port;
    this.#env = /** @type {NodeJS.ProcessEnv} */ ({ ...process.env, NODE_ENV: 'production' });
    this.#program = den.program(name, process.execPath, [entry, 'run', '--config', config], this.#env);
    /** ends that nobody asked for */
    this.exits = 0;
  }

  get isRunning() {
    return this.#program.isRunning;
  }

  get log_file() {
    return this.#program.log_file;
  }

  /** What it said last, for errors. */
  get lastWords() {
    return this.#program.lastWords();
  }

  /** @param {{ stage: string; step: string; n: number }} [die] where it ends itself */
  start(die) {
    if (!this.#isExpected) this.exits++;
    this.#isExpected = die !== undefined;
    this.#env.SV_CHAOS = JSON.stringify({ request_timeout: REQUEST_TIMEOUT_MS, die });
    this.#program.start();
  }

  /** Somebody who ended on their own is started again, as an orchestrator would. */
  tend() {
    if (!this.isRunning) this.start();
  }

  async kill() {
    this.#isExpected = true;
    await this.#program.kill();
  }

  async terminate() {
    this.#isExpected = true;
    await this.#program.terminate(40_000);
  }

  pause() {
    this.#program.pause();
  }

  resume() {
    this.#program.resume();
  }

  /** @returns {Promise<{ ready: boolean; stages?: Record<string, { partitions: any[] }> }>} */
  async status() {
    const answer = await fetch(`http://127.0.0.1:${this.#port}/status`, { signal: AbortSignal.timeout(2000) });
    return /** @type {any} */ (await answer.json());
  }

  /** @param {number} [deadline_ms] */
  ready(deadline_ms = 90_000) {
    const gaveUp = () => (this.isRunning ? undefined : `it has ended\n${this.#program.lastWords()}`);
    return until(`${this.name} is ready`, async () => (await this.status()).ready, { deadline_ms, every_ms: 100, gaveUp });
  }

  /** Resolves when it has ended by itself. @param {number} [deadline_ms] */
  ended(deadline_ms = 60_000) {
    return until(`${this.name} has ended`, () => !this.isRunning, { deadline_ms, every_ms: 20 });
  }
}

/** Names that respond's partitions, which are keyed by them, come to each once. @param {string} root */
function tenants(root) {
  const { partitionOf } = createRequire(join(root, 'package.json'))('./dist/runtime/kafka/murmur2.js');
  /** @type {Map<number, string>} */
  const names = new Map();
  for (let i = 0; names.size < PARTITIONS; i++) {
    const partition = partitionOf(`t${i}`, PARTITIONS);
    if (!names.has(partition)) names.set(partition, `t${i}`);
  }
  return names.values();
}

const run = promisify(execFile);
const nothing = () => undefined;
export const QUIET = { debug: nothing, info: nothing, warn: nothing, error: nothing };
