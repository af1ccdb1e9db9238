import type { SuppressionEntry } from '../core/detect/suppress.js';
import { parsePrefix } from '../core/enrich/prefixes.js';
import { COUNTRIES, countryMeant } from '../core/event/countries.js';
import type { Problem } from '../errors.js';
import { parseTime, tooWide } from './config.js';
import { didYouMean } from './suggest.js';
import { list, mapping, text } from './unchecked.js';
import type { Path } from './yaml-file.js';

/** Keys of which one or a list can be written. */
const LISTS = ['rules', 'types', 'principal', 'app', 'cidr', 'asn', 'network', 'network_class', 'countries'] as const;
const PLACES = ['cidr', 'asn', 'network', 'network_class', 'countries'] as const;
/** What makes an entry narrower than all that a rule finds. */
const CONDITIONS = ['principal', 'app', ...PLACES] as const;
export const SUPPRESSION_KEYS: readonly string[] = ['id', 'owner', 'reason', 'from', 'expires', 'max_level', 'tenant', 'ends', ...LISTS];

const DAY_MS = 86_400_000;
/** A year, also one with a leap day in it. Longer than that nobody remembers why; whoever still needs the entry looks at it again. */
const LONGEST_DAYS = 366;

/** An entry as it is written, with lists where one or several may stand, after the schema found it well-shaped. */
export type SuppressionDocument = Omit<SuppressionEntry, 'from' | 'expires' | 'max_level' | 'ends'> &
  Partial<Pick<SuppressionEntry, 'max_level' | 'ends'>> & { from: string; expires: string };

/** What entries can speak of; what is absent cannot be told. */
export interface Known {
  rules?: Iterable<string> | undefined;
  types?: Iterable<string> | undefined;
  /** they stand in a rule, and speak of that rule */
  isOfRule: boolean;
  /** names under which OAuth clients are published */
  clients: () => Iterable<string>;
}

export type Place = (path: Path, of?: 'key' | 'value') => Omit<Problem, 'message'>;

/** The entries with a list wherever one or several can be written; what is no entry stays as it is. */
export function withLists(entries: unknown): unknown {
  if (!Array.isArray(entries)) return entries;
  return entries.map((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return entry;
    const one = LISTS.filter((key) => ['string', 'number', 'boolean'].includes(typeof mapping(entry)[key]));
    return { ...entry, ...Object.fromEntries(one.map((key) => [key, [mapping(entry)[key]]])) };
  });
}

/**
 * What the schema cannot say of entries; looks past what is not shaped as it should be.
 * @param at place of a part of the list
 * @param seen id -> where it was seen first; grows
 */
export function checkEntries(entries: unknown, at: Place, seen: Map<string, string>, known: Known): Problem[] {
  return list(entries).flatMap((written, i) => {
    const entry = mapping(written);
    const problems: Problem[] = [];
    const tell = (path: Path, message: string, of?: 'key' | 'value') => void problems.push({ ...at([i, ...path], of), message });
    checkId(entry, at([i, 'id']).file, seen, tell);
    checkPeriod(entry, tell);
    checkWidth(entry, known, tell);
    for (const [j, word] of list(entry['cidr']).entries()) {
      const wrong = typeof word === 'string' ? mistakeInPrefix(word) : undefined;
      if (wrong !== undefined) tell(['cidr', j], wrong);
    }
    for (const [j, word] of list(entry['principal']).entries()) {
      const wrong = typeof word === 'string' && word !== '' ? mistakeInPrincipal(word) : undefined;
      if (wrong !== undefined) tell(['principal', j], wrong);
    }
    for (const [j, word] of list(entry['app']).entries()) {
      // an id holds no blank, and of ids there are more than anybody publishes
      if (typeof word !== 'string' || !word.includes(' ')) continue;
      const names = [...known.clients()];
      if (names.some((name) => name.toLowerCase() === word.toLowerCase())) continue;
      tell(['app', j], `"${word}" is no published name of a client${didYouMean(word, names)}; expected its OAuth client id`);
    }
    for (const [j, word] of list(entry['countries']).entries()) {
      if (typeof word !== 'string' || !/^[A-Z]{2}$/.test(word) || COUNTRIES.includes(word)) continue;
      const code = countryMeant(word);
      tell(['countries', j], `"${word}" is no country code${code === undefined ? '' : `; did you mean "${code}"?`} (ISO 3166)`);
    }
    for (const [key, words] of [
      ['rules', known.rules],
      ['types', known.types],
    ] as const) {
      const there = words === undefined ? undefined : [...words];
      for (const [j, word] of list(entry[key]).entries()) {
        if (there === undefined || typeof word !== 'string' || word === '' || there.includes(word)) continue;
        const what = key === 'rules' ? 'rule' : 'finding type';
        tell([key, j], `there is no ${what} "${word}"${didYouMean(word, there)} (${key}: ${there.join(', ')})`);
      }
    }
    return problems;
  });
}

/** A checked entry as the core takes it. @param rule that it stands in */
export function toEntry({ from, expires, ...rest }: SuppressionDocument, rule?: string): SuppressionEntry {
  const entry = { max_level: 'medium', ends: 'both', ...rest, from: parseTime(from), expires: parseTime(expires) } as const;
  return rule === undefined ? entry : { ...entry, id: `${rule}/${entry.id}`, rules: [rule] };
}

type Tell = (path: Path, message: string, of?: 'key' | 'value') => void;
type Written = Readonly<Record<string, unknown>>;

function checkId({ id }: Written, file: string, seen: Map<string, string>, tell: Tell): void {
  if (typeof id !== 'string') return;
  const other = seen.get(id);
  if (other === undefined) seen.set(id, file);
  else tell(['id'], `the id is taken by another entry${other === file ? '' : ` in ${other}`}; give each its own`);
}

function checkPeriod(entry: Written, tell: Tell): void {
  const [from, expires] = (['from', 'expires'] as const).map((key) => {
    const written = text(entry[key]);
    if (written === undefined || !/^\d{4}-\d\d-\d\d/.test(written)) return undefined;
    const time = parseTime(written);
    if (!Number.isNaN(time)) return time;
    tell([key], `"${written}" is no day of the calendar`);
    return undefined;
  });
  if (from === undefined || expires === undefined) return;
  const latest = from + LONGEST_DAYS * DAY_MS;
  if (expires <= from) tell(['expires'], 'it expires before it begins; expected a time after `from`');
  else if (expires > latest) {
    const day = new Date(latest).toISOString().slice(0, 10);
    tell(['expires'], `more than a year after \`from\`; expected ${day} at the latest: whoever still needs it then looks at it again`);
  }
}

/** Too wide for one entry to hide. */
function checkWidth(entry: Written, { isOfRule }: Known, tell: Tell): void {
  // a key that is misspelt is one mistake
  if (Object.keys(entry).length === 0 || Object.keys(entry).some((key) => !SUPPRESSION_KEYS.includes(key))) return;
  const has = (key: string) => entry[key] !== undefined;
  if (!isOfRule && !has('rules') && !has('types')) {
    tell([], 'it names neither `rules` nor `types`; expected what it hides: an entry for everything hides what nobody has thought of yet');
  }
  const given = CONDITIONS.filter(has);
  if (given.length === 0) {
    tell(
      [],
      `it would hide everything that its rules find; expected one of ${CONDITIONS.join(', ')}, or \`rules.disabled\` in the configuration`,
    );
  } else if (given.length === 1 && given[0] === 'network_class') {
    tell(['network_class'], 'a class alone is half of the world, thieves included; expected another condition beside it', 'key');
  }
  if (has('ends') && !PLACES.some(has)) tell(['ends'], `the ends of what? expected one of ${PLACES.join(', ')} beside it`, 'key');
}

function mistakeInPrefix(cidr: string): string | undefined {
  if (parsePrefix(cidr) === undefined)
    return `"${cidr}" is no address range; expected one such as 203.0.113.0/24 or 2001:db8::/32, with no bits set beyond its length`;
  const wide = tooWide(cidr);
  return wide === undefined ? undefined : `"${cidr}" is wider than any organisation's own network; expected ${wide} or longer`;
}

const FORMS = 'a key such as default/ana@example.com, an address, or *@example.com for all of a domain';

function mistakeInPrincipal(word: string): string | undefined {
  if (word.includes('*')) return /^\*@[^@*\s/]+\.[^@*\s/]+$/.test(word) ? undefined : `"${word}" does not fit; expected ${FORMS}`;
  return /\s/.test(word) || !/[@/]/.test(word) ? `"${word}" is no key and no address; expected ${FORMS}` : undefined;
}
