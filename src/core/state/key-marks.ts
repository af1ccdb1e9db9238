import { isAbout, isOfKey, type Mark } from './marks.js';
import type { CredentialNames } from './usage.js';

/** A key for a while is made with another one, and that with a third: AWS chains roles, each for an hour at most. */
const LONGEST_CHAIN = 8;

/**
 * The end that a credential has before a moment, when it was not switched on again since. Of several in a row the first, which is the one that is broken.
 * @param vendor that logged the use
 */
export function endOfKey(marks: readonly Mark[], key: CredentialNames, vendor: string, time: number): Mark | undefined {
  let end: Mark | undefined;
  for (const mark of marks) {
    if (mark.time >= time) break;
    if (isOfKey(mark, key, vendor)) end = mark.kind === 'key_begin' ? undefined : (end ?? mark);
  }
  return end;
}

/** The latest act before a moment that switched a credential on again, and the end that it undid; undefined when it did not end before, or ended since. */
export function returnOfKey(
  marks: readonly Mark[],
  key: CredentialNames,
  vendor: string,
  time: number,
): { end: Mark; begin: Mark } | undefined {
  let end: Mark | undefined;
  let back: { end: Mark; begin: Mark } | undefined;
  for (const mark of marks) {
    if (mark.time >= time) break;
    if (!isOfKey(mark, key, vendor)) continue;
    if (mark.kind !== 'key_begin') {
      end ??= mark;
      back = undefined;
    } else if (end !== undefined) {
      back = { end, begin: mark };
      end = undefined;
    }
  }
  return back;
}

/** Is it the end of a key that another one was made with, as far as is known at a moment? */
export function isEndBehind(end: Mark, marks: readonly Mark[], uid: string, vendor: string, time: number): boolean {
  return keysBehind(marks, uid, vendor, time).some((key) => isOfKey(end, lent(key), vendor));
}

/** What a key for a while can have been made with is the same wherever it is used, and has one id. */
export function lent(uid: string): CredentialNames {
  return { uid, kind: 'access_key_id', account: undefined, other_uid: undefined };
}

/** The end of the job that a token was made for, before a moment. A job ends once; its runner may say so again. */
export function endOfJob(marks: readonly Mark[], key: CredentialNames, vendor: string, time: number): Mark | undefined {
  return marks.find((mark) => mark.kind === 'job_end' && mark.time < time && isAbout(mark, key, vendor));
}

/**
 * The keys that a key for a while was made with, as far as is known: the one that was shown for it first.
 * @param time of its use: what was made later is none of it, and must not count, since a use is not judged again for what comes after it
 */
export function keysBehind(marks: readonly Mark[], uid: string, vendor: string, time: number): string[] {
  const behind: string[] = [];
  let key: string | undefined = uid;
  while (key !== undefined && behind.length < LONGEST_CHAIN) {
    const made: Mark | undefined = marks.find(
      (mark) => mark.kind === 'key_issue' && mark.time <= time && mark.session_uid === key && mark.vendor === vendor,
    );
    key = made?.own_session_uid;
    if (key !== undefined) behind.push(key);
  }
  return behind;
}
