import { rankOf } from '../core/detect/levels.js';
import type { Finding, RevocationCommand, SessionEvent } from '../core/event/index.js';
import { namespaceOf } from '../core/identity/resolve.js';
import type { Answer } from '../core/pipeline.js';

/** Plain counts of what went through the pipeline. Every record is answered once: records = with_events + dropped + rejected. */
export interface Tally {
  records: number;
  with_events: number;
  dropped: Record<string, number>;
  rejected: Record<string, number>;
  /** records with events of which a part made none, by the reason of that part */
  partial: Record<string, number>;
  /** by vendor */
  events: Record<string, number>;
  /** event time of the earliest and the latest event, ms */
  first_time: number | undefined;
  last_time: number | undefined;
  /** events of a stream whose person is named by nothing but the vendor's own id; from files such links are learned */
  unlinked: number;
}

export function newTally(): Tally {
  const [first_time, last_time] = [undefined, undefined];
  return { records: 0, with_events: 0, dropped: {}, rejected: {}, partial: {}, events: {}, first_time, last_time, unlinked: 0 };
}

/**
 * Counts one record by its answer.
 * @param isStream it came from an input that can be read only once
 */
export function count(tally: Tally, { outcome, reason, events }: Answer, isStream = false): void {
  tally.records++;
  if (outcome === 'dropped') add(tally.dropped, reason ?? 'unknown');
  else if (outcome === 'rejected') add(tally.rejected, reason ?? 'unknown');
  else {
    tally.with_events++;
    if (reason !== undefined) add(tally.partial, reason);
    for (const event of events) {
      const { source, time } = event;
      add(tally.events, source.vendor);
      if (isStream && isUnlinked(event)) tally.unlinked++;
      if (tally.first_time === undefined || time < tally.first_time) tally.first_time = time;
      if (tally.last_time === undefined || time > tally.last_time) tally.last_time = time;
    }
  }
}

/** A human whose key is made of the vendor's own id, since the record gave no address and no table another one. */
function isUnlinked({ tenant, source, principal: { type, uid, email, key } }: SessionEvent): boolean {
  if (type !== 'human' || email !== undefined || uid === undefined) return false;
  return key === `${tenant}/${namespaceOf(source.vendor, source.account)}:${uid}`;
}

export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}

export function countBy<T>(items: Iterable<T>, wordOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) add(counts, wordOf(item));
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function add(counts: Record<string, number>, word: string): void {
  counts[word] = (counts[word] ?? 0) + 1;
}

/** Incidents of which a finding that stands or is hidden is high or critical. @param findings final revisions */
export function incidentsOfHigh(findings: readonly Finding[]): ReadonlySet<string> {
  const isHigh = ({ status, level }: Finding) => status !== 'retracted' && rankOf(level) >= rankOf('high');
  return new Set(findings.filter(isHigh).map(({ incident_uid }) => incident_uid));
}

/** The last revision of everything that was said, in order of time and uid. */
export class Finals {
  private readonly findings = new Map<string, Finding>();
  private readonly commands = new Map<string, RevocationCommand>();

  finding(finding: Finding): void {
    const before = this.findings.get(finding.uid);
    if (before === undefined || finding.revision >= before.revision) this.findings.set(finding.uid, finding);
  }

  command(command: RevocationCommand): void {
    this.commands.set(command.uid, command);
  }

  allFindings(): Finding[] {
    return [...this.findings.values()].sort(byTimeAndUid);
  }

  allCommands(): RevocationCommand[] {
    return [...this.commands.values()].sort(byTimeAndUid);
  }
}

function byTimeAndUid(a: { time: number; uid: string }, b: { time: number; uid: string }): number {
  return a.time - b.time || (a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0);
}
