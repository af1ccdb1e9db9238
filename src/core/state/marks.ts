import type { Actor, Endpoint, MarkKind, SessionEvent } from '../event/index.js';
import { wordTable } from '../event/word-table.js';
import { isBefore } from './observation.js';
import { observedDevice } from './print.js';
import { type CredentialNames, isMachineType } from './usage.js';

/** A moment after which a session, or all of a person's sessions at one provider, should no longer live as before. */
export interface Mark {
  kind: MarkKind;
  time: number;
  uid: string;
  /** provider and its account whose sessions are meant: `entra`, `<directory>` */
  vendor: string;
  account: string;
  action: string;
  /**
   * the session that was ended, undefined when it was every session of the provider; of `key_end`, `key_begin` and
   * `job_end` the ids of the key, with blanks between; of `key_issue` the key that was made
   */
  session_uid: string | undefined;
  /** who did it, when it was not the person */
  by: string | undefined;
  /** and from where, and on what device, as the log saw them */
  by_endpoint: Endpoint | undefined;
  by_device: string | undefined;
  /** and in which browser, by the provider's hash of its cookie */
  by_cookie: string | undefined;
  /** the session in which the person did it: after a change of their own password or factor that one lives on by right; of `key_issue` the key that was shown for it */
  own_session_uid: string | undefined;
}

/** Marks per person. What a thief could make by the dozen from inside a session goes first, so that it washes no revocation away. */
export const MARKS_PER_PERSON = 32;
/** Of them so many of the latest ends and beginnings of keys stay: a month of signing out would leave no place for one, nor would a thief who does it. */
export const KEY_MARKS_KEPT = 8;
/** And of the latest keys for a while that were made with others, and ends of jobs. */
export const KEY_ISSUES_KEPT = 8;
export const JOB_ENDS_KEPT = 8;

const KINDS: Readonly<Partial<Record<string, MarkKind>>> = wordTable({
  sign_out: 'sign_out',
  session_revoke: 'session_revoke',
  credential_change: 'credential_change',
  recovery: 'recovery',
  mfa_change: 'mfa_change',
});

/** Acts that may be done to a key or secret, or to the grant of an app, which its client's id stands for. */
const OF_KEYS: ReadonlySet<string> = new Set(['api_key', 'app_credential', 'oauth_consent', 'other']);

/** What an act did to a key or secret that its record names. */
const KEY_KINDS: Readonly<Partial<Record<string, MarkKind>>> = wordTable({ deleted: 'key_end', disabled: 'key_end', enabled: 'key_begin' });

/** The same as vendors name it, where the record does not say it in our words. */
const ENDS_KEY = /delet|revok|remov|disabl|deactivat|inactive|destroy/i;
const BEGINS_KEY = /enabl|activat/i;

/** Words in the vendors' action names for a factor that was taken away or reset. */
const TAKES_AWAY = /delet|remov|deactivat|disabl|reset|suspend|unenroll|revok/i;

/** The mark that an event sets for its subject, if any. An actor's act on somebody else marks only the other: see the target event. */
export function markOf(event: SessionEvent): Mark | undefined {
  const { activity } = event;
  if (activity === 'token_issue') return issueMarkOf(event);
  if (OF_KEYS.has(activity)) return keyMarkOf(event);
  // a grant that was taken back ends no session but its own, which is known by the same id
  if (activity === 'session_revoke' && event.details?.['key_uid'] !== undefined) return keyMarkOf(event);
  const kind = KINDS[activity];
  if (kind === undefined || event.status !== 'success') return undefined;
  // A factor that was added ends nothing.
  if (kind === 'mfa_change' && !TAKES_AWAY.test(event.action)) return undefined;
  const isTarget = event.subject_role === 'target';
  if (!isTarget && event.details?.['acts_on'] !== undefined) return undefined;
  const session = event.session?.root_uid ?? event.session?.uid;
  if (kind === 'sign_out' && session === undefined) return undefined;
  const ended = event.details?.['session'];
  // One session was ended and nobody knows which: it says nothing of any.
  if (kind === 'session_revoke' && ended === undefined && event.details?.['scope'] === 'session') return undefined;
  return newMark(event, kind, kind === 'sign_out' ? session : ended, isTarget ? undefined : session);
}

/** A key or secret that was deleted or switched off must not be used any more; one that was switched on again may. */
function keyMarkOf(event: SessionEvent): Mark | undefined {
  const { activity, details, principal, status, subject_role } = event;
  if (details === undefined || status !== 'success') return undefined;
  // a consent is done to an app, and the grant is whose who gave it
  const isOwn = activity === 'oauth_consent' ? principal.type !== 'service' : subject_role === 'target' || details['acts_on'] === undefined;
  if (!isOwn) return undefined;
  const ended = details['ended_key_uid'];
  if (ended !== undefined) return newMark(event, 'key_end', ended, undefined);
  const key = details['key_uid'];
  if (key === undefined) return undefined;
  const kind = keyKindOf(event);
  return kind === undefined ? undefined : newMark(event, kind, key, undefined);
}

/** A key for a while that was made with another key lives on when that one is taken away. What a machine takes a role with is no session of its own. */
function issueMarkOf(event: SessionEvent): Mark | undefined {
  const { details, principal, status, subject_role, token } = event;
  const issued = details?.['issued_key_uid'];
  if (issued === undefined || token === undefined || status !== 'success' || subject_role !== 'actor') return undefined;
  if (details!['target'] !== undefined && isMachineType(principal.type)) return undefined;
  return newMark(event, 'key_issue', issued, token.uid);
}

/** What was made or added is told by its activity; what happened to a key later is, to some vendors, anything else. */
function keyKindOf({ action, activity, details }: SessionEvent): MarkKind | undefined {
  const effect = details?.['effect'] ?? details?.['change'];
  if (details?.['kind'] === 'job_token') return effect === 'deleted' ? 'job_end' : undefined;
  if (effect !== undefined && KEY_KINDS[effect] !== undefined) return KEY_KINDS[effect];
  if (activity === 'session_revoke') return 'key_end';
  // What is let in once more has the id that it had; so may what is put back: who adds a certificate at Entra can choose its id.
  if (activity === 'oauth_consent' || activity === 'app_credential') return 'key_begin';
  if (activity !== 'other') return undefined;
  const told = `${effect ?? ''} ${action}`;
  if (ENDS_KEY.test(told)) return 'key_end';
  return BEGINS_KEY.test(told) ? 'key_begin' : undefined;
}

function newMark(event: SessionEvent, kind: MarkKind, session_uid: string | undefined, own_session_uid: string | undefined): Mark {
  const isTarget = event.subject_role === 'target';
  return {
    kind,
    time: event.time,
    uid: event.uid,
    vendor: providerOf(event.source.vendor),
    account: event.source.account,
    action: event.action,
    session_uid,
    by: isTarget ? (event.actor?.principal?.email ?? event.actor?.principal?.name ?? event.actor?.principal?.key) : undefined,
    by_endpoint: isTarget ? publicEndpoint(event.actor) : undefined,
    by_device: isTarget ? observedDevice(event.actor?.device) : undefined,
    by_cookie: isTarget ? event.actor?.device?.cookie_uid : undefined,
    own_session_uid,
  };
}

/** A vendor's own or a private address says nothing of where somebody is. */
function publicEndpoint(actor: Actor | undefined): Endpoint | undefined {
  const endpoint = actor?.src_endpoint;
  return endpoint?.class === 'public' ? endpoint : undefined;
}

/**
 * Is it an end, or a beginning, of this credential? The ids of two vendors may be alike, and those that one of them gives in two of its accounts.
 * @param vendor that logged the use
 */
export function isOfKey(mark: Mark, key: CredentialNames, vendor: string): boolean {
  return isOfSomeKey(mark) && isAbout(mark, key, vendor);
}

/** Does the mark name this credential? */
export function isAbout({ session_uid, vendor: ender, account }: Mark, key: CredentialNames, vendor: string): boolean {
  if (session_uid === undefined || ender !== providerOf(vendor)) return false;
  if (!names(session_uid, key.uid) && (key.other_uid === undefined || !names(session_uid, key.other_uid))) return false;
  return key.account === undefined || account === key.account || account === NAMELESS || key.account === NAMELESS;
}

/** Logs that do not name their account. */
const NAMELESS = 'default';

function names(ids: string, uid: string): boolean {
  return ids === uid || (ids.includes(' ') && ids.split(' ').includes(uid));
}

/** The provider whose sessions an act in this vendor's log ends: Microsoft 365 lives on Entra's sessions. */
export function providerOf(vendor: string): string {
  return vendor === 'm365' ? 'entra' : vendor;
}

/** Shared by everybody who has none. */
export const NO_MARKS: Mark[] = [];

/** Inserts in event-time order; false when it is there already. @returns the mark that had to go for it, which may be the new one itself */
export function addMark(marks: Mark[], mark: Mark): boolean | Mark {
  let at = marks.length;
  while (at > 0) {
    const before = marks[at - 1]!;
    if (before.uid === mark.uid) return false;
    if (isBefore(before.time, before.uid, mark.time, mark.uid)) break;
    at--;
  }
  marks.splice(at, 0, mark);
  return marks.length <= MARKS_PER_PERSON ? true : takeWorst(marks)!;
}

/**
 * Takes out the mark that is worth least; undefined when there is none. Ends of jobs, keys that were made for a while, and what was done to keys, which machines make and
 * delete all day, go first, as far as more of it is there than stays, and last what of it stays.
 */
export function takeWorst(marks: Mark[]): Mark | undefined {
  const turn = turnOf(marks);
  let worst = -1;
  for (let i = 0; i < marks.length; i++) {
    if (shelfOf(marks[i]!) !== turn) continue;
    if (worst < 0 || worthOf(marks[i]!) < worthOf(marks[worst]!)) worst = i;
  }
  return worst < 0 ? undefined : marks.splice(worst, 1)[0];
}

type MarkShelf = 'jobs' | 'issues' | 'keys' | 'others';

function shelfOf(mark: Mark): MarkShelf {
  if (mark.kind === 'job_end') return 'jobs';
  return mark.kind === 'key_issue' ? 'issues' : isOfSomeKey(mark) ? 'keys' : 'others';
}

function turnOf(marks: readonly Mark[]): MarkShelf {
  const count = { jobs: 0, issues: 0, keys: 0, others: 0 };
  for (const mark of marks) count[shelfOf(mark)]++;
  if (count.jobs > JOB_ENDS_KEPT) return 'jobs';
  if (count.issues > KEY_ISSUES_KEPT) return 'issues';
  if (count.keys > KEY_MARKS_KEPT) return 'keys';
  if (count.others > 0) return 'others';
  return count.jobs > 0 ? 'jobs' : count.issues > 0 ? 'issues' : 'keys';
}

/** Is it an end, or a beginning, of a key? */
export function isOfSomeKey({ kind }: Mark): boolean {
  return kind === 'key_end' || kind === 'key_begin';
}

/** Of equal worth, as all of keys are, the oldest goes. First what its person did, then what was no revocation, and ends of a single session. */
function worthOf(mark: Mark): number {
  if (shelfOf(mark) !== 'others') return 0;
  const { by, kind, session_uid } = mark;
  return (by === undefined ? 0 : 4) + (kind === 'session_revoke' || kind === 'recovery' ? 2 : 0) + (session_uid === undefined ? 1 : 0);
}

/** Does the mark speak of this session? Which session shows the key that was made for a while stands in the records of the session alone. */
export function concerns(mark: Mark, issuer: string, sessionUid: string): boolean {
  if (mark.kind === 'key_issue') return issuer.charCodeAt(mark.vendor.length) === COLON && issuer.startsWith(mark.vendor);
  if (mark.session_uid !== undefined) return mark.session_uid === sessionUid;
  // A partner's directory ends its own sessions, not the home directory's. Logs that do not name their account are all `default`.
  const { vendor, account } = mark;
  if (issuer.charCodeAt(vendor.length) !== COLON || !issuer.startsWith(vendor)) return false;
  return account === NAMELESS || isRest(issuer, vendor.length + 1, account) || isRest(issuer, vendor.length + 1, NAMELESS);
}

/**
 * Did the mark end a session that was alive then? An end of everything reaches only what was there; one that names its session proves that it was,
 * even when all that came before has been forgotten or was never seen.
 * @param first_time of the session as far as is known, ms
 */
export function couldEnd(mark: Mark, first_time: number): boolean {
  return mark.session_uid !== undefined || mark.time > first_time;
}

const COLON = 58;

/** Is the text from a place on just that? Compared without making the part: this runs for every end that a person ever had. */
function isRest(text: string, from: number, rest: string): boolean {
  return text.length === from + rest.length && text.endsWith(rest);
}
