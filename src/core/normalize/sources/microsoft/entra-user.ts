import type { MappedPrincipal } from '../../mapped.js';
import { guid, isAddress, text } from '../../record.js';

/** A person of the directory, as all Entra and Microsoft 365 logs name one. */
export function directoryUser(uid: unknown, principalName: unknown, name: unknown): MappedPrincipal {
  const logged = text(principalName);
  const principal: MappedPrincipal = { type: 'human', uid: guid(uid), email: undefined, name: text(name) };
  if (logged === undefined) return principal;
  if (!isAddress(logged)) {
    principal.name ??= logged;
    return principal;
  }
  const home = homeAddress(logged);
  if (home === undefined) principal.email = logged;
  else {
    principal.email = home;
    principal.name ??= logged;
    principal.tags = ['guest'];
  }
  return principal;
}

/**
 * The address behind a guest's principal name: `kim_partner.example#EXT#@host.onmicrosoft.com` is kim@partner.example, which is how that
 * person is called everywhere else. Domains hold no underscore, so the last one stands for the at sign.
 */
function homeAddress(principalName: string): string | undefined {
  const marker = principalName.toLowerCase().indexOf('#ext#');
  if (marker < 0) return undefined;
  const at = principalName.lastIndexOf('_', marker);
  if (at <= 0 || at === marker - 1) return undefined;
  return `${principalName.slice(0, at)}@${principalName.slice(at + 1, marker)}`;
}
