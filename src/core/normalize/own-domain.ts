/**
 * Whether mail leaves the organisation: `true` when one of the addresses is in a domain that is neither the owner's nor above or below it,
 * `false` when none is, undefined when that cannot be said. An entry of the address book without an address may be anybody. A log does not list
 * an organisation's domains: a second domain of its own counts as outside.
 * @param addresses separated by blanks
 * @param own addresses or domains of the owner and the organisation
 */
export function isExternal(addresses: string | undefined, own: readonly (string | undefined)[]): 'true' | 'false' | undefined {
  if (addresses === undefined) return undefined;
  const domains: string[] = [];
  for (const one of own) {
    const domain = domainOf(one);
    if (domain !== undefined) domains.push(domain);
  }
  if (domains.length === 0) return undefined;
  let isInside = true;
  for (const address of addresses.split(' ')) {
    const domain = address.includes('@') ? domainOf(address) : undefined;
    if (domain === undefined) isInside = false;
    else if (!domains.some((mine) => isSame(mine, domain))) return 'true';
  }
  return isInside ? 'false' : undefined;
}

/** The domain of an address, or the text itself when it can be a domain. */
function domainOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const domain = value.slice(value.lastIndexOf('@') + 1).toLowerCase();
  return domain.length > 2 && domain.indexOf('.') > 0 && !domain.includes(' ') && !domain.includes('/') ? domain : undefined;
}

function isSame(a: string, b: string): boolean {
  return a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`);
}
