import type { Action, Finding, RevocationCommand } from '../event/index.js';

/**
 * How much later than an open command evidence must be to be worth another one, ms. Vendors take up to a quarter of an hour until a
 * revocation is felt everywhere (Entra: 15 minutes): use within that says nothing of whether the command was carried out, and did its work.
 */
const LEAST_MS = 15 * 60_000;

/** Ends what was issued until it is carried out, and nothing after. Any other that is still open does what it is for, whenever that is. */
const ENDS_WHAT_WAS_ISSUED: ReadonlySet<Action> = new Set(['revoke_user_sessions', 'require_reauth']);

/** Event time of the latest act that the finding names: its trigger, or one that was added since, ms. */
export function seenTime({ last_seen_time, evidence }: Finding): number {
  let latest = last_seen_time;
  for (const { role, time } of evidence) if (role !== 'baseline' && time > latest) latest = time;
  return latest;
}

/**
 * Does evidence need a newer command than this open one? Only of what happened after the moment up to which the command aims, and: when the
 * command has expired; or will so soon that the next evidence may come too late; or when it may have been carried out already, so that what
 * was issued since lives on.
 *
 * @param seen_time event time of the evidence, ms; @param time its arrival, ms
 */
export function isOutlived({ action, target, expires_time }: RevocationCommand, seen_time: number, time: number): boolean {
  if (seen_time <= target.issued_before_time) return false;
  if (time > expires_time) return true;
  if (seen_time < target.issued_before_time + LEAST_MS) return false;
  return ENDS_WHAT_WAS_ISSUED.has(action) || time > expires_time - LEAST_MS;
}
