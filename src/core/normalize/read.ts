import type { Raw } from './mapped.js';
import type { DropReason, RejectReason } from './outcome.js';

/** Records longer than this are rejected, bytes: above any single audit record and any batch that Event Hubs delivers by default (1 MB). */
export const DEFAULT_MAX_RECORD_BYTES = 4_194_304;
/** Records nested deeper than this are rejected: no vendor comes near, and recursion elsewhere may trust it. */
export const MAX_DEPTH = 200;

/** What a line holds: one record or a list of them, with the text for a second, lossless parse; or why it cannot be read. */
export type Read =
  | { records: readonly Raw[]; text: string; reason?: undefined }
  | { records?: undefined; text?: undefined; reason: RejectReason | Extract<DropReason, 'blank'> };

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Bytes of one line or message to the JSON records in it. A byte order mark, CRLF and blanks around are tolerated. A list of objects counts
 * as several records (the Management Activity API and Okta answer with lists); any other JSON that is no object is rejected.
 * @param maxBytes length above which the record is rejected unread
 */
export function readRecord(bytes: Uint8Array, maxBytes: number = DEFAULT_MAX_RECORD_BYTES): Read {
  if (bytes.length === 0) return { reason: 'blank' };
  if (bytes.length > maxBytes) return { reason: 'too_large' };
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    return { reason: 'invalid_utf8' };
  }
  if (isTooDeep(text)) return { reason: 'too_deep' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { reason: text.trim() === '' ? 'blank' : 'invalid_json' };
  }
  const records = recordsOf(value);
  return records === undefined ? { reason: 'not_an_object' } : { records, text };
}

function recordsOf(value: unknown): readonly Raw[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return [value as Raw];
  if (value.length === 0 || !value.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item))) return undefined;
  return value as Raw[];
}

/**
 * Records in a JSON text that stands inside another record; undefined when it holds none.
 * @param lossless long numbers become text, so that 64-bit ids survive exactly
 */
export function parseRecords(text: string, lossless: boolean): readonly Raw[] | undefined {
  const first = text.trimStart().charCodeAt(0);
  // only objects and lists; most texts are neither, and failing to parse is dear
  if ((first !== 123 && first !== 91) || isTooDeep(text)) return undefined;
  try {
    return recordsOf(JSON.parse(lossless ? quoteLongNumbers(text) : text));
  } catch {
    return undefined;
  }
}

/** Whether a JSON text nests deeper than `MAX_DEPTH`, so that nothing may walk what it holds. */
export function isTooDeep(text: string): boolean {
  return mayBeDeep(text) && isDeep(text);
}

/** More than 200 opening brackets, in strings or not: without them no depth above 200 is possible. Finds them by native search. */
function mayBeDeep(text: string): boolean {
  let count = 0;
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at + 1)) if (++count > MAX_DEPTH) return true;
  for (let at = text.indexOf('['); at >= 0; at = text.indexOf('[', at + 1)) if (++count > MAX_DEPTH) return true;
  return false;
}

/** Whether the text nests deeper than the limit, brackets within strings left out. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) i = endOfString(text, i);
    else if (code === 123 || code === 91) {
      if (++depth > MAX_DEPTH) return true;
    } else if (code === 125 || code === 93) depth--;
  }
  return false;
}

/** Place of the quote that ends the string which starts at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end > 0) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 92) backslashes++;
    if (backslashes % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
  return text.length;
}

/** Numbers of 16 digits and more, and those with an exponent, become text: nobody may read them as a double. */
function quoteLongNumbers(text: string): string {
  let out = '';
  let copied = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) {
      i = endOfString(text, i);
      continue;
    }
    if (code !== 45 && !(code >= 48 && code <= 57)) continue;
    let end = i;
    let isLong = false;
    for (; ; end++) {
      const next = text.charCodeAt(end);
      // e, E
      if (next === 101 || next === 69) isLong = true;
      // digits, + - .
      else if (!(next >= 48 && next <= 57) && next !== 43 && next !== 45 && next !== 46) break;
    }
    if (isLong || end - i >= 16) {
      out += `${text.slice(copied, i)}"${text.slice(i, end)}"`;
      copied = end;
    }
    i = end - 1;
  }
  return copied === 0 ? text : out + text.slice(copied);
}
