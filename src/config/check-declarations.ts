import { parsePrefix } from '../core/enrich/prefixes.js';
import type { Problem } from '../errors.js';
import { tooWide } from './config.js';
import { foldId, mistakeInAlias, mistakeInTenant } from './identity-forms.js';
import { mistakeInZone } from './time-zone.js';
import { list, mapping, text } from './unchecked.js';
import type { Path } from './yaml-file.js';

/** Keys of which one or a list can be written. */
const LISTS: readonly string[] = [
  'ids',
  'clients',
  'acts_for',
  'resources',
  'activities',
  'actions',
  'hours',
  'directories',
  'domains',
  'cidr',
  'asn',
  'network',
  'network_class',
  'days',
];

/** What is written, with a list wherever one or several can be written; what has another shape stays as it is. */
export function withLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withLists);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
    const one = withLists(inner);
    return [key, LISTS.includes(key) && !Array.isArray(one) && one !== null && one !== undefined ? [one] : one];
  });
  return Object.fromEntries(entries);
}

/** Where a part of a declaration stands. */
export type Place = (path: Path, of?: 'key' | 'value') => Omit<Problem, 'message'>;
type Tell = (path: Path, message: string, of?: 'key' | 'value') => void;
type Written = Readonly<Record<string, unknown>>;

/** What the schema cannot say of declarations; looks past what is not shaped as it should be. @param value with lists */
export function checkDeclarations(value: unknown, at: Place): Problem[] {
  const problems: Problem[] = [];
  const claims = new Map<string, Path>();
  for (const kind of ['agents', 'partners'] as const) {
    for (const [i, written] of list(mapping(value)[kind]).entries()) {
      const entry = mapping(written);
      const here = [kind, i] as const;
      const tell: Tell = (path, message, of) => void problems.push({ ...at([...here, ...path], of), message });
      checkNamed(entry, kind, tell);
      checkTexts(entry, tell);
      checkEgress(mapping(entry['egress']), entry['egress'] !== undefined, tell);
      for (const [j, span] of list(entry['hours']).entries()) checkHours(mapping(span), j, tell);
      for (const { path, id, what } of claimsOf(entry)) {
        const tenant = text(entry['tenant']) ?? '*';
        const key = `${what === 'name' ? '' : tenant} ${what} ${id}`;
        const other = claims.get(key);
        if (other === undefined) claims.set(key, [...here, ...path]);
        else if (other[0] !== here[0] || other[1] !== here[1])
          tell(path, `"${id}" stands in another declaration, in line ${at(other).line}; leave it with one`);
      }
    }
  }
  return problems;
}

const NAMES = { agents: ['ids', 'clients'], partners: ['directories', 'domains', 'ids'] } as const;

/** Somebody has to be meant. */
function checkNamed(entry: Written, kind: keyof typeof NAMES, tell: Tell): void {
  if (Object.keys(entry).length > 0 && NAMES[kind].every((key) => entry[key] === undefined))
    tell([], `it names nobody; expected ${NAMES[kind].map((key) => `\`${key}\``).join(' or ')}`);
  const wrong = entry['tenant'] === undefined ? undefined : mistakeInTenant(entry['tenant']);
  if (wrong !== undefined) tell(['tenant'], wrong);
}

function checkTexts(entry: Written, tell: Tell): void {
  const each = (key: string, mistakeIn: (word: string) => string | undefined) => {
    for (const [i, word] of list(entry[key]).entries()) {
      const wrong = typeof word === 'string' && word !== '' ? mistakeIn(word) : undefined;
      if (wrong !== undefined) tell([key, i], wrong);
    }
  };
  each('ids', mistakeInAlias);
  each('clients', (word) => (/\s/.test(word) ? `"${word}" is no id of an OAuth client: it has a blank` : undefined));
  each('directories', (word) => (/\s/.test(word) ? `"${word}" is no id of a directory: it has a blank` : undefined));
  each('domains', (word) => {
    if (/^[^\s@*/:]+\.[^\s@*/:]+$/.test(word)) return undefined;
    return `"${word}" is no domain; expected one such as partner.example`;
  });
  const people = list(entry['acts_for']);
  each('acts_for', (word) => {
    if (word === 'nobody') return people.length === 1 ? undefined : '"nobody" stands alone';
    if (word.includes('*') || word.includes('?')) return meansAll(word);
    return mistakeInAlias(word);
  });
  each('resources', meansAll);
  each('actions', meansAll);
}

/** Of stars and question marks alone: no name, or none that is long enough, is left out. */
function meansAll(pattern: string): string | undefined {
  return /^[*?]*\*[*?]*$/.test(pattern) ? `"${pattern}" is everything; leave the key out, and it is not asked` : undefined;
}

function checkEgress(egress: Written, isGiven: boolean, tell: Tell): void {
  if (isGiven && Object.keys(egress).length === 0) tell(['egress'], 'it says nothing; expected cidr, asn, network, network_class or own');
  if (Object.keys(egress).length === 1 && egress['own'] === false) tell(['egress', 'own'], 'nothing else is given, so nothing is inside');
  for (const [i, cidr] of list(egress['cidr']).entries()) {
    if (typeof cidr !== 'string' || cidr === '') continue;
    if (parsePrefix(cidr) === undefined) {
      const expected = 'expected one such as 203.0.113.0/24 or 2001:db8::/32, with no bits set beyond its length';
      tell(['egress', 'cidr', i], `"${cidr}" is no address range; ${expected}`);
      continue;
    }
    const wide = tooWide(cidr);
    if (wide !== undefined) tell(['egress', 'cidr', i], `"${cidr}" is wider than anybody's own network; expected ${wide} or longer`);
  }
}

function checkHours({ zone, from, to }: Written, i: number, tell: Tell): void {
  const wrong = typeof zone === 'string' && zone !== '' ? mistakeInZone(zone) : undefined;
  if (wrong !== undefined) tell(['hours', i, 'zone'], wrong);
  if (typeof from === 'string' && from === to) tell(['hours', i, 'to'], 'it ends when it begins; for a whole day write "00:00" to "24:00"');
}

/** What can be one declaration's only, in one tenant. */
function claimsOf(entry: Written): { path: Path; id: string; what: string }[] {
  const claims: { path: Path; id: string; what: string }[] = [];
  const name = text(entry['name']);
  if (name !== undefined) claims.push({ path: ['name'], id: name, what: 'name' });
  for (const what of ['ids', 'clients', 'directories', 'domains']) {
    for (const [i, word] of list(entry[what]).entries())
      if (typeof word === 'string') claims.push({ path: [what, i], id: foldedAs(what, word), what });
  }
  return claims;
}

/** One spelling, that of records. */
export function foldedAs(key: string, word: string): string {
  if (key === 'ids') return foldId(word);
  return key === 'clients' ? word : word.toLowerCase();
}
