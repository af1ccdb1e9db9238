import type { Finding } from '../event/index.js';
import { dropHabit, type Habits } from '../state/habits.js';
import { forgetIncident, keepLevels } from '../state/incident.js';
import { type Mark, takeWorst } from '../state/marks.js';
import type { Observation } from '../state/observation.js';
import { boundSessions, PERSON_BYTES_MAX, type Person } from '../state/person.js';
import { bytesOf, sizeOf } from '../state/record/size.js';
import { type RulesInForce, stateOf } from '../state/record/write.js';
import { boundPrints, keepEpisode, keepReports, type OnRecord, type Report, type Session } from '../state/session.js';
import { dropSuspect, type Story } from '../state/story.js';
import { SAID_AGAIN_MS } from './finding.js';

const KB = 1024;
/** Weighed above this, a person loses something, */
const TOO_MUCH = 54 * KB;
/** For what growth at a glance misses. */
const RESERVE = 4 * KB;
/** until they are below this: so there is room for a while, and weighing is rare. */
const ENOUGH = 44 * KB;

/**
 * What each kind may take of a person who has too much, before events go: so that no kind washes another out. All of them together leave some
 * room for events; what people have in a normal year is a tenth of it.
 */
const SHARES = {
  past_lives: 3 * KB,
  suspects: 1.5 * KB,
  incidents: 3.5 * KB,
  habits: 5 * KB,
  marks: 4 * KB,
  reports: 12 * KB,
  sessions: 14 * KB,
};

/** What an event added to its person. */
export interface Growth {
  seen: Observation | undefined;
  mark: Mark | undefined;
  said: readonly Finding[];
  /** how many more verdicts there are */
  verdicts: number;
}

/** About what a mark, an observation, a print, a session and a verdict take beside their longest texts, bytes: rather more. */
const EACH = { mark: 1500, observation: 100, print: 250, session: 200, note: 80, factor: 500, verdict: 3000 };

/** How much an event added to its person, bytes, at a glance: what is said more than once stands in a record once, and is counted when its print is new. */
export function growthOf({ seen, mark, said, verdicts }: Growth): number {
  let bytes = EACH.verdict * Math.max(0, verdicts);
  // as it is said, and as it will be settled
  for (const finding of said) bytes += 2 * sizeOf(finding);
  if (mark !== undefined) bytes += EACH.mark;
  if (seen === undefined) return bytes;
  const { print, session, more } = seen;
  bytes +=
    EACH.observation + bytesOf(seen.uid) + bytesOf(seen.token_uid ?? '') + bytesOf(seen.client_uid ?? '') + bytesOf(seen.device_uid ?? '');
  bytes += bytesOf(seen.action);
  if (more !== undefined) bytes += sizeOf(more);
  if (print.held_count + print.folded_count > 1) return bytes;
  bytes += EACH.print + bytesOf(print.user_agent?.original ?? '') + bytesOf(print.cookie_uid ?? '');
  for (const note of print.notes) if (note !== undefined) bytes += EACH.note + EACH.factor * note.factors.length;
  if (session === undefined || session.prints.length > 1) return bytes;
  return bytes + EACH.session + bytesOf(session.ref.uid) + bytesOf(session.ref.root_uid ?? '') + bytesOf(session.issuer);
}

/** What goes, counted. */
export interface LetGo {
  observations: number;
  sessions: number;
  /** findings on record, ends, incidents, habits, prefixes of strangers, past lives */
  others: number;
}

/**
 * Weighs a person and lets go of what is too much, the same whatever the order of arrival of the rest: of each kind that has more than its share what
 * is worth least; then events, of the fullest session first; then the other sessions, prints and findings.
 * @param evict takes one event out of the story or a session, as for want of places; false when there is none
 */
export function boundBytes(person: Person, rules: RulesInForce, evict: () => boolean): LetGo {
  const gone: LetGo = { observations: 0, sessions: 0, others: 0 };
  let size = weigh(person, rules);
  if (size > TOO_MUCH) {
    gone.others += trimShares(person);
    size = weigh(person, rules);
  }
  if (size > TOO_MUCH) {
    gone.sessions += trimSessions(person, rules);
    size = weigh(person, rules);
    while (size > ENOUGH) {
      const held = Math.max(person.story.tail.length, 1);
      let count = Math.ceil((held * (size - ENOUGH)) / size);
      const before = gone.observations;
      while (count-- > 0 && evict()) gone.observations++;
      if (gone.observations === before) {
        if (size <= TOO_MUCH || !makeRoom(person, gone)) break;
      }
      size = weigh(person, rules);
    }
  }
  person.room = PERSON_BYTES_MAX - RESERVE - size;
  return gone;
}

function weigh(person: Person, rules: RulesInForce): number {
  return sizeOf(stateOf(person, rules));
}

function trimShares(person: Person): number {
  const { story } = person;
  let gone = 0;
  const trim = (list: () => unknown, share: number, drop: () => boolean): void => {
    while (sizeOf(list()) > share && drop()) gone++;
  };
  trim(
    () => person.past_lives,
    SHARES.past_lives,
    () => person.past_lives.shift() !== undefined,
  );
  trim(
    () => story.suspects,
    SHARES.suspects,
    () => dropSuspect(story),
  );
  trim(
    () => person.incidents,
    SHARES.incidents,
    () => forgetIncident(person),
  );
  trim(
    () => habitsOf(person.habits),
    SHARES.habits,
    () => dropHabit(person.habits),
  );
  trim(
    () => person.marks,
    SHARES.marks,
    () => dropMark(person),
  );
  trim(
    () => reportsOf(person).map(({ report }) => report),
    SHARES.reports,
    () => shortenReport(person),
  );
  return gone;
}

const habitsOf = (habits: Habits | undefined): unknown[] => (habits === undefined ? [] : Object.values(habits).flat());

function dropMark(person: Person): boolean {
  const worst = takeWorst(person.marks);
  if (worst === undefined) return false;
  for (const session of person.sessions) keepEpisode(session, worst.uid);
  keepReports(person.story);
  return true;
}

/** A finding, and where it is on record. */
interface OnFile {
  on: OnRecord;
  report: Report;
}

function reportsOf(person: Person): OnFile[] {
  return [...person.sessions, person.story].flatMap((on: OnRecord) => on.reports.map((report) => ({ on, report })));
}

/** Forgets of a finding what it rests on, and keeps that it was said, so that it is not said as something new. */
function shortenReport(person: Person): boolean {
  let worst: OnFile | undefined;
  for (const one of reportsOf(person)) {
    if (one.report.finding.evidence.length === 0) continue;
    if (worst === undefined || isWorthLess(one, worst)) worst = one;
  }
  if (worst === undefined) return false;
  const { report } = worst;
  const isSettled = report.settled === report.finding;
  report.finding = { ...report.finding, factors: [], evidence: [] };
  if (isSettled) report.settled = report.finding;
  else if (report.settled !== undefined) report.settled = { ...report.settled, factors: [], evidence: [] };
  return true;
}

/** Forgets a finding: one that was taken back, then what stands for good, then the weakest; of equals what was seen the longest ago. */
function dropReport(person: Person): boolean {
  let worst: OnFile | undefined;
  for (const one of reportsOf(person)) {
    if (worst === undefined || isWorthLess(one, worst)) worst = one;
  }
  if (worst === undefined) return false;
  const { on, report } = worst;
  on.reports = on.reports.filter((other) => other !== report);
  keepLevels(person, [report]);
  return true;
}

function rankOf({ on, report }: OnFile): number {
  const { finding, settled } = report;
  if (finding.status === 'retracted') return 0;
  return settled === finding && !canBeTold(on, report) ? 1 : 2;
}

/**
 * Would it be said anew, as something new, when all that is not settled is judged again? Of a session, when there is an event that its rule speaks of
 * from its first on, until as long after its last as it goes on unsaid.
 */
export function canBeTold(on: OnRecord, { rule, episode, finding }: Report): boolean {
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

function isWorthLess(a: OnFile, b: OnFile): boolean {
  const rank = rankOf(a);
  const [one, other] = [a.report.finding, b.report.finding];
  const order = rank - rankOf(b) || (rank === 2 ? one.score - other.score : 0) || one.last_seen_time - other.last_seen_time;
  return order === 0 ? one.uid < other.uid : order < 0;
}

/** Sessions used longest ago, as long as what is known of them beside their events and findings is more than their share. */
function trimSessions(person: Person, rules: RulesInForce): number {
  let gone = 0;
  const share = (): number => {
    const { sessions } = stateOf(person, rules);
    return sizeOf(sessions.map((session) => ({ ...session, observations: [], reports: [] })));
  };
  for (let size = share(); size > SHARES.sessions && person.sessions.length > 1; size = share()) {
    const count = Math.max(1, Math.floor((person.sessions.length * (size - SHARES.sessions)) / (2 * size)));
    gone += boundSessions(person, person.sessions.length - count);
  }
  return gone;
}

/** When there are no events left: sessions, but for the last; its prints, but for its mint and a suspect's; findings. */
function makeRoom(person: Person, gone: LetGo): boolean {
  if (person.sessions.length > 1) {
    gone.sessions += boundSessions(person, person.sessions.length - 1);
    return true;
  }
  const session = person.sessions[0];
  if (session !== undefined && session.prints.length > 2 && boundPrints(session, session.prints.length - 1) > 0) {
    keepReports(session);
    return true;
  }
  if (!dropReport(person)) return false;
  gone.others++;
  return true;
}
