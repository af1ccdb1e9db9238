// `kill -9` of one of two processes, which is started again at once with its seat: until its partitions are worked on again, and how long the
// other's stood still meanwhile. Everything is seen from outside: where each partition stands, as /status says.
import { load, median, round, say, sleep } from './bed.mjs';
import { lagOf } from './latency.mjs';
import { Findings, Sender, Thefts } from './stream.mjs';

/** How often positions are looked at, ms: no figure is finer. */
const LOOK_MS = 20;
/** Between two kills, so that all is well again, ms. */
const PAUSE_MS = 6000;
/** A stall counts from the kill until so long after all partitions were back, ms. */
const AFTER_MS = 2000;
const DEADLINE_MS = 120_000;

/** @param options rate records per second, partitions, people, kills, warm_up_s */
export async function measureRecovery(bed, { rate, partitions, people, kills, warm_up_s = 15 }) {
  const application = await bed.application({ partitions });
  const processes = [];
  for (const name of ['a', 'b']) processes.push((await bed.service(application, { name, seat: name })).start());
  for (const one of processes) await one.ready();
  const sender = new Sender(bed, application.raw, partitions, new Thefts(people), rate);
  const findings = new Findings(bed, application, sender.due);
  await findings.start();
  await sender.start();
  const watch = new Positions(processes);
  watch.start();
  say(`recovery: ${rate} records/s, ${partitions} partitions, ${kills} kills`);
  await sleep(warm_up_s * 1000);
  const rounds = [];
  for (let i = 0; i < kills; i++) {
    const victim = processes[i % 2];
    const name = i % 2;
    const mine = watch.ownedBy(name);
    const others = watch.ownedBy(1 - name);
    const at = performance.now();
    await victim.kill();
    victim.start();
    const booting = answers(victim, at);
    const back = await watch.untilAdvanced(mine, at);
    const seconds = Math.max(0, ...back.values());
    await sleep(AFTER_MS);
    const until = performance.now();
    rounds.push({
      seconds: round(seconds),
      stall_s: round(watch.longestStall(others, at, until) / 1000),
      // when the new process answered for the first time, and each stage had all of its partitions back
      boot_s: round(await booting),
      stages_s: byStage(back),
      latency_max_ms: findings.latency(at - 1000, until).max_ms,
    });
    say(`recovery: ${JSON.stringify(rounds.at(-1))}`);
    await victim.ready();
    await sleep(PAUSE_MS);
  }
  // without a kill: what counts as standing still when nothing happens
  const quiet = watch.longestStall(
    new Set([...watch.ownedBy(0), ...watch.ownedBy(1)]),
    performance.now() - PAUSE_MS / 2,
    performance.now(),
  );
  const lags = await Promise.all(processes.map(async (one) => lagOf(await one.status())));
  await watch.stop();
  await sender.stop();
  await sleep(1000);
  await findings.stop();
  for (const one of processes) await one.terminate();
  const seconds = rounds.map((one) => one.seconds);
  const stalls = rounds.map((one) => one.stall_s);
  return {
    recovery_s: median(seconds),
    recovery_worst_s: Math.max(...seconds),
    stall_s: median(stalls),
    stall_worst_s: Math.max(...stalls),
    stall_without_kill_s: round(quiet / 1000),
    rounds,
    rate,
    partitions,
    lag_at_end: lags,
    load: load(),
  };
}

/** @returns s from then until it answers at all */
async function answers(service, since) {
  for (;;) {
    try {
      await service.get('/status', 1000);
      return (performance.now() - since) / 1000;
    } catch {
      await sleep(LOOK_MS);
    }
  }
}

function byStage(back) {
  const stages = {};
  for (const [unit, seconds] of back) {
    const [stage] = unit.split(' ');
    stages[stage] = Math.max(stages[stage] ?? 0, round(seconds));
  }
  return stages;
}

/** Where every partition of every stage stands, over time. */
class Positions {
  /** "stage topic/partition" -> [when, position, process][], only when it moved */
  #moves = new Map();
  #owner = new Map();
  #isStopped = false;
  #loops = [];

  constructor(processes) {
    this.processes = processes;
  }

  start() {
    this.#loops = this.processes.map((one, index) => this.#look(one, index));
  }

  async stop() {
    this.#isStopped = true;
    await Promise.all(this.#loops);
  }

  async #look(one, index) {
    while (!this.#isStopped) {
      try {
        const { stages } = JSON.parse((await one.get('/status', 1000)).text);
        const now = performance.now();
        for (const [stage, { partitions, is_member }] of Object.entries(stages ?? {}))
          if (is_member) for (const at of partitions) this.#saw(`${stage} ${at.topic ?? ''}/${at.partition}`, at, index, now);
      } catch {
        // it is dead, or not there yet
      }
      await sleep(LOOK_MS);
    }
  }

  #saw(unit, { phase, position }, index, now) {
    // normalize names no phase: whoever has it works on it
    if (phase !== undefined && phase !== 'running') return;
    const moves = this.#moves.get(unit) ?? [];
    this.#moves.set(unit, moves);
    this.#owner.set(unit, index);
    if (moves.length === 0 || position > moves.at(-1)[1]) moves.push([now, position]);
  }

  /** Partitions with records that this process has now; of those of candidates only one has any. */
  ownedBy(index) {
    const isBusy = (unit) => this.#moves.get(unit).length > 3;
    return new Set([...this.#owner].filter(([unit, owner]) => owner === index && isBusy(unit)).map(([unit]) => unit));
  }

  /** @returns of each the s until it has moved beyond where it stood then */
  async untilAdvanced(units, since) {
    const first = (unit) => this.#moves.get(unit).find(([when]) => when > since)?.[0];
    while ([...units].some((unit) => first(unit) === undefined)) {
      if (performance.now() - since > DEADLINE_MS)
        throw new Error(`not back after ${DEADLINE_MS} ms: ${[...units].filter((unit) => first(unit) === undefined)}`);
      await sleep(LOOK_MS);
    }
    return new Map([...units].map((unit) => [unit, (first(unit) - since) / 1000]));
  }

  /** @returns longest time that one of them did not move, ms; respond is left out, which has records only now and then */
  longestStall(units, from, to) {
    let longest = 0;
    for (const unit of units) {
      if (unit.startsWith('respond')) continue;
      let last = from;
      for (const [when] of this.#moves.get(unit)) {
        if (when < from) continue;
        if (when > to) break;
        longest = Math.max(longest, when - last);
        last = when;
      }
      longest = Math.max(longest, to - last);
    }
    return longest;
  }
}
