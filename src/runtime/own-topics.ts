import type { Log } from '../log.js';
import type { Admin } from './kafka/transport.js';
import { contradictsTopic } from './task-errors.js';

/** How often it is asked, ms: one small question for all of them. */
const ASK_MS = 10_000;

export interface OwnTopicsOptions {
  topics: readonly string[];
  /** of them those that belong together: one that is made anew makes the others worthless */
  lasting: readonly string[];
  admin: Pick<Admin, 'missing' | 'ids'>;
  /** a clock that nobody sets, ms */
  elapsed(): number;
  log: Pick<Log, 'warn' | 'info'>;
  failed(error: unknown): void;
}

/**
 * Are our own topics still there? Who reads or writes one that was deleted waits for it as for a broker that is away, and as long as nothing is written
 * to it nobody notices at all.
 */
export class OwnTopics {
  private missing: readonly string[] = [];
  private asked_at: number;
  private isAsking = false;
  /** of the lasting ones, as they were when they were seen first */
  private readonly ids = new Map<string, string>();

  constructor(private readonly options: OwnTopicsOptions) {
    // they were looked at before the start
    this.asked_at = options.elapsed();
  }

  /** To be called every second or so. */
  look(): void {
    const { topics, lasting, admin, elapsed } = this.options;
    if (this.isAsking || elapsed() - this.asked_at < ASK_MS) return;
    this.isAsking = true;
    admin
      .missing(topics)
      .then((missing) => this.learn(missing))
      .then(() => admin.ids(lasting))
      .then((ids) => this.recognise(ids))
      // whoever is denied it says nothing of them, and who works on them is told as well
      .catch(() => {})
      .finally(() => {
        this.isAsking = false;
        this.asked_at = elapsed();
      });
  }

  private learn(missing: readonly string[]): void {
    const { log } = this.options;
    const before = this.missing;
    this.missing = missing;
    if (missing.length > 0 && missing.join() !== before.join())
      log.warn({ code: 'SV_KAFKA_TOPIC_MISSING', topics: missing }, this.unreadyReason!);
    if (missing.length === 0 && before.length > 0) log.info({ topics: before }, 'all of our own topics are there again');
  }

  private recognise(ids: ReadonlyMap<string, string>): void {
    for (const [topic, id] of ids) {
      if (!this.ids.has(topic)) this.ids.set(topic, id);
      // what is at work would go on in it as if nothing were missing
      else if (this.ids.get(topic) !== id) this.options.failed(contradictsTopic(topic));
    }
  }

  /** undefined when all are there, as far as is known. */
  get unreadyReason(): string | undefined {
    if (this.missing.length === 0) return undefined;
    const which = this.missing.join(', ');
    return `${this.missing.length === 1 ? 'a topic of our own is' : 'topics of our own are'} not there, or may not be described: ${which}`;
  }
}
