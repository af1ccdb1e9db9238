import type { NormalizeStage } from './normalize-stage.js';
import type { OwnerStage } from './owner-stage.js';

/** Where a partition is that this process works off. */
export interface Progress {
  /** which partition, for the message: detect/3 */
  name: string;
  /** moves on with everything that is done */
  at: string;
  /** something waits to be done */
  isPending: boolean;
}

/** Of a partition without a leader nothing can be read: who started anew would only leave the others alone meanwhile. */
export function progressOfOwned(stage: string, partitions: ReturnType<OwnerStage['status']>['partitions']): Progress[] {
  return partitions.map(({ partition, phase, position, lag = 0, restored, prepared, is_leaderless }) => ({
    name: `${stage}/${partition}`,
    at: `${phase} ${restored} ${position} ${prepared}`,
    isPending: !is_leaderless && (lag > 0 || phase === 'restoring' || phase === 'replaying'),
  }));
}

/** The same of raw topics. */
export function progressOfRaw(partitions: ReturnType<NormalizeStage['status']>['partitions']): Progress[] {
  return partitions.map(({ topic, partition, position, lag, is_leaderless }) => ({
    name: `${topic}/${partition}`,
    at: String(position),
    isPending: !is_leaderless && lag > 0,
  }));
}

/** Records wait, and none was worked off for so long: started anew it would be, ms. */
const STUCK_MS = 60_000;

/** Tells a partition that stands still from one that has nothing to do, or waits for what is away. */
export class Watchdog {
  private readonly seen = new Map<string, { at: string; since: number }>();

  constructor(private readonly elapsed: () => number) {}

  /**
   * To be called every second or so.
   * @param isAway brokers or the registry do not answer: waiting for them is right, however long, and starting anew would not help
   */
  look(parts: readonly Progress[], isAway: boolean): void {
    const now = this.elapsed();
    const owned = new Set(parts.map(({ name }) => name));
    for (const name of [...this.seen.keys()]) if (!owned.has(name)) this.seen.delete(name);
    for (const { name, at, isPending } of parts) {
      const before = this.seen.get(name);
      if (before === undefined || before.at !== at || !isPending || isAway) this.seen.set(name, { at, since: now });
    }
  }

  /** Why the process should be started anew. */
  get stuckReason(): string | undefined {
    const now = this.elapsed();
    for (const [name, { since }] of this.seen) {
      const silence = now - since;
      if (silence > STUCK_MS) return `${name}: records wait and nothing was done for ${Math.round(silence / 1000)} s`;
    }
    return undefined;
  }
}
