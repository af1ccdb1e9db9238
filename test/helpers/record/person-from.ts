import type {
  Activity,
  DeviceEvidence,
  EvidenceState,
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
import { type HabitList, type Habits, newHabits } from '../../../src/core/state/habits.js';
import type { Mark } from '../../../src/core/state/marks.js';
import { type More, NO_SCORES, type Observation } from '../../../src/core/state/observation.js';
import { type Person, SEEN_PER_PERSON } from '../../../src/core/state/person.js';
import { newPrint, type Print, type PrintNote, setNote, type Traits } from '../../../src/core/state/print.js';
import type { RulesInForce } from '../../../src/core/state/record/write.js';
import { NEVER, type Report, type Session, sessionKey } from '../../../src/core/state/session.js';
import type { EvidenceSource, Judgement, Stranger, Verdict } from '../../../src/core/state/verdict.js';
import { TablesToRead } from './tables.js';

/** The person of a record that avsc read: what `readPerson` has to come to. What was remembered of rules that are no longer in force is forgotten, but that their findings were taken back. */
export function personFrom(state: PersonState, rules: RulesInForce): Person {
  return new Reader(state, rules).person();
}

const NONE: readonly never[] = [];

class Reader {
  private readonly tables: TablesToRead;
  private readonly silent: readonly number[];
  /** those of the record, then the forgotten ones; with the prints of each, those that it let go of after the others */
  private readonly sessions: Session[] = [];
  private readonly prints: Print[][] = [];

  constructor(
    private readonly state: PersonState,
    private readonly rules: RulesInForce,
  ) {
    this.tables = new TablesToRead(state);
    this.silent = new Array<number>(rules.sessions).fill(0);
    for (const session of state.sessions) this.readSession(session);
    for (const session of state.gone) this.readSession(session);
  }

  person(): Person {
    const { state } = this;
    const tail = state.story.map((entry) => this.seen(entry));
    return {
      key: state.key,
      tenant: state.tenant,
      principal: this.tables.principal(state.principal),
      last_arrival_time: state.last_arrival_time,
      sessions: this.sessions.slice(0, state.sessions.length),
      marks: state.marks.map((mark) => this.mark(mark)),
      story: {
        tail,
        settled: state.story_settled,
        judged: state.story_judged,
        is_stale: state.story_is_stale,
        verdicts: state.verdicts.flatMap((verdict) => this.verdict(verdict, tail)),
        reports: this.reports(state.story_reports),
        suspects: state.suspects,
        watched: this.sessions.filter((session, at) => isWatched(session, this.prints[at]!)),
      },
      habits: habitsFrom(state),
      sign_ins: state.sign_ins,
      incidents: state.incidents,
      past_lives: state.past_lives,
      seen: state.seen.slice(-SEEN_PER_PERSON),
      seen_at: 0,
      next_settle_time: state.next_settle_time ?? NEVER,
      room: state.room,
    };
  }

  /** The place of a rule, -1 when it is not in force any more. */
  private rule(place: number): number {
    return this.rules.uids.indexOf(this.tables.wordAt(place));
  }

  private readSession(state: SessionState): void {
    const prints = [...state.prints, ...state.dropped].map((print) => this.print(print));
    [...state.prints, ...state.dropped].forEach(({ notes }, at) => {
      this.readNotes(prints[at]!, notes, prints);
    });
    const session: Session = {
      uid: sessionKey(state.ref),
      issuer: state.ref.issuer,
      ref: state.ref,
      principal: this.tables.principal(state.principal),
      mint: state.mint,
      life: state.life,
      first_time: state.first_time,
      last_arrival_time: state.last_arrival_time,
      prints: prints.slice(0, state.prints.length),
      tail: [],
      settled: state.settled,
      folded_time: state.folded_time ?? 0,
      fresh_time: state.fresh_time ?? 0,
      reports: this.reports(state.reports),
      stranger_since: state.stranger_since,
    };
    session.tail = state.observations.map((seen) => this.observation(seen, prints[seen.print]!, session));
    for (const { print } of session.tail) print.held_count++;
    this.sessions.push(session);
    this.prints.push(prints);
  }

  private print({ lane, traits, folded_count, folded_first_time, folded_last: last }: PrintState): Print {
    const print = newPrint(lane, this.traits(traits));
    print.folded_count = folded_count;
    print.folded_first_time = folded_first_time;
    if (last !== undefined) {
      const { tables } = this;
      const { uid, time, vendor, action, endpoint } = last;
      print.folded_last = {
        uid,
        time,
        vendor: tables.wordAt(vendor),
        action: tables.wordAt(action),
        endpoint: tables.endpoint(endpoint),
      };
    }
    return print;
  }

  private readNotes(print: Print, notes: readonly NoteState[], prints: readonly Print[]): void {
    for (const note of notes) {
      const rule = this.rule(note.rule);
      if (rule >= 0) setNote(print, rule, this.note(note, print, prints));
    }
  }

  private note(note: NoteState, print: Print, prints: readonly Print[]): PrintNote {
    return {
      points: note.points,
      is_settled: note.is_settled,
      is_suspect: note.is_suspect,
      suspect_time: note.suspect_time,
      suspect_uid: note.suspect_uid,
      was_suspect: note.was_suspect,
      known: note.known === undefined ? print : this.traits(note.known),
      factors: note.factors,
      baseline: note.baseline === undefined ? undefined : prints[note.baseline],
      since_time: note.since_time,
      since_uid: note.since_uid,
      travel: note.travel,
    };
  }

  private traits({ endpoint, user_agent, device_uid, device_os, cookie_uid, ja4 }: TraitsState): Traits {
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

  private observation(state: ObservationState, print: Print, session: Session | undefined): Observation {
    const { tables } = this;
    return {
      time: state.time,
      uid: state.uid,
      print,
      session,
      vendor: tables.wordAt(state.vendor),
      product: tables.wordAt(state.product),
      action: tables.wordAt(state.action),
      activity: tables.wordAt(state.activity) as Activity,
      endpoint: tables.endpoint(state.endpoint),
      client_uid: tables.word(state.client_uid),
      token_uid: tables.word(state.token_uid),
      token_issued_time: state.token_issued_time,
      token_expires_time: state.token_expires_time,
      is_bound: state.is_bound,
      is_cae: state.is_cae,
      is_fresh: state.is_fresh,
      is_sensitive: state.is_sensitive,
      device_uid: tables.word(state.device_uid),
      device_evidence: tables.word(state.device_evidence) as DeviceEvidence | undefined,
      is_compliant: state.is_compliant,
      is_done: state.is_done,
      is_presence: state.is_presence,
      geo: tables.wordAt(state.geo),
      more: state.more === undefined ? undefined : this.more(state.more),
      scores: this.scores(state),
    };
  }

  private scores({ is_judged, scores }: ObservationState): readonly number[] {
    if (!is_judged) return NO_SCORES;
    if (scores.length === 0) return this.silent;
    const all = [...this.silent];
    for (const { rule, score } of scores) {
      const place = this.rule(rule);
      if (place >= 0 && place < all.length) all[place] = score;
    }
    return all;
  }

  private more({ auth, risk, details, facts }: MoreState): More {
    const kept = facts?.flatMap(({ rule, step, by, value }) => {
      const place = this.rule(rule);
      return place < 0 ? [] : [{ rule: place, step, by, value }];
    });
    return { auth, risk, details, facts: kept };
  }

  private seen({ session: place, observation, alone, print: own }: StoryEntry): Observation {
    const session = place === undefined ? undefined : this.sessions[place]!;
    if (observation !== undefined) return session!.tail[observation]!;
    const print = own === undefined ? this.prints[place!]![alone!.print]! : this.print(own);
    return this.observation(alone!, print, session);
  }

  private verdict(state: VerdictState, tail: readonly Observation[]): Verdict[] {
    const rule = this.rule(state.rule);
    if (rule < 0) return [];
    const { score, episode, is_named, travel } = state;
    const baseline = state.baseline.map((source) => this.evidence(source));
    const session = this.sessionAt(state.session);
    const stranger = this.stranger(state.stranger);
    return [
      {
        seen: tail[state.seen]!,
        rule,
        judgement: { score, episode, is_named, session, stranger, travel, baseline, ...this.words(state.words) },
      },
    ];
  }

  private words(words: VerdictState['words']): Words {
    if (words === undefined) return UNTOLD;
    return { factors: words.factors, context: words.context.map((source) => this.evidence(source)), message: words.message };
  }

  private evidence({ uid, time, vendor, action, endpoint, user_agent, device, client_uid }: EvidenceState): EvidenceSource {
    const { tables } = this;
    return {
      uid,
      time,
      vendor: tables.wordAt(vendor),
      action: tables.wordAt(action),
      endpoint: tables.endpoint(endpoint),
      user_agent: tables.word(user_agent),
      device: tables.word(device),
      client_uid: tables.word(client_uid),
    };
  }

  private stranger(state: VerdictState['stranger']): Stranger | undefined {
    if (state === undefined) return undefined;
    return { session: this.sessionAt(state.session), prefix: state.prefix, is_hearsay: state.is_hearsay };
  }

  private sessionAt(place: number | undefined): Session | undefined {
    return place === undefined ? undefined : this.sessions[place];
  }

  private reports(states: readonly ReportState[]): Report[] {
    return states.flatMap(({ episode, finding, is_settled, settled }) => {
      const rule = this.rules.uids.indexOf(finding.rule.uid);
      return rule < 0 && finding.status !== 'retracted' ? [] : [{ rule, episode, finding, settled: is_settled ? finding : settled }];
    });
  }

  private mark(mark: MarkState): Mark {
    const { tables } = this;
    return {
      kind: mark.kind,
      time: mark.time,
      uid: mark.uid,
      vendor: tables.wordAt(mark.vendor),
      account: tables.wordAt(mark.account),
      action: tables.wordAt(mark.action),
      session_uid: tables.word(mark.session_uid),
      by: tables.word(mark.by),
      by_endpoint: tables.endpoint(mark.by_endpoint),
      by_device: tables.word(mark.by_device),
      by_cookie: tables.word(mark.by_cookie),
      own_session_uid: tables.word(mark.own_session_uid),
    };
  }
}

type Words = Pick<Judgement, 'factors' | 'context' | 'message'>;

/** Of a judgement that was kept without its words. */
const UNTOLD: Words = { factors: NONE, context: NONE, message: '' };

/** Is a print of it, or all, held for a stranger's, or was it when that was settled? */
function isWatched({ stranger_since }: Session, prints: readonly Print[]): boolean {
  return (
    stranger_since !== undefined ||
    prints.some(({ notes }) => notes.some((note) => note?.is_suspect === true || note?.was_suspect === true))
  );
}

function habitsFrom({ habits: states }: PersonState): Habits | undefined {
  if (states.length === 0) return undefined;
  const habits = newHabits();
  for (const { kind, value, first_time, again_time, last_time, present_time, unlearned_time } of states) {
    habits[kind as HabitList]?.push({ value, first_time, again_time, last_time, present_time, unlearned_time });
  }
  return habits;
}
