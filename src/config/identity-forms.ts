import type { IdentityEntry } from '../core/identity/table.js';
import { isAddress, isGuid } from '../core/normalize/record.js';
import { didYouMean } from './suggest.js';

/** What stands before the first colon of an id -> the form of the whole, in words and as it is checked. */
const FORMS: Readonly<Record<string, { form: string; pattern: RegExp }>> = {
  entra: { form: 'entra:<object id>', pattern: /^entra:\S(.*\S)?$/ },
  okta: { form: 'okta:<org>:<id>', pattern: /^okta:[^:\s]+:[^:\s]+$/ },
  puid: { form: 'puid:<16 hexadecimal digits>', pattern: /^puid:[0-9a-f]{16}$/i },
};
const EXPECTED = `an address such as ana@example.com, or ${Object.values(FORMS)
  .map(({ form }) => form)
  .join(', ')}`;

/** What is wrong with an alias, which names somebody only in the very form in which records do. */
export function mistakeInAlias(alias: string): string | undefined {
  const colon = alias.indexOf(':');
  if (colon < 0) return isAddress(alias) ? undefined : `"${alias}" is neither an address nor an id; expected ${EXPECTED}`;
  const namespace = alias.slice(0, colon);
  if (!Object.hasOwn(FORMS, namespace))
    return `"${alias}": there are no ids of "${namespace}"${didYouMean(namespace, Object.keys(FORMS))}; expected ${EXPECTED}`;
  const { form, pattern } = FORMS[namespace]!;
  return pattern.test(alias) ? undefined : `"${alias}" is no id of ${namespace}; expected ${form}`;
}

/** The same of a person, who can have a name of the operator's choice: one without a colon, which would look like an id. */
export function mistakeInPerson(person: string): string | undefined {
  if (person !== person.trim()) return `"person" begins or ends with a blank: "${person}"`;
  return person.includes(':') ? mistakeInAlias(person) : undefined;
}

/** As the configuration names tenants. */
const TENANT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export function mistakeInTenant(tenant: unknown): string | undefined {
  if (typeof tenant === 'string' && TENANT.test(tenant)) return undefined;
  return '"tenant" must be the name of a tenant: at most 64 letters, digits, dots, dashes and underscores';
}

/** One spelling of an id, that of records: addresses and GUIDs are the same in either case, other ids are not. */
export function foldId(id: string): string {
  if (!id.includes(':')) return id.includes('@') ? id.toLowerCase() : id;
  return id.startsWith('puid:') || (id.startsWith('entra:') && isGuid(id.slice('entra:'.length))) ? id.toLowerCase() : id;
}

interface Claim {
  person: string;
  line: number;
}

/** Who claims which id, to find those that more than one person claims. */
export class Claims {
  /** tenant and id -> the first claim and those of other persons */
  private readonly claims = new Map<string, Claim[]>();

  /** A person is their own alias, so nobody else can have theirs. An entry of one tenant stands over one of all: no contradiction. */
  add({ person, aliases, tenant }: IdentityEntry, line: number): void {
    for (const id of new Set([person, ...aliases])) {
      const key = `${tenant ?? ''}\n${id}`;
      const before = this.claims.get(key);
      if (before === undefined) this.claims.set(key, [{ person, line }]);
      else if (before.length > 1 || before[0]!.person !== person) before.push({ person, line });
    }
  }

  /** For each line of each contradiction what it says against the others. */
  contradictions(): { line: number; message: string }[] {
    const found: { line: number; message: string }[] = [];
    for (const [key, claims] of this.claims) {
      if (claims.length === 1) continue;
      const id = key.slice(key.indexOf('\n') + 1);
      for (const { person, line } of claims) {
        const others = claims.filter((other) => other.person !== person).map((other) => `"${other.person}" in line ${other.line}`);
        const message = `"${id}" belongs to "${person}" here, but to ${others.join(', ')}; leave it with one, or give them one "person"`;
        found.push({ line, message });
      }
    }
    return found;
  }
}
