import { wordTable } from '../../../event/word-table.js';
import type { MappedPrincipal, Raw } from '../../mapped.js';
import { guid, id, isAddress, isGuid, list, object, text } from '../../record.js';
import { directoryUser } from './entra-user.js';

/** Names of `UserType` as tables write them; numbers are the Management API's. */
const USER_TYPES: Readonly<Record<string, number>> = wordTable({
  regular: 0,
  reserved: 1,
  admin: 2,
  dcadmin: 3,
  system: 4,
  application: 5,
  serviceprincipal: 6,
  custompolicy: 7,
  systempolicy: 8,
  partnertechnician: 9,
  guest: 10,
});

function userTypeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value === '') return undefined;
  const digits = Number(value);
  return Number.isNaN(digits) ? USER_TYPES[value.toLowerCase()] : digits;
}

const isSystemType = (type: number | undefined) => type === 3 || type === 4 || type === 7 || type === 8;
const isServiceType = (type: number | undefined) => type === 5 || type === 6;

/**
 * Who did it. `UserId` is an address, a Windows account, a SID, a prefixed object id or one of several ways to say that a service did it;
 * `UserKey` is an object id, a PUID or an application; `Actor` has both in directory records.
 */
export function m365Principal(record: Raw): MappedPrincipal {
  const type = userTypeOf(record['UserType']);
  const key = id(record['UserKey']);
  const actors = record['Actor'] === undefined ? undefined : list(record['Actor']);
  const userId = text(record['UserId']) ?? actorOfType(actors, 5) ?? text(record['ActorUserId']);
  if (userId === undefined) return fromKey(key, type, actors);

  const lower = userId.toLowerCase();
  if (lower.startsWith('serviceprincipal_'))
    return { type: 'service', uid: guid(userId.slice(17)), name: actorOfType(actors, 1) ?? userId };
  if (isSystemType(type) || isSystemName(lower)) return { type: 'system', name: userId };
  if (lower.startsWith('user_') && isGuid(userId.slice(5)))
    return { ...person(record, undefined, key, actors), uid: guid(userId.slice(5)), name: userId };
  if (isServiceType(type)) return service(record, userId, key);
  if (lower.startsWith('urn:spo:anon')) return { type: 'unknown', uid: userId, tags: ['anonymous'] };
  if (lower.startsWith('urn:spo:guest#')) return { ...directoryUser(undefined, userId.slice(14), undefined), tags: ['guest'] };
  if (lower === 'anonymous') return { type: 'unknown', name: userId, tags: ['anonymous'] };
  // a security id of a local directory names an account that nothing here resolves
  if (lower.startsWith('s-1-')) return { type: 'unknown', uid: userId };
  const principal = person(record, userId, key, actors);
  if (type === 9) principal.tags = [...(principal.tags ?? []), 'partner'];
  if (type === 10 && principal.tags === undefined) principal.tags = ['guest'];
  return principal;
}

/** Accounts of the service itself; "has an address" does not make them people. */
function isSystemName(lower: string): boolean {
  return (
    lower.startsWith('nt authority') ||
    lower.startsWith('nt service') ||
    lower === 's-1-5-18' ||
    lower === 's-1-5-19' ||
    lower === 's-1-5-20' ||
    lower === 'app@sharepoint' ||
    lower === 'sharepoint\\system' ||
    lower === 'sharepoint app' ||
    lower.endsWith('@support.onmicrosoft.com') ||
    (lower.endsWith('.outlook.com') && (lower.includes('.prod.') || lower.includes('.sdf.')))
  );
}

function service(record: Raw, userId: string, key: string | undefined): MappedPrincipal {
  const context = object(record['AppAccessContext']);
  const keyed = key !== undefined && isGuid(key) ? guid(key) : undefined;
  const client = guid(context?.['ClientAppId']) ?? guid(record['ClientAppId']) ?? guid(record['AppId']) ?? guid(record['ApplicationId']);
  const principal: MappedPrincipal = { type: 'service', uid: keyed ?? client ?? (key === userId ? undefined : key), name: userId };
  if (isAddress(userId)) principal.on_behalf_of = directoryUser(undefined, userId, undefined);
  else if (isGuid(userId)) principal.uid ??= guid(userId);
  return principal;
}

function person(record: Raw, userId: string | undefined, key: string | undefined, actors: readonly unknown[] | undefined): MappedPrincipal {
  const uid =
    (key !== undefined && isGuid(key) ? guid(key) : undefined) ??
    guid(record['TokenObjectId']) ??
    objectIdOf(actors) ??
    (userId !== undefined && isGuid(userId) ? guid(userId) : undefined);
  const principal = directoryUser(uid, userId, undefined);
  const puid = puidOf(key) ?? puidOf(actorOfType(actors, 3));
  if (puid !== undefined) principal.aliases = [`puid:${puid}`];
  // without an address or object id the key is all there is
  else if (principal.uid === undefined && principal.email === undefined) principal.uid = key;
  return principal;
}

/** Some services write no user but a key, an application or a display name. */
function fromKey(key: string | undefined, type: number | undefined, actors: readonly unknown[] | undefined): MappedPrincipal {
  const name = actorOfType(actors, 1);
  const uid = key === undefined ? (servicePrincipalOf(actors) ?? objectIdOf(actors)) : guid(key);
  const kind = isSystemType(type) ? 'system' : isServiceType(type) || name !== undefined ? 'service' : 'unknown';
  const puid = puidOf(key);
  if (puid !== undefined && kind === 'unknown') return { type: 'human', aliases: [`puid:${puid}`], uid: undefined, name: name ?? key };
  return { type: kind, uid, name };
}

/** The id in an entry of `Actor` or `Target`: `ID`, or `Id` after a collector rewrote the keys. */
export function idOf(entry: unknown): string | undefined {
  return text((entry as Raw | null)?.['ID'] ?? (entry as Raw | null)?.['Id']);
}

/** Types of an actor's ids: 0 object id or claim, 1 name, 2 other, 3 PUID, 4 service principal name, 5 address. */
function actorOfType(actors: readonly unknown[] | undefined, type: number): string | undefined {
  if (actors === undefined) return undefined;
  for (const actor of actors) {
    if ((actor as Raw | null)?.['Type'] === type) {
      const found = idOf(actor);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** `User_<object id>` where the record says so, else the object id of a sign-in; the application's id may stand beside it. */
function objectIdOf(actors: readonly unknown[] | undefined): string | undefined {
  if (actors === undefined) return undefined;
  for (const actor of actors) {
    const found = idOf(actor);
    if (found === undefined) continue;
    if (found.startsWith('User_')) return guid(found.slice(5));
    if ((actor as Raw)['Type'] === 0 && isGuid(found)) return guid(found);
  }
  return undefined;
}

function servicePrincipalOf(actors: readonly unknown[] | undefined): string | undefined {
  if (actors === undefined) return undefined;
  for (const actor of actors) {
    const found = idOf(actor);
    if (found?.startsWith('ServicePrincipal_')) return guid(found.slice(17));
  }
  return undefined;
}

const PUID = /^[0-9a-f]{16}$/;

/** The passport id inside `10032000C757D25F`, `10032000...@contoso.example` or `i:0h.f|membership|10032000...@live.com`, lower case. */
export function puidOf(key: string | undefined): string | undefined {
  if (key === undefined || key.length < 16) return undefined;
  const bar = key.lastIndexOf('|') + 1;
  const at = key.indexOf('@', bar);
  const candidate = key.slice(bar, at < 0 ? undefined : at).toLowerCase();
  return PUID.test(candidate) ? candidate : undefined;
}
