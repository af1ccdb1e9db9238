import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { createApp } from '../../../src/app.js';
import { resolveConfig } from '../../../src/config/config.js';
import { openSchema } from '../../../src/config/schema.js';
import { RenamedIds } from '../../../src/core/identity/absorbs.js';
import { Metrics } from '../../../src/metrics.js';
import { DriftReport } from '../../../src/runtime/drift-report.js';
import { type FollowOptions, follow } from '../../../src/runtime/follow/follow.js';
import { Health } from '../../../src/runtime/follow/health.js';
import { START } from '../../cli/okta-record.js';

export const NOW = START + 30 * 86_400_000;

/** A service on `<folder>/in` and `<folder>/out` that looks at its input when the test says so, by a clock that the test sets. */
export class Following {
  /** `elapsed` is that of a clock that is never set */
  readonly clock = { now: NOW, elapsed: 0 };
  readonly said: { level: string; msg: string }[] = [];
  readonly metrics = new Metrics();
  readonly health = new Health(() => this.clock.elapsed, 1000);
  private readonly stopping = new AbortController();
  private readonly ended: Promise<void>;
  private go = () => {};
  private paused = () => {};
  private waiting: Promise<void>;

  private constructor(
    readonly folder: string,
    options: Partial<FollowOptions>,
  ) {
    mkdirSync(join(folder, 'in'), { recursive: true });
    this.waiting = this.nextPause();
    const log = pino(
      { level: 'debug', base: null, formatters: { level: (level) => ({ level }) } },
      { write: (line: string) => void this.said.push(JSON.parse(line)) },
    );
    const loaded = resolveConfig({ file: 'c.yml', text: 'geo: {database: none, networks_database: none}' }, {}, openSchema('config'));
    const time = { now: this.clock.now };
    const renamed = new RenamedIds();
    const { detect, suppress, joinOwners, respond, normalize, normalizeOnce, learn, detecting, rules, identities, meter } = createApp(
      loaded,
      {
        source: 'auto',
        now: this.clock.now,
        clock: () => time.now,
        onLink: (key) => renamed.note(key),
        log,
      },
    );
    // that there are no geographic data is said as the app is made, and is no word of who follows
    this.said.length = 0;
    const reader = { normalize, normalizeOnce, learn, moves: () => renamed.take(identities), max_record_bytes: 1_000_000 };
    const judges = (uid: string) => rules.some((rule) => rule.uid === uid);
    this.ended = follow({
      ...loaded.config.run,
      input: join(folder, 'in'),
      output: join(folder, 'out'),
      retention: 32 * 86_400_000,
      allowed_lateness: loaded.config.state.allowed_lateness,
      session_idle: loaded.config.state.session_idle,
      detect,
      respond,
      inForce: () => ({ reader, suppress, joinOwners, config_digest: detecting.config_digest, judges }),
      setNow(now) {
        time.now = now;
      },
      now: () => this.clock.now,
      elapsed: () => this.clock.elapsed,
      pause: () => this.pause(),
      reports: [new DriftReport({ meter, metrics: this.metrics, log })],
      metrics: this.metrics,
      health: this.health,
      log,
      signal: this.stopping.signal,
      ...options,
    });
    this.ended.catch(() => {});
  }

  /** Starts one and waits until it has looked once. */
  static async start(folder: string, options: Partial<FollowOptions> = {}): Promise<Following> {
    const following = new Following(folder, options);
    await Promise.race([following.waiting, following.ended]);
    return following;
  }

  /** Lets time pass and waits until it has looked at its input again. */
  async poll(ms = 1000): Promise<void> {
    this.clock.now += ms;
    this.clock.elapsed += ms;
    this.waiting = this.nextPause();
    this.go();
    await Promise.race([this.waiting, this.ended]);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.go();
    await this.ended;
  }

  words(level: string): string[] {
    return this.said.filter((line) => line.level === level).map(({ msg }) => msg);
  }

  async metric(name: string): Promise<number> {
    return Number(new RegExp(`^${name}(?:\\{.*\\})? (.*)$`, 'm').exec(await this.metrics.text())?.[1]);
  }

  private nextPause(): Promise<void> {
    return new Promise((resolve) => {
      this.paused = resolve;
    });
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      this.go = resolve;
      this.paused();
    });
  }
}

export const NAMES = ['findings', 'suppressed', 'revocations', 'rejected'].map((name) => `${name}.ndjson`);

/** What a service has written. */
export function written(folder: string): Record<string, string> {
  const there = [...NAMES, 'events.ndjson'].filter((name) => existsSync(join(folder, 'out', name)));
  return Object.fromEntries(there.map((name) => [name, readFileSync(join(folder, 'out', name), 'utf8')]));
}

export function linesOf<T = Record<string, unknown>>(folder: string, name: string): T[] {
  return (written(folder)[name] ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
