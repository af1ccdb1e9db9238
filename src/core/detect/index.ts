// However long, one file: what an arrival, a tick, a reload and the want of room do to one person have to happen in one order, which is seen here.

import { type Declared, NOTHING_DECLARED } from '../declared/declared.js';
import type { Endpoint, Finding, SessionEvent } from '../event/index.js';
import type { DetectStanding, DetectStats, DurableDetect } from '../pipeline.js';
import { Feeds, type Pulse } from '../state/feeds.js';
import { keepRestingOn } from '../state/gone-mark.js';
import { newHabits } from '../state/habits.js';
import { keepLevels } from '../state/incident.js';
import { createInterner } from '../state/intern.js';
import { type LaneOfClient, laneOf } from '../state/lane.js';
import { addMark, concerns, isOfSomeKey, type Mark, markOf, NO_MARKS } from '../state/marks.js';
import { mergePeople, rekey } from '../state/merge.js';
import {
  BY_CREDENTIAL_STEP,
  type Fact,
  HELD_OPEN_STEP,
  isDone,
  isSince,
  markByCredential,
  type Observation,
  observe,
} from '../state/observation.js';
import { type Alone, DEFAULT_LIMITS, People, type StateLimits } from '../state/people.js';
import { boundSessions, isRepeat, type Person, sessionOf } from '../state/person.js';
import { newPrint, traitsOf } from '../state/print.js';
import { sizeOfFinding } from '../state/record/weigh.js';
import type { RulesInForce } from '../state/record/write.js';
import {
  addObservation,
  birthOf,
  boundPrints,
  foldOldest,
  keepReports,
  NEVER,
  type Report,
  type Session,
  settleOldest,
} from '../state/session.js';
import type { Shelf } from '../state/shelf.js';
import { meetSignOn, runsOf } from '../state/sign-ons.js';
import { addToStory, type IsWanted, isCounted, judgeFrom, leastMissed, placeOf, settleVerdicts, takeOut } from '../state/story.js';
import { type ArrivedUse, isExplained, isMachineType, keepLatest, useFactIn, useOf } from '../state/usage.js';
import { HELD_OPEN_MS, holdsOpen, isShellPrint } from '../state/vendor-shell.js';
import { actOfConsequence } from './acts.js';
import { boundBytes } from './byte-bound.js';
import { prepare, type RuleBench } from './detectors.js';
import { type Enforced, feedOf } from './enforced.js';
import { evaluateSession, hasToCompare, judgeOne, type Strongest } from './evaluate.js';
import { evaluateStory, retell, strongestOf } from './evaluate-story.js';
import { endedBy, type Telling, withdrawn } from './finding.js';
import { growthOfEvent, growthOfFolded, growthOfMark, growthOfSession, notesOf } from './growth.js';
import { levelIncidents } from './incident-level.js';
import type { PersonJudge, PersonScene, Scene, SignOnKnown } from './judgement.js';
import { learnFrom, takeLesson } from './lessons.js';
import { asksMore, movePlaces } from './move-places.js';
import { BEGINS_STEP, WITHIN_MOST_MS } from './no-sign-on.js';
import { boundMergedReports, keepForGood, moveReport, record } from './reports.js';
import type { Rule } from './rule.js';
import { type Unjudged, UnjudgedLogs } from './unjudged.js';
import { isGraveVerdict } from './vendor-verdicts.js';
import { isToldBy, type Wait, Waiting } from './waiting.js';

export { DETECTORS } from './detectors.js';

export interface DetectOptions {
  /** digest of everything that judges; on every finding */
  config_digest: string;
  limits?: Partial<StateLimits>;
  /** lane of a published OAuth client */
  laneOfClient?: LaneOfClient;
  /** the operator's own egress */
  isOperatorEgress?: (endpoint: Endpoint) => boolean;
  /** what the operator says of agents and partners */
  declared?: Declared;
  /** where the operator says that single sign-on is enforced; absent: nowhere */
  enforced?: Enforced;
}

/** An event whose time is no better known than this has no place in a story: a record without a time gets an assumed one. */
const COARSEST_TIME_MS = 3_600_000;

/** Of how logs of providers were delivered the longest `within` and `wait` are asked for, behind what can still be re-ordered, ms. */
const FEEDS_KEPT_MS = 3 * 24 * 3_600_000;
/** What a run takes in a person's record beside its provider's name, in letters of three bytes. */
const SIGN_ON_LETTERS = 20;

/** An event further ahead of its arrival than this has a wrong clock: it is not judged and moves nothing. */
const AHEAD_OF_ARRIVAL_MS = 10 * 60_000;

/** @param shelf where people are kept; in memory as they are, unless told otherwise */
export function createDetect(rules: readonly Rule[], options: DetectOptions, shelf?: Shelf): DurableDetect {
  return new Engine(rules, options, shelf);
}

/** Detect itself. Whoever explains it looks at what it remembers; nobody else does. */
export class Engine implements DurableDetect {
  readonly people: People;
  private readonly feeds = new Feeds();
  private readonly waiting = new Waiting();
  private readonly missed = new UnjudgedLogs();
  private bench: RuleBench;
  private options: DetectOptions;
  private readonly interned = createInterner();
  /** uids of rules that went: what they found in events is parked, of the first at place -1 */
  private readonly gone: string[] = [];
  private readonly counts = { evicted_sessions: 0, evicted_observations: 0, evicted_memories: 0, duplicates: 0, late_beyond_allowed: 0 };

  constructor(rules: readonly Rule[], options: DetectOptions, shelf?: Shelf) {
    this.people = new People({ ...DEFAULT_LIMITS, ...options.limits }, shelf);
    this.options = options;
    this.bench = prepare(rules, options.declared);
  }

  configure(rules: readonly Rule[], options: DetectOptions): Finding[] {
    return [...this.reconfigure(rules, options)].flat();
  }

  *reconfigure(rules: readonly Rule[], options: DetectOptions, defect: (error: unknown) => void = fail): IterableIterator<Finding[]> {
    const before = this.bench;
    const bench = prepare(rules, options.declared);
    const { gone } = this;
    for (const uid of before.uids) if (!bench.uids.includes(uid) && !gone.includes(uid)) gone.push(uid);
    const placeOf = (uid: string) => bench.uids.indexOf(uid);
    const placeOrParked = (uid: string) => (placeOf(uid) >= 0 ? placeOf(uid) : -1 - gone.indexOf(uid));
    const places = before.uids.map(placeOrParked);
    const parked = gone.map(placeOrParked);
    const isMoreAsked = asksMore(before, bench);
    this.bench = bench;
    this.options = options;
    const { clock, limits } = this.people;
    const since = clock - limits.session_idle - limits.allowed_lateness;
    const isRecent = ({ last_seen_time, lateness_ms }: Finding) => last_seen_time + lateness_ms >= since;
    const withdraw = (finding: Finding) => withdrawn(finding, clock, options.config_digest);
    for (const person of this.people.shelf.underRules(this.rulesInForce())) {
      const theirs = movePlaces(person, places, placeOf, withdraw, { parked, isRecent });
      try {
        // what nothing was said of, and nobody asks more of, can wait for the person's next event
        if (isMoreAsked || hasChangeableFindings(person)) this.judgeAnew(person, theirs);
        this.conclude(person, theirs, clock);
      } catch (error) {
        // they are under the rules in force, and what these say of the past waits for their next event
        defect(error);
      }
      yield theirs;
    }
  }

  private judgeAnew(person: Person, findings: Finding[]): void {
    for (const session of person.sessions) {
      if (isToBeJudged(session, person, this.bench.sessions.length)) this.judgeSession(person, session, -1, this.people.clock, findings);
    }
    this.judgeStory(person, this.people.clock, findings);
  }

  accept(event: SessionEvent): Finding[] {
    if (event.time - event.arrival_time > AHEAD_OF_ARRIVAL_MS || (event.time_precision_ms ?? 0) > COARSEST_TIME_MS) return [];
    const { people } = this;
    this.passed(event);
    let person = people.find(event.principal.key, event.arrival_time);
    if (person === undefined) {
      // A password spray must not fill memory: who never succeeded is not remembered, unless the vendor itself saw that they are in danger.
      if ((event.status === 'failure' || event.status === 'interrupted') && !isGraveVerdict(event)) return [];
      person = people.create(event);
    }
    if (isRepeat(person, event.uid)) {
      this.counts.duplicates++;
      return [];
    }
    if (event.arrival_time > person.last_arrival_time) person.last_arrival_time = event.arrival_time;
    if (person.principal !== event.principal) this.learnName(person, event);
    const findings: Finding[] = [];
    this.settle(person, event.arrival_time, findings);
    this.meetAtProvider(person, event);
    if (event.time < person.next_settle_time) person.next_settle_time = event.time;
    const mark = markOf(event);
    if (mark !== undefined) this.mark(person, mark, event.arrival_time, findings);
    const arrived = arrivedUse(person, event);
    const facts = this.factsOf(event, person, arrived);
    let seen: Observation | undefined;
    if (isDone(event)) {
      const session = this.sessionFor(person, event);
      if (session !== undefined) seen = this.observe(person, session, event, facts, findings);
      seen ??= this.observeAlone(person, session, event, facts);
    } else if (facts !== undefined) seen = this.observeAlone(person, undefined, event, facts);
    // whether a use is held as one depends on what was told before it; what it teaches of the person must not
    if (seen !== undefined && arrived?.use.isMachine === false && useFactIn(seen) === undefined)
      markByCredential(seen, arrived.use.credential);
    if (arrived !== undefined) learnFrom(person, arrived);
    if (seen !== undefined) addToStory(person.story, seen);
    if (seen !== undefined && holdsOpen(seen)) this.judgeShells(person, seen, event.arrival_time, findings);
    if (seen !== undefined && arrived !== undefined) keepLatest(person.story, seen);
    this.judgeStory(person, event.arrival_time, findings);
    if (seen?.more?.facts !== undefined) this.waitFor(person, seen);
    if (person.story.tail.length > people.limits.observations_per_person) this.evictFromStory(person, event.arrival_time, findings);
    if (seen !== undefined) person.room -= growthOfEvent(person, seen);
    this.conclude(person, findings, event.arrival_time);
    return findings;
  }

  /** What an event's arrival settles of its person before the event itself is looked at. */
  catchUp({ principal, arrival_time }: SessionEvent): Finding[] {
    const findings: Finding[] = [];
    if (arrival_time > this.people.clock) this.people.clock = arrival_time;
    const person = this.people.find(principal.key, arrival_time);
    if (person !== undefined) {
      this.settle(person, arrival_time, findings);
      this.conclude(person, findings, arrival_time);
    }
    return findings;
  }

  absorb(from: string, into: string): Finding[] | undefined {
    if (from === into || tenantOf(from) !== tenantOf(into)) return undefined;
    const heir = this.release(from);
    return heir === undefined ? undefined : this.inherit(into, heir);
  }

  release(key: string): Person | undefined {
    const { people } = this;
    const person = people.find(key, people.last_tick);
    if (person !== undefined) people.shelf.delete(key);
    this.waiting.put(key, []);
    return person;
  }

  inherit(key: string, heir: Person): Finding[] {
    if (tenantOf(key) !== heir.tenant) throw new Error('a person of another tenant');
    const { people } = this;
    const { clock } = people;
    const findings: Finding[] = [];
    const reports = rekey(heir, key);
    const known = people.find(key, people.last_tick);
    const person = known ?? heir;
    let carried = reports;
    if (known === undefined) people.put(heir);
    else {
      const merged = mergePeople(known, heir);
      carried = merged.carried;
      for (const { ended, goes_on } of merged.doubles) {
        keepLevels(known, [ended]);
        findings.push(endedBy(ended.finding, known, goes_on.finding, clock));
      }
      this.judgeAnew(known, findings);
      this.boundMerged(known, findings);
      this.settle(known, clock, findings);
    }
    this.tellCarried(person, carried, findings);
    for (let at = person.story.settled; at < person.story.tail.length; at++) this.waitFor(person, person.story.tail[at]!);
    // it is weighed anew
    person.room = -1;
    this.conclude(person, findings, clock);
    return findings;
  }

  /** What was told under the other key and still stands is told under this one, so that whoever looks for the person finds it. */
  private tellCarried(person: Person, carried: readonly Report[], findings: Finding[]): void {
    const { clock, limits } = this.people;
    const since = clock - limits.session_idle - limits.allowed_lateness;
    const told = new Set(findings.map(({ uid }) => uid));
    for (const report of carried) {
      const { uid, status, last_seen_time, lateness_ms } = report.finding;
      if (status !== 'retracted' && !told.has(uid) && last_seen_time + lateness_ms >= since)
        findings.push(moveReport(report, person, clock));
    }
  }

  /** Two people's worth of sessions and events is more than one may have. */
  private boundMerged(person: Person, findings: Finding[]): void {
    const { limits, clock } = this.people;
    this.counts.evicted_sessions += boundSessions(person, limits.sessions_per_person);
    for (const session of person.sessions) {
      while (session.tail.length > limits.observations_per_session) this.evictFromSession(person, session, clock, findings);
      if (boundPrints(session) > 0) keepReports(session);
    }
    while (person.story.tail.length > limits.observations_per_person) this.evictFromStory(person, clock, findings);
    for (const on of [...person.sessions, person.story]) boundMergedReports(person, on, clock);
  }

  tick(time: number, isPast: (key: string) => boolean = NOBODYS, alone?: Alone): Finding[] {
    const findings: Finding[] = [];
    const { people, feeds } = this;
    const each: Alone = alone ?? ((_, act) => void findings.push(...act()));
    const settle = (person: Person) => {
      const theirs: Finding[] = [];
      this.settle(person, time, theirs);
      this.conclude(person, theirs, time);
      return theirs;
    };
    people.tick(time, settle, isPast, each);
    this.judgeWaiting(time, isPast, each);
    feeds.forget(people.clock - people.limits.allowed_lateness - FEEDS_KEPT_MS);
    return findings;
  }

  passTick(time: number): void {
    this.people.pass(time);
  }

  /** Judges those again of whom it is known by now what their providers had to tell. */
  private judgeWaiting(time: number, isPast: (key: string) => boolean, alone: Alone): void {
    const { people, waiting, signOn } = this;
    this.missed.resolve((log, since) => this.silentUntil(log, since));
    if (waiting.size === 0) return;
    const judges = this.judgesOfSignOn;
    const boundary = people.clock - people.limits.allowed_lateness;
    for (const [key, waits] of waiting.entries()) {
      if (isPast(key)) continue;
      const tenant = tenantOf(key);
      const isOver = (wait: Wait) =>
        wait.time < boundary || signOn === undefined || judges.every((judge) => judge.unknown!(signOn, tenant, wait) === undefined);
      const over = waits.filter(isOver);
      if (over.length === 0) continue;
      waiting.put(
        key,
        waits.filter((wait) => !over.includes(wait)),
      );
      alone(key, () => this.judgeOver(key, over, time, boundary));
    }
  }

  /** @param over what the person waited for, and is known by now or never will be */
  private judgeOver(key: string, over: readonly Wait[], time: number, boundary: number): Finding[] {
    const { people, signOn } = this;
    const findings: Finding[] = [];
    const person = people.find(key, people.last_tick);
    if (person === undefined) return findings;
    const late = over.filter((wait) => wait.time < boundary);
    if (signOn !== undefined && late.length > 0) this.missed.count('missed', late, person, this.judgesOfSignOn, signOn);
    const { story } = person;
    const at = story.tail.findIndex(
      (seen, i) => i >= story.settled && waitsOf(seen).some((wait) => over.some((one) => isToldBy(wait, one))),
    );
    if (at < 0) return findings;
    judgeFrom(story, at);
    this.judgeStory(person, time, findings);
    this.conclude(person, findings, time);
    return findings;
  }

  unjudged(): Unjudged[] {
    const { people, missed, signOn, judgesOfSignOn } = this;
    if (signOn === undefined) return [];
    const all = missed.copy();
    for (const [key, waits] of this.waiting.entries()) {
      const person = people.find(key, people.last_tick);
      if (person !== undefined) all.count('waiting', waits, person, judgesOfSignOn, signOn);
    }
    return all.list();
  }

  /** When a log that was silent since then spoke again, ms; undefined while it has not. */
  private silentUntil({ tenant, provider }: Unjudged, since: number): number | undefined {
    const feed = feedOf(tenant, provider);
    const latest = this.feeds.latest(feed);
    return latest === undefined || latest <= since ? undefined : this.feeds.silence(feed, since, latest, 0)?.last_time;
  }

  private get judgesOfSignOn(): readonly PersonJudge[] {
    return this.bench.people.flatMap(({ judge }) => (judge.unknown === undefined ? [] : [judge]));
  }

  heard(pulse: Pulse): void {
    this.feeds.hear(pulse);
  }

  standing(): DetectStanding {
    const { clock, last_tick } = this.people;
    const feeds = this.feeds.standing();
    return feeds === undefined ? { clock, last_tick } : { clock, last_tick, feeds };
  }

  resume({ clock, last_tick, feeds }: DetectStanding): void {
    this.people.clock = clock;
    this.people.last_tick = last_tick;
    this.feeds.resume(feeds);
  }

  takeWaits(): [key: string, waits: readonly Wait[] | undefined][] {
    return this.waiting.takeChanged();
  }

  restoreWaits(key: string, waits: readonly Wait[] | undefined): void {
    this.waiting.restore(key, waits);
  }

  waitsOf(key: string): readonly Wait[] | undefined {
    return this.waiting.of(key);
  }

  passed(event: SessionEvent): void {
    const { time, arrival_time, tenant } = event;
    if (arrival_time > this.people.clock) this.people.clock = arrival_time;
    const { enforced } = this.options;
    if (enforced === undefined) return;
    for (const name of enforced.spokenBy(event)) this.feeds.hear({ feed: feedOf(tenant, name), first_time: time, last_time: time });
  }

  /** Remembers that the person was at a provider: what was held against sessions of theirs may be explained by it. */
  private meetAtProvider(person: Person, event: SessionEvent): void {
    const { enforced } = this.options;
    if (enforced === undefined || event.principal.type !== 'human') return;
    const names = enforced.shownAt(event);
    if (names.length === 0) return;
    const { people } = this;
    const kept = people.clock - people.limits.allowed_lateness - WITHIN_MOST_MS;
    person.habits ??= newHabits();
    for (const name of names) {
      const isFirst = !runsOf(person.habits, name).some(({ first_time }) => first_time <= event.time);
      if (!meetSignOn(person.habits, name, event.time, kept)) continue;
      person.room -= 3 * (name.length + SIGN_ON_LETTERS);
      this.judgeBegun(person, name, isFirst);
    }
  }

  /** @param isFirst nothing was held against sessions of somebody whom the provider did not know, as far as anybody had heard */
  private judgeBegun(person: Person, provider: string, isFirst: boolean): void {
    const { story } = person;
    const isOf = (seen: Observation) => waitsOf(seen).some((wait) => wait.provider === provider);
    if (isFirst) {
      const at = story.tail.findIndex((seen, i) => i >= story.settled && isOf(seen));
      if (at < 0) return;
      judgeFrom(story, at);
      for (let i = at; i < story.tail.length; i++) this.waitFor(person, story.tail[i]!);
    } else {
      const doubted = story.verdicts.find(({ seen }) => isOf(seen));
      if (doubted !== undefined) judgeFrom(story, story.tail.indexOf(doubted.seen));
    }
  }

  private waitFor(person: Person, seen: Observation): void {
    if (this.options.enforced === undefined) return;
    const waits = waitsOf(seen);
    if (waits.length === 0) return;
    const scene = this.personScene(person);
    if (this.bench.people.some(({ judge }) => judge.mustWait?.(scene, seen) === true)) this.waiting.add(person.key, waits);
  }

  private get signOn(): SignOnKnown | undefined {
    const { enforced } = this.options;
    return enforced === undefined ? undefined : { enforced, feeds: this.feeds, ticked: this.people.last_tick };
  }

  private rulesInForce(): RulesInForce {
    return { uids: this.bench.uids, sessions: this.bench.sessions.length, digest: this.options.config_digest };
  }

  /** Sees to it that a person takes no more than they may, and that what is said carries the level of its incident. */
  private conclude(person: Person, said: Finding[], arrivalTime: number): void {
    for (const finding of said) person.room -= sizeOfFinding(finding);
    if (person.room < 0) this.boundBytes(person, arrivalTime, said);
    if (said.length === 0) return;
    const { clock, limits } = this.people;
    levelIncidents(person, said, arrivalTime, clock - limits.session_idle - limits.allowed_lateness);
  }

  stats(): DetectStats {
    const { clock, expired_principals, expired_sessions, shelf } = this.people;
    const { sessions, observations } = shelf;
    const evicted_memories = this.counts.evicted_memories + this.waiting.refused;
    const { sessions: waiting_sessions, since } = this.waiting.standing();
    return {
      principals: shelf.size,
      sessions,
      observations,
      expired_principals,
      expired_sessions,
      ...this.counts,
      evicted_memories,
      waiting_sessions,
      missed_sessions: this.missed.missed,
      ...(since === undefined ? {} : { waiting_since: since }),
      clock,
    };
  }

  /** Whose account it is: the person's, though a program of theirs spoke first. What was judged of a program is judged again. */
  private learnName(person: Person, event: SessionEvent): void {
    const isHuman = event.principal.type === 'human' && person.principal.type !== 'human';
    if (!isHuman && !isBetterNamed(event, person)) return;
    person.principal = event.principal;
    if (isHuman) judgeFrom(person.story, 0);
  }

  private mark(person: Person, mark: Mark, arrivalTime: number, findings: Finding[]): void {
    if (person.marks === NO_MARKS) person.marks = [];
    const added = addMark(person.marks, mark);
    if (typeof added === 'object') keepRestingOn(person, added);
    if (added === false) return;
    person.room -= growthOfMark(mark);
    // It changes what is known of every session that it concerns, and of the person from then on.
    for (const session of person.sessions) {
      if (changes(mark, person.marks, session)) this.judgeSession(person, session, -1, arrivalTime, findings);
    }
    judgeFrom(person.story, placeOf(person.story, mark.time));
  }

  /** A shell is held open: what was judged of it in other sessions, of a later time, is judged again. */
  private judgeShells(person: Person, opened: Observation, arrivalTime: number, findings: Finding[]): void {
    for (const session of person.sessions) {
      const latest = session.tail.at(-1);
      if (session === opened.session || latest === undefined || !isSince(latest, opened)) continue;
      if (!session.prints.some((print) => isShellPrint(print, session))) continue;
      this.judgeSession(person, session, -1, arrivalTime, findings);
    }
  }

  private factsOf(event: SessionEvent, person: Person, arrived: ArrivedUse | undefined): readonly Fact[] | undefined {
    let all: Fact[] | undefined;
    const add = (facts: readonly Fact[] | undefined): void => {
      if (facts !== undefined) all = all === undefined ? [...facts] : [...all, ...facts];
    };
    for (const { judge } of this.bench.peopleFor(event.activity)) add(judge.factsOf?.(event, person, arrived, this.options.enforced));
    for (const { judge } of this.bench.sessions) add(judge.factsOf?.(event));
    return all;
  }

  /** The session of an event, made when it is new; undefined when nobody can tell it from others, and it must not take a place of one that can. */
  private sessionFor(person: Person, event: SessionEvent): Session | undefined {
    const { limits } = this.people;
    const ref = event.session;
    if (ref === undefined || ref.confidence === 'low' || person.principal.type === 'system' || isServersExchange(event)) return undefined;
    if (isRoleSession(event) || this.isAgents(event)) return undefined;
    const session = sessionOf(person, event, ref, limits.session_idle + limits.allowed_lateness, this.interned);
    this.counts.evicted_sessions += boundSessions(person, limits.sessions_per_person, session);
    // an event that shows nothing to compare leaves a session without a print, which no print's growth counts
    if (session.prints.length === 0) person.room -= growthOfSession(session);
    if (event.arrival_time > session.last_arrival_time) session.last_arrival_time = event.arrival_time;
    return session;
  }

  /** Puts an event into its session and judges it there. @returns undefined when it is there already or says nothing that could be compared */
  private observe(
    person: Person,
    session: Session,
    event: SessionEvent,
    facts: readonly Fact[] | undefined,
    findings: Finding[],
  ): Observation | undefined {
    const { limits, clock } = this.people;
    const arrivalTime = event.arrival_time;
    if (event.time < clock - limits.allowed_lateness) this.counts.late_beyond_allowed++;
    const birth = birthOf(event, event.session!);
    const isEarlier = birth < session.first_time;
    if (isEarlier) session.first_time = birth;
    const at = addObservation(session, event, this.laneOf(event), this.interned, facts);
    if (isEarlier && person.marks.length > 0) judgeFrom(person.story, placeOf(person.story, session.tail[session.settled]?.time ?? NEVER));
    if (at < 0) {
      if (isEarlier && person.marks.length > 0) this.judgeSession(person, session, -1, arrivalTime, findings);
      return undefined;
    }
    const seen = session.tail[at];
    const isInOrder = at === session.tail.length - 1 && !isEarlier;
    this.judgeSession(person, session, isInOrder ? at : -1, arrivalTime, findings);
    while (session.tail.length > limits.observations_per_session) this.evictFromSession(person, session, arrivalTime, findings);
    if (session.prints.length > 1 && boundPrints(session) > 0) keepReports(session);
    return seen;
  }

  /** What no session tells and the person's rules want to know: where somebody was, how they signed in, what they did. */
  private observeAlone(
    person: Person,
    session: Session | undefined,
    event: SessionEvent,
    facts: readonly Fact[] | undefined,
  ): Observation | undefined {
    if (person.principal.type === 'system' || isServersExchange(event)) return undefined;
    if (facts === undefined && this.isAgents(event)) return undefined;
    if (!event.is_presence && event.activity === 'session_use' && facts === undefined && event.risk === undefined) return undefined;
    const print = newPrint(this.laneOf(event), traitsOf(event));
    const seen = observe(event, print, session, this.interned, facts);
    return seen.is_presence || seen.more !== undefined ? seen : undefined;
  }

  /**
   * An agent that acts for a person works in the person's own session, from its provider's network and with its own program: as the vendor asserts it, or
   * the operator declares it of an OAuth client. That is nothing that the person, or the session, is known by.
   */
  private isAgents(event: SessionEvent): boolean {
    return event.principal.type === 'agent' || (this.options.declared ?? NOTHING_DECLARED).isAgentsHand(event);
  }

  private laneOf(event: SessionEvent): ReturnType<typeof laneOf> {
    return laneOf(event, this.options.laneOfClient ?? NO_LANE);
  }

  private judgeSession(person: Person, session: Session, at: number, arrivalTime: number, findings: Finding[]): void {
    const noted = notesOf(session);
    const verdicts = evaluateSession(this.sceneOf(person, session), this.bench.sessions, at);
    person.room -= Math.max(0, notesOf(session) - noted);
    if (verdicts.isComplete || verdicts.strongest.length > 0) record(this.tellingOf(person, session, arrivalTime, findings), verdicts);
  }

  private judgeStory(person: Person, arrivalTime: number, findings: Finding[]): void {
    if (person.story.judged >= person.story.tail.length) return;
    const { bench } = this;
    // What the person's rules say rests on what the sessions' said. Of people read back from a store, they may have said nothing yet.
    if (person.story.judged < person.story.tail.length - 1) {
      for (const session of person.sessions) {
        if (isToBeJudged(session, person, bench.sessions.length)) this.judgeSession(person, session, -1, arrivalTime, findings);
      }
    }
    const verdicts = evaluateStory(this.personScene(person), bench.peopleFor, bench.people);
    if (verdicts.isComplete || verdicts.strongest.length > 0) record(this.tellingOf(person, undefined, arrivalTime, findings), verdicts);
  }

  sceneOf(person: Person, session: Session): Scene {
    return { person, session, isOperatorEgress: this.options.isOperatorEgress ?? NOBODYS };
  }

  personScene(person: Person): PersonScene {
    return { person, isOperatorEgress: this.options.isOperatorEgress ?? NOBODYS, signOn: this.signOn };
  }

  /** @param session undefined: what is said is said of the person */
  private tellingOf(person: Person, session: Session | undefined, arrivalTime: number, findings: Finding[]): Telling {
    const { config_digest, isOperatorEgress = NOBODYS } = this.options;
    return { person, isOperatorEgress, on: session ?? person.story, session, arrival_time: arrivalTime, config_digest, said: findings };
  }

  /**
   * Settles what can no longer be re-ordered, older than the allowed lateness on the partition's clock, in the order in which it happened, so
   * that a person's habits are learned in the same order whatever the order of arrival.
   */
  private settle(person: Person, arrivalTime: number, findings: Finding[]): void {
    const boundary = this.people.clock - this.people.limits.allowed_lateness;
    if (boundary <= person.next_settle_time) return;
    const { story } = person;
    for (let next = story.tail[story.settled]; next !== undefined && next.time < boundary; next = story.tail[story.settled]) {
      this.settleNext(person, next, arrivalTime, findings);
      story.settled++;
      if (story.judged < story.settled) story.judged = story.settled;
    }
    const kept = boundary - this.bench.lookBack;
    for (const session of person.sessions) while (session.settled > 0 && session.tail[0]!.time < kept) foldOldest(session);
    while (story.settled > 0 && story.tail[0]!.time < kept) takeOut(story, 0);
    // When there will be something to settle or to fold again, on the boundary's clock.
    const nextFold = story.settled > 0 ? story.tail[0]!.time + this.bench.lookBack : NEVER;
    person.next_settle_time = Math.min(nextFold, story.tail[story.settled]?.time ?? NEVER);
  }

  /** What was said of an event stands for good, and the person's habits learn from it. */
  private settleNext(person: Person, seen: Observation, arrivalTime: number, findings: Finding[]): void {
    const { session } = seen;
    if (session?.tail[session.settled] === seen) this.settleInSession(person, session, arrivalTime, findings);
    // Not yet judged when it was read back from a store.
    this.judgeStory(person, arrivalTime, findings);
    const verdicts = settleVerdicts(person.story, seen);
    for (const verdict of strongestOf(seen, verdicts, this.bench.people)) {
      retell(this.personScene(person), verdict, this.bench.people);
      keepForGood(this.tellingOf(person, undefined, arrivalTime, findings), verdict);
    }
    takeLesson(person, seen, verdicts);
  }

  private settleInSession(person: Person, session: Session, arrivalTime: number, findings: Finding[]): void {
    // Not yet judged when it was read back from a store, or when there was nothing to compare so far.
    const next = session.tail[session.settled]!;
    if (next.scores.length !== this.bench.sessions.length) this.judgeSession(person, session, session.settled, arrivalTime, findings);
    const seen = settleOldest(session)!;
    const kept: Strongest[] = [];
    for (const active of this.bench.sessions) {
      const isReported = Math.abs(seen.scores[active.index] ?? 0) >= active.report_from;
      if (isReported) judgeOne(this.sceneOf(person, session), active, session.settled - 1, kept);
    }
    for (const verdict of kept) keepForGood(this.tellingOf(person, session, arrivalTime, findings), verdict);
  }

  /** Lets go of what is more than a person may take. */
  private boundBytes(person: Person, arrivalTime: number, findings: Finding[]): void {
    const rules = this.rulesInForce();
    const evict = (): boolean => {
      if (person.story.tail.length > 0) {
        this.evictFromStory(person, arrivalTime, findings);
        return true;
      }
      const session = person.sessions.find(({ tail }) => tail.length > 0);
      if (session !== undefined) this.evictFromSession(person, session, arrivalTime, findings);
      return session !== undefined;
    };
    const gone = boundBytes(person, rules, evict);
    this.counts.evicted_sessions += gone.sessions;
    this.counts.evicted_memories += gone.others;
  }

  /** Takes the oldest observation out of a session before its time, to make room; the person's story keeps it. */
  private evictFromSession(person: Person, session: Session, arrivalTime: number, findings: Finding[]): void {
    if (session.settled === 0) this.settleInSession(person, session, arrivalTime, findings);
    person.room -= growthOfFolded(session.tail[0]!);
    foldOldest(session);
    keepReports(session);
    this.counts.evicted_observations++;
  }

  /** Takes out of a person's story, and out of its session, what is missed the least. */
  private evictFromStory(person: Person, arrivalTime: number, findings: Finding[]): void {
    const { story } = person;
    const { lookBacks } = this.bench;
    const now = story.tail.at(-1)!.time;
    const isWanted: IsWanted = ({ rule, step }, { time }) =>
      step !== BY_CREDENTIAL_STEP && now - time <= (step === HELD_OPEN_STEP ? HELD_OPEN_MS : (lookBacks[rule] ?? 0));
    let at = leastMissed(story, person.sessions, isWanted);
    let seen = story.tail[at]!;
    // What a rule may still count stays in the story when its session lets go of it.
    while (seen.session?.tail[0] === seen && isCounted(seen, isWanted)) {
      this.evictFromSession(person, seen.session, arrivalTime, findings);
      at = leastMissed(story, person.sessions, isWanted);
      seen = story.tail[at]!;
    }
    if (at >= story.settled) this.settleNext(person, seen, arrivalTime, findings);
    takeOut(story, at);
    keepReports(story);
    const { session } = seen;
    if (session?.tail[0] === seen) {
      foldOldest(session);
      keepReports(session);
    }
    this.counts.evicted_observations++;
  }
}

/** Does a mark change what is known of a session? An end of a key does, where a session may have been made with it. */
function changes(mark: Mark, marks: readonly Mark[], { issuer, uid }: Session): boolean {
  if (!isOfSomeKey(mark)) return concerns(mark, issuer, uid);
  return marks.some((other) => other.kind === 'key_issue' && concerns(other, issuer, uid));
}

/** What the judgement of an event has to wait for. */
function waitsOf({ time, more }: Observation): Wait[] {
  const begun = more?.facts?.filter(({ step }) => step === BEGINS_STEP) ?? NO_FACTS;
  return begun.map(({ by, value }) => ({ provider: by, begun: Number(value), time }));
}

const NO_FACTS: readonly Fact[] = [];

function arrivedUse({ habits }: Person, event: SessionEvent): ArrivedUse | undefined {
  const use = useOf(event);
  if (use === undefined) return undefined;
  use.act = actOfConsequence(event);
  return { use, isExplained: isExplained(habits, use) };
}

/** Is anything on record of them that may be judged otherwise? What was taken back may be said again. */
function hasChangeableFindings({ sessions, story }: Person): boolean {
  return [...sessions, story].some(({ reports }) => reports.some(({ finding, settled }) => settled !== finding));
}

/** Has a session anything to compare that no rule has looked at? */
function isToBeJudged(session: Session, person: Person, size: number): boolean {
  const { tail, settled } = session;
  const last = tail[tail.length - 1];
  if (last === undefined || settled === tail.length || last.scores.length === size) return false;
  return hasToCompare(session, person, size);
}

/** A person's key begins with their tenant, whose name has no stroke. */
function tenantOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}

const NOBODYS = (): boolean => false;
const NO_LANE: LaneOfClient = () => undefined;

/** Later records may name a person better than the first one did. */
function isBetterNamed(event: SessionEvent, person: Person): boolean {
  const now = event.principal;
  const was = person.principal;
  if (was.type === 'human' && now.type !== 'human') return false;
  return (
    (was.email === undefined && now.email !== undefined) || (was.name === undefined && now.name !== undefined && now.email === was.email)
  );
}

/** A machine that takes a role has a session for each job, thousands a day: rules of credentials look at what it does with its keys. */
function isRoleSession({ principal, token }: SessionEvent): boolean {
  return token?.kind === 'access_key_id' && isMachineType(principal.type);
}

/** An application's own server trades a code for tokens at Okta: it speaks for the person and is at none of their places. */
function isServersExchange(event: SessionEvent): boolean {
  return event.source.vendor === 'okta' && event.activity === 'token_issue' && event.user_agent?.kind === 'library';
}

function fail(error: unknown): never {
  throw error;
}
