import type { Raw } from '../../mapped.js';
import { clip, list, text, texts } from '../../record.js';

/** Reads a parameter of a cmdlet by name. */
export type ParameterReader = (name: string) => string | undefined;

/**
 * Parameters of an admin cmdlet: a list of name and value, or, in the compliance centre, one text as typed in a shell. Mappers ask for the
 * few they know by name; no list of parameters is ever copied, since some hold passwords.
 */
export function parameterReader(record: Raw): ParameterReader {
  const parameters = record['Parameters'] ?? record['NonPIIParameters'];
  if (typeof parameters === 'string' && parameters.trimStart().startsWith('-')) {
    const typed = parseTyped(clip(parameters, LONGEST_LINE));
    return (name) => text(typed.get(name));
  }
  const pairs = list(parameters);
  return (name) => {
    for (const entry of pairs) if ((entry as Raw | null)?.['Name'] === name) return plain((entry as Raw)['Value']);
    return undefined;
  };
}

function plain(value: unknown): string | undefined {
  if (typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? text(texts(value).join(' ')) : text(value);
}

/** Longer command lines and lists of recipients are read so far. */
const LONGEST_LINE = 10_000;
const LONGEST_RECIPIENTS = 4_000;

const TYPED = /-(\w+)(?::| +)(?:"((?:[^"\\]|\\.)*)"|\(([^)]*)\)|([^\s-]\S*))/g;

function parseTyped(line: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const match of line.matchAll(TYPED)) found.set(match[1] as string, match[2] ?? match[3]?.replace(/["']/g, '') ?? match[4] ?? '');
  return found;
}

const ADDRESS = /[^\s"'<>[\]();:,=]+@[^\s"'<>[\]();:,=]+/g;

/** The addresses in a recipient parameter (`smtp:a@b`, `"Kim" [SMTP:kim@b]`, lists), separated by blanks; other text stays as it is. */
export function addressesOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const found = clip(value, LONGEST_RECIPIENTS).match(ADDRESS);
  return found === null ? value.replace(/^smtp:/i, '') : [...new Set(found)].join(' ');
}

/** True and False of the shell in our words. */
export function flagOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const lower = value.toLowerCase();
  return lower === 'true' || lower === '$true' ? 'true' : lower === 'false' || lower === '$false' ? 'false' : value;
}
