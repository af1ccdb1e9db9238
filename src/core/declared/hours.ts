import type { DeclaredHours } from './declarations.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** 1970-01-01 was a Thursday. */
const FIRST_WEEKDAY = 4;

/** Does a time lie in one of the spans? @param time of the event, UTC ms: when it happened counts, not when it arrived */
export function isWithinHours(hours: readonly DeclaredHours[], time: number): boolean {
  return hours.some((span) => isWithinSpan(span, time));
}

function isWithinSpan({ days, from, to, offsets }: DeclaredHours, time: number): boolean {
  const local = time + offsetAt(offsets, time);
  const day = Math.floor(local / DAY_MS);
  const minute = (local - day * DAY_MS) / MINUTE_MS;
  const isDay = (one: number) => days.includes((((one + FIRST_WEEKDAY) % 7) + 7) % 7);
  if (from < to) return isDay(day) && minute >= from && minute < to;
  // past midnight: the evening of its own day, and the morning after
  return (isDay(day) && minute >= from) || (isDay(day - 1) && minute < to);
}

/** How far a zone's clock is ahead of UTC at a time, ms. */
export function offsetAt(offsets: DeclaredHours['offsets'], time: number): number {
  let low = 0;
  let high = offsets.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (offsets[middle]!.from <= time) low = middle;
    else high = middle - 1;
  }
  return offsets[low]?.ms ?? 0;
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** `mon tue wed thu fri 07:00-19:00 Europe/Oslo`, for people. */
export function hoursText(hours: readonly DeclaredHours[]): string {
  return hours
    .map(({ days, from, to, zone }) => `${days.map((day) => DAYS[day]).join(' ')} ${clock(from)}-${clock(to)} ${zone}`)
    .join(', ');
}

/** `Mon 22:40`, by the clock of the first span. */
export function localText(hours: readonly DeclaredHours[], time: number): string {
  const [first] = hours;
  const local = time + offsetAt(first?.offsets ?? [], time);
  const day = Math.floor(local / DAY_MS);
  const weekday = DAYS[(((day + FIRST_WEEKDAY) % 7) + 7) % 7]!;
  return `${weekday} ${clock(Math.floor((local - day * DAY_MS) / MINUTE_MS))} ${first?.zone ?? 'UTC'}`;
}

function clock(minutes: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
