import { LEVEL, type Level } from '../event/index.js';
import { appended } from './appended.js';
import { isBefore } from './observation.js';
import type { Person } from './person.js';
import type { Report } from './session.js';
import { shortId } from './short-id.js';

/** One theft: what its findings have in common. */
export interface Incident {
  uid: string;
  /** keys of the sessions that its findings speak of, long ones as their hashes; the one that joined last is last */
  sessions: string[];
  /** network prefixes that the thief came from, and beside them by what else the thief is told */
  prefixes: string[];
  /** uids of the events that its findings were said of, long ones as their hashes */
  triggers: string[];
  /** arrival of what was last said in it, ms */
  last_time: number;
  /** event time of the latest event that its findings speak of, ms */
  seen_time: number;
  /** level of the strongest of its findings whose session is no longer remembered: it stands, and nobody can take it back */
  floor: Level;
}

/** Shared by everybody who has none. */
export const NO_INCIDENTS: Incident[] = [];
/** The one whose theft was seen longest ago goes first. */
export const INCIDENTS_PER_PERSON = 16;
/** What one takes in a record beside its sessions and prefixes. */
const INCIDENT_BYTES = 100;
const SESSIONS_PER_INCIDENT = 32;
const PREFIXES_PER_INCIDENT = 32;
const TRIGGERS_PER_INCIDENT = 16;
/** A thief who comes back from the same place after more than this begins another incident. */
export const INCIDENT_QUIET_MS = 7 * 24 * 3_600_000;
/** What is like the thief is the thief for so long only: public rules correlate within a day. */
export const MEANS_QUIET_MS = 24 * 3_600_000;

/** By what a finding is known to be of one theft with others. */
export interface Traces {
  /** key of the session that the finding speaks of */
  session: string | undefined;
  /** uid of the event that it is said of: what two rules say of one event is one thing */
  trigger: string;
  /** where the thief came from, or whoever it was, when that is not the person's own place */
  prefix: string | undefined;
  /** with what, as far as it is not the person's, too: the same within a day is the same thief */
  means: readonly string[];
  /** somebody is held for a stranger: who that is tells before the event does, of which something weak may have been said */
  is_of_stranger?: boolean;
}

/**
 * The incident that a new finding belongs to: one that spoke of the same session, else of the same event, else one whose thief came from the
 * same prefix not long ago, else one of the last day whose thief used the same means. When somebody is held for a stranger, an incident that knows
 * nothing of them comes last. Once said, a finding stays in its incident: people are at work on it under that name.
 * @param own uid of the incident that begins when there is none
 * @param time arrival of what is said
 * @param seenTime event time of what it speaks of
 */
export function joinIncident(person: Person, traces: Traces, own: string, time: number, seenTime = time): Incident {
  const known = shortened(traces);
  const incident = find(person, known, time) ?? begin(person, own, time, seenTime);
  grow(person, incident, known);
  incident.last_time = Math.max(incident.last_time, time);
  incident.seen_time = Math.max(incident.seen_time, seenTime);
  return incident;
}

/** Ids are long, and people's state is small. */
function shortened(traces: Traces): Traces {
  const { session, trigger } = traces;
  return { ...traces, session: session === undefined ? undefined : shortId(session), trigger: shortId(trigger) };
}

/** A finding of the incident says more than before: by what it tells now, others find the incident. */
export function growIncident(person: Person, uid: string, traces: Traces): void {
  const incident = person.incidents.find((one) => one.uid === uid);
  if (incident !== undefined) grow(person, incident, shortened(traces));
}

/**
 * A finding of the incident goes on, perhaps in another session of the same stranger: what is said of that one is part of it, too.
 * @param time event time of the latest that the finding speaks of, ms: the same whenever it is judged
 */
export function widenIncident(person: Person, uid: string, session: string, time: number): void {
  const incident = person.incidents.find((one) => one.uid === uid);
  if (incident === undefined) return;
  incident.last_time = Math.max(incident.last_time, time);
  incident.seen_time = Math.max(incident.seen_time, time);
  addSession(person, incident, shortId(session));
}

/**
 * What is about to be said of a stranger whose theft is known makes the event one of that theft: a weaker finding of it that is said first would begin an
 * incident of its own.
 * @param uid of the incident that the finding is in; undefined when it is about to join one
 */
export function claimEvent(person: Person, uid: string | undefined, traces: Traces, time: number): void {
  const known = shortened(traces);
  if (ofEvent(person, known) !== undefined) return;
  const theft = uid === undefined ? find(person, known, time) : person.incidents.find((one) => one.uid === uid);
  if (theft !== undefined) addTrigger(person, theft, known.trigger);
}

function addSession(person: Person, incident: Incident, key: string): void {
  if (incident.sessions.includes(key)) return;
  incident.sessions = appended(incident.sessions, key).slice(-SESSIONS_PER_INCIDENT);
  person.room -= 3 * key.length + 2;
}

function addTrigger(person: Person, incident: Incident, trigger: string): void {
  if (incident.triggers.includes(trigger)) return;
  incident.triggers = appended(incident.triggers, trigger).slice(-TRIGGERS_PER_INCIDENT);
  person.room -= 3 * trigger.length + 2;
}

/** @param traces with session and trigger as incidents know them */
function grow(person: Person, incident: Incident, { session, trigger, prefix, means }: Traces): void {
  if (session !== undefined) addSession(person, incident, session);
  addTrigger(person, incident, trigger);
  for (const trace of prefix === undefined ? means : [prefix, ...means]) {
    if (incident.prefixes.includes(trace)) continue;
    incident.prefixes = appended(incident.prefixes, trace).slice(-PREFIXES_PER_INCIDENT);
    person.room -= 3 * trace.length + 2;
  }
}

function find(person: Person, traces: Traces, time: number): Incident | undefined {
  const same = ofSession(person, traces);
  if (same !== undefined) return same;
  const event = ofEvent(person, traces);
  if (event !== undefined && (traces.is_of_stranger !== true || knowsThief(event, traces))) return event;
  return ofThief(person, traces, time) ?? event;
}

function ofSession({ incidents }: Person, { session }: Traces): Incident | undefined {
  return session === undefined ? undefined : incidents.find(({ sessions }) => sessions.includes(session));
}

function ofEvent({ incidents }: Person, { trigger }: Traces): Incident | undefined {
  return incidents.find(({ triggers }) => triggers.includes(trigger));
}

function knowsThief({ prefixes }: Incident, { prefix, means }: Traces): boolean {
  return (prefix !== undefined && prefixes.includes(prefix)) || means.some((trace) => prefixes.includes(trace));
}

function ofThief({ incidents }: Person, { prefix, means }: Traces, time: number): Incident | undefined {
  const within = (quiet: number, trace: string) =>
    incidents.find(({ prefixes, last_time }) => prefixes.includes(trace) && time - last_time <= quiet);
  const near = prefix === undefined ? undefined : within(INCIDENT_QUIET_MS, prefix);
  if (near !== undefined) return near;
  for (const trace of means) {
    const alike = within(MEANS_QUIET_MS, trace);
    if (alike !== undefined) return alike;
  }
  return undefined;
}

function begin(person: Person, uid: string, time: number, seenTime: number): Incident {
  const known = person.incidents.find((other) => other.uid === uid);
  if (known !== undefined) return known;
  const incident: Incident = {
    uid,
    sessions: [],
    prefixes: [],
    triggers: [],
    last_time: time,
    seen_time: seenTime,
    floor: 'informational',
  };
  if (person.incidents.length >= INCIDENTS_PER_PERSON) forgetIncident(person);
  person.incidents = appended(person.incidents, incident);
  person.room -= INCIDENT_BYTES;
  return incident;
}

/** Forgets the incident whose theft was seen longest ago. What is on record of it keeps its name; what comes later begins another. */
export function forgetIncident(person: Person): Incident | undefined {
  let oldest = person.incidents[0];
  for (const other of person.incidents) {
    if (isBefore(other.seen_time, other.uid, oldest!.seen_time, oldest!.uid)) oldest = other;
  }
  person.incidents = person.incidents.filter((other) => other !== oldest);
  return oldest;
}

/** The same incident as two keys of one person knew it. */
export function mergeIncident(into: Incident, other: Incident): void {
  into.sessions = [...new Set([...other.sessions, ...into.sessions])].slice(-SESSIONS_PER_INCIDENT);
  into.prefixes = [...new Set([...other.prefixes, ...into.prefixes])].slice(-PREFIXES_PER_INCIDENT);
  into.triggers = [...new Set([...other.triggers, ...into.triggers])].slice(-TRIGGERS_PER_INCIDENT);
  into.last_time = Math.max(into.last_time, other.last_time);
  into.seen_time = Math.max(into.seen_time, other.seen_time);
  if (LEVEL.indexOf(other.floor) > LEVEL.indexOf(into.floor)) into.floor = other.floor;
}

/** Keeps of findings that go with their session how strong their incidents were. */
export function keepLevels({ incidents }: Person, reports: readonly Report[]): void {
  for (const { finding } of reports) {
    const incident = finding.status === 'retracted' ? undefined : incidents.find(({ uid }) => uid === finding.incident_uid);
    if (incident !== undefined && LEVEL.indexOf(finding.level) > LEVEL.indexOf(incident.floor)) incident.floor = finding.level;
  }
}
