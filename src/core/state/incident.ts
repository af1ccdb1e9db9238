import { LEVEL, type Level } from '../event/index.js';
import { appended } from './appended.js';
import type { Person } from './person.js';
import type { Report } from './session.js';

/** One theft: what its findings have in common. */
export interface Incident {
  uid: string;
  /** keys of the sessions that its findings speak of */
  sessions: string[];
  /** network prefixes that the thief came from */
  prefixes: string[];
  /** arrival of what was last said in it, ms */
  last_time: number;
  /** level of the strongest of its findings whose session is no longer remembered: it stands, and nobody can take it back */
  floor: Level;
}

/** Shared by everybody who has none. */
export const NO_INCIDENTS: Incident[] = [];
/** The one that was quiet longest goes first. */
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
 */
export function joinIncident(person: Person, session: string | undefined, prefix: string | undefined, own: string, time: number): Incident {
  const incident = find(person, session, prefix, time) ?? begin(person, own, time);
  if (session !== undefined && !incident.sessions.includes(session)) {
    incident.sessions = appended(incident.sessions, session).slice(-SESSIONS_PER_INCIDENT);
  }
  if (prefix !== undefined && !incident.prefixes.includes(prefix)) {
    incident.prefixes = appended(incident.prefixes, prefix).slice(-PREFIXES_PER_INCIDENT);
  }
  incident.last_time = Math.max(incident.last_time, time);
  return incident;
}

/**
 * A finding of the incident goes on, perhaps in another session of the same stranger: what is said of that one is part of it, too.
 * @param time event time of the latest that the finding speaks of, ms: the same whenever it is judged
 */
export function widenIncident({ incidents }: Person, uid: string, session: string, time: number): void {
  const incident = incidents.find((one) => one.uid === uid);
  if (incident === undefined) return;
  incident.last_time = Math.max(incident.last_time, time);
  if (incident.sessions.includes(session)) return;
  incident.sessions = appended(incident.sessions, session).slice(-SESSIONS_PER_INCIDENT);
}

function find({ incidents }: Person, session: string | undefined, prefix: string | undefined, time: number): Incident | undefined {
  if (session !== undefined) {
    const same = incidents.find(({ sessions }) => sessions.includes(session));
    if (same !== undefined) return same;
  }
  if (prefix === undefined) return undefined;
  return incidents.find(({ prefixes, last_time }) => prefixes.includes(prefix) && time - last_time <= INCIDENT_QUIET_MS);
}

function begin(person: Person, uid: string, time: number): Incident {
  const known = person.incidents.find((other) => other.uid === uid);
  if (known !== undefined) return known;
  const incident: Incident = { uid, sessions: [], prefixes: [], last_time: time, floor: 'informational' };
  person.incidents = appended(person.incidents, incident);
  if (person.incidents.length > INCIDENTS_PER_PERSON) {
    const quietest = person.incidents.reduce((a, b) => (b.last_time < a.last_time ? b : a));
    person.incidents = person.incidents.filter((other) => other !== quietest);
  }
  return incident;
}

/** Keeps of findings that go with their session how strong their incidents were. */
export function keepLevels({ incidents }: Person, reports: readonly Report[]): void {
  for (const { finding } of reports) {
    const incident = finding.status === 'retracted' ? undefined : incidents.find(({ uid }) => uid === finding.incident_uid);
    if (incident !== undefined && LEVEL.indexOf(finding.level) > LEVEL.indexOf(incident.floor)) incident.floor = finding.level;
  }
}
