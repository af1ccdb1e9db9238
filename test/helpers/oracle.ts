import { type CompareSettings, type Comparison, compare, moveBetween, PLACELESS } from '../../src/core/detect/compare.js';
import { type FactorName, factor, scoreOf } from '../../src/core/detect/factors.js';
import { DETECTORS } from '../../src/core/detect/index.js';
import type { SessionDetector } from '../../src/core/detect/judgement.js';
import { levelOf } from '../../src/core/detect/levels.js';
import { type Parameters, resolve } from '../../src/core/detect/parameters.js';
import type { Rule } from '../../src/core/detect/rule.js';
import { isGraveVerdict } from '../../src/core/detect/vendor-verdicts.js';
import { stableUid } from '../../src/core/event/hash.js';
import type { Endpoint, Factor, Lane, MarkKind, Principal, SessionEvent } from '../../src/core/event/index.js';
import { DECAY_MS, type HabitKind, PROBATION_MS } from '../../src/core/state/habits.js';
import { laneOf } from '../../src/core/state/lane.js';
import { concerns, type Mark, markOf } from '../../src/core/state/marks.js';
import { type Observation, observe } from '../../src/core/state/observation.js';
import { isBlank, NO_AGENT, newPrint, samePrint, type Traits, traitsOf } from '../../src/core/state/print.js';
import { PERSON_TALES, SESSION_TALES } from './tales/index.js';

/**
 * The detectors told the slow and obvious way: every event is kept for ever, and at each question the whole story of every person is told
 * from its start, in the order in which it happened. There is no tail, nothing is settled or folded, nothing is noted, reported or counted
 * up. What a single comparison or a single factor is worth is the engine's own; everything that remembers is written anew.
 */

const DAY_MS = 86_400_000;
const SUSPECT_FROM = 40;

/** A finding that stands, as a text: type, principal, session, level, score and uid. */
export function standingFindings(rules: readonly Rule[], events: readonly SessionEvent[]): string[] {
  const people = new Map<string, SessionEvent[]>();
  for (const event of events) {
    const theirs = people.get(event.principal.key);
    // who never succeeded is not remembered
    if (theirs === undefined && event.status === 'failure' && !isGraveVerdict(event)) continue;
    people.set(event.principal.key, [...(theirs ?? []), event]);
  }
  return [...people.values()].flatMap((theirs) => new PersonTale(rules, theirs).findings()).sort();
}

const inOrder = (a: { time: number; uid: string }, b: { time: number; uid: string }): number =>
  a.time - b.time || (a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0);

/** One program on one device from one network: what the engine calls a print. */
export interface Look {
  lane: Lane;
  traits: Traits;
  /** place of its first use in the session's story */
  first: number;
}

/** One thing that a person did. */
export interface Deed extends Omit<Observation, 'session'> {
  look: Look;
  session: SessionTale | undefined;
}

/** One use of a session. */
export interface Use extends Deed {
  /** place in the session's story */
  at: number;
  session: SessionTale;
}

/** What a rule about the whole person says of one of their deeds. */
export interface PersonVerdict {
  score: number;
  episode: string;
  session?: SessionTale | undefined;
  stranger?: { session?: SessionTale | undefined; prefix?: string | undefined } | undefined;
}

/** A detector of people, told the slow way: of the deed at a place in the story, from all that came before it. */
export type PersonJudgeTale = (tale: PersonTale, at: number) => PersonVerdict | undefined;

export interface Verdict {
  score: number;
  episode: string;
  /** whom the score is about, when it is not the one who acts */
  about: Look;
}

export interface Judge {
  verdict(at: number): Verdict | undefined;
  /** is a look held for somebody else's by what happened before a place in the story? */
  suspects(look: Look, before: number): boolean;
  /** did a look come from another network? */
  hasMoved?(look: Look): boolean;
}

/** Whoever is held for somebody else by what happened up to a deed. */
export interface StrangersTale {
  looks: readonly Look[];
  sessions: readonly SessionTale[];
  prefixes: readonly string[];
}

export class PersonTale {
  readonly key: string;
  readonly principal: Principal;
  readonly marks: Mark[];
  readonly sessions: SessionTale[];
  /** all that they did, in the order in which it happened */
  readonly story: Deed[];
  private readonly events = new Map<string, SessionEvent>();
  private readonly said: { rule: Rule; deed: Deed; verdict: PersonVerdict; report_from: number }[] = [];

  constructor(
    readonly rules: readonly Rule[],
    events: readonly SessionEvent[],
  ) {
    const story = [...new Map(events.map((event) => [event.uid, event])).values()].sort(inOrder);
    for (const event of story) this.events.set(event.uid, event);
    this.marks = story.map(markOf).filter((mark) => mark !== undefined);
    const bySession = new Map<string, SessionEvent[]>();
    for (const event of story) {
      if (event.session === undefined || event.subject_role !== 'actor' || !['success', 'unknown'].includes(event.status)) continue;
      const id = JSON.stringify([event.session.issuer, event.session.root_uid ?? event.session.uid]);
      bySession.set(id, [...(bySession.get(id) ?? []), event]);
    }
    this.key = story[0]!.principal.key;
    this.principal = story[0]!.principal;
    this.sessions = [...bySession.values()].map((theirs) => new SessionTale(this, theirs));
    const isWanted = wanting(rules);
    this.story = story.map((event) => this.deedOf(event, isWanted(event))).filter((deed) => deed !== undefined);
    const judges = personRules(rules);
    this.story.forEach((deed, at) => {
      for (const { rule, tell, report_from } of judges) {
        const verdict = tell(this, at);
        if (verdict !== undefined && verdict.score >= report_from) this.said.push({ rule, deed, verdict, report_from });
      }
    });
  }

  /** @param isWanted a rule with conditions of its own asks for it, though it failed or was done to them */
  private deedOf(event: SessionEvent, isWanted: boolean): Deed | undefined {
    const isDone = event.subject_role === 'actor' && ['success', 'unknown'].includes(event.status);
    // what a vendor says of the person is told, whoever wrote it
    if (!isDone && !isWanted && event.activity !== 'vendor_risk') return undefined;
    const session = isDone ? event.session : undefined;
    const { principal } = event;
    const own = this.sessions.find((tale) => tale.issuer === session?.issuer && tale.uid === (session?.root_uid ?? session?.uid));
    const use = own?.uses.find(({ uid }) => uid === event.uid);
    if (use !== undefined) return use;
    const traits = traitsOf(event);
    const lane = laneOf(event, () => undefined);
    const seen = observe(event, newPrint(lane, traits));
    const isTold = principal.type !== 'system' && (seen.is_presence || seen.more !== undefined || isWanted);
    return isTold ? { ...seen, look: { lane, traits, first: -1 }, session: session?.confidence === 'low' ? undefined : own } : undefined;
  }

  /** What was logged of a deed. */
  eventOf({ uid }: Deed): SessionEvent {
    return this.events.get(uid)!;
  }

  findings(): string[] {
    const strongest = new Map<string, { rule: Rule; verdict: PersonVerdict }>();
    for (const { rule, verdict } of this.said) {
      const id = JSON.stringify([rule.uid, verdict.episode]);
      if (verdict.score > (strongest.get(id)?.verdict.score ?? 0)) strongest.set(id, { rule, verdict });
    }
    const own = [...strongest.values()].map(({ rule, verdict: { score, episode, session } }) => {
      const uid = stableUid('finding', rule.uid, this.key, episode);
      return `${rule.type} ${this.key} ${session?.uid} ${levelOf(score, rule.level_cap)} ${score} ${uid}`;
    });
    return [...this.sessions.flatMap((session) => session.findings()), ...own];
  }

  /** What the rules about the person said of a deed so far. */
  saidOf(deed: Deed): readonly { rule: Rule }[] {
    return this.said.filter((one) => one.deed === deed);
  }

  /** Is a deed held for somebody else's by what happened up to it? */
  isSuspected(deed: Deed): boolean {
    const use = deed.session?.uses.find(({ uid }) => uid === deed.uid);
    return use?.session.isSuspected(use) === true || this.isStrangers(deed, deed);
  }

  /** Is whoever did it held for somebody else by what happened up to a later deed? */
  isSuspectedBy(deed: Deed, later: Deed): boolean {
    const use = deed.session?.uses.find(({ uid }) => uid === deed.uid);
    return use?.session.suspectsLook(use.look, later) === true || this.isStrangers(deed, later);
  }

  /** Is it with this deed that somebody turns out to be a stranger? */
  tellsOfStranger(deed: Deed): boolean {
    const use = deed.session?.uses.find(({ uid }) => uid === deed.uid);
    if (use?.session.tellsOfStranger(use) === true) return true;
    return this.said.some(
      ({ deed: trigger, verdict }) => trigger === deed && verdict.stranger !== undefined && verdict.score >= SUSPECT_FROM,
    );
  }

  /** Who is held for somebody else by what happened up to a deed, in any session. @param since when a look was last used, ms */
  strangersAt(deed: Deed, since: number): StrangersTale {
    const told = this.said
      .filter(({ deed: trigger, verdict: { score } }) => score >= SUSPECT_FROM && inOrder(trigger, deed) <= 0)
      .map(({ verdict: { stranger } }) => stranger);
    const suspects = this.sessions.flatMap((session) => session.suspectsAt(deed, since));
    const prefixes = [
      ...told.map((stranger) => stranger?.prefix),
      ...suspects.filter(({ hasMoved }) => hasMoved).map(({ look }) => look.traits.endpoint?.prefix),
    ];
    return {
      looks: suspects.map(({ look }) => look),
      sessions: told.map((stranger) => stranger?.session).filter((session) => session !== undefined),
      prefixes: prefixes.filter((prefix) => prefix !== undefined),
    };
  }

  /** Do the rules about the person hold it for somebody else's, by what happened up to another deed? */
  private isStrangers(deed: Deed, at: Deed): boolean {
    return this.said.some(({ deed: trigger, verdict: { score, stranger } }) => {
      if (stranger === undefined || score < SUSPECT_FROM || inOrder(trigger, at) > 0) return false;
      if (stranger.session !== undefined && stranger.session === deed.session) return true;
      return stranger.prefix !== undefined && stranger.prefix === deed.look.traits.endpoint?.prefix;
    });
  }

  /** Is it a way out that the person is used to? */
  isAccustomed({ asn, country }: Endpoint, time: number): boolean {
    if (asn === undefined || !this.isHabit('network', String(asn), time)) return false;
    return country === undefined || this.isHabit('country', country, time);
  }

  /** Does it show what the person is used to? A vendor's verdict is no deed of theirs. */
  teaches(deed: Deed): boolean {
    if (!deed.is_done || deed.activity === 'vendor_risk') return false;
    if (!this.isSuspected(deed)) return true;
    const use = deed.session?.uses.find(({ uid }) => uid === deed.uid);
    return use?.session.isSuspected(use) !== true && this.isTolerated(deed);
  }

  /** Was the address block held for a stranger's for more than four days, without two weeks of quiet, and nobody minded? */
  private isTolerated(deed: Deed): boolean {
    const prefix = deed.look.traits.endpoint?.prefix;
    let since: number | undefined;
    let last = 0;
    for (const { deed: trigger, verdict } of this.said) {
      if (prefix === undefined || verdict.stranger?.prefix !== prefix || verdict.score < SUSPECT_FROM || inOrder(trigger, deed) > 0)
        continue;
      if (since === undefined || trigger.time - last > 14 * DAY_MS) since = trigger.time;
      last = trigger.time;
    }
    return since !== undefined && deed.time - since > 4 * DAY_MS && deed.time - last <= 14 * DAY_MS;
  }

  /** Settled lessons before the probation: every deed of which nobody thinks ill. */
  lessonsBefore(time: number): Deed[] {
    return this.story.filter((deed) => deed.time <= time - PROBATION_MS && this.teaches(deed));
  }

  /** Are they known well enough: so many days since the first lesson, or so many sign-ins on days that were over before the probation? */
  isKnown(time: number, days: number, signIns: number): boolean {
    const first = this.story.find((deed) => this.teaches(deed));
    if (first !== undefined && first.time <= time - days * DAY_MS && first.time <= time - PROBATION_MS) return true;
    const over = (deed: Deed): boolean => (Math.floor(deed.time / DAY_MS) + 1) * DAY_MS <= time - PROBATION_MS;
    return this.lessonsBefore(time).filter((deed) => deed.activity === 'sign_in' && over(deed)).length >= signIns;
  }

  /**
   * Had the person this habit, of what was seen before its probation, on two days, without a pause that makes one forget? What a stranger was
   * found to use in its first two weeks begins anew.
   */
  isHabit(kind: HabitKind, value: string, time: number): boolean {
    const times = this.sightsOf(kind, value, time, (deed) => deed.time <= time - PROBATION_MS).map((deed) => deed.time);
    const days = new Set(times.map((t) => Math.floor(t / DAY_MS)));
    return days.size >= 2 && times.at(-1)! >= time - DECAY_MS;
  }

  /** Was the person ever there themselves before the deed at a place of the story? What is long ago is forgotten. */
  wasMet(kind: HabitKind, value: string, at: number): boolean {
    return this.firstMeeting(kind, value, at) !== undefined;
  }

  /** When they were there first, of what is not forgotten. */
  firstMeeting(kind: HabitKind, value: string, at: number): Deed | undefined {
    const { time } = this.story[at]!;
    const before = new Set(this.story.slice(0, at));
    const sights = this.sightsOf(kind, value, time, (deed) => before.has(deed));
    if (sights.length === 0 || sights.at(-1)!.time < time - DECAY_MS) return undefined;
    return sights.find(({ is_presence, activity }) => is_presence && activity !== 'token_issue');
  }

  /** Was it seen on a day before that of a deed, without a pause that makes one forget? */
  wasSeenEarlier(kind: HabitKind, value: string, deed: Deed): boolean {
    const before = new Set(this.story.slice(0, this.story.indexOf(deed)));
    const times = this.sightsOf(kind, value, Number.POSITIVE_INFINITY, (other) => before.has(other)).map(({ time }) => time);
    const day = (time: number): number => Math.floor(time / DAY_MS);
    return times.length > 0 && deed.time - times.at(-1)! <= DECAY_MS && day(times[0]!) < day(deed.time);
  }

  /** When it was seen since the last time that it began anew. What a stranger was found to use counts from the end of the probation. */
  private sightsOf(kind: HabitKind, value: string, time: number, counts: (deed: Deed) => boolean): Deed[] {
    let sights: Deed[] = [];
    for (const deed of this.story) {
      if (!counts(deed) || !deed.is_done || deed.activity === 'vendor_risk' || !valuesOf(deed, kind).includes(value)) continue;
      if (!this.teaches(deed)) {
        if (deed.time > time - PROBATION_MS) continue;
        const { session } = deed;
        const isAllTheirs = session === undefined || this.isStrangersSession(session, deed);
        const owner = isAllTheirs ? undefined : session?.looks[0];
        const isOwners = owner !== undefined && (owner === deed.look || (kind !== 'client' && habitOf(owner, kind) === value));
        if (kind !== 'lane' && !isOwners && sights.length > 0 && sights[0]!.time >= deed.time - 14 * DAY_MS) sights = [];
        continue;
      }
      if (sights.length > 0 && deed.time - sights.at(-1)!.time > DECAY_MS) sights = [];
      sights.push(deed);
    }
    return sights;
  }

  private isStrangersSession(session: SessionTale, deed: Deed): boolean {
    return this.said.some(
      ({ deed: trigger, verdict: { score, stranger } }) =>
        stranger?.session === session && score >= SUSPECT_FROM && inOrder(trigger, deed) <= 0,
    );
  }
}

/** Does any rule want to find an event again? */
function wanting(rules: readonly Rule[]): (event: SessionEvent) => boolean {
  const judges = rules.flatMap((rule, i) => {
    const detector = DETECTORS[rule.detector]!;
    return detector.scope === 'person' ? [detector.create(resolve(detector.parameters, rule.parameters), i)] : [];
  });
  return (event) => judges.some((judge) => judge.factsOf?.(event) !== undefined);
}

function personRules(rules: readonly Rule[]) {
  const all = rules.flatMap((rule) => {
    const detector = DETECTORS[rule.detector]!;
    if (detector.scope !== 'person') return [];
    const parameters = resolve(detector.parameters, rule.parameters);
    const tale = PERSON_TALES[rule.detector];
    if (tale === undefined) throw new Error(`nobody tells ${rule.detector} the slow way: test/helpers/tales`);
    return [{ rule, tell: tale(parameters), report_from: Number(parameters['report_from']), isLast: detector.isLast === true }];
  });
  return [...all.filter(({ isLast }) => !isLast), ...all.filter(({ isLast }) => isLast)];
}

function habitOf(look: Look, kind: HabitKind): string | undefined {
  const { endpoint, device_uid, user_agent } = look.traits;
  if (kind === 'anonymizer') return ['vpn', 'tor'].find((word) => word === endpoint?.as_class);
  if (kind === 'network') return endpoint?.asn === undefined ? undefined : String(endpoint.asn);
  if (kind === 'country') return endpoint?.country;
  if (kind === 'cookie') return user_agent?.kind === 'browser' ? look.traits.cookie_uid : undefined;
  if (kind === 'lane') return look.lane;
  if (kind === 'program') return user_agent?.family === undefined ? undefined : `${user_agent.family}/${user_agent.os ?? ''}`;
  return device_uid === 'none' ? undefined : device_uid;
}

function valuesOf(deed: Deed, kind: HabitKind): (string | undefined)[] {
  return [kind === 'client' ? deed.client_uid : habitOf(deed.look, kind)];
}

export class SessionTale {
  readonly uid: string;
  readonly issuer: string;
  readonly key: string;
  readonly birth: number;
  readonly uses: Use[] = [];
  readonly looks: Look[] = [];
  private readonly judges: { rule: Rule; judge: Judge; report_from: number }[];

  constructor(
    readonly person: PersonTale,
    events: readonly SessionEvent[],
  ) {
    const { principal, session } = events[0]!;
    this.key = principal.key;
    this.uid = session!.root_uid ?? session!.uid;
    this.issuer = session!.issuer;
    this.birth = Math.min(
      ...events
        .filter((event) => event.session!.confidence !== 'low')
        .flatMap((event) => [event.time, event.session?.created_time ?? event.time, event.token?.issued_time ?? event.time]),
    );
    for (const event of events) {
      const traits = traitsOf(event);
      if (event.session!.confidence === 'low' || principal.type === 'system' || isBlank(traits)) continue;
      const lane = laneOf(event, () => undefined);
      const at = this.uses.length;
      let look = this.looks.find((known) => known.lane === lane && samePrint(known.traits, traits));
      if (look === undefined) {
        look = { lane, traits, first: at };
        this.looks.push(look);
      }
      this.uses.push({ ...observe(event, newPrint(lane, traits)), look, at, session: this });
    }
    const ofSessions = person.rules.filter((rule) => DETECTORS[rule.detector]!.scope === 'session');
    this.judges = ofSessions.map((rule) => {
      const parameters = resolve(DETECTORS[rule.detector]!.parameters, rule.parameters);
      return { rule, judge: judgeFor(this, rule.detector, parameters), report_from: Number(parameters['report_from']) };
    });
  }

  suspectsLook(look: Look, later: Deed): boolean {
    const before = this.uses.filter((use) => inOrder(use, later) <= 0).length;
    return this.judges.some(({ judge }) => judge.suspects(look, before));
  }

  isSuspected(use: Use): boolean {
    return this.isAccused(use) || this.judges.some(({ judge }) => judge.suspects(use.look, use.at + 1));
  }

  /** Does a rule that tells who acts hold something against somebody in this very use? */
  isAccused(use: Use): boolean {
    const telling = this.judges.filter(({ rule }) => (DETECTORS[rule.detector] as SessionDetector).isNeutral !== true);
    return telling.some(({ judge }) => (judge.verdict(use.at)?.score ?? 0) >= SUSPECT_FROM);
  }

  /** Is a look held for somebody else's from this use on? */
  tellsOfStranger({ at }: Use): boolean {
    return this.judges.some(({ judge }) => this.looks.some((look) => judge.suspects(look, at + 1) && !judge.suspects(look, at)));
  }

  /** The looks that are held for somebody else's by what happened up to a deed, of whatever session. */
  suspectsAt(deed: Deed, since: number): { look: Look; hasMoved: boolean }[] {
    const before = this.uses.filter((use) => inOrder(use, deed) <= 0).length;
    const looks = this.looks.filter((look) => (this.lastUse(look, before)?.time ?? 0) >= since);
    return looks.flatMap((look) => {
      const accusers = this.judges.filter(({ judge }) => judge.suspects(look, before));
      return accusers.map(({ judge }) => ({ look, hasMoved: judge.hasMoved?.(look) === true }));
    });
  }

  findings(): string[] {
    return this.judges.flatMap(({ rule, judge, report_from }) => {
      const strongest = new Map<string, number>();
      for (const { at } of this.uses) {
        const verdict = judge.verdict(at);
        if (verdict === undefined || verdict.score < report_from) continue;
        strongest.set(verdict.episode, Math.max(verdict.score, strongest.get(verdict.episode) ?? 0));
      }
      return [...strongest].map(([episode, score]) => {
        const uid = stableUid('finding', rule.uid, this.key, this.issuer, this.uid, episode);
        return `${rule.type} ${this.key} ${this.uid} ${levelOf(score, rule.level_cap)} ${score} ${uid}`;
      });
    });
  }

  /** The last use of a look before a place in the story. */
  lastUse(look: Look, before: number): Use | undefined {
    return this.uses.filter((use) => use.at < before && use.look === look).at(-1);
  }

  /** The end of the session that a use comes after, if any. */
  endBefore(use: Use): string {
    const ends = this.person.marks.filter(
      (mark) =>
        (mark.kind === 'sign_out' || mark.kind === 'session_revoke') &&
        mark.time < use.time &&
        (mark.session_uid !== undefined || mark.time > this.birth) &&
        concerns(mark, this.issuer, this.uid),
    );
    return ends.at(-1)?.uid ?? '';
  }
}

function judgeFor(session: SessionTale, detector: string, parameters: Parameters): Judge {
  if (detector === 'session_reuse') return new ReuseTale(session, parameters);
  return SESSION_TALES[detector]?.(session, parameters) ?? new AfterEndTale(session, detector, parameters);
}

/** How a look came into the session: nothing to compare makes it the mint. */
interface Arrival {
  from: Look | undefined;
  factors: Factor[];
  known: Traits;
}

class ReuseTale implements Judge {
  private readonly verdicts = new Map<number, Verdict | undefined>();
  private readonly arrivals = new Map<Look, Arrival>();
  private readonly settings: CompareSettings;

  constructor(
    private readonly session: SessionTale,
    private readonly parameters: Parameters,
  ) {
    this.settings = {
      points: (name) => this.points(name),
      speed_kmh: this.number('speed_kmh'),
      distance_km: this.number('distance_km'),
    };
  }

  private number(name: string): number {
    return Number(this.parameters[name]);
  }

  private points(name: FactorName): number {
    return this.number(`points_${name}`);
  }

  private factor(name: FactorName): Factor {
    return factor(name, this.points(name), name);
  }

  verdict(at: number): Verdict | undefined {
    if (!this.verdicts.has(at)) this.verdicts.set(at, this.judge(this.session.uses[at]!));
    return this.verdicts.get(at);
  }

  suspects(look: Look, before: number): boolean {
    return this.session.uses.some((use) => {
      if (use.at >= before || use.at < look.first) return false;
      const verdict = this.verdict(use.at);
      return verdict !== undefined && verdict.about === look && verdict.score >= SUSPECT_FROM;
    });
  }

  hasMoved(look: Look): boolean {
    return this.most(look, 'place_network') > 0;
  }

  private judge(use: Use): Verdict | undefined {
    if (!this.deviates(use.look)) return this.judgeComeback(use);
    const factors = [...this.arrival(use.look).factors, ...this.sequence(use), ...this.token(use), ...this.client(use)];
    return this.conclude(use, use.look, factors);
  }

  private conclude(use: Use, about: Look, factors: Factor[]): Verdict {
    return { score: scoreOf(factors, true), episode: this.session.endBefore(use), about };
  }

  /** The owner comes back with a token that in the meantime was used on another network. */
  private judgeComeback(use: Use): Verdict | undefined {
    const uses = this.sameToken(use);
    for (let i = uses.length - 1; i >= 0; i--) {
      if (this.deviates(uses[i]!.look)) continue;
      // The first such use, seen from the owner's latest use before it, that moved.
      const between = uses.slice(i + 1).filter((other) => this.deviates(other.look) && this.most(other.look, 'place_network') > 0);
      if (between.length === 0) continue;
      const thief = between[0]!.look;
      const name = this.holders(thief, uses[i], use);
      if (name === 'same_token_moved') return undefined;
      return this.conclude(use, thief, [...this.arrival(thief).factors, this.factor(name)]);
    }
    return undefined;
  }

  /** One token in two hands, perhaps two, or one that moved. @param before an earlier use on the side of the use, with the other in between */
  private holders(newcomer: Look, before: Use | undefined, use: Use): FactorName {
    const { factors, known } = this.arrival(newcomer);
    const isOther = this.most(newcomer, 'device') > 0 || this.most(newcomer, 'client') > 0;
    if (isOther && before !== undefined) return 'same_token';
    const isAbroad = factors.some(({ name }) => name === 'network_rented_abroad');
    if (!isOther && !isAbroad && PLACELESS.has(known.endpoint?.as_class ?? 'unknown')) return 'same_token_moved';
    if (factors.some((f) => f.name === 'country_changed' || f.name === 'in_session_speed')) return 'same_token';
    if (before === undefined) return 'same_token_moved';
    return use.time - before.time <= this.number('token_overlap') ? 'same_token_overlap' : 'same_token_moved';
  }

  private deviates(look: Look): boolean {
    const { from } = this.arrival(look);
    return from !== undefined && (['place_network', 'device', 'client'] as const).some((dimension) => this.most(look, dimension) > 0);
  }

  private most(look: Look, dimension: Factor['dimension']): number {
    return most(this.arrival(look).factors, dimension);
  }

  private arrival(look: Look): Arrival {
    let arrival = this.arrivals.get(look);
    if (arrival === undefined) {
      arrival = this.introduce(look);
      this.arrivals.set(look, arrival);
    }
    return arrival;
  }

  private introduce(look: Look): Arrival {
    const { session } = this;
    const earlier = session.looks.filter((other) => other.first < look.first);
    const trusted = earlier.filter((other) => !this.suspects(other, look.first));
    const inLane = trusted.filter((other) => other.lane === look.lane);
    const candidates = inLane.length > 0 ? inLane : trusted.filter((other) => this.arrival(other).from === undefined);
    if (candidates.length === 0) return { from: undefined, factors: [], known: look.traits };
    const told = candidates.map((from) => this.compareWith(look, from, inLane.length > 0));
    const least = Math.min(...told.map(({ factors }) => scoreOf(factors, false)));
    const last = (from: Look): number => session.lastUse(from, look.first)!.time;
    const best = told.filter(({ factors }) => scoreOf(factors, false) === least);
    const latest = Math.max(...best.map(({ from }) => last(from!)));
    const nearest = best.find(({ from }) => last(from!) === latest)!;
    return this.inCompanyOf(look, this.withSpeed(look, nearest, trusted));
  }

  /** From the place of the latest use that nobody suspects. */
  private withSpeed(look: Look, arrival: Arrival, trusted: readonly Look[]): Arrival {
    const to = look.traits.endpoint;
    if (to === undefined || most(arrival.factors, 'place_network') <= 0) return arrival;
    const placed = trusted.filter((other) => other.traits.endpoint !== undefined);
    const last = (other: Look): number => this.session.lastUse(other, look.first)!.time;
    const latest = Math.max(...placed.map(last));
    const from = placed.find((other) => last(other) === latest);
    const gap = this.session.uses[look.first]!.time - latest;
    const move = from === undefined ? undefined : moveBetween(from.traits.endpoint!, to, gap, this.settings);
    return move === undefined ? arrival : { ...arrival, factors: [...arrival.factors, move.factor] };
  }

  private compareWith(look: Look, from: Look, sameLane: boolean): Arrival {
    const use = this.session.uses[look.first]!;
    const theirs = this.arrival(from);
    const { person } = this.session;
    const isKnown = (endpoint: NonNullable<Traits['endpoint']>): boolean =>
      endpoint.asn !== undefined &&
      person.isHabit('network', String(endpoint.asn), use.time) &&
      (endpoint.country === undefined || person.isHabit('country', endpoint.country, use.time));
    const { factors }: Comparison = compare(theirs.known, look.traits, undefined, this.settings, isKnown, sameLane);
    if (!sameLane && factors.length > 0 && look.traits.user_agent?.kind === 'library' && !person.isHabit('lane', 'cli', use.time)) {
      factors.push(this.factor('library_new_lane'));
    }
    const home = from.traits.endpoint?.prefix;
    const isAtHome = home !== undefined && home === theirs.from?.traits.endpoint?.prefix;
    const carried = theirs.factors.filter((f) => (!isAtHome || f.dimension === 'place_network') && f.points > most(factors, f.dimension));
    return { from, factors: [...factors, ...carried], known: fill(look.traits, theirs.known) };
  }

  /** Behind the address block of a suspect: the first of them tells what is to be thought of it. */
  private inCompanyOf(look: Look, arrival: Arrival): Arrival {
    const prefix = look.traits.endpoint?.prefix;
    if (prefix === undefined || most(arrival.factors, 'place_network') <= 0) return arrival;
    const suspect = this.session.looks.find(
      (other) => other.first < look.first && other.traits.endpoint?.prefix === prefix && this.suspects(other, look.first),
    );
    if (suspect === undefined) return arrival;
    const more = this.arrival(suspect).factors.filter((f) => f.points > most(arrival.factors, f.dimension));
    return { ...arrival, factors: [...arrival.factors, ...more] };
  }

  private sequence(use: Use): Factor[] {
    const out: Factor[] = [];
    const { from, known } = this.arrival(use.look);
    const hasMoved = this.most(use.look, 'place_network') > 0;
    const isOther = this.most(use.look, 'device') > 0 || this.most(use.look, 'client') > 0;
    const isAbroad = this.arrival(use.look).factors.some(({ name }) => name === 'network_rented_abroad');
    const isSwitch = !isOther && !isAbroad && PLACELESS.has(known.endpoint?.as_class ?? 'unknown');
    if (this.turns(use) >= this.number('alternation_turns') && !isSwitch) {
      out.push(this.factor(isOther ? 'alternation' : 'alternation_same_client'));
      const device = use.look.traits.device_uid;
      if (isOther && device !== undefined && device !== 'none' && from!.traits.device_uid === device) {
        out.push(this.factor('device_shared'));
      }
    }
    if (hasMoved) {
      const recent = this.upTo(use).filter((other) => other.time >= use.time - this.number('networks_within'));
      const networks = recent.map((other) => other.look.traits.endpoint).filter((e) => e?.as_class !== 'relay' && e?.as_class !== 'mobile');
      const count = new Set(networks.map((e) => e?.asn).filter((asn) => asn !== undefined)).size;
      if (count >= this.number('networks_count')) out.push(this.factor('networks_in_an_hour'));
      const before = this.session.uses[use.at - 1]!;
      const rented = ['hosting', 'tor'].includes(known.endpoint?.as_class ?? '');
      if (rented && use.time - before.time >= this.number('resumed_after')) out.push(this.factor('resumed'));
    }
    const isMore = isOther || this.most(use.look, 'place_network') > this.points('network_changed');
    if (use.is_sensitive && isMore) out.push(this.factor('sensitive_act'));
    return out;
  }

  private upTo(use: Use): Use[] {
    return this.session.uses.slice(0, use.at + 1);
  }

  /** How often, in the same lane of the same log, did it change between the newcomer and everybody else? */
  private turns(use: Use): number {
    const sides = this.upTo(use)
      .filter((other) => other.time >= use.time - this.number('alternation_within'))
      .filter((other) => other.look.lane === use.look.lane || this.arrival(use.look).factors.some((f) => f.name === 'library_new_lane'))
      .filter((other) => door(other) === door(use))
      .map((other) => this.isNewcomers(use, other.look));
    return sides.filter((side, i) => i > 0 && side !== sides[i - 1]).length;
  }

  private isNewcomers(use: Use, other: Look): boolean {
    const prefix = use.look.traits.endpoint?.prefix;
    if (other === use.look || this.suspects(other, use.at)) return true;
    return other.traits.endpoint !== undefined && other.traits.endpoint.prefix === prefix;
  }

  /** Earlier uses of the token of this use, as the same log saw them. */
  private sameToken(use: Use): Use[] {
    if (use.token_uid === undefined) return [];
    return this.upTo(use)
      .slice(0, -1)
      .filter((other) => other.time >= use.time - this.number('token_within'))
      .filter((other) => other.token_uid === use.token_uid && door(other) === door(use));
  }

  private token(use: Use): Factor[] {
    const out: Factor[] = [];
    if (use.is_bound && use.activity === 'sign_in') out.push(this.factor('bound_token'));
    if (this.most(use.look, 'place_network') <= 0) return out;
    const uses = this.sameToken(use);
    const elsewhere = uses.filter(
      (other) => other.look !== use.look && other.look.traits.endpoint !== undefined && !this.deviates(other.look),
    );
    if (elsewhere.length === 0) return out;
    const before = uses.filter((other) => other.look === use.look && other.at < elsewhere.at(-1)!.at).at(-1);
    out.push(this.factor(this.holders(use.look, before, use)));
    return out;
  }

  private client(use: Use): Factor[] {
    const client = use.client_uid;
    const uncommon = this.parameters['uncommon_clients'] as readonly string[];
    if (client === undefined || !uncommon.includes(client) || this.most(use.look, 'place_network') <= 0) return [];
    if (this.session.person.isHabit('client', client, use.time)) return [];
    const isOwners = this.upTo(use).some(
      (other) => other.client_uid === client && !this.deviates(other.look) && other.time >= use.time - this.number('token_within'),
    );
    return isOwners ? [] : [this.factor('uncommon_client')];
  }
}

/** Logs that see their callers from one side. */
function door({ vendor, product }: Use): string {
  return `${vendor}/${vendor === 'entra' ? product.replace('non_interactive_', '') : product}`;
}

const END_KINDS: Readonly<Record<string, readonly MarkKind[]>> = {
  use_after_revocation: ['session_revoke'],
  use_after_sign_out: ['sign_out'],
  outlived_reset: ['recovery', 'credential_change', 'mfa_change'],
};

class AfterEndTale implements Judge {
  constructor(
    private readonly session: SessionTale,
    private readonly detector: string,
    private readonly parameters: Parameters,
  ) {}

  private number(name: string): number {
    return Number(this.parameters[name]);
  }

  suspects(): boolean {
    return false;
  }

  verdict(at: number): Verdict | undefined {
    const use = this.session.uses[at]!;
    const story = this.session.uses.slice(0, at + 1);
    const ends = this.session.person.marks
      .filter((mark) => END_KINDS[this.detector]!.includes(mark.kind))
      .filter((mark) => mark.time < use.time && (mark.session_uid !== undefined || mark.time > this.session.birth))
      .filter((mark) => !this.isOwnChange(mark))
      .filter((mark) => concerns(mark, this.session.issuer, this.session.uid))
      .filter((mark) => !story.some((other) => other.is_fresh && other.time > mark.time))
      .filter((mark) => use.time - mark.time > this.number(mark.vendor === 'entra' ? 'grace_entra' : 'grace'))
      .filter((mark) => !this.isLivingToken(use, mark));
    const end = ends.at(-1);
    if (end === undefined) return undefined;
    const factors = [this.factor(this.nameOf(end))];
    if (use.activity === 'sign_in' || use.activity === 'token_issue') factors.push(this.factor('token_renewed'));
    const scores = this.deviations(use, end.time).map((more) => scoreOf([...factors, ...more], false));
    return { score: Math.min(...scores), episode: end.uid, about: use.look };
  }

  /** The person's own change of password or factor, made in this session or nobody knows in which. */
  private isOwnChange(mark: Mark): boolean {
    if (mark.by !== undefined || mark.kind === 'sign_out') return false;
    if (mark.kind !== 'session_revoke') return mark.own_session_uid === undefined || mark.own_session_uid === this.session.uid;
    const changes = this.session.person.marks
      .filter((other) => other.kind === 'credential_change' && other.by === undefined)
      .filter((other) => other.own_session_uid === undefined || other.own_session_uid === this.session.uid);
    return changes.some((other) => other.vendor === mark.vendor && Math.abs(other.time - mark.time) <= 300_000);
  }

  private nameOf(end: Mark): FactorName {
    if (end.kind === 'session_revoke') return 'used_after_revocation';
    if (end.kind === 'sign_out') return 'used_after_sign_out';
    if (end.kind === 'recovery') return 'outlived_recovery';
    return end.by === undefined ? 'outlived_change' : 'outlived_reset';
  }

  private factor(name: FactorName): Factor {
    return factor(name, this.number(`points_${name}`), name);
  }

  private isLivingToken(use: Use, end: Mark): boolean {
    if (use.activity === 'sign_in' || use.activity === 'token_issue' || use.vendor === 'okta') return false;
    const issued = use.token_issued_time;
    if (issued !== undefined && issued > end.time) return false;
    if (use.is_cae) return use.time - end.time <= this.number('cae_propagation');
    return use.time <= (use.token_expires_time ?? (issued ?? end.time) + this.number('access_token_lifetime'));
  }

  /** How the use differs from each of the looks that the session had before its end, as far as they can be compared. */
  private deviations(use: Use, end: number): Factor[][] {
    const had = this.session.looks.filter((look) => this.session.uses[look.first]!.time <= end);
    if (had.length === 0 || had.includes(use.look)) return [[]];
    const inLane = had.filter((look) => look.lane === use.look.lane);
    const settings: CompareSettings = {
      points: (name) => this.number(`points_${name}`),
      speed_kmh: this.number('speed_kmh'),
      distance_km: this.number('distance_km'),
    };
    return (inLane.length > 0 ? inLane : had).map((look) => {
      const gap = use.time - this.session.lastUse(look, use.at)!.time;
      return compare(look.traits, use.look.traits, gap, settings, () => false, inLane.length > 0).factors;
    });
  }
}

function most(factors: readonly Factor[], dimension: Factor['dimension']): number {
  return Math.max(0, ...factors.filter((f) => f.dimension === dimension).map((f) => f.points));
}

function fill(traits: Traits, from: Traits): Traits {
  const has = Object.fromEntries(Object.entries(traits).filter(([, value]) => value !== undefined && value !== NO_AGENT));
  return { ...from, ...has };
}
