import type { Log } from '../../../log.js';

/** The part of the log that the client writes to. */
export type ClientLog = Pick<Log, 'debug' | 'info' | 'warn' | 'error'>;

interface Entry {
  namespace: string;
  log: { message: string; [field: string]: unknown };
}

/**
 * kafkajs's own lines, all as debug: it calls every connection that it will open again an error. What an operator has to know is said by the
 * client itself, with what is being waited for, and not more often than every ten seconds.
 */
export function kafkajsLog(debug: (fields: object, text: string) => void): () => (entry: Entry) => void {
  return () => (entry) => {
    const { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...fields } = entry.log;
    debug({ ...fields, of: `kafkajs ${entry.namespace}` }, message);
  };
}

/** Lets one line through in so many milliseconds, and says how many it held back. */
export class Seldom {
  private last = Number.NEGATIVE_INFINITY;
  private held = 0;

  constructor(
    private readonly log: ClientLog,
    private readonly every: number,
  ) {}

  warn(fields: object, text: string): void {
    const now = performance.now();
    if (now - this.last < this.every) this.held++;
    else {
      this.log.warn({ ...fields, times: this.held + 1 }, text);
      this.last = now;
      this.held = 0;
    }
  }

  /** The trouble is over: the next line is let through at once. */
  reset(): void {
    this.last = Number.NEGATIVE_INFINITY;
    this.held = 0;
  }
}
