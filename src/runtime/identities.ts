import { type Renamed, renamedOf } from '../core/identity/absorbs.js';
import type { IdentityTable } from '../core/identity/table.js';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';

/** Says in metrics how many ids have a person, and how many are in conflict. */
export function countIdentities(metrics: Metrics, { links, conflicts }: Pick<IdentityTable, 'links' | 'conflicts'>): void {
  metrics.set('sessionvigil_identities', links, { state: 'linked' });
  metrics.set('sessionvigil_identities', conflicts, { state: 'conflict' });
}

/** Says of an id that two addresses stood beside it: once, when it turns out, and without the addresses. @param key as a table tells it, with what it tells */
export function tellConflict(key: string, value: string, log: Log): void {
  if (value !== '') return;
  const { tenant, id } = renamedOf(key);
  log.warn({ tenant, id }, conflictInWords({ id }));
}

/** Ids that were seen with two addresses and of which the operator does not say whose they are, in order. */
export function conflictsIn({ learned, canonical }: Pick<IdentityTable, 'learned' | 'canonical'>): Renamed[] {
  const keys = [...learned].flatMap(([key, value]) => (value === '' ? [key] : []));
  return keys
    .sort()
    .map(renamedOf)
    .filter(({ tenant, id }) => canonical(tenant, id) === undefined);
}

export function conflictInWords({ id }: Pick<Renamed, 'id'>): string {
  return `${id} was seen with two addresses and belongs to neither; say in identities.file whose it is`;
}
