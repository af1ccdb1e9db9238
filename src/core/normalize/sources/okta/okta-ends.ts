import type { MappedSession, Raw } from '../../mapped.js';
import { detail, id, word } from '../../record.js';

/** Acts that end one session of a person and leave the others. */
const ENDS_ONE_SESSION: ReadonlySet<string> = new Set(['user.session.end', 'user.session.expire']);

export function endsOneSession(action: string): boolean {
  return ENDS_ONE_SESSION.has(action);
}

/**
 * Adds to the details of an act that ends one session which one it was, and, unless it is a sign-out, which says so itself, that it was one.
 * @param own the session in which it was done
 * @param isDoneToAnother somebody else is its target
 */
export function withEnd(
  details: Record<string, string> | undefined,
  action: string,
  own: MappedSession | undefined,
  targets: readonly (Raw | null)[],
  isDoneToAnother: boolean,
): Record<string, string> | undefined {
  const scoped = action === 'user.session.end' ? details : detail(details, 'scope', 'session');
  return detail(scoped, 'session', named(targets) ?? (isDoneToAnother ? undefined : whole(own)));
}

/** The session that the act names. */
function named(targets: readonly (Raw | null)[]): string | undefined {
  for (const target of targets) {
    const uid = word(target?.['type'])?.includes('session') ? id(target?.['id']) : undefined;
    if (uid !== undefined) return uid;
  }
  return undefined;
}

/** A call without a login has no session of its own. */
function whole(own: MappedSession | undefined): string | undefined {
  return own === undefined || own.confidence === 'low' ? undefined : (own.root_uid ?? own.uid);
}
