import { appended } from './appended.js';
import { type Fact, isBefore, isSince, type Moment, type Observation } from './observation.js';
import type { Report, Session } from './session.js';
import type { Verdict } from './verdict.js';

/** Whom the person's rules hold for a stranger, once that is settled. */
export interface Suspect {
  prefix: string;
  /** the first event that made it so */
  since: Moment;
  /** event time of the latest that did, ms */
  last_time: number;
}

/** What a person did, over all their sessions and outside of any, in event-time order. */
export interface Story {
  /** ordered by event time, then uid */
  tail: Observation[];
  /** how many of the tail's first can no longer be re-ordered */
  settled: number;
  /** how many of the tail's first the person's rules have judged, as far as is known now */
  judged: number;
  /** something that was judged already has to be judged anew: what is on record and not said again no longer holds */
  is_stale: boolean;
  /** what they said of those that are not settled and that were worth reporting, in the story's order */
  verdicts: Verdict[];
  reports: Report[];
  suspects: Suspect[];
  /** sessions of which a print, or all, was ever held for a stranger's; hardly anybody has one, and who has none need not be looked through */
  watched: Session[];
}

const NONE: never[] = [];
/** The most prefixes of strangers that are remembered; the oldest goes first. */
const SUSPECTS_PER_PERSON = 16;

export function newStory(): Story {
  return { tail: NONE, settled: 0, judged: 0, is_stale: false, verdicts: NONE, reports: NONE, suspects: NONE, watched: NONE };
}

/**
 * Puts an observation into its place. Later than allowed it comes right after what is settled.
 * @returns its place, -1 when it was there already
 */
export function addToStory(story: Story, seen: Observation): number {
  const tail = story.tail;
  let at = tail.length;
  while (at > 0) {
    const before = tail[at - 1]!;
    if (before.time === seen.time && before.uid === seen.uid) return -1;
    if (isBefore(before.time, before.uid, seen.time, seen.uid)) break;
    at--;
  }
  if (at < story.settled) at = story.settled;
  if (at === tail.length) story.tail = appended(tail, seen);
  else tail.splice(at, 0, seen);
  judgeFrom(story, at);
  return at;
}

/** What was concluded of the events from a place on is forgotten: something that they rest on has changed. */
export function judgeFrom(story: Story, at: number): void {
  if (at >= story.judged) return;
  story.judged = Math.max(at, story.settled);
  story.is_stale = true;
  if (story.verdicts.length === 0) return;
  const first = story.tail[story.judged];
  if (first === undefined) return;
  story.verdicts = story.verdicts.filter(({ seen }) => seen !== first && isBefore(seen.time, seen.uid, first.time, first.uid));
}

/** The place of the first event that is not before a moment. */
export function placeOf(story: Story, time: number): number {
  let at = story.tail.length;
  while (at > 0 && story.tail[at - 1]!.time >= time) at--;
  return at;
}

/**
 * What was said of an event that can no longer be re-ordered, in the order of the rules; a finding that it triggered stands for good. The
 * caller counts it as settled, or takes it out.
 */
export function settleVerdicts(story: Story, { uid }: Observation): Verdict[] {
  for (const report of story.reports) {
    if (report.finding.trigger_event_uid === uid && report.finding.status !== 'retracted') report.settled = report.finding;
  }
  const all = story.verdicts;
  if (all.length === 0) return all;
  const own = all.filter(({ seen }) => seen.uid === uid);
  if (own.length > 0) story.verdicts = all.filter(({ seen }) => seen.uid !== uid);
  return own;
}

/** Takes an observation out of the tail. */
export function takeOut(story: Story, at: number): void {
  if (at === 0) story.tail.shift();
  else story.tail.splice(at, 1);
  if (at < story.settled) story.settled--;
  if (at < story.judged) story.judged--;
}

/** Can a rule still count with what it found in an observation? */
export type IsWanted = (fact: Fact, seen: Observation) => boolean;

/** So much of a story can be what rules still count with: of 256 events 200, the most that one may ask for. */
const WANTED_SHARE = 200 / 256;

/**
 * Which observation goes when there are too many: the oldest of the session that has the most, so that a flood in one washes out nothing but
 * itself. What no session holds counts as one: sign-ins without a session, and what sessions had to let go of. Of that stays what rules still
 * count with, so that nobody washes out what is counted with what is not; when it is too much, there goes the oldest of what there is most of.
 * @returns its place
 */
export function leastMissed({ tail }: Story, sessions: readonly Session[], isWanted: IsWanted = () => false): number {
  let fullest: Session | undefined;
  let alone = tail.length;
  for (const session of sessions) {
    alone -= session.tail.length;
    if (fullest === undefined || session.tail.length > fullest.tail.length) fullest = session;
  }
  const most = fullest?.tail[0];
  if (most !== undefined && alone < fullest!.tail.length) return Math.max(0, tail.indexOf(most));
  const kept: Observation[] = [];
  let first = -1;
  for (let i = 0; i < tail.length; i++) {
    const seen = tail[i]!;
    // whether its session holds it is dear to ask, and of most events does not matter
    if (isCounted(seen, isWanted)) {
      if (!isHeld(seen)) kept.push(seen);
    } else if (first < 0 && !isHeld(seen)) first = i;
    // were all that are left kept, what is not would still be the most
    const left = tail.length - 1 - i;
    if (first >= 0 && (most === undefined || alone - kept.length - left >= fullest!.tail.length)) return first;
  }
  if (most !== undefined && alone - kept.length < fullest!.tail.length && kept.length <= tail.length * WANTED_SHARE)
    return Math.max(0, tail.indexOf(most));
  if (first >= 0) return first;
  // what sessions held that were forgotten for want of room: hundreds of them must not wash out what rules still count with
  if (kept.length <= tail.length * WANTED_SHARE) {
    const at = tail.findIndex((seen) => !isCounted(seen, isWanted) && (seen.session === undefined || !sessions.includes(seen.session)));
    if (at >= 0) return at;
  }
  return Math.max(0, tail.indexOf(oldestOfMost(kept, isWanted)!));
}

/** Does a rule still count with an observation? */
export function isCounted(seen: Observation, isWanted: IsWanted): boolean {
  return seen.more?.facts?.some((fact) => isWanted(fact, seen)) === true;
}

/** The oldest of those of which there are the most alike, by what rules found in them; by the rarest of it when that is several things. */
function oldestOfMost(kept: readonly Observation[], isWanted: IsWanted): Observation | undefined {
  const keysOf = (seen: Observation) =>
    seen.more!.facts!.filter((fact) => isWanted(fact, seen)).map(({ rule, step, by, value }) => `${rule} ${step} ${by} ${value}`);
  const counts = new Map<string, number>();
  for (const seen of kept) for (const key of keysOf(seen)) counts.set(key, (counts.get(key) ?? 0) + 1);
  let oldest: Observation | undefined;
  let most = 0;
  for (const seen of kept) {
    const alike = Math.min(...keysOf(seen).map((key) => counts.get(key)!));
    if (alike > most) {
      most = alike;
      oldest = seen;
    }
  }
  return oldest;
}

/** Does its session still hold the observation? A session lets go of the oldest first. */
function isHeld(seen: Observation): boolean {
  const first = seen.session?.tail[0];
  return first !== undefined && !isBefore(seen.time, seen.uid, first.time, first.uid);
}

/** From so many on, sessions of which the story holds nothing are looked for and let go. */
const WATCHED_SESSIONS = 16;

/** A print of the session, or all of it, is held for a stranger's. */
export function watch(story: Story, session: Session): void {
  if (story.watched.includes(session)) return;
  if (story.watched.length >= WATCHED_SESSIONS) {
    const held = new Set(story.tail.map((seen) => seen.session));
    story.watched = story.watched.filter((one) => held.has(one));
  }
  story.watched = appended(story.watched, session);
}

/** A prefix of which nothing was heard for so long is anybody's again: addresses are given to others. */
export const SUSPECT_LAPSES_MS = 14 * 24 * 3_600_000;

/** Remembers a prefix that a stranger came from, since its first event. */
export function suspect(story: Story, prefix: string, { time, uid }: Moment): void {
  for (const known of story.suspects) {
    if (known.prefix !== prefix) continue;
    const isAnew = time - known.last_time > SUSPECT_LAPSES_MS;
    if (isAnew || isBefore(time, uid, known.since.time, known.since.uid)) known.since = { time, uid };
    known.last_time = Math.max(known.last_time, time);
    return;
  }
  story.suspects = appended(story.suspects, { prefix, since: { time, uid }, last_time: time });
  if (story.suspects.length > SUSPECTS_PER_PERSON) story.suspects = story.suspects.slice(-SUSPECTS_PER_PERSON);
}

/** What two keys of one person know of strangers, in the order in which it turned out. */
export function mergeSuspects(into: Suspect[], other: readonly Suspect[]): Suspect[] {
  if (other.length === 0) return into;
  const all = [...into];
  for (const suspect of other) {
    const at = all.findIndex(({ prefix }) => prefix === suspect.prefix);
    if (at < 0) all.push(suspect);
    else all[at] = oneSuspect(all[at]!, suspect);
  }
  return all.sort((a, b) => (isSince(a.since, b.since) ? 1 : -1)).slice(-SUSPECTS_PER_PERSON);
}

/** As `suspect` remembers it: of two times with a pause between, in which it was anybody's again, the later. */
function oneSuspect(a: Suspect, b: Suspect): Suspect {
  const [first, last] = isSince(a.since, b.since) ? [b, a] : [a, b];
  if (last.since.time - first.last_time > SUSPECT_LAPSES_MS) return last;
  return { prefix: first.prefix, since: first.since, last_time: Math.max(first.last_time, last.last_time) };
}

/** Is the prefix held for a stranger's at a moment? */
export function isSuspect({ since, last_time }: Suspect, at: Moment): boolean {
  return isSince(at, since) && at.time - last_time <= SUSPECT_LAPSES_MS;
}
