import type { MappedPrincipal } from '../normalize/mapped.js';

/** The identities table: namespaced vendor id -> canonical id of the person. Read-only for the core; see table.ts for how it is learned. */
export interface Identities {
  readonly version: string;
  /** @param alias `entra:<object id>`, `okta:<org>:<id>`, `puid:<hex>` */
  canonical(tenant: string, alias: string): string | undefined;
}

/** Vendors that share one directory share one namespace of ids. */
export function namespaceOf(vendor: string, account: string): string {
  return vendor === 'entra' || vendor === 'm365' ? 'entra' : `${vendor}:${account}`;
}

/**
 * The id that stands for this principal across vendors, without its tenant, or undefined when nothing names it.
 * A pure function of the record and the table: an address wins, then a link that was learned or given, then the vendor's own id.
 */
export function canonicalId(
  who: MappedPrincipal,
  vendor: string,
  account: string,
  tenant: string,
  identities: Identities,
): string | undefined {
  const own = who.uid === undefined ? undefined : `${namespaceOf(vendor, account)}:${who.uid}`;
  if (who.email !== undefined) {
    const email = who.email.toLowerCase();
    return identities.canonical(tenant, email) ?? email;
  }
  if (own !== undefined) {
    const known = identities.canonical(tenant, own);
    if (known !== undefined) return known;
  }
  if (who.aliases !== undefined) {
    for (const alias of who.aliases) {
      const known = identities.canonical(tenant, alias);
      if (known !== undefined) return known;
    }
  }
  if (own !== undefined) return own;
  if (who.aliases?.[0] !== undefined) return who.aliases[0];
  return who.name === undefined ? undefined : `${vendor}:${who.name.toLowerCase()}`;
}
