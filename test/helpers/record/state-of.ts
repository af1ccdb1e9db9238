import type {
  EvidenceState,
  HabitState,
  MarkState,
  MoreState,
  NoteState,
  ObservationState,
  PersonState,
  PrintState,
  ReportState,
  SessionState,
  StoryEntry,
  TraitsState,
  VerdictState,
} from '../../../src/core/event/index.js';
import { goneSessions } from '../../../src/core/state/known-sessions.js';
import type { Mark } from '../../../src/core/state/marks.js';
import type { More, Observation } from '../../../src/core/state/observation.js';
import type { Person } from '../../../src/core/state/person.js';
import type { FoldedEvent, Print, PrintNote, Traits } from '../../../src/core/state/print.js';
import { hashOfRules, type RulesInForce } from '../../../src/core/state/record/write.js';
import { NEVER, type Report, type Session } from '../../../src/core/state/session.js';
import type { EvidenceSource, Verdict } from '../../../src/core/state/verdict.js';
import { TablesToWrite } from './tables.js';

/**
 * A person's record as an object that avsc writes: what `writePerson` has to come to, said a second time and with no regard for speed.
 */
export function stateOf(person: Person, rules: RulesInForce): PersonState {
  return new Writer(person, rules).state();
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
  ) {
    this.gone = goneSessions(person);
    for (const session of [...person.sessions, ...this.gone]) {
      this.places.set(session, this.places.size);
      this.dropped.set(session, []);
      for (const [at, print] of session.prints.entries()) this.prints.set(print, at);
      for (const [at, seen] of session.tail.entries()) this.held.set(seen, at);
    }
    for (const { session, print } of person.story.tail) if (session !== undefined) this.keepPrint(session, print);
    // what they were compared with may be gone from the session as well
    for (const session of this.places.keys()) {
      const list = this.dropped.get(session)!;
      for (const print of session.prints) for (const note of print.notes) this.keepPrint(session, note?.baseline);
      for (let i = 0; i < list.length; i++) for (const note of list[i]!.notes) this.keepPrint(session, note?.baseline);
    }
  }

  private keepPrint(session: Session, print: Print | undefined): void {
    if (print === undefined || this.prints.has(print)) return;
    const list = this.dropped.get(session)!;
    this.prints.set(print, session.prints.length + list.length);
    list.push(print);
  }

  state(): PersonState {
    const { person, tables } = this;
    const { story, next_settle_time } = person;
    return {
      schema_version: 1,
      key: person.key,
      tenant: person.tenant,
      principal: tables.principal(person.principal),
      last_arrival_time: person.last_arrival_time,
      next_settle_time: next_settle_time === NEVER ? undefined : next_settle_time,
      judged_by: hashOfRules(this.rules),
      room: person.room,
      session_count: person.sessions.length,
      event_count: story.tail.length,
      oldest_arrival_time:
        person.sessions.length === 0 ? undefined : Math.min(...person.sessions.map(({ last_arrival_time }) => last_arrival_time)),
      words: tables.words,
      endpoints: tables.endpoints,
      user_agents: tables.user_agents,
      principals: tables.principals,
      sessions: person.sessions.map((session) => this.session(session)),
      gone: this.gone.map((session) => this.session(session)),
      marks: person.marks.map((mark) => this.mark(mark)),
      story: story.tail.map((seen) => this.storyEntry(seen)),
      story_settled: story.settled,
      story_judged: story.judged,
      story_is_stale: story.is_stale,
      verdicts: this.verdicts(story.verdicts),
      story_reports: this.reports(story.reports),
      suspects: story.suspects,
      incidents: person.incidents,
      sign_ins: person.sign_ins,
      habits: Object.entries(person.habits ?? {}).flatMap(([kind, list]) => list.map((habit): HabitState => ({ ...habit, kind }))),
      seen: [...person.seen.slice(person.seen_at), ...person.seen.slice(0, person.seen_at)],
      past_lives: person.past_lives,
    };
  }

  private rule(place: number): number {
    return this.tables.word(this.rules.uids[place]);
  }

  private session(session: Session): SessionState {
    return {
      ref: session.ref,
      principal: this.tables.principal(session.principal),
      mint: session.mint,
      life: session.life,
      first_time: session.first_time,
      last_arrival_time: session.last_arrival_time,
      folded_time: session.folded_time === 0 ? undefined : session.folded_time,
      fresh_time: session.fresh_time === 0 ? undefined : session.fresh_time,
      settled: session.settled,
      prints: session.prints.map((print) => this.print(print)),
      dropped: this.dropped.get(session)!.map((print) => this.print(print)),
      observations: session.tail.map((seen) => this.observation(seen)),
      reports: this.reports(session.reports),
      stranger_since: session.stranger_since,
    };
  }

  private print(print: Print): PrintState {
    return {
      lane: print.lane,
      traits: this.traits(print),
      folded_count: print.folded_count,
      folded_first_time: print.folded_first_time,
      folded_last: print.folded_last === undefined ? undefined : this.folded(print.folded_last),
      notes: print.notes.flatMap((note, rule) =>
        note === undefined || this.rules.uids[rule] === undefined ? [] : [this.note(note, rule, print)],
      ),
    };
  }

  private folded({ uid, time, vendor, action, endpoint }: FoldedEvent): PrintState['folded_last'] {
    const { tables } = this;
    return { uid, time, vendor: tables.word(vendor), action: tables.word(action), endpoint: tables.endpoint(endpoint) };
  }

  private note(note: PrintNote, rule: number, print: Print): NoteState {
    return {
      rule: this.rule(rule),
      points: [...note.points],
      is_settled: note.is_settled,
      is_suspect: note.is_suspect,
      suspect_time: note.suspect_time,
      suspect_uid: note.suspect_uid,
      was_suspect: note.was_suspect,
      known: note.known === print ? undefined : this.traits(note.known),
      factors: [...note.factors],
      baseline: note.baseline === undefined ? undefined : this.prints.get(note.baseline),
      since_time: note.since_time,
      since_uid: note.since_uid,
      travel: note.travel,
    };
  }

  private traits({ endpoint, user_agent, device_uid, device_os, cookie_uid, ja4 }: Traits): TraitsState {
    const { tables } = this;
    return {
      endpoint: tables.endpoint(endpoint),
      user_agent: tables.agent(user_agent),
      device_uid: tables.word(device_uid),
      device_os: tables.word(device_os),
      cookie_uid: tables.word(cookie_uid),
      ja4: tables.word(ja4),
    };
  }

  private observation(seen: Observation): ObservationState {
    const { tables } = this;
    const is_judged = seen.scores.length === this.rules.sessions;
    return {
      time: seen.time,
      uid: seen.uid,
      print: this.prints.get(seen.print) ?? 0,
      vendor: tables.word(seen.vendor),
      product: tables.word(seen.product),
      action: tables.word(seen.action),
      activity: tables.word(seen.activity),
      endpoint: tables.endpoint(seen.endpoint),
      client_uid: tables.word(seen.client_uid),
      token_uid: tables.word(seen.token_uid),
      token_issued_time: seen.token_issued_time,
      token_expires_time: seen.token_expires_time,
      is_bound: seen.is_bound,
      is_cae: seen.is_cae,
      is_fresh: seen.is_fresh,
      is_sensitive: seen.is_sensitive,
      device_uid: tables.word(seen.device_uid),
      device_evidence: tables.word(seen.device_evidence),
      is_compliant: seen.is_compliant,
      is_done: seen.is_done,
      is_presence: seen.is_presence,
      geo: tables.word(seen.geo),
      is_judged,
      scores: is_judged ? seen.scores.flatMap((score, rule) => (score === 0 ? [] : [{ rule: this.rule(rule), score }])) : [],
      more: seen.more === undefined ? undefined : this.more(seen.more),
    };
  }

  private more({ auth, risk, details, facts }: More): MoreState {
    return {
      auth,
      risk,
      details: details === undefined ? undefined : { ...details },
      facts: facts?.flatMap(({ rule, step, by, value }) =>
        this.rules.uids[rule] === undefined ? [] : [{ rule: this.rule(rule), step, by, value }],
      ),
    };
  }

  /** An event of the story: where its session holds it, or all of it. */
  private storyEntry(seen: Observation): StoryEntry {
    const session = seen.session === undefined ? undefined : this.places.get(seen.session);
    const observation = session === undefined ? undefined : this.held.get(seen);
    if (observation !== undefined) return { session, observation, alone: undefined, print: undefined };
    return {
      session,
      observation: undefined,
      alone: this.observation(seen),
      print: session === undefined ? this.print(seen.print) : undefined,
    };
  }

  private verdicts(verdicts: readonly Verdict[]): VerdictState[] {
    if (verdicts.length === 0) return [];
    const places = new Map(this.person.story.tail.map((seen, at) => [seen, at]));
    return verdicts.map(({ seen, rule, judgement }) => {
      const { score, episode, is_named, session, stranger, travel, baseline, context, message } = judgement;
      return {
        seen: places.get(seen)!,
        rule: this.rule(rule),
        score,
        episode,
        is_named,
        session: this.placeOf(session),
        stranger:
          stranger === undefined
            ? undefined
            : { session: this.placeOf(stranger.session), prefix: stranger.prefix, is_hearsay: stranger.is_hearsay === true },
        travel,
        baseline: baseline.map((source) => this.evidence(source)),
        words: message === '' && context.length === 0 ? undefined : this.words(judgement),
      };
    });
  }

  private words({ factors, context, message }: Verdict['judgement']): VerdictState['words'] {
    return { factors: [...factors], context: context.map((source) => this.evidence(source)), message };
  }

  private evidence(source: EvidenceSource): EvidenceState {
    const { tables } = this;
    return {
      uid: source.uid,
      time: source.time,
      vendor: tables.word(source.vendor),
      action: tables.word(source.action),
      endpoint: tables.endpoint(source.endpoint),
      user_agent: tables.word(source.user_agent),
      device: tables.word(source.device),
      client_uid: tables.word(source.client_uid),
    };
  }

  private placeOf(session: Session | undefined): number | undefined {
    return session === undefined ? undefined : this.places.get(session);
  }

  private reports(reports: readonly Report[]): ReportState[] {
    return reports.map(({ episode, finding, settled }) => ({
      episode,
      finding,
      is_settled: settled === finding,
      settled: settled === finding ? undefined : settled,
    }));
  }

  private mark(mark: Mark): MarkState {
    const { tables } = this;
    return {
      kind: mark.kind,
      time: mark.time,
      uid: mark.uid,
      vendor: tables.word(mark.vendor),
      account: tables.word(mark.account),
      action: tables.word(mark.action),
      session_uid: tables.word(mark.session_uid),
      by: tables.word(mark.by),
      by_endpoint: tables.endpoint(mark.by_endpoint),
      by_device: tables.word(mark.by_device),
      by_cookie: tables.word(mark.by_cookie),
      own_session_uid: tables.word(mark.own_session_uid),
    };
  }
}
