// However long, one file: the fields of a record in the order of its schema, each as it is written in write.ts.

import type { Activity, DeviceEvidence, Lane, MarkKind, SessionMint } from '../../event/index.js';
import { type HabitList, type Habits, newHabits } from '../habits.js';
import type { Incident } from '../incident.js';
import type { Mark } from '../marks.js';
import { type Fact, type More, NO_SCORES, type Observation } from '../observation.js';
import { type Person, SEEN_PER_PERSON } from '../person.js';
import { newPrint, type Print, type PrintNote, setNote, type Traits } from '../print.js';
import { NEVER, type Report, type Session, sessionKey } from '../session.js';
import type { SignIns } from '../sign-ins.js';
import type { EvidenceSource, Judgement, Stranger, Verdict } from '../verdict.js';
import { readAgent, readAuth, readEndpoint, readFactors, readFinding, readPrincipal, readRef, readRisk, readTravel } from './parts.js';
import {
  isPresent,
  type RecordSource,
  readInts,
  readList,
  readOptionalFlag,
  readOptionalPlace,
  readOptionalText,
  readOptionalTime,
  readTexts,
} from './sink.js';
import { TablesToRead } from './tables.js';
import type { RulesInForce } from './write.js';

/** What stands at the front of a record. */
export interface RecordHead {
  key: string;
  tenant: string;
  principal: number;
  last_arrival_time: number;
  next_settle_time: number;
  /** hashOfRules, of the rules in force when it was written */
  judged_by: number;
  room: number;
  session_count: number;
  event_count: number;
  oldest_arrival_time: number | undefined;
}

/** @param key of the person, which stands in front of it */
export function readHead(from: RecordSource, key: string): RecordHead {
  return {
    key,
    tenant: from.text(),
    principal: from.small(),
    last_arrival_time: from.time(),
    next_settle_time: readOptionalTime(from) ?? NEVER,
    judged_by: from.int(),
    room: from.int(),
    session_count: from.small(),
    event_count: from.small(),
    oldest_arrival_time: readOptionalTime(from),
  };
}

/**
 * Reads on, from behind the head, what `writePerson` wrote. What was remembered of rules that are no longer in force is forgotten, but that their
 * findings were taken back.
 */
export function readPerson(head: RecordHead, from: RecordSource, rules: RulesInForce): Person {
  const words = readTexts(from);
  const endpoints = readList(from, () => readEndpoint(from));
  const user_agents = readList(from, () => readAgent(from));
  const principals = readList(from, () => readPrincipal(from));
  from.body();
  const tables = new TablesToRead(words, endpoints, user_agents, principals);
  const { key, tenant, last_arrival_time, next_settle_time, room } = head;
  const whole = new Reader(from, tables, rules).whole();
  return { key, tenant, principal: tables.principal(head.principal), last_arrival_time, next_settle_time, room, ...whole };
}

const NONE: readonly never[] = [];

class Reader {
  private readonly silent: readonly number[];
  /** those of the record, then the forgotten ones; with the prints of each, those that it let go of after the others */
  private readonly sessions: Session[] = [];
  private readonly prints: Print[][] = [];
  /** notes whose baseline is known by its place so far */
  private compared: { note: PrintNote; baseline: number }[] = [];

  constructor(
    private readonly from: RecordSource,
    private readonly tables: TablesToRead,
    private readonly rules: RulesInForce,
  ) {
    this.silent = new Array<number>(rules.sessions).fill(0);
  }

  whole(): Omit<Person, 'key' | 'tenant' | 'principal' | 'last_arrival_time' | 'next_settle_time' | 'room'> {
    const { from } = this;
    const sessions = readList(from, () => this.session());
    readList(from, () => this.session());
    const marks = readList(from, () => this.mark());
    const tail = readList(from, () => this.seen());
    const settled = from.small();
    const judged = from.small();
    const is_stale = from.flag();
    const verdicts = without(readList(from, () => this.verdict(tail)));
    const reports = this.reports();
    const suspects = readList(from, () => ({
      prefix: from.text(),
      since: { time: from.time(), uid: from.text() },
      last_time: from.time(),
    }));
    const watched = this.sessions.filter((session, at) => isWatched(session, this.prints[at]!));
    return {
      sessions,
      marks,
      story: { tail, settled, judged, is_stale, verdicts, reports, suspects, watched },
      incidents: readList(from, () => this.incident()),
      sign_ins: isPresent(from) ? this.signIns() : undefined,
      habits: this.habits(),
      seen: readInts(from).slice(-SEEN_PER_PERSON),
      seen_at: 0,
      past_lives: readList(from, () => ({ uid: from.text(), issuer: from.text(), lives: from.int(), last_time: from.time() })),
    };
  }

  /** The place of a rule, -1 when it is not in force any more. */
  private rule(): number {
    return this.rules.uids.indexOf(this.tables.wordAt(this.from.small()));
  }

  private session(): Session {
    const { from, tables } = this;
    const ref = readRef(from);
    const session: Session = {
      uid: sessionKey(ref),
      issuer: ref.issuer,
      ref,
      principal: tables.principal(from.small()),
      mint: from.text() as SessionMint,
      first_time: from.time(),
      last_arrival_time: from.time(),
      folded_time: readOptionalTime(from) ?? 0,
      fresh_time: readOptionalTime(from) ?? 0,
      life: from.small(),
      settled: from.small(),
      prints: readList(from, () => this.print()),
      tail: [],
      reports: [],
      stranger_since: undefined,
    };
    const dropped = readList(from, () => this.print());
    const prints = dropped.length === 0 ? session.prints : [...session.prints, ...dropped];
    for (const { note, baseline } of this.compared) note.baseline = prints[baseline];
    this.compared = [];
    session.tail = readList(from, () => this.observation(prints, session));
    for (const { print } of session.tail) print.held_count++;
    session.reports = this.reports();
    if (isPresent(from)) session.stranger_since = { time: from.time(), uid: from.text() };
    this.sessions.push(session);
    this.prints.push(prints);
    return session;
  }

  private print(): Print {
    const { from, tables } = this;
    const print = newPrint(from.text() as Lane, this.traits());
    print.folded_count = from.int();
    print.folded_first_time = from.time();
    if (isPresent(from)) {
      print.folded_last = {
        uid: from.text(),
        time: from.time(),
        vendor: tables.wordAt(from.small()),
        action: tables.wordAt(from.small()),
        endpoint: tables.endpoint(from.small()),
      };
    }
    for (let count = from.small(); count !== 0; count = from.endOfList()) while (count-- > 0) this.note(print);
    return print;
  }

  private note(print: Print): void {
    const { from } = this;
    const rule = this.rule();
    const note: PrintNote = {
      points: readInts(from),
      is_settled: from.flag(),
      is_suspect: from.flag(),
      suspect_time: from.time(),
      suspect_uid: from.text(),
      was_suspect: from.flag(),
      known: isPresent(from) ? this.traits() : print,
      factors: readFactors(from),
      baseline: undefined,
      since_time: 0,
      since_uid: '',
      travel: undefined,
    };
    const baseline = readOptionalPlace(from);
    if (baseline !== undefined) this.compared.push({ note, baseline });
    note.since_time = from.time();
    note.since_uid = from.text();
    note.travel = readTravel(from);
    if (rule >= 0) setNote(print, rule, note);
  }

  private traits(): Traits {
    const { from, tables } = this;
    return {
      endpoint: tables.endpoint(from.small()),
      user_agent: tables.agent(from.small()),
      device_uid: tables.word(from.small()),
      device_os: tables.word(from.small()),
      cookie_uid: tables.word(from.small()),
      ja4: tables.word(from.small()),
    };
  }

  /** @param prints undefined: its print is to be found behind it */
  private observation(prints: readonly Print[] | undefined, session: Session | undefined): Observation {
    const { from, tables } = this;
    const time = from.time();
    const uid = from.text();
    const place = from.small();
    return {
      time,
      uid,
      print: prints?.[place] as Print,
      session,
      vendor: tables.wordAt(from.small()),
      product: tables.wordAt(from.small()),
      action: tables.wordAt(from.small()),
      activity: tables.wordAt(from.small()) as Activity,
      endpoint: tables.endpoint(from.small()),
      client_uid: tables.word(from.small()),
      token_uid: tables.word(from.small()),
      token_issued_time: readOptionalTime(from),
      token_expires_time: readOptionalTime(from),
      is_bound: from.flag(),
      is_cae: from.flag(),
      is_fresh: from.flag(),
      is_sensitive: from.flag(),
      device_uid: tables.word(from.small()),
      device_evidence: tables.word(from.small()) as DeviceEvidence | undefined,
      is_compliant: readOptionalFlag(from),
      is_done: from.flag(),
      is_presence: from.flag(),
      geo: tables.wordAt(from.small()),
      scores: this.scores(),
      more: isPresent(from) ? this.more() : undefined,
    };
  }

  private scores(): readonly number[] {
    const { from } = this;
    const isJudged = from.flag();
    let all: number[] | undefined;
    for (let count = from.small(); count !== 0; count = from.endOfList()) {
      while (count-- > 0) {
        const place = this.rule();
        const score = from.int();
        all ??= [...this.silent];
        if (place >= 0 && place < all.length) all[place] = score;
      }
    }
    return isJudged ? (all ?? this.silent) : NO_SCORES;
  }

  private more(): More {
    const { from } = this;
    const auth = readAuth(from);
    const risk = readRisk(from);
    const details = isPresent(from) ? this.details() : undefined;
    const facts = isPresent(from) ? without(readList(from, () => this.fact())) : undefined;
    return { auth, risk, details, facts };
  }

  private details(): Record<string, string> {
    const { from } = this;
    const details: Record<string, string> = {};
    for (let count = from.small(); count !== 0; count = from.endOfList()) {
      while (count-- > 0) {
        const name = from.text();
        details[name] = from.text();
      }
    }
    return details;
  }

  private fact(): Fact | undefined {
    const { from } = this;
    const fact = { rule: this.rule(), step: from.int(), by: from.text(), value: from.text() };
    return fact.rule < 0 ? undefined : fact;
  }

  private seen(): Observation {
    const { from } = this;
    const place = readOptionalPlace(from);
    const held = readOptionalPlace(from);
    const session = place === undefined ? undefined : this.sessions[place]!;
    const alone = isPresent(from) ? this.observation(place === undefined ? undefined : this.prints[place], session) : undefined;
    if (isPresent(from)) alone!.print = this.print();
    return held === undefined ? alone! : session!.tail[held]!;
  }

  private verdict(tail: readonly Observation[]): Verdict | undefined {
    const { from } = this;
    const seen = tail[from.small()]!;
    const rule = this.rule();
    const judgement: Judgement = {
      score: from.int(),
      episode: from.text(),
      is_named: readOptionalFlag(from),
      session: this.sessionAt(),
      stranger: isPresent(from) ? this.stranger() : undefined,
      travel: readTravel(from),
      baseline: this.evidence(),
      factors: NONE,
      context: NONE,
      message: '',
    };
    if (isPresent(from)) {
      judgement.factors = readFactors(from);
      judgement.context = this.evidence();
      judgement.message = from.text();
    }
    return rule < 0 ? undefined : { seen, rule, judgement };
  }

  private stranger(): Stranger {
    return { session: this.sessionAt(), prefix: readOptionalText(this.from), is_hearsay: this.from.flag() };
  }

  private sessionAt(): Session | undefined {
    const place = readOptionalPlace(this.from);
    return place === undefined ? undefined : this.sessions[place];
  }

  private evidence(): EvidenceSource[] {
    const { from, tables } = this;
    return readList(from, () => ({
      uid: from.text(),
      time: from.time(),
      vendor: tables.wordAt(from.small()),
      action: tables.wordAt(from.small()),
      endpoint: tables.endpoint(from.small()),
      user_agent: tables.word(from.small()),
      device: tables.word(from.small()),
      client_uid: tables.word(from.small()),
    }));
  }

  private reports(): Report[] {
    return readList(this.from, () => this.report());
  }

  /** What a rule has said that went stays on record: somebody may have to take it back. */
  private report(): Report {
    const { from } = this;
    const episode = from.text();
    const finding = readFinding(from);
    const isSettled = from.flag();
    const settled = isPresent(from) ? readFinding(from) : undefined;
    const rule = this.rules.uids.indexOf(finding.rule.uid);
    return { rule, episode, finding, settled: isSettled ? finding : settled };
  }

  private mark(): Mark {
    const { from, tables } = this;
    return {
      kind: from.text() as MarkKind,
      time: from.time(),
      uid: from.text(),
      vendor: tables.wordAt(from.small()),
      account: tables.wordAt(from.small()),
      action: tables.wordAt(from.small()),
      session_uid: tables.word(from.small()),
      by: tables.word(from.small()),
      by_endpoint: tables.endpoint(from.small()),
      by_device: tables.word(from.small()),
      by_cookie: tables.word(from.small()),
      own_session_uid: tables.word(from.small()),
    };
  }

  private incident(): Incident {
    const { from } = this;
    return {
      uid: from.text(),
      sessions: readTexts(from),
      prefixes: readTexts(from),
      triggers: readTexts(from),
      last_time: from.time(),
      seen_time: from.time(),
      floor: from.text() as Incident['floor'],
    };
  }

  private signIns(): SignIns {
    const { from } = this;
    return {
      since_time: from.time(),
      days: readList(from, () => ({
        day: from.int(),
        sign_ins: from.small(),
        device_logged: from.small(),
        with_device: from.small(),
        handheld_logged: from.small(),
        handheld_with_device: from.small(),
        factor_logged: from.small(),
        with_factor: from.small(),
        keep_logged: from.small(),
        kept_signed_in: from.small(),
        device_code: from.small(),
      })),
      cookie_days: readList(from, () => ({
        day: from.int(),
        logged: from.small(),
        again: from.small(),
        handheld_logged: from.small(),
        handheld_again: from.small(),
      })),
    };
  }

  private habits(): Habits | undefined {
    const { from } = this;
    let habits: Habits | undefined;
    for (let count = from.small(); count !== 0; count = from.endOfList()) {
      habits ??= newHabits();
      while (count-- > 0) {
        const kind = from.text() as HabitList;
        const habit = {
          value: from.text(),
          first_time: from.time(),
          again_time: readOptionalTime(from),
          last_time: from.time(),
          present_time: readOptionalTime(from),
          unlearned_time: readOptionalTime(from),
        };
        habits[kind]?.push(habit);
      }
    }
    return habits;
  }
}

function without<T>(list: (T | undefined)[]): T[] {
  return list.includes(undefined) ? list.filter((item) => item !== undefined) : (list as T[]);
}

/** Is a print of it, or all, held for a stranger's, or was it when that was settled? */
function isWatched({ stranger_since }: Session, prints: readonly Print[]): boolean {
  return (
    stranger_since !== undefined ||
    prints.some(({ notes }) => notes.some((note) => note?.is_suspect === true || note?.was_suspect === true))
  );
}
