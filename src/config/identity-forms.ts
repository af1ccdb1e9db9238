import type { IdentityEntry } from '../core/identity/table.js';
import { isAddress, isGuid } from '../core/normalize/record.js';
import { VENDORS } from '../core/normalize/sources/index.js';
import { didYouMean } from './suggest.js';

/** Sources whose ids have a form of their own; those of Microsoft 365 are Entra's. */
const SHARED: ReadonlySet<string> = new Set(['entra', 'm365', 'okta']);

interface Form {
  form: string;
  pattern: RegExp;
}

/** What stands before the first colon of an id -> the form of the whole, in words and as it is checked. */
const FORMS: Readonly<Record<string, Form>> = {
  entra: { form: 'entra:<object id>', pattern: /^entra:\S(.*\S)?$/ },
  okta: { form: 'okta:<org>:<id>', pattern: /^okta:[^:\s]+:[^:\s]+$/ },
  puid: { form: 'puid:<16 hexadecimal digits>', pattern: /^puid:[0-9a-f]{16}$/i },
  ...Object.fromEntries(VENDORS.filter((vendor) => !SHARED.has(vendor)).map((vendor) => [vendor, formOf(vendor)])),
};
const EXPECTED =
  'an address such as ana@example.com, entra:<object id>, okta:<org>:<id>, puid:<16 hexadecimal digits>, or <source>:<organisation>:<id> of another source';

/** A vendor's id within the organisation, or what the vendor calls somebody everywhere: a GitHub login. */
function formOf(vendor: string): Form {
  return { form: `${vendor}:<organisation>:<id> or ${vendor}:<login>`, pattern: new RegExp(`^${vendor}:[^:\\s]+(:\\S(.*\\S)?)?$`) };
}

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

/** The same of an alias, which may be a login without its organisation: that one is looked up in lower case. */
export function foldAlias(id: string): string {
  const [namespace = '', login, ...more] = id.split(':');
  const isLogin = login !== undefined && more.length === 0 && Object.hasOwn(FORMS, namespace) && !OF_ONE_FORM.has(namespace);
  return isLogin ? id.toLowerCase() : foldId(id);
}

const OF_ONE_FORM: ReadonlySet<string> = new Set(['entra', 'okta', 'puid']);

interface Claim {
  person: string;
  line: number;
}

interface Saying {
  value: string;
  line: number;
}

/** Who claims which id, to find those that more than one person claims. */
export class Claims {
  /** tenant and id -> the first claim and those of other persons */
  private readonly claims = new Map<string, Claim[]>();
  /** tenant, person and what is said of them -> the first that says it and those that say otherwise */
  private readonly sayings = new Map<string, Saying[]>();

  /** A person is their own alias, so nobody else can have theirs. An entry of one tenant stands over one of all: no contradiction. */
  add({ person, aliases, tenant, owner, tier }: IdentityEntry, line: number): void {
    this.say(`owner" of "${person}`, tenant, owner, line);
    this.say(`tier" of "${person}`, tenant, tier, line);
    for (const id of new Set([person, ...aliases])) {
      const key = `${tenant ?? ''}\n${id}`;
      const before = this.claims.get(key);
      if (before === undefined) this.claims.set(key, [{ person, line }]);
      else if (before.length > 1 || before[0]!.person !== person) before.push({ person, line });
    }
  }

  private say(what: string, tenant: string | undefined, value: string | undefined, line: number): void {
    if (value === undefined) return;
    const key = `${tenant ?? ''}\n${what}`;
    const before = this.sayings.get(key);
    if (before === undefined) this.sayings.set(key, [{ value, line }]);
    else if (before.length > 1 || before[0]!.value !== value) before.push({ value, line });
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
    for (const [key, sayings] of this.sayings) {
      if (sayings.length === 1) continue;
      for (const { value, line } of sayings) {
        const others = sayings.filter((other) => other.value !== value).map((other) => `"${other.value}" in line ${other.line}`);
        found.push({ line, message: `"${key.slice(key.indexOf('\n') + 1)}" is "${value}" here, but ${others.join(', ')}; say it once` });
      }
    }
    return found;
  }
}
