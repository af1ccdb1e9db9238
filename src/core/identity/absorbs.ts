import type { IdentityTable } from './table.js';

/** An id or address whose person is another one than before, as tables name it. */
export interface Renamed {
  tenant: string;
  id: string;
}

/** A key under which events came, and the one that stands for it now. */
export interface KeyMove {
  from: string;
  /** undefined: it stands for itself */
  into: string | undefined;
}

/** The key that stands for an id by what a table knows now. */
export function moveOf({ tenant, id }: Renamed, identities: Pick<IdentityTable, 'canonical'>): KeyMove {
  const known = identities.canonical(tenant, id);
  return { from: `${tenant}/${id}`, into: known === undefined || known === id ? undefined : `${tenant}/${known}` };
}

/**
 * Ids that were learned to be somebody's, or found in conflict, since it was asked last: what came under them so far may have to join what comes
 * under the person's key from now on.
 */
export class RenamedIds {
  private readonly ids = new Map<string, Renamed>();

  /** @param key as a table's `told` gives it */
  note(key: string): void {
    this.ids.set(key, renamedOf(key));
  }

  /** By what the table knows when it is asked: of a link that is in conflict by now nothing comes. */
  take(identities: Pick<IdentityTable, 'canonical'>): KeyMove[] {
    if (this.ids.size === 0) return [];
    const moves = [...this.ids.values()].map((renamed) => moveOf(renamed, identities));
    this.ids.clear();
    return moves;
  }
}

/** @param key as a table's `told` gives it */
export function renamedOf(key: string): Renamed {
  const cut = key.indexOf('\n');
  return { tenant: key.slice(0, cut), id: key.slice(cut + 1) };
}

/**
 * What the operator's entries say otherwise than those before, or all that they say when there were none.
 * @param tenants in which an entry without a tenant holds
 */
export function renamedBetween(before: IdentityTable | undefined, now: IdentityTable, tenants: readonly string[]): Renamed[] {
  const keys = new Set([...(before?.operatorKeys() ?? []), ...now.operatorKeys()]);
  if (keys.size === 0) return [];
  // what was learned leads to an address, and whose that is the operator may say
  if (before !== undefined) for (const key of now.learned.keys()) keys.add(key);
  const renamed: Renamed[] = [];
  for (const key of keys) {
    const { tenant, id } = renamedOf(key);
    for (const one of tenant === '*' ? tenants : [tenant]) {
      const [was, is] = [before?.canonical(one, id), now.canonical(one, id)];
      if (was !== is && !(before === undefined && is === id)) renamed.push({ tenant: one, id });
    }
  }
  return renamed;
}
