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
  /** network prefixes that the thief came from */
  prefixes: string[];
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
const SESSIONS_PER_INCIDENT = 32;
const PREFIXES_PER_INCIDENT = 16;
/** A thief who comes back from the same place after more than this begins another incident. */
export const INCIDENT_QUIET_MS = 7 * 24 * 3_600_000;

/**
 * The incident that a new finding belongs to: one that spoke of the same session, else one whose thief came from the same prefix not long
 * ago. Once said, a finding stays in its incident: people are at work on it under that name.
 * @param session key of the session that the finding speaks of
 * @param prefix where the thief came from
 * @param own uid of the incident that begins when there is none
 * @param time arrival of what is said
 * @param seenTime event time of what it speaks of
 */
export function joinIncident(
  person: Person,
  session: string | undefined,
  prefix: string | undefined,
  own: string,
  time: number,
  seenTime = time,
): Incident {
  const key = session === undefined ? undefined : shortId(session);
  const incident = find(person, key, prefix, time) ?? begin(person, own, time, seenTime);
  if (key !== undefined && !incident.sessions.includes(key)) {
    incident.sessions = appended(incident.sessions, key).slice(-SESSIONS_PER_INCIDENT);
  }
  if (prefix !== undefined && !incident.prefixes.includes(prefix)) {
    incident.prefixes = appended(incident.prefixes, prefix).slice(-PREFIXES_PER_INCIDENT);
  }
  incident.last_time = Math.max(incident.last_time, time);
  incident.seen_time = Math.max(incident.seen_time, seenTime);
  return incident;
}

function find({ incidents }: Person, session: string | undefined, prefix: string | undefined, time: number): Incident | undefined {
  if (session !== undefined) {
    const same = incidents.find(({ sessions }) => sessions.includes(session));
    if (same !== undefined) return same;
  }
  if (prefix === undefined) return undefined;
  return incidents.find(({ prefixes, last_time }) => prefixes.includes(prefix) && time - last_time <= INCIDENT_QUIET_MS);
}

function begin(person: Person, uid: string, time: number, seenTime: number): Incident {
  const known = person.incidents.find((other) => other.uid === uid);
  if (known !== undefined) return known;
  const incident: Incident = { uid, sessions: [], prefixes: [], last_time: time, seen_time: seenTime, floor: 'informational' };
  if (person.incidents.length >= INCIDENTS_PER_PERSON) forgetIncident(person);
  person.incidents = appended(person.incidents, incident);
  return incident;
}

/** Forgets the incident whose theft was seen longest ago. What is on record of it keeps its name; what comes later begins another. */
export function forgetIncident(person: Person): boolean {
  let oldest = person.incidents[0];
  for (const other of person.incidents) {
    if (isBefore(other.seen_time, other.uid, oldest!.seen_time, oldest!.uid)) oldest = other;
  }
  person.incidents = person.incidents.filter((other) => other !== oldest);
  return oldest !== undefined;
}

/** Keeps of findings that go with their session how strong their incidents were. */
export function keepLevels({ incidents }: Person, reports: readonly Report[]): void {
  for (const { finding } of reports) {
    const incident = finding.status === 'retracted' ? undefined : incidents.find(({ uid }) => uid === finding.incident_uid);
    if (incident !== undefined && LEVEL.indexOf(finding.level) > LEVEL.indexOf(incident.floor)) incident.floor = finding.level;
  }
}
