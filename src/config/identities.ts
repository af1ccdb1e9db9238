import { readFileSync } from 'node:fs';
import type { IdentityEntry } from '../core/identity/table.js';
import { type Problem, SessionvigilError } from '../errors.js';
import { reasonOf } from './reason.js';
import { didYouMean, nearest } from './suggest.js';

const KEYS = ['person', 'aliases', 'tenant'];
/** a file with more mistakes than this is some other file */
const MAX_PROBLEMS = 50;

/**
 * Reads the operator's identities: NDJSON, one person per line, `{"person":"ana@example.com","aliases":["entra:<object id>", ...]}`, with
 * `tenant` where it holds in one only. Blank lines are allowed.
 * @throws SV_IDENTITIES_INVALID with every line that is wrong
 */
export function loadIdentities(file: string): IdentityEntry[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SessionvigilError('SV_IDENTITIES_INVALID', `cannot read ${file}: ${reasonOf(cause)}`, [], { cause });
  }
  const entries: IdentityEntry[] = [];
  const problems: Problem[] = [];
  for (const [i, line] of text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue;
    const entry = parse(line);
    if (Array.isArray(entry)) problems.push(...entry.map((message) => ({ file, line: i + 1, column: 1, message })));
    else entries.push(entry);
    if (problems.length >= MAX_PROBLEMS) break;
  }
  if (problems.length > 0) {
    const more = problems.length >= MAX_PROBLEMS ? `; its first ${problems.length} mistakes are` : '';
    throw new SessionvigilError('SV_IDENTITIES_INVALID', `${file} is no file of identities${more}`, problems);
  }
  return entries;
}

/** The entry, or everything that is wrong with it. */
function parse(line: string): IdentityEntry | string[] {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return ['not JSON; expected {"person": "...", "aliases": ["...", ...]}'];
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return ['expected an object {"person": "...", "aliases": ["...", ...]}'];
  const unknown = Object.keys(value).filter((key) => !KEYS.includes(key));
  const wrong = unknown.map((key) => `unknown key "${key}"${didYouMean(key, KEYS)} (known: ${KEYS.join(', ')})`);
  const { person, aliases = [], tenant } = value as { person?: unknown; aliases?: unknown; tenant?: unknown };
  // a key that is missing because it is misspelt is one mistake
  if (!isName(person) && !unknown.some((key) => nearest(key, KEYS) === 'person'))
    wrong.push('"person" is missing or empty; expected the id or address that stands for the person');
  if (!Array.isArray(aliases) || !aliases.every(isName)) wrong.push('"aliases" must be a list of ids and addresses');
  if (tenant !== undefined && !isName(tenant)) wrong.push('"tenant" must be the name of a tenant');
  if (wrong.length > 0) return wrong;
  const entry = { person: person as string, aliases: aliases as string[] };
  return tenant === undefined ? entry : { ...entry, tenant: tenant as string };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
