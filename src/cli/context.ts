import type { Io, Out } from './io.js';

/** What every command gets: the world, its output, and when to stop. */
export interface Context {
  io: Io;
  out: Out;
  /** aborted when the process is asked to stop or nobody reads the output any more */
  signal: AbortSignal;
}
