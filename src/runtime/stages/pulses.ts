import { type Enforced, feedOf } from '../../core/detect/enforced.js';
import type { SessionEvent } from '../../core/event/index.js';
import { FEED_GAP_MS, Feeds, type Pulse } from '../../core/state/feeds.js';
import { addRun, type Run } from '../../core/state/runs.js';
import type { OutRecord } from '../kafka/transport.js';
import type { StreamCodec } from '../wire/stream-record.js';

/** So long it is known what was said already: a log that is older than that is read for the first time. */
const KEPT_MS = 4 * 24 * 3_600_000;

export interface PulsesOptions {
  /** of the events */
  topic: string;
  partitions: number;
  codec: Pick<StreamCodec, 'encode'>;
  /** where single sign-on is enforced now */
  enforced(): Enforced | undefined;
}

/**
 * What a raw partition has to tell everybody of the providers' logs in it: that they spoke, and of which time. Each partition of detect sees but some of
 * the people, and whether a log is alive is told by all of them. Every minute is said once, behind the events that show it.
 */
export class Pulses {
  private readonly said = new Feeds();
  private readonly pending = new Map<string, Run[]>();

  constructor(private readonly options: PulsesOptions) {}

  see(event: SessionEvent): void {
    const enforced = this.options.enforced();
    if (enforced === undefined) return;
    const { tenant, time } = event;
    for (const name of enforced.spokenBy(event)) {
      const pulse = { feed: feedOf(tenant, name), first_time: time, last_time: time };
      if (!this.said.hear(pulse)) continue;
      const runs = this.pending.get(pulse.feed) ?? [];
      this.pending.set(pulse.feed, runs);
      addRun(runs, pulse, FEED_GAP_MS, (run) => run);
    }
  }

  /** To every partition of the events. */
  take(): OutRecord[] {
    if (this.pending.size === 0) return [];
    const { topic, partitions, codec } = this.options;
    const records: OutRecord[] = [];
    let latest = 0;
    for (const [feed, runs] of this.pending) {
      for (const run of runs) {
        const pulse: Pulse = { feed, ...run };
        latest = Math.max(latest, run.last_time);
        const value = codec.encode({ body: { kind: 'pulse', ...pulse } });
        for (let partition = 0; partition < partitions; partition++) records.push({ topic, partition, key: null, value });
      }
    }
    this.pending.clear();
    this.said.forget(latest - KEPT_MS);
    return records;
  }
}
