import type { Tier } from '../event/index.js';
import type { Mapped, MappedPrincipal } from '../normalize/mapped.js';
import { type Identities, namespaceOf, type Profile } from './resolve.js';

/** One person of the operator's identity file: the id that stands for them, and the ids and addresses that are theirs too. */
export interface IdentityEntry {
  person: string;
  aliases: readonly string[];
  /** absent: holds in every tenant */
  tenant?: string | undefined;
  /** the team or person who answers for it */
  owner?: string | undefined;
  tier?: Tier | undefined;
}

/** A table of identities that learns from records which name one person in two ways. */
export interface IdentityTable extends Identities {
  /** Takes the links of one mapped record. */
  learn(tenant: string, mapped: Mapped): void;
  /**
   * Takes a link that another table has learned, or the word that an id is in conflict, as `told` gave it.
   * @param value the address; empty for a conflict
   * @returns whether it is news
   */
  adopt(key: string, value: string): boolean;
  /** Ids that resolve to a person. */
  readonly links: number;
  /** Ids that were seen with two addresses; each resolves to itself, since a guess would melt two people into one. */
  readonly conflicts: number;
  /** What records told so far, in the table's own terms: for a table that takes this one's place. */
  readonly learned: ReadonlyMap<string, string>;
  /** What the operator has entries for: tenant, or `*` for all, and id, as `told` gives them. */
  operatorKeys(): Iterable<string>;
  /** All links, ordered, for a file. */
  entries(): IdentityEntry[];
}

/** Stands where an id was seen with two addresses. */
const CONFLICT = '';

/**
 * Builds a table from the operator's entries, which win, and learned links. The result of learning does not depend on its order: an id with
 * two addresses is in conflict whichever came first, and `version` is a sum over links.
 * @param before a table that this one takes the place of: what it has learned is kept
 * @param told of every link that is learned or found in conflict, by `adopt` too when it is not what was adopted: for other tables to adopt
 */
export function createIdentityTable(
  given: readonly IdentityEntry[] = [],
  before?: Pick<IdentityTable, 'learned'>,
  told: (key: string, value: string) => void = () => {},
): IdentityTable {
  const operator = new Map<string, string>();
  const learned = new Map<string, string>();
  const profiles = new Map<string, Profile>();
  let conflicts = 0;
  let digest = 0;

  const count = (key: string, value: string, sign: 1 | -1) => {
    digest = (digest + sign * fnv(`${key}\n${value}`)) >>> 0;
  };
  for (const entry of given) {
    const person = fold(entry.person);
    if (entry.tier !== undefined || entry.owner !== undefined) {
      const key = keyOf(entry.tenant ?? ANY_TENANT, person);
      const { tier, owner } = { ...profiles.get(key), ...(entry.tier && { tier: entry.tier }), ...(entry.owner && { owner: entry.owner }) };
      profiles.set(key, { tier, owner });
    }
    for (const alias of [...entry.aliases, entry.person]) {
      const key = keyOf(entry.tenant ?? ANY_TENANT, fold(alias));
      const before = operator.get(key);
      if (before === person || before === CONFLICT) continue;
      if (before !== undefined) {
        conflicts++;
        count(key, before, -1);
      }
      const value = before === undefined ? person : CONFLICT;
      operator.set(key, value);
      count(key, value, 1);
    }
  }

  for (const [key, { tier, owner }] of profiles) count(key, `${tier ?? ''}\n${owner ?? ''}`, 1);

  for (const [key, value] of before?.learned ?? []) {
    learned.set(key, value);
    count(key, value, 1);
    if (value === CONFLICT) conflicts++;
  }

  const byOperator = (tenant: string, id: string): string | undefined => {
    if (operator.size === 0) return undefined;
    const found = operator.get(keyOf(tenant, id)) ?? operator.get(keyOf(ANY_TENANT, id));
    return found === CONFLICT ? undefined : found;
  };
  /** @returns what stands there now; undefined when it stood there before */
  const put = (key: string, email: string): string | undefined => {
    const before = learned.get(key);
    if (before === email || before === CONFLICT) return undefined;
    const value = before === undefined ? email : CONFLICT;
    if (value === CONFLICT) conflicts++;
    if (before !== undefined) count(key, before, -1);
    learned.set(key, value);
    count(key, value, 1);
    return value;
  };
  const link = (tenant: string, id: string, email: string) => {
    const key = keyOf(tenant, id);
    const value = put(key, email);
    if (value !== undefined) told(key, value);
  };
  const learnPrincipal = (tenant: string, namespace: string, who: MappedPrincipal) => {
    // an app has no address; what it is called elsewhere is another name for its own id
    if (who.type === 'service' && who.email === undefined && who.uid !== undefined && namespace === 'entra') {
      if (who.aliases !== undefined) for (const alias of who.aliases) link(tenant, alias, `${namespace}:${who.uid}`);
      return;
    }
    if (who.type !== 'human' || who.email === undefined) return;
    if (who.uid === undefined && who.aliases === undefined) return;
    const email = who.email.toLowerCase();
    if (who.uid !== undefined) link(tenant, `${namespace}:${who.uid}`, email);
    if (who.aliases !== undefined) for (const alias of who.aliases) link(tenant, alias, email);
  };

  return {
    learned,
    get version() {
      return operator.size + learned.size === 0
        ? 'none'
        : `${operator.size + learned.size}-${conflicts}-${digest.toString(16).padStart(8, '0')}`;
    },
    get links() {
      return operator.size + learned.size - conflicts;
    },
    get conflicts() {
      return conflicts;
    },
    canonical(tenant, alias) {
      if (operator.size + learned.size === 0) return undefined;
      const direct = byOperator(tenant, alias);
      if (direct !== undefined) return direct;
      const email = learned.get(keyOf(tenant, alias));
      if (email === undefined || email === CONFLICT) return undefined;
      return byOperator(tenant, email) ?? email;
    },
    given: byOperator,
    profile(tenant, id) {
      if (profiles.size === 0) return undefined;
      const everywhere = profiles.get(keyOf(ANY_TENANT, id));
      const here = profiles.get(keyOf(tenant, id));
      // an entry of the tenant stands over one of all, in what it says
      return here === undefined || everywhere === undefined
        ? (here ?? everywhere)
        : { tier: here.tier ?? everywhere.tier, owner: here.owner ?? everywhere.owner };
    },
    adopt(key, value) {
      const now = put(key, value);
      if (now !== undefined && now !== value) told(key, now);
      return now !== undefined;
    },
    operatorKeys: () => operator.keys(),
    learn(tenant, mapped) {
      const namespace = namespaceOf(mapped.vendor, mapped.account);
      learnPrincipal(tenant, namespace, mapped.principal);
      if (mapped.principal.on_behalf_of !== undefined) learnPrincipal(tenant, namespace, mapped.principal.on_behalf_of);
      if (mapped.targets !== undefined) for (const target of mapped.targets) learnPrincipal(tenant, namespace, target);
    },
    entries() {
      const people = new Map<string, IdentityEntry & { aliases: string[] }>();
      for (const source of [operator, learned]) {
        for (const [key, person] of source) {
          if (person === CONFLICT) continue;
          const cut = key.indexOf('\n');
          const tenant = key.slice(0, cut);
          const alias = key.slice(cut + 1);
          const owner = `${tenant}\n${person}`;
          const entry = people.get(owner) ?? { person, aliases: [], tenant: tenant === ANY_TENANT ? undefined : tenant };
          if (alias !== person) entry.aliases.push(alias);
          people.set(owner, entry);
        }
      }
      const order = [...people.keys()].sort();
      return order.map((owner) => {
        const entry = people.get(owner)!;
        entry.aliases.sort();
        return entry;
      });
    },
  };
}

const ANY_TENANT = '*';

function keyOf(tenant: string, id: string): string {
  return `${tenant}\n${id}`;
}

/** Addresses compare in lower case; opaque ids keep theirs. */
function fold(id: string): string {
  return id.includes('@') ? id.toLowerCase() : id;
}

/** FNV-1a, 32 bits: sums of it do not depend on order. Tells versions of a table apart; protects nothing. */
function fnv(value: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
