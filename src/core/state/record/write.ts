// However long, one file: the fields of a record in the order of its schema, each as it is read in read.ts.

import { HABIT_LISTS } from '../habits.js';
import { hash53 } from '../hash.js';
import { goneSessions } from '../known-sessions.js';
import type { Mark } from '../marks.js';
import type { More, Observation } from '../observation.js';
import type { Person } from '../person.js';
import type { Print, PrintNote, Traits } from '../print.js';
import { NEVER, type Report, type Session } from '../session.js';
import type { EvidenceSource, Verdict } from '../verdict.js';
import {
  writeAgent,
  writeAuth,
  writeEndpoint,
  writeFactors,
  writeFinding,
  writePrincipal,
  writeRef,
  writeRisk,
  writeTravel,
} from './parts.js';
import {
  type RecordSink,
  writeInts,
  writeList,
  writeOptionalFlag,
  writeOptionalPlace,
  writeOptionalText,
  writeOptionalTime,
  writePresence,
  writeTexts,
} from './sink.js';
import { TablesToWrite } from './tables.js';

/** The rules in force. */
export interface RulesInForce {
  /** uid of each by its place: what is remembered of a rule is written under its uid, so that a set may change */
  uids: readonly string[];
  /** how many of them, the first, look at sessions: an event's scores are theirs */
  sessions: number;
  /** of everything that judges */
  digest: string;
}

/** What the rules in force are known by in a person's record. */
export function hashOfRules({ uids, digest }: RulesInForce): number {
  return hash53(JSON.stringify([digest, ...uids]));
}

/**
 * Writes a person as a record, from behind its key on: all that is remembered, so that whoever reads it back goes on as if nothing had happened. The record is what
 * `head` takes and, behind it, what `body` takes: what is said more than once stands at the front, and is known at the end.
 * @param judgedBy hashOfRules
 */
export function writePerson(person: Person, rules: RulesInForce, judgedBy: number, head: RecordSink, body: RecordSink): void {
  new Writer(person, rules, body).write(judgedBy, head);
}

/** Writes one person: where each session and each print has its place. */
class Writer {
  private readonly tables = new TablesToWrite();
  private readonly gone: Session[];
  /** place of a session, the forgotten ones after the others */
  private readonly places = new Map<Session, number>();
  /** place of a print in its session, those that it let go of after the others; of the session's observations, too */
  private readonly prints = new Map<Print, number>();
  private readonly dropped = new Map<Session, Print[]>();
  private readonly held = new Map<Observation, number>();

  constructor(
    private readonly person: Person,
    private readonly rules: RulesInForce,
    private readonly out: RecordSink,
  ) {
    this.gone = goneSessions(person);
    for (const session of person.sessions) this.place(session);
    for (const session of this.gone) this.place(session);
    for (const { session, print } of person.story.tail) if (session !== undefined) this.keepPrint(session, print);
    // what they were compared with may be gone from the session as well
    for (const session of this.places.keys()) {
      for (const print of session.prints) for (const note of print.notes) this.keepPrint(session, note?.baseline);
      const list = this.dropped.get(session);
      if (list === undefined) continue;
      for (let i = 0; i < list.length; i++) for (const note of list[i]!.notes) this.keepPrint(session, note?.baseline);
    }
  }

  private place(session: Session): void {
    this.places.set(session, this.places.size);
    const { prints, tail } = session;
    for (let at = 0; at < prints.length; at++) this.prints.set(prints[at]!, at);
    for (let at = 0; at < tail.length; at++) this.held.set(tail[at]!, at);
  }

  private keepPrint(session: Session, print: Print | undefined): void {
    if (print === undefined || this.prints.has(print)) return;
    const list = this.dropped.get(session) ?? [];
    this.dropped.set(session, list);
    this.prints.set(print, session.prints.length + list.length);
    list.push(print);
  }

  write(judgedBy: number, head: RecordSink): void {
    const { person, tables } = this;
    const { next_settle_time } = person;
    const principal = tables.principal(person.principal);
    this.body();
    head.text(person.tenant);
    head.small(principal);
    head.time(person.last_arrival_time);
    writeOptionalTime(head, next_settle_time === NEVER ? undefined : next_settle_time);
    head.int(judgedBy);
    head.int(person.room);
    head.small(person.sessions.length);
    head.small(person.story.tail.length);
    writeOptionalTime(head, oldestArrival(person));
    writeTexts(head, tables.words);
    writeList(head, tables.endpoints, (one) => writeEndpoint(head, one));
    writeList(head, tables.user_agents, (one) => writeAgent(head, one));
    writeList(head, tables.principals, (one) => writePrincipal(head, one));
  }

  private body(): void {
    const { person, out } = this;
    const { story, sign_ins } = person;
    writeList(out, person.sessions, (session) => this.session(session));
    writeList(out, this.gone, (session) => this.session(session));
    writeList(out, person.marks, (mark) => this.mark(mark));
    writeList(out, story.tail, (seen) => this.storyEntry(seen));
    out.small(story.settled);
    out.small(story.judged);
    out.flag(story.is_stale);
    this.verdicts(story.verdicts);
    this.reports(story.reports);
    writeList(out, story.suspects, ({ prefix, since, last_time }) => {
      out.text(prefix);
      out.time(since.time);
      out.text(since.uid);
      out.time(last_time);
    });
    writeList(out, person.incidents, ({ uid, sessions, prefixes, triggers, last_time, seen_time, floor }) => {
      out.text(uid);
      writeTexts(out, sessions);
      writeTexts(out, prefixes);
      writeTexts(out, triggers);
      out.time(last_time);
      out.time(seen_time);
      out.text(floor);
    });
    if (writePresence(out, sign_ins)) this.signIns(sign_ins!);
    this.habits();
    const { seen, seen_at } = person;
    writeInts(out, seen_at === 0 ? seen : [...seen.slice(seen_at), ...seen.slice(0, seen_at)]);
    writeList(out, person.past_lives, ({ uid, issuer, lives, last_time }) => {
      out.text(uid);
      out.text(issuer);
      out.int(lives);
      out.time(last_time);
    });
  }

  private rule(place: number): number {
    return this.tables.word(this.rules.uids[place]);
  }

  private session(session: Session): void {
    const { out, tables } = this;
    writeRef(out, session.ref);
    out.small(tables.principal(session.principal));
    out.text(session.mint);
    out.time(session.first_time);
    out.time(session.last_arrival_time);
    writeOptionalTime(out, session.folded_time === 0 ? undefined : session.folded_time);
    writeOptionalTime(out, session.fresh_time === 0 ? undefined : session.fresh_time);
    out.small(session.life);
    out.small(session.settled);
    writeList(out, session.prints, (print) => this.print(print));
    writeList(out, this.dropped.get(session) ?? NONE, (print) => this.print(print));
    writeList(out, session.tail, (seen) => this.observation(seen));
    this.reports(session.reports);
    if (!writePresence(out, session.stranger_since)) return;
    out.time(session.stranger_since!.time);
    out.text(session.stranger_since!.uid);
  }

  private print(print: Print): void {
    const { out, tables } = this;
    const { folded_last } = print;
    out.text(print.lane);
    this.traits(print);
    out.int(print.folded_count);
    out.time(print.folded_first_time);
    if (writePresence(out, folded_last)) {
      const { uid, time, vendor, action, endpoint } = folded_last!;
      out.text(uid);
      out.time(time);
      out.small(tables.word(vendor));
      out.small(tables.word(action));
      out.small(tables.endpoint(endpoint));
    }
    this.notes(print);
  }

  private notes(print: Print): void {
    const { out } = this;
    const { notes } = print;
    const isKept = (rule: number) => notes[rule] !== undefined && this.rules.uids[rule] !== undefined;
    let count = 0;
    for (let rule = 0; rule < notes.length; rule++) if (isKept(rule)) count++;
    out.small(count);
    if (count === 0) return;
    for (let rule = 0; rule < notes.length; rule++) if (isKept(rule)) this.note(notes[rule]!, rule, print);
    out.endOfList();
  }

  private note(note: PrintNote, rule: number, print: Print): void {
    const { out } = this;
    out.small(this.rule(rule));
    writeInts(out, note.points);
    out.flag(note.is_settled);
    out.flag(note.is_suspect);
    out.time(note.suspect_time);
    out.text(note.suspect_uid);
    out.flag(note.was_suspect);
    if (writePresence(out, note.known === print ? undefined : note.known)) this.traits(note.known);
    writeFactors(out, note.factors);
    writeOptionalPlace(out, note.baseline === undefined ? undefined : this.prints.get(note.baseline));
    out.time(note.since_time);
    out.text(note.since_uid);
    writeTravel(out, note.travel);
  }

  private traits({ endpoint, user_agent, device_uid, device_os, cookie_uid, ja4 }: Traits): void {
    const { out, tables } = this;
    out.small(tables.endpoint(endpoint));
    out.small(tables.agent(user_agent));
    out.small(tables.word(device_uid));
    out.small(tables.word(device_os));
    out.small(tables.word(cookie_uid));
    out.small(tables.word(ja4));
  }

  private observation(seen: Observation): void {
    const { out, tables } = this;
    out.time(seen.time);
    out.text(seen.uid);
    out.small(this.prints.get(seen.print) ?? 0);
    out.small(tables.word(seen.vendor));
    out.small(tables.word(seen.product));
    out.small(tables.word(seen.action));
    out.small(tables.word(seen.activity));
    out.small(tables.endpoint(seen.endpoint));
    out.small(tables.word(seen.client_uid));
    out.small(tables.word(seen.token_uid));
    writeOptionalTime(out, seen.token_issued_time);
    writeOptionalTime(out, seen.token_expires_time);
    out.flag(seen.is_bound);
    out.flag(seen.is_cae);
    out.flag(seen.is_fresh);
    out.flag(seen.is_sensitive);
    out.small(tables.word(seen.device_uid));
    out.small(tables.word(seen.device_evidence));
    writeOptionalFlag(out, seen.is_compliant);
    out.flag(seen.is_done);
    out.flag(seen.is_presence);
    out.small(tables.word(seen.geo));
    this.scores(seen.scores);
    if (writePresence(out, seen.more)) this.more(seen.more!);
  }

  private scores(scores: readonly number[]): void {
    const { out } = this;
    const isJudged = scores.length === this.rules.sessions;
    out.flag(isJudged);
    let count = 0;
    if (isJudged) for (const score of scores) if (score !== 0) count++;
    out.small(count);
    if (count === 0) return;
    for (let rule = 0; rule < scores.length; rule++) {
      if (scores[rule] === 0) continue;
      out.small(this.rule(rule));
      out.int(scores[rule]!);
    }
    out.endOfList();
  }

  private more({ auth, risk, details, facts }: More): void {
    const { out } = this;
    writeAuth(out, auth);
    writeRisk(out, risk);
    if (writePresence(out, details)) {
      const names = Object.keys(details!);
      out.small(names.length);
      for (const name of names) {
        out.text(name);
        out.text(details![name]!);
      }
      if (names.length > 0) out.endOfList();
    }
    if (!writePresence(out, facts)) return;
    const kept = facts!.filter(({ rule }) => this.rules.uids[rule] !== undefined);
    writeList(out, kept, ({ rule, step, by, value }) => {
      out.small(this.rule(rule));
      out.int(step);
      out.text(by);
      out.text(value);
    });
  }

  /** An event of the story: where its session holds it, or all of it. */
  private storyEntry(seen: Observation): void {
    const { out } = this;
    const session = seen.session === undefined ? undefined : this.places.get(seen.session);
    const observation = session === undefined ? undefined : this.held.get(seen);
    writeOptionalPlace(out, session);
    writeOptionalPlace(out, observation);
    out.presence(observation === undefined);
    if (observation !== undefined) {
      out.presence(false);
      return;
    }
    this.observation(seen);
    if (writePresence(out, session === undefined ? seen.print : undefined)) this.print(seen.print);
  }

  private verdicts(verdicts: readonly Verdict[]): void {
    const { out } = this;
    const places = new Map<Observation, number>();
    if (verdicts.length > 0) for (const [at, seen] of this.person.story.tail.entries()) places.set(seen, at);
    writeList(out, verdicts, ({ seen, rule, judgement }) => {
      const { stranger, context, message } = judgement;
      out.small(places.get(seen)!);
      out.small(this.rule(rule));
      out.int(judgement.score);
      out.text(judgement.episode);
      writeOptionalFlag(out, judgement.is_named);
      writeOptionalPlace(out, this.placeOf(judgement.session));
      if (writePresence(out, stranger)) {
        writeOptionalPlace(out, this.placeOf(stranger!.session));
        writeOptionalText(out, stranger!.prefix);
        out.flag(stranger!.is_hearsay === true);
      }
      writeTravel(out, judgement.travel);
      this.evidence(judgement.baseline);
      if (!writePresence(out, message === '' && context.length === 0 ? undefined : message)) return;
      writeFactors(out, judgement.factors);
      this.evidence(context);
      out.text(message);
    });
  }

  private evidence(sources: readonly EvidenceSource[]): void {
    const { out, tables } = this;
    writeList(out, sources, (source) => {
      out.text(source.uid);
      out.time(source.time);
      out.small(tables.word(source.vendor));
      out.small(tables.word(source.action));
      out.small(tables.endpoint(source.endpoint));
      out.small(tables.word(source.user_agent));
      out.small(tables.word(source.device));
      out.small(tables.word(source.client_uid));
    });
  }

  private placeOf(session: Session | undefined): number | undefined {
    return session === undefined ? undefined : this.places.get(session);
  }

  private reports(reports: readonly Report[]): void {
    const { out } = this;
    writeList(out, reports, ({ episode, finding, settled }) => {
      out.text(episode);
      writeFinding(out, finding);
      out.flag(settled === finding);
      if (writePresence(out, settled === finding ? undefined : settled)) writeFinding(out, settled!);
    });
  }

  private mark(mark: Mark): void {
    const { out, tables } = this;
    out.text(mark.kind);
    out.time(mark.time);
    out.text(mark.uid);
    out.small(tables.word(mark.vendor));
    out.small(tables.word(mark.account));
    out.small(tables.word(mark.action));
    out.small(tables.word(mark.session_uid));
    out.small(tables.word(mark.by));
    out.small(tables.endpoint(mark.by_endpoint));
    out.small(tables.word(mark.by_device));
    out.small(tables.word(mark.by_cookie));
    out.small(tables.word(mark.own_session_uid));
  }

  private signIns({ since_time, days, cookie_days }: NonNullable<Person['sign_ins']>): void {
    const { out } = this;
    out.time(since_time);
    writeList(out, days, (one) => {
      out.int(one.day);
      out.small(one.sign_ins);
      out.small(one.device_logged);
      out.small(one.with_device);
      out.small(one.handheld_logged);
      out.small(one.handheld_with_device);
      out.small(one.factor_logged);
      out.small(one.with_factor);
      out.small(one.keep_logged);
      out.small(one.kept_signed_in);
      out.small(one.device_code);
    });
    writeList(out, cookie_days, (one) => {
      out.int(one.day);
      out.small(one.logged);
      out.small(one.again);
      out.small(one.handheld_logged);
      out.small(one.handheld_again);
    });
  }

  private habits(): void {
    const { out } = this;
    const { habits } = this.person;
    let count = 0;
    if (habits !== undefined) for (const kind of HABIT_LISTS) count += habits[kind].length;
    out.small(count);
    if (count === 0) return;
    for (const kind of HABIT_LISTS) {
      for (const { value, first_time, again_time, last_time, present_time, unlearned_time } of habits![kind]) {
        out.text(kind);
        out.text(value);
        out.time(first_time);
        writeOptionalTime(out, again_time);
        out.time(last_time);
        writeOptionalTime(out, present_time);
        writeOptionalTime(out, unlearned_time);
      }
    }
    out.endOfList();
  }
}

/** When the session was last heard of that was heard of the longest ago, ms; undefined without sessions. */
export function oldestArrival({ sessions }: Person): number | undefined {
  let oldest: number | undefined;
  for (const { last_arrival_time } of sessions) if (oldest === undefined || last_arrival_time < oldest) oldest = last_arrival_time;
  return oldest;
}

const NONE: readonly never[] = [];
