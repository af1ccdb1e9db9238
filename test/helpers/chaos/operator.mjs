// @ts-check
/** Whoever breaks things, one after the other, by a seed. Every fault ends with everything in order, or on its way there. */
import { until } from '../servers/ports.mjs';
import { PARTITIONS, SESSION_TIMEOUT_MS } from './plant.mjs';
import { generator } from './records.mjs';

/** @typedef {import('./plant.mjs').Plant} Plant */

/** Between which calls of a transaction a process ends; see `Step` of the client. */
export const STEPS = ['opened', 'begun', 'added', 'sent', 'committed'];
export const STAGES = ['detect', 'respond'];

export class Operator {
  #plant;
  #random;
  #log;

  /** @param {Plant} plant @param {number} seed @param {(text: string) => void} log */
  constructor(plant, seed, log) {
    this.#plant = plant;
    this.#random = generator(seed * 7919 + 1);
    this.#log = log;
    this.done = {
      kills: 0,
      /** @type {string[]} stage and step at which a process has ended itself */
      injected: [],
      zombies: 0,
      broker_kills: 0,
      broker_restarts: 0,
      registry_kills: 0,
      /** @type {Record<string, number>} */
      network: {},
    };
  }

  /** A process ends itself between each pair of calls, in two processes side by side, which are started for the next as soon as they have. */
  async inject() {
    const points = STAGES.flatMap((stage) => STEPS.map((step) => ({ stage, step })));
    await Promise.all(
      this.#plant.workers.map(async (worker) => {
        for (let point = points.shift(); point !== undefined; point = points.shift())
          await this.#dieAt(worker, { ...point, n: 1 + this.#draw(point.step === 'opened' ? 2 : 4) });
        worker.start();
      }),
    );
    await this.#settled();
  }

  /** @param {import('./plant.mjs').Worker} worker @param {{ stage: string; step: string; n: number }} point */
  async #dieAt(worker, point) {
    await this.#kill(worker);
    worker.start(point);
    await worker.ended(120_000);
    const { stage, step, n } = point;
    this.#log(`${worker.name} has ended itself at ${stage} ${step}, number ${n}`);
    this.done.injected.push(`${stage} ${step}`);
    this.done.kills++;
  }

  async kill() {
    const worker = this.#pick(this.#plant.workers);
    this.#log(`kill ${worker.name}`);
    await this.#kill(worker);
    await pause(this.#draw(1500));
    worker.start();
    // sometimes the next blow comes while it still restores
    if (this.#draw(10) < 7) await worker.ready();
    else await pause(this.#draw(3000));
  }

  async killBoth() {
    this.#log('kill both');
    await Promise.all(this.#plant.workers.map((worker) => this.#kill(worker)));
    for (const worker of this.#plant.workers) worker.start();
    await this.#settled();
  }

  /** One process stands still until another has taken all over, and then goes on as if it were still the owner. */
  async zombie() {
    await this.#settled();
    const zombie = this.#pick(this.#plant.workers);
    const others = this.#plant.workers.filter((worker) => worker !== zombie);
    this.#log(`stop ${zombie.name}`);
    zombie.pause();
    try {
      const began = Date.now();
      await until('the other process has taken over', async () => Date.now() - began > SESSION_TIMEOUT_MS && (await ownsAll(others[0])), {
        deadline_ms: 90_000,
        every_ms: 200,
      });
    } finally {
      zombie.resume();
    }
    this.done.zombies++;
    this.#log(`${zombie.name} goes on`);
    await this.#settled();
  }

  async killBroker() {
    this.#log('kill the broker');
    const [node] = this.#plant.kafka.nodes;
    await node?.kill();
    await pause(this.#draw(2000));
    await node?.restart();
    this.done.broker_kills++;
    await this.#settled(180_000);
  }

  async restartBroker() {
    this.#log('restart the broker');
    await this.#plant.kafka.nodes[0]?.restart();
    this.done.broker_restarts++;
    await this.#settled(180_000);
  }

  /** The registry goes while records wait, and a process begins that knows no schema. */
  async killRegistry() {
    await this.#settled();
    const worker = this.#pick(this.#plant.workers);
    this.#log(`kill the registry and ${worker.name}`);
    await this.#plant.registry.kill();
    await this.#kill(worker);
    worker.start();
    await this.#settled();
    await pause(2000 + this.#draw(2000));
    await this.#plant.registry.restart();
    this.done.registry_kills++;
  }

  /** The broker answers nobody for a while. */
  async pauseBroker() {
    this.#log('the broker stands still');
    const [node] = this.#plant.kafka.nodes;
    node?.pause();
    await pause(1000 + this.#draw(4000));
    node?.resume();
    this.#count('broker paused');
    await this.#settled();
  }

  /**
   * A request is held back until its sender has given it up and its successor is at work, and then let through.
   * @param {'EndTxn' | 'AddPartitionsToTxn' | 'Produce'} api
   */
  async late(api) {
    await this.#settled();
    const [worker, proxy] = this.#pickPair();
    this.#log(`${api} of ${worker.name} comes late`);
    const held = proxy.hold(api, { count: api === 'Produce' ? 3 : 1 });
    await held.reached();
    await held.abandoned();
    await pause(500);
    await this.#ready(worker);
    held.release();
    this.#count(`${api} late`);
    await this.#settled();
  }

  /** The broker has done what it was asked for, and nobody hears of it. @param {'EndTxn' | 'Produce' | 'InitProducerId'} api */
  async unheard(api) {
    await this.#settled();
    const [worker, proxy] = this.#pickPair();
    this.#log(`${worker.name} does not hear of its ${api}`);
    // asked for when a process begins
    if (api === 'InitProducerId') await this.#kill(worker);
    const held = proxy.hold(api, { side: 'response' });
    worker.tend();
    await held.reached();
    await pause(200);
    held.discard();
    this.#count(`${api} unheard`);
    await this.#settled();
  }

  /** Nothing goes one way any more, and no connection ends. @param {'to_broker' | 'to_client'} direction */
  async cut(direction) {
    const [worker, proxy] = this.#pickPair();
    this.#log(`${worker.name}: nothing goes ${direction}`);
    proxy.cut(direction);
    // sometimes its partitions go to the other one meanwhile
    await pause(2000 + this.#draw(SESSION_TIMEOUT_MS * 1.5));
    proxy.heal();
    this.#count(`cut ${direction}`);
    await this.#settled();
  }

  /** Connections are reset, and for a while no other is let in. */
  async drop() {
    const [worker, proxy] = this.#pickPair();
    this.#log(`${worker.name}: connections are reset`);
    proxy.refuse();
    await pause(this.#draw(2000));
    proxy.accept();
    this.#count('reset');
    await this.#settled();
  }

  /** What is sent later on another connection may arrive earlier. */
  async jitter() {
    this.#log('answers take their time');
    for (const proxy of this.#plant.proxies) proxy.delay(() => this.#random() * 150);
    await pause(3000 + this.#draw(3000));
    await this.kill();
    for (const proxy of this.#plant.proxies) proxy.delay(0);
    this.#count('jitter');
    await this.#settled();
  }

  async slow() {
    this.#log('the link is slow');
    const [, proxy] = this.#pickPair();
    proxy.limit(150_000);
    await pause(3000 + this.#draw(4000));
    proxy.limit(Number.POSITIVE_INFINITY);
    this.#count('slow');
    await this.#settled();
  }

  /** One fault of all, drawn. */
  async something() {
    const faults = [
      ...Array(16).fill(() => this.kill()),
      ...Array(4).fill(() => this.killBoth()),
      ...Array(2).fill(() => this.zombie()),
      () => this.killBroker(),
      () => this.restartBroker(),
      () => this.pauseBroker(),
      () => this.killRegistry(),
      () => this.late('EndTxn'),
      () => this.late('AddPartitionsToTxn'),
      () => this.late('Produce'),
      () => this.unheard('EndTxn'),
      () => this.unheard('Produce'),
      () => this.unheard('InitProducerId'),
      () => this.cut('to_broker'),
      () => this.cut('to_client'),
      () => this.drop(),
      () => this.jitter(),
      () => this.slow(),
    ];
    await this.#pick(faults)();
    await pause(this.#draw(1500));
  }

  /** Both processes run and own everything together. @param {number} [deadline_ms] */
  async #settled(deadline_ms = 120_000) {
    await Promise.all(this.#plant.workers.map((worker) => this.#ready(worker, deadline_ms)));
  }

  /** @param {import('./plant.mjs').Worker} worker @param {number} [deadline_ms] */
  async #ready(worker, deadline_ms = 120_000) {
    await until(
      `${worker.name} is ready`,
      async () => {
        worker.tend();
        return (await worker.status()).ready;
      },
      { deadline_ms, every_ms: 200 },
    );
  }

  /** @param {import('./plant.mjs').Worker} worker */
  async #kill(worker) {
    if (!worker.isRunning) return;
    await worker.kill();
    this.done.kills++;
  }

  /** @param {string} what */
  #count(what) {
    this.done.network[what] = (this.done.network[what] ?? 0) + 1;
  }

  /** @param {number} n @returns {number} 0 to n - 1 */
  #draw(n) {
    return Math.floor(this.#random() * n);
  }

  /** @template T @param {readonly T[]} list @returns {T} */
  #pick(list) {
    return /** @type {T} */ (list[this.#draw(list.length)]);
  }

  /** @returns {[import('./plant.mjs').Worker, import('../servers/proxy.mjs').FaultProxy]} */
  #pickPair() {
    const i = this.#draw(this.#plant.workers.length);
    return /** @type {any} */ ([this.#plant.workers[i], this.#plant.proxies[i]]);
  }
}

/** @param {import('./plant.mjs').Worker | undefined} worker */
async function ownsAll(worker) {
  const { stages = {}, ready = false } = (await worker?.status()) ?? {};
  return ready && ['normalize', 'detect', 'respond'].every((name) => stages[name]?.partitions.length === PARTITIONS);
}

/** Time in which something else is to happen. @param {number} ms @returns {Promise<void>} */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
