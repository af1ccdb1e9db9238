import type { Finding, Level } from '../event/index.js';
import type { Person } from '../state/person.js';
import type { Report } from '../state/session.js';
import { rankOf } from './levels.js';
import { amend } from './reports.js';

/** So many are said again with one event: a theft has a handful of findings, and whoever makes them by the hundred must not be multiplied. */
export const AMENDED_MAX = 16;

/**
 * The level of an incident is that of the strongest evidence in it: the findings about to be said carry that of their incidents. Those that were
 * said before, and can still change, are said again when the level is another now, the strongest first.
 * @param goneBefore sessions of which nothing arrived since are over, whether or not they are forgotten already, ms
 */
export function levelIncidents(person: Person, said: Finding[], arrivalTime: number, goneBefore: number): void {
  const levels = new Map<string, Level>();
  for (const finding of said) {
    const { incident_uid } = finding;
    const level = levels.get(incident_uid) ?? levelOfIncident(person, incident_uid);
    levels.set(incident_uid, level);
    finding.incident_level = level;
  }
  const stale: Report[] = [];
  const live = person.sessions.filter(({ last_arrival_time }) => last_arrival_time >= goneBefore);
  for (const { reports } of [...live, person.story]) {
    for (const report of reports) {
      const { incident_uid, incident_level, status } = report.finding;
      const level = levels.get(incident_uid);
      if (level !== undefined && level !== incident_level && status !== 'retracted') stale.push(report);
    }
  }
  stale.sort((a, b) => b.finding.score - a.finding.score || (a.finding.uid < b.finding.uid ? -1 : 1));
  for (const report of stale.slice(0, AMENDED_MAX)) said.push(amend(report, levels.get(report.finding.incident_uid)!, arrivalTime));
}

/** Informational once all of its findings are taken back. */
export function levelOfIncident({ sessions, story, incidents }: Person, uid: string): Level {
  let strongest: Level = incidents.find((incident) => incident.uid === uid)?.floor ?? 'informational';
  for (const { reports } of [...sessions, story]) {
    for (const { finding } of reports) {
      if (finding.incident_uid !== uid || finding.status === 'retracted') continue;
      if (rankOf(finding.level) > rankOf(strongest)) strongest = finding.level;
    }
  }
  return strongest;
}
