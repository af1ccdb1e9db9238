import type { Raw } from '../../mapped.js';
import { id, text } from '../../record.js';
import { categoryOf } from './github-actions.js';

/** Categories whose entries are about a token. */
const ABOUT_TOKENS: ReadonlySet<string> = new Set(['oauth_access', 'personal_access_token', 'org_credential_authorization']);
/** And about keys, which are known by their fingerprint. */
const ABOUT_KEYS: ReadonlySet<string> = new Set([...ABOUT_TOKENS, 'public_key', 'deploy_key', 'git_signing_ssh_public_key', 'gpg_key']);

/** Entries about a token name that one, not the one that they were made with. */
export function isAboutToken(action: string): boolean {
  return ABOUT_TOKENS.has(categoryOf(action));
}

/** What was done with a token names the token that was shown, whatever else it is about. */
export function namesItsToken(entry: Raw, action: string): boolean {
  return isAboutToken(action) && text(entry['programmatic_access_type']) === undefined;
}

/** A request for a token that is refused or taken back ends none. */
const TAKES_AWAY = /\.(destroy|delete|remove|revoke|access_revoked|credential_revoked|deauthorize)$/;

/** Is it the end of a token or key? */
export function isTakenAway(action: string): boolean {
  return TAKES_AWAY.test(action) && ABOUT_KEYS.has(categoryOf(action));
}

/**
 * The ids of the token or key that an entry is about: a token has a number and a hash, and its uses may show the one or the other; a key has a
 * fingerprint.
 */
export function keyIds(entry: Raw, action: string): string | undefined {
  const isNamed = namesItsToken(entry, action);
  const found = new Set<string>();
  for (const uid of [
    id(entry['user_programmatic_access_id']),
    id(entry['fingerprint']),
    isNamed || action.startsWith('oauth_access.') ? tokenNumber(entry) : undefined,
    isNamed ? id(entry['hashed_token']) : undefined,
  ]) {
    if (uid !== undefined) found.add(uid);
  }
  return found.size === 0 ? undefined : [...found].join(' ');
}

/** The number of a token; none is 0. */
export function tokenNumber(entry: Raw): string | undefined {
  const uid = id(entry['token_id']);
  return uid === '0' ? undefined : uid;
}
