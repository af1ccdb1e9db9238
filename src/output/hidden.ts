import { rankOf } from '../core/detect/levels.js';
import { type SuppressionEntry, wasInForce } from '../core/detect/suppress.js';
import type { Finding, Level } from '../core/event/index.js';
import { incidentsOfHigh } from '../runtime/tally.js';
import type { Style } from './style.js';
import { clean } from './text.js';

/** What an operator hides, and whose entries mean a finding that is above their `max_level`. */
export interface Hiding {
  entries: readonly SuppressionEntry[];
  wouldHide(finding: Finding): readonly SuppressionEntry[];
}

export const NOTHING_HIDDEN: Hiding = { entries: [], wouldHide: () => [] };

export interface CountByEntry {
  by: string;
  owner: string;
  findings: number;
  highest: Level;
}

/** What suppressions did to the findings of a run, by entry in the order of ids. */
export interface HiddenSummary {
  /** `of_high_incidents`: how many of them are of an incident of which any finding is high or critical */
  hidden: (CountByEntry & { of_high_incidents: number })[];
  /** findings in sight that the entry speaks of: above its `max_level` */
  above: CountByEntry[];
  /** ids of entries that were in force and spoke of no finding: nobody needs them, or they miss what they are for */
  unused: string[];
}

/** @param findings final revisions; @param span event time of the first and the last event, ms */
export function summariseHidden(findings: readonly Finding[], hiding: Hiding, span: readonly [number, number] | undefined): HiddenSummary {
  const high = incidentsOfHigh(findings);
  const hidden = new Map<string, HiddenSummary['hidden'][number]>();
  const above = new Map<string, CountByEntry>();
  for (const finding of findings) {
    const { status, suppressed, incident_uid } = finding;
    if (status === 'suppressed' && suppressed !== undefined) {
      const count = counted(
        hidden,
        suppressed.by,
        { ...newCount(suppressed.by, suppressed.owner, finding), of_high_incidents: 0 },
        finding,
      );
      if (high.has(incident_uid)) count.of_high_incidents++;
    }
    for (const { id, owner } of hiding.wouldHide(finding)) counted(above, id, newCount(id, owner, finding), finding);
  }
  const unused = hiding.entries.filter(
    (entry) => span !== undefined && wasInForce(entry, span[0], span[1]) && !hidden.has(entry.id) && !above.has(entry.id),
  );
  return { hidden: inOrder(hidden), above: inOrder(above), unused: unused.map(({ id }) => id).sort() };
}

/** Lines for the summary that people read. */
export function hiddenInWords({ hidden, above, unused }: HiddenSummary): string[] {
  const lines = hidden.map(({ findings, highest, ...entry }) => `hidden    by ${nameOf(entry)}: ${findings}, highest ${highest}`);
  for (const { of_high_incidents: n, ...entry } of hidden) {
    if (n > 0)
      lines.push(`warning   ${nameOf(entry)} hides ${findingsInWords(n)} of incidents of high or above: read suppressed.ndjson (--out)`);
  }
  for (const { findings, highest, ...entry } of above) {
    lines.push(`shown     ${findingsInWords(findings)} that ${nameOf(entry)} means, but above its max_level: highest ${highest}`);
  }
  if (unused.length > 0) lines.push(`unused    ${unused.map(clean).join(', ')}: hid nothing here; remove what nobody needs`);
  return lines;
}

/** One line under the findings, loud when it hides what people get up for; undefined when nothing is hidden. */
export function hiddenBelow(findings: readonly Finding[], style: Style): string | undefined {
  const hidden = findings.filter(({ status }) => status === 'suppressed');
  if (hidden.length === 0) return undefined;
  const highest = hidden.reduce<Level>((level, finding) => higher(level, finding.level), 'informational');
  const words = `${findingsInWords(hidden.length)} hidden by suppressions, highest ${highest}`;
  return hidden.some(({ suppressed }) => suppressed?.hides_high === true) ? style.level(highest, words) : style.dim(words);
}

function counted<T extends CountByEntry>(counts: Map<string, T>, by: string, fresh: T, { level }: Finding): T {
  const count = counts.get(by) ?? fresh;
  counts.set(by, count);
  count.findings++;
  count.highest = higher(count.highest, level);
  return count;
}

function newCount(by: string, owner: string, { level }: Finding): CountByEntry {
  return { by, owner, findings: 0, highest: level };
}

function higher(a: Level, b: Level): Level {
  return rankOf(a) >= rankOf(b) ? a : b;
}

function inOrder<T extends CountByEntry>(counts: ReadonlyMap<string, T>): T[] {
  return [...counts.values()].sort((a, b) => (a.by < b.by ? -1 : 1));
}

function nameOf({ by, owner }: Pick<CountByEntry, 'by' | 'owner'>): string {
  return clean(`${by} (${owner})`);
}

function findingsInWords(n: number): string {
  return n === 1 ? 'one finding' : `${n} findings`;
}
