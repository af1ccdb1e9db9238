import type { Auth, Endpoint, Factor, Finding, Principal, SessionRef, UserAgent } from '../../event/index.js';
import { HABIT_LISTS, type Habit } from '../habits.js';
import type { Incident } from '../incident.js';
import { goneSessions } from '../known-sessions.js';
import type { Mark } from '../marks.js';
import type { More, Observation } from '../observation.js';
import type { PastLife } from '../past-lives.js';
import type { Person } from '../person.js';
import type { Print, PrintNote, Traits } from '../print.js';
import type { OnRecord, Report, Session } from '../session.js';
import type { SignIns } from '../sign-ins.js';
import type { EvidenceSource, Verdict } from '../verdict.js';
import { isSameAgent, isSameEndpoint } from './same.js';
import { bytesOf, lengthOf, sizeOf } from './size.js';
import type { RulesInForce } from './write.js';

/**
 * How many bytes a person takes as a record, by parts. Never less than are written, and few more; told without writing: people who take much are
 * weighed every few dozen events. What is said more than once is counted where it is said first.
 */
export interface Weight {
  total: number;
  /** each session in its place, without its findings, its events and their prints */
  sessions: number[];
  /** events, with all that no other part has */
  events: number;
  reports: number;
}

/** Of times in ms, until they are 2^48; of places in a table, up to 8,191; what a list takes beside its items. */
const TIME = 7;
const PLACE = 2;
const LIST = 4;
/** What they have beside what each has or has not. */
const OBSERVATION = TIME + PLACE + 11;
const STORY_ENTRY = 2 * (PLACE + 1) + 2;
const PRINT = 8 + 3 + TIME + 2;
const NOTE = LIST + 3 + 2 * TIME + LIST + PLACE + 3;
const SESSION = 9 + 2 * TIME + 4 + 2 * PLACE + LIST + 3;
const PERSON = 215;

export function weigh(person: Person, rules: RulesInForce): Weight {
  return new Scale(person, rules).weight();
}

class Scale {
  private readonly words = new Set<string>();
  private readonly endpoints = new Map<string | undefined, Endpoint[]>();
  private readonly agents = new Map<string, UserAgent[]>();
  private readonly principals = new Set<Principal | string>();
  private readonly prints = new Set<Print>();
  private readonly held = new Set<Observation>();

  constructor(
    private readonly person: Person,
    private readonly rules: RulesInForce,
  ) {}

  weight(): Weight {
    const { person } = this;
    const { story } = person;
    const sessions = person.sessions.map((session) => this.session(session));
    let reports = this.reports(story);
    let events = 0;
    for (const session of person.sessions) {
      reports += this.reports(session);
      for (const seen of session.tail) events += this.heldObservation(seen);
    }
    for (const session of goneSessions(person)) {
      events += this.session(session) + this.reports(session);
      for (const seen of session.tail) events += this.heldObservation(seen);
    }
    for (const seen of story.tail) {
      events += STORY_ENTRY + this.print(seen.print);
      if (!this.held.has(seen)) events += this.observation(seen);
    }
    for (const verdict of story.verdicts) events += this.verdict(verdict);
    let total = PERSON + events + reports + text(person.key) + text(person.tenant) + this.principal(person.principal);
    for (const session of sessions) total += session;
    for (const mark of person.marks) total += this.mark(mark);
    for (const incident of person.incidents) total += sizeOfIncident(incident);
    for (const life of person.past_lives) total += sizeOfPastLife(life);
    for (const { prefix, since } of story.suspects) total += text(prefix) + text(since.uid) + 2 * TIME;
    for (const hash of person.seen) total += lengthOf(hash);
    total += sizeOfHabits(person) + sizeOfSignIns(person.sign_ins);
    return { total, sessions, events, reports };
  }

  private session(session: Session): number {
    const { ref, prints, stranger_since, folded_time, fresh_time } = session;
    let size = SESSION + sizeOfRef(ref) + this.principal(session.principal) + 2 * LIST;
    if (folded_time !== 0) size += TIME;
    if (fresh_time !== 0) size += TIME;
    if (stranger_since !== undefined) size += TIME + text(stranger_since.uid);
    for (const print of prints) if (print.held_count === 0) size += this.print(print);
    return size;
  }

  private reports({ reports }: OnRecord): number {
    let size = LIST;
    for (const report of reports) size += sizeOfReport(report);
    return size;
  }

  /** A print, the first time it is asked for, and what it was compared with: the session may have let go of that. */
  private print(print: Print): number {
    if (this.prints.has(print)) return 0;
    this.prints.add(print);
    let size = PRINT + this.traits(print);
    const last = print.folded_last;
    if (last !== undefined) {
      size += text(last.uid) + TIME + this.word(last.vendor) + this.word(last.action) + this.endpoint(last.endpoint);
    }
    for (let rule = 0; rule < print.notes.length; rule++) {
      const note = print.notes[rule];
      if (note === undefined) continue;
      size += 1 + this.word(this.rules.uids[rule]) + sizeOfNote(note);
      const { known, baseline } = note;
      if (known !== print) size += this.traits(known);
      if (baseline !== undefined) size += this.print(baseline);
    }
    return size;
  }

  private traits({ endpoint, user_agent, device_uid, device_os, cookie_uid, ja4 }: Traits): number {
    const machine = this.word(device_uid) + this.word(device_os) + this.word(cookie_uid) + this.word(ja4);
    return this.endpoint(endpoint) + this.agent(user_agent) + machine;
  }

  private heldObservation(seen: Observation): number {
    this.held.add(seen);
    return this.observation(seen) + this.print(seen.print);
  }

  private observation(seen: Observation): number {
    let size = OBSERVATION + text(seen.uid) + this.endpoint(seen.endpoint);
    size += this.word(seen.vendor) + this.word(seen.product) + this.word(seen.action) + this.word(seen.activity) + this.word(seen.geo);
    size += this.word(seen.client_uid) + this.word(seen.token_uid) + this.word(seen.device_uid) + this.word(seen.device_evidence);
    size += sizeOfTime(seen.token_issued_time) + sizeOfTime(seen.token_expires_time);
    const { scores, more } = seen;
    for (let rule = 0; rule < scores.length; rule++) if (scores[rule] !== 0) size += LIST + this.word(this.rules.uids[rule]);
    return more === undefined ? size : size + this.more(more);
  }

  private more(more: More): number {
    let size = 5;
    if (more.auth !== undefined) size += sizeOfAuth(more.auth);
    if (more.risk !== undefined) size += sizeOf(more.risk);
    if (more.details !== undefined) {
      size += LIST;
      for (const key in more.details) size += text(key) + text(more.details[key]!);
    }
    if (more.facts !== undefined) {
      size += LIST;
      for (const { rule, by, value } of more.facts) size += PLACE + text(by) + text(value) + this.word(this.rules.uids[rule]);
    }
    return size;
  }

  private verdict({ rule, judgement }: Verdict): number {
    const { episode, stranger, travel, context, message } = judgement;
    let size = 3 * PLACE + text(episode) + 2 + PLACE + 3 + this.word(this.rules.uids[rule]) + this.evidence(judgement.baseline);
    if (stranger !== undefined) size += PLACE + 3 + optional(stranger.prefix);
    if (travel !== undefined) size += sizeOf(travel);
    if (message === '' && context.length === 0) return size;
    return size + text(message) + sizeOfFactors(judgement.factors) + this.evidence(context);
  }

  private evidence(sources: readonly EvidenceSource[]): number {
    let size = LIST;
    for (const { uid, vendor, action, endpoint, user_agent, device, client_uid } of sources) {
      size += text(uid) + TIME + this.word(vendor) + this.word(action) + this.endpoint(endpoint);
      size += this.word(user_agent) + this.word(device) + this.word(client_uid);
    }
    return size;
  }

  private mark(mark: Mark): number {
    let size = text(mark.kind) + TIME + text(mark.uid) + this.word(mark.vendor) + this.word(mark.account) + this.word(mark.action);
    size += this.word(mark.session_uid) + this.word(mark.by) + this.word(mark.by_device) + this.word(mark.by_cookie);
    return size + this.word(mark.own_session_uid) + this.endpoint(mark.by_endpoint);
  }

  /** Its place, as of the next three, and the first time all of it. */
  private word(word: string | undefined): number {
    if (word === undefined) return 1;
    if (this.words.has(word)) return PLACE;
    this.words.add(word);
    return PLACE + text(word);
  }

  private endpoint(endpoint: Endpoint | undefined): number {
    if (endpoint === undefined) return 1;
    return isKnown(this.endpoints, endpoint.ip, endpoint, isSameEndpoint) ? PLACE : PLACE + sizeOfEndpoint(endpoint);
  }

  private agent(agent: UserAgent | undefined): number {
    if (agent === undefined) return 1;
    if (isKnown(this.agents, agent.original, agent, isSameAgent)) return PLACE;
    return PLACE + text(agent.original) + text(agent.kind) + optional(agent.family) + 6 + optional(agent.os) + optional(agent.form_factor);
  }

  private principal(principal: Principal): number {
    if (this.principals.has(principal)) return PLACE;
    this.principals.add(principal);
    const key = keyOfPrincipal(principal);
    if (this.principals.has(key)) return PLACE;
    this.principals.add(key);
    return PLACE + sizeOf(principal) + 5;
  }
}

/** Is an equal one known under the key? From now on this one is. */
function isKnown<Key, T extends object>(lists: Map<Key, T[]>, key: Key, item: T, isSame: (a: T, b: T) => boolean): boolean {
  const list = lists.get(key);
  if (list === undefined) {
    lists.set(key, [item]);
    return false;
  }
  for (const other of list) if (other === item || isSame(other, item)) return true;
  list.push(item);
  return false;
}

function text(value: string): number {
  return bytesOf(value) + (value.length < 20 ? 1 : value.length < 2730 ? 2 : 3);
}

function sizeOfTime(time: number | undefined): number {
  return time === undefined ? 1 : TIME + 1;
}

function optional(value: string | undefined): number {
  return value === undefined ? 1 : 1 + text(value);
}

function sizeOfEndpoint(e: Endpoint): number {
  const where =
    optional(e.country) + optional(e.region) + optional(e.city) + (e.lat === undefined ? 1 : 9) + (e.long === undefined ? 1 : 9);
  return (
    optional(e.ip) + optional(e.hostname) + text(e.class) + optional(e.prefix) + where + 10 + optional(e.as_org) + optional(e.as_class)
  );
}

function sizeOfAuth({ protocol, method, incoming_token }: Auth): number {
  return optional(protocol) + optional(method) + optional(incoming_token) + 4;
}

function sizeOfRef({ uid, root_uid, issuer, confidence, created_time }: SessionRef): number {
  return text(uid) + optional(root_uid) + text(issuer) + text(confidence) + sizeOfTime(created_time);
}

/** What a rule noted of a print. */
export function sizeOfNote({ points, suspect_uid, since_uid, factors, travel }: PrintNote): number {
  return (
    NOTE + 2 * points.length + text(suspect_uid) + text(since_uid) + sizeOfNoted(factors) + (travel === undefined ? 0 : sizeOf(travel))
  );
}

/** What a note has is not changed: it is weighed once. */
const noted = new WeakMap<readonly Factor[], number>();

function sizeOfNoted(factors: readonly Factor[]): number {
  let size = noted.get(factors);
  if (size === undefined) {
    size = sizeOfFactors(factors);
    noted.set(factors, size);
  }
  return size;
}

function sizeOfFactors(factors: readonly Factor[]): number {
  let size = LIST;
  for (const { name, dimension, before, after, text: why } of factors) {
    size += text(name) + text(dimension) + 2 + optional(before) + optional(after) + text(why);
  }
  return size;
}

export function sizeOfReport({ episode, finding, settled }: Report): number {
  return text(episode) + 2 + sizeOfFinding(finding) + (settled === undefined || settled === finding ? 0 : sizeOfFinding(settled));
}

/** Findings are not changed once they are made, but for the level of their incident. */
const findings = new WeakMap<Finding, number>();
const LONGEST_LEVEL = 14;
const LONGEST_KIND = 11;

export function sizeOfFinding(finding: Finding): number {
  let size = findings.get(finding);
  if (size === undefined) {
    size = sizeOf(finding) - sizeOf(finding.incident_level) + LONGEST_LEVEL;
    findings.set(finding, size);
  }
  return size;
}

export function sizeOfIncident({ uid, sessions, prefixes, triggers }: Incident): number {
  let size = text(uid) + 2 * TIME + LONGEST_LEVEL + 3 * LIST;
  for (const trigger of triggers) size += text(trigger);
  for (const session of sessions) size += text(session);
  for (const prefix of prefixes) size += text(prefix);
  return size;
}

export function sizeOfPastLife({ uid, issuer }: PastLife): number {
  return text(uid) + text(issuer) + PLACE + TIME;
}

export function sizeOfHabits({ habits }: Pick<Person, 'habits'>): number {
  if (habits === undefined) return 0;
  let size = LIST;
  for (const kind of HABIT_LISTS) for (const habit of habits[kind]) size += sizeOfHabit(habit);
  return size;
}

export function sizeOfHabit({ value, again_time, present_time, unlearned_time }: Habit): number {
  let size = LONGEST_KIND + text(value) + 2 * TIME + 3;
  if (again_time !== undefined) size += TIME;
  if (present_time !== undefined) size += TIME;
  if (unlearned_time !== undefined) size += TIME;
  return size;
}

/** As if nothing in it was said elsewhere. */
export function sizeOfMark(mark: Mark): number {
  return sizeOf(mark);
}

function sizeOfSignIns(signIns: SignIns | undefined): number {
  if (signIns === undefined) return 0;
  let size = TIME + 2 * LIST + 1;
  for (const day of signIns.days) size += sizeOf(day);
  for (const day of signIns.cookie_days) size += sizeOf(day);
  return size;
}

/** All of it. */
function keyOfPrincipal(p: Principal): string {
  const { key, type, uid, email, name, on_behalf_of, tags } = p;
  return JSON.stringify([key, type, uid ?? 0, email ?? 0, name ?? 0, on_behalf_of ?? 0, tags ?? 0]);
}
