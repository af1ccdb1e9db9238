import { readFileSync } from 'node:fs';
import type { IdentityEntry } from '../core/identity/table.js';
import { type Problem, SessionvigilError } from '../errors.js';
import { Claims, foldId, mistakeInAlias, mistakeInPerson, mistakeInTenant } from './identity-forms.js';
import { reasonOf } from './reason.js';
import { didYouMean, nearest } from './suggest.js';

const KEYS = ['person', 'aliases', 'tenant'];
/** a file with more mistakes than this is some other file */
const MAX_PROBLEMS = 50;

/**
 * Reads the operator's identities: NDJSON, one person per line, `{"person":"ana@example.com","aliases":["entra:<object id>", ...]}`, with
 * `tenant` where it holds in one only. Blank lines are allowed.
 * @throws SV_IDENTITIES_INVALID with every line that is wrong, and every line of those that contradict one another
 */
export function loadIdentities(file: string): IdentityEntry[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SessionvigilError('SV_IDENTITIES_INVALID', `cannot read ${file}: ${reasonOf(cause)}`, [], { cause });
  }
  const entries: IdentityEntry[] = [];
  const claims = new Claims();
  const problems: (Problem & { line: number })[] = [];
  const tell = (line: number, message: string) => void problems.push({ file, line, column: 1, message });
  for (const [i, line] of text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue;
    const { entry, wrong } = parse(line);
    for (const message of wrong) tell(i + 1, message);
    if (entry !== undefined) {
      claims.add(entry, i + 1);
      entries.push(entry);
    }
    if (problems.length >= MAX_PROBLEMS) break;
  }
  for (const { line, message } of claims.contradictions()) tell(line, message);
  if (problems.length > 0) {
    problems.sort((a, b) => a.line - b.line);
    const isOther = problems.length >= MAX_PROBLEMS;
    const more = isOther ? `; its first ${MAX_PROBLEMS} mistakes are` : '';
    throw new SessionvigilError('SV_IDENTITIES_INVALID', `${file} is no file of identities${more}`, problems.slice(0, MAX_PROBLEMS));
  }
  return entries;
}

/** Everything that is wrong with a line, and what it says as far as that can be told: one mistake must not hide a contradiction. */
function parse(line: string): { entry?: IdentityEntry; wrong: string[] } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { wrong: ['not JSON; expected {"person": "...", "aliases": ["...", ...]}'] };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { wrong: ['expected an object {"person": "...", "aliases": ["...", ...]}'] };
  const unknown = Object.keys(value).filter((key) => !KEYS.includes(key));
  const wrong = unknown.map((key) => `unknown key "${key}"${didYouMean(key, KEYS)} (known: ${KEYS.join(', ')})`);
  const add = (mistake: string | undefined) => void (mistake !== undefined && wrong.push(mistake));
  const { person, aliases = [], tenant } = value as { person?: unknown; aliases?: unknown; tenant?: unknown };
  // a key that is missing because it is misspelt is one mistake
  if (!isName(person)) {
    if (!unknown.some((key) => nearest(key, KEYS) === 'person'))
      wrong.push('"person" is missing or empty; expected the id or address that stands for the person');
  } else add(mistakeInPerson(person));
  const hasList = Array.isArray(aliases) && aliases.every(isName);
  if (!hasList) wrong.push('"aliases" must be a list of ids and addresses');
  else for (const alias of aliases) add(mistakeInAlias(alias));
  const wrongTenant = tenant === undefined ? undefined : mistakeInTenant(tenant);
  add(wrongTenant);
  if (!isName(person) || !hasList || wrongTenant !== undefined) return { wrong };
  const entry = { person: foldId(person), aliases: aliases.map(foldId) };
  return { entry: tenant === undefined ? entry : { ...entry, tenant: tenant as string }, wrong };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
