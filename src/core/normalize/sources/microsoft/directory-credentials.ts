import { clip, guid, text } from '../../record.js';
import type { PropertyReader } from './directory-properties.js';

/** A key or secret of an app as the directory describes it; the secret itself is never in the log. */
interface Credential {
  uid: string;
  type: string;
  name: string | undefined;
}

/** `[KeyIdentifier=<id>,KeyType=Password,KeyUsage=Verify,DisplayName=<name>]`, one after the other. */
const CREDENTIAL = /KeyIdentifier=([^,\]]+),KeyType=([^,\]]+),KeyUsage=[^,\]]*,DisplayName=([^\]]*)\]/g;
const LONGEST_LIST = 10_000;

function credentialsIn(value: string | undefined): Credential[] {
  if (value === undefined) return [];
  const found: Credential[] = [];
  for (const match of clip(value, LONGEST_LIST).matchAll(CREDENTIAL)) {
    found.push({ uid: guid(match[1]) as string, type: match[2] as string, name: text(match[3]) });
  }
  return found;
}

/** The credentials that are there after the operation and were not before. */
function addedIn(changed: PropertyReader): Credential[] {
  const known = new Set(credentialsIn(changed('KeyDescription', 'old')).map(({ uid }) => uid));
  return credentialsIn(changed('KeyDescription', 'new')).filter(({ uid }) => !known.has(uid));
}

/** The credentials that were there before the operation and are not after it: all of them, where nothing is listed that is left. */
function removedIn(changed: PropertyReader): Credential[] {
  const left = new Set(credentialsIn(changed('KeyDescription', 'new')).map(({ uid }) => uid));
  return credentialsIn(changed('KeyDescription', 'old')).filter(({ uid }) => !left.has(uid));
}

/** The ids of the credentials that an operation took away, with blanks between; undefined when it took none. */
export function removedCredentials(
  changed: PropertyReader,
): { kind: string | undefined; uids: string; name: string | undefined } | undefined {
  const removed = removedIn(changed);
  const first = removed[0];
  if (first === undefined) return undefined;
  return { kind: kindOf(first.type), uids: removed.map(({ uid }) => uid).join(' '), name: first.name };
}

/**
 * Whether an operation on the credentials of an app left it with one more. The same operation is logged when one is taken away, and when an app
 * is made that has none.
 */
export function addsCredential(changed: PropertyReader): boolean {
  const after = changed('KeyDescription', 'new');
  if (after !== undefined) return addedIn(changed).length > 0 || credentialsIn(after).length === 0;
  return changed('KeyDescription', 'old') === undefined && !(changed('Included Updated Properties') ?? '').includes('KeyDescription');
}

/** Whether an update of an app lets another identity provider speak for it. */
export function addsFederatedCredential(changed: PropertyReader): boolean {
  return changed('FederatedIdentityCredentials', 'new') !== undefined;
}

/**
 * The credential that an operation added: the first of them.
 * @param action cleaned
 */
export function addedCredential(
  action: string,
  changed: PropertyReader,
): { kind: string | undefined; uid: string | undefined; name: string | undefined } {
  if (/federated/i.test(action) || addsFederatedCredential(changed)) return { kind: 'federated', uid: undefined, name: undefined };
  const added = addedIn(changed)[0];
  return { kind: kindOf(added?.type ?? changed('KeyType')), uid: added?.uid, name: added?.name };
}

function kindOf(type: string | undefined): string | undefined {
  if (type === undefined) return undefined;
  return /password|symmetric$/i.test(type) && !/asymmetric/i.test(type) ? 'secret' : 'certificate';
}
