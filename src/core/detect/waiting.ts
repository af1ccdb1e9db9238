/** A session whose provider's log may still tell of its beginning. */
export interface Wait {
  /** the provider that is waited for */
  provider: string;
  /** when the session began, ms */
  begun: number;
  /** event time of the event that tells so, ms */
  time: number;
}

/** How many sessions wait, and since when the one that has waited longest. */
export interface WaitingStanding {
  sessions: number;
  /** when it began, ms; absent when none waits */
  since?: number;
}

/** So many people of a partition can wait at once: more than that wait where a provider is silent, of whom nothing is said anyway. */
export const WAITING_MOST = 10_000;
/** What one of them waits for, each a few dozen bytes of one record: nobody signs in so often, and a thief may by the thousand. */
export const WAITS_PER_PERSON = 32;

/**
 * People of whom something is to be judged when time has passed: whoever comes by at a tick need not look at all the others. Who is not in it is judged
 * with their next event all the same.
 */
export class Waiting {
  private readonly waits = new Map<string, readonly Wait[]>();
  private readonly changed = new Set<string>();
  /** how many had no room */
  refused = 0;
  /** as it was told last; undefined once that has changed */
  private told: WaitingStanding | undefined;

  get size(): number {
    return this.waits.size;
  }

  /** Adds to what a person waits for. */
  add(key: string, more: readonly Wait[]): void {
    const known = this.waits.get(key) ?? NONE;
    const added = more.filter((one) => !known.some((other) => isSame(one, other)));
    if (added.length === 0) return;
    if (known === NONE && this.waits.size >= WAITING_MOST) {
      this.refused++;
      return;
    }
    this.put(key, thinned([...known, ...added]));
  }

  /** What is there to wait for from now on; nothing: it is over. */
  put(key: string, waits: readonly Wait[]): void {
    if (waits.length === 0) {
      if (!this.waits.delete(key)) return;
    } else this.waits.set(key, waits);
    this.told = undefined;
    this.changed.add(key);
  }

  /** One that waits for several providers counts once. */
  standing(): WaitingStanding {
    if (this.told !== undefined) return this.told;
    let sessions = 0;
    let since = Number.POSITIVE_INFINITY;
    for (const waits of this.waits.values()) {
      sessions += waits.length < 2 ? waits.length : new Set(waits.map(({ time }) => time)).size;
      for (const { begun } of waits) since = Math.min(since, begun);
    }
    this.told = sessions === 0 ? { sessions } : { sessions, since };
    return this.told;
  }

  of(key: string): readonly Wait[] | undefined {
    return this.waits.get(key);
  }

  /** People and what they wait for, in no order. */
  entries(): [string, readonly Wait[]][] {
    return [...this.waits];
  }

  /** What has changed since it was asked last; without waits it is over. */
  takeChanged(): [key: string, waits: readonly Wait[] | undefined][] {
    const all = [...this.changed].map((key): [string, readonly Wait[] | undefined] => [key, this.waits.get(key)]);
    this.changed.clear();
    return all;
  }

  /** As it was written. */
  restore(key: string, waits: readonly Wait[] | undefined): void {
    this.told = undefined;
    if (waits === undefined) this.waits.delete(key);
    else this.waits.set(key, waits);
  }
}

const NONE: readonly Wait[] = [];

/** Of more than there is room for, whoever has the next one of the same provider closest behind goes: with that one it is judged, too, a little later. */
function thinned(waits: Wait[]): readonly Wait[] {
  if (waits.length <= WAITS_PER_PERSON) return waits;
  const kept = waits.sort((a, b) => (a.provider === b.provider ? a.begun - b.begun || a.time - b.time : a.provider < b.provider ? -1 : 1));
  while (kept.length > WAITS_PER_PERSON) {
    let closest = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at + 1 < kept.length; at++) {
      const gap = kept[at + 1]!.begun - kept[at]!.begun;
      if (kept[at + 1]!.provider !== kept[at]!.provider || gap >= least) continue;
      closest = at;
      least = gap;
    }
    // of each provider one stays, or what it has to tell would never be asked
    if (closest < 0) return kept;
    kept.splice(closest, 1);
  }
  return kept;
}

/** Is whatever is waited for in the first told by what the second has waited for? Of several it may be the only one that is remembered. */
export function isToldBy(one: Wait, over: Wait): boolean {
  return one.provider === over.provider && one.begun <= over.begun;
}

function isSame(a: Wait, b: Wait): boolean {
  return a.provider === b.provider && a.begun === b.begun && a.time === b.time;
}
