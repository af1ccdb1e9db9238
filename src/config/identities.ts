import { readFileSync } from 'node:fs';
import { TIER, type Tier } from '../core/event/index.js';
import type { IdentityEntry } from '../core/identity/table.js';
import { type Problem, SessionvigilError } from '../errors.js';
import { Claims, foldAlias, foldId, mistakeInAlias, mistakeInPerson, mistakeInTenant } from './identity-forms.js';
import { rowsOf } from './identity-rows.js';
import { reasonOf } from './reason.js';
import { didYouMean, nearest } from './suggest.js';

const KEYS = ['person', 'aliases', 'owner', 'tier', 'tenant'];
const LONGEST_OWNER = 200;
/** a file with more mistakes than this is some other file */
const MAX_PROBLEMS = 50;

/**
 * Reads the operator's identities: a list of people, each with `person`, and with `aliases`, `owner`, `tier` and `tenant` where there is something to
 * say. The file's ending says how it is written: see `rowsOf`.
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
  for (const { line, value, wrong: unreadable } of rowsOf(file, text.replace(/^\ufeff/, ''))) {
    const { entry, wrong } = unreadable === undefined ? parse(value) : { entry: undefined, wrong: [unreadable] };
    for (const message of wrong) tell(line, message);
    if (entry !== undefined) {
      claims.add(entry, line);
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

/** Everything that is wrong with an entry, and what it says as far as that can be told: one mistake must not hide a contradiction. */
function parse(value: unknown): { entry?: IdentityEntry; wrong: string[] } {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { wrong: ['expected an object {"person": "...", "aliases": ["...", ...]}'] };
  const unknown = Object.keys(value).filter((key) => !KEYS.includes(key));
  const wrong = unknown.map((key) => `unknown key "${key}"${didYouMean(key, KEYS)} (known: ${KEYS.join(', ')})`);
  const add = (mistake: string | undefined) => void (mistake !== undefined && wrong.push(mistake));
  const { person, aliases = [], owner, tier, tenant } = value as Record<(typeof KEYS)[number], unknown>;
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
  add(mistakeInTier(tier));
  if (owner !== undefined && (!isName(owner) || owner.length > LONGEST_OWNER))
    add(`"owner" must be a text of at most ${LONGEST_OWNER} characters: the team or person who answers for it`);
  if (!isName(person) || !hasList || wrongTenant !== undefined) return { wrong };
  const entry: IdentityEntry = { person: foldId(person), aliases: aliases.map(foldAlias) };
  if (tenant !== undefined) entry.tenant = tenant as string;
  if (isName(owner)) entry.owner = owner.trim();
  if (isTier(tier)) entry.tier = tier;
  return { entry, wrong };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function isTier(value: unknown): value is Tier {
  return (TIER as readonly unknown[]).includes(value);
}

function mistakeInTier(value: unknown): string | undefined {
  if (value === undefined || isTier(value)) return undefined;
  const meant = typeof value === 'string' ? didYouMean(value, TIER) : '';
  return `"tier" must be one of ${TIER.join(', ')}${meant}`;
}
