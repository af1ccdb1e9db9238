import type { Finding } from '../../core/event/index.js';
import type { Detect, Respond, Suppress } from '../../core/pipeline.js';
import type { Log } from '../../log.js';
import type { Metrics } from '../../metrics.js';
import type { JoinOwners } from '../../output/owners.js';
import type { Health } from './health.js';
import type { Reader } from './judge-chunk.js';

/** What judges at the moment, and under which digest. */
export interface InForce {
  reader: Reader;
  suppress: Suppress;
  /** names who answers, where findings are written */
  joinOwners: JoinOwners;
  config_digest: string;
  /** whether a rule is in force */
  judges(rule: string): boolean;
  /** what a change of the rules led to, once */
  said?: readonly Finding[] | undefined;
}

export interface FollowOptions {
  input: string;
  output: string;
  patterns: readonly string[];
  /** links lead to files outside of the input folder too */
  follow_links: boolean;
  poll_interval: number;
  settle: number;
  /** how far back chunks stay in the journal, on the arrival clock, ms */
  retention: number;
  /** how long it can be told otherwise what happened, on the arrival clock, ms */
  allowed_lateness: number;
  /** how long a session is remembered of which nothing comes, on the arrival clock, ms */
  session_idle: number;
  write_events: boolean;
  detect: Detect;
  respond: Respond;
  /** asked before every chunk: what it gives judges all of it */
  inForce(): InForce;
  /** tells the reader what counts as now, ms */
  setNow(time: number): void;
  now(): number;
  /** ms since some beginning, by a clock that is never set: what has to last so long is measured by it */
  elapsed(): number;
  /** waits so long, or until something asks for a look earlier */
  pause(ms: number): Promise<void>;
  /** told after every look at the folder */
  reports: readonly { look(): void }[];
  metrics: Metrics;
  health: Health;
  log: Log;
  signal: AbortSignal;
  /** bytes of a chunk, for tests */
  chunk_bytes?: number | undefined;
}
