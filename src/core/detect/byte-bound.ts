import { keepRestingOn } from '../state/gone-mark.js';
import { dropHabit } from '../state/habits.js';
import { forgetIncident, keepLevels } from '../state/incident.js';
import { takeWorst } from '../state/marks.js';
import { isBefore } from '../state/observation.js';
import { rememberLife } from '../state/past-lives.js';
import { PERSON_BYTES_MAX, type Person } from '../state/person.js';
import {
  sizeOfHabit,
  sizeOfHabits,
  sizeOfIncident,
  sizeOfMark,
  sizeOfPastLife,
  sizeOfReport,
  type Weight,
  weigh,
} from '../state/record/weigh.js';
import type { RulesInForce } from '../state/record/write.js';
import { boundPrints, keepReports, type OnRecord, type Report, type Session } from '../state/session.js';
import type { Story } from '../state/story.js';
import { withoutWords } from './evaluate-story.js';
import { SAID_AGAIN_MS } from './finding.js';

const KB = 1024;
/** Weighed above this, a person loses something, */
const TOO_MUCH = 50 * KB;
/** until they are below this: so there is room for a while, and weighing is rare. */
const ENOUGH = 40 * KB;
/** For what nobody counts when it grows: words of the rules and the vendors, times that are later than before. */
const RESERVE = 4 * KB;

/**
 * What each kind may take of a person who has too much, before events go: so that no kind washes another out. All of them together leave some
 * room for events; what people have in a normal year is a tenth of it. Prefixes of strangers, sixteen at most, never go.
 */
const SHARES = { past_lives: 2 * KB, incidents: 3 * KB, habits: 5 * KB, marks: 3 * KB, reports: 10 * KB, sessions: 10 * KB };

/** What goes, counted. */
export interface LetGo {
  observations: number;
  sessions: number;
  /** findings on record, ends, incidents, habits, past lives */
  others: number;
}

/**
 * Weighs a person and lets go of what is too much: of each kind that has more than its share what
 * is worth least; then events, of the fullest session first; then the other sessions, prints and findings. How much has to go is told by what was
 * weighed, so that it is weighed once more when it is gone.
 * @param evict takes one event out of the story or a session, as for want of places; false when there is none
 */
export function boundBytes(person: Person, rules: RulesInForce, evict: () => boolean): LetGo {
  const gone: LetGo = { observations: 0, sessions: 0, others: 0 };
  let weight = weigh(person, rules);
  if (weight.total > TOO_MUCH) {
    const { story } = person;
    const hadWords = story.verdicts.some(({ judgement }) => judgement.message !== '');
    if (hadWords) story.verdicts = story.verdicts.map((verdict) => withoutWords(verdict));
    gone.others = trimShares(person, weight);
    if (hadWords || gone.others > 0) weight = weigh(person, rules);
  }
  // Sessions and events stay when shorter findings, and verdicts that can be told again, are enough.
  if (weight.total > TOO_MUCH) {
    gone.sessions = trimSessions(person, weight, SHARES.sessions);
    if (gone.sessions > 0) weight = weigh(person, rules);
    while (weight.total > TOO_MUCH || (weight.total > ENOUGH && gone.observations === 0)) {
      const { events, total } = weight;
      const held = Math.max(person.story.tail.length, 1);
      let count = Math.ceil(held * Math.min(1, (total - ENOUGH) / Math.max(events, 1)));
      const before = gone.observations;
      while (count-- > 0 && evict()) gone.observations++;
      if (gone.observations === before && (total <= TOO_MUCH || !makeRoom(person, weight, gone))) break;
      weight = weigh(person, rules);
    }
  }
  person.room = PERSON_BYTES_MAX - RESERVE - weight.total;
  return gone;
}

function trimShares(person: Person, { reports }: Weight): number {
  const trim = (size: number, share: number, drop: () => number): number => {
    let gone = 0;
    for (let left = size; left > share; gone++) {
      const freed = drop();
      if (freed === 0) break;
      left -= freed;
    }
    return gone;
  };
  const lives = sumOf(person.past_lives, sizeOfPastLife);
  const incidents = sumOf(person.incidents, sizeOfIncident);
  return (
    trim(lives, SHARES.past_lives, () => freedOf(person.past_lives.shift(), sizeOfPastLife)) +
    trim(incidents, SHARES.incidents, () => freedOf(forgetIncident(person), sizeOfIncident)) +
    trim(sizeOfHabits(person), SHARES.habits, () => freedOf(dropHabit(person.habits), sizeOfHabit)) +
    trim(sumOf(person.marks, sizeOfMark), SHARES.marks, () => dropMark(person)) +
    shortenReports(person, reports - SHARES.reports)
  );
}

function sumOf<T>(list: readonly T[], sizeOf: (one: T) => number): number {
  let size = 0;
  for (const one of list) size += sizeOf(one);
  return size;
}

function freedOf<T>(one: T | undefined, sizeOf: (one: T) => number): number {
  return one === undefined ? 0 : sizeOf(one);
}

function dropMark(person: Person): number {
  const worst = takeWorst(person.marks);
  if (worst === undefined) return 0;
  keepRestingOn(person, worst);
  return sizeOfMark(worst);
}

/** A finding, and where it is on record. */
interface OnFile {
  on: OnRecord;
  report: Report;
  rank: number;
}

/** All that is on record of a person, what is worth least first: what was taken back, then what stands for good, then the weakest; of equals what was seen the longest ago. */
function reportsOf(person: Person): OnFile[] {
  const all: OnFile[] = [];
  for (const on of [...person.sessions, person.story]) for (const report of on.reports) all.push({ on, report, rank: rankOf(on, report) });
  return all.sort(byWorth);
}

/**
 * Forgets of findings what they rest on, and keeps that they were said, so that none is said as something new; then those that will not be told again.
 * @param excess how much they have too much, bytes
 */
function shortenReports(person: Person, excess: number): number {
  if (excess <= 0) return 0;
  let left = excess;
  let gone = 0;
  const all = reportsOf(person);
  for (const { report } of all) {
    if (left <= 0) return gone;
    if (isShortened(report.finding)) continue;
    left -= shorten(report);
    gone++;
  }
  for (const one of all) {
    if (left <= 0 || one.rank >= RETURNS) return gone;
    left -= dropReport(person, one);
    gone++;
  }
  return gone;
}

function shorten(report: Report): number {
  const before = sizeOfReport(report);
  const isSettled = report.settled === report.finding;
  report.finding = { ...report.finding, factors: [], evidence: [] };
  if (isSettled) report.settled = report.finding;
  else if (report.settled !== undefined) report.settled = { ...report.settled, factors: [], evidence: [] };
  return before - sizeOfReport(report);
}

/** Does it name nothing any more, not even what triggered it? Then it does not grow either, or it would be said again for each thing that it named before. */
export function isShortened({ evidence }: Report['finding']): boolean {
  return evidence.length === 0;
}

function dropReport(person: Person, { on, report }: OnFile): number {
  on.reports = on.reports.filter((other) => other !== report);
  keepLevels(person, [report]);
  return sizeOfReport(report);
}

/** Of what was taken back and may be said again: forgotten it would begin with revision 1, which whoever knows the later ones takes for old. */
const RETURNS = 2;
/** Of what would be said anew, as something new, were it forgotten. */
const LAST = 3;

function rankOf(on: OnRecord, report: Report): number {
  const { finding, settled } = report;
  if (finding.status === 'retracted') return canBeTold(on, report) ? RETURNS : 0;
  return settled === finding && !canBeTold(on, report) ? 1 : LAST;
}

/**
 * Would it be said anew, as something new, when all that is not settled is judged again? Of a session, when there is an event that its rule speaks of
 * from its first on, until as long after its last as it goes on unsaid. What was taken back may be told again of any event from its first on that can
 * still be judged otherwise.
 */
export function canBeTold(on: OnRecord, { rule, episode, finding }: Report): boolean {
  if (finding.status === 'retracted') {
    const { tail, settled } = on as Story | Session;
    return tail.length > settled && tail[tail.length - 1]!.time >= finding.first_seen_time;
  }
  if (isStory(on)) return on.verdicts.some((verdict) => verdict.rule === rule && verdict.judgement.episode === episode);
  const { tail, settled } = on as Session;
  const { first_seen_time: first, last_seen_time: last } = finding;
  for (let i = settled; i < tail.length; i++) {
    const { time, scores } = tail[i]!;
    if (time >= first && time <= last + SAID_AGAIN_MS && (scores[rule] ?? 0) !== 0) return true;
  }
  return false;
}

function isStory(on: OnRecord): on is Story {
  return 'verdicts' in on;
}

function byWorth(a: OnFile, b: OnFile): number {
  const [one, other] = [a.report.finding, b.report.finding];
  const order = a.rank - b.rank || (a.rank === LAST ? one.score - other.score : 0) || one.last_seen_time - other.last_seen_time;
  return order || (one.uid < other.uid ? -1 : 1);
}

/** A session that has to be told in short: its mint, whoever is suspected, and the latest. */
const FEW_PRINTS = 3;

/**
 * Prints of sessions used longest ago, then these sessions, as long as what is known of them beside their events and findings is more than their
 * share; a stranger's after all others, and never the last one. @returns how many sessions went
 */
function trimSessions(person: Person, { sessions: sizes }: Weight, share: number): number {
  let size = sumOf(sizes, (one) => one);
  if (size <= share) return 0;
  const all = person.sessions.map((session, at) => ({ session, size: sizes[at] ?? 0, isKept: isStrangers(session) }));
  all.sort((a, b) => Number(a.isKept) - Number(b.isKept) || (isUsedBefore(a.session, b.session) ? -1 : 1));
  for (const one of all) {
    if (size <= share) break;
    const folded = one.session.prints.filter(({ held_count }) => held_count === 0).length;
    const dropped = boundPrints(one.session, FEW_PRINTS);
    if (dropped === 0) continue;
    keepReports(one.session);
    const freed = (one.size * dropped) / folded;
    one.size -= freed;
    size -= freed;
  }
  const gone = new Set<Session>();
  for (const one of all.slice(0, -1)) {
    if (size <= share) break;
    size -= one.size;
    gone.add(one.session);
    rememberLife(person, one.session);
  }
  person.sessions = person.sessions.filter((session) => !gone.has(session));
  return gone.size;
}

function isStrangers({ stranger_since, prints }: Session): boolean {
  return (
    stranger_since !== undefined ||
    prints.some(({ notes }) => notes.some((note) => note?.is_suspect === true || note?.was_suspect === true))
  );
}

function isUsedBefore(a: Session, b: Session): boolean {
  return isBefore(a.last_arrival_time, a.uid, b.last_arrival_time, b.uid);
}

/** When there are no events left: sessions, but for one; its prints, but for its mint and a suspect's; findings. */
function makeRoom(person: Person, weight: Weight, gone: LetGo): boolean {
  const excess = weight.total - ENOUGH;
  const sessions = trimSessions(person, weight, Math.max(0, sumOf(weight.sessions, (one) => one) - excess));
  gone.sessions += sessions;
  if (sessions > 0) return true;
  const session = person.sessions[0];
  if (session !== undefined && session.prints.length > 2 && boundPrints(session, session.prints.length - 1) > 0) {
    keepReports(session);
    return true;
  }
  let left = excess;
  for (const one of reportsOf(person)) {
    if (left <= 0) break;
    left -= dropReport(person, one);
    gone.others++;
  }
  return left < excess;
}
