import { Standing, strongestFirst } from './cover.js';
import type { Held, Seat, Want } from './incident.js';

/** After three the finding flaps, or what was proposed is not done or does not help: a fourth would only be noise. */
export const MAX_ATTEMPTS = 3;

/** Three times it was sent, and then withdrawn: no more. */
export function mayStand(held: Held): boolean {
  return held.open !== undefined || held.is_replaced || held.attempt < MAX_ATTEMPTS;
}

/** The strongest first, each unless what it was asked for is done by those before it; and the finding that each is needed for. */
export function whatStands(seat: Seat): { standing: Standing; reasons: Map<Held, Want> } {
  const standing = new Standing();
  const reasons = new Map<Held, Want>();
  const asked = [...seat.held].filter((held) => held.wants.size > 0 && mayStand(held)).sort(strongestFirst);
  for (const held of asked) {
    let reason: Want | undefined;
    for (const want of held.wants.values()) {
      want.covered_by = standing.coverOf(held, want.plan);
      if (want.covered_by === undefined && (want.is_live || held.open !== undefined)) reason ??= want;
    }
    if (reason === undefined) continue;
    reasons.set(held, reason);
    if (held.open === undefined) held.plan = reason.plan;
    standing.add(held);
  }
  return { standing, reasons };
}
