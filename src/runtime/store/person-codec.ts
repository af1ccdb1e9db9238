// However long, one file: what is written stands beside how it is read, or one of the two is forgotten.

import { type Schema, Type } from 'avsc';
import type {
  Finding,
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
} from '../../core/event/index.js';
import { type HabitKind, newHabits } from '../../core/state/habits.js';
import type { Mark } from '../../core/state/marks.js';
import { NO_SCORES, type Observation } from '../../core/state/observation.js';
import { rememberLife } from '../../core/state/past-lives.js';
import type { Person } from '../../core/state/person.js';
import { SEEN_PER_PERSON } from '../../core/state/person.js';
import { NO_AGENT, newPrint, type Print, type PrintNote, type Traits } from '../../core/state/print.js';
import { boundPrints, foldOldest, keepReports, type Report, type Session, sessionKey } from '../../core/state/session.js';
import { type Story, settleVerdicts, takeOut } from '../../core/state/story.js';

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
 * @param ruleUids the uid of the rule at each place (`placesOf`): what is kept of a rule is kept by its uid, so that a set may change
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
        if (full.length > 0) for (const session of full) evicted_observations += foldHalf(person, session);
        else if (isAloneHeld(person)) evicted_observations += halveStory(person);
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

/** Folds the older half of a session's observations, and takes them out of the person's story. Returns how many. */
function foldHalf({ story }: Person, session: Session): number {
  const half = session.tail.length >> 1;
  for (let i = 0; i < half; i++) {
    forget(story, story.tail.indexOf(session.tail[0]!));
    foldOldest(session);
  }
  boundPrints(session);
  keepReports(story);
  return half;
}

function isAloneHeld({ story, sessions }: Person): boolean {
  return story.tail.length > sessions.reduce((count, { tail }) => count + tail.length, 0);
}

/** Takes the older half of what no session holds out of a person's story. Returns how many. */
function halveStory({ story, sessions }: Person): number {
  const held = new Set(sessions.flatMap(({ tail }) => tail));
  const alone = story.tail.filter((seen) => !held.has(seen));
  const older = alone.slice(0, (alone.length + 1) >> 1);
  for (const seen of older) forget(story, story.tail.indexOf(seen));
  keepReports(story);
  return older.length;
}

function forget(story: Story, at: number): void {
  if (at < 0) return;
  settleVerdicts(story, story.tail[at]!);
  takeOut(story, at);
}

/** Takes from the last session what is worth least; false when there is nothing left but its mint and its latest use. */
function makeRoom(person: Person): boolean {
  const session = person.sessions[0];
  if (person.story.reports.length > 0) person.story.reports.shift();
  else if (session === undefined) return false;
  else if (session.reports.length > 0) session.reports.shift();
  else return boundPrints(session, session.prints.length - 1) > 0;
  return true;
}

function toState(person: Person, ruleUids: readonly string[]): PersonState {
  const { story } = person;
  const geos = [...new Set([...story.tail, ...person.sessions.flatMap(({ tail }) => tail)].map(({ geo }) => geo))];
  return {
    schema_version: 1,
    key: person.key,
    tenant: person.tenant,
    principal: person.principal,
    last_arrival_time: person.last_arrival_time,
    sessions: person.sessions.map((session) => sessionState(session, person, ruleUids, geos)),
    marks: person.marks,
    story: story.tail.map((seen) => storyEntry(seen, person, ruleUids, geos)),
    story_settled: story.settled,
    story_reports: reportStates(story.reports, ruleUids),
    geos,
    suspects: story.suspects,
    incidents: person.incidents,
    sign_ins: person.sign_ins,
    habits: Object.entries(person.habits ?? {}).flatMap(([kind, list]) => list.map((habit): HabitState => ({ ...habit, kind }))),
    seen: [...person.seen.slice(person.seen_at), ...person.seen.slice(0, person.seen_at)],
    past_lives: person.past_lives,
  };
}

/** An event of the story: where its session holds it, or all of it. */
function storyEntry(seen: Observation, { sessions }: Person, ruleUids: readonly string[], geos: readonly string[]): StoryEntry {
  const place = seen.session === undefined ? -1 : sessions.indexOf(seen.session);
  const session = sessions[place];
  const observation = session?.tail.indexOf(seen) ?? -1;
  const nothing = { session: place < 0 ? undefined : place, observation: undefined, alone: undefined, lane: undefined, traits: undefined };
  if (observation >= 0) return { ...nothing, observation };
  const print = session?.prints.indexOf(seen.print) ?? -1;
  const alone = observationState(seen, print, ruleUids, geos);
  return print >= 0 ? { ...nothing, alone } : { ...nothing, alone, lane: seen.print.lane, traits: traitsState(seen.print) };
}

function reportStates(reports: readonly Report[], ruleUids: readonly string[]): ReportState[] {
  return reports.map((report) => ({
    rule: ruleUids[report.rule] ?? '',
    episode: report.episode,
    finding: report.finding,
    is_settled: report.settled === report.finding,
    settled: report.settled === report.finding ? undefined : report.settled,
  }));
}

function sessionState(session: Session, person: Person, ruleUids: readonly string[], geos: readonly string[]): SessionState {
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
    observations: session.tail.map((seen) => observationState(seen, session.prints.indexOf(seen.print), ruleUids, geos)),
    reports: reportStates(session.reports, ruleUids),
    stranger_since: session.stranger_since,
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

function observationState(seen: Observation, print: number, ruleUids: readonly string[], geos: readonly string[]): ObservationState {
  const { scores: _scores, session: _session, more, ...rest } = seen;
  const facts = more?.facts?.flatMap(({ rule, ...fact }) => (ruleUids[rule] === undefined ? [] : [{ ...fact, rule: ruleUids[rule] }]));
  return {
    ...rest,
    print,
    endpoint: seen.endpoint === seen.print.endpoint ? undefined : seen.endpoint,
    geo: geos.indexOf(seen.geo),
    more: more === undefined ? undefined : ({ ...more, facts } as MoreState),
  };
}

function fromState(state: PersonState, ruleUids: readonly string[]): Person {
  const habits = newHabits();
  for (const { kind, ...habit } of state.habits) {
    const { value, first_time, again_time, last_time, present_time, unlearned_time } = habit;
    habits[kind as HabitKind]?.push({ value, first_time, again_time, last_time, present_time, unlearned_time });
  }
  const sessions = state.sessions.map((session) => sessionFrom(session, state, ruleUids));
  return {
    key: state.key,
    tenant: state.tenant,
    principal: state.principal,
    last_arrival_time: state.last_arrival_time,
    sessions,
    marks: state.marks.map(markFrom),
    story: {
      tail: state.story.map((entry) => seenFrom(entry, sessions, state.geos, ruleUids)),
      settled: state.story_settled,
      judged: state.story_settled,
      is_stale: state.story_settled < state.story.length,
      verdicts: [],
      reports: reportsFrom(state.story_reports, ruleUids),
      suspects: state.suspects,
      watched: sessions.filter(isWatched),
    },
    habits,
    sign_ins: state.sign_ins,
    incidents: state.incidents,
    past_lives: state.past_lives,
    seen: state.seen.slice(-SEEN_PER_PERSON),
    seen_at: 0,
    next_settle_time: 0,
  };
}

/** Was a print of it, or all, held for a stranger's when that was settled? What is not settled is judged anew. */
function isWatched({ stranger_since, prints }: Session): boolean {
  return stranger_since !== undefined || prints.some(({ notes }) => notes.some((note) => note?.was_suspect === true));
}

function markFrom(state: MarkState): Mark {
  const { session_uid, by, by_endpoint, by_device, by_cookie, own_session_uid } = state;
  return { ...state, session_uid, by, by_endpoint, by_device, by_cookie, own_session_uid };
}

function seenFrom(entry: StoryEntry, sessions: readonly Session[], geos: readonly string[], ruleUids: readonly string[]): Observation {
  const session = entry.session === undefined ? undefined : sessions[entry.session];
  if (session !== undefined && entry.observation !== undefined) return session.tail[entry.observation]!;
  const own = entry.traits === undefined ? undefined : { ...newPrint(entry.lane ?? 'browser', traitsFrom(entry.traits)) };
  const print = own ?? session!.prints[entry.alone!.print]!;
  return observationFrom(entry.alone!, print, session, geos, ruleUids);
}

function reportsFrom(states: readonly ReportState[], ruleUids: readonly string[]): Report[] {
  return states.flatMap((report) => {
    const rule = ruleUids.indexOf(report.rule);
    const settled: Finding | undefined = report.is_settled ? report.finding : report.settled;
    return rule < 0 ? [] : [{ rule, episode: report.episode, finding: report.finding, settled }];
  });
}

function sessionFrom(state: SessionState, { principal, geos }: PersonState, ruleUids: readonly string[]): Session {
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
  const session: Session = {
    uid: sessionKey(state.ref),
    issuer: state.ref.issuer,
    ref: state.ref,
    principal: state.principal ?? principal,
    mint: state.mint,
    life: state.life,
    first_time: state.first_time,
    last_arrival_time: state.last_arrival_time,
    prints,
    tail: [],
    settled: state.settled,
    folded_time: state.folded_time ?? 0,
    fresh_time: state.fresh_time ?? 0,
    reports: reportsFrom(state.reports, ruleUids),
    stranger_since: state.stranger_since,
  };
  session.tail = state.observations.map((seen) => observationFrom(seen, prints[seen.print]!, session, geos, ruleUids));
  return session;
}

function observationFrom(
  state: ObservationState,
  print: Print,
  session: Session | undefined,
  geos: readonly string[],
  ruleUids: readonly string[],
): Observation {
  const { more } = state;
  const facts = more?.facts?.flatMap(({ rule, ...fact }) => (ruleUids.includes(rule) ? [{ ...fact, rule: ruleUids.indexOf(rule) }] : []));
  return {
    time: state.time,
    uid: state.uid,
    print,
    session,
    vendor: state.vendor,
    product: state.product,
    action: state.action,
    activity: state.activity,
    endpoint: state.endpoint ?? print.endpoint,
    client_uid: state.client_uid,
    token_uid: state.token_uid,
    token_issued_time: state.token_issued_time,
    token_expires_time: state.token_expires_time,
    is_bound: state.is_bound,
    is_cae: state.is_cae,
    is_fresh: state.is_fresh,
    is_sensitive: state.is_sensitive,
    device_uid: state.device_uid,
    device_evidence: state.device_evidence,
    is_compliant: state.is_compliant,
    is_done: state.is_done,
    is_presence: state.is_presence,
    geo: geos[state.geo] ?? '',
    more: more === undefined ? undefined : { auth: more.auth, risk: more.risk, details: more.details, facts },
    scores: NO_SCORES,
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
