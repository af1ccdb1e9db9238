import type { Endpoint, Factor } from '../event/index.js';
import type { Mark } from '../state/marks.js';
import type { More, Observation } from '../state/observation.js';
import type { Person } from '../state/person.js';
import { isSameEndpoint } from '../state/record/same.js';
import { bytesOf } from '../state/record/size.js';
import type { Session } from '../state/session.js';
import type { EvidenceSource, Judgement } from '../state/verdict.js';

/**
 * How much larger a person's record may become by what happens, in bytes, by counting alone. Rather too much, since who has grown so much is
 * weighed: see byte-bound.ts.
 */

/** What they take beside their texts. */
const EACH = {
  observation: 130,
  more: 60,
  print: 80,
  note: 90,
  factor: 20,
  endpoint: 60,
  session: 100,
  mark: 60,
  evidence: 40,
  verdict: 100,
};
/** An event that settles: a day of sign-ins. */
const LESSON = 32;

/** An event and all that is new with it. */
export function growthOfEvent({ story }: Person, seen: Observation): number {
  const { print, more } = seen;
  let texts = bytesOf(seen.uid) + bytesOf(seen.action) + lengthOf(seen.client_uid) + lengthOf(seen.token_uid) + lengthOf(seen.device_uid);
  let bytes = EACH.observation;
  if (more !== undefined) bytes += growthOfMore(more);
  if (!isOfPrint(seen)) bytes += growthOfEndpoint(seen.endpoint);
  // Of a late one the print may have become the first: then it is another than before.
  if (print.held_count + print.folded_count <= 1 || story.tail[story.tail.length - 1] !== seen) {
    texts += lengthOf(print.user_agent?.original) + lengthOf(print.cookie_uid) + lengthOf(print.device_os) + lengthOf(print.ja4);
    bytes += EACH.print + growthOfEndpoint(print.endpoint);
  }
  return bytes + texts;
}

function isOfPrint({ endpoint, print }: Observation): boolean {
  const other = print.endpoint;
  return endpoint === other || (endpoint !== undefined && other !== undefined && isSameEndpoint(endpoint, other));
}

/** A session by itself; its first print and event come on top. */
export function growthOfSession({ ref, principal }: Session): number {
  const ids = bytesOf(ref.uid) + lengthOf(ref.root_uid) + bytesOf(ref.issuer);
  const names = bytesOf(principal.key) + lengthOf(principal.uid) + lengthOf(principal.email) + lengthOf(principal.name);
  return EACH.session + (ids + names + lengthOf(principal.on_behalf_of));
}

function growthOfMore({ auth, risk, details, facts }: More): number {
  let texts = 0;
  let bytes = EACH.more;
  if (auth !== undefined) texts += lengthOf(auth.protocol) + lengthOf(auth.method) + lengthOf(auth.incoming_token);
  if (risk !== undefined) for (const reason of risk.reasons) texts += bytesOf(reason) + 2;
  for (const key in details) texts += bytesOf(key) + bytesOf(details[key]!) + 2;
  if (facts !== undefined) for (const { by, value } of facts) texts += bytesOf(by) + bytesOf(value) + 4;
  bytes += texts;
  return bytes;
}

function growthOfEndpoint(endpoint: Endpoint | undefined): number {
  if (endpoint === undefined) return 0;
  const { ip, prefix, hostname, region, city, as_org } = endpoint;
  return EACH.endpoint + (lengthOf(hostname) + lengthOf(region) + lengthOf(city) + lengthOf(as_org)) + lengthOf(ip) + lengthOf(prefix);
}

export function growthOfMark(mark: Mark): number {
  const ids =
    bytesOf(mark.uid) + bytesOf(mark.action) + bytesOf(mark.account) + lengthOf(mark.session_uid) + lengthOf(mark.own_session_uid);
  const by = lengthOf(mark.by) + lengthOf(mark.by_device) + lengthOf(mark.by_cookie);
  return EACH.mark + (ids + by) + growthOfEndpoint(mark.by_endpoint);
}

/** What the prints of a session are noted with: to be taken before and after it is judged. */
export function notesOf({ prints }: Session): number {
  let bytes = 0;
  for (const { notes } of prints) {
    for (const note of notes) {
      if (note === undefined) continue;
      bytes += EACH.note + 3 * (note.since_uid.length + note.suspect_uid.length) + growthOfNoted(note.factors);
    }
  }
  return bytes;
}

export function growthOfJudgement({ episode, stranger, message, factors, baseline, context }: Judgement): number {
  const texts = bytesOf(episode) + lengthOf(stranger?.prefix) + bytesOf(message);
  return EACH.verdict + texts + growthOfFactors(factors) + growthOfEvidence(baseline) + growthOfEvidence(context);
}

/** What a note has is not changed: it is counted once. */
const counted = new WeakMap<readonly Factor[], number>();

function growthOfNoted(factors: readonly Factor[]): number {
  let bytes = counted.get(factors);
  if (bytes === undefined) {
    bytes = growthOfFactors(factors);
    counted.set(factors, bytes);
  }
  return bytes;
}

function growthOfFactors(factors: readonly Factor[]): number {
  let bytes = 0;
  for (const { name, before, after, text } of factors)
    bytes += EACH.factor + bytesOf(name) + (lengthOf(before) + lengthOf(after) + bytesOf(text));
  return bytes;
}

/** Its words may have left the story since. */
function growthOfEvidence(sources: readonly EvidenceSource[]): number {
  let bytes = 0;
  for (const { uid, action, endpoint, user_agent, device, client_uid } of sources) {
    const texts = bytesOf(uid) + bytesOf(action) + lengthOf(user_agent) + lengthOf(device) + lengthOf(client_uid);
    bytes += EACH.evidence + texts + growthOfEndpoint(endpoint);
  }
  return bytes;
}

/** What stays of an event that is settled. @param isStrangers it tells of a stranger: of that prefix and since when is remembered */
export function growthOfLesson({ uid, print }: Observation, learned: number, isStrangers: boolean): number {
  const known = isStrangers ? EACH.print + (2 * bytesOf(uid) + lengthOf(print.endpoint?.prefix)) : 0;
  return LESSON + 3 * learned + known;
}

/** A session lets go of an event that the story keeps: the print remembers it as its last. */
export function growthOfFolded({ uid }: Observation): number {
  return EACH.evidence + bytesOf(uid);
}

function lengthOf(text: string | undefined): number {
  return text === undefined ? 0 : bytesOf(text);
}
