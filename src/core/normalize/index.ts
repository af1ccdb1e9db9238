import type { SessionEvent } from '../event/index.js';
import type { Answer, Normalize } from '../pipeline.js';
import { tellAccount } from './accounts.js';
import { bound } from './bound.js';
import type { DriftMeter } from './drift/meter.js';
import { createFinish, type FinishOptions } from './finish.js';
import type { Mapped, Mapper, Raw } from './mapped.js';
import { type DropReason, isRejection, type RejectReason } from './outcome.js';
import { parseRecords, readRecord } from './read.js';
import { UnsafeInteger } from './record.js';
import { SOURCE_ENTRIES, type Source, type Vendor } from './sources/index.js';
import { MAX_WRAPPERS, unwrapCarrier, unwrapRow } from './unwrap.js';

/** Vendor -> what its organisation is called. */
export type Accounts = Readonly<Partial<Record<Vendor, string>>>;

export interface MapperOptions {
  /** Whose records these are; `auto` (default) recognises them one by one. */
  source?: Source | undefined;
  /** Names of vendor accounts that records do not carry; default `default`. */
  accounts?: Accounts | undefined;
  /** default 4 MiB */
  max_record_bytes?: number | undefined;
}

/** One record of a vendor and what a mapper made of it. */
export interface MappedRecord {
  record: Raw;
  mapped: Mapped[];
}

/** What a line became, before it is enriched and keyed. `records` is empty unless the outcome is `events`. */
export interface MappedLine {
  outcome: Answer['outcome'];
  /** beside `events`: the first reason why a part of a batch made none */
  reason?: DropReason | RejectReason;
  records: MappedRecord[];
}

/** One line or message into mapped records: read, unwrap, recognise, map. Never throws. */
export type MapLine = (line: Uint8Array) => MappedLine;

export function createMapper(options: MapperOptions = {}): MapLine {
  const source = options.source ?? 'auto';
  const entries = SOURCE_ENTRIES.filter(({ vendor }) => source === 'auto' || vendor === source).map(({ vendor, marker, create }) => ({
    marker,
    mapper: create(options.accounts?.[vendor] ?? 'default'),
  }));
  const unrecognised = source === 'auto' ? 'unknown_source' : 'wrong_source';

  return (line) => {
    const read = readRecord(line, options.max_record_bytes);
    if (read.records === undefined) return { outcome: read.reason === 'blank' ? 'dropped' : 'rejected', reason: read.reason, records: [] };
    try {
      return mapAll(read.records, false);
    } catch (error) {
      if (!(error instanceof UnsafeInteger)) throw error;
      // an id is a number that a double cannot hold: once more, with long numbers as text
      return mapAll(parseRecords(read.text, true) ?? [], true);
    }
  };

  function mapAll(records: readonly Raw[], lossless: boolean): MappedLine {
    const found: MappedRecord[] = [];
    let reason: DropReason | RejectReason | undefined;
    for (const record of records) {
      const problem = mapOne(record, lossless, 0, found);
      // a rejection says more than a drop
      if (problem !== undefined && (reason === undefined || !isRejection(reason))) reason = problem;
    }
    if (found.length > 0)
      return reason === undefined ? { outcome: 'events', records: found } : { outcome: 'events', reason, records: found };
    reason ??= 'empty_batch';
    return { outcome: isRejection(reason) ? 'rejected' : 'dropped', reason, records: found };
  }

  /** Adds what the record holds to `found`; answers why, when a part of it made nothing. */
  function mapOne(record: Raw, lossless: boolean, depth: number, found: MappedRecord[]): DropReason | RejectReason | undefined {
    for (let i = 0; i < entries.length; i++) {
      const { mapper, marker } = entries[i] as (typeof entries)[number];
      if (record[marker] !== undefined && mapper.recognises(record)) return mapWith(mapper, record, found);
    }
    const inner = depth < MAX_WRAPPERS ? unwrapRow(record, lossless) : undefined;
    if (inner !== undefined) return mapInner(inner, lossless, depth, found);
    for (const { mapper } of entries) if (mapper.recognises(record)) return mapWith(mapper, record, found);
    const carried = depth < MAX_WRAPPERS ? unwrapCarrier(record, lossless) : undefined;
    return carried === undefined ? unrecognised : mapInner(carried, lossless, depth, found);
  }

  function mapWith(mapper: Mapper, record: Raw, found: MappedRecord[]): DropReason | undefined {
    const mapped = mapper.map(record);
    if (mapped.length === 0) return 'not_an_audit_record';
    for (let i = 0; i < mapped.length; i++) {
      bound(mapped[i]!);
      tellAccount(mapped[i]!);
    }
    found.push({ record, mapped });
    return undefined;
  }

  function mapInner(
    records: readonly Raw[],
    lossless: boolean,
    depth: number,
    found: MappedRecord[],
  ): DropReason | RejectReason | undefined {
    if (records.length === 0) return 'empty_batch';
    let reason: DropReason | RejectReason | undefined;
    for (const record of records) {
      const problem = mapOne(record, lossless, depth + 1, found);
      if (problem !== undefined && (reason === undefined || !isRejection(reason))) reason = problem;
    }
    return reason;
  }
}

export interface NormalizeOptions extends MapperOptions, FinishOptions {
  /** told of everything that a record holds before any of it is keyed: for a stream, which is read once, to learn who is who from */
  learn?: ((tenant: string, mapped: Mapped) => void) | undefined;
  /** told of every record that was recognised, whose it is, and of when its event is if it made one */
  meter?: Pick<DriftMeter, 'see'> | undefined;
  /** told of every event */
  heard?: { see(event: SessionEvent): void } | undefined;
}

/** The whole step: one record, as bytes, into its events. */
export function createNormalize(options: NormalizeOptions): Normalize {
  const mapLine = createMapper(options);
  const finish = createFinish(options);
  const { learn, meter, heard, tenantOf } = options;
  return (line) => {
    const { outcome, reason, records } = mapLine(line);
    if (outcome !== 'events') return { outcome, reason: reason!, events: [] };
    if (learn !== undefined) for (const { mapped } of records) for (const one of mapped) learn(tenantOf(one.vendor, one.account), one);
    const events: SessionEvent[] = [];
    let problem = reason;
    for (const { record, mapped } of records) {
      const before = events.length;
      const failed = finish(record, mapped, events);
      meter?.see(record, mapped[0]!, events[before]?.time);
      if (failed !== undefined && (problem === undefined || !isRejection(problem))) problem = failed;
    }
    if (events.length === 0) {
      problem ??= 'no_subject';
      return { outcome: isRejection(problem) ? 'rejected' : 'dropped', reason: problem, events };
    }
    if (heard !== undefined) for (const event of events) heard.see(event);
    return problem === undefined ? { outcome: 'events', events } : { outcome: 'events', reason: problem, events };
  };
}
