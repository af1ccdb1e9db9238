import type { DeclaredHours } from '../core/declared/declarations.js';
import { didYouMean } from './suggest.js';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** No record is older, and nobody knows today what clocks will do later. */
const FROM = Date.UTC(2000, 0, 1);
const TO = Date.UTC(2060, 0, 1);
/** Clocks change at full quarters of an hour. */
const QUARTER_MS = 15 * 60_000;

const known = new Map<string, DeclaredHours['offsets']>();

/**
 * What a zone's clock is ahead of UTC, from each time on. Written out once, since what judges must not depend on the machine that it runs on: it is part
 * of what is declared, and of its digest.
 * @param zone one that there is
 */
export function offsetsOf(zone: string): DeclaredHours['offsets'] {
  let offsets = known.get(zone);
  if (offsets === undefined) {
    offsets = Object.freeze(changesOf(zone));
    known.set(zone, offsets);
  }
  return offsets;
}

/** What is wrong with the name of a zone. */
export function mistakeInZone(zone: string): string | undefined {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    if (!/^[+-]/.test(zone)) return undefined;
  } catch {
    // said below
  }
  const meant = didYouMean(zone, Intl.supportedValuesOf('timeZone'));
  return `there is no time zone "${zone}"${meant}; expected an IANA name such as Europe/Oslo or UTC`;
}

function changesOf(zone: string): { from: number; ms: number }[] {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const offsetAt = (time: number): number => {
    const parts: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(time)) parts[type] = Number(value);
    const { year, month, day, hour, minute, second } = parts as Record<string, number>;
    return Date.UTC(year!, month! - 1, day, hour, minute, second) - time;
  };
  const changes = [{ from: FROM, ms: offsetAt(FROM) }];
  for (let time = FROM; time < TO; time += WEEK_MS) {
    const before = changes.at(-1)!.ms;
    const after = offsetAt(time + WEEK_MS);
    if (after === before) continue;
    let low = time;
    let high = time + WEEK_MS;
    while (high - low > QUARTER_MS) {
      const middle = low + Math.floor((high - low) / 2 / QUARTER_MS) * QUARTER_MS;
      if (offsetAt(middle) === before) low = middle;
      else high = middle;
    }
    changes.push({ from: high, ms: after });
  }
  return changes;
}
