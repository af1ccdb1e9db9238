import type { Finding, Level } from '../event/index.js';
import type { Person } from '../state/person.js';
import { rankOf } from './levels.js';

/** The level of an incident is that of the strongest evidence in it: the findings about to be said carry that of their incidents. */
export function levelIncidents(person: Person, said: readonly Finding[]): void {
  for (const finding of said) finding.incident_level = levelOfIncident(person, finding.incident_uid);
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
