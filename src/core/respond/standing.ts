import { covers, replaces, strongestFirst } from './cover.js';
import type { Held, Want } from './incident.js';
import type { Plan } from './plan.js';

/** After three the finding flaps, or what was proposed is not done or does not help: a fourth would only be noise. */
export const MAX_ATTEMPTS = 3;

/** Three times it was sent, and then withdrawn: no more. */
export function mayStand(held: Held): boolean {
  return held.open !== undefined || held.is_replaced || held.attempt < MAX_ATTEMPTS;
}

/** What differs from when it was last asked for. */
export interface StandingNews {
  /** what stands and did not, or the other way round; at times what is as it was */
  changed: Held[];
  /** what stands, and for which something more may be to be done after it */
  amended: Held[];
}

/**
 * Which commands of one seat should be open: the strongest first, each unless what it was asked for is done by those before it. Kept up to date
 * by looking only at what a change can reach, since a person under attack may have thousands; that the answer is that of looking at everything
 * is what test/core/respond/plain.ts is for.
 */
export class Standing {
  private readonly all = new Map<Held, { part: string | undefined }>();
  /** what covers others and reaches the whole person, strongest first: one of each kind of action, since the later covers the earlier */
  private readonly wide: Held[] = [];
  /** what covers others and reaches one part */
  private readonly narrow = new Map<string, Held[]>();
  /** who was asked for something within a part */
  private readonly askers = new Map<string, Set<Held>>();
  /** to be looked at when it is next asked for */
  private readonly stale = new Set<Held>();
  private readonly moved = new Set<Held>();
  private readonly changed = new Set<Held>();
  private readonly amended = new Set<Held>();

  /** @param held all of the seat, in the order in which it was made */
  constructor(private readonly held: ReadonlySet<Held>) {}

  has(held: Held): boolean {
    return this.all.has(held);
  }

  /** Something of it, or of what it is asked for, is not as it was. */
  touch(held: Held): void {
    this.stale.add(held);
  }

  addAsker(held: Held, { within }: Plan): void {
    for (const part of within) {
      const known = this.askers.get(part);
      if (known === undefined) this.askers.set(part, new Set([held]));
      else known.add(held);
    }
    this.touch(held);
  }

  /** Call when the want with this plan is not among those of `held` any more. */
  dropAsker(held: Held, { within }: Plan): void {
    this.touch(held);
    for (const part of within) {
      if ([...held.wants.values()].some(({ plan }) => plan.within.includes(part))) continue;
      const known = this.askers.get(part);
      known?.delete(held);
      if (known?.size === 0) this.askers.delete(part);
    }
  }

  /** Changes when it was asked for: later than before, if it stands. */
  move(held: Held, change: () => void): void {
    const stands = this.all.has(held);
    if (stands) this.remove(held);
    change();
    if (stands) this.add(held);
    this.moved.add(held);
    this.touch(held);
  }

  /** It is forgotten with all that it was asked for. What it covered does not come in its place. */
  forget(held: Held): void {
    const wants = [...held.wants.values()];
    held.wants.clear();
    for (const { plan } of wants) this.dropAsker(held, plan);
    this.remove(held);
    for (const set of [this.stale, this.moved, this.changed, this.amended]) set.delete(held);
  }

  /** The command that does what this one is asked for: the strongest that reaches the whole person, else the strongest that reaches just this. */
  coverOf(held: Held, { plan }: Want): Held | undefined {
    if (!mayStand(held)) return undefined;
    const wide = firstToCover(this.wide, held, plan);
    if (wide !== undefined) return wide;
    for (const part of plan.within) {
      const narrow = firstToCover(this.narrow.get(part) ?? [], held, plan);
      if (narrow !== undefined) return narrow;
    }
    return undefined;
  }

  /** The want that it is needed for; undefined when there is none. */
  reasonOf(held: Held): Want | undefined {
    if (!mayStand(held)) return undefined;
    for (const want of held.wants.values()) {
      if ((want.is_live || held.open !== undefined) && this.coverOf(held, want) === undefined) return want;
    }
    return undefined;
  }

  /** What it may stand for, and itself if it was asked for; in the order in which they were made. */
  *under(held: Held): Iterable<Held> {
    const { part } = held.plan;
    const reached = part === undefined ? this.held : [...(this.askers.get(part) ?? [])].sort((a, b) => a.serial - b.serial);
    for (const one of reached) if (one === held || mayCover(held, one)) yield one;
  }

  /** Brings it up to date. */
  refresh(): void {
    // the strongest last, where it is taken from
    const queue = [...this.stale].sort((a, b) => strongestFirst(b, a));
    while (queue.length > 0) {
      const held = queue.pop() as Held;
      this.stale.delete(held);
      for (const other of this.lookAt(held)) {
        if (this.stale.has(other) || !mayCover(held, other)) continue;
        this.stale.add(other);
        queue.splice(
          placeIn(queue, other, (a, b) => strongestFirst(b, a)),
          0,
          other,
        );
      }
    }
  }

  takeNews(): StandingNews {
    const news = { changed: [...this.changed], amended: [...this.amended].filter((held) => this.all.has(held)) };
    this.changed.clear();
    this.amended.clear();
    return news;
  }

  /** @returns what is to be looked at because of it, and more */
  private lookAt(held: Held): Iterable<Held> {
    const stood = this.all.has(held);
    const reason = this.reasonOf(held);
    for (const want of held.wants.values()) this.amended.add(this.coverOf(held, want) ?? held);
    if (reason !== undefined && held.open === undefined) held.plan = reason.plan;
    const isMoved = this.moved.delete(held);
    if (stood !== (reason !== undefined)) this.changed.add(held);
    if (reason !== undefined) {
      if (!stood) this.add(held);
      // it covers more than before: what did not stand still does not
      return stood && !isMoved ? [] : this.beside(held);
    }
    if (!stood) return [];
    this.remove(held);
    return this.isSucceeded(held) ? this.ofIncident(held) : this.under(held);
  }

  /** All that stands and that it may reach, and more. */
  private beside(held: Held): Iterable<Held> {
    return held.plan.part === undefined ? this.all.keys() : (this.askers.get(held.plan.part) ?? []);
  }

  /** An incident may ask for something at several vendors. */
  private ofIncident({ incident }: Held): Held[] {
    return [...incident.held.values()].filter((one) => this.held.has(one));
  }

  /** Does another one cover all that this one covered, except in its own incident? */
  private isSucceeded(held: Held): boolean {
    const { part } = held.plan;
    const before = part === undefined ? this.wide : [...this.wide, ...(this.narrow.get(part) ?? [])];
    return before.some((one) => mayCover(one, held) && one.asked_time >= held.asked_time);
  }

  private add(held: Held): void {
    const { part, action } = held.plan;
    this.all.set(held, { part });
    if (!replaces(action)) return;
    const list = part === undefined ? this.wide : (this.narrow.get(part) ?? []);
    if (part !== undefined) this.narrow.set(part, list);
    list.splice(placeIn(list, held, strongestFirst), 0, held);
  }

  private remove(held: Held): void {
    const place = this.all.get(held);
    if (place === undefined) return;
    this.all.delete(held);
    const { part } = place;
    const list = part === undefined ? this.wide : (this.narrow.get(part) ?? []);
    const index = list.indexOf(held);
    if (index >= 0) list.splice(index, 1);
    if (part !== undefined && list.length === 0) this.narrow.delete(part);
  }
}

/** Are they of the kinds, and in the order, in which the one may stand for the other? */
function mayCover(one: Held, other: Held): boolean {
  return replaces(one.plan.action)?.includes(other.plan.action) === true && strongestFirst(one, other) < 0;
}

function firstToCover(sorted: readonly Held[], held: Held, plan: Plan): Held | undefined {
  for (const one of sorted) {
    if (strongestFirst(one, held) >= 0) return undefined;
    if (covers(one, held, plan)) return one;
  }
  return undefined;
}

/** Where it belongs in a sorted list. */
function placeIn(sorted: readonly Held[], held: Held, compare: (a: Held, b: Held) => number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(sorted[middle] as Held, held) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
