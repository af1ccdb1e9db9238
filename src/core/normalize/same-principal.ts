import type { MappedPrincipal } from './mapped.js';

/** Whether two mentions in one record are the same principal: by id, else by address. An act on oneself has no target. */
export function samePrincipal(a: MappedPrincipal, b: MappedPrincipal): boolean {
  if (a.uid !== undefined && a.uid === b.uid) return true;
  if (a.email !== undefined && b.email !== undefined) return a.email === b.email || a.email.toLowerCase() === b.email.toLowerCase();
  return false;
}
