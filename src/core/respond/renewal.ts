import type { Finding, RevocationCommand } from '../event/index.js';

/**
 * How much later than an open command evidence must be to be worth the next one, ms. A vendor takes up to a quarter of an hour until a
 * revocation is felt everywhere (Entra), and a thief at work is seen every few minutes: before half an hour nobody can tell a command that
 * was carried out in vain from one that is about to help.
 */
const LEAST_MS = 30 * 60_000;

/** Event time of the latest act that the finding names: its trigger, or one that was added since, ms. */
export function seenTime({ last_seen_time, evidence }: Finding): number {
  let latest = last_seen_time;
  for (const { role, time } of evidence) if (role !== 'baseline' && time > latest) latest = time;
  return latest;
}

/**
 * Does evidence need a newer command than this one? Only when it is of what happened after the moment up to which this one aims, and
 * this one has expired or is that much older: it may have been carried out already, and then what was issued since lives on.
 *
 * @param seen_time event time of the evidence, ms; @param arrival_time of the evidence, ms
 */
export function isOutlived({ time, target, expires_time }: RevocationCommand, seen_time: number, arrival_time: number): boolean {
  return seen_time > target.issued_before_time && (arrival_time > expires_time || seen_time >= time + LEAST_MS);
}
