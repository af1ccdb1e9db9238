import type { PrincipalType } from '../../../event/index.js';
import { wordTable } from '../../../event/word-table.js';
import type { MappedPrincipal, Raw } from '../../mapped.js';
import { clip, isAddress, text } from '../../record.js';
import { samePrincipal } from '../../same-principal.js';
import { aliasOf, longId, userId } from './salesforce-details.js';

export function targetsOf(targets: readonly MappedPrincipal[] | undefined, actor: MappedPrincipal): MappedPrincipal[] | undefined {
  const others = targets?.filter((one) => (one.uid !== undefined || one.email !== undefined) && !samePrincipal(one, actor));
  return others === undefined || others.length === 0 ? undefined : others;
}

export function person(uid: string | undefined, username: string | undefined, name: string | undefined): MappedPrincipal {
  const email = username !== undefined && isAddress(username) ? username : undefined;
  return { type: 'human', uid, email, name: name ?? username, aliases: aliasOf(uid) };
}

const TYPES: Readonly<Record<string, PrincipalType>> = wordTable({
  automatedprocess: 'system',
  a: 'system',
  cloudintegrationuser: 'service',
  guest: 'unknown',
  g: 'unknown',
});

const PARTNERS = /partner/i;

export function rowPrincipal(row: Raw): MappedPrincipal {
  const username = text(row['USER_NAME']) ?? text(row['USERNAME']) ?? text(row['USER']);
  const address = [username, text(row['USER_EMAIL'])].find((one) => one !== undefined && isAddress(one));
  const uid = userId(row, 'USER_ID_DERIVED', 'USER_ID');
  // known by its id alone, it is called what the log calls it
  return typed(row['USER_TYPE'], uid, address, username ?? address ?? text(row['USER_ID']));
}

export function eventPrincipal(event: Raw): MappedPrincipal {
  const username = text(event['Username']);
  return typed(event['UserType'], userId(event, 'UserId'), username !== undefined && isAddress(username) ? username : undefined, username);
}

function typed(kind: unknown, uid: string | undefined, email: string | undefined, name: string | undefined): MappedPrincipal {
  const word = text(kind);
  const type = TYPES[word?.toLowerCase() ?? ''] ?? (uid === undefined && name === undefined ? 'unknown' : 'human');
  const tags = type === 'unknown' && word !== undefined ? ['guest'] : word !== undefined && PARTNERS.test(word) ? ['partner'] : undefined;
  return { type, uid, email, name, tags, aliases: aliasOf(uid) };
}

export function delegate(name: unknown, uid: string | undefined): MappedPrincipal | undefined {
  const username = text(name);
  return username === undefined && uid === undefined ? undefined : person(uid, username, undefined);
}

const MOST_IMPACTED = 20;

/** Whom a change of permission sets reaches: a list of ids, or a text of one. */
export function impactedBy(event: Raw): MappedPrincipal[] | undefined {
  const ids = text(event['ImpactedUserIds']);
  const found = ids === undefined ? undefined : clip(ids, 1000).match(/005\w{12}(?:\w{3})?/g);
  return found?.slice(0, MOST_IMPACTED).map((one) => person(longId(one), undefined, undefined));
}
