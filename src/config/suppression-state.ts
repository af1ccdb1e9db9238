import { isInForce, mayHideHigh, type SuppressionEntry } from '../core/detect/suppress.js';

export const SUPPRESSION_STATES = ['active', 'expires_soon', 'expired', 'not_yet'] as const;
export type SuppressionState = (typeof SUPPRESSION_STATES)[number];

const DAY_MS = 86_400_000;
/** Two weeks before the end somebody should look whether the entry is still needed. */
const SOON_MS = 14 * DAY_MS;

/** @param now ms */
export function stateOf(entry: SuppressionEntry, now: number): SuppressionState {
  if (entry.expires <= now) return 'expired';
  if (!isInForce(entry, now)) return 'not_yet';
  return entry.expires - now <= SOON_MS ? 'expires_soon' : 'active';
}

/** What somebody should know of an entry before it is used: that it is at its end, or that it hides what others get up for. */
export function warningOf(entry: SuppressionEntry, now: number): string | undefined {
  const { id, owner, max_level, expires } = entry;
  const name = `the suppression "${id}" of ${owner}`;
  const state = stateOf(entry, now);
  if (state === 'expired') return `${name} has expired and hides nothing that arrives now; renew or remove it`;
  const words = [
    mayHideHigh(entry) ? `hides findings up to ${max_level}` : undefined,
    state === 'expires_soon' ? `expires on ${new Date(expires).toISOString().slice(0, 10)}` : undefined,
  ].filter((word) => word !== undefined);
  return words.length === 0 ? undefined : `${name} ${words.join(' and ')}`;
}
