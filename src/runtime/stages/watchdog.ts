import type { NormalizeStage } from './normalize-stage.js';
import type { OwnerStage } from './owner-stage.js';
import type { ReadState } from './silence.js';

/** Where a partition is that this process works off. */
export interface Progress {
  /** which partition, for the message: detect/3 */
  name: string;
  /** moves on with everything that is done */
  at: string;
  /** what waits to be done, for the message; undefined: nothing */
  pending: string | undefined;
}

const RECORDS = 'records wait';
const LEADER = 'it waits to hear who leads it';

/**
 * Of a partition that has no leader, or whose leader does not answer, nothing can be read: who started anew would only leave the others alone meanwhile.
 * Where it is not known who leads it, since nobody has said it for as long, it may be another one.
 */
export function progressOfOwned(stage: string, partitions: ReturnType<OwnerStage['status']>['partitions']): Progress[] {
  return partitions.map(({ partition, phase, position, lag = 0, restored, prepared, ...read }) => ({
    name: `${stage}/${partition}`,
    at: `${phase} ${restored} ${position} ${prepared}`,
    pending: pendingOf(read, lag > 0 || phase === 'restoring' || phase === 'replaying'),
  }));
}

/** The same of raw topics. */
export function progressOfRaw(partitions: ReturnType<NormalizeStage['status']>['partitions']): Progress[] {
  return partitions.map(({ topic, partition, position, lag, ...read }) => ({
    name: `${topic}/${partition}`,
    at: String(position),
    pending: pendingOf(read, lag > 0),
  }));
}

function pendingOf({ is_leaderless, is_outdated }: ReadState, isBehind: boolean): string | undefined {
  if (is_outdated) return LEADER;
  return isBehind && !is_leaderless ? RECORDS : undefined;
}

/** Records wait, and none was worked off for so long: started anew it would be, ms. */
const STUCK_MS = 60_000;

/** Tells a partition that stands still from one that has nothing to do, or waits for what is away. */
export class Watchdog {
  private readonly seen = new Map<string, { at: string; since: number; pending: string }>();

  constructor(private readonly elapsed: () => number) {}

  /**
   * To be called every second or so.
   * @param isAway brokers or the registry do not answer: waiting for them is right, however long, and starting anew would not help
   */
  look(parts: readonly Progress[], isAway: boolean): void {
    const now = this.elapsed();
    const owned = new Set(parts.map(({ name }) => name));
    for (const name of [...this.seen.keys()]) if (!owned.has(name)) this.seen.delete(name);
    for (const { name, at, pending } of parts) {
      const before = this.seen.get(name);
      const isStill = before !== undefined && before.at === at && pending !== undefined && !isAway;
      this.seen.set(name, { at, since: isStill ? before.since : now, pending: pending ?? '' });
    }
  }

  /** Why the process should be started anew. */
  get stuckReason(): string | undefined {
    const now = this.elapsed();
    for (const [name, { since, pending }] of this.seen) {
      const silence = now - since;
      if (silence > STUCK_MS) return `${name}: ${pending} and nothing was done for ${Math.round(silence / 1000)} s`;
    }
    return undefined;
  }
}
