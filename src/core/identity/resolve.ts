import type { Tier } from '../event/index.js';
import type { MappedPrincipal } from '../normalize/mapped.js';

/** The identities table: namespaced vendor id -> canonical id of the person. Read-only for the core; see table.ts for how it is learned. */
export interface Identities {
  readonly version: string;
  /** @param alias `entra:<object id>`, `okta:<org>:<id>`, `puid:<hex>` */
  canonical(tenant: string, alias: string): string | undefined;
  /** The same by the operator's entries alone, without what was learned. */
  given(tenant: string, alias: string): string | undefined;
  /** What the operator says of the person that a canonical id stands for. */
  profile(tenant: string, id: string): Profile | undefined;
}

/** Beside who somebody is: what they are to the operator, and who answers for them. */
export interface Profile {
  tier?: Tier | undefined;
  owner?: string | undefined;
}

/** Vendors that share one directory share one namespace of ids. */
export function namespaceOf(vendor: string, account: string): string {
  return vendor === 'entra' || vendor === 'm365' ? 'entra' : `${vendor}:${account}`;
}

/**
 * The id that stands for this principal across vendors, without its tenant, or undefined when nothing names it.
 * A pure function of the record and the table: what the operator says of its ids wins, then the address, then a link that was learned, then the
 * vendor's own id. An address can be given to another person or changed by its owner; the operator's word for an id holds through that, while a
 * learned link is no more than an address that once stood beside the id.
 */
export function canonicalId(
  who: MappedPrincipal,
  vendor: string,
  account: string,
  tenant: string,
  identities: Identities,
): string | undefined {
  const own = who.uid === undefined ? undefined : `${namespaceOf(vendor, account)}:${who.uid}`;
  const given = givenId(own, who, vendor, tenant, identities);
  if (given !== undefined) return given;
  if (who.email !== undefined) {
    const email = who.email.toLowerCase();
    return identities.canonical(tenant, email) ?? email;
  }
  if (own !== undefined) {
    const known = identities.canonical(tenant, own);
    if (known !== undefined) return known;
  }
  // an app stands for itself in every directory; its name for all of them may be linked to another one
  if (who.aliases !== undefined && !(own !== undefined && who.type === 'service')) {
    for (const alias of who.aliases) {
      const known = identities.canonical(tenant, alias);
      if (known !== undefined) return known;
    }
  }
  if (own !== undefined) return own;
  if (who.aliases?.[0] !== undefined) return who.aliases[0];
  return who.name === undefined ? undefined : `${vendor}:${who.name.toLowerCase()}`;
}

function givenId(
  own: string | undefined,
  { uid, aliases }: MappedPrincipal,
  vendor: string,
  tenant: string,
  identities: Identities,
): string | undefined {
  const given = own === undefined ? undefined : identities.given(tenant, own);
  if (given !== undefined) return given;
  for (const alias of aliases ?? []) {
    const known = identities.given(tenant, alias) ?? identities.given(tenant, foldLogin(alias, vendor));
    if (known !== undefined) return known;
  }
  return uid === undefined || NUMBER.test(uid) ? undefined : identities.given(tenant, `${vendor}:${uid.toLowerCase()}`);
}

/** What a vendor calls somebody everywhere is read in lower case from the operator's entries, so it is looked up so: AWS's id of a user or role. */
function foldLogin(alias: string, vendor: string): string {
  const isLogin = alias.startsWith(`${vendor}:`) && alias.indexOf(':') === alias.lastIndexOf(':');
  return isLogin ? alias.toLowerCase() : alias;
}

/** Counted anew by every organisation: without its name it is nobody's. A login is the same in all, and may be given without. */
const NUMBER = /^\d+$/;
