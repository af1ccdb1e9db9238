/**
 * Vendor timestamps to UTC epoch milliseconds. The only file of the core that may use `Date`, and only to print: parsing is arithmetic,
 * since `Date.parse` reads a time without a zone as local time and differs between engines.
 */

/** 2000-01-01T00:00:00Z: no audit log that we read is older. */
export const EARLIEST_TIME = 946_684_800_000;
/** How far ahead of the wall clock a record may be, ms. */
export const FUTURE_TOLERANCE_MS = 600_000;

/** No form of a time is longer. */
const LONGEST_TIME = 64;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** ISO 8601 text of a time, for people and files. @param time epoch ms */
export function formatTime(time: number): string {
  return new Date(time).toISOString();
}

/**
 * The time that a vendor wrote, as epoch ms, or undefined when it is none. Reads ISO 8601 with any number of fractional digits, with `Z`,
 * an offset or nothing (which means UTC in all logs that leave it out); US dates with or without AM/PM; RFC 2822; `20260302120000`;
 * numbers and digits as epoch seconds, milliseconds, microseconds, nanoseconds or .NET ticks, told apart by size. Fractions are cut.
 */
export function parseTime(value: unknown): number | undefined {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string') return undefined;
  if (value.length > LONGEST_TIME) return undefined;
  return parseIso(value) ?? parseRare(value.trim());
}

/** Epoch seconds of a date, without `Date`: Howard Hinnant's days-from-civil. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function compose(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  ms: number,
  offsetMinutes: number,
): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  // 60 is a leap second
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  return daysFromCivil(year, month, day) * DAY_MS + hour * HOUR_MS + (minute - offsetMinutes) * MINUTE_MS + second * 1000 + ms;
}

/** The digit at a place, or -1. */
function digit(text: string, at: number): number {
  const code = text.charCodeAt(at) - 48;
  return code >= 0 && code <= 9 ? code : -1;
}

/** Two digits at a place, or -1. */
function twoDigits(text: string, at: number): number {
  const tens = digit(text, at);
  const ones = digit(text, at + 1);
  return tens < 0 || ones < 0 ? -1 : tens * 10 + ones;
}

/** `YYYY-MM-DD[T ]H[H]:MM[:SS[.f...]][ ][Z|UTC|GMT|+HH[:]MM]` in one pass; undefined sends the text to the rarer forms. */
function parseIso(text: string): number | undefined {
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return undefined;
  const century = twoDigits(text, 0);
  const rest = twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  if (century < 0 || rest < 0 || month < 0 || day < 0) return undefined;
  const year = century * 100 + rest;
  const length = text.length;
  if (length === 10) return compose(year, month, day, 0, 0, 0, 0, 0);
  const separator = text.charCodeAt(10);
  if (separator !== 84 && separator !== 32 && separator !== 116) return undefined;

  // some writers leave out the leading zero of the hour
  let hour = twoDigits(text, 11);
  let at = 13;
  if (hour < 0) {
    hour = digit(text, 11);
    at = 12;
  }
  const minute = twoDigits(text, at + 1);
  if (hour < 0 || minute < 0 || text.charCodeAt(at) !== 58) return undefined;
  at += 3;
  let second = 0;
  let ms = 0;
  if (text.charCodeAt(at) === 58) {
    second = twoDigits(text, at + 1);
    if (second < 0) return undefined;
    at += 3;
    const point = text.charCodeAt(at);
    if (point === 46 || point === 44) {
      at++;
      let weight = 100;
      let value = digit(text, at);
      if (value < 0) return undefined;
      while (value >= 0) {
        ms += value * weight;
        weight = weight > 1 ? weight / 10 : 0;
        value = digit(text, ++at);
      }
    }
  }
  const offset = parseZone(text, at);
  return offset === undefined ? undefined : compose(year, month, day, hour, minute, second, ms, offset);
}

/** Minutes east of UTC written at a place; nothing there means UTC; undefined when it is no zone. */
function parseZone(text: string, start: number): number | undefined {
  let at = start;
  while (text.charCodeAt(at) === 32) at++;
  if (at >= text.length) return 0;
  const sign = text.charCodeAt(at);
  if (sign === 90 || sign === 122) return /^\s*$/.test(text.slice(at + 1)) ? 0 : undefined;
  if (sign === 43 || sign === 45) {
    const hours = twoDigits(text, at + 1);
    if (hours < 0) return undefined;
    at += 3;
    if (text.charCodeAt(at) === 58) at++;
    const minutes = at < text.length ? twoDigits(text, at) : 0;
    if (minutes < 0 || minutes > 59 || hours > 14 || (at < text.length && text.slice(at + 2).trim() !== '')) return undefined;
    return (sign === 45 ? -1 : 1) * (hours * 60 + minutes);
  }
  return /^(UTC|GMT|\[UTC\]|UT)$/i.test(text.slice(at).trim()) ? 0 : undefined;
}

const US = /^(\d{1,2})\/(\d{1,2})\/(\d{4}),?\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*([AP]\.?M\.?)?(.*)$/i;
const RFC_2822 = /^(?:[a-z]{3,9},?\s+)?(\d{1,2})[\s-]([a-z]{3})[a-z]*[\s-](\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?(.*)$/i;
const COMPACT = /^((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d+))?$/;
const DOT_NET = /^\/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\/$/;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

function milliseconds(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));
}

function parseRare(text: string): number | undefined {
  let m = US.exec(text);
  if (m !== null) {
    let month = Number(m[1]);
    let day = Number(m[2]);
    // a first number that can be no month is a day: the only sign that the writer was not American
    if (month > 12) [month, day] = [day, month];
    let hour = Number(m[4]);
    const half = m[8]?.charAt(0).toUpperCase();
    // "09:41:00 AM" and, in the wild, "13:05 PM": only hours of the twelve-hour clock shift
    if (half === 'P' && hour < 12) hour += 12;
    if (half === 'A' && hour === 12) hour = 0;
    const offset = parseZone(m[9] ?? '', 0);
    if (offset === undefined) return undefined;
    return compose(Number(m[3]), month, day, hour, Number(m[5]), Number(m[6] ?? 0), milliseconds(m[7]), offset);
  }
  m = COMPACT.exec(text);
  if (m !== null) {
    return compose(Number(m[1]), Number(m[2]), Number(m[3]), Number(m[4]), Number(m[5]), Number(m[6]), milliseconds(m[7]), 0);
  }
  if (/^\d{9,19}(\.\d+)?$/.test(text)) return fromNumber(Number(text));
  m = RFC_2822.exec(text);
  if (m !== null) {
    const month = MONTHS.indexOf((m[2] ?? '').toLowerCase()) + 1;
    const offset = parseZone(m[7] ?? '', 0);
    if (offset === undefined) return undefined;
    return compose(Number(m[3]), month, Number(m[1]), Number(m[4]), Number(m[5]), Number(m[6] ?? 0), 0, offset);
  }
  m = DOT_NET.exec(text);
  return m === null ? undefined : Number(m[1]);
}

/** .NET ticks of the years 1902 to 2219; a nanosecond epoch in that range would lie before 1993. */
const TICKS = { least: 6e17, most: 7e17, perMs: 1e4, epochMs: 62_135_596_800_000 };

function fromNumber(value: number): number | undefined {
  if (!Number.isFinite(value) || value < 1e8) return undefined;
  if (value < 1e11) return Math.floor(value * 1000);
  if (value < 1e14) return Math.floor(value);
  if (value < 1e17) return Math.floor(value / 1e3);
  if (value > TICKS.least && value < TICKS.most) return Math.floor(value / TICKS.perMs) - TICKS.epochMs;
  return value < 1e20 ? Math.floor(value / 1e6) : undefined;
}
