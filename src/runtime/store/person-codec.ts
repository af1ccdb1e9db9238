import { type Schema, Type } from 'avsc';
import type {
  Finding,
  HabitState,
  NoteState,
  ObservationState,
  PersonState,
  Principal,
  PrintState,
  ReportState,
  SessionState,
  TraitsState,
} from '../../core/event/index.js';
import { type HabitKind, newHabits } from '../../core/state/habits.js';
import type { Observation } from '../../core/state/observation.js';
import { rememberLife } from '../../core/state/past-lives.js';
import type { Person } from '../../core/state/person.js';
import { SEEN_PER_PERSON } from '../../core/state/person.js';
import { NO_AGENT, type Print, type PrintNote, type Traits } from '../../core/state/print.js';
import { boundPrints, foldOldest, type Session, sessionKey } from '../../core/state/session.js';

/** The most that one person may take on the wire; a changelog record above it would stall its partition. */
export const PERSON_BYTES_MAX = 64 * 1024;

export interface PersonCodec {
  /** Writes a person in at most PERSON_BYTES_MAX bytes; what had to go for that is counted. Changes the person when something goes. */
  encode(person: Person): { bytes: Uint8Array; evicted_observations: number; evicted_sessions: number };
  /** Reads a person; rules that are no longer in the set are forgotten, what is derived is judged again when it is next needed. */
  decode(bytes: Uint8Array): Person;
}

/**
 * @param findingSchema schemas/finding.avsc
 * @param personSchema schemas/person_state.avsc
 * @param ruleUids the rule set in its order: notes are kept by rule uid, so that a set may change
 */
export function createPersonCodec(findingSchema: unknown, personSchema: unknown, ruleUids: readonly string[]): PersonCodec {
  const registry = {};
  Type.forSchema(findingSchema as Schema, { registry });
  const type = Type.forSchema(personSchema as Schema, { registry });
  const write = (person: Person): Uint8Array => type.toBuffer(toNull(toState(person, ruleUids)));
  return {
    encode(person) {
      let bytes = write(person);
      let evicted_observations = 0;
      let evicted_sessions = 0;
      while (bytes.length > PERSON_BYTES_MAX) {
        // Far above the bound it goes in large steps: every step writes the whole person again.
        const isFar = bytes.length > 2 * PERSON_BYTES_MAX;
        const full = isFar ? person.sessions.filter(({ tail }) => tail.length > 1) : fullestOf(person);
        if (full.length > 0) for (const session of full) evicted_observations += foldHalf(session);
        else if (person.sessions.length > 1) {
          const evicted = person.sessions.splice(0, isFar ? person.sessions.length >> 1 : 1);
          for (const session of evicted) rememberLife(person, session);
          evicted_sessions += evicted.length;
        } else if (!makeRoom(person)) break;
        bytes = write(person);
      }
      return { bytes, evicted_observations, evicted_sessions };
    },
    decode: (bytes) =>
      fromState(toAbsent(type.fromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))) as PersonState, ruleUids),
  };
}

/** The session with the most observations, unless it has but one. */
function fullestOf(person: Person): Session[] {
  let fullest: Session | undefined;
  for (const session of person.sessions) if (session.tail.length > (fullest?.tail.length ?? 1)) fullest = session;
  return fullest === undefined ? [] : [fullest];
}

/** Folds the older half of a session's observations. Returns how many. */
function foldHalf(session: Session): number {
  const half = session.tail.length >> 1;
  for (let i = 0; i < half; i++) foldOldest(session);
  boundPrints(session);
  return half;
}

/** Takes from the last session what is worth least; false when there is nothing left but its mint and its latest use. */
function makeRoom(person: Person): boolean {
  const session = person.sessions[0];
  if (person.journey !== undefined) person.journey = undefined;
  else if (session === undefined) return false;
  else if (session.reports.length > 0) session.reports.shift();
  else return boundPrints(session, session.prints.length - 1) > 0;
  return true;
}

function toState(person: Person, ruleUids: readonly string[]): PersonState {
  return {
    schema_version: 1,
    key: person.key,
    tenant: person.tenant,
    principal: person.principal,
    last_arrival_time: person.last_arrival_time,
    sessions: person.sessions.map((session) => sessionState(session, person, ruleUids)),
    marks: person.marks,
    stays: person.journey?.stays ?? [],
    points: (person.journey?.points ?? []).map(({ time, uid, endpoint }) => ({ time, uid, endpoint })),
    habits: Object.entries(person.habits ?? {}).flatMap(([kind, list]) => list.map((habit): HabitState => ({ ...habit, kind }))),
    seen: [...person.seen.slice(person.seen_at), ...person.seen.slice(0, person.seen_at)],
    past_lives: person.past_lives,
  };
}

function sessionState(session: Session, person: Person, ruleUids: readonly string[]): SessionState {
  return {
    ref: session.ref,
    principal: session.principal === person.principal ? undefined : session.principal,
    mint: session.mint,
    life: session.life,
    first_time: session.first_time,
    last_arrival_time: session.last_arrival_time,
    folded_time: session.folded_time === 0 ? undefined : session.folded_time,
    fresh_time: session.fresh_time === 0 ? undefined : session.fresh_time,
    settled: session.settled,
    prints: session.prints.map((print) => printState(print, session, ruleUids)),
    observations: session.tail.map((seen) => observationState(seen, session)),
    reports: session.reports.map(
      (report): ReportState => ({
        rule: ruleUids[report.rule] ?? '',
        episode: report.episode,
        finding: report.finding,
        is_settled: report.settled === report.finding,
        settled: report.settled === report.finding ? undefined : report.settled,
      }),
    ),
  };
}

function printState(print: Print, session: Session, ruleUids: readonly string[]): PrintState {
  const notes: NoteState[] = [];
  print.notes.forEach((note, rule) => {
    const uid = ruleUids[rule];
    if (note === undefined || uid === undefined || !note.is_settled) return;
    const baseline = note.baseline === undefined ? -1 : session.prints.indexOf(note.baseline);
    notes.push({
      rule: uid,
      points: [...note.points],
      was_suspect: note.was_suspect,
      known: traitsState(note.known),
      factors: [...note.factors],
      baseline: baseline < 0 ? undefined : baseline,
      since_time: note.since_time,
      since_uid: note.since_uid,
      travel: note.travel,
    });
  });
  return {
    lane: print.lane,
    traits: traitsState(print),
    folded_count: print.folded_count,
    folded_first_time: print.folded_first_time,
    folded_last: print.folded_last,
    notes,
  };
}

function traitsState(traits: Traits): TraitsState {
  const { endpoint, user_agent, device_uid, device_os, cookie_uid, ja4 } = traits;
  return { endpoint, user_agent, device_uid, device_os, cookie_uid, ja4 };
}

function observationState(seen: Observation, session: Session): ObservationState {
  const { scores: _scores, ...rest } = seen;
  return {
    ...rest,
    print: session.prints.indexOf(seen.print),
    endpoint: seen.endpoint === seen.print.endpoint ? undefined : seen.endpoint,
  };
}

function fromState(state: PersonState, ruleUids: readonly string[]): Person {
  const habits = newHabits();
  for (const { kind, value, first_time, again_time, last_time } of state.habits) {
    habits[kind as HabitKind]?.push({ value, first_time, again_time, last_time });
  }
  return {
    key: state.key,
    tenant: state.tenant,
    principal: state.principal,
    last_arrival_time: state.last_arrival_time,
    sessions: state.sessions.map((session) => sessionFrom(session, state.principal, ruleUids)),
    marks: state.marks.map((mark) => ({ ...mark, session_uid: mark.session_uid, by: mark.by, own_session_uid: mark.own_session_uid })),
    journey: { stays: state.stays, points: state.points },
    habits,
    past_lives: state.past_lives,
    seen: state.seen.slice(-SEEN_PER_PERSON),
    seen_at: 0,
    next_settle_time: 0,
  };
}

function sessionFrom(state: SessionState, principal: Principal, ruleUids: readonly string[]): Session {
  const prints = state.prints.map(
    (print): Print => ({
      lane: print.lane,
      ...traitsFrom(print.traits),
      held_count: 0,
      folded_count: print.folded_count,
      folded_first_time: print.folded_first_time,
      folded_last: print.folded_last as Print['folded_last'],
      notes: [],
    }),
  );
  state.prints.forEach((printState, at) => {
    const print = prints[at]!;
    for (const note of printState.notes) {
      const rule = ruleUids.indexOf(note.rule);
      if (rule >= 0) print.notes[rule] = noteFrom(note, print, prints);
    }
  });
  for (const seen of state.observations) prints[seen.print]!.held_count++;
  return {
    uid: sessionKey(state.ref),
    issuer: state.ref.issuer,
    ref: state.ref,
    principal: state.principal ?? principal,
    mint: state.mint,
    life: state.life,
    first_time: state.first_time,
    last_arrival_time: state.last_arrival_time,
    prints,
    tail: state.observations.map((seen): Observation => {
      const print = prints[seen.print]!;
      return {
        time: seen.time,
        uid: seen.uid,
        print,
        vendor: seen.vendor,
        product: seen.product,
        action: seen.action,
        activity: seen.activity,
        endpoint: seen.endpoint ?? print.endpoint,
        client_uid: seen.client_uid,
        token_uid: seen.token_uid,
        token_issued_time: seen.token_issued_time,
        token_expires_time: seen.token_expires_time,
        is_bound: seen.is_bound,
        is_cae: seen.is_cae,
        is_fresh: seen.is_fresh,
        is_sensitive: seen.is_sensitive,
        device_uid: seen.device_uid,
        device_evidence: seen.device_evidence,
        scores: [],
      };
    }),
    folded_time: state.folded_time ?? 0,
    fresh_time: state.fresh_time ?? 0,
    settled: state.settled,
    reports: state.reports.flatMap((report) => {
      const rule = ruleUids.indexOf(report.rule);
      const settled: Finding | undefined = report.is_settled ? report.finding : report.settled;
      return rule < 0 ? [] : [{ rule, episode: report.episode, finding: report.finding, settled }];
    }),
  };
}

function noteFrom(note: NoteState, print: Print, prints: readonly Print[]): PrintNote {
  const baseline = note.baseline === undefined ? undefined : prints[note.baseline];
  return {
    points: note.points,
    is_settled: true,
    is_suspect: note.was_suspect,
    suspect_time: Number.NEGATIVE_INFINITY,
    suspect_uid: '',
    was_suspect: note.was_suspect,
    known: baseline === undefined ? print : traitsFrom(note.known),
    factors: note.factors,
    baseline,
    since_time: note.since_time,
    since_uid: note.since_uid,
    travel: note.travel,
  };
}

function traitsFrom(state: TraitsState): Traits {
  return {
    endpoint: state.endpoint,
    user_agent: state.user_agent?.original === NO_AGENT.original ? NO_AGENT : state.user_agent,
    device_uid: state.device_uid,
    device_os: state.device_os,
    cookie_uid: state.cookie_uid,
    ja4: state.ja4,
  };
}

/** Avro knows null for what the contracts leave out. */
function toNull(value: unknown): unknown {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(toNull);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toNull(inner)]));
}

function toAbsent(value: unknown): unknown {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map(toAbsent);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toAbsent(inner)]));
}
