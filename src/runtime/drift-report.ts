import type { Type } from '../core/normalize/drift/field.js';
import { ACCEPTED_MS } from '../core/normalize/drift/kind.js';
import type { CHANGES, Drift, DriftMeter } from '../core/normalize/drift/meter.js';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';

export interface DriftReportOptions {
  meter: Pick<DriftMeter, 'standing' | 'known' | 'clock'>;
  metrics: Metrics;
  log: Log;
}

/** How many looks lie between two counts of all fields. */
const KNOWN_EVERY = 60;

/** Says in metrics and in the log which fields of logs are not as they were: each once, and once more when that is over. */
export class DriftReport {
  private said = new Map<string, Drift>();
  private drifts: readonly Drift[] = [];
  private looks = 0;

  constructor(private readonly options: DriftReportOptions) {}

  /** Brings both up to date. */
  look(): void {
    const { meter, metrics, log } = this.options;
    this.drifts = meter.standing();
    if (this.looks++ % KNOWN_EVERY === 0)
      for (const { vendor, product, fields } of meter.known()) metrics.set('sessionvigil_schema_fields', fields, { vendor, product });
    if (this.said.size === 0 && this.drifts.length === 0) return;
    const now = new Map(this.drifts.map((drift) => [nameOf(drift), drift]));
    for (const [name, drift] of now) if (!this.said.has(name)) tell(drift, log);
    for (const [name, drift] of this.said) if (!now.has(name)) tellEnd(drift, meter.clock, log);
    countDrifts(metrics, this.drifts, [...this.said.values()]);
    this.said = now;
  }

  /** For a page: times as people read them. */
  status(): Record<string, unknown>[] {
    return this.drifts.map(({ since_time, found_time, share, ...drift }) => ({
      ...drift,
      share: Math.round(share * 1000) / 1000,
      since: new Date(since_time).toISOString(),
      found: new Date(found_time).toISOString(),
    }));
  }
}

/** @param before those that were counted last */
export function countDrifts(metrics: Metrics, drifts: readonly Drift[], before: readonly Drift[] = []): void {
  const counts = new Map<string, { labels: Record<string, string>; fields: number }>();
  const at = ({ vendor, product, change, key }: Drift) => {
    const labels = { vendor, product, change, key };
    const name = Object.values(labels).join('\n');
    const count = counts.get(name) ?? { labels, fields: 0 };
    counts.set(name, count);
    return count;
  };
  // of what is over the metric says 0, so that an alert ends
  for (const drift of before) at(drift);
  for (const drift of drifts) at(drift).fields++;
  for (const { labels, fields } of counts.values()) metrics.set('sessionvigil_schema_drift_fields', fields, labels);
}

/** One change in a sentence, without any value of a record. */
export function driftInWords(drift: Drift): string {
  const { vendor, product, field, change, key, before, after, since_time, actions, action_count, appeared } = drift;
  const readFor = key === 'other' ? '' : ` (read as the ${key.replace('_', ' ')})`;
  const what: Record<(typeof CHANGES)[number], string> = {
    vanished: `has vanished: not seen since ${new Date(since_time).toISOString()}`,
    type_changed: `has changed its type from ${before} to ${after}: last ${before} at ${new Date(since_time).toISOString()}`,
  };
  const made = key === 'other' || change !== 'type_changed' ? '' : `; ${whetherRead(before, after)}`;
  const [first = '', ...more] = actions;
  const rest = action_count - 1;
  const named = rest > 0 && rest === more.length ? ` (${more.join(', ')})` : '';
  const others = rest === 0 ? '' : ` and ${rest} ${rest === 1 ? 'other' : 'others'}${named}`;
  const beside = appeared.length === 0 ? '' : `; new beside it: ${appeared.join(', ')}`;
  return `${vendor} ${product}: ${field}${readFor} ${what[change]}, in records of ${first}${others}${beside}${made}`;
}

/** Mappers take JSON in a text for what it holds, a number for a text, and one object for a list of it (record.ts). */
function whetherRead(before: Type, after: Type | undefined): string {
  const holds = before === 'object' || before === 'list';
  if (holds && after === 'text') return 'it is read on where the text is JSON';
  const isTaken = holds ? before === 'list' && after === 'object' : after === 'text' || after === 'number';
  return isTaken ? 'mostly it is read all the same' : 'mostly it is not read any more';
}

function nameOf({ vendor, product, field, change }: Drift): string {
  return [vendor, product, field, change].join('\n');
}

/** Without a key Sessionvigil is blind; without anything else it may know less. */
function tell(drift: Drift, log: Log): void {
  log[drift.key === 'other' ? 'warn' : 'error']({ ...fieldsOf(drift), actions: drift.actions }, driftInWords(drift));
}

function tellEnd(drift: Drift, now: number, log: Log): void {
  const { vendor, product, field, found_time } = drift;
  const why = now - found_time >= ACCEPTED_MS ? 'has been so for two weeks and is taken for how it is' : 'is as it was again';
  log.info(fieldsOf(drift), `${vendor} ${product}: ${field} ${why}`);
}

function fieldsOf({ vendor, product, field, change, key, before, after }: Drift): Record<string, unknown> {
  return { vendor, product, field, change, key, before, after };
}
