import type { DetailKey } from './details.js';
import type { Raw } from './mapped.js';
import { isTooDeep } from './read.js';

/**
 * Safe readers of vendor values. A vendor writes "nothing" in many ways; none of them may become a value, or all that is unknown would
 * melt into one person, one session and one device.
 */

/** Thrown by `id` on a number that a double cannot hold; the caller parses the text again with long numbers as text. Never seen by users. */
export class UnsafeInteger extends Error {
  override readonly name = 'UnsafeInteger';
}

const SENTINELS = new Set(['unknown', 'null', '<null>', '(null)', 'none', 'n/a', 'nil', 'not available', 'undefined']);
const LONGEST_SENTINEL = 13;
const ZERO_GUID = '00000000-0000-0000-0000-000000000000';

/** @param value trimmed */
function isSentinel(value: string): boolean {
  const length = value.length;
  if (length > LONGEST_SENTINEL) return length === 36 && value === ZERO_GUID;
  if (length === 0 || value === '-') return true;
  if (length < 3) return false;
  const first = value.charCodeAt(0);
  // n, N, u, U, <, (
  if (first !== 110 && first !== 78 && first !== 117 && first !== 85 && first !== 60 && first !== 40) return false;
  return SENTINELS.has(value.toLowerCase());
}

/** The text of a value, trimmed; undefined for all ways of writing nothing. Numbers become text. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') {
    const trimmed = trim(value);
    return isSentinel(trimmed) ? undefined : trimmed;
  }
  return typeof value === 'number' ? String(value) : undefined;
}

/** Most values have no blank around them; asking costs less than trimming. */
function trim(value: string): string {
  if (value.charCodeAt(0) > 32 && value.charCodeAt(value.length - 1) > 32 && value.charCodeAt(value.length - 1) < 127) return value;
  const trimmed = value.trim();
  return value.length - trimmed.length > MANY_BLANKS ? copied(trimmed) : trimmed;
}

const MANY_BLANKS = 64;

/** A part of a text as a text of its own: the engine keeps all of the whole alive behind its parts, megabytes of blanks behind a short id. */
function copied(part: string): string {
  return ` ${part}`.slice(1);
}

/** The beginning of a text, without the rest behind it. */
export function cut(value: string, length: number): string {
  return value.length > length ? copied(value.slice(0, length)) : value;
}

/** An opaque id, case kept. @throws UnsafeInteger when the vendor wrote a number beyond 2^53 */
export function id(value: unknown): string | undefined {
  if (typeof value === 'string') {
    const trimmed = trim(value);
    return isSentinel(trimmed) ? undefined : trimmed;
  }
  if (typeof value !== 'number') return undefined;
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw new UnsafeInteger();
  return String(value);
}

/** An id that is a GUID in one spelling: the same object is written in both cases by different Microsoft logs. Other ids keep their case. */
export function guid(value: unknown): string | undefined {
  const raw = id(value);
  return raw !== undefined && isGuid(raw) ? raw.toLowerCase() : raw;
}

/** @returns whether the text has the form of a GUID */
export function isGuid(value: string): boolean {
  return (
    value.length === 36 &&
    value.charCodeAt(8) === 45 &&
    value.charCodeAt(13) === 45 &&
    value.charCodeAt(18) === 45 &&
    value.charCodeAt(23) === 45
  );
}

/** A word of a vendor's vocabulary, lower-cased; here "none" is a word. */
export function word(value: unknown): string | undefined {
  return typeof value === 'string' && value.length > 0 ? value.trim().toLowerCase() : undefined;
}

export function bool(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  const lower = value.trim().toLowerCase();
  return lower === 'true' || lower === '1' ? true : lower === 'false' || lower === '0' ? false : undefined;
}

export function number(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.length > 20 || value.trim() === '') return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
}

/** An object, or a JSON text of one (tables and CSV exports carry nested values as text). */
export function object(value: unknown): Raw | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Raw;
  if (typeof value !== 'string') return undefined;
  const parsed = parseNested(value);
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Raw) : undefined;
}

const NOTHING: readonly unknown[] = Object.freeze([]);

/** A list, a JSON text of one, or a single object as a list of one; an empty list for anything else. */
export function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null) return [value];
  if (typeof value !== 'string') return NOTHING;
  const parsed = parseNested(value);
  if (Array.isArray(parsed)) return parsed;
  return typeof parsed === 'object' && parsed !== null ? [parsed] : NOTHING;
}

/** The texts and numbers in a list; what else it holds is left out. */
export function texts(value: unknown): string[] {
  const found: string[] = [];
  for (const item of list(value)) {
    const one = text(item);
    if (one !== undefined) found.push(one);
  }
  return found;
}

/** JSON text inside a record, held to the same depth as the record: its reader recurses over what comes out. */
function parseNested(value: string): unknown {
  const trimmed = value.trimStart();
  const first = trimmed.charCodeAt(0);
  if ((first !== 123 && first !== 91) || isTooDeep(trimmed)) return undefined;
  try {
    return JSON.parse(trimmed);
  } catch {
    return undefined;
  }
}

/** The value beside a name in a list of `{Name, Value}`, `{Key, Value}`, `{key, value}` or `{name, value}`, all entries alike. */
export function pair(pairs: readonly unknown[], name: string): unknown {
  const first = pairs[0];
  if (typeof first !== 'object' || first === null) return undefined;
  const label = 'Name' in first ? 'Name' : 'key' in first ? 'key' : 'Key' in first ? 'Key' : 'name';
  for (let i = 0; i < pairs.length; i++) {
    const entry = pairs[i] as Raw | null | undefined;
    if (typeof entry === 'object' && entry !== null && entry[label] === name) return entry['Value'] ?? entry['value'];
  }
  return undefined;
}

/** The first value that is one. */
export function firstText(a: unknown, b: unknown, c?: unknown): string | undefined {
  return text(a) ?? text(b) ?? text(c);
}

/** Whether a text can be an address or user principal name. */
export function isAddress(value: string): boolean {
  const at = value.indexOf('@');
  return at > 0 && at < value.length - 1 && value.indexOf(' ') < 0;
}

/**
 * A vendor's action name in one spelling: compatibility forms, dashes and blanks unified, the trailing full stop of directory operations
 * dropped, since the same act is `Add member to role.` in one Microsoft log and `Add member to role` in the next.
 */
export function cleanAction(value: string): string {
  const known = CLEANED.get(value);
  if (known !== undefined) return known;
  const cleaned = scrub(clip(value, LONGEST_ACTION));
  if (CLEANED.size < MOST_CLEANED && value.length <= LONGEST_ACTION) CLEANED.set(value, cleaned);
  return cleaned;
}

/**
 * The beginning of a text. Patterns that look for something anywhere in a text may take the square of its length: whatever a record can fill
 * is clipped before it meets one.
 */
export function clip(value: string, length: number): string {
  return value.length > length ? value.slice(0, length) : value;
}

/** Vendors have a few thousand action names; what makes one up for every record is not kept. */
const CLEANED = new Map<string, string>();
const MOST_CLEANED = 5000;
const LONGEST_ACTION = 300;

function scrub(value: string): string {
  return value
    .normalize('NFKC')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\.+$/, '')
    .trimEnd();
}

/** Adds a detail when there is one; the map is made on first use. */
export function detail(
  details: Record<string, string> | undefined,
  key: DetailKey,
  value: string | undefined,
): Record<string, string> | undefined {
  if (value === undefined) return details;
  const made = details ?? {};
  made[key] = value;
  return made;
}
